//! Commands as text: the other way round of the entries of `[[at]]`.

use core::fmt::Write as _;

use super::quantity::exact;
use super::word::{AckWhenWord, DirectionWord, FailoverWord};
use crate::replication::{Acks, Detector, PolicyChange, WhenShort};
use crate::sim::{ClientId, LinkQuality, NodeId, ServerId, Span, ZoneId};
use crate::world::{Command, Placement, ReadFrom};

/// The command in the form of the entries of `[[at]]`, without a time, such as `kill = "S1"`: one line that
/// [`super::command_from_text`] reads as the same command.
///
/// None for what the format has no form for: random faults, and bytes that are no text.
#[must_use]
pub fn command_text(command: &Command) -> Option<String> {
    let text = match command {
        Command::AddServer { zone: None } => "add_server = {}".to_owned(),
        Command::AddServer { zone: Some(zone) } => format!("add_server = {{ zone = {} }}", zone_text(*zone)),
        Command::RemoveServer { server } => on_server("remove_server", *server),
        Command::Write { file, content, placement } => {
            let text = core::str::from_utf8(content.bytes()).ok()?;
            let copies = match placement {
                Placement::EveryServer => String::new(),
                Placement::OneServer(server) => format!(", copies = \"one server {server}\""),
                Placement::Ring { factor } => format!(", copies = {factor}"),
            };
            format!("write = {{ file = {}, text = {}{copies} }}", toml_string(file), toml_string(text))
        }
        Command::Read { file, from } => {
            let from = match from {
                ReadFrom::Primary => String::new(),
                ReadFrom::Server(server) => format!(", from = \"{server}\""),
                ReadFrom::Nearest => ", from = \"nearest\"".to_owned(),
                ReadFrom::Any => ", from = \"any\"".to_owned(),
            };
            format!("read = {{ file = {}{from} }}", toml_string(file))
        }
        Command::Delete { file } => format!("delete = {}", toml_string(file)),
        Command::Crash { server } => on_server("crash", *server),
        Command::Kill { server } => on_server("kill", *server),
        Command::Restart { server } => on_server("restart", *server),
        Command::CutLink { first, second } => format!("cut = [{}, {}]", node(*first), node(*second)),
        Command::HealLink { first, second } => format!("heal = [{}, {}]", node(*first), node(*second)),
        Command::Pause { server } => on_server("pause", *server),
        Command::Resume { server } => on_server("resume", *server),
        Command::Wipe { server } => on_server("wipe", *server),
        Command::Rot { server, file, bit } => {
            format!("rot = {{ server = \"{server}\", file = {}, bit = {bit} }}", toml_string(file))
        }
        Command::SetDisk { server, condition } => {
            let (full, slow) = (condition.full, condition.slow_factor);
            format!("disk = {{ server = \"{server}\", full = {full}, slow_factor = {slow} }}")
        }
        Command::SetLink { from, to, both_ways, quality } => {
            let ends = format!("from = {}, to = {}, both_ways = {both_ways}", node(*from), node(*to));
            format!("link = {{ {ends}{} }}", quality_text(*quality))
        }
        Command::CutOneWay { from, to } => {
            format!("cut_one_way = {{ from = {}, to = {} }}", node(*from), node(*to))
        }
        Command::Partition { side, direction } => {
            let side: Vec<String> = side.iter().copied().map(node).collect();
            let direction = DirectionWord::word_of(*direction);
            format!("partition = {{ side = [{}], direction = \"{direction}\" }}", side.join(", "))
        }
        Command::HealAll => "heal_all = true".to_owned(),
        Command::ZoneOutage { zone } => format!("zone_outage = {}", zone_text(*zone)),
        Command::ZoneReturn { zone } => format!("zone_return = {}", zone_text(*zone)),
        Command::SkewClock { server, offset_us, drift_ppm } => {
            format!("clock = {{ server = \"{server}\", offset = \"{offset_us} us\", drift_ppm = {drift_ppm} }}")
        }
        Command::CrashCoordinator { node: coordinator } => {
            format!("crash_coordinator = {}", node(NodeId::Coordinator(*coordinator)))
        }
        Command::RestartCoordinator { node: coordinator } => {
            format!("restart_coordinator = {}", node(NodeId::Coordinator(*coordinator)))
        }
        Command::Call { service } => format!("call = {}", toml_string(service)),
        Command::Promote { server } => on_server("promote", *server),
        Command::SetPolicy { changes } => {
            let changes: Vec<String> = changes.iter().map(policy_text).collect();
            format!("policy = {{ {} }}", changes.join(", "))
        }
        Command::SetWorkload { client, rate_per_second_hundredths, read_percent } => {
            workload_text(*client, *rate_per_second_hundredths, *read_percent)
        }
        Command::BeginChaos { .. } | Command::EndChaos => return None,
    };
    Some(text)
}

fn on_server(command: &str, server: ServerId) -> String {
    format!("{command} = \"{server}\"")
}

/// A text as TOML writes it, with its quotation marks.
#[must_use]
pub fn toml_string(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            control if control.is_control() => {
                // Writing to a string does not fail.
                let _ = write!(quoted, "\\u{:04x}", u32::from(control));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

fn zone_text(zone: ZoneId) -> String {
    format!("\"{}\"", char::from(b'A' + zone.0 % 26))
}

fn node(node: NodeId) -> String {
    match node {
        NodeId::Server(server) => format!("\"{server}\""),
        NodeId::Coordinator(coordinator) => format!("\"coordinator {}\"", coordinator.0),
        NodeId::Client(client) => format!("\"client {}\"", client.0),
    }
}

fn quality_text(quality: LinkQuality) -> String {
    let LinkQuality { loss_per_mille, duplicate_per_mille, reorder_per_mille, slow_factor } = quality;
    let mut text = String::new();
    for (name, per_mille) in [
        ("loss_percent", loss_per_mille),
        ("duplicate_percent", duplicate_per_mille),
        ("reorder_percent", reorder_per_mille),
    ] {
        if per_mille > 0 {
            let _ = write!(text, ", {name} = {}.{}", per_mille / 10, per_mille % 10);
        }
    }
    if slow_factor > 1 {
        let _ = write!(text, ", slow_factor = {slow_factor}");
    }
    text
}

fn quoted_span(span: Span) -> String {
    format!("\"{}\"", exact(span))
}

fn policy_text(change: &PolicyChange) -> String {
    match change {
        PolicyChange::Acks(Acks::All) => "acks = \"all\"".to_owned(),
        PolicyChange::Acks(Acks::None) => "acks = \"none\"".to_owned(),
        PolicyChange::Acks(Acks::Count(count)) => format!("acks = {count}"),
        PolicyChange::AckWhen(when) => format!("ack_when = \"{}\"", AckWhenWord::word_of(*when)),
        PolicyChange::Window(window) => format!("window = {window}"),
        PolicyChange::MinInSync(servers) => format!("min_in_sync = {servers}"),
        PolicyChange::WhenShort(WhenShort::Wait) => "when_short = \"wait\"".to_owned(),
        PolicyChange::WhenShort(WhenShort::TimeOut { after }) => {
            format!("when_short = {{ time_out = {} }}", quoted_span(*after))
        }
        PolicyChange::WhenShort(WhenShort::GoAsync { after }) => {
            format!("when_short = {{ go_async = {} }}", quoted_span(*after))
        }
        PolicyChange::Failover(failover) => format!("failover = \"{}\"", FailoverWord::word_of(*failover)),
        PolicyChange::Fencing(fencing) => format!("fencing = {fencing}"),
        PolicyChange::Checksums(checksums) => format!("checksums = {checksums}"),
        PolicyChange::Detector(Detector::TimeOut { after }) => {
            format!("detector = {{ time_out = {} }}", quoted_span(*after))
        }
        PolicyChange::Detector(Detector::PhiAccrual { threshold_tenths, deviation_min, pause_accepted }) => {
            let threshold = format!("{}.{}", threshold_tenths / 10, threshold_tenths % 10);
            let deviation = quoted_span(*deviation_min);
            let pause = quoted_span(*pause_accepted);
            format!(
                "detector = {{ phi = {{ threshold = {threshold}, deviation_min = {deviation}, pause_accepted = {pause} }} }}"
            )
        }
        PolicyChange::ScrubEvery(None) => "scrub_every = \"never\"".to_owned(),
        PolicyChange::ScrubEvery(Some(every)) => format!("scrub_every = {}", quoted_span(*every)),
        PolicyChange::RepairAfter(after) => format!("repair_after = {}", quoted_span(*after)),
    }
}

fn workload_text(client: ClientId, rate_hundredths: Option<u32>, read_percent: Option<u8>) -> String {
    let rate = rate_hundredths.map_or(String::new(), |rate| format!(", rate = {}.{:02}", rate / 100, rate % 100));
    let reads = read_percent.map_or(String::new(), |percent| format!(", read_percent = {percent}"));
    format!("workload = {{ client = {}{rate}{reads} }}", node(NodeId::Client(client)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::command_from_text;

    #[test]
    fn what_is_written_reads_as_the_same_command() {
        for text in [
            "add_server = {}",
            "add_server = { zone = \"B\" }",
            "remove_server = \"S2\"",
            "write = { file = \"a \\\"b\\\".txt\", text = \"one\\ntwo \\\\ \\u0001\" }",
            "write = { file = \"a.txt\", text = \"\", copies = 2 }",
            "write = { file = \"a.txt\", size = \"3 kB\", copies = \"one server S2\" }",
            "read = { file = \"a.txt\" }",
            "read = { file = \"a.txt\", from = \"S3\" }",
            "read = { file = \"a.txt\", from = \"nearest\" }",
            "read = { file = \"a.txt\", from = \"any\" }",
            "delete = \"a.txt\"",
            "call = \"web\"",
            "crash = \"S1\"",
            "kill = \"S1\"",
            "restart = \"S1\"",
            "pause = \"S1\"",
            "resume = \"S1\"",
            "wipe = \"S1\"",
            "promote = \"S1\"",
            "rot = { server = \"S1\", file = \"a.txt\", bit = 9 }",
            "disk = { server = \"S1\", full = true }",
            "disk = { server = \"S1\", slow_factor = 20 }",
            "clock = { server = \"S1\", offset = \"-20 ms\", drift_ppm = -500 }",
            "cut = [\"S1\", \"client 1\"]",
            "heal = [\"S1\", \"coordinator\"]",
            "cut_one_way = { from = \"S1\", to = \"coordinator 2\" }",
            "heal_all = true",
            "partition = { side = [\"S1\", \"client 1\"], direction = \"out of\" }",
            "link = { from = \"S1\", to = \"S2\", loss_percent = 20.5, reorder_percent = 1, slow_factor = 3 }",
            "link = { from = \"S1\", to = \"S2\", both_ways = false }",
            "zone_outage = \"A\"",
            "zone_return = \"C\"",
            "crash_coordinator = \"coordinator\"",
            "restart_coordinator = \"coordinator 3\"",
            "policy = { acks = 1, ack_when = \"in memory\", window = 4, min_in_sync = 2, fencing = false }",
            "policy = { acks = \"none\", when_short = \"wait\", failover = \"manual\", checksums = false }",
            "policy = { acks = \"all\", when_short = { time_out = \"1.5 s\" }, scrub_every = \"never\" }",
            "policy = { when_short = { go_async = \"2500 us\" }, scrub_every = \"2 s\", repair_after = \"3 s\" }",
            "policy = { detector = { time_out = \"160 ms\" } }",
            "policy = { detector = { phi = { threshold = 8.5 } } }",
            "workload = { client = \"client 1\", rate = 2.5, read_percent = 30 }",
        ] {
            let command = command_from_text(text, 7).unwrap();
            let written = command_text(&command).unwrap();
            assert_eq!(command_from_text(&written, 8), Ok(command), "{text} was written as {written}");
            assert!(!written.contains('\n'), "{written}");
        }
    }
}
