//! The course as it stands: its map, and the exercise that is open.

use std::collections::BTreeMap;

use crate::app::course::progress::{Kept, Progress};
use crate::app::words::Shared;
use crate::exercise::{Attempt, Course, Exercise, Grade, Grading, Kind, Question, Right, Submission, name_of};
use crate::session::{Session, TimedCommand};
use crate::sim::{Span, Time};
use crate::world::Command;

/// Where one stands in an exercise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    Predict,
    Observe,
    Happened,
    Why,
    Challenge,
    /// All of a challenge.
    Work,
}

impl Step {
    /// The steps of a lesson.
    pub(crate) const LESSON: [Self; 5] = [Self::Predict, Self::Observe, Self::Happened, Self::Why, Self::Challenge];

    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Predict => "Predict",
            Self::Observe => "Observe",
            Self::Happened => "What happened?",
            Self::Why => "Why",
            Self::Challenge | Self::Work => "Challenge",
        }
    }

    /// Its word in what is kept.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Predict => "predict",
            Self::Observe => "observe",
            Self::Happened => "happened",
            Self::Why => "why",
            Self::Challenge => "challenge",
            Self::Work => "work",
        }
    }

    pub(crate) fn of(word: &str) -> Option<Self> {
        Self::LESSON.into_iter().chain([Self::Work]).find(|step| step.word() == word)
    }
}

/// What came of an answer that was locked in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Verdict {
    /// The answer, as people read it.
    pub(crate) given: String,
    pub(crate) is_right: bool,
    pub(crate) because: String,
    pub(crate) belief: Option<String>,
    pub(crate) see: Option<Span>,
}

/// An exercise that is open.
#[derive(Clone)]
pub(crate) struct Opened {
    pub(crate) exercise: Shared<Exercise>,
    pub(crate) step: Step,
    /// The furthest step that was reached.
    pub(crate) reached: Step,
    /// What was chosen and is not locked in yet.
    pub(crate) picked: BTreeMap<String, String>,
    pub(crate) locked: BTreeMap<String, Verdict>,
    pub(crate) answers: BTreeMap<String, String>,
    pub(crate) hints: usize,
    /// How far the grading is, while it goes on.
    pub(crate) graded: Option<(usize, usize)>,
    pub(crate) grade: Option<Shared<Grade>>,
    pub(crate) tries: u32,
    /// Whether what was graded has been solved, now or before.
    pub(crate) done: bool,
    /// The exercise's run with nothing done, which answers are judged by.
    own: Option<Shared<Attempt>>,
}

impl PartialEq for Opened {
    fn eq(&self, other: &Self) -> bool {
        self.exercise == other.exercise
            && (self.step, self.reached, self.hints, self.graded, self.tries, self.done)
                == (other.step, other.reached, other.hints, other.graded, other.tries, other.done)
            && self.picked == other.picked
            && self.locked == other.locked
            && self.grade == other.grade
    }
}

impl Opened {
    pub(crate) fn new(exercise: Exercise) -> Self {
        let step = if exercise.kind == Kind::Lesson { Step::Predict } else { Step::Work };
        Self {
            exercise: Shared::new(exercise),
            step,
            reached: step,
            picked: BTreeMap::new(),
            locked: BTreeMap::new(),
            answers: BTreeMap::new(),
            hints: 0,
            graded: None,
            grade: None,
            tries: 0,
            done: false,
            own: None,
        }
    }

    /// Takes up what was kept of it.
    pub(crate) fn take_up(&mut self, kept: &Kept) {
        self.tries = kept.tries;
        self.done = kept.done;
        if kept.seed != self.exercise.seed {
            return;
        }
        for (question, answer) in &kept.answers {
            self.picked.insert(question.clone(), answer.clone());
            self.lock(question);
        }
        let step = Step::of(&kept.step).filter(|step| (*step == Step::Work) == self.exercise.is_challenge());
        self.step = step.unwrap_or(self.step);
        // Who has not answered stands where she is asked.
        let is_open = |question: &Question| !self.locked.contains_key(&question.id);
        if !self.exercise.is_challenge() {
            if self.exercise.predict.as_ref().is_some_and(is_open) {
                self.step = Step::Predict;
            } else if self.exercise.happened.iter().any(is_open) {
                self.step = self.step.min(Step::Happened);
            }
        }
        self.reached = self.step;
    }

    /// What is kept of it.
    pub(crate) fn kept(&self, session: &Session) -> Kept {
        let attempt = if self.exercise.kind.is_of_questions() { None } else { self.submission(session).text() };
        Kept {
            seed: self.exercise.seed,
            step: self.reached.word().to_owned(),
            done: self.done,
            tries: self.tries,
            answers: self.answers.clone(),
            attempt: attempt.unwrap_or_default(),
        }
    }

    /// The questions of the step at hand.
    pub(crate) fn asked(&self) -> Vec<&Question> {
        match self.step {
            Step::Predict => self.exercise.predict.iter().collect(),
            Step::Happened => self.exercise.happened.iter().collect(),
            Step::Work => self.exercise.questions.iter().collect(),
            Step::Observe | Step::Why | Step::Challenge => Vec::new(),
        }
    }

    /// How far the run may go.
    pub(crate) fn bound(&self) -> Option<Span> {
        match self.step {
            Step::Predict => self.exercise.predict.as_ref().and_then(|question| question.at),
            Step::Observe => self.exercise.observation.as_ref().map(|observation| observation.until),
            Step::Work => {
                self.exercise.questions.iter().find_map(|question| question.at).filter(|_| !self.is_answered())
            }
            Step::Happened | Step::Why | Step::Challenge => None,
        }
    }

    /// Why the run goes no further than its bound.
    pub(crate) fn why_it_stands(&self) -> &'static str {
        match self.step {
            _ if self.step < self.reached => {
                "The run stands here in this step. Go on to the step that you have reached."
            }
            Step::Predict => "The run waits for your prediction.",
            Step::Observe => "The run has shown what there is to see. Go on to “What happened?”.",
            Step::Work => "The run ends here. It goes on when you have answered.",
            Step::Happened | Step::Why | Step::Challenge => "The run stands.",
        }
    }

    /// Whether every question of the step was answered.
    pub(crate) fn is_answered(&self) -> bool {
        self.asked().iter().all(|question| self.locked.contains_key(&question.id))
    }

    /// Locks in what was chosen for a question; tells whether it could.
    pub(crate) fn lock(&mut self, question: &str) -> bool {
        let exercise = self.exercise.clone();
        let all = exercise.predict.iter().chain(exercise.asked());
        let Some(found) = all.into_iter().find(|one| one.id == question) else { return false };
        let Some(answer) = self.picked.get(question).cloned() else { return false };
        let own = self.own.get_or_insert_with(|| Shared::new(Attempt::run(&exercise.scenario, exercise.seed, &[])));
        let Ok(right) = found.right(&exercise, own) else { return false };
        let (is_right, because) = found.judge(&right, &answer);
        let chosen = found.answers.iter().find(|one| one.id == answer);
        let verdict = Verdict {
            given: chosen.map_or_else(|| answer.clone(), |one| one.text.clone()),
            is_right,
            because,
            belief: chosen.and_then(|one| one.belief.clone()).filter(|_| !is_right),
            see: chosen.and_then(|one| one.see).or(match right {
                Right::Moment(at) => at,
                Right::Answers(_) => None,
            }),
        };
        self.locked.insert(question.to_owned(), verdict);
        self.answers.insert(question.to_owned(), answer);
        true
    }

    /// What is done and answered up to now, as it can be graded.
    pub(crate) fn submission(&self, session: &Session) -> Submission {
        let mut submission = Submission::new(&self.exercise);
        submission.answers.clone_from(&self.answers);
        submission.answers.retain(|id, _| self.exercise.asked().any(|question| question.id == *id));
        if !self.exercise.kind.is_of_questions() {
            let given = self.exercise.scenario.overrides.len();
            submission.overrides = session.scenario().overrides.iter().skip(given).cloned().collect();
            let start = session.start();
            submission.commands = session
                .commands()
                .iter()
                .map(|timed| TimedCommand {
                    at: Time::ZERO + timed.at.since(start.min(timed.at)),
                    command: timed.command.clone(),
                })
                .collect();
        }
        submission
    }

    /// Why a command is locked here; none if it may be given.
    pub(crate) fn lock_on(&self, command: &Command) -> Option<String> {
        let name = name_of(command);
        if self.exercise.allowed.allows_command(&name) {
            return None;
        }
        Some(self.locked_because(&format!("The command {name}")))
    }

    /// Why a setting is locked here; none if it may be made.
    pub(crate) fn lock_on_setting(&self, key: &str) -> Option<String> {
        (!self.exercise.allowed.allows_setting(key)).then(|| self.locked_because(&format!("The setting {key}")))
    }

    /// Why what explains a run is locked; none once it may be asked.
    pub(crate) fn lock_on_explanations(&self) -> Option<String> {
        let what = match self.step {
            Step::Predict | Step::Observe | Step::Happened => "when you have said what happened",
            Step::Work if !self.exercise.questions.is_empty() && !self.is_answered() => "when you have answered",
            Step::Work | Step::Why | Step::Challenge => return None,
        };
        Some(format!("Why and What if open {what}. They would give the answer away."))
    }

    /// That a tool is locked here, and why.
    pub(crate) fn locked_because(&self, what: &str) -> String {
        let because = self.exercise.allowed.because.trim();
        if because.is_empty() {
            format!("{what} is locked in this exercise: here you watch and answer.")
        } else {
            format!("{what} is locked in this exercise. {because}")
        }
    }
}

/// The course, while it is open.
pub(crate) struct CourseState {
    pub(crate) map: Option<Shared<Course>>,
    /// Why the map or an exercise could not be opened.
    pub(crate) failed: Option<String>,
    pub(crate) progress: Progress,
    pub(crate) opened: Option<Opened>,
    pub(crate) grading: Option<Grading>,
    /// The exercise whose text is on its way.
    pub(crate) awaited: Option<String>,
    /// Whether it was asked to forget everything, and not yet confirmed.
    pub(crate) erasing: bool,
}

impl CourseState {
    pub(crate) fn new() -> Self {
        Self {
            map: None,
            failed: None,
            progress: Progress::stored(),
            opened: None,
            grading: None,
            awaited: None,
            erasing: false,
        }
    }
}
