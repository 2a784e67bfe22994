//! The card that says that a run is being opened: what, how far, and a way out.

use yew::prelude::*;

use crate::session::Doing;
use crate::sim::Span;

/// Draws the card.
pub(super) fn draw(what: &str, doing: Doing, cancel: Callback<MouseEvent>) -> Html {
    let (done, total) = match doing {
        Doing::Files { done, total } => (done as u64, total as u64),
        Doing::Replay { done, total } => (done.as_micros(), total.as_micros()),
    };
    let words = words(doing);
    html! {
        <div class="opening-card" role="group" aria-label={format!("Opening {what}")} data-testid="opening">
            <p key="what" class="what" dir="auto">{ "Opening " }<b>{ what }</b></p>
            <progress key="bar" max={total.max(1).to_string()} value={done.to_string()} aria-label="How far it is" aria-valuetext={words.clone()}
                data-testid="opening-bar"></progress>
            <p key="doing" class="doing" data-testid="opening-doing">{ words }</p>
            <button key="cancel" data-testid="opening-cancel" onclick={cancel}>{ "Cancel" }</button>
        </div>
    }
}

/// What is being done, in words.
fn words(doing: Doing) -> String {
    match doing {
        Doing::Files { done, total } if done < total => {
            format!("The opening files are written: {done} of {total}.")
        }
        Doing::Files { .. } => "The opening files are written, and wait for their acknowledgements.".to_owned(),
        Doing::Replay { done, total } => {
            let seconds = |span: Span| {
                let tenths = span.as_micros() / 100_000;
                format!("{}.{}", tenths / 10, tenths % 10)
            };
            format!("What was done in it is done again: {} of {} s.", seconds(done), seconds(total))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_being_done_is_said_with_how_far_it_is() {
        assert_eq!(words(Doing::Files { done: 3, total: 40 }), "The opening files are written: 3 of 40.");
        assert!(words(Doing::Files { done: 40, total: 40 }).contains("wait for"));
        let replay = Doing::Replay { done: Span::from_millis(1_250), total: Span::from_millis(60_000) };
        assert_eq!(words(replay), "What was done in it is done again: 1.2 of 60.0 s.");
    }
}
