//! What one random run is: a cluster, a policy, clients and faults, all drawn from one seed.

use replicarium::client::{Arrivals, ClientSettings, Popularity, ReadTarget, Size, Workload};
use replicarium::replication::{AckWhen, Acks, Detector, Failover, Policy, RingSettings, WhenShort};
use replicarium::session::{Chaos, FaultRate, Scenario};
use replicarium::sim::{Content, Purpose, Span, Stream, Streams, ZoneId};
use replicarium::world::{DiskSettings, Placement, WorldSettings};

/// For how long faults and operations begin.
pub const PHASE_ONE: Span = Span::from_millis(4_000);

/// A kind of run: which faults it may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// No faults at all.
    Calm,
    /// Crashes, pauses, cuts and bad links without limit; no disk is lost. Every policy is one that keeps its promise.
    Crashes,
    /// The same, and one disk at a time is lost while all is well.
    Disks,
    /// Any policy and any faults.
    Anything,
}

impl Family {
    pub const ALL: [Self; 4] = [Self::Calm, Self::Crashes, Self::Disks, Self::Anything];

    /// The name of its test.
    pub fn name(self) -> &'static str {
        match self {
            Self::Calm => "calm",
            Self::Crashes => "crashes",
            Self::Disks => "disks",
            Self::Anything => "anything",
        }
    }
}

/// Which faults a run has, beside the chaos.
#[allow(clippy::struct_excessive_bools, reason = "each kind of fault is there or not, and none excludes another")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Targeted {
    pub crash: bool,
    pub kill: bool,
    pub kill_when_well: bool,
    pub wipe: bool,
    pub pause: bool,
    pub cut: bool,
    pub bad_link: bool,
    pub coordinator: bool,
    pub rot: bool,
    pub rot_when_well: bool,
    pub disk: bool,
    pub membership: bool,
    pub promote: bool,
    pub zone: bool,
    pub skew: bool,
}

/// How an operator behaves where failover is by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// Promotes nobody, and starts crashed servers again, a primary sometimes on a slow disk.
    Never,
    /// The same, and promotes the most up-to-date server some while after the primary is gone.
    Late,
    /// The same, and promotes anybody at any time.
    Wrongly,
}

/// One random run.
#[derive(Clone, Debug)]
pub struct Options {
    pub family: Family,
    pub seed: u64,
    pub settings: WorldSettings,
    pub placement: Placement,
    pub chaos: Chaos,
    pub targeted: Targeted,
    pub operator: Option<Operator>,
    /// The most time between two commands.
    pub gap_most: Span,
}

fn milliseconds(stream: &mut Stream, least: u64, most: u64) -> Span {
    Span::from_millis(least + stream.below(most - least + 1))
}

fn one_in(stream: &mut Stream, count: u64) -> bool {
    stream.below(count) == 0
}

pub fn pick<T: Clone>(stream: &mut Stream, of: &[T]) -> T {
    of[usize::try_from(stream.below(of.len() as u64)).expect("an index fits")].clone()
}

impl Options {
    pub fn draw(family: Family, seed: u64) -> Self {
        assert!(u32::try_from(seed).is_ok(), "a scenario file names seeds of 32 bits only");
        let mut stream = Streams::new(seed).stream(Purpose::Chaos, (u64::MAX, family as u64));
        let stream = &mut stream;
        let server_count = pick(stream, &[1_u16, 2, 2, 3, 3, 3, 3, 3, 4, 5, 5, 6, 7]);
        let zone_count = 1 + stream.below(3);
        let servers: Vec<ZoneId> = (0..server_count)
            .map(|index| ZoneId(u8::try_from(u64::from(index) % zone_count).expect("few zones")))
            .collect();
        let factor = 1 + u8::try_from(stream.below(u64::from(server_count.min(4)))).expect("few copies");
        let placement = if one_in(stream, 3) { Placement::Ring { factor } } else { Placement::EveryServer };
        let least_copies = if let Placement::Ring { factor } = placement { usize::from(factor) } else { servers.len() };
        let policy = policy(stream, family, least_copies);
        let clients = vec![client(stream, None, placement), workload_client(stream, placement)];
        let service_time = if one_in(stream, 4) { Span::from_micros(100 + stream.below(1_500)) } else { Span::ZERO };
        let settings = WorldSettings {
            servers,
            coordinators: if one_in(stream, 2) { 3 } else { 1 },
            policy,
            service_time,
            ring: RingSettings { shards: 4, virtual_nodes: 8 },
            clients,
            disk: disk(family, seed, placement),
            ..WorldSettings::default()
        };
        let targeted = targeted(stream, family);
        let chaos = with_further_links(&chaos(stream, family), family, seed);
        let gap_most = milliseconds(stream, 5, 200);
        let drawn = Self { family, seed, settings, placement, chaos, targeted, operator: None, gap_most };
        drawn.with_operator().without_fencing()
    }

    /// In some runs failover is by hand, from a stream of its own, which leaves all other draws as they are.
    fn with_operator(mut self) -> Self {
        let mut stream = Streams::new(self.seed).stream(Purpose::Chaos, (u64::MAX - 4, self.family as u64));
        if self.family >= Family::Crashes && self.seed % 5 == 1 && one_in(&mut stream, 2) {
            self.settings.policy.failover = Failover::Manual;
            self.operator = Some(pick(&mut stream, &[Operator::Never, Operator::Late, Operator::Wrongly]));
            self.targeted.crash = true;
        }
        self
    }

    /// In some runs nobody refuses what an earlier primary sends, and links to the coordinator are cut.
    fn without_fencing(mut self) -> Self {
        let mut stream = Streams::new(self.seed).stream(Purpose::Chaos, (u64::MAX - 5, self.family as u64));
        if self.family >= Family::Crashes && self.seed % 7 == 3 && one_in(&mut stream, 2) {
            self.settings.policy.fencing = false;
            self.targeted.cut = true;
        }
        self
    }

    /// The scenario that the run begins with.
    pub fn scenario(&self) -> Scenario {
        let built_in = Scenario::by_slug("three-copies").expect("a built-in scenario");
        Scenario {
            settings: self.settings.clone(),
            files: vec![("notes.txt".to_owned(), Content::new(b"first"), self.placement)],
            plan: Vec::new(),
            chaos: None,
            expectations: Vec::new(),
            ..Scenario::clone(built_in)
        }
    }

    /// The command that repeats the run.
    pub fn repeat(&self) -> String {
        let (seed, family) = (self.seed, self.family.name());
        format!("REPLICARIUM_SEED={seed} cargo test --no-default-features --test random {family}")
    }
}

/// In some runs disks are so small that they can be full; a stream of its own leaves all other draws as they are.
fn disk(family: Family, seed: u64, placement: Placement) -> DiskSettings {
    let mut stream = Streams::new(seed).stream(Purpose::Chaos, (u64::MAX - 2, family as u64));
    let is_small = family != Family::Calm && placement == Placement::EveryServer && one_in(&mut stream, 6);
    let capacity_bytes = is_small.then(|| pick(&mut stream, &[700, 1_500, 3_000]));
    DiskSettings { capacity_bytes, ..DiskSettings::default() }
}

fn policy(stream: &mut Stream, family: Family, least_copies: usize) -> Policy {
    let any = matches!(family, Family::Anything | Family::Calm);
    let counts: Vec<usize> = (1..least_copies).collect();
    let acks = match stream.below(8) {
        0 if any => Acks::None,
        1..=3 if !counts.is_empty() => Acks::Count(pick(stream, &counts)),
        _ => Acks::All,
    };
    let ack_when = match stream.below(8) {
        0 if any => AckWhen::Received,
        1 if any => AckWhen::InMemory,
        2 => AckWhen::Applied,
        _ => AckWhen::OnDisk,
    };
    let after = milliseconds(stream, 100, 600);
    let when_short = match stream.below(4) {
        0 => WhenShort::TimeOut { after },
        1 if any => WhenShort::GoAsync { after },
        _ => WhenShort::Wait,
    };
    let heartbeat_every = Span::from_millis(50);
    let time_out = Detector::TimeOut { after: milliseconds(stream, 160, 300) };
    let usual = Policy::default();
    Policy {
        acks,
        ack_when,
        window: pick(stream, &[1, 1, 2, 4, 8]),
        min_in_sync: if one_in(stream, 4) { least_copies.min(2) } else { 1 },
        when_short,
        failover: if any && one_in(stream, 8) { Failover::Manual } else { Failover::Automatic },
        fencing: !any || !one_in(stream, 8),
        checksums: !any || !one_in(stream, 8),
        read_lease: one_in(stream, 2).then(|| milliseconds(stream, 100, 300)),
        heartbeat_every,
        detector: if one_in(stream, 3) { Detector::phi_accrual(heartbeat_every) } else { time_out },
        resend_after: milliseconds(stream, 100, 200),
        drop_after: milliseconds(stream, 200, 600),
        log_limit: pick(stream, &[4, 16, 64, 64]),
        apply_time: if one_in(stream, 4) { milliseconds(stream, 1, 20) } else { Span::ZERO },
        scrub_every: one_in(stream, 2).then(|| milliseconds(stream, 30, 150)),
        repair_after: milliseconds(stream, 300, 1_500),
        ..usual
    }
}

fn client(stream: &mut Stream, workload: Option<Workload>, placement: Placement) -> ClientSettings {
    ClientSettings {
        zone: one_in(stream, 2).then_some(ZoneId(0)),
        attempts: pick(stream, &[1, 1, 2, 4]),
        with_key: !one_in(stream, 4),
        workload,
        replication_factor: if let Placement::Ring { factor } = placement { Some(factor) } else { None },
        ..ClientSettings::default()
    }
}

fn workload_client(stream: &mut Stream, placement: Placement) -> ClientSettings {
    let workload = Workload {
        rate_per_second_hundredths: pick(stream, &[0, 500, 2_000, 6_000]),
        read_percent: pick(stream, &[20, 50, 80]),
        files: pick(stream, &[1, 3, 6]),
        popularity: Popularity::Uniform,
        size_bytes: Size::Uniform { least: 1, most: 600 },
        arrivals: Arrivals::Poisson,
        until: Some(Span::from_millis(5_000)),
    };
    let read_from = pick(stream, &[ReadTarget::Primary, ReadTarget::Primary, ReadTarget::Nearest, ReadTarget::Any]);
    ClientSettings { read_from, ..client(stream, Some(workload), placement) }
}

/// Each kind of fault is there in one run of two, so that rare combinations are met as well.
fn targeted(stream: &mut Stream, family: Family) -> Targeted {
    let mut is_there = |from: Family| family >= from && one_in(stream, 2);
    Targeted {
        crash: is_there(Family::Crashes),
        pause: is_there(Family::Crashes),
        cut: is_there(Family::Crashes),
        bad_link: is_there(Family::Crashes),
        coordinator: is_there(Family::Crashes),
        zone: is_there(Family::Crashes),
        disk: is_there(Family::Crashes),
        kill_when_well: family == Family::Disks || is_there(Family::Disks),
        rot_when_well: is_there(Family::Disks),
        kill: is_there(Family::Anything),
        wipe: is_there(Family::Anything),
        rot: is_there(Family::Anything),
        membership: is_there(Family::Anything),
        skew: is_there(Family::Anything),
        promote: is_there(Family::Anything) && is_there(Family::Anything),
    }
}

/// Cut, lossy and slow links from a stream of their own, which leaves all other draws as they are.
fn with_further_links(chaos: &Chaos, family: Family, seed: u64) -> Chaos {
    let mut stream = Streams::new(seed).stream(Purpose::Chaos, (u64::MAX - 3, family as u64));
    let mut rate = || {
        let rate = FaultRate::per_minute(30, milliseconds(&mut stream, 20, 1_500));
        // In one run of three only, so that most of the seeds that have failed once still mean what they did.
        if family >= Family::Crashes && seed.is_multiple_of(3) && one_in(&mut stream, 2) {
            rate
        } else {
            FaultRate::default()
        }
    };
    Chaos { cut: rate(), loss: rate(), slow_link: rate(), ..*chaos }
}

fn chaos(stream: &mut Stream, family: Family) -> Chaos {
    let mut rate = |from: Family, per_minute: u32, lasts: u64| {
        let is_there = family >= from && one_in(stream, 3);
        let count = u32::try_from(1 + stream.below(u64::from(per_minute))).expect("a small rate");
        let lasts = milliseconds(stream, 20, lasts);
        if is_there { FaultRate::per_minute(count, lasts) } else { FaultRate::default() }
    };
    Chaos {
        until: PHASE_ONE,
        crash: rate(Family::Crashes, 30, 800),
        pause: rate(Family::Crashes, 30, 800),
        slow_disk: rate(Family::Crashes, 20, 1_000),
        full_disk: rate(Family::Crashes, 20, 1_000),
        bad_link: rate(Family::Crashes, 60, 2_000),
        one_way_cut: rate(Family::Crashes, 30, 1_000),
        partition: rate(Family::Crashes, 30, 1_000),
        zone_outage: rate(Family::Crashes, 15, 800),
        coordinator_crash: rate(Family::Crashes, 20, 800),
        kill: rate(Family::Anything, 15, 800),
        wipe: rate(Family::Anything, 10, 100),
        rot: rate(Family::Anything, 30, 100),
        clock_skew: rate(Family::Anything, 20, 1_000),
        ..Chaos::default()
    }
}
