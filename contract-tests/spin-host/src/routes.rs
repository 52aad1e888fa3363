//! Which component answers a path, and what it is told about that.
//!
//! The matching is done by the crate Spin itself routes with; here are Spin's own rules around it.

use crate::failure::Failure;
use crate::manifest::HttpTrigger;
use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use std::net::SocketAddr;

/// Spin answers here itself, whatever the manifest says.
pub(crate) const WELL_KNOWN: &str = "/.well-known/spin/";

/// The routes of an application.
pub struct Routes(routefinder::Router<HttpTrigger>);

/// The route a path belongs to.
pub(crate) struct Matched<'a> {
    trigger: &'a HttpTrigger,
    /// The rest of the path, under a route that ends in `/...`.
    rest: String,
    /// What the route's `:names` stand for.
    named: Vec<(String, String)>,
}

impl Routes {
    /// # Errors
    ///
    /// Where a route is none, is there twice, or is one that Spin keeps for itself.
    pub fn new(triggers: &[HttpTrigger]) -> Result<Self, Failure> {
        let mut router = routefinder::Router::new();
        for (at, trigger) in triggers.iter().enumerate() {
            let refused = |what: &str| Failure::value(format!("trigger.http.route = \"{}\"", trigger.route), what);
            let route = comparable(&trigger.route);
            if triggers[..at].iter().any(|other| comparable(&other.route) == route) {
                return Err(refused("it is there twice"));
            }
            if route.starts_with(WELL_KNOWN) {
                return Err(refused("Spin answers there itself"));
            }
            // `...` is Spin's way to write routefinder's `*`.
            let spec = route.strip_suffix("/...").map_or_else(|| route.clone(), |prefix| format!("{prefix}/*"));
            router.add(spec, trigger.clone()).map_err(|why| refused(&why))?;
        }
        Ok(Self(router))
    }

    /// The most specific route that fits: exact before `:name` before `/...`, longer before shorter.
    pub(crate) fn find(&self, path: &str) -> Option<Matched<'_>> {
        let found = self.0.best_match(path)?;
        let captures = found.captures();
        let slash = if path.ends_with('/') { "/" } else { "" };
        // Spin keeps the slashes around what was captured; routefinder does not.
        let rest = captures.wildcard().map_or_else(String::new, |rest| match rest {
            "" => slash.to_owned(),
            rest => format!("/{rest}{slash}"),
        });
        let named = captures.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Some(Matched { trigger: found.handler(), rest, named })
    }
}

impl Matched<'_> {
    pub(crate) fn component(&self) -> &str {
        &self.trigger.component
    }

    /// Puts what Spin tells a component into `headers`, over whatever a client has put there.
    pub(crate) fn tell(&self, headers: &mut HeaderMap, uri: &Uri, client: SocketAddr) {
        let route = &self.trigger.route;
        let prefix = route.strip_suffix("/...").unwrap_or(route);
        let told = [
            ("spin-path-info", self.rest.clone()),
            ("spin-full-url", uri.to_string()),
            ("spin-matched-route", comparable(route)),
            ("spin-base-path", "/".to_owned()),
            ("spin-raw-component-route", route.clone()),
            ("spin-component-route", prefix.to_owned()),
            ("spin-client-addr", client.to_string()),
        ];
        for (name, value) in told {
            insert(headers, name, &value);
        }
        for (name, value) in &self.named {
            insert(headers, &format!("spin-path-match-{}", name.to_ascii_lowercase().replace('_', "-")), value);
        }
    }
}

/// What cannot be a header is left out, as Spin does.
fn insert(headers: &mut HeaderMap, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
        headers.insert(name, value);
    }
}

/// With the slash it starts with, and without one it ends with.
fn comparable(route: &str) -> String {
    let route = route.strip_suffix('/').unwrap_or(route);
    if route.starts_with('/') { route.to_owned() } else { format!("/{route}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trigger(route: &str) -> HttpTrigger {
        toml::from_str(&format!("route = '{route}'\ncomponent = '{route}'")).unwrap()
    }

    fn routes(all: &[&str]) -> Routes {
        Routes::new(&all.iter().map(|route| trigger(route)).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn the_most_specific_route_wins_whatever_their_order() {
        for order in
            [["/...", "/qr/...", "/qr", "/qr/mine", "/qr/:id"], ["/qr/:id", "/qr/mine", "/qr", "/qr/...", "/..."]]
        {
            let routes = routes(&order);
            let found = |path: &str| routes.find(path).map(|found| found.component().to_owned()).unwrap_or_default();
            assert_eq!(found("/"), "/...");
            assert_eq!(found("/qr"), "/qr");
            assert_eq!(found("/qr/mine"), "/qr/mine");
            assert_eq!(found("/qr/yours"), "/qr/:id");
            assert_eq!(found("/qr/yours/too"), "/qr/...");
            assert_eq!(found("/other"), "/...");
        }
    }

    #[test]
    fn an_exact_route_has_nothing_under_it() {
        let routes = routes(&["/health"]);
        assert!(routes.find("/health/").is_some(), "a slash at the end is no other path for Spin");
        assert!(routes.find("/health/a").is_none() && routes.find("/").is_none());
    }

    #[test]
    fn a_component_is_told_how_it_was_reached() {
        let routes = routes(&["/qr/:room/..."]);
        let told = |path: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("spin-path-info", HeaderValue::from_static("forged"));
            let uri = Uri::try_from(format!("http://truce.example{path}?a=b")).unwrap();
            routes.find(path).unwrap().tell(&mut headers, &uri, "127.0.0.1:9".parse().unwrap());
            headers
        };
        let headers = told("/qr/q3/a/b/");
        assert_eq!(headers["spin-path-info"], "/a/b/");
        assert_eq!(headers["spin-full-url"], "http://truce.example/qr/q3/a/b/?a=b");
        assert_eq!(headers["spin-matched-route"], "/qr/:room/...");
        assert_eq!(headers["spin-component-route"], "/qr/:room");
        assert_eq!(headers["spin-path-match-room"], "q3");
        assert_eq!(headers["spin-client-addr"], "127.0.0.1:9");
        assert_eq!(told("/qr/q3")["spin-path-info"], "");
    }

    #[test]
    fn twice_the_same_and_what_spin_keeps_are_refused() {
        let why = |all: &[&str]| {
            Routes::new(&all.iter().map(|route| trigger(route)).collect::<Vec<_>>()).err().expect("refused").to_string()
        };
        assert!(why(&["/a", "/a/"]).contains("twice"));
        assert!(why(&["/.well-known/spin/..."]).contains("Spin answers there"));
    }
}
