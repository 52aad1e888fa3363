//! One spelling for what looks the same: spaces, quotes, dashes; nothing invisible.

/// Cleans a text without changing its words: control and invisible characters go, every run of white space becomes one
/// space, typographic quotes become plain ones. A line break becomes a full stop unless the line already ends as a
/// sentence, because people who type break lines where speakers pause.
pub(crate) fn normalise(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut space = false;
    let mut rest = text.trim().chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            _ if !space && joins(out.chars().last(), c, rest.peek().copied()) => out.push(c),
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

/// Whether `c`, which nobody sees, is a part of what is seen: four people become a family by what stands between them. Between letters it is
/// only there to hide something.
fn joins(before: Option<char>, c: char, after: Option<char>) -> bool {
    let is_seen = |c: char| pictured(c) || c == '\u{fe0f}';
    match c {
        '\u{200d}' => before.is_some_and(is_seen) && after.is_some_and(pictured),
        // A digit is a picture only as a key; between digits it would hide one number in another.
        '\u{fe0f}' => {
            before.is_some_and(|before| pictured(before) || signs(before) || after == Some('\u{20e3}') && keys(before))
        }
        _ => false,
    }
}

/// What is text or a picture, as is asked for: letters' neighbours, which nothing else joins.
fn signs(c: char) -> bool {
    matches!(c, '©' | '®' | '‼' | '⁉' | '™' | 'ℹ' | '〰' | '〽' | '㊗' | '㊙')
}

/// What is on a key.
fn keys(c: char) -> bool {
    matches!(c, '0'..='9' | '#' | '*')
}

/// A picture, or what makes one another: arrows and signs, emoji, their skins. <https://unicode.org/reports/tr51/>.
fn pictured(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{21ff}' | '\u{2300}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
}

/// A text that can be delivered byte for byte: no control and no invisible characters inside.
pub(crate) fn is_clean(text: &str) -> bool {
    let mut before = None;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if c.is_control() || invisible(c) && !joins(before, c, rest.peek().copied()) {
            return false;
        }
        before = Some(c);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_stays_one_and_nothing_hides_between_letters() {
        for whole in ["a 👨‍👩‍👧‍👦 b", "❤️", "👍🏽", "👩🏽‍💻 works", "🏳️‍🌈", "1️⃣ and #️⃣", "©️ 2026, ‼️"]
        {
            assert_eq!(normalise(whole), whole);
            assert!(is_clean(whole), "{whole}");
        }
        for (hides, seen) in [
            ("ki\u{200d}ll", "kill"),
            ("a\u{fe0f}b", "ab"),
            ("👨\u{200d}x", "👨x"),
            ("x\u{200d}👨", "x👨"),
            ("a \u{200d}👨", "a 👨"),
            ("1\u{fe0f}2 hours", "12 hours"),
            ("a\u{fe0f}\u{20e3}", "a\u{20e3}"),
            ("1\u{200d}\u{20e3}", "1\u{20e3}"),
            ("©\u{200d}©", "©©"),
        ] {
            assert_eq!(normalise(hides), seen);
            assert!(!is_clean(hides), "{hides}");
        }
    }
}
