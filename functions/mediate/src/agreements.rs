//! `GET /mediate?view=agreements`: who does what, by when. Everybody in the room may see it.

use serde::Serialize;
use truce_function::auth::Member;
use truce_function::{Answer, Environment, Problem, time};
use utoipa::ToSchema;

/// The most agreements listed.
const LISTED_MAX: u32 = 50;

/// The agreements of a room, newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct Agreements {
    #[schema(max_items = 50)]
    agreements: Vec<Listed>,
}

#[derive(Serialize, ToSchema)]
struct Listed {
    what: String,
    /// Who agreed, and their team.
    who: String,
    /// In the words it was asked; empty when it was not said.
    by_when: String,
    /// Who asked, and their team.
    with: String,
    /// RFC 3339.
    at: String,
}

pub(crate) async fn list(env: &Environment, member: &Member) -> Result<Answer<Agreements>, Problem> {
    let room = member.session.claims.seat.room();
    let entries = env.store().agreements(room, LISTED_MAX, env.now()).await?;
    let agreements: Vec<Listed> = entries
        .into_iter()
        .filter_map(|entry| {
            let agreement = entry.agreement?;
            Some(Listed {
                what: agreement.what,
                who: format!("{} ({})", agreement.agreed_member, agreement.agreed_team),
                by_when: agreement.by_when.unwrap_or_default(),
                with: format!("{} ({})", agreement.asked_member, agreement.asked_team),
                at: time::rfc3339(entry.at),
            })
        })
        .collect();
    let say = agreements.first().map_or_else(
        || "No agreements yet.".to_owned(),
        |newest| {
            let by = if newest.by_when.is_empty() { String::new() } else { format!(", {}", newest.by_when) };
            format!("{}: {}{by}.", newest.who, newest.what)
        },
    );
    Ok(Answer::with("agreements", Agreements { agreements }).say(say))
}
