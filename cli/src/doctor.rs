//! `truce doctor`: whether a deployment is well, seen from where its people are, and what to do where it is not.
//!
//! It asks as anybody could, and with an organiser's key goes the way of one invite, in a room that no team is in, and ends it. A check that
//! another makes pointless is not made, and said not to be. A new check is a [`Finding`] with a mend that names a setting, a command or a page.

mod caller;
mod finding;
mod health;
mod keys;
mod reach;
mod ring;
mod routes;
mod shortcuts;

use crate::failure::Failure;
use caller::Caller;
use clap::Args;
use finding::{Finding, Report};
use std::net::IpAddr;
use std::path::PathBuf;
use truce_contract::{Addresses, Function, Secret};
use truce_looks::Place;

/// Look whether a deployment is well, and say what to mend
///
/// It looks from this machine, as a phone would: name, certificate, clock, store, every path, and the Shortcuts. With an organiser's key it also
/// issues an invite, takes it, has a sentence mediated and ends all of it: that shows whether the functions have the same keys and the same store.
/// A line each: ok, WRONG, warn, or not looked at, and below it what to do. The exit status is 0 if nothing is WRONG.
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Doctor {
    /// Where it answers, https://HOST. Where each function has an address of its own, all of them: issue-qr, redeem-token, mediate, health
    #[arg(long, value_name = "URL", required = true)]
    target: Vec<String>,
    /// A key that it takes from organisers. It is never shown
    #[arg(long, env = "TRUCE_ORGANISER_KEY", hide_env_values = true, value_name = "KEY", hide = true)]
    organiser_key: Option<String>,
    /// The only authority that vouches for it, in PEM, where that is one of your own: `truce certs` makes outside/ca.crt
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// A JSON object for each check instead, with check, state, found and mend; the counts go to standard error
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  truce doctor --target https://truce.example
  TRUCE_ORGANISER_KEY=… truce doctor --target https://truce.example
  truce doctor --target https://truce.local --ca truce-data/certs/outside/ca.crt
  truce doctor --target https://a.example --target https://b.example --target https://c.example --target https://d.example

What is checked, in this order:
  dns         the host is found, at an address that a Watch reaches
  tls         the certificate holds for the host, and for how long
  clock       it is less than 2 seconds from ours
  alive       Truce answers
  ready       its store does
  GET …       each path comes to its function, and back as it was
  headers     so do the headers
  issue       with the key in TRUCE_ORGANISER_KEY: an invite is issued
  public-url  its link leads here
  keys        which there are, by id; every function takes what another has sealed
  store       every function sees what another has kept
  shortcuts   those for these addresses are whole
  buttons     /install has a button for each
Nothing but the target is called. What was begun is ended.";

/// One look at one deployment.
struct Visit {
    addresses: Addresses,
    key: Option<Secret>,
    caller: Caller,
    report: Report,
    /// Whether anybody between here and there could read what is said: no key is then.
    in_the_open: bool,
}

impl Doctor {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let wrong = |why: String| Failure::Wrong(format!("{why}."));
        let addresses = Addresses::read(&self.target).map_err(|error| wrong(error.to_string()))?;
        let places = Place::all(&addresses);
        let places = places.ok_or_else(|| wrong("A target is no address: one reads https://HOST".to_owned()))?;
        let key = self.organiser_key.map(|key| key.trim().to_owned()).filter(|key| !key.is_empty()).map(Secret::new);
        if key.as_ref().is_some_and(|key| !key.reveal().bytes().all(|byte| byte.is_ascii_graphic())) {
            return Err(wrong("TRUCE_ORGANISER_KEY is no key: it has characters that no key has".to_owned()));
        }
        let caller = Caller::new(self.ca.as_deref())?;
        let visit = Visit { addresses, key, caller, report: Report::new(self.json), in_the_open: false };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let looked = runtime.block_on(visit.looks(&places));
        // A name server that does not answer would be waited for.
        runtime.shutdown_background();
        looked
    }
}

impl Visit {
    async fn looks(mut self, places: &[Place]) -> Result<(), Failure> {
        if !self.reaches(places).await? {
            self.leaves(&["clock", "alive", "ready", "routes", "keys", "store", "shortcuts"])?;
            return self.report.end();
        }
        health::clocks(&mut self).await?;
        if !health::alive(&mut self).await? {
            self.leaves(&["ready", "routes", "keys", "store", "shortcuts"])?;
            return self.report.end();
        }
        health::ready(&mut self).await?;
        routes::look(&mut self).await?;
        keys::look(&mut self).await?;
        shortcuts::look(&mut self).await?;
        self.report.end()
    }

    /// Whether every place can be called.
    async fn reaches(&mut self, places: &[Place]) -> Result<bool, Failure> {
        let mut all = true;
        let mut hosts: Vec<(&str, Vec<IpAddr>)> = Vec::new();
        for place in places {
            let addresses = match hosts.iter().find(|(host, _)| *host == place.host) {
                Some((_, addresses)) => addresses.clone(),
                None => self.resolves(place).await?,
            };
            hosts.push((&place.host, addresses.clone()));
            if addresses.is_empty() {
                all = false;
                self.report.tell(Finding::not_looked_at("tls", format!("{} is not found", place.name())))?;
                continue;
            }
            self.in_the_open |= reach::is_in_the_open(place, &addresses);
            let reached = reach::connect(place, &addresses, &self.caller.tls).await;
            all &= reached.answers;
            self.report.tell(reached.finding)?;
        }
        Ok(all)
    }

    async fn resolves(&mut self, place: &Place) -> Result<Vec<IpAddr>, Failure> {
        let (finding, addresses) = reach::resolve(place).await;
        self.report.tell(finding)?;
        Ok(addresses)
    }

    fn leaves(&mut self, checks: &[&'static str]) -> Result<(), Failure> {
        checks.iter().try_for_each(|check| self.report.tell(Finding::not_looked_at(check, "mend what is WRONG first")))
    }

    /// Of a path, at the function that owns it.
    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.addresses.base(Function::of(path)))
    }
}
