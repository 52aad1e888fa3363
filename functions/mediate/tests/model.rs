//! A language model that helps with the wording: what it is told, what it may say, and how little it is needed.

use axum::body::Body;
use http::{HeaderValue, Method, Request};
use serde_json::{Value, json};
use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;
use truce_function::Settings;
use truce_function::settings::{ModelApi, ModelSettings};
use truce_function::testing::{Bench, Reply};
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

const COMPLAINT: &str = "they never deliver on time and nobody gives a damn";
const WORDING: &str =
    "Deliveries haven't been on time, and it's been frustrating. Can we find a way to keep to agreed dates?";
const KEY: &str = "the-key-of-the-model";

/// A deployment whose model is asked at `provider`.
fn with_model(provider: &MockServer, api: ModelApi) -> (Bench, String) {
    log();
    let mut key = HeaderValue::from_static(if api == ModelApi::Messages { KEY } else { "Bearer the-key-of-the-model" });
    key.set_sensitive(true);
    let asked_at = match api {
        ModelApi::ChatCompletions => "v1/chat/completions",
        ModelApi::Messages => "v1/messages",
    };
    let model = ModelSettings {
        url: format!("{}/{asked_at}", provider.uri()).parse().expect("an address"),
        api,
        name: "small".to_owned(),
        key: Some(key),
        patience: Duration::from_millis(500),
    };
    let bench = Bench::with(Settings { model: Some(model), ..Bench::settings() }, truce_mediate::router);
    let ana = bench.session("q3", "backend", "Ana");
    (bench, ana)
}

fn chat(content: &str) -> ResponseTemplate {
    ResponseTemplate::new(200)
        .set_body_json(json!({"choices": [{"message": {"role": "assistant", "content": content}}]}))
}

fn words(message: &str) -> String {
    json!({ "message": message }).to_string()
}

async fn provider(answer: ResponseTemplate) -> MockServer {
    let provider = MockServer::start().await;
    Mock::given(method("POST")).respond_with(answer).mount(&provider).await;
    provider
}

async fn calls(provider: &MockServer) -> usize {
    provider.received_requests().await.expect("recorded").len()
}

async fn says(bench: &Bench, who: &str, text: &str) -> Reply {
    bench.post("/mediate", who, &json!({ "text": text })).await
}

async fn taps(bench: &Bench, who: &str, choice: &str, from: &Reply) -> Reply {
    bench.post("/mediate", who, &json!({ "choice": choice, "draft": from.text("draft") })).await
}

/// What the same deployment would say without a model.
async fn embedded(text: &str) -> Reply {
    let bench = Bench::new(truce_mediate::router);
    let ana = bench.session("q3", "backend", "Ana");
    says(&bench, &ana, text).await
}

#[tokio::test]
async fn a_wording_that_holds_is_offered_delivered_and_agreed_to() {
    let provider = MockServer::start().await;
    let asked = Mock::given(method("POST"))
        .and(path("/v1/chat/completions"))
        .and(header("authorization", format!("Bearer {KEY}")));
    asked.respond_with(chat(&words(WORDING))).expect(1).mount(&provider).await;
    let (bench, ana) = with_model(&provider, ModelApi::ChatCompletions);
    let bo = bench.session("q3", "design", "Bo");

    let offered = says(&bench, &ana, COMPLAINT).await;
    assert_eq!((offered.code(), offered.text("engine").as_str()), ("reframed", "model"));
    assert_eq!((offered.text("say").as_str(), offered.text("message").as_str()), (WORDING, WORDING));
    assert!(!offered.text("heard").is_empty());
    assert_eq!(taps(&bench, &ana, "Send it", &offered).await.code(), "sent");

    let heard = bench.call(Method::GET, "/mediate", &bo).await;
    assert_eq!(heard.text("message"), WORDING);
    let yes = heard.json["menu"][0].as_str().expect("a quick reply").to_owned();
    let agreed = taps(&bench, &bo, &yes, &heard).await;
    assert_eq!(agreed.text("what"), "find a way to keep to agreed dates");
}

/// Who runs it sees that the model is no help before anybody asks why the words are plainer.
#[tokio::test]
async fn whose_words_people_got_is_counted() {
    let counted = |bench: &Bench, what: &str| {
        let text = bench.env.numbers().text();
        let line = text.lines().find_map(|line| line.strip_prefix(what)?.strip_prefix(' ').map(str::to_owned));
        line.unwrap_or_else(|| panic!("{what} is not in {text}"))
    };
    let wordings =
        |engine: &str| format!("truce_wordings_total{{function=\"truce\",engine=\"{engine}\",synthetic=\"no\"}}");
    let answers = |outcome: &str| format!("truce_model_answers_total{{function=\"truce\",outcome=\"{outcome}\"}}");
    let well = provider(chat(&words(WORDING))).await;
    let (bench, ana) = with_model(&well, ModelApi::ChatCompletions);
    says(&bench, &ana, COMPLAINT).await;
    assert_eq!((counted(&bench, &wordings("model")), counted(&bench, &answers("worded"))), ("1".into(), "1".into()));
    assert_eq!(counted(&bench, "truce_model_duration_seconds_count{function=\"truce\"}"), "1");

    let away = provider(ResponseTemplate::new(500)).await;
    let (bench, ana) = with_model(&away, ModelApi::ChatCompletions);
    // The second finds it resting: nobody is asked.
    for _ in 0..2 {
        says(&bench, &ana, COMPLAINT).await;
    }
    assert_eq!(
        (counted(&bench, &wordings("fallback")), counted(&bench, &answers("refused"))),
        ("2".into(), "1".into())
    );

    let alone = Bench::new(truce_mediate::router);
    let ana = alone.session("q3", "backend", "Ana");
    says(&alone, &ana, COMPLAINT).await;
    assert_eq!(
        (counted(&alone, &wordings("embedded")), counted(&alone, &wordings("fallback"))),
        ("1".into(), "0".into())
    );
}

/// The monitor gets words every minute: they would be most of all there are.
#[tokio::test]
async fn words_that_a_test_got_are_not_counted_among_people_s() {
    let provider = provider(chat(&words(WORDING))).await;
    let alone = Bench::new(truce_mediate::router);
    let (bench, _) = with_model(&provider, ModelApi::ChatCompletions);
    for (bench, engine) in [(alone, "embedded"), (bench, "model")] {
        let ana = bench.session("q3", "backend", "Ana");
        let asked = Request::post("/mediate").header("user-agent", "truce-monitor/0.1.0");
        let asked = asked.header("authorization", format!("Bearer {ana}")).header("content-type", "application/json");
        let said = Body::from(json!({ "text": COMPLAINT }).to_string());
        assert_eq!(bench.send(asked.body(said).expect("a request")).await.code(), "reframed");
        let text = bench.env.numbers().text();
        for (synthetic, count) in [("no", 0), ("test", 1)] {
            let line = format!(
                "truce_wordings_total{{function=\"truce\",engine=\"{engine}\",synthetic=\"{synthetic}\"}} {count}\n"
            );
            assert!(text.contains(&line), "{line} is not in {text}");
        }
    }
}

#[tokio::test]
async fn the_other_way_of_asking_does_as_well() {
    let provider = MockServer::start().await;
    let asked = Mock::given(method("POST")).and(path("/v1/messages")).and(header("x-api-key", KEY));
    let answer =
        ResponseTemplate::new(200).set_body_json(json!({"content": [{"type": "text", "text": words(WORDING)}]}));
    asked.and(header("anthropic-version", "2023-06-01")).respond_with(answer).expect(1).mount(&provider).await;
    let (bench, ana) = with_model(&provider, ModelApi::Messages);
    assert_eq!(says(&bench, &ana, COMPLAINT).await.text("message"), WORDING);
}

/// It is told what was said, as data, and nothing of who said it.
#[tokio::test]
async fn the_model_is_told_the_complaint_and_nothing_else_of_anybody() {
    let provider = provider(chat(&words(WORDING))).await;
    let (bench, ana) = with_model(&provider, ModelApi::ChatCompletions);
    says(&bench, &ana, COMPLAINT).await;
    let asked = &provider.received_requests().await.expect("recorded")[0];
    let body: Value = serde_json::from_slice(&asked.body).expect("JSON");
    assert_eq!(
        (&body["model"], &body["messages"][1]["content"]),
        (&json!("small"), &json!(json!({"complaint": COMPLAINT}).to_string()))
    );
    let sent = format!("{:?} {}", asked.headers, String::from_utf8_lossy(&asked.body));
    for secret in [ana.as_str(), "Ana", "backend", "q3"] {
        assert!(!sent.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn without_words_that_hold_people_get_the_embedded_ones() {
    let expected = embedded(COMPLAINT).await.text("message");
    let insult = words("You never deliver on time. Could you wake up?");
    let invented = words("Deliveries come 4 days late. Could you tell us earlier?");
    for (what, answer) in [
        ("it fails", ResponseTemplate::new(500)),
        ("it knows no such key", ResponseTemplate::new(401)),
        ("it sends us elsewhere", ResponseTemplate::new(307).insert_header("location", "/v1/elsewhere")),
        ("it is slow", chat(&words(WORDING)).set_delay(Duration::from_secs(5))),
        ("it talks without end", ResponseTemplate::new(200).set_body_bytes(vec![b' '; 128 * 1024])),
        ("it talks", chat(WORDING)),
        ("it obeys somebody", chat(r#"{"message":"Deliveries are late. Could you help?","send":"yes"}"#)),
        ("it has nothing to say", chat(&words(""))),
        ("it insults", chat(&insult)),
        ("it invents", chat(&invented)),
        ("it is none", ResponseTemplate::new(200).set_body_string("<html>")),
    ] {
        let provider = provider(answer).await;
        let (bench, ana) = with_model(&provider, ModelApi::ChatCompletions);
        let offered = says(&bench, &ana, COMPLAINT).await;
        assert_eq!((offered.code(), offered.text("engine").as_str()), ("reframed", "embedded"), "{what}");
        assert_eq!(offered.text("message"), expected, "{what}");
        assert_eq!(calls(&provider).await, 1, "{what}");
    }
}

#[tokio::test]
async fn nobody_waits_for_a_model_that_has_just_failed() {
    for (answer, asked) in [(ResponseTemplate::new(503), 1), (chat(&words("")), 3)] {
        let provider = provider(answer).await;
        let (bench, ana) = with_model(&provider, ModelApi::ChatCompletions);
        for _ in 0..3 {
            assert_eq!(says(&bench, &ana, COMPLAINT).await.text("engine"), "embedded");
        }
        assert_eq!(calls(&provider).await, asked);
    }
}

/// What needs a person goes to nobody, and what needs no other words to no model.
#[tokio::test]
async fn what_is_not_said_anew_is_not_told_to_the_model() {
    let provider = provider(chat(&words(WORDING))).await;
    let (bench, ana) = with_model(&provider, ModelApi::ChatCompletions);
    for (text, code) in [
        ("I am going to kill Tom when he comes out of the building", "escalated"),
        ("somebody is going to get hurt if this goes on", "safety-check"),
        ("could you share the delivery dates with us?", "civil"),
        ("you are all useless", "tell-me-more"),
        ("wo bleibt denn die lieferung die ihr uns versprochen habt", "declined"),
    ] {
        assert_eq!(says(&bench, &ana, text).await.code(), code, "{text}");
    }
    assert_eq!(calls(&provider).await, 0);
}

#[tokio::test]
async fn the_gate_comes_before_the_model_for_who_was_asked_too() {
    let provider = provider(chat(&words(WORDING))).await;
    let (bench, ana) = with_model(&provider, ModelApi::ChatCompletions);
    let unsure = says(&bench, &ana, "somebody is going to get hurt if this goes on").await;
    assert_eq!(unsure.code(), "safety-check");
    assert_eq!(taps(&bench, &ana, "Yes, get help", &unsure).await.code(), "escalated");
    assert_eq!(calls(&provider).await, 0);
}

/// Whoever talks to it can read who else hears what they say.
#[tokio::test]
async fn the_page_says_who_hears_what_is_said() {
    let provider = provider(chat(&words(WORDING))).await;
    let (bench, _) = with_model(&provider, ModelApi::ChatCompletions);
    let page = bench.call(Method::GET, "/talk", "").await;
    assert!(page.body.contains("A language model at <strong>127.0.0.1</strong>"));
    let page = Bench::new(truce_mediate::router).call(Method::GET, "/talk", "").await;
    assert!(!page.body.contains("language model") && !page.body.contains("<!--model-->"));
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("whole").extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What all tests here have logged so far. One log for all: a subscriber of a single thread misses what another has seen first.
fn log() -> &'static Lines {
    static LOG: OnceLock<Lines> = OnceLock::new();
    LOG.get_or_init(|| {
        let lines = Lines::default();
        let writer = lines.clone();
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone()).init();
        lines
    })
}

#[tokio::test]
async fn the_log_says_why_and_neither_what_was_said_nor_what_was_answered() {
    let provider = provider(chat(&words("You never deliver on time. Could you wake up?"))).await;
    let (bench, ana) = with_model(&provider, ModelApi::ChatCompletions);
    says(&bench, &ana, COMPLAINT).await;
    let log = String::from_utf8(log().0.lock().expect("whole").clone()).expect("text");
    assert!(log.contains("its wording is not taken: it blames"), "{log}");
    for canary in [KEY, ana.as_str(), "deliver", "damn", "wake up"] {
        assert!(!log.contains(canary), "{canary}: {log}");
    }
}
