//! Nothing that people say, and no token, is ever written anywhere or sent to a collector, however much the server tells of itself.

use crate::collector::{Collector, hex, said};
use crate::server::{ORGANISER_KEY, Plan};
use crate::{AT_ONCE, Problem, binary, ensure, of_this_host};
use libtest_mimic::Trial;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tempfile::TempDir;
use truce_contract::{Call, Journey, Member, Outcome, Reply, Secret, World, http_client, journeys};

/// A word nobody else uses. As a ticket it survives every reframing, so that it is in what is stored, too.
const CANARY: &str = "QUOKKA-48213";
const COLLECTOR_KEY: &str = "the-key-of-the-collector";

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        of_this_host(
            "a_canary_appears_in_no_line_of_the_log_and_no_span",
            a_canary_appears_in_no_line_of_the_log_and_no_span,
        ),
        of_this_host("what_is_counted_tells_of_nobody", what_is_counted_tells_of_nobody),
    ]
}

/// After every journey there is: neither what was said nor who said it is a label, and each label is one that the code names.
async fn what_is_counted_tells_of_nobody() -> Result<(), Problem> {
    let data = TempDir::new()?;
    let server = Plan::on(data.path()).setting("TRUCE_METRICS", "127.0.0.1:0").start()?;
    let world = World::at(server.target())?;
    let mut secrets = vec![("the organiser's key", ORGANISER_KEY.to_owned()), ("what was said", CANARY.to_owned())];
    let (ana, _, room) = a_day_at_work(&world, &mut secrets).await?;
    everything_goes_wrong(&world, &ana, &mut secrets).await?;
    secrets.push(("a room", room));
    secrets.push(("an invite's id", ana.invite.id.clone()));
    secrets.extend(
        ["Anastasia", "Bonifatius", "Cleo", "Dee", "backend", "design"].map(|name| ("a name", name.to_owned())),
    );
    let others: Vec<Journey> = journeys::everything().into_iter().filter(|journey| !journey.patient).collect();
    journeys::run_all_and_tidy(&server.target(), &others, AT_ONCE).await;
    let stdout = server.stdout();
    let address =
        stdout.split_whitespace().find(|word| word.ends_with("/metrics")).ok_or("no address of the numbers")?;
    let text = http_client().build()?.get(address).send().await?.text().await?;
    // Without these the test would pass on a server that counts nothing.
    for counted in [r#"path="/mediate",method="POST",status="200""#, r#"path="/qr/{id}""#, r#"path="unmatched""#] {
        ensure(text.contains(counted), format!("{counted} in {text}"))?;
    }
    // Every request was the suite's.
    let people = text.lines().filter(|line| line.starts_with("truce_") && line.contains("synthetic=\"no\""));
    let counted: Vec<&str> = people.filter(|line| !line.ends_with(" 0")).collect();
    ensure(counted.is_empty(), format!("what the suite asks is counted among people's: {counted:?}"))?;
    for (what, secret) in &secrets {
        ensure(!text.contains(secret), format!("{what} is in what is counted"))?;
    }
    let known = known_labels()?;
    let strange: BTreeSet<&str> = labels(&text).filter(|label| !known.contains(*label)).collect();
    ensure(strange.is_empty(), format!("labels that no code names: {strange:?}"))
}

/// Every `name="value"`, but how much fits into a bucket.
fn labels(text: &str) -> impl Iterator<Item = &str> {
    let sets = text.lines().filter_map(|line| Some(line.split_once('{')?.1.rsplit_once('}')?.0));
    sets.flat_map(|set| set.split_inclusive("\",").map(|label| label.trim_end_matches(',')))
        .filter(|label| !label.starts_with("le="))
}

/// What may be said: the paths that are documented, and a few words.
fn known_labels() -> Result<BTreeSet<String>, Problem> {
    let documented = std::fs::read_to_string(binary::workspace().join("docs/openapi.json"))?;
    let documented: Value = serde_json::from_str(&documented)?;
    let paths = documented["paths"].as_object().ok_or("no paths in docs/openapi.json")?;
    let words = [
        ("function", "dev"),
        ("path", "unmatched"),
        ("method", "GET HEAD POST PUT PATCH DELETE OPTIONS other"),
        ("status", "200 201 204 303 304 400 401 403 404 405 406 409 410 413 415 422 429 500 503"),
        ("class", "2xx 3xx 4xx 5xx"),
        ("waits", "yes no"),
        ("operation", "spend is_spent revoke is_revoked append read entry agreements ping sweep"),
        ("outcome", "worded unanswered refused unreadable rejected"),
        ("engine", "embedded model fallback"),
        ("kind", "organiser session invite member"),
        ("synthetic", "no test"),
        ("version", env!("CARGO_PKG_VERSION")),
    ];
    let words =
        words.iter().flat_map(|(name, values)| values.split(' ').map(move |value| format!("{name}=\"{value}\"")));
    Ok(words.chain(paths.keys().map(|path| format!("path=\"{path}\""))).collect())
}

async fn a_canary_appears_in_no_line_of_the_log_and_no_span() -> Result<(), Problem> {
    let data = TempDir::new()?;
    let collector = Collector::start().await;
    let server = Plan::on(data.path()).setting("RUST_LOG", "trace").setting("TRUCE_LOG", "json");
    let server = server.setting("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.endpoint());
    let server = server.setting("OTEL_EXPORTER_OTLP_HEADERS", &format!("x-key={COLLECTOR_KEY}")).start()?;
    let world = World::at(server.target())?;
    let mut secrets = vec![("the organiser's key", ORGANISER_KEY.to_owned()), ("what was said", CANARY.to_owned())];
    secrets.push(("the collector's key", COLLECTOR_KEY.to_owned()));
    let (ana, last, room) = a_day_at_work(&world, &mut secrets).await?;
    everything_goes_wrong(&world, &ana, &mut secrets).await?;
    let key_file = std::fs::read_to_string(data.path().join("keys"))?;
    secrets.extend(key_file.split([':', '\n']).filter(|part| part.len() > 30).map(|part| ("a key", part.to_owned())));
    let written = server.stop()?;
    // Without this the test would pass on a server that writes nothing.
    ensure(written.contains(last.request_id()), "the request id of the last answer in the log")?;
    for (what, secret) in &secrets {
        let line = written.lines().find(|line| line.contains(secret));
        ensure(
            line.is_none(),
            format!("{what} in no line, but: {}", line.unwrap_or_default().replace(secret, "<it>")),
        )?;
    }
    collected(&collector, &written, &last, &secrets, (&ana, &room))?;
    let audited = ["invite", "redeem", "revoke", "escalat"].iter().all(|event| written.contains(event));
    ensure(audited, "an audit event for every issue, redeem, revoke and escalation")
}

/// What a collector got: every request that the log tells of, under the same ids, and of nobody.
fn collected(
    collector: &Collector,
    written: &str,
    last: &Reply,
    secrets: &[(&'static str, String)],
    (ana, room): (&Member, &str),
) -> Result<(), Problem> {
    let spans = collector.spans();
    // The server has ended: what it has not sent by now it never sends.
    let of_last = spans.iter().any(|span| said(span, "truce.request_id").as_deref() == Some(last.request_id()));
    ensure(of_last, "a span of the last request")?;
    for span in spans.iter().filter(|span| said(span, "truce.request_id").is_some()) {
        let ids = [("trace_id", hex(&span.trace_id)), ("span_id", hex(&span.span_id))];
        let same = |line: &&str| ids.iter().all(|(name, id)| line.contains(&format!("\"{name}\":\"{id}\"")));
        ensure(written.lines().any(|line| same(&line)), format!("a line of the log with the ids of {}", span.name))?;
    }
    let of_people =
        [("a room", room), ("a name", &ana.name), ("a team", &ana.team), ("an invite's id", &ana.invite.id)];
    let of_people = of_people.into_iter().map(|(what, text)| (what, text.to_owned()));
    let key = ("the collector's key", COLLECTOR_KEY.to_owned());
    ensure(collector.finds(&key.1).is_some_and(|at| at == "the header x-key"), "the collector's key in its header")?;
    for (what, secret) in secrets.iter().cloned().chain(of_people).filter(|secret| *secret != key) {
        let found = collector.finds(&secret);
        ensure(
            found.is_none(),
            format!("{what} in no span, but: {}", found.unwrap_or_default().replace(&secret, "<it>")),
        )?;
    }
    Ok(())
}

/// What usually happens, with the canary in everything that is said.
async fn a_day_at_work(world: &World, secrets: &mut Vec<(&'static str, String)>) -> Outcome<(Member, Reply, String)> {
    let room = world.room();
    let (ana, bo) = (room.join("backend", "Anastasia").await?, room.join("design", "Bonifatius").await?);
    let browser = room.invite("backend", "Cleo").await?.accept_in_a_browser().await?;
    secrets.push(("a cookie", browser.cookie.reveal().to_owned()));
    let offer = ana.says(&format!("you idiots broke {CANARY} again and it cost us 3 days")).await?;
    let softer = ana.chooses("Softer", &offer).await?.expect_code("reframed")?;
    ana.chooses("Send it", &softer).await?.expect_code("sent")?;
    ana.says(&format!("I am going to kill Bo over {CANARY}")).await?.expect_code("escalated")?;
    let arrived = bo.polls().await?.expect_code("message")?;
    let answer = bo.answers(&format!("Could you send me the logs of {CANARY} by Friday, please?"), &arrived).await?;
    bo.chooses("Send it", &answer).await?.expect_code("sent")?;
    let renewed = ana.renews().await?;
    for reply in [&offer, &softer, &arrived, &answer] {
        secrets.push(("a draft", reply.text("draft")?));
    }
    for member in [&ana, &bo, &renewed] {
        secrets.push(("a session", member.session.reveal().to_owned()));
        secrets.push(("an invite", member.invite.digits.reveal().to_owned()));
    }
    let last = renewed.asks_how_things_stand().await?.expect_code("session-valid")?;
    Ok((renewed, last, room.name().to_owned()))
}

/// What an error could be tempted to quote.
async fn everything_goes_wrong(world: &World, ana: &Member, secrets: &mut Vec<(&'static str, String)>) -> Outcome {
    let invite = world.room().invite("backend", "Dee").await?;
    let digits = invite.digits.reveal();
    secrets.push(("an invite in a query", digits.to_owned()));
    let forged = format!("{}A", ana.session.reveal());
    let broken = [
        Call::post("/mediate").raw("application/json", format!("{{\"text\": \"{CANARY}\"")),
        Call::post("/mediate").json(&json!({"text": [CANARY]})),
        Call::post("/mediate").json(&json!({"text": "a", CANARY: 1})),
        Call::post("/mediate").json(&json!({"choice": CANARY, "draft": CANARY})),
        Call::post("/mediate").raw("text/plain", CANARY),
        Call::get(format!("/mediate?after={CANARY}")),
        Call::get(format!("/mediate?{CANARY}=1")),
        Call::get(format!("/redeem?invite={digits}")),
        Call::get(format!("/j?invite={digits}")),
        Call::post("/redeem").json(&json!({"session": forged})),
        Call::post("/redeem").json(&json!({"invite": format!("{digits}0")})),
        Call::get(format!("/nowhere/{digits}")),
    ];
    for call in broken {
        ana.does("a client breaks something", call).await?;
    }
    world.organiser_does("the organiser asks for the keys", Call::get("/health?probe=ready")).await?.list("keys")?;
    let guess = Call::get("/health?probe=ready").bearer(&Secret::new(format!("{CANARY}, which is no key")));
    world.does("somebody guesses a key", guess).await?.expect_code("organiser-key-invalid")?;
    ana.with_session(&forged).asks_who_they_are().await?.expect_code("session-invalid")?;
    invite.revoke().await?.expect_code("invite-revoked")?;
    invite.redeem().await?.expect_code("invite-invalid")?;
    Ok(())
}
