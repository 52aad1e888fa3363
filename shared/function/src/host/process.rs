//! One function as a process of its own: in a container, or started by hand.

use crate::host::boot::{self, Refusal};
use crate::host::metrics;
use crate::host::native::{self, bind};
use crate::host::otlp::{self, Traces};
use crate::host::tls::{self, TlsListener};
use crate::settings::{SettingError, parse_number};
use crate::{Environment, layers};
use axum::Router;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// Where a container listens unless it is told otherwise.
const LISTEN: &str = "0.0.0.0:8080";
/// Names where the probes are asked without TLS.
const PROBES: &str = "TRUCE_PROBES";
/// The longest time between not being ready and not listening, in seconds: Kubernetes kills after 30.
const DRAIN_MAX: u64 = 20;

/// One function on a socket, from settings by name until this process is told to stop.
///
/// # Errors
/// [`Refusal`], when a setting does not hold, or when a socket cannot be had or fails.
pub(super) async fn run(
    name: &str,
    function: impl FnOnce(Environment) -> Router,
    lookup: impl Fn(&str) -> Option<String>,
) -> Result<(), Refusal> {
    let lookup = |name: &str| lookup(name).filter(|value| !value.trim().is_empty());
    let drain = drain(&lookup)?;
    let (address, probes, tls) = (listen(lookup), lookup(PROBES), lookup(tls::SETTING));
    let numbers = lookup(metrics::SETTING);
    let (stopping, told) = watch::channel(false);
    let traces = Traces::begin(name, lookup)?;
    let env = traces.watch(boot::environment(lookup).await?).name(name).stopping(told).build();
    let router = layers::harden(function(env.clone()), &env);
    let listener = bind("TRUCE_LISTEN", &address).await?;
    let probes = match probes {
        Some(address) => Some(tokio::spawn(probed(bind(PROBES, &address).await?, env.clone()))),
        None => None,
    };
    let numbers = match numbers {
        Some(address) => Some(tokio::spawn(metrics::serve(bind(metrics::SETTING, &address).await?, env.clone()))),
        None => None,
    };
    let address = listener.local_addr().map_err(|error| failed(&error))?;
    let sweeper = tokio::spawn(native::sweep(env));
    let told = |tls: bool| tracing::info!(function = name, %address, tls, "listening");
    let stop = native::told_to_stop();
    let served = if let Some(folder) = tls {
        let listener = TlsListener::on(listener, folder.into())?;
        told(true);
        native::serve(router, listener, stopping, stop, drain).await
    } else {
        told(false);
        native::serve(router, listener, stopping, stop, drain).await
    };
    served.map_err(|error| failed(&error))?;
    sweeper.abort();
    // Until the end: whoever asks has to be told that it is not ready any more.
    for asked in probes.into_iter().chain(numbers) {
        asked.abort();
    }
    traces.flush(otlp::LAST).await;
    tracing::info!("stopped");
    Ok(())
}

/// `TRUCE_LISTEN`, or where a container listens.
pub(super) fn listen(lookup: impl Fn(&str) -> Option<String>) -> String {
    lookup("TRUCE_LISTEN").unwrap_or_else(|| LISTEN.to_owned())
}

/// Where the probes can be asked by whoever has no certificate.
pub(super) fn probes(lookup: impl Fn(&str) -> Option<String>) -> Option<String> {
    lookup(PROBES)
}

/// Nothing but the probes, for those who start and stop containers and have no certificate to show.
async fn probed(listener: TcpListener, env: Environment) {
    // An organiser's key may be tried here, and no more often than elsewhere.
    let router = native::knowing_callers(layers::harden(Router::new(), &env));
    // It goes on for as long as the process does.
    if let Err(error) = axum::serve(listener, router).await {
        tracing::warn!(%error, "the probes cannot be asked any more");
    }
}

fn failed(error: &std::io::Error) -> Refusal {
    Refusal::Host(format!("the socket failed: {error}"))
}

/// `TRUCE_DRAIN_SECONDS`: 0 unless it is set, which is right where nobody in front has to notice first.
fn drain(lookup: &impl Fn(&str) -> Option<String>) -> Result<Duration, SettingError> {
    const NAME: &str = "TRUCE_DRAIN_SECONDS";
    let seconds = lookup(NAME).map_or(Ok(0), |text| parse_number(NAME, &text))?;
    Ok(Duration::from_secs(seconds.min(DRAIN_MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Settings;
    use crate::testing::Bench;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;

    #[tokio::test]
    async fn who_has_no_certificate_may_not_guess_keys_at_the_probes() {
        let settings = Settings { attempts_per_minute: 2, ..Bench::settings() };
        let bench = Bench::with(settings, |env| Router::new().with_state(env));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let serving = tokio::spawn(probed(listener, bench.env.clone()));
        let ask = async |more: &str| {
            let mut socket = TcpStream::connect(address).await.expect("it listens");
            let request =
                format!("GET /health?probe=ready HTTP/1.1\r\nhost: probes\r\nconnection: close\r\n{more}\r\n");
            socket.write_all(request.as_bytes()).await.expect("asked");
            let mut answer = String::new();
            socket.read_to_string(&mut answer).await.expect("answered");
            answer.split(' ').nth(1).expect("a status").to_owned()
        };
        let guess = "authorization: Bearer a-guess\r\n";
        assert_eq!([ask(guess).await, ask(guess).await, ask(guess).await], ["401", "401", "429"]);
        assert_eq!(ask("").await, "200", "a probe has no key");
        serving.abort();
    }
}
