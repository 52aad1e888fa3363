//! A page, whole in one answer: markup, style and script together, with a policy that lets exactly these run.
//!
//! A page is three files beside each other, `talk.html`, `talk.css` and `talk.js`, put together once at start-up with
//! what all pages share (`pages/truce.css`, `pages/truce.js`). The markup says where: `<!--style-->` and `<!--script-->`. One that shows
//! the Shortcuts has `<!--icons-->` too, for their drawings (`pages/icons.svg`).
//! Nothing else may be inline: the content security policy names the hash of each block, and a browser refuses
//! every handler, style attribute and script that is not in one of them.
//!
//! ```
//! # use axum::response::IntoResponse as _;
//! use truce_function::page::Page;
//!
//! let page = Page::assemble("<!doctype html><title>Hi</title><!--style--><p>Hello.<!--script-->", "p { margin: 0 }", "");
//! assert_eq!(page.into_response().headers()["content-type"], "text/html; charset=utf-8");
//! ```

use crate::Environment;
use axum::body::Bytes;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderName, HeaderValue, header};
use sha2::{Digest, Sha256};

/// What all pages look like.
pub const SHARED_STYLE: &str = include_str!("../pages/truce.css");
const SHARED_SCRIPT: &str = include_str!("../pages/truce.js");

const SHARED_ICONS: &str = include_str!("../pages/icons.svg");

const STYLE_MARK: &str = "<!--style-->";
const SCRIPT_MARK: &str = "<!--script-->";
const ICONS_MARK: &str = "<!--icons-->";

/// Dictation needs the microphone; nothing needs the rest.
const PERMISSIONS: &str = "microphone=(self), camera=(), geolocation=(), payment=(), usb=(), browsing-topics=()";

/// A page, ready to be answered with; a clone costs no copy.
#[derive(Debug, Clone)]
pub struct Page {
    html: Bytes,
    policy: HeaderValue,
}

/// A page from its three files: `page!("../pages/talk")` takes `talk.html`, `talk.css` and `talk.js` from `../pages`, seen
/// from the file it is written in. Further paths are scripts that follow the page's own.
#[macro_export]
macro_rules! page {
    ($path:literal $(, $script:literal)*) => {
        $crate::page::Page::assemble(
            include_str!(concat!($path, ".html")),
            include_str!(concat!($path, ".css")),
            concat!(include_str!(concat!($path, ".js")) $(, "\n", include_str!(concat!($script, ".js")))*),
        )
    };
}

impl Page {
    /// A page that has only the style and script that all pages share.
    pub fn new(html: &'static str) -> Self {
        Self::assemble(html, "", "")
    }

    /// A page with style and script of its own.
    pub fn assemble(html: &str, style: &str, script: &str) -> Self {
        // Hashed is what stands between the tags, to the last line break.
        let style = format!("\n{SHARED_STYLE}\n{style}");
        let script = format!("\n{SHARED_SCRIPT}\n{script}");
        let policy = format!(
            "default-src 'none'; script-src '{}'; style-src '{}'; connect-src 'self'; img-src 'self' data: blob:; \
             manifest-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; \
             require-trusted-types-for 'script'; trusted-types 'none'",
            hash(&script),
            hash(&style),
        );
        let html = html
            .replacen(ICONS_MARK, SHARED_ICONS, 1)
            .replacen(STYLE_MARK, &format!("<style>{style}</style>"), 1)
            .replacen(SCRIPT_MARK, &format!("<script type=\"module\">{script}</script>"), 1);
        Self { html: html.into(), policy: HeaderValue::from_str(&policy).expect("a policy of ASCII") }
    }
}

impl Page {
    /// With `markup` in place of `mark`, which stands outside of style and script.
    #[must_use]
    pub fn with(mut self, mark: &str, markup: &str) -> Self {
        let html = std::str::from_utf8(&self.html).expect("it was made from text");
        self.html = html.replacen(mark, markup, 1).into();
        self
    }

    /// With a line in place of `<!--model-->` that says who else hears what is said, where somebody does.
    #[must_use]
    pub fn with_model(self, env: &Environment) -> Self {
        let host = env.settings().model.as_ref().and_then(|model| model.url.host());
        let line = host.map_or_else(String::new, |host| {
            // A host of an address has no character that means anything in markup.
            format!("<li>A language model at <strong>{host}</strong> helps to find the words. It is told what you say, and not who you are.</li>")
        });
        self.with("<!--model-->", &line)
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let headers: [(HeaderName, HeaderValue); 5] = [
            (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
            (header::CONTENT_SECURITY_POLICY, self.policy),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
            (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
            (HeaderName::from_static("permissions-policy"), HeaderValue::from_static(PERMISSIONS)),
        ];
        (headers, self.html).into_response()
    }
}

/// A source expression (CSP 3, 2.3.1) that allows exactly this text.
pub fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Made = (&'static str, fn() -> Page);

    const PAGES: [Made; 5] = [
        ("watch", || crate::page!("../../../watch-shortcuts/simulator/pages/watch")),
        ("console", || crate::page!("../../../functions/issue-qr/pages/console")),
        ("join", || crate::page!("../../../functions/redeem-token/pages/join")),
        ("install", || crate::page!("../../../functions/redeem-token/pages/install")),
        ("talk", || {
            crate::page!("../../../functions/mediate/pages/talk", "../../../functions/mediate/pages/dictation")
        }),
    ];

    fn every_page(check: impl Fn(&str, &str, &str)) {
        for (name, page) in PAGES {
            let page = page();
            let html = std::str::from_utf8(&page.html).expect("UTF-8");
            check(name, html, page.policy.to_str().expect("ASCII"));
        }
    }

    /// What stands between every `<tag …>` and its end.
    fn blocks<'a>(html: &'a str, tag: &str) -> Vec<&'a str> {
        let (open, close) = (format!("<{tag}"), format!("</{tag}>"));
        let starts = html.match_indices(&open).map(|(at, _)| &html[at..]);
        starts.map(|from| &from[from.find('>').unwrap() + 1..from.find(&close).unwrap()]).collect()
    }

    /// The markup alone: no style, no script.
    fn markup(html: &str) -> String {
        ["style", "script"].iter().fold(html.to_owned(), |html, tag| {
            blocks(&html, tag).iter().fold(html.clone(), |html, block| html.replace(block, ""))
        })
    }

    #[test]
    fn every_inline_block_is_named_in_the_policy_and_nothing_else_is_allowed() {
        every_page(|name, html, policy| {
            for (tag, directive) in [("style", "style-src"), ("script", "script-src")] {
                let inline = blocks(html, tag);
                assert_eq!(inline.len(), 1, "{name}: one <{tag}>");
                let rule = format!("{directive} '{}';", hash(inline[0]));
                assert!(policy.contains(&rule), "{name}: {rule} is not in {policy}");
            }
            assert!(policy.starts_with("default-src 'none'"), "{name}");
            assert!(!policy.contains("unsafe"), "{name}");
        });
    }

    #[test]
    fn markup_holds_no_handler_no_style_attribute_and_nothing_from_elsewhere() {
        every_page(|name, html, _| {
            let markup = markup(html).replace("http://www.w3.org/2000/svg", "");
            let tags: Vec<&str> = markup.split('<').filter_map(|from| from.split('>').next()).collect();
            for tag in tags {
                let handler = tag.split_whitespace().find(|word| word.starts_with("on") && word.contains('='));
                assert_eq!(handler, None, "{name}: <{tag}>");
                assert!(!tag.contains("style="), "{name}: <{tag}>");
                assert!(!tag.contains("//"), "{name}: <{tag}>");
                assert!(!tag.contains("javascript:"), "{name}: <{tag}>");
                assert!(!tag.starts_with("link") || tag.contains("href=\"data:"), "{name}: <{tag}>");
            }
        });
    }

    #[test]
    fn scripts_never_parse_what_people_wrote_as_markup() {
        every_page(|name, html, _| {
            let script = blocks(html, "script").concat();
            for word in
                ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "import("]
            {
                assert!(!script.contains(word), "{name}: {word}");
            }
            let all = format!("{script}{}", blocks(html, "style").concat());
            for word in ["http:", "https:", "ws:", "wss:", "@import", "url("] {
                assert!(!all.contains(word), "{name}: {word}");
            }
        });
    }

    #[test]
    fn every_page_says_its_language_and_title_and_fits_a_phone() {
        every_page(|name, html, _| {
            for part in ["<!doctype html>", "<html lang=\"en\"", "<title>", "name=\"viewport\"", "<main", "<noscript>"]
            {
                assert!(html.contains(part), "{name}: {part}");
            }
            assert!(
                !html.contains(STYLE_MARK) && !html.contains(SCRIPT_MARK) && !html.contains(ICONS_MARK),
                "{name}: a mark was left"
            );
        });
    }

    #[test]
    fn a_page_is_answered_whole_and_kept_by_nobody() {
        let response = Page::new("<!doctype html><title>x</title><!--style--><!--script-->").into_response();
        let headers = response.headers();
        assert_eq!(headers[header::CONTENT_TYPE], "text/html; charset=utf-8");
        assert_eq!(headers[header::CACHE_CONTROL], "no-store");
        assert_eq!(headers[header::REFERRER_POLICY], "no-referrer");
        assert!(headers["permissions-policy"].to_str().unwrap().contains("microphone=(self)"));
    }

    #[test]
    fn a_changed_script_changes_the_policy() {
        let policy = |script| Page::assemble("<!--script-->", "", script).policy;
        assert_ne!(policy("a()"), policy("b()"));
        assert_eq!(policy("a()"), policy("a()"));
    }
}
