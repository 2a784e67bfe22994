//! `replicarium grade`: what submissions are worth.

mod csv;
mod junit;
mod platform;
mod text;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use indicatif::ParallelProgressIterator as _;
use rayon::ThreadPoolBuilder;
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};
use replicarium::exercise::{Exercise, SUBMISSION_SIZE_LIMIT_BYTES, Secret, Submission, grade_with};
use replicarium::report::GradeReport;
use serde::Serialize;

use self::platform::Circumstances;
use crate::interruption::Interruption;
use crate::output::Target;
use crate::{Ending, exercise, progress, value};

#[derive(Args)]
pub struct Arguments {
    /// A built-in exercise (`replicarium lint` names those), or a file in TOML.
    exercise: String,
    /// Submissions: files in TOML, or folders of them.
    #[arg(required = true)]
    submissions: Vec<PathBuf>,
    /// A file with `seeds = [71, 2026]`: criteria that ask for many seeds are judged under these instead of their own.
    #[arg(long, value_name = "FILE")]
    secret: Option<PathBuf>,
    /// How the grades are written.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// For `classroom50`: what its result says beside the grade, as in `classroom=cs1`; may be given several times.
    #[arg(long, value_name = "KEY=VALUE")]
    field: Vec<String>,
    /// How many threads; as many as there are processors if not said.
    #[arg(long, value_name = "T", value_parser = value::whole::<1, 1_024>)]
    threads: Option<u64>,
}

/// How grades are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Table,
    /// All that is known, as JSON.
    Json,
    /// A line for each submission, for a gradebook.
    Csv,
    /// `JUnit` XML, for continuous integration.
    Junit,
    /// `results.json` of a Gradescope autograder; for one submission.
    Gradescope,
    /// `results.json` of a `PrairieLearn` grader; for one submission.
    Prairielearn,
    /// `result.json` of Classroom 50; for one submission.
    Classroom50,
}

/// One submission, and what it is worth or why it is not graded.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Graded {
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    grade: Option<GradeReport>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl Graded {
    fn has_passed(&self) -> bool {
        self.grade.as_ref().is_some_and(|grade| grade.passed)
    }
}

/// Grades submissions.
pub fn grade(arguments: &Arguments) -> Result<Ending> {
    let target = Target::Output.check()?;
    let exercise = exercise::load(&arguments.exercise)?;
    let secret = match &arguments.secret {
        Some(path) => Secret::read(&path.display().to_string(), &exercise::read(path, SUBMISSION_SIZE_LIMIT_BYTES)?)?,
        None => Secret::default(),
    };
    let circumstances = Circumstances::read(&arguments.field)?;
    let files = exercise::files(&arguments.submissions)?;
    let is_for_one = matches!(arguments.format, Format::Gradescope | Format::Prairielearn | Format::Classroom50);
    if is_for_one && files.len() != 1 {
        bail!("this format is for one submission, not {}", files.len());
    }
    if files.is_empty() {
        bail!("there is no submission in what was named: expected files in TOML");
    }
    let threads = usize::try_from(arguments.threads.unwrap_or(0))?;
    let pool = ThreadPoolBuilder::new().num_threads(threads).build()?;
    let interruption = Interruption::watch()?;
    let bar = progress::bar(files.len() as u64, "submissions");
    let one = |path: &PathBuf| grade_one(&exercise, path, &secret);
    let graded: Vec<Graded> = pool.install(|| {
        files.par_iter().progress_with(bar.clone()).filter(|_| !interruption.has_come()).map(one).collect()
    });
    bar.finish_and_clear();
    match (arguments.format, graded.as_slice()) {
        (Format::Table, graded) => target.lines(&text::lines(&exercise, graded))?,
        (Format::Json, graded) => target.json(&graded)?,
        (Format::Csv, graded) => target.write(&csv::csv(&exercise, graded)?)?,
        (Format::Junit, graded) => target.write(&junit::junit(&exercise, graded)?)?,
        (Format::Gradescope, [one]) => target.json(&platform::gradescope(one))?,
        (Format::Prairielearn, [one]) => target.json(&platform::prairielearn(one))?,
        (Format::Classroom50, [one]) => target.json(&platform::classroom50(one, &exercise, &circumstances))?,
        // Interrupted before the only one was graded.
        (Format::Gradescope | Format::Prairielearn | Format::Classroom50, _) => {}
    }
    if interruption.has_come() {
        return Ok(Ending::Interrupted);
    }
    Ok(if graded.iter().all(Graded::has_passed) { Ending::Well } else { Ending::Badly })
}

fn grade_one(exercise: &Exercise, path: &Path, secret: &Secret) -> Graded {
    let file = path.display().to_string();
    let grade = || -> Result<GradeReport> {
        let text = exercise::read(path, SUBMISSION_SIZE_LIMIT_BYTES)?;
        let submission = Submission::read(&file, &text)?;
        submission.check_belongs(&file, exercise)?;
        Ok(GradeReport::from(&grade_with(exercise, &submission, secret)?))
    };
    match grade() {
        Ok(grade) => Graded { file, grade: Some(grade), error: None },
        Err(error) => Graded { file, grade: None, error: Some(crate::output::sentence(&error)) },
    }
}
