//! The journeys, by theme, and how they are run.
//!
//! A journey is an async function with a name that states the behaviour and a sentence that tells the story. It gets a
//! [`World`] and returns an [`Outcome`]; it never panics, and when one does all the same, that is its failure.

mod agreements;
mod errors;
mod health;
mod inbox;
mod leaving;
mod lifetimes;
mod mediation;
mod negotiation;
mod pages;
mod privacy;
mod replies;
mod revoking;
mod security;
mod sign_up;
mod words;
mod wrist;

use crate::client::millis;
use crate::report::JourneyReport;
use crate::{Failure, Outcome, Target, World};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// No journey takes longer on a host that works; one that hangs must not hang the run.
const TIME_LIMIT: Duration = Duration::from_mins(5);

/// What a person does, and what has to come of it.
#[derive(Debug, Clone, Copy)]
pub struct Journey {
    /// What it belongs to.
    pub theme: &'static str,
    /// The behaviour it checks.
    pub name: &'static str,
    /// The story, in a sentence.
    pub story: &'static str,
    /// Whether it has to wait for a minute or more: run only when asked for.
    pub patient: bool,
    run: fn(World) -> Run,
}

type Run = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// Declares the journeys of a theme: each name is an `async fn(World) -> Outcome` of the module.
/// `patient` ones wait for a minute or more.
macro_rules! journeys {
    ($theme:literal: $($journeys:tt)+) => { journeys!(JOURNEYS, false, $theme, $($journeys)+); };
    (patient $theme:literal: $($journeys:tt)+) => { journeys!(PATIENT_JOURNEYS, true, $theme, $($journeys)+); };
    ($all:ident, $patient:literal, $theme:literal, $($name:ident => $story:literal),+ $(,)?) => {
        pub(super) const $all: &[$crate::Journey] = &[$($crate::Journey {
            theme: $theme,
            name: stringify!($name),
            story: $story,
            patient: $patient,
            run: |world| Box::pin($name(world)),
        }),+];
    };
}
pub(crate) use journeys;

/// Every journey that can be run without much waiting, theme by theme.
pub fn all() -> Vec<Journey> {
    everything().into_iter().filter(|journey| !journey.patient).collect()
}

/// Every journey, the ones that wait for minutes too.
pub fn everything() -> Vec<Journey> {
    [
        sign_up::JOURNEYS,
        mediation::JOURNEYS,
        words::JOURNEYS,
        replies::JOURNEYS,
        agreements::JOURNEYS,
        inbox::JOURNEYS,
        leaving::JOURNEYS,
        revoking::JOURNEYS,
        lifetimes::JOURNEYS,
        lifetimes::PATIENT_JOURNEYS,
        errors::JOURNEYS,
        security::JOURNEYS,
        privacy::JOURNEYS,
        negotiation::JOURNEYS,
        health::JOURNEYS,
        pages::JOURNEYS,
        wrist::JOURNEYS,
        wrist::PATIENT_JOURNEYS,
    ]
    .concat()
}

impl Journey {
    /// Goes on the journey.
    pub async fn run(self, target: &Target) -> JourneyReport {
        self.go(target, false).await
    }

    /// The same, and ends what was begun on it: no invite of it is good afterwards, and no session.
    pub async fn run_and_tidy(self, target: &Target) -> JourneyReport {
        self.go(target, true).await
    }

    async fn go(self, target: &Target, tidy: bool) -> JourneyReport {
        let report = |took_ms, requests, failure, steps| JourneyReport {
            name: self.name.to_owned(),
            story: self.story.to_owned(),
            target: target.name.clone(),
            took_ms,
            requests,
            failure,
            steps,
        };
        let world = match World::at(target.clone()) {
            Ok(world) => world,
            Err(failure) => return report(0.0, 0, Some(failure), Vec::new()),
        };
        // In a task of its own: a panic ends the task, and this is where it turns into a failure.
        let mut task = JoinSet::new();
        task.spawn((self.run)(world.clone()));
        let ended = tokio::time::timeout(TIME_LIMIT, task.join_next()).await;
        let step = || world.steps().last().map_or("the first step".to_owned(), |step| format!("after “{}”", step.what));
        let failure = match ended {
            Ok(Some(Ok(outcome))) => outcome.err(),
            Ok(Some(Err(panic))) => {
                Some(Failure::without_answer(step(), "a journey that does not panic", panic.to_string()))
            }
            Ok(None) => Some(Failure::without_answer(step(), "a journey", "none")),
            Err(_) => {
                Some(Failure::without_answer(step(), format!("an end within {} s", TIME_LIMIT.as_secs()), "none"))
            }
        };
        let took = millis(world.elapsed());
        let tidied = if tidy { world.tidies().await } else { Ok(()) };
        report(took, world.requests(), failure.or(tidied.err()), world.steps())
    }
}

/// Goes on many journeys, at most `at_once` at the same time, and tells of each as it ends. The reports come in the
/// order of `journeys`.
pub async fn run_all(
    target: &Target,
    journeys: &[Journey],
    at_once: usize,
    told: impl FnMut(&JourneyReport),
) -> Vec<JourneyReport> {
    go_all(target, journeys, at_once, false, told).await
}

/// The same, and ends what was begun on each.
pub async fn run_all_and_tidy(target: &Target, journeys: &[Journey], at_once: usize) -> Vec<JourneyReport> {
    go_all(target, journeys, at_once, true, |_| {}).await
}

async fn go_all(
    target: &Target,
    journeys: &[Journey],
    at_once: usize,
    tidy: bool,
    mut told: impl FnMut(&JourneyReport),
) -> Vec<JourneyReport> {
    let places = Arc::new(Semaphore::new(at_once.max(1)));
    let mut tasks = JoinSet::new();
    for (number, journey) in journeys.iter().copied().enumerate() {
        let (places, target) = (Arc::clone(&places), target.clone());
        tasks.spawn(async move {
            let _place = places.acquire_owned().await;
            (number, journey.go(&target, tidy).await)
        });
    }
    let mut reports = Vec::with_capacity(journeys.len());
    while let Some(ended) = tasks.join_next().await {
        // A journey's own panic is caught within; what else could end the task would end the run as well.
        if let Ok((number, report)) = ended {
            told(&report);
            reports.push((number, report));
        }
    }
    reports.sort_by_key(|(number, _)| *number);
    reports.into_iter().map(|(_, report)| report).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_journey_has_a_name_of_its_own_and_a_story() {
        let journeys = everything();
        assert!(journeys.len() >= 60, "{} journeys", journeys.len());
        for journey in &journeys {
            assert_eq!(journeys.iter().filter(|other| other.name == journey.name).count(), 1, "{}", journey.name);
            assert!(journey.story.ends_with('.') && journey.story.len() > 30, "{}", journey.name);
        }
    }

    fn panicking() -> Journey {
        let run: fn(World) -> Run = |_| Box::pin(async { panic!("oh no") });
        Journey { theme: "t", name: "panicking", story: "s", patient: false, run }
    }

    #[tokio::test]
    async fn a_journey_that_panics_is_a_failure_and_not_the_end() {
        let target = Target::at("nowhere", "http://127.0.0.1:9", "key").expect("a base URL");
        let report = panicking().run(&target).await;
        assert!(report.failure.is_some_and(|failure| failure.expected.contains("does not panic")));
    }

    #[tokio::test]
    async fn a_host_that_does_not_answer_fails_every_journey() {
        let target = Target::at("nowhere", "http://127.0.0.1:9", "key").expect("a base URL");
        let journeys: Vec<Journey> = all().into_iter().filter(|journey| journey.theme == "health").collect();
        let reports = run_all(&target, &journeys, 4, |_| {}).await;
        assert_eq!(reports.len(), journeys.len());
        assert!(reports.iter().all(|report| !report.passed()));
        assert!(reports.iter().zip(&journeys).all(|(report, journey)| report.name == journey.name), "in order");
    }
}
