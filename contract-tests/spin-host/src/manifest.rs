//! `spin.toml`, version 2, as far as this host honours it.
//!
//! What is not written down here is refused by name: a key that was skipped would let a component do here what Spin
//! forbids it, or the other way round. Keys that only a person or `spin build` reads are known and left alone.

use crate::failure::Failure;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A manifest, and where it is: paths in it are seen from there.
#[derive(Debug)]
pub struct Manifest {
    /// The folder the manifest is in.
    pub folder: PathBuf,
    /// What the application's variables are.
    pub variables: BTreeMap<String, Variable>,
    /// Which component answers where.
    pub routes: Vec<HttpTrigger>,
    /// The components by name.
    pub components: BTreeMap<String, Component>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    spin_manifest_version: u32,
    #[serde(rename = "application")]
    _application: Application,
    #[serde(default)]
    variables: BTreeMap<String, Variable>,
    trigger: Triggers,
    component: BTreeMap<String, Component>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Application {
    #[serde(rename = "name")]
    _name: String,
    #[serde(default, rename = "version")]
    _version: IgnoredAny,
    #[serde(default, rename = "description")]
    _description: IgnoredAny,
    #[serde(default, rename = "authors")]
    _authors: IgnoredAny,
    #[serde(default, rename = "targets")]
    _targets: IgnoredAny,
}

/// A variable of the application.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variable {
    /// Its value where nobody gives another.
    pub default: Option<String>,
    /// Whether somebody has to give one.
    #[serde(default)]
    pub required: bool,
    /// Whether its value is nobody's business. This host prints no values at all.
    #[serde(default)]
    pub secret: bool,
    #[serde(default, rename = "description")]
    _description: IgnoredAny,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Triggers {
    http: Vec<HttpTrigger>,
}

/// Which component answers at a route.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpTrigger {
    /// `/exact`, `/one/:segment` or `/everything/under/...`.
    pub route: String,
    /// The component's name.
    pub component: String,
    #[serde(default, rename = "id")]
    _id: IgnoredAny,
}

/// A component and what it is granted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// Its WebAssembly file, seen from the manifest's folder.
    pub source: PathBuf,
    /// What it may read, each made of text and `{{ variables }}`.
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
    /// Whom it may call.
    #[serde(default)]
    pub allowed_outbound_hosts: Vec<String>,
    /// The databases it may open.
    #[serde(default)]
    pub sqlite_databases: BTreeSet<String>,
    /// The key-value stores it may open.
    #[serde(default)]
    pub key_value_stores: BTreeSet<String>,
    /// Its environment; it has nothing of this process's.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// How its file is made. This host does not do it, but says so where the file is missing.
    pub build: Option<Build>,
    #[serde(default, rename = "description")]
    _description: IgnoredAny,
    #[serde(default, rename = "targets")]
    _targets: IgnoredAny,
}

/// How a component is built.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Build {
    /// What `spin build` runs.
    pub command: String,
    /// Where it runs it, seen from the manifest's folder.
    pub workdir: Option<PathBuf>,
    #[serde(default, rename = "watch")]
    _watch: IgnoredAny,
}

impl Manifest {
    /// Reads the manifest at `path`.
    ///
    /// # Errors
    ///
    /// Where it is not there, is not what Spin calls version 2, or asks for what this host does not honour.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let text =
            std::fs::read_to_string(path).map_err(|source| Failure::NoManifest { path: path.to_owned(), source })?;
        // The parent of a bare file name is empty, and that is no folder.
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let written: Written = toml::from_str(&text)
            .map_err(|source| Failure::Manifest { path: path.to_owned(), source: Box::new(source) })?;
        written.check(folder)
    }
}

impl Written {
    fn check(self, folder: &Path) -> Result<Manifest, Failure> {
        if self.spin_manifest_version != 2 {
            return Err(Failure::value("spin_manifest_version", "this host reads version 2 only"));
        }
        for (name, variable) in &self.variables {
            variable.check(name)?;
        }
        for trigger in &self.trigger.http {
            if !self.component.contains_key(&trigger.component) {
                let place = format!("trigger.http.route = \"{}\"", trigger.route);
                return Err(Failure::value(place, format!("there is no component `{}`", trigger.component)));
            }
        }
        for (name, component) in &self.component {
            component.check(name)?;
        }
        let Self { variables, trigger, component, .. } = self;
        Ok(Manifest { folder: folder.to_owned(), variables, routes: trigger.http, components: component })
    }
}

impl Variable {
    fn check(&self, name: &str) -> Result<(), Failure> {
        let place = || format!("variables.{name}");
        if !is_variable_name(name) {
            return Err(Failure::value(place(), "a name is lower case letters, digits and single underscores"));
        }
        match (self.required, &self.default) {
            (true, Some(_)) => Err(Failure::value(place(), "what is required has no default")),
            (false, None) => Err(Failure::value(place(), "it needs a default, or required = true")),
            _ => Ok(()),
        }
    }
}

impl Component {
    fn check(&self, name: &str) -> Result<(), Failure> {
        if let Some(variable) = self.variables.keys().find(|variable| !is_variable_name(variable)) {
            let place = format!("component.{name}.variables.{variable}");
            return Err(Failure::value(place, "a name is lower case letters, digits and single underscores"));
        }
        // They become the names of files.
        let safe = |label: &&String| label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        if let Some(label) = self.sqlite_databases.iter().find(|label| label.is_empty() || !safe(label)) {
            let place = format!("component.{name}.sqlite_databases");
            return Err(Failure::value(place, format!("`{label}` is no label: letters, digits, `-` and `_` make one")));
        }
        Ok(())
    }

    /// What somebody has to type to have the file.
    pub(crate) fn build_command(&self) -> Option<String> {
        let build = self.build.as_ref()?;
        Some(match &build.workdir {
            Some(folder) => format!("cd {} && {}", folder.display(), build.command),
            None => build.command.clone(),
        })
    }
}

/// What Spin takes for the name of a variable.
pub(crate) fn is_variable_name(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && !name.ends_with('_')
        && !name.contains("__")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Manifest, Failure> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spin.toml");
        std::fs::write(&path, text).unwrap();
        Manifest::read(&path)
    }

    const LEAST: &str = "
        spin_manifest_version = 2
        application.name = 'least'
        [[trigger.http]]
        route = '/...'
        component = 'one'
        [component.one]
        source = 'one.wasm'
    ";

    fn why(addition: &str) -> String {
        read(&format!("{LEAST}{addition}")).expect_err("refused").to_string()
    }

    #[test]
    fn the_least_manifest_grants_nothing() {
        let manifest = read(LEAST).unwrap();
        let one = &manifest.components["one"];
        assert!(one.allowed_outbound_hosts.is_empty() && one.sqlite_databases.is_empty() && one.variables.is_empty());
        assert_eq!(manifest.routes[0].route, "/...");
    }

    #[test]
    fn a_key_that_is_not_honoured_is_refused_by_name() {
        for key in ["files = ['a']", "allowed_http_hosts = ['a']", "ai_models = ['a']", "[component.one.dependencies]"]
        {
            let name = key.trim_start_matches("[component.one.").split([' ', ']']).next().unwrap();
            let why = why(key);
            assert!(why.contains(&format!("unknown field `{name}`")), "{why}");
        }
        assert!(why("[[trigger.redis]]\nchannel = 'a'\ncomponent = 'one'").contains("unknown field `redis`"));
        assert!(why("[[trigger.http]]\nroute = { private = true }\ncomponent = 'one'").contains("invalid type: map"));
    }

    #[test]
    fn what_only_people_and_spin_build_read_is_left_alone() {
        let manifest = read(&format!(
            "{LEAST}description = 'x'\nbuild = {{ command = 'make', workdir = 'sub', watch = ['src'] }}"
        ))
        .unwrap();
        assert_eq!(manifest.components["one"].build_command().as_deref(), Some("cd sub && make"));
    }

    #[test]
    fn a_route_to_nowhere_and_a_variable_without_a_value_are_refused() {
        assert!(why("[[trigger.http]]\nroute = '/b'\ncomponent = 'two'").contains("no component `two`"));
        assert!(why("[variables]\na = {}").contains("variables.a: it needs a default"));
        assert!(why("[variables]\na = { default = '', required = true }").contains("required has no default"));
        assert!(why("[variables]\nA = { default = '' }").contains("lower case"));
        assert!(why("sqlite_databases = ['../a']").contains("no label"));
    }

    #[test]
    fn version_one_is_refused() {
        let why = read(&LEAST.replace("version = 2", "version = 1")).expect_err("refused").to_string();
        assert!(why.contains("version 2 only"), "{why}");
    }
}
