//! What stands beside a point or a message of the diagram: a few words, where the sentence would be too long.

use crate::sim::FileId;
use crate::world::{Cargo, EventKind, MessageKind, OperationKind};

/// An event in a few words; none for what its shape says already.
pub(super) fn point_label(kind: &EventKind) -> String {
    match kind {
        EventKind::OperationStarted { kind, .. } => format!("asks to {}", verb(*kind)),
        EventKind::OperationRetried { .. } => "asks again".to_owned(),
        EventKind::OperationDone { version, .. } => format!("is told ok for {version}"),
        EventKind::OperationFound { damaged: true, .. } => "reads corrupt bytes".to_owned(),
        EventKind::OperationFound { version: Some(version), .. } => format!("reads {version}"),
        EventKind::OperationFound { version: None, .. } => "reads: no such file".to_owned(),
        EventKind::OperationServed { .. } => "is served".to_owned(),
        EventKind::OperationRefused { .. } => "is refused".to_owned(),
        EventKind::OperationUnknown { .. } => "gets no answer".to_owned(),
        EventKind::UpdateLogged { version, .. } => format!("logs {version}"),
        EventKind::UpdateNotConfirmed { .. } => "does not confirm".to_owned(),
        EventKind::WentAsync { .. } => "goes on without acks".to_owned(),
        EventKind::BackInSync { .. } => "waits for acks again".to_owned(),
        EventKind::Truncated { count, .. } => format!("drops {count}"),
        EventKind::FullCopyTaken { .. } => "installs a full copy".to_owned(),
        EventKind::RotFound { .. } => "finds corruption".to_owned(),
        EventKind::RotRepaired { .. } => "repairs its copy".to_owned(),
        EventKind::ServerKilled { server } => format!("{server} killed"),
        EventKind::ServerCrashed { server, .. } => format!("{server} crashed"),
        EventKind::ServerRestarted { server, with_empty_disk: true } => format!("{server} restarts, empty"),
        EventKind::ServerRestarted { server, with_empty_disk: false } => format!("{server} restarts"),
        EventKind::ServerPaused { server } => format!("{server} paused"),
        EventKind::ServerResumed { server } => format!("{server} resumes"),
        EventKind::ServerAdded { server, .. } => format!("{server} added"),
        EventKind::ServerRemoved { server } => format!("{server} removed"),
        EventKind::DiskWiped { server } => format!("disk of {server} wiped"),
        EventKind::CopyRotted { .. } => "a bit flips".to_owned(),
        EventKind::ClockSkewed { .. } => "clock set wrong".to_owned(),
        EventKind::DiskChanged { .. } => "disk changes".to_owned(),
        EventKind::CoordinatorCrashed { .. } => "crashes".to_owned(),
        EventKind::CoordinatorRestarted { .. } => "restarts".to_owned(),
        EventKind::LeadsCouncil { .. } => "leads".to_owned(),
        EventKind::Suspected { server } => format!("suspects {server}"),
        EventKind::HeardAgain { server } => format!("hears {server} again"),
        EventKind::ElectionStarted { only: Some(server), .. } => format!("asks all to follow {server}"),
        EventKind::ElectionStarted { only: None, .. } => "asks who is up to date".to_owned(),
        EventKind::Promoted { server, epoch, .. } => format!("names {server}, epoch {epoch}"),
        EventKind::PromotionAsked { server } => format!("is asked to promote {server}"),
        EventKind::NoCandidate { .. } => "finds no candidate".to_owned(),
        EventKind::WaitsForOperator { .. } => "waits for an operator".to_owned(),
        EventKind::BecamePrimary { server, epoch, .. } => format!("{server} is primary, epoch {epoch}"),
        EventKind::SteppedDown { server, .. } => format!("{server} steps down"),
        EventKind::Fenced { stale, .. } => format!("refuses epoch {stale}"),
        EventKind::GivenUp { server } => format!("gives {server} up"),
        EventKind::ZoneFailed { zone } => format!("{zone} without power"),
        EventKind::ZoneReturned { zone } => format!("{zone} has power"),
        EventKind::LinkCut { first, second } => format!("{first}–{second} cut"),
        EventKind::LinkCutOneWay { from, to } => format!("{from}→{to} cut"),
        EventKind::LinkHealed { first, second } => format!("{first}–{second} healed"),
        EventKind::LinkChanged { from, to, .. } => format!("{from}–{to} changes"),
        EventKind::Partitioned { .. } => "partition".to_owned(),
        EventKind::PolicyChanged { .. } => "policy changes".to_owned(),
        EventKind::WorkloadChanged { .. } => "workload changes".to_owned(),
        EventKind::ChaosBegan { .. } => "chaos begins".to_owned(),
        EventKind::ChaosEnded => "chaos ends".to_owned(),
        EventKind::AllHealed => "all links healed".to_owned(),
        EventKind::ServerLeaves { .. }
        | EventKind::MessageSent { .. }
        | EventKind::MessageReceived { .. }
        | EventKind::MessageLost { .. }
        | EventKind::MessageDoubled { .. }
        | EventKind::UpdateWaits { .. }
        | EventKind::UpdateOnDisk { .. }
        | EventKind::UpdateApplied { .. }
        | EventKind::AckCounted { .. }
        | EventKind::UpdateAnswered { .. }
        | EventKind::RequestRepeated { .. }
        | EventKind::CatchesUp { .. }
        | EventKind::FullCopySent { .. }
        | EventKind::FullCopyHeldUp { .. }
        | EventKind::Lags { .. }
        | EventKind::CaughtUp { .. }
        | EventKind::InSyncChanged { .. }
        | EventKind::RepairStarted { .. }
        | EventKind::Trimmed { .. }
        | EventKind::GroupDropped { .. } => String::new(),
    }
}

fn verb(kind: OperationKind) -> &'static str {
    match kind {
        OperationKind::Write => "write",
        OperationKind::Read => "read",
        OperationKind::Delete => "delete",
        OperationKind::Call => "be served",
    }
}

/// What a message carries in a word or two; none for what its shape says already.
pub(super) fn message_label<'a>(cargo: &Cargo, name: impl Fn(FileId) -> &'a str) -> String {
    let version = cargo.version.map(|version| version.to_string());
    match (cargo.kind, version) {
        (MessageKind::Request, _) if cargo.file.is_none() => "who is primary?".to_owned(),
        (MessageKind::Request, _) => {
            let name = cargo.file.map_or("", name);
            if cargo.count > 0 { format!("write {name}") } else { name.to_owned() }
        }
        (MessageKind::Update, Some(version)) if cargo.count > 1 => format!("{} up to {version}", cargo.count),
        (MessageKind::FullCopy, None) => "full copy".to_owned(),
        (MessageKind::Answer | MessageKind::Update | MessageKind::FullCopy, Some(version)) => version,
        (MessageKind::Ack, _) => format!("ack {}", cargo.count),
        (MessageKind::Update | MessageKind::Answer, None)
        | (MessageKind::Heartbeat | MessageKind::Election | MessageKind::Control, _) => String::new(),
    }
}
