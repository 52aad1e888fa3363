//! What changes, file by file: new ones from `parts`, and lines into those that list the functions.

use super::name::Name;
use std::fs;
use std::path::Path;

/// The files of a function.
const FILES: &[(&str, &str)] = &[
    ("functions/{{name}}/Cargo.toml", include_str!("parts/manifest.toml")),
    ("functions/{{name}}/src/lib.rs", include_str!("parts/lib.rs")),
    ("functions/{{name}}/src/main.rs", include_str!("parts/main.rs")),
    ("functions/{{name}}/tests/{{snake}}.rs", include_str!("parts/test.rs")),
    ("contract-tests/src/journeys/{{snake}}.rs", include_str!("parts/journey.rs")),
    ("deploy/kubernetes/{{name}}/kustomization.yaml", include_str!("parts/kustomization.yaml")),
    ("podman-local/quadlet/truce-function-{{name}}@.container", include_str!("parts/unit.container")),
];

/// Lines into a file that is there.
struct Insert {
    file: &'static str,
    /// Below the first line that begins so.
    below: &'static str,
    /// And above the next one that begins so; the end of the file for none, an empty line for an empty one.
    above: Option<&'static str>,
    text: &'static str,
}

const fn insert(file: &'static str, below: &'static str, above: &'static str, text: &'static str) -> Insert {
    Insert { file, below, above: Some(above), text }
}

const fn at_the_end(file: &'static str, below: &'static str, text: &'static str) -> Insert {
    Insert { file, below, above: None, text }
}

const INSERTS: &[Insert] = &[
    // the crate
    insert("Cargo.toml", "# our own", "# the web", "truce-{{name}} = { path = \"functions/{{name}}\" }\n"),
    insert("cli/Cargo.toml", "[dependencies]", "axum.workspace", "truce-{{name}}.workspace = true\n"),
    insert("cli/src/functions.rs", "pub(crate) const NAMES", "];", "    \"{{name}}\",\n"),
    insert(
        "cli/src/functions.rs",
        "    truce_issue_qr::router",
        "}",
        "        .merge(truce_{{snake}}::router(env.clone()))\n",
    ),
    insert("cli/src/functions.rs", "    vec![", "    ]", "        truce_{{snake}}::Api::openapi(),\n"),
    // the contract
    insert("contract-tests/src/function.rs", "functions! {", "}", "    {{Name}} \"{{name}}\": [\"{{name}}\"],\n"),
    insert(
        "contract-tests/src/contract.rs",
        "pub const ANSWERS",
        "    // errors",
        "    // {{name}}\n    answer(\"{{name}}\", 200, &[(\"room\", Text), (\"member\", Text)]),\n",
    ),
    insert("contract-tests/src/journeys/mod.rs", "mod agreements;", "", "mod {{snake}};\n"),
    insert("contract-tests/src/journeys/mod.rs", "pub fn everything()", "    ]", "        {{snake}}::JOURNEYS,\n"),
    insert(
        "docs/wire.md",
        "## health",
        "## Errors",
        "## {{name}}\n\n### `GET /{{name}}` (member)\n200 `{{name}}`: `room`, `member`, `say` a greeting.\n\n",
    ),
    // Spin
    at_the_end("spin.toml", "[component.health]", include_str!("parts/spin.toml")),
    // AWS
    insert("deploy/aws/template.yaml", "Resources:", "Outputs:", include_str!("parts/template.yaml")),
    at_the_end(
        "deploy/aws/template.yaml",
        "Outputs:",
        "  {{Name}}Url:\n    Condition: HasFunctionUrls\n    Value: !GetAtt {{Name}}Url.FunctionUrl\n",
    ),
    // containers
    insert("deploy/kubernetes/kustomization.yaml", "resources:", "configMapGenerator:", "  - {{name}}\n"),
    insert(
        "deploy/kubernetes/kustomization.yaml",
        "images:",
        "replacements:",
        "  - name: truce-{{name}}\n    newName: registry.example/truce-{{name}} # yours\n    newTag: \"1\"\n",
    ),
    insert(
        "deploy/kubernetes/ingress.yaml",
        "        paths:",
        "          # Everything else",
        "          - {path: /{{name}}, pathType: Exact, backend: {service: {name: truce-{{name}}, port: {name: http}}}}\n",
    ),
    at_the_end("podman-local/play/kustomization.yaml", "patches:", include_str!("parts/play.yaml")),
    insert(
        "podman-local/quadlet/truce.target",
        "[Unit]",
        "",
        "Wants=truce-function-{{name}}@1.service truce-function-{{name}}@2.service\n",
    ),
    at_the_end("podman-local/quadlet/services.yaml", "http:", include_str!("parts/service.yaml")),
    at_the_end("podman-local/quadlet/transports.yaml", "http:", include_str!("parts/transport.yaml")),
    // what is measured
    insert("xtask/src/bench/hosts.rs", "const FUNCTIONS", "];", "    (\"{{name}}\", \"/{{name}}\"),\n"),
];

/// A file as it is going to be.
#[derive(Debug)]
pub(crate) struct Change {
    /// From the top of the checkout.
    pub(crate) path: String,
    pub(crate) is_new: bool,
    text: String,
}

/// All that has to change, or the first place that is not as expected.
pub(super) fn changes(name: &Name, root: &Path) -> Result<Vec<Change>, String> {
    let mut changes = Vec::new();
    for (path, text) in FILES {
        let path = name.fill(path);
        if root.join(&path).exists() {
            return Err(format!("{path} is there already"));
        }
        changes.push(Change { path, is_new: true, text: name.fill(text) });
    }
    for insert in INSERTS {
        let known = changes.iter().position(|change| change.path == insert.file);
        let at = known.unwrap_or(changes.len());
        if known.is_none() {
            let text = fs::read_to_string(root.join(insert.file));
            let text = text.map_err(|error| format!("{}: {error}", insert.file))?;
            changes.push(Change { path: insert.file.to_owned(), is_new: false, text });
        }
        changes[at].text = insert.put_into(&changes[at].text, name)?;
    }
    Ok(changes)
}

impl Insert {
    fn put_into(&self, text: &str, name: &Name) -> Result<String, String> {
        let missing = |what: &str| {
            format!("{} has no line `{what}` where one was expected: add `{}` by hand", self.file, name.kebab)
        };
        let mut at = 0;
        let mut seen = false;
        for line in text.split_inclusive('\n') {
            if seen && self.above.is_some_and(|above| ends_the_list(line, above)) {
                return Ok(format!("{}{}{}", &text[..at], name.fill(self.text), &text[at..]));
            }
            seen |= line.starts_with(self.below);
            at += line.len();
        }
        match self.above {
            None if seen => Ok(format!("{text}{}", name.fill(self.text))),
            Some(above) if seen => Err(missing(above)),
            _ => Err(missing(self.below)),
        }
    }
}

fn ends_the_list(line: &str, above: &str) -> bool {
    if above.is_empty() { line.trim().is_empty() } else { line.starts_with(above) }
}

/// Writes all, or leaves everything as it was.
pub(super) fn apply(changes: &[Change], root: &Path) -> Result<(), String> {
    let mut done: Vec<(&Change, Option<String>)> = Vec::new();
    for change in changes {
        let path = root.join(&change.path);
        let before = fs::read_to_string(&path).ok();
        let folder = path.parent().unwrap_or(root);
        done.push((change, before));
        if let Err(error) = fs::create_dir_all(folder).and_then(|()| fs::write(&path, &change.text)) {
            for (change, before) in done {
                let path = root.join(&change.path);
                let _ = match before {
                    Some(text) => fs::write(path, text),
                    None => fs::remove_file(path),
                };
            }
            return Err(format!("{}: {error}; nothing was changed", change.path));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Workspace;

    fn name(kebab: &str, snake: &str, camel: &str) -> Name {
        Name { kebab: kebab.to_owned(), snake: snake.to_owned(), camel: camel.to_owned() }
    }

    fn workspace() -> Workspace {
        Workspace::find().expect("cargo runs this")
    }

    /// Lines of `part` that `file` has not.
    fn only_in(part: &str, file: &str) -> Vec<String> {
        let text = fs::read_to_string(workspace().root.join(file)).expect(file);
        let there: Vec<&str> = text.lines().collect();
        part.lines().filter(|line| !there.contains(line)).map(str::to_owned).collect()
    }

    #[test]
    fn a_list_grows_at_its_end() {
        let list = insert("f", "list [", "]", "  {{name}},\n");
        let name = name("c", "c", "C");
        assert_eq!(list.put_into("x]\nlist [\n  a,\n]\n]\n", &name).as_deref(), Ok("x]\nlist [\n  a,\n  c,\n]\n]\n"));
        assert!(list.put_into("list {\n}\n", &name).is_err_and(|why| why.contains("list [")));
        assert!(list.put_into("list [\n", &name).is_err_and(|why| why.contains("`]`")));
        let blank = insert("f", "mod a;", "", "mod {{name}};\n");
        assert_eq!(
            blank.put_into("mod a;\nmod b;\n\nuse x;\n", &name).as_deref(),
            Ok("mod a;\nmod b;\nmod c;\n\nuse x;\n")
        );
        assert_eq!(at_the_end("f", "a", "{{Name}}\n").put_into("a\nb\n", &name).as_deref(), Ok("a\nb\nC\n"));
    }

    #[test]
    fn every_place_is_as_expected() {
        let changes =
            changes(&name("not-to-be-had", "not_to_be_had", "NotToBeHad"), &workspace().root).expect("all places");
        assert!(changes.iter().all(|change| !change.text.contains("{{name}}") && !change.text.contains("{{Name}}")));
        assert!(changes.iter().any(|change| change.is_new) && changes.iter().any(|change| !change.is_new));
    }

    /// What a new function gets is what the others have: when that changes, the parts have to.
    #[test]
    fn the_parts_are_what_the_functions_have() {
        let health = name("health", "health", "Health");
        let nothing: [String; 0] = [];
        assert_eq!(only_in(&health.fill(include_str!("parts/spin.toml")), "spin.toml"), nothing);
        let kustomization = health.fill(include_str!("parts/kustomization.yaml"));
        assert_eq!(only_in(&kustomization, "deploy/kubernetes/health/kustomization.yaml"), nothing);
        let main = health.fill(include_str!("parts/main.rs"));
        assert_eq!(only_in(&main, "functions/health/src/main.rs"), nothing);
        assert_eq!(only_in(&health.fill(include_str!("parts/manifest.toml")), "functions/health/Cargo.toml"), nothing);
        let play = only_in(&health.fill(include_str!("parts/play.yaml")), "podman-local/play/kustomization.yaml");
        assert!(play.iter().all(|line| line.contains("yours") || line.contains("8785")), "{play:?}");
        let unit = health.fill(include_str!("parts/unit.container"));
        let unit = only_in(&unit, "podman-local/quadlet/truce-function-health@.container");
        assert_eq!(unit, ["Description=Truce: health (%i)"]);
        let service = health.fill(include_str!("parts/service.yaml"));
        assert_eq!(only_in(&service, "podman-local/quadlet/services.yaml"), nothing);
        let transport = health.fill(include_str!("parts/transport.yaml"));
        assert_eq!(only_in(&transport, "podman-local/quadlet/transports.yaml"), nothing);
        let own = ["Description: What health is for.", r#""dynamodb:LeadingKeys": ["revoked#*"]"#];
        let sam = only_in(&health.fill(include_str!("parts/template.yaml")), "deploy/aws/template.yaml");
        assert!(sam.iter().all(|line| own.iter().any(|own| line.contains(own))), "{sam:?}");
    }

    #[test]
    fn what_cannot_be_written_whole_is_not_written() {
        let root = std::env::temp_dir().join(format!("xtask-new-function-{}", std::process::id()));
        fs::create_dir_all(root.join("in-the-way")).expect("a folder");
        fs::write(root.join("old"), "as it was").expect("a file");
        let change = |path: &str, is_new| Change { path: path.to_owned(), is_new, text: "new".to_owned() };
        let failed = apply(&[change("old", false), change("a/new", true), change("in-the-way", false)], &root);
        assert!(failed.is_err_and(|why| why.contains("in-the-way")));
        assert_eq!(fs::read_to_string(root.join("old")).expect("it is there"), "as it was");
        assert!(!root.join("a/new").exists());
        let _ = fs::remove_dir_all(root);
    }
}
