//! What stands over the track when a run has as much as one may have, and the two ways on from there.

use yew::prelude::*;

use crate::session::Session;
use crate::sim::{Span, Time};

use crate::app::act::Act;
use crate::app::words;

/// How far before its end a run goes back: far enough to try something else.
const BACK: Span = Span::from_millis(1_000);

/// The notice, if the run is full.
pub(crate) fn draw(session: &Session, act: &Callback<Act>) -> Option<Html> {
    let full = session.check_room().err()?;
    let (start, now) = (session.start(), session.now());
    let back = Time::max(start, now - BACK.min(now.since(start)));
    let send = |make: Box<dyn Fn() -> Act>| {
        let act = act.clone();
        Callback::from(move |_: MouseEvent| act.emit(make()))
    };
    let seed = session.seed();
    Some(html! {
        <div key="full" class="full" role="status" data-testid="full">
            <p><b>{ "The run is full. " }</b>{ "It can't go on from here: go back and do something else, or begin again." }
                <small>{ words::sentence(&full.to_string()) }</small></p>
            if back < now {
                <button key="back" class="primary" data-testid="full-back" onclick={send(Box::new(move || Act::Seek(back)))}>{ "Go back" }</button>
            }
            <button key="again" data-testid="full-again" onclick={send(Box::new(move || Act::Seed(seed)))}>{ "Begin again" }</button>
        </div>
    })
}
