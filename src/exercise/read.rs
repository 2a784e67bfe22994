//! Reads the text of an exercise, and checks that its parts belong together.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::allowed::Allowed;
use super::criterion::{Audited, Criterion, KEPT, Seeds};
use super::draw;
use super::error::ExerciseError;
use super::form::{
    AllowForm, AnswerForm, AuditForm, CriterionForm, ExerciseForm, LimitsForm, MomentForm, QuestionForm,
    ScenarioOfForm, TrialForm,
};
use super::limits::{
    ANSWERS_LIMIT, BECAUSE_LIMIT_CHARACTERS, ENTRIES_LIMIT, EXERCISE_SIZE_LIMIT_BYTES, SEEDS_LIMIT,
    SENTENCE_LIMIT_CHARACTERS, TEXT_LIMIT_CHARACTERS, TITLE_LIMIT_CHARACTERS,
};
use super::question::{Answer, Moment, MomentOf, Question};
use super::task::{Exercise, Kind, Limits, Observation, Teacher, Trial};
use crate::session::{AtForm, Document, ExpectForm, Expectation, Override, Problem, Scenario, TimedCommand};
use crate::sim::Span;
use crate::text::quoted;

/// The seed of an exercise that names none.
const SEED: u64 = 61;

impl Exercise {
    /// Reads an exercise from the text of its file, in the variant of its own seed.
    ///
    /// # Errors
    /// If the text is no exercise; the sentence names the file, the line and the field.
    pub fn parse(file: &str, source: &str) -> Result<Self, ExerciseError> {
        Self::read(file, source, None)
    }

    /// The same exercise in the variant of another seed.
    ///
    /// # Errors
    /// If what that seed draws is no exercise.
    pub fn drawn(&self, seed: u64) -> Result<Self, ExerciseError> {
        if seed == self.seed { Ok(self.clone()) } else { Self::read(&self.file, &self.source, Some(seed)) }
    }

    fn read(file: &str, source: &str, seed: Option<u64>) -> Result<Self, ExerciseError> {
        let (size, limit) = (source.len(), EXERCISE_SIZE_LIMIT_BYTES);
        if size > limit {
            return Err(ExerciseError::TooBig { file: file.to_owned(), size, limit });
        }
        let first = draw::fill(file, source, seed.unwrap_or(SEED))?;
        let document = Document::parse(file, &first, &[], &[])?;
        let form: ExerciseForm = document.read()?;
        let own = form.seed.map_or(SEED, |seed| u64::from(seed.0));
        if seed.is_none() && own != SEED {
            return Self::read(file, source, Some(own));
        }
        let scenario = form.scenario.scenario(file, &document)?;
        let reader = Reader { file, scenario: &scenario };
        let exercise = reader.exercise(&form, seed.unwrap_or(own), source);
        exercise.map_err(|wrong| match wrong {
            Wrong::Field(problem) => document.locate(problem).into(),
            Wrong::Whole(error) => error,
        })
    }
}

/// The exercise's cluster with other settings over it.
pub(super) fn with(exercise: &Exercise, overrides: &[Override]) -> Result<Scenario, ExerciseError> {
    set(&exercise.file, &exercise.scenario, overrides)
}

fn set(file: &str, scenario: &Scenario, overrides: &[Override]) -> Result<Scenario, ExerciseError> {
    let all: Vec<Override> = scenario.overrides.iter().chain(overrides).cloned().collect();
    let scenario = Scenario::parse_with(&scenario.file_name(), &scenario.source, &all);
    scenario.map_err(|error| ExerciseError::Scenario { file: file.to_owned(), error })
}

/// What is wrong: a field, whose place in the text is looked up then, or something that has its place already.
enum Wrong {
    Field(Problem),
    Whole(ExerciseError),
}

impl From<Problem> for Wrong {
    fn from(problem: Problem) -> Self {
        Self::Field(problem)
    }
}

impl From<ExerciseError> for Wrong {
    fn from(error: ExerciseError) -> Self {
        Self::Whole(error)
    }
}

impl ScenarioOfForm {
    fn scenario(&self, file: &str, document: &Document<'_>) -> Result<Arc<Scenario>, ExerciseError> {
        let locate = |problem: Problem| ExerciseError::from(document.locate(problem));
        let overrides = overrides("scenario.set", &self.set).map_err(locate)?;
        let base = match (&self.name, &self.text) {
            (Some(name), None) => {
                let known = Scenario::by_slug(name);
                let missing =
                    || locate(Problem::new("scenario.name", format!("there is no built-in scenario {}", quoted(name))));
                Arc::clone(known.ok_or_else(missing)?)
            }
            (None, Some(text)) => {
                let scenario = Scenario::parse(&format!("{}.toml", id_of(file)), text);
                Arc::new(scenario.map_err(|error| ExerciseError::Scenario { file: file.to_owned(), error })?)
            }
            _ => return Err(locate(Problem::new("scenario", "expected either a name or a text, and not both"))),
        };
        Ok(Arc::new(set(file, &base, &overrides)?))
    }
}

impl Kind {
    /// The kind of this word.
    pub(super) fn read(field: &str, word: &str) -> Result<Self, Problem> {
        let kind = Self::ALL.into_iter().find(|kind| kind.word() == word);
        let words: Vec<&str> = Self::ALL.iter().map(|kind| kind.word()).collect();
        kind.ok_or_else(|| Problem::new(field, format!("expected one of {}", words.join(", "))))
    }
}

/// What the parts of an exercise are read against.
struct Reader<'a> {
    file: &'a str,
    scenario: &'a Arc<Scenario>,
}

impl Reader<'_> {
    fn exercise(&self, form: &ExerciseForm, seed: u64, source: &str) -> Result<Exercise, Wrong> {
        let kind = Kind::read("kind", &form.kind)?;
        check_text("title", &form.title, TITLE_LIMIT_CHARACTERS)?;
        check_text("summary", &form.summary, SENTENCE_LIMIT_CHARACTERS)?;
        check_text("goal", &form.goal, SENTENCE_LIMIT_CHARACTERS)?;
        check_text("text", &form.text, TEXT_LIMIT_CHARACTERS)?;
        if let Some(explain) = &form.explain {
            check_text("explain", explain, TEXT_LIMIT_CHARACTERS)?;
        }
        for (number, hint) in (1..).zip(&form.hints) {
            check_text(&format!("hints[{number}]"), hint, SENTENCE_LIMIT_CHARACTERS)?;
        }
        for (field, count) in [
            ("happened", form.happened.len()),
            ("question", form.question.len()),
            ("criterion", form.criterion.len()),
            ("hints", form.hints.len()),
            ("solution", form.solution.len()),
            ("wrong", form.wrong.len()),
        ] {
            at_most(field, count, ENTRIES_LIMIT)?;
        }
        let predict = form.predict.as_ref().map(|form| self.question("predict", form)).transpose()?;
        let observation = form.observe.as_ref().map(|form| Observation {
            text: form.text.clone(),
            until: form.until.0,
            speed: form.speed.clone(),
        });
        let exercise = Exercise {
            id: id_of(self.file),
            revision: form.revision.map_or(1, |revision| revision.0),
            kind,
            title: form.title.clone(),
            summary: form.summary.clone(),
            goal: form.goal.clone(),
            part: form.part.clone(),
            minutes: form.minutes.0,
            seed,
            text: form.text.clone(),
            scenario: Arc::clone(self.scenario),
            predict,
            observation,
            happened: all("happened", &form.happened, |field, form| self.question(field, form))?,
            explain: form.explain.clone(),
            challenge: form.challenge.clone(),
            questions: all("question", &form.question, |field, form| self.question(field, form))?,
            allowed: form.allow.as_ref().map(AllowForm::allowed).unwrap_or_default(),
            limits: form.limits.as_ref().map(LimitsForm::limits).unwrap_or_default(),
            criteria: all("criterion", &form.criterion, |field, form| self.criterion(field, form))?,
            hints: form.hints.clone(),
            solutions: all("solution", &form.solution, |field, form| self.trial(field, form))?,
            wrong: all("wrong", &form.wrong, |field, form| self.trial(field, form))?,
            teacher: form.teacher.as_ref().map(|form| Teacher {
                teaches: form.teaches.clone(),
                beliefs: form.beliefs.clone(),
                simplified: form.simplified.clone(),
            }),
            file: self.file.to_owned(),
            source: Arc::from(source),
        };
        check_parts(&exercise)?;
        Ok(exercise)
    }

    fn question(&self, field: &str, form: &QuestionForm) -> Result<Question, Wrong> {
        check_id(field, &form.id)?;
        check_text(&format!("{field}.ask"), &form.ask, SENTENCE_LIMIT_CHARACTERS)?;
        at_most(&format!("{field}.answer"), form.answer.len(), ANSWERS_LIMIT)?;
        let moment = form.moment.as_ref().map(|form| moment(&format!("{field}.moment"), form)).transpose()?;
        match (&moment, form.answer.len()) {
            (None, 0 | 1) => {
                return Err(Problem::new(field, "expected at least two [[…answer]] entries, or a moment").into());
            }
            (Some(_), 1..) => {
                return Err(Problem::new(field, "expected either answers or a moment, and not both").into());
            }
            (None, _) | (Some(_), 0) => {}
        }
        let answers = all(&format!("{field}.answer"), &form.answer, |field, form| self.answer(field, form))?;
        let mut known = BTreeSet::new();
        for (number, answer) in (1..).zip(&answers) {
            if !known.insert(&answer.id) {
                let field: String = format!("{field}.answer[{number}].id");
                return Err(Problem::new(field, format!("there are two answers {}", quoted(&answer.id))).into());
            }
        }
        Ok(Question {
            id: form.id.clone(),
            ask: form.ask.clone(),
            at: form.time.map(|time| time.0),
            points: form.points.map_or(1, |points| u32::from(points.0)),
            answers,
            moment,
        })
    }

    fn answer(&self, field: &str, form: &AnswerForm) -> Result<Answer, Wrong> {
        check_id(field, &form.id)?;
        check_text(&format!("{field}.text"), &form.text, SENTENCE_LIMIT_CHARACTERS)?;
        let overrides = overrides(&format!("{field}.set"), &form.set)?;
        let scenario = self.varied(&overrides)?;
        if form.expect.is_empty() {
            let message = "expected at least one condition that holds if this answer is right";
            return Err(Problem::new(format!("{field}.expect"), message).into());
        }
        let because = form.because.clone().unwrap_or_default();
        if !because.is_empty() {
            check_text(&format!("{field}.because"), &because, BECAUSE_LIMIT_CHARACTERS)?;
        }
        Ok(Answer {
            id: form.id.clone(),
            text: form.text.clone(),
            note: form.note.clone(),
            commands: commands(&format!("{field}.at"), &form.at)?,
            expectations: expectations(&format!("{field}.expect"), &form.expect, scenario.until)?,
            overrides,
            because,
            belief: form.belief.clone(),
            see: form.see.map(|time| time.0),
        })
    }

    fn criterion(&self, field: &str, form: &CriterionForm) -> Result<Criterion, Wrong> {
        check_id(field, &form.id)?;
        check_text(&format!("{field}.title"), &form.title, SENTENCE_LIMIT_CHARACTERS)?;
        let overrides = overrides(&format!("{field}.set"), &form.set)?;
        let scenario = self.varied(&overrides)?;
        let seeds = form.seeds.as_ref().map(|seeds| Seeds { from: seeds.from.0.into(), to: seeds.to.0.into() });
        if seeds.is_some_and(|Seeds { from, to }| to < from || to - from >= SEEDS_LIMIT) {
            let message = format!("expected from and to, with 1 to {SEEDS_LIMIT} seeds between them");
            return Err(Problem::new(format!("{field}.seeds"), message).into());
        }
        let audit =
            form.audit.as_ref().map(|form| form.audited(&format!("{field}.audit"), scenario.until)).transpose()?;
        if form.expect.is_empty() && !form.invariants && audit.is_none() {
            let message = "expected something that is judged: expect, invariants or audit";
            return Err(Problem::new(field, message).into());
        }
        Ok(Criterion {
            id: form.id.clone(),
            title: form.title.clone(),
            points: form.points.map_or(1, |points| u32::from(points.0)),
            seeds,
            commands: commands(&format!("{field}.at"), &form.at)?,
            expectations: expectations(&format!("{field}.expect"), &form.expect, scenario.until)?,
            overrides,
            invariants: form.invariants,
            audit,
            because: form.because.clone().unwrap_or_default(),
        })
    }

    fn trial(&self, field: &str, form: &TrialForm) -> Result<Trial, Wrong> {
        let overrides = overrides(&format!("{field}.set"), &form.set)?;
        self.varied(&overrides)?;
        Ok(Trial {
            title: form.title.clone().unwrap_or_default(),
            belief: form.belief.clone(),
            overrides,
            commands: commands(&format!("{field}.at"), &form.at)?,
            misses: form.misses.clone(),
        })
    }

    fn varied(&self, overrides: &[Override]) -> Result<Arc<Scenario>, Wrong> {
        if overrides.is_empty() {
            return Ok(Arc::clone(self.scenario));
        }
        Ok(Arc::new(set(self.file, self.scenario, overrides)?))
    }
}

/// Reads each entry of a list, with the name of its field.
fn all<F, T>(name: &str, forms: &[F], read: impl Fn(&str, &F) -> Result<T, Wrong>) -> Result<Vec<T>, Wrong> {
    (1..).zip(forms).map(|(number, form): (usize, &F)| read(&format!("{name}[{number}]"), form)).collect()
}

impl AllowForm {
    fn allowed(&self) -> Allowed {
        Allowed { settings: self.settings.clone(), commands: self.commands.clone(), because: self.because.clone() }
    }
}

impl LimitsForm {
    fn limits(&self) -> Limits {
        let number = |of: Option<crate::session::Natural>| of.map(|number| number.0);
        Limits {
            faults: number(self.faults),
            commands: number(self.commands),
            settings: number(self.settings),
            servers: number(self.servers),
        }
    }
}

impl AuditForm {
    fn audited(&self, field: &str, until: Span) -> Result<Audited, Problem> {
        let harm = |word: &String| KEPT.iter().find(|(kept, _)| kept == word).map(|(_, harm)| *harm);
        let harms: Option<Vec<_>> = self.keeps.iter().map(harm).collect();
        let harms = harms.filter(|harms| !harms.is_empty());
        let words: Vec<&str> = KEPT.iter().map(|(word, _)| *word).collect();
        let expected = || Problem::new(format!("{field}.keeps"), format!("expected some of {}", words.join(", ")));
        let at = self.time.map_or(until, |time| time.0);
        if at > until {
            return Err(Problem::new(format!("{field}.time"), "expected a time up to the end of the run"));
        }
        Ok(Audited { at, pairs: self.faults.is_some_and(|faults| faults.0 > 1), harms: harms.ok_or_else(expected)? })
    }
}

fn moment(field: &str, form: &MomentForm) -> Result<Moment, Problem> {
    let of = MomentOf::WORDS.iter().find(|(word, _)| *word == form.of).map(|(_, of)| *of);
    let words: Vec<&str> = MomentOf::WORDS.iter().map(|(word, _)| *word).collect();
    let of = of.ok_or_else(|| Problem::new(format!("{field}.of"), format!("expected one of {}", words.join(", "))))?;
    check_text(&format!("{field}.early"), &form.early, BECAUSE_LIMIT_CHARACTERS)?;
    check_text(&format!("{field}.late"), &form.late, BECAUSE_LIMIT_CHARACTERS)?;
    let (file, tolerance) = (form.file.clone(), form.tolerance.0);
    Ok(Moment { of, file, tolerance, early: form.early.clone(), late: form.late.clone() })
}

/// The parts that each kind of exercise has, and those that it can't have.
fn check_parts(exercise: &Exercise) -> Result<(), Problem> {
    let missing = |field: &str, what: &str| {
        let message = format!("{what}, since the kind is {}", quoted(exercise.kind.word()));
        Err(Problem::new(field, message))
    };
    match exercise.kind {
        Kind::Lesson => {
            if exercise.predict.is_none() {
                return missing("predict", "expected a question that is asked before the run goes on");
            }
            if exercise.happened.is_empty() {
                return missing("happened", "expected at least one question about what happened");
            }
            if exercise.explain.is_none() {
                return missing("explain", "expected an explanation");
            }
            if exercise.part.is_none() {
                return missing("part", "expected the part of the course in which it stands");
            }
        }
        Kind::Build | Kind::Break => {
            if exercise.criteria.is_empty() {
                return missing("criterion", "expected at least one [[criterion]]");
            }
            if exercise.allowed == Allowed::default() {
                return missing("allow", "expected what the learner may do");
            }
        }
        Kind::Diagnose | Kind::Order => {
            if exercise.questions.is_empty() {
                return missing("question", "expected at least one [[question]]");
            }
        }
    }
    let mut known = BTreeSet::new();
    let ids = exercise.predict.iter().chain(exercise.asked()).map(|question| &question.id);
    for id in ids.chain(exercise.criteria.iter().map(|criterion| &criterion.id)) {
        if !known.insert(id) {
            return Err(Problem::new("", format!("there are two questions or criteria {}", quoted(id))));
        }
    }
    Ok(())
}

/// The settings of a list of lines.
pub(super) fn overrides(field: &str, lines: &[String]) -> Result<Vec<Override>, Problem> {
    at_most(field, lines.len(), ENTRIES_LIMIT)?;
    let one = |(number, line): (usize, &String)| {
        let message = "expected a setting such as \"policy.acks = all\"";
        Override::from_line(line).ok_or_else(|| Problem::new(format!("{field}[{number}]"), message))
    };
    (1..).zip(lines).map(one).collect()
}

/// The commands of a list of entries.
pub(super) fn commands(field: &str, forms: &[AtForm]) -> Result<Vec<TimedCommand>, Problem> {
    let one = |(number, form): (u64, &AtForm)| form.timed_command(&format!("{field}[{number}]"), number);
    (1..).zip(forms).map(one).collect()
}

fn expectations(field: &str, forms: &[ExpectForm], until: Span) -> Result<Vec<Expectation>, Problem> {
    at_most(field, forms.len(), ENTRIES_LIMIT)?;
    let one = |(number, form): (usize, &ExpectForm)| form.expectation(&format!("{field}[{number}]"), until);
    (1..).zip(forms).map(one).collect()
}

fn at_most(field: &str, count: usize, limit: usize) -> Result<(), Problem> {
    if count <= limit {
        return Ok(());
    }
    Err(Problem::new(field, format!("expected at most {limit} entries, not {count}")))
}

fn check_text(field: &str, text: &str, limit: usize) -> Result<(), Problem> {
    let count = text.chars().count();
    if text.trim().is_empty() || count > limit {
        return Err(Problem::new(field, format!("expected a text of 1 to {limit} characters, not {count}")));
    }
    Ok(())
}

/// A short name that stands in submissions and addresses.
pub(super) fn check_id(field: &str, id: &str) -> Result<(), Problem> {
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if !id.is_empty() && id.len() <= 40 && id.bytes().all(is_letter) {
        return Ok(());
    }
    let message = format!("expected 1 to 40 small letters, digits and hyphens, not {}", quoted(id));
    Err(Problem::new(format!("{field}.id"), message))
}

/// The name of a file without its folder and its ending.
pub(super) fn id_of(file: &str) -> String {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    name.strip_suffix(".toml").unwrap_or(name).to_owned()
}
