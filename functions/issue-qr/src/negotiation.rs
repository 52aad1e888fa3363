//! Which form of a code a client wants (RFC 9110, 12.5.1).

/// The forms a code comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Json,
    Svg,
    Png,
    /// For a terminal with light text on dark, or the other way round (`text/plain; theme=light`).
    Text {
        light: bool,
    },
}

/// In the order that decides between equals.
const OFFERED: [(Form, &str); 4] = [
    (Form::Json, "application/json"),
    (Form::Svg, "image/svg+xml"),
    (Form::Png, "image/png"),
    (Form::Text { light: false }, "text/plain"),
];

/// The best form for an `Accept` header; `None` when no form will do.
pub(crate) fn choose(accept: Option<&str>) -> Option<Form> {
    let Some(accept) = accept.filter(|accept| !accept.trim().is_empty()) else {
        return Some(Form::Json);
    };
    let ranges: Vec<Range> = accept.split(',').filter_map(Range::parse).collect();
    let mut best: Option<(Form, u16)> = None;
    for (form, name) in OFFERED {
        let Some(range) = ranges.iter().filter(|range| range.matches(name)).max_by_key(|range| range.specificity())
        else {
            continue;
        };
        let form = if matches!(form, Form::Text { .. }) { Form::Text { light: range.light } } else { form };
        if range.quality > best.map_or(0, |(_, quality)| quality) {
            best = Some((form, range.quality));
        }
    }
    best.map(|(form, _)| form)
}

struct Range<'a> {
    name: &'a str,
    /// In thousandths.
    quality: u16,
    light: bool,
}

impl<'a> Range<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let name = parts.next().filter(|name| name.contains('/'))?;
        let mut range = Self { name, quality: 1000, light: false };
        for (key, value) in parts.filter_map(|part| part.split_once('=')) {
            if key.eq_ignore_ascii_case("q") {
                let quality: f32 = value.parse().ok().filter(|quality| (0.0..=1.0).contains(quality))?;
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0 to 1000, just checked
                let thousandths = (quality * 1000.0).round() as u16;
                range.quality = thousandths;
            } else if key.eq_ignore_ascii_case("theme") {
                range.light = value.trim_matches('"').eq_ignore_ascii_case("light");
            }
        }
        Some(range)
    }

    fn matches(&self, name: &str) -> bool {
        self.name == "*/*"
            || self.name.eq_ignore_ascii_case(name)
            || self
                .name
                .strip_suffix("/*")
                .is_some_and(|family| name.split('/').next().is_some_and(|f| f.eq_ignore_ascii_case(family)))
    }

    fn specificity(&self) -> u8 {
        if self.name == "*/*" {
            0
        } else if self.name.ends_with("/*") {
            1
        } else {
            2
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_form_a_client_takes_is_chosen() {
        for (accept, expected) in [
            (None, Some(Form::Json)),
            (Some(""), Some(Form::Json)),
            (Some("*/*"), Some(Form::Json)),
            (Some("image/*"), Some(Form::Svg)),
            (Some("image/png"), Some(Form::Png)),
            (Some("IMAGE/PNG, application/json;q=0.5"), Some(Form::Png)),
            (Some("application/json;q=0, */*"), Some(Form::Svg)),
            (Some("text/plain"), Some(Form::Text { light: false })),
            (Some("text/plain; theme=light"), Some(Form::Text { light: true })),
            (Some("text/html"), None),
            (Some("application/json;q=0"), None),
            (Some("image/png;q=2"), None),
            (Some(";;,,="), None),
        ] {
            assert_eq!(choose(accept), expected, "{accept:?}");
        }
    }
}
