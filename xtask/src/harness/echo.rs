//! What the edge says to those behind it: asked by something there that answers with all headers it gets, and with whose certificate they came.

use super::helper::{AS_A_FUNCTION, Helper};
use super::proof::Proof;
use super::routes;
use crate::http::{Answer, Request};
use std::thread::sleep;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(10);
/// For the program that the view has.
const CONFIGURATION: &str = r#"
frontend echo
    bind :8080 ssl crt /certs/tls.crt ca-file /certs/ca.crt verify required
    http-request return status 502 if { req.hdr(x-fail) -m found }
    http-request return status 200 content-type text/plain lf-string "%[ssl_c_serial,hex] called.\n%[req.hdrs]"
"#;
/// By every name that somebody behind the edge could take for what only the edge says.
const FORGED: &str = "\
    X-Truce-Room: forged\r\nX-Truce-Team: forged\r\nx-truce-cell: forged\r\nX_Truce_Team: forged\r\nX.Truce.Team: forged\r\n\
    X-Forwarded-For: 203.0.113.66\r\nX-Forwarded-Host: forged\r\nX-Forwarded-Proto: forged\r\nX-Forwarded-Prefix: forged\r\n\
    X-Forwarded-Port: 66\r\nX-Forwarded-Server: forged\r\nX-Forwarded-Uri: forged\r\nX-Forwarded-Method: forged\r\nX-Real-Ip: 203.0.113.66\r\n";

/// Does `work` while it is there.
pub(super) fn there<T>(proof: &Proof<'_>, work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    let configuration = [AS_A_FUNCTION, CONFIGURATION].concat();
    let mut echo = Helper::new("truce-echo", &configuration);
    echo.labels = routes::service("echo", echo.stands_for);
    // It has no other answer, which is not one to a look at its health.
    echo.labels.retain(|label| !label.contains("healthcheck"));
    let router = ["rule=Path(`/echo`)", "service=echo"].map(|told| format!("traefik.http.routers.echo.{told}"));
    echo.labels.extend(router);
    echo.there(proof, || found(proof).and_then(|()| work()))
}

/// A client that says what only the edge may say gains nothing.
pub(super) fn nothing_forged(proof: &Proof<'_>) -> Result<String, String> {
    let heard = there(proof, || ask(proof, FORGED))?.body.to_ascii_lowercase();
    if let Some(line) = heard.lines().find(|line| line.contains("forged") || line.contains("203.0.113.66")) {
        return Err(format!("it heard {line}"));
    }
    // The edge has written its own: otherwise nobody asked the edge.
    if heard.contains("x-forwarded-for:") && !heard.contains("truce") {
        return Ok(format!("{} forged headers, none of them heard", FORGED.matches("\r\n").count()));
    }
    Err(format!("it heard {heard}"))
}

/// The number of the certificate that the edge shows to those behind it.
pub(super) fn caller(proof: &Proof<'_>) -> Result<String, String> {
    let heard = ask(proof, "")?.body.to_ascii_lowercase();
    heard.split_once(" called.").map(|(serial, _)| serial.to_owned()).ok_or_else(|| format!("it heard {heard}"))
}

pub(super) fn ask(proof: &Proof<'_>, head: &str) -> Result<Answer, String> {
    let request = Request { head, ..Request::get("/echo") };
    request.ask(&proof.edge).map_err(|error| format!("/echo: {error}"))
}

/// Until the edge has found it, somebody else says that there is nothing.
fn found(proof: &Proof<'_>) -> Result<(), String> {
    let begun = Instant::now();
    loop {
        let status = ask(proof, "")?.status;
        if status == 200 {
            return Ok(());
        }
        if begun.elapsed() > PATIENCE {
            return Err(format!("/echo: {status}"));
        }
        sleep(Duration::from_millis(50));
    }
}
