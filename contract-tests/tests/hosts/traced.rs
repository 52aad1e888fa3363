//! One request through a real edge is one trace at one collector: the edge, below it the function, below that what it asked of its store.
//! The edge is Traefik as the project tells it about sessions, what is asked again, transports and, without the `#`, traces. The [harness](crate::edge) has all of it,
//! and functions there have no way out.

use crate::binary;
use crate::collector::{Collector, Span, hex, said, value};
use crate::container;
use crate::process::{PATIENCE, Process, free_port};
use crate::settings;
use crate::spin::edge::{missing_traefik, ours, serves, traefik};
use libtest_mimic::{Failed, Trial};
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use truce_contract::{Call, Function, Target, World};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
/// One that its caller does not want recorded.
const UNSEEN: &str = "0af7651916cd43dd8448eb211c80319c";
const CALLER: &str = "00f067aa0ba902b7";
/// Where traefik-local/traefik.yaml would send its own spans.
const COLLECTOR: &str = "http://truce-collector:4318";
const EDGE: &str = "truce-edge";
/// Further up than any span has spans above it.
const TOP: usize = 20;

/// Without Traefik or Redis the hosts `edge` and `container` say what is missing.
pub(crate) fn trials() -> Vec<Trial> {
    if container::missing().or_else(missing_traefik).is_some() {
        return Vec::new();
    }
    vec![Trial::test("container::one_trace_goes_from_the_edge_through_a_function_to_its_store", one_trace)]
}

fn one_trace() -> Result<(), Failed> {
    let runtime = Runtime::new()?;
    let collector = runtime.block_on(Collector::start());
    let (_redis, settings) = container::shared()?;
    let settings = settings.with("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint());
    let (_functions, addresses, certs) = container::certified(&settings)?;
    let (_edge, target) = Edge::before(&addresses, &certs.path().join("certs/edge"), &collector)?;
    let world = World::at(target)?;
    let looks = |trace, flags| Call::get("/mediate").header("traceparent", format!("00-{trace}-{CALLER}-{flags}"));
    runtime.block_on(async {
        let ana = world.room().join("backend", "Ana").await?;
        for (trace, flags) in [(UNSEEN, "00"), (TRACE, "01")] {
            let looks = looks(trace, flags).bearer(&ana.session);
            world.does("Ana's Watch looks, in a trace of its own", looks).await?.expect_code("nothing-new")?;
        }
        collector.spans_until(is_whole).await;
        Ok::<_, Failed>(())
    })?;
    let spans = told(&collector);
    if spans.iter().any(|(_, span)| hex(&span.trace_id) == UNSEEN) {
        return Err("what its caller did not want recorded was".into());
    }
    hangs_together(&spans)
}

/// Whether all that are waited for are there: the edge's first one ends last.
fn is_whole(spans: &[Span]) -> bool {
    let has = |is: &dyn Fn(&Span) -> bool| spans.iter().any(|span| hex(&span.trace_id) == TRACE && is(span));
    has(&|span| span.name == "GET /mediate")
        && has(&|span| span.name == "GET /redeem")
        && has(&|span| hex(&span.parent_span_id) == CALLER)
}

/// Every span, and the service that it is of.
fn told(collector: &Collector) -> Vec<(String, Span)> {
    let resources = collector.arrived().into_iter().flat_map(|arrived| arrived.message.resource_spans);
    let spans = resources.flat_map(|of| {
        let service = of.resource.as_ref().and_then(|resource| value(&resource.attributes, "service.name"));
        let spans = of.scope_spans.into_iter().flat_map(|scope| scope.spans);
        spans.map(move |span| (service.clone().unwrap_or_default(), span))
    });
    spans.collect()
}

/// What a Watch asked, and what the edge asked because of it, are below the caller's span, with nothing in between but the edge.
fn hangs_together(spans: &[(String, Span)]) -> Result<(), Failed> {
    let of_it: Vec<_> = spans.iter().filter(|(_, span)| hex(&span.trace_id) == TRACE).collect();
    for (service, name) in [("truce-mediate", "GET /mediate"), ("truce-redeem-token", "GET /redeem")] {
        let is_it = |(of, span): &&&(String, Span)| of == service && span.name == name;
        let request = of_it.iter().find(is_it).ok_or_else(|| format!("{service} says nothing of {name}"))?;
        let above = above(&of_it, &request.1)?;
        if above.is_empty() || above.iter().any(|service| *service != EDGE) {
            return Err(format!("{name} is below {above:?}").into());
        }
        let below = |(of, span): &&&(String, Span)| of == service && span.parent_span_id == request.1.span_id;
        let on_redis = |(_, span): &&(String, Span)| said(span, "db.system.name").as_deref() == Some("redis");
        let asked: Vec<_> = of_it.iter().filter(below).copied().collect();
        if asked.is_empty() || !asked.iter().all(on_redis) {
            return Err(format!("{name} asked of its store: {asked:?}").into());
        }
    }
    Ok(())
}

/// The services of the spans between this one and the caller's, the next one first.
fn above<'a>(spans: &[&'a (String, Span)], from: &'a Span) -> Result<Vec<&'a str>, Failed> {
    let (mut services, mut at) = (Vec::new(), from);
    while hex(&at.parent_span_id) != CALLER {
        let parent = spans.iter().find(|(_, span)| span.span_id == at.parent_span_id);
        let (service, span) =
            parent.filter(|_| services.len() < TOP).ok_or_else(|| format!("nothing is above {at:?}"))?;
        services.push(service.as_str());
        at = span;
    }
    Ok(services)
}

/// It ends with its value.
struct Edge {
    _traefik: Process,
    _told: TempDir,
}

impl Edge {
    /// In front of the functions at `addresses`, which are in the order of [`Function::ALL`], with the certificates in `certs`.
    fn before(addresses: &[SocketAddr], certs: &Path, collector: &Collector) -> Result<(Self, Target), String> {
        let folder = TempDir::new().map_err(|error| error.to_string())?;
        let (port, inside) = (free_port()?, free_port()?);
        let told = folder.path();
        let write = |name: &str, text: String| {
            fs::write(told.join(name), text).map_err(|error| format!("{name} cannot be written: {error}"))
        };
        fs::create_dir(told.join("dynamic")).map_err(|error| error.to_string())?;
        let transports = ours("podman-local/quadlet/transports.yaml", "/certs/", &format!("{}/", certs.display()))?;
        let session = ours("traefik-local/dynamic/session.yaml", "127.0.0.1:9000", &format!("127.0.0.1:{inside}"))?;
        write("dynamic/transports.yaml", transports)?;
        write("dynamic/session.yaml", session)?;
        // It is told there what to do with a question that was not answered.
        let again = "dynamic/again.yaml";
        fs::copy(binary::workspace().join("traefik-local").join(again), told.join(again))
            .map_err(|error| format!("{again}: {error}"))?;
        write("dynamic/functions.yaml", functions(addresses))?;
        write("traefik.yaml", told_at_start([port, inside], &told.join("dynamic")) + &tracing(collector)?)?;
        let mut command = Command::new(traefik()?);
        command.env_clear().arg("--configFile").arg(told.join("traefik.yaml")).current_dir(told);
        let ready = |_: &Process| serves(port, "/health").then_some(());
        let (traefik, ()) = Process::start(&mut command, PATIENCE, ready)?;
        let target = settings::at("traced-edge", &format!("http://127.0.0.1:{port}"))?;
        let target = settings::on_this_machine(target, settings::longest_wait());
        Ok((Self { _traefik: traefik, _told: folder }, target))
    }
}

/// Each function by the name that session.yaml knows it by, and the paths that these requests need.
fn functions(addresses: &[SocketAddr]) -> String {
    let service = |(function, address): (&Function, &SocketAddr)| {
        let name = function.name();
        format!(
            "    {name}-or-words: {{loadBalancer: {{serversTransport: {name}, servers: [{{url: 'https://{address}'}}]}}}}\n"
        )
    };
    let services: String = Function::ALL.iter().zip(addresses).map(service).collect();
    format!(
        "http:\n  routers:\n    to-issue-qr: {{rule: PathPrefix(`/qr`), entryPoints: [web], service: issue-qr-or-words}}\n    \
         to-redeem-token: {{rule: Path(`/redeem`), entryPoints: [web], service: redeem-token-or-words}}\n    \
         to-health: {{rule: PathPrefix(`/`), priority: 1, entryPoints: [web], service: health-or-words}}\n  \
         services:\n{services}"
    )
}

/// In the order of traefik.yaml.
fn told_at_start([port, inside]: [u16; 2], dynamic: &Path) -> String {
    format!(
        "global: {{checkNewVersion: false, sendAnonymousUsage: false}}\nentryPoints:\n  web: {{address: '127.0.0.1:{port}'}}\n  \
         inside: {{address: '127.0.0.1:{inside}', asDefault: false, http: {{tls: {{}}}}}}\n\
         providers: {{file: {{directory: '{}'}}}}\n",
        dynamic.display()
    )
}

/// The lines of traefik.yaml that somebody takes the `#` away from.
fn tracing(collector: &Collector) -> Result<String, String> {
    let path = binary::workspace().join("traefik-local/traefik.yaml");
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let lines = text.lines().skip_while(|line| *line != "#tracing:").map_while(|line| line.strip_prefix('#'));
    let told = lines.collect::<Vec<_>>().join("\n");
    if told.contains(COLLECTOR) {
        Ok(told.replace(COLLECTOR, &collector.endpoint()))
    } else {
        Err(format!("traefik.yaml has no lines that send traces to {COLLECTOR}"))
    }
}
