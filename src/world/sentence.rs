//! Every event explains itself: one plain English sentence, made from its data.

use super::event::{Cargo, EventKind, LossReason};
use super::view::{MessageKind, OperationKind};
use crate::client::Refusal;
use crate::sim::{FileId, ServerId};

/// The sentence of an event; `name` tells the names of files.
pub(super) fn sentence<'a>(kind: &EventKind, name: &dyn Fn(FileId) -> &'a str) -> String {
    match kind {
        EventKind::ServerAdded { server, zone } => format!("{server} was added in {zone}; its disk is empty."),
        EventKind::ServerRemoved { server } => format!("{server} was taken out of the cluster."),
        EventKind::ServerCrashed { server, unsynced: true } => {
            format!("{server} crashed. Its disk is kept, but what was not yet synced is gone.")
        }
        EventKind::ServerCrashed { server, unsynced: false } => format!("{server} crashed. Its disk is kept."),
        EventKind::ServerKilled { server } => format!("{server} was killed. Its disk is lost, with every copy on it."),
        EventKind::ServerRestarted { server, with_empty_disk: true } => {
            format!("{server} started again with an empty disk.")
        }
        EventKind::ServerRestarted { server, with_empty_disk: false } => {
            format!("{server} started again from its disk.")
        }
        EventKind::LinkCut { first, second } => format!("The link between {first} and {second} was cut."),
        EventKind::LinkHealed { first, second } => format!("The link between {first} and {second} was healed."),
        EventKind::PromotionAsked { server } => format!("The operator asked to promote {server}, whatever it lacks."),
        EventKind::OperationStarted { .. }
        | EventKind::OperationDone { .. }
        | EventKind::OperationFound { .. }
        | EventKind::OperationRefused { .. }
        | EventKind::OperationUnknown { .. } => operation(kind, name),
        EventKind::MessageSent { from, to, cargo, .. } => {
            format!("{} sent {} to {to}.", capital(&from.to_string()), describe(cargo, name))
        }
        EventKind::MessageReceived { from, to, cargo, .. } => {
            format!("{} received {} from {from}.", capital(&to.to_string()), describe(cargo, name))
        }
        EventKind::MessageLost { from, to, cargo, reason, .. } => {
            let why = match reason {
                LossReason::LinkCut => "the link is cut".to_owned(),
                LossReason::ReceiverDown => format!("{to} is down"),
            };
            format!("{} from {from} to {to} was lost: {why}.", capital(&describe(cargo, name)))
        }
        EventKind::UpdateLogged { server, file, version, epoch, index, .. } if *index == 0 => {
            debug_assert_eq!(epoch.0, 0, "only one-copy files have no place in a log");
            format!("{server} writes {} {version} to its disk; no other server gets it.", name(*file))
        }
        EventKind::UpdateLogged { server, file, version, index, .. } => {
            format!("{server} logged {} {version} as update {index}.", name(*file))
        }
        EventKind::UpdateWaits { file, acks, acks_needed, window, .. } => {
            format!(
                "The next update of {} waits: the window is {window}, and the update before it has {acks} of {} needed.",
                name(*file),
                count(*acks_needed, "ack"),
            )
        }
        EventKind::UpdateOnDisk { server, file, version, .. } => {
            format!("{server} has {} {version} on disk.", name(*file))
        }
        EventKind::AckCounted { by, index, acks, acks_needed, .. } => {
            format!("{by} acknowledged update {index}: {acks} of {} needed.", count(*acks_needed, "ack"))
        }
        _ => failover(kind),
    }
}

fn operation<'a>(kind: &EventKind, name: &dyn Fn(FileId) -> &'a str) -> String {
    match kind {
        EventKind::OperationStarted { client, kind, file, .. } => match kind {
            OperationKind::Write => format!("{client} asks to write {}.", name(*file)),
            OperationKind::Read => format!("{client} asks to read {}.", name(*file)),
            OperationKind::Delete => format!("{client} asks to delete {}.", name(*file)),
        },
        EventKind::OperationDone { client, kind: OperationKind::Delete, file, .. } => {
            format!("{client} was told ok: {} is deleted.", name(*file))
        }
        EventKind::OperationDone { client, file, version, .. } => {
            format!("{client} was told ok: {} {version} is acknowledged.", name(*file))
        }
        EventKind::OperationFound { client, file, version: Some(version), .. } => {
            format!("{client} read {} and got {version}.", name(*file))
        }
        EventKind::OperationFound { client, file, version: None, .. } => {
            format!("{client} read {} and was told that there is no such file.", name(*file))
        }
        EventKind::OperationRefused { client, file, refusal, .. } => {
            let why = match refusal {
                Refusal::NoPrimary => "no primary was found in time, so nothing was done",
                Refusal::SteppedDown => "the primary stepped down, so nothing was done",
                Refusal::NoAnswer => "no server answered in time",
            };
            format!("{client} gave up on {}: {why}.", name(*file))
        }
        EventKind::OperationUnknown { client, file, .. } => {
            format!("{client} got no answer about {}: the change may or may not be done.", name(*file))
        }
        _ => String::new(),
    }
}

fn failover(kind: &EventKind) -> String {
    match kind {
        EventKind::BecamePrimary { server, epoch } => format!("{server} is the primary of epoch {epoch} now."),
        EventKind::SteppedDown { server, epoch, newer } => {
            format!("{server} stepped down as primary of epoch {epoch}: epoch {newer} has begun.")
        }
        EventKind::Fenced { server, from, stale, current } => {
            format!("{server} refused a message of {from} from epoch {stale}: it follows epoch {current} (fencing).")
        }
        EventKind::Truncated { server, from_index, count: cut } => format!(
            "{server} cut off {} from update {from_index} on, which the primary does not have.",
            count(usize::try_from(*cut).unwrap_or(usize::MAX), "update"),
        ),
        EventKind::CatchesUp { server, replica, from_index, count: lag } => match lag {
            0 => format!("{replica} lacks nothing that {server} has."),
            _ => format!(
                "{server} sends {replica} what it lacks: {} from update {from_index} on.",
                count(usize::try_from(*lag).unwrap_or(usize::MAX), "update"),
            ),
        },
        EventKind::FullCopySent { server, replica } => {
            format!("{server} sends {replica} a full copy: its log does not reach back far enough.")
        }
        EventKind::FullCopyTaken { server, files } => {
            format!("{server} took over a full copy of {}.", count(*files, "file"))
        }
        EventKind::Lags { server, replica } => {
            format!("{server} got no acks from {replica} for too long and asks to go on without it.")
        }
        EventKind::CaughtUp { replica, .. } => format!("{replica} has caught up."),
        EventKind::Suspected { server } => format!("The coordinator no longer hears {server} and suspects it."),
        EventKind::HeardAgain { server } => format!("The coordinator hears {server} again."),
        EventKind::ElectionStarted { epoch } => {
            format!("The coordinator looks for the primary of epoch {epoch}: who is most up to date?")
        }
        EventKind::Promoted { server, epoch, index, by_hand: false } => {
            format!("The coordinator promotes {server}, which has update {index}, to primary of epoch {epoch}.")
        }
        EventKind::Promoted { server, epoch, index, by_hand: true } => {
            format!("{server}, which has update {index}, is promoted by hand to primary of epoch {epoch}.")
        }
        EventKind::NoCandidate { epoch } => {
            format!("No server that has all acknowledged updates answers: epoch {epoch} waits for a primary.")
        }
        EventKind::InSyncChanged { servers } => match servers.as_slice() {
            [] => "No server is in sync.".to_owned(),
            [one] => format!("Only {one} is in sync."),
            servers => format!("In sync: {}.", list(servers)),
        },
        _ => String::new(),
    }
}

fn describe<'a>(cargo: &Cargo, name: &dyn Fn(FileId) -> &'a str) -> String {
    let file = cargo.file.map_or("", name);
    let version = cargo.version.map_or_else(String::new, |version| version.to_string());
    let epoch = cargo.epoch.map_or(0, |epoch| epoch.0);
    match cargo.kind {
        MessageKind::Request if cargo.file.is_none() => "the question who is primary".to_owned(),
        MessageKind::Request => format!("a request about {file}"),
        MessageKind::Answer if version.is_empty() => "an answer".to_owned(),
        MessageKind::Answer => format!("the answer {version}"),
        MessageKind::Update if cargo.count > 1 => format!("{} updates up to {file} {version}", cargo.count),
        MessageKind::Update => format!("{file} {version}"),
        MessageKind::Ack => format!("the ack of update {}", cargo.count),
        MessageKind::Heartbeat => "a heartbeat".to_owned(),
        MessageKind::Election => format!("a message about epoch {epoch}"),
        MessageKind::FullCopy => {
            format!("a full copy of {}", count(usize::try_from(cargo.count).unwrap_or(usize::MAX), "file"))
        }
        MessageKind::Control => format!("a control message of epoch {epoch}"),
    }
}

fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

fn list(servers: &[ServerId]) -> String {
    servers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + characters.as_str())
}
