//! The shapes of messages and events, the same as on the stage.

use yew::prelude::*;

use crate::app::words::{HUES, hue_index};
use crate::session::Sort;
use crate::world::{Cargo, Importance, MessageKind};

/// A message's shape at a place; what has a direction points along the arrow.
pub(crate) fn message(cargo: &Cargo, (x, y): (f64, f64), angle: f64) -> Html {
    // A request and its answer look the same whatever file they are about.
    let has_hue = matches!(cargo.kind, MessageKind::Update | MessageKind::FullCopy);
    let hue = cargo.file.filter(|_| has_hue).map(|file| format!("fill:var({})", HUES[hue_index(file)]));
    let turn = if cargo.kind == MessageKind::Update { format!(" rotate({angle:.1})") } else { String::new() };
    let transform = format!("translate({x:.1} {y:.1}) scale(.8){turn}");
    html! { <g class={class(cargo.kind)} {transform} style={hue}>{ outline(cargo.kind) }</g> }
}

pub(crate) fn class(kind: MessageKind) -> &'static str {
    match kind {
        MessageKind::Request => "g-request",
        MessageKind::Answer => "g-answer",
        MessageKind::Update => "g-update",
        MessageKind::Ack => "g-ack",
        MessageKind::Heartbeat => "g-heartbeat",
        MessageKind::Election => "g-election",
        MessageKind::FullCopy => "g-copy",
        MessageKind::Control => "g-control",
    }
}

/// What a kind of message is called in the legend.
pub(crate) fn name(kind: MessageKind) -> &'static str {
    match kind {
        MessageKind::Request => "request",
        MessageKind::Answer => "answer",
        MessageKind::Update => "update",
        MessageKind::Ack => "ack",
        MessageKind::Heartbeat => "heartbeat",
        MessageKind::Election => "election",
        MessageKind::FullCopy => "full copy",
        MessageKind::Control => "other",
    }
}

pub(crate) fn outline(kind: MessageKind) -> Html {
    match kind {
        MessageKind::Update => html! { <path d="M-8 -8L10 0L-8 8Z" /> },
        MessageKind::Ack => html! { <><circle key="ring" r="8" /><path key="tick" d="M-3.5 0L-1 3L4 -2.5" /></> },
        MessageKind::Heartbeat => html! { <circle r="3" /> },
        MessageKind::Election => html! { <path d="M0 -10L3 -3L10 0L3 3L0 10L-3 3L-10 0L-3 -3Z" /> },
        MessageKind::FullCopy => html! { <path d="M-12 0h13v10h-13zM-7 -5h13v10h-13zM-2 -10h13v10h-13z" /> },
        MessageKind::Request | MessageKind::Answer => html! { <path d="M-6 -6h12v12h-12z" /> },
        MessageKind::Control => html! { <path d="M0 -5L5 0L0 5L-5 0Z" /> },
    }
}

/// The burst of what was lost.
pub(crate) fn burst((x, y): (f64, f64)) -> Html {
    let transform = format!("translate({x:.1} {y:.1})");
    html! { <path class="g-lost" {transform} d="M0 -3V-8M0 3V8M-3 0H-8M3 0H8M-2 -2L-6 -6M2 2L6 6M-2 2L-6 6M2 -2L6 -6" /> }
}

/// An event's shape on its line.
pub(crate) fn event(sort: Sort, importance: Importance, x: f64, y: f64) -> Html {
    let at = |d: &str| {
        let transform = format!("translate({x:.1} {y:.1})");
        html! { <path class={classes!("ev", tone(sort, importance))} {transform} d={d.to_owned()} /> }
    };
    match sort {
        Sort::Message => html! { <circle class="ev dot" cx={format!("{x:.1}")} cy={format!("{y:.1}")} r="3" /> },
        Sort::Client => {
            let class = classes!("ev", tone(sort, importance));
            html! { <circle {class} cx={format!("{x:.1}")} cy={format!("{y:.1}")} r="4.5" /> }
        }
        Sort::Data => at("M-4 -4h8v8h-8z"),
        Sort::Fault => at("M0 -7L7 0L0 7L-7 0Z"),
        Sort::Decision => at("M0 -6L6 5H-6Z"),
    }
}

fn tone(sort: Sort, importance: Importance) -> &'static str {
    match (sort, importance) {
        (Sort::Fault, Importance::Fault | Importance::Loss) | (_, Importance::Loss) => "bad",
        (Sort::Decision, Importance::Failover) => "rise",
        _ => "plain",
    }
}
