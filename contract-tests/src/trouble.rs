//! What goes wrong on a wrist only where a deployment is one's own to break: it has had enough, and what it keeps things in is away. These are
//! no [`journeys`](crate::journeys), which disturb nobody.

use crate::wrist::Does::{self, GivesUp, Lets, Says, Scans, Taps};
use crate::wrist::{Happening, Seen, Wrist};
use crate::{Call, Failure, Outcome, Room, Secret, Target, World};
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// What a deployment that is tried allows in a minute.
pub const LIMIT: usize = 5;
/// How long a store may take to be found again.
const PATIENCE: Duration = Duration::from_secs(20);
/// Before somebody in a crowd asks again.
const AGAIN: Duration = Duration::from_millis(200);
const CIVIL: &str = "Could you please send me the test plan by Thursday?";
const HARSH: &str = "they never deliver on time and nobody gives a damn";
const SESSION: &str = "truce.session";
const SLOWER: &str = "Give it a moment";
const SHORTLY: &str = "Try again shortly";

/// Somebody tries codes until it is too much, and Ana says too much; a minute later nobody minds. `target` allows [`LIMIT`] in a minute.
///
/// # Errors
/// When somebody sees, feels or sends something else.
pub async fn are_slowed_down(target: Target) -> Outcome {
    let world = World::at(target)?;
    let room = world.room();
    let mut ana = Wrist::joined(&world, &room.invite("backend", "Ana").await?).await?;
    let mut bo = Wrist::joined(&world, &room.invite("design", "Bo").await?).await?;
    let code = room.invite_for("design", "Cleo", json!({"ttl_seconds": 600})).await?.link;
    let mut cleo = Wrist::new(&world, "Cleo");
    for _ in 0..LIMIT {
        let seen = cleo.runs("Truce Join", &[Scans(Secret::new("123456"))]).await?;
        fails(seen, "This code no longer works")?;
        ana.runs("Truce", &[Says(HARSH), GivesUp]).await?;
    }
    fails(cleo.runs("Truce Join", &[Scans(code.clone())]).await?, SLOWER)?;
    fails(ana.runs("Truce", &[Says(HARSH)]).await?, SLOWER)?;
    // Neither is any of Bo's business.
    works(bo.runs("Truce", &[Says(HARSH), Taps("Send it")]).await?)?;
    world.waits(61).await;
    works(cleo.runs("Truce Join", &[Scans(code)]).await?)?;
    works(ana.runs("Truce", &[Says(HARSH), Taps("Send it")]).await?)
}

/// Somebody tries codes until it is too much, and is left alone for `idle`: where no process of `target` outlives that, nobody remembers it.
///
/// # Errors
/// When somebody sees, feels or sends something else.
pub async fn are_forgotten(target: Target, idle: Duration) -> Outcome {
    let world = World::at(target)?;
    let code = world.room().invite_for("design", "Cleo", json!({"ttl_seconds": 600})).await?.link;
    let mut cleo = Wrist::new(&world, "Cleo");
    for _ in 0..LIMIT {
        let seen = cleo.runs("Truce Join", &[Scans(Secret::new("123456"))]).await?;
        fails(seen, "This code no longer works")?;
    }
    world.waits(idle.as_secs()).await;
    works(cleo.runs("Truce Join", &[Scans(code)]).await?)
}

/// As many look for news as one source may at once, and Ana is of the same house: she is told, and when they have gone, what she says again
/// arrives once. `target` lets no more than `under_way` through at once, on each route.
///
/// # Errors
/// When somebody sees, feels or sends something else.
pub async fn are_too_many(target: Target, under_way: usize) -> Outcome {
    // Over connections of their own: those end with them.
    let house = World::at(target.clone())?;
    let world = World::at(target)?;
    let room = world.room();
    let mut ana = Wrist::joined(&world, &room.invite("backend", "Ana").await?).await?;
    let cy = room.join("backend", "Cy").await?;
    let code = room.invite_for("design", "Cleo", json!({"ttl_seconds": 600})).await?.link;
    let crowd = crowd(&house, &cy.session, under_way).await?;
    fails(ana.runs("Truce", &[Says(HARSH)]).await?, SLOWER)?;
    // Another route counts for itself.
    works(Wrist::new(&world, "Cleo").runs("Truce Join", &[Scans(code)]).await?)?;
    // All hang up.
    drop(crowd);
    works(tries_again(&mut ana, SLOWER, "Truce", &[Says(CIVIL), Taps("Send it")]).await?)?;
    are_there_once(&room, &[0]).await
}

/// So many wait for news that one more is told to come back; they do as long as this is held.
async fn crowd(house: &World, session: &Secret, under_way: usize) -> Outcome<JoinSet<()>> {
    let mut crowd = JoinSet::new();
    let wait = house.target().capabilities.longest_wait.as_secs();
    let asks = |wait| Call::get(format!("/mediate?wait={wait}")).bearer(session);
    for _ in 0..under_way {
        let (house, poll) = (house.clone(), asks(wait));
        crowd.spawn(async move {
            loop {
                // Whoever was one too many tries again; what they are told is looked at below.
                let _ = house.does_in_a_crowd("somebody waits for news", poll.clone()).await;
                tokio::time::sleep(AGAIN).await;
            }
        });
    }
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let reply = house.does_in_a_crowd("one more looks for news", asks(0)).await?;
        if reply.status() == 429 {
            reply.expect_code("slow-down")?;
            return Ok(crowd);
        }
        tokio::time::sleep(AGAIN).await;
    }
    Err(Failure::without_answer("be too many", "429", format!("{under_way} at once, and room for more")))
}

/// The store goes as Ana taps, and comes back: she is told, what she says again arrives once, and what she had sent is still there; a code that met the closed door is good once.
///
/// # Errors
/// When somebody sees, feels or sends something else, or something does not happen.
pub async fn lose_the_store(target: Target, goes: Happening, comes_back: &Happening) -> Outcome {
    let world = World::at(target)?;
    let room = world.room();
    let mut ana = Wrist::joined(&world, &room.invite("backend", "Ana").await?).await?;
    let mut bo = Wrist::joined(&world, &room.invite("design", "Bo").await?).await?;
    let code = room.invite_for("design", "Cleo", json!({"ttl_seconds": 600})).await?.link;
    let mut cleo = Wrist::new(&world, "Cleo");
    works(ana.runs("Truce", &[Says(CIVIL), Taps("Send it")]).await?)?;

    let seen = ana.runs("Truce", &[Says(HARSH), Lets(goes), Taps("Send it")]).await?;
    fails(seen, SHORTLY)?;
    let seen = cleo.runs("Truce Join", &[Scans(code.clone())]).await?;
    fails(seen.expect("nothing kept", |_| cleo.kept(SESSION).is_none())?, SHORTLY)?;
    comes_back.happens()?;

    works(tries_again(&mut cleo, SHORTLY, "Truce Join", &[Scans(code.clone())]).await?)?;
    fails(cleo.runs("Truce Join", &[Scans(code)]).await?, "This code no longer works")?;
    tries_again(&mut bo, SHORTLY, "Truce Agreements", &[]).await?;
    works(ana.runs("Truce", &[Says(HARSH), Taps("Send it")]).await?)?;
    // What was sent before, and what was sent after.
    are_there_once(&room, &[1, 0]).await
}

/// As many messages, for whoever comes to the room now: so many wait after each.
async fn are_there_once(room: &Room, waiting: &[u64]) -> Outcome {
    let dee = room.join("design", "Dee").await?;
    for &waiting in waiting {
        dee.polls().await?.expect_code("message")?.expect_field("waiting", waiting)?;
    }
    dee.polls().await?.expect_code("nothing-new")?;
    Ok(())
}

/// For as long as it says `later`.
async fn tries_again(wrist: &mut Wrist, later: &str, shortcut: &str, script: &[Does]) -> Outcome<Seen> {
    for _ in 0..PATIENCE.as_secs() {
        let seen = wrist.runs(shortcut, script).await?;
        if !seen.last().contains(later) {
            return Ok(seen);
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    Err(Failure::without_answer("try again", "that it is well again", "none"))
}

/// In words that fit and say how to go on, and felt.
fn fails(seen: Seen, saying: &str) -> Outcome {
    seen.expect("to feel that it did not work", |seen| seen.felt == ["Failure"])?
        .expect(&format!("to read `{saying}`"), |seen| seen.last().contains(saying))?
        .expect("140 characters at most", |seen| seen.last().chars().count() <= 140)?;
    Ok(())
}

fn works(seen: Seen) -> Outcome {
    seen.expect("to feel that it worked", |seen| seen.felt == ["Success"] && seen.stopped.is_none())?;
    Ok(())
}
