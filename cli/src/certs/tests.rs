//! What was made, taken by a TLS library that did not make it.

use super::*;
use std::sync::Arc;
use tempfile::TempDir;
use tokio_rustls::rustls::client::ClientConnection;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::server::{ServerConnection, WebPkiClientVerifier};
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore, ServerConfig};

fn certs(data: &Path, hosts: &[&str], new_authority: bool) -> Certs {
    Certs { hosts: hosts.iter().map(ToString::to_string).collect(), data: data.to_owned(), new_authority }
}

fn made(hosts: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    certs(folder.path(), hosts, false).make(today()).expect("made");
    folder
}

fn roots(path: &Path) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(path).expect("a certificate")).expect("an authority");
    roots
}

fn pair(folder: &Path) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
    let certificate = CertificateDer::from_pem_file(folder.join("tls.crt")).expect("a certificate");
    (vec![certificate], PrivateKeyDer::from_pem_file(folder.join("tls.key")).expect("a key"))
}

/// Whether the two get to talk: `server` shows its pair, and asks for one of `callers` if there are any.
fn shake(
    server: &Path,
    callers: Option<&Path>,
    client: Option<&Path>,
    trusts: &Path,
    name: &str,
) -> Result<(), rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let (chain, key) = pair(server);
    let config = ServerConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions()?;
    let config = match callers {
        None => config.with_no_client_auth(),
        Some(path) => {
            let builder = WebPkiClientVerifier::builder_with_provider(roots(path).into(), Arc::clone(&provider));
            config.with_client_cert_verifier(builder.build().expect("callers"))
        }
    };
    let mut server = ServerConnection::new(Arc::new(config.with_single_cert(chain, key)?))?;
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let config = config.with_root_certificates(roots(trusts));
    let config = match client {
        None => config.with_no_client_auth(),
        Some(folder) => {
            let (chain, key) = pair(folder);
            config.with_client_auth_cert(chain, key)?
        }
    };
    let name = ServerName::try_from(name.to_owned()).expect("a name");
    let mut client = ClientConnection::new(Arc::new(config), name)?;
    while client.is_handshaking() || server.is_handshaking() {
        let mut bytes = Vec::new();
        client.write_tls(&mut bytes).expect("in memory");
        server.read_tls(&mut bytes.as_slice()).expect("in memory");
        server.process_new_packets()?;
        let mut bytes = Vec::new();
        server.write_tls(&mut bytes).expect("in memory");
        client.read_tls(&mut bytes.as_slice()).expect("in memory");
        client.process_new_packets()?;
    }
    Ok(())
}

#[test]
fn a_phone_that_trusts_the_authority_trusts_the_edge_under_each_of_its_hosts() {
    let data = made(&["Truce.local", "192.168.1.20", "::1"]);
    let certs = data.path().join("certs");
    for name in ["truce.local", "192.168.1.20", "::1"] {
        shake(&certs.join("edge"), None, None, &certs.join("outside/ca.crt"), name).expect(name);
    }
    assert!(shake(&certs.join("edge"), None, None, &certs.join("outside/ca.crt"), "other.local").is_err());
    assert!(shake(&certs.join("edge"), None, None, &certs.join("inside/ca.crt"), "truce.local").is_err());
}

/// Who gets hold of its key can be this host, and no other.
#[test]
fn the_authority_that_a_phone_trusts_cannot_vouch_for_other_hosts() {
    for (hosts, good, bad) in [
        (&["truce.local"][..], "truce.local", ["bank.example", "203.0.113.7", "::1"]),
        (&["192.168.1.20"][..], "192.168.1.20", ["truce.local", "192.168.1.21", "::1"]),
    ] {
        let data = made(hosts);
        let certs = data.path().join("certs");
        let stolen = Authority::open(&certs.join("outside"), "outside", None, today()).expect("there");
        for (name, holds) in [(good, true)].into_iter().chain(bad.map(|name| (name, false))) {
            let folder = data.path().join("forged");
            let names = vec![read_host(name).expect("a host")];
            stolen.sign(&folder, names, ExtendedKeyUsagePurpose::ServerAuth, today(), 1).expect("signed");
            let shaken = shake(&folder, None, None, &certs.join("outside/ca.crt"), name);
            assert_eq!(shaken.is_ok(), holds, "{name}: {shaken:?}");
        }
    }
}

#[test]
fn the_edge_gets_to_every_function_and_nobody_else_does() {
    let data = made(&["localhost"]);
    let certs = data.path().join("certs");
    let (inside, edge) = (certs.join("inside/ca.crt"), certs.join("edge/inside"));
    for function in functions::NAMES {
        let folder = certs.join("functions").join(function);
        let name = format!("{function}.truce.internal");
        let by = |client: Option<&Path>| shake(&folder, Some(&folder.join("ca.crt")), client, &inside, &name);
        by(Some(&edge)).expect(function);
        assert!(by(None).is_err(), "nobody calls {function}");
        assert!(by(Some(&folder)).is_err(), "{function} calls itself");
        assert!(by(Some(&certs.join("edge"))).is_err(), "what the edge shows phones calls {function}");
        let other = shake(&folder, Some(&folder.join("ca.crt")), Some(&edge), &inside, "other.truce.internal");
        assert!(other.is_err(), "{function} is taken for another");
    }
}

#[test]
fn once_more_rolls_what_is_signed_and_keeps_who_signs() {
    let data = made(&["localhost"]);
    let read = |path: &str| std::fs::read_to_string(data.path().join("certs").join(path)).expect(path);
    let files = ["outside/ca.crt", "inside/ca.key", "edge/tls.crt", "functions/mediate/tls.key"];
    let before = files.map(read);
    certs(data.path(), &["localhost"], false).make(today()).expect("made again");
    let same: Vec<bool> = files.map(read).iter().zip(&before).map(|(now, before)| now == before).collect();
    assert_eq!(same, [true, true, false, false]);
    let certs = data.path().join("certs");
    shake(&certs.join("edge"), None, None, &certs.join("outside/ca.crt"), "localhost").expect("still trusted");
}

#[test]
fn other_hosts_need_another_authority_and_that_is_said_before_anything_changes() {
    let data = made(&["truce.local"]);
    let read = || std::fs::read_to_string(data.path().join("certs/outside/ca.crt")).expect("there");
    let before = read();
    let said = certs(data.path(), &["other.local"], false).make(today()).expect_err("refused").to_string();
    assert!(said.contains("truce.local") && said.contains("--new-authority"), "{said}");
    assert_eq!(read(), before);
    certs(data.path(), &["other.local"], true).make(today()).expect("made");
    assert_ne!(read(), before);
}

#[test]
fn hosts_need_not_be_named_again_and_come_in_any_order() {
    let data = made(&["truce.local", "192.168.1.20"]);
    let read = || std::fs::read_to_string(data.path().join("certs/outside/ca.crt")).expect("there");
    let before = read();
    for hosts in [&[][..], &["192.168.1.20", "Truce.local", "truce.local"]] {
        certs(data.path(), hosts, false).make(today()).expect("made again");
        assert_eq!(read(), before);
        let certs = data.path().join("certs");
        for name in ["truce.local", "192.168.1.20"] {
            shake(&certs.join("edge"), None, None, &certs.join("outside/ca.crt"), name).expect(name);
        }
    }
}

#[test]
fn half_an_authority_is_not_replaced() {
    for (lost, kept) in [("ca.crt", "ca.key"), ("ca.key", "ca.crt")] {
        let data = made(&["truce.local"]);
        let folder = data.path().join("certs/outside");
        let before = std::fs::read_to_string(folder.join(kept)).expect("there");
        std::fs::remove_file(folder.join(lost)).expect("removed");
        let said = certs(data.path(), &[], false).make(today()).expect_err("refused").to_string();
        assert!(said.contains(lost) && said.contains("is missing") && said.contains("restore"), "{said}");
        assert_eq!(std::fs::read_to_string(folder.join(kept)).expect("there"), before);
        assert!(!folder.join(lost).exists());
    }
}

#[test]
fn a_certificate_ends() {
    let data = tempfile::tempdir().expect("a folder");
    certs(data.path(), &["localhost"], false).make(today().saturating_sub(120.days())).expect("made");
    let certs = data.path().join("certs");
    assert!(shake(&certs.join("edge"), None, None, &certs.join("outside/ca.crt"), "localhost").is_err());
}

#[test]
fn what_is_no_host_is_named() {
    for host in ["", "a b", "https://truce.local", "truce.local:443", "*.local", "-a", "a..b", "ü.example"] {
        assert!(read_host(host).is_err_and(|why| why.to_string().contains("is no host")), "{host}");
    }
}

#[cfg(unix)]
#[test]
fn a_key_is_for_its_owner_to_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let data = made(&["localhost"]);
    for key in ["outside/ca.key", "inside/ca.key", "edge/tls.key", "edge/inside/tls.key", "functions/health/tls.key"] {
        let mode = std::fs::metadata(data.path().join("certs").join(key)).expect(key).permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{key}");
    }
}
