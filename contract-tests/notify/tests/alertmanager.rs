//! Prometheus' Alertmanager itself, asked what it takes for active, and what it tells others.

#![cfg(unix)]

#[path = "support/monitor.rs"]
mod monitor;
mod support;

use monitor::Monitor;
use serde_json::Value;
use std::time::Duration;
use support::Receiver;
use support::alertmanager::Alertmanager;
use truce_notify::{Address, Goes, To};

fn to(url: &str) -> To {
    To::Alertmanager { address: Address::read(url).expect("a URL") }
}

/// What Alertmanager tells others next, of which alert.
fn told(receiver: &Receiver) -> (Value, Value) {
    let mut line = receiver.line();
    let alert = &mut line["body"]["alerts"][0];
    (alert["status"].take(), alert["labels"]["journey"].take())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_is_active_for_as_long_as_it_is_open_and_then_resolved() {
    let Some(hears) = Receiver::start("any", &[]) else { return };
    let Some(alertmanager) = Alertmanager::start(&hears.url()).await else { return };
    let mut monitor = Monitor::for_(to(&alertmanager.url));
    monitor.policy.refresh = Duration::from_secs(2);
    monitor.starts();
    monitor.opens(1);
    let active = alertmanager.has(1).await;
    let (labels, annotations) = (&active[0]["labels"], &active[0]["annotations"]);
    assert_eq!((&labels["alertname"], &labels["severity"]), (&"TruceJourneyFails".into(), &"critical".into()));
    assert_eq!(
        (&labels["target"], &labels["journey"], &labels["pace"]),
        (&"edge".into(), &"joining".into(), &"fast".into())
    );
    assert_eq!(annotations["description"], "expected a yes, got a no");
    assert_eq!(told(&hears), ("firing".into(), "joining".into()));
    // Longer than it would be without being told again.
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert_eq!(alertmanager.active().len(), 1);
    }
    monitor.resolves(1);
    alertmanager.has(0).await;
    assert_eq!(told(&hears), ("resolved".into(), "joining".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_monitor_that_falls_leaves_nothing_open_and_goes_on_when_it_is_started_again() {
    let Some(hears) = Receiver::start("any", &[]) else { return };
    let Some(alertmanager) = Alertmanager::start(&hears.url()).await else { return };
    let mut monitor = Monitor::for_(to(&alertmanager.url));
    monitor.starts();
    monitor.opens(1);
    alertmanager.has(1).await;
    // It has come there before it is known here that it has.
    monitor.empties().await;
    monitor.falls();
    alertmanager.has(0).await;
    // What was taken is not in the outbox any more, but it is open.
    assert_eq!(monitor.waiting(), 0);
    monitor.starts();
    alertmanager.has(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_down_slow_and_flaps_is_told_in_the_end() {
    let Some(hears) = Receiver::start("any", &[]) else { return };
    let Some(alertmanager) = Alertmanager::start(&hears.url()).await else { return };
    let arguments = ["--down", "--to", &alertmanager.url, "--plan", "close,500,slow:3,close,503,ok,close,ok"];
    let Some(mut relay) = Receiver::start("relay", &arguments) else { return };
    let mut monitor = Monitor::for_(to(&relay.url()));
    // What is not told to be over stays open for longer than anybody here waits.
    monitor.policy.refresh = Duration::from_mins(1);
    monitor.opens(1);
    monitor.starts();
    let why = monitor.fails();
    assert!(why.contains("refused"), "{why}");
    relay.rises();
    alertmanager.has(1).await;
    assert_eq!(told(&hears), ("firing".into(), "joining".into()));
    monitor.resolves(1);
    alertmanager.has(0).await;
    assert_eq!(told(&hears), ("resolved".into(), "joining".into()));
    monitor.empties().await;
    assert!(std::iter::from_fn(|| Some(monitor.says())).any(|said| said == Goes::Well));
    // What is not watched any more is not open there either.
    monitor.opens(2);
    alertmanager.has(1).await;
    monitor.leaves(2);
    alertmanager.has(0).await;
}
