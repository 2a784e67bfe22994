//! What came of the two worlds: a table with what is better.

use yew::prelude::*;

use super::Move;
use super::world::letter;
use crate::app::act::Act;
use crate::app::words::Shared;
use crate::session::{Judgement, OutcomeRow, Side};
use crate::sim::{Span, Time};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) rows: Shared<Vec<OutcomeRow>>,
    pub(crate) labels: [String; 2],
    pub(crate) summary: String,
    /// Whether it is of the end, and not of now.
    pub(crate) at_end: bool,
    pub(crate) end: Span,
    pub(crate) now: Span,
    pub(crate) act: Callback<Act>,
}

/// Draws the table, and again only when something of it changed.
#[component]
pub(crate) fn Outcomes(props: &Props) -> Html {
    let Props { rows, labels, summary, at_end, end, now, act } = props;
    let show = |at_end: bool| {
        let act = act.clone();
        Callback::from(move |_: MouseEvent| act.emit(Act::Compare(Move::AtEnd(at_end))))
    };
    let caption = if *at_end { "What came of both at the end" } else { "What came of both until now" };
    html! {
        <aside class="outcomes" aria-label="Outcomes" data-testid="outcomes">
            <div key="headline" class="headline">
                <b>{ "What came of it" }</b>
                <small data-testid="compare-summary">{ summary }</small>
            </div>
            <div key="when" class="segments" role="group" aria-label="Moment of the table">
                <button key="end" aria-pressed={at_end.to_string()} data-testid="at-end" onclick={show(true)}>{ format!("At the end, {}", Time::ZERO + *end) }</button>
                <button key="now" aria-pressed={(!at_end).to_string()} data-testid="at-now" onclick={show(false)}>{ format!("Now, {}", Time::ZERO + *now) }</button>
            </div>
            <table key="table">
                <caption class="visually-hidden">{ caption }</caption>
                <thead>
                    <tr>
                        <th scope="col"><span class="visually-hidden">{ "What is measured" }</span></th>
                        <th scope="col">{ letter(Side::A) }<span class="visually-hidden">{ &labels[0] }</span></th>
                        <th scope="col">{ letter(Side::B) }<span class="visually-hidden">{ &labels[1] }</span></th>
                        <th scope="col">{ "B − A" }</th>
                    </tr>
                </thead>
                <tbody>{ for rows.iter().map(row) }</tbody>
            </table>
        </aside>
    }
}

fn row(row: &OutcomeRow) -> Html {
    let word = word(row.judgement);
    html! {
        <tr key={row.key} data-testid={format!("outcome-{}", row.key)} data-judgement={word}>
            <th scope="row">{ &row.label }</th>
            <td>{ row.a.shown() }</td>
            <td>{ row.b.shown() }</td>
            <td class={classes!("delta", word)}>{ row.delta_shown() }<small>{ word }</small></td>
        </tr>
    }
}

/// The word that says how B compares with A.
fn word(judgement: Judgement) -> &'static str {
    match judgement {
        Judgement::Better => "better",
        Judgement::Worse => "worse",
        Judgement::Same => "same",
        Judgement::Neither => "neither",
    }
}
