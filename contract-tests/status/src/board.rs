//! Where the page is served from: what was made once is given out until the history changes.

use crate::atom;
use crate::html;
use crate::model::{Status, Watched};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use truce_monitor::{HistoryError, Known, Reader};

/// So many seconds may go by until a page notices that nothing was written.
const FRESH: u64 = 10;

/// Tells the time, in seconds since 1970.
pub type Clock = Box<dyn Fn() -> u64 + Send + Sync>;

/// What is shown, and from where.
pub struct Board {
    history: PathBuf,
    watched: Watched,
    clock: Clock,
    trouble: Box<dyn Fn(&HistoryError) + Send + Sync>,
    kept: Mutex<Kept>,
}

/// What was made already.
#[derive(Default)]
struct Kept {
    reader: Option<Reader>,
    /// What was read last, and the history's version then.
    known: Option<(i64, Known)>,
    /// The history's version and the time that it was made from.
    made_from: Option<(i64, u64)>,
    status: Option<Arc<Status>>,
    answers: HashMap<Wanted, Answer>,
    is_troubled: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Wanted {
    Page,
    /// By its number.
    Target(usize),
    Json,
    Feed,
}

#[derive(Clone)]
struct Answer {
    status: StatusCode,
    media: &'static str,
    tag: String,
    body: Bytes,
}

impl Board {
    /// What is `watched`, out of `history`. Why that cannot be read `trouble` is told, once until it can be again: the page says only that it is so.
    pub fn new(
        history: PathBuf,
        watched: Watched,
        clock: Clock,
        trouble: impl Fn(&HistoryError) + Send + Sync + 'static,
    ) -> Self {
        Self { history, watched, clock, trouble: Box::new(trouble), kept: Mutex::default() }
    }

    fn answer(&self, wanted: &Wanted) -> Answer {
        // Whoever panicked here left nothing half made: it is made anew.
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let status = match self.status(&mut kept) {
            Ok(status) => status,
            Err(error) => {
                if !std::mem::replace(&mut kept.is_troubled, true) {
                    (self.trouble)(&error);
                }
                (kept.reader, kept.known, kept.made_from) = (None, None, None);
                return Answer::unreadable(wanted);
            }
        };
        kept.is_troubled = false;
        kept.answers.entry(wanted.clone()).or_insert_with(|| Answer::of(&status, wanted)).clone()
    }

    /// As it was made last, where nothing has changed.
    fn status(&self, kept: &mut Kept) -> Result<Arc<Status>, HistoryError> {
        let now = (self.clock)();
        let reader = match &mut kept.reader {
            Some(reader) => reader,
            none => none.insert(Reader::open(&self.history)?),
        };
        let version = reader.version()?;
        let made_from = (version, now / FRESH);
        if let (Some(status), true) = (&kept.status, kept.made_from == Some(made_from)) {
            return Ok(Arc::clone(status));
        }
        let known = match kept.known.take().filter(|(of, _)| *of == version) {
            Some((_, known)) => known,
            None => reader.look(now)?,
        };
        let status = Arc::new(Status::new(&known, &self.watched, now));
        kept.known = Some((version, known));
        kept.answers.clear();
        (kept.made_from, kept.status) = (Some(made_from), Some(Arc::clone(&status)));
        Ok(status)
    }

    fn target(&self, name: &str) -> Option<Wanted> {
        self.watched.targets.iter().position(|target| target == name).map(Wanted::Target)
    }
}

/// `/`, `/targets/NAME`, `/status.json` and `/incidents.atom`, to be read only.
pub fn router(board: Board) -> Router {
    type Shown = State<Arc<Board>>;
    let of = |wanted: Wanted| get(async move |board: Shown, headers: HeaderMap| board.answer(&wanted).given(&headers));
    let target = async |board: Shown, name: Result<Path<String>, PathRejection>, headers: HeaderMap| {
        let wanted = name.ok().and_then(|Path(name)| board.target(&name));
        wanted.map_or_else(Answer::nowhere, |wanted| board.answer(&wanted)).given(&headers)
    };
    Router::new()
        .route("/", of(Wanted::Page))
        .route("/targets/{*name}", get(target))
        .route("/status.json", of(Wanted::Json))
        .route("/incidents.atom", of(Wanted::Feed))
        .fallback(async |headers: HeaderMap| Answer::nowhere().given(&headers))
        .with_state(Arc::new(board))
}

const HTML: &str = "text/html; charset=utf-8";
const JSON: &str = "application/json";
const FEED: &str = "application/atom+xml; charset=utf-8";

impl Answer {
    fn of(status: &Status, wanted: &Wanted) -> Self {
        let (media, body) = match wanted {
            Wanted::Page => (HTML, html::page(status, None)),
            Wanted::Target(number) => (HTML, html::page(status, status.targets.get(*number))),
            Wanted::Json => (JSON, serde_json::to_string(status).expect("names, numbers and texts")),
            Wanted::Feed => (FEED, atom::feed(status)),
        };
        Self::new(StatusCode::OK, media, body)
    }

    fn new(status: StatusCode, media: &'static str, body: String) -> Self {
        let digest = Sha256::digest(body.as_bytes());
        let tag: String = digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
        Self { status, media, tag: format!("\"{tag}\""), body: body.into() }
    }

    fn nowhere() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            HTML,
            html::notice("Nothing is here.", "What is watched is on the first page."),
        )
    }

    fn unreadable(wanted: &Wanted) -> Self {
        const SENTENCE: &str = "The monitor's history cannot be read: its output says why.";
        match wanted {
            Wanted::Page | Wanted::Target(_) => {
                let page = html::notice("Nothing can be said.", SENTENCE);
                Self::new(StatusCode::SERVICE_UNAVAILABLE, HTML, page)
            }
            Wanted::Json | Wanted::Feed => {
                let body = serde_json::json!({ "summary": [SENTENCE] }).to_string();
                Self::new(StatusCode::SERVICE_UNAVAILABLE, JSON, body)
            }
        }
    }

    /// Whole, or that whoever asks has it already.
    fn given(self, asked: &HeaderMap) -> Response {
        let known = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|tags| tags.to_str().ok());
        let is = |tag: &str| tag.trim().trim_start_matches("W/") == self.tag || tag.trim() == "*";
        let is_known = self.status == StatusCode::OK && known.flat_map(|tags| tags.split(',')).any(is);
        let (status, body) =
            if is_known { (StatusCode::NOT_MODIFIED, Body::empty()) } else { (self.status, Body::from(self.body)) };
        let mut response = Response::new(body);
        *response.status_mut() = status;
        let text = |text: &str| HeaderValue::from_str(text).expect("ASCII");
        let headers: [(HeaderName, HeaderValue); 6] = [
            (header::CONTENT_TYPE, HeaderValue::from_static(self.media)),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
            (header::ETAG, text(&self.tag)),
            (header::CONTENT_SECURITY_POLICY, text(&html::POLICY)),
            (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
            (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        ];
        response.headers_mut().extend(headers);
        response
    }
}
