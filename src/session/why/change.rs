//! Changes of settings that may save a file, from the cheapest to the dearest.
//!
//! The order is one of judgement, and this is it: what costs next to nothing in each operation (checksums,
//! fencing), what costs trust in a machine or work in the background (automatic failover, scrubbing), what
//! moves load (reading from the primary), what makes clients wait (acks, what they mean), what refuses writes
//! while something is broken, what takes more disks, and last what takes more machines.

use serde::Serialize;

use crate::client::ReadTarget;
use crate::replication::{AckWhen, Acks, Failover, WhenShort};
use crate::session::Scenario;
use crate::sim::{ServerId, Span, ZoneId};
use crate::world::{Command, Placement, ReadFrom, WorldSettings};

/// How often a server checks a copy where a remedy turns scrubbing on.
const SCRUB_EVERY: Span = Span::from_millis(100);
/// How long a primary may answer reads where a remedy turns leases on.
const READ_LEASE: Span = Span::from_millis(200);

/// One change of settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Change {
    /// Servers compare the checksum of what they read.
    Checksums,
    /// Servers refuse what a replaced primary sends.
    Fencing,
    /// The coordinator names a new primary by itself, and nobody promotes one by hand.
    AutomaticFailover,
    /// Each server checks its copies in turn.
    Scrub {
        /// How often it checks one.
        every: Span,
    },
    /// All reads go to the primary.
    ReadFromPrimary,
    /// A primary that gets too few acks waits, and does not go on without them.
    WaitForAcks,
    /// So many replicas must acknowledge.
    AcksOf {
        /// How many.
        replicas: usize,
    },
    /// All in-sync replicas must acknowledge.
    AcksOfAll,
    /// An ack means that the update is on disk.
    AckOnDisk,
    /// An ack means that the update is on disk and applied.
    AckApplied,
    /// A primary answers reads only while the coordinator confirms it.
    ReadLease {
        /// For how long after each confirmation.
        lease: Span,
    },
    /// Writes are refused with fewer servers in sync.
    MinInSync {
        /// The least number, the primary among them.
        servers: usize,
    },
    /// The file has so many copies.
    Copies {
        /// How many; as many as there are servers is a copy on every one.
        copies: u8,
    },
    /// The coordinator has three nodes.
    ThreeCoordinators,
    /// The cluster has one server more, in a zone of its own.
    OneMoreServer,
}

impl Change {
    /// The changes that would alter this run, from the cheapest to the dearest.
    pub(super) fn candidates(scenario: &Scenario, copies: FileCopies) -> Vec<Self> {
        let settings = &scenario.settings;
        let policy = &settings.policy;
        let servers = settings.servers.len();
        let replicas = servers.saturating_sub(1);
        let is_degrading = !matches!(policy.when_short, WhenShort::Wait);
        let mut found = Vec::new();
        let mut offer = |useful: bool, change: Self| {
            if useful {
                found.push(change);
            }
        };
        offer(!policy.checksums, Self::Checksums);
        offer(!policy.fencing, Self::Fencing);
        offer(policy.failover == Failover::Manual || copies.promoted_by_hand, Self::AutomaticFailover);
        offer(policy.scrub_every.is_none(), Self::Scrub { every: SCRUB_EVERY });
        offer(true, Self::ReadFromPrimary);
        offer(is_degrading, Self::WaitForAcks);
        let (from, is_all) = match policy.acks {
            Acks::None => (1, false),
            Acks::Count(count) => (count + 1, false),
            Acks::All => (replicas + 1, true),
        };
        for count in from..=replicas.min(from + 4) {
            offer(!is_all, Self::AcksOf { replicas: count });
        }
        offer(!is_all && replicas > 0, Self::AcksOfAll);
        offer(policy.ack_when < AckWhen::OnDisk, Self::AckOnDisk);
        offer(policy.ack_when < AckWhen::Applied, Self::AckApplied);
        offer(policy.read_lease.is_none(), Self::ReadLease { lease: READ_LEASE });
        for least in (policy.min_in_sync + 1)..=servers.min(3) {
            offer(true, Self::MinInSync { servers: least });
        }
        if let Some(now) = copies.now {
            // With one server a second copy takes a second server too, which is tried as a pair.
            let most = u8::try_from(servers.max(2)).unwrap_or(u8::MAX).min(now.saturating_add(3));
            for count in (now + 1)..=most {
                offer(true, Self::Copies { copies: count });
            }
        }
        offer(settings.coordinators < 3, Self::ThreeCoordinators);
        offer(true, Self::OneMoreServer);
        found
    }

    /// Makes the change in a scenario; `file` is the name of the file that it is about.
    pub(super) fn apply(self, scenario: &mut Scenario, file: &str) {
        let settings = &mut scenario.settings;
        let policy = &mut settings.policy;
        match self {
            Self::Checksums => policy.checksums = true,
            Self::Fencing => policy.fencing = true,
            Self::AutomaticFailover => policy.failover = Failover::Automatic,
            Self::Scrub { every } => policy.scrub_every = Some(every),
            Self::ReadFromPrimary => {
                for client in &mut settings.clients {
                    client.read_from = ReadTarget::Primary;
                }
            }
            Self::WaitForAcks => policy.when_short = WhenShort::Wait,
            Self::AcksOf { replicas } => policy.acks = Acks::Count(replicas),
            Self::AcksOfAll => policy.acks = Acks::All,
            Self::AckOnDisk => policy.ack_when = AckWhen::OnDisk,
            Self::AckApplied => policy.ack_when = AckWhen::Applied,
            Self::ReadLease { lease } => policy.read_lease = Some(lease),
            Self::MinInSync { servers } => policy.min_in_sync = servers,
            Self::Copies { copies } => {
                let placement = placement_of(copies, settings);
                for (name, _, of) in &mut scenario.files {
                    if name == file {
                        *of = placement;
                    }
                }
            }
            Self::ThreeCoordinators => settings.coordinators = 3,
            Self::OneMoreServer => {
                let used = |zone: &ZoneId| settings.servers.contains(zone);
                let zone = (0..26).map(ZoneId).find(|zone| !used(zone)).unwrap_or(ZoneId(0));
                settings.servers.push(zone);
            }
        }
    }

    /// The command as it is given in the changed run; none if it has no place there.
    pub(super) fn translate(self, command: Command, file: &str, scenario: &Scenario) -> Option<Command> {
        match (self, command) {
            (Self::AutomaticFailover, Command::Promote { .. }) => None,
            (Self::ReadFromPrimary, Command::Read { file, .. }) => {
                Some(Command::Read { file, from: ReadFrom::Primary })
            }
            // The placement of a file that is there already is no longer the write's to choose.
            (Self::Copies { copies }, Command::Write { file: name, content, .. })
                if name == file && !scenario.files.iter().any(|(opening, ..)| opening == file) =>
            {
                Some(Command::Write { file: name, content, placement: placement_of(copies, &scenario.settings) })
            }
            (_, command) => Some(command),
        }
    }

    /// What it costs, in words.
    #[must_use]
    pub const fn cost(self) -> &'static str {
        match self {
            Self::Checksums => "a checksum calculation for each read",
            Self::Fencing => "a number in each message",
            Self::AutomaticFailover => "an unneeded failover whenever the failure detector is wrong",
            Self::Scrub { .. } => "background reads",
            Self::ReadFromPrimary => "more load on the primary, and longer trips for clients that are far from it",
            Self::WaitForAcks => "blocked writes while replicas are out of reach",
            Self::AcksOf { replicas: 1 } => "the round trip to the fastest replica in each write",
            Self::AcksOf { .. } => "the wait for the slowest of these acks in each write",
            Self::AcksOfAll => "the round trip to the slowest replica in each write",
            Self::AckOnDisk => "a disk sync in each write",
            Self::AckApplied => "a disk sync and the time to apply the update in each write",
            Self::ReadLease { .. } => "refused reads while the coordinator is out of reach",
            Self::MinInSync { .. } => "refused writes while too few servers are in sync",
            Self::Copies { .. } => "space on more disks, and more acks for each write",
            Self::ThreeCoordinators => "two more machines for the coordinator",
            Self::OneMoreServer => "one more machine",
        }
    }

    /// What it is, as an order with a small first letter.
    #[must_use]
    pub fn describe(self) -> String {
        match self {
            Self::Checksums => "verify the checksum on each read".to_owned(),
            Self::Fencing => "turn fencing on".to_owned(),
            Self::AutomaticFailover => "let the coordinator name the new primary".to_owned(),
            Self::Scrub { every } => format!("check a copy for rot every {} ms", every.as_micros() / 1_000),
            Self::ReadFromPrimary => "read from the primary only".to_owned(),
            Self::WaitForAcks => "wait for acks however long they take".to_owned(),
            Self::AcksOf { replicas: 1 } => "wait for the ack of 1 replica".to_owned(),
            Self::AcksOf { replicas } => format!("wait for the acks of {replicas} replicas"),
            Self::AcksOfAll => "wait for the acks of all in-sync replicas".to_owned(),
            Self::AckOnDisk => "let a server acknowledge only what is on its disk".to_owned(),
            Self::AckApplied => "let a server acknowledge only what it has applied".to_owned(),
            Self::ReadLease { lease } => format!("give primaries a read lease of {} ms", lease.as_micros() / 1_000),
            Self::MinInSync { servers } => format!("refuse writes with fewer than {servers} servers in sync"),
            Self::Copies { copies } => format!("keep {copies} copies of the file"),
            Self::ThreeCoordinators => "run the coordinator on three nodes".to_owned(),
            Self::OneMoreServer => "add one server".to_owned(),
        }
    }
}

/// What a search for a remedy must know of the file and the run.
#[derive(Clone, Copy, Debug)]
pub(super) struct FileCopies {
    /// How many copies the file has by its placement, unless it is on every server.
    pub(super) now: Option<u8>,
    /// Where its only copy is, if it has one only.
    pub(super) home: Option<ServerId>,
    /// Whether somebody promoted a server by hand.
    pub(super) promoted_by_hand: bool,
}

impl FileCopies {
    /// What the scenario and the commands say of a file.
    pub(super) fn of<'a>(scenario: &Scenario, commands: impl Iterator<Item = &'a Command> + Clone, file: &str) -> Self {
        let opening = scenario.files.iter().find(|(name, _, _)| name == file).map(|(_, _, placement)| *placement);
        let written = |command: &Command| match command {
            Command::Write { file: name, placement, .. } if name == file => Some(*placement),
            _ => None,
        };
        let placement = opening.or_else(|| commands.clone().find_map(written));
        let now = match placement {
            Some(Placement::OneServer(_)) => Some(1),
            Some(Placement::Ring { factor }) => Some(factor),
            Some(Placement::EveryServer) | None => None,
        };
        let home = match placement {
            Some(Placement::OneServer(server)) => Some(server),
            _ => None,
        };
        let mut commands = commands;
        Self { now, home, promoted_by_hand: commands.any(|command| matches!(command, Command::Promote { .. })) }
    }
}

pub(super) fn placement_of(copies: u8, settings: &WorldSettings) -> Placement {
    match copies {
        0 | 1 => Placement::OneServer(ServerId(1)),
        copies if usize::from(copies) >= settings.servers.len() => Placement::EveryServer,
        factor => Placement::Ring { factor },
    }
}
