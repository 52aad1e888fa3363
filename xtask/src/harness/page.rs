//! docs/edge.md names lines: that they are still the ones it means.

use std::fs;
use std::path::Path;

const PAGE: &str = "docs/edge.md";

/// A link such as `[…](../traefik-local/traefik.yaml#L14 "address: ")`: a file, a line in it, and what has to be there.
fn links(page: &str) -> Vec<(&str, usize, &str)> {
    let link = |rest: &str| -> Option<(usize, usize, usize, usize)> {
        let hash = rest.find("#L")?;
        let space = rest.find(" \"")?;
        let end = rest.find("\")")?;
        let is_one = hash < space && space < end && !rest[..hash].contains(')');
        is_one.then_some((hash, space, space + 2, end))
    };
    let mut found = Vec::new();
    for (at, start) in page.match_indices("](../") {
        let rest = &page[at + start.len()..];
        if let Some((hash, space, title, end)) = link(rest)
            && let Ok(line) = rest[hash + 2..space].parse()
        {
            found.push((&rest[..hash], line, &rest[title..end]));
        }
    }
    found
}

#[test]
fn every_line_that_the_page_names_is_the_one_it_means() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = fs::read_to_string(root.join(PAGE)).expect(PAGE);
    let links = links(&page);
    assert!(links.len() > 10, "{} links", links.len());
    for (file, line, meant) in links {
        let text = fs::read_to_string(root.join(file)).expect(file);
        let there = text.lines().nth(line - 1).unwrap_or_default();
        let now = text.lines().position(|line| line.contains(meant)).map(|at| at + 1);
        assert!(there.contains(meant), "{PAGE}: {file}, line {line} has no `{meant}`; line {now:?} has");
    }
}

#[test]
fn a_link_has_a_file_a_line_and_what_is_meant() {
    let text = "a [b](../x/y.yaml#L14 \"address: \") c [d](../z.rs) e [f](../w.rs#L2 \"fn w\")";
    assert_eq!(links(text), [("x/y.yaml", 14, "address: "), ("w.rs", 2, "fn w")]);
}
