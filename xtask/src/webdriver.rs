//! ChromeDriver as a child process.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::browser::Browser;
use crate::process::{command, stop};

/// How long the driver may take to answer at first.
const START: Duration = Duration::from_secs(30);

/// How long it may take to close its browsers.
const END: Duration = Duration::from_secs(5);

/// A running driver; it and its browsers end when this is dropped.
pub struct Driver {
    child: Child,
    port: u16,
}

impl Driver {
    /// Starts the driver on a free port and waits until it answers.
    pub fn start(browser: &Browser) -> Result<Self> {
        let port = free_port()?;
        let child = command(&browser.driver)
            .arg(format!("--port={port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .with_context(|| format!("{} can't be started", browser.driver.display()))?;
        let mut driver = Self { child, port };
        let start = Instant::now();
        while ask(port, "/status").is_none() {
            if let Ok(Some(status)) = driver.child.try_wait() {
                bail!("ChromeDriver ended at once ({status})");
            }
            if start.elapsed() > START {
                bail!("ChromeDriver does not answer");
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(driver)
    }

    /// The address WebDriver clients talk to.
    pub fn url(&self) -> String {
        format!("http://{}:{}", Ipv4Addr::LOCALHOST, self.port)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Asked politely it closes the browsers that failed tests left open; killed, it would leave them running.
        if ask(self.port, "/shutdown").is_some() {
            let start = Instant::now();
            while start.elapsed() < END && matches!(self.child.try_wait(), Ok(None)) {
                thread::sleep(Duration::from_millis(50));
            }
        }
        stop(&mut self.child);
    }
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port is free")?;
    Ok(listener.local_addr().context("no port is free")?.port())
}

/// Sends a bare GET and gives back the answer's first bytes.
fn ask(port: u16, path: &str) -> Option<Vec<u8>> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()?;
    stream.set_read_timeout(Some(END)).ok()?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n").ok()?;
    let mut answer = vec![0; 64];
    let read = stream.read(&mut answer).ok().filter(|read| *read > 0)?;
    answer.truncate(read);
    Some(answer)
}
