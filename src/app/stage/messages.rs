//! The messages under way, drawn on a canvas over the stage: one shape for each kind.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::f64::consts::TAU;

use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use crate::sim::Time;
use crate::world::{MessageKind, MessageView, View};

use crate::app::browser::dom;
use crate::app::stage::bundles;
use crate::app::stage::layout::{Density, Layout, Point};
use crate::app::words::{HUES, hue_index};

/// The colours of the style sheet, read once and again when the theme changes.
pub(super) struct Palette {
    pub(super) files: [String; 6],
    pub(super) ink: String,
    pub(super) quiet: String,
    pub(super) panel: String,
    pub(super) safe: String,
    pub(super) lost: String,
    pub(super) gold: String,
    pub(super) accent: String,
}

impl Palette {
    pub(super) fn read() -> Option<Self> {
        let root = dom::document()?.document_element()?;
        let style = dom::window()?.get_computed_style(&root).ok()??;
        let colour = |name: &str| style.get_property_value(name).unwrap_or_default().trim().to_owned();
        Some(Self {
            files: HUES.map(colour),
            ink: colour("--ink"),
            quiet: colour("--ink-2"),
            panel: colour("--panel"),
            safe: colour("--safe"),
            lost: colour("--lost"),
            gold: colour("--file-e"),
            accent: colour("--accent"),
        })
    }
}

/// The canvas, its context and the pixels of the screen for each of the page: asked for once.
struct Ground {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    pixels: f64,
}

/// Draws the messages of a view.
#[derive(Default)]
pub(crate) struct Painter {
    palette: Option<Palette>,
    still: bool,
    ground: Option<Ground>,
    /// The shapes of messages, each drawn once and then put where it is needed.
    sprites: Sprites,
    /// Whether there is nothing on the canvas.
    is_empty: bool,
}

/// Where a message is, and how it fares.
struct Flight {
    at: Point,
    angle: f64,
    /// From 0 (it has just been lost) to 1 (it is gone), if it was lost.
    dying: Option<f64>,
    doomed: bool,
}

/// With more messages than this their labels would cover each other.
const MOST_LABELS: usize = 40;

impl Painter {
    /// Reads the colours and the wish for less motion anew.
    pub(crate) fn forget(&mut self) {
        self.palette = None;
        self.ground = None;
        self.sprites = Sprites::default();
    }

    pub(crate) fn paint(&mut self, canvas: &HtmlCanvasElement, layout: &Layout, view: &View) {
        if self.palette.is_none() {
            self.palette = Palette::read();
            self.still = dom::reduced_motion();
        }
        if self.ground.as_ref().is_none_or(|ground| ground.canvas != *canvas) {
            self.ground = Ground::of(canvas);
            self.sprites = Sprites::default();
        }
        let (Some(palette), Some(ground)) = (&self.palette, &self.ground) else { return };
        let resized = ground.resize(layout);
        if view.messages.is_empty() && self.is_empty && !resized {
            return;
        }
        self.is_empty = view.messages.is_empty();
        let (context, scale) = (&ground.context, ground.pixels * layout.scale);
        if context.set_transform(scale, 0.0, 0.0, scale, 0.0, 0.0).is_err() {
            return;
        }
        context.clear_rect(0.0, 0.0, layout.width, layout.height);
        if layout.density != Density::Full {
            bundles::paint(context, palette, layout, view);
            return;
        }
        let labelled = view.messages.len() <= MOST_LABELS;
        // Heartbeats first, so that what carries data is drawn over them.
        let quiet = |message: &&MessageView| message.kind == MessageKind::Heartbeat;
        let loud = |message: &&MessageView| message.kind != MessageKind::Heartbeat;
        if labelled {
            context.set_font("600 12px system-ui, sans-serif");
            context.set_text_align("center");
            context.set_line_join("round");
        }
        for message in view.messages.iter().filter(quiet).chain(view.messages.iter().filter(loud)) {
            let Some(flight) = self.flight(message, layout, view.now) else { continue };
            // Where there is no way round a server, the message passes behind it.
            if layout.is_blocked(message.from, message.to)
                && layout.is_behind_another(flight.at, message.from, message.to)
            {
                continue;
            }
            if flight.dying.is_some() || scale > 3.5 {
                draw(context, palette, message, &flight, self.still);
            } else {
                self.sprites.put(context, palette, message, &flight, scale);
            }
            if labelled {
                label(context, palette, message, &flight);
            }
        }
    }

    /// Where a message is, and in which direction it goes.
    pub(super) fn place(message: &MessageView, layout: &Layout, now: Time) -> Option<(Point, f64)> {
        Self::default().flight(message, layout, now).map(|flight| (flight.at, flight.angle))
    }

    fn flight(&self, message: &MessageView, layout: &Layout, now: Time) -> Option<Flight> {
        let way = layout.way(message.from, message.to)?;
        let share = |moment: Time| {
            let whole = message.arrives.since(message.sent).as_micros();
            let passed = moment.since(message.sent).as_micros().min(whole);
            if whole == 0 { 1.0 } else { ratio(passed, whole) }
        };
        let dying = message.lost.map(|lost| {
            let left = message.arrives.since(lost).as_micros();
            if left == 0 { 1.0 } else { ratio(now.since(lost).as_micros().min(left), left) }
        });
        let progress = if self.still { 0.5 } else { share(message.lost.unwrap_or(now).min(now)) };
        // Both directions of a link have their own lane, so that an ack does not run over the update that it answers.
        let (place, heading) = (way.at(progress), way.heading(progress));
        let lane = 5.0;
        let at = Point { x: place.x - heading.y * lane, y: place.y + heading.x * lane };
        Some(Flight { at, angle: heading.y.atan2(heading.x), dying, doomed: message.doomed })
    }
}

/// Micros fit a float exactly for as long as anyone watches.
#[allow(clippy::cast_precision_loss)]
fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

impl Ground {
    fn of(canvas: &HtmlCanvasElement) -> Option<Self> {
        let context = canvas.get_context("2d").ok()??.dyn_into::<CanvasRenderingContext2d>().ok()?;
        let pixels = dom::window()?.device_pixel_ratio().clamp(1.0, 3.0);
        Some(Self { canvas: canvas.clone(), context, pixels })
    }

    /// Gives the canvas as many pixels as the screen has; says whether that emptied it.
    fn resize(&self, layout: &Layout) -> bool {
        let scale = self.pixels * layout.scale;
        // The stage is at most some thousands of pixels wide and high.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let (width, height) = ((layout.width * scale).round() as u32, (layout.height * scale).round() as u32);
        let differs = self.canvas.width() != width || self.canvas.height() != height;
        if differs {
            self.canvas.set_width(width);
            self.canvas.set_height(height);
        }
        differs
    }
}

fn draw(context: &CanvasRenderingContext2d, palette: &Palette, message: &MessageView, flight: &Flight, still: bool) {
    let hue = message.file.map_or(palette.accent.as_str(), |file| palette.files[hue_index(file)].as_str());
    let bad = flight.dying.is_some() || flight.doomed;
    context.set_global_alpha(flight.dying.map_or(1.0, |dying| (1.0 - dying).max(0.0)));
    context.save();
    if context.translate(flight.at.x, flight.at.y).is_err() {
        context.restore();
        return;
    }
    if let Some(dying) = flight.dying {
        burst(context, palette, if still { 0.3 } else { dying });
    } else {
        shape(context, palette, message.kind, if bad { &palette.lost } else { hue }, bad, flight.angle);
    }
    context.restore();
    context.set_global_alpha(1.0);
}

/// What a message carries, over it.
fn label(context: &CanvasRenderingContext2d, palette: &Palette, message: &MessageView, flight: &Flight) {
    if message.label.is_empty() || flight.dying.is_some() {
        return;
    }
    // A rim in the colour of the ground keeps the label readable where it crosses a line.
    context.set_line_width(3.5);
    context.set_stroke_style_str(&palette.panel);
    context.set_fill_style_str(if flight.doomed { &palette.lost } else { &palette.ink });
    let (x, y) = (flight.at.x, flight.at.y - 13.0);
    context.stroke_text(&message.label, x, y).ok();
    context.fill_text(&message.label, x, y).ok();
}

/// Half the side of a sprite, in units.
const SPRITE: f64 = 14.0;
/// In how many directions an arrow is drawn.
const TURNS: f64 = 48.0;

/// What makes a message look as it does.
type Looks = (MessageKind, Option<usize>, bool, u8);

#[derive(Default)]
struct Sprites {
    drawn: BTreeMap<Looks, HtmlCanvasElement>,
    scale: f64,
}

impl Sprites {
    /// Puts the shape of a message where it is.
    fn put(
        &mut self,
        context: &CanvasRenderingContext2d,
        palette: &Palette,
        message: &MessageView,
        flight: &Flight,
        scale: f64,
    ) {
        if (self.scale - scale).abs() > 1e-6 {
            self.drawn.clear();
            self.scale = scale;
        }
        // Only an update has a direction; a turn is a small count.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let turn = if message.kind == MessageKind::Update {
            ((flight.angle / TAU).rem_euclid(1.0) * TURNS).round() as u8
        } else {
            0
        };
        let looks: Looks = (message.kind, message.file.map(hue_index), flight.doomed, turn);
        let sprite = match self.drawn.entry(looks) {
            Entry::Occupied(found) => found.into_mut(),
            Entry::Vacant(place) => match sprite(palette, looks, scale) {
                Some(sprite) => place.insert(sprite),
                None => return,
            },
        };
        let (x, y, side) = (flight.at.x - SPRITE, flight.at.y - SPRITE, SPRITE * 2.0);
        context.draw_image_with_html_canvas_element_and_dw_and_dh(sprite, x, y, side, side).ok();
    }
}

fn sprite(palette: &Palette, (kind, hue, doomed, turn): Looks, scale: f64) -> Option<HtmlCanvasElement> {
    let canvas = dom::document()?.create_element("canvas").ok()?.dyn_into::<HtmlCanvasElement>().ok()?;
    // A sprite is some tens of pixels wide.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let side = (SPRITE * 2.0 * scale).ceil() as u32;
    canvas.set_width(side);
    canvas.set_height(side);
    let context = canvas.get_context("2d").ok()??.dyn_into::<CanvasRenderingContext2d>().ok()?;
    let real = f64::from(side) / (SPRITE * 2.0);
    context.set_transform(real, 0.0, 0.0, real, f64::from(side) / 2.0, f64::from(side) / 2.0).ok()?;
    let colour = match (doomed, hue) {
        (true, _) => palette.lost.as_str(),
        (false, Some(hue)) => palette.files[hue].as_str(),
        (false, None) => palette.accent.as_str(),
    };
    shape(&context, palette, kind, colour, doomed, f64::from(turn) / TURNS * TAU);
    Some(canvas)
}

fn polygon(context: &CanvasRenderingContext2d, points: &[(f64, f64)]) {
    context.begin_path();
    for (place, (x, y)) in points.iter().enumerate() {
        if place == 0 {
            context.move_to(*x, *y);
        } else {
            context.line_to(*x, *y);
        }
    }
    context.close_path();
}

fn circle(context: &CanvasRenderingContext2d, radius: f64) {
    context.begin_path();
    context.arc(0.0, 0.0, radius, 0.0, TAU).ok();
}

pub(super) fn shape(
    context: &CanvasRenderingContext2d,
    palette: &Palette,
    kind: MessageKind,
    colour: &str,
    bad: bool,
    angle: f64,
) {
    context.set_fill_style_str(colour);
    context.set_line_width(2.0);
    match kind {
        MessageKind::Update => {
            context.rotate(angle).ok();
            polygon(context, &[(-8.0, -8.0), (10.0, 0.0), (-8.0, 8.0)]);
            context.fill();
        }
        MessageKind::FullCopy => {
            context.set_stroke_style_str(&palette.panel);
            context.set_line_width(1.5);
            for offset in [-5.0, 0.0, 5.0] {
                context.begin_path();
                context.rect(offset - 7.0, -offset - 5.0, 13.0, 10.0);
                context.fill();
                context.stroke();
            }
        }
        MessageKind::Ack => {
            let green = if bad { colour } else { &palette.safe };
            circle(context, 8.0);
            context.set_fill_style_str(&palette.panel);
            context.fill();
            context.set_stroke_style_str(green);
            context.stroke();
            context.begin_path();
            context.move_to(-3.5, 0.0);
            context.line_to(-1.0, 3.0);
            context.line_to(4.0, -2.5);
            context.stroke();
        }
        MessageKind::Heartbeat => {
            circle(context, 2.6);
            context.set_fill_style_str(if bad { colour } else { &palette.quiet });
            context.fill();
        }
        MessageKind::Election => {
            polygon(
                context,
                &[
                    (0.0, -10.0),
                    (3.0, -3.0),
                    (10.0, 0.0),
                    (3.0, 3.0),
                    (0.0, 10.0),
                    (-3.0, 3.0),
                    (-10.0, 0.0),
                    (-3.0, -3.0),
                ],
            );
            context.set_fill_style_str(if bad { colour } else { &palette.gold });
            context.fill();
            context.set_stroke_style_str(&palette.ink);
            context.set_line_width(1.0);
            context.stroke();
        }
        MessageKind::Request => {
            context.begin_path();
            context.rect(-6.0, -6.0, 12.0, 12.0);
            context.fill();
        }
        MessageKind::Answer => {
            context.begin_path();
            context.rect(-6.0, -6.0, 12.0, 12.0);
            context.set_fill_style_str(&palette.panel);
            context.fill();
            context.set_stroke_style_str(colour);
            context.stroke();
        }
        MessageKind::Control => {
            circle(context, 4.5);
            context.set_fill_style_str(&palette.panel);
            context.fill();
            context.set_stroke_style_str(if bad { colour } else { &palette.quiet });
            context.set_line_width(1.5);
            context.stroke();
        }
    }
}

/// A lost message flies apart.
fn burst(context: &CanvasRenderingContext2d, palette: &Palette, dying: f64) {
    context.set_stroke_style_str(&palette.lost);
    context.set_line_width(2.0);
    let (inner, outer) = (3.0 + 9.0 * dying, 7.0 + 13.0 * dying);
    context.begin_path();
    for ray in 0..8 {
        let angle = f64::from(ray) * TAU / 8.0;
        context.move_to(inner * angle.cos(), inner * angle.sin());
        context.line_to(outer * angle.cos(), outer * angle.sin());
    }
    context.stroke();
}
