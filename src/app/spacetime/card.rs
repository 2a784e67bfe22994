//! The selected event: its sentence, the chain that led to it, and what its past shows.

use yew::prelude::*;

use super::SpaceTimeAct;
use crate::app::act::Act;
use crate::app::words::Shared;
use crate::session::{Causality, Conclusion, Session};
use crate::sim::{EventId, Time};

/// What is told of an event.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Told {
    pub(crate) event: EventId,
    pub(crate) at: Time,
    clock: String,
    pub(crate) sentence: String,
    /// The clock and the sentence of each link of the chain, the event itself last.
    chain: Vec<(EventId, String, String)>,
    left_out: usize,
    conclusion: Conclusion,
    has_cause: bool,
    has_effect: bool,
    /// A file and a version whose loss the event has to do with, and when the loss was carried out.
    lost: Option<(String, String, Time)>,
}

impl Told {
    pub(crate) fn new(causality: &Causality, session: &Session, event: EventId, last: EventId) -> Option<Self> {
        let found = causality.event(session, event)?;
        let (links, left_out) = causality.told(session, event);
        let chain =
            links.into_iter().map(|link| (link.event, causality.clock(session, link.at), link.sentence)).collect();
        let lost = causality.lost_file(session, event).and_then(|(name, loss)| {
            let at = causality.event(session, loss.carried_out)?.at;
            Some((name, loss.version.to_string(), at))
        });
        Some(Self {
            event,
            at: found.at,
            clock: causality.clock(session, found.at),
            sentence: found.sentence,
            chain,
            left_out,
            conclusion: causality.finding(session, event),
            has_cause: causality.chain(session, event).len() > 1,
            has_effect: !causality.effects(session, event, last).is_empty(),
            lost,
        })
    }
}

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) told: Shared<Told>,
    pub(crate) act: Callback<Act>,
}

#[component]
pub(crate) fn EventCard(Props { told, act }: &Props) -> Html {
    let on = |what: fn() -> SpaceTimeAct| {
        let act = act.clone();
        Callback::from(move |_: MouseEvent| act.emit(Act::SpaceTime(what())))
    };
    let links = told.chain.iter().map(|(event, clock, sentence)| {
        let is_it = *event == told.event;
        let (act, event) = (act.clone(), *event);
        let onclick = Callback::from(move |_: MouseEvent| act.emit(Act::SpaceTime(SpaceTimeAct::Pin(Some(event)))));
        html! {
            <li key={event.0} class={is_it.then_some("it")} aria-current={is_it.then_some("true")}>
                <button class="quiet" title="Select this event" {onclick}><time>{ clock.clone() }</time></button>
                <i aria-hidden="true"></i>
                <span>{ sentence.clone() }</span>
            </li>
        }
    });
    let why = told.lost.clone().map(|(file, version, at)| {
        let act = act.clone();
        let words = format!("Why is {version} lost?");
        let onclick =
            Callback::from(move |_: MouseEvent| act.emit(Act::SpaceTime(SpaceTimeAct::Why(file.clone(), at))));
        html! { <button key="why" data-testid="spacetime-why" {onclick}>{ words }</button> }
    });
    html! {
        <section class="event-card" aria-label="Selected event" data-testid="spacetime-event">
            <p key="kicker" class="kicker">{ format!("Selected · {} · event {}", told.clock, told.event.0) }</p>
            <h2 key="sentence">{ told.sentence.clone() }</h2>
            <h3 key="title" class="visually-hidden">{ "What led to it" }</h3>
            if told.left_out > 0 {
                <p key="before" class="kicker">{ format!("{} earlier ones are left out.", told.left_out) }</p>
            }
            <ol key="chain" class="chain" data-testid="spacetime-chain">{ for links }</ol>
            if !told.conclusion.headline.is_empty() {
                <p key="finding" class="finding" data-testid="spacetime-finding">
                    <b>{ told.conclusion.headline.clone() }</b>
                    { for told.conclusion.details.iter().map(|detail| format!(" {detail}")) }
                </p>
            }
            <div key="buttons" class="event-buttons">
                <button key="cause" disabled={!told.has_cause} data-testid="spacetime-cause" onclick={on(|| SpaceTimeAct::Cause)}><kbd>{ "←" }</kbd>{ " Its cause" }</button>
                <button key="effect" disabled={!told.has_effect} data-testid="spacetime-effect" onclick={on(|| SpaceTimeAct::Effect)}><kbd>{ "→" }</kbd>{ " What it caused" }</button>
                <button key="go" data-testid="spacetime-go" onclick={on(|| SpaceTimeAct::Go)}><kbd>{ "Enter" }</kbd>{ " Go to this moment" }</button>
                { for why }
            </div>
        </section>
    }
}
