//! The cheapest change of settings that would have saved a file, found by running the same scenario, seed and
//! commands again with that change: no rule of thumb.

use std::sync::Arc;

use serde::Serialize;

use super::change::{Change, FileCopies};
use super::{Trouble, WhyError, is_end_on, is_stale_read};
use crate::check::{CopyHealth, LedgerRow, Verdict};
use crate::session::audit::asker::Asker;
use crate::session::audit::probe::{Outcome, Subjects, examine, settle};
use crate::session::{Progress, Scenario, Session, TimedCommand};
use crate::sim::{ClientId, ServerId, Time};
use crate::world::{Event, EventKind};

/// The client that tries whether a file can be read: the one that does what a person asks for.
const CLIENT: ClientId = ClientId(1);
/// The most runs that are made with two changes at once.
const PAIRS_LIMIT: usize = 150;

/// What the same run looks like with a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// What became of the file at the same moment, in one or two sentences.
    pub sentence: String,
    /// How many writes and deletions of the file were acknowledged, in the run as it was.
    pub acknowledged_before: usize,
    /// How many are with the change: fewer means that clients were told so, in place of being told ok.
    pub acknowledged_with: usize,
    /// How many of the commands could not be carried out in the changed run.
    pub commands_skipped: usize,
}

/// A change that would have saved the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Remedy {
    /// One change, or two where none was enough.
    pub changes: Vec<Change>,
    /// What to change, and what it costs, as a sentence.
    pub sentence: String,
    /// What the same run looks like with it.
    pub evidence: Evidence,
}

/// The answer of a search for a remedy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RemedyReport {
    /// The cheapest remedy, if one was found.
    pub remedy: Option<Remedy>,
    /// How many runs were made.
    pub runs: usize,
    /// Whether the search came to its end: it found a remedy or tried all.
    pub is_complete: bool,
    /// The answer in one sentence.
    pub sentence: String,
}

/// A search under way. Each [`Remedies::step`] makes one run; it can be dropped, or finished early, at any time.
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
    /// Whether a client was given stale or damaged bytes: then it is reads that must go well.
    by_read: bool,
    /// Where the file's only copy was, if it had one only.
    home: Option<ServerId>,
    acknowledged_before: usize,
    /// The sets of changes still to be tried, the next one last.
    waiting: Vec<Vec<Change>>,
    total: usize,
    remedy: Option<Remedy>,
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
            acknowledged_before: acknowledgements(session, file),
            by_read: has_bad_read(session, file),
            home: copies.home,
            scenario,
            commands,
            trouble,
            waiting,
            total,
            remedy: None,
        })
    }

    /// Tries the next change; none once a remedy is found or all were tried.
    pub fn step(&mut self) -> Option<Progress> {
        if self.remedy.is_some() {
            return None;
        }
        let changes = self.waiting.pop()?;
        let (session, skipped) = self.run_again(&changes);
        let is_hit = self.is_still_hit(&changes, &session);
        if let Some(sentence) = self.saved(&session).filter(|_| is_hit) {
            let evidence = Evidence {
                sentence,
                acknowledged_before: self.acknowledged_before,
                acknowledged_with: acknowledgements(&session, &self.file),
                commands_skipped: skipped,
            };
            self.remedy = Some(Remedy { sentence: advice(&changes), changes, evidence });
        }
        Some(self.progress())
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
            (None, true) => format!("No change of settings that was tried saves {}.", self.file),
            (None, false) => format!("No change of the {runs} tried until now saves {}.", self.file),
        };
        RemedyReport { remedy: self.remedy.clone(), runs, is_complete, sentence }
    }

    /// The same run from its beginning with some changes, and how many commands had no place in it.
    fn run_again(&self, changes: &[Change]) -> (Session, usize) {
        let mut scenario = Scenario::clone(&self.scenario);
        let settings = scenario.settings.clone();
        let translate = |timed: &TimedCommand| {
            let command = changes
                .iter()
                .try_fold(timed.command.clone(), |command, change| change.translate(command, &self.file, &settings));
            command.map(|command| TimedCommand { at: timed.at, command })
        };
        scenario.plan = scenario.plan.iter().filter_map(translate).collect();
        for change in changes {
            change.apply(&mut scenario, &self.file);
        }
        let mut session = Session::new(&Arc::new(scenario), self.seed);
        let start = session.start();
        let mut skipped = 0;
        for timed in &self.commands {
            session.advance(start + timed.at.since(self.start));
            let carried_out = translate(timed).is_some_and(|timed| session.apply(timed.command).is_ok());
            skipped += usize::from(!carried_out);
        }
        session.advance(start + self.until.since(self.start));
        (session, skipped)
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

    /// What became of the file in a changed run, if it is free of the trouble.
    fn saved(&self, session: &Session) -> Option<String> {
        let row = session.world.ledger().rows.into_iter().find(|row| row.name == self.file)?;
        let is_saved = match self.trouble {
            Trouble::Lost | Trouble::LostUnacknowledged => {
                row.acknowledged.is_some() && !outcome(session).lost.contains_key(&self.file)
            }
            Trouble::Unavailable => {
                is_in_reach(&row) && {
                    let outcome = outcome(session);
                    !outcome.lost.contains_key(&self.file) && !outcome.unreadable.contains_key(&self.file)
                }
            }
            Trouble::Stale | Trouble::Damaged if self.by_read => is_whole(&row) && !has_bad_read(session, &self.file),
            Trouble::Stale => is_whole(&row) && !has_copy(&row, CopyHealth::Stale),
            Trouble::Damaged => is_whole(&row) && !has_copy(&row, CopyHealth::Corrupt),
            Trouble::Failed => is_whole(&row) && last_went_well(session, &row),
        };
        is_saved.then(|| format!("With it {} is {}. {}", row.name, state(&row), row.reason))
    }
}

/// What is left of the files once a run has settled.
fn outcome(session: &Session) -> Outcome {
    let mut world = session.world.clone();
    world.drop_events();
    world.silence_clients();
    let subjects = Subjects { services: Vec::new(), ..Subjects::of(&world, usize::MAX) };
    settle(&mut world);
    let asker = Asker::new(&world, CLIENT);
    examine(&mut world, &subjects, &asker)
}

fn is_in_reach(row: &LedgerRow) -> bool {
    is_whole(row) && row.verdict != Verdict::Unavailable
}

fn is_whole(row: &LedgerRow) -> bool {
    !matches!(row.verdict, Verdict::LostAcknowledged | Verdict::LostUnacknowledged)
}

fn has_copy(row: &LedgerRow, health: CopyHealth) -> bool {
    row.copies.iter().any(|(_, found)| *found == health)
}

fn has_bad_read(session: &Session, name: &str) -> bool {
    let is_bad = |event: &Event| match &event.kind {
        EventKind::OperationFound { file, damaged, .. } if session.world.file_name(*file) == name => {
            *damaged || is_stale_read(session, event)
        }
        _ => false,
    };
    session.events().iter().any(is_bad)
}

fn last_went_well(session: &Session, row: &LedgerRow) -> bool {
    let last = session.events().iter().rfind(|event| is_end_on(event, row.file));
    last.is_some_and(|event| {
        matches!(event.kind, EventKind::OperationDone { .. } | EventKind::OperationFound { damaged: false, .. })
    })
}

fn state(row: &LedgerRow) -> &'static str {
    match row.verdict {
        Verdict::Safe => "safe",
        Verdict::AtRisk => "kept, one failure away from loss",
        Verdict::Unavailable => "kept, out of reach for the moment",
        Verdict::Deleted => "deleted, as was asked",
        Verdict::Pending => "still under way",
        Verdict::LostAcknowledged | Verdict::LostUnacknowledged => "lost",
    }
}

/// How many writes and deletions of the file clients were told ok for.
fn acknowledgements(session: &Session, file: &str) -> usize {
    let is_one = |event: &&Event| matches!(&event.kind, EventKind::OperationDone { file: of, .. } if session.world.file_name(*of) == file);
    session.events().iter().filter(is_one).count()
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
