//! Signed webhooks, to a receiver that verifies them with the official library of Standard Webhooks.

#![cfg(unix)]

#[path = "support/monitor.rs"]
mod monitor;
mod support;

use monitor::Monitor;
use std::collections::BTreeSet;
use std::time::Duration;
use support::{Receiver, SECRET};
use truce_notify::{Address, Goes, Secrets, To};

fn to(receiver: &Receiver) -> To {
    let url = format!("http://canary:canary@127.0.0.1:{}/truce?canary=1", receiver.port);
    To::Webhook { address: Address::read(&url).expect("a URL"), secrets: Secrets::read(SECRET).expect("a secret") }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_verified_by_the_official_library_and_told_once() {
    let Some(receiver) = Receiver::start("webhook", &[]) else { return };
    let mut monitor = Monitor::for_(to(&receiver));
    monitor.starts();
    let id = monitor.opens(1);
    let told = receiver.line();
    assert_eq!((&told["status"], &told["wrong"], told["id"].as_str()), (&200.into(), &"".into(), Some(&*id)), "{told}");
    assert_eq!(
        (&told["body"]["type"], &told["body"]["data"]["target"]),
        (&"truce.alert.opened".into(), &"edge".into())
    );
    assert!(
        told["authorization"].as_str().is_some_and(|it| it.starts_with("Basic ")),
        "what stands before the host: {told}"
    );
    let id = monitor.resolves(1);
    assert_eq!(receiver.line()["id"], *id);
    monitor.empties().await;
    receiver.is_left_alone(Duration::from_millis(500));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_secret_is_refused_and_what_was_refused_is_tried_again() {
    let Some(receiver) = Receiver::start("webhook", &[]) else { return };
    let other = Secrets::read("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").expect("a secret");
    let mut monitor = Monitor::for_(to(&receiver));
    let To::Webhook { secrets, .. } = &mut monitor.destination.to else { unreachable!("it is one") };
    let ours = std::mem::replace(secrets, other);
    monitor.opens(1);
    monitor.starts();
    assert_eq!(monitor.fails(), "status 401");
    assert_eq!(receiver.line()["wrong"], "No matching signature found");
    let To::Webhook { secrets, .. } = &mut monitor.destination.to else { unreachable!("it is one") };
    *secrets = ours;
    monitor.starts();
    monitor.empties().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_down_at_first_gets_everything_in_its_order() {
    let Some(mut receiver) = Receiver::start("webhook", &["--down"]) else { return };
    let mut monitor = Monitor::for_(to(&receiver));
    // Nothing but an event, or a start, is a reason to try again in time.
    monitor.policy.delays = vec![Duration::from_hours(1)];
    let first = monitor.opens(1);
    monitor.starts();
    let why = monitor.fails();
    assert!(why.contains("refused") && !why.contains("canary"), "{why}");
    receiver.rises();
    // One that is over before it was ever told is told all the same: both.
    let ids = [first, monitor.resolves(1), monitor.opens(2)];
    assert_eq!(ids.each_ref().map(|_| receiver.line()["id"].as_str().map(str::to_owned)), ids.map(Some));
    assert_eq!(monitor.says(), Goes::Well);
    monitor.empties().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_sent_at_once_by_a_monitor_that_is_started_again() {
    let Some(mut receiver) = Receiver::start("webhook", &["--down"]) else { return };
    let mut monitor = Monitor::for_(to(&receiver));
    monitor.policy.delays = vec![Duration::from_hours(1)];
    let ids = [monitor.opens(1), monitor.resolves(1)];
    monitor.starts();
    monitor.fails();
    monitor.falls();
    receiver.rises();
    monitor.starts();
    assert_eq!(ids.each_ref().map(|_| receiver.line()["id"].as_str().map(str::to_owned)), ids.map(Some));
    monitor.empties().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_flaps_and_is_slow_gets_each_event_under_one_id_and_in_order() {
    let plan = "500,close,ok,slow:3,503,ok,close,307,ok";
    let Some(receiver) = Receiver::start("webhook", &["--plan", plan]) else { return };
    let mut monitor = Monitor::for_(to(&receiver));
    monitor.starts();
    let ids = [monitor.opens(1), monitor.resolves(1), monitor.opens(2)];
    monitor.empties().await;
    let mut came = Vec::new();
    let mut steps = Vec::new();
    while steps.last() != Some(&"ok".to_owned()) || steps.iter().filter(|step| **step == "ok").count() < 3 {
        let line = receiver.line();
        assert_ne!(line["path"], "/elsewhere", "a redirect is not followed");
        steps.push(line["step"].as_str().expect("a step").to_owned());
        came.push(line["id"].as_str().expect("an id").to_owned());
    }
    assert_eq!(steps.join(","), plan);
    // Who took one slowly took it twice, and knows by its id.
    let mut told = came.clone();
    told.dedup();
    assert_eq!(told, ids);
    assert_eq!(came.iter().collect::<BTreeSet<_>>().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_for_time_is_left_alone_for_that_long_whatever_happens() {
    for asked in ["429:2", "503:2"] {
        let Some(receiver) = Receiver::start("webhook", &["--plan", &format!("{asked},ok")]) else { return };
        let mut monitor = Monitor::for_(to(&receiver));
        monitor.starts();
        monitor.opens(1);
        let first = receiver.line();
        assert_eq!(first["step"], asked);
        assert_eq!(monitor.fails(), format!("status {}", &asked[..3]));
        // Neither another event nor a new start is a reason to ask earlier.
        monitor.resolves(1);
        monitor.falls();
        monitor.starts();
        let second = receiver.line();
        assert_eq!((&second["id"], &second["status"]), (&first["id"], &200.into()));
        let waited = second["at"].as_f64().zip(first["at"].as_f64()).map(|(second, first)| second - first);
        assert!(waited.is_some_and(|waited| waited > 1.9), "{waited:?}");
        monitor.empties().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wants_nothing_any_more_gets_nothing_after_a_new_start_too() {
    let Some(receiver) = Receiver::start("webhook", &["--plan", "410,ok"]) else { return };
    let mut monitor = Monitor::for_(to(&receiver));
    monitor.opens(1);
    monitor.resolves(1);
    monitor.starts();
    assert_eq!(monitor.says(), Goes::Gone(2));
    assert_eq!(receiver.line()["step"], "410");
    monitor.opens(2);
    monitor.falls();
    monitor.starts();
    receiver.is_left_alone(Duration::from_millis(500));
    assert_eq!(monitor.waiting(), 0);
    monitor.outbox.trusts_again("there").expect("written");
    monitor.falls();
    monitor.starts();
    monitor.opens(3);
    assert_eq!(receiver.line()["status"], 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_never_taken_is_given_up_loudly_and_what_comes_after_it_is_not() {
    let Some(receiver) = Receiver::start("webhook", &["--plan", "500"]) else { return };
    let mut monitor = Monitor::for_(to(&receiver));
    monitor.policy.give_up_after = Duration::from_secs(3);
    monitor.opens(1);
    monitor.starts();
    assert_eq!(monitor.fails(), "status 500");
    assert_eq!(monitor.says(), Goes::GivenUp(1, "status 500".to_owned()));
    let tries = std::iter::from_fn(|| Some(receiver.line())).take(5).count();
    assert_eq!(tries, 5, "it was tried again and again before");
    assert_eq!(monitor.waiting(), 0);
    monitor.opens(2);
    assert_eq!(monitor.waiting(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_monitor_that_falls_while_it_sends_sends_again_under_the_same_id() {
    let Some(receiver) = Receiver::start("webhook", &["--plan", "slow:9,ok"]) else { return };
    let mut monitor = Monitor::for_(to(&receiver));
    monitor.policy.limit = Duration::from_secs(20);
    monitor.starts();
    let id = monitor.opens(1);
    assert_eq!(receiver.line()["id"], *id);
    monitor.falls();
    assert_eq!(monitor.waiting(), 1);
    monitor.starts();
    assert_eq!(receiver.line()["id"], *id);
    monitor.empties().await;
}
