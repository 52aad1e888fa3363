//! `truce mediate`: the mediator at the command line, for one text or for a stream of them.

use crate::failure::Failure;
use clap::Args;
use serde::{Deserialize, Serialize};
use std::io::{BufRead as _, BufWriter, IsTerminal as _, Write as _};
use truce_mediation::{Mediation, Mediator, Plan};

/// Put a complaint so that the other side can listen
///
/// Examples:
///   truce mediate "they never deliver on time and nobody gives a damn"
///   truce mediate --jsonl < in.jsonl > out.jsonl
///
/// With --jsonl, each line in is {"id","text"}, each line out {"id","plan","category","say","message","menu","heard",
/// "engine"}: `plan` is reframe, civil, ask, decline or escalate; `message` what would be delivered, empty when nothing
/// would be; `menu` the quick replies its receiver could tap.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Mediate {
    /// What is bothering you
    #[arg(required_unless_present = "jsonl", conflicts_with = "jsonl")]
    text: Option<String>,
    /// Read lines of JSON, write lines of JSON
    #[arg(long)]
    jsonl: bool,
    /// Who to turn to when software must not mediate
    #[arg(long, env = "TRUCE_HUMAN", default_value = "your people team")]
    human: String,
}

#[derive(Deserialize)]
struct In {
    id: serde_json::Value,
    text: String,
}

#[derive(Serialize)]
struct Out<'a> {
    id: &'a serde_json::Value,
    plan: Plan,
    category: &'a str,
    say: &'a str,
    message: &'a str,
    menu: Vec<&'a str>,
    heard: &'a str,
    engine: &'a str,
}

impl Mediate {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let mediator = Mediator::new(self.human);
        match self.text {
            Some(text) => show(&mediator.mediate(&text)),
            None => lines(&mediator),
        }
    }
}

fn lines(mediator: &Mediator) -> Result<(), Failure> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    for (number, line) in (1..).zip(std::io::stdin().lock().lines()) {
        let line = line.map_err(|error| Failure::Wrong(format!("line {number} cannot be read: {error}.")))?;
        if line.trim().is_empty() {
            continue;
        }
        let In { id, text } = serde_json::from_str(&line).map_err(|error| {
            // serde quotes what it read; a column is enough to find it, and nobody's words end up in a log.
            Failure::Wrong(format!(
                "line {number} is not {{\"id\",\"text\"}}: look at column {}. The lines before it are done.",
                error.column()
            ))
        })?;
        let mediation = mediator.mediate(&text);
        let answer = Out {
            id: &id,
            plan: mediation.plan,
            category: mediation.category,
            say: &mediation.say,
            message: &mediation.message,
            menu: mediation.menu.iter().map(|reply| reply.text.as_str()).collect(),
            heard: &mediation.heard,
            engine: mediation.engine,
        };
        serde_json::to_writer(&mut out, &answer).map_err(std::io::Error::from)?;
        out.write_all(b"\n")?;
    }
    Ok(out.flush()?)
}

fn show(mediation: &Mediation) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let (bold, plain) = if out.is_terminal() { ("\x1b[1m", "\x1b[0m") } else { ("", "") };
    writeln!(out, "{bold}{}{plain}", mediation.say)?;
    let what = match mediation.plan {
        Plan::Reframe => "to be sent, if its sender says yes",
        Plan::Civil => "to be sent as it is, if its sender says yes",
        Plan::Ask => "a question back; nothing to send yet",
        Plan::Decline => "nothing to send",
        Plan::Escalate => "for a human; never sent",
    };
    writeln!(out, "  ({what}; {})", mediation.category)?;
    if !mediation.heard.is_empty() {
        writeln!(out, "  heard:   {}", mediation.heard)?;
    }
    if !mediation.menu.is_empty() {
        let replies: Vec<&str> = mediation.menu.iter().map(|reply| reply.text.as_str()).collect();
        writeln!(out, "  replies: {}", replies.join(" · "))?;
    }
    Ok(out.flush()?)
}
