//! `truce mediate --jsonl`: the mediator for programs, a line in and a line out.

#![cfg(test)]

#[path = "support/binary.rs"]
mod binary;

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

const KEYS: [&str; 8] = ["id", "plan", "category", "say", "message", "menu", "heard", "engine"];

fn mediate(input: &[u8]) -> Output {
    let mut child = Command::new(binary::truce().expect("the truce binary"))
        .args(["mediate", "--jsonl"])
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut stdin = child.stdin.take().expect("piped");
    let input = input.to_vec();
    // In a thread of its own: it answers while it still reads, and a full pipe would stop both.
    let writer = std::thread::spawn(move || {
        // It stops reading at a bad line: the rest is nobody's.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("no panic");
    output
}

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

#[test]
fn each_line_gets_a_line_with_exactly_the_promised_keys() {
    let texts = [
        "they never deliver on time and nobody gives a damn",
        "Could you send me the test plan by Thursday, please?",
        "I am going to kill him",
        "",
        "Die liefern nie pünktlich und es ist allen egal",
        "\u{0}\u{1b}[31m🦊",
    ];
    let input: String =
        texts.iter().enumerate().map(|(id, text)| json!({"id": id, "text": text}).to_string() + "\n").collect();
    let output = mediate(input.as_bytes());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = lines(&output);
    assert_eq!(lines.len(), texts.len());
    for (id, line) in lines.iter().enumerate() {
        let keys: BTreeSet<&str> = line.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(keys, BTreeSet::from(KEYS));
        assert_eq!(line["id"], id, "in the order they came");
        assert!(line["say"].as_str().is_some_and(|say| !say.is_empty() && say.chars().count() <= 140), "{line}");
        assert!(
            line["menu"].as_array().is_some_and(|menu| menu.len() <= 3 && menu.iter().all(Value::is_string)),
            "{line}"
        );
        let plan = line["plan"].as_str().expect("a plan");
        assert!(["reframe", "civil", "ask", "decline", "escalate"].contains(&plan), "{plan}");
        let delivers = ["reframe", "civil"].contains(&plan);
        assert_eq!(line["message"] != "", delivers, "a message exactly when there is one to deliver: {line}");
    }
}

#[test]
fn an_id_comes_back_as_it_went_whatever_it_is() {
    let ids = [json!("a-1"), json!(7), json!("🦊"), json!(null), json!({"run": 1}), json!(["x"])];
    let input: String =
        ids.iter().map(|id| json!({"id": id, "text": "they never answer"}).to_string() + "\n").collect();
    let output = mediate(input.as_bytes());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let back: Vec<Value> = lines(&output).iter().map(|line| line["id"].clone()).collect();
    assert_eq!(back, ids);
}

#[test]
fn the_same_text_always_gets_the_same_line() {
    let line = json!({"id": "x", "text": "you idiots broke PAY-1234 again and it cost us 3 days"}).to_string() + "\n";
    let (one, other) = (mediate(line.repeat(3).as_bytes()), mediate(line.as_bytes()));
    let lines = lines(&one);
    assert!(lines.iter().all(|line| *line == lines[0]));
    assert!(one.stdout.starts_with(&other.stdout));
}

#[test]
fn a_malformed_line_is_named_and_not_quoted() {
    let good = json!({"id": 1, "text": "they never answer"}).to_string();
    for bad in [
        "not json: quokka",
        "{\"id\": 3, \"text\": \"quokka\"",
        "{\"id\": 3, \"words\": \"quokka\"}",
        "{\"id\": 3, \"text\": 5}",
        "[\"quokka\"]",
    ] {
        let output = mediate(format!("{good}\n{good}\n{bad}\n{good}\n").as_bytes());
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "{bad}");
        assert!(told.contains("line 3"), "{bad}: {told}");
        assert_eq!(told.trim().lines().count(), 1, "{told}");
        assert!(!told.contains("quokka") && !told.contains("panicked"), "{told}");
        assert_eq!(lines(&output).len(), 2, "the lines before it are answered");
    }
}

#[test]
fn what_is_no_utf8_is_named() {
    let output = mediate(b"{\"id\": 1, \"text\": \"\xff\xfe\"}\n");
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("line 1"));
}

#[test]
fn nothing_in_is_nothing_out() {
    let output = mediate(b"");
    assert!(output.status.success() && output.stdout.is_empty() && output.stderr.is_empty());
}

#[test]
fn a_last_line_without_an_end_is_a_line() {
    let output = mediate(json!({"id": 1, "text": "they never answer"}).to_string().as_bytes());
    assert_eq!(lines(&output).len(), 1);
}

#[test]
fn a_thousand_lines_take_no_time_to_speak_of() {
    let input: String = (0..1000)
        .map(|id| {
            json!({"id": id, "text": format!("they broke ticket {id} again and nobody gives a damn")}).to_string()
                + "\n"
        })
        .collect();
    let begun = Instant::now();
    let output = mediate(input.as_bytes());
    let took = begun.elapsed();
    assert_eq!(lines(&output).len(), 1000);
    // Generous: an unoptimised build on a busy machine. The benchmark knows the real figure.
    assert!(took < Duration::from_secs(10), "{took:?}");
}
