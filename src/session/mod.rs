//! A session: a scenario, a seed and a log of commands. It is the only door to the engine: the page, the
//! tests and every other program go through it.

mod audit;
mod branches;
mod causality;
mod chaos;
mod compare;
mod events;
mod link;
mod observer;
mod opening;
mod readable;
mod retrace;
mod room;
mod saved;
mod scenario;
mod step;
mod storm;
mod why;

use std::sync::Arc;

pub use audit::{Audit, AuditReport, AuditSettings, Fault, Finding, Harm, HarmDone, Progress};
pub use branches::{
    BRANCHES_LIMIT, Branch, BranchError, BranchId, Branches, Fork, Run, StoredBranches, StoredError, Turn,
};
pub use causality::{
    Absence, Arrow, Causality, Conclusion, Cone, Diagram, Fate, Heartbeats, Learned, Link, Outage, Point, Primacy,
    Quiet, Sort, Wait,
};
pub use chaos::{CHAOS_COMMANDS_LIMIT, Chaos, ChaosError, FAULT_RATE_LIMIT_HUNDREDTHS, FaultRate};
pub use compare::{
    Comparison, Contender, Contrast, Favours, FirstDifference, Happening, Judgement, Landmark, Measure, Mood,
    OutcomeRow, Parting, Setup, Shared, Side, TOLD_LIMIT, Truth,
};
pub use events::{EventIter, EventList};
pub use link::{LINK_LIMIT_CHARACTERS, LinkError, STAND_IN_ABOVE_BYTES};
pub use opening::{Doing, Opened, Opening, OpeningError};
pub use room::{EVENTS_LIMIT, RunIsFull};
#[cfg(feature = "schema")]
pub use scenario::scenario_schema;
pub(crate) use scenario::{AtForm, Document, Duration, ExpectForm, Natural, Problem, Whole};
pub use scenario::{
    CLIENTS_LIMIT, Condition, Counted, EXPECTATIONS_LIMIT, Expectation, ExpectationResult, Fulfilment,
    OPENING_FILES_LIMIT, OPENING_SIZE_LIMIT_BYTES, OVERRIDES_LIMIT, Override, PLAN_LIMIT, RATE_LIMIT_PER_SECOND,
    RUN_LIMIT, SCENARIO_SIZE_LIMIT_BYTES, SCENARIO_VERSION, SERVICES_LIMIT, Scenario, ScenarioError, ScenarioPlace,
    TEXT_LIMIT_CHARACTERS, TITLE_LIMIT_CHARACTERS, TRIES_LIMIT, Try, command_from_line, command_from_text,
    command_text, exact_span, parse_command, parse_span, setting_from_line, toml_string,
};
pub use step::Stop;
pub use storm::ChaosTally;
pub use why::{Change, Evidence, Explanation, Loss, Remedies, Remedy, RemedyReport, Step, Told, Trouble, WhyError};

use self::events::Events;
use self::observer::Observer;
use self::saved::{Saved, SavedWorlds};
use self::storm::Storm;
use crate::check::{Ledger, Metrics, Violation};
use crate::sim::{FileId, Span, Time};
use crate::world::{Command, CommandError, Event, View, World, WorldSettings};

/// How far apart the moments are at which it is looked whether a run is full.
const LOOK_EVERY: Span = Span::from_millis(1_000);

/// How far apart the moments are at which a world may be saved.
const SAVE_AT: Span = Span::from_millis(20);

/// A command and the time at which it was given.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TimedCommand {
    /// When it was given.
    pub at: Time,
    /// The command.
    pub command: Command,
}

/// Who gives a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Giver {
    Plan,
    Chaos,
    Person,
}

/// A run of a scenario under a seed, with the commands that were given to it.
#[derive(Clone)]
pub struct Session {
    scenario: Arc<Scenario>,
    seed: u64,
    /// What the scenario has planned, in the order of its times, from when the world began.
    plan: Arc<[TimedCommand]>,
    /// How much of the plan is before now.
    planned: usize,
    /// How much of it could not be carried out as things stood.
    refused: usize,
    /// The random faults that a person let loose.
    storm: Storm,
    commands: Vec<TimedCommand>,
    /// How many of the commands are before now.
    given: usize,
    world: World,
    observer: Observer,
    events: Events,
    saved: SavedWorlds,
    start: Time,
    end: Time,
}

impl Session {
    /// The learner enters a world into which the opening files are written.
    fn enter(scenario: Arc<Scenario>, seed: u64, mut world: World, mut observer: Observer) -> Self {
        let mut events = Events::default();
        events.happen(world.take_events());
        observer.on_taken();
        observer.begin_to_measure(&world);
        let start = world.now();
        world.begin_workloads();
        let mut plan: Vec<TimedCommand> = scenario.plan.clone();
        if let Some(chaos) = &scenario.chaos {
            plan.extend(chaos.schedule(&scenario.settings, &scenario.file_names(), seed));
        }
        for timed in &mut plan {
            timed.at = start + timed.at.since(Time::ZERO);
        }
        plan.sort_by_key(|timed| timed.at);
        let mut session = Self {
            scenario,
            seed,
            plan: Arc::from(plan),
            planned: 0,
            refused: 0,
            storm: Storm::default(),
            commands: Vec::new(),
            given: 0,
            world,
            observer,
            events,
            saved: SavedWorlds::default(),
            start,
            end: start,
        };
        session.advance_without_saving(start);
        session.save();
        session
    }

    /// The scenario.
    #[must_use]
    pub fn scenario(&self) -> &Arc<Scenario> {
        &self.scenario
    }

    /// The seed.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> Time {
        self.world.now()
    }

    /// The time at which the learner enters.
    #[must_use]
    pub fn start(&self) -> Time {
        self.start
    }

    /// The furthest time that was reached.
    #[must_use]
    pub fn end(&self) -> Time {
        self.end
    }

    /// How many of the scenario's planned commands could not be carried out as things stood: a server that is
    /// down can't crash.
    #[must_use]
    pub fn refused(&self) -> usize {
        self.refused
    }

    /// The commands, those after now among them.
    #[must_use]
    pub fn commands(&self) -> &[TimedCommand] {
        &self.commands
    }

    /// Gives a command now. Given in the past, it replaces all that was to come.
    ///
    /// # Errors
    /// If the command can't be carried out as things stand; then nothing changes.
    pub fn apply(&mut self, command: Command) -> Result<(), CommandError> {
        let now = self.now();
        // What is due at this very moment comes before, as it does when the command is repeated.
        self.observer.advance(&mut self.world, now);
        self.take_events();
        self.world.apply(command.clone())?;
        self.on_command(&command);
        self.commands.truncate(self.given);
        self.commands.push(TimedCommand { at: now, command });
        self.given = self.commands.len();
        self.end = now;
        self.saved.forget_from(now);
        self.events.forget_future();
        self.take_events();
        Ok(())
    }

    /// Lets time pass to `until`, with the commands that were recorded for the time between; less far if the run
    /// becomes full, as [`Self::check_room`] tells.
    pub fn advance(&mut self, until: Time) {
        while self.now() < until && self.check_room().is_ok() {
            // Always at the same moments, so that a run that was full there at first is full there again.
            let next_look = next_multiple(self.start, self.now(), LOOK_EVERY);
            self.advance_and_save(until.min(next_look));
        }
        self.end = self.end.max(self.now());
    }

    /// Goes to a time between start and end; what is after it is kept.
    pub fn seek(&mut self, to: Time) {
        let to = self.approach(to);
        self.advance(to);
    }

    /// Goes to the last saved world before a time between start and end, if that is a short cut; tells the time.
    fn approach(&mut self, to: Time) -> Time {
        let to = to.max(self.start).min(self.end);
        let nearer = self.saved.last_until(to).is_some_and(|(at, _)| at > self.now());
        if to < self.now() || nearer {
            self.go_to_saved(to);
        }
        to
    }

    /// Goes to the last saved world that is not after `to`.
    fn go_to_saved(&mut self, to: Time) {
        let Some((_, saved)) = self.saved.last_until(to) else { return };
        self.world = saved.world.clone();
        self.observer = saved.observer.clone();
        self.events.go_to(saved.events);
        self.given = saved.commands;
        self.planned = saved.planned;
        self.refused = saved.refused;
        self.storm = saved.storm.clone();
    }

    /// A picture of this moment.
    #[must_use]
    pub fn view(&self) -> View {
        self.world.view()
    }

    /// The survival ledger of this moment, which is a part of the picture.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        self.world.ledger()
    }

    /// What was measured from when the learner entered until now.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        self.observer.metrics(&self.world)
    }

    /// The invariants that did not hold up to now, first to last.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        self.observer.checker.violations()
    }

    /// What is wrong if this is a moment at which faults have stopped and everything was healed for a while:
    /// replicas that differ, promised writes that are gone, and a ledger that calls safe what no client can read.
    #[must_use]
    pub fn check_settled(&self) -> Vec<Violation> {
        let mut violations = self.observer.checker.check_settled(&self.world, self.now());
        violations.extend(self.check_readable());
        violations
    }

    /// What the ledger says of acknowledged files at such a moment, and what a client finds that reads them in a copy of
    /// this world: what is called safe can be read, and nothing that is not lost is said not to exist.
    ///
    /// It holds whatever the policy promises, since it is about what the ledger claims.
    #[must_use]
    pub fn check_readable(&self) -> Vec<Violation> {
        readable::check_readable(self)
    }

    /// All events up to now.
    #[must_use]
    pub fn events(&self) -> EventList<'_> {
        self.events.past()
    }

    /// The sentence of one of this session's events.
    #[must_use]
    pub fn sentence(&self, event: &Event) -> String {
        self.world.sentence(event)
    }

    /// The name of a file or a service that one of this session's events tells of.
    #[must_use]
    pub fn file_name(&self, file: FileId) -> &str {
        self.world.file_name(file)
    }

    /// The BLAKE3 hash, in hex, of all events up to now in their postcard encoding: equal on every target
    /// for the same scenario, seed and commands.
    #[must_use]
    pub fn trace_hash(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for event in self.events() {
            // An event has nothing that postcard could fail to encode.
            let bytes = postcard::to_allocvec(&event).unwrap_or_default();
            debug_assert!(!bytes.is_empty(), "every event has an encoding");
            hasher.update(&bytes);
        }
        hasher.finalize().to_hex().to_string()
    }

    fn advance_without_saving(&mut self, until: Time) {
        while let Some((TimedCommand { at, command }, giver)) = self.next_command(until) {
            self.observer.advance(&mut self.world, at);
            if giver == Giver::Chaos {
                self.storm.before_strike(&self.world);
            }
            let carried_out = self.world.apply(command.clone());
            self.observer.observe(&self.world);
            match giver {
                Giver::Plan => {
                    if carried_out == Err(CommandError::TooManyBytes) {
                        self.world.run_out_of_room();
                    }
                    self.planned += 1;
                    self.refused += usize::from(carried_out.is_err());
                }
                Giver::Chaos => self.storm.on_strike(carried_out.is_ok()),
                Giver::Person => {
                    debug_assert_eq!(carried_out, Ok(()), "what was carried out once is carried out again");
                    self.on_command(&command);
                    self.given += 1;
                }
            }
        }
        self.observer.advance(&mut self.world, until);
        self.take_events();
    }

    fn take_events(&mut self) {
        self.observer.observe(&self.world);
        self.events.happen(self.world.take_events());
        self.observer.on_taken();
    }

    /// The next command until then, and who gives it; at the same time the scenario comes first, then chaos.
    fn next_command(&self, until: Time) -> Option<(TimedCommand, Giver)> {
        let planned = self.plan.get(self.planned).filter(|timed| timed.at <= until);
        let struck = self.storm.next(until);
        let given = self.commands.get(self.given).filter(|timed| timed.at <= until);
        let all = [(planned, Giver::Plan), (struck, Giver::Chaos), (given, Giver::Person)];
        let due = all.into_iter().filter_map(|(timed, giver)| Some((timed?, giver)));
        due.min_by_key(|(timed, giver)| (timed.at, *giver)).map(|(timed, giver)| (timed.clone(), giver))
    }

    fn on_command(&mut self, command: &Command) {
        if matches!(command, Command::BeginChaos { .. } | Command::EndChaos) {
            let files = self.scenario.file_names();
            self.storm.on_command(&self.world, self.seed, &files, command);
        }
    }

    /// What the random faults that a person let loose have come to.
    #[must_use]
    pub fn chaos(&self) -> ChaosTally {
        self.storm.tally(&self.world)
    }

    /// How the cluster is set up now: as the scenario says, and as it was changed since.
    #[must_use]
    pub fn settings(&self) -> &WorldSettings {
        self.world.settings()
    }

    /// Lets time pass, and saves the world here and there.
    fn advance_and_save(&mut self, until: Time) {
        while self.now() < until {
            let next = next_multiple(self.start, self.now(), SAVE_AT);
            self.advance_without_saving(until.min(next));
            if self.now() == next && self.saved.is_due(next, self.events().len()) {
                self.save();
            }
        }
    }

    fn save(&mut self) {
        let saved = Saved {
            world: self.world.clone(),
            observer: self.observer.clone(),
            events: self.events().len(),
            commands: self.given,
            planned: self.planned,
            refused: self.refused,
            storm: self.storm.clone(),
        };
        self.saved.add(self.now(), saved);
    }
}

/// The next moment after `now` that is some multiple of `span` after `start`.
fn next_multiple(start: Time, now: Time, span: Span) -> Time {
    let passed = now.since(start).as_micros() / span.as_micros();
    start + Span::from_micros((passed + 1) * span.as_micros())
}

impl core::fmt::Debug for Session {
    /// What tells one session from another; its world would fill pages.
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut shown = formatter.debug_struct("Session");
        shown.field("scenario", &self.scenario.slug()).field("seed", &self.seed);
        shown.field("now", &self.now()).field("commands", &self.commands.len()).finish_non_exhaustive()
    }
}
