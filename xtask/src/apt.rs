//! Packages of the operating system, where it is Debian or one of its family.

use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::process::{command, find, output, stream};

/// Installs packages, or does nothing when all of them are there.
pub fn install(packages: &[&str]) -> Result<()> {
    if find("apt-get").is_none() {
        bail!("this system has no apt-get");
    }
    if are_installed(packages) {
        return Ok(());
    }
    update()?;
    let install = || stream(apt_get()?.args(["install", "-y"]).args(packages), None);
    install().or_else(|error| {
        // An install that was cut short earlier leaves packages to configure, and apt-get refuses until they are.
        stream(privileged("dpkg")?.args(["--configure", "-a"]), None)?;
        install().context(error)
    })
}

/// Refreshes what apt-get knows about packages.
pub fn update() -> Result<()> {
    stream(apt_get()?.arg("update"), None)
}

/// A command with the rights to change the system: as it is for root, else through `sudo` where it asks for nothing.
pub fn privileged(program: &str) -> Result<Command> {
    if output(command("id").arg("-u")).as_deref() == Some("0") {
        return Ok(command(program));
    }
    if output(command("sudo").args(["-n", "true"])).is_none() {
        bail!("this needs root, or a sudo that asks for no password");
    }
    let mut sudo = command("sudo");
    sudo.args(["-n", program]);
    Ok(sudo)
}

/// The number of the LLVM that a package depends on, such as 22 for `llvm-22`.
pub fn llvm_of(package: &str) -> Result<u32> {
    let depends = output(command("apt-cache").args(["depends", package]))
        .with_context(|| format!("apt-cache knows no package {package}"))?;
    llvm_number(&depends).with_context(|| format!("the package {package} names no llvm-NN among its dependencies"))
}

fn apt_get() -> Result<Command> {
    let mut command = privileged("env")?;
    // Two set-ups at once wait for each other instead of failing.
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=300"]);
    Ok(command)
}

fn are_installed(packages: &[&str]) -> bool {
    output(command("dpkg-query").args(["-W", "-f", "${db:Status-Status}\\n"]).args(packages))
        .is_some_and(|states| states.lines().count() == packages.len() && states.lines().all(|s| s == "installed"))
}

fn llvm_number(depends: &str) -> Option<u32> {
    depends.split_whitespace().find_map(|word| word.strip_prefix("llvm-")?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_llvm_number_is_read_from_the_dependencies() {
        let depends = "rust-web-llvm\n  Depends: libc6\n  Depends: llvm-22\n  Conflicts: <rust-llvm>\n";
        assert_eq!(llvm_number(depends), Some(22));
        assert_eq!(llvm_number("rust-web-llvm\n  Depends: libc6\n"), None);
    }
}
