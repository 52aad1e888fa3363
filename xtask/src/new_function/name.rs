//! What a function may be called, and how that is written in each place.

use crate::workspace::Workspace;
use std::fs;

/// Longer ones do not fit where hosts put further words around them.
const LONGEST: usize = 24;

/// With `truce-` before them: programs of the workspace that are no crates, and what the harness runs besides functions.
const OURS: [&str; 8] = ["load", "pack", "train", "edge", "view", "redis", "store", "front"];

/// A module is called like the function.
const KEYWORDS: [&str; 46] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod",
    "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super", "trait", "true",
    "try", "type", "unsafe", "use", "where",
];

/// A name that is free.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Name {
    /// `team-mood`: folder, path, component, code.
    pub(super) kebab: String,
    /// `team_mood`: modules.
    pub(super) snake: String,
    /// `TeamMood`: types, and the SAM template.
    pub(super) camel: String,
}

impl Name {
    pub(super) fn new(name: &str, workspace: &Workspace) -> Result<Self, String> {
        let name = Self::read(name)?;
        let read =
            |file: &str| fs::read_to_string(workspace.root.join(file)).map_err(|error| format!("{file}: {error}"));
        let kebab = &name.kebab;
        let is_function = workspace.functions().contains(kebab);
        let is_path = read("spin.toml")?.lines().any(|line| line.starts_with(&format!("route = \"/{kebab}")));
        let is_code = read("contract-tests/src/contract.rs")?.contains(&format!("answer(\"{kebab}\""));
        let is_journey = workspace.root.join(format!("contract-tests/src/journeys/{}.rs", name.snake)).exists();
        let is_crate = ["cli", "contract-tests", "xtask", "shared"].contains(&kebab.as_str())
            || read("Cargo.lock")?.contains(&format!("name = \"truce-{kebab}\""));
        let taken = [
            (is_function, "there is a function of that name"),
            (is_path, "a function answers at that path"),
            (is_code, "an answer has that code"),
            (is_journey, "journeys have that name"),
            (is_crate, "a crate of the workspace has that name"),
            (OURS.contains(&kebab.as_str()), "a program or a container of ours has that name"),
        ];
        match taken.into_iter().find(|(is_taken, _)| *is_taken) {
            Some((_, why)) => Err(format!("`{kebab}` is taken: {why}")),
            None => Ok(name),
        }
    }

    fn read(name: &str) -> Result<Self, String> {
        let words: Vec<&str> = name.split('-').collect();
        let is_word = |word: &&str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
        if !words.iter().all(is_word) {
            return Err(format!("`{name}` is no name: lower-case words, a to z, with hyphens between them"));
        }
        if name.len() > LONGEST {
            return Err(format!("`{name}` is too long: {LONGEST} characters fit everywhere"));
        }
        if KEYWORDS.contains(&name) {
            return Err(format!("`{name}` is a word of Rust, and a module is called like the function"));
        }
        let capital = |word: &&str| word[..1].to_uppercase() + &word[1..];
        Ok(Self { kebab: name.to_owned(), snake: words.join("_"), camel: words.iter().map(capital).collect() })
    }

    /// `text` with this name in its places.
    pub(super) fn fill(&self, text: &str) -> String {
        text.replace("{{name}}", &self.kebab).replace("{{snake}}", &self.snake).replace("{{Name}}", &self.camel)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_written_in_three_ways() {
        let name = Name::read("team-mood").expect("a name");
        assert_eq!(name.fill("{{name}} {{snake}} {{Name}} {{ other }}"), "team-mood team_mood TeamMood {{ other }}");
    }

    #[test]
    fn what_would_fit_nowhere_is_no_name() {
        for name in ["", "-", "a-", "-a", "a--b", "Mood", "mood2", "mood_x", "a b", "../x", "stimmung-ü", "match"] {
            assert!(Name::read(name).is_err(), "{name}");
        }
        assert!(Name::read(&"a".repeat(LONGEST)).is_ok());
        assert!(Name::read(&"a".repeat(LONGEST + 1)).is_err());
    }

    #[test]
    fn what_is_there_is_not_there_twice() {
        let workspace = Workspace::find().expect("cargo runs this");
        for (name, why) in [
            ("health", "a function of that name"),
            ("install", "answers at that path"),
            ("civil", "that code"),
            ("privacy", "journeys"),
            ("session", "a crate"),
            ("xtask", "a crate"),
            ("contract", "a crate"),
            ("spin-host", "a crate"),
            ("edge", "a container"),
            ("load", "a program"),
        ] {
            let said = Name::new(name, &workspace).expect_err(name);
            assert!(said.contains(why), "{said}");
        }
        assert!(Name::new("not-to-be-had", &workspace).is_ok());
    }
}
