//! An application: its components, compiled and ready to be instantiated, behind its routes.

use crate::failure::Failure;
use crate::interfaces;
use crate::manifest::Manifest;
use crate::note;
use crate::routes::Routes;
use crate::settled::Settled;
use crate::state::State;
use crate::variables::Variables;
use crate::worker::{Reuse, Workers};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use wasmtime::component::{Component, Linker};
use wasmtime::{Cache, CacheConfig, Config, Engine, Result};
use wasmtime_wasi_http::handler::ProxyHandler;
use wasmtime_wasi_http::p3::bindings::ServicePre;

/// What [`crate::serve`] serves.
pub struct Application {
    pub(crate) routes: Routes,
    pub(crate) components: BTreeMap<String, ProxyHandler<Workers>>,
    /// Set once, by whoever stops serving it.
    pub(crate) ending: Arc<AtomicBool>,
    /// Route and component, as in the manifest.
    listed: Vec<(String, String)>,
}

impl Application {
    /// Compiles what `manifest` names; what is compiled already is taken from a folder beside the component.
    ///
    /// # Errors
    ///
    /// Where the manifest cannot be honoured, a component is not there, or it imports what is not offered here.
    pub fn load(manifest: &Manifest, variables: &Variables, state: &Path, reuse: Reuse) -> Result<Self, Failure> {
        let routes = Routes::new(&manifest.routes)?;
        std::fs::create_dir_all(state).map_err(|source| Failure::Folder { path: state.to_owned(), source })?;
        let decide = |name: &String| Settled::new(name, manifest, variables, state).map(Arc::new);
        let settled: Vec<_> = manifest.components.keys().map(decide).collect::<Result<_, _>>()?;
        let mut compiler = Compiler::new(&settled)?;
        let mut components = BTreeMap::new();
        let ending = Arc::new(AtomicBool::new(false));
        for component in settled {
            if let Err(why) = &component.outbound {
                note(format_args!("component `{}`: it may call nobody: allowed_outbound_hosts: {why}", component.name));
            }
            let failed = |source| Failure::Component { component: component.name.clone(), source };
            let runnable = compiler.compile(&component.source).map_err(failed)?;
            let name = component.name.clone();
            let (engine, ending) = (compiler.engine.clone(), Arc::clone(&ending));
            let workers = Workers { engine, runnable, component, reuse, ending };
            components.insert(name, ProxyHandler::new(workers));
        }
        let listed = manifest.routes.iter().map(|trigger| (trigger.route.clone(), trigger.component.clone())).collect();
        Ok(Self { routes, components, ending, listed })
    }

    /// Each route and the component that answers there, in the manifest's order.
    pub fn routes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.listed.iter().map(|(route, component)| (route.as_str(), component.as_str()))
    }
}

/// Compiles each file once.
struct Compiler {
    engine: Engine,
    linker: Linker<State>,
    known: BTreeMap<PathBuf, ServicePre<State>>,
}

impl Compiler {
    fn new(components: &[Arc<Settled>]) -> Result<Self, Failure> {
        let beside = components.iter().find_map(|component| component.source.parent());
        Self::with_cache(beside).map_err(Failure::Engine)
    }

    /// Compiled code is kept in `beside` under its contents: a component built anew is compiled anew.
    fn with_cache(beside: Option<&Path>) -> Result<Self> {
        let mut config = Config::new();
        config.wasm_component_model_async(true);
        if let Some(beside) = beside {
            let mut cache = CacheConfig::new();
            cache.with_directory(std::path::absolute(beside)?.join("compiled"));
            config.cache(Some(Cache::new(cache)?));
        }
        let engine = Engine::new(&config)?;
        Ok(Self { linker: interfaces::linker(&engine)?, engine, known: BTreeMap::new() })
    }

    fn compile(&mut self, source: &Path) -> Result<ServicePre<State>> {
        if let Some(known) = self.known.get(source) {
            return Ok(known.clone());
        }
        let component = Component::from_file(&self.engine, source)?;
        let compiled = ServicePre::new(self.linker.instantiate_pre(&component)?)?;
        self.known.insert(source.to_owned(), compiled.clone());
        Ok(compiled)
    }
}
