//! What a function writes for `CloudWatch`, held against the rules that AWS publishes for its embedded metric format.

use super::event::{self, Received};
use super::instances::Instance;
use super::{Gateway, emulator};
use crate::process::PATIENCE;
use crate::settings::{self, Settings};
use axum::http::header;
use libtest_mimic::{Failed, Trial};
use serde_json::{Value, json};
use std::time::{Instant, SystemTime, UNIX_EPOCH};
use tokio::runtime::Runtime;
use truce_contract::Function;

/// The largest event that `CloudWatch` Logs took when the format was published, in bytes; it takes more by now.
const LARGEST: usize = 256 * 1024;
/// How long a name may be, and a dimension's value, in characters.
const LONGEST: usize = 1_024;
const MOST_METRICS: usize = 100;
const MOST_DIMENSIONS: usize = 30;
/// Those of the published units that we have.
const UNITS: [&str; 2] = ["Count", "Milliseconds"];

/// Without the emulator the hosts' own trials say what is missing.
pub(super) fn trials() -> Vec<Trial> {
    if emulator().is_err() {
        return Vec::new();
    }
    vec![
        Trial::test("lambda::each_answer_is_a_line_that_cloudwatch_can_read", each_answer_is_a_line),
        Trial::test("lambda::who_wants_no_numbers_gets_none", who_wants_none_gets_none),
    ]
}

fn each_answer_is_a_line() -> Result<(), Failed> {
    let watch = "BackgroundShortcutRunner/1 QUOKKA";
    let requests = [
        ("/health", "", watch),
        ("/mediate", "", watch),
        ("/mediate", "wait=1", watch),
        ("/nowhere/QUOKKA", "QUOKKA", watch),
        ("/health", "", "truce-monitor/0.1.0 QUOKKA"),
    ];
    let lines = written(&[], &requests, requests.len())?;
    for line in &lines {
        holds(line).map_err(|why| format!("{why}: {line}"))?;
        if line.to_string().contains("QUOKKA") {
            return Err(format!("it tells what was asked: {line}").into());
        }
    }
    let told =
        |line: &Value| (line["Class"].clone(), line["Errors"].clone(), line["Duration"].is_number(), is_people_s(line));
    let told: Vec<_> = lines.iter().map(told).collect();
    // Whoever asks to wait makes no answer slow, here too.
    let expected =
        [("2xx", true, true), ("4xx", true, true), ("4xx", false, true), ("4xx", true, true), ("2xx", true, false)];
    let expected: Vec<_> =
        expected.into_iter().map(|(class, timed, people)| (json!(class), json!(0), timed, people)).collect();
    if told == expected { Ok(()) } else { Err(format!("{told:?}, expected {expected:?}").into()) }
}

/// Whether it is counted among what people ask; nothing is so in part.
fn is_people_s(line: &Value) -> bool {
    let directives = line["_aws"]["CloudWatchMetrics"].as_array().into_iter().flatten();
    let mut sets = directives.filter_map(|directive| directive["Dimensions"].as_array()).flatten();
    !sets.all(|set| set == &json!(["Function", "Synthetic"]))
}

fn who_wants_none_gets_none() -> Result<(), Failed> {
    let lines = written(&[("TRUCE_EMF", "off")], &[("/health", "", ""); 3], 0)?;
    if lines.is_empty() { Ok(()) } else { Err(format!("{lines:?}").into()) }
}

/// The lines that a function wrote while it answered `requests`, which are paths, queries and who asks; `count` are waited for.
fn written(told: &[(&'static str, &str)], requests: &[(&str, &str, &str)], count: usize) -> Result<Vec<Value>, String> {
    let settings =
        told.iter().fold(Settings::new("memory".to_owned())?, |settings, (name, value)| settings.with(name, *value));
    let instance = Instance::start(&emulator()?, &settings, &settings::binary_of(Function::Mediate)?)?;
    let client = truce_contract::http_client().build().map_err(|error| error.to_string())?;
    let runtime = Runtime::new().map_err(|error| error.to_string())?;
    for (path, query, agent) in requests {
        let mut asked = Received { path: (*path).to_owned(), query: (*query).to_owned(), ..Received::probe() };
        asked.headers.insert(header::USER_AGENT, agent.parse().map_err(|_| "no header")?);
        let asked = event::of(Gateway::FunctionUrl, &asked);
        let answer = runtime.block_on(instance.ask(&client, &asked))?;
        let answer = String::from_utf8_lossy(&answer);
        if !answer.contains("statusCode") {
            return Err(format!("{path}: {answer}"));
        }
    }
    // The emulator hands on what a function writes, in its own time.
    let begun = Instant::now();
    loop {
        let written = format!("{}\n{}", instance.process.stdout(), instance.process.stderr());
        let lines = numbers(&written);
        // The log has a line for each as well: without this nothing could be missed by looking too early.
        let is_all = lines.len() >= count && written.matches("\"answered\"").count() >= requests.len();
        if is_all || begun.elapsed() > PATIENCE {
            return Ok(lines);
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

fn numbers(text: &str) -> Vec<Value> {
    let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.filter(|line| line["_aws"].is_object()).collect()
}

/// What the specification says a document has to be.
fn holds(line: &Value) -> Result<(), String> {
    if line.to_string().len() > LARGEST {
        return Err("it is too large".to_owned());
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|error| error.to_string())?;
    let at = line["_aws"]["Timestamp"].as_u64().ok_or("it has no time in whole milliseconds")?;
    if u128::from(at).abs_diff(now.as_millis()) > 60_000 {
        return Err("it is of another time".to_owned());
    }
    let directives =
        line["_aws"]["CloudWatchMetrics"].as_array().filter(|all| !all.is_empty()).ok_or("no directive")?;
    directives.iter().try_for_each(|directive| directive_holds(line, directive))
}

fn directive_holds(line: &Value, directive: &Value) -> Result<(), String> {
    let fits = |text: &str| (1..=LONGEST).contains(&text.chars().count());
    directive["Namespace"]
        .as_str()
        .filter(|name| fits(name) && !name.starts_with("AWS/"))
        .ok_or("no namespace of ours")?;
    let sets = directive["Dimensions"].as_array().filter(|sets| !sets.is_empty()).ok_or("no dimensions")?;
    for set in sets {
        let names =
            set.as_array().filter(|set| (1..=MOST_DIMENSIONS).contains(&set.len())).ok_or("too many dimensions")?;
        for name in names {
            let name = name.as_str().filter(|name| fits(name)).ok_or("a dimension without a name")?;
            line[name].as_str().filter(|value| fits(value)).ok_or_else(|| format!("{name} is no text"))?;
        }
    }
    let metrics = directive["Metrics"].as_array().filter(|all| (1..=MOST_METRICS).contains(&all.len()));
    for metric in metrics.ok_or("too many metrics, or none")? {
        let name = metric["Name"].as_str().filter(|name| fits(name)).ok_or("a metric without a name")?;
        metric["Unit"].as_str().filter(|unit| UNITS.contains(unit)).ok_or_else(|| format!("{name} has no unit"))?;
        line[name].as_f64().filter(|value| *value >= 0.0).ok_or_else(|| format!("{name} is no number"))?;
    }
    Ok(())
}
