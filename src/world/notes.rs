//! Turns what protocols and the coordinator tell into events.

use super::engine::World;
use super::event::EventKind;
use crate::replication::Note;
use crate::sim::{CoordinatorId, GroupId, ServerId};

impl World {
    /// A protocol on a server tells something.
    pub(super) fn emit_note(&mut self, server: ServerId, group: GroupId, note: Note) {
        match &note {
            Note::Logged(update) => self.book.on_logged(update),
            Note::Answered { update, acks } => self.book.on_answered(update, *acks),
            _ => {}
        }
        let turns_the_cluster = matches!(note, Note::BecamePrimary(_));
        let Some(event) = event_of_server(server, group, note) else { return };
        if turns_the_cluster {
            self.emit_as_cause(event);
        } else {
            self.emit(event);
        }
    }

    /// A node of the coordinator tells something.
    pub(super) fn emit_coordinator_note(&mut self, node: CoordinatorId, group: Option<GroupId>, note: Note) {
        let turns_the_cluster =
            matches!(note, Note::Suspected(_) | Note::ElectionStarted { .. } | Note::Promoted { .. });
        if let Note::Drained(server) = note {
            self.take_out(server);
            return;
        }
        // That the only node there is leads is no news.
        if matches!(note, Note::LeadsCouncil { term: 1 }) {
            return;
        }
        let Some(event) = event_of_coordinator(node, group.unwrap_or(super::MAIN_GROUP), note) else { return };
        if turns_the_cluster {
            self.emit_as_cause(event);
        } else {
            self.emit(event);
        }
    }
}

fn event_of_server(server: ServerId, group: GroupId, note: Note) -> Option<EventKind> {
    Some(match note {
        Note::Logged(update) => EventKind::UpdateLogged {
            server,
            group,
            file: update.file,
            version: update.version,
            operation: update.write.operation,
            epoch: update.position.epoch,
            index: update.position.index,
        },
        Note::Waits { file, acks, acks_needed, window } => {
            EventKind::UpdateWaits { server, file, acks, acks_needed, window }
        }
        Note::OnDisk(update) => EventKind::UpdateOnDisk {
            server,
            group,
            file: update.file,
            version: update.version,
            operation: update.write.operation,
            epoch: update.position.epoch,
            index: update.position.index,
        },
        Note::Applied(update) => EventKind::UpdateApplied {
            server,
            group,
            file: update.file,
            version: update.version,
            index: update.position.index,
        },
        Note::Acknowledged { by, index, acks, acks_needed } => {
            EventKind::AckCounted { server, group, by, index, acks, acks_needed }
        }
        Note::Answered { update, acks } => EventKind::UpdateAnswered {
            server,
            group,
            file: update.file,
            version: update.version,
            operation: update.write.operation,
            acks,
        },
        Note::NotConfirmed(update) => EventKind::UpdateNotConfirmed {
            server,
            file: update.file,
            version: update.version,
            operation: update.write.operation,
        },
        Note::Repeated { file, operation } => EventKind::RequestRepeated { server, file, operation },
        Note::WentAsync => EventKind::WentAsync { server, group },
        Note::BackInSync => EventKind::BackInSync { server, group },
        Note::RotFound { file } => EventKind::RotFound { server, file },
        Note::RotRepaired { file, from } => EventKind::RotRepaired { server, file, from },
        Note::BecamePrimary(epoch) => EventKind::BecamePrimary { server, group, epoch },
        Note::SteppedDown { epoch, newer } => EventKind::SteppedDown { server, group, epoch, newer },
        Note::Fenced { from, stale, current } => EventKind::Fenced { server, group, from, stale, current },
        Note::Truncated { from_index, count } => EventKind::Truncated { server, group, from_index, count },
        Note::CatchesUp { replica, from_index, count } => {
            EventKind::CatchesUp { server, group, replica, from_index, count }
        }
        Note::SendsFullCopy { replica } => EventKind::FullCopySent { server, group, replica },
        Note::HoldsUpFullCopy { replica, file } => EventKind::FullCopyHeldUp { server, group, replica, file },
        Note::TookFullCopy { files } => EventKind::FullCopyTaken { server, group, files },
        Note::Lags { replica } => EventKind::Lags { server, group, replica },
        Note::CaughtUp { replica } => EventKind::CaughtUp { server, group, replica },
        Note::Suspected(_)
        | Note::HeardAgain(_)
        | Note::ElectionStarted { .. }
        | Note::Promoted { .. }
        | Note::NoCandidate { .. }
        | Note::InSync(_)
        | Note::GivenUp(_)
        | Note::RepairStarted { .. }
        | Note::Trimmed { .. }
        | Note::Drained(_)
        | Note::LeadsCouncil { .. }
        | Note::WaitsForOperator { .. } => return None,
    })
}

fn event_of_coordinator(node: CoordinatorId, group: GroupId, note: Note) -> Option<EventKind> {
    Some(match note {
        Note::Suspected(server) => EventKind::Suspected { server },
        Note::HeardAgain(server) => EventKind::HeardAgain { server },
        Note::ElectionStarted { epoch, only } => EventKind::ElectionStarted { group, epoch, only },
        Note::Promoted { server, epoch, index, by_hand } => {
            EventKind::Promoted { server, group, epoch, index, by_hand }
        }
        Note::NoCandidate { epoch } => EventKind::NoCandidate { group, epoch },
        Note::InSync(servers) => EventKind::InSyncChanged { group, servers },
        Note::GivenUp(server) => EventKind::GivenUp { server },
        Note::RepairStarted { server } => EventKind::RepairStarted { server, group },
        Note::Trimmed { server } => EventKind::Trimmed { server, group },
        Note::LeadsCouncil { term } => EventKind::LeadsCouncil { node, term },
        Note::WaitsForOperator { primary, vacancy } => EventKind::WaitsForOperator { group, primary, vacancy },
        _ => return None,
    })
}
