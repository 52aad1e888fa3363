//! The edge: what it is told, and whether it does it.

use super::fleet::{Fleet, PATIENCE};
use super::mirror::mirror;
use super::progress::Did;
use super::{certs, handshake, routes, traces};
use crate::http::Client;
use std::fs;
use std::net::SocketAddr;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// From new files until every function has them in use: it looks every two seconds (shared/function/src/host/tls.rs).
const LOOKED: Duration = Duration::from_secs(3);
/// In limits.yaml: how often one source may ask, and as often as somebody can who stands for many.
const RATE: [&str; 2] = ["average: 100\n", "average: 100000\n"];

impl Fleet<'_> {
    /// As people reach it.
    pub(super) fn edge(&self) -> Result<Client, String> {
        self.edge_by(SocketAddr::from(([127, 0, 0, 1], self.port)))
    }

    /// By way of who passes on what arrives at `address`.
    pub(super) fn edge_by(&self, address: SocketAddr) -> Result<Client, String> {
        let path = certs::authority(self.podman);
        let problem = |error: &dyn std::fmt::Display| format!("{} cannot be read: {error}", path.display());
        let authority = fs::read(&path).map_err(|error| problem(&error))?;
        Client::tls(address, &authority).map_err(|error| problem(&error))
    }

    /// As people have it.
    pub(super) fn url(&self) -> String {
        match self.host.as_deref().unwrap_or(certs::HOST) {
            host if host.contains(':') => format!("https://[{host}]:{}", self.port),
            host => format!("https://{host}:{}", self.port),
        }
    }

    /// New certificates everywhere, without a new container.
    pub(super) fn roll_certs(&self) -> Result<(), String> {
        if !certs::authority(self.podman).is_file() {
            return Err("it is not up: type `cargo xtask harness up`".to_owned());
        }
        self.progress
            .step("certificates", || certs::make(self.workspace, self.podman, &self.functions, self.host.as_deref()))?;
        self.progress.step("the edge's configuration", || self.configure_edge())?;
        self.progress.step("through the edge", || self.shows_them())
    }

    /// What it reads when it starts.
    pub(super) fn edge_reads(&self) -> Result<String, String> {
        let path = self.workspace.root.join("traefik-local/traefik.yaml");
        let mut text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        text.extend(self.traces.borrow().as_deref().map(traces::of_the_edge));
        Ok(text)
    }

    /// Its configuration, where its owner can read it, and it watches it.
    pub(super) fn configure_edge(&self) -> Result<Did, String> {
        let (from, to) = (self.workspace.root.join("traefik-local"), self.podman.owner.state().join("traefik"));
        let problem = |error: std::io::Error| format!("{} cannot be written: {error}", to.display());
        // Beside it first, so that what is watched changes once, and only when it is another.
        let beside = self.podman.owner.state().join("traefik.new");
        mirror(&from, &beside).map_err(problem)?;
        let groups = self.groups();
        let written = [
            ("traefik.yaml", self.edge_reads()?),
            ("dynamic/cells.yaml", self.cells.routers()),
            ("dynamic/services.yaml", routes::services(groups.iter().map(|group| group.name.as_str()))),
            ("dynamic/traces.yaml", traces::relayed(self.traces.borrow().as_deref())),
            ("dynamic/transports.yaml", certs::transports(self.podman, &self.functions)?),
        ];
        written.into_iter().try_for_each(|(name, text)| fs::write(beside.join(name), text)).map_err(problem)?;
        if self.crowded.get() {
            let path = beside.join("dynamic/limits.yaml");
            let text = fs::read_to_string(&path).map_err(problem)?;
            if !text.contains(RATE[0]) {
                return Err(format!("limits.yaml has no `{}`: it is told to a crowd in edge.rs", RATE[0].trim()));
            }
            fs::write(&path, text.replace(RATE[0], RATE[1])).map_err(problem)?;
        }
        let changed = mirror(&beside, &to).map_err(problem)?;
        self.podman.owner.give(&to).map_err(problem)?;
        Ok(Did::if_new(changed, "written"))
    }

    /// Whether it shows the certificate that was made last.
    fn shows_them(&self) -> Result<Did, String> {
        let (begun, edge, authority) = (Instant::now(), self.edge()?, certs::authority(self.podman));
        let wanted = handshake::serial_in(&certs::folder(self.podman, "edge").join("tls.crt"))?;
        sleep(LOOKED);
        loop {
            let shown = handshake::call(edge.address, certs::HOST, &authority, None, "http/1.1");
            if shown.as_ref().is_ok_and(|shown| shown.serial == wanted) {
                return Ok(Did::Something("in use".to_owned()));
            }
            if begun.elapsed() > PATIENCE {
                let shown = shown.map_or_else(|error| error, |shown| shown.serial);
                return Err(format!("the edge shows {shown} and not {wanted}: see `cargo xtask harness logs`"));
            }
            sleep(Duration::from_millis(100));
        }
    }

    /// Whether it has found every function.
    pub(super) fn answers(&self) -> Result<Did, String> {
        let edge = self.edge()?;
        let begun = Instant::now();
        loop {
            // What an edge says that has not found one, or one that has not found Redis.
            let lost = |status: &Option<u16>| status.is_none_or(|status| matches!(status, 404 | 500..));
            let paths = self.functions.iter().filter_map(|function| routes::first_path(&self.routes, function));
            let mut asked = paths.map(|path| (path, edge.status(path)));
            let Some((path, status)) = asked.find(|(_, status)| lost(status)) else { return Ok(Did::Nothing) };
            if begun.elapsed() > PATIENCE {
                let status = status.map_or("nothing".to_owned(), |status| status.to_string());
                return Err(format!("{path} answers {status}: see `cargo xtask harness logs`"));
            }
            sleep(Duration::from_millis(100));
        }
    }
}

/// A host that people reach the edge by; an empty text is none.
pub(super) fn host(told: &str) -> Option<String> {
    Some(told.trim().to_owned()).filter(|told| !told.is_empty())
}
