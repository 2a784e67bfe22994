//! What can go wrong, as choices: the states that a disk, a clock or a link can be in, and the commands that lead there.

use crate::sim::{DiskCondition, LinkQuality, NodeId, ZoneId};
use crate::world::{Command, Direction, LinkView, ServerStatus, ServerView, View};

/// How many times as long as usual a slow disk or link takes.
const SLOW_FACTOR: u16 = 10;
/// How much a clock that is off drifts, in parts per million: a tenth.
const DRIFT_PPM: i32 = 100_000;

/// One of the states that something can be in: its slug, its name, and the commands that lead to it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Choice {
    pub(crate) slug: &'static str,
    pub(crate) name: &'static str,
    pub(crate) commands: Vec<Command>,
}

/// The states of one thing, and the slug of the present one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Choices {
    pub(crate) present: &'static str,
    pub(crate) all: Vec<Choice>,
}

/// A command with a slug and a label.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Offer {
    pub(crate) slug: &'static str,
    pub(crate) label: String,
    pub(crate) command: Command,
}

pub(crate) fn disk(server: &ServerView) -> Choices {
    let set = |full: bool, slow_factor: u16| {
        vec![Command::SetDisk { server: server.id, condition: DiskCondition { full, slow_factor } }]
    };
    let present = match server.disk {
        DiskCondition { full: true, .. } => "full",
        DiskCondition { slow_factor: 1, .. } => "usual",
        DiskCondition { .. } => "slow",
    };
    let all = vec![
        Choice { slug: "usual", name: "as usual", commands: set(false, 1) },
        Choice { slug: "slow", name: "10 times slower", commands: set(false, SLOW_FACTOR) },
        Choice { slug: "full", name: "full", commands: set(true, 1) },
    ];
    Choices { present, all }
}

pub(crate) fn clock(server: &ServerView) -> Choices {
    let set = |drift_ppm: i32| vec![Command::SkewClock { server: server.id, offset_us: 0, drift_ppm }];
    let present = match server.clock_drift_ppm {
        0 => "right",
        drift if drift > 0 => "fast",
        _ => "slow",
    };
    let all = vec![
        Choice { slug: "right", name: "right", commands: set(0) },
        Choice { slug: "fast", name: "10 % too fast", commands: set(DRIFT_PPM) },
        Choice { slug: "slow", name: "10 % too slow", commands: set(-DRIFT_PPM) },
    ];
    Choices { present, all }
}

/// One link, seen from one of its ends: whole, cut, cut in one direction, losing messages, or slow.
pub(crate) fn link(own: NodeId, link: &LinkView) -> Choices {
    let other = if link.first == own { link.second } else { link.first };
    let present = match (link.cut, link.cut_from, link.quality) {
        (true, None, _) => "cut",
        (true, Some(from), _) if from == own => "mute",
        (true, Some(_), _) => "deaf",
        (false, _, quality) if quality.loss_per_mille > 0 => "lossy",
        (false, _, quality) if quality.slow_factor > 1 => "slow",
        (false, ..) => "whole",
    };
    let is_well = present == "whole";
    // What is broken heals first, so that each choice is what it says and nothing else.
    let commands = |command: Option<Command>| {
        let heal = (!is_well).then_some(Command::HealLink { first: own, second: other });
        heal.into_iter().chain(command).collect::<Vec<_>>()
    };
    let bad = |loss_per_mille: u16, slow_factor: u16| {
        let quality = LinkQuality { loss_per_mille, slow_factor, ..LinkQuality::default() };
        commands(Some(Command::SetLink { from: own, to: other, both_ways: true, quality }))
    };
    let one_way = |from: NodeId, to: NodeId| commands(Some(Command::CutOneWay { from, to }));
    let all = vec![
        Choice { slug: "whole", name: "whole", commands: commands(None) },
        Choice { slug: "cut", name: "cut", commands: commands(Some(Command::CutLink { first: own, second: other })) },
        Choice { slug: "mute", name: "cut outwards only", commands: one_way(own, other) },
        Choice { slug: "deaf", name: "cut inwards only", commands: one_way(other, own) },
        Choice { slug: "lossy", name: "loses 3 of 10", commands: bad(300, 1) },
        Choice { slug: "slow", name: "10 times slower", commands: bad(0, SLOW_FACTOR) },
    ];
    Choices { present, all }
}

/// Cuts a node off from everything, or heals what is cut.
pub(crate) fn cut_off(node: NodeId, view: &View) -> Offer {
    let mut own = view.links.iter().filter(|link| link.first == node || link.second == node);
    if own.all(|link| link.cut) {
        return Offer { slug: "heal-all", label: "Heal all links".to_owned(), command: Command::HealAll };
    }
    let command = Command::Partition { side: vec![node], direction: Direction::Both };
    Offer { slug: "partition", label: format!("Cut {node} off from all others"), command }
}

/// Takes the power from a zone, or gives it back.
pub(crate) fn power(zone: ZoneId, view: &View) -> Option<Offer> {
    let here = |status: ServerStatus| view.servers.iter().any(|other| other.zone == zone && other.status == status);
    if here(ServerStatus::Up) || here(ServerStatus::Paused) {
        let command = Command::ZoneOutage { zone };
        Some(Offer { slug: "outage", label: format!("{zone}: power cut"), command })
    } else if here(ServerStatus::Crashed) {
        let command = Command::ZoneReturn { zone };
        Some(Offer { slug: "return", label: format!("{zone}: power back"), command })
    } else {
        None
    }
}

/// Whether anything is cut, or works badly, that could be healed.
pub(crate) fn is_anything_to_heal(view: &View) -> bool {
    let is_ill = |link: &LinkView| link.cut || link.quality != LinkQuality::default();
    view.links.iter().chain(&view.client_cuts).any(is_ill)
}
