//! The rules of a running cluster change, and what its clients do in the background.

use std::sync::Arc;

use super::{CommandError, WORKLOAD_RATE_LIMIT_HUNDREDTHS};
use crate::client::{Generator, Workload};
use crate::replication::{PolicyChange, Timer};
use crate::sim::{ClientId, GroupId, ServerId, Span};
use crate::world::engine::{Due, World};
use crate::world::event::EventKind;
use crate::world::hazard::{CHAOS_SPAN_LIMIT, HAZARD_RATE_LIMIT_HUNDREDTHS, Hazard, HazardKind};
use crate::world::server::Input;
use crate::world::view::ServerStatus;

/// The most faults that one order may be expected to bring.
const CHAOS_FAULTS_LIMIT: u64 = 10_000;

impl World {
    /// Everything reads the new rules at once: each node of the coordinator and each server, up, paused or down.
    pub(super) fn set_policy(&mut self, changes: Vec<PolicyChange>) -> Result<(), CommandError> {
        if let Some(impossible) = changes.iter().find(|change| !change.is_possible()) {
            return Err(CommandError::BadRule(impossible.describe()));
        }
        if changes.iter().all(|change| change.holds(&self.settings.policy)) {
            return Err(CommandError::SamePolicy);
        }
        let settings = Arc::make_mut(&mut self.settings);
        for change in &changes {
            change.apply(&mut settings.policy);
        }
        let policy = settings.policy;
        self.emit_as_cause(EventKind::PolicyChanged { changes });
        // All know the new rules before any acts on them.
        for server in self.servers.values_mut() {
            for host in server.hosts.values_mut() {
                host.set_policy(policy);
            }
        }
        for node in self.coordinators.keys().copied().collect::<Vec<_>>() {
            self.with_coordinator(node, |node, now, out| node.set_policy(now, policy, out));
        }
        for server in self.servers.keys().copied().collect::<Vec<_>>() {
            self.act_on_policy(server);
        }
        Ok(())
    }

    fn act_on_policy(&mut self, id: ServerId) {
        let Some(server) = self.servers.get_mut(&id) else { return };
        match server.status {
            ServerStatus::Up => self.with_all_hosts(id, || Input::Timer(Timer::PolicyChanged)),
            ServerStatus::Paused => {
                let incarnation = server.incarnation;
                let groups: Vec<GroupId> = server.hosts.keys().copied().collect();
                let timer = Timer::PolicyChanged;
                server.deferred.extend(groups.into_iter().map(|group| Due::Timer {
                    server: id,
                    incarnation,
                    group,
                    timer,
                }));
            }
            ServerStatus::Crashed | ServerStatus::Killed => {}
        }
    }

    pub(super) fn begin_chaos(&mut self, hazards: &[Hazard], span: Span) -> Result<(), CommandError> {
        let mut kinds: Vec<HazardKind> = hazards.iter().map(|hazard| hazard.kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let is_possible = |hazard: &Hazard| {
            (1..=HAZARD_RATE_LIMIT_HUNDREDTHS).contains(&hazard.per_minute_hundredths)
                && hazard.lasts <= CHAOS_SPAN_LIMIT
        };
        let servers = self.servers.len() as u64;
        let in_all: u64 = hazards.iter().map(|hazard| u64::from(hazard.per_minute_hundredths)).sum();
        let expected = in_all * servers * (span.as_micros() / 1_000) / 6_000_000;
        let is_known_length = span > Span::ZERO && span <= CHAOS_SPAN_LIMIT;
        if kinds.is_empty()
            || kinds.len() < hazards.len()
            || !hazards.iter().all(is_possible)
            || !is_known_length
            || expected > CHAOS_FAULTS_LIMIT
        {
            return Err(CommandError::BadChaos);
        }
        self.chaos_until = Some(self.now + span);
        self.emit_as_cause(EventKind::ChaosBegan { kinds, span });
        Ok(())
    }

    pub(super) fn end_chaos(&mut self) -> Result<(), CommandError> {
        if self.chaos_until.is_none_or(|until| until <= self.now) {
            return Err(CommandError::NoChaos);
        }
        self.chaos_until = None;
        self.emit_as_cause(EventKind::ChaosEnded);
        Ok(())
    }

    /// A client's background workload goes on at another rate, or begins.
    pub(super) fn set_workload(
        &mut self,
        id: ClientId,
        rate_per_second_hundredths: Option<u32>,
        read_percent: Option<u8>,
    ) -> Result<(), CommandError> {
        if rate_per_second_hundredths.is_some_and(|rate| rate > WORKLOAD_RATE_LIMIT_HUNDREDTHS) {
            return Err(CommandError::BadWorkloadRate);
        }
        if let Some(percent) = read_percent.filter(|percent| *percent > 100) {
            return Err(CommandError::BadPercent(percent));
        }
        let (now, streams) = (self.now, self.streams);
        let host = self.clients.get_mut(&id).ok_or(CommandError::NoSuchClient(id))?;
        let idle = Workload { rate_per_second_hundredths: 0, ..Workload::default() };
        let before = host.generator.as_ref().map_or(idle, Generator::workload);
        let workload = Workload {
            rate_per_second_hundredths: rate_per_second_hundredths.unwrap_or(before.rate_per_second_hundredths),
            read_percent: read_percent.unwrap_or(before.read_percent),
            // Who asks for another rate now is not to be told that the workload has ended.
            until: before.until.filter(|_| rate_per_second_hundredths.is_none()),
            ..before
        };
        if workload == before {
            return Err(CommandError::SameWorkload(id));
        }
        match &mut host.generator {
            Some(generator) => generator.change(workload, now),
            none => *none = Some(Generator::new(workload, streams, id, now)),
        }
        let next_at = host.generator.as_ref().and_then(Generator::next_at);
        let settings = Arc::make_mut(&mut self.settings);
        if let Some(client) = settings.clients.get_mut(usize::from(id.0).saturating_sub(1)) {
            client.workload = Some(workload);
        }
        self.emit_as_cause(EventKind::WorkloadChanged {
            client: id,
            rate_per_second_hundredths: workload.rate_per_second_hundredths,
            read_percent: workload.read_percent,
        });
        if let Some(at) = next_at {
            self.queue.push(at, Due::Workload(id));
        }
        Ok(())
    }
}
