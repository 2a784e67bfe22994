//! Operations: what clients ask for, by hand or by their workload, and what they learn.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::apply::FILES_LIMIT;
use super::command::Placement;
use super::engine::{ClientHost, Due, Operation, World};
use super::event::EventKind;
use super::view::OperationKind;
use crate::client::{
    Client, ClientEffect, Generator, Outcome, PlannedKind, ReadTarget, Target, content_bytes, workload_file_name,
};
use crate::replication::{Change, Request, WriteId};
use crate::sim::{ClientId, Content, FileId, NodeId, OperationId, ServerId, Time};

impl World {
    pub(super) fn place_clients(&mut self) {
        let settings = Arc::clone(&self.settings);
        for (id, client) in (1..).map(ClientId).zip(&settings.clients) {
            self.network.add(NodeId::Client(id), client.zone);
            let client = Client::new(id, client.clone(), settings.coordinators.max(1));
            self.clients.insert(id, ClientHost { client, generator: None });
        }
        self.tell_clients_their_neighbours();
    }

    /// Begins the background workloads of all clients. Until then they do only what a command asks for.
    pub fn begin_workloads(&mut self) {
        for (id, host) in &mut self.clients {
            let Some(workload) = host.client.settings().workload else { continue };
            let generator = Generator::new(workload, self.streams, *id, self.now);
            if let Some(at) = generator.next_at() {
                self.queue.push(at, Due::Workload(*id));
            }
            host.generator = Some(generator);
        }
    }

    /// Clients know which servers are in their own zone.
    pub(super) fn tell_clients_their_neighbours(&mut self) {
        for host in self.clients.values_mut() {
            let zone = host.client.settings().zone;
            let near = |server: &&ServerId| zone.is_some() && self.servers.get(server).map(|found| found.zone) == zone;
            let neighbours: BTreeSet<ServerId> = self.servers.keys().filter(near).copied().collect();
            host.client.set_neighbours(neighbours);
        }
    }

    /// A client starts an operation.
    pub(super) fn start_operation(
        &mut self,
        client: ClientId,
        kind: OperationKind,
        file: FileId,
        request: impl FnOnce(WriteId) -> Request,
        target: Target,
    ) {
        self.operation_count += 1;
        let operation = OperationId(self.operation_count);
        let node = NodeId::Client(client);
        let started_event = self.emit_as_cause(EventKind::OperationStarted { operation, client: node, kind, file });
        let request = request(WriteId { operation, attempt: 0 });
        let asks_primary = matches!(request, Request::Read { any_server: false, .. });
        let started = self.now;
        self.operations
            .insert(operation, Operation { client, kind, file, asks_primary, started, ended: None, started_event });
        self.with_client(client, |client, now, effects| client.start(now, operation, request, target, effects));
    }

    /// What the client of an operation has learned; none as long as it waits, or if it was too long ago.
    #[must_use]
    pub fn outcome_of(&self, operation: OperationId) -> Option<&Outcome> {
        self.operations.get(&operation)?.ended.as_ref().map(|(_, outcome)| outcome)
    }

    /// Whom a client asks about a file.
    pub(super) fn target(&self, file: FileId, read_target: ReadTarget) -> Target {
        match self.catalogue.entry(file) {
            Some(entry) => match entry.placement {
                Some(Placement::OneServer(server)) => Target::Server(server),
                _ => Target::Group(entry.group, read_target),
            },
            None => Target::Group(super::MAIN_GROUP, read_target),
        }
    }

    pub(super) fn with_client(&mut self, id: ClientId, input: impl FnOnce(&mut Client, Time, &mut Vec<ClientEffect>)) {
        let Some(host) = self.clients.get_mut(&id) else { return };
        let with_key = host.client.settings().with_key;
        let mut effects = core::mem::take(&mut self.client_scratch);
        input(&mut host.client, self.now, &mut effects);
        for effect in effects.drain(..) {
            match effect {
                ClientEffect::Send { to, group, message } => {
                    // A file with one copy has a group of its own, which clients need not know.
                    let group = group.or_else(|| self.group_of_request(&message));
                    self.send(NodeId::Client(id), to, group, message);
                }
                ClientEffect::SetTimer { after } => self.queue.push(self.now + after, Due::ClientTimer(id)),
                ClientEffect::Retried { operation, attempt } => {
                    let Some(file) = self.operations.get(&operation).map(|found| found.file) else { continue };
                    let client = NodeId::Client(id);
                    self.emit(EventKind::OperationRetried { operation, client, file, attempt, with_key });
                }
                ClientEffect::End { operation, outcome } => self.end_operation(id, operation, outcome),
            }
        }
        self.client_scratch = effects;
    }

    fn group_of_request(&self, message: &crate::replication::Message) -> Option<crate::sim::GroupId> {
        let crate::replication::Message::Request { request, .. } = message else { return None };
        match request {
            Request::Change { file, .. } | Request::Read { file, .. } => self.catalogue.group(*file),
            Request::Call => None,
        }
    }

    fn end_operation(&mut self, client: ClientId, operation: OperationId, outcome: Outcome) {
        let Some(found) = self.operations.get_mut(&operation) else { return };
        found.ended = Some((self.now, outcome.clone()));
        let (kind, file, started_event) = (found.kind, found.file, found.started_event);
        self.remember_end(operation);
        let client = NodeId::Client(client);
        // What only the client's clock brought about comes from the operation itself.
        self.cause = self.cause.or(Some(started_event));
        let event = match outcome {
            Outcome::Done(version) => {
                self.book.on_acknowledged(file, operation, version);
                EventKind::OperationDone { operation, client, kind, file, version }
            }
            Outcome::Found(copy) => {
                let found = copy.filter(|copy| copy.content.is_some());
                let damaged = found.as_ref().and_then(|copy| copy.content.as_ref()).is_some_and(Content::is_damaged);
                let version = found.map(|copy| copy.version);
                EventKind::OperationFound { operation, client, file, version, damaged }
            }
            Outcome::Served => EventKind::OperationServed { operation, client, file },
            Outcome::Refused(refusal) => EventKind::OperationRefused { operation, client, kind, file, refusal },
            Outcome::Unknown => EventKind::OperationUnknown { operation, client, kind, file },
        };
        self.emit(event);
    }

    /// The next operation of a client's workload is due.
    pub(super) fn on_workload(&mut self, id: ClientId) {
        let Some(host) = self.clients.get_mut(&id) else { return };
        let settings = host.client.settings();
        let (read_from, factor) = (settings.read_from, settings.replication_factor);
        let Some(generator) = &mut host.generator else { return };
        if generator.next_at() != Some(self.now) {
            // The workload was changed since, and what is due now comes at another time.
            return;
        }
        let Some(planned) = generator.take() else { return };
        if let Some(at) = generator.next_at() {
            self.queue.push(at, Due::Workload(id));
        }
        let name = workload_file_name(planned.file_index);
        let placement = factor.map_or(Placement::EveryServer, |factor| Placement::Ring { factor });
        let known = self.catalogue.find(&name);
        match planned.kind {
            PlannedKind::Read => {
                // What was never written can't be read.
                let Some(file) = known else { return };
                let any_server = read_from != ReadTarget::Primary;
                let target = self.target(file, read_from);
                self.start_operation(id, OperationKind::Read, file, |_| Request::Read { file, any_server }, target);
            }
            PlannedKind::Write { size_bytes, salt } => {
                let new = known.is_none();
                if new && self.catalogue.len() >= FILES_LIMIT {
                    return;
                }
                if self.make_room(size_bytes).is_err() {
                    self.run_out_of_room();
                    return;
                }
                let file = known.unwrap_or_else(|| self.enter_in_catalogue(&name, placement));
                let change = Change::Put(Content::new(&content_bytes(salt, size_bytes)));
                let target = self.target(file, ReadTarget::Primary);
                let request = |write| Request::Change { file, change, write };
                self.start_operation(id, OperationKind::Write, file, request, target);
            }
        }
    }
}
