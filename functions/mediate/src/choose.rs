//! `POST /mediate {"choice","draft"}`: the tap that sends, softens, cancels, or answers.

use crate::drafts::{self, Asked, GO_ON, Outgoing, SEND, SOFTER, Waiting};
use crate::model::Model;
use crate::{Said, speak, voice};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use truce_function::auth::Member;
use truce_function::{Answer, Environment, Problem};
use truce_mediation::{Mediator, QuickReply, ReplyKind, Request};
use truce_session::lifetime;
use truce_store::{Agreement, Appended, Approved, Entry, NewEntry};

/// How long a room's log keeps an entry, in seconds: as long as the longest session.
const ENTRY_KEPT: u64 = lifetime::SESSION.max;

/// What an entry carries besides its text: what the other side can answer.
#[derive(Serialize, Deserialize, Default)]
pub(crate) struct Payload {
    pub(crate) kind: Kind,
    pub(crate) replies: Vec<QuickReply>,
    pub(crate) request: Option<Request>,
}

/// What an entry is to whoever reads it.
#[derive(Serialize, Deserialize, Default, Clone, Copy, PartialEq, Eq, Debug, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    #[default]
    Message,
    Reply,
    Agreement,
}

pub(crate) async fn choose(
    env: &Environment,
    (mediator, model): (&Mediator, &Model),
    member: &Member,
    choice: &str,
    draft: &str,
) -> Result<Answer<Said>, Problem> {
    match drafts::open(env, member, draft)? {
        Waiting::Outgoing(outgoing) => match outgoing.menu().iter().find(|offered| is_same(offered, choice)) {
            Some(&SEND) => send(env, member, outgoing).await,
            Some(&SOFTER) => soften(env, mediator, member, outgoing),
            Some(_) => Ok(Answer::with("cancelled", Said::default()).say("Nothing was sent.")),
            None => Err(unknown_choice(outgoing.menu().iter().map(ToString::to_string), draft)),
        },
        Waiting::Unclear { .. } => Err(unknown_choice([], draft)),
        Waiting::Unsure { text, answers } => {
            let mediation = match drafts::SAFETY.iter().find(|offered| is_same(offered, choice)) {
                Some(&GO_ON) => mediator.mediate_reassured(&text),
                Some(_) => mediator.turn_to_person(&text),
                None => return Err(unknown_choice(drafts::SAFETY.iter().map(ToString::to_string), draft)),
            };
            speak::respond(env, (mediator, model), member, mediation, text, answers).await
        }
        Waiting::Received { asked, replies } => match replies.iter().find(|reply| is_same(&reply.text, choice)) {
            Some(reply) => answer(env, member, &asked, reply).await,
            None => Err(unknown_choice(replies.into_iter().map(|reply| reply.text), draft)),
        },
    }
}

/// People and Shortcuts change case, spaces and apostrophes; that changes no meaning.
fn is_same(offered: &str, choice: &str) -> bool {
    let plain = |text: &str| text.trim().replace(['\u{2018}', '\u{2019}'], "'").to_lowercase();
    plain(offered) == plain(choice)
}

fn unknown_choice(offered: impl IntoIterator<Item = String>, draft: &str) -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "unknown-choice",
        "The draft does not offer that",
        "That isn't one of the answers here.",
    )
    .detail("`choice` has to be one of `menu`")
    .menu(offered)
    .draft(draft)
}

fn soften(
    env: &Environment,
    mediator: &Mediator,
    member: &Member,
    outgoing: Outgoing,
) -> Result<Answer<Said>, Problem> {
    let message = mediator.soften(&outgoing.message);
    let softer = mediator.soften(&message) != message;
    let said = Said { message: message.clone(), engine: "embedded".to_owned(), ..Said::default() };
    speak::offer(env, member, "reframed", said, Outgoing { message, softer, ..outgoing })
}

async fn send(env: &Environment, member: &Member, outgoing: Outgoing) -> Result<Answer<Said>, Problem> {
    let seat = &member.session.claims.seat;
    let kind = if outgoing.answers.is_some() { Kind::Reply } else { Kind::Message };
    let payload = Payload { kind, replies: outgoing.replies, request: outgoing.request };
    let entry = NewEntry {
        id: outgoing.id,
        from_team: seat.team().to_owned(),
        from_member: seat.member().to_owned(),
        to_team: outgoing.answers.map(|asked| asked.team),
        text: Approved::by_sender(outgoing.message.clone()),
        payload: to_value(&payload)?,
        agreement: None,
    };
    append(env, seat.room(), entry).await?;
    let said = Said { message: outgoing.message, ..Said::default() };
    Ok(Answer::with("sent", said).say("Sent."))
}

/// A quick reply. Its text was shown to whoever tapped it: that is their yes.
async fn answer(
    env: &Environment,
    member: &Member,
    asked: &Asked,
    reply: &QuickReply,
) -> Result<Answer<Said>, Problem> {
    match (&asked.request, reply.kind) {
        (Some(request), ReplyKind::Accept) => agree(env, member, asked, request, reply).await,
        _ => reply_with(env, member, asked, reply).await,
    }
}

async fn reply_with(
    env: &Environment,
    member: &Member,
    asked: &Asked,
    reply: &QuickReply,
) -> Result<Answer<Said>, Problem> {
    let seat = &member.session.claims.seat;
    // The same tap again is the same reply: repeating a request delivers nothing twice.
    let id = format!("re-{}-{}", asked.id, fingerprint(&[seat.team(), seat.member(), &reply.text]));
    let payload =
        Payload { kind: Kind::Reply, replies: replies_to(reply, asked), request: counter_request(reply, asked) };
    let entry = NewEntry {
        id,
        from_team: seat.team().to_owned(),
        from_member: seat.member().to_owned(),
        to_team: Some(asked.team.clone()),
        text: Approved::by_sender(reply.text.clone()),
        payload: to_value(&payload)?,
        agreement: None,
    };
    append(env, seat.room(), entry).await?;
    let said = Said { message: reply.text.clone(), ..Said::default() };
    Ok(Answer::with("replied", said).say(format!("{} will hear: {}", asked.member, reply.text)))
}

/// A yes to a request becomes an agreement, once, whoever says it first.
async fn agree(
    env: &Environment,
    member: &Member,
    asked: &Asked,
    request: &Request,
    reply: &QuickReply,
) -> Result<Answer<Said>, Problem> {
    let seat = &member.session.claims.seat;
    let agreement = Agreement {
        what: voice::of_the_asker(&request.what, &asked.member, &asked.team),
        by_when: request.by_when.clone(),
        agreed_team: seat.team().to_owned(),
        agreed_member: seat.member().to_owned(),
        asked_team: asked.team.clone(),
        asked_member: asked.member.clone(),
    };
    let entry = NewEntry {
        id: format!("yes-{}", asked.id),
        from_team: seat.team().to_owned(),
        from_member: seat.member().to_owned(),
        to_team: Some(asked.team.clone()),
        text: Approved::by_sender(reply.text.clone()),
        payload: to_value(&Payload { kind: Kind::Agreement, ..Payload::default() })?,
        agreement: Some(agreement.clone()),
    };
    let earlier = append(env, seat.room(), entry).await?;
    let mine =
        earlier.as_ref().is_none_or(|entry| entry.from_team == seat.team() && entry.from_member == seat.member());
    let agreement = earlier.and_then(|entry| entry.agreement).unwrap_or(agreement);
    let by = agreement.by_when.as_ref().map(|when| format!(" ({when})")).unwrap_or_default();
    let say = if mine {
        format!("Agreed: {}{by}.", agreement.what)
    } else {
        format!("{} has agreed to this already: {}{by}.", agreement.agreed_member, agreement.what)
    };
    Ok(Answer::with(
        "agreed",
        Said {
            message: reply.text.clone(),
            agreement: format!("{} ({}): {}{by}.", agreement.agreed_member, agreement.agreed_team, agreement.what),
            what: agreement.what,
            who: agreement.agreed_member,
            by_when: agreement.by_when.unwrap_or_default(),
            ..Said::default()
        },
    )
    .say(say))
}

/// What can be answered to a quick reply: a counter-offer can be taken, a question cannot be answered by a tap.
fn replies_to(reply: &QuickReply, asked: &Asked) -> Vec<QuickReply> {
    if reply.kind != ReplyKind::Counter || asked.request.is_none() {
        return Vec::new();
    }
    [
        (ReplyKind::Accept, "That works"),
        (ReplyKind::Decline, "That doesn't work for us"),
        (ReplyKind::Question, "Can we talk?"),
    ]
    .map(|(kind, text)| QuickReply { kind, text: text.to_owned() })
    .to_vec()
}

/// A counter-offer asks for the same thing, in its own words about when.
fn counter_request(reply: &QuickReply, asked: &Asked) -> Option<Request> {
    let request = asked.request.as_ref().filter(|_| reply.kind == ReplyKind::Counter)?;
    Some(Request { what: request.what.clone(), by_when: Some(reply.text.trim_end_matches(['?', '.', '!']).to_owned()) })
}

async fn append(env: &Environment, room: &str, entry: NewEntry) -> Result<Option<Entry>, Problem> {
    let now = env.now();
    Ok(match env.store().append(room, entry, now, now + ENTRY_KEPT).await? {
        Appended::New(_) => None,
        Appended::AlreadyThere(entry) => Some(entry),
    })
}

fn to_value(payload: &Payload) -> Result<serde_json::Value, Problem> {
    serde_json::to_value(payload).map_err(|error| Problem::internal(&error))
}

/// Names a reply without repeating it.
fn fingerprint(parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part.len().to_be_bytes());
        digest.update(part);
    }
    digest.finalize()[..8].iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_the_same_in_any_case_with_any_apostrophe() {
        assert!(is_same("Send it", " send IT "));
        assert!(is_same("We can't", "we can\u{2019}t"));
        assert!(!is_same("Send it", "Send"));
    }

    #[test]
    fn fingerprints_tell_apart_what_joins_to_the_same_text() {
        assert_ne!(fingerprint(&["ab", "c"]), fingerprint(&["a", "bc"]));
        assert_eq!(fingerprint(&["ab", "c"]), fingerprint(&["ab", "c"]));
    }
}
