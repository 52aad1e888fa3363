//! Whether an answer has the shape that the description of the API says: on each exchange of each journey.
//!
//! The description is that of this program's own version, `docs/openapi.json`. A journey does not fail by it: the laws say what a client
//! cannot do without. What has drifted is kept with the exchange, for who watches: a field that is missing or of another type is wrong,
//! and one that nobody knows yet is a newer server. No value is ever kept, only where it was and what was there instead.

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{ValidationError, Validator};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::LazyLock;

const DESCRIPTION: &str = include_str!("../../docs/openapi.json");

/// Where an answer is not as described.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Drift {
    /// Which field, as a JSON pointer; empty for the whole answer.
    pub pointer: String,
    /// What had to be there.
    pub expected: String,
    /// What was, in kind: never the value.
    pub found: String,
    /// Whether it is no more than a field that nobody knows yet.
    pub is_new: bool,
}

/// What a status of an operation answers in JSON.
struct Described {
    /// As it stands in the description.
    lenient: Validator,
    /// The same, and no field beside: neither in the answer itself, nor in an object of a list in it. An answer that breaks one would break the
    /// other with every field that it has, so that they are two.
    strict: [Validator; 2],
    /// Whether the same status has it as something else too, a picture for one.
    or_else: bool,
}

/// By method and path as in the description, and status; `None` where that is no JSON.
type Answers = HashMap<(String, String), HashMap<u16, Option<Described>>>;

static ANSWERS: LazyLock<Answers> = LazyLock::new(|| {
    let description: Value = serde_json::from_str(DESCRIPTION).expect("the description is JSON: a test reads it");
    let mut strict = description.clone();
    closes(&mut strict["components"]["schemas"]);
    let operations = description["paths"].as_object().into_iter().flatten().flat_map(|(path, operations)| {
        operations
            .as_object()
            .into_iter()
            .flatten()
            .map(move |(method, of)| ((method.to_uppercase(), path.clone()), of))
    });
    operations.map(|(key, of)| (key, statuses(of, [&description, &strict]))).collect()
});

/// Where an answer drifted from the description. An operation that is not described has nothing to drift from.
pub(crate) fn drift(method: &str, path: &str, status: u16, json: Option<&Map<String, Value>>) -> Vec<Drift> {
    let operation = ANSWERS.iter().find(|((of, template), _)| of == method && is_of(path, template));
    let Some((_, statuses)) = operation else { return Vec::new() };
    let whole = |expected: &str, found: String| {
        vec![Drift { pointer: String::new(), expected: expected.to_owned(), found, is_new: false }]
    };
    match (statuses.get(&status), json) {
        (None, _) => whole("a status of the description", status.to_string()),
        (Some(Some(described)), None) if !described.or_else => whole("JSON", "something else".to_owned()),
        (Some(Some(described)), Some(json)) => described.drift(&Value::Object(json.clone())),
        (Some(_), _) => Vec::new(),
    }
}

/// Whether it is a path that the description has as `template`.
fn is_of(path: &str, template: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    let parts = |path: &str| path.split('/').count();
    let mut both = path.split('/').zip(template.split('/'));
    parts(path) == parts(template) && both.all(|(part, of)| part == of || (of.starts_with('{') && !part.is_empty()))
}

fn statuses(operation: &Value, [lenient, strict]: [&Value; 2]) -> HashMap<u16, Option<Described>> {
    let answers = operation["responses"].as_object().into_iter().flatten();
    let described = answers.filter_map(|(status, answer)| {
        let content = &answer["content"];
        let schema = ["application/json", "application/problem+json"].iter().find_map(|kind| content.get(*kind));
        let or_else = content.as_object().is_some_and(|kinds| kinds.len() > 1);
        let described = schema.and_then(|schema| Described::of(&schema["schema"], lenient, strict, or_else));
        Some((status.parse().ok()?, described))
    });
    described.collect()
}

impl Described {
    fn of(schema: &Value, lenient: &Value, strict: &Value, or_else: bool) -> Option<Self> {
        let compiled = |of: &Value, fields: Value| {
            let whole = json!({"allOf": [schema], "components": of["components"], "unevaluatedProperties": fields});
            jsonschema::draft202012::new(&whole).ok()
        };
        Some(Self {
            lenient: compiled(lenient, json!(true))?,
            strict: [compiled(lenient, json!(false))?, compiled(strict, json!(true))?],
            or_else,
        })
    }

    fn drift(&self, answer: &Value) -> Vec<Drift> {
        let told = |by: &Validator| by.iter_errors(answer).flat_map(|error| told(&error)).collect::<Vec<_>>();
        let broken = told(&self.lenient);
        if broken.is_empty() { self.strict.iter().flat_map(told).collect() } else { broken }
    }
}

/// Objects within an answer have no fields but those described. The answer itself is put together from several, and is closed as a whole.
fn closes(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            for (key, within) in fields.iter_mut() {
                if key == "items" && within.is_object() {
                    within["unevaluatedProperties"] = json!(false);
                }
                closes(within);
            }
        }
        Value::Array(values) => values.iter_mut().for_each(closes),
        _ => {}
    }
}

fn told(error: &ValidationError<'_>) -> Vec<Drift> {
    let place = pointer(error.instance_path().as_str());
    let found = || kind(error.instance()).to_owned();
    let drift =
        |pointer: String, expected: String, found: String| vec![Drift { pointer, expected, found, is_new: false }];
    match error.kind() {
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            drift(format!("{place}/{}", shown(name)), "a field".to_owned(), "none".to_owned())
        }
        Kind::UnevaluatedProperties { unexpected } | Kind::AdditionalProperties { unexpected } => {
            let new = |name: &String| Drift {
                pointer: format!("{place}/{}", shown(name)),
                expected: "no such field".to_owned(),
                found: "one".to_owned(),
                is_new: true,
            };
            unexpected.iter().map(new).collect()
        }
        Kind::Type { kind } => drift(place, one_type(kind), found()),
        // Of the answers that it could be, the one that it is nearest to.
        Kind::OneOfNotValid { context } | Kind::AnyOf { context } => {
            let nearest = context.iter().min_by_key(|errors| errors.len());
            nearest.into_iter().flatten().flat_map(told).collect()
        }
        other => drift(place, format!("what `{}` says", other.keyword()), format!("{}, and not so", found())),
    }
}

fn one_type(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(one) => one.to_string(),
        TypeKind::Multiple(_) => "one of several types".to_owned(),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// The name of a field, if it is one by its form: somebody else's server has chosen it.
pub(crate) fn shown(name: &str) -> &str {
    let is_name = (1..=40).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    if is_name { name } else { "…" }
}

fn pointer(path: &str) -> String {
    path.split('/').skip(1).fold(String::new(), |place, part| format!("{place}/{}", shown(part)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alive() -> Value {
        json!({"ok": "yes", "code": "alive", "say": "Alive.", "menu": [], "draft": "", "cursor": ""})
    }

    fn drifted(method: &str, path: &str, status: u16, body: &Value) -> Vec<(String, String, String, bool)> {
        let drift = drift(method, path, status, body.as_object());
        drift.into_iter().map(|one| (one.pointer, one.expected, one.found, one.is_new)).collect()
    }

    fn one(pointer: &str, expected: &str, found: &str, is_new: bool) -> Vec<(String, String, String, bool)> {
        vec![(pointer.to_owned(), expected.to_owned(), found.to_owned(), is_new)]
    }

    #[test]
    fn every_operation_of_the_description_can_be_compared_with() {
        let statuses: usize = ANSWERS.values().map(HashMap::len).sum();
        assert!(ANSWERS.len() >= 12 && statuses >= 80, "{} with {statuses}", ANSWERS.len());
        assert!(ANSWERS.iter().flat_map(|(key, of)| of.iter().map(move |one| (key, one))).all(
            |((_, path), (status, described))| {
                described.is_some() || (*status == 200 && ["/qr", "/j", "/install", "/talk"].contains(&path.as_str()))
            }
        ));
    }

    #[test]
    fn an_answer_as_described_has_not_drifted() {
        assert_eq!(drifted("GET", "/health", 200, &alive()), []);
        let mut ready = alive();
        ready["dependencies"] = json!([{"name": "store", "state": "up", "round_trip_ms": 1.5}]);
        assert_eq!(drifted("GET", "/health?probe=ready", 200, &ready), []);
        assert_eq!(drift("GET", "/talk", 200, None), []);
        for nobodys in ["/nowhere", "/qr/1/2", "/qr/"] {
            assert_eq!(drifted("GET", nobodys, 404, &json!({})), [], "nobody has described {nobodys}");
        }
        let state = json!({"code": "invite-state", "id": "1", "state": "unused"});
        assert_eq!(drifted("GET", "/qr/1?x", 200, &state).len(), 5, "the other keys of every answer");
    }

    #[test]
    fn what_is_missing_or_of_another_type_is_told_by_its_place_and_never_by_its_value() {
        let mut missing = alive();
        missing.as_object_mut().expect("an object").remove("menu");
        assert_eq!(drifted("GET", "/health", 200, &missing), one("/menu", "a field", "none", false));
        let mut other = alive();
        other["cursor"] = json!(7_654_321);
        assert_eq!(drifted("GET", "/health", 200, &other), one("/cursor", "string", "integer", false));
        let mut within = alive();
        within["dependencies"] = json!([{"name": "store", "state": "sideways", "round_trip_ms": 1.5}]);
        let expected = one("/dependencies/0/state", "what `pattern` says", "string, and not so", false);
        assert_eq!(drifted("GET", "/health", 200, &within), expected);
        assert_eq!(drifted("GET", "/health", 204, &alive()), one("", "a status of the description", "204", false));
        assert_eq!(drift("GET", "/redeem", 200, None)[0].expected, "JSON");
        assert_eq!(drift("POST", "/qr", 201, None), [], "a picture");
    }

    #[test]
    fn what_is_new_is_told_apart_from_what_is_broken() {
        let mut newer = alive();
        newer["mood"] = json!("fine");
        assert_eq!(drifted("GET", "/health", 200, &newer), one("/mood", "no such field", "one", true));
        newer["dependencies"] = json!([{"name": "store", "state": "up", "round_trip_ms": 1, "v3.local.secret": 1}]);
        let told = drifted("GET", "/health", 200, &newer);
        assert!(told.iter().all(|(.., is_new)| *is_new) && told.len() == 2, "{told:?}");
        assert!(!format!("{told:?}").contains("secret"));
        newer.as_object_mut().expect("an object").remove("say");
        assert_eq!(drifted("GET", "/health", 200, &newer), one("/say", "a field", "none", false));
    }

    #[test]
    fn of_two_answers_that_it_could_be_the_nearer_one_is_compared_with() {
        let mut news = alive();
        for key in ["message", "from_team", "from_member", "sent_at"] {
            news[key] = json!("");
        }
        (news["code"], news["kind"]) = (json!("message"), json!("message"));
        assert_eq!(drifted("GET", "/mediate?wait=1", 200, &news), one("/waiting", "a field", "none", false));
    }
}
