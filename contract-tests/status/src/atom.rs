//! Incidents as a feed (RFC 4287). An entry is an incident: it changes when that is over, and keeps its name.

use crate::html::anchor;
use crate::markup::{Segment, Text};
use crate::model::{At, End, IncidentStatus, Status, urn};
use crate::words;
use std::fmt::Write as _;
use truce_function::time::rfc3339;

/// The feed. Its links are where the settings say, or relative: what a caller says of the host is not believed.
pub(crate) fn feed(status: &Status) -> String {
    let changed = |incident: &IncidentStatus| incident.ended.unwrap_or(incident.opened);
    let newest = status.incidents.iter().map(changed).max().unwrap_or(At(status.began));
    let base = status.public_url.as_deref().unwrap_or_default();
    let (id, base) = (urn(&[&status.name, "incidents"]), Text(base).to_string());
    let mut feed = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\"><id>{id}</id><title>Truce: incidents</title>\
         <author><name>truce monitor</name></author><updated>{}</updated><link rel=\"self\" type=\"application/atom+xml\" href=\"{base}/incidents.atom\"/>\
         <link rel=\"alternate\" type=\"text/html\" href=\"{base}/\"/>",
        rfc3339(newest.0)
    );
    for incident in &status.incidents {
        let _ = write!(
            feed,
            "<entry><id>{}</id><title>{}</title><published>{}</published><updated>{}</updated>\
             <link rel=\"alternate\" type=\"text/html\" href=\"{base}/{}#{}\"/><content type=\"text\">{}</content></entry>",
            incident.id,
            Text(&title(incident)),
            rfc3339(incident.opened.0),
            rfc3339(changed(incident).0),
            page(status, incident),
            anchor(incident),
            Text(&content(incident))
        );
    }
    feed + "</feed>\n"
}

/// Where it stands: what is not watched any more has no page of its own.
fn page(status: &Status, incident: &IncidentStatus) -> String {
    let is_watched = status.targets.iter().any(|target| target.name == incident.target);
    if is_watched { format!("targets/{}", Segment(&incident.target)) } else { String::new() }
}

fn title(incident: &IncidentStatus) -> String {
    let IncidentStatus { target, journey, kind, end, lasted_seconds, .. } = incident;
    let after = words::lasted(*lasted_seconds);
    let ended = match end {
        None => String::new(),
        Some(End::Over) => format!(" (over after {after})"),
        Some(End::NoLongerWatched) => format!(" (no longer watched, after {after})"),
    };
    format!("{target}: {} {}{ended}", words::about(journey), words::kind(kind, end.is_some()))
}

fn content(incident: &IncidentStatus) -> String {
    let IncidentStatus { step, sentence, request_id, reproduce, .. } = incident;
    let request = request_id.as_deref().unwrap_or("none");
    format!("{sentence}. Step: {step}. Request: {request}. Again: {reproduce}")
}
