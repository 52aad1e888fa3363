//! A component with everything the manifest leaves open decided: what it is granted, once, for all its instances.

use crate::failure::Failure;
use crate::grants::Grants;
use crate::manifest::{Component, Manifest};
use crate::variables::{Variables, is_literal};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What an instance of a component may do.
#[derive(Debug)]
pub(crate) struct Settled {
    pub(crate) name: String,
    /// Its WebAssembly file.
    pub(crate) source: PathBuf,
    /// What it may read.
    pub(crate) variables: BTreeMap<String, String>,
    /// Whom it may call; else why nobody.
    pub(crate) outbound: Result<Grants, String>,
    /// The file behind each database it may open.
    pub(crate) databases: BTreeMap<String, PathBuf>,
    /// The key-value stores it may open, and the file they are all in.
    pub(crate) stores: BTreeSet<String>,
    pub(crate) stores_file: PathBuf,
    pub(crate) environment: BTreeMap<String, String>,
}

impl Settled {
    /// # Errors
    ///
    /// Where the manifest asks for what cannot be.
    pub(crate) fn new(name: &str, manifest: &Manifest, variables: &Variables, state: &Path) -> Result<Self, Failure> {
        let component = &manifest.components[name];
        let source = manifest.folder.join(&component.source);
        if !source.is_file() {
            let command = component.build_command();
            return Err(Failure::NotBuilt { component: name.to_owned(), path: source, command });
        }
        let fill = |(key, template): (&String, &String)| {
            let place = || format!("component.{name}.variables.{key}");
            let value = variables.fill(template).map_err(|why| Failure::value(place(), why))?;
            Ok((key.clone(), value))
        };
        let kept = |label: &String| (label.clone(), state.join(format!("sqlite-{label}.db")));
        Ok(Self {
            name: name.to_owned(),
            source,
            variables: component.variables.iter().map(fill).collect::<Result<_, Failure>>()?,
            outbound: outbound(name, component, variables)?,
            databases: component.sqlite_databases.iter().map(kept).collect(),
            stores: component.key_value_stores.clone(),
            stores_file: state.join("key-value.db"),
            environment: component.environment.clone(),
        })
    }
}

/// As Spin does: an entry that is wrong as it is written is an error at once. One that is only wrong with the variables
/// as they are (a store's address that nobody has set) grants nothing, and takes all other entries with it.
fn outbound(name: &str, component: &Component, variables: &Variables) -> Result<Result<Grants, String>, Failure> {
    let place = || format!("component.{name}.allowed_outbound_hosts");
    let entries = &component.allowed_outbound_hosts;
    let literal = entries.iter().filter(|entry| is_literal(entry)).map(String::as_str);
    Grants::parse(literal).map_err(|why| Failure::value(place(), why))?;
    let filled = entries.iter().map(|entry| variables.fill(entry)).collect::<Result<Vec<_>, _>>();
    let filled = filled.map_err(|why| Failure::value(place(), why))?;
    Ok(Grants::parse(filled.iter().map(String::as_str)))
}
