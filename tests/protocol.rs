//! The primary–replica state machine by itself: inputs in, effects out, no world around it.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeSet;
use std::sync::Arc;

use replicarium::replication::{
    AckWhen, Change, Effect, Epoch, Identity, Incarnation, Membership, Message, Note, Out, Policy, Position,
    PrimaryReplica, PrimaryReplicaDisk, Protocol, Request, Update, Version, WriteId,
};
use replicarium::sim::{ClientId, Content, CoordinatorId, Durable, FileId, NodeId, OperationId, ServerId, Time};

type Record = <PrimaryReplicaDisk as Durable>::Record;

const COORDINATOR: NodeId = NodeId::Coordinator(CoordinatorId(1));
const S1: ServerId = ServerId(1);
const S2: ServerId = ServerId(2);
const S3: ServerId = ServerId(3);
const INCARNATION: Incarnation = Incarnation { disk: 1, start: 1 };

fn started(server: ServerId) -> PrimaryReplica {
    started_with(server, Policy::default())
}

fn started_with(server: ServerId, policy: Policy) -> PrimaryReplica {
    let identity = Identity { server, incarnation: INCARNATION, policy };
    PrimaryReplica::on_start(identity, &PrimaryReplicaDisk::default(), &mut Out::new())
}

fn update(index: u64) -> Arc<Update> {
    update_of(Epoch(1), index)
}

fn update_of(epoch: Epoch, index: u64) -> Arc<Update> {
    Arc::new(Update {
        position: Position { epoch, index },
        file: FileId(0),
        version: Version(index),
        change: Change::Put(Content::new(b"some bytes")),
        write: WriteId { operation: OperationId(index), attempt: 0 },
        replaces: None,
    })
}

fn append(index: u64, previous: Position) -> Message {
    Message::Append { epoch: Epoch(1), previous, updates: vec![update(index)], end_index: index, membership: 1 }
}

fn receive(state: &mut PrimaryReplica, from: impl Into<NodeId>, message: Message) -> Vec<Effect<Record>> {
    let mut out = Out::new();
    state.on_message(Time::ZERO, from.into(), message, &mut out);
    out.effects
}

fn synced(state: &mut PrimaryReplica, count: u64) -> Vec<Effect<Record>> {
    let mut out = Out::new();
    state.on_synced(Time::ZERO, count, &mut out);
    out.effects
}

fn sends(effects: &[Effect<Record>], wanted: impl Fn(&Message) -> bool) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Send { message, .. } if wanted(message)))
}

fn writes(effects: &[Effect<Record>]) -> u64 {
    effects.iter().filter(|effect| matches!(effect, Effect::Write(_))).count() as u64
}

/// A primary of epoch 1 whose other server, S2, has to join.
fn primary_with_joining_replica() -> PrimaryReplica {
    let mut primary = started(S1);
    let membership = Membership {
        number: 1,
        epoch: Epoch(1),
        primary: Some(S1),
        in_sync: BTreeSet::from([S1]),
        joining: BTreeSet::from([S2]),
        ..Membership::default()
    };
    receive(&mut primary, COORDINATOR, Message::NewMembership(Arc::new(membership)));
    synced(&mut primary, 1);
    primary
}

fn ask_to_write(primary: &mut PrimaryReplica, operation: u64) {
    let request = Request::Change {
        file: FileId(0),
        change: Change::Put(Content::new(b"some bytes")),
        write: WriteId { operation: OperationId(operation), attempt: 0 },
    };
    let client = NodeId::Client(ClientId(1));
    primary.on_client(Time::ZERO, client, OperationId(operation), request, &mut Out::new());
}

#[test]
fn a_replica_acknowledges_only_what_is_on_its_disk() {
    let mut replica = started(S2);
    let is_ack = |message: &Message| matches!(message, Message::Appended { index: 1, .. });
    let effects = receive(&mut replica, S1, append(1, Position::default()));
    assert!(!sends(&effects, is_ack), "acknowledged before the sync");
    assert!(sends(&synced(&mut replica, writes(&effects)), is_ack));
}

fn is_applied_notice(message: &Message) -> bool {
    matches!(message, Message::Noticed { epoch: Epoch(2), when: AckWhen::Applied, index, .. } if *index > 0)
}

#[test]
fn what_is_cut_off_before_its_sync_is_neither_applied_nor_acknowledged() {
    let mut replica = started_with(S2, Policy { ack_when: AckWhen::Applied, ..Policy::default() });
    let first = writes(&receive(&mut replica, S1, append(1, Position::default())));
    let updates = vec![update_of(Epoch(2), 1)];
    let (epoch, previous) = (Epoch(2), Position::default());
    let other = Message::Append { epoch, previous, updates, end_index: 1, membership: 2 };
    let second = writes(&receive(&mut replica, S3, other));
    assert!(!sends(&synced(&mut replica, first), is_applied_notice), "update 1 of epoch 1 was cut off");
    let previous = Position { epoch, index: 1 };
    let probe = Message::Append { epoch, previous, updates: Vec::new(), end_index: 1, membership: 2 };
    assert!(!sends(&receive(&mut replica, S3, probe), is_applied_notice), "update 1 of epoch 2 is not on disk yet");
    assert!(sends(&synced(&mut replica, first + second), is_applied_notice));
}

#[test]
fn a_primary_hears_only_of_updates_that_it_sent() {
    let mut replica = started_with(S2, Policy { ack_when: AckWhen::Applied, ..Policy::default() });
    let count = writes(&receive(&mut replica, S1, append(1, Position::default())));
    let (epoch, previous) = (Epoch(2), Position { epoch: Epoch(2), index: 5 });
    let probe = Message::Append { epoch, previous, updates: Vec::new(), end_index: 5, membership: 2 };
    let effects = receive(&mut replica, S3, probe);
    assert!(sends(&effects, |message| matches!(message, Message::Mismatch { .. })));
    assert!(!sends(&synced(&mut replica, count + writes(&effects)), is_applied_notice));
}

#[test]
fn a_promise_is_on_disk_before_it_is_given() {
    let mut replica = started(S2);
    let is_promise = |message: &Message| matches!(message, Message::Promise { epoch: Epoch(3), .. });
    let effects = receive(&mut replica, COORDINATOR, Message::Prepare { epoch: Epoch(3) });
    assert_eq!(writes(&effects), 1, "the epoch is written");
    assert!(!sends(&effects, is_promise), "promised before the sync");
    assert!(sends(&synced(&mut replica, 1), is_promise));
}

#[test]
fn who_promised_an_epoch_takes_nothing_from_an_earlier_primary() {
    let mut replica = started(S2);
    receive(&mut replica, COORDINATOR, Message::Prepare { epoch: Epoch(2) });
    let effects = receive(&mut replica, S1, append(1, Position::default()));
    assert!(sends(&effects, |message| matches!(message, Message::Refused { current: Epoch(2) })));
    assert_eq!(writes(&effects), 0);
}

#[test]
fn a_server_that_lacks_an_acknowledged_update_is_not_let_in() {
    let mut primary = primary_with_joining_replica();
    for operation in 1..=2 {
        ask_to_write(&mut primary, operation);
        synced(&mut primary, operation + 1);
    }
    let says_caught_up = |effects: &[Effect<Record>]| {
        effects.iter().any(|effect| matches!(effect, Effect::Note(Note::CaughtUp { replica: S2 })))
    };
    let ack = |index| Message::Appended { epoch: Epoch(1), index, incarnation: INCARNATION };
    assert!(!says_caught_up(&receive(&mut primary, S2, ack(1))), "S2 lacks update 2, which was acknowledged");
    assert!(says_caught_up(&receive(&mut primary, S2, ack(2))));
}
