//! The hosts: what each is called, which journeys go there, and how it is started.

use crate::{cargo_lambda, container, edge, lambda, native, spin};
use std::any::Any;
use tokio::runtime::Runtime;
use truce_contract::{Journey, Target};

/// It answers a body that is called JSON and is no UTF-8 with an error of its own, before any function sees it.
const REFUSED_BY_CARGO_LAMBDA: [&str; 1] = ["malformed_json_is_refused"];

const ALIKE_IN_ALL_EVENTS: [&str; 9] =
    ["mediation", "words", "agreements", "inbox", "leaving", "revoking", "lifetimes", "security", "health"];

/// A host. In the order of the table's columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Host {
    Native,
    Container,
    ContainerTls,
    Edge,
    LambdaUrl,
    LambdaApi,
    LambdaRest,
    LambdaAlb,
    CargoLambda,
    Spin,
}

/// A host that answers. What it consists of ends with this value.
pub(crate) struct Running {
    pub(crate) target: Target,
    /// What proves it, in a line.
    pub(crate) by: String,
    _parts: Box<dyn Any + Send + Sync>,
}

impl Running {
    pub(crate) fn new(target: Target, by: impl Into<String>, parts: impl Any + Send + Sync) -> Self {
        Self { target, by: by.into(), _parts: Box::new(parts) }
    }
}

impl Host {
    pub(crate) const ALL: [Self; 10] = [
        Self::Native,
        Self::Container,
        Self::ContainerTls,
        Self::Edge,
        Self::LambdaUrl,
        Self::LambdaApi,
        Self::LambdaRest,
        Self::LambdaAlb,
        Self::CargoLambda,
        Self::Spin,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Container => "container",
            Self::ContainerTls => "container-tls",
            Self::Edge => "edge",
            Self::LambdaUrl => "lambda-url",
            Self::LambdaApi => "lambda-api",
            Self::LambdaRest => "lambda-rest",
            Self::LambdaAlb => "lambda-alb",
            Self::CargoLambda => "cargo-lambda",
            Self::Spin => "spin",
        }
    }

    /// What it is, for the table's legend.
    pub(crate) fn is(self) -> &'static str {
        match self {
            Self::Native => "`truce dev`: all functions in one process, one address, SQLite",
            Self::Container => "each function's binary as a process of its own, an address each, one Redis",
            Self::ContainerTls => {
                "the same, each on TLS that serves who shows the edge's certificate and nobody else; `truce certs` makes them"
            }
            Self::Edge => {
                "the [harness](harness.md): each function in a rootless container of its own, one Redis, and Traefik in front, with everything \
                 it does there turned on; one address, HTTPS"
            }
            Self::LambdaUrl => {
                "each function's binary under AWS's runtime interface emulator, called as function URLs call (payload 2.0), an \
                 address each, DynamoDB's API"
            }
            Self::LambdaApi => {
                "the same binaries and table, called as an HTTP API calls (payload 2.0), one address with a stage"
            }
            Self::LambdaRest => {
                "the same, called as a REST API calls (payload 1.0), which renames `www-authenticate`, one address with a stage"
            }
            Self::LambdaAlb => "the same, called as a load balancer calls, one address",
            Self::CargoLambda => {
                "each function's binary on the runtime API of `cargo lambda watch`, called through its function URLs, an address \
                 each, SQLite; its front refuses a body that is called JSON and is no UTF-8 itself, so that journey is not \
                 asked"
            }
            Self::Spin => {
                "the components as `spin.toml` declares them, one address, Spin's SQLite: through `spin up` where a Spin of 4.1 or \
                 later is on PATH, else through the stand-in in `contract-tests/spin-host`"
            }
        }
    }

    /// Gateways that only write the same event in another way are spared the themes in which that makes no difference and
    /// which take their time. And what a stand-in's front does not let through cannot be asked of a function behind it.
    pub(crate) fn takes(self, journey: &Journey) -> bool {
        match self {
            Self::LambdaRest | Self::LambdaAlb => !ALIKE_IN_ALL_EVENTS.contains(&journey.theme),
            Self::CargoLambda => !REFUSED_BY_CARGO_LAMBDA.contains(&journey.name),
            _ => true,
        }
    }

    /// Which of its parts is not on this machine, and how to get it.
    pub(crate) fn missing(self) -> Option<String> {
        match self {
            Self::Native => None,
            Self::Container | Self::ContainerTls => container::missing(),
            Self::Edge => edge::missing(),
            Self::LambdaUrl | Self::LambdaApi | Self::LambdaRest | Self::LambdaAlb => lambda::missing(),
            Self::CargoLambda => cargo_lambda::missing(),
            Self::Spin => spin::missing(),
        }
    }

    pub(crate) fn start(self, runtime: &Runtime) -> Result<Running, String> {
        match self {
            Self::Native => native::start(),
            Self::Container => container::start(),
            Self::ContainerTls => container::start_with_tls(),
            Self::Edge => edge::start(),
            Self::LambdaUrl => lambda::start(lambda::Gateway::FunctionUrl, runtime),
            Self::LambdaApi => lambda::start(lambda::Gateway::HttpApi, runtime),
            Self::LambdaRest => lambda::start(lambda::Gateway::RestApi, runtime),
            Self::LambdaAlb => lambda::start(lambda::Gateway::LoadBalancer, runtime),
            Self::CargoLambda => cargo_lambda::start(),
            Self::Spin => spin::start(),
        }
    }
}
