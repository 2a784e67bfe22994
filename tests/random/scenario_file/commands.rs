//! Timed commands as entries of a scenario's plan.

use replicarium::session::TimedCommand;
use replicarium::sim::{Content, DiskCondition, LinkQuality, NodeId, ServerId, Time};
use replicarium::world::{Command, Direction, Placement, ReadFrom};

use super::value::{Fields, coordinator, copies, hundredths, list, node, offset, quoted, span, zone};

/// The entry of a command that was given to a session which began at `start`.
pub fn entry(timed: &TimedCommand, start: Time) -> String {
    let mut fields = Fields::default();
    fields.say("time", span(timed.at.since(start)));
    let (name, value) = named(&timed.command);
    fields.say(name, value);
    fields.section("[[at]]")
}

/// The bytes of a file: random runs write nothing but texts.
pub fn text_of(content: &Content) -> String {
    quoted(std::str::from_utf8(content.bytes()).expect("what is written is a text"))
}

fn named(command: &Command) -> (&'static str, String) {
    let of = |server: &ServerId| quoted(&server.to_string());
    match command {
        Command::AddServer { zone: place } => ("add_server", add_server(place.map(zone))),
        Command::RemoveServer { server } => ("remove_server", of(server)),
        Command::Write { file, content, placement } => ("write", write(file, content, *placement)),
        Command::Read { file, from } => ("read", read(file, *from)),
        Command::Delete { file } => ("delete", quoted(file)),
        Command::Call { service } => ("call", quoted(service)),
        Command::Crash { server } => ("crash", of(server)),
        Command::Kill { server } => ("kill", of(server)),
        Command::Restart { server } => ("restart", of(server)),
        Command::Pause { server } => ("pause", of(server)),
        Command::Resume { server } => ("resume", of(server)),
        Command::Wipe { server } => ("wipe", of(server)),
        Command::Promote { server } => ("promote", of(server)),
        Command::Rot { server, file, bit } => {
            ("rot", format!("{{ server = {}, file = {}, bit = {bit} }}", of(server), quoted(file)))
        }
        Command::SetDisk { server, condition } => ("disk", disk(*server, *condition)),
        Command::SkewClock { server, offset_us, drift_ppm } => ("clock", clock(*server, *offset_us, *drift_ppm)),
        Command::CutLink { first, second } => ("cut", list([node(*first), node(*second)])),
        Command::HealLink { first, second } => ("heal", list([node(*first), node(*second)])),
        Command::CutOneWay { from, to } => ("cut_one_way", format!("{{ from = {}, to = {} }}", node(*from), node(*to))),
        Command::HealAll => ("heal_all", true.to_string()),
        Command::Partition { side, direction } => ("partition", partition(side, *direction)),
        Command::SetLink { from, to, both_ways, quality } => ("link", link(*from, *to, *both_ways, *quality)),
        Command::ZoneOutage { zone: place } => ("zone_outage", zone(*place)),
        Command::ZoneReturn { zone: place } => ("zone_return", zone(*place)),
        Command::CrashCoordinator { node } => ("crash_coordinator", coordinator(*node)),
        Command::RestartCoordinator { node } => ("restart_coordinator", coordinator(*node)),
        Command::SetPolicy { .. } | Command::SetWorkload { .. } | Command::BeginChaos { .. } | Command::EndChaos => {
            unreachable!("no random run changes the rules")
        }
    }
}

fn add_server(zone: Option<String>) -> String {
    let mut fields = Fields::default();
    fields.say_some("zone", zone);
    fields.inline()
}

fn write(file: &str, content: &Content, placement: Placement) -> String {
    let mut fields = Fields::default();
    fields.say("file", quoted(file));
    fields.say("text", text_of(content));
    fields.say_unusual("copies", placement, Placement::EveryServer, copies);
    fields.inline()
}

fn read(file: &str, from: ReadFrom) -> String {
    let mut fields = Fields::default();
    fields.say("file", quoted(file));
    fields.say_unusual("from", from, ReadFrom::Primary, |from| match from {
        ReadFrom::Primary => quoted("primary"),
        ReadFrom::Nearest => quoted("nearest"),
        ReadFrom::Any => quoted("any"),
        ReadFrom::Server(server) => quoted(&server.to_string()),
    });
    fields.inline()
}

fn disk(server: ServerId, condition: DiskCondition) -> String {
    let mut fields = Fields::default();
    fields.say("server", quoted(&server.to_string()));
    fields.say_unusual("full", condition.full, false, |full| full.to_string());
    fields.say_unusual("slow_factor", condition.slow_factor, 1, |factor| factor.to_string());
    fields.inline()
}

fn clock(server: ServerId, offset_us: i64, drift_ppm: i32) -> String {
    let mut fields = Fields::default();
    fields.say("server", quoted(&server.to_string()));
    fields.say_unusual("offset", offset_us, 0, offset);
    fields.say_unusual("drift_ppm", drift_ppm, 0, |drift| drift.to_string());
    fields.inline()
}

fn partition(side: &[NodeId], direction: Direction) -> String {
    let mut fields = Fields::default();
    fields.say("side", list(side.iter().copied().map(node)));
    fields.say_unusual("direction", direction, Direction::Both, |direction| {
        quoted(match direction {
            Direction::Both => "both",
            Direction::Into => "into",
            Direction::OutOf => "out of",
        })
    });
    fields.inline()
}

fn link(from: NodeId, to: NodeId, both_ways: bool, quality: LinkQuality) -> String {
    let percent = |per_mille: u16| hundredths(u32::from(per_mille) * 10);
    let mut fields = Fields::default();
    fields.say("from", node(from));
    fields.say("to", node(to));
    fields.say_unusual("both_ways", both_ways, true, |both| both.to_string());
    fields.say_unusual("loss_percent", quality.loss_per_mille, 0, percent);
    fields.say_unusual("duplicate_percent", quality.duplicate_per_mille, 0, percent);
    fields.say_unusual("reorder_percent", quality.reorder_per_mille, 0, percent);
    fields.say_unusual("slow_factor", quality.slow_factor, 1, |factor| factor.to_string());
    fields.inline()
}
