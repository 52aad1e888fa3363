//! What is watched from a start on, and what of the time before is not any more.
//!
//! An alert ends when somebody sees that it is over. Where nobody looks any more, nobody would: it ends as that at the next start. A target at other addresses
//! is another deployment, whatever it is called: nothing that came before is held against it.

use crate::{History, HistoryError, Judge, LOOKS_BACK, Place, THE_STORE, THE_TARGET};
use truce_alarms::{Key, Kind, Watch};

/// What is watched.
#[derive(Debug, Clone)]
pub struct View {
    places: Vec<Place>,
    /// Of each, since when what is known of it is of where it is now; nothing if it was elsewhere.
    since: Vec<Option<u64>>,
    journeys: Vec<String>,
    off: Vec<Watch>,
}

impl View {
    /// Targets at these places, on these journeys; what is `off` is not looked at besides.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub fn new(
        history: &History,
        places: Vec<Place>,
        journeys: Vec<String>,
        off: Vec<Watch>,
    ) -> Result<Self, HistoryError> {
        let since = places.iter().map(|place| history.since(place)).collect::<Result<_, _>>()?;
        Ok(Self { places, since, journeys, off })
    }

    /// Where targets are.
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// Has `judge` take in what is known at `now` of what is watched; `again` goes on a journey to a target once more.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub fn is_known_to(
        &self,
        judge: &mut Judge,
        history: &History,
        now: u64,
        again: &dyn Fn(&str, &str) -> String,
    ) -> Result<(), HistoryError> {
        for (Place { target, .. }, since) in self.places.iter().zip(&self.since) {
            let Some(since) = since else { continue };
            let entries = history.entries(target, now.saturating_sub(LOOKS_BACK).max(*since))?;
            judge.remembers(target, &entries, &|journey| again(target, journey));
        }
        Ok(())
    }

    /// Whether somebody would see that it is over.
    pub(crate) fn has(&self, key: &Key) -> bool {
        let mut stayed = self.places.iter().zip(&self.since).filter(|(_, since)| since.is_some());
        let is_looked_at = match key.kind {
            Kind::Watched { watch, .. } => !self.off.contains(&watch),
            Kind::Burning(_) | Kind::Slower => {
                [THE_TARGET, THE_STORE].contains(&key.journey.as_str()) || self.journeys.contains(&key.journey)
            }
        };
        is_looked_at && stayed.any(|(place, _)| place.target == key.target)
    }
}
