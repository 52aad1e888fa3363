//! Reads divan's table: a tree of names, and for each leaf fastest, slowest, median, mean.

/// `bench/group/name` and its median in seconds, in the table's order.
pub(super) fn medians(output: &str) -> Vec<(String, f64)> {
    let mut path: Vec<String> = Vec::new();
    let mut medians = Vec::new();
    for line in output.lines() {
        let columns: Vec<&str> = line.split('│').collect();
        // A row that continues a branch begins with a bar of its own.
        let bars = line.chars().take_while(|c| *c == '│' || *c == ' ').filter(|c| *c == '│').count();
        let (Some(first), Some(median)) = (columns.get(bars), columns.get(bars + 2)) else { continue };
        let Some((depth, name)) = place(line, first) else { continue };
        path.truncate(depth);
        path.push(name.to_owned());
        if let Some(seconds) = seconds(median.trim()) {
            medians.push((path.join("/"), seconds));
        }
    }
    medians
}

/// How deep in the tree a row is, and its name; three characters a level.
fn place<'a>(line: &str, first: &'a str) -> Option<(usize, &'a str)> {
    let indent = line.chars().take_while(|c| "│├╰─ ".contains(*c)).count();
    let name = first.trim_start_matches(['├', '╰', '─', ' ']).split_whitespace().next()?;
    Some((indent / 3, name))
}

fn seconds(text: &str) -> Option<f64> {
    let (number, unit) = text.split_once(' ')?;
    let unit = match unit {
        "ns" => 1e-9,
        "µs" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        _ => return None,
    };
    Some(number.parse::<f64>().ok()? * unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
Timer precision: 20 ns
tokens                 fastest       │ slowest       │ median        │ mean          │ samples │ iters
├─ open_draft          2.984 µs      │ 26.91 µs      │ 3.023 µs      │ 3.356 µs      │ 100     │ 100
├─ read                              │               │               │               │         │
│  ├─ 100              1 ms          │ 4 ms          │ 2 ms          │ 3 ms          │ 100     │ 100
│  ╰─ 1000             10 ms         │ 40 ms         │ 20 ms         │ 30 ms         │ 100     │ 100
╰─ write               0.5 ns        │ 9 ns          │ 1.5 ns        │ 2 ns          │ 100     │ 100
";

    #[test]
    fn medians_are_read_at_every_depth() {
        let expected = [
            ("tokens/open_draft", 3.023e-6),
            ("tokens/read/100", 2e-3),
            ("tokens/read/1000", 20e-3),
            ("tokens/write", 1.5e-9),
        ];
        let medians = medians(TABLE);
        assert_eq!(medians.len(), expected.len(), "{medians:?}");
        for ((name, seconds), (expected, median)) in medians.iter().zip(expected) {
            assert_eq!(name, expected);
            assert!((seconds - median).abs() < median * 1e-9, "{name}: {seconds}");
        }
    }

    #[test]
    fn what_is_no_table_has_no_medians() {
        assert_eq!(medians("error: no bench target named `tokens`\n"), []);
    }
}
