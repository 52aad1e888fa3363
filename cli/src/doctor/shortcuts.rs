//! The Shortcuts for these addresses, and where people get them.

use super::Visit;
use super::finding::Finding;
use crate::failure::Failure;
use truce_contract::Function;
use truce_function::settings::SHORTCUTS;
use truce_shortcuts::set::{self, Session};
use truce_shortcuts::{Address, Addresses, file, lint};

/// Looks at what would be built, and at the page that leads to what was.
pub(super) async fn look(visit: &mut Visit) -> Result<(), Failure> {
    let finding = built(visit.addresses.base(Function::RedeemToken), visit.addresses.base(Function::Mediate));
    visit.report.tell(finding)?;
    let page = match visit.caller.get(&visit.url("/install")).await {
        Ok(page) if page.status == 200 => page.text,
        _ => return visit.report.tell(Finding::not_looked_at("buttons", "/install does not come")),
    };
    let (has, misses): (Vec<&str>, Vec<&str>) = SHORTCUTS.into_iter().partition(|name| page.contains(&button(name)));
    visit.report.tell(if misses.is_empty() {
        Finding::ok("buttons", "/install has one for each")
    } else {
        let mend = "Share them from a Mac, and say where they are in TRUCE_SHORTCUTS (docs/watch.md, Onto a device).";
        Finding::warn("buttons", format!("/install has none for {}", misses.join(", ")), mend)
    })?;
    if has.is_empty() {
        return Ok(());
    }
    let why =
        "where the buttons lead: that is somebody else's server; `truce shortcuts verify` looks at one link at a time";
    visit.report.tell(Finding::not_looked_at("links", why))
}

/// As the page has it.
fn button(name: &str) -> String {
    format!(">Get {name}</a>")
}

fn built(redeem: &str, mediate: &str) -> Finding {
    let (redeem, mediate) = match (Address::new(redeem), Address::new(mediate)) {
        (Ok(redeem), Ok(mediate)) => (redeem, mediate),
        (Err(wrong), _) | (_, Err(wrong)) => {
            return Finding::warn("shortcuts", wrong.to_string(), "None can be built for it: name it as https://HOST.");
        }
    };
    let called = [redeem.clone(), mediate.clone()];
    let at = Addresses { redeem, mediate };
    let mut whole = 0_usize;
    for session in [Session::Kept, Session::Pasted] {
        for shortcut in set::all(&at, session) {
            if let Some(finding) = lint::look(&file::bytes(&shortcut), &called).first() {
                let mend = "That is a mistake of ours: tell us, with the address.";
                return Finding::wrong("shortcuts", format!("{} would not run: {finding}", shortcut.name), mend);
            }
            whole += 1;
        }
    }
    Finding::ok("shortcuts", format!("{whole} files can be built for it, and call nothing else"))
}
