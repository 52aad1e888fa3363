//! TLS on a function's socket, for one behind an edge: it shows a certificate, and takes only callers who show one as well.
//!
//! Certificates roll without a restart. Their files are looked at again every few seconds, and what is new holds for whoever
//! connects from then on; files that do not fit together leave the old ones in use, and that is said. There is no way to be
//! served without a certificate: a socket that has TLS asks everybody for one.

use crate::host::native::Peer;
use crate::settings::SettingError;
use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use sha2::{Digest as _, Sha256};
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{VerifierBuilderError, WebPkiClientVerifier};
use tokio_rustls::rustls::{self, RootCertStore, ServerConfig};
use tokio_rustls::server::TlsStream;

/// Names the folder with the three files.
pub(super) const SETTING: &str = "TRUCE_TLS";
/// As in a Kubernetes secret of the kind `kubernetes.io/tls`: whom we are,
const CERTIFICATE: &str = "tls.crt";
/// the key to it,
const KEY: &str = "tls.key";
/// and who may call.
const CALLERS: &str = "ca.crt";

/// How long a caller may take to show who it is.
const HANDSHAKE: Duration = Duration::from_secs(5);
/// As many may be at it at once; the others wait in the system's own queue.
const AT_ONCE: usize = 256;
/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Why files make no TLS. What is in them is not told: one is a key.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unfit {
    #[error("{0} cannot be read: {1}")]
    Unread(PathBuf, io::Error),
    #[error("{0} holds no {1} in PEM")]
    NoPem(PathBuf, &'static str),
    #[error("{CERTIFICATE} and {KEY} do not fit together: {0}")]
    Pair(rustls::Error),
    #[error("{CALLERS} names nobody who could call: {0}")]
    Callers(VerifierBuilderError),
}

/// What the files say.
struct Contents {
    certificate: Vec<u8>,
    key: Vec<u8>,
    callers: Vec<u8>,
}

impl Contents {
    fn read(folder: &Path) -> Result<Self, Unfit> {
        let read = |name| {
            let path = folder.join(name);
            fs::read(&path).map_err(|error| Unfit::Unread(path, error))
        };
        Ok(Self { certificate: read(CERTIFICATE)?, key: read(KEY)?, callers: read(CALLERS)? })
    }

    /// Tells what is new from what is not, without keeping it.
    fn digest(&self) -> [u8; 32] {
        let parts = [&self.certificate, &self.key, &self.callers];
        let each: Vec<u8> = parts.into_iter().flat_map(Sha256::digest).collect();
        Sha256::digest(each).into()
    }

    fn config(&self, folder: &Path) -> Result<Arc<ServerConfig>, Unfit> {
        let none = |name: &str, what| Unfit::NoPem(folder.join(name), what);
        let certificates = |bytes: &[u8]| {
            let all: Result<Vec<_>, pem::Error> = CertificateDer::pem_slice_iter(bytes).collect();
            all.ok().filter(|all| !all.is_empty()).map(|all| all.into_iter().map(CertificateDer::into_owned).collect())
        };
        let chain: Vec<_> = certificates(&self.certificate).ok_or_else(|| none(CERTIFICATE, "certificate"))?;
        let key = PrivateKeyDer::from_pem_slice(&self.key).map_err(|_| none(KEY, "private key"))?;
        let callers: Vec<_> = certificates(&self.callers).ok_or_else(|| none(CALLERS, "certificate"))?;
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(callers);
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), Arc::clone(&provider))
            .build()
            .map_err(Unfit::Callers)?;
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(Unfit::Pair)?
            .with_client_cert_verifier(verifier)
            .with_single_cert(chain, key)
            .map_err(Unfit::Pair)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}

/// A socket that speaks TLS. It is closed when this is dropped.
pub(super) struct TlsListener {
    address: SocketAddr,
    /// Those who have shown who they are.
    let_in: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    _tasks: JoinSet<()>,
}

impl TlsListener {
    /// Speaks TLS on `listener` with what is in `folder`, now and later.
    ///
    /// # Errors
    /// [`SettingError`] when the files make no TLS.
    pub(super) fn on(listener: TcpListener, folder: PathBuf) -> Result<Self, SettingError> {
        let refused = |unfit: Unfit| SettingError::new(SETTING, unfit.to_string());
        let contents = Contents::read(&folder).map_err(refused)?;
        let (newest, config) = watch::channel(contents.config(&folder).map_err(refused)?);
        let address = listener.local_addr().map_err(|error| SettingError::new(SETTING, error.to_string()))?;
        let (let_in, those) = mpsc::channel(1);
        let mut tasks = JoinSet::new();
        tasks.spawn(look_again(folder, contents.digest(), newest));
        tasks.spawn(take(listener, config, let_in));
        Ok(Self { address, let_in: those, _tasks: tasks })
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.let_in.recv().await {
            Some(caller) => caller,
            // Its task goes on for as long as this value is there.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(self.address)
    }
}

/// Only the edge has a certificate that its authority has signed for calling.
impl Connected<IncomingStream<'_, TlsListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TlsListener>) -> Self {
        Self { address: *stream.remote_addr(), is_edge: true }
    }
}

/// Takes connections. A caller who is slow to show who it is keeps nobody else waiting.
async fn take(
    mut listener: TcpListener,
    config: watch::Receiver<Arc<ServerConfig>>,
    let_in: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>,
) {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut callers = JoinSet::new();
    loop {
        // Never closed.
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let (stream, peer) = Listener::accept(&mut listener).await;
        let acceptor = TlsAcceptor::from(Arc::clone(&config.borrow()));
        let let_in = let_in.clone();
        callers.spawn(async move {
            // Answers are small and come in one piece: there is nothing to wait for and put together.
            let _ = stream.set_nodelay(true);
            let shown = timeout(HANDSHAKE, acceptor.accept(stream)).await;
            drop(place);
            match shown {
                // It fails when the listener is gone, and the caller with it.
                Ok(Ok(stream)) => drop(let_in.send((stream, peer)).await),
                Ok(Err(error)) => tracing::info!(%peer, %error, "a caller was not let in"),
                Err(_) => tracing::info!(%peer, "a caller did not show in time who it is"),
            }
        });
        while callers.try_join_next().is_some() {}
    }
}

/// Puts what is new in the files into use.
async fn look_again(folder: PathBuf, mut seen: [u8; 32], newest: watch::Sender<Arc<ServerConfig>>) {
    loop {
        sleep(LOOK_EVERY).await;
        let found = match Contents::read(&folder) {
            Ok(found) if found.digest() == seen => continue,
            Ok(found) => found,
            Err(unfit) => {
                tracing::warn!(%unfit, "the certificates stay as they are");
                continue;
            }
        };
        match found.config(&folder) {
            Ok(config) => {
                tracing::info!("the certificates are new");
                newest.send_replace(config);
            }
            // One file may be newer than another for a moment: it is looked at again when something has changed.
            Err(unfit) => tracing::warn!(%unfit, "the certificates stay as they are"),
        }
        seen = found.digest();
    }
}

#[cfg(test)]
mod tests;
