//! The dialog with the link to a run, or why there is none.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::modal::Modal;
use crate::app::act::Act;
use crate::session::Scenario;

/// The link that replays this run.
pub(crate) fn draw(link: &str, copied: Option<bool>, stand_ins: &[String], act: &Callback<Act>) -> Html {
    let onfocus = Callback::from(|event: FocusEvent| {
        let field: HtmlInputElement = event.target_unchecked_into();
        field.select();
    });
    let state = match copied {
        None => "…",
        Some(true) => "Copied to the clipboard.",
        Some(false) => "The browser did not allow copying: copy it from the field.",
    };
    html! {
        <Modal key="share" title="Share this run" act={act.clone()}>
            <p>{ "Whoever opens this link gets the same scenario, seed and actions, and sees the very same events." }</p>
            <input class="link-field" readonly=true aria-label="Link" data-testid="share-link" value={link.to_owned()} {onfocus} />
            <p class="state" role="status">{ state }</p>
            if !stand_ins.is_empty() {
                <p class="note">{ format!("Too big for a link: {}. The link has stand-ins of the same size, so the run is the same but these bytes are not.", stand_ins.join(", ")) }</p>
            }
        </Modal>
    }
}

/// What stands in the place of a link that would be wrong.
pub(crate) fn no_link(reason: &str, scenario: &Scenario, act: &Callback<Act>) -> Html {
    let instead = if scenario.is_built_in() {
        "Go back to an earlier moment and share that one.".to_owned()
    } else {
        format!(
            "Go back to an earlier moment and share that one, or send the file {} and the seed.",
            scenario.file_name()
        )
    };
    html! {
        <Modal key="no-link" title="No link for this run" act={act.clone()}>
            <p data-testid="no-link">{ format!("This run can't be put into a link: {reason}.") }</p>
            <p class="note">{ instead }</p>
        </Modal>
    }
}
