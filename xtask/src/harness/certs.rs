//! Certificates, as `truce certs` makes them: one that the edge shows people, and one for it and each function to know each other by.
//!
//! The keys of the authorities that sign them stay with the owner; a container reads what it shows and whom it believes, and nothing else.

use super::mirror::{mirror, remove};
use super::parts;
use super::podman::Podman;
use super::progress::Did;
use super::secrets::truce;
use crate::workspace::Workspace;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Whom people reach. Not `localhost`, which works as well where this does: a browser that was once told to use only HTTPS there does so for whatever
/// else its owner runs.
pub(super) const HOST: &str = "127.0.0.1";
/// `up` makes new ones from then on. They are good for 30 days.
const OLD: Duration = Duration::from_hours(10 * 24);
/// Where containers have them.
const INSIDE: &str = "/certs";
/// Of the edge: what it shows people, and what it shows functions.
const EDGE: [&str; 5] = ["tls.crt", "tls.key", "inside/ca.crt", "inside/tls.crt", "inside/tls.key"];
const FUNCTION: [&str; 3] = ["ca.crt", "tls.crt", "tls.key"];

/// With the keys of the authorities.
fn kept(podman: &Podman<'_>) -> PathBuf {
    podman.owner.state().join("authority")
}

/// What containers see.
fn seen(podman: &Podman<'_>) -> PathBuf {
    podman.owner.state().join("tls")
}

/// Of the authority that vouches for the edge: what browsers and phones have to be told to trust.
pub(super) fn authority(podman: &Podman<'_>) -> PathBuf {
    kept(podman).join("certs/outside/ca.crt")
}

/// The folder that `truce certs` calls `name`, as containers see it.
pub(super) fn folder(podman: &Podman<'_>, name: &str) -> PathBuf {
    seen(podman).join(name)
}

/// The same, as Podman is told of it.
pub(super) fn volume(podman: &Podman<'_>, name: &str) -> String {
    format!("--volume={}:{INSIDE}:ro,z", folder(podman, name).display())
}

/// What a function is told, so that it takes nobody but the edge, and can still be asked from inside its container how it is.
pub(super) const SETTINGS: [(&str, &str); 2] = [("TRUCE_TLS", INSIDE), ("TRUCE_PROBES", "127.0.0.1:8081")];

/// What a person has to do so that nothing warns them; `host` is what others reach this machine by.
pub(super) fn trust(podman: &Podman<'_>, host: Option<&str>) -> String {
    let reach = if host.is_some() { "" } else { "`up --host ADDRESS` lets it reach this machine. " };
    format!(
        "Its certificate is vouched for by {}: a browser has to be told to trust it, `curl` takes it with --cacert.\n\
         On an iPhone: {reach}Send it the file, install it in Settings › General › VPN & Device Management, and turn it on in \
         Settings › General › About › Certificate Trust Settings.",
        authority(podman).display()
    )
}

/// Makes them, unless they are there, not old, and for `host`.
pub(super) fn ensure(
    workspace: &Workspace,
    podman: &Podman<'_>,
    functions: &[String],
    host: Option<&str>,
) -> Result<Did, String> {
    let certs = kept(podman).join("certs");
    let is_new = |file: &PathBuf| {
        let made = fs::metadata(certs.join(file)).and_then(|metadata| metadata.modified());
        made.is_ok_and(|made| made.elapsed().map_or(true, |age| age < OLD))
    };
    if files(functions).iter().all(is_new) && !is_for_others(podman, host) {
        return Ok(Did::if_new(show(podman, functions)?, "shown"));
    }
    make(workspace, podman, functions, host)
}

/// Makes new ones; another authority as well, where the one that is there cannot vouch for `host`.
pub(super) fn make(
    workspace: &Workspace,
    podman: &Podman<'_>,
    functions: &[String],
    host: Option<&str>,
) -> Result<Did, String> {
    let kept = kept(podman);
    let problem = |error: io::Error| format!("{} cannot be prepared: {error}", kept.display());
    podman.owner.private(&kept).map_err(problem)?;
    let data = kept.to_string_lossy();
    let mut arguments = vec!["certs", "--data", &data];
    arguments.extend(hosts(host).flat_map(|host| ["--host", host]));
    arguments.extend(is_for_others(podman, host).then_some("--new-authority"));
    truce(workspace, &arguments)?;
    podman.owner.give(&kept).map_err(problem)?;
    show(podman, functions)?;
    Ok(Did::Something("made".to_owned()))
}

/// Those on a network with the edge know it by the name of its container.
fn hosts(host: Option<&str>) -> impl Iterator<Item = &str> {
    [HOST, parts::EDGE].into_iter().chain(host)
}

/// Whether there is an authority, but for other hosts.
fn is_for_others(podman: &Podman<'_>, host: Option<&str>) -> bool {
    let told = fs::read_to_string(kept(podman).join("certs/outside/hosts"));
    let wanted: BTreeSet<String> = hosts(host).map(str::to_lowercase).collect();
    told.is_ok_and(|told| told.lines().map(str::to_owned).collect::<BTreeSet<_>>() != wanted)
}

/// In the folder of `truce certs`: all that containers read.
fn files(functions: &[String]) -> Vec<PathBuf> {
    let edge = EDGE.iter().map(|file| Path::new("edge").join(file));
    let of = |function: &String| FUNCTION.map(|file| Path::new("functions").join(function).join(file));
    edge.chain(functions.iter().flat_map(of)).collect()
}

/// Lets containers read them, whoever they are in there; on the machine the folder around it lets nobody pass.
fn show(podman: &Podman<'_>, functions: &[String]) -> Result<bool, String> {
    let (certs, seen) = (kept(podman).join("certs"), seen(podman));
    let beside = seen.with_extension("new");
    let problem = |error: io::Error| format!("{} cannot be written: {error}", seen.display());
    if beside.exists() {
        remove(&beside).map_err(problem)?;
    }
    for file in files(functions) {
        let (from, to) = (certs.join(&file), beside.join(&file));
        if !from.is_file() {
            return Err(format!(
                "`truce certs` made no {}: build it anew, `cargo build --package truce`",
                file.display()
            ));
        }
        let copied = fs::create_dir_all(to.parent().unwrap_or(&beside)).and_then(|()| fs::copy(&from, &to).map(drop));
        let open = copied.and_then(|()| fs::set_permissions(&to, fs::Permissions::from_mode(0o444)));
        open.map_err(problem)?;
    }
    let changed = mirror(&beside, &seen).and_then(|changed| remove(&beside).map(|()| changed));
    podman.owner.give(&seen).map_err(problem)?;
    changed.map_err(problem)
}

/// For the edge: how it calls each function. The first line is another one whenever the certificates are, so that it reads them again.
pub(super) fn transports(podman: &Podman<'_>, functions: &[String]) -> Result<String, String> {
    let mut hasher = DefaultHasher::new();
    for file in EDGE.iter().filter(|file| !file.contains(".key")) {
        let path = folder(podman, "edge").join(file);
        fs::read(&path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?.hash(&mut hasher);
    }
    let mut text = format!(
        "# Written by `cargo xtask harness up`, for the certificates {:016x}.\nhttp:\n  serversTransports:\n",
        hasher.finish()
    );
    for function in functions {
        // It would keep two connections, and make a new one with both certificates for every request above that. To a text it never fails.
        let _ = write!(
            text,
            "    {function}:\n      serverName: {function}.truce.internal\n      rootCAs: [{INSIDE}/inside/ca.crt]\n      \
             certificates:\n        - {{certFile: {INSIDE}/inside/tls.crt, keyFile: {INSIDE}/inside/tls.key}}\n      \
             maxIdleConnsPerHost: 200\n      forwardingTimeouts: {{dialTimeout: 2s, responseHeaderTimeout: 40s}}\n"
        );
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_of_an_authority_is_among_what_containers_read() {
        let files = files(&["health".to_owned(), "mediate".to_owned()]);
        assert_eq!(files.len(), EDGE.len() + 2 * FUNCTION.len());
        assert!(files.iter().all(|file| !file.ends_with("ca.key")), "{files:?}");
    }
}
