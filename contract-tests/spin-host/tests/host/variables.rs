//! `[variables]` and `[component.x.variables]`.

use crate::harness::Plan;
use crate::or_skip;

const APPLICATION: &str = "[variables]\nuser = { default = 'ana' }\nkey = { required = true, secret = true }";
const GRANTED: &str = "variables = { address = 'https://{{ user }}.example', key = '{{ key }}' }";

#[tokio::test]
async fn a_component_reads_what_it_is_granted_and_nothing_else() {
    let plan = or_skip!(Plan::one("granted", GRANTED));
    let plan = or_skip!(plan.component("refused", &["/refused/..."], "")).lines(APPLICATION);
    let host = plan.argument("--variable=key=hush=hush").environment("SPIN_VARIABLE_USER", "bo").start();
    assert_eq!(host.tell("/granted/variable", "address").await, (200, "https://bo.example".to_owned()));
    assert_eq!(host.tell("/granted/variable", "key").await, (200, "hush=hush".to_owned()));
    // The application's variable is not the component's.
    for (path, name, error) in [
        ("/granted/variable", "user", "Undefined"),
        ("/refused/variable", "key", "Undefined"),
        ("/refused/variable", "KEY!", "InvalidName"),
    ] {
        let (status, words) = host.tell(path, name).await;
        assert!(status == 502 && words.contains(error), "{path} {name}: {words}");
    }
    assert!(!host.stdout().contains("hush") && !host.stderr().contains("hush"), "a secret is printed");
}

#[test]
fn without_what_is_required_nothing_starts() {
    let why = or_skip!(Plan::one("a", GRANTED)).lines(APPLICATION).refused();
    assert!(why.contains("requires: key.") && why.contains("SPIN_VARIABLE_NAME"), "{why}");
}

#[test]
fn a_value_for_nothing_is_a_typing_error() {
    let why = or_skip!(Plan::one("a", GRANTED)).lines(APPLICATION).argument("--variable=kye=hush").refused();
    assert!(why.contains("no variable `kye`; it has: key, user"), "{why}");
    assert!(!why.contains("hush"), "{why}");
}

#[test]
fn a_template_of_nothing_is_refused() {
    let why = or_skip!(Plan::one("a", "variables = { b = '{{ c }}' }")).refused();
    assert!(why.contains("component.a.variables.b: there is no variable `c`"), "{why}");
}

#[tokio::test]
async fn the_environment_is_the_manifests_and_there_are_no_files() {
    let plan = or_skip!(Plan::one("a", "environment = { TONE = 'calm' }"));
    let host = plan.environment("LEAKED", "1").start();
    assert_eq!(host.tell("/a/environment", "").await, (200, r#"[("TONE", "calm")]"#.to_owned()));
    let (_, files) = host.tell("/a/files", "").await;
    assert!(files.starts_with("Err("), "{files}");
}
