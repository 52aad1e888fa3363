//! The page: markup that is XML as well, so that a parser finds what a browser would forgive.

use crate::chart::{self, Title};
use crate::markup::{Segment, Text};
use crate::model::{
    At, DAYS, Day, End, IncidentStatus, JourneyStatus, Now, Point, QUARTERS, State, Status, TargetStatus, Uptime,
};
use crate::words;
use std::fmt::Write as _;
use std::sync::LazyLock;
use truce_function::page::{SHARED_STYLE, hash};
use truce_function::time::rfc3339;

const SHELL: &str = include_str!("../pages/status.html");
const STYLE: &str = include_str!("../pages/status.css");

/// What a browser may do with the page: show it, in its own style.
pub(crate) static POLICY: LazyLock<String> = LazyLock::new(|| {
    format!(
        "default-src 'none'; style-src '{}'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
        hash(&style())
    )
});

fn style() -> String {
    format!("\n{SHARED_STYLE}\n{STYLE}")
}

/// All of it, or one deployment.
pub(crate) fn page(status: &Status, only: Option<&TargetStatus>) -> String {
    let mut body = match only {
        None => summary(status),
        Some(target) => about_one(status, target),
    };
    let targets: Vec<&TargetStatus> = only.map_or_else(|| status.targets.iter().collect(), |target| vec![target]);
    for (number, target) in targets.iter().enumerate() {
        body.push_str(&section(status, target, number, only.is_some()));
    }
    let is_shown = |incident: &&IncidentStatus| only.is_none_or(|target| target.name == incident.target);
    body.push_str(&incidents(status, status.incidents.iter().filter(is_shown)));
    body.push_str(HOW);
    let first = status.summary.first().map_or("", String::as_str);
    let title = only.map_or_else(
        || format!("{first} Truce, as it stands"),
        |target| format!("{}: Truce, as it stands", target.name),
    );
    shell(&title, &body)
}

/// A page that says one thing.
pub(crate) fn notice(title: &str, sentence: &str) -> String {
    let (heading, sentence) = (Text(title), Text(sentence));
    shell(title, &format!("<h1>{heading}</h1><p>{sentence} <a href=\"/\">Look again</a></p>"))
}

fn shell(title: &str, body: &str) -> String {
    let style = format!("<style>{}</style>", style());
    let parts = [("<!--title-->", Text(title).to_string()), ("<!--style-->", style), ("<!--body-->", body.to_owned())];
    // Each place once, from the top: what was put in is not looked at again.
    let mut rest = SHELL;
    let mut page = String::with_capacity(SHELL.len() + SHARED_STYLE.len() + STYLE.len() + body.len());
    for (mark, part) in parts {
        let (before, after) = rest.split_once(mark).unwrap_or((rest, ""));
        page.push_str(before);
        page.push_str(&part);
        rest = after;
    }
    page + rest
}

const HOW: &str = "<section aria-labelledby=\"how\"><h2 id=\"how\">How it is counted</h2>\
    <p>A round goes on each journey once, as people do. The share is of the journeys that held, among those that were gone on. A time at \
    which nobody looked counts neither way, and a day on which nobody looked says <q>no data</q>. Days are from midnight to midnight, UTC; today is not over.</p>\
    <p>The line in a chart is the median of how long a journey took where it held: half of them took no longer. The band goes up to p95: 95 of a hundred took no longer. \
    A bar from top to bottom is a time at which it failed. An incident is an alarm, from when it was first seen wrong until it was first seen well for good, or until it was no longer watched; a single failure is none.</p></section>";

fn summary(status: &Status) -> String {
    let mut sentences = status.summary.iter();
    let mut html = format!("<div><h1>{}</h1>", Text(sentences.next().map_or("", String::as_str)));
    let more = sentences.map(|sentence| format!("<li>{}</li>", Text(sentence))).collect::<Vec<_>>().concat();
    if !more.is_empty() {
        let _ = write!(html, "<ul class=\"more\">{more}</ul>");
    }
    html + &looked(status, &status.targets, "/") + "</div>"
}

/// When the newest round began of what is shown, and when another one comes.
fn looked(status: &Status, targets: &[TargetStatus], here: &str) -> String {
    let next = format!("the next comes after about {}.", words::lasted(status.every_seconds));
    let is_silent = targets.iter().all(|target| target.now.state == State::Silent);
    let said = match targets.iter().filter_map(|target| target.looked).max() {
        None => {
            format!(
                "The first round began at {}, and is seen here as soon as it has ended; {next}",
                time(At(status.began), status.now)
            )
        }
        Some(at) if is_silent => format!(
            "The newest round began at {}. The monitor does not run, has had its requests for today, or is in a round that does not end.",
            time(at, status.now)
        ),
        Some(at) => format!("The newest round began at {}; {next}", time(at, status.now)),
    };
    format!("<p class=\"soft\">{said} <a href=\"{here}\">Look again</a></p>")
}

fn about_one(status: &Status, target: &TargetStatus) -> String {
    let here = format!("/targets/{}", Segment(&target.name));
    let looked = looked(status, std::slice::from_ref(target), &here);
    format!("<div><p><a href=\"/\">All deployments</a></p><h1>{}</h1>{looked}</div>", Text(&target.name))
}

fn section(status: &Status, target: &TargetStatus, number: usize, alone: bool) -> String {
    let (name, id) = (Text(&target.name), format!("target-{number}"));
    let title =
        if alone { "Now".to_owned() } else { format!("<a href=\"/targets/{}\">{name}</a>", Segment(&target.name)) };
    let mut html = format!(
        "<section class=\"card target\" aria-labelledby=\"{id}\"><div class=\"head\"><h2 id=\"{id}\">{title}</h2>{}</div>",
        state(target.now, status.now)
    );
    let looked = target.looked.map_or_else(|| "not yet".to_owned(), |at| time(at, status.now));
    let _ = write!(
        html,
        "<dl class=\"figures\"><div><dt>Last 24 hours</dt><dd>{}</dd></div><div><dt>Last 90 days</dt><dd>{}</dd></div><div><dt>Looked at</dt><dd>{looked}</dd></div></dl>",
        uptime(target.last_24_hours),
        uptime(target.last_90_days)
    );
    html.push_str(&days(target, &id));
    html.push_str("<h3>Journeys</h3><ul class=\"journeys\">");
    for (place, journey) in target.journeys.iter().enumerate() {
        html.push_str(&one_journey(status, target, journey, &format!("{id}-{place}"), alone));
    }
    html + "</ul></section>"
}

/// The strip, and the same as a table.
fn days(target: &TargetStatus, id: &str) -> String {
    let name = format!("{}: the last {DAYS} days", target.name);
    let of = |wanted: fn(&Uptime) -> bool| target.days.iter().filter(|day| wanted(&day.uptime)).count();
    let (bad, none) = (of(|day| day.failed > 0), of(|day| day.share.is_none()));
    let description = format!("All held on {} days, something failed on {bad}, no data on {none}.", DAYS - bad - none);
    let strip =
        chart::strip(&target.days, &Title { id: &format!("{id}-days"), name: &name, description: &description });
    let rows = target.days.iter().rev().map(row).collect::<Vec<_>>().concat();
    format!(
        "<figure>{strip}<div class=\"ends\" aria-hidden=\"true\"><span>{DAYS} days ago</span><span>today</span></div>\
         <figcaption class=\"soft small\">{}</figcaption></figure>\
         <details><summary>Each day in a table</summary><table><caption>{}</caption><thead><tr><th scope=\"col\">Day</th><th scope=\"col\">Held</th>\
         <th scope=\"col\">Failed</th><th scope=\"col\">Journeys</th></tr></thead><tbody>{rows}</tbody></table></details>",
        Text(&description),
        Text(&name),
    )
}

fn row(day: &Day) -> String {
    let (date, words, Uptime { held, failed, .. }) = (&day.date, words::day(day.at), day.uptime);
    let all = held + failed;
    let (share, failed, of) = (words::percent(held, all), words::count(failed), words::count(all));
    let figures = match all {
        0 => "<td>no data</td><td></td><td></td>".to_owned(),
        _ => format!("<td>{share}</td><td>{failed}</td><td>{of}</td>"),
    };
    format!("<tr><th scope=\"row\"><time datetime=\"{date}\">{words}</time></th>{figures}</tr>")
}

fn one_journey(status: &Status, target: &TargetStatus, journey: &JourneyStatus, id: &str, alone: bool) -> String {
    let name = words::journey(&journey.name);
    let is_stale = target.now.state == State::Silent && journey.now.state == State::Well;
    let now = if is_stale { badge(State::Silent, "Held the last time") } else { state(journey.now, status.now) };
    let mut html = format!("<li><h4>{}</h4>{now}", Text(&name));
    if let (Some(at), Some(took)) = (journey.looked, journey.took_ms) {
        let _ = write!(html, "<p class=\"numbers\">{}", numbers(journey));
        let _ =
            write!(html, "<br/><span class=\"soft\">Last: {}, {}</span></p>", time(at, status.now), words::took(took));
    }
    if let Some(failure) = &journey.failure {
        let _ = write!(
            html,
            "<details><summary>What failed the last time</summary><dl class=\"facts\">{}</dl></details>",
            facts(&failure.step, &failure.sentence, failure.request_id.as_deref())
        );
    }
    let title = |over: &str| format!("{}: {name}, how long it took within {over}", target.name);
    html.push_str(&chart_of(&journey.quarters, &format!("{id}-day"), &title("24 hours"), QUARTERS));
    if alone {
        html.push_str(&chart_of(&journey.days, &format!("{id}-days"), &title("90 days"), DAYS));
    }
    html + "</li>"
}

fn numbers(journey: &JourneyStatus) -> String {
    let Uptime { held, failed, .. } = journey.last_24_hours;
    match (journey.p50_ms, journey.p95_ms) {
        (Some(median), Some(above)) => {
            let held = words::percent(held, held + failed);
            let parts = [
                format!("{held} held"),
                format!("median {}", words::took(median)),
                format!("p95 {}", words::took(above)),
            ];
            parts.map(|part| format!("<span>{part}</span>")).join(" · ")
        }
        _ if failed > 0 => "none held within 24 hours".to_owned(),
        _ => "no data within 24 hours".to_owned(),
    }
}

fn chart_of(points: &[Point], id: &str, title: &str, spans: usize) -> String {
    let some: Vec<(u64, (f64, f64))> = points.iter().filter_map(|point| Some((point.at, point.took?))).collect();
    let Some((at, longest)) = some.iter().max_by(|one, other| one.1.1.total_cmp(&other.1.1)) else {
        return String::new();
    };
    let (of_a_day, highest) = (spans == QUARTERS, chart::highest(points));
    let when = |at| if of_a_day { words::clock(at) } else { words::day(at) };
    let failed = points.iter().filter(|point| point.failed > 0).count();
    let span = if of_a_day { "quarters of an hour" } else { "days" };
    let description = format!(
        "The longest was around {}: median {}, p95 {}. In {failed} of {spans} {span} something failed.",
        when(*at),
        words::took(longest.0),
        words::took(longest.1)
    );
    let svg = chart::latency(points, highest, &Title { id, name: title, description: &description });
    let length = points.get(1).zip(points.first()).map_or(0, |(next, first)| next.at - first.at);
    let end = points.last().map_or(0, |last| last.at + if of_a_day { length } else { 0 });
    let start = points.first().map_or(0, |first| first.at);
    let label = |part: u64| format!("<span>{}</span>", when(start + (end - start) / 2 * part));
    let caption = if of_a_day { "24 hours" } else { "90 days" };
    format!(
        "<figure><figcaption>How long it took within {caption}</figcaption><div class=\"plot\"><div class=\"up\" aria-hidden=\"true\"><span>{}</span><span>{}</span><span>0</span></div>{svg}\
         <div class=\"ends\" aria-hidden=\"true\">{}{}{}</div></div></figure>",
        words::axis(highest),
        words::axis(highest / 2.0),
        label(0),
        label(1),
        label(2)
    )
}

fn incidents<'a>(status: &Status, all: impl Iterator<Item = &'a IncidentStatus>) -> String {
    let list: String = all.map(|incident| one_incident(status, incident)).collect();
    let list = if list.is_empty() {
        "<p class=\"soft\">None within 90 days.</p>".to_owned()
    } else {
        format!("<ul class=\"incidents\">{list}</ul>")
    };
    format!("<section aria-labelledby=\"incidents\"><h2 id=\"incidents\">Incidents</h2>{list}</section>")
}

fn one_incident(status: &Status, incident: &IncidentStatus) -> String {
    let IncidentStatus { target, journey, kind, opened, ended, end, lasted_seconds, reproduce, .. } = incident;
    let lasted = words::lasted(*lasted_seconds);
    let (now, words) = match end {
        None => (State::of(kind), format!("Open for {lasted}")),
        Some(End::Over) => (State::Well, format!("Over after {lasted}")),
        Some(End::NoLongerWatched) => (State::Silent, format!("No longer watched, after {lasted}")),
    };
    format!(
        "<li class=\"card\" id=\"{}\"><h3>{}: {} {}</h3>{}<dl class=\"facts\"><dt>Since</dt><dd>{}</dd>{}{}<dt>Again</dt><dd><code>{}</code></dd></dl></li>",
        anchor(incident),
        Text(target),
        Text(&words::about(journey)),
        Text(&words::kind(kind, end.is_some())),
        badge(now, &words),
        time(*opened, status.now),
        ended.map_or_else(String::new, |ended| format!("<dt>Until</dt><dd>{}</dd>", time(ended, status.now))),
        facts(&incident.step, &incident.sentence, incident.request_id.as_deref()),
        Text(reproduce)
    )
}

/// Where it stands in the page.
pub(crate) fn anchor(incident: &IncidentStatus) -> &str {
    incident.id.rsplit(':').next().unwrap_or_default()
}

fn facts(step: &str, sentence: &str, request_id: Option<&str>) -> String {
    let request = request_id.map_or_else(|| "none".to_owned(), |id| format!("<code>{}</code>", Text(id)));
    format!(
        "<dt>Step</dt><dd>{}</dd><dt>What</dt><dd>{}</dd><dt>Request</dt><dd>{request}</dd>",
        Text(step),
        Text(sentence)
    )
}

fn uptime(Uptime { held, failed, .. }: Uptime) -> String {
    let all = held + failed;
    match (all, failed) {
        (0, _) => "no data".to_owned(),
        (_, 0) => format!("100 %<span>all of {}</span>", words::count(all)),
        _ => format!(
            "{}<span>{} of {} failed</span>",
            words::percent(held, all),
            words::count(failed),
            words::count(all)
        ),
    }
}

fn state(Now { state, since }: Now, now: u64) -> String {
    let since = since.map_or_else(String::new, |at| format!(" since {}", words::moment(at.0, now)));
    let words = match state {
        State::Well => "Holds".to_owned(),
        State::Unknown => "Not looked at yet".to_owned(),
        State::Failed => "Failed the last time".to_owned(),
        State::Silent => format!("Not looked at{since}"),
        State::Warned => format!("Something needs a look{since}"),
        State::Slower => format!("Takes longer{since}"),
        State::Wrong => format!("Something is wrong{since}"),
        State::Failing => format!("Fails{since}"),
    };
    badge(state, &words)
}

/// A sign of its own shape, and words.
fn badge(state: State, words: &str) -> String {
    let (sign, class) = match state {
        State::Well => ("well", "well"),
        State::Unknown | State::Silent => ("silent", "silent"),
        State::Failed | State::Wrong => ("failed", "failed"),
        State::Warned | State::Slower => ("slower", "slower"),
        State::Failing => ("failing", "failing"),
    };
    format!(
        "<p class=\"state is-{class}\"><svg aria-hidden=\"true\" focusable=\"false\"><use href=\"#{sign}\"/></svg>{}</p>",
        Text(words)
    )
}

fn time(at: At, now: u64) -> String {
    format!("<time datetime=\"{}\">{}</time>", rfc3339(at.0), words::moment(at.0, now))
}
