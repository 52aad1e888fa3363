//! The application's variables and the templates made of them: `postgres://{{ user }}@db`.

use crate::failure::Failure;
use crate::manifest::{Manifest, Variable};
use std::collections::BTreeMap;

/// The value of every variable of an application. Never printed: some are secret.
pub struct Variables(BTreeMap<String, String>);

impl Variables {
    /// What was given on the command line, else what the environment says, else the default.
    ///
    /// # Errors
    ///
    /// Where one is missing that the manifest requires, or one is given that it does not have.
    pub fn settle(
        manifest: &Manifest,
        given: &[(String, String)],
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Failure> {
        if let Some((name, _)) = given.iter().find(|(name, _)| !manifest.variables.contains_key(name)) {
            let known = manifest.variables.keys().cloned().collect();
            return Err(Failure::UnknownVariable { name: name.clone(), known });
        }
        let value = |name: &String, variable: &Variable| {
            let given = given.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.clone());
            let named = || environment(&format!("SPIN_VARIABLE_{}", name.to_ascii_uppercase()));
            given.or_else(named).or_else(|| variable.default.clone()).ok_or_else(|| name.clone())
        };
        let settled = manifest.variables.iter().map(|(name, variable)| (name, value(name, variable)));
        let names: Vec<String> = settled.clone().filter_map(|(_, value)| value.err()).collect();
        if !names.is_empty() {
            return Err(Failure::Required { names });
        }
        Ok(Self(settled.filter_map(|(name, value)| Some((name.clone(), value.ok()?))).collect()))
    }

    /// `template` with each `{{ name }}` replaced by that variable's value.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in a few words.
    pub(crate) fn fill(&self, template: &str) -> Result<String, String> {
        let mut filled = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once("{{") {
            let (name, after) = after.split_once("}}").ok_or("a `{{` without its `}}`")?;
            let name = name.trim();
            let value = self.0.get(name).ok_or_else(|| format!("there is no variable `{name}`"))?;
            filled.push_str(before);
            filled.push_str(value);
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }
}

/// Whether `text` says the same whatever the variables are.
pub(crate) fn is_literal(text: &str) -> bool {
    !text.contains("{{")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn manifest(variables: &str) -> Manifest {
        Manifest {
            folder: PathBuf::new(),
            variables: toml::from_str(variables).unwrap(),
            routes: Vec::new(),
            components: BTreeMap::new(),
        }
    }

    fn given(name: &str, value: &str) -> Vec<(String, String)> {
        vec![(name.to_owned(), value.to_owned())]
    }

    #[test]
    fn the_command_line_wins_over_the_environment_and_that_over_the_default() {
        let manifest = manifest("who = { default = 'default' }");
        let environment = |name: &str| (name == "SPIN_VARIABLE_WHO").then(|| "environment".to_owned());
        let who = |given: &[_], environment: &dyn Fn(&str) -> Option<String>| {
            Variables::settle(&manifest, given, environment).unwrap().fill("I am {{ who }}.").unwrap()
        };
        assert_eq!(who(&[], &|_| None), "I am default.");
        assert_eq!(who(&[], &environment), "I am environment.");
        assert_eq!(who(&given("who", "given"), &environment), "I am given.");
    }

    #[test]
    fn all_that_is_missing_is_named_and_so_is_what_is_unknown() {
        let manifest = manifest("a = { required = true }\nb = { required = true, secret = true }");
        let why = |given: &[_]| Variables::settle(&manifest, given, |_| None).err().expect("refused").to_string();
        assert!(why(&[]).contains("requires: a, b."));
        assert!(why(&given("a", "1")).contains("requires: b."));
        assert!(why(&given("c", "1")).contains("no variable `c`; it has: a, b"));
    }

    #[test]
    fn a_template_is_filled_with_what_there_is_and_nothing_else() {
        let variables = Variables::settle(&manifest("a = { default = '1' }"), &[], |_| None).unwrap();
        assert_eq!(variables.fill("{{a}}-{{ a }}-{ a }").unwrap(), "1-1-{ a }");
        assert_eq!(variables.fill("{{ b }}"), Err("there is no variable `b`".to_owned()));
        assert_eq!(variables.fill("{{ a"), Err("a `{{` without its `}}`".to_owned()));
    }
}
