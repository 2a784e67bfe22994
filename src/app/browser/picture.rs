//! A drawing of the page as a file of its own: every style is in it, and nothing else is needed to look at it.

use gloo::file::{Blob, ObjectUrl};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    CanvasRenderingContext2d, CssStyleDeclaration, Element, HtmlCanvasElement, HtmlImageElement, XmlSerializer,
};

use super::dom;

/// What of an element's style a drawing needs, and the value that it has if nobody says another.
const STYLES: [(&str, &str); 18] = [
    ("fill", "rgb(0, 0, 0)"),
    ("fill-opacity", "1"),
    ("stroke", "none"),
    ("stroke-width", "1px"),
    ("stroke-dasharray", "none"),
    ("stroke-linecap", "butt"),
    ("stroke-linejoin", "miter"),
    ("stroke-opacity", "1"),
    ("opacity", "1"),
    ("font-family", ""),
    ("font-size", ""),
    ("font-weight", ""),
    ("font-style", "normal"),
    ("letter-spacing", "normal"),
    ("text-anchor", "start"),
    ("dominant-baseline", "auto"),
    ("paint-order", "normal"),
    ("font-variant-numeric", "normal"),
];
/// Those that only matter where there is text.
const OF_TEXT: [&str; 8] = [
    "font-family",
    "font-size",
    "font-weight",
    "font-style",
    "letter-spacing",
    "text-anchor",
    "dominant-baseline",
    "font-variant-numeric",
];
/// The attributes that are part of the drawing; what else an element has is the page's.
const DRAWN: [&str; 36] = [
    "x",
    "y",
    "x1",
    "y1",
    "x2",
    "y2",
    "cx",
    "cy",
    "r",
    "rx",
    "ry",
    "width",
    "height",
    "d",
    "points",
    "transform",
    "viewBox",
    "fill",
    "stroke",
    "id",
    "dx",
    "dy",
    "text-anchor",
    "offset",
    "patternUnits",
    "patternTransform",
    "patternContentUnits",
    "clip-path",
    "mask",
    "xmlns",
    "textLength",
    "lengthAdjust",
    "preserveAspectRatio",
    "fill-rule",
    "stroke-width",
    "stroke-dasharray",
];
/// How many pixels a picture has for each of the page's, so that it is sharp on a slide.
const SHARPNESS: f64 = 2.0;
/// The longest side of a picture in pixels: browsers refuse much more.
const LONGEST_SIDE: f64 = 8_000.0;

/// A drawing: the text of an SVG file, and how big it is on the page.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Drawing {
    pub(crate) svg: String,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

/// A drawing of an element of the page, on the ground that the page has, with more of it over it.
pub(crate) fn drawing(element: &Element, over: &str) -> Option<Drawing> {
    let copy: Element = element.clone_node_with_deep(true).ok()?.dyn_into().ok()?;
    let (shown, copied) = (element.query_selector_all("*").ok()?, copy.query_selector_all("*").ok()?);
    let mut gone = Vec::new();
    for at in 0..shown.length() {
        let (Some(shown), Some(copied)) = (shown.get(at), copied.get(at)) else { continue };
        let (Ok(shown), Ok(copied)) = (shown.dyn_into::<Element>(), copied.dyn_into::<Element>()) else { continue };
        if !dress(&shown, &copied)? {
            gone.push(copied);
        }
    }
    dress(element, &copy)?;
    gone.iter().for_each(Element::remove);
    let text = XmlSerializer::new().ok()?.serialize_to_string(&copy).ok()?;
    let bounds = element.get_bounding_client_rect();
    let ground = style_of(&dom::document()?.document_element()?)?.get_property_value("--paper").ok()?;
    let svg = with_ground(&text, ground.trim(), over);
    Some(Drawing { svg, width: bounds.width(), height: bounds.height() })
}

fn style_of(element: &Element) -> Option<CssStyleDeclaration> {
    dom::window()?.get_computed_style(element).ok()?
}

/// Gives a copied element the looks of the one on the page, and nothing else; tells whether it is seen.
fn dress(shown: &Element, copied: &Element) -> Option<bool> {
    let style = style_of(shown)?;
    let value = |name: &str| style.get_property_value(name).unwrap_or_default();
    if value("display") == "none" || value("visibility") == "hidden" {
        return Some(false);
    }
    let is_text = matches!(shown.tag_name().as_str(), "text" | "tspan");
    let wanted = STYLES.iter().filter(|(name, _)| is_text || !OF_TEXT.contains(name));
    let said = wanted.filter_map(|(name, usual)| {
        let value = value(name).replace('"', "'");
        (value != *usual).then(|| format!("{name}:{value}"))
    });
    let said: Vec<String> = said.collect();
    for name in copied.get_attribute_names().iter().filter_map(|name| name.as_string()) {
        if !DRAWN.contains(&name.as_str()) {
            copied.remove_attribute(&name).ok();
        }
    }
    if matches!(shown.tag_name().as_str(), "g" | "title" | "defs" | "pattern" | "tspan") && !is_text {
        // A group has nothing to paint; what it may have is how much of it is seen.
        let opacity = value("opacity");
        if opacity != "1" {
            copied.set_attribute("style", &format!("opacity:{opacity}")).ok();
        }
    } else {
        copied.set_attribute("style", &said.join(";")).ok();
    }
    Some(true)
}

/// Puts a ground under a drawing and more over it.
fn with_ground(svg: &str, ground: &str, over: &str) -> String {
    let (head, body) = svg.split_once('>').unwrap_or((svg, ""));
    let body = body.strip_suffix("</svg>").unwrap_or(body);
    format!("{head}><rect width=\"100%\" height=\"100%\" style=\"fill:{ground}\"/>{body}{over}</svg>\n")
}

/// Makes a picture in pixels of a drawing, and hands over the bytes of a PNG file, or nothing if the browser can't.
pub(crate) fn png(drawing: &Drawing, done: impl FnOnce(Option<web_sys::Blob>) + 'static) {
    let Some(image) = HtmlImageElement::new().ok() else { return done(None) };
    let sharpness = SHARPNESS.min(LONGEST_SIDE / drawing.width.max(drawing.height).max(1.0));
    let (width, height) = ((drawing.width * sharpness).round(), (drawing.height * sharpness).round());
    let url = ObjectUrl::from(Blob::new_with_options(drawing.svg.as_str(), Some("image/svg+xml")));
    image.set_src(&url);
    let loaded = image.decode();
    wasm_bindgen_futures::spawn_local(async move {
        let is_there = wasm_bindgen_futures::JsFuture::from(loaded).await.is_ok();
        let made = if is_there { paint(&image, width, height) } else { None };
        // The image needs the address until it is painted.
        drop(url);
        match made {
            Some(canvas) => {
                let done = Closure::once_into_js(move |blob: JsValue| done(blob.dyn_into().ok()));
                // Without the function nothing would be told; a canvas always takes one.
                canvas.to_blob(done.unchecked_ref()).ok();
            }
            None => done(None),
        }
    });
}

fn paint(image: &HtmlImageElement, width: f64, height: f64) -> Option<HtmlCanvasElement> {
    let canvas: HtmlCanvasElement = dom::document()?.create_element("canvas").ok()?.dyn_into().ok()?;
    // Both are from 1 to the longest side.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let (wide, high) = (width as u32, height as u32);
    canvas.set_width(wide);
    canvas.set_height(high);
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    context.draw_image_with_html_image_element_and_dw_and_dh(image, 0.0, 0.0, width, height).ok()?;
    Some(canvas)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ground_lies_under_all_and_what_is_added_over_it() {
        let made = with_ground("<svg width=\"9\"><circle/></svg>", "#fff", "<path/>");
        let expected =
            "<svg width=\"9\"><rect width=\"100%\" height=\"100%\" style=\"fill:#fff\"/><circle/><path/></svg>\n";
        assert_eq!(made, expected);
    }
}
