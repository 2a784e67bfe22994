//! Each invariant against events and worlds that are made up, so that they can be wrong.

use std::collections::{BTreeMap, BTreeSet};

use super::{Checker, GroundTruth, Invariant};
use crate::check::{Acknowledged, Bytes};
use crate::replication::coordinator::{GroupPlacement, GroupSpec};
use crate::replication::{
    Acks, Copy, Epoch, Failover, Membership, Policy, PrimaryReplica, Promises, Protocol, Revision, Version, WhenShort,
    WriteId,
};
use crate::sim::{ClientId, Content, EventId, FileId, GroupId, NodeId, OperationId, ServerId, Span, Time};
use crate::world::{Event, EventKind, OperationKind};

const GROUP: GroupId = GroupId(0);
const FILE: FileId = FileId(0);
const S1: ServerId = ServerId(1);
const S2: ServerId = ServerId(2);
const S3: ServerId = ServerId(3);
const CLIENT: NodeId = NodeId::Client(ClientId(1));

/// A world of one group and one file whose versions follow each other, made up as a test needs it.
struct MadeUp {
    policy: Policy,
    membership: Membership,
    disks: BTreeMap<ServerId, Copy>,
    last: Option<Version>,
    found: Option<Version>,
    checker: Checker,
    next_event: u64,
}

fn write(version: u64) -> WriteId {
    WriteId { operation: OperationId(version), attempt: 0 }
}

fn copy(version: u64) -> Copy {
    Copy { version: Version(version), epoch: Epoch(1), write: write(version), content: Some(Content::new(b"bytes")) }
}

impl GroundTruth for MadeUp {
    fn policy(&self) -> &Policy {
        &self.policy
    }
    fn promises(&self, _: GroupId) -> Promises {
        PrimaryReplica::promises(&self.policy)
    }
    fn groups(&self) -> Vec<GroupId> {
        vec![GROUP]
    }
    fn group_spec(&self, _: GroupId) -> Option<&GroupSpec> {
        Some(&GroupSpec { placement: GroupPlacement::Everyone, keeps_data: true })
    }
    fn group_of(&self, _: FileId) -> Option<GroupId> {
        Some(GROUP)
    }
    fn file_name(&self, _: FileId) -> &'static str {
        "notes.txt"
    }
    fn membership(&self, _: GroupId) -> Option<&Membership> {
        Some(&self.membership)
    }
    fn is_up(&self, _: ServerId) -> bool {
        true
    }
    fn has_known_disk(&self, _: ServerId, _: GroupId) -> bool {
        true
    }
    fn copy_on_disk(&self, server: ServerId, _: GroupId, _: FileId) -> Option<&Copy> {
        self.disks.get(&server)
    }
    fn copy_in_memory(&self, server: ServerId, _: GroupId, _: FileId) -> Option<&Copy> {
        self.disks.get(&server)
    }
    fn copy_shown(&self, server: ServerId, _: GroupId, _: FileId) -> Option<&Copy> {
        self.disks.get(&server)
    }
    fn copies_in_memory(&self, server: ServerId, _: GroupId) -> Vec<(FileId, &Copy)> {
        self.disks.get(&server).map(|copy| (FILE, copy)).into_iter().collect()
    }
    fn last_acknowledged(&self, _: FileId) -> Option<Acknowledged> {
        self.last.map(|version| Acknowledged { revision: copy(version.0).revision(), deletes: false })
    }
    fn overwritten_by_loss(&self, _: FileId) -> usize {
        0
    }
    fn descends_from(&self, _: FileId, revision: Revision, ancestor: Revision) -> bool {
        revision >= ancestor
    }
    fn asks_primary(&self, _: OperationId) -> bool {
        true
    }
    fn last_on_disk(&self, server: ServerId, _: GroupId) -> u64 {
        self.disks.get(&server).map_or(0, |copy| copy.version.0)
    }
    fn first_files(&self, _: usize) -> Vec<FileId> {
        vec![FILE]
    }
    fn fresh_copies(&self, _: FileId) -> usize {
        self.disks.len()
    }
    fn bytes(&self) -> Bytes {
        Bytes::default()
    }
    fn version_found(&self, _: OperationId) -> Option<Version> {
        self.found
    }
}

impl MadeUp {
    /// Three servers in sync, S1 their primary, no file yet.
    fn new(policy: Policy) -> Self {
        let in_sync = BTreeSet::from([S1, S2, S3]);
        let membership = Membership { epoch: Epoch(1), primary: Some(S1), in_sync, ..Membership::default() };
        let checker = Checker::default();
        Self { policy, membership, disks: BTreeMap::new(), last: None, found: None, checker, next_event: 1 }
    }

    fn happens(&mut self, kind: EventKind) {
        let id = EventId(self.next_event);
        self.next_event += 1;
        let event = Event { id, at: Time::from_micros(id.0), cause: None, kind };
        let mut checker = core::mem::take(&mut self.checker);
        checker.observe(self, &[event]);
        self.checker = checker;
    }

    fn on_disk(&mut self, server: ServerId, index: u64) {
        self.disks.insert(server, copy(index));
        let (version, operation) = (Version(index), OperationId(index));
        let kind =
            EventKind::UpdateOnDisk { server, group: GROUP, file: FILE, version, operation, epoch: Epoch(1), index };
        self.happens(kind);
    }

    /// S1 logs version `index`, and it comes to these disks.
    fn logged(&mut self, index: u64, disks: &[ServerId]) {
        let (version, operation) = (Version(index), OperationId(index));
        let epoch = Epoch(1);
        let kind = OperationKind::Write;
        self.happens(EventKind::OperationStarted { operation, client: CLIENT, kind, file: FILE });
        self.happens(EventKind::UpdateLogged {
            server: S1,
            group: GROUP,
            file: FILE,
            version,
            operation,
            epoch,
            index,
        });
        for server in disks {
            self.on_disk(*server, index);
        }
    }

    fn answered(&mut self, index: u64, acks: usize) {
        let (version, operation) = (Version(index), OperationId(index));
        self.happens(EventKind::UpdateAnswered { server: S1, group: GROUP, file: FILE, version, operation, acks });
        self.last = Some(version);
        let kind = OperationKind::Write;
        self.happens(EventKind::OperationDone { operation, client: CLIENT, kind, file: FILE, version });
    }

    fn kill(&mut self, server: ServerId) {
        self.disks.remove(&server);
        self.happens(EventKind::ServerKilled { server });
    }

    fn reads(&mut self, operation: u64, version: u64) {
        let operation = OperationId(operation);
        let kind = OperationKind::Read;
        self.happens(EventKind::OperationStarted { operation, client: CLIENT, kind, file: FILE });
        self.finds(operation, version, false);
    }

    fn finds(&mut self, operation: OperationId, version: u64, damaged: bool) {
        self.found = Some(Version(version));
        let version = self.found;
        self.happens(EventKind::OperationFound { operation, client: CLIENT, file: FILE, version, damaged });
    }

    fn becomes_primary(&mut self, server: ServerId, epoch: u64) {
        self.happens(EventKind::BecamePrimary { server, group: GROUP, epoch: Epoch(epoch) });
    }

    #[track_caller]
    fn assert_found(&self, expected: &[Invariant]) {
        let found: Vec<Invariant> = self.checker.violations().iter().map(|violation| violation.invariant).collect();
        assert_eq!(found, expected, "{:#?}", self.checker.violations());
    }
}

fn with_acks(acks: Acks) -> MadeUp {
    MadeUp::new(Policy { acks, ..Policy::default() })
}

#[test]
fn two_primaries_in_one_epoch_are_noticed_and_two_epochs_are_not() {
    let mut world = with_acks(Acks::All);
    world.becomes_primary(S1, 1);
    world.happens(EventKind::Suspected { server: S1 });
    world.becomes_primary(S2, 2);
    world.becomes_primary(S2, 2);
    world.assert_found(&[]);
    world.becomes_primary(S3, 2);
    world.assert_found(&[Invariant::OnePrimaryPerEpoch]);
}

#[test]
fn a_hole_in_a_log_is_noticed() {
    let mut world = with_acks(Acks::All);
    world.on_disk(S1, 1);
    world.on_disk(S1, 3);
    world.assert_found(&[Invariant::NoUpdateWithoutPredecessor]);
}

#[test]
fn an_ok_before_the_replicas_have_it_is_noticed() {
    let mut world = with_acks(Acks::Count(1));
    world.logged(1, &[S1]);
    world.answered(1, 1);
    world.assert_found(&[Invariant::AckMeansWhatItSays]);
}

#[test]
fn an_ok_with_fewer_acks_than_the_policy_demands_is_noticed() {
    let mut world = with_acks(Acks::Count(2));
    world.logged(1, &[S1, S2]);
    world.answered(1, 1);
    world.assert_found(&[Invariant::AckMeansWhatItSays]);
}

#[test]
fn an_ok_before_the_primary_itself_has_it_on_disk_is_noticed() {
    let mut world = with_acks(Acks::None);
    world.logged(1, &[]);
    world.answered(1, 0);
    world.assert_found(&[Invariant::AckMeansWhatItSays]);
}

#[test]
fn an_ok_that_an_in_sync_server_knows_nothing_of_is_noticed() {
    let mut world = with_acks(Acks::All);
    world.logged(1, &[S1, S2]);
    world.answered(1, 1);
    world.assert_found(&[Invariant::AckMeansWhatItSays]);
}

#[test]
fn an_ack_from_a_disk_that_was_lost_since_is_no_lie() {
    let mut world = with_acks(Acks::Count(1));
    world.logged(1, &[S1, S2]);
    world.kill(S2);
    world.answered(1, 1);
    world.assert_found(&[]);
}

#[test]
fn a_repeated_request_must_not_be_answered_before_the_replicas_have_the_update() {
    let mut world = with_acks(Acks::Count(1));
    world.logged(1, &[S1]);
    world.last = Some(Version(1));
    let kind = OperationKind::Write;
    let (operation, version) = (OperationId(1), Version(1));
    world.happens(EventKind::OperationDone { operation, client: CLIENT, kind, file: FILE, version });
    world.assert_found(&[Invariant::AckMeansWhatItSays]);
}

#[test]
fn the_loss_of_as_many_disks_as_promised_must_not_lose_the_write() {
    let mut world = with_acks(Acks::Count(1));
    world.logged(1, &[S1, S2]);
    world.answered(1, 1);
    world.disks.remove(&S2);
    world.kill(S1);
    world.assert_found(&[Invariant::AcknowledgedIsKept]);
}

#[test]
fn the_loss_of_more_disks_than_promised_is_nobodys_fault() {
    let mut world = with_acks(Acks::Count(1));
    world.logged(1, &[S1, S2]);
    world.answered(1, 1);
    world.kill(S1);
    world.kill(S2);
    world.assert_found(&[]);
    let mut world = with_acks(Acks::All);
    world.logged(1, &[S1, S2, S3]);
    world.answered(1, 2);
    for server in [S1, S2, S3] {
        world.kill(server);
    }
    world.assert_found(&[]);
}

#[test]
fn a_primary_that_lacks_what_is_promised_is_noticed() {
    let mut world = with_acks(Acks::All);
    world.logged(1, &[S1, S2, S3]);
    world.answered(1, 2);
    world.kill(S1);
    world.disks.remove(&S3);
    world.becomes_primary(S3, 2);
    world.assert_found(&[Invariant::AcknowledgedIsKept]);
}

#[test]
fn nothing_is_promised_without_acks_nor_without_fencing_nor_after_a_fallback_nor_by_hand() {
    let without = [
        Policy { acks: Acks::None, ..Policy::default() },
        Policy { fencing: false, ..Policy::default() },
        Policy { when_short: WhenShort::GoAsync { after: Span::from_millis(1) }, ..Policy::default() },
    ];
    for policy in without {
        let mut world = MadeUp::new(policy);
        world.logged(1, &[S1, S2, S3]);
        world.answered(1, 2);
        world.disks.clear();
        world.becomes_primary(S2, 2);
        world.assert_found(&[]);
    }
    let mut world = with_acks(Acks::All);
    world.logged(1, &[S1, S2, S3]);
    world.answered(1, 2);
    let epoch = Epoch(2);
    world.happens(EventKind::Promoted { server: S3, group: GROUP, epoch, index: 0, by_hand: true });
    world.disks.clear();
    world.becomes_primary(S3, 2);
    world.assert_found(&[]);
}

#[test]
fn a_damaged_answer_is_noticed_while_checksums_are_on() {
    for (checksums, expected) in [(true, &[Invariant::DamageIsNotServed][..]), (false, &[])] {
        let mut world = MadeUp::new(Policy { checksums, ..Policy::default() });
        world.finds(OperationId(9), 1, true);
        world.assert_found(expected);
    }
}

#[test]
fn a_read_that_goes_back_is_noticed() {
    let mut world = with_acks(Acks::All);
    world.reads(10, 2);
    world.reads(11, 2);
    world.assert_found(&[]);
    world.reads(12, 1);
    world.assert_found(&[Invariant::ReadsNeverGoBack]);
}

#[test]
fn reads_may_go_back_once_a_failover_begins_unless_the_primary_has_a_lease() {
    let lease = Some(Span::from_millis(100));
    for (read_lease, expected) in [(None, &[][..]), (lease, &[Invariant::ReadsNeverGoBack])] {
        let mut world = MadeUp::new(Policy { read_lease, ..Policy::default() });
        world.reads(10, 2);
        world.happens(EventKind::ElectionStarted { group: GROUP, epoch: Epoch(2), only: None });
        world.reads(11, 1);
        world.assert_found(expected);
    }
}

#[test]
fn replicas_that_differ_in_the_end_are_noticed() {
    let mut world = with_acks(Acks::All);
    world.logged(1, &[S1, S2, S3]);
    world.answered(1, 2);
    assert_eq!(world.checker.check_settled(&world, Time::ZERO), []);
    world.disks.insert(S3, copy(2));
    let violations = world.checker.check_settled(&world, Time::ZERO);
    assert_eq!(violations.len(), 1);
    assert_eq!(violations[0].invariant, Invariant::ReplicasConverge);
    world.disks.clear();
    let violations = world.checker.check_settled(&world, Time::ZERO);
    assert_eq!(violations[0].invariant, Invariant::AcknowledgedIsKept, "all have converged to nothing");
}

#[test]
fn every_invariant_has_a_name_and_a_sentence_of_its_own() {
    let names: BTreeSet<&str> = Invariant::ALL.into_iter().map(Invariant::name).collect();
    assert_eq!(names.len(), Invariant::ALL.len());
    for invariant in Invariant::ALL {
        assert_eq!(Invariant::by_name(invariant.name()), Some(invariant));
        assert!(invariant.sentence().ends_with('.'));
    }
}

fn reigns(server: ServerId, epoch: u64) -> EventKind {
    EventKind::BecamePrimary { server, group: GROUP, epoch: Epoch(epoch) }
}

fn searched(epoch: u64) -> EventKind {
    EventKind::ElectionStarted { group: GROUP, epoch: Epoch(epoch), only: None }
}

/// Which of two kinds of failover blames a second primary, after what happened in between.
fn blames(failover: Failover, between: &[EventKind], second: ServerId) -> bool {
    let mut world = MadeUp::new(Policy { failover, ..Policy::default() });
    world.happens(reigns(S1, 1));
    for kind in between {
        world.happens(kind.clone());
    }
    world.happens(searched(2));
    world.happens(reigns(second, 2));
    world.checker.violations().iter().any(|violation| violation.invariant == Invariant::PromotedForACause)
}

#[test]
fn a_primary_is_replaced_after_something_happened_to_it() {
    let suspected = |server| [EventKind::Suspected { server }];
    assert!(blames(Failover::Automatic, &[], S2));
    assert!(blames(Failover::Automatic, &suspected(S2), S3), "S1 was well");
    assert!(!blames(Failover::Automatic, &suspected(S1), S2));
}

#[test]
fn with_manual_failover_only_an_operator_replaces_a_primary_that_may_come_back() {
    let crashed = EventKind::ServerCrashed { server: S1, unsynced: false };
    let killed = EventKind::ServerKilled { server: S1 };
    let asked = |server| EventKind::PromotionAsked { server };
    assert!(blames(Failover::Manual, std::slice::from_ref(&crashed), S2));
    assert!(!blames(Failover::Manual, std::slice::from_ref(&crashed), S1), "it has its disk");
    assert!(blames(Failover::Manual, std::slice::from_ref(&killed), S1), "it has lost its disk");
    assert!(!blames(Failover::Manual, &[crashed.clone(), asked(S2)], S2));
    assert!(blames(Failover::Manual, &[crashed, asked(S3)], S2), "another one was asked for");
    assert!(!blames(Failover::Manual, &[EventKind::ServerLeaves { server: S1 }], S2), "it hands over");
}
