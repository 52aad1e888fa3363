//! The command as somebody at a terminal uses it.

use std::path::Path;
use std::process::{Command, Output};

fn truce(data: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_truce"))
        .args(arguments)
        .env_clear()
        .env("TRUCE_DATA", data)
        .output()
        .expect("the command starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}

/// What it prints, when it does what it is asked.
fn prints(data: &Path, arguments: &[&str]) -> String {
    let output = truce(data, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

/// What it says, when it does not.
fn refuses(data: &Path, arguments: &[&str]) -> String {
    let output = truce(data, arguments);
    assert!(!output.status.success(), "{arguments:?} succeeds");
    text(&output.stderr)
}

/// A data folder with a key ring in it.
fn data() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("keys"), prints(folder.path(), &["keys"])).expect("written");
    folder
}

const ANA: [&str; 7] = ["qr", "--room", "q3", "--team", "backend", "--member", "Ana"];

fn qr<'a>(more: &[&'a str]) -> Vec<&'a str> {
    ANA.into_iter().chain(more.iter().copied()).collect()
}

#[test]
fn keys_are_rotated_retired_and_tidied_and_never_shown() {
    let folder = data();
    let secret = std::fs::read_to_string(folder.path().join("keys")).expect("keys");
    let (old, secret) = (secret[..4].to_owned(), secret.split(':').nth(1).expect("a key").trim().to_owned());
    assert!(prints(folder.path(), &["keys", "list"]).starts_with(&format!("{old}  active")));
    let rotated = prints(folder.path(), &["keys", "rotate"]);
    assert_eq!(rotated.lines().count(), 2);
    assert!(rotated.contains(&format!("{old}  opens until")) && !rotated.contains(&secret), "{rotated}");
    let new = rotated[..4].to_owned();
    assert!(refuses(folder.path(), &["keys", "retire", &new]).contains("active"));
    assert!(prints(folder.path(), &["keys", "retire", &old]).contains(&format!("{old}  retired since")));
    assert_eq!(prints(folder.path(), &["keys", "tidy"]), format!("{new}  active: seals and opens\n"));
    assert!(refuses(folder.path(), &["keys", "activate", &old]).contains(&old));
}

#[test]
fn a_key_is_introduced_everywhere_before_it_seals_anywhere() {
    let folder = data();
    let introduced = prints(folder.path(), &["keys", "introduce"]);
    let id = introduced.lines().find(|line| line.ends_with("  opens")).expect("the new key")[..4].to_owned();
    assert!(prints(folder.path(), &["keys", "activate", &id]).starts_with(&format!("{id}  active")));
}

#[test]
fn an_invite_is_made_from_the_keys_alone_in_every_form() {
    let folder = data();
    let link = prints(folder.path(), &qr(&["--public-url", "https://truce.example", "--format", "link"]));
    let digits = link.trim().strip_prefix("https://truce.example/j#").expect("a join link");
    assert!(digits.len() > 300 && digits.bytes().all(|byte| byte.is_ascii_digit()));
    assert!(prints(folder.path(), &qr(&["--format", "svg"])).starts_with("<svg "));
    assert!(prints(folder.path(), &qr(&[])).lines().count() > 25);
    let png = folder.path().join("ana.png");
    prints(folder.path(), &qr(&["--format", "png", "--out", png.to_str().expect("a path")]));
    assert!(std::fs::read(png).expect("written").starts_with(b"\x89PNG"));
}

#[test]
fn what_is_wrong_is_one_sentence_that_says_what_to_do() {
    let empty = tempfile::tempdir().expect("a folder");
    assert!(refuses(empty.path(), &ANA).contains("start `truce dev` once"));
    let folder = data();
    for (arguments, says) in [
        (qr(&["--public-url", "truce.example"]), "TRUCE_PUBLIC_URL is an address like"),
        (qr(&["--ttl-seconds", "601"]), "601 is not in 10..=600"),
        (vec!["qr", "--room", " ", "--team", "a", "--member", "b"], "room must not be empty"),
        (vec!["keys", "retire", "nokey"], "invalid value"),
        (vec!["mediate"], "required"),
    ] {
        let message = refuses(folder.path(), &arguments);
        assert!(message.contains(says), "{arguments:?}: {message}");
    }
}

#[test]
fn the_shortcuts_are_for_one_deployment_and_the_same_every_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = |name: &str, more: &[&str]| {
        let out = folder.path().join(name);
        let told = [["shortcuts", "build", "--out", out.to_str().expect("a path")].as_slice(), more].concat();
        prints(folder.path(), &told);
        let mut files: Vec<(String, String)> = std::fs::read_dir(out)
            .expect("it is made")
            .map(|entry| entry.expect("an entry").path())
            .map(|path| (path.display().to_string().replace(name, ""), std::fs::read_to_string(path).expect("XML")))
            .collect();
        files.sort();
        files
    };
    let one = files("one", &["--url", "https://truce.example"]);
    assert_eq!((one.len(), &one), (5, &files("two", &["--url", "https://truce.example/"])));
    let own = ["--redeem-url", "https://r.example", "--mediate-url", "https://m.example"];
    let each: String = files("each", &own).into_iter().map(|(_, text)| text).collect();
    assert!(each.contains("https://r.example/redeem") && each.contains("https://m.example/mediate"));
    assert!(!each.contains("truce.example"));
    // What was there for the other way to keep a session is gone.
    let text = files("one", &["--url", "https://truce.example", "--session", "text"]);
    assert_eq!(text.len(), 4);
    assert!(!text.iter().any(|(name, _)| name.contains("Check")));
}

#[test]
fn a_shortcut_that_a_watch_could_not_call_is_not_built() {
    let folder = tempfile::tempdir().expect("a folder");
    for (told, what) in [
        (["--url", "http://truce.example"].as_slice(), "https://"),
        (&["--mediate-url", "https://m.example"], "--url"),
        (&[], "--url"),
    ] {
        let said = refuses(folder.path(), &[["shortcuts", "build"].as_slice(), told].concat());
        assert!(said.contains(what), "{said}");
    }
    let said = refuses(folder.path(), &["shortcuts", "sign", "--out", folder.path().to_str().expect("a path")]);
    assert!(said.contains("truce shortcuts build"), "{said}");
    prints(
        folder.path(),
        &["shortcuts", "build", "--url", "https://truce.example", "--out", &folder.path().display().to_string()],
    );
    if !cfg!(target_os = "macos") {
        let said = refuses(folder.path(), &["shortcuts", "sign", "--out", &folder.path().display().to_string()]);
        assert!(said.contains("Only a Mac") && !folder.path().join("signed").exists(), "{said}");
    }
}

#[test]
fn every_command_explains_itself() {
    let folder = tempfile::tempdir().expect("a folder");
    for command in [
        &["--help"][..],
        &["dev", "--help"],
        &["qr", "--help"],
        &["keys", "--help"],
        &["mediate", "--help"],
        &["shortcuts", "build", "--help"],
        &["shortcuts", "verify", "--help"],
    ] {
        assert!(prints(folder.path(), command).contains("Usage: truce"));
    }
    assert!(prints(folder.path(), &["mediate", "--help"]).contains("--jsonl < in.jsonl"));
    assert!(prints(folder.path(), &["openapi"]).contains("\"openapi\": \"3.1.0\""));
}
