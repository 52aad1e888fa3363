//! Text in markup. Whatever comes from elsewhere, names above all, goes through [`Text`].

use std::fmt::{self, Display, Write as _};

/// Text, in an element or a quoted attribute of HTML, SVG or XML.
pub(crate) struct Text<'a>(pub(crate) &'a str);

impl Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|one| match one {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            '\'' => f.write_str("&#39;"),
            '\t' | '\n' | '\r' => f.write_char(' '),
            // XML has no way to write these.
            '\0'..'\u{20}' | '\u{7f}'..'\u{a0}' | '\u{fffe}' | '\u{ffff}' => f.write_char('\u{fffd}'),
            one => f.write_char(one),
        })
    }
}

/// A name as one segment of a path.
pub(crate) struct Segment<'a>(pub(crate) &'a str);

impl Display for Segment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A segment of dots alone would be a way up.
        let is_way_up = matches!(self.0, "." | "..");
        self.0.bytes().try_for_each(|byte| match byte {
            b'.' if is_way_up => f.write_str("%2E"),
            byte if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => f.write_char(char::from(byte)),
            byte => write!(f, "%{byte:02X}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_in_markup_is_text() {
        assert_eq!(Text("<script>\"&'\0").to_string(), "&lt;script&gt;&quot;&amp;&#39;\u{fffd}");
        assert_eq!(Segment("https://a.example/ü?").to_string(), "https%3A%2F%2Fa.example%2F%C3%BC%3F");
        assert_eq!(Segment("..").to_string(), "%2E%2E");
    }
}
