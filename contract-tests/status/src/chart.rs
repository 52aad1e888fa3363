//! Charts, as SVG without text in it: what stands beside them is in the page, where it keeps its size on a phone.
//!
//! Each has a title and a description for those who do not see it, and nothing in it is told by colour alone.

use crate::markup::Text;
use crate::model::{Day, Point};
use crate::words;
use std::fmt::Write as _;

/// Of a day in the strip, and of a span in a chart.
const STEP: usize = 4;
const HEIGHT: f64 = 100.0;
/// However few failed, they are seen.
const LEAST_SEEN: f64 = 22.0;

/// What a chart is called.
pub(crate) struct Title<'a> {
    /// Not twice in a page.
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
    pub(crate) description: &'a str,
}

/// A bar for each day. What failed hangs from the top, and a day without data is a stub at the bottom.
pub(crate) fn strip(days: &[Day], title: &Title<'_>) -> String {
    let mut svg = begin("strip", days.len(), title);
    for (place, day) in days.iter().enumerate() {
        let x = place * STEP;
        let _ = write!(svg, "<g><title>{}</title>", Text(&said(day)));
        match day.uptime.share {
            None => bar(&mut svg, "none", x, HEIGHT - 8.0, 8.0),
            Some(share) if day.uptime.failed > 0 => {
                let failed = ((1.0 - share) * HEIGHT).clamp(LEAST_SEEN, HEIGHT);
                bar(&mut svg, "bad", x, 0.0, failed);
                bar(&mut svg, "good", x, failed + 6.0, (HEIGHT - failed - 6.0).max(0.0));
            }
            Some(_) => bar(&mut svg, "good", x, 0.0, HEIGHT),
        }
        svg.push_str("</g>");
    }
    svg + "</svg>"
}

/// A day in words.
pub(crate) fn said(day: &Day) -> String {
    let (uptime, date) = (day.uptime, words::day(day.at));
    let all = uptime.held + uptime.failed;
    match (all, uptime.failed) {
        (0, _) => format!("{date}: no data"),
        (_, 0) => format!("{date}: all of {} held", words::count(all)),
        (_, failed) => format!(
            "{date}: {}, {} of {} failed",
            words::percent(uptime.held, all),
            words::count(failed),
            words::count(all)
        ),
    }
}

fn bar(svg: &mut String, class: &str, x: usize, y: f64, height: f64) {
    let _ = write!(svg, "<rect class=\"{class}\" x=\"{x}\" y=\"{y:.0}\" width=\"3\" height=\"{height:.0}\"/>");
}

/// The median as a line, up to what 95 of a hundred took as a band, and a bar where something failed. From nothing up, so that twice as high is
/// twice as long.
pub(crate) fn latency(points: &[Point], highest: f64, title: &Title<'_>) -> String {
    let mut svg = begin("latency", points.len(), title);
    for (place, _) in points.iter().enumerate().filter(|(_, point)| point.failed > 0) {
        let x = place * STEP;
        let _ = write!(svg, "<rect class=\"bad\" x=\"{x}\" y=\"0\" width=\"{STEP}\" height=\"{HEIGHT:.0}\"/>");
    }
    let y = |ms: f64| HEIGHT * (1.0 - (ms / highest).clamp(0.0, 1.0));
    let (mut band, mut line) = (String::new(), String::new());
    let with_data: Vec<(usize, (f64, f64))> =
        points.iter().enumerate().filter_map(|(place, point)| Some((place, point.took?))).collect();
    for run in with_data.chunk_by(|one, next| one.0 + 1 == next.0) {
        let along = |of: fn(&(f64, f64)) -> f64| -> Vec<String> {
            // To the edges of its spans: one alone is seen as well.
            let middles = run.iter().map(|(place, took)| (place * STEP + STEP / 2, y(of(took))));
            let (first, last) = (&run[0], &run[run.len() - 1]);
            let edges = ((first.0 * STEP, y(of(&first.1))), ((last.0 + 1) * STEP, y(of(&last.1))));
            let all = std::iter::once(edges.0).chain(middles).chain([edges.1]);
            all.map(|(x, y)| format!("{x} {y:.1}")).collect()
        };
        let (median, above) = (along(|took| took.0), along(|took| took.1));
        let back: Vec<&str> = median.iter().rev().map(String::as_str).collect();
        let _ = write!(line, "M{}", median.join("L"));
        let _ = write!(band, "M{}L{}Z", above.join("L"), back.join("L"));
    }
    if !line.is_empty() {
        let _ = write!(svg, "<path class=\"band\" d=\"{band}\"/><path class=\"line\" d=\"{line}\"/>");
    }
    svg + "</svg>"
}

fn begin(class: &str, spans: usize, Title { id, name, description }: &Title<'_>) -> String {
    let (width, name, description) = (spans * STEP, Text(name), Text(description));
    format!(
        "<svg class=\"{class}\" viewBox=\"0 0 {width} {HEIGHT:.0}\" preserveAspectRatio=\"none\" role=\"img\" \
         aria-labelledby=\"{id}\" aria-describedby=\"{id}-more\"><title id=\"{id}\">{name}</title>\
         <desc id=\"{id}-more\">{description}</desc>"
    )
}

/// A round number that is not below any of them.
pub(crate) fn highest(points: &[Point]) -> f64 {
    let longest = points.iter().filter_map(|point| point.took).map(|(_, above)| above).fold(1.0, f64::max);
    let power = 10_f64.powf(longest.log10().floor());
    let of = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0].into_iter().map(|of| of * power).find(|round| *round >= longest);
    of.unwrap_or(10.0 * power)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Uptime;

    const TITLE: Title<'_> = Title { id: "x", name: "a & b", description: "<c>" };

    fn point(took: Option<(f64, f64)>) -> Point {
        Point { at: 0, failed: 0, took }
    }

    #[test]
    fn a_gap_in_the_data_is_a_gap_in_the_line() {
        let some = point(Some((50.0, 100.0)));
        let svg = latency(&[some, some, point(None), some], 100.0, &TITLE);
        let line = svg.split("class=\"line\" d=\"").nth(1).expect("a line");
        assert!(line.starts_with("M0 50.0L2 50.0L6 50.0L8 50.0M12 50.0L14 50.0L16 50.0\""), "{line}");
        assert!(!latency(&[point(None)], 100.0, &TITLE).contains("<path"));
    }

    #[test]
    fn a_day_without_data_is_no_day_on_which_all_held() {
        let day = |held, failed| Day { date: String::new(), uptime: Uptime::of(held, failed), at: 0 };
        let svg = strip(&[day(0, 0), day(10, 0), day(9_999, 1)], &TITLE);
        assert!(svg.contains("1 Jan: no data</title><rect class=\"none\""), "{svg}");
        assert!(svg.contains("all of 10 held</title><rect class=\"good\""), "{svg}");
        assert!(svg.contains(
            "99.99 %, 1 of 10,000 failed</title><rect class=\"bad\" x=\"8\" y=\"0\" width=\"3\" height=\"22\""
        ));
        assert!(svg.contains("a &amp; b") && svg.contains("&lt;c&gt;"));
    }

    #[test]
    fn the_axis_ends_at_a_round_number() {
        for (longest, round) in [(0.2, 1.0), (1.0, 1.0), (1.1, 2.0), (62.0, 80.0), (99.0, 100.0), (730.0, 800.0)] {
            assert!((highest(&[point(Some((0.1, longest)))]) - round).abs() < 1e-9, "{longest}");
        }
        assert!((highest(&[]) - 1.0).abs() < 1e-9);
    }
}
