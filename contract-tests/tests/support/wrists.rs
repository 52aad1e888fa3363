//! What goes wrong on a wrist only where a deployment is one's own to break: it has had enough, and what it keeps things in is away.

use serde_json::json;
use std::time::Duration;
use truce_contract::Does::{GivesUp, Lets, Says, Scans, Taps};
use truce_contract::{Does, Failure, Happening, Outcome, Room, Secret, Seen, Target, World, Wrist};

/// What a deployment of these tests allows in a minute.
pub(crate) const LIMIT: usize = 5;
/// How long a store may take to be found again.
const PATIENCE: Duration = Duration::from_secs(20);
const CIVIL: &str = "Could you please send me the test plan by Thursday?";
const HARSH: &str = "they never deliver on time and nobody gives a damn";
const SESSION: &str = "truce.session";

/// Somebody tries codes until it is too much, and Ana says too much; a minute later nobody minds. `target` allows [`LIMIT`] in a minute.
pub(crate) async fn are_slowed_down(target: Target) -> Outcome {
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
    fails(cleo.runs("Truce Join", &[Scans(code.clone())]).await?, "Give it a moment")?;
    fails(ana.runs("Truce", &[Says(HARSH)]).await?, "Give it a moment")?;
    // Neither is any of Bo's business.
    works(bo.runs("Truce", &[Says(HARSH), Taps("Send it")]).await?)?;
    world.waits(61).await;
    works(cleo.runs("Truce Join", &[Scans(code)]).await?)?;
    works(ana.runs("Truce", &[Says(HARSH), Taps("Send it")]).await?)
}

/// The store goes as Ana taps, and comes back: she is told, what she says again arrives once, and what she had sent is still there; a code that met the closed door is good once.
pub(crate) async fn lose_the_store(target: Target, goes: Happening, comes_back: &Happening) -> Outcome {
    let world = World::at(target)?;
    let room = world.room();
    let mut ana = Wrist::joined(&world, &room.invite("backend", "Ana").await?).await?;
    let mut bo = Wrist::joined(&world, &room.invite("design", "Bo").await?).await?;
    let code = room.invite_for("design", "Cleo", json!({"ttl_seconds": 600})).await?.link;
    let mut cleo = Wrist::new(&world, "Cleo");
    works(ana.runs("Truce", &[Says(CIVIL), Taps("Send it")]).await?)?;

    let seen = ana.runs("Truce", &[Says(HARSH), Lets(goes), Taps("Send it")]).await?;
    fails(seen, "Try again shortly")?;
    let seen = cleo.runs("Truce Join", &[Scans(code.clone())]).await?;
    fails(seen.expect("nothing kept", |_| cleo.kept(SESSION).is_none())?, "Try again shortly")?;
    comes_back.happens()?;

    works(tries_again(&mut cleo, "Truce Join", &[Scans(code.clone())]).await?)?;
    fails(cleo.runs("Truce Join", &[Scans(code)]).await?, "This code no longer works")?;
    tries_again(&mut bo, "Truce Agreements", &[]).await?;
    works(ana.runs("Truce", &[Says(HARSH), Taps("Send it")]).await?)?;
    each_is_there_once(&room).await
}

/// What was sent before, and what was sent after, for whoever comes to the room now.
async fn each_is_there_once(room: &Room) -> Outcome {
    let dee = room.join("design", "Dee").await?;
    for waiting in [1, 0] {
        dee.polls().await?.expect_code("message")?.expect_field("waiting", waiting)?;
    }
    dee.polls().await?.expect_code("nothing-new")?;
    Ok(())
}

/// As it says.
async fn tries_again(wrist: &mut Wrist, shortcut: &str, script: &[Does]) -> Outcome<Seen> {
    for _ in 0..PATIENCE.as_secs() {
        let seen = wrist.runs(shortcut, script).await?;
        if !seen.last().contains("Try again shortly") {
            return Ok(seen);
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    Err(Failure::without_answer("try again", "the store, found again", "none"))
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
