//! The drawing as a file of its own, in light colours whatever the page has, with every style in it.

use web_sys::XmlSerializer;

use crate::app::browser::dom;
use crate::app::browser::picture::Drawing;

/// The styles of the drawing, which the page has as well.
const STYLES: &str = include_str!("../../../static/diagram.css");

/// The light tokens of the style sheet that the drawing uses.
const TOKENS: [(&str, &str); 18] = [
    ("--paper", "#f7f5f0"),
    ("--panel", "#fffdf9"),
    ("--ink-2", "#5a616b"),
    ("--ink", "#20242a"),
    ("--line-2", "#c3bcae"),
    ("--line", "#dcd7cc"),
    ("--zone", "#efebe2"),
    ("--accent", "#0072b2"),
    ("--safe", "#00694a"),
    ("--risk", "#8a5200"),
    ("--lost", "#b3261e"),
    ("--file-a", "#0072b2"),
    ("--file-b", "#d55e00"),
    ("--file-c", "#009e73"),
    ("--file-d", "#cc79a7"),
    ("--file-e", "#e69f00"),
    ("--file-f", "#56b4e9"),
    ("--epoch", "#dfe8ea"),
];

/// The drawing that is on the page.
pub(crate) fn drawing() -> Option<Drawing> {
    let svg = dom::document()?.get_element_by_id("spacetime-svg")?;
    let text = XmlSerializer::new().ok()?.serialize_to_string(&svg).ok()?;
    let bounds = svg.get_bounding_client_rect();
    Some(Drawing { svg: standalone(&text), width: bounds.width(), height: bounds.height() })
}

/// Puts the styles into the drawing, and colours in the place of tokens.
fn standalone(svg: &str) -> String {
    let font = "text{font-family:\"Segoe UI\",system-ui,\"Noto Sans\",sans-serif}";
    let (head, body) = svg.split_once('>').unwrap_or((svg, ""));
    let mut text = format!("{head}><style>{font}{STYLES}</style>{body}\n");
    for (token, colour) in TOKENS {
        text = text.replace(&format!("var({token})"), colour);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_needs_no_page_around_it() {
        let text = standalone(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"dia\"><path style=\"fill:var(--file-b)\"/></svg>",
        );
        assert!(text.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"dia\"><style>"));
        assert!(text.contains("fill:#d55e00"));
        assert!(!text.contains("var("), "every token has a colour: {text}");
    }
}
