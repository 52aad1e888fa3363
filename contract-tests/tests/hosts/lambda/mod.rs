//! AWS Lambda without the cloud: each function's binary under Amazon's own runtime interface emulator, and in front of it
//! what calls functions there — a function URL, an HTTP API, a REST API, a load balancer. All of these call the same
//! instances, on the same table.

mod answer;
mod event;
mod front;
mod instances;
mod numbers;
mod routes;
mod traces;
mod wrist;

use crate::binary;
use crate::host::Running;
use crate::services::{self, Service};
use crate::settings::{self, Settings};
use instances::Instances;
use libtest_mimic::Trial;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use tokio::runtime::Runtime;
use truce_contract::{Function, Target};

/// The table that the functions keep things in.
const TABLE: &str = "truce-contract";
/// How long an invocation may take, in seconds: less than the longest poll, so that the poll has to be cut to it.
const TIMEOUT: u64 = 15;
/// The most instances of a function.
const MOST: usize = 8;
/// What a function leaves of that for answering.
const TO_ANSWER: u64 = 1;

/// What calls the functions, and how it writes that down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gateway {
    FunctionUrl,
    HttpApi,
    RestApi,
    LoadBalancer,
}

impl Gateway {
    fn name(self) -> &'static str {
        match self {
            Self::FunctionUrl => "lambda-url",
            Self::HttpApi => "lambda-api",
            Self::RestApi => "lambda-rest",
            Self::LoadBalancer => "lambda-alb",
        }
    }

    /// Headers of answers that it gives on under another name, as AWS documents it.
    fn renames(self) -> &'static [(&'static str, &'static str)] {
        if self == Self::RestApi { &[("www-authenticate", "x-amzn-remapped-www-authenticate")] } else { &[] }
    }

    /// Where it is deployed: the first part of every path that a client asks for.
    fn stage(self) -> Option<&'static str> {
        matches!(self, Self::HttpApi | Self::RestApi).then_some("live")
    }
}

/// The emulator, where `TRUCE_LAMBDA_RIE` says or on PATH.
fn emulator() -> Result<PathBuf, String> {
    let how = "aws-lambda-rie is not on PATH, nor where TRUCE_LAMBDA_RIE says: `cargo xtask setup` installs it";
    let told = std::env::var_os("TRUCE_LAMBDA_RIE").map(PathBuf::from).filter(|path| path.is_file());
    told.or_else(|| binary::on_path("aws-lambda-rie")).ok_or_else(|| how.to_owned())
}

pub(crate) fn missing() -> Option<String> {
    emulator().err().or_else(|| services::dynalite().err())
}

/// The functions, and what they keep things in.
struct Deployment {
    /// In the order of [`Function::ALL`].
    functions: Vec<Arc<Instances>>,
    _table: Service,
}

impl Deployment {
    fn new(runtime: &Runtime) -> Result<Self, String> {
        let table = Service::dynamodb(TABLE, runtime)?;
        Ok(Self { functions: functions(&settings_for(&table)?, MOST)?, _table: table })
    }
}

fn settings_for(table: &Service) -> Result<Settings, String> {
    let endpoint = format!("http://127.0.0.1:{}", table.port);
    let settings = Settings::new(format!("dynamodb:{TABLE}"))?
        .with("AWS_REGION", "eu-central-1")
        .with("AWS_ACCESS_KEY_ID", "test")
        .with("AWS_SECRET_ACCESS_KEY", "test")
        .with("AWS_ENDPOINT_URL_DYNAMODB", endpoint)
        .with("AWS_LAMBDA_FUNCTION_TIMEOUT", TIMEOUT.to_string());
    Ok(settings)
}

/// In the order of [`Function::ALL`], with at most `most` instances each.
fn functions(settings: &Settings, most: usize) -> Result<Vec<Arc<Instances>>, String> {
    let emulator = emulator()?;
    Function::ALL.iter().map(|&function| Instances::new(function, settings, &emulator, most)).collect()
}

/// The one deployment that all gateways call: made for the first, gone after the last.
fn deployment(runtime: &Runtime) -> Result<Arc<Deployment>, String> {
    static SHARED: Mutex<Weak<Deployment>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(deployment) = shared.upgrade() {
        return Ok(deployment);
    }
    let deployment = Arc::new(Deployment::new(runtime)?);
    *shared = Arc::downgrade(&deployment);
    Ok(deployment)
}

pub(crate) fn start(gateway: Gateway, runtime: &Runtime) -> Result<Running, String> {
    let deployment = deployment(runtime)?;
    let (target, fronts) = behind(gateway, &deployment.functions, runtime)?;
    let by = format!("aws-lambda-rie, invocations end after {TIMEOUT} s, dynalite");
    Ok(Running::new(target, by, (fronts, deployment)))
}

/// Where `functions` are called.
fn behind(
    gateway: Gateway,
    functions: &[Arc<Instances>],
    runtime: &Runtime,
) -> Result<(Target, Vec<front::Front>), String> {
    let serve = |functions| runtime.block_on(front::serve(gateway, functions)).map_err(|error| error.to_string());
    let name = gateway.name();
    let (target, fronts) = if gateway == Gateway::FunctionUrl {
        let fronts = functions.iter().map(|function| serve(vec![Arc::clone(function)]));
        let fronts: Vec<front::Front> = fronts.collect::<Result<_, _>>()?;
        let urls: Vec<String> = fronts.iter().map(|front| front.url.clone()).collect();
        (settings::at_each(name, &urls)?, fronts)
    } else {
        let front = serve(functions.to_vec())?;
        let stage = gateway.stage().map_or_else(String::new, |stage| format!("/{stage}"));
        (settings::at(name, &format!("{}{stage}", front.url))?, vec![front])
    };
    let mut target = settings::on_this_machine(target, Duration::from_secs(TIMEOUT - TO_ANSWER));
    target.capabilities.renamed = gateway.renames();
    Ok((target, fronts))
}

/// That the front writes events as AWS does, and functions numbers as it reads them; when spans are sent; and what goes wrong on a wrist.
pub(crate) fn trials() -> Vec<Trial> {
    let theirs = [event::trials(), numbers::trials(), traces::trials(), wrist::trials()];
    theirs.into_iter().flatten().collect()
}
