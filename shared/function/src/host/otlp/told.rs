//! What a deployment is told about its traces, in OpenTelemetry's own variables.

use crate::settings::{SettingError, is_near};
use crate::traces::Sampler;
use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use percent_encoding::percent_decode_str;

const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
const TRACES_ENDPOINT: &str = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
const PROTOCOL: &str = "OTEL_EXPORTER_OTLP_PROTOCOL";
const HEADERS: &str = "OTEL_EXPORTER_OTLP_HEADERS";
const SAMPLER: &str = "OTEL_TRACES_SAMPLER";
const SAMPLER_ARG: &str = "OTEL_TRACES_SAMPLER_ARG";
const SERVICE: &str = "OTEL_SERVICE_NAME";
const RESOURCE: &str = "OTEL_RESOURCE_ATTRIBUTES";
/// Not one of theirs: whether whoever runs the language model learns which trace its call belongs to.
const TELLS_MODEL: &str = "TRUCE_MODEL_TRACEPARENT";

/// Where spans go, and what is said with them.
pub(super) struct Told {
    pub(super) endpoint: Uri,
    /// Sensitive, every one: most collectors' keys are among them.
    pub(super) headers: HeaderMap,
    pub(super) sampler: Sampler,
    pub(super) resource: Vec<(String, String)>,
    pub(super) database: &'static str,
    pub(super) tells_model: bool,
}

impl Told {
    /// `None` when nothing says where spans go.
    pub(super) fn from_lookup(
        function: &str,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, SettingError> {
        let endpoint = match (lookup(TRACES_ENDPOINT), lookup(ENDPOINT)) {
            (Some(whole), _) => parse_endpoint(TRACES_ENDPOINT, whole.trim())?,
            (None, Some(base)) => {
                parse_endpoint(ENDPOINT, &format!("{}/v1/traces", base.trim().trim_end_matches('/')))?
            }
            (None, None) => return Ok(None),
        };
        if lookup(PROTOCOL).is_some_and(|protocol| protocol.trim() != "http/protobuf") {
            return Err(SettingError::new(PROTOCOL, "is `http/protobuf` or not set: there is no other way here"));
        }
        let headers = lookup(HEADERS).map_or(Ok(HeaderMap::new()), |text| parse_headers(&text))?;
        let in_the_clear = endpoint.scheme_str() == Some("http") && !endpoint.host().is_some_and(is_near);
        if in_the_clear && !headers.is_empty() {
            return Err(SettingError::new(
                HEADERS,
                "goes over https only, unless the collector is near: it may be a key",
            ));
        }
        Ok(Some(Self {
            endpoint,
            headers,
            sampler: parse_sampler(&lookup)?,
            resource: resource(function, &lookup)?,
            database: database(&lookup("TRUCE_STORE").unwrap_or_default()),
            tells_model: lookup(TELLS_MODEL).map_or(Ok(false), |text| parse_yes(&text))?,
        }))
    }
}

fn parse_endpoint(name: &'static str, text: &str) -> Result<Uri, SettingError> {
    let wrong = || SettingError::new(name, "is an address like `http://localhost:4318`: http or https, no query");
    let url: Uri = text.parse().map_err(|_| wrong())?;
    let authority = url.authority().ok_or_else(wrong)?;
    if !matches!(url.scheme_str(), Some("http" | "https")) || url.query().is_some() || authority.host().is_empty() {
        return Err(wrong());
    }
    if authority.as_str().contains('@') {
        return Err(SettingError::new(name, "holds no password: OTEL_EXPORTER_OTLP_HEADERS does"));
    }
    Ok(url)
}

/// `name=value,name=value`, the values percent-encoded.
fn parse_headers(text: &str) -> Result<HeaderMap, SettingError> {
    let wrong = || SettingError::new(HEADERS, "is a list like `name=value,name=value`, percent-encoded");
    let mut headers = HeaderMap::new();
    for (name, value) in pairs(text).ok_or_else(wrong)? {
        let name = HeaderName::try_from(name).map_err(|_| wrong())?;
        let mut value = HeaderValue::try_from(value).map_err(|_| wrong())?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(headers)
}

fn pairs(text: &str) -> Option<Vec<(String, String)>> {
    let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
    let decoded = |part: &str| percent_decode_str(part.trim()).decode_utf8().ok().map(String::from);
    entries
        .map(|entry| {
            let (name, value) = entry.split_once('=')?;
            Some((decoded(name).filter(|name| !name.is_empty())?, decoded(value)?))
        })
        .collect()
}

fn parse_sampler(lookup: impl Fn(&str) -> Option<String>) -> Result<Sampler, SettingError> {
    let Some(name) = lookup(SAMPLER) else { return Ok(Sampler::default()) };
    let share = lookup(SAMPLER_ARG);
    let share = share.as_deref().map(str::trim);
    Sampler::named(name.trim(), share).ok_or_else(|| match Sampler::named(name.trim(), None) {
        Some(_) => SettingError::new(SAMPLER_ARG, "is a share of all traces, from 0 to 1"),
        None => SettingError::new(SAMPLER, "is always_on, always_off or traceidratio, alone or after `parentbased_`"),
    })
}

/// What describes this process. A name that is set goes before a default, and `OTEL_SERVICE_NAME` before all.
fn resource(function: &str, lookup: impl Fn(&str) -> Option<String>) -> Result<Vec<(String, String)>, SettingError> {
    let wrong = || SettingError::new(RESOURCE, "is a list like `name=value,name=value`, percent-encoded");
    let mut resource = lookup(RESOURCE).map_or(Some(Vec::new()), |text| pairs(&text)).ok_or_else(wrong)?;
    if let Some(name) = lookup(SERVICE) {
        resource.retain(|(key, _)| key != "service.name");
        resource.push(("service.name".to_owned(), name));
    }
    for (key, value) in [
        ("service.name", format!("truce-{function}").as_str()),
        ("service.version", env!("CARGO_PKG_VERSION")),
        ("telemetry.sdk.name", "truce"),
        ("telemetry.sdk.language", "rust"),
        ("telemetry.sdk.version", env!("CARGO_PKG_VERSION")),
    ] {
        if !resource.iter().any(|(known, _)| known == key) {
            resource.push((key.to_owned(), value.to_owned()));
        }
    }
    Ok(resource)
}

/// The store that `TRUCE_STORE` names, as OpenTelemetry names it.
fn database(store: &str) -> &'static str {
    match store.split(':').next() {
        Some("sqlite") => "sqlite",
        Some("redis" | "rediss") => "redis",
        Some("dynamodb") => "aws.dynamodb",
        _ => "other",
    }
}

fn parse_yes(text: &str) -> Result<bool, SettingError> {
    match text.trim() {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err(SettingError::new(TELLS_MODEL, "is `yes` or `no`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(settings: &[(&str, &str)]) -> Result<Option<Told>, SettingError> {
        Told::from_lookup("mediate", |name| {
            settings.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned())
        })
    }

    /// With a collector on this machine, and `settings` besides.
    fn with(settings: &[(&str, &str)]) -> Result<Told, SettingError> {
        let all = [&[(ENDPOINT, "http://localhost:4318")], settings].concat();
        told(&all).map(|told| told.expect("a collector"))
    }

    fn refused(settings: &[(&str, &str)]) -> String {
        with(settings).err().expect("it does not hold").to_string()
    }

    #[test]
    fn nothing_goes_anywhere_unless_it_is_said_where() {
        assert!(told(&[(HEADERS, "a=b"), (SAMPLER, "always_on")]).expect("nothing is well").is_none());
    }

    #[test]
    fn an_address_for_traces_is_whole_and_one_for_everything_gets_the_path_of_traces() {
        let at = |settings: &[(&str, &str)]| with(settings).expect("it holds").endpoint.to_string();
        assert_eq!(at(&[]), "http://localhost:4318/v1/traces");
        assert_eq!(at(&[(TRACES_ENDPOINT, "https://c.example/in")]), "https://c.example/in");
        let based = told(&[(ENDPOINT, "https://c.example/otlp/")]).expect("it holds").expect("a collector");
        assert_eq!(based.endpoint, "https://c.example/otlp/v1/traces");
    }

    #[test]
    fn what_does_not_hold_is_named_and_never_shown() {
        for (name, value) in [
            (TRACES_ENDPOINT, "secret"),
            (TRACES_ENDPOINT, "https://c.example/?key=secret"),
            (TRACES_ENDPOINT, "https://user:secret@c.example/"),
            (TRACES_ENDPOINT, "ftp://secret/"),
            (PROTOCOL, "grpc"),
            (HEADERS, "secret"),
            (HEADERS, "a=sec%0Aret"),
            (HEADERS, "=secret"),
            (SAMPLER, "secret"),
            (RESOURCE, "secret"),
            (TELLS_MODEL, "secret"),
        ] {
            let why = refused(&[(name, value)]);
            assert!(why.starts_with(name) && !why.contains("secret"), "{why}");
        }
        let why = refused(&[(SAMPLER, "traceidratio"), (SAMPLER_ARG, "half")]);
        assert!(why.starts_with(SAMPLER_ARG), "{why}");
    }

    #[test]
    fn headers_are_decoded_never_shown_and_go_over_no_network_in_the_clear() {
        let headers = with(&[(HEADERS, "authorization=Basic%20secret, x-team=a%2Cb")]).expect("it holds").headers;
        assert_eq!(
            (&headers["authorization"], &headers["x-team"]),
            (&"Basic secret".parse().unwrap(), &"a,b".parse().unwrap())
        );
        assert!(!format!("{headers:?}").contains("secret"));
        let far = "http://c.example/v1/traces";
        assert!(refused(&[(TRACES_ENDPOINT, far), (HEADERS, "a=secret")]).starts_with(HEADERS));
        assert!(with(&[(TRACES_ENDPOINT, far)]).is_ok());
    }

    #[test]
    fn a_process_is_called_what_it_is_told_to_be_called() {
        let name = |settings: &[(&str, &str)]| {
            let resource = with(settings).expect("it holds").resource;
            let names: Vec<_> = resource.into_iter().filter(|(key, _)| key == "service.name").collect();
            assert_eq!(names.len(), 1);
            names[0].1.clone()
        };
        assert_eq!(name(&[]), "truce-mediate");
        assert_eq!(name(&[(RESOURCE, "service.name=a%20b,deployment.environment.name=test")]), "a b");
        assert_eq!(name(&[(RESOURCE, "service.name=a"), (SERVICE, "b")]), "b");
    }

    #[test]
    fn a_store_has_the_name_that_everybody_knows_it_by() {
        for (store, name) in [
            ("sqlite:/data/truce.db", "sqlite"),
            ("rediss://user:secret@redis:6379", "redis"),
            ("dynamodb:truce", "aws.dynamodb"),
            ("memory", "other"),
        ] {
            assert_eq!(with(&[("TRUCE_STORE", store)]).expect("it holds").database, name);
        }
    }
}
