//! `docs/openapi.json`: written from the code, and compared with it.

use crate::workspace::Workspace;
use std::process::Command;

pub(crate) const FILE: &str = "docs/openapi.json";

/// `cargo xtask openapi`.
pub(crate) fn write(workspace: &Workspace) -> Result<bool, String> {
    let text = output(workspace.cargo(&["run", "--quiet", "--package", "truce", "--", "openapi"]))?;
    let path = workspace.root.join(FILE);
    let changed = std::fs::read_to_string(&path).is_ok_and(|before| before != text);
    std::fs::write(&path, text).map_err(|error| format!("{FILE} cannot be written: {error}"))?;
    println!("{FILE}: {}", if changed { "written anew" } else { "was current" });
    Ok(true)
}

/// What the built `truce` says.
pub(crate) fn printed(workspace: &Workspace) -> Result<String, String> {
    let mut command = workspace.command(workspace.truce());
    command.arg("openapi");
    output(command)
}

fn output(mut command: Command) -> Result<String, String> {
    let output = command.output().map_err(|error| format!("`truce openapi` cannot be run: {error}"))?;
    if !output.status.success() {
        return Err(format!("`truce openapi` failed: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    let text = String::from_utf8(output.stdout).map_err(|_| "`truce openapi` printed what is not text".to_owned())?;
    match serde_json::from_str::<serde_json::Value>(&text) {
        Ok(api) if api["paths"].as_object().is_some_and(|paths| !paths.is_empty()) => Ok(text),
        _ => Err("`truce openapi` printed what describes no API".to_owned()),
    }
}

/// Where two texts part, for a person to see.
pub(crate) fn first_difference(written: &str, now: &str) -> Option<String> {
    if written == now {
        return None;
    }
    let (mut old, mut new) = (written.lines(), now.lines());
    for line in 1.. {
        match (old.next(), new.next()) {
            (None, None) => break,
            (a, b) if a == b => {}
            (a, b) => {
                let shown = |text: Option<&str>| text.map_or("(the end)".to_owned(), |text| text.trim().to_owned());
                return Some(format!("line {line}: `{}`, but the code says `{}`", shown(a), shown(b)));
            }
        }
    }
    Some("they differ in the ends of their lines".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_is_shown_wherever_it_is() {
        assert_eq!(first_difference("{\n  a\n}\n", "{\n  a\n}\n"), None);
        let difference = |written, now| first_difference(written, now).expect("they differ");
        assert_eq!(difference("{\n  a\n}", "{\n  b\n}"), "line 2: `a`, but the code says `b`");
        assert_eq!(difference("{", "{\n}"), "line 2: `(the end)`, but the code says `}`");
        assert_eq!(difference("{}", "{}\n"), "they differ in the ends of their lines");
    }
}
