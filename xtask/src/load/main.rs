//! `truce-load`: issues, redeems and mediates over many connections at once, and says how long it took.
//!
//! Each connection sends its next request when the last one is answered: as fast as the server goes, and then at a
//! fixed rate, which is how a server that is not overrun feels. Kept out of `xtask` itself: whoever tests does not
//! build it.
#![allow(clippy::print_stdout, clippy::print_stderr)] // a command talks to people

mod client;
mod phase;

use clap::Parser;
use client::{Client, Failed};
use phase::{Pace, Phase};
use serde_json::{Value, json};
use std::process::ExitCode;
use std::sync::Arc;

/// What one person might say: thirty words, as in the mediator's own benchmark.
const THIRTY_WORDS: &str = "they never deliver on time and nobody gives a damn we waited three days for the api spec \
    and then you broke the build on Tuesday without telling us so fix it";
/// How long a phase at a fixed rate lasts at most.
const PACED_SECONDS: usize = 5;
/// Invites have to last until they are redeemed.
const INVITE_SECONDS: u32 = 600;

/// Load on a Truce server that you own. Prints JSON.
#[derive(Parser)]
struct Load {
    /// Where it answers, e.g. 127.0.0.1:8787
    #[arg(long)]
    address: std::net::SocketAddr,
    /// A key it takes from organisers
    #[arg(long, env = "TRUCE_ORGANISER_KEY", hide_env_values = true)]
    key: String,
    /// Connections at the same time
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// Requests of each kind, in each repeat
    #[arg(long, default_value_t = 20_000)]
    requests: usize,
    /// The second time, requests a second
    #[arg(long, default_value_t = 2_000)]
    rate: u32,
    /// How often all of it is done
    #[arg(long, default_value_t = 3)]
    repeats: usize,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match Load::parse().run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            eprintln!("truce-load: {failed}");
            ExitCode::FAILURE
        }
    }
}

impl Load {
    async fn run(&self) -> Result<(), Failed> {
        let mut phases = Vec::new();
        for repeat in 1..=self.repeats {
            eprintln!("repeat {repeat} of {}, as fast as it goes", self.repeats);
            phases.push(self.repeat(Pace::Closed).await?);
            eprintln!("repeat {repeat} of {}, at {} a second", self.repeats, self.rate);
            phases.push(self.repeat(Pace::PerSecond(self.rate.max(1))).await?);
        }
        println!("{}", json!({ "connections": self.connections, "requests": self.requests, "phases": phases }));
        Ok(())
    }

    /// All three phases. Invites are there to be redeemed: they are issued as fast as it goes.
    async fn repeat(&self, pace: Pace) -> Result<Value, Failed> {
        let requests = match pace {
            Pace::Closed => self.requests,
            Pace::PerSecond(rate) => self.requests.min(rate as usize * PACED_SECONDS),
        };
        let organiser = Arc::new(self.key.clone());
        let (issue, answers) = self.phase(requests, Pace::Closed, Arc::new(move |at| invite(&organiser, at))).await?;
        let invites: Arc<Vec<Value>> =
            Arc::new(answers.into_iter().map(|mut answer| answer["invite"].take()).collect());
        let redeem = Arc::new(move |at: usize| ("/redeem", None, json!({ "invite": invites[at] })));
        let (redeem, answers) = self.phase(requests, pace, redeem).await?;
        let mut sessions = answers.into_iter().filter_map(|answer| answer["session"].as_str().map(str::to_owned));
        let sessions: Arc<Vec<String>> = Arc::new(sessions.by_ref().take(self.connections).collect());
        let mediate = Arc::new(move |at: usize| {
            let session = sessions[at % sessions.len()].clone();
            ("/mediate", Some(session), json!({ "text": THIRTY_WORDS }))
        });
        let (mediate, _) = self.phase(requests, pace, mediate).await?;
        Ok(json!({ "paced": matches!(pace, Pace::PerSecond(_)), "issue": issue, "redeem": redeem, "mediate": mediate }))
    }

    async fn phase(&self, requests: usize, pace: Pace, request: phase::Make) -> Result<(Value, Vec<Value>), Failed> {
        let mut clients = Vec::with_capacity(self.connections);
        for _ in 0..self.connections {
            clients.push(Client::connect(self.address).await?);
        }
        Phase { requests, pace, make: request }.run(clients).await
    }
}

/// A room for every hundred: people spread over rooms, and rooms grow.
fn invite(key: &str, at: usize) -> phase::Request {
    let body = json!({
        "room": format!("load-{}", at / 100), "team": format!("team-{}", at % 2), "member": format!("m{at}"),
        "ttl_seconds": INVITE_SECONDS,
    });
    ("/qr", Some(key.to_owned()), body)
}
