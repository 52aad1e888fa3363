//! Which language model helps with the wording, if one does.

use super::{SettingError, parse_number};
use http::{HeaderValue, Uri};
use std::net::IpAddr;
use std::time::Duration;

const URL: &str = "TRUCE_MODEL_URL";
const NAME: &str = "TRUCE_MODEL";
const KEY: &str = "TRUCE_MODEL_KEY";
const SECONDS: &str = "TRUCE_MODEL_SECONDS";
/// Whoever has spoken is looking at a wrist and waits.
const PATIENCE: Duration = Duration::from_secs(3);
const LONGEST_PATIENCE: u64 = 20;

/// A language model of somebody else's, asked for a wording and nothing more.
#[derive(Debug, Clone)]
pub struct ModelSettings {
    /// Where it is asked. Its path says in which way.
    pub url: Uri,
    /// In which way.
    pub api: ModelApi,
    /// Which of the provider's models.
    pub name: String,
    /// Who pays; marked as sensitive, so that nothing prints it.
    pub key: Option<HeaderValue>,
    /// How long it is waited for.
    pub patience: Duration,
}

/// How a provider is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelApi {
    /// `…/chat/completions`, as `OpenAI` has it, and most others and the programs that run a model at home have it too.
    ChatCompletions,
    /// `…/messages`, as Anthropic has it.
    Messages,
}

impl ModelSettings {
    /// Reads `TRUCE_MODEL_URL`, `TRUCE_MODEL`, `TRUCE_MODEL_KEY` and `TRUCE_MODEL_SECONDS`; `None` when there is no model.
    pub(super) fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Option<Self>, SettingError> {
        let given = |name| lookup(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let (Some(url), name) = (given(URL), given(NAME)) else {
            let left_over = [NAME, KEY].into_iter().find(|name| given(name).is_some());
            return left_over.map_or(Ok(None), |name| Err(SettingError::new(name, format!("is set and {URL} is not"))));
        };
        let (url, api) = parse_url(&url)?;
        let name = name.filter(|name| name.chars().count() <= 128 && !name.chars().any(char::is_control));
        let name = name
            .ok_or_else(|| SettingError::new(NAME, "names the model at TRUCE_MODEL_URL, in at most 128 characters"))?;
        let key = given(KEY).map(|key| parse_key(&key, api)).transpose()?;
        let patience = match given(SECONDS) {
            Some(seconds) => match parse_number(SECONDS, &seconds)? {
                seconds @ 1..=LONGEST_PATIENCE => Duration::from_secs(seconds),
                _ => return Err(SettingError::new(SECONDS, format!("is 1 to {LONGEST_PATIENCE}"))),
            },
            None => PATIENCE,
        };
        Ok(Some(Self { url, api, name, key, patience }))
    }
}

fn parse_url(text: &str) -> Result<(Uri, ModelApi), SettingError> {
    let wrong = |problem: &str| SettingError::new(URL, problem);
    let url: Uri = text.parse().map_err(|_| wrong("is no address"))?;
    let api = match url.path() {
        path if path.ends_with("/chat/completions") => ModelApi::ChatCompletions,
        path if path.ends_with("/messages") => ModelApi::Messages,
        _ => return Err(wrong("ends in `/chat/completions` or `/messages`: that says how the model is asked")),
    };
    let bare = url.query().is_none() && url.authority().is_some_and(|authority| !authority.as_str().contains('@'));
    if !bare {
        return Err(wrong("holds no password and no query: the key goes into TRUCE_MODEL_KEY"));
    }
    match url.scheme_str() {
        Some("https") => Ok((url, api)),
        Some("http") if url.host().is_some_and(is_near) => Ok((url, api)),
        Some("http") => {
            Err(wrong("is https, unless the model runs on this machine or its own network: it is told what people say"))
        }
        _ => Err(wrong("begins with https://")),
    }
}

/// Whether nobody in between reads along: this machine, a private address, a name without a dot such as that of a container.
pub(crate) fn is_near(host: &str) -> bool {
    match host.trim_matches(['[', ']']).parse() {
        Ok(IpAddr::V4(address)) => address.is_loopback() || address.is_private(),
        Ok(IpAddr::V6(address)) => address.is_loopback() || address.is_unique_local(),
        Err(_) => !host.contains('.'),
    }
}

fn parse_key(key: &str, api: ModelApi) -> Result<HeaderValue, SettingError> {
    let value = match api {
        ModelApi::ChatCompletions => format!("Bearer {key}"),
        ModelApi::Messages => key.to_owned(),
    };
    let mut value = HeaderValue::from_str(&value)
        .map_err(|_| SettingError::new(KEY, "is one line of characters that a header can have"))?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(settings: &[(&str, &str)]) -> Result<Option<ModelSettings>, SettingError> {
        ModelSettings::from_lookup(|name| {
            settings.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned())
        })
    }

    fn refused(settings: &[(&str, &str)]) -> String {
        told(settings).expect_err("it does not hold").to_string()
    }

    #[test]
    fn without_an_address_there_is_no_model_and_a_key_alone_is_a_mistake() {
        assert!(told(&[]).expect("nothing is well").is_none());
        assert!(told(&[(URL, " ")]).expect("empty is not set").is_none());
        assert_eq!(refused(&[(KEY, "k")]), "TRUCE_MODEL_KEY is set and TRUCE_MODEL_URL is not");
    }

    #[test]
    fn the_path_says_how_it_is_asked() {
        let asked = |url| told(&[(URL, url), (NAME, "small")]).expect("it holds").expect("a model");
        let chat = asked("https://models.example/v1/chat/completions");
        assert_eq!((chat.api, chat.patience), (ModelApi::ChatCompletions, PATIENCE));
        assert_eq!(asked("https://models.example/v1/messages").api, ModelApi::Messages);
        assert!(refused(&[(URL, "https://models.example/v1"), (NAME, "small")]).contains("/chat/completions"));
    }

    #[test]
    fn what_people_say_goes_over_no_network_in_the_clear() {
        for near in ["127.0.0.1:11434", "localhost:11434", "[::1]", "10.1.2.3", "models", "[fd00::1]"] {
            assert!(told(&[(URL, &format!("http://{near}/v1/messages")), (NAME, "small")]).is_ok(), "{near}");
        }
        for far in ["models.example", "8.8.8.8", "[2001:db8::1]", "172.32.0.1"] {
            let why = refused(&[(URL, &format!("http://{far}/v1/messages")), (NAME, "small")]);
            assert!(why.contains("https"), "{why}");
        }
    }

    #[test]
    fn a_secret_is_nowhere_but_in_its_setting_and_is_never_shown() {
        for url in ["https://user:secret@models.example/v1/messages", "https://models.example/v1/messages?key=secret"] {
            let why = refused(&[(URL, url), (NAME, "small")]);
            assert!(why.contains(KEY) && !why.contains("secret"), "{why}");
        }
        assert!(
            !refused(&[(URL, "https://models.example/v1/messages"), (NAME, "small"), (KEY, "sec\nret")])
                .contains("ret\"")
        );
        let url = "https://models.example/v1/chat/completions";
        let model = told(&[(URL, url), (NAME, "small"), (KEY, "secret")]).expect("it holds").expect("a model");
        assert_eq!(model.key.as_ref().expect("a key"), "Bearer secret");
        assert!(!format!("{model:?}").contains("secret"));
    }

    #[test]
    fn nobody_waits_longer_than_a_wrist_is_held() {
        let with = |seconds| told(&[(URL, "http://localhost/v1/messages"), (NAME, "small"), (SECONDS, seconds)]);
        assert_eq!(with("20").expect("it holds").expect("a model").patience, Duration::from_secs(20));
        for wrong in ["0", "21", "long"] {
            assert!(with(wrong).is_err(), "{wrong}");
        }
    }
}
