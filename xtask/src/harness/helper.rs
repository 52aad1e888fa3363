//! A container for a test: the program that the view of Podman has, told something else. It is on the edge's network for as long as it is needed.

use super::parts;
use super::proof::Proof;
use std::fs;
use std::net::SocketAddr;

/// What it is called, and what it is told.
pub(super) struct Helper<'a> {
    pub(super) name: &'a str,
    pub(super) configuration: &'a str,
    /// For the edge.
    pub(super) labels: Vec<String>,
    /// The function whose certificate it has.
    pub(super) stands_for: &'a str,
    /// Its port that is seen from this machine as well.
    pub(super) seen_on: Option<u16>,
}

/// What stands before the configuration of one that the edge calls as it calls a function.
pub(super) const AS_A_FUNCTION: &str = "
global
    # Beside tls.crt is tls.key.
    ssl-load-extra-files key
    ssl-load-extra-del-ext
defaults
    mode http
    timeout connect 5s
    timeout client 5s
    timeout server 5s
";

impl<'a> Helper<'a> {
    pub(super) fn new(name: &'a str, configuration: &'a str) -> Self {
        Self { name, configuration, labels: Vec::new(), stands_for: "health", seen_on: None }
    }

    /// Does `work` while it is there.
    pub(super) fn there<T>(&self, proof: &Proof<'_>, work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
        let podman = proof.fleet.podman;
        let path = podman.owner.state().join(format!("{}.cfg", self.name));
        let problem = |error: std::io::Error| format!("{} cannot be written: {error}", path.display());
        fs::write(&path, self.configuration).and_then(|()| podman.owner.give(&path)).map_err(problem)?;
        let id = podman.image(parts::VIEW).ok_or("there is no image of a view")?;
        let mut part = parts::told(podman, &id, &path.to_string_lossy(), self.stands_for, &self.labels);
        if let Some(port) = self.seen_on {
            part = part.seen_on(port);
        }
        let done = part.start(podman, self.name).and_then(|()| work());
        podman.remove(self.name)?;
        fs::remove_file(&path).map_err(problem)?;
        done
    }

    /// Its address on the edge's network: Podman's name server may answer nobody.
    pub(super) fn behind_the_edge(&self, proof: &Proof<'_>) -> Result<String, String> {
        let shown = format!("{{{{(index .NetworkSettings.Networks \"{}\").IPAddress}}}}", parts::EDGE_NETWORK);
        Ok(proof.fleet.podman.text(&["inspect", "--format", &shown, self.name])?.trim().to_owned())
    }

    /// Where it is seen from this machine.
    pub(super) fn address(&self, proof: &Proof<'_>) -> Result<SocketAddr, String> {
        proof.fleet.seen_at(self.name)
    }
}
