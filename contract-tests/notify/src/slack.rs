//! What Slack, and what takes the same, shows of an event.

use crate::notice::{Data, Notice, NoticeKind};
use serde_json::{Value, json};

/// The longest text of a section, in characters, is 3,000; escaped, ours may be longer than it was.
const LONGEST: usize = 2_900;

/// The body for an incoming webhook: blocks, and a text for where those are not shown.
pub(crate) fn payload(notice: &Notice, id: &str) -> Value {
    let Data { step, sentence, request_id, reproduce, .. } = &notice.data;
    let headline = escaped(&notice.headline());
    let mut blocks = vec![section(&format!("{} *{headline}*", sign(notice)))];
    if let Some(minutes) = notice.data.lasted_seconds.map(|lasted| lasted.div_ceil(60)) {
        blocks.push(section(&match notice.kind {
            NoticeKind::Unwatched => format!("after {minutes} min. Whether it is over, nobody has seen."),
            _ => format!("after {minutes} min"),
        }));
    } else {
        let request = request_id.as_deref().map_or_else(|| "none".to_owned(), code);
        blocks.push(section(&escaped(sentence)));
        blocks.push(section(&format!("*step* {}\n*request* {request}\n*again* {}", escaped(step), code(reproduce))));
    }
    let context = json!({"type": "mrkdwn", "text": format!("{} · {}", escaped(&notice.timestamp), escaped(id))});
    blocks.push(json!({"type": "context", "elements": [context]}));
    json!({"text": headline, "blocks": blocks})
}

fn sign(notice: &Notice) -> &'static str {
    match (notice.kind, notice.data.severity.as_str()) {
        (NoticeKind::Resolved | NoticeKind::Test, _) => ":white_check_mark:",
        (NoticeKind::Unwatched, _) => ":grey_question:",
        (_, "critical") => ":rotating_light:",
        _ => ":warning:",
    }
}

fn section(text: &str) -> Value {
    json!({"type": "section", "text": {"type": "mrkdwn", "text": text.chars().take(LONGEST).collect::<String>()}})
}

/// The three characters that mean something to Slack itself: without them nobody is called by a mention, and nothing is a link. What would be
/// set in bold or as code loses that, by a joiner that is not seen.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '*' | '_' | '~' | '`' => escaped.extend(['\u{2060}', character, '\u{2060}']),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Word for word, to be copied.
fn code(text: &str) -> String {
    format!("`{}`", text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace(['`', '\n'], " "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notice::tests::{AT, opened};

    #[test]
    fn what_a_sentence_holds_calls_nobody_links_nowhere_and_sets_nothing() {
        let notice = Notice::of(&opened("got <!channel> & <https://x.example|y> *b* `c`"), AT);
        let told = payload(&notice, "msg_1").to_string();
        assert!(!told.contains('<') && !told.contains('>') && !told.contains("*b*") && !told.contains("`c`"), "{told}");
        assert!(told.contains("&lt;!channel&gt; &amp; &lt;https"), "{told}");
        assert!(told.contains("`truce monitor --once --only joining`"), "to be copied: {told}");
        assert_eq!(payload(&notice, "msg_1")["text"], "edge: joining fails, look now");
    }

    #[test]
    fn no_section_is_longer_than_it_may_be() {
        let notice = Notice::of(&opened(&"&".repeat(9_000)), AT);
        let payload = payload(&notice, "msg_1");
        let texts =
            payload["blocks"].as_array().expect("blocks").iter().filter_map(|block| block["text"]["text"].as_str());
        assert!(texts.map(|text| text.chars().count()).all(|length| length <= 3_000));
    }
}
