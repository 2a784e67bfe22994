//! Serving the built site on this machine.

use std::fs::{self, File};
use std::io;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use anyhow::{Context as _, Result, anyhow};
use tiny_http::{Header, Method, Request, Response, Server};

use crate::headings::flush;
use crate::{content_type, open, request_path};

/// How many requests are answered at the same time.
const WORKERS: usize = 4;

/// How many ports are tried from the wished one upwards.
const PORTS: u16 = 100;

/// A site being served; it stops when this is dropped.
pub struct Site {
    server: Arc<Server>,
    workers: Vec<JoinHandle<()>>,
    url: String,
}

impl Site {
    /// Serves `folder` below `prefix`, which starts and ends with a slash, on `port` or the next free one.
    ///
    /// Port 0 takes any free one.
    pub fn serve(folder: &Path, prefix: &str, port: u16) -> Result<Self> {
        let folder = fs::canonicalize(folder).with_context(|| format!("{} is not there", folder.display()))?;
        let server = Arc::new(listen(port)?);
        let port = server.server_addr().to_ip().context("the server has no port")?.port();
        let url = format!("http://{}:{port}{prefix}", Ipv4Addr::LOCALHOST);
        let workers = (0..WORKERS)
            .map(|_| {
                let (server, folder, prefix) = (Arc::clone(&server), folder.clone(), prefix.to_owned());
                thread::spawn(move || {
                    while let Ok(request) = server.recv() {
                        // A visitor who has gone away is no fault of the server's.
                        let _ = answer(request, &folder, &prefix);
                    }
                })
            })
            .collect();
        Ok(Self { server, workers, url })
    }

    /// The address of the site's first page.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Serves for as long as the process lives.
    fn wait(mut self) {
        for worker in self.workers.drain(..) {
            // A worker that panicked has already said so.
            let _ = worker.join();
        }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        // Any worker may take any of these, so all are sent before the first one is awaited.
        for _ in &self.workers {
            self.server.unblock();
        }
        for worker in self.workers.drain(..) {
            // A worker that panicked has already said so.
            let _ = worker.join();
        }
    }
}

/// Serves the built site until the user stops it.
pub fn serve_until_stopped(folder: &Path, port: u16, open: bool) -> Result<()> {
    let site = Site::serve(folder, "/", port)?;
    println!("\nReplicarium is at {} (Ctrl+C stops it)", site.url());
    flush();
    if open && let Err(error) = open::in_browser(site.url()) {
        println!("no browser could be opened: {error:#}");
    }
    site.wait();
    Ok(())
}

fn listen(port: u16) -> Result<Server> {
    let mut refusal = anyhow!("no port was tried");
    for port in port..=port.saturating_add(PORTS) {
        match Server::http((Ipv4Addr::LOCALHOST, port)) {
            Ok(server) => return Ok(server),
            Err(error) => refusal = anyhow!(error),
        }
    }
    Err(refusal.context(format!("no port from {port} on is free")))
}

fn answer(request: Request, folder: &Path, prefix: &str) -> io::Result<()> {
    if !matches!(request.method(), Method::Get | Method::Head) {
        return request.respond(Response::from_string("only GET and HEAD are answered\n").with_status_code(405));
    }
    let Some(file) = file_for(request.url(), folder, prefix) else {
        let Some(location) = location_of_folder(request.url(), folder, prefix) else {
            return request.respond(Response::from_string("there is nothing here\n").with_status_code(404));
        };
        let answer = Response::from_string("the folder's address ends with a slash\n").with_status_code(302);
        return request.respond(answer.with_header(location));
    };
    let mut response = Response::from_file(File::open(&file)?);
    // A rebuilt page must not meet the style sheet of the one before it.
    for (name, value) in [("Content-Type", content_type::of(&file)), ("Cache-Control", "no-cache")] {
        if let Ok(header) = Header::from_bytes(name, value) {
            response.add_header(header);
        }
    }
    request.respond(response)
}

/// The file that answers a request, if there is one inside the folder.
fn file_for(target: &str, folder: &Path, prefix: &str) -> Option<PathBuf> {
    let mut file = folder.join(request_path::relative(target, prefix)?);
    if path_of(target).ends_with('/') {
        file.push("index.html");
    }
    // A link inside the folder could still lead out of it.
    let file = fs::canonicalize(file).ok()?;
    (file.starts_with(folder) && file.is_file()).then_some(file)
}

/// Where a request for a folder without the slash at its end is sent on to.
///
/// The page's relative addresses would point next to the folder otherwise, not into it.
fn location_of_folder(target: &str, folder: &Path, prefix: &str) -> Option<Header> {
    let path = path_of(target);
    file_for(&format!("{path}/"), folder, prefix)?;
    // Relative to what was asked for, so that a path which starts with two slashes does not name another host.
    let name = path.rsplit('/').next().filter(|name| !name.is_empty())?;
    let query = target[path.len()..].split('#').next()?;
    Header::from_bytes("Location", format!("{name}/{query}")).ok()
}

/// A request's target without its query.
fn path_of(target: &str) -> &str {
    target.split(['?', '#']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpStream;

    use super::*;

    fn get(site: &Site, request: &str) -> String {
        let address = site.url().trim_start_matches("http://").split('/').next().unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        write!(stream, "{request} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn a_site_is_served_below_a_sub_path_and_only_there() {
        let folder = std::env::temp_dir().join(format!("replicarium-site-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("index.html"), "<p>hello").unwrap();
        fs::write(folder.join("page_bg.wasm"), "wasm").unwrap();
        let site = Site::serve(&folder, "/some/sub/path/", 0).unwrap();

        let page = get(&site, "GET /some/sub/path/");
        assert!(page.starts_with("HTTP/1.1 200") && page.ends_with("<p>hello"), "{page}");
        assert!(page.contains("Content-Type: text/html; charset=utf-8"), "{page}");
        let wasm = get(&site, "GET /some/sub/path/page_bg.wasm?v=1");
        assert!(wasm.contains("Content-Type: application/wasm"), "{wasm}");
        for missing in ["/", "/some/sub/path/none.js", "/some/sub/path/../../../Cargo.toml", "/index.html"] {
            let answer = get(&site, &format!("GET {missing}"));
            assert!(answer.starts_with("HTTP/1.1 404"), "{missing}: {answer}");
        }
        assert!(get(&site, "POST /some/sub/path/").starts_with("HTTP/1.1 405"));

        fs::create_dir_all(folder.join("docs")).unwrap();
        fs::write(folder.join("docs").join("index.html"), "<p>docs").unwrap();
        fs::create_dir_all(folder.join("empty")).unwrap();
        for (target, location) in
            [("/some/sub/path", "path/"), ("/some/sub/path/docs?s=1", "docs/?s=1"), ("/some/sub/path//docs", "docs/")]
        {
            let answer = get(&site, &format!("GET {target}"));
            assert!(answer.starts_with("HTTP/1.1 302"), "{target}: {answer}");
            assert!(answer.contains(&format!("Location: {location}\r\n")), "{target}: {answer}");
        }
        assert!(get(&site, "GET /some/sub/path/empty").starts_with("HTTP/1.1 404"));

        drop(site);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_taken_port_gives_way_to_a_later_one() {
        let folder = std::env::temp_dir();
        let first = Site::serve(&folder, "/", 48_731).unwrap();
        let second = Site::serve(&folder, "/", 48_731).unwrap();
        assert_ne!(first.url(), second.url());
    }
}
