//! Finds what is wrong with an exercise that reads well: a question without a right answer, a solution that fails, a wrong
//! try that passes.

use super::draw;
use super::error::ExerciseError;
use super::grade::{Grade, grade};
use super::question::{Question, Right};
use super::run::Attempt;
use super::submission::Submission;
use super::task::{Exercise, Kind, Trial};
use crate::glossary;
use crate::text::quoted;

/// The fewest variants of questions that are looked at: link and disk times differ from one to the other.
const VARIANTS_LEAST: usize = 6;
/// How many seeds are tried to meet each value that an exercise can draw.
const SEEDS_TRIED: u64 = 2_000;
/// The fewest typical wrong tries of a challenge that asks for deeds.
const WRONG_LEAST: usize = 2;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// The part of the exercise, such as `question vanished` or `solution 1`.
    pub part: String,
    /// What is wrong, as a sentence without capital and stop.
    pub message: String,
}

/// What was looked at, and what is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lint {
    /// What is wrong.
    pub complaints: Vec<Complaint>,
    /// How many variants were looked at.
    pub variants: u64,
    /// How many attempts were graded.
    pub graded: usize,
}

impl Lint {
    fn complain(&mut self, part: impl Into<String>, message: impl Into<String>) {
        let complaint = Complaint { part: part.into(), message: message.into() };
        if !self.complaints.contains(&complaint) {
            self.complaints.push(complaint);
        }
    }
}

/// Looks at an exercise. `is_known` tells whether there is an exercise with a short name, for those that it leads to.
#[must_use]
pub fn lint(exercise: &Exercise, is_known: &dyn Fn(&str) -> bool) -> Lint {
    let mut lint = Lint::default();
    check_links(exercise, is_known, &mut lint);
    check_criteria(exercise, &mut lint);
    if !exercise.kind.is_of_questions() {
        check_trials(exercise, &mut lint);
    }
    for seed in variants(exercise) {
        lint.variants += 1;
        if let Err(error) = check_variant(exercise, seed, &mut lint) {
            lint.complain(format!("seed {seed}"), error.to_string());
        }
    }
    lint
}

/// Seeds that draw each value of the exercise at least once, its own seed first.
fn variants(exercise: &Exercise) -> Vec<u64> {
    let least = if exercise.kind.is_of_questions() { VARIANTS_LEAST } else { 1 };
    let mut unmet = draw::drawable(&exercise.source);
    let mut seeds = Vec::new();
    for seed in core::iter::once(exercise.seed).chain((1..SEEDS_TRIED).filter(|seed| *seed != exercise.seed)) {
        let drawn = draw::drawn(&exercise.file, &exercise.source, seed);
        let before = unmet.len();
        unmet.retain(|one| !drawn.contains(one));
        if unmet.len() < before || seeds.len() < least {
            seeds.push(seed);
        }
        if unmet.is_empty() && seeds.len() >= least {
            break;
        }
    }
    seeds
}

fn check_links(exercise: &Exercise, is_known: &dyn Fn(&str) -> bool, lint: &mut Lint) {
    if let Some(challenge) = exercise.challenge.as_ref().filter(|challenge| !is_known(challenge)) {
        lint.complain("challenge", format!("there is no exercise {}", quoted(challenge)));
    }
    let explain = exercise.explain.as_deref().unwrap_or_default();
    for target in links(&exercise.text).into_iter().chain(links(explain)) {
        let is_good = match (target.strip_prefix("#/course/"), target.strip_prefix("term:")) {
            (Some(id), _) => is_known(id),
            (None, Some(term)) => glossary::meaning(&term.replace('-', " ")).is_some(),
            (None, None) => target.starts_with("https://"),
        };
        if !is_good {
            lint.complain("text", format!("the link {} leads nowhere", quoted(target)));
        }
    }
}

/// The targets of a text's links in Markdown.
fn links(text: &str) -> Vec<&str> {
    text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target).collect()
}

/// What holds whatever one does, or can't hold.
fn check_criteria(exercise: &Exercise, lint: &mut Lint) {
    if exercise.criteria.is_empty() {
        return;
    }
    match grade_trial(exercise, None) {
        Ok(grade) => {
            lint.graded += 1;
            if grade.passed {
                lint.complain("criterion", "all of them hold when nothing is done");
            }
        }
        Err(error) => lint.complain("criterion", error.to_string()),
    }
    for criterion in &exercise.criteria {
        let is_missed = exercise.wrong.iter().any(|trial| trial.misses.contains(&criterion.id));
        let is_missed_by_nothing = grade_trial(exercise, None)
            .is_ok_and(|grade| grade.criteria.iter().any(|one| one.id == criterion.id && !one.passed));
        if !is_missed && !is_missed_by_nothing {
            lint.complain(
                format!("criterion {}", criterion.id),
                "nothing misses it: neither a [[wrong]] try nor doing nothing",
            );
        }
    }
}

fn check_trials(exercise: &Exercise, lint: &mut Lint) {
    if exercise.solutions.is_empty() {
        lint.complain("solution", "expected at least one [[solution]] that passes");
    }
    if exercise.wrong.len() < WRONG_LEAST {
        lint.complain("wrong", format!("expected at least {WRONG_LEAST} typical [[wrong]] tries"));
    }
    for (number, trial) in (1..).zip(&exercise.solutions) {
        let part = format!("solution {number}");
        match grade_trial(exercise, Some(trial)) {
            Ok(grade) => {
                lint.graded += 1;
                for missed in grade.criteria.iter().filter(|one| !one.passed) {
                    lint.complain(part.clone(), format!("it misses {}: {}", missed.id, missed.feedback));
                }
                for note in &grade.notes {
                    lint.complain(part.clone(), note.clone());
                }
            }
            Err(error) => lint.complain(part, error.to_string()),
        }
    }
    for (number, trial) in (1..).zip(&exercise.wrong) {
        let part = format!("wrong {number}");
        if trial.belief.is_none() {
            lint.complain(part.clone(), "expected the belief behind it");
        }
        match grade_trial(exercise, Some(trial)) {
            Ok(grade) => {
                lint.graded += 1;
                check_missed(trial, &grade, &part, lint);
            }
            Err(error) => lint.complain(part, error.to_string()),
        }
    }
}

/// A wrong try misses what it says that it misses, and nothing else.
fn check_missed(trial: &Trial, grade: &Grade, part: &str, lint: &mut Lint) {
    if grade.passed {
        lint.complain(part, "it passes");
    }
    if trial.misses.is_empty() {
        lint.complain(part, "expected in misses the criteria that it misses");
    }
    for one in &grade.criteria {
        match (one.passed, trial.misses.contains(&one.id)) {
            (true, true) => lint.complain(part, format!("it meets {}, which it is to miss", one.id)),
            (false, false) => lint.complain(part, format!("it misses {} too: {}", one.id, one.feedback)),
            (true, false) | (false, true) => {}
        }
    }
    for missed in &trial.misses {
        if !grade.criteria.iter().any(|one| one.id == *missed) {
            lint.complain(part, format!("there is no criterion {}", quoted(missed)));
        }
    }
}

fn grade_trial(exercise: &Exercise, trial: Option<&Trial>) -> Result<Grade, ExerciseError> {
    let mut submission = Submission::new(exercise);
    if let Some(trial) = trial {
        submission.overrides.clone_from(&trial.overrides);
        submission.commands.clone_from(&trial.commands);
    }
    grade(exercise, &submission)
}

/// In each variant every question has one right answer, every answer an explanation, every wrong one a belief; and the
/// right answers are graded as right.
fn check_variant(exercise: &Exercise, seed: u64, lint: &mut Lint) -> Result<(), ExerciseError> {
    let exercise = exercise.drawn(seed)?;
    let questions: Vec<&Question> = exercise.predict.iter().chain(exercise.asked()).collect();
    if questions.is_empty() {
        return Ok(());
    }
    let own = Attempt::run(&exercise.scenario, seed, &[]);
    if let Some(full) = own.full {
        lint.complain(format!("seed {seed}"), full.to_string());
    }
    let mut solution = Submission::new(&exercise);
    for question in questions {
        let part = format!("question {}", question.id);
        let right = question.right(&exercise, &own)?;
        check_right(question, &right, &part, seed, lint);
        if let Some(answer) = question.solution(&right) {
            solution.answers.insert(question.id.clone(), answer);
        }
    }
    let graded = grade(&exercise, &solution)?;
    lint.graded += 1;
    if exercise.kind.is_of_questions() && !graded.passed {
        lint.complain(format!("seed {seed}"), "the right answers don't give all points");
    }
    Ok(())
}

fn check_right(question: &Question, right: &Right, part: &str, seed: u64, lint: &mut Lint) {
    match right {
        Right::Moment(None) => lint.complain(part, format!("under seed {seed} there is no such moment")),
        Right::Moment(Some(_)) => {}
        Right::Answers(right) => {
            match right.iter().filter(|is_right| **is_right).count() {
                1 => {}
                0 => lint.complain(part, format!("under seed {seed} no answer is right")),
                count => lint.complain(part, format!("under seed {seed} {count} answers are right")),
            }
            for (answer, is_right) in question.answers.iter().zip(right) {
                if answer.because.is_empty() {
                    lint.complain(part, format!("the answer {} has no explanation", answer.id));
                }
                if !is_right && answer.belief.is_none() && answer.see.is_none() {
                    lint.complain(
                        part,
                        format!(
                            "the answer {} is wrong under seed {seed}, and names no belief and no moment",
                            answer.id
                        ),
                    );
                }
            }
        }
    }
}

impl Exercise {
    /// Whether it is a challenge: all but lessons are.
    #[must_use]
    pub fn is_challenge(&self) -> bool {
        self.kind != Kind::Lesson
    }
}
