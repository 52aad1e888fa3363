//! Trains the risk head: reads labelled sentences, fits, measures on writers it has not seen, writes the weights.
//!
//! Deterministic: the same sentences give the same bytes. Only `cargo xtask train` compiles this.

mod fit;
mod measure;

use std::fs;
use std::path::Path;

use crate::classify::risk::features::{BITS, GROUPS, WEIGHTS, features};
use crate::classify::risk::{CATEGORIES, CATEGORY_BITS, MAGIC};
use crate::parse::normalise::normalise;
use crate::parse::token::tokenize;
use crate::safety;

pub use measure::{Figures, across_writers, on_others};

/// One labelled sentence, as features.
pub struct Example {
    /// Whether it needs a person.
    risky: bool,
    /// Which of [`CATEGORIES`] it is, where that was said.
    category: Option<usize>,
    /// `work`, `blame`, `civil`, `risk` or the category, as written.
    label: String,
    /// Bucket and value, length one.
    words: Vec<(u32, f32)>,
    all: Vec<(u32, f32)>,
}

/// Everything one person wrote.
pub struct Writer {
    /// The file's name.
    pub name: String,
    /// In the file's order.
    pub examples: Vec<Example>,
}

/// Reads a file, or every `*.tsv` of a folder.
///
/// A line is `label<TAB>text`, where the label is one of the categories, or `work` (ordinary talk with frightening words),
/// `blame` (hostile, and fit for mediation) or `civil`; or it is one of the tests' corpora:
/// `plan<TAB>category<TAB>facts<TAB>text`.
///
/// # Errors
/// A sentence that names the file and the line.
pub fn read(path: &Path) -> Result<Vec<Writer>, String> {
    if !path.is_dir() {
        return read_file(path).map(|writer| vec![writer]);
    }
    let listed = fs::read_dir(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut files: Vec<_> = listed.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|file| file.extension().is_some_and(|end| end == "tsv"));
    files.sort();
    files.iter().map(|file| read_file(file)).collect()
}

fn read_file(file: &Path) -> Result<Writer, String> {
    let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let mut examples = Vec::new();
    for (line, number) in text.lines().zip(1..).filter(|(line, _)| !line.starts_with('#')) {
        let (label, text) = labelled(line).ok_or_else(|| format!("{}:{number}: no label and text", file.display()))?;
        if !text.trim().is_empty() {
            examples.push(example(label, text));
        }
    }
    let name = file.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(Writer { name, examples })
}

/// A label that is known, and the text.
fn labelled(line: &str) -> Option<(&str, &str)> {
    let fields: Vec<&str> = line.split('\t').collect();
    let (label, text) = match fields[..] {
        [plan, category, _, text] => (of_plan(plan, category)?, text),
        [label, text] | [label, text, _] => (label, text),
        _ => return None,
    };
    let known = CATEGORIES.contains(&label) || ["work", "blame", "civil", "risk"].contains(&label);
    known.then_some((label, text))
}

/// What a test expects of a text says what it is.
fn of_plan<'t>(plan: &str, category: &'t str) -> Option<&'t str> {
    Some(match plan {
        "escalate" if category == "-" => "risk",
        "escalate" => category,
        "ordinary" | "decline" => "work",
        "civil" => "civil",
        "reframe" | "ask" => "blame",
        _ => return None,
    })
}

fn example(label: &str, text: &str) -> Example {
    let category = CATEGORIES.iter().position(|category| *category == label);
    let clean = normalise(text);
    let tokens = tokenize(&clean);
    let features = features(&tokens, &safety::seen(&tokens));
    let length = features.length.max(1.0);
    let value = |group: usize| move |bucket: &u16| (u32::from(*bucket), WEIGHTS[group] / length);
    let all = (0..GROUPS).flat_map(|group| features.groups[group].iter().map(value(group))).collect();
    let narrow = |bucket: &u16| (u32::from(*bucket >> (BITS - CATEGORY_BITS)), 1.0 / length);
    let words = features.groups[0].iter().map(narrow).collect();
    Example { risky: category.is_some() || label == "risk", category, label: label.to_owned(), words, all }
}

/// Fits all of it, and gives the bytes that are checked in.
pub fn weights(writers: &[Writer]) -> Vec<u8> {
    let examples: Vec<&Example> = writers.iter().flat_map(|writer| &writer.examples).collect();
    let mut bytes = MAGIC.to_vec();
    write(&mut bytes, &fit::risk(&examples));
    for category in 0..CATEGORIES.len() {
        write(&mut bytes, &fit::category(&examples, category));
    }
    bytes
}

fn write(bytes: &mut Vec<u8>, fitted: &fit::Linear) {
    let quantised = fitted.quantised();
    bytes.extend(fitted.bias.to_le_bytes());
    bytes.extend(quantised.scale.to_le_bytes());
    bytes.extend(quantised.weights.iter().map(|weight| weight.cast_unsigned()));
}
