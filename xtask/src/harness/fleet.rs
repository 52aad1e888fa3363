//! Bringing what runs to what it should be, without losing a request: what is new takes part when it is ready, and what is old goes when
//! the edge has heard of the new.

use super::cells::{Cells, Group};
use super::mirror::remove;
use super::monitor::{self, Watching};
use super::networks::{self, Place};
use super::parts::{self, Part, Setting};
use super::podman::{Container, Podman};
use super::progress::{Did, Progress};
use super::routes::Route;
use super::settle::GOES;
use super::{api, certs, images, lease, secrets};
use crate::workspace::Workspace;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

/// How long anything may take until it is ready.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);
/// What `down` forgets.
pub(super) const NOTED: [&str; 17] = [
    "keyring",
    "traefik",
    "traefik.new",
    "tls",
    "tls.new",
    "authority",
    "api",
    "api.pid",
    "api.log",
    "port",
    "host",
    "cells",
    "traces",
    "monitor",
    monitor::MONITOR,
    monitor::PROMETHEUS,
    lease::HARNESS,
];

/// Everything that runs, as it should be.
pub(super) struct Fleet<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) podman: &'a Podman<'a>,
    pub(super) progress: &'a Progress,
    pub(super) routes: Vec<Route>,
    pub(super) functions: Vec<String>,
    pub(super) cells: Cells,
    pub(super) port: u16,
    /// By which others reach this machine, where they may.
    pub(super) host: Option<String>,
    /// Whom the organiser's key is for, where it is still to be made.
    pub(super) organiser: String,
    /// Where traces go.
    pub(super) traces: RefCell<Option<String>>,
    /// Whether, and how, the journeys go on against it.
    pub(super) monitor: Cell<Option<Watching>>,
    /// Whether one source stands for many, as a test does, and may ask as often.
    pub(super) crowded: Cell<bool>,
}

/// The programs that others keep.
pub(super) struct Programs {
    pub(super) traefik: PathBuf,
    pub(super) redis: PathBuf,
    pub(super) haproxy: PathBuf,
    /// Where there is one: nothing but `up --monitor` uses it.
    pub(super) prometheus: Option<PathBuf>,
}

impl Fleet<'_> {
    /// Everything; `replicas` of each function that has none yet.
    pub(super) fn up(&self, programs: &Programs, replicas: usize) -> Result<(), String> {
        let step = |what: &str, work: &dyn Fn() -> Result<Did, String>| self.progress.step(what, work);
        let mut built: BTreeMap<&str, String> = BTreeMap::new();
        let configuration = self.workspace.root.join("podman-local/view.cfg");
        let others =
            [(parts::EDGE, &programs.traefik), (parts::REDIS, &programs.redis), (parts::VIEW, &programs.haproxy)];
        for (name, program) in others {
            self.progress.step(&format!("image {name}"), || {
                let more = (name == parts::VIEW).then_some((configuration.as_path(), "view.cfg"));
                let image = images::program(self.workspace, self.podman, name, program, more.as_slice())?;
                built.insert(name, image.id);
                Ok(Did::if_new(image.built, "built"))
            })?;
        }
        let functions = self.images()?;
        step("networks", &|| networks::ensure(self.podman))?;
        step("keys and passwords", &|| secrets::ensure(self.workspace, self.podman, &self.organiser))?;
        let generation = secrets::generation(self.podman, &secrets::OF_FUNCTIONS)?;
        step("certificates", &|| certs::ensure(self.workspace, self.podman, &self.functions, self.host.as_deref()))?;
        step("Podman's API", &|| api::ensure(self.podman))?;
        step(parts::REDIS, &|| {
            let generation = secrets::generation(self.podman, &[secrets::REDIS])?;
            let place = Place::of_the_store(self.podman)?;
            self.place(parts::REDIS, &parts::redis(self.podman, &built[parts::REDIS], place, &generation))
        })?;
        step(parts::VIEW, &|| {
            let place = Place::of_the_view(self.podman)?;
            self.place(parts::VIEW, &parts::view(self.podman, &built[parts::VIEW], &place.network()))
        })?;
        step("the edge's configuration", &|| self.configure_edge())?;
        let words = parts::words(self.podman, &built[parts::VIEW]);
        step(parts::WORDS, &|| self.place(parts::WORDS, &words))?;
        step(parts::EDGE, &|| self.place_edge(&built[parts::EDGE]))?;
        for group in self.groups() {
            let part = self.part(&group, &functions[&group.function], &generation)?;
            self.progress.step(&group.name, || {
                let there = self.replicas(&group.name)?.len();
                self.settle(&group.name, &part, if there == 0 { replicas } else { there }, false)
            })?;
        }
        step("what is no longer wanted", &|| self.clear())?;
        step("through the edge", &|| self.answers())?;
        self.watch(programs)
    }

    /// Everything there are replicas of.
    pub(super) fn groups(&self) -> Vec<Group> {
        self.cells.groups(&self.functions)
    }

    /// The group of that name.
    pub(super) fn group(&self, name: &str) -> Result<Group, String> {
        let groups = self.groups();
        let names: Vec<&str> = groups.iter().map(|group| group.name.as_str()).collect();
        let unknown = format!("there is no function {name}; there are {}", names.join(", "));
        groups.into_iter().find(|group| group.name == name).ok_or(unknown)
    }

    /// A replica of the group `name`, from the image that is there.
    pub(super) fn current(&self, name: &str) -> Result<Part, String> {
        let group = self.group(name)?;
        let id = self.podman.image(&format!("truce-{}", group.function));
        let id = id.filter(|_| secrets::there(self.podman)).ok_or("it is not up: type `cargo xtask harness up`")?;
        self.part(&group, &id, &secrets::generation(self.podman, &secrets::OF_FUNCTIONS)?)
    }

    /// A new key, in two steps: everybody can open what it seals before anybody seals with it. So it takes every replica twice.
    pub(super) fn rotate(&self) -> Result<(), String> {
        let mut new = String::new();
        self.progress.step("a key that only opens", || {
            new = secrets::introduce(self.workspace, self.podman)?;
            Ok(Did::Something(new.clone()))
        })?;
        self.progress.step("every replica has it", || self.settle_all())?;
        self.progress.step("a key that seals", || {
            secrets::activate(self.workspace, self.podman, &new)?;
            Ok(Did::Something(new.clone()))
        })?;
        self.progress.step("every replica seals with it", || self.settle_all())
    }

    /// `wanted` replicas of the group `name`.
    pub(super) fn scale(&self, name: &str, wanted: usize) -> Result<(), String> {
        let part = self.current(name)?;
        self.progress.step(name, || self.settle(name, &part, wanted, false))
    }

    /// Every replica of `group` anew.
    pub(super) fn roll(&self, group: &Group) -> Result<(), String> {
        let there = self.replicas(&group.name)?.len();
        if there == 0 {
            return Err("it is not up: type `cargo xtask harness up`".to_owned());
        }
        let image = images::function(self.workspace, self.podman, &group.function)?;
        let part = self.part(group, &image.id, &secrets::generation(self.podman, &secrets::OF_FUNCTIONS)?)?;
        self.progress.step(&group.name, || self.settle(&group.name, &part, there, true))
    }

    /// Lets go what there is no group for any more: a function or a cell that is gone.
    fn clear(&self) -> Result<Did, String> {
        let groups = self.groups();
        let wanted = |name: &String| groups.iter().any(|group| group.name == *name);
        let all = self.podman.containers()?;
        let old = all.iter().filter(|container| container.function.as_ref().is_some_and(|name| !wanted(name)));
        let names: Vec<&str> = old.map(|container| container.name.as_str()).collect();
        self.podman.retire(&names, GOES)?;
        Ok(Did::if_new(!names.is_empty(), &format!("{} gone", names.len())))
    }

    /// All of it gone. The images stay, unless `images_too`.
    pub(super) fn down(&self, images_too: bool) -> Result<(), String> {
        let progress = self.progress;
        progress.step("containers", || {
            let containers = self.podman.containers()?;
            for container in &containers {
                self.podman.remove(&container.name)?;
            }
            Ok(Did::if_new(!containers.is_empty(), &format!("{} removed", containers.len())))
        })?;
        progress.step("Podman's API", || api::stop(self.podman))?;
        progress.step("keys and passwords", || secrets::remove(self.podman))?;
        progress.step("networks and volumes", || {
            let mut there: Vec<(&str, &str)> = parts::NETWORKS.iter().map(|name| ("network", *name)).collect();
            let volumes = [parts::VOLUME].into_iter().chain(monitor::VOLUMES);
            there.extend(volumes.map(|name| ("volume", name)));
            there.retain(|(kind, name)| self.podman.has(kind, name));
            for (kind, name) in &there {
                self.podman.text(&[kind, "rm", "--force", name])?;
            }
            Ok(Did::if_new(!there.is_empty(), "removed"))
        })?;
        if images_too {
            progress.step("images", || self.forget_images())?;
        }
        progress.step("what was noted", || {
            let state = self.podman.owner.state();
            // The stamps are of images, and go with them.
            for name in NOTED {
                let _ = remove(&state.join(name));
            }
            if images_too {
                fs::remove_dir_all(&state).map_err(|error| format!("{}: {error}", state.display()))?;
            }
            Ok(Did::Something("removed".to_owned()))
        })
    }

    /// The replicas of the group `name`.
    pub(super) fn replicas(&self, name: &str) -> Result<Vec<Container>, String> {
        let all = self.podman.containers()?;
        Ok(all.into_iter().filter(|container| container.function.as_deref() == Some(name)).collect())
    }

    fn part(&self, group: &Group, id: &str, generation: &str) -> Result<Part, String> {
        let setting = Setting {
            routes: &self.routes,
            cells: &self.cells,
            url: &self.url(),
            store: Place::of_the_store(self.podman)?,
            traces: self.traces.borrow().is_some(),
            generation,
        };
        Ok(parts::function(self.podman, id, group, &setting))
    }

    /// Of all functions, by name.
    fn images(&self) -> Result<BTreeMap<String, String>, String> {
        let mut built = BTreeMap::new();
        for function in &self.functions {
            self.progress.step(&format!("image truce-{function}"), || {
                let image = images::function(self.workspace, self.podman, function)?;
                built.insert(function.clone(), image.id);
                Ok(Did::if_new(image.built, "built"))
            })?;
        }
        Ok(built)
    }

    fn forget_images(&self) -> Result<Did, String> {
        let functions = self.functions.iter().map(|function| format!("truce-{function}"));
        let others = [parts::EDGE, parts::REDIS, parts::VIEW, monitor::MONITOR, monitor::PROMETHEUS];
        let all = others.map(str::to_owned).into_iter().chain(functions);
        let there: Vec<String> = all.filter(|name| self.podman.image(name).is_some()).collect();
        for name in &there {
            self.podman.text(&["image", "rm", "--force", name])?;
        }
        Ok(Did::if_new(!there.is_empty(), "removed"))
    }

    /// Exactly `part` under `name`.
    pub(super) fn place(&self, name: &str, part: &Part) -> Result<Did, String> {
        let there = self.podman.containers()?.into_iter().find(|container| container.name == name);
        if there.as_ref().is_some_and(|there| there.running && there.made_from == part.made_from) {
            return Ok(Did::Nothing);
        }
        self.podman.remove(name)?;
        part.start(self.podman, name)?;
        Ok(Did::Something(if there.is_some() { "started anew" } else { "started" }.to_owned()))
    }

    /// The part of this machine that the edge is seen on: the loopback, or all of it for the sake of others.
    fn published(&self) -> String {
        if self.host.is_some() { self.port.to_string() } else { format!("127.0.0.1:{}", self.port) }
    }

    /// The edge, from the image `id`.
    pub(super) fn place_edge(&self, id: &str) -> Result<Did, String> {
        let places = [Place::of_the_edge(self.podman)?, Place::of_the_view(self.podman)?];
        self.place(parts::EDGE, &parts::edge(self.podman, id, places, self.published().as_str(), &self.edge_reads()?))
    }
}
