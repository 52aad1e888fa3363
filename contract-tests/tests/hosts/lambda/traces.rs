//! When a function's spans are sent, and what they hang from. An instance stands still from its answer on, until the next request or for
//! ever: what a collector has not got by then it may never get.

use super::event::{self, Received};
use super::instances::Instance;
use super::{Gateway, TABLE, behind, emulator, functions, missing, settings_for};
use crate::collector::{Collector, Manner, Span, hex, names, said, value};
use crate::services::Service;
use crate::settings::{self, Settings};
use axum::http::HeaderValue;
use libtest_mimic::{Failed, Trial};
use rustix::process::{Pid, Signal};
use serde_json::{Value, json};
use std::fs;
use std::time::Duration;
use tokio::runtime::Runtime;
use truce_contract::{Call, Function, World};

/// Longer than an answer waits.
const TOO_LONG: Duration = Duration::from_millis(500);
/// Longer than a span waits for others where nothing stands still.
const STILL: Duration = Duration::from_secs(4);
/// What a collector takes, so that an answer that did not wait for it would be there before.
const TAKES: Duration = Duration::from_millis(30);
/// A machine that is busy with something else may take longer than an answer waits, but not every time.
const TRIES: usize = 10;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";
/// Lambda's own trace, which is another one.
const OF_AMAZON: &str = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0";

/// Without the emulator the hosts' own trials say what is missing.
pub(super) fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    if emulator().is_ok() {
        trials.push(Trial::test("lambda::spans_are_sent_before_the_answer", sent_before_the_answer));
        trials.push(Trial::test("lambda::what_was_not_sent_goes_with_the_next_request", goes_with_the_next));
    }
    if missing().is_none() {
        trials.push(Trial::test("lambda::a_trace_goes_on_from_its_caller_to_the_table", goes_on_to_the_table));
    }
    trials
}

/// What `deploy/aws/template.yaml` has a function told.
fn told(settings: Settings, collector: &Collector) -> Settings {
    settings
        .with("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint())
        .with("OTEL_EXPORTER_OTLP_HEADERS", "x-key=of%20the%20collector")
        .with("OTEL_TRACES_SAMPLER", "parentbased_traceidratio")
        .with("OTEL_TRACES_SAMPLER_ARG", "1")
}

fn sent_before_the_answer() -> Result<(), Failed> {
    let runtime = Runtime::new()?;
    for &function in Function::ALL {
        let mut came = Vec::new();
        for _ in 0..TRIES {
            came = came_with_the_answer(function, &runtime)?;
            if names(&came) == ["GET /health"] {
                break;
            }
        }
        if names(&came) != ["GET /health"] {
            return Err(format!("{}: with its answer came {:?}", function.name(), names(&came)).into());
        }
    }
    Ok(())
}

/// The spans that a collector has got of a new instance's first request when that is answered.
fn came_with_the_answer(function: Function, runtime: &Runtime) -> Result<Vec<Span>, String> {
    let collector = runtime.block_on(Collector::start());
    collector.answers(Manner { after: TAKES, ..Manner::default() });
    let settings = told(Settings::new("memory".to_owned())?, &collector);
    let instance = Instance::start(&emulator()?, &settings, &settings::binary_of(function)?)?;
    let client = truce_contract::http_client().build().map_err(|error| error.to_string())?;
    runtime.block_on(asked(&instance, &client, "one"))?;
    Ok(collector.spans())
}

/// The function is alive, and was asked by this request id.
async fn asked(instance: &Instance, client: &reqwest::Client, id: &'static str) -> Result<(), String> {
    let mut probe = Received::probe();
    probe.headers.insert("x-request-id", HeaderValue::from_static(id));
    let answer = instance.ask(client, &event::of(Gateway::FunctionUrl, &probe)).await?;
    match serde_json::from_slice::<Value>(&answer) {
        Ok(answer) if answer["statusCode"] == 200 => Ok(()),
        _ => Err(String::from_utf8_lossy(&answer).into_owned()),
    }
}

/// After a collector that took too long no answer waits, and the process stands still before the span is due.
fn goes_with_the_next() -> Result<(), Failed> {
    let runtime = Runtime::new()?;
    let collector = runtime.block_on(Collector::start());
    collector.answers(Manner { after: TOO_LONG, ..Manner::default() });
    let settings = told(Settings::new("memory".to_owned())?, &collector);
    let instance = Instance::start(&emulator()?, &settings, &settings::binary_of(Function::Health)?)?;
    let client = truce_contract::http_client().build()?;
    let has = |spans: &[Span], id| spans.iter().any(|span| said(span, "truce.request_id").as_deref() == Some(id));
    runtime.block_on(async {
        asked(&instance, &client, "too-long").await?;
        asked(&instance, &client, "left").await?;
        let still = Still::of(instance.process.id())?;
        tokio::time::sleep(STILL).await;
        if has(&collector.spans(), "left") {
            return Err(Failed::from("a process that stands still has sent something"));
        }
        drop(still);
        asked(&instance, &client, "next").await?;
        collector.spans_until(|spans| has(spans, "left") && has(spans, "next")).await;
        Ok(())
    })
}

/// A function that stands still until this goes, as Lambda has it do between two requests.
struct Still(Pid);

impl Still {
    /// The process that this emulator has started.
    fn of(emulator: u32) -> Result<Self, String> {
        let tasks = fs::read_dir(format!("/proc/{emulator}/task")).map_err(|error| error.to_string())?;
        let started = tasks.flatten().filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
        let started: String = started.collect();
        let first = started.split_whitespace().next().and_then(|pid| pid.parse().ok()).and_then(Pid::from_raw);
        let function = first.ok_or("the emulator has started nothing")?;
        rustix::process::kill_process(function, Signal::STOP).map_err(|error| error.to_string())?;
        Ok(Self(function))
    }
}

impl Drop for Still {
    fn drop(&mut self) {
        // Or it would stand there for ever.
        let _ = rustix::process::kill_process(self.0, Signal::CONT);
    }
}

/// Whoever calls may name the trace, and has no say in whether it is recorded: nobody there shows the edge's certificate.
fn goes_on_to_the_table() -> Result<(), Failed> {
    let runtime = Runtime::new()?;
    let (table, collector) = (Service::dynamodb(TABLE, &runtime)?, runtime.block_on(Collector::start()));
    let settings = told(settings_for(&table)?, &collector);
    let (target, _fronts) = behind(Gateway::HttpApi, &functions(&settings, 1)?, &runtime)?;
    let world = World::at(target)?;
    let spans = runtime.block_on(async {
        let invite = world.room().invite("backend", "Ana").await?;
        let redeem = Call::post("/redeem").json(&json!({"invite": invite.digits.reveal()}));
        let redeem = redeem.header("traceparent", format!("00-{TRACE}-{CALLER}-00"));
        let redeem = redeem.header("x-amzn-trace-id", OF_AMAZON);
        world.does("Ana's phone redeems, in a trace of its own", redeem).await?.expect_code("redeemed")?;
        let all = collector.spans_until(|spans| names(&of_the_trace(spans)).contains(&"POST /redeem")).await;
        Ok::<_, Failed>(of_the_trace(&all))
    })?;
    hangs_together(&spans)?;
    let arrived = collector.arrived();
    let services =
        arrived.iter().flat_map(|arrived| &arrived.message.resource_spans).filter_map(|of| of.resource.as_ref());
    let named =
        services.filter_map(|of| value(&of.attributes, "service.name")).any(|name| name == "truce-redeem-token");
    let keys = arrived.iter().all(|arrived| arrived.headers["x-key"] == "of the collector");
    if named && keys { Ok(()) } else { Err("the function is not named, or the collector has no key".into()) }
}

fn of_the_trace(spans: &[Span]) -> Vec<Span> {
    spans.iter().filter(|span| hex(&span.trace_id) == TRACE).cloned().collect()
}

/// One request below its caller, and below the request what it asked of the table.
fn hangs_together(spans: &[Span]) -> Result<(), Failed> {
    let request = spans.iter().find(|span| span.name == "POST /redeem").ok_or("no span of the request")?;
    if hex(&request.parent_span_id) != CALLER {
        return Err(format!("it hangs from {}", hex(&request.parent_span_id)).into());
    }
    let store: Vec<&Span> = spans.iter().filter(|span| span.name.starts_with("store ")).collect();
    let of_it = |span: &&Span| span.parent_span_id == request.span_id;
    let on_dynamodb = |span: &&Span| said(span, "db.system.name").as_deref() == Some("aws.dynamodb");
    let spends = store.iter().any(|span| span.name == "store spend");
    if spends && store.iter().all(of_it) && store.iter().all(on_dynamodb) && store.len() + 1 == spans.len() {
        Ok(())
    } else {
        Err(format!("{spans:?}").into())
    }
}
