//! Programs that come ready-made from a project's page of releases.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use sha2::{Digest as _, Sha256};

use crate::process::{command, output, stream};
use crate::project;

/// How long a server may take to answer, and may then stay silent, in seconds: a closed machine is not to wait long.
const SILENCE_SECONDS_MAX: u32 = 4;

/// How long one file may take.
const DOWNLOAD_LIMIT: Duration = Duration::from_secs(120);

/// The file of a release for this machine.
#[derive(Clone)]
pub struct Release {
    /// The archive's address, for tar to unpack.
    pub archive: String,
    /// What the address of the file with the archive's SHA-256 has at its end on top of that.
    pub checksum_suffix: &'static str,
    /// The programs to take out of it.
    pub programs: &'static [&'static str],
}

/// The machine that this tool was built for, as releases name it; `None` where hardly any project has a file for it.
///
/// `linux` is the C library that the release is linked with, `musl` or `gnu`.
pub fn platform(linux: &str) -> Option<String> {
    let processor = env::consts::ARCH;
    match (processor, env::consts::OS) {
        ("x86_64" | "aarch64", "linux") => Some(format!("{processor}-unknown-linux-{linux}")),
        ("x86_64" | "aarch64", "macos") => Some(format!("{processor}-apple-darwin")),
        _ => None,
    }
}

impl Release {
    /// Downloads the archive, compares it with its published checksum, and puts its programs into cargo's own folder.
    ///
    /// Nothing is put there before all of them were seen to start.
    pub fn install(&self) -> Result<()> {
        let bin = project::cargo_home().context("there is no folder for cargo's programs")?.join("bin");
        let name = self.file_name();
        let work = project::cache().join("download").join(format!("{}-{name}", std::process::id()));
        let result = self.install_into(&bin, &work, SILENCE_SECONDS_MAX);
        // What stays behind in the cache harms nothing.
        let _ = fs::remove_dir_all(&work);
        result
    }

    fn file_name(&self) -> &str {
        self.archive.rsplit('/').next().unwrap_or(&self.archive)
    }

    /// Installs into the folder `bin`, by way of the folder `work`.
    fn install_into(&self, bin: &Path, work: &Path, silence_seconds_max: u32) -> Result<()> {
        put_in_place(&self.unpack(work, silence_seconds_max)?, bin)
    }

    /// Gets the programs into the folder `work`.
    fn unpack(&self, work: &Path, silence_seconds_max: u32) -> Result<Vec<PathBuf>> {
        let name = self.file_name();
        fs::create_dir_all(work).with_context(|| format!("{} can't be created", work.display()))?;
        // The small file comes first, since its absence tells soonest that there is nothing to be had here.
        let checksum_file = work.join("checksum");
        download(&format!("{}{}", self.archive, self.checksum_suffix), &checksum_file, silence_seconds_max)?;
        let told = fs::read_to_string(&checksum_file).context("the checksum can't be read")?;
        let expected = checksum(&told).context("the file with the checksum holds no SHA-256")?;
        let archive = work.join(name);
        download(&self.archive, &archive, silence_seconds_max)?;
        let bytes = fs::read(&archive).with_context(|| format!("{} can't be read", archive.display()))?;
        let found = sha256(&bytes);
        if found != expected {
            bail!("{name} has the checksum {found}, but {expected} is published: it is not used");
        }
        let unpacked = work.join("unpacked");
        fs::create_dir_all(&unpacked).with_context(|| format!("{} can't be created", unpacked.display()))?;
        stream(command("tar").arg("-xf").arg(&archive).arg("-C").arg(&unpacked), None)?;
        self.programs.iter().map(|program| working(program, &unpacked)).collect()
    }
}

/// The program in an unpacked archive, at its top or in a folder there, once it was seen to start.
fn working(program: &str, unpacked: &Path) -> Result<PathBuf> {
    let entries = fs::read_dir(unpacked).with_context(|| format!("{} can't be read", unpacked.display()))?;
    let folders = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir());
    let places = std::iter::once(unpacked.to_owned()).chain(folders).map(|folder| folder.join(program));
    let path =
        places.into_iter().find(|path| path.is_file()).with_context(|| format!("the archive holds no {program}"))?;
    output(command(&path).arg("--version")).with_context(|| format!("this {program} does not start on this system"))?;
    Ok(path)
}

/// Copies programs beside their places and renames them, so that half a copy is never taken for a whole.
fn put_in_place(programs: &[PathBuf], bin: &Path) -> Result<()> {
    fs::create_dir_all(bin).with_context(|| format!("{} can't be created", bin.display()))?;
    for program in programs {
        let name = program.file_name().context("a program without a name")?;
        let part = bin.join(format!(".{}.part", name.to_string_lossy()));
        fs::copy(program, &part).with_context(|| format!("{} can't be written", part.display()))?;
        let place = bin.join(name);
        fs::rename(&part, &place).with_context(|| format!("{} can't be put in place", place.display()))?;
    }
    Ok(())
}

/// Downloads one file by curl; what is asked for safely is not redirected to where it is not safe.
fn download(address: &str, to: &Path, silence_seconds_max: u32) -> Result<()> {
    let scheme = address.split(':').next().unwrap_or_default();
    let silence = silence_seconds_max.to_string();
    let mut curl = command("curl");
    curl.args(["--fail", "--silent", "--show-error", "--location", "--proto"]).arg(format!("={scheme}"));
    // Less than a byte a second for so long is silence.
    curl.args(["--connect-timeout", &silence, "--speed-limit", "1", "--speed-time", &silence]);
    stream(curl.arg("--output").arg(to).arg(address), Some(DOWNLOAD_LIMIT))
}

/// The SHA-256 at the beginning of a checksum file, alone or followed by a name.
fn checksum(told: &str) -> Option<String> {
    let word = told.split_whitespace().next()?;
    (word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| word.to_ascii_lowercase())
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};
    use std::os::unix::fs::PermissionsExt as _;
    use std::thread;

    use super::*;

    const PROGRAMS: &[&str] = &["some-tool"];

    /// A folder of the test's own, emptied.
    fn folder(name: &str) -> PathBuf {
        let folder = env::temp_dir().join(format!("replicarium-release-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    /// The bytes of a release whose program is this script, in a folder as wasm-bindgen's releases have it.
    fn archive(folder: &Path, program: &str, script: &str) -> Vec<u8> {
        let inside = folder.join("tool-1.0");
        fs::create_dir_all(&inside).unwrap();
        fs::write(inside.join(program), script).unwrap();
        fs::set_permissions(inside.join(program), fs::Permissions::from_mode(0o755)).unwrap();
        let path = folder.join("tool.tar.gz");
        stream(command("tar").arg("-czf").arg(&path).arg("-C").arg(folder).arg("tool-1.0"), None).unwrap();
        fs::read(path).unwrap()
    }

    /// Serves an archive with its checksum on this machine; anything else is not found.
    fn serve(archive: Vec<u8>, checksum: String) -> String {
        let server = tiny_http::Server::http((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = format!("http://{}", server.server_addr());
        thread::spawn(move || {
            for request in server.incoming_requests() {
                let _ = match request.url() {
                    "/tool.tar.gz" => request.respond(tiny_http::Response::from_data(archive.clone())),
                    "/tool.tar.gz.sha256" => request.respond(tiny_http::Response::from_string(checksum.clone())),
                    _ => request.respond(tiny_http::Response::empty(404)),
                };
            }
        });
        address
    }

    /// Installs `file` from a server into a folder; gives back what became of it, and whether the program is there.
    fn install(address: &str, file: &str, name: &str) -> (Result<()>, bool) {
        let folder = folder(name);
        let bin = folder.join("bin");
        let archive = format!("{address}/{file}");
        let release = Release { archive, checksum_suffix: ".sha256", programs: PROGRAMS };
        let result = release.install_into(&bin, &folder.join("work"), 1);
        (result, bin.join(PROGRAMS[0]).exists())
    }

    fn error_of(outcome: (Result<()>, bool)) -> String {
        assert!(!outcome.1, "the program was put in place");
        format!("{:#}", outcome.0.unwrap_err())
    }

    const WORKS: &str = "#!/bin/sh\necho some-tool 1.0\n";

    #[test]
    fn the_right_file_is_put_in_place() {
        let bytes = archive(&folder("right-file"), PROGRAMS[0], WORKS);
        let checksum = format!("{}  tool.tar.gz\n", sha256(&bytes));
        let address = serve(bytes, checksum);
        let (result, is_there) = install(&address, "tool.tar.gz", "right");
        result.unwrap();
        assert!(is_there);
        let place = env::temp_dir().join(format!("replicarium-release-{}-right/bin/some-tool", std::process::id()));
        assert_eq!(output(command(place).arg("--version")).as_deref(), Some("some-tool 1.0"));
    }

    #[test]
    fn a_file_with_another_checksum_is_not_used() {
        let bytes = archive(&folder("changed-file"), PROGRAMS[0], WORKS);
        let address = serve(bytes, sha256(b"another file"));
        let error = error_of(install(&address, "tool.tar.gz", "changed"));
        assert!(error.contains("is not used"), "{error}");
    }

    #[test]
    fn a_checksum_that_is_none_is_an_error() {
        let address = serve(Vec::new(), "<html>please sign in</html>".to_owned());
        let error = error_of(install(&address, "tool.tar.gz", "sign-in"));
        assert!(error.contains("no SHA-256"), "{error}");
    }

    #[test]
    fn a_file_that_is_not_there_is_an_error() {
        let address = serve(Vec::new(), String::new());
        let error = error_of(install(&address, "other.tar.gz", "absent"));
        assert!(error.contains("404"), "{error}");
    }

    #[test]
    fn a_server_that_stays_silent_is_given_up() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        // It accepts, and says nothing for as long as somebody waits.
        thread::spawn(move || listener.incoming().collect::<Vec<_>>());
        let error = error_of(install(&address, "tool.tar.gz", "silent"));
        assert!(error.contains("curl"), "{error}");
        assert!(!error.contains("was stopped"), "it waited for the limit of a whole download: {error}");
    }

    #[test]
    fn a_release_without_the_program_or_with_a_broken_one_is_not_used() {
        for (name, program, script, complaint) in [
            ("without", "another-tool", WORKS, "holds no some-tool"),
            ("broken", PROGRAMS[0], "#!/bin/sh\nexit 1\n", "does not start"),
        ] {
            let bytes = archive(&folder(&format!("{name}-file")), program, script);
            let checksum = sha256(&bytes);
            let error = error_of(install(&serve(bytes, checksum), "tool.tar.gz", name));
            assert!(error.contains(complaint), "{error}");
        }
    }

    #[test]
    fn a_checksum_is_the_first_word_of_its_file() {
        let sum = "0F".repeat(32);
        assert_eq!(checksum(&format!("{sum}\n")), Some(sum.to_lowercase()));
        assert_eq!(checksum(&format!("{sum} *trunk.tar.gz\n")), Some(sum.to_lowercase()));
        assert_eq!(checksum("404: Not Found"), None);
        assert_eq!(checksum(""), None);
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
