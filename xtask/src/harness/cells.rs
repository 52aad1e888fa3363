//! Cells: replicas of `mediate` that serve some teams and nobody else. Which team is whose is a setting of the functions, the edge reads it off
//! the session: `GET /redeem` answers with `X-Truce-Cell`, and the edge goes by that (traefik-local/dynamic/session.yaml).

use std::collections::BTreeSet;
use std::fmt::Write as _;

/// What is in cells: the function that people wait at.
const FUNCTION: &str = "mediate";
/// Longer ones do not fit into the name of a container with everything around them.
const LONGEST: usize = 20;

/// Which team's cell is which.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Cells(Vec<(String, String)>);

/// Replicas that are alike: of a function, or of a function for a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    /// `mediate`, or `mediate-cell-a`.
    pub(super) name: String,
    pub(super) function: String,
}

impl Cells {
    /// From `backend=cell-a,design=cell-b`; an empty text is no cells.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let entries = text.split([',', '\n']).map(str::trim).filter(|entry| !entry.is_empty());
        let cells = entries.map(|entry| {
            let (team, cell) = entry.split_once('=').map(|(team, cell)| (team.trim(), cell.trim())).unwrap_or_default();
            let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            if team.is_empty() || cell.is_empty() || cell.len() > LONGEST || !cell.bytes().all(fits) {
                return Err(format!(
                    "`{entry}` names no team and its cell, in lower-case letters, digits and hyphens: `backend=cell-a`"
                ));
            }
            Ok((team.to_owned(), cell.to_owned()))
        });
        cells.collect::<Result<_, _>>().map(Self)
    }

    /// As `TRUCE_CELLS` has it.
    pub(super) fn text(&self) -> String {
        self.0.iter().map(|(team, cell)| format!("{team}={cell}")).collect::<Vec<_>>().join(",")
    }

    fn names(&self) -> BTreeSet<&str> {
        self.0.iter().map(|(_, cell)| cell.as_str()).collect()
    }

    /// Everything there are replicas of.
    pub(super) fn groups(&self, functions: &[String]) -> Vec<Group> {
        let whole = functions.iter().map(|function| Group { name: function.clone(), function: function.clone() });
        let of_a_cell = |cell: &str| Group { name: format!("{FUNCTION}-{cell}"), function: FUNCTION.to_owned() };
        whole.chain(self.names().into_iter().map(of_a_cell)).collect()
    }

    /// For the edge: a request whose session is of a cell's team goes there; traefik-local/dynamic/session.yaml has the rest.
    pub(super) fn routers(&self) -> String {
        let mut text = "# Written by `cargo xtask harness up` from its cells.\nhttp:\n  routers:\n".to_owned();
        if self.0.is_empty() {
            return "# Written by `cargo xtask harness up`: there are no cells.\n".to_owned();
        }
        for cell in self.names() {
            let rule = format!("Header(`X-Truce-Cell`, `{cell}`)");
            let line = format!(
                "    session-{cell}: {{rule: \"{rule}\", parentRefs: [session], service: {FUNCTION}-{cell}-or-words}}\n"
            );
            // To a text it never fails.
            let _ = text.write_str(&line);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let cells = Cells::read("backend=cell-a, design = cell-b\nqa=cell-a").expect("cells");
        assert_eq!(cells.text(), "backend=cell-a,design=cell-b,qa=cell-a");
        assert_eq!(Cells::read(&cells.text()), Ok(cells));
        assert_eq!(Cells::read(" "), Ok(Cells::default()));
        for wrong in ["backend", "=cell-a", "backend=", "backend=Cell", "backend=a/b", "backend=`a`"] {
            assert!(Cells::read(wrong).is_err_and(|why| why.contains(wrong)), "{wrong}");
        }
    }

    #[test]
    fn a_cell_is_a_group_and_a_route_of_its_own() {
        let cells = Cells::read("backend=cell-a,qa=cell-a,design=cell-b").expect("cells");
        let groups = cells.groups(&["health".to_owned(), "mediate".to_owned()]);
        let names: Vec<&str> = groups.iter().map(|group| group.name.as_str()).collect();
        assert_eq!(names, ["health", "mediate", "mediate-cell-a", "mediate-cell-b"]);
        assert_eq!(groups[3].function, "mediate");
        let routers = cells.routers();
        assert_eq!(routers.matches("parentRefs: [session]").count(), 2);
        assert!(routers.contains("service: mediate-cell-b-or-words"), "{routers}");
        assert!(!Cells::default().routers().contains("routers:"));
    }
}
