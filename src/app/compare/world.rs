//! One of the two worlds: its letter, its stage, and its truth.

use yew::prelude::*;

use super::class;
use super::state::Shown;
use crate::app::act::Act;
use crate::app::stage::Stage;
use crate::session::{Mood, Side};

/// The letter of a side in a ring: open for A, filled for B.
pub(crate) fn letter(side: Side) -> Html {
    html! { <span class={classes!("letter", class(side))}>{ side.letter() }</span> }
}

pub(crate) fn draw(side: Side, label: &str, shown: &Shown, act: &Callback<Act>) -> Html {
    let truth = &shown.truth;
    let (mood, chip) = match truth.mood {
        Mood::Bad => ("bad", "lost"),
        Mood::Waiting => ("waiting", "risk"),
        Mood::Good => ("good", "safe"),
    };
    let testid = format!("world-{}", class(side));
    // Nothing can be done to a world that is compared, and who tries is told so.
    let act = {
        let act = act.clone();
        Callback::from(move |tried: Act| {
            if matches!(tried, Act::Apply(_) | Act::OnServer(..)) {
                act.emit(tried);
            }
        })
    };
    html! {
        <section key={class(side)} class={classes!("world", class(side))} aria-label={format!("World {}: {label}", side.letter())} data-testid={testid}>
            <header key="header">
                { letter(side) }
                <h2 title={label.to_owned()}>{ label }</h2>
                <span class={classes!("verdict", chip)} data-testid={format!("verdict-{}", class(side))}>{ &truth.verdict }</span>
            </header>
            <div key="room" class="stage-room" ref={shown.room.clone()}>
                <div class="fit" style={format!("zoom:{:.3}", shown.zoom)}>
                <Stage view={shown.scene.still.clone()} layout={shown.layout.clone()} selected={None} start={shown.start} calls={shown.scene.calls}
                    canvas={shown.canvas.clone()} {act} />
                </div>
            </div>
            <div key="truth" class={classes!("truth", mood)} tabindex="0" data-mood={mood} data-testid={format!("truth-{}", class(side))}>
                <b>{ &truth.sentence }</b>
                <span>{ &truth.detail }</span>
            </div>
        </section>
    }
}
