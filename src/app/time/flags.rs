//! What stands over the track and can be gone to: promises that were broken, and the two marks of each loss.

use yew::prelude::*;

use crate::app::act::Act;
use crate::app::panes::invariants::Broken;
use crate::app::time::track::Scale;
use crate::app::words;
use crate::session::{Causality, Loss, Session};
use crate::sim::Time;

/// What a flag stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// From here on it was only a matter of time that something acknowledged is lost.
    Certain,
    /// Here it was lost.
    CarriedOut,
    /// Something that must hold did not.
    Promise,
}

impl Kind {
    fn class(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::CarriedOut => "carried-out",
            Self::Promise => "promise",
        }
    }
}

/// A flag at a moment, with its sentence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Flag {
    pub(crate) at: Time,
    pub(crate) kind: Kind,
    pub(crate) text: String,
}

/// The flags of a run, in the order of their moments. They come from what the space-time diagram and the list of invariants
/// show.
pub(crate) fn flags(session: &Session, causality: &Causality, broken: &[Broken]) -> Vec<Flag> {
    let losses = causality.losses().iter().flat_map(|loss| of_loss(session, causality, loss));
    let promises = broken.iter().map(|one| Flag {
        at: one.at,
        kind: Kind::Promise,
        text: format!("A promise was broken. {}", one.sentence),
    });
    let mut flags: Vec<Flag> = losses.chain(promises).filter(|flag| flag.at >= session.start()).collect();
    flags.sort();
    flags.dedup();
    flags
}

/// The marks of one loss: a single one where it was certain and carried out at once.
fn of_loss(session: &Session, causality: &Causality, loss: &Loss) -> Vec<Flag> {
    let name = format!("{} {}", session.file_name(loss.file), loss.version);
    let at = |event| causality.event(session, event).map(|found| found.at);
    let certain = at(loss.certain).filter(|_| loss.certain != loss.carried_out);
    let certain = certain.map(|at| Flag { at, kind: Kind::Certain, text: format!("{name} was certain to be lost.") });
    let lost = at(loss.carried_out).map(|at| Flag { at, kind: Kind::CarriedOut, text: format!("{name} was lost.") });
    certain.into_iter().chain(lost).collect()
}

/// Draws the flags of a track; each is a button that goes there.
pub(crate) fn draw(flags: &[Flag], scale: Scale, act: &Callback<Act>) -> Html {
    let flags = flags.iter().enumerate().map(|(place, flag)| {
        let told = format!("{}: {}", words::clock(flag.at, scale.start), flag.text);
        let onclick = {
            let (act, at) = (act.clone(), flag.at);
            Callback::from(move |_: MouseEvent| act.emit(Act::Seek(at)))
        };
        html! {
            <button key={place} type="button" class={classes!("flag", flag.kind.class())} data-flag={flag.kind.class()}
                style={format!("left:{:.2}%", scale.percent(flag.at))} title={told.clone()} aria-label={format!("{told} Go there.")} {onclick}></button>
        }
    });
    html! { <div key="flags" class="flags" role="group" aria-label="Losses and broken promises">{ for flags }</div> }
}
