//! What somebody who has just started Truce needs to see: where it is, two codes to try it with, and what to do next.

use crate::data::DataFolder;
use crate::failure::Failure;
use crate::qr;
use std::io::{IsTerminal as _, Write as _};
use std::net::SocketAddr;
use truce_function::Environment;
use truce_issue_qr::symbol::Correction;
use truce_session::{Invite, OrganiserTag, Seat, lifetime};

/// Two people who have something to settle.
const SAMPLE: [(&str, &str); 2] = [("backend", "Ana"), ("design", "Bo")];
const SAMPLE_ROOM: &str = "kitchen-table";

pub(crate) fn say(
    env: &Environment,
    (address, metrics): (SocketAddr, Option<SocketAddr>),
    folder: &DataFolder,
    organisers: &str,
    quiet: bool,
) -> Result<(), Failure> {
    let url = &env.settings().public_url;
    let mut out = std::io::stdout().lock();
    writeln!(out, "Truce listens on {address}.\n")?;
    writeln!(out, "  {url}/qr      make codes for your own room (the organiser's console)")?;
    writeln!(out, "  {url}/talk    Truce in a browser, as on a Watch")?;
    writeln!(out, "  {url}/watch   the Shortcuts for a real Watch, played in a browser")?;
    writeln!(out, "  {url}/health  how it is doing\n")?;
    if let Some(metrics) = metrics {
        writeln!(out, "  http://{metrics}/metrics  what is counted, for Prometheus\n")?;
    }
    if quiet {
        return Ok(out.flush()?);
    }
    for (team, member) in SAMPLE {
        let link = invite(env, organisers, team, member)?;
        writeln!(out, "{member} of {team}, in the room {SAMPLE_ROOM}:\n")?;
        out.write_all(qr::for_terminal(&link, Correction::Low, out.is_terminal())?.as_bytes())?;
        writeln!(out, "\n  {link}\n")?;
    }
    let [(_, first), (_, second)] = SAMPLE;
    writeln!(out, "What to do next:")?;
    writeln!(
        out,
        "  1. Open {first}'s link in one browser and {second}'s in another (or a private window), and join."
    )?;
    writeln!(out, "     Each works once, within {} minutes; start again for new ones.", lifetime::INVITE.max / 60)?;
    writeln!(out, "  2. As {first}, say: they never deliver on time and nobody gives a damn")?;
    writeln!(out, "  3. Send it, and answer as {second}.")?;
    writeln!(out, "  4. For your own room open {url}/qr with the organiser's key:")?;
    if std::env::var_os("TRUCE_ORGANISER_KEYS").is_some() {
        writeln!(out, "     the one in TRUCE_ORGANISER_KEYS\n")?;
    } else {
        writeln!(out, "     it is what follows the `=` in {}\n", folder.organisers().display())?;
    }
    writeln!(out, "Ctrl-C stops it.")?;
    Ok(out.flush()?)
}

fn invite(env: &Environment, organisers: &str, team: &str, member: &str) -> Result<String, Failure> {
    let wrong = |error: &dyn std::fmt::Display| Failure::Wrong(error.to_string());
    let organiser = organisers.split(['=', ',', '\n']).next().unwrap_or_default().trim();
    let seat = Seat::new(SAMPLE_ROOM, team, member).map_err(|error| wrong(&error))?;
    let invite = Invite { lifetime: lifetime::INVITE.max, ..Invite::new(seat, OrganiserTag::of(organiser)) };
    let url = &env.settings().public_url;
    let sealed = env
        .keys()
        .seal(&invite, url.host(), env.now(), &mut |bytes| env.random().fill(bytes))
        .map_err(|error| wrong(&error))?;
    Ok(url.join_link(&sealed.digits()))
}
