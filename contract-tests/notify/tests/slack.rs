//! An incoming webhook, to a receiver that refuses what Slack refuses.

#![cfg(unix)]

#[path = "support/monitor.rs"]
mod monitor;
mod support;

use monitor::Monitor;
use std::time::Duration;
use support::Receiver;
use truce_notify::{Address, Goes, To};

fn to(receiver: &Receiver) -> To {
    let url = format!("http://127.0.0.1:{}/services/T0/B0/canary", receiver.port);
    To::Slack { address: Address::read(&url).expect("a URL") }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_slack_would_show_says_what_is_wrong_and_that_it_is_over() {
    let Some(receiver) = Receiver::start("slack", &[]) else { return };
    let mut monitor = Monitor::for_(to(&receiver));
    monitor.starts();
    monitor.opens(1);
    let told = receiver.line();
    assert_eq!((&told["status"], &told["path"]), (&200.into(), &"/services/T0/B0/canary".into()), "{told}");
    assert_eq!(told["body"]["text"], "edge: joining fails, look now");
    let blocks = told["body"]["blocks"].to_string();
    for part in ["expected a yes, got a no", "Ana redeems her code", "`5f1c`", "`truce monitor --once --only joining`"]
    {
        assert!(blocks.contains(part), "{part}: {blocks}");
    }
    monitor.resolves(1);
    assert_eq!(receiver.line()["body"]["text"], "Over: edge: joining fails no more");
    monitor.opens(2);
    receiver.line();
    monitor.leaves(2);
    let told = receiver.line();
    assert_eq!((&told["status"], &told["body"]["text"]), (&200.into(), &"No longer watched: edge: joining".into()));
    let blocks = told["body"]["blocks"].to_string();
    assert!(blocks.contains("after 2 min. Whether it is over, nobody has seen."), "{blocks}");
    monitor.empties().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_down_slow_and_flaps_gets_all_of_it_in_order_over_a_fall() {
    let plan = "close,500,ok,slow:3,ok";
    let Some(mut receiver) = Receiver::start("slack", &["--down", "--plan", plan]) else { return };
    let mut monitor = Monitor::for_(to(&receiver));
    monitor.opens(1);
    monitor.starts();
    let why = monitor.fails();
    assert!(why.contains("refused") && !why.contains("canary") && !why.contains("services"), "{why}");
    monitor.falls();
    monitor.resolves(1);
    receiver.rises();
    monitor.starts();
    monitor.empties().await;
    let texts: Vec<String> =
        std::iter::from_fn(|| Some(receiver.line()["body"]["text"].as_str()?.to_owned())).take(5).collect();
    let (open, over) = ("edge: joining fails, look now", "Over: edge: joining fails no more");
    assert_eq!(texts, [open, open, open, over, over]);
    receiver.is_left_alone(Duration::from_millis(300));
    assert_eq!(monitor.says(), Goes::Well);
}
