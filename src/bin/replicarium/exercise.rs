//! Finding the exercise that a person names, and the files that belong to it.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use replicarium::exercise::{BUILT_IN, Exercise, text_of};
use replicarium::text::quoted;

use crate::suggest;

/// The exercise with this short name, or in this file.
pub fn load(name: &str) -> Result<Exercise> {
    if let Some(text) = text_of(name) {
        return Ok(Exercise::parse(&format!("{name}.toml"), text)?);
    }
    let path = Path::new(name);
    if !path.exists() {
        let meant = suggest::nearest(name, BUILT_IN.iter().map(|(id, _)| *id));
        let meant = meant.map(|meant| format!("; did you mean {meant}?")).unwrap_or_default();
        bail!(
            "there is no exercise {}, neither built in (`replicarium lint` names those) nor as a file{meant}",
            quoted(name)
        );
    }
    let text = read(path, replicarium::exercise::EXERCISE_SIZE_LIMIT_BYTES)?;
    Ok(Exercise::parse(name, &text)?)
}

/// The text of a file of at most so many bytes.
pub fn read(path: &Path, limit_bytes: usize) -> Result<String> {
    let name = || quoted(&path.display().to_string());
    let mut bytes = Vec::new();
    // One byte more than there may be is enough to refuse it.
    let opened = fs::File::open(path).and_then(|file| file.take(limit_bytes as u64 + 1).read_to_end(&mut bytes));
    opened.with_context(|| format!("{} can't be read", name()))?;
    if bytes.len() > limit_bytes {
        bail!("{} has more than {limit_bytes} bytes, which is as many as one may have", name());
    }
    String::from_utf8(bytes).with_context(|| format!("{} is no text", name()))
}

/// The files that are named, and all files in TOML of the folders that are, in the order of their names.
pub fn files(named: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in named {
        if path.is_dir() {
            gather(path, &mut files)?;
        } else {
            files.push(path.clone());
        }
    }
    Ok(files)
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let name = || quoted(&folder.display().to_string());
    let entries = fs::read_dir(folder).with_context(|| format!("the folder {} can't be read", name()))?;
    let paths: std::io::Result<Vec<PathBuf>> = entries.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut paths = paths.with_context(|| format!("the folder {} can't be read", name()))?;
    paths.sort_unstable();
    for path in paths {
        if path.is_dir() {
            gather(&path, files)?;
        } else if path.extension().is_some_and(|ending| ending == "toml") {
            files.push(path);
        }
    }
    Ok(())
}
