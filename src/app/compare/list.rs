//! What happens around the moment, in two columns: what is in one world only, and what is in both.

use std::collections::BTreeMap;

use yew::prelude::*;

use super::{Move, class};
use crate::app::act::Act;
use crate::session::{Comparison, Side};
use crate::sim::{Span, Time};

/// How many lines stand before the moment, it included, and after it.
const BEFORE: usize = 4;
const AFTER: usize = 2;

/// What happens at one time, as the clock shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line {
    at: Span,
    /// What happens in A only, and in B only.
    only: [Vec<String>; 2],
    /// What happens in both.
    both: Vec<String>,
    /// Whether the two part here.
    is_first: bool,
}

/// The lines around a moment: of each world those before and after it, and where the two part.
pub(crate) fn lines(comparison: &Comparison) -> Vec<Line> {
    let now = comparison.now();
    let mut lines: BTreeMap<u64, Line> = BTreeMap::new();
    for side in Side::BOTH {
        let told = comparison.told(side);
        let place = told.partition_point(|happening| happening.at <= now);
        // More than is shown, since several can be at one time.
        let around = place.saturating_sub(4 * BEFORE)..(place + 4 * AFTER).min(told.len());
        for happening in told.get(around).unwrap_or_default() {
            let line = line_at(&mut lines, happening.at);
            if comparison.is_difference(side, happening) {
                only(line, side).push(happening.sentence.clone());
            } else if side == Side::A {
                // It is told once, at the time that it has in A.
                line.both.push(happening.sentence.clone());
            }
        }
    }
    if let Some(first) = comparison.first_difference() {
        for side in Side::BOTH {
            let Some(parting) = first.of(side) else { continue };
            let line = line_at(&mut lines, parting.at);
            line.is_first |= parting.at == first.at;
            let sentences = only(line, side);
            if !sentences.contains(&parting.sentence) {
                sentences.insert(0, parting.sentence.clone());
            }
        }
    }
    lines.retain(|_, line| !line.both.is_empty() || line.only.iter().any(|only| !only.is_empty()));
    let is_past = |line: &Line| line.at <= now;
    let mut told: Vec<Line> = lines.into_values().collect();
    let place = told.partition_point(is_past);
    told.truncate(place + AFTER);
    told.drain(..place.saturating_sub(BEFORE));
    told
}

fn line_at(lines: &mut BTreeMap<u64, Line>, at: Span) -> &mut Line {
    lines.entry(at.as_micros() / 1_000).or_insert_with(|| Line { at, ..Line::default() })
}

fn only(line: &mut Line, side: Side) -> &mut Vec<String> {
    match side {
        Side::A => &mut line.only[0],
        Side::B => &mut line.only[1],
    }
}

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) lines: Vec<Line>,
    pub(crate) now: Span,
    pub(crate) act: Callback<Act>,
}

/// Draws the lines.
#[component]
pub(crate) fn Around(props: &Props) -> Html {
    let Props { lines, now, act } = props;
    html! {
        <ol class="around" aria-label="What happens around this moment" data-testid="around">
            if lines.is_empty() {
                <li key="none" class="quiet">{ "Nothing notable happens in either world." }</li>
            }
            { for lines.iter().map(|line| draw(line, *now, act)) }
        </ol>
    }
}

fn draw(line: &Line, now: Span, act: &Callback<Act>) -> Html {
    let onclick = {
        let (act, at) = (act.clone(), line.at);
        Callback::from(move |_: MouseEvent| act.emit(Act::Compare(Move::To(at))))
    };
    let is_same = line.only.iter().all(Vec::is_empty);
    let classes =
        classes!(is_same.then_some("same"), (line.at > now).then_some("to-come"), line.is_first.then_some("first"));
    html! {
        <li key={line.at.as_micros().to_string()} class={classes} data-micros={line.at.as_micros().to_string()}>
            <button key="at" class="link" {onclick} title="Go to this moment">{ (Time::ZERO + line.at).to_string() }</button>
            if !line.both.is_empty() {
                <span key="both" class="both"><b>{ "A and B" }</b>{ format!(" {}", line.both.join(" ")) }</span>
            }
            { for Side::BOTH.into_iter().zip(&line.only).filter(|(_, only)| !only.is_empty()).map(|(side, only)| html! {
                <span key={class(side)} class={class(side)}><b>{ side.letter() }</b>{ format!(" {}", only.join(" ")) }</span>
            }) }
        </li>
    }
}
