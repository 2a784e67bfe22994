//! Counting what passed and failed.

/// The tests of one or more suites.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed, and suites that could not run.
    pub failed: u64,
    /// Tests that were left out.
    pub ignored: u64,
}

impl Tally {
    /// Adds another tally to this one.
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.ignored += other.ignored;
    }

    /// Reads `test result: ok. 3 passed; 0 failed; 1 ignored; …`, which Rust's and wasm-bindgen's test runners print.
    pub fn of_line(line: &str) -> Option<Self> {
        let (_, counts) = line.split_once("test result: ")?;
        let count = |what: &str| {
            counts.split([';', '.']).find_map(|part| part.trim().strip_suffix(what)?.trim().parse::<u64>().ok())
        };
        Some(Self { passed: count("passed")?, failed: count("failed")?, ignored: count("ignored").unwrap_or(0) })
    }

    /// The count that a closing line of Node's test runner tells in the form of TAP, as in `# pass 3`.
    pub fn of_node_line(line: &str) -> Option<Self> {
        let (what, count) = line.trim_end().strip_prefix("# ")?.split_once(' ')?;
        let count = count.parse().ok()?;
        match what {
            "pass" => Some(Self { passed: count, ..Self::default() }),
            "fail" | "cancelled" => Some(Self { failed: count, ..Self::default() }),
            "skipped" | "todo" => Some(Self { ignored: count, ..Self::default() }),
            _ => None,
        }
    }

    /// What a suite counts as, once its process has ended well or not.
    ///
    /// A process that failed without naming a test, and a suite that ran none, are failures too.
    pub fn of_suite(mut self, ended_well: bool) -> Self {
        let silent = self.passed == 0 && self.failed == 0;
        if self.failed == 0 && (silent || !ended_well) {
            self.failed = 1;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(passed: u64, failed: u64, ignored: u64) -> Tally {
        Tally { passed, failed, ignored }
    }

    #[test]
    fn result_lines_are_read() {
        let native = "test result: ok. 12 passed; 0 failed; 3 ignored; 0 measured; 1 filtered out; finished in 0.01s";
        assert_eq!(Tally::of_line(native), Some(tally(12, 0, 3)));
        let failed = "test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(Tally::of_line(failed), Some(tally(1, 2, 0)));
        let wasm = "    test result: ok. 5 passed; 0 failed; 0 ignored; 0 filtered out; finished in 0.20s\n";
        assert_eq!(Tally::of_line(wasm), Some(tally(5, 0, 0)));
    }

    #[test]
    fn closing_lines_of_node_are_read() {
        assert_eq!(Tally::of_node_line("# pass 3\n"), Some(tally(3, 0, 0)));
        assert_eq!(Tally::of_node_line("# fail 2"), Some(tally(0, 2, 0)));
        assert_eq!(Tally::of_node_line("# cancelled 1"), Some(tally(0, 1, 0)));
        assert_eq!(Tally::of_node_line("# skipped 1"), Some(tally(0, 0, 1)));
        for other in ["# tests 3", "# Subtest: pass 3", "ok 1 - # pass 3", "# duration_ms 43.1"] {
            assert_eq!(Tally::of_node_line(other), None, "{other}");
        }
    }

    #[test]
    fn other_lines_are_not_results() {
        assert_eq!(Tally::of_line("test engine::passes ... ok"), None);
        assert_eq!(Tally::of_line("test result: nobody knows"), None);
    }

    #[test]
    fn a_suite_that_fails_or_runs_nothing_counts_as_a_failure() {
        assert_eq!(tally(3, 0, 1).of_suite(true), tally(3, 0, 1));
        assert_eq!(tally(3, 2, 0).of_suite(false), tally(3, 2, 0));
        assert_eq!(tally(3, 0, 0).of_suite(false), tally(3, 1, 0));
        assert_eq!(tally(0, 0, 4).of_suite(true), tally(0, 1, 4));
        assert_eq!(tally(0, 0, 0).of_suite(false), tally(0, 1, 0));
    }
}
