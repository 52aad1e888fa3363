//! What test programs say about themselves, read from their output.
//!
//! A run must not pass by accident: a program that ends well but counted nothing has not been understood, and that is
//! a failure ([`judge`]).

use crate::console::strip_ansi;

/// How many tests did what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u32,
    pub(crate) failed: u32,
    pub(crate) skipped: u32,
}

impl Counts {
    pub(crate) const PASSED: Self = Self { passed: 1, failed: 0, skipped: 0 };
    pub(crate) const FAILED: Self = Self { passed: 0, failed: 1, skipped: 0 };
    pub(crate) const SKIPPED: Self = Self { passed: 0, failed: 0, skipped: 1 };

    pub(crate) fn add(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            skipped: self.skipped + other.skipped,
        }
    }
}

/// How the count is written.
pub(crate) type Reader = fn(&str) -> Option<Counts>;

/// nextest: `Summary [ 1.2s] 12 tests run: 10 passed (1 slow), 1 failed, 1 timed out, 3 skipped`.
/// What ran and did not pass has failed, whatever nextest calls it.
pub(crate) fn nextest(output: &str) -> Option<Counts> {
    let plain = strip_ansi(output);
    let line = plain.lines().rev().find(|line| line.trim_start().starts_with("Summary ["))?;
    let (head, tail) = line.split_once(" run: ")?;
    // `12 tests`, or `9/12 tests` when it was interrupted.
    let wanted = head.split_whitespace().rev().nth(1)?.rsplit('/').next()?.parse::<u32>().ok()?;
    let passed = number_before(tail, "passed").unwrap_or(0);
    Some(Counts { passed, failed: wanted.checked_sub(passed)?, skipped: number_before(tail, "skipped").unwrap_or(0) })
}

/// `cargo test`: the sum of all `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
pub(crate) fn libtest(output: &str) -> Option<Counts> {
    let plain = strip_ansi(output);
    plain.lines().filter_map(|line| line.trim_start().strip_prefix("test result: ")).try_fold(None, |sum, line| {
        let counts = Counts {
            passed: number_before(line, "passed")?,
            failed: number_before(line, "failed")?,
            skipped: number_before(line, "ignored").unwrap_or(0),
        };
        Some(Some(sum.unwrap_or(Counts::default()).add(counts)))
    })?
}

/// Our own runners: the last line reads `3 passed, 0 failed`, with `, 1 skipped` where there is one.
pub(crate) fn last_line(output: &str) -> Option<Counts> {
    let plain = strip_ansi(output);
    let line = plain.lines().rev().find(|line| !line.trim().is_empty())?.trim();
    let mut parts = line.split(", ");
    let counts = Counts {
        passed: whole(parts.next()?, "passed")?,
        failed: whole(parts.next()?, "failed")?,
        skipped: parts.next().map_or(Some(0), |part| whole(part, "skipped"))?,
    };
    parts.next().is_none().then_some(counts)
}

/// schemathesis: each phase ends with a line like `✅  9 passed  ❌  4 failed  ⏭  12 skipped`, the run with how many
/// test cases there were. What it skips is what does not apply to an operation.
pub(crate) fn schemathesis(output: &str) -> Option<Counts> {
    let plain = strip_ansi(output);
    plain.lines().find(|line| line.trim() == "Test cases:")?;
    let phase = |line: &&str| {
        let mut words = line.split_whitespace();
        let mark = words.next().is_some_and(|mark| ["✅", "❌", "🚫", "⏭"].contains(&mark));
        mark && words.next().is_some_and(|number| number.parse::<u32>().is_ok())
    };
    let phases: Vec<Counts> = plain
        .lines()
        .filter(phase)
        .map(|line| Counts {
            passed: number_before(line, "passed").unwrap_or(0),
            failed: ["failed", "error", "errors"].iter().filter_map(|word| number_before(line, word)).sum(),
            skipped: 0,
        })
        .collect();
    phases.into_iter().reduce(Counts::add)
}

/// What a program's counts and the way it ended come to, and why it is a failure if they do not agree.
pub(crate) fn judge(ended_well: bool, counts: Option<Counts>) -> (Counts, Option<&'static str>) {
    match (ended_well, counts) {
        (false, Some(counts)) if counts.failed > 0 => (counts, None),
        (false, counts) => (counts.unwrap_or_default().add(Counts::FAILED), Some("it did not end well")),
        (true, None) => (Counts::FAILED, Some("it ended well but said nothing about how many tests ran")),
        (true, Some(Counts { passed: 0, failed: 0, .. })) => (Counts::FAILED, Some("it ended well but ran nothing")),
        (true, Some(counts)) => (counts, None),
    }
}

/// The names of tests that failed, as nextest, `cargo test` and our own runners write them.
pub(crate) fn failures(output: &str) -> Vec<String> {
    const NEXTEST: [&str; 6] = ["FAIL [", "TIMEOUT [", "SIGABRT [", "SIGSEGV [", "LEAK-FAIL [", "XFAIL ["];
    let plain = strip_ansi(output);
    let name = |line: &str| {
        let line = line.trim();
        if NEXTEST.iter().any(|start| line.starts_with(start)) {
            // `FAIL [   0.087s] (105/322) crate::binary test`; the number is not always there.
            let rest = line.split_once(']')?.1.trim_start();
            let rest = if rest.starts_with('(') { rest.split_once(')')?.1 } else { rest };
            return Some(rest.trim().to_owned());
        }
        let libtest = line.strip_prefix("test ").and_then(|rest| rest.strip_suffix("... FAILED"));
        libtest.or_else(|| line.strip_prefix("FAIL  ")).map(|name| name.trim().to_owned())
    };
    let mut names: Vec<String> = Vec::new();
    for name in plain.lines().filter_map(name) {
        // nextest shows what `cargo test` says about the same test as well.
        if !names.iter().any(|known| known.split(' ').any(|part| part == name) || *known == name) {
            names.push(name);
        }
    }
    names
}

fn whole(text: &str, word: &str) -> Option<u32> {
    text.strip_suffix(word)?.strip_suffix(' ')?.parse().ok()
}

fn number_before(text: &str, word: &str) -> Option<u32> {
    let words: Vec<&str> = text.split_whitespace().map(|word| word.trim_matches(['(', ')', ',', ';', '.'])).collect();
    words.windows(2).find(|pair| pair[1] == word).and_then(|pair| pair[0].parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[allow(clippy::unnecessary_wraps)] // so that it reads like what it is compared with
    fn counts(passed: u32, failed: u32, skipped: u32) -> Option<Counts> {
        Some(Counts { passed, failed, skipped })
    }

    #[test]
    fn nextest_counts_everything_that_ran_and_did_not_pass_as_failed() {
        for (line, expected) in [
            ("     Summary [   0.123s] 12 tests run: 12 passed, 0 skipped", counts(12, 0, 0)),
            ("     Summary [   1.000s] 1 test run: 0 passed, 1 failed, 4 skipped", counts(0, 1, 4)),
            (
                "     Summary [  60.5s] 12 tests run: 9 passed (2 slow, 1 leaky), 1 failed, 1 timed out, 1 exec failed, 3 skipped",
                counts(9, 3, 3),
            ),
            ("     Summary [   0.5s] 9/12 tests run: 8 passed, 1 failed, 0 skipped", counts(8, 4, 0)),
            (
                "\x1b[32;1m     Summary\x1b[0m [   0.1s] \x1b[1m2\x1b[0m tests run: \x1b[1m2\x1b[0m \x1b[32;1mpassed\x1b[0m, \x1b[1m0\x1b[0m skipped",
                counts(2, 0, 0),
            ),
            ("error: could not compile `truce`", None),
            ("", None),
        ] {
            assert_eq!(nextest(&format!("    Starting 12 tests\n{line}\nafterwards\n")), expected, "{line}");
        }
    }

    #[test]
    fn cargo_test_is_summed_over_all_crates() {
        let output = "   Doc-tests truce_store\n\nrunning 3 tests\ntest a ... ok\n\n\
            test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.3s\n\
            test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.3s\n";
        assert_eq!(libtest(output), counts(3, 1, 1));
        assert_eq!(libtest("running 0 tests\n"), None);
        assert_eq!(libtest("test result: ok. some passed; none failed\n"), None);
    }

    #[test]
    fn our_runners_say_it_in_the_last_line_and_only_there() {
        assert_eq!(last_line("PASS a\n\n3 passed, 0 failed\n"), counts(3, 0, 0));
        assert_eq!(last_line("3 passed, 1 failed, 2 skipped"), counts(3, 1, 2));
        for none in [
            "3 passed, 0 failed\nbut then\n",
            "3 passed",
            "passed, failed",
            "a 3 passed, 0 failed",
            "3 passed, 0 failed, x",
            "",
        ] {
            assert_eq!(last_line(none), None, "{none}");
        }
    }

    #[test]
    fn failures_are_named_once() {
        let output = "   FAIL [   0.087s] (105/322) truce-mediation::corpora it_holds\n\
            \x1b[31m   FAIL\x1b[0m [   0.087s] truce-mediation::corpora it_holds\n   PASS [ 0.1s] (1/2) a b\n\
            test it_holds ... FAILED\nTIMEOUT [ 180.0s] (2/2) truce slow\ntest native::a_body      ... FAILED\ntest native::fine ... ok\n\
            FAIL  join: twice (31 ms)\nok    join: once (3 ms)\n2 passed, 1 failed\n";
        let expected = ["truce-mediation::corpora it_holds", "truce slow", "native::a_body", "join: twice (31 ms)"];
        assert_eq!(failures(output), expected);
    }

    #[test]
    fn schemathesis_counts_in_each_phase() {
        let output = "Schemathesis v4\n ❌  Coverage (in 27.31s)\n\n     ✅  9 passed  ❌  4 failed\n\n \
            ✅  Examples (in 0.04s)\n\n     ✅  1 passed  ⏭  12 skipped\n\n     ✅ 35 passed  ❌ 1 failed  🚫 2 errors\n\n\
            Failures:\n  ❌ ST202 Schema-valid request rejected: 5\n\nTest cases:\n  686 generated, 6 found 6 unique failures\n";
        assert_eq!(schemathesis(output), counts(45, 7, 0));
        let unfinished = output.replace("Test cases:", "");
        assert_eq!(schemathesis(&unfinished), None);
        assert_eq!(schemathesis("Test cases:\n  0 generated\n"), None);
    }

    #[test]
    fn nothing_passes_by_accident() {
        assert_eq!(judge(true, counts(3, 0, 1)), (Counts { passed: 3, failed: 0, skipped: 1 }, None));
        assert_eq!(judge(true, counts(3, 1, 0)), (Counts { passed: 3, failed: 1, skipped: 0 }, None));
        assert_eq!(judge(false, counts(3, 2, 0)), (Counts { passed: 3, failed: 2, skipped: 0 }, None));
        for (ended_well, counted) in [(true, None), (true, counts(0, 0, 5)), (false, None), (false, counts(3, 0, 0))] {
            let (judged, why) = judge(ended_well, counted);
            assert_eq!(judged.failed, 1, "{ended_well} {counted:?}");
            assert!(why.is_some());
        }
    }
}
