//! Opening the file: made private, checked, and set up the same way for every connection.

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::schema;
use super::trouble::{Failure, Place};
use crate::StoreError;

/// How long to wait for a lock that another process holds. Its writers hold it for milliseconds; five seconds is a
/// process that was stopped in the middle, and less than any host's time limit.
const LOCK_WAIT: Duration = Duration::from_secs(5);

/// Enough for every statement there is.
const STATEMENTS: usize = 32;

/// The place of the file, which exists from now on.
pub(super) fn prepare(path: &Path) -> Result<Place, StoreError> {
    let asked = Place::new(path.to_owned());
    let place = absolute(path).map(Place::new).map_err(|error| asked.explain_io(&error))?;
    create(place.path()).map_err(|error| place.explain_io(&error))?;
    let db = connect(&place)?;
    use_wal(&db, &place)?;
    schema::bring_up_to_date(&db, &place).map_err(|failure| place.explain(failure))?;
    place.pin()
}

/// So that a later change of the working directory changes nothing.
fn absolute(path: &Path) -> io::Result<PathBuf> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    Ok(folder.canonicalize()?.join(name))
}

/// Creates the file for its owner only. SQLite would ask the umask; its other two files take the mode of this one.
///
/// An existing file is left alone, not even opened: closing it would drop the locks that this process holds on it
/// through SQLite, because POSIX locks belong to the process and not to the file handle.
fn create(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other.map(drop),
    }
}

/// A connection that writes.
pub(super) fn connect(place: &Place) -> Result<Connection, StoreError> {
    let open = || -> Result<Connection, Failure> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(place.path(), flags)?;
        db.busy_timeout(LOCK_WAIT)?;
        db.set_prepared_statement_cache_capacity(STATEMENTS);
        // What has been answered survives a power cut.
        db.pragma_update(None, "synchronous", "FULL")?;
        // The savepoint of each job keeps its undo pages there.
        db.pragma_update(None, "temp_store", "MEMORY")?;
        // SQLite opens what it may not write read-only, without a word.
        if db.is_readonly("main")? {
            return Err(place.read_only().into());
        }
        Ok(db)
    };
    open().map_err(|failure| place.explain(failure))
}

/// A connection that only reads.
pub(super) fn connect_to_read(place: &Place) -> Result<Connection, StoreError> {
    let db = connect(place)?;
    db.pragma_update(None, "query_only", true).map_err(|error| place.explain(error.into()))?;
    Ok(db)
}

/// Switches the file to a write-ahead log: readers and the writer do not wait for each other, and a commit is one sync.
fn use_wal(db: &Connection, place: &Place) -> Result<(), StoreError> {
    let started = Instant::now();
    loop {
        let mode = db.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0));
        match mode {
            Ok(mode) if mode == "wal" => return Ok(()),
            Ok(_) => return Err(place.without_wal()),
            // The switch does not wait for a lock as statements do, and several processes may start at once.
            Err(error) if is_busy(&error) && started.elapsed() < LOCK_WAIT => sleep(Duration::from_millis(5)),
            Err(error) => return Err(place.explain(error.into())),
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
}
