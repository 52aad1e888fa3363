//! What a server counts of people while it is watched.

mod support;

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use support::{KEY, Server, truce};

/// A request of somebody's browser, or of Prometheus; all of the answer.
fn asked(address: &str, path: &str) -> String {
    let mut socket = TcpStream::connect(address).expect("it listens");
    let head =
        format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nuser-agent: Mozilla/5.0\r\nconnection: close\r\n\r\n");
    socket.write_all(head.as_bytes()).expect("asked");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).expect("an answer");
    answer
}

/// What is counted: of people, and how many requests of tests.
fn counted(server: &Server) -> (BTreeSet<String>, u32) {
    let text = asked(&server.address_of("/metrics"), "/metrics");
    let people = text.lines().filter(|line| line.contains(r#"synthetic="no""#)).map(str::to_owned).collect();
    let of_tests = |line: &&str| line.starts_with("truce_requests_total{") && line.contains(r#"synthetic="test""#);
    let requests = text.lines().filter(of_tests).filter_map(|line| line.rsplit(' ').next()?.parse::<u32>().ok());
    (people, requests.sum())
}

#[test]
fn what_the_monitor_and_the_doctor_ask_is_not_counted_among_people_s() {
    let folder = Arc::new(tempfile::tempdir().expect("a folder"));
    let server = Server::on(&folder, &[("TRUCE_METRICS", "127.0.0.1:0")]);
    let address = server.url.trim_start_matches("http://").to_owned();
    assert!(asked(&address, "/talk").starts_with("HTTP/1.1 200"));
    let (people, tests) = counted(&server);
    let talk = r#"truce_requests_total{function="dev",path="/talk",method="GET",status="200",synthetic="no"} 1"#;
    assert!(people.contains(talk), "{people:#?}");
    assert_eq!(tests, 0);
    let mut before = tests;
    for (program, fewest) in [(&["monitor", "--once"][..], 50), (&["doctor"], 10)] {
        let mut command = truce(folder.path());
        let output = command.args(program).args(["--target", &server.url]).env("TRUCE_ORGANISER_KEY", KEY).output();
        let output = output.expect("it starts");
        assert!(output.status.success(), "{program:?}: {}", String::from_utf8_lossy(&output.stdout));
        let (now, tests) = counted(&server);
        assert_eq!(now, people, "{program:?}");
        assert!(tests >= before + fewest, "{program:?}: {before} before, {tests} now");
        before = tests;
    }
}
