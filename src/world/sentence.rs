//! Every event explains itself: one plain English sentence, made from its data.

use super::MAIN_GROUP;
use super::command::Direction;
use super::event::{Cargo, EventKind, LossReason};
use super::view::{MessageKind, OperationKind};
use crate::client::Refusal;
use crate::replication::Vacancy;
use crate::sim::{DiskCondition, FileId, GroupId, LinkQuality, NodeId, ServerId};

/// The sentence of an event; `name` tells the names of files.
pub(super) fn sentence<'a>(kind: &EventKind, name: &dyn Fn(FileId) -> &'a str) -> String {
    match kind {
        EventKind::ServerAdded { server, zone } => format!("{server} was added in {zone}; its disk is empty."),
        EventKind::ServerRemoved { server } => format!("{server} was removed from the cluster."),
        EventKind::ServerCrashed { server, unsynced: true } => {
            format!("{server} crashed. Its disk is kept, but anything not yet synced to it is gone.")
        }
        EventKind::ServerCrashed { server, unsynced: false } => format!("{server} crashed. Its disk is kept."),
        EventKind::ServerKilled { server } => format!("{server} was killed. Its disk is lost, with every copy on it."),
        EventKind::ServerRestarted { server, with_empty_disk: true } => {
            format!("{server} restarted with an empty disk.")
        }
        EventKind::ServerRestarted { server, with_empty_disk: false } => {
            format!("{server} restarted with what is on its disk.")
        }
        EventKind::ServerLeaves { server } => {
            format!("{server} will leave the cluster as soon as no group needs it.")
        }
        EventKind::ServerPaused { server } => format!("{server} is paused: it does nothing and notices nothing."),
        EventKind::ServerResumed { server } => {
            format!("{server} resumes and handles everything that arrived in the meantime.")
        }
        EventKind::DiskWiped { server } => format!("The disk of {server} was wiped."),
        EventKind::CopyRotted { server, file, version } => {
            format!("A bit of {} {version} flipped on the disk of {server}, and nobody noticed.", name(*file))
        }
        EventKind::ZoneFailed { zone } => format!("{zone} lost its power."),
        EventKind::ZoneReturned { zone } => format!("{zone} has power again."),
        EventKind::DiskChanged { .. }
        | EventKind::ClockSkewed { .. }
        | EventKind::LinkCutOneWay { .. }
        | EventKind::LinkChanged { .. }
        | EventKind::Partitioned { .. }
        | EventKind::AllHealed
        | EventKind::CoordinatorCrashed { .. }
        | EventKind::CoordinatorRestarted { .. } => fault(kind),
        EventKind::LinkCut { first, second } => format!("The link between {first} and {second} was cut."),
        EventKind::LinkHealed { first, second } => format!("The link between {first} and {second} was healed."),
        EventKind::PromotionAsked { server } => format!("The operator asked to promote {server}, whatever it lacks."),
        EventKind::PolicyChanged { .. }
        | EventKind::WorkloadChanged { .. }
        | EventKind::ChaosBegan { .. }
        | EventKind::ChaosEnded => rules(kind),
        EventKind::OperationStarted { .. }
        | EventKind::OperationDone { .. }
        | EventKind::OperationFound { .. }
        | EventKind::OperationServed { .. }
        | EventKind::OperationRetried { .. }
        | EventKind::OperationRefused { .. }
        | EventKind::OperationUnknown { .. } => operation(kind, name),
        EventKind::MessageSent { .. }
        | EventKind::MessageReceived { .. }
        | EventKind::MessageLost { .. }
        | EventKind::MessageDoubled { .. } => message(kind, name),
        EventKind::UpdateApplied { server, file, version, .. } => {
            format!("{server} has applied {} {version}: clients that read from {server} now see it.", name(*file))
        }
        EventKind::UpdateAnswered { server, file, version, acks, .. } => format!(
            "{server} answers that {} {version} is done: {}.",
            name(*file),
            match *acks {
                0 => "no replica has acknowledged it".to_owned(),
                1 => "1 replica has acknowledged it".to_owned(),
                acks => format!("{acks} replicas have acknowledged it"),
            },
        ),
        EventKind::UpdateNotConfirmed { server, file, version, .. } => {
            format!(
                "{server} answers that {} {version} was not confirmed in time: its outcome is unknown.",
                name(*file)
            )
        }
        EventKind::RequestRepeated { server, file, .. } => {
            format!("{server} got the same request about {} again, but carried it out only once.", name(*file))
        }
        EventKind::RotFound { .. } | EventKind::RotRepaired { .. } | EventKind::FullCopyHeldUp { .. } => {
            damage(kind, name)
        }
        EventKind::UpdateLogged { server, file, version, epoch, index, .. } if *index == 0 => {
            debug_assert_eq!(epoch.0, 0, "only one-copy files have no place in a log");
            format!("{server} writes {} {version} to its disk; no other server gets it.", name(*file))
        }
        EventKind::UpdateLogged { server, file, version, index, .. } => {
            format!("{server} logged {} {version} as update {index}.", name(*file))
        }
        EventKind::UpdateOnDisk { server, file, version, .. } => {
            format!("{server} has {} {version} on disk.", name(*file))
        }
        EventKind::UpdateWaits { .. } | EventKind::AckCounted { .. } => acks(kind, name),
        _ => failover(kind),
    }
}

/// What an update waits for, and what it gets.
fn acks<'a>(kind: &EventKind, name: &dyn Fn(FileId) -> &'a str) -> String {
    match kind {
        EventKind::UpdateWaits { file, acks, acks_needed, window, .. } if acks >= acks_needed => {
            format!(
                "The next update of {} waits: the window is {window}, and the update before it is not done yet.",
                name(*file)
            )
        }
        EventKind::UpdateWaits { file, acks, acks_needed, window, .. } => {
            format!(
                "The next update of {} waits: the window is {window}, and the update before it waits for {}.",
                name(*file),
                count(acks_needed.saturating_sub(*acks), "more ack"),
            )
        }
        EventKind::AckCounted { server, by, index, acks, acks_needed, .. } if acks > acks_needed => {
            format!("{by} acknowledged update {index} to the primary {server}, which needed no more acks.")
        }
        EventKind::AckCounted { server, by, index, acks_needed: 1, .. } => {
            format!("{by} acknowledged update {index} to the primary {server}, which now has the 1 ack it needs.")
        }
        EventKind::AckCounted { server, by, index, acks, acks_needed, .. } => format!(
            "{by} acknowledged update {index} to the primary {server}, which now has {acks} of the {acks_needed} acks it \
             needs."
        ),
        _ => failover(kind),
    }
}

/// What somebody changed for all of the cluster: its rules, what is asked of it, and what befalls it.
fn rules(kind: &EventKind) -> String {
    match kind {
        EventKind::PolicyChanged { changes } => {
            let changes: Vec<String> = changes.iter().map(|change| change.describe()).collect();
            format!("An operator set {}.", changes.join(" and "))
        }
        EventKind::WorkloadChanged { client, rate_per_second_hundredths: 0, .. } => {
            format!("{} stops its background operations.", capital(&client.to_string()))
        }
        EventKind::WorkloadChanged { client, rate_per_second_hundredths, read_percent } => {
            let rate = f64::from(*rate_per_second_hundredths) / 100.0;
            let client = capital(&client.to_string());
            format!("{client} now starts {rate} operations a second; {read_percent} % of them are reads.")
        }
        EventKind::ChaosBegan { kinds, span } => {
            let kinds: Vec<&str> = kinds.iter().map(|kind| kind.names().1).collect();
            format!("Chaos begins and lasts {} s: {}.", span.as_micros() / 1_000_000, kinds.join(", "))
        }
        EventKind::ChaosEnded => "Chaos ends: no more random faults begin.".to_owned(),
        _ => failover(kind),
    }
}

fn damage<'a>(kind: &EventKind, name: &dyn Fn(FileId) -> &'a str) -> String {
    match kind {
        EventKind::RotFound { server, file } => {
            format!("{server} found that its copy of {} is corrupt: the checksum does not match.", name(*file))
        }
        EventKind::FullCopyHeldUp { server, replica, file, .. } => format!(
            "{server} can't send {replica} a full copy: its own copy of {} is corrupt. Somebody has to write the file \
             again or promote another server by hand, unless {server} can repair its copy first.",
            name(*file)
        ),
        EventKind::RotRepaired { server, file, from } if server == from => {
            format!("{server} replaced its corrupt copy of {} with the one in its log.", name(*file))
        }
        EventKind::RotRepaired { server, file, from } => {
            format!("{server} replaced its corrupt copy of {} with the good one from {from}.", name(*file))
        }
        _ => failover(kind),
    }
}

fn message<'a>(kind: &EventKind, name: &dyn Fn(FileId) -> &'a str) -> String {
    match kind {
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
                LossReason::BadLink => "the link loses messages".to_owned(),
                LossReason::DiskFull => format!("the disk of {to} is full"),
            };
            format!("{} from {from} to {to} was lost: {why}.", capital(&describe(cargo, name)))
        }
        EventKind::MessageDoubled { from, to, cargo, .. } => {
            format!("{} from {from} to {to} will arrive twice.", capital(&describe(cargo, name)))
        }
        _ => String::new(),
    }
}

fn operation<'a>(kind: &EventKind, name: &dyn Fn(FileId) -> &'a str) -> String {
    match kind {
        EventKind::OperationStarted { client, kind, file, .. } => match kind {
            OperationKind::Write => format!("{client} asks to write {}.", name(*file)),
            OperationKind::Read => format!("{client} asks to read {}.", name(*file)),
            OperationKind::Delete => format!("{client} asks to delete {}.", name(*file)),
            OperationKind::Call => format!("{client} calls the service {}.", name(*file)),
        },
        EventKind::OperationDone { client, kind: OperationKind::Delete, file, .. } => {
            format!("{client} was told ok: {} is deleted.", name(*file))
        }
        EventKind::OperationDone { client, file, version, .. } => {
            format!("{client} was told ok: {} {version} is acknowledged.", name(*file))
        }
        EventKind::OperationServed { client, file, .. } => {
            format!("{client} got an answer from the service {}.", name(*file))
        }
        EventKind::OperationRetried { client, file, with_key: true, .. } => {
            format!("{client} got no answer about {} and asks again with the same key.", name(*file))
        }
        EventKind::OperationRetried { client, file, with_key: false, .. } => {
            format!(
                "{client} got no answer about {} and asks again without a key, as if for the first time.",
                name(*file)
            )
        }
        EventKind::OperationFound { client, file, version: Some(version), damaged: true, .. } => {
            format!("{client} read {} and got {version} with corrupt bytes.", name(*file))
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
                Refusal::TooFewInSync => "too few servers are in sync, so nothing was done",
                Refusal::DiskFull => "the server's disk is full, so nothing was done",
                Refusal::Damaged => "the copy is corrupt, so the server does not serve it",
            };
            format!("{client} gave up on {}: {why}.", name(*file))
        }
        EventKind::OperationUnknown { client, file, .. } => {
            format!("{client} got no answer about {}: the change may or may not have been made.", name(*file))
        }
        _ => String::new(),
    }
}

fn fault(kind: &EventKind) -> String {
    match kind {
        EventKind::DiskChanged { server, condition: DiskCondition { full: true, .. } } => {
            format!("The disk of {server} is full: it takes no more updates.")
        }
        EventKind::DiskChanged { server, condition: DiskCondition { slow_factor: 1, .. } } => {
            format!("The disk of {server} works as usual.")
        }
        EventKind::DiskChanged { server, condition } => {
            format!("The disk of {server} takes {} times as long as usual.", condition.slow_factor)
        }
        EventKind::ClockSkewed { server, offset_us: 0, drift_ppm: 0 } => format!("The clock of {server} is right."),
        EventKind::ClockSkewed { server, offset_us, drift_ppm } => {
            format!("The clock of {server} {}.", skew(*offset_us, *drift_ppm))
        }
        EventKind::LinkCutOneWay { from, to } => {
            format!("{} can no longer hear {from}.", capital(&to.to_string()))
        }
        EventKind::LinkChanged { from, to, quality, .. } if *quality == LinkQuality::default() => {
            format!("The link from {from} to {to} works as usual.")
        }
        EventKind::LinkChanged { from, to, both_ways, quality } => {
            let between = if *both_ways { format!("between {from} and {to}") } else { format!("from {from} to {to}") };
            format!("The link {between} is bad: it {}.", ailments(*quality))
        }
        EventKind::Partitioned { side, direction } => match direction {
            Direction::Both => format!("{} cut off from all others.", is_or_are(side)),
            Direction::Into => format!("The others can no longer reach {}.", and_list(side)),
            Direction::OutOf => format!("The others can no longer hear {}.", and_list(side)),
        },
        EventKind::AllHealed => "All links work as usual again.".to_owned(),
        EventKind::CoordinatorCrashed { node } => {
            format!("{} crashed. What it has decided is kept on its disk.", capital(&node.to_string()))
        }
        EventKind::CoordinatorRestarted { node } => format!("{} restarted.", capital(&node.to_string())),
        _ => String::new(),
    }
}

/// How a clock goes wrong, as the end of a sentence.
fn skew(offset_us: i64, drift_ppm: i32) -> String {
    let milliseconds = |micros: u64| match micros % 1_000 {
        0 => format!("{} ms", micros / 1_000),
        rest => format!("{}.{rest:03} ms", micros / 1_000),
    };
    let percent = |ppm: u32| {
        let (whole, rest) = (ppm / 10_000, format!("{:04}", ppm % 10_000));
        match rest.trim_end_matches('0') {
            "" => format!("{whole} %"),
            rest => format!("{whole}.{rest} %"),
        }
    };
    let ahead = |micros: i64| if micros > 0 { "ahead" } else { "behind" };
    let fast = |ppm: i32| if ppm > 0 { "fast" } else { "slow" };
    let offset =
        (offset_us != 0).then(|| format!("is {} {}", milliseconds(offset_us.unsigned_abs()), ahead(offset_us)));
    let drift = (drift_ppm != 0).then(|| format!("runs {} too {}", percent(drift_ppm.unsigned_abs()), fast(drift_ppm)));
    [offset, drift].into_iter().flatten().collect::<Vec<_>>().join(" and ")
}

fn and_list(nodes: &[NodeId]) -> String {
    let names: Vec<String> = nodes.iter().map(ToString::to_string).collect();
    if names.is_empty() { "nobody".to_owned() } else { one_and_another(&names) }
}

fn is_or_are(nodes: &[NodeId]) -> String {
    let verb = if nodes.len() > 1 { "are" } else { "is" };
    format!("{} {verb}", capital(&and_list(nodes)))
}

fn ailments(quality: LinkQuality) -> String {
    let rates = [
        (quality.loss_per_mille, "loses"),
        (quality.duplicate_per_mille, "duplicates"),
        (quality.reorder_per_mille, "reorders"),
    ];
    let mut parts: Vec<String> = Vec::new();
    for (per_mille, verb) in rates.into_iter().filter(|(per_mille, _)| *per_mille > 0) {
        let share = match (per_mille / 10, per_mille % 10) {
            (whole, 0) => format!("{whole} %"),
            (whole, tenth) => format!("{whole}.{tenth} %"),
        };
        let of = if parts.is_empty() { " of its messages" } else { "" };
        parts.push(format!("{verb} {share}{of}"));
    }
    if quality.slow_factor > 1 {
        parts.push(format!("takes {} times as long as usual", quality.slow_factor));
    }
    one_and_another(&parts)
}

fn one_and_another(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// What is said of a group besides the one of all servers, which goes without saying.
fn of(group: GroupId) -> String {
    if group == MAIN_GROUP { String::new() } else { format!(" of {group}") }
}

fn failover(kind: &EventKind) -> String {
    match kind {
        EventKind::BecamePrimary { server, group, epoch } => {
            format!("{server} is now the primary{} in epoch {epoch}.", of(*group))
        }
        EventKind::SteppedDown { server, group, epoch, newer } => {
            format!("{server} stepped down as primary{} in epoch {epoch}: epoch {newer} has begun.", of(*group))
        }
        EventKind::Fenced { server, from, stale, current, .. } => {
            format!(
                "{server} refused a message from {from} in epoch {stale}: {server} already follows epoch {current} (fencing)."
            )
        }
        EventKind::Promoted { server, group, epoch, index, by_hand: false } => format!(
            "The coordinator promotes {server}, whose log {}, to primary{} in epoch {epoch}.",
            log_end(*index),
            of(*group)
        ),
        EventKind::Promoted { server, epoch, index, by_hand: true, .. } => {
            format!("{server}, whose log {}, is promoted to primary by hand in epoch {epoch}.", log_end(*index))
        }
        EventKind::ElectionStarted { group, epoch, only: None } => {
            format!(
                "The coordinator looks for a primary{} for epoch {epoch}: which server is most up to date?",
                of(*group)
            )
        }
        EventKind::ElectionStarted { group, epoch, only: Some(server) } => {
            format!("The coordinator asks all members{} to follow {server} in epoch {epoch}.", of(*group))
        }
        EventKind::NoCandidate { group, epoch } => format!(
            "Too few of the servers that could have every acknowledged update answered: epoch {epoch}{} waits for a primary.",
            of(*group)
        ),
        EventKind::WaitsForOperator { group, primary, vacancy } => {
            let what = match vacancy {
                Vacancy::Silent => "is suspected",
                Vacancy::DiskLost => "has come back with an empty disk",
                Vacancy::Removed => "has been removed from the cluster",
            };
            let of = of(*group);
            format!("{primary}, the primary{of}, {what}. Failover is by hand: an operator has to promote a server.")
        }
        EventKind::InSyncChanged { group, servers } => match servers.as_slice() {
            [] => format!("No server{} is in sync.", of(*group)),
            [one] => format!("Only {one}{} is in sync.", of(*group)),
            servers => format!("In sync{}: {}.", of(*group).replace(" of ", " in "), list(servers)),
        },
        EventKind::LeadsCouncil { node, term } => {
            format!("{} leads the coordinator's nodes in term {term}.", capital(&node.to_string()))
        }
        EventKind::Suspected { server } => format!("The coordinator no longer hears {server} and suspects it."),
        EventKind::HeardAgain { server } => format!("The coordinator hears {server} again."),
        EventKind::GivenUp { server } => {
            format!("{server} has been silent for too long: the coordinator has its copies recreated on other servers.")
        }
        EventKind::RepairStarted { server, group } => format!("{server} will get a copy of the files{}.", of(*group)),
        EventKind::Trimmed { server, group } => {
            format!("{server} is no longer needed for the files{}: enough other copies exist.", of(*group))
        }
        EventKind::GroupDropped { server, group } => format!("{server} dropped its copies{}.", of(*group)),
        _ => catching_up(kind),
    }
}

/// How far a log goes, as the end of a clause.
fn log_end(index: u64) -> String {
    if index == 0 { "is empty".to_owned() } else { format!("ends with update {index}") }
}

fn catching_up(kind: &EventKind) -> String {
    match kind {
        EventKind::Truncated { server, from_index, count: cut, .. } => format!(
            "{server} dropped {} that the primary does not have: update {from_index}{}.",
            count(usize::try_from(*cut).unwrap_or(usize::MAX), "update"),
            if *cut > 1 { " and those after it" } else { "" },
        ),
        EventKind::CatchesUp { server, replica, count: 0, .. } => format!("{replica} lacks nothing that {server} has."),
        EventKind::CatchesUp { server, replica, from_index, count: 1, .. } => {
            format!("{server} sends {replica} the 1 update it lacks: update {from_index}.")
        }
        EventKind::CatchesUp { server, replica, from_index, count: lag, .. } => format!(
            "{server} sends {replica} the {} it lacks, beginning with update {from_index}.",
            count(usize::try_from(*lag).unwrap_or(usize::MAX), "update"),
        ),
        EventKind::FullCopySent { server, replica, .. } => {
            format!("{server} sends {replica} a full copy: the log of {server} does not reach back far enough.")
        }
        EventKind::FullCopyTaken { server, files, .. } => {
            format!("{server} installed a full copy of {}.", count(*files, "file"))
        }
        EventKind::Lags { server, replica, .. } => {
            format!(
                "{server} has heard nothing from {replica} for too long and asks the coordinator to go on without it."
            )
        }
        EventKind::CaughtUp { replica, group, .. } => {
            format!("{replica} has caught up{}.", of(*group).replace(" of ", " in "))
        }
        EventKind::WentAsync { server, .. } => {
            format!("{server} got too few acks for too long and goes on without them.")
        }
        EventKind::BackInSync { server, .. } => {
            format!("{server} waits for acks again: enough replicas have caught up.")
        }
        _ => String::new(),
    }
}

fn describe<'a>(cargo: &Cargo, name: &dyn Fn(FileId) -> &'a str) -> String {
    let file = cargo.file.map_or("", name);
    let version = cargo.version.map_or_else(String::new, |version| version.to_string());
    let epoch = cargo.epoch.map_or(0, |epoch| epoch.0);
    match cargo.kind {
        MessageKind::Request if cargo.file.is_none() => "a query for the current primary".to_owned(),
        MessageKind::Request => format!("a request about {file}"),
        MessageKind::FullCopy if cargo.file.is_some() => format!("an intact copy of {file} {version}"),
        MessageKind::Answer if version.is_empty() => "an answer".to_owned(),
        MessageKind::Answer => format!("an answer about {version}"),
        MessageKind::Update if cargo.count > 1 => format!("{} updates up to {file} {version}", cargo.count),
        MessageKind::Update => format!("the update {file} {version}"),
        MessageKind::Ack if cargo.count == 0 => "the ack of an empty log".to_owned(),
        MessageKind::Ack => format!("the ack of update {}", cargo.count),
        MessageKind::Heartbeat => "a heartbeat".to_owned(),
        MessageKind::Election if epoch == 0 => "a vote among the coordinator's nodes".to_owned(),
        MessageKind::Election => format!("a message about epoch {epoch}"),
        MessageKind::FullCopy => {
            format!("a full copy of {}", count(usize::try_from(cargo.count).unwrap_or(usize::MAX), "file"))
        }
        MessageKind::Control if epoch == 0 => "a control message".to_owned(),
        MessageKind::Control => format!("a control message for epoch {epoch}"),
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
