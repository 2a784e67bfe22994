//! The cheapest change of settings that would have saved a file, found by running the same scenario, seed and
//! commands again with that change: no rule of thumb.

use std::sync::Arc;

use serde::Serialize;

use super::change::{Change, FileCopies};
use super::evidence::{Evidence, Told, saved};
use super::setting::settings_for;
use super::{Trouble, WhyError};
use crate::session::{Opening, Override, Progress, Scenario, Session, TimedCommand};
use crate::sim::{ServerId, Time};
use crate::world::{Command, EventKind};

/// The most runs that are made with two changes at once.
const PAIRS_LIMIT: usize = 150;

/// A change that would have saved the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Remedy {
    /// One change, or two where none was enough.
    pub changes: Vec<Change>,
    /// The settings over the scenario's text that make the changes; none if settings alone don't.
    pub settings: Vec<Override>,
    /// What to change, and what it costs, in two sentences; in a third one that clients are then told less.
    pub sentence: String,
    /// Whether clients are then not told ok of all that they were told ok of, or not answered where they were:
    /// better a no than a false yes, but only where nothing else helps.
    pub withholds: bool,
    /// What the same run looks like with it.
    pub evidence: Evidence,
}

/// The answer of a search for a remedy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RemedyReport {
    /// The cheapest remedy, if one was found; one that withholds an ok only if there is no other.
    pub remedy: Option<Remedy>,
    /// A cheaper one that withholds an ok, if one was found before the remedy.
    pub alternative: Option<Remedy>,
    /// How many runs were made.
    pub runs: usize,
    /// Whether the search came to its end: it found a remedy or tried all.
    pub is_complete: bool,
    /// The answer in one sentence.
    pub sentence: String,
}

/// A run with some changes that is being made.
#[derive(Clone, Debug)]
struct Attempt {
    changes: Vec<Change>,
    tried: Arc<Scenario>,
    opening: Opening,
    /// How many commands have no place in it.
    placeless: usize,
}

/// A search under way. Each [`Remedies::step`] makes one run, [`Remedies::go_on`] a part of one; it can be dropped, or
/// finished early, at any time.
#[derive(Clone, Debug)]
pub struct Remedies {
    scenario: Arc<Scenario>,
    seed: u64,
    /// The commands until the moment of the search.
    commands: Vec<TimedCommand>,
    /// When the learner entered: a changed run may need longer for its opening, and all that follows is
    /// counted from there.
    start: Time,
    until: Time,
    file: String,
    trouble: Trouble,
    /// Whether it is about stale or damaged bytes that a client was given: then it is reads that must go well, and else
    /// copies that must be good.
    by_read: bool,
    /// Where the file's only copy was, if it had one only.
    home: Option<ServerId>,
    /// What clients were told about it.
    told: Told,
    /// The sets of changes still to be tried, the next one last.
    waiting: Vec<Vec<Change>>,
    attempt: Option<Box<Attempt>>,
    total: usize,
    remedy: Option<Remedy>,
    /// The cheapest remedy under which clients are told less. It is the remedy where there is no other.
    withholding: Option<Remedy>,
}

impl Remedies {
    /// A search for what would have saved a file from what [`Session::why`] explains.
    ///
    /// # Errors
    /// If there is no such file, or nothing is wrong with it.
    pub fn new(session: &Session, file: &str) -> Result<Self, WhyError> {
        let trouble = session.why(file)?.trouble;
        let scenario = Arc::clone(session.scenario());
        let commands = session.commands[..session.given].to_vec();
        let planned = scenario.plan.iter().map(|timed| &timed.command);
        let copies = FileCopies::of(&scenario, commands.iter().map(|timed| &timed.command).chain(planned), file);
        let singles = Change::candidates(&scenario, copies);
        let mut waiting: Vec<Vec<Change>> = singles.iter().map(|change| vec![*change]).collect();
        waiting.extend(pairs(&singles));
        let total = waiting.len();
        waiting.reverse();
        Ok(Self {
            seed: session.seed(),
            start: session.start(),
            until: session.now(),
            file: file.to_owned(),
            told: Told::of(session, file),
            by_read: session.is_about_read(file),
            home: copies.home,
            scenario,
            commands,
            trouble,
            waiting,
            attempt: None,
            total,
            remedy: None,
            withholding: None,
        })
    }

    /// Tries the next change; none once a remedy is found or all were tried.
    pub fn step(&mut self) -> Option<Progress> {
        self.go_on(|| true)
    }

    /// Tries the next change for as long as there is time, but no more than one; none once a remedy is found or all were
    /// tried.
    pub fn go_on(&mut self, has_time: impl FnMut() -> bool) -> Option<Progress> {
        if self.remedy.is_some() {
            return None;
        }
        let mut attempt = match self.attempt.take() {
            Some(attempt) => attempt,
            None => Box::new(self.begin(self.waiting.last()?.clone())),
        };
        match attempt.opening.go_on(has_time) {
            Ok(None) => self.attempt = Some(attempt),
            Ok(Some(opened)) => {
                self.waiting.pop();
                let skipped = attempt.placeless + opened.needless + opened.refused;
                self.judge(attempt.changes, &attempt.tried, &opened.session, skipped);
            }
            // Commands of another run are left out where they can't be carried out, so this does not come about.
            Err(_) => drop(self.waiting.pop()),
        }
        if self.waiting.is_empty() && self.remedy.is_none() {
            self.remedy = self.withholding.take();
        }
        Some(self.progress())
    }

    /// Keeps some changes if the run with them has saved the file.
    fn judge(&mut self, changes: Vec<Change>, tried: &Scenario, session: &Session, commands_skipped: usize) {
        let is_hit = self.is_still_hit(&changes, session);
        let saved = saved(session, &self.file, self.trouble, self.by_read);
        let Some(sentence) = saved.filter(|_| is_hit) else { return };
        let with = Told::of(session, &self.file);
        let evidence = Evidence { sentence, before: self.told, with, commands_skipped };
        let price = evidence.price();
        // Who could not reach the file, or was not told ok, is not helped by being told ok of less.
        if price.is_some() && matches!(self.trouble, Trouble::Unavailable | Trouble::Failed) {
            return;
        }
        let withholds = price.is_some();
        let sentence = [advice(&changes)].into_iter().chain(price).collect::<Vec<_>>().join(" ");
        let settings = self.settings(&changes, tried);
        let remedy = Remedy { changes, settings, sentence, withholds, evidence };
        if withholds {
            self.withholding.get_or_insert(remedy);
        } else {
            self.remedy = Some(remedy);
        }
    }

    /// How far the search is. It ends sooner where a remedy is found.
    #[must_use]
    pub fn progress(&self) -> Progress {
        Progress { done: self.total - self.waiting.len(), total: self.total }
    }

    /// What was found until now.
    #[must_use]
    pub fn finish(&self) -> RemedyReport {
        let runs = self.total - self.waiting.len();
        let is_complete = self.remedy.is_some() || self.waiting.is_empty();
        let sentence = match (&self.remedy, is_complete) {
            (Some(remedy), _) => remedy.sentence.clone(),
            (None, true) => format!("None of the changes that were tried saves {}.", self.file),
            (None, false) => format!("None of the {runs} changes tried so far saves {}.", self.file),
        };
        let alternative = self.withholding.clone().filter(|_| self.remedy.is_some());
        RemedyReport { remedy: self.remedy.clone(), alternative, runs, is_complete, sentence }
    }

    /// The scenario with some changes.
    fn changed(&self, changes: &[Change]) -> Scenario {
        let mut scenario = Scenario::clone(&self.scenario);
        let translate = |timed: &TimedCommand| {
            Some(TimedCommand { at: timed.at, command: self.translate(changes, timed.command.clone())? })
        };
        scenario.plan = scenario.plan.iter().filter_map(translate).collect();
        for change in changes {
            change.apply(&mut scenario, &self.file);
        }
        scenario
    }

    /// A command as it is given in the changed run; none if it has no place there.
    fn translate(&self, changes: &[Change], command: Command) -> Option<Command> {
        changes.iter().try_fold(command, |command, change| change.translate(command, &self.file, &self.scenario))
    }

    /// Begins the same run anew with some changes.
    fn begin(&self, changes: Vec<Change>) -> Attempt {
        let tried = Arc::new(self.changed(&changes));
        let translate = |timed: &TimedCommand| {
            let command = self.translate(&changes, timed.command.clone())?;
            Some(TimedCommand { at: Time::ZERO + timed.at.since(self.start), command })
        };
        let commands: Vec<TimedCommand> = self.commands.iter().filter_map(translate).collect();
        let placeless = self.commands.len() - commands.len();
        let opening = Opening::like_until(&tried, self.seed, commands, self.until.since(self.start));
        Attempt { changes, tried, opening, placeless }
    }

    /// The settings that make the changes; none if a command that a person gave has to be another one too.
    fn settings(&self, changes: &[Change], tried: &Scenario) -> Vec<Override> {
        let is_kept =
            |timed: &TimedCommand| self.translate(changes, timed.command.clone()).as_ref() == Some(&timed.command);
        if self.commands.iter().all(is_kept) {
            settings_for(changes, &self.scenario, tried, &self.file)
        } else {
            Vec::new()
        }
    }

    /// Whether what happened to the file's only copy still happens to one of its copies: to have put them all
    /// elsewhere would be luck and no remedy.
    fn is_still_hit(&self, changes: &[Change], session: &Session) -> bool {
        let Some(home) = self.home.filter(|_| changes.iter().any(|change| matches!(change, Change::Copies { .. })))
        else {
            return true;
        };
        session.events().iter().any(|event| match &event.kind {
            EventKind::UpdateOnDisk { server, file, .. } => {
                *server == home && session.world.file_name(*file) == self.file
            }
            _ => false,
        })
    }
}

/// All pairs of changes of different kinds, the cheapest first: by the sum of their places in the order.
fn pairs(singles: &[Change]) -> Vec<Vec<Change>> {
    let kind = core::mem::discriminant::<Change>;
    let mut pairs: Vec<(usize, usize)> = (0..singles.len())
        .flat_map(|second| (0..second).map(move |first| (first, second)))
        .filter(|(first, second)| kind(&singles[*first]) != kind(&singles[*second]))
        .collect();
    pairs.sort_by_key(|(first, second)| (first + second, *first));
    pairs.truncate(PAIRS_LIMIT);
    pairs.into_iter().map(|(first, second)| vec![singles[first], singles[second]]).collect()
}

fn advice(changes: &[Change]) -> String {
    let orders: Vec<String> = changes.iter().map(|change| change.describe()).collect();
    let costs: Vec<&str> = changes.iter().map(|change| change.cost()).collect();
    let orders = orders.join(", and ");
    let mut characters = orders.chars();
    let first = characters.next().map_or_else(String::new, |first| first.to_uppercase().collect());
    format!("{first}{}. It costs {}.", characters.as_str(), costs.join(", and "))
}
