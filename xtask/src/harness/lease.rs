//! Whose a harness is that a test brings up: the test's, for as long as its process lives. What a test has left that was cut off, by a
//! keyboard or by a CI machine that went away, goes when the next one begins. A person's harness has no lease, and nobody's test removes it.

use super::podman::Podman;
use std::fs;
use std::path::PathBuf;

/// The noted lease of a harness.
pub(super) const HARNESS: &str = "harness.lease";
/// The same of what `podman kube play` has been given.
pub(super) const PLAY: &str = "play.lease";

/// Notes that `name` is there for the process `holder`.
pub(super) fn take(podman: &Podman<'_>, name: &str, holder: u32) -> Result<(), String> {
    let begun = begun(holder).ok_or_else(|| format!("there is no process {holder}"))?;
    let path = path(podman, name);
    let noted = fs::write(&path, format!("{holder} {begun}")).and_then(|()| podman.owner.give(&path));
    noted.map_err(|error| format!("{} cannot be written: {error}", path.display()))
}

/// Whether `name` was there for a process that is gone.
pub(super) fn has_ended(podman: &Podman<'_>, name: &str) -> bool {
    fs::read_to_string(path(podman, name)).is_ok_and(|noted| !lives(&noted))
}

pub(super) fn end(podman: &Podman<'_>, name: &str) {
    // One that is not there has ended.
    let _ = fs::remove_file(path(podman, name));
}

fn path(podman: &Podman<'_>, name: &str) -> PathBuf {
    podman.owner.state().join(name)
}

/// Whether the process lives that a lease names, and not another one that has got its number since.
fn lives(noted: &str) -> bool {
    let (holder, then) = noted.trim().split_once(' ').unwrap_or_default();
    holder.parse().ok().and_then(begun).is_some_and(|begun| begun == then)
}

/// When it began, in the kernel's ticks since the machine did: the 22nd field, after a name that may have spaces in it (`proc_pid_stat(5)`).
fn begun(process: u32) -> Option<String> {
    let line = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, fields) = line.rsplit_once(')')?;
    // The third is the first after the name.
    fields.split_whitespace().nth(22 - 3).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_lives_with_its_process_and_not_with_its_number() {
        let me = std::process::id();
        let then = begun(me).expect("a process that runs has begun");
        assert!(lives(&format!("{me} {then}")));
        assert!(!lives(&format!("{me} 0{then}")));
        assert!(!lives(""));

        let mut other = std::process::Command::new("true").spawn().expect("a process");
        let noted = format!("{} {}", other.id(), begun(other.id()).expect("one that nobody has waited for is there"));
        other.wait().expect("it ends");
        assert!(!lives(&noted));
    }
}
