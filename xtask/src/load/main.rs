//! `truce-load`: issues, redeems and mediates over many connections at once, and says how long it took.
//!
//! Each connection sends its next request when the last one is answered: as fast as the server goes, and then at half
//! that rate. The first says how much it can do; the second how long people wait, because in a closed loop at its limit
//! a wait is no more than connections divided by rate. Kept out of `xtask` itself: whoever tests does not
//! build it.
#![allow(clippy::print_stdout, clippy::print_stderr)] // a command talks to people

mod client;
mod phase;

use clap::Parser;
use client::{Client, Failed, Server};
use phase::{Pace, Phase};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::ExitCode;

/// What one person might say: thirty words, as in the mediator's own benchmark.
const THIRTY_WORDS: &str = "they never deliver on time and nobody gives a damn we waited three days for the api spec \
    and then you broke the build on Tuesday without telling us so fix it";
/// Invites have to last until they are redeemed.
const INVITE_SECONDS: u32 = 600;

/// Load on a Truce server that you own. Prints JSON.
#[derive(Parser)]
struct Load {
    /// Where it answers, e.g. 127.0.0.1:8787
    #[arg(long)]
    address: std::net::SocketAddr,
    /// It speaks TLS, and the authority in this file vouches for its address
    #[arg(long)]
    authority: Option<PathBuf>,
    /// Only text is measured, said here: a `mediate` without TLS that takes the same sessions
    #[arg(long)]
    mediate: Option<std::net::SocketAddr>,
    /// Only text is measured, at so many a second; 0: as fast as it goes
    #[arg(long)]
    per_second: Option<f64>,
    /// A key it takes from organisers
    #[arg(long, env = "TRUCE_ORGANISER_KEY", hide_env_values = true)]
    key: String,
    /// Connections at the same time
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// Requests of each kind, in each repeat
    #[arg(long, default_value_t = 20_000)]
    requests: usize,
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
        if let Some(rate) = self.per_second {
            println!("{}", self.only_text(if rate > 0.0 { Pace::PerSecond(rate) } else { Pace::Closed }).await?);
            return Ok(());
        }
        let mut phases = Vec::new();
        for repeat in 1..=self.repeats {
            eprintln!("repeat {repeat} of {}, as fast as it goes", self.repeats);
            let (numbers, rates) = self.repeat(None).await?;
            phases.push(numbers);
            eprintln!("repeat {repeat} of {}, at half of that", self.repeats);
            phases.push(self.repeat(Some(rates.half())).await?.0);
        }
        println!("{}", json!({ "connections": self.connections, "requests": self.requests, "phases": phases }));
        Ok(())
    }

    /// All three phases; without rates as fast as it goes. Invites are there to be redeemed: they are always issued as
    /// fast as it goes.
    async fn repeat(&self, rates: Option<Rates>) -> Result<(Value, Rates), Failed> {
        let pace = |rate: fn(&Rates) -> f64| rates.as_ref().map_or(Pace::Closed, |rates| Pace::PerSecond(rate(rates)));
        let requests = (0..self.requests).map(|at| self.post("/qr", Some(&self.key), &invite(at))).collect();
        let (issue, answers) = self.phase(requests, Pace::Closed).await?;

        let redeem = |answer: &Value| self.post("/redeem", None, &json!({ "invite": answer["invite"] }));
        let requests = answers.iter().map(redeem).collect();
        let (redeem, answers) = self.phase(requests, pace(|rates| rates.redeem)).await?;

        let sessions = answers.iter().filter_map(|answer| answer["session"].as_str()).take(self.connections).cycle();
        let text = json!({ "text": THIRTY_WORDS });
        let requests = sessions.take(self.requests);
        let requests = requests.map(|session| self.post("/mediate", Some(session), &text)).collect();
        let (mediate, _) = self.phase(requests, pace(|rates| rates.mediate)).await?;

        let rate = |phase: &Value| phase["per_second"].as_f64().unwrap_or_default();
        let reached = Rates { redeem: rate(&redeem), mediate: rate(&mediate) };
        let numbers = json!({ "paced": rates.is_some(), "issue": issue, "redeem": redeem, "mediate": mediate });
        Ok((numbers, reached))
    }

    /// A session for each connection, and then text. What came of that.
    async fn only_text(&self, pace: Pace) -> Result<Value, Failed> {
        let requests = (0..self.connections).map(|at| self.post("/qr", Some(&self.key), &invite(at))).collect();
        let (_, answers) = self.phase(requests, Pace::Closed).await?;
        let redeem = |answer: &Value| self.post("/redeem", None, &json!({ "invite": answer["invite"] }));
        let (_, answers) = self.phase(answers.iter().map(redeem).collect(), Pace::Closed).await?;
        let server = self.mediate.map_or_else(|| self.server(), |address| Ok(Server::plain(address)))?;
        let text = json!({ "text": THIRTY_WORDS }).to_string();
        let sessions = answers.iter().filter_map(|answer| answer["session"].as_str()).cycle().take(self.requests);
        let requests = sessions.map(|session| client::post(server.address, "/mediate", Some(session), &text));
        let requests = requests.collect();
        Ok(Phase { requests, pace }.run(self.clients(&server).await?).await?.0)
    }

    fn post(&self, path: &str, bearer: Option<&str>, body: &Value) -> phase::Request {
        client::post(self.address, path, bearer, &body.to_string())
    }

    async fn phase(&self, requests: Vec<phase::Request>, pace: Pace) -> Result<(Value, Vec<Value>), Failed> {
        Phase { requests, pace }.run(self.clients(&self.server()?).await?).await
    }

    fn server(&self) -> Result<Server, Failed> {
        let plain = || Ok(Server::plain(self.address));
        self.authority.as_ref().map_or_else(plain, |authority| Server::tls(self.address, authority))
    }

    async fn clients(&self, server: &Server) -> Result<Vec<Client>, Failed> {
        let mut clients = Vec::with_capacity(self.connections);
        for _ in 0..self.connections {
            clients.push(Client::connect(server).await?);
        }
        Ok(clients)
    }
}

/// Requests a second.
struct Rates {
    redeem: f64,
    mediate: f64,
}

impl Rates {
    fn half(&self) -> Self {
        Self { redeem: self.redeem / 2.0, mediate: self.mediate / 2.0 }
    }
}

/// A room for every hundred: people spread over rooms, and rooms grow.
fn invite(at: usize) -> Value {
    json!({
        "room": format!("load-{}", at / 100), "team": format!("team-{}", at % 2), "member": format!("m{at}"),
        "ttl_seconds": INVITE_SECONDS,
    })
}
