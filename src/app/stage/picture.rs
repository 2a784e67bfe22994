//! The messages under way as part of a drawing: on the page they are painted on a canvas over it.

use std::f64::consts::PI;
use std::fmt::Write as _;

use crate::app::stage::layout::{Density, Layout};
use crate::app::stage::legend;
use crate::app::stage::messages::{Painter, Palette};
use crate::app::words::hue_index;
use crate::world::{MessageKind, View};

/// The messages of a view as elements of an SVG file. Where there are too many servers for single messages there are none.
pub(crate) fn messages(view: &View, layout: &Layout) -> String {
    let Some(palette) = Palette::read().filter(|_| layout.density == Density::Full) else { return String::new() };
    let mut text = String::new();
    for message in &view.messages {
        let Some((at, angle)) = Painter::place(message, layout, view.now) else { continue };
        if layout.is_blocked(message.from, message.to) && layout.is_behind_another(at, message.from, message.to) {
            continue;
        }
        let colour = message.file.map_or(palette.accent.as_str(), |file| palette.files[hue_index(file)].as_str());
        let turn = if message.kind == MessageKind::Update { angle * 180.0 / PI } else { 0.0 };
        let shape = if message.lost.is_some() { legend::LOST } else { legend::shape(message.kind) };
        let looks = looks(message.kind, message.lost.is_some(), message.doomed, colour, &palette);
        // Writing to a string does not fail.
        let _ = write!(
            text,
            "<path transform=\"translate({:.1} {:.1}) rotate({turn:.1})\" d=\"{shape}\" style=\"{looks}\"/>",
            at.x, at.y
        );
        if !message.label.is_empty() && message.lost.is_none() {
            let _ = write!(
                text,
                "<text x=\"{:.1}\" y=\"{:.1}\" style=\"text-anchor:middle;font:600 12px system-ui,sans-serif;fill:{};stroke:{};stroke-width:3.5px;stroke-linejoin:round;paint-order:stroke\">{}</text>",
                at.x,
                at.y - 13.0,
                if message.doomed { &palette.lost } else { &palette.ink },
                palette.panel,
                escaped(&message.label)
            );
        }
    }
    text
}

fn looks(kind: MessageKind, is_lost: bool, is_bad: bool, colour: &str, palette: &Palette) -> String {
    let Palette { lost, panel, safe, gold, ink, quiet, .. } = palette;
    let or_lost = |colour: &str| if is_bad { lost.clone() } else { colour.to_owned() };
    if is_lost {
        return format!("fill:none;stroke:{lost};stroke-width:2");
    }
    match kind {
        MessageKind::Update | MessageKind::Request => format!("fill:{}", or_lost(colour)),
        MessageKind::FullCopy => format!("fill:{};stroke:{panel};stroke-width:1.5", or_lost(colour)),
        MessageKind::Ack => format!("fill:{panel};stroke:{};stroke-width:2", or_lost(safe)),
        MessageKind::Heartbeat => format!("fill:{}", or_lost(quiet)),
        MessageKind::Election => format!("fill:{};stroke:{ink}", or_lost(gold)),
        MessageKind::Answer => format!("fill:{panel};stroke:{};stroke-width:2", or_lost(colour)),
        MessageKind::Control => format!("fill:{panel};stroke:{};stroke-width:1.5", or_lost(quiet)),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
