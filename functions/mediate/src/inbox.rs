//! `GET /mediate`: the oldest thing another team said that this member has not heard yet, waiting a while for it.

use crate::choose::{Kind, Payload};
use crate::drafts::{self, Asked, Waiting};
use http::{HeaderValue, header};
use serde::Serialize;
use std::time::Duration;
use truce_function::auth::Member;
use truce_function::extract::parse_parameter;
use truce_function::{Answer, Environment, Problem, SAY_LIMIT, time};
use truce_store::{Cursor, Entry};
use utoipa::ToSchema;

/// How often the log is looked at while somebody waits. Any process may have written to it, so there is nobody who
/// could wake us.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How many entries are looked at in one go.
const PAGE: u32 = 50;
/// The most messages that are counted as waiting.
const WAITING_MAX: usize = 20;
/// How soon a client that waited in vain should ask again, in seconds.
const ASK_AGAIN: u64 = 1;
/// How soon a client that did not wait should ask again, in seconds.
const ASK_AGAIN_WITHOUT_WAIT: u64 = 5;

/// What listening answers. Fields that do not apply are empty.
#[derive(Serialize, ToSchema, Default)]
pub(crate) struct News {
    /// The whole message.
    message: String,
    from_team: String,
    from_member: String,
    /// RFC 3339.
    sent_at: String,
    kind: Kind,
    /// How many more wait, at most 20.
    waiting: usize,
}

pub(crate) async fn listen(
    env: &Environment,
    member: &Member,
    after: Option<&str>,
    wait: Duration,
) -> Result<Answer<News>, Problem> {
    let mut after: Cursor = after.map_or(Ok(Cursor::START), |after| parse_parameter("after", after))?;
    let started = env.clock().monotonic();
    loop {
        let found = look(env, member, &mut after).await?;
        if let Some((entry, waiting)) = found {
            return tell(env, member, entry, waiting);
        }
        let waited = env.clock().monotonic().saturating_sub(started);
        if waited >= wait || env.is_stopping() {
            return Ok(nothing_new(after, wait));
        }
        env.pause(LOOK_EVERY.min(wait.saturating_sub(waited))).await;
        // Whoever was revoked while waiting hears nothing any more.
        if env.store().is_revoked(&member.session.claims.id.to_string(), env.now()).await? {
            return Err(Problem::session_invalid());
        }
    }
}

/// The first entry for this member's team after the cursor, and how many more there are. The cursor moves over what
/// is not for this team, so that nothing is looked at twice.
async fn look(env: &Environment, member: &Member, after: &mut Cursor) -> Result<Option<(Entry, usize)>, Problem> {
    let seat = &member.session.claims.seat;
    loop {
        let entries = env.store().read(seat.room(), *after, PAGE, env.now()).await?;
        let whole_page = entries.len() == PAGE as usize;
        let last = entries.last().map(|entry| entry.cursor);
        let mut for_us = entries.into_iter().filter(|entry| entry.is_for(seat.team()));
        if let Some(entry) = for_us.next() {
            return Ok(Some((entry, for_us.take(WAITING_MAX).count())));
        }
        if let Some(last) = last {
            *after = last;
        }
        if !whole_page {
            return Ok(None);
        }
    }
}

fn nothing_new(cursor: Cursor, wait: Duration) -> Answer<News> {
    let ask_again = if wait.is_zero() { ASK_AGAIN_WITHOUT_WAIT } else { ASK_AGAIN };
    Answer::with("nothing-new", News::default())
        .say("Nothing new.")
        .cursor(cursor)
        .header(header::RETRY_AFTER, HeaderValue::from(ask_again))
}

fn tell(env: &Environment, member: &Member, entry: Entry, waiting: usize) -> Result<Answer<News>, Problem> {
    // An entry this version cannot read is still a message; it just has no quick replies.
    let payload: Payload = serde_json::from_value(entry.payload).unwrap_or_default();
    let text = entry.text.as_str().to_owned();
    let say = match (payload.kind, &entry.agreement) {
        (Kind::Agreement, Some(agreement)) => {
            let by = agreement.by_when.as_ref().map(|when| format!(" ({when})")).unwrap_or_default();
            format!("{} ({}) agreed: {}{by}.", entry.from_member, entry.from_team, agreement.what)
        }
        _ => heard(&entry.from_member, &entry.from_team, &text),
    };
    let menu: Vec<String> = payload.replies.iter().map(|reply| reply.text.clone()).collect();
    let asked = Asked {
        id: entry.id,
        team: entry.from_team.clone(),
        member: entry.from_member.clone(),
        request: payload.request,
    };
    let draft = drafts::seal(env, member, Waiting::Received { asked, replies: payload.replies })?;
    let news = News {
        message: text,
        from_team: entry.from_team,
        from_member: entry.from_member,
        sent_at: time::rfc3339(entry.at),
        kind: payload.kind,
        waiting,
    };
    Ok(Answer::with("message", news).say(say).menu(menu).draft(draft.unwrap_or_default()).cursor(entry.cursor))
}

/// Who says what. Where not all of it fits, the team is left out before a word of the message is.
fn heard(member: &str, team: &str, text: &str) -> String {
    let whole = format!("{member} ({team}): {text}");
    if whole.chars().count() > SAY_LIMIT { format!("{member}: {text}") } else { whole }
}
