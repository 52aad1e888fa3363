//! `POST /mediate {"text"}`: what somebody said becomes a draft, a question, or a kind no. Nothing is stored here.

use crate::Said;
use crate::drafts::{self, Asked, Outgoing, Waiting};
use crate::model::Model;
use truce_function::auth::Member;
use truce_function::{Answer, Environment, Problem};
use truce_mediation::{Mediation, Mediator, Plan};

pub(crate) async fn speak(
    env: &Environment,
    (mediator, model): (&Mediator, &Model),
    member: &Member,
    text: &str,
    draft: Option<&str>,
) -> Result<Answer<Said>, Problem> {
    let (text, answers) = match draft.map(|draft| drafts::open(env, member, draft)).transpose()? {
        None => (text.to_owned(), None),
        // The answer to our question completes what was said before it.
        Some(Waiting::Unclear { text: before, answers } | Waiting::Unsure { text: before, answers }) => {
            (format!("{}. {text}", before.trim_end().trim_end_matches(['.', '!', '?'])), answers)
        }
        Some(Waiting::Received { asked, .. }) => (text.to_owned(), Some(asked)),
        // Saying it anew replaces what was about to be sent.
        Some(Waiting::Outgoing(outgoing)) => (text.to_owned(), outgoing.answers),
    };
    let mediation = if answers.is_some() { mediator.answer(&text) } else { mediator.mediate(&text) };
    respond(env, (mediator, model), member, mediation, text, answers).await
}

/// What becomes of a mediation. `text` and `answers` wait with a question that is asked back.
pub(crate) async fn respond(
    env: &Environment,
    (mediator, model): (&Mediator, &Model),
    member: &Member,
    mediation: Mediation,
    text: String,
    answers: Option<Asked>,
) -> Result<Answer<Said>, Problem> {
    let mediation = &model.reworded(env, mediator, &text, mediation, member.synthetic).await;
    let say = mediation.say.clone();
    match mediation.plan {
        Plan::Reframe | Plan::Civil => {
            let code = if mediation.plan == Plan::Civil { "civil" } else { "reframed" };
            let outgoing = Outgoing {
                id: new_id(env),
                message: mediation.message.clone(),
                request: mediation.request.clone(),
                replies: mediation.menu.clone(),
                answers,
                softer: mediator.soften(&mediation.message) != mediation.message,
            };
            offer(env, member, code, said(mediation), outgoing)
        }
        Plan::Ask => {
            let (code, menu, waiting) = if mediation.is_safety_check() {
                ("safety-check", &drafts::SAFETY[..], Waiting::Unsure { text, answers })
            } else {
                ("tell-me-more", &[][..], Waiting::Unclear { text, answers })
            };
            Ok(match drafts::seal(env, member, waiting)? {
                Some(draft) => Answer::with(code, said(mediation)).say(say).menu(menu.iter().copied()).draft(draft),
                None => declined("too-long", "That was a lot at once. Could you say the one thing that matters most?"),
            })
        }
        Plan::Decline => Ok(Answer::with("declined", said(mediation)).say(say)),
        Plan::Escalate => {
            let seat = &member.session.claims.seat;
            tracing::info!(target: "audit", event = "escalated", category = mediation.category, room = seat.room(), team = seat.team());
            Ok(Answer::with("escalated", said(mediation)).say(say))
        }
    }
}

/// Shows a message to its sender, with what can be done with it.
pub(crate) fn offer(
    env: &Environment,
    member: &Member,
    code: &'static str,
    said: Said,
    outgoing: Outgoing,
) -> Result<Answer<Said>, Problem> {
    let say = outgoing.message.clone();
    let menu = outgoing.menu();
    Ok(match drafts::seal(env, member, Waiting::Outgoing(outgoing))? {
        Some(draft) => Answer::with(code, said).say(say).menu(menu.iter().copied()).draft(draft),
        None => declined("too-long", "That was a lot at once. Could you say the one thing that matters most?"),
    })
}

fn declined(category: &str, say: &str) -> Answer<Said> {
    Answer::with("declined", Said { category: category.to_owned(), ..Said::default() }).say(say)
}

fn said(mediation: &Mediation) -> Said {
    let request = mediation.request.as_ref();
    Said {
        message: mediation.message.clone(),
        heard: mediation.heard.clone(),
        feelings: mediation.feelings.clone(),
        needs: mediation.needs.clone(),
        request: request.map(|request| request.what.clone()).unwrap_or_default(),
        by_when: request.and_then(|request| request.by_when.clone()).unwrap_or_default(),
        category: mediation.category.to_owned(),
        engine: mediation.engine.to_owned(),
        ..Said::default()
    }
}

/// 128 random bits: an entry's id is unique in its room without asking anybody.
fn new_id(env: &Environment) -> String {
    let mut bytes = [0; 16];
    env.random().fill(&mut bytes);
    format!("{:032x}", u128::from_be_bytes(bytes))
}
