use super::*;
use truce_alarms::{Event, Evidence, Key, Kind, Ledger, Seen};
use truce_contract::Failure;

const NOW: u64 = 1_795_500_000;

fn report(target: &str, journey: &str, failure: Option<Failure>) -> JourneyReport {
    JourneyReport {
        name: journey.to_owned(),
        story: String::new(),
        target: target.to_owned(),
        took_ms: 12.5,
        requests: 7,
        failure,
        steps: Vec::new(),
    }
}

#[test]
fn what_came_of_a_round_is_there_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("history");
    let failed = Failure::without_answer("Ana says", "a yes", "a no");
    let round = [report("edge", "one", None), report("edge", "two", Some(failed)), report("aws", "one", None)];
    History::open(&path)
        .expect("made")
        .keep(1_000, &round, Some(&Told { ledger: "told", open: Vec::new(), events: &[] }))
        .expect("kept");
    let history = History::open(&path).expect("opened again");
    let entries = history.entries("edge", 0).expect("entries");
    assert_eq!(entries.len(), 2);
    assert_eq!((entries[0].at, entries[0].took_ms, entries[0].failure.is_none()), (1_000, 12.5, true));
    let failure = entries[1].failure.as_ref().expect("a failure");
    assert_eq!(&failure[..3], ["Ana says", "a yes", "a no"]);
    assert_eq!(history.ledger().expect("a ledger").as_deref(), Some("told"));
    assert_eq!(history.requests("edge", 0).expect("a sum"), 14);
    assert_eq!(history.requests("edge", 1_001).expect("a sum"), 0);
    assert_eq!(history.last_held("edge", "one").expect("a time"), Some(1_000));
    assert_eq!(history.last_held("edge", "two").expect("no time"), None);
}

#[test]
fn what_is_written_with_a_round_is_kept_with_it_or_not_at_all() {
    let mut history = History::open(Path::new(":memory:")).expect("made");
    let round = [report("edge", "one", None)];
    let told = Told { ledger: "told", open: Vec::new(), events: &[] };
    let refused = history.keep_with(1_000, &round, Some(&told), |file| file.execute_batch("no SQL"));
    assert!(matches!(refused, Err(HistoryError::Use(_))));
    assert_eq!((history.entries("edge", 0).expect("none").len(), history.ledger().expect("none")), (0, None));
    let kept = history.keep_with(1_000, &round, Some(&told), |file| file.execute_batch("CREATE TABLE more (x)"));
    kept.expect("kept");
    assert_eq!(history.entries("edge", 0).expect("one").len(), 1);
}

#[test]
fn what_is_older_than_ninety_days_is_forgotten_and_nothing_else() {
    let mut history = History::open(Path::new(":memory:")).expect("made");
    for at in [1_000, 2_000] {
        history.keep(at, &[report("edge", "one", None)], None).expect("kept");
    }
    history.keep(1_001 + KEPT, &[report("edge", "one", None)], None).expect("kept");
    let left: Vec<u64> = history.entries("edge", 0).expect("entries").iter().map(|entry| entry.at).collect();
    assert_eq!(left, [2_000, 1_001 + KEPT]);
}

#[test]
fn another_programs_database_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("others");
    Connection::open(&path).expect("made").execute_batch("CREATE TABLE theirs (x)").expect("a table");
    assert!(matches!(History::open(&path), Err(HistoryError::Foreign(_))));
    std::fs::write(&path, "no database at all, but a text of some length").expect("written");
    let error = History::open(&path).err().expect("no database").to_string();
    assert!(error.contains("--history"), "{error}");
}

fn told<'a>(ledger: &'a Ledger, events: &'a [Event]) -> Told<'a> {
    Told { ledger: "told", open: ledger.open_alerts().collect(), events }
}

fn wrong(sentence: &str) -> Seen {
    let (step, reproduce) = ("Ana says".to_owned(), "truce monitor --once".to_owned());
    Seen::Wrong(Evidence { step, sentence: sentence.to_owned(), request_id: Some("5f1c".to_owned()), reproduce })
}

/// A file, and a look into it.
fn look(path: &Path, now: u64) -> Known {
    Reader::open(path).expect("opened").look(now).expect("read")
}

fn counted(tallies: &[Tally]) -> Vec<(u64, &str, u64, u64)> {
    tallies.iter().map(|tally| (tally.at, tally.journey.as_str(), tally.took.held(), tally.failed)).collect()
}

#[test]
fn a_journey_is_counted_in_its_quarter_and_its_day_and_the_newest_is_at_hand() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("history");
    let mut history = History::open(&path).expect("made");
    let midnight = Span::Day.begin(NOW);
    let failed = || Some(Failure::without_answer("Ana says", "a yes", "a no"));
    for (at, failure) in [(midnight - 1, None), (midnight, None), (midnight + 60, failed()), (midnight + 900, None)] {
        history.keep(at, &[report("edge", "one", failure)], None).expect("kept");
    }
    history.keep(midnight + 960, &[report("edge", "one", failed())], None).expect("kept");
    let known = look(&path, midnight + 960);
    let day = Span::Day.length();
    assert_eq!(counted(&known.days), [(midnight - day, "one", 1, 0), (midnight, "one", 2, 2)]);
    let quarters = [(midnight - 900, "one", 1, 0), (midnight, "one", 1, 1), (midnight + 900, "one", 1, 1)];
    assert_eq!(counted(&known.quarters), quarters);
    let [latest] = &known.latest[..] else { panic!("one journey: {:?}", known.latest) };
    assert_eq!((latest.at, latest.held), (midnight + 960, Some(midnight + 900)));
    assert_eq!(latest.failure.as_ref().map(|failure| failure[0].as_str()), Some("Ana says"));
}

#[test]
fn an_incident_is_there_while_it_is_open_and_for_ninety_days_after_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("history");
    let mut history = History::open(&path).expect("made");
    let (mut ledger, key) =
        (Ledger::default(), Key { target: "edge".to_owned(), journey: "one".to_owned(), kind: Kind::Slower });
    let mut at = NOW;
    let mut goes = |seen: Seen, history: &mut History| {
        let events: Vec<Event> = ledger.observe(at, &key, seen).into_iter().collect();
        history.keep(at, &[report("edge", "one", None)], Some(&told(&ledger, &events))).expect("kept");
        at += 60;
    };
    goes(wrong("too slow"), &mut history);
    goes(wrong("slower still"), &mut history);
    let known = look(&path, NOW);
    let [incident] = &known.incidents[..] else { panic!("one incident: {:?}", known.incidents) };
    assert_eq!((incident.opened, incident.ended, incident.kind.as_str()), (NOW, None, "slower"));
    assert_eq!((incident.sentence.as_str(), incident.request_id.as_deref()), ("slower still", Some("5f1c")));
    (0..8).for_each(|_| goes(Seen::Well, &mut history));
    // From when it was first well for good, and not from when that was certain.
    assert_eq!(look(&path, NOW).incidents[0].ended, Some(NOW + 120));
    goes(wrong("again"), &mut history);
    let again = look(&path, NOW).incidents;
    assert_eq!((again.len(), again[0].ended, &again[0].id), (1, None, &incident.id));
    (0..80).for_each(|_| goes(Seen::Well, &mut history));
    let ended = look(&path, NOW).incidents[0].ended.expect("it is over");
    for (later, left) in [(KEPT, 1), (KEPT + 1, 0)] {
        history.keep(ended + later, &[], None).expect("kept");
        assert_eq!(look(&path, NOW).incidents.len(), left);
    }
}

#[test]
fn an_incident_that_no_alert_is_known_of_any_more_is_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("history");
    let mut history = History::open(&path).expect("made");
    let mut ledger = Ledger::default();
    ledger.observe(NOW, &Key { target: "edge".to_owned(), journey: "one".to_owned(), kind: Kind::Slower }, wrong("x"));
    history.keep(NOW, &[], Some(&told(&ledger, &[]))).expect("kept");
    history.keep(NOW + 60, &[], None).expect("kept");
    assert_eq!(look(&path, NOW).incidents[0].ended, None, "a round that told nothing says nothing of it");
    history.keep(NOW + 120, &[], Some(&told(&Ledger::default(), &[]))).expect("kept");
    assert_eq!(look(&path, NOW).incidents[0].ended, Some(NOW + 120));
}

/// As it was made before there were tallies.
const BEFORE: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA application_id = 1416785201;
    CREATE TABLE journeys (
        at INTEGER NOT NULL, target TEXT NOT NULL, journey TEXT NOT NULL, took_ms REAL NOT NULL, requests INTEGER NOT NULL,
        step TEXT, expected TEXT, got TEXT, request_id TEXT
    ) STRICT;
    CREATE INDEX by_target ON journeys (target, at);
    CREATE INDEX by_time ON journeys (at);
    CREATE TABLE told (one INTEGER PRIMARY KEY CHECK (one = 1), ledger TEXT NOT NULL) STRICT;
    INSERT INTO told VALUES (1, 'told before');";

#[test]
fn a_file_from_before_there_were_tallies_is_taken_over_without_a_loss() {
    let folder = tempfile::tempdir().expect("a folder");
    let (old, new) = (folder.path().join("old"), folder.path().join("new"));
    let before = Connection::open(&old).expect("made");
    before.execute_batch(BEFORE).expect("tables");
    let mut history = History::open(&new).expect("made");
    for round in 0..300 {
        let (at, fails) = (NOW + 600 * round, round % 7 == 0);
        let failure = fails.then(|| Failure::without_answer("Ana says", "a yes", "a no"));
        history.keep(at, &[report("edge", "one", failure)], None).expect("kept");
        let (step, id) = (fails.then_some("Ana says"), fails.then_some("none"));
        let row = params![seconds(at), step, step.map(|_| "a yes"), step.map(|_| "a no"), id];
        before.execute("INSERT INTO journeys VALUES (?1, 'edge', 'one', 12.5, 7, ?2, ?3, ?4, ?5)", row).expect("a row");
    }
    drop(before);
    let taken_over = History::open(&old).expect("taken over");
    assert_eq!(taken_over.ledger().expect("a ledger").as_deref(), Some("told before"));
    assert_eq!(taken_over.entries("edge", 0).expect("entries"), history.entries("edge", 0).expect("entries"));
    let now = NOW + 600 * 300;
    let (taken_over, kept) = (look(&old, now), look(&new, now));
    assert_ne!(taken_over.name, kept.name);
    assert_eq!(taken_over, Known { name: taken_over.name.clone(), ..kept });
    assert!(taken_over.days.len() >= 2 && taken_over.latest[0].held.is_some());
    let name = taken_over.name;
    drop(History::open(&old).expect("opened again"));
    assert_eq!(look(&old, now).name, name, "it is taken over once");
}

#[test]
fn a_file_from_before_it_was_known_where_targets_are_is_taken_over_and_they_are_where_they_were() {
    const BACK: &str =
        "ALTER TABLE incidents DROP COLUMN unwatched; DROP TABLE places; DROP TABLE rings; PRAGMA user_version = 1;";
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("history");
    let mut history = History::open(&path).expect("made");
    let (mut ledger, key) =
        (Ledger::default(), Key { target: "edge".to_owned(), journey: "one".to_owned(), kind: Kind::Slower });
    ledger.observe(NOW, &key, wrong("too slow"));
    history.keep(NOW, &[report("edge", "one", None)], Some(&told(&ledger, &[]))).expect("kept");
    let before = look(&path, NOW);
    history.0.execute_batch(BACK).expect("as it was");
    drop(history);
    let mut history = History::open(&path).expect("taken over");
    assert_eq!(look(&path, NOW), before);
    let at = |url: &str| Place { target: "edge".to_owned(), addresses: url.to_owned() };
    assert_eq!(history.since(&at("https://edge.example")).expect("read"), Some(0));
    history.begin_with(NOW + 60, &[at("https://edge.example")], &told(&ledger, &[]), |_| Ok(())).expect("kept");
    assert_eq!(history.since(&at("https://edge.example")).expect("read"), Some(0));
    assert_eq!(history.since(&at("https://other.example")).expect("read"), None);
    // Of one that is gone it is known where it was as long as there are journeys to it.
    history.begin_with(NOW + KEPT, &[], &told(&ledger, &[]), |_| Ok(())).expect("kept");
    assert_eq!(history.since(&at("https://other.example")).expect("read"), None);
    history.begin_with(NOW + KEPT + 1, &[], &told(&ledger, &[]), |_| Ok(())).expect("kept");
    assert_eq!(history.since(&at("https://other.example")).expect("read"), Some(0));
}

#[test]
fn a_file_of_a_newer_version_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("history");
    History::open(&path).expect("made").0.execute_batch("PRAGMA user_version = 1000").expect("marked");
    assert!(matches!(History::open(&path), Err(HistoryError::Newer(_))));
}

#[test]
fn a_reader_sees_when_somebody_has_written_and_writes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("history");
    assert!(Reader::open(&path).is_err(), "it makes no file");
    let mut history = History::open(&path).expect("made");
    let reader = Reader::open(&path).expect("opened");
    let version = reader.version().expect("a version");
    assert_eq!(reader.version().expect("a version"), version);
    history.keep(NOW, &[report("edge", "one", None)], None).expect("kept");
    assert_ne!(reader.version().expect("a version"), version);
    assert!(reader.0.execute("DELETE FROM journeys", []).is_err());
}

#[test]
fn a_look_reads_no_journey_by_itself() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("history");
    let mut history = History::open(&path).expect("made");
    for minute in 0..20 {
        history.keep(NOW + 60 * minute, &[report("edge", "one", None)], None).expect("kept");
    }
    let before = look(&path, NOW);
    history.0.execute_batch("DROP TABLE journeys").expect("dropped");
    assert_eq!(look(&path, NOW), before);
    assert_eq!(before.quarters.iter().map(|tally| tally.took.held()).sum::<u64>(), 20);
}
