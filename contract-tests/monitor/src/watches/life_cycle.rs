//! Whether a session holds as long as it says, and what seals it goes on opening it.
//!
//! One session of the shortest kind is begun in every round: issued, redeemed, looked at, renewed. Its end is looked at in the rounds after it,
//! without waiting in any. Another is kept for an hour, over rounds: when that is refused before its end, the key that sealed it is gone. All
//! of them are held in memory and nowhere else: a monitor that was started again begins with new ones.

use super::{Finding, within};
use serde_json::json;
use std::time::{Duration, Instant};
use truce_alarms::{Level, Watch};
use truce_contract::{Member, Outcome, Reply, World};
use truce_looks::clock;

const BEGINNING: &str = "the beginning of a session";
const END: &str = "the end of a session";
const KEYS: &str = "the keys";
/// The shortest session there is, in seconds (docs/wire.md).
const SHORTEST: u64 = 60;
/// What lifetimes allow for between clocks (docs/security.md).
const ALLOWED: Duration = Duration::from_secs(30);
/// By so much a promise may differ from what was asked for: seconds are whole, and a way takes time.
const ROUNDED: u64 = 2;
/// What could not be looked at so often is given up.
const TRIES: u32 = 5;
/// How many are looked at in one round: there are no more unless rounds are far apart.
const AT_ONCE: usize = 2;
/// How long the kept one holds, in seconds; and when another takes its place.
const KEPT_SECONDS: u64 = 3_600;
const KEPT: Duration = Duration::from_mins(50);

const INVALID: &str = "session-invalid";
const CLOCKS: &str =
    "See the clocks of the machines that redeem-token runs on, and what is in between: an answer must not be kept.";

/// The sessions at one target.
#[derive(Default)]
pub(super) struct Sessions {
    ending: Vec<Ending>,
    kept: Option<(Member, Instant)>,
    /// Requests that no world of this round has counted.
    asked: u64,
}

/// A session that has an end to be looked at.
struct Ending {
    member: Member,
    renewed: Member,
    since: Instant,
    tries: u32,
}

impl Sessions {
    /// Begins one, and says how that went. Four requests.
    pub(super) async fn begins(&mut self, world: &World) -> Finding {
        let since = Instant::now();
        match within(begun(world)).await {
            Ok((member, renewed, promised, alive)) => {
                let finding = beginning(promised, &alive, &renewed.reply);
                self.ending.push(Ending { member, renewed, since, tries: 0 });
                finding
            }
            Err(failure) if failure.got.contains(INVALID) => {
                let found = "a session is refused as soon as it was issued";
                Finding::of(Watch::LifeCycle, Level::Wrong, BEGINNING, found, CLOCKS).by(&failure.request_id)
            }
            Err(failure) => Finding::not_seen(Watch::LifeCycle, BEGINNING, not_begun(&failure.step)),
        }
    }

    /// Looks at those whose end has come, and at none that may hold or not. Two requests each.
    pub(super) async fn ends(&mut self) -> Finding {
        let lasts = Duration::from_secs(SHORTEST);
        let is_due = |one: &mut Ending| one.since.elapsed() > lasts + ALLOWED;
        let due: Vec<Ending> = self.ending.extract_if(.., is_due).take(AT_ONCE).collect();
        let mut worst = Finding::not_seen(Watch::LifeCycle, END, "none was due in this round");
        for mut one in due {
            one.tries += 1;
            let age = one.since.elapsed().saturating_sub(lasts).as_secs();
            let mut seen = true;
            for member in [&one.member, &one.renewed] {
                self.asked += 1;
                let Ok(reply) = within(member.asks_who_they_are()).await else {
                    seen = false;
                    continue;
                };
                let finding = end(&reply, age);
                seen &= finding.level != Level::NotSeen;
                if worst.level != Level::Wrong && finding.level != Level::NotSeen {
                    worst = finding;
                }
            }
            if !seen && one.tries < TRIES {
                self.ending.push(one);
            }
        }
        worst
    }

    /// Whether what was sealed up to an hour ago is still opened. Up to four requests.
    pub(super) async fn keeps(&mut self, world: &World) -> Finding {
        let Some((member, since)) = self.kept.take() else { return self.keeps_another(world).await };
        self.asked += 1;
        let finding = match within(member.asks_who_they_are()).await {
            Ok(reply) => opened(&reply, since.elapsed()),
            Err(failure) => Finding::not_seen(Watch::Keys, KEYS, not_begun(&failure.step)),
        };
        if finding.level == Level::Wrong {
            return finding;
        }
        if since.elapsed() < KEPT {
            self.kept = Some((member, since));
        } else {
            // It is over in ten minutes if it cannot be ended.
            self.asked += 1;
            let _ = within(member.invite.revoke()).await;
            self.keeps_another(world).await;
        }
        finding
    }

    async fn keeps_another(&mut self, world: &World) -> Finding {
        let invite = async {
            world.room().invite_for("monitor", "Keeper", json!({"session_seconds": KEPT_SECONDS})).await?.accept().await
        };
        match within(invite).await {
            Ok(member) => {
                self.kept = Some((member, Instant::now()));
                Finding::not_seen(Watch::Keys, KEYS, "a session is kept from now on, and looked at from the next round")
            }
            Err(failure) => Finding::not_seen(Watch::Keys, KEYS, not_begun(&failure.step)),
        }
    }

    /// How many requests were sent in the names of those that were there before, since this was asked last.
    pub(super) fn asked(&mut self) -> u64 {
        std::mem::take(&mut self.asked)
    }

    /// Ends what is kept. The others end by themselves, within a minute.
    pub(super) async fn are_over(&mut self) {
        if let Some((member, _)) = self.kept.take() {
            let _ = within(member.invite.revoke()).await;
        }
    }
}

fn not_begun(step: &str) -> String {
    format!("{step}: that did not work, and the journeys say why where they meet it too")
}

/// Issued, redeemed, looked at and renewed; and how many seconds it is promised for, where the answer had a date.
async fn begun(world: &World) -> Outcome<(Member, Member, Option<u64>, Reply)> {
    let terms = json!({"ttl_seconds": SHORTEST, "session_seconds": SHORTEST});
    let member = world.room().invite_for("monitor", "Ana", terms).await?.accept().await?;
    let ends_at = member.reply.moment("ends_at")?.as_second();
    let dated = member.reply.dated().and_then(|dated| clock::read(&dated.theirs));
    let alive = member.asks_who_they_are().await?.expect_code("session-valid")?;
    let renewed = member.renews().await?;
    Ok((member, renewed, dated.map(|date| u64::try_from(ends_at - date).unwrap_or_default()), alive))
}

fn beginning(promised: Option<u64>, alive: &Reply, renewed: &Reply) -> Finding {
    if alive.value("ends_at") != renewed.value("ends_at") {
        let found = "a session that was renewed ends at another time than before";
        let mend =
            "See which version redeem-token is: renewing must not make a session last longer (docs/security.md).";
        return Finding::of(Watch::LifeCycle, Level::Wrong, BEGINNING, found, mend).by(renewed.request_id());
    }
    let Some(promised) = promised else {
        return Finding::not_seen(Watch::LifeCycle, BEGINNING, "the answer had no date to count from");
    };
    let level = match promised.abs_diff(SHORTEST) {
        ..=ROUNDED => Level::Well,
        apart if apart <= ALLOWED.as_secs() => Level::Warning,
        _ => Level::Wrong,
    };
    if level == Level::Well {
        return Finding::well(Watch::LifeCycle, BEGINNING, format!("issued for {SHORTEST} s, alive, renewed"));
    }
    let found = format!("a session of {SHORTEST} s is promised for {promised} s by the date of the same answer");
    let mend = "Set the clocks by NTP: that of redeem-token is not that of who answers in front of it.";
    Finding::of(Watch::LifeCycle, level, BEGINNING, found, mend).by(alive.request_id())
}

fn end(reply: &Reply, age: u64) -> Finding {
    match (reply.status(), reply.code()) {
        (401, INVALID) => Finding::well(Watch::LifeCycle, END, format!("refused {age} s after it, as promised")),
        (200, _) => {
            let found = format!("a session is still good {age} s after its end");
            Finding::of(Watch::LifeCycle, Level::Wrong, END, found, CLOCKS).by(reply.request_id())
        }
        _ => Finding::not_seen(Watch::LifeCycle, END, format!("{} came", reply.status())),
    }
}

fn opened(reply: &Reply, age: Duration) -> Finding {
    let minutes = age.as_secs() / 60;
    match (reply.status(), reply.code()) {
        (200, _) => Finding::well(Watch::Keys, KEYS, format!("what was sealed {minutes} min ago is opened")),
        (401, INVALID) if age + ALLOWED < Duration::from_secs(KEPT_SECONDS) => {
            let found = format!("a session of {KEPT_SECONDS} s is refused after {minutes} min");
            let mend = "Put the key that sealed it back into TRUCE_KEYS as `retiring-until-…` (docs/running.md, Keys), and see that TRUCE_PUBLIC_URL is what it was.";
            Finding::of(Watch::Keys, Level::Wrong, KEYS, found, mend).by(reply.request_id())
        }
        (status, _) => Finding::not_seen(Watch::Keys, KEYS, format!("{status} came")),
    }
}
