//! One run: first faults and operations under the eyes of the model, then everything is healed and must come right.

use std::sync::Arc;

use replicarium::session::{PLAN_LIMIT, Session, TimedCommand};
use replicarium::sim::{
    Content, CoordinatorId, DiskCondition, LinkQuality, NodeId, Purpose, ServerId, Span, Stream, Streams, Time, ZoneId,
};
use replicarium::world::{Command, Direction, EventKind, Importance, Placement, ReadFrom, Role, ServerStatus, View};

use super::model::{Failure, Model, failure, is_well};
use super::options::{Operator, Options, PHASE_ONE, pick};
use super::settle;

/// The most commands of the first phase: a scenario file has room for [`PLAN_LIMIT`], and the second gives some more.
const COMMANDS_LIMIT: usize = PLAN_LIMIT - 150;

/// A session and the model that watches it.
pub struct Runner {
    pub session: Session,
    pub model: Model,
    pub options: Options,
    heard: usize,
}

/// What became of a run, and the commands that made it.
pub struct Outcome {
    /// None if it failed before it began.
    pub session: Option<Session>,
    pub failure: Option<Failure>,
    /// Those of the first phase, the others follow from them.
    pub commands: Vec<TimedCommand>,
}

impl Runner {
    pub fn new(options: &Options) -> Result<Self, Failure> {
        let session = Session::new(&Arc::new(options.scenario()), options.seed);
        let model = Model::new(options);
        let mut runner = Self { session, model, options: options.clone(), heard: 0 };
        runner.hear()?;
        Ok(runner)
    }

    /// Lets the model hear what happened since the last time.
    fn hear(&mut self) -> Result<(), Failure> {
        for event in self.session.events().skip(self.heard) {
            self.model.observe(&event)?;
        }
        self.heard = self.session.events().len();
        match self.session.violations().first() {
            Some(violation) => {
                failure(violation.invariant.name(), format!("at {} {}", violation.at, violation.sentence))
            }
            None => Ok(()),
        }
    }

    /// Lets time pass.
    pub fn go(&mut self, until: Time) -> Result<View, Failure> {
        self.session.advance(until);
        self.hear()?;
        let view = self.session.view();
        self.model.compare(&view)?;
        self.no_disk_holds_too_much(&view)?;
        Ok(view)
    }

    fn no_disk_holds_too_much(&self, view: &View) -> Result<(), Failure> {
        let capacity = self.options.settings.disk.capacity_bytes.unwrap_or(u64::MAX);
        match view.servers.iter().find(|server| server.used_bytes > capacity) {
            Some(server) => {
                failure("disks-have-a-capacity", format!("{} holds {} bytes", server.id, server.used_bytes))
            }
            None => Ok(()),
        }
    }

    /// Gives a command and takes it down; one that can't be carried out as things stand is refused, and says so.
    fn give_and_note(&mut self, command: Command, commands: &mut Vec<TimedCommand>) -> Result<(), Failure> {
        let at = self.since_start();
        let command = as_a_scenario_says_it(command);
        // It is taken down first: it may be the one at which an invariant fails.
        commands.push(TimedCommand { at, command: command.clone() });
        if commands.len() > COMMANDS_LIMIT || !self.give(command)? {
            commands.pop();
        }
        Ok(())
    }

    /// Gives a command; one that can't be carried out as things stand is refused, and says so.
    pub fn give(&mut self, command: Command) -> Result<bool, Failure> {
        let is_done = self.session.apply(command.clone()).is_ok();
        let started = self.session.events().iter().rev().find_map(|event| match event.kind {
            EventKind::OperationStarted { operation, .. } => Some(operation),
            _ => None,
        });
        match (command, started) {
            (Command::Write { content, .. }, Some(operation)) if is_done => self.model.note_content(operation, content),
            (Command::Read { from, .. }, Some(operation)) if is_done && from != ReadFrom::Primary => {
                self.model.note_read_anywhere(operation);
            }
            _ => {}
        }
        self.hear()?;
        Ok(is_done)
    }

    fn since_start(&self) -> Time {
        Time::ZERO + self.session.now().since(self.session.start())
    }

    fn at(&self, time: Time) -> Time {
        self.session.start() + time.since(Time::ZERO)
    }
}

/// A scenario counts bits with fewer digits than the engine does.
fn as_a_scenario_says_it(command: Command) -> Command {
    match command {
        Command::Rot { server, file, bit } => Command::Rot { server, file, bit: bit & u64::from(u32::MAX) },
        other => other,
    }
}

/// Draws a run from its seed as it goes.
pub fn generate(options: &Options) -> Outcome {
    let mut commands = Vec::new();
    let (session, failure) = both_phases(options, |runner| draw_phase_one(runner, &mut commands));
    Outcome { session, failure, commands }
}

/// Repeats a run from its commands; tells what happened in it as well.
pub fn replay(options: &Options, commands: &[TimedCommand]) -> (Option<Session>, Option<Failure>) {
    both_phases(options, |runner| {
        for timed in commands {
            runner.go(runner.at(timed.at))?;
            runner.give(timed.command.clone())?;
        }
        runner.go(runner.at(Time::ZERO + PHASE_ONE)).map(drop)
    })
}

fn both_phases(
    options: &Options,
    phase_one: impl FnOnce(&mut Runner) -> Result<(), Failure>,
) -> (Option<Session>, Option<Failure>) {
    let mut runner = match Runner::new(options) {
        Ok(runner) => runner,
        Err(failure) => return (None, Some(failure)),
    };
    let failure = phase_one(&mut runner).and_then(|()| settle::phase_two(&mut runner)).err();
    (Some(runner.session), failure)
}

fn draw_phase_one(runner: &mut Runner, commands: &mut Vec<TimedCommand>) -> Result<(), Failure> {
    let options = runner.options.clone();
    let stream = |number: u64| Streams::new(options.seed).stream(Purpose::Chaos, (number, options.family as u64));
    let (mut stream, mut operator) = (stream(u64::MAX - 1), stream(u64::MAX - 6));
    let files: Vec<String> = FILES.iter().map(|file| (*file).to_owned()).collect();
    let mut chaos = options.chaos.schedule(&options.settings, &files, options.seed).into_iter().peekable();
    let end = Time::ZERO + PHASE_ONE;
    loop {
        let next = runner.since_start() + Span::from_micros(1 + stream.below(options.gap_most.as_micros()));
        while let Some(timed) = chaos.next_if(|timed| timed.at <= next.min(end)) {
            runner.go(runner.at(timed.at))?;
            runner.give_and_note(timed.command, commands)?;
        }
        let view = runner.go(runner.at(next.min(end)))?;
        if next >= end {
            return Ok(());
        }
        for command in act(&mut stream, &options, &view) {
            runner.give_and_note(command, commands)?;
        }
        for command in operate(&mut operator, &options, &view) {
            runner.give_and_note(command, commands)?;
        }
    }
}

const FILES: [&str; 4] = ["notes.txt", "more.txt", "third.txt", "w0001.txt"];

/// What is done next: operations, or a fault of the kinds that the run has.
fn act(stream: &mut Stream, options: &Options, view: &View) -> Vec<Command> {
    let targeted = &options.targeted;
    let server = pick(stream, &view.servers.iter().map(|server| server.id).collect::<Vec<ServerId>>());
    let primary = view.servers.iter().find(|server| server.role == Role::Primary).map_or(server, |found| found.id);
    let victim = if stream.below(2) == 0 { primary } else { server };
    let other = random_node(stream, options, view);
    let bit = stream.next_u64();
    let file = || FILES[usize::try_from(bit % 4).expect("an index fits")].to_owned();
    let well = is_well(view);
    let one = |is_there: bool, command: Command| if is_there { vec![command] } else { Vec::new() };
    let node = CoordinatorId(1 + u8::try_from(bit % u64::from(options.settings.coordinators)).expect("few nodes"));
    match stream.below(40) {
        0..=13 => vec![write(stream, options, view)],
        14..=16 => vec![Command::Read { file: file(), from: ReadFrom::Primary }],
        17 => vec![Command::Read { file: file(), from: pick(stream, &[ReadFrom::Any, ReadFrom::Nearest]) }],
        18 => vec![Command::Delete { file: file() }],
        19 | 20 => one(targeted.crash, Command::Crash { server: victim }),
        21 => one(targeted.kill, Command::Kill { server: victim }),
        22 => one(targeted.kill_when_well && well, Command::Kill { server: victim }),
        23 => one(targeted.wipe, Command::Wipe { server: victim }),
        24 => one(targeted.pause, Command::Pause { server: victim }),
        25 => one(targeted.pause, Command::Resume { server }),
        26 | 27 => one(targeted.crash || targeted.kill || targeted.kill_when_well, Command::Restart { server }),
        28 => cut(stream, targeted.cut, NodeId::Server(victim), other),
        29 => {
            let quality = LinkQuality {
                loss_per_mille: pick(stream, &[0, 100, 300]),
                duplicate_per_mille: pick(stream, &[0, 200, 500]),
                reorder_per_mille: pick(stream, &[0, 300]),
                slow_factor: pick(stream, &[1, 1, 5, 20]),
            };
            let from = NodeId::Server(victim);
            one(
                targeted.bad_link && from != other,
                Command::SetLink { from, to: other, both_ways: bit.is_multiple_of(2), quality },
            )
        }
        30 => one(targeted.cut || targeted.bad_link, Command::HealAll),
        31 => one(targeted.coordinator, Command::CrashCoordinator { node }),
        32 | 33 => one(targeted.coordinator, Command::RestartCoordinator { node }),
        34 => one(targeted.rot || (targeted.rot_when_well && well), Command::Rot { server: victim, file: file(), bit }),
        35 => {
            let condition = DiskCondition { full: bit.is_multiple_of(3), slow_factor: pick(stream, &[1, 1, 20]) };
            one(targeted.disk, Command::SetDisk { server: victim, condition })
        }
        36 => {
            // Who was there at first stays: with fewer servers some policies could never be fulfilled.
            let is_new = usize::from(server.0) > options.settings.servers.len();
            let command = if is_new { Command::RemoveServer { server } } else { Command::AddServer { zone: None } };
            one(targeted.membership && (is_new || view.servers.len() < 7), command)
        }
        37 => one(targeted.promote, Command::Promote { server }),
        38 => {
            let zone = ZoneId(u8::try_from(bit % 3).expect("few zones"));
            let command =
                if bit.is_multiple_of(2) { Command::ZoneOutage { zone } } else { Command::ZoneReturn { zone } };
            one(targeted.zone, command)
        }
        _ => {
            let drift_ppm = pick(stream, &[-20_000, 0, 20_000]);
            one(targeted.skew, Command::SkewClock { server: victim, offset_us: 0, drift_ppm })
        }
    }
}

/// What an operator does, in a run that has one.
fn operate(stream: &mut Stream, options: &Options, view: &View) -> Vec<Command> {
    let Some(operator) = options.operator else { return Vec::new() };
    let is_up = |server: ServerId| {
        view.servers.iter().any(|found| found.id == server && found.status == ServerStatus::Up && !found.suspected)
    };
    let named = view.coordinator.primary;
    let down: Vec<ServerId> =
        view.servers.iter().filter(|server| server.status == ServerStatus::Crashed).map(|server| server.id).collect();
    let mut commands = Vec::new();
    if !down.is_empty() && stream.below(4) == 0 {
        let server = pick(stream, &down);
        if stream.below(2) == 0 {
            let condition = DiskCondition { full: false, slow_factor: pick(stream, &[10, 40, 100]) };
            commands.push(Command::SetDisk { server, condition });
        }
        commands.push(Command::Restart { server });
    }
    let best = || {
        let up = view.servers.iter().filter(|server| is_up(server.id));
        up.max_by_key(|server| (server.epoch, server.last_index)).map(|server| server.id)
    };
    let promoted = match operator {
        Operator::Late if !named.is_some_and(is_up) && stream.below(6) == 0 => best(),
        Operator::Never | Operator::Late => None,
        Operator::Wrongly => {
            let any: Vec<ServerId> = view.servers.iter().map(|server| server.id).collect();
            (stream.below(15) == 0).then(|| pick(stream, &any))
        }
    };
    commands.extend(promoted.map(|server| Command::Promote { server }));
    commands
}

/// A write, and one time in eight several at once.
fn write(stream: &mut Stream, options: &Options, view: &View) -> Command {
    let file = pick(stream, &FILES[..3]).to_owned();
    let text = format!("{} {}", view.now, stream.next_u64());
    let server = pick(stream, &view.servers.iter().map(|server| server.id).collect::<Vec<ServerId>>());
    // With small disks all servers are to have the same files, so that what fits on one fits on all.
    let single = stream.below(30) == 0 && options.settings.disk.capacity_bytes.is_none();
    let placement = if single { Placement::OneServer(server) } else { options.placement };
    let file = if single { "single.txt".to_owned() } else { file };
    Command::Write { file, content: Content::new(text.as_bytes()), placement }
}

fn cut(stream: &mut Stream, is_there: bool, from: NodeId, to: NodeId) -> Vec<Command> {
    if !is_there || from == to {
        return Vec::new();
    }
    vec![match stream.below(4) {
        0 => Command::CutOneWay { from, to },
        1 => Command::CutLink { first: from, second: to },
        2 => Command::Partition { side: vec![from], direction: Direction::Both },
        _ => {
            let direction = pick(stream, &[Direction::Both, Direction::Into, Direction::OutOf]);
            Command::Partition { side: vec![from, to], direction }
        }
    }]
}

fn random_node(stream: &mut Stream, options: &Options, view: &View) -> NodeId {
    let mut nodes: Vec<NodeId> = view.servers.iter().map(|server| NodeId::Server(server.id)).collect();
    nodes.extend((1..=options.settings.coordinators).map(|number| NodeId::Coordinator(CoordinatorId(number))));
    pick(stream, &nodes)
}

/// What happened, for someone who has to find out why.
pub fn story(session: &Session) -> String {
    let news = session.events().iter().filter(|event| event.importance() > Importance::Routine);
    news.map(|event| format!("{} {}", event.at, session.sentence(&event))).collect::<Vec<_>>().join("\n")
}

/// The cluster has not come right yet.
pub fn not_yet(detail: impl Into<String>) -> Result<(), Failure> {
    failure("comes-right-again", detail)
}
