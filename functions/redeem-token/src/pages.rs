//! The join page, and how to put Truce on a wrist. Opening either changes nothing: link previews open pages too.

use axum::Extension;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::sync::Arc;
use truce_function::Environment;
use truce_function::openapi::Always;
use truce_function::page::Page;
use truce_function::settings::{SHORTCUTS, ShortcutLinks};

/// What a Shortcut looks like when it runs, and the words that are on it.
struct Picture {
    webp: &'static [u8],
    words: &'static str,
}

macro_rules! picture {
    ($name:literal) => {
        Picture {
            webp: include_bytes!(concat!("../pages/pictures/", $name, ".webp")),
            words: include_str!(concat!("../pages/pictures/", $name, ".txt")),
        }
    };
}

/// In the order of [`SHORTCUTS`]; a run of the browser's tests takes them: `contract-tests/browser/journeys/pictures.mjs`.
const PICTURES: [Picture; SHORTCUTS.len()] = [
    picture!("truce-join"),
    picture!("truce"),
    picture!("truce-check"),
    picture!("truce-agreements"),
    picture!("truce-leave"),
];

/// This function's pages, put together once.
#[derive(Clone)]
pub(crate) struct Pages(Arc<[Page; 2]>);

impl Pages {
    pub(crate) fn new(env: &Environment) -> Self {
        let join = truce_function::page!("../pages/join").with_model(env);
        Self(Arc::new([join, install_page(&env.settings().shortcuts)]))
    }
}

/// With the pictures, and a link for each Shortcut that this deployment shares.
fn install_page(links: &ShortcutLinks) -> Page {
    let mut page = truce_function::page!("../pages/install");
    for ((name, link), picture) in links.each().zip(PICTURES) {
        let webp = STANDARD.encode(picture.webp);
        let words = picture.words.trim_end();
        let shown = format!("<img alt=\"{words}\" src=\"data:image/webp;base64,{webp}\" width=\"170\">");
        page = page.with(&format!("<!--picture:{name}-->"), &shown);
        // What a setting lets into a link means nothing in markup.
        let add = link.map(|link| format!("<a class=\"button\" href=\"{link}\" rel=\"noreferrer\">Get {name}</a>"));
        page = page.with(&format!("<!--add:{name}-->"), &add.unwrap_or_default());
    }
    let missing = if links.is_whole() { "" } else { MISSING };
    page.with("<!--missing-->", missing)
}

/// Where some have no link.
const MISSING: &str = "<p class=\"note\" id=\"missing\">Those without a button here are not shared yet: ask whoever runs this. They make all five \
                       with <code>truce shortcuts build</code>, sign them on a Mac, and say in <code>TRUCE_SHORTCUTS</code> where they are.</p>";

/// The join page
#[utoipa::path(get, path = "/j", tag = "redeem-token",
    responses((status = 200, description = "A page", body = String, content_type = "text/html"), Always))]
pub(crate) async fn join(Extension(pages): Extension<Pages>) -> Page {
    pages.0[0].clone()
}

/// How to put Truce on a wrist
#[utoipa::path(get, path = "/install", tag = "redeem-token",
    responses((status = 200, description = "A page", body = String, content_type = "text/html"), Always))]
pub(crate) async fn install(Extension(pages): Extension<Pages>) -> Page {
    pages.0[1].clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_on_a_picture_means_nothing_in_markup_and_it_is_a_picture() {
        for Picture { webp, words } in PICTURES {
            assert!(!words.contains(['<', '>', '"', '&']) && words.trim().len() > 5, "{words}");
            assert_eq!((&webp[..4], &webp[8..12]), (b"RIFF".as_slice(), b"WEBP".as_slice()), "{words}");
            assert!(webp.len() < 16 * 1024, "{words}: {} bytes", webp.len());
        }
    }
}
