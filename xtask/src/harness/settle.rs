//! From what runs to what is to run: what is new takes part when it is ready, and what is old goes when the edge has heard of the new.

use super::fleet::{Fleet, PATIENCE};
use super::parts::Part;
use super::podman::Container;
use super::progress::Did;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// From an event at Podman until the edge routes by it: it gathers them for 0.2 s (traefik-local/traefik.yaml), and then looks at one container after the
/// other, which takes a busy machine its time.
const HEARD: Duration = Duration::from_secs(2);
/// Draining, 10 s for what is in flight, and some air: as in deploy/kubernetes.
pub(super) const GOES: Duration = Duration::from_secs(30);

/// What has begun: who is new, who is waited for, and who goes then.
pub(super) struct Change {
    wanted: usize,
    new: usize,
    waits: Vec<String>,
    old: Vec<String>,
}

impl Fleet<'_> {
    /// `wanted` replicas of `part` and no others; all of them new, if `anew`.
    pub(super) fn settle(&self, function: &str, part: &Part, wanted: usize, anew: bool) -> Result<Did, String> {
        let change = self.begin(function, part, wanted, anew)?;
        self.complete(std::slice::from_ref(&change))?;
        Ok(match (change.new, change.old.len()) {
            (0, 0) => Did::Nothing,
            (new, 0) => Did::Something(format!("{wanted}, {new} new")),
            (0, old) => Did::Something(format!("{wanted}, {old} gone")),
            (new, old) => Did::Something(format!("{wanted}, {new} new, {old} gone")),
        })
    }

    /// Every group as it should be now, all at the same time: whose part has changed is replaced.
    pub(super) fn settle_all(&self) -> Result<Did, String> {
        let begin = |name: String| self.begin(&name, &self.current(&name)?, self.replicas(&name)?.len(), false);
        let changes: Vec<Change> =
            self.groups().into_iter().map(|group| begin(group.name)).collect::<Result<_, _>>()?;
        self.complete(&changes)?;
        let new: usize = changes.iter().map(|change| change.new).sum();
        Ok(Did::if_new(new > 0, &format!("{new} of {} new", changes.iter().map(|change| change.wanted).sum::<usize>())))
    }

    /// Starts what is missing.
    fn begin(&self, function: &str, part: &Part, wanted: usize, anew: bool) -> Result<Change, String> {
        let (mut keep, mut old): (Vec<_>, Vec<_>) = self
            .replicas(function)?
            .into_iter()
            .partition(|container| !anew && container.running && container.made_from == part.made_from);
        let taken: Vec<usize> = keep.iter().chain(&old).filter_map(Container::number).collect();
        let mut waits = fresh_names(function, &taken, wanted.saturating_sub(keep.len()));
        let new = waits.len();
        old.extend(keep.drain(wanted.min(keep.len())..));
        for name in &waits {
            part.start(self.podman, name)?;
        }
        waits.extend(keep.into_iter().filter(|container| !container.healthy()).map(|container| container.name));
        Ok(Change { wanted, new, waits, old: old.into_iter().map(|container| container.name).collect() })
    }

    /// Waits for the new, and lets the old go.
    fn complete(&self, changes: &[Change]) -> Result<(), String> {
        changes.iter().flat_map(|change| &change.waits).try_for_each(|name| self.until_ready(name))?;
        let old: Vec<&str> = changes.iter().flat_map(|change| &change.old).map(String::as_str).collect();
        if !old.is_empty() && changes.iter().any(|change| !change.waits.is_empty()) {
            sleep(HEARD);
        }
        self.podman.retire(&old, GOES)
    }

    fn until_ready(&self, name: &str) -> Result<(), String> {
        let begun = Instant::now();
        while !self.podman.looks_ready(name) {
            let state = self.podman.text(&["container", "inspect", "--format", "{{.State.Status}}", name])?;
            if state.trim() != "running" || begun.elapsed() > PATIENCE {
                let why = self.podman.last_words(name);
                return Err(format!("{name} does not get ready ({}): {why}", state.trim()));
            }
            sleep(Duration::from_millis(100));
        }
        Ok(())
    }
}

/// The first free numbers.
fn fresh_names(function: &str, taken: &[usize], count: usize) -> Vec<String> {
    let free = (1..).filter(|number| !taken.contains(number));
    free.take(count).map(|number| format!("truce-{function}-{number}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_replicas_take_the_first_free_numbers() {
        assert_eq!(fresh_names("mediate", &[1, 3], 2), ["truce-mediate-2", "truce-mediate-4"]);
        assert_eq!(fresh_names("mediate", &[], 0), [] as [String; 0]);
    }
}
