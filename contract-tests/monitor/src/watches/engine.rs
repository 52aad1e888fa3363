//! Whether the words are a language model's where a deployment has one: without it people get the embedded engine's, and nobody notices.

use super::Finding;
use truce_alarms::{Level, Watch};
use truce_contract::{Call, Exchange, JourneyReport, Outcome, World};

const ABOUT: &str = "the engine";
/// What the page for talking begins to say where there is a model (docs/running.md, A language model).
const MODEL: &str = "<li>A language model at ";

/// Whose words those were that were put differently: only for them is a model asked.
pub(super) fn reframed(reports: &[JourneyReport]) -> Vec<(&Exchange, &str)> {
    let exchanges = reports.iter().flat_map(JourneyReport::exchanges);
    let engine = |one: &Exchange| one.body["code"] == "reframed" && one.body["engine"].is_string();
    exchanges.filter(|one| engine(one)).map(|one| (one, one.body["engine"].as_str().unwrap_or_default())).collect()
}

/// Whether there is a model, as people are told. One request.
pub(super) async fn is_told_of(world: &World) -> Outcome<bool> {
    let page = world.does("somebody opens the page for talking", Call::get("/talk")).await?.expect_status(200)?;
    Ok(page.body_text().contains(MODEL))
}

pub(super) fn look(reports: &[JourneyReport], has_model: Option<bool>) -> Finding {
    let words = reframed(reports);
    let fallback = words.iter().find(|(_, engine)| *engine != "model");
    match (words.len(), has_model, fallback) {
        (0, ..) => Finding::not_seen(Watch::Engine, ABOUT, "nothing was put differently in this round"),
        (_, None, Some(_)) => Finding::not_seen(Watch::Engine, ABOUT, "whether there is a model could not be seen"),
        (_, Some(true), Some((exchange, _))) => Finding::of(
            Watch::Engine,
            Level::Warning,
            ABOUT,
            "the embedded one answers, and not the language model",
            "See what the log of mediate says of the model, and TRUCE_MODEL_URL (docs/running.md, A language model).",
        )
        .by(&exchange.request_id),
        (_, Some(false), Some(_)) => Finding::well(Watch::Engine, ABOUT, "the embedded one, and there is no model"),
        (_, _, None) => Finding::well(Watch::Engine, ABOUT, "the language model"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watches::tests::report;
    use serde_json::json;

    #[test]
    fn the_embedded_engine_is_a_warning_only_where_there_is_a_model() {
        let level = |body: serde_json::Value, has_model| {
            let mut report = report("j", 1);
            report.steps[0].exchange.as_mut().expect("an exchange").body = body;
            look(&[report], has_model).level
        };
        let by = |engine: &str| json!({"code": "reframed", "engine": engine});
        assert_eq!(level(by("embedded"), Some(true)), Level::Warning);
        assert_eq!(level(by("embedded"), Some(false)), Level::Well);
        assert_eq!(level(by("embedded"), None), Level::NotSeen);
        assert_eq!(level(by("model"), None), Level::Well);
        assert_eq!(level(json!({"code": "civil", "engine": "embedded"}), Some(true)), Level::NotSeen);
    }
}
