//! Keys and passwords: made once, kept by Podman, handed to a container as files. They are on no command line, in no environment and no
//! image.

use super::podman::Podman;
use super::progress::Did;
use crate::server::secret;
use crate::workspace::Workspace;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// What Redis reads.
pub(super) const REDIS: &str = "truce-redis";
/// Settings of every function, by the name that Podman knows them by.
pub(super) const SETTINGS: [(&str, &str); 3] =
    [(KEYS, "TRUCE_KEYS"), ("truce-organisers", "TRUCE_ORGANISER_KEYS"), ("truce-store", "TRUCE_STORE")];
pub(super) const OF_FUNCTIONS: [&str; 3] = [KEYS, "truce-organisers", "truce-store"];
const KEYS: &str = "truce-keys";
/// The organiser's key alone, for who goes on journeys.
pub(super) const MONITOR: &str = "truce-monitor";
const ALL: [&str; 4] = [REDIS, KEYS, "truce-organisers", "truce-store"];

/// The file with the organiser's key, for a person to read.
pub(super) fn organisers(podman: &Podman<'_>) -> PathBuf {
    podman.owner.state().join("organisers")
}

/// The data folder of `truce keys`, for the owner alone: Podman does not give back what it keeps.
fn ring(podman: &Podman<'_>) -> PathBuf {
    podman.owner.state().join("keyring")
}

/// The organiser's key.
pub(super) fn organiser_key(podman: &Podman<'_>) -> Result<String, String> {
    let path = organisers(podman);
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let key = text.trim().split_once('=').map(|(_, key)| key.to_owned());
    key.ok_or_else(|| format!("{} has no key in it", path.display()))
}

/// Whether they were made.
pub(super) fn there(podman: &Podman<'_>) -> bool {
    ALL.iter().all(|name| podman.has("secret", name))
        && organisers(podman).is_file()
        && ring(podman).join("keys").is_file()
}

/// Makes them, unless they are there; the organiser's is for `organiser`.
pub(super) fn ensure(workspace: &Workspace, podman: &Podman<'_>, organiser: &str) -> Result<Did, String> {
    if there(podman) {
        return Ok(Did::Nothing);
    }
    remove(podman)?;
    let password = secret()?;
    let ours = truce(workspace, &["keys", "organiser", organiser])?;
    keep(podman, &organisers(podman), &ours)?;
    podman.owner.private(&ring(podman)).map_err(|error| format!("{}: {error}", ring(podman).display()))?;
    let keys = truce(workspace, &["keys"])?;
    keep(podman, &ring(podman).join("keys"), &keys)?;
    let store = format!("redis://:{password}@{}:6379", super::parts::REDIS);
    let contents = [format!("requirepass {password}\n"), keys, ours, store];
    for (name, content) in ALL.iter().zip(contents) {
        podman.told(&["secret", "create", name, "-"], &content)?;
    }
    Ok(Did::Something("made".to_owned()))
}

/// Which `secrets` are, but not what: others after they were made anew.
pub(super) fn generation(podman: &Podman<'_>, secrets: &[&str]) -> Result<String, String> {
    let mut inspect = vec!["secret", "inspect", "--format", "{{.ID}}"];
    inspect.extend(secrets);
    podman.text(&inspect)
}

/// The monitor's, made if need be; which it is, but not what.
pub(super) fn of_the_monitor(podman: &Podman<'_>) -> Result<String, String> {
    if !podman.has("secret", MONITOR) {
        podman.told(&["secret", "create", MONITOR, "-"], &organiser_key(podman)?)?;
    }
    generation(podman, &[MONITOR])
}

/// A new key that opens what others seal and seals nothing itself; its id.
pub(super) fn introduce(workspace: &Workspace, podman: &Podman<'_>) -> Result<String, String> {
    let listed = change_ring(workspace, podman, &["introduce"])?;
    // The others seal, or open for a while only.
    let new = listed.lines().find_map(|line| line.strip_suffix("  opens"));
    new.map(|id| id.trim().to_owned()).ok_or_else(|| "`truce keys introduce` lists no key that only opens".to_owned())
}

/// The key that seals from now on; the one before goes on opening.
pub(super) fn activate(workspace: &Workspace, podman: &Podman<'_>, id: &str) -> Result<(), String> {
    change_ring(workspace, podman, &["activate", id]).map(drop)
}

/// Changes the key ring, here and at Podman. Who runs goes on with the one it was started with.
fn change_ring(workspace: &Workspace, podman: &Podman<'_>, how: &[&str]) -> Result<String, String> {
    let (folder, file) = (ring(podman), ring(podman).join("keys"));
    let folder = folder.to_string_lossy();
    let listed = truce(workspace, &[&["keys"], how, &["--data", &folder]].concat())?;
    let changed = fs::read_to_string(&file).map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
    podman.owner.give(&ring(podman)).map_err(|error| format!("{folder}: {error}"))?;
    podman.text(&["secret", "rm", KEYS])?;
    podman.told(&["secret", "create", KEYS, "-"], &changed)?;
    Ok(listed)
}

/// What `truce` prints.
pub(super) fn truce(workspace: &Workspace, arguments: &[&str]) -> Result<String, String> {
    let built = workspace.truce();
    let mut command = if built.is_file() {
        workspace.command(&built)
    } else {
        workspace.cargo(&["run", "--quiet", "--package", "truce", "--"])
    };
    let output = command.args(arguments).output().map_err(|error| format!("truce cannot be started: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!("truce {}: {}", arguments[0], String::from_utf8_lossy(&output.stderr).trim()))
}

fn keep(podman: &Podman<'_>, path: &Path, text: &str) -> Result<(), String> {
    let kept = fs::File::create(path)
        .and_then(|_| fs::set_permissions(path, fs::Permissions::from_mode(0o600)))
        .and_then(|()| fs::write(path, text))
        .and_then(|()| podman.owner.give(path));
    kept.map_err(|error| format!("{} cannot be written: {error}", path.display()))
}

/// Forgets them.
pub(super) fn remove(podman: &Podman<'_>) -> Result<Did, String> {
    let there: Vec<&str> = ALL.into_iter().chain([MONITOR]).filter(|name| podman.has("secret", name)).collect();
    for name in &there {
        podman.text(&["secret", "rm", name])?;
    }
    let _ = fs::remove_file(organisers(podman));
    Ok(Did::if_new(!there.is_empty(), "forgotten"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_a_secret_that_is_made() {
        assert!(SETTINGS.iter().all(|(name, _)| ALL.contains(name)));
    }
}
