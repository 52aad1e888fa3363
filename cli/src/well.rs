//! Whether a deployment is Truce, and well: asked before anything is made for it.

use crate::failure::Failure;
use axum::body::Bytes;
use axum::http::Request;
use serde::Deserialize;
use std::fmt::Display;
use std::io::Write as _;
use std::time::Duration;
use truce_function::{CallError, CallLimits, host};

/// Its dependencies too: one that cannot do its work is not well.
const PATH: &str = "/health?probe=ready";
/// What is ours is answered at once, and in a few hundred bytes.
const LIMITS: CallLimits = CallLimits { time: Duration::from_secs(10), body: 64 * 1024 };
/// Who waits longer is told what for.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is looked at of an answer.
#[derive(Deserialize)]
struct Told {
    code: String,
    #[serde(rename = "say")]
    _say: String,
}

/// Asks `health` below `address`.
pub(crate) fn ask(address: &impl Display) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let why = runtime.block_on(async {
        let looked = look(format!("{address}{PATH}"));
        tokio::pin!(looked);
        tokio::select! {
            why = &mut looked => return why,
            () = tokio::time::sleep(PATIENCE) => {}
        }
        // Whoever has closed it wants to hear nothing.
        let _ =
            writeln!(std::io::stderr(), "{address} is asked whether it is well; it has {} s.", LIMITS.time.as_secs());
        looked.await
    });
    why.map_or(Ok(()), |why| Err(Failure::Wrong(format!("{address} {why}. Nothing was written."))))
}

/// What is wrong, if anything. Nothing that came is repeated: nobody knows yet whose it is.
async fn look(url: String) -> Option<String> {
    let Ok(request) = Request::get(url).body(Bytes::new()) else {
        return Some("cannot be asked: name another address".to_owned());
    };
    let answer = match host::http_client().send(request, LIMITS).await {
        Ok(answer) => answer,
        Err(error) => return Some(not_answered(error)),
    };
    let told: Option<Told> = serde_json::from_slice(answer.body()).ok();
    let why = match told.as_ref().map(|told| told.code.as_str()) {
        Some("ready") if answer.status().is_success() => return None,
        Some("not-ready") => "is Truce, and not ready: its log says why; build again once it is",
        Some("slow-down") => "is Truce, and was asked too much: build again in a minute",
        Some("no-such-path") => "is Truce, and its health is not there: name where it is with --health-url",
        _ => {
            let status = answer.status().as_u16();
            return Some(format!("is not Truce: something else answers there, with {status}; name another address"));
        }
    };
    Some(why.to_owned())
}

fn not_answered(error: CallError) -> String {
    match error {
        CallError::NotTrusted => {
            "has a certificate that is not trusted here, and a phone would refuse it too: get one that is; \
             for an authority of your own name its certificate in SSL_CERT_FILE, and install it on the phone"
                .to_owned()
        }
        CallError::TooLong => "is not Truce: its answer is too long; name another address".to_owned(),
        CallError::TimedOut => format!(
            "does not answer within {} s: see that it runs, and that it can be reached from here",
            LIMITS.time.as_secs()
        ),
        CallError::Unreachable | CallError::NotAllowed => {
            "does not answer: see that it runs, and that it can be reached from here".to_owned()
        }
    }
}
