//! Every test, in one go.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::browser::Browser;
use crate::headings::{human, under};
use crate::process::tee;
use crate::project::Project;
use crate::serve::Site;
use crate::setup::{self, Ready, Scope, TARGET};
use crate::tally::Tally;
use crate::webdriver::Driver;
use crate::{build, native, npm};

/// The built page is tested below a path like this one, since a static host may serve it from any.
const SUB_PATH: &str = "/some/sub/path/";

/// The engine's suites that run on every target.
const ENGINE_SUITES: [&str; 15] = [
    "--no-default-features",
    "--features",
    "course",
    "--test",
    "engine",
    "--test",
    "exercises",
    "--test",
    "measure",
    "--test",
    "model",
    "--test",
    "same_bits",
    "--test",
    "scenarios",
];

/// Seconds a browser test may take; a busy machine needs more than the runner's own 20.
const BROWSER_TEST_SECONDS: &str = "120";

/// One suite's name, count and time.
struct Outcome {
    name: &'static str,
    /// `None` when the suite could not be run at all.
    tally: Option<Tally>,
    took: Duration,
}

/// Sets up and runs all suites, going on when one fails; tells whether all passed.
///
/// When the set-up fails, the suites that can do with what is there are run nevertheless.
pub fn test(project: &Project) -> bool {
    let (ready, _) = under("set up", || {
        build::set_up(project, Scope::Everything).or_else(|error| {
            eprintln!("error: {error:#}");
            setup::present(Scope::Everything)
        })
    });
    let ready = || ready.as_ref().ok().context("the set-up failed, see above");
    let browser = || ready()?.browser.as_ref().context("there is no browser with its driver");

    let native = |arguments: &[&str]| {
        let mut cargo = native::cargo_test(project);
        cargo.args(arguments);
        cargo
    };

    let outcomes = [
        suite("unit tests, the page's too", || cargo_test(&mut native(&native::UNIT_TESTS))),
        suite("native tests", || {
            // Cargo runs the examples in the documentation by themselves only.
            let mut tally = cargo_test(native(&native::ONE_BUILD).args(native::PROGRAMS_AND_FILES))?;
            tally.add(cargo_test(native(&native::ONE_BUILD).arg("--doc"))?);
            Ok(tally)
        }),
        suite("engine in Node", || cargo_test(wasm(project, ready()?).args(ENGINE_SUITES))),
        suite("the npm package, installed", || {
            let package = npm::build(project, ready()?.toolchain)?;
            npm::test::test(project, &package)
        }),
        suite("engine in headless Chrome", || {
            let mut cargo = wasm(project, ready()?);
            in_browser(&mut cargo, project, browser()?)?;
            browser_test(cargo.args(ENGINE_SUITES).env("WASM_BINDGEN_USE_BROWSER", "1"))
        }),
        suite("components in headless Chrome", || {
            let mut cargo = wasm(project, ready()?);
            in_browser(&mut cargo, project, browser()?)?;
            // With breakages on purpose, so that the page can be seen to tell them. The page is compiled longer than
            // these tests run, so it is not optimized.
            browser_test(cargo.args(["--profile", "dev", "--features", "mutations", "--test", "components"]))
        }),
        // What can't be built can't be tested.
        suite("the built page, end to end", || {
            let browser = browser()?;
            build::build(project, ready()?.toolchain, false)?;
            page(project, browser, &["--include-ignored", "--skip", "shots", "--skip", "speed"], None)
        }),
    ];
    let (lines, clean) = summary(&outcomes);
    println!("\n{lines}");
    clean
}

/// Runs the random tests in release for so many seconds, and then with each rule taken out; tells whether all passed.
pub fn deep(project: &Project, seconds: u32) -> Result<bool> {
    let random = || {
        let mut cargo = native::cargo_test(project);
        cargo.args(["--profile", "release-fast", "--no-default-features", "--test", "random"]);
        cargo
    };
    let seeds = cargo_test(random().args(["--", "--nocapture"]).env("REPLICARIUM_DEEP_SECONDS", seconds.to_string()))?;
    let breakages = cargo_test(random().args(["--features", "mutations", "mutations", "--", "--nocapture"]))?;
    let (passed, failed) = (seeds.passed + breakages.passed, seeds.failed + breakages.failed);
    println!("\n{passed} passed, {failed} failed");
    Ok(failed == 0)
}

/// A line for each suite, one for all of them at the end, and whether all passed.
fn summary(outcomes: &[Outcome]) -> (String, bool) {
    let mut lines = String::new();
    let mut total = Tally::default();
    let mut not_run = Vec::new();
    for Outcome { name, tally, took } in outcomes {
        let took = human(*took);
        // Writing to a string does not fail.
        let _ = match tally {
            Some(Tally { passed, failed, .. }) => {
                writeln!(lines, "{name:<32} {passed:>5} passed {failed:>5} failed {took:>12}")
            }
            None => writeln!(lines, "{name:<32} {:>25} {took:>12}", "could not be run"),
        };
        match tally {
            Some(tally) => total.add(*tally),
            None => not_run.push(*name),
        }
    }
    let _ = write!(lines, "\n{} passed, {} failed", total.passed, total.failed);
    if !not_run.is_empty() {
        let _ = write!(lines, ", {} of {} suites could not be run: ", not_run.len(), outcomes.len());
        lines.push_str(&not_run.join("; "));
    }
    (lines, total.failed == 0 && not_run.is_empty())
}

/// Serves the built page, starts a driver, and runs the tests of the page in that company.
///
/// `filter` are the arguments for the test program; with `shots` the tests save pictures in that folder.
pub fn page(project: &Project, browser: &Browser, filter: &[&str], shots: Option<&Path>) -> Result<Tally> {
    let mut page = page_command(project, browser, filter)?;
    if let Some(shots) = shots {
        page.command.env("SHOTS_DIR", shots);
    }
    cargo_test(&mut page.command)
}

/// The tests of the page as a command, and what they need while it runs.
pub struct PageCommand {
    /// The command.
    pub command: Command,
    _site: Site,
    _driver: Driver,
}

/// Serves the built page, starts a driver, and gives the command that runs the tests of the page in that company.
pub fn page_command(project: &Project, browser: &Browser, filter: &[&str]) -> Result<PageCommand> {
    let site = Site::serve(&project.dist(), SUB_PATH, 0)?;
    let driver = Driver::start(browser)?;
    let axe = setup::axe_script().context("axe-core is there no longer")?;
    let mut cargo = native::cargo_test(project);
    cargo
        .args(native::ONE_BUILD)
        .args(["--test", "page", "--"])
        .args(filter)
        // One browser at a time keeps the pictures and the timing of a small machine steady.
        .arg("--test-threads=1")
        .env("PLAYGROUND_URL", site.url())
        .env("WEBDRIVER_URL", driver.url())
        .env("CHROME_BINARY", &browser.chrome)
        .env("AXE_CORE", axe);
    Ok(PageCommand { command: cargo, _site: site, _driver: driver })
}

fn suite(name: &'static str, run: impl FnOnce() -> Result<Tally>) -> Outcome {
    let (tally, took) = under(name, || run().inspect_err(|error| eprintln!("error: {error:#}")).ok());
    Outcome { name, tally, took }
}

fn cargo_test(cargo: &mut Command) -> Result<Tally> {
    let (tally, ended_well) = counted(cargo)?;
    if ended_well && tally.passed + tally.failed == 0 {
        println!("error: this suite ran no test");
    }
    Ok(tally.of_suite(ended_well))
}

/// A suite in a browser that a test runner starts.
///
/// On a machine that others use too a browser does not start every time: a suite that ended badly although no test of
/// it failed is run once more.
fn browser_test(cargo: &mut Command) -> Result<Tally> {
    let (tally, ended_well) = counted(cargo)?;
    if ended_well || tally.failed > 0 {
        return Ok(tally.of_suite(ended_well));
    }
    println!("no test failed, and yet the suite ended badly: it is run once more");
    cargo_test(cargo)
}

/// Runs a test command; counts its tests and tells whether it ended well.
fn counted(cargo: &mut Command) -> Result<(Tally, bool)> {
    let mut tally = Tally::default();
    let status = tee(cargo, |line| {
        if let Some(more) = Tally::of_line(line) {
            tally.add(more);
        }
    })?;
    Ok((tally, status.success()))
}

/// `cargo test` for Wasm in Node.
pub fn wasm(project: &Project, ready: &Ready) -> Command {
    let mut cargo = native::cargo_test(project);
    cargo
        .args(["--target", TARGET])
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner")
        .env("WASM_BINDGEN_TEST_TIMEOUT", BROWSER_TEST_SECONDS);
    ready.toolchain.choose_for(&mut cargo, project);
    cargo
}

/// Makes wasm-bindgen's test runner use this very browser and driver.
fn in_browser(cargo: &mut Command, project: &Project, browser: &Browser) -> Result<()> {
    // The runner would prefer any of these.
    for name in ["GECKODRIVER", "SAFARIDRIVER", "CHROMEDRIVER", "MSEDGEDRIVER"] {
        cargo.env_remove(name).env_remove(format!("{name}_REMOTE"));
    }
    cargo.env("CHROMEDRIVER", &browser.driver).env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", browser.capabilities(project)?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(name: &'static str, tally: Option<(u64, u64)>) -> Outcome {
        let tally = tally.map(|(passed, failed)| Tally { passed, failed, ignored: 0 });
        Outcome { name, tally, took: Duration::from_secs(2) }
    }

    #[test]
    fn the_last_line_counts_all_suites() {
        let (lines, clean) = summary(&[outcome("native", Some((3, 0))), outcome("Node", Some((2, 0)))]);
        assert!(clean);
        assert_eq!(lines.lines().last(), Some("5 passed, 0 failed"));
        let (lines, clean) = summary(&[outcome("native", Some((3, 1)))]);
        assert!(!clean);
        assert_eq!(lines.lines().last(), Some("3 passed, 1 failed"));
    }

    #[test]
    fn the_last_line_names_what_could_not_be_run() {
        let (lines, clean) = summary(&[outcome("native", Some((3, 0))), outcome("Node", None), outcome("page", None)]);
        assert!(!clean);
        assert_eq!(lines.lines().last(), Some("3 passed, 0 failed, 2 of 3 suites could not be run: Node; page"));
    }
}
