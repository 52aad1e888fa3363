//! What is known from before this start, and what of it is not watched any more.

use super::{Watch, again, now};
use crate::failure::Failure;
use truce_contract::Target;
use truce_looks::bases;
use truce_monitor::{History, Judge, Place, Plan, Settings, Told, View};

/// What is known already of what is watched.
pub(super) fn known(
    history: &History,
    settings: &Settings,
    plan: &Plan,
    targets: &[Target],
) -> Result<(Judge, View), Failure> {
    let mut judge = Judge::new(settings.objective, plan.every, history.ledger()?.as_deref());
    let journeys = plan.selected.iter().map(|one| one.journey.name.to_owned()).collect();
    let view = View::new(history, targets.iter().map(place).collect(), journeys, settings.watches.off.clone())?;
    let named = |name: &str| targets.iter().find(|target| target.name == name).expect("it is one of them");
    view.is_known_to(&mut judge, history, now(), &|target, journey| again(named(target), journey))?;
    Ok((judge, view))
}

fn place(target: &Target) -> Place {
    Place { target: target.name.clone(), addresses: bases(&target.addresses).join(" ") }
}

impl Watch {
    /// Ends what is open about what is not watched any more, and tells who was told of it. Before the first round, and not with `--once`: whoever looks once at
    /// one target has not let go of the others.
    pub(super) fn leaves(&mut self) -> Result<(), Failure> {
        let at = now();
        let events = self.judge.leaves(at, &self.view);
        self.tell_each(&events)?;
        let told = Told { ledger: &self.judge.ledger(), open: self.judge.open_alerts().collect(), events: &events };
        let places = self.view.places();
        Ok(self.history.begin_with(at, places, &told, |file| self.alerts.put(file, &events, at))?)
    }
}
