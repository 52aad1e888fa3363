//! Where the five Shortcuts of a deployment are shared from.

use super::{SettingError, entries};

const NAME: &str = "TRUCE_SHORTCUTS";
/// As they are called, in the order in which somebody needs them.
pub const SHORTCUTS: [&str; 5] = ["Truce Join", "Truce", "Truce Check", "Truce Agreements", "Truce Leave"];

/// A link for each that has one.
#[derive(Debug, Clone, Default)]
pub struct ShortcutLinks([Option<String>; SHORTCUTS.len()]);

impl ShortcutLinks {
    /// Each by its name, and the link to it: made of characters that mean nothing in markup.
    pub fn each(&self) -> impl Iterator<Item = (&'static str, Option<&str>)> {
        SHORTCUTS.into_iter().zip(self.0.iter().map(Option::as_deref))
    }

    /// Whether there is one for each.
    pub fn is_whole(&self) -> bool {
        self.0.iter().all(Option::is_some)
    }
}

/// `Truce Join=https://www.icloud.com/shortcuts/…,Truce=https://…`
impl std::str::FromStr for ShortcutLinks {
    type Err = SettingError;

    fn from_str(text: &str) -> Result<Self, SettingError> {
        let mut links = Self::default();
        for entry in entries(text) {
            let named = entry.split_once('=').and_then(|(name, link)| {
                let at = SHORTCUTS.iter().position(|shortcut| *shortcut == name.trim())?;
                Some((at, link.trim()))
            });
            match named {
                Some((at, link)) if is_link(link) => links.0[at] = Some(link.to_owned()),
                _ => {
                    let form = "is a list like `Truce Join=https://www.icloud.com/shortcuts/…,Truce=https://…`: the names of \
                                the five, each with a link of letters, digits and -._~/:";
                    return Err(SettingError::new(NAME, form));
                }
            }
        }
        Ok(links)
    }
}

fn is_link(text: &str) -> bool {
    let rest = text.strip_prefix("https://").unwrap_or_default();
    let in_link = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/:".contains(&byte);
    !rest.is_empty() && !rest.starts_with('/') && rest.bytes().all(in_link)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_the_link_that_was_named_for_it() {
        let links: ShortcutLinks =
            "Truce Leave=https://www.icloud.com/shortcuts/0a,\n Truce = https://a.example/b".parse().expect("links");
        let has: Vec<_> = links.each().filter_map(|(name, link)| Some((name, link?))).collect();
        assert_eq!(has, [("Truce", "https://a.example/b"), ("Truce Leave", "https://www.icloud.com/shortcuts/0a")]);
        assert!(!links.is_whole());
        let all = SHORTCUTS.map(|name| format!("{name}=https://a.example/{}", name.len())).join(",");
        assert!(all.parse::<ShortcutLinks>().expect("links").is_whole());
    }

    #[test]
    fn what_could_be_markup_or_lead_astray_is_refused_and_never_shown() {
        for wrong in [
            "Truce",
            "Truce=",
            "Truce War=https://a.example",
            "Truce=http://a.example",
            "Truce=https://",
            "Truce=https:///b",
            "Truce=https://a.example/\"><script>",
            "Truce=https://a.example/?key=1",
            "Truce=javascript:alert(1)",
        ] {
            let error = wrong.parse::<ShortcutLinks>().expect_err(wrong).to_string();
            assert!(error.starts_with(NAME) && !error.contains("a.example"), "{error}");
        }
    }
}
