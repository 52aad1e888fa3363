//! TLS by itself, for what a request does not show: which certificate somebody has, and whom they take.

use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// For connecting, and for each time of waiting after that.
const LIMIT: Duration = Duration::from_secs(5);

/// What came of calling somebody.
#[derive(Debug)]
pub(super) struct Called {
    /// The number of the certificate they showed.
    pub(super) serial: String,
    /// What they would speak, of what they were offered.
    pub(super) protocol: String,
    /// The first line of what they answered.
    pub(super) said: String,
}

/// Calls `name`, which is at `address`, believing who signed for them in the file `authority`, and showing what is in the folder `identity`.
pub(super) fn call(
    address: SocketAddr,
    name: &str,
    authority: &Path,
    identity: Option<&Path>,
    protocol: &str,
) -> Result<Called, String> {
    let config = config(authority, identity, protocol)?;
    let name = ServerName::try_from(name.to_owned()).map_err(|error| format!("{name}: {error}"))?;
    let error = |error: std::io::Error| error.to_string();
    let socket = TcpStream::connect_timeout(&address, LIMIT).map_err(error)?;
    socket.set_read_timeout(Some(LIMIT)).map_err(error)?;
    let connection = ClientConnection::new(config.into(), name).map_err(|error| error.to_string())?;
    let mut stream = StreamOwned::new(connection, socket);
    // Whoever is not taken may only hear of it now.
    let asked = b"GET /health?probe=open HTTP/1.1\r\nhost: truce\r\nconnection: close\r\n\r\n";
    stream.write_all(asked).map_err(error)?;
    let mut said = Vec::new();
    let ended = stream.read_to_end(&mut said);
    if said.is_empty() {
        return Err(ended.map_or_else(error, |_| "it said nothing".to_owned()));
    }
    let shown = stream.conn.peer_certificates().and_then(|chain| chain.first());
    Ok(Called {
        serial: shown.and_then(|shown| serial(shown)).ok_or("its certificate has no number")?,
        protocol: String::from_utf8_lossy(stream.conn.alpn_protocol().unwrap_or_default()).into_owned(),
        said: String::from_utf8_lossy(&said).lines().next().unwrap_or_default().to_owned(),
    })
}

/// The number of the certificate in the file at `path`.
pub(super) fn serial_in(path: &Path) -> Result<String, String> {
    let certificate = CertificateDer::from_pem_file(path).map_err(|error| format!("{}: {error}", path.display()))?;
    serial(&certificate).ok_or_else(|| format!("{} has no number", path.display()))
}

fn config(authority: &Path, identity: Option<&Path>, protocol: &str) -> Result<ClientConfig, String> {
    let unread = |path: &Path, error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let certificate = |path: &Path| CertificateDer::from_pem_file(path).map_err(|error| unread(path, &error));
    let mut roots = RootCertStore::empty();
    roots.add(certificate(authority)?).map_err(|error| unread(authority, &error))?;
    let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots);
    let mut config = match identity {
        None => builder.with_no_client_auth(),
        Some(folder) => {
            let path = folder.join("tls.key");
            let key = PrivateKeyDer::from_pem_file(&path).map_err(|error| unread(&path, &error))?;
            let chain = vec![certificate(&folder.join("tls.crt"))?];
            builder.with_client_auth_cert(chain, key).map_err(|error| unread(folder, &error))?
        }
    };
    config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
    Ok(config)
}

/// The second field of what is signed in a certificate, after its version: RFC 5280, 4.1.
fn serial(certificate: &[u8]) -> Option<String> {
    let (_, certificate, _) = element(certificate)?;
    let (_, signed, _) = element(certificate)?;
    let (_, _version, rest) = element(signed)?;
    let (tag, number, _) = element(rest)?;
    let mut text = String::new();
    for byte in number {
        // To a text it never fails.
        let _ = write!(text, "{byte:02x}");
    }
    (tag == 2).then_some(text)
}

/// The first element in `der`: its tag, what is in it, and what comes after it.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = der.split_first()?;
    let (first, rest) = rest.split_first()?;
    // From 128 on it says how many bytes its length has.
    let (length, rest) = match first.checked_sub(128) {
        None => (usize::from(*first), rest),
        Some(bytes) => {
            let (bytes, rest) = rest.split_at_checked(bytes.into())?;
            (bytes.iter().fold(0, |length: usize, byte| length << 8 | usize::from(*byte)), rest)
        }
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_behind_long_and_short_lengths() {
        // A certificate that is nothing but a version, a number and 200 bytes more.
        let mut signed = vec![0xa0, 3, 2, 1, 2, 2, 3, 0x0a, 0x0b, 0x0c];
        signed.extend([4, 0x81, 200]);
        signed.extend([0; 200]);
        let around = |content: &[u8]| [&[0x30, 0x82, 0, u8::try_from(content.len()).expect("short")], content].concat();
        let certificate = around(&around(&signed));
        assert_eq!(serial(&certificate).as_deref(), Some("0a0b0c"));
        assert_eq!(serial(&certificate[..20]), None);
        assert_eq!(serial(&[]), None);
    }
}
