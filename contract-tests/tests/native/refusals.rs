//! A server that cannot do its work says why in one sentence, and does not start.

use crate::server::{ORGANISER_KEY, Plan, Refusal};
use crate::{Problem, ensure, of_this_host};
use libtest_mimic::Trial;
use std::fs;
use tempfile::TempDir;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        of_this_host("a_taken_port_is_told_in_one_sentence", a_taken_port_is_told_in_one_sentence),
        of_this_host("a_taken_port_for_numbers_is_told_in_one_sentence", a_taken_port_for_numbers),
        of_this_host("a_data_folder_that_is_none_is_told_in_one_sentence", a_data_folder_that_is_none),
        of_this_host("a_damaged_key_file_is_told_in_one_sentence_and_not_shown", a_damaged_key_file),
        of_this_host("a_key_file_that_is_no_text_is_told_in_one_sentence", a_key_file_that_is_no_text),
        of_this_host("a_damaged_store_is_told_in_one_sentence", a_damaged_store),
        of_this_host("a_short_organiser_key_is_refused_and_not_shown", a_short_organiser_key),
        of_this_host("an_empty_list_of_organisers_is_refused", an_empty_list_of_organisers),
        of_this_host("an_address_that_is_none_is_told_in_one_sentence", an_address_that_is_none),
    ]
}

/// One line on stderr, ended like a sentence, that names what is wrong; nothing on stdout; a failure to whoever called.
fn one_sentence(refusal: &Refusal, naming: &str) -> Result<(), Problem> {
    let said = refusal.stderr.trim();
    ensure(!refusal.status.success(), format!("a failure, got {} and: {said}", refusal.status))?;
    ensure(refusal.status.code().is_some(), "an exit of its own, not a signal")?;
    ensure(said.lines().count() == 1, format!("one line on stderr, got: {said}"))?;
    ensure(said.ends_with('.') && said.chars().count() < 400, format!("a sentence, got: {said}"))?;
    ensure(said.contains(naming), format!("a sentence that names {naming}, got: {said}"))?;
    ensure(!said.contains("panicked") && !said.contains("Os {"), format!("a sentence for people, got: {said}"))?;
    ensure(refusal.stdout.trim().is_empty(), format!("nothing on stdout, got: {}", refusal.stdout))
}

async fn a_taken_port_is_told_in_one_sentence() -> Result<(), Problem> {
    let (data, other) = (TempDir::new()?, TempDir::new()?);
    let server = Plan::on(data.path()).start()?;
    let refusal = Plan::on(other.path()).listen(&server.address).refused()?;
    one_sentence(&refusal, &server.address)?;
    ensure(refusal.stderr.contains("--listen"), "a word on what to do")
}

/// Where people are served is not where numbers are read.
async fn a_taken_port_for_numbers() -> Result<(), Problem> {
    let (data, other) = (TempDir::new()?, TempDir::new()?);
    let server = Plan::on(data.path()).start()?;
    let refusal = Plan::on(other.path()).setting("TRUCE_METRICS", &server.address).refused()?;
    one_sentence(&refusal, &server.address)?;
    ensure(refusal.stderr.contains("TRUCE_METRICS"), "a word on what to do")
}

/// A file where the folder should be: root may write where modes forbid it, but nobody can put a file into a file.
async fn a_data_folder_that_is_none() -> Result<(), Problem> {
    let dir = TempDir::new()?;
    let file = dir.path().join("data");
    fs::write(&file, "a file")?;
    let shown = file.display().to_string();
    for data in [file.clone(), file.join("deeper")] {
        let refusal = Plan::on(&data).refused()?;
        one_sentence(&refusal, &shown)?;
        ensure(refusal.stderr.contains("--data"), "a word on what to do")?;
    }
    ensure(fs::read_to_string(&file)? == "a file", "the file as it was")
}

async fn a_damaged_key_file() -> Result<(), Problem> {
    let data = TempDir::new()?;
    Plan::on(data.path()).start()?.crash()?;
    let path = data.path().join("keys");
    let whole = fs::read_to_string(&path)?;
    let half = whole[..whole.len() / 2].to_owned();
    for damaged in [half.as_str(), "", "nonsense-that-was-secret-once", &whole.replace(':', ";")] {
        fs::write(&path, damaged)?;
        let refusal = Plan::on(data.path()).refused()?;
        one_sentence(&refusal, "keys")?;
        ensure(damaged.len() < 8 || !refusal.stderr.contains(damaged.trim()), "nothing of the file on stderr")?;
        let secret = whole.split(':').find(|part| part.len() > 30).unwrap_or(&whole);
        ensure(!refusal.stderr.contains(&secret[..16]), "nothing of a key on stderr")?;
        ensure(fs::read_to_string(&path)? == damaged, "the file as it was: it may be mended")?;
    }
    fs::write(&path, &whole)?;
    Plan::on(data.path()).start()?;
    Ok(())
}

async fn a_key_file_that_is_no_text() -> Result<(), Problem> {
    let data = TempDir::new()?;
    fs::write(data.path().join("keys"), [0xFF, 0x00, 0xFE, 0x80])?;
    one_sentence(&Plan::on(data.path()).refused()?, "keys")
}

async fn a_damaged_store() -> Result<(), Problem> {
    let data = TempDir::new()?;
    fs::write(data.path().join("truce.db"), "this is no database at all, and never was one. ".repeat(100))?;
    one_sentence(&Plan::on(data.path()).refused()?, "truce.db")
}

async fn a_short_organiser_key() -> Result<(), Problem> {
    let data = TempDir::new()?;
    let short = &ORGANISER_KEY[..31];
    let refusal = Plan::on(data.path()).setting("TRUCE_ORGANISER_KEYS", &format!("contract={short}")).refused()?;
    one_sentence(&refusal, "TRUCE_ORGANISER_KEYS")?;
    ensure(!refusal.stderr.contains(short), "nothing of the key on stderr")
}

async fn an_empty_list_of_organisers() -> Result<(), Problem> {
    let data = TempDir::new()?;
    one_sentence(&Plan::on(data.path()).setting("TRUCE_ORGANISER_KEYS", " ").refused()?, "TRUCE_ORGANISER_KEYS")
}

async fn an_address_that_is_none() -> Result<(), Problem> {
    let data = TempDir::new()?;
    for address in ["nowhere", "127.0.0.1:99999", "256.0.0.1:80"] {
        one_sentence(&Plan::on(data.path()).listen(address).refused()?, address)?;
    }
    Ok(())
}
