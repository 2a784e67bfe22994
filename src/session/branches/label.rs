//! A few words for a command, as a branch is named by and a button says that it will undo.

use crate::sim::NodeId;
use crate::world::{Command, ReadFrom};

/// What a command does, without the time at which it is given.
pub(super) fn label(command: &Command) -> String {
    match command {
        Command::AddServer { zone: None } => "add a server".to_owned(),
        Command::AddServer { zone: Some(zone) } => format!("add a server in {zone}"),
        Command::RemoveServer { server } => format!("remove {server}"),
        Command::Write { file, .. } => format!("write {file}"),
        Command::Read { file, from } => format!("read {file}{}", source(*from)),
        Command::Delete { file } => format!("delete {file}"),
        Command::Crash { server } => format!("crash {server}"),
        Command::Kill { server } => format!("kill {server}"),
        Command::Restart { server } => format!("restart {server}"),
        Command::CutLink { first, second } => format!("cut {first} and {second}"),
        Command::HealLink { first, second } => format!("heal {first} and {second}"),
        Command::Pause { server } => format!("pause {server}"),
        Command::Resume { server } => format!("resume {server}"),
        Command::Wipe { server } => format!("wipe {server}"),
        Command::Rot { server, file, .. } => format!("rot {file} on {server}"),
        Command::SetDisk { server, condition } => match (condition.full, condition.slow_factor) {
            (true, _) => format!("fill the disk of {server}"),
            (false, 1) => format!("mend the disk of {server}"),
            (false, _) => format!("slow the disk of {server}"),
        },
        Command::SetLink { from, to, .. } => format!("change the link {from} to {to}"),
        Command::CutOneWay { from, to } => format!("cut {from} to {to}"),
        Command::Partition { side, .. } => format!("partition {}", names(side)),
        Command::HealAll => "heal all".to_owned(),
        Command::ZoneOutage { zone } => format!("power cut in {zone}"),
        Command::ZoneReturn { zone } => format!("power back in {zone}"),
        Command::SkewClock { server, offset_us: 0, drift_ppm: 0 } => format!("set the clock of {server} right"),
        Command::SkewClock { server, .. } => format!("skew the clock of {server}"),
        Command::CrashCoordinator { node } => format!("crash the {node}"),
        Command::RestartCoordinator { node } => format!("restart the {node}"),
        Command::Call { service } => format!("call {service}"),
        Command::Promote { server } => format!("promote {server}"),
        Command::SetPolicy { changes } => {
            let changes: Vec<String> = changes.iter().map(|change| change.describe()).collect();
            format!("set {}", changes.join(" and "))
        }
        Command::SetWorkload { client, .. } => format!("change the load of {client}"),
        Command::BeginChaos { .. } => "begin chaos".to_owned(),
        Command::EndChaos => "end chaos".to_owned(),
    }
}

fn source(from: ReadFrom) -> String {
    match from {
        ReadFrom::Primary => String::new(),
        ReadFrom::Server(server) => format!(" at {server}"),
        ReadFrom::Nearest => " at the nearest copy".to_owned(),
        ReadFrom::Any => " anywhere".to_owned(),
    }
}

fn names(side: &[NodeId]) -> String {
    let names: Vec<String> = side.iter().map(ToString::to_string).collect();
    names.join(", ")
}
