//! Step: Chrome or Chromium with its driver.

use anyhow::Result;

use crate::setup::step::{Step, Way};
use crate::{apt, browser};

/// The browser the tests run in.
pub struct Chrome;

impl Step for Chrome {
    fn name(&self) -> String {
        "Chrome or Chromium with ChromeDriver".into()
    }

    fn usually(&self) -> &'static str {
        "1 min"
    }

    fn look(&self) -> Result<String> {
        let found = browser::find()?;
        Ok(format!("version {}, {} and {}", found.major, found.chrome.display(), found.driver.display()))
    }

    fn ways(&self) -> Vec<Way> {
        vec![
            Way::new("apt-get", || apt::install(&["chromium", "chromium-driver"])),
            Way::new("apt-get, by other names", || apt::install(&["chromium-browser", "chromium-chromedriver"])),
        ]
    }

    fn by_hand(&self) -> String {
        "install Chrome or Chromium and a ChromeDriver of the same major version, and put both on the path or name \
         them in the variables CHROME and CHROMEDRIVER"
            .into()
    }
}
