//! `replicarium lint`: what is wrong with exercises.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use indicatif::ParallelProgressIterator as _;
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};
use replicarium::exercise::{BUILT_IN, EXERCISE_SIZE_LIMIT_BYTES, Exercise, Lint};
use serde::Serialize;

use crate::interruption::Interruption;
use crate::lines::Lines;
use crate::output::Target;
use crate::{Ending, exercise, progress};

#[derive(Args)]
pub struct Arguments {
    /// Exercises: files in TOML, or folders of them; without any, the built-in ones.
    files: Vec<PathBuf>,
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

/// What is said about one exercise.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExerciseLint {
    file: String,
    variants: u64,
    graded: usize,
    complaints: Vec<ComplaintReport>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ComplaintReport {
    part: String,
    message: String,
}

/// Looks at exercises and tells what is wrong with them.
pub fn lint(arguments: &Arguments) -> Result<Ending> {
    let target = Target::Output.check()?;
    let mut texts: Vec<(String, String)> = Vec::new();
    if arguments.files.is_empty() {
        texts.extend(BUILT_IN.iter().map(|(id, text)| (format!("{id}.toml"), (*text).to_owned())));
    }
    for path in exercise::files(&arguments.files)? {
        texts.push((path.display().to_string(), exercise::read(&path, EXERCISE_SIZE_LIMIT_BYTES)?));
    }
    let ids: Vec<String> = texts.iter().map(|(file, _)| id_of(file).to_owned()).collect();
    let is_known = |id: &str| ids.iter().any(|known| known == id) || BUILT_IN.iter().any(|(known, _)| *known == id);
    let interruption = Interruption::watch()?;
    let bar = progress::bar(texts.len() as u64, "exercises");
    let looked: Vec<ExerciseLint> = texts
        .par_iter()
        .progress_with(bar.clone())
        .filter(|_| !interruption.has_come())
        .map(|(file, text)| look(file, text, &is_known))
        .collect();
    bar.finish_and_clear();
    if arguments.json {
        target.json(&looked)?;
    } else {
        target.lines(&lines(&looked))?;
    }
    if interruption.has_come() {
        return Ok(Ending::Interrupted);
    }
    let is_well = looked.iter().all(|one| one.complaints.is_empty());
    Ok(if is_well { Ending::Well } else { Ending::Badly })
}

fn look(file: &str, text: &str, is_known: &(dyn Fn(&str) -> bool + Sync)) -> ExerciseLint {
    let found = match Exercise::parse(file, text) {
        Ok(exercise) => replicarium::exercise::lint(&exercise, &|id| is_known(id)),
        Err(error) => {
            let complaint =
                replicarium::exercise::Complaint { part: "the file".to_owned(), message: error.to_string() };
            Lint { complaints: vec![complaint], variants: 0, graded: 0 }
        }
    };
    let complaints = found.complaints.into_iter();
    ExerciseLint {
        file: file.to_owned(),
        variants: found.variants,
        graded: found.graded,
        complaints: complaints.map(|one| ComplaintReport { part: one.part, message: one.message }).collect(),
    }
}

fn id_of(file: &str) -> &str {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    name.strip_suffix(".toml").unwrap_or(name)
}

fn lines(looked: &[ExerciseLint]) -> Lines {
    let mut lines = Lines::default();
    for one in looked {
        let (variants, graded) = (one.variants, one.graded);
        match one.complaints.len() {
            0 => {
                lines
                    .add(format_args!("{}: well; variants looked at: {variants}, attempts graded: {graded}", one.file));
            }
            count => lines.add(format_args!("{}: {count} {}", one.file, if count == 1 { "fault" } else { "faults" })),
        }
        for complaint in &one.complaints {
            lines.add(format_args!("    {}: {}", complaint.part, complaint.message));
        }
    }
    lines
}
