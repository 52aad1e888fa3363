//! What is counted on AWS Lambda, where nobody can come and read it: a line of JSON on standard output for each request, in `CloudWatch`'s
//! [embedded metric format](https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
//! The log's reader makes metrics of it. The line says how an answer went, and nothing of what was asked.

use crate::Synthetic;
use crate::settings::SettingError;
use http::StatusCode;
use serde_json::{Value, json};
use std::io::Write as _;
use std::time::{Duration, SystemTime};

/// `off`: nothing is written.
const SETTING: &str = "TRUCE_EMF";
/// Where the metrics are.
const NAMESPACE: &str = "Truce";

/// Writes the lines of one function.
#[derive(Debug, Clone)]
pub(super) struct Emf {
    function: String,
}

impl Emf {
    /// As the setting says: on, unless it is off.
    ///
    /// # Errors
    /// When it says something else.
    pub(super) fn wanted(
        function: &str,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, SettingError> {
        let emf = Self { function: function.to_owned() };
        match lookup(SETTING).as_deref().map(str::trim) {
            None | Some("" | "on") => Ok(Some(emf)),
            Some("off") => Ok(None),
            Some(_) => Err(SettingError::new(SETTING, "is `on` or `off`")),
        }
    }

    /// Says how a request was answered; `took` is left out of one that asked to wait for news.
    pub(super) fn tell(&self, synthetic: Synthetic, status: StatusCode, took: Option<Duration>) {
        let line = self.line(SystemTime::now(), synthetic, status, took);
        // An answer is not held up because nobody reads the log.
        let _ = writeln!(std::io::stdout().lock(), "{line}");
    }

    fn line(&self, at: SystemTime, synthetic: Synthetic, status: StatusCode, took: Option<Duration>) -> Value {
        let at = at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis();
        let count = |name: &str| json!({"Name": name, "Unit": "Count"});
        let mut metrics = vec![count("Requests"), count("Errors"), count("Throttled")];
        let mut line = json!({
            "Function": self.function,
            "Class": format!("{}xx", status.as_u16() / 100),
            "Requests": 1,
            "Errors": u8::from(status.is_server_error()),
            "Throttled": u8::from(status == StatusCode::TOO_MANY_REQUESTS),
        });
        if let Some(took) = took {
            metrics.push(json!({"Name": "Duration", "Unit": "Milliseconds"}));
            line["Duration"] = json!(took.as_secs_f64() * 1e3);
        }
        // Each name is billed once for each set of values that it comes with: only how many there are goes by class too, and only people's.
        let directives = match synthetic {
            Synthetic::No => json!([
                {"Namespace": NAMESPACE, "Dimensions": [["Function"]], "Metrics": metrics},
                {"Namespace": NAMESPACE, "Dimensions": [["Function", "Class"]], "Metrics": [count("Requests")]},
            ]),
            // Apart, and not left out: whoever calls himself a test would be seen nowhere.
            Synthetic::Test => {
                line["Synthetic"] = json!(synthetic.name());
                json!([{"Namespace": NAMESPACE, "Dimensions": [["Function", "Synthetic"]], "Metrics": metrics}])
            }
        };
        line["_aws"] = json!({"Timestamp": u64::try_from(at).unwrap_or_default(), "CloudWatchMetrics": directives});
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(status: StatusCode, took: Option<Duration>) -> Value {
        let emf = Emf { function: "mediate".to_owned() };
        emf.line(SystemTime::UNIX_EPOCH + Duration::from_millis(1_790_000_000_123), Synthetic::No, status, took)
    }

    #[test]
    fn a_line_says_how_an_answer_went() {
        let written = line(StatusCode::OK, Some(Duration::from_micros(12_500)));
        assert_eq!(
            (&written["Requests"], &written["Errors"], &written["Throttled"]),
            (&json!(1), &json!(0), &json!(0))
        );
        assert_eq!((&written["Duration"], &written["Class"]), (&json!(12.5), &json!("2xx")));
        assert_eq!(written["_aws"]["Timestamp"], json!(1_790_000_000_123_u64));
        assert_eq!(line(StatusCode::SERVICE_UNAVAILABLE, None)["Errors"], 1);
        let slowed = line(StatusCode::TOO_MANY_REQUESTS, None);
        assert_eq!((&slowed["Throttled"], &slowed["Errors"], &slowed["Class"]), (&json!(1), &json!(0), &json!("4xx")));
    }

    #[test]
    fn who_waited_has_no_duration_and_none_is_promised() {
        let written = line(StatusCode::OK, None);
        assert!(written.get("Duration").is_none() && !written["_aws"].to_string().contains("Duration"), "{written}");
    }

    /// What people get is what an alarm is made of: a metric of theirs has nothing of a test's.
    #[test]
    fn what_a_test_asks_is_counted_in_no_metric_of_people() {
        let emf = Emf { function: "mediate".to_owned() };
        let dimensions = |synthetic| {
            let line = emf.line(SystemTime::UNIX_EPOCH, synthetic, StatusCode::OK, Some(Duration::from_millis(1)));
            let directives = line["_aws"]["CloudWatchMetrics"].as_array().cloned().unwrap_or_default();
            directives.iter().map(|directive| directive["Dimensions"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(dimensions(Synthetic::No), [json!([["Function"]]), json!([["Function", "Class"]])]);
        assert_eq!(dimensions(Synthetic::Test), [json!([["Function", "Synthetic"]])]);
    }

    #[test]
    fn it_is_on_unless_it_is_off() {
        let wanted = |text: Option<&str>| Emf::wanted("mediate", |_| text.map(str::to_owned)).map(|emf| emf.is_some());
        assert_eq!((wanted(None), wanted(Some("")), wanted(Some("on"))), (Ok(true), Ok(true), Ok(true)));
        assert_eq!(wanted(Some("off")), Ok(false));
        let error = wanted(Some("maybe")).expect_err("neither").to_string();
        assert_eq!(error, "TRUCE_EMF is `on` or `off`");
    }
}
