//! One spelling for what looks the same: spaces, quotes, dashes; nothing invisible.

/// Cleans a text without changing its words: control and invisible characters go, every run of white space becomes one
/// space, typographic quotes become plain ones. A line break becomes a full stop unless the line already ends as a
/// sentence, because people who type break lines where speakers pause.
pub(crate) fn normalise(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut space = false;
    for c in text.trim().chars() {
        match c {
            '\n' | '\r' => {
                if out.ends_with(|last: char| last.is_alphanumeric()) {
                    out.push('.');
                }
                space = true;
            }
            _ if c.is_whitespace() => space = true,
            _ if c.is_control() || invisible(c) => {}
            _ => {
                if space && !out.is_empty() {
                    out.push(' ');
                }
                space = false;
                out.push(plain(c));
            }
        }
    }
    out
}

/// Zero-width and bidirectional formatting characters, tags, variation selectors: nothing a reader sees.
pub(crate) fn invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

fn plain(c: char) -> char {
    match c {
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}' | '\u{b4}' => '\'',
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{ab}' | '\u{bb}' => '"',
        '\u{2013}' | '\u{2014}' | '\u{2015}' => '\u{2014}',
        '\u{2026}' => '.',
        _ => c,
    }
}

/// A text that can be delivered byte for byte: no control and no invisible characters inside.
pub(crate) fn is_clean(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() || invisible(c))
}
