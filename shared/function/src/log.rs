//! What a server writes about itself, to standard error: a line a request, and the audit trail. Nothing that people
//! say, and no token, is ever in it.

use tracing::level_filters::LevelFilter;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::{FilterExt as _, Targets, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, Registry};

/// Begins to log, by `RUST_LOG` (`info` when it is not set, or makes no sense): as text on a terminal, else a line of JSON
/// each; `TRUCE_LOG` (`text` or `json`) says otherwise. A panic is a line of its own.
///
/// # Panics
/// When something else logs already.
pub fn begin() {
    lines(std::io::stderr, Form::wanted(), std::env::var("RUST_LOG").ok().as_deref()).init();
    std::panic::set_hook(Box::new(|panic| {
        // Where, not what: the message may hold whatever the code was working on.
        let at = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(at, "a panic");
    }));
}

#[derive(Clone, Copy)]
enum Form {
    /// For people; a component has none, and is smaller without.
    #[cfg(not(target_family = "wasm"))]
    Text {
        coloured: bool,
    },
    Json,
}

impl Form {
    #[cfg(not(target_family = "wasm"))]
    fn wanted() -> Self {
        use std::io::IsTerminal as _;
        let coloured = std::io::stderr().is_terminal();
        match std::env::var("TRUCE_LOG").as_deref() {
            Ok("json") => Self::Json,
            Ok("text") => Self::Text { coloured },
            _ if coloured => Self::Text { coloured },
            _ => Self::Json,
        }
    }

    #[cfg(target_family = "wasm")]
    fn wanted() -> Self {
        Self::Json
    }
}

fn lines<W>(writer: W, form: Form, levels: Option<&str>) -> impl Subscriber + Send + Sync + 'static
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let chosen = levels.and_then(|levels| levels.parse::<Targets>().ok());
    let filter =
        chosen.unwrap_or_else(|| Targets::new().with_default(LevelFilter::INFO)).and(filter_fn(is_fit_to_print));
    let lines = tracing_subscriber::fmt::layer::<Registry>().with_writer(writer);
    tracing_subscriber::registry().with(match form {
        Form::Json => lines.json().flatten_event(true).with_span_list(false).with_filter(filter).boxed(),
        #[cfg(not(target_family = "wasm"))]
        Form::Text { coloured } => lines.with_ansi(coloured).compact().with_filter(filter).boxed(),
    })
}

/// Other people's crates print what they work on when they are asked for details: requests, answers, keys. So only our
/// own are heard below `info`, whatever `RUST_LOG` says.
fn is_fit_to_print(line: &Metadata<'_>) -> bool {
    *line.level() <= Level::INFO || line.target() == "audit" || line.target().starts_with("truce")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("not poisoned").write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn written(form: Form, levels: Option<&str>, work: impl FnOnce()) -> String {
        let written = Written::default();
        let writer = written.clone();
        tracing::subscriber::with_default(lines(move || writer.clone(), form, levels), work);
        let bytes = written.0.lock().expect("not poisoned").clone();
        String::from_utf8(bytes).expect("text")
    }

    #[test]
    fn what_other_crates_work_on_is_not_written_however_much_is_asked_for() {
        let log = written(Form::Text { coloured: false }, Some("trace"), || {
            tracing::trace!(target: "lambda_runtime::layers::api_response", body = "what somebody said");
            tracing::debug!(target: "aws_smithy_runtime", "what somebody said");
            tracing::warn!(target: "hyper", "the connection was lost");
            tracing::trace!(target: "truce_store", "a detail of our own");
        });
        assert!(!log.contains("somebody"), "{log}");
        assert!(log.contains("the connection was lost") && log.contains("a detail of our own"), "{log}");
    }

    #[test]
    fn a_line_of_json_holds_its_request() {
        let log = written(Form::Json, None, || {
            let span = tracing::info_span!("request", request_id = "abc-1");
            span.in_scope(|| tracing::info!(status = 200, "answered"));
            tracing::debug!("not asked for");
        });
        let line: serde_json::Value = serde_json::from_str(log.trim()).expect("one line of JSON");
        assert_eq!((line["message"].as_str(), line["status"].as_u64()), (Some("answered"), Some(200)));
        assert_eq!(line["span"]["request_id"], "abc-1");
    }

    #[test]
    fn levels_are_chosen_by_target_and_nonsense_means_info() {
        let all = || {
            tracing::info!(target: "truce_function", "first");
            tracing::debug!(target: "truce_store", "second");
        };
        let log = |levels| written(Form::Text { coloured: false }, Some(levels), all);
        assert!(!log("off").contains("first"));
        assert!(log("warn,truce_store=debug").contains("second") && !log("warn,truce_store=debug").contains("first"));
        assert!(log("no=such=level").contains("first"));
    }
}
