//! The browser the tests run in, and the driver that speaks for it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::process::{command, find as find_program, output};
use crate::project::Project;

/// A browser and a driver of the same major version.
pub struct Browser {
    /// Chrome or Chromium.
    pub chrome: PathBuf,
    /// ChromeDriver.
    pub driver: PathBuf,
    /// Their common major version.
    pub major: u32,
}

const CHROMES: &[&str] = &[
    "chromium",
    "google-chrome",
    "google-chrome-stable",
    "chromium-browser",
    "chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

const DRIVERS: &[&str] = &["chromedriver", "/usr/lib/chromium-browser/chromedriver"];

/// Finds a browser and a driver that match; a driver refuses a browser of another major version.
pub fn find() -> Result<Browser> {
    let chromes = candidates("CHROME", CHROMES);
    let drivers = candidates("CHROMEDRIVER", DRIVERS);
    if chromes.is_empty() {
        bail!("{}", nothing("CHROME", "neither Chrome nor Chromium is found"));
    }
    if drivers.is_empty() {
        bail!("{}", nothing("CHROMEDRIVER", "ChromeDriver is not found"));
    }
    for (driver, major) in &drivers {
        if let Some((chrome, _)) = chromes.iter().find(|(_, version)| version == major) {
            return Ok(Browser { chrome: chrome.clone(), driver: driver.clone(), major: *major });
        }
    }
    let list = |found: &[(PathBuf, u32)]| {
        found.iter().map(|(path, major)| format!("{} {major}", path.display())).collect::<Vec<_>>().join(", ")
    };
    bail!("no browser and driver have the same major version: {} against {}", list(&chromes), list(&drivers))
}

impl Browser {
    /// Writes the capabilities for wasm-bindgen's test runner: the project's own, with this very browser.
    pub fn capabilities(&self, project: &Project) -> Result<PathBuf> {
        let path = project.root().join("webdriver.json");
        let text = fs::read_to_string(&path).with_context(|| format!("{} can't be read", path.display()))?;
        let target = project.target();
        fs::create_dir_all(&target).with_context(|| format!("{} can't be created", target.display()))?;
        let place = target.join("webdriver.json");
        fs::write(&place, with_binary(&text, &self.chrome)?)
            .with_context(|| format!("{} can't be written", place.display()))?;
        Ok(place)
    }
}

fn candidates(variable: &str, names: &[&str]) -> Vec<(PathBuf, u32)> {
    let paths: Vec<PathBuf> = match chosen(variable) {
        Some(chosen) => vec![chosen],
        None => names.iter().filter_map(find_program).collect(),
    };
    paths
        .into_iter()
        .filter_map(|path| {
            let said = output(command(&path).arg("--version"))?;
            Some((path, major(&said)?))
        })
        .collect()
}

/// What the user named in an environment variable.
fn chosen(variable: &str) -> Option<PathBuf> {
    env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// Why nothing was found, which is the user's own choice where there was one.
fn nothing(variable: &str, usually: &str) -> String {
    match chosen(variable) {
        Some(path) => format!("the variable {variable} names {}, which does not start", path.display()),
        None => usually.into(),
    }
}

/// The major version in what a browser or its driver says of itself.
fn major(said: &str) -> Option<u32> {
    said.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?.split('.').next()?.parse().ok()
}

/// Adds the browser's path to the Chrome options of a capabilities file.
fn with_binary(capabilities: &str, chrome: &Path) -> Result<String> {
    const OPTIONS: &str = "\"goog:chromeOptions\": {";
    let chrome = chrome.to_str().context("the browser's path is not valid Unicode")?;
    let chrome = chrome.replace('\\', "\\\\").replace('"', "\\\"");
    let (before, after) =
        capabilities.split_once(OPTIONS).context("webdriver.json has no line `\"goog:chromeOptions\": {`")?;
    Ok(format!("{before}{OPTIONS}\n    \"binary\": \"{chrome}\",{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_the_first_number() {
        assert_eq!(major("Chromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)"), Some(156));
        assert_eq!(major("Google Chrome 131.0.6778.85"), Some(131));
        assert_eq!(major("ChromeDriver 156.0.8078.79 (a21ce95)"), Some(156));
        assert_eq!(major("something else"), None);
    }

    #[test]
    fn the_browser_is_added_to_the_projects_capabilities() {
        let text = with_binary(include_str!("../../webdriver.json"), Path::new("/opt/my \"chrome\"")).unwrap();
        assert!(text.contains(r#""binary": "/opt/my \"chrome\"","#));
        assert!(text.contains("--headless"));
        assert!(with_binary("{}", Path::new("/opt/chrome")).is_err());
    }
}
