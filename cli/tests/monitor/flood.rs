//! Many who ask the status page at once: as fast as they can, a byte at a time, and without ever reading an answer.

use crate::page::WithPage;
use crate::support::{KEY, Server, truce};
use std::cell::Cell;
use std::fs;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use truce_monitor::History;

const JOURNEY: &str = "it_is_ready_with_each_dependency";
/// How long anything is waited for: the machine may have other work, and this is a flood.
const PATIENCE: Duration = Duration::from_secs(90);
/// The page takes 64 connections at a time. With these there is room for somebody else.
const WITHIN: Flood = Flood { fast: 16, slow: 16, deaf: 16 };
const BEYOND: Flood = Flood { fast: 40, slow: 60, deaf: 60 };
const PLACES: usize = 64;
/// What a place may cost at most, in KiB.
const A_PLACE: u64 = 512;
/// Sockets with which it asks others meanwhile, at most.
const OTHERS: usize = 40;

/// How many connections of each kind.
#[derive(Clone, Copy)]
struct Flood {
    fast: usize,
    slow: usize,
    deaf: usize,
}

/// It goes on until it is told to end.
struct Flooding {
    is_over: Arc<AtomicBool>,
    answers: Arc<AtomicU64>,
    threads: Vec<JoinHandle<()>>,
}

impl Flood {
    fn begins(self, address: &str) -> Flooding {
        let (is_over, answers) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let mut threads = Vec::new();
        let mut begin = |one: Box<dyn Fn(&Caller) + Send>| {
            let caller =
                Caller { address: address.to_owned(), is_over: Arc::clone(&is_over), answers: Arc::clone(&answers) };
            threads.push(thread::spawn(move || {
                while !caller.is_over() {
                    one(&caller);
                }
            }));
        };
        (0..self.fast).for_each(|_| begin(Box::new(Caller::asks_as_fast_as_it_can)));
        begin(Box::new(move |caller| caller.sends_a_byte_at_a_time(self.slow)));
        begin(Box::new(move |caller| caller.reads_nothing(self.deaf)));
        Flooding { is_over, answers, threads }
    }
}

impl Flooding {
    /// So many answers were given to those who ask fast.
    fn ends(self) -> u64 {
        self.is_over.store(true, Ordering::SeqCst);
        self.threads.into_iter().for_each(|thread| thread.join().expect("it ends"));
        self.answers.load(Ordering::SeqCst)
    }
}

struct Caller {
    address: String,
    is_over: Arc<AtomicBool>,
    answers: Arc<AtomicU64>,
}

impl Caller {
    fn is_over(&self) -> bool {
        self.is_over.load(Ordering::SeqCst)
    }

    fn connects(&self) -> Option<TcpStream> {
        let stream = TcpStream::connect(&self.address).ok()?;
        stream.set_read_timeout(Some(Duration::from_millis(500))).ok()?;
        Some(stream)
    }

    /// Over one connection for as long as that holds.
    fn asks_as_fast_as_it_can(&self) {
        let Some(mut stream) = self.connects() else { return thread::sleep(Duration::from_millis(100)) };
        let mut into = vec![0; 65_536];
        for path in ["/", "/status.json", "/metrics", "/targets/here", "/incidents.atom", "/nowhere"].iter().cycle() {
            if write!(stream, "GET {path} HTTP/1.1\r\nhost: h\r\n\r\n").is_err() {
                return;
            }
            match stream.read(&mut into) {
                Ok(1..) => drop(self.answers.fetch_add(1, Ordering::SeqCst)),
                // It waits for a place.
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                _ => return,
            }
            if self.is_over() {
                return;
            }
        }
    }

    fn sends_a_byte_at_a_time(&self, connections: usize) {
        let mut all: Vec<TcpStream> = (0..connections).filter_map(|_| self.connects()).collect();
        while !self.is_over() && !all.is_empty() {
            all.retain_mut(|stream| stream.write_all(b"G").is_ok());
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// Each asks for the page as often as it can without reading.
    fn reads_nothing(&self, connections: usize) {
        let all: Vec<TcpStream> = (0..connections).filter_map(|_| self.connects()).collect();
        let many = "GET / HTTP/1.1\r\nhost: h\r\n\r\n".repeat(1_000);
        let begun = Instant::now();
        while !self.is_over() && begun.elapsed() < Duration::from_secs(25) {
            for stream in &all {
                let _ = stream.set_nonblocking(true);
                let _ = (&*stream).write(many.as_bytes());
            }
            thread::sleep(Duration::from_millis(100));
        }
    }
}

/// A monitor of two servers, which tells a program of what is wrong.
fn watches(folder: &Path, here: &Server, gone: &Server) -> WithPage {
    let program = folder.join("page-me");
    fs::write(&program, "#!/bin/sh\necho \"$TRUCE_EVENT\" >> \"$(dirname \"$0\")/told\"\n").expect("written");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).expect("a program");
    fs::write(folder.join("key"), KEY).expect("written");
    let target = |name: &str, url: &str| {
        format!("[[target]]\nname = \"{name}\"\nurls = [\"{url}\"]\norganiser_key_file = \"key\"\n")
    };
    let file = format!(
        "every_seconds = 1\nrequests_a_day = 100000000\nobjective = \"99.99\"\n{}{}[[alert]]\ncommand = [\"{}\"]\n",
        target("here", &here.url),
        target("gone", &gone.url),
        program.display()
    );
    fs::write(folder.join("monitor.toml"), file).expect("written");
    let mut command = truce(folder);
    command.args(["monitor", "--config", "monitor.toml", "--only", JOURNEY]);
    WithPage::start(command)
}

/// So many rounds held.
fn rounds(folder: &Path) -> usize {
    let entries = History::open(&folder.join("truce-monitor.sqlite")).and_then(|history| history.entries("here", 0));
    let held = |entry: &&truce_monitor::Entry| entry.journey == JOURNEY && entry.failure.is_none();
    entries.map_or(0, |entries| entries.iter().filter(held).count())
}

/// The most memory that it ever had, in KiB.
fn peak(page: &WithPage) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", page.process())).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

/// How many it has open, of any kind.
fn sockets(page: &WithPage) -> usize {
    let open = fs::read_dir(format!("/proc/{}/fd", page.process())).expect("it runs").flatten();
    let to = open.filter_map(|file| fs::read_link(file.path()).ok());
    to.filter(|to| to.to_string_lossy().starts_with("socket:")).count()
}

fn until(what: &str, is_so: impl Fn() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < end, "{what}");
        thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_flood_against_the_page_stops_neither_rounds_nor_alarms_nor_whoever_finds_a_place() {
    let (here, gone) = (Server::start(), Server::start());
    let folder = tempfile::tempdir().expect("a folder");
    let page = watches(folder.path(), &here, &gone);
    until("rounds go on before it", || rounds(folder.path()) >= 3);
    page.shows("that all is well", |json| json["state"] == "well");
    let (before, began, few) = (peak(&page), rounds(folder.path()), sockets(&page));
    let flooding = WITHIN.begins(&page.address);
    drop(gone);
    for path in ["/", "/status.json", "/metrics"].iter().cycle().take(12) {
        assert!(page.asked("GET", path).starts_with("HTTP/1.1 200"), "{path}");
    }
    until("an alarm is told", || folder.path().join("told").exists());
    until("rounds go on", || rounds(folder.path()) >= began + 5);
    let answers = flooding.ends();
    assert!(answers > 100, "it was no flood: {answers} answers");
    let told = fs::read_to_string(folder.path().join("told")).expect("told");
    assert_eq!(told.lines().next(), Some("truce.alert.opened"));
    // More than there are places for: nobody has to get an answer, but rounds go on.
    let began = rounds(folder.path());
    let flooding = BEYOND.begins(&page.address);
    let most = Cell::new(0);
    until("rounds go on beyond the places", || {
        most.set(most.get().max(sockets(&page)));
        rounds(folder.path()) >= began + 5
    });
    flooding.ends();
    assert!(page.asked("GET", "/").starts_with("HTTP/1.1 200"), "afterwards all is as it was");
    let grown = peak(&page) - before;
    assert!(grown < PLACES as u64 * A_PLACE, "{grown} KiB more than the {before} before");
    let most = most.get();
    assert!(most > few + PLACES / 2, "{most} sockets, {few} before: places were left");
    assert!(most <= few + PLACES + OTHERS, "{most} sockets, {few} before");
}
