//! `truce shortcuts verify` as somebody uses it who was given a Shortcut. What is signed is verified in the tests of `truce-shortcuts`, and
//! in the step `shortcuts`, by what somebody else's program has signed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const URL: &str = "https://truce.example";

fn truce(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_truce"));
    command.arg("shortcuts").args(arguments).env_clear().output().expect("the command starts")
}

/// All of them, built for [`URL`].
fn built(session: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().to_str().expect("a path");
    assert!(truce(&["build", "--url", URL, "--session", session, "--out", out]).status.success());
    folder
}

fn files(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect()
}

/// Whether they are ours, and all that is said.
fn verify(files: &[PathBuf], more: &[&str]) -> (bool, String) {
    let files: Vec<&str> = files.iter().map(|file| file.to_str().expect("a path")).collect();
    let output = truce(&[&["verify"], files.as_slice(), more].concat());
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).expect("text"))
}

/// Not ours, and why.
fn refused(files: &[PathBuf], more: &[&str], says: &[&str]) {
    let (is_ours, said) = verify(files, more);
    for what in says {
        assert!(said.contains(what), "{said}\ndoes not say {what:?}");
    }
    assert!(!is_ours, "{said}");
}

fn changed(folder: &Path, from: &str, to: &str) -> PathBuf {
    let path = folder.join("Truce.shortcut");
    let text = fs::read_to_string(&path).expect("XML");
    assert!(text.contains(from), "{from}");
    fs::write(&path, text.replacen(from, to, 1)).expect("written");
    path
}

#[test]
fn what_was_built_is_what_is_built() {
    for session in ["store", "text"] {
        let folder = built(session);
        let (is_ours, said) = verify(&files(folder.path()), &["--url", URL, "--session", session]);
        assert!(is_ours, "{said}");
        assert_eq!(said.matches("It is what is built: all ").count(), files(folder.path()).len());
        assert!(!said.contains("differs") && said.contains("  1  same     ") && !said.contains('\x1b'), "{said}");
    }
}

#[test]
fn what_was_built_for_others_is_not() {
    let folder = built("store");
    let says = [
        "- wanted WFURL: \"https://other.example/redeem\"",
        "+ found  WFURL: \"https://truce.example/redeem\"",
        "which is not of this deployment",
        "5 of 5 are not what `truce shortcuts build` writes for https://other.example: do not add it",
    ];
    refused(&files(folder.path()), &["--url", "https://other.example"], &says);
    let one = [folder.path().join("Truce.shortcut")];
    refused(
        &one,
        &["--redeem-url", URL, "--mediate-url", "https://m.example"],
        &["truce.example and https://m.example"],
    );
    refused(&one, &["--url", URL, "--session", "text"], &["It is not what is built"]);
}

#[test]
fn a_change_is_shown_where_it_is() {
    let folder = built("store");
    let asks = changed(folder.path(), "After Pause", "After Short Pause");
    let says =
        ["differs  Dictate text", "- wanted WFDictateTextStopListening: \"After Pause\"", "It is not what is built:"];
    refused(&[asks], &["--url", URL], &says);
    let folder = built("store");
    let icon = changed(folder.path(), "<integer>59780</integer>", "<integer>1</integer>");
    let (is_ours, said) = verify(&[icon], &["--url", URL]);
    assert!(is_ours && said.contains("WFWorkflowIcon is"), "{said}");
}

#[test]
fn one_of_another_name_is_beside_the_one_that_is_most_like_it() {
    let folder = built("store");
    let renamed = folder.path().join("My Room.shortcut");
    fs::rename(folder.path().join("Truce Leave.shortcut"), &renamed).expect("renamed");
    let (is_ours, said) = verify(&[renamed], &["--url", URL]);
    assert!(is_ours && said.contains("It is called \"My Room\". Beside Truce Leave, which is most like it"), "{said}");
    // What goes by the name of one of ours is that one, or it is not ours.
    fs::rename(folder.path().join("Truce Check.shortcut"), folder.path().join("Truce.shortcut")).expect("renamed");
    refused(&[folder.path().join("Truce.shortcut")], &["--url", URL], &["Beside Truce, as it is built"]);
}

#[test]
fn what_is_no_shortcut_is_not_looked_at_and_the_others_are() {
    let folder = built("store");
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).expect("written");
        path
    };
    let ours = folder.path().join("Truce.shortcut");
    let other = file("other", b"PK\x03\x04");
    let says = ["neither a property list nor a signed Shortcut", "It is what is built", "1 of 2 are not"];
    refused(&[other, ours], &["--url", URL], &says);
    refused(&[file("large", &vec![b' '; 3 << 20])], &["--url", URL], &["longer than any Shortcut"]);
    refused(&[file("encrypted", b"AEA1\x01\0\0\0")], &["--url", URL], &["encrypted (profile 1)"]);
    refused(&[file("short", b"AEA1\0\0\0\0")], &["--url", URL], &["cut short"]);
    refused(&[file("empty", b"<plist><dict/></plist>")], &["--url", URL], &["There is nothing to compare"]);
    refused(&[folder.path().join("none")], &["--url", URL], &["cannot be read"]);
}

#[test]
fn a_link_or_a_record_leads_to_icloud_and_nowhere_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("record.json");
    let record = |address: &str| {
        format!(
            r#"{{"fields": {{"name": {{"value": "Truce"}}, "shortcut": {{"value": {{"downloadURL": "{address}"}}}}}}}}"#
        )
    };
    fs::write(&path, record("https://127.0.0.1/${f}")).expect("written");
    refused(std::slice::from_ref(&path), &["--url", URL], &["which is not iCloud"]);
    fs::write(&path, "{").expect("written");
    refused(&[path], &["--url", URL], &["no record of a Shortcut"]);
    refused(&[PathBuf::from("https://127.0.0.1/shortcuts/1")], &["--url", URL], &["is no link to a Shortcut"]);
}
