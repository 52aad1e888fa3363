//! A monitor's file, what is put into it, and who takes it from there.

#![allow(dead_code, reason = "each test binary uses its share of this")]

use crate::support::PATIENCE;
use rusqlite::Connection;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tempfile::TempDir;
use truce_alarms::{Alert, Event, Evidence, Key, Kind, Ledger, Pace, Seen};
use truce_notify::{Destination, Goes, Notice, Outbox, Policy, Post, Said, Say, To};

/// As fast as a test should be; what is slow in a test takes longer than the limit.
pub(crate) fn quick() -> Policy {
    Policy {
        delays: vec![Duration::from_millis(50), Duration::from_millis(100), Duration::from_millis(200)],
        limit: Duration::from_secs(1),
        refresh: Duration::from_secs(1),
        ..Policy::default()
    }
}

pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs()
}

/// One receiver, and a file.
pub(crate) struct Monitor {
    folder: TempDir,
    pub(crate) outbox: Outbox,
    pub(crate) destination: Destination,
    pub(crate) policy: Policy,
    alert: Alert,
    open: Vec<Notice>,
    post: Option<Post>,
    heard: Option<Receiver<Goes>>,
}

impl Monitor {
    /// It has not started.
    pub(crate) fn for_(to: To) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let outbox = Outbox::open(&folder.path().join("history")).expect("a file");
        let key = Key { target: "edge".into(), journey: "joining".into(), kind: Kind::Burning(Pace::Fast) };
        let evidence = Evidence {
            step: "Ana redeems her code".into(),
            sentence: "expected a yes, got a no".into(),
            request_id: Some("5f1c".into()),
            reproduce: "truce monitor --once --only joining".into(),
        };
        let opened = Ledger::default().observe(now(), &key, Seen::Wrong(evidence));
        let Some(Event::Opened(alert)) = opened else { panic!("{opened:?}") };
        let destination = Destination { name: "there".into(), to };
        let (policy, open) = (quick(), Vec::new());
        Self { folder, outbox, destination, policy, alert, open, post: None, heard: None }
    }

    /// An event, put in as a monitor does.
    fn puts(&mut self, event: &Event) -> String {
        let notice = Notice::of(event, now());
        let mut file = Connection::open(self.folder.path().join("history")).expect("the monitor's own");
        let transaction = file.transaction().expect("begun");
        let names = [self.destination.name.clone()];
        self.outbox.put(&transaction, &names, std::slice::from_ref(&notice), now()).expect("put in");
        transaction.commit().expect("kept");
        if let Some(post) = &self.post {
            post.hears(1, self.open.clone());
        }
        notice.id(self.outbox.file())
    }

    /// Something is wrong; by its number. The id.
    pub(crate) fn opens(&mut self, number: u64) -> String {
        let alert = Alert { times: number, ..self.alert.clone() };
        self.open = vec![Notice::still(&alert, now())];
        self.puts(&Event::Opened(alert))
    }

    /// It is over.
    pub(crate) fn resolves(&mut self, number: u64) -> String {
        self.open.clear();
        self.puts(&Event::Resolved { alert: Alert { times: number, ..self.alert.clone() }, lasted: 0 })
    }

    /// It is not watched any more.
    pub(crate) fn leaves(&mut self, number: u64) -> String {
        self.open.clear();
        self.puts(&Event::Unwatched { alert: Alert { times: number, ..self.alert.clone() }, lasted: 120 })
    }

    /// It starts, or is started again.
    pub(crate) fn starts(&mut self) {
        let (send, heard) = channel();
        let send = Mutex::new(send);
        let say: Say = Arc::new(move |said: Said| drop(send.lock().expect("a lock").send(said.is)));
        let destinations = vec![self.destination.clone()];
        self.post =
            Some(Post::start(&self.outbox, destinations, &self.policy, self.open.clone(), &say).expect("a client"));
        self.heard = Some(heard);
    }

    /// It falls, whatever it does.
    pub(crate) fn falls(&mut self) {
        self.post = None;
    }

    /// What is said next.
    pub(crate) fn says(&self) -> Goes {
        self.heard.as_ref().expect("it has started").recv_timeout(PATIENCE).expect("something in time")
    }

    /// That it says next that something is not taken, and why.
    pub(crate) fn fails(&self) -> String {
        match self.says() {
            Goes::Failing(why) => why,
            other => panic!("{other:?}"),
        }
    }

    /// Until all was taken.
    pub(crate) async fn empties(&self) {
        let wait = async {
            while self.outbox.waiting(&self.destination.name).expect("read") > 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, wait).await.expect("all was taken in time");
    }

    pub(crate) fn waiting(&self) -> u64 {
        self.outbox.waiting(&self.destination.name).expect("read")
    }
}
