//! The dialog with what can be saved as a file.

use yew::prelude::*;

use super::modal::Modal;
use crate::app::act::Act;
use crate::app::spacetime::View;

/// What can be saved as a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Export {
    /// The run's events.
    JsonLines,
    /// What was measured.
    Figures,
    /// The scenario.
    Scenario,
    /// One of the two views of this moment, as a drawing or in pixels.
    Svg(View),
    Png(View),
}

/// What is saved, what is in it, and as what it can be saved.
type Row = (&'static str, &'static str, &'static [(Export, &'static str, &'static str)]);

const ROWS: [Row; 5] = [
    (
        "The run",
        "Every event up to now, an object a line, with its time, its cause and its sentence.",
        &[(Export::JsonLines, "JSON lines", "json-lines")],
    ),
    ("The figures", "What was measured up to now: figure, value, unit.", &[(Export::Figures, "CSV", "csv")]),
    ("The scenario", "Its text, to change it and open it again.", &[(Export::Scenario, "TOML", "toml")]),
    (
        "The stage",
        "This moment as it is drawn, in the colours that the page has now.",
        &[(Export::Svg(View::Stage), "SVG", "stage-svg"), (Export::Png(View::Stage), "PNG", "stage-png")],
    ),
    (
        "The space-time diagram",
        "What of it is shown now; in light colours, to be printed.",
        &[(Export::Svg(View::SpaceTime), "SVG", "diagram-svg"), (Export::Png(View::SpaceTime), "PNG", "diagram-png")],
    ),
];

pub(crate) fn draw(act: &Callback<Act>) -> Html {
    let rows = ROWS.iter().map(|(title, says, kinds)| {
        let buttons = kinds.iter().map(|(what, label, slug)| {
            let (act, what) = (act.clone(), *what);
            let onclick = Callback::from(move |_: MouseEvent| act.emit(Act::Export(what)));
            html! {
                <button key={*slug} data-testid={format!("export-{slug}")} aria-label={format!("{title} as {label}")} {onclick}>{ *label }</button>
            }
        });
        html! {
            <li key={*title}>
                <span key="what"><b>{ *title }</b><small>{ *says }</small></span>
                <span key="kinds" class="kinds">{ for buttons }</span>
            </li>
        }
    });
    html! {
        <Modal key="export" title="Export" act={act.clone()}>
            <ul key="rows" class="exports">{ for rows }</ul>
        </Modal>
    }
}
