//! Traces on their way out: the edge sends its own, and takes the functions' along, which have no way out of their networks.

use std::fmt::Write as _;

/// The edge's port for functions (traefik-local/traefik.yaml).
const TAKEN: u16 = 4318;

/// Where traces go, as OpenTelemetry's own variable has it: an address, and nothing that could be more than one in a file.
pub(super) fn read(told: Option<String>) -> Result<Option<String>, String> {
    let Some(to) = told.filter(|told| !told.trim().is_empty()) else { return Ok(None) };
    let to = to.trim().trim_end_matches('/');
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/[]@%".contains(&byte);
    let host = to.strip_prefix("http://").or_else(|| to.strip_prefix("https://"));
    if host.is_some_and(|host| !host.is_empty() && host.bytes().all(fits)) {
        return Ok(Some(to.to_owned()));
    }
    Err(format!("OTEL_EXPORTER_OTLP_ENDPOINT is `{to}`, which is no address: http://collector.example:4318 is one"))
}

/// What the edge reads when it starts, besides: that it traces.
pub(super) fn of_the_edge(to: &str) -> String {
    format!("\ntracing:\n  serviceName: truce-edge\n  otlp:\n    http:\n      endpoint: \"{to}/v1/traces\"\n")
}

/// What it reads while it runs: what functions send goes where its own does. Nothing, where that is nowhere.
pub(super) fn relayed(to: Option<&str>) -> String {
    let Some(to) = to else { return "# Traces go nowhere.\n".to_owned() };
    let (scheme, rest) = to.split_once("://").unwrap_or(("http", to));
    let (host, below) = rest.split_once('/').map_or((rest, None), |(host, below)| (host, Some(below)));
    let mut text = "# Written by xtask: what functions trace goes where the edge's own traces do.\nhttp:\n".to_owned();
    let mut middlewares = "";
    if let Some(below) = below {
        middlewares = "\n      middlewares: [below-the-collector]";
        // To a text it never fails.
        let _ = writeln!(text, "  middlewares:\n    below-the-collector:\n      addPrefix: {{prefix: \"/{below}\"}}");
    }
    let _ = writeln!(
        text,
        "  routers:\n    traces:\n      rule: \"Path(`/v1/traces`) && Method(`POST`)\"\n      entryPoints: [traces]{middlewares}\n      service: collector\n  \
         services:\n    collector:\n      loadBalancer:\n        passHostHeader: false\n        servers: [{{url: \"{scheme}://{host}\"}}]"
    );
    text
}

/// A function's setting.
pub(super) fn of_a_function(edge: &str) -> (&'static str, String) {
    ("OTEL_EXPORTER_OTLP_ENDPOINT", format!("http://{edge}:{TAKEN}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traces_go_to_an_address_or_nowhere() {
        let read = |told: &str| read(Some(told.to_owned()));
        assert_eq!(read(""), Ok(None));
        assert_eq!(read("http://collector:4318/"), Ok(Some("http://collector:4318".to_owned())));
        for wrong in ["collector:4318", "http://", "http://a\"\nproviders: {}", "http://a b"] {
            assert!(read(wrong).is_err_and(|why| why.contains("http://collector")), "{wrong}");
        }
    }

    #[test]
    fn what_functions_trace_goes_where_the_edges_own_does() {
        let text = relayed(Some("https://collector.example:4318"));
        assert!(text.contains("servers: [{url: \"https://collector.example:4318\"}]") && !text.contains("middlewares"));
        let text = relayed(Some("https://collector.example/of/truce"));
        assert!(
            text.contains("url: \"https://collector.example\"") && text.contains("addPrefix: {prefix: \"/of/truce\"}")
        );
        assert!(text.contains("middlewares: [below-the-collector]"));
        assert!(!relayed(None).contains("http:"));
    }
}
