//! Where TLS ends in front of a server of these tests, as at an edge; and `truce shortcuts build`, which calls nobody without it.

use crate::binary;
use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::Arc;
use tempfile::TempDir;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

type Problem = Box<dyn std::error::Error + Send + Sync>;

/// It ends with its value.
pub(crate) struct Front {
    /// Where it answers.
    pub(crate) url: String,
    data: TempDir,
    serving: JoinHandle<()>,
}

impl Front {
    /// With certificates that the real command makes; what comes goes on to `behind` as it is.
    pub(crate) async fn of(behind: SocketAddr) -> Result<Self, Problem> {
        let data = TempDir::new()?;
        let made = Command::new(binary::truce()?).args(["certs", "--data"]).arg(data.path()).env_clear().output()?;
        if !made.status.success() {
            return Err(format!("`truce certs` makes none: {}", String::from_utf8_lossy(&made.stderr)).into());
        }
        let acceptor = acceptor(&data.path().join("certs/edge"))?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("https://localhost:{}", listener.local_addr()?.port());
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                // Whoever does not like the certificate hangs up, which is theirs to say.
                tokio::spawn(async move {
                    let (mut caller, mut server) = (acceptor.accept(stream).await?, TcpStream::connect(behind).await?);
                    copy_bidirectional(&mut caller, &mut server).await
                });
            }
        });
        Ok(Self { url, data, serving })
    }

    /// Who vouches for it.
    pub(crate) fn authority(&self) -> PathBuf {
        self.data.path().join("certs/outside/ca.crt")
    }

    /// Shortcuts for it: how that went, and how many there are then.
    pub(crate) fn builds(&self, told: &[&str]) -> Result<(Output, usize), Problem> {
        builds(told, Some(&self.authority()))
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// `truce shortcuts build`, for who believes `authority`, or else whom this machine believes.
pub(crate) fn builds(told: &[&str], authority: Option<&PathBuf>) -> Result<(Output, usize), Problem> {
    let folder = TempDir::new()?;
    let out = folder.path().join("shortcuts");
    let mut command = Command::new(binary::truce()?);
    command.args(["shortcuts", "build", "--out"]).arg(&out).args(told);
    command.env_clear().envs(authority.map(|authority| ("SSL_CERT_FILE", authority)));
    let output = command.output()?;
    Ok((output, fs::read_dir(&out).map_or(0, Iterator::count)))
}

fn acceptor(folder: &std::path::Path) -> Result<TlsAcceptor, Problem> {
    let chain = CertificateDer::pem_file_iter(folder.join("tls.crt"))?.collect::<Result<Vec<_>, _>>()?;
    let key = PrivateKeyDer::from_pem_file(folder.join("tls.key"))?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions()?.with_no_client_auth().with_single_cert(chain, key)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}
