//! What the shapes and the lines mean.

use yew::prelude::*;

use super::shapes;
use crate::world::MessageKind;

const SHAPES: [MessageKind; 5] =
    [MessageKind::Update, MessageKind::Ack, MessageKind::Request, MessageKind::Answer, MessageKind::Election];

/// The legend under the diagram; `left_out` says what of it is not drawn.
pub(crate) fn draw(left_out: Option<&String>) -> Html {
    let kinds = SHAPES.into_iter().map(|kind| {
        html! {
            <li key={shapes::name(kind)}>
                <svg class="dia" width="18" height="18" viewBox="-11 -11 22 22" aria-hidden="true"><g class={shapes::class(kind)}>{ shapes::outline(kind) }</g></svg>
                { shapes::name(kind) }
            </li>
        }
    });
    let ranks = [("cause", "caused it"), ("past", "its past"), ("other", "not in its past")];
    let lines = ranks.into_iter().map(|(class, words)| {
        html! {
            <li key={class}>
                <svg class="dia" width="28" height="10" viewBox="0 0 28 10" aria-hidden="true"><path class={classes!("lit-lane", class)} d="M1 5H27" /></svg>
                { words }
            </li>
        }
    });
    html! {
        <>
            if let Some(words) = left_out {
                <p key="left-out" role="status" data-testid="spacetime-left-out">{ words.clone() }</p>
            }
            <ul key="legend" class="spacetime-legend" aria-label="What the shapes mean">
                { for kinds }
                <li key="lost"><svg class="dia" width="18" height="18" viewBox="-10 -10 20 20" aria-hidden="true">{ shapes::burst((0.0, 0.0)) }</svg>{ "lost" }</li>
                { for lines }
            </ul>
        </>
    }
}
