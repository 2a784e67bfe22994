//! How wide a text is on the stage, and a name cut to the room that it has.

use std::cell::RefCell;
use std::collections::BTreeMap;

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use crate::app::browser::dom;

/// A size of text, in tenths of a unit, and its weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Font {
    tenths: u16,
    weight: u16,
}

impl Font {
    /// The name of a server.
    pub(crate) const SERVER: Self = Self { tenths: 150, weight: 650 };
    /// What a server is.
    pub(crate) const ROLE: Self = Self { tenths: 130, weight: 400 };
    /// What befell it.
    pub(crate) const ALARM: Self = Self { tenths: 130, weight: 600 };
    /// An epoch, a state.
    pub(crate) const NOTE: Self = Self { tenths: 115, weight: 400 };
    /// A name of a file.
    pub(crate) const FILE: Self = Self { tenths: 120, weight: 400 };
    /// A version.
    pub(crate) const VERSION: Self = Self { tenths: 120, weight: 650 };
    /// A label on a rim.
    pub(crate) const LABEL: Self = Self { tenths: 110, weight: 600 };
    /// The title of a box.
    pub(crate) const TITLE: Self = Self { tenths: 130, weight: 600 };

    fn size(self) -> f64 {
        f64::from(self.tenths) / 10.0
    }
}

/// So many measures are kept: more than a stage has texts.
const MOST_KEPT: usize = 4_096;

#[derive(Default)]
struct Ruler {
    context: Option<CanvasRenderingContext2d>,
    family: String,
    segmenter: Option<JsValue>,
    widths: BTreeMap<Font, BTreeMap<String, f64>>,
    kept: usize,
}

thread_local! {
    static RULER: RefCell<Ruler> = RefCell::new(Ruler::default());
}

/// How wide a text is, in units.
pub(crate) fn width(text: &str, font: Font) -> f64 {
    RULER.with_borrow_mut(|ruler| ruler.width(text, font))
}

/// A text that fits into some room: its middle is left out if need be, so that an extension stays. Where it is not
/// plain Latin it is set apart, so that a name that is written from right to left moves nothing around it.
pub(crate) fn fit(text: &str, font: Font, room: f64) -> String {
    let whole = RULER.with_borrow_mut(|ruler| ruler.fit(text, font, room));
    if whole.is_ascii() || text.is_ascii() { whole } else { format!("\u{2068}{whole}\u{2069}") }
}

impl Ruler {
    fn width(&mut self, text: &str, font: Font) -> f64 {
        if let Some(width) = self.widths.get(&font).and_then(|widths| widths.get(text)) {
            return *width;
        }
        let width = self.measure(text, font).unwrap_or_else(|| guess(text, font));
        if self.kept >= MOST_KEPT {
            self.widths.clear();
            self.kept = 0;
        }
        self.kept += 1;
        self.widths.entry(font).or_default().insert(text.to_owned(), width);
        width
    }

    fn measure(&mut self, text: &str, font: Font) -> Option<f64> {
        if self.context.is_none() {
            let canvas = dom::document()?.create_element("canvas").ok()?.dyn_into::<HtmlCanvasElement>().ok()?;
            self.context = canvas.get_context("2d").ok()??.dyn_into().ok();
            let body = dom::document()?.body()?;
            self.family = dom::window()?.get_computed_style(&body).ok()??.get_property_value("font-family").ok()?;
        }
        let context = self.context.as_ref()?;
        context.set_font(&format!("{} {}px {}", font.weight, font.size(), self.family));
        // Tabular figures are a little wider than those that the canvas takes.
        Some(context.measure_text(text).ok()?.width() * 1.02 + 0.5)
    }

    fn fit(&mut self, text: &str, font: Font, room: f64) -> String {
        if self.width(text, font) <= room {
            return text.to_owned();
        }
        let letters = self.letters(text);
        // The longest of the cuts that fit, found by halving.
        let (mut fits, mut too_long) = (1, letters.len());
        while too_long - fits > 1 {
            let middle = fits.midpoint(too_long);
            if self.width(&cut(&letters, middle), font) <= room {
                fits = middle;
            } else {
                too_long = middle;
            }
        }
        cut(&letters, fits)
    }

    /// The letters of a text as a reader counts them, where the browser can tell.
    fn letters(&mut self, text: &str) -> Vec<String> {
        if text.is_ascii() {
            return text.chars().map(String::from).collect();
        }
        self.segments(text).unwrap_or_else(|| text.chars().map(String::from).collect())
    }

    fn segments(&mut self, text: &str) -> Option<Vec<String>> {
        if self.segmenter.is_none() {
            let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
            let maker: Function = Reflect::get(&intl, &"Segmenter".into()).ok()?.dyn_into().ok()?;
            self.segmenter = Some(Reflect::construct(&maker, &Array::new()).ok()?);
        }
        let segmenter = self.segmenter.as_ref()?;
        let segment: Function = Reflect::get(segmenter, &"segment".into()).ok()?.dyn_into().ok()?;
        let segments = segment.call1(segmenter, &text.into()).ok()?;
        let parts = js_sys::try_iter(&segments).ok()??;
        parts.map(|part| Reflect::get(&part.ok()?, &"segment".into()).ok()?.as_string()).collect()
    }
}

/// So many letters of a text, with the middle left out.
fn cut(letters: &[String], most: usize) -> String {
    if most >= letters.len() {
        return letters.concat();
    }
    let tail = most / 3;
    let head = most.saturating_sub(tail + 1);
    format!("{}…{}", letters[..head].concat(), letters[letters.len() - tail..].concat())
}

/// Rather too much than too little, where there is no canvas.
fn guess(text: &str, font: Font) -> f64 {
    let letter = |letter: char| match letter {
        '\u{0}'..='\u{2ff}' => 0.64,
        _ => 1.05,
    };
    text.chars().map(letter).sum::<f64>() * font.size()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_keeps_both_ends() {
        let letters: Vec<String> = "a-very-long-photo-name.png".chars().map(String::from).collect();
        assert_eq!(cut(&letters, 10), "a-very…png");
        assert_eq!(cut(&letters, 1), "…");
        assert_eq!(cut(&letters, 99), "a-very-long-photo-name.png");
    }

    #[test]
    fn wide_letters_are_guessed_wide() {
        assert!(guess("日本", Font::FILE) > 24.0);
    }
}
