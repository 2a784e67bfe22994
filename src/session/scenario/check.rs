//! What the plan and the expectations of a scenario speak of must exist by then.

use std::collections::BTreeSet;

use super::error::Problem;
use super::expect::Condition;
use super::{Scenario, acks};
use crate::client::workload_file_name;
use crate::sim::{ClientId, CoordinatorId, NodeId, ServerId, Time, ZoneId};
use crate::text::quoted;
use crate::world::{CLOCK_OFFSET_LIMIT_US, Command, Placement, ReadFrom, World};

/// What there is at some time of the plan.
struct Known<'a> {
    scenario: &'a Scenario,
    /// How many servers there were so far; removed ones count.
    servers: usize,
    zones: BTreeSet<ZoneId>,
    files: BTreeSet<&'a str>,
}

/// Finds the first thing in a scenario that can't be.
///
/// `plan` are the names of the fields of the plan's entries, and `expect` is that of the expectations.
pub(super) fn check(scenario: &Scenario, plan: &[String], expect: &str) -> Result<(), Problem> {
    check_opening(scenario)?;
    acks::check(scenario)?;
    let settings = &scenario.settings;
    let mut known = Known {
        scenario,
        servers: settings.servers.len(),
        zones: settings.servers.iter().copied().collect(),
        files: scenario.files.iter().map(|(name, _, _)| name.as_str()).collect(),
    };
    let mut before = Time::ZERO;
    for (field, timed) in plan.iter().zip(&scenario.plan) {
        if timed.at < before {
            let message = format!("its time is out of order: the entry before it is at {before}");
            return Err(Problem::new(format!("{field}.time"), message));
        }
        if timed.at > Time::ZERO + scenario.until {
            return Err(Problem::new(format!("{field}.time"), "expected a time up to the end of the run, `until`"));
        }
        before = timed.at;
        known
            .check_command(&timed.command)
            .map_err(|(name, message)| Problem::new(format!("{field}.{name}"), message))?;
        known.learn(&timed.command);
    }
    for (number, expectation) in (1..).zip(&scenario.expectations) {
        known
            .check_condition(&expectation.condition)
            .map_err(|(name, message)| Problem::new(format!("{expect}[{number}].{name}"), message))?;
    }
    Ok(())
}

/// The world itself is asked whether it takes the files.
fn check_opening(scenario: &Scenario) -> Result<(), Problem> {
    let servers = scenario.settings.servers.len();
    let mut names = BTreeSet::new();
    for (number, service) in (1..).zip(&scenario.settings.services) {
        let field = format!("services[{number}]");
        if service.name.trim().is_empty() || !names.insert(&service.name) {
            return Err(Problem::new(format!("{field}.name"), "expected a name that no other service has"));
        }
        let unique: BTreeSet<&ServerId> = service.servers.iter().collect();
        if service.servers.is_empty() || unique.len() < service.servers.len() {
            return Err(Problem::new(format!("{field}.servers"), "expected one server or more, each once"));
        }
        if let Some(stranger) = service.servers.iter().find(|server| usize::from(server.0) > servers) {
            let message = format!("there is no server {stranger}; the cluster has {servers}");
            return Err(Problem::new(format!("{field}.servers"), message));
        }
    }
    let mut world = World::new(scenario.settings.clone(), 0);
    for (number, command) in (1..).zip(scenario.opening()) {
        world.apply(command).map_err(|error| Problem::new(format!("files[{number}]"), error.to_string()))?;
    }
    Ok(())
}

type Fault = (&'static str, String);

impl<'a> Known<'a> {
    fn learn(&mut self, command: &'a Command) {
        match command {
            Command::AddServer { zone } => {
                self.servers += 1;
                // Without a zone it goes to one that there is.
                self.zones.extend(*zone);
            }
            Command::Write { file, .. } => drop(self.files.insert(file)),
            _ => {}
        }
    }

    fn server(&self, server: ServerId) -> Result<(), String> {
        if (1..=self.servers).contains(&usize::from(server.0)) {
            Ok(())
        } else {
            Err(format!("there is no server {server}; the cluster has {} servers by then", self.servers))
        }
    }

    fn coordinator(&self, node: CoordinatorId) -> Result<(), String> {
        let count = self.scenario.settings.coordinators;
        if (1..=count).contains(&node.0) {
            Ok(())
        } else {
            Err(format!("there is no node {} of the coordinator; it has {count}", node.0))
        }
    }

    fn node(&self, node: NodeId) -> Result<(), String> {
        match node {
            NodeId::Server(server) => self.server(server),
            NodeId::Coordinator(node) => self.coordinator(node),
            NodeId::Client(ClientId(number)) => {
                let count = self.scenario.settings.clients.len();
                let exists = (1..=count).contains(&usize::from(number));
                if exists { Ok(()) } else { Err(format!("there is no client {number}; there are {count}")) }
            }
        }
    }

    fn two_nodes(&self, first: NodeId, second: NodeId) -> Result<(), String> {
        self.node(first)?;
        self.node(second)?;
        if first == second { Err(format!("there is no link from {first} to itself")) } else { Ok(()) }
    }

    fn zone(&self, zone: ZoneId) -> Result<(), String> {
        if self.zones.contains(&zone) { Ok(()) } else { Err(format!("{zone} has no server")) }
    }

    fn file(&self, name: &str) -> Result<(), String> {
        let workloads = || self.scenario.settings.clients.iter().filter_map(|client| client.workload);
        let of_workload = || workloads().any(|one| (0..one.files).any(|index| workload_file_name(index) == name));
        if self.files.contains(name) || of_workload() {
            Ok(())
        } else {
            Err(format!("there is no file named {} by then", quoted(name)))
        }
    }

    fn is_service(&self, name: &str) -> bool {
        self.scenario.settings.services.iter().any(|service| service.name == name)
    }

    fn check_command(&self, command: &Command) -> Result<(), Fault> {
        let in_field = |field: &'static str, checked: Result<(), String>| checked.map_err(|message| (field, message));
        match command {
            // What a policy changes was read within its limits, and how many servers there will be nobody knows yet.
            Command::AddServer { .. }
            | Command::HealAll
            | Command::SetPolicy { .. }
            | Command::BeginChaos { .. }
            | Command::EndChaos => Ok(()),
            Command::RemoveServer { server } => in_field("remove_server", self.server(*server)),
            Command::Crash { server } => in_field("crash", self.server(*server)),
            Command::Kill { server } => in_field("kill", self.server(*server)),
            Command::Restart { server } => in_field("restart", self.server(*server)),
            Command::Pause { server } => in_field("pause", self.server(*server)),
            Command::Resume { server } => in_field("resume", self.server(*server)),
            Command::Wipe { server } => in_field("wipe", self.server(*server)),
            Command::Promote { server } => in_field("promote", self.server(*server)),
            Command::SetWorkload { client, .. } => in_field("workload.client", self.node(NodeId::Client(*client))),
            Command::Write { file, placement, .. } => {
                let server = match placement {
                    Placement::OneServer(server) => self.server(*server),
                    Placement::EveryServer | Placement::Ring { .. } => Ok(()),
                };
                in_field("write.copies", server)?;
                let is_service = self.is_service(file);
                let message = format!("{} is the name of a service", quoted(file));
                in_field("write.file", if is_service { Err(message) } else { check_name(file) })
            }
            Command::Read { file, from } => {
                in_field("read.file", self.file(file))?;
                match from {
                    ReadFrom::Server(server) => in_field("read.from", self.server(*server)),
                    ReadFrom::Primary | ReadFrom::Nearest | ReadFrom::Any => Ok(()),
                }
            }
            Command::Delete { file } => in_field("delete", self.file(file)),
            Command::Call { service } => {
                let message = format!("there is no service named {}", quoted(service));
                in_field("call", if self.is_service(service) { Ok(()) } else { Err(message) })
            }
            Command::Rot { server, file, .. } => {
                in_field("rot.server", self.server(*server))?;
                in_field("rot.file", self.file(file))
            }
            Command::SetDisk { server, .. } => in_field("disk.server", self.server(*server)),
            Command::SkewClock { server, offset_us, .. } => {
                in_field("clock.server", self.server(*server))?;
                let is_offset = offset_us.unsigned_abs() <= CLOCK_OFFSET_LIMIT_US.unsigned_abs();
                let message = || "expected an hour at most".to_owned();
                in_field("clock.offset", if is_offset { Ok(()) } else { Err(message()) })
            }
            Command::CutLink { first, second } => in_field("cut", self.two_nodes(*first, *second)),
            Command::HealLink { first, second } => in_field("heal", self.two_nodes(*first, *second)),
            Command::CutOneWay { from, to } => in_field("cut_one_way", self.two_nodes(*from, *to)),
            Command::Partition { side, .. } => {
                for node in side {
                    in_field("partition.side", self.node(*node))?;
                }
                let empty = side.is_empty().then(|| "expected one node or more".to_owned());
                in_field("partition.side", empty.map_or(Ok(()), Err))
            }
            Command::SetLink { from, to, .. } => in_field("link", self.two_nodes(*from, *to)),
            Command::ZoneOutage { zone } => in_field("zone_outage", self.zone(*zone)),
            Command::ZoneReturn { zone } => in_field("zone_return", self.zone(*zone)),
            Command::CrashCoordinator { node } => in_field("crash_coordinator", self.coordinator(*node)),
            Command::RestartCoordinator { node } => in_field("restart_coordinator", self.coordinator(*node)),
        }
    }

    fn check_condition(&self, condition: &Condition) -> Result<(), Fault> {
        let of_file = |file: &str| self.file(file).map_err(|message| ("file", message));
        let of_server = |server: ServerId| self.server(server).map_err(|message| ("server", message));
        match condition {
            Condition::Verdict { file: Some(file), .. }
            | Condition::Acknowledged { file, .. }
            | Condition::Read { file, .. }
            | Condition::Copies { file, .. } => of_file(file),
            Condition::Health { file, server, .. } | Condition::Text { file, server, .. } => {
                of_file(file)?;
                of_server(*server)
            }
            Condition::Status { server, .. } => of_server(*server),
            Condition::Primary(Some(server)) => self.server(*server).map_err(|message| ("primary", message)),
            Condition::InSync(servers) => {
                let strangers = servers.iter().find_map(|server| self.server(*server).err());
                strangers.map_or(Ok(()), |message| Err(("in_sync", message)))
            }
            Condition::Verdict { file: None, .. }
            | Condition::Primary(None)
            | Condition::Primaries(_)
            | Condition::Epoch(_)
            | Condition::Availability { .. }
            | Condition::Latency { .. }
            | Condition::Count { .. } => Ok(()),
        }
    }
}

/// The world has the same rule; a plan is told before it runs.
fn check_name(name: &str) -> Result<(), String> {
    let length = name.chars().count();
    let is_good = (1..=60).contains(&length) && !name.trim().is_empty() && !name.chars().any(char::is_control);
    if is_good { Ok(()) } else { Err("a file name has 1 to 60 characters and no control characters".to_owned()) }
}
