//! How the faults are drawn: for each kind and each owner, one after the other.

use super::{CHAOS_COMMANDS_LIMIT, Chaos, FaultRate};
use crate::session::TimedCommand;
use crate::sim::{
    ClientId, CoordinatorId, DiskCondition, Latency, LinkQuality, NodeId, Purpose, ServerId, Span, Stream, Streams,
    Time, ZoneId,
};
use crate::world::{Command, Direction, WorldSettings};

/// The shortest fault that has an end.
const SHORTEST: Span = Span::from_millis(1);

/// What kind of fault it is. The number of a kind is part of the name of its streams and never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Crash = 1,
    Kill = 2,
    Pause = 3,
    Wipe = 4,
    Rot = 5,
    SlowDisk = 6,
    FullDisk = 7,
    BadLink = 8,
    OneWayCut = 9,
    Partition = 10,
    ZoneOutage = 11,
    ClockSkew = 12,
    CoordinatorCrash = 13,
    Cut = 14,
    Loss = 15,
    SlowLink = 16,
    Removal = 17,
}

/// What begins a fault, and what ends it, if it has an end.
pub(super) type Fault = (TimedCommand, Option<TimedCommand>);

/// A kind of fault, how often it comes, and whom it can meet.
#[derive(Clone, Debug)]
pub(super) struct Kind {
    what: What,
    pub(super) fault: FaultRate,
    pub(super) owners: Vec<u64>,
}

/// Who and what there is to be broken.
struct Scene<'a> {
    nodes: Vec<NodeId>,
    files: &'a [String],
    zones: &'a [ZoneId],
}

/// All kinds, in the order of their numbers.
pub(super) fn kinds(chaos: &Chaos, settings: &WorldSettings) -> Vec<Kind> {
    let servers: Vec<u64> = (1..).zip(&settings.servers).map(|(number, _)| number).collect();
    let mut zones: Vec<u64> = settings.servers.iter().map(|zone| u64::from(zone.0)).collect();
    zones.sort_unstable();
    zones.dedup();
    let coordinators = (1..=u64::from(settings.coordinators.max(1))).collect();
    let of_servers = |what, fault| Kind { what, fault, owners: servers.clone() };
    vec![
        of_servers(What::Crash, chaos.crash),
        of_servers(What::Kill, chaos.kill),
        of_servers(What::Pause, chaos.pause),
        of_servers(What::Wipe, chaos.wipe),
        of_servers(What::Rot, chaos.rot),
        of_servers(What::SlowDisk, chaos.slow_disk),
        of_servers(What::FullDisk, chaos.full_disk),
        of_servers(What::BadLink, chaos.bad_link),
        of_servers(What::OneWayCut, chaos.one_way_cut),
        Kind { what: What::Partition, fault: chaos.partition, owners: vec![0] },
        Kind { what: What::ZoneOutage, fault: chaos.zone_outage, owners: zones },
        of_servers(What::ClockSkew, chaos.clock_skew),
        Kind { what: What::CoordinatorCrash, fault: chaos.coordinator_crash, owners: coordinators },
        of_servers(What::Cut, chaos.cut),
        of_servers(What::Loss, chaos.loss),
        of_servers(What::SlowLink, chaos.slow_link),
        of_servers(What::Removal, chaos.removal),
    ]
}

/// The commands of all faults, kind by kind and owner by owner.
pub(super) fn draw(chaos: &Chaos, settings: &WorldSettings, files: &[String], seed: u64) -> Vec<Fault> {
    let streams = Streams::new(seed);
    let servers = (1..).map(ServerId).zip(&settings.servers).map(|(id, _)| NodeId::Server(id));
    let coordinators = (1..=settings.coordinators.max(1)).map(|number| NodeId::Coordinator(CoordinatorId(number)));
    let clients = (1..).map(ClientId).zip(&settings.clients).map(|(id, _)| NodeId::Client(id));
    let scene = Scene { nodes: servers.chain(coordinators).chain(clients).collect(), files, zones: &settings.servers };
    let mut faults: Vec<Fault> = Vec::new();
    for kind in kinds(chaos, settings) {
        for owner in &kind.owners {
            let stream = streams.stream(Purpose::Chaos, (kind.what as u64, *owner));
            draw_for_owner(chaos, &kind, *owner, stream, &scene, &mut faults);
        }
    }
    faults
}

fn draw_for_owner(
    chaos: &Chaos,
    kind: &Kind,
    owner: u64,
    mut stream: Stream,
    scene: &Scene<'_>,
    faults: &mut Vec<Fault>,
) {
    let Some(mean_interval) = kind.fault.mean_interval() else { return };
    let between = Latency::Exponential { least: Span::ZERO, mean_above: mean_interval };
    let lasting = Latency::Exponential { least: Span::ZERO, mean_above: kind.fault.lasts };
    let until = Time::ZERO + chaos.until;
    let mut at = Time::ZERO + chaos.from;
    for _ in 0..CHAOS_COMMANDS_LIMIT {
        at = at + between.draw(&mut stream).max(Span::from_micros(1));
        let ends = at + lasting.draw(&mut stream).max(SHORTEST);
        if at >= until || 2 * faults.len() as u64 >= CHAOS_COMMANDS_LIMIT {
            return;
        }
        let (begin, end) = scene.fault(kind.what, owner, &mut stream);
        // A set of nodes that is nobody, or everybody, is no partition, and has no end either.
        let Some(begin) = begin else { continue };
        let begin = TimedCommand { at, command: begin };
        let end = end.map(|command| TimedCommand { at: ends, command });
        at = end.as_ref().map_or(at, |end| end.at);
        faults.push((begin, end));
    }
}

impl Scene<'_> {
    /// The command that makes the fault, and the one that ends it.
    fn fault(&self, what: What, owner: u64, stream: &mut Stream) -> (Option<Command>, Option<Command>) {
        let server = ServerId(u16::try_from(owner).unwrap_or(u16::MAX));
        let both = |begin, end| (Some(begin), Some(end));
        match what {
            What::Crash => both(Command::Crash { server }, Command::Restart { server }),
            What::Kill => both(Command::Kill { server }, Command::Restart { server }),
            What::Pause => both(Command::Pause { server }, Command::Resume { server }),
            What::Wipe => (Some(Command::Wipe { server }), None),
            What::Rot => (self.rot(server, stream), None),
            What::SlowDisk => {
                let condition = DiskCondition { slow_factor: up_to(stream, 2, 50), ..DiskCondition::default() };
                both(Command::SetDisk { server, condition }, well_disk(server))
            }
            What::FullDisk => {
                let condition = DiskCondition { full: true, ..DiskCondition::default() };
                both(Command::SetDisk { server, condition }, well_disk(server))
            }
            What::BadLink => self.bad_link(server, stream, |stream| LinkQuality {
                loss_per_mille: up_to(stream, 0, 300),
                duplicate_per_mille: up_to(stream, 0, 200),
                reorder_per_mille: up_to(stream, 0, 300),
                slow_factor: up_to(stream, 1, 10),
            }),
            What::Loss => self.bad_link(server, stream, |stream| LinkQuality {
                loss_per_mille: up_to(stream, 10, 500),
                ..LinkQuality::default()
            }),
            What::SlowLink => self.bad_link(server, stream, |stream| LinkQuality {
                slow_factor: up_to(stream, 2, 20),
                ..LinkQuality::default()
            }),
            What::Cut => match self.peer(server, stream) {
                Some(second) => {
                    let first = NodeId::Server(server);
                    both(Command::CutLink { first, second }, Command::HealLink { first, second })
                }
                None => (None, None),
            },
            What::Removal => {
                let zone = owner.checked_sub(1).and_then(|index| self.zones.get(usize::try_from(index).ok()?)).copied();
                both(Command::RemoveServer { server }, Command::AddServer { zone })
            }
            What::OneWayCut => match self.peer(server, stream) {
                Some(to) => {
                    let from = NodeId::Server(server);
                    both(Command::CutOneWay { from, to }, Command::HealLink { first: from, second: to })
                }
                None => (None, None),
            },
            What::Partition => (self.partition(stream), Some(Command::HealAll)),
            What::ZoneOutage => {
                let zone = ZoneId(u8::try_from(owner).unwrap_or(u8::MAX));
                both(Command::ZoneOutage { zone }, Command::ZoneReturn { zone })
            }
            What::ClockSkew => {
                let offset_us = i64::from(up_to(stream, 0, 2_000)) * 1_000 - 1_000_000;
                let drift_ppm = i32::from(up_to(stream, 0, 40_000)) - 20_000;
                let well = Command::SkewClock { server, offset_us: 0, drift_ppm: 0 };
                both(Command::SkewClock { server, offset_us, drift_ppm }, well)
            }
            What::CoordinatorCrash => {
                let node = CoordinatorId(u8::try_from(owner).unwrap_or(u8::MAX));
                both(Command::CrashCoordinator { node }, Command::RestartCoordinator { node })
            }
        }
    }

    fn rot(&self, server: ServerId, stream: &mut Stream) -> Option<Command> {
        let index = usize::try_from(stream.below(self.files.len() as u64)).ok()?;
        let bit = stream.next_u64();
        let file = self.files.get(index)?.clone();
        Some(Command::Rot { server, file, bit })
    }

    /// Another node than the server.
    fn peer(&self, server: ServerId, stream: &mut Stream) -> Option<NodeId> {
        let others: Vec<NodeId> = self.nodes.iter().copied().filter(|node| *node != NodeId::Server(server)).collect();
        let index = usize::try_from(stream.below(others.len() as u64)).ok()?;
        others.get(index).copied()
    }

    fn bad_link(
        &self,
        server: ServerId,
        stream: &mut Stream,
        quality: impl FnOnce(&mut Stream) -> LinkQuality,
    ) -> (Option<Command>, Option<Command>) {
        let Some(to) = self.peer(server, stream) else { return (None, None) };
        let from = NodeId::Server(server);
        let quality = quality(stream);
        let both_ways = stream.below(2) == 0;
        let set = |quality| Command::SetLink { from, to, both_ways, quality };
        (Some(set(quality)), Some(set(LinkQuality::default())))
    }

    /// Each node is on the one side or on the other; nobody is alone with nobody.
    fn partition(&self, stream: &mut Stream) -> Option<Command> {
        let side: Vec<NodeId> = self.nodes.iter().copied().filter(|_| stream.below(2) == 0).collect();
        let direction = match stream.below(6) {
            0 => Direction::Into,
            1 => Direction::OutOf,
            _ => Direction::Both,
        };
        let splits = !side.is_empty() && side.len() < self.nodes.len();
        splits.then_some(Command::Partition { side, direction })
    }
}

fn well_disk(server: ServerId) -> Command {
    Command::SetDisk { server, condition: DiskCondition::default() }
}

/// A whole number from `least` to `most`.
fn up_to(stream: &mut Stream, least: u16, most: u16) -> u16 {
    least + u16::try_from(stream.below(u64::from(most - least) + 1)).unwrap_or(0)
}
