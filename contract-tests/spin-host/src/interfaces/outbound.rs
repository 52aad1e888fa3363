//! `wasi:http/client`: calls to whom the manifest grants, and to nobody else.

use crate::note;
use crate::settled::Settled;
use http::Request;
use http_body_util::BodyExt;
use std::future::Future;
use std::sync::Arc;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks, default_send_request};

/// What an instance of this component sends passes here.
pub(crate) struct Outbound(pub(crate) Arc<Settled>);

type Io = Box<dyn Future<Output = Result<(), Error>> + Send>;
type Sent = Box<dyn Future<Output = Result<(http::Response<WasiBody>, Io), Error>> + Send>;

impl WasiHttpHooks for Outbound {
    fn send_request(&mut self, request: Request<WasiBody>, options: Option<RequestOptions>, _: Io) -> Sent {
        let uri = request.uri().to_string();
        if !self.0.may_call(&uri) {
            return Box::new(async { Err(Error::HttpRequestDenied) });
        }
        Box::new(async move {
            let (response, io) = default_send_request(request, options).await?;
            Ok((response.map(BodyExt::boxed_unsync), Box::new(io) as Io))
        })
    }
}

impl Settled {
    /// Whether this component is granted `address`; where it is not, says so on stderr, as Spin does.
    pub(crate) fn may_call(&self, address: &str) -> bool {
        let why = match &self.outbound {
            Ok(grants) if grants.allow(address) == Some(true) => return true,
            Ok(_) => "allowed_outbound_hosts does not grant it".to_owned(),
            Err(why) => format!("allowed_outbound_hosts grants nothing while {why}"),
        };
        note(format_args!("component `{}`: no call to {}: {why}", self.name, without_secrets(address)));
        false
    }
}

/// Scheme, host and port; an address may hold a password, and a path a token.
fn without_secrets(address: &str) -> String {
    url::Url::parse(address).ok().filter(url::Url::has_host).map_or_else(
        || "what is no address".to_owned(),
        |url| {
            let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
            format!("{}://{}{port}", url.scheme(), url.host_str().unwrap_or_default())
        },
    )
}
