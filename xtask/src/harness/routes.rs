//! Which function answers where, from the one place that says so: the routes in spin.toml. What the edge is told cannot drift from what
//! Spin is.

use std::fs;
use std::path::Path;

/// The port a function listens on, in its container.
const PORT: &str = "8080";
/// Where a function says whether it takes requests. Not whether its store is there: all would be closed at once, and what is said
/// then would be Traefik's to say.
const OPEN: &str = "/health?probe=open";

/// A route of spin.toml.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Route {
    path: String,
    pub(super) function: String,
}

/// All routes of the manifest at `path`.
pub(super) fn read(path: &Path) -> Result<Vec<Route>, String> {
    let problem = |error: String| format!("{}: {error}", path.display());
    let text = fs::read_to_string(path).map_err(|error| problem(error.to_string()))?;
    parse(&text).map_err(problem)
}

fn parse(text: &str) -> Result<Vec<Route>, String> {
    let manifest: toml::Table = text.parse().map_err(|error: toml::de::Error| error.message().to_owned())?;
    let triggers = manifest.get("trigger").and_then(|trigger| trigger.get("http")?.as_array());
    let routes = triggers.into_iter().flatten().map(|trigger| {
        let text = |key: &str| trigger.get(key).and_then(toml::Value::as_str).map(str::to_owned);
        text("route").zip(text("component")).map(|(path, function)| Route { path, function })
    });
    let routes: Option<Vec<Route>> = routes.collect();
    routes.filter(|routes| !routes.is_empty()).ok_or_else(|| "a route has no path or no component".to_owned())
}

/// A path at which `function` answers, whatever it says.
pub(super) fn first_path<'a>(routes: &'a [Route], function: &str) -> Option<&'a str> {
    let path = routes.iter().find(|route| route.function == function)?.path.as_str();
    Some(path.strip_suffix("/...").map_or(path, |below| if below.is_empty() { "/" } else { below }))
}

/// What the containers of `function` say about themselves to the edge.
pub(super) fn labels(routes: &[Route], function: &str) -> Vec<String> {
    let ours = || routes.iter().filter(|route| route.function == function);
    let rules = |anything: bool| -> Option<String> {
        let rules: Vec<String> = ours().filter(|route| (route.path == "/...") == anything).map(Route::rule).collect();
        (!rules.is_empty()).then(|| rules.join(" || "))
    };
    let mut labels = service(function, function);
    let mut add = |name: &str, rule: Option<String>, priority: Option<u32>| {
        let Some(rule) = rule else { return };
        let label = |key: &str, value: &str| format!("traefik.http.routers.{name}.{key}={value}");
        labels.extend([
            label("rule", &rule),
            label("service", &format!("{function}-or-words@file")),
            label("entrypoints", "web"),
        ]);
        labels.extend(priority.map(|priority| label("priority", &priority.to_string())));
    };
    add(function, rules(false), None);
    // Only what nobody else wants.
    add(&format!("{function}-else"), rules(true), Some(1));
    labels
}

/// The same for a cell's: it is found, and reached by those whose session is of the cell (traefik-local/dynamic) and by no route of its own.
pub(super) fn labels_of_a_cell(name: &str, function: &str) -> Vec<String> {
    let mut labels = service(name, function);
    // Who has no router gets one by default, and from outside.
    let router = format!("traefik.http.routers.{name}");
    let service = format!("{router}.service={name}");
    labels.extend([format!("{router}.rule=Path(`/{name}`)"), service, format!("{router}.entrypoints=inside")]);
    labels
}

/// What the edge says itself: found as functions are, by its address, as names are slow to be asked when the machine is busy. It hears what a
/// client has sent, so the edge calls it as it calls a function, `health`. No route leads there.
pub(super) fn labels_of_words() -> Vec<String> {
    let service = "traefik.http.services.words.loadbalancer";
    [
        "traefik.enable=true".to_owned(),
        format!("{service}.server.port={PORT}"),
        format!("{service}.server.scheme=https"),
        format!("{service}.serverstransport=health@file"),
        "traefik.http.routers.words.rule=Path(`/words`)".to_owned(),
        "traefik.http.routers.words.entrypoints=inside".to_owned(),
    ]
    .to_vec()
}

/// How the edge calls what is behind it, `name`: with its certificate, and only one that is the `function` it takes it for. It has two services of it:
/// of those who are open, and of those of them who have answered well.
pub(super) fn service(name: &str, function: &str) -> Vec<String> {
    let passed_over = format!("traefik.http.services.{name}-well.loadbalancer.passivehealthcheck");
    let mut labels = vec!["traefik.enable=true".to_owned()];
    labels.extend(balanced(name, function));
    labels.extend(balanced(&format!("{name}-well"), function));
    // Who says 500 or more, or nothing, three times and nothing else in between, until the next look at it finds it open.
    labels.extend([format!("{passed_over}.maxfailedattempts=3"), format!("{passed_over}.failurewindow=10s")]);
    labels
}

fn balanced(name: &str, function: &str) -> [String; 7] {
    let service = format!("traefik.http.services.{name}.loadbalancer");
    [
        format!("{service}.server.port={PORT}"),
        format!("{service}.server.scheme=https"),
        format!("{service}.serverstransport={function}@file"),
        // Who is drained or hangs is left out within a second or two, whoever stopped it.
        format!("{service}.healthcheck.path={OPEN}"),
        // An answer with a body is one that the edge does not read: it closes the connection, and pays for another one every second.
        format!("{service}.healthcheck.method=HEAD"),
        format!("{service}.healthcheck.interval=1s"),
        format!("{service}.healthcheck.timeout=2s"),
    ]
}

/// For the edge: the services as routes name them. While none of those has answered well, all that are open are asked: without its store a function
/// says itself what is wrong. While nobody of one is open, the edge says so (traefik-local/dynamic/words.yaml).
pub(super) fn services<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let service = |name| {
        format!(
            "    {name}-or-words: {{failover: {{service: {name}-well@docker, fallback: {name}-open-or-words}}}}\n    \
             {name}-open-or-words: {{failover: {{service: {name}@docker, fallback: words@docker}}}}\n"
        )
    };
    let services: String = names.map(service).collect();
    format!("# Written by `cargo xtask harness up`.\nhttp:\n  services:\n{services}")
}

impl Route {
    /// As Traefik words it. `/qr/...` is `/qr` and all below it.
    fn rule(&self) -> String {
        match self.path.strip_suffix("/...") {
            None => format!("Path(`{}`)", self.path),
            Some("") => "PathPrefix(`/`)".to_owned(),
            Some(below) => format!("Path(`{below}`) || PathPrefix(`{below}/`)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours() -> Vec<Route> {
        read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../spin.toml")).expect("routes")
    }

    #[test]
    fn the_edge_serves_what_spin_serves() {
        let rule = |function: &str, router: &str| {
            let start = format!("traefik.http.routers.{router}.rule=");
            labels(&ours(), function).iter().find_map(|label| label.strip_prefix(&start).map(str::to_owned))
        };
        assert_eq!(rule("issue-qr", "issue-qr").as_deref(), Some("Path(`/qr`) || PathPrefix(`/qr/`)"));
        let redeem = "Path(`/redeem`) || Path(`/j`) || Path(`/install`)";
        assert_eq!(rule("redeem-token", "redeem-token").as_deref(), Some(redeem));
        assert_eq!(rule("mediate", "mediate").as_deref(), Some("Path(`/mediate`) || Path(`/talk`)"));
        assert_eq!(rule("health", "health").as_deref(), Some("Path(`/health`)"));
        assert_eq!(rule("health", "health-else").as_deref(), Some("PathPrefix(`/`)"));
        assert_eq!(rule("mediate", "mediate-else"), None);
    }

    #[test]
    fn a_cell_has_no_route_from_outside() {
        let labels = labels_of_a_cell("mediate-cell-a", "mediate");
        let points: Vec<&String> = labels.iter().filter(|label| label.contains(".entrypoints=")).collect();
        assert_eq!(points, ["traefik.http.routers.mediate-cell-a.entrypoints=inside"]);
        let transport = "traefik.http.services.mediate-cell-a.loadbalancer.serverstransport=mediate@file";
        assert!(labels.iter().any(|label| label == transport));
    }

    #[test]
    fn a_function_is_asked_at_its_first_path() {
        let asked =
            ["issue-qr", "redeem-token", "mediate", "health"].map(|name| first_path(&ours(), name).map(str::to_owned));
        assert_eq!(asked.map(Option::unwrap_or_default), ["/qr", "/redeem", "/mediate", "/health"]);
    }

    #[test]
    fn what_nobody_else_wants_comes_last() {
        let labels = labels(&ours(), "health");
        assert!(labels.contains(&"traefik.http.routers.health-else.priority=1".to_owned()), "{labels:?}");
    }

    #[test]
    fn a_manifest_without_routes_is_refused() {
        assert!(parse("spin_manifest_version = 2").is_err());
        assert!(parse("[[trigger.http]]\nroute = \"/x\"").is_err());
        assert!(parse("not toml").is_err());
    }
}
