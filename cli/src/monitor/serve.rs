//! The status page, on a thread of its own: whoever looks at it, however often, slows no round.

use crate::failure::Failure;
use axum::Router;
use std::io::{self, Write as _};
use std::net::{SocketAddr, TcpListener as Socket};
use std::path::Path;
use std::time::Duration;
use tokio::net::TcpListener;
use truce_function::host::few::Few;
use truce_function::settings::PublicUrl;
use truce_monitor::Plan;
use truce_status::{Board, Watched};

/// As many connections at a time: the sockets of this process are for rounds.
const AT_ONCE: usize = 64;
/// How long a connection may last. Whoever sends its request a byte at a time is not waited for.
const LONGEST: Duration = Duration::from_secs(20);

/// What is shown of a history.
pub(super) struct Page<'a> {
    pub(super) listen: SocketAddr,
    pub(super) public_url: Option<&'a str>,
    pub(super) history: &'a Path,
    pub(super) targets: Vec<String>,
    pub(super) plan: &'a Plan,
    pub(super) now: fn() -> u64,
}

impl Page<'_> {
    /// Serves the page and `more` until this process ends, and says where.
    ///
    /// # Errors
    /// When the address is taken or not this machine's, or the public URL is none.
    pub(super) fn begin(self, more: Router) -> Result<SocketAddr, Failure> {
        let socket = Socket::bind(self.listen).map_err(|source| self.unheard(source))?;
        socket.set_nonblocking(true)?;
        let address = socket.local_addr()?;
        let router = truce_status::router(self.board()?).merge(more);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        std::thread::Builder::new()
            .name("status page".to_owned())
            .spawn(move || runtime.block_on(serve(socket, router)))?;
        Ok(address)
    }

    fn board(&self) -> Result<Board, Failure> {
        let public_url = self.public_url.map(str::parse::<PublicUrl>).transpose();
        let public_url = public_url.map_err(|error| Failure::Wrong(format!("public_url {}.", error.problem)))?;
        let journeys = self.plan.selected.iter().map(|one| (one.journey.name.to_owned(), one.journey.story.to_owned()));
        let watched = Watched {
            targets: self.targets.clone(),
            journeys: journeys.collect(),
            every: self.plan.every,
            began: (self.now)(),
            public_url: public_url.map(|url| url.to_string()),
        };
        Ok(Board::new(self.history.to_owned(), watched, Box::new(self.now), |error| {
            // It is told where everything else is; a page that is not shown ends no round.
            let _ = writeln!(io::stdout().lock(), "the status page has nothing to show: {error}");
        }))
    }

    fn unheard(&self, source: io::Error) -> Failure {
        let address = self.listen.to_string();
        if source.kind() == io::ErrorKind::AddrInUse {
            Failure::PortTaken { address, other: self.listen.port().checked_add(1).unwrap_or(8788) }
        } else {
            Failure::Listen { address, source }
        }
    }
}

async fn serve(socket: Socket, router: Router) -> io::Result<()> {
    axum::serve(Few::of(TcpListener::from_std(socket)?, AT_ONCE, LONGEST), router).await
}
