//! Who takes events where they go: one task for each receiver, so that none waits for another, nor the monitor for any.

use crate::destination::{Came, Destination, Sender, now};
use crate::notice::Notice;
use crate::outbox::{Outbox, Standing, Waiting};
use crate::policy::Policy;
use serde::Serialize;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

/// When the outbox cannot be used, and the least that is waited for anything.
const PAUSE: (Duration, Duration) = (Duration::from_mins(1), Duration::from_millis(10));

/// Whom it tells how deliveries go.
pub type Say = Arc<dyn Fn(Said) + Send + Sync>;

/// How deliveries to a receiver go, where that has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Said {
    /// The receiver.
    pub to: String,
    /// What is with it.
    pub is: Goes,
}

/// What is with a receiver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Goes {
    /// What goes there is not taken; it is tried again.
    Failing(String),
    /// It takes again what goes there.
    Well,
    /// So many events are given up, and why the last of them was not taken.
    GivenUp(usize, String),
    /// It wants nothing any more; so many events are given up.
    Gone(usize),
    /// The outbox cannot be used.
    Unusable(String),
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { to, is } = self;
        match is {
            Goes::Failing(why) => write!(f, "alarms to {to} are not taken, {why}; they wait, and are tried again"),
            Goes::Well => write!(f, "alarms to {to} are taken again"),
            Goes::GivenUp(count, why) => {
                write!(
                    f,
                    "LOST  {count} alarms to {to} were never taken and are given up, {why}; mend it, and see with --try-alerts"
                )
            }
            Goes::Gone(count) => write!(
                f,
                "GONE  {to} wants no alarms any more (status 410), {count} that waited are given up; name another, or see with --try-alerts"
            ),
            Goes::Unusable(why) => write!(f, "alarms to {to} wait, the history's file cannot be used: {why}"),
        }
    }
}

/// Goes on until it is dropped. What waits then, waits in the outbox.
pub struct Post {
    news: watch::Sender<News>,
    _tasks: JoinSet<()>,
}

/// What the tasks hear.
#[derive(Debug, Clone, Default)]
struct News {
    /// So many events were put in.
    events: u64,
    /// What is open.
    open: Arc<[Notice]>,
}

impl Post {
    /// Begins, with what waits from before. It has to be called within a runtime of tokio's.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn start(
        outbox: &Outbox,
        destinations: Vec<Destination>,
        policy: &Policy,
        open: Vec<Notice>,
        say: &Say,
    ) -> Result<Self, reqwest::Error> {
        let news = watch::Sender::new(News { events: 0, open: open.into() });
        let mut tasks = JoinSet::new();
        for Destination { name, to } in destinations {
            let sender = Sender::new(to, policy.limit, policy.refresh)?;
            let (outbox, policy, news, say) = (outbox.clone(), policy.clone(), news.subscribe(), Arc::clone(say));
            let told = Instant::now().checked_sub(policy.refresh).unwrap_or_else(Instant::now);
            tasks.spawn(Worker { name, sender, outbox, policy, news, say, told, fails: false }.goes_on());
        }
        Ok(Self { news, _tasks: tasks })
    }

    /// So many events were put in, and this is open now.
    pub fn hears(&self, events: usize, open: Vec<Notice>) {
        self.news.send_modify(|news| {
            news.events += u64::try_from(events).unwrap_or(u64::MAX);
            news.open = open.into();
        });
    }
}

struct Worker {
    name: String,
    sender: Sender,
    outbox: Outbox,
    policy: Policy,
    news: watch::Receiver<News>,
    say: Say,
    /// When Alertmanager was told last what is open.
    told: Instant,
    /// Whether that did not work.
    fails: bool,
}

impl Worker {
    async fn goes_on(mut self) {
        let mut heard = self.news.borrow_and_update().events;
        // A start is a reason to try what waits, and so is another event: whoever needs it soonest should not wait for a schedule.
        let mut at_once = true;
        loop {
            let pause = match self.turn(at_once).await {
                Ok(pause) => pause,
                Err(error) => {
                    self.says(Goes::Unusable(error.to_string()));
                    PAUSE.0
                }
            };
            tokio::select! {
                () = sleep(pause.max(PAUSE.1)) => at_once = false,
                changed = self.news.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    let events = self.news.borrow_and_update().events;
                    at_once = events != heard;
                    heard = events;
                }
            }
        }
    }

    /// Sends what is due, and says how long nothing is.
    async fn turn(&mut self, mut at_once: bool) -> Result<Duration, rusqlite::Error> {
        loop {
            let standing = self.outbox.standing(&self.name)?;
            if standing.gone {
                return Ok(self.policy.longest());
            }
            let left_alone = self.until(standing.not_before);
            if !left_alone.is_zero() {
                return Ok(left_alone);
            }
            let first = self.outbox.first(&self.name)?;
            let wait = first.as_ref().map_or(Duration::MAX, |_| self.until(standing.next));
            if let Some(first) = first.filter(|_| at_once || wait.is_zero()) {
                at_once = false;
                self.send(&first, standing).await?;
                continue;
            }
            let refresh = self.until_refresh();
            if !refresh.is_zero() {
                return Ok(wait.min(refresh));
            }
            at_once = self.refresh(standing).await?;
        }
    }

    async fn send(&mut self, first: &Waiting, standing: Standing) -> Result<(), rusqlite::Error> {
        let Ok(notice) = serde_json::from_str::<Notice>(&first.body) else {
            // Another version's, with which nothing can be done.
            self.says(Goes::GivenUp(1, "another version has put it in".to_owned()));
            return self.outbox.take_out(first.number);
        };
        match self.sender.send(&notice, &first.id, &first.body).await {
            Came::Taken => {
                self.outbox.take_out(first.number)?;
                self.well(standing)
            }
            Came::Gone => self.gone(standing),
            Came::NotNow { why, not_before } => {
                self.failed(&why, not_before, standing)?;
                let oldest = millis(SystemTime::now()) - whole(self.policy.give_up_after);
                if first.put <= oldest {
                    let count = self.outbox.give_up(&self.name, Some(oldest))?;
                    self.says(Goes::GivenUp(count, why));
                }
                Ok(())
            }
        }
    }

    /// Tells Alertmanager what is open; whether that is a reason to send what waits.
    async fn refresh(&mut self, standing: Standing) -> Result<bool, rusqlite::Error> {
        self.told = Instant::now();
        let open = Arc::clone(&self.news.borrow().open);
        if open.is_empty() {
            return Ok(false);
        }
        let failed = std::mem::replace(&mut self.fails, true);
        match self.sender.tell(&open).await {
            Came::Taken => {
                self.fails = false;
                if failed && standing.failures == 0 {
                    self.says(Goes::Well);
                }
                return Ok(standing.failures > 0);
            }
            Came::Gone => self.gone(standing)?,
            Came::NotNow { why, not_before } => {
                if !failed && standing.failures == 0 {
                    self.says(Goes::Failing(why));
                }
                if let Some(asked) = not_before {
                    let not_before = millis(SystemTime::now()) + whole(asked);
                    self.outbox.stands(&self.name, Standing { not_before, ..standing })?;
                }
            }
        }
        Ok(false)
    }

    fn well(&self, standing: Standing) -> Result<(), rusqlite::Error> {
        if standing != Standing::default() {
            self.outbox.trusts_again(&self.name)?;
            self.says(Goes::Well);
        }
        Ok(())
    }

    fn gone(&self, standing: Standing) -> Result<(), rusqlite::Error> {
        self.outbox.stands(&self.name, Standing { gone: true, ..standing })?;
        let count = self.outbox.give_up(&self.name, None)?;
        self.says(Goes::Gone(count));
        Ok(())
    }

    fn failed(&self, why: &str, not_before: Option<Duration>, before: Standing) -> Result<(), rusqlite::Error> {
        let failures = before.failures.saturating_add(1);
        let now = millis(SystemTime::now());
        let next = now + whole(self.policy.delay(failures, chance()));
        let not_before = not_before.map_or(0, |asked| now + whole(asked));
        // Kept first: whoever has heard of it hears when it is over, after a fall too.
        self.outbox.stands(&self.name, Standing { failures, next, not_before, gone: false })?;
        if before.failures == 0 && !self.fails {
            self.says(Goes::Failing(why.to_owned()));
        }
        Ok(())
    }

    /// How long until a moment, and never longer than anything is waited for: a clock may have been set back.
    fn until(&self, moment: i64) -> Duration {
        let left = u64::try_from(moment - millis(SystemTime::now())).unwrap_or_default();
        Duration::from_millis(left).min(self.policy.longest().max(Duration::from_hours(24)))
    }

    fn until_refresh(&self) -> Duration {
        if self.sender.refreshes() {
            self.policy.refresh.saturating_sub(self.told.elapsed())
        } else {
            self.policy.longest().max(PAUSE.0)
        }
    }

    fn says(&self, is: Goes) {
        (self.say)(Said { to: self.name.clone(), is });
    }
}

/// One event, to see whether it arrives: what came of it, and how long that took.
///
/// # Errors
/// When no HTTP client can be made.
pub async fn try_once(destination: &Destination, policy: &Policy) -> Result<(Came, Duration), reqwest::Error> {
    let sender = Sender::new(destination.to.clone(), policy.limit, policy.refresh)?;
    let notice = Notice::test(now());
    let file = format!("{:08x}", getrandom::u32().unwrap_or_default());
    let began = Instant::now();
    let came = sender.send(&notice, &notice.id(&file), &crate::outbox::body(&notice)).await;
    Ok((came, began.elapsed()))
}

fn millis(moment: SystemTime) -> i64 {
    whole(moment.duration_since(UNIX_EPOCH).unwrap_or_default())
}

fn whole(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// From 0 to 1, without a need for more than not being the same everywhere.
fn chance() -> f64 {
    getrandom::u32().map_or(0.5, |number| f64::from(number) / f64::from(u32::MAX))
}
