//! Which function a gateway calls for a path: what `deploy/aws/template.yaml` says, so that it is seen to be right.

use std::sync::OnceLock;
use truce_contract::Function;

const TEMPLATE: &str = include_str!("../../../../deploy/aws/template.yaml");

/// A path, or whatever is below it; no path is for everything else.
struct Route {
    path: Option<&'static str>,
    below: bool,
    function: Function,
}

/// The function whose route takes `path`; the most particular is asked first, as API Gateway does.
pub(super) fn function_for(path: &str) -> Result<Function, String> {
    static ROUTES: OnceLock<Vec<Route>> = OnceLock::new();
    let routes = ROUTES.get_or_init(|| TEMPLATE.lines().filter_map(route).collect());
    let exact = routes.iter().find(|route| !route.below && route.path == Some(path));
    let below = || {
        let is_below = |prefix: &str| path.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('/'));
        routes.iter().find(|route| route.below && route.path.is_some_and(is_below))
    };
    let default = || routes.iter().find(|route| route.path.is_none());
    let route = exact.or_else(below).or_else(default).ok_or("the template has no route for everything else")?;
    Ok(route.function)
}

/// Of a line such as `Properties: {…, RouteKey: "ANY /qr/{proxy+}", Target: !Sub "integrations/${IssueQrIntegration}"}`.
fn route(line: &'static str) -> Option<Route> {
    let quoted = |after: &str| line.split_once(after)?.1.split('"').next();
    let key = quoted("RouteKey: \"")?;
    let integration = quoted("Target: !Sub \"integrations/${")?.strip_suffix("Integration}")?;
    let function = *Function::ALL.iter().find(|function| format!("{function:?}") == integration)?;
    let path = key.split_once(' ').map(|(_, path)| path);
    let below = path.and_then(|path| path.strip_suffix("/{proxy+}"));
    Some(Route { path: below.or(path), below: below.is_some(), function })
}
