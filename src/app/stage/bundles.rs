//! Messages among many servers: one bundle for each zone, with counts, in the gap above it.

use std::collections::BTreeMap;

use web_sys::CanvasRenderingContext2d;

use crate::sim::{NodeId, ZoneId};
use crate::world::{MessageKind, View};

use crate::app::stage::layout::{Layout, Rect};
use crate::app::stage::messages::{Palette, shape};

/// What goes into and out of a zone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Bundle {
    updates: usize,
    acks: usize,
    requests: usize,
    others: usize,
    lost: usize,
}

/// The bundles of all zones. A message between two zones belongs to the one that stands lower, where the gap is.
fn count(view: &View, layout: &Layout) -> BTreeMap<ZoneId, Bundle> {
    let zone = |node: NodeId| match node {
        NodeId::Server(server) => layout.zone_of.get(&server).copied(),
        NodeId::Client(_) | NodeId::Coordinator(_) => None,
    };
    let place = |zone: ZoneId| layout.zones.iter().position(|(found, _)| *found == zone);
    let mut bundles: BTreeMap<ZoneId, Bundle> = BTreeMap::new();
    for message in &view.messages {
        let (Some(from), Some(to)) = (zone(message.from), zone(message.to)) else { continue };
        if from == to {
            continue;
        }
        // Between two zones of the upper row there is no gap: what goes there is told by the boxes.
        let lower = if place(from) > place(to) { from } else { to };
        let bundle = bundles.entry(lower).or_default();
        let counted = match message.kind {
            _ if message.doomed => &mut bundle.lost,
            MessageKind::Update | MessageKind::FullCopy => &mut bundle.updates,
            MessageKind::Ack => &mut bundle.acks,
            MessageKind::Request | MessageKind::Answer => &mut bundle.requests,
            MessageKind::Heartbeat | MessageKind::Election | MessageKind::Control => &mut bundle.others,
        };
        *counted += 1;
    }
    bundles
}

/// The height of a bundle's pill.
const PILL: f64 = 26.0;
/// The room of a mark, and of a letter, about.
const MARK: f64 = 22.0;

pub(super) fn paint(context: &CanvasRenderingContext2d, palette: &Palette, layout: &Layout, view: &View) {
    let bundles = count(view, layout);
    context.set_font("600 12px system-ui, sans-serif");
    context.set_text_align("left");
    let first_row = layout.zones.iter().map(|(_, rect)| rect.y).fold(f64::MAX, f64::min);
    for (zone, rect) in layout.zones.iter().filter(|(_, rect)| rect.y > first_row || layout.zones.len() == 1) {
        if let Some(bundle) = bundles.get(zone) {
            pill(context, palette, *bundle, rect);
        }
    }
}

fn pill(context: &CanvasRenderingContext2d, palette: &Palette, bundle: Bundle, zone: &Rect) {
    let parts = [
        (MessageKind::Update, bundle.updates, ["update", "updates"], palette.files[0].as_str(), false),
        (MessageKind::Ack, bundle.acks, ["ack", "acks"], palette.safe.as_str(), false),
        (MessageKind::Request, bundle.requests, ["asked"; 2], palette.accent.as_str(), false),
        (MessageKind::Control, bundle.others, ["other"; 2], palette.quiet.as_str(), false),
        (MessageKind::Update, bundle.lost, ["lost"; 2], palette.lost.as_str(), true),
    ];
    let shown: Vec<_> = parts.into_iter().filter(|(_, count, ..)| *count > 0).collect();
    if shown.is_empty() {
        return;
    }
    let measure = |text: &str| context.measure_text(text).map_or(40.0, |measured| measured.width());
    let whole = |with_words: bool| {
        let words: Vec<String> = shown
            .iter()
            .map(|(_, count, [one, several], ..)| match (with_words, count) {
                (true, 1) => format!("1 {one}"),
                (true, _) => format!("{count} {several}"),
                (false, _) => count.to_string(),
            })
            .collect();
        let width = words.iter().map(|text| measure(text) + MARK + 10.0).sum::<f64>() + 8.0;
        (words, width)
    };
    let (words, width) =
        Some(whole(true)).filter(|(_, width)| *width <= zone.width - 20.0).unwrap_or_else(|| whole(false));
    let (x, y) = (zone.centre().x - width / 2.0, zone.y - PILL - 9.0);
    // The tie that joins the pill with its zone.
    context.set_fill_style_str(&palette.quiet);
    context.fill_rect(zone.centre().x - 3.0, y + PILL, 6.0, 9.0);
    context.set_fill_style_str(&palette.panel);
    context.set_stroke_style_str(&palette.quiet);
    context.set_line_width(1.0);
    context.begin_path();
    if context.round_rect_with_f64(x, y, width, PILL, PILL / 2.0).is_ok() {
        context.fill();
        context.stroke();
    }
    let mut at = x + 10.0;
    for ((kind, _, _, colour, bad), text) in shown.iter().zip(&words) {
        context.save();
        if context.translate(at + 7.0, y + PILL / 2.0).is_ok() && context.scale(0.62, 0.62).is_ok() {
            shape(context, palette, *kind, colour, *bad, std::f64::consts::FRAC_PI_2);
        }
        context.restore();
        context.set_fill_style_str(if *bad { &palette.lost } else { &palette.ink });
        context.fill_text(text, at + MARK - 4.0, y + PILL / 2.0 + 4.0).ok();
        at += measure(text) + MARK + 10.0;
    }
}
