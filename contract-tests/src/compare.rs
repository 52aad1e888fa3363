//! Whether two hosts answered alike.

use crate::JourneyReport;

/// Where the exchanges of the same journey differ between two hosts: empty when a client could not tell them apart.
pub fn differences(one: &JourneyReport, other: &JourneyReport) -> Vec<String> {
    let (here, there): (Vec<_>, Vec<_>) = (one.exchanges().collect(), other.exchanges().collect());
    let mut found = Vec::new();
    if here.len() != there.len() {
        found.push(format!(
            "{}: {} exchanges on {}, {} on {}",
            one.name,
            here.len(),
            one.target,
            there.len(),
            other.target
        ));
    }
    for (number, (a, b)) in here.iter().zip(&there).enumerate() {
        let place = format!("{} exchange {} ({} {})", one.name, number + 1, a.method, a.path);
        if (&a.method, &a.path) != (&b.method, &b.path) {
            found.push(format!("{place}: {} {} on {}", b.method, b.path, other.target));
            continue;
        }
        let mut differ = |what: &str, a: String, b: String| {
            if a != b {
                found.push(format!("{place}: {what} {a} on {}, {b} on {}", one.target, other.target));
            }
        };
        differ("status", a.status.to_string(), b.status.to_string());
        differ("headers", format!("{:?}", a.headers), format!("{:?}", b.headers));
        differ("body", a.body.to_string(), b.body.to_string());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Exchange, Step};
    use serde_json::json;

    fn report(target: &str, status: u16, say: &str, took_ms: f64) -> JourneyReport {
        let exchange = Exchange {
            method: "GET".into(),
            path: "/health".into(),
            status,
            headers: [("content-type".to_owned(), "application/json".to_owned())].into(),
            body: json!({"say": say}),
            request_id: target.into(),
            took_ms,
        };
        let steps = vec![Step { what: "looks".into(), at_ms: took_ms, exchange: Some(exchange) }];
        JourneyReport {
            name: "j".into(),
            story: "s".into(),
            target: target.into(),
            took_ms,
            requests: 0,
            failure: None,
            steps,
        }
    }

    #[test]
    fn hosts_that_differ_in_time_and_request_id_only_are_alike() {
        assert!(differences(&report("a", 200, "Hi.", 1.0), &report("b", 200, "Hi.", 9.0)).is_empty());
    }

    #[test]
    fn another_status_or_body_or_number_of_exchanges_is_told() {
        let here = report("a", 200, "Hi.", 1.0);
        assert_eq!(differences(&here, &report("b", 503, "No.", 1.0)).len(), 2);
        let mut silent = report("b", 200, "Hi.", 1.0);
        silent.steps.clear();
        assert_eq!(differences(&here, &silent).len(), 1);
    }
}
