//! `truce dev`: all four functions in one process, on an embedded store, on this machine.

use crate::data::DataFolder;
use crate::failure::Failure;
use crate::functions;
use crate::welcome;
use clap::Args;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use truce_function::host::otlp::{self, Traces};
use truce_function::host::{metrics, native};
use truce_function::settings::{PublicUrl, SettingError, Settings};
use truce_function::{Environment, layers, log};
use truce_store::{SqliteStore, Store};

/// How to serve.
#[derive(Args)]
pub(crate) struct Dev {
    /// Where to listen; port 0 takes any free one
    #[arg(long, env = "TRUCE_LISTEN", value_name = "ADDR:PORT", default_value = "127.0.0.1:8787")]
    listen: String,
    /// Where keys and the store are kept; made if it is not there
    #[arg(long, env = "TRUCE_DATA", value_name = "DIR", default_value = "truce-data")]
    data: PathBuf,
    /// Where people reach this server, if not at the address it listens on
    #[arg(long, env = "TRUCE_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
    /// Where Prometheus reads /metrics, apart from where people are served; nowhere unless set
    #[arg(long, env = "TRUCE_METRICS", value_name = "ADDR:PORT")]
    metrics: Option<String>,
    /// Print addresses only, no sample codes
    #[arg(long)]
    quiet: bool,
}

impl Dev {
    pub(crate) fn run(self) -> Result<(), Failure> {
        log::begin();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(self.serve())
    }

    async fn serve(self) -> Result<(), Failure> {
        let folder = DataFolder::open(&self.data)?;
        let keys = folder.key_ring(std::env::var("TRUCE_KEYS").ok().as_deref())?;
        let organisers = folder.organisers_text(std::env::var("TRUCE_ORGANISER_KEYS").ok())?;
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(folder.store())?);
        let listener = listen(&self.listen).await?;
        let address = listener.local_addr()?;
        let settings = self.settings(address, &organisers)?;

        let (stopping, told) = watch::channel(false);
        let traces = traces()?;
        let env = traces.watch(Environment::builder(settings, keys, store)).name("dev").stopping(told).build();
        let router = layers::harden(functions::router(&env).merge(truce_simulator::router(&env)), &env);
        let sweeper = tokio::spawn(native::sweep(env.clone()));
        let metrics = self.metrics(&env).await?;
        welcome::say(&env, (address, metrics), &folder, &organisers, self.quiet)?;
        // Nobody is in front of it who would have to notice first.
        native::serve(router, listener, stopping, native::told_to_stop(), Duration::ZERO).await?;
        sweeper.abort();
        traces.flush(otlp::LAST).await;
        tracing::info!("stopped");
        Ok(())
    }

    /// Begins to let what is counted be read, and says where.
    async fn metrics(&self, env: &Environment) -> Result<Option<SocketAddr>, Failure> {
        let Some(address) = self.metrics.as_deref().filter(|address| !address.trim().is_empty()) else {
            return Ok(None);
        };
        let listener = native::bind(metrics::SETTING, address).await.map_err(|why| Failure::Wrong(why.to_string()))?;
        let address = listener.local_addr()?;
        // It ends with the process.
        tokio::spawn(metrics::serve(listener, env.clone()));
        Ok(Some(address))
    }

    /// What the environment says, around the two things this command knows better.
    fn settings(&self, address: SocketAddr, organisers: &str) -> Result<Settings, SettingError> {
        let public_url: PublicUrl = match &self.public_url {
            Some(url) => url.parse()?,
            None => reachable(address).parse()?,
        };
        Settings::from_lookup(|name| match name {
            "TRUCE_PUBLIC_URL" => Some(public_url.to_string()),
            "TRUCE_ORGANISER_KEYS" => Some(organisers.to_owned()),
            _ => std::env::var(name).ok(),
        })
    }
}

/// Those of this process, whose store is none that a setting names.
fn traces() -> Result<Traces, SettingError> {
    Traces::begin("dev", |name| match name {
        "TRUCE_STORE" => Some("sqlite".to_owned()),
        _ => std::env::var(name).ok(),
    })
}

/// `0.0.0.0` and `[::]` are everywhere to listen and nowhere to go.
fn reachable(address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        format!("http://127.0.0.1:{}", address.port())
    } else {
        format!("http://{address}")
    }
}

async fn listen(address: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|source| {
        let address = address.to_owned();
        if source.kind() == std::io::ErrorKind::AddrInUse {
            let port = address.rsplit(':').next().and_then(|port| port.parse::<u16>().ok()).unwrap_or_default();
            Failure::PortTaken { address, other: port.checked_add(1).unwrap_or(8787) }
        } else {
            Failure::Listen { address, source }
        }
    })
}
