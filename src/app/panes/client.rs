//! What the client knows: its operations and their outcomes, newest first.

use yew::prelude::*;

use crate::world::{OperationView, OutcomeView, View};

use crate::app::act::{Act, Specimen};
use crate::app::panes::ledger::specimen_buttons;
use crate::app::words::{self, Shared};

/// How many operations are listed.
const MOST: usize = 60;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) view: Shared<View>,
    pub(crate) act: Callback<Act>,
}

pub(crate) struct ClientPane;

impl Component for ClientPane {
    type Message = ();
    type Properties = Props;

    fn create(_: &Context<Self>) -> Self {
        Self
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let Props { view, act } = ctx.props();
        html! {
            <>
                <div key="headline" class="headline plain">
                    <b>{ "What client C1 was told" }</b>
                    <small>{ "A client sees ok, refused, or nothing at all." }</small>
                </div>
                if view.operations.is_empty() {
                    <p key="none" class="pane-note">{ "It has asked for nothing yet." }</p>
                }
                <ol key="list" class="operations">
                    { for view.operations.iter().rev().take(MOST).map(|operation| item(operation, act)) }
                </ol>
            </>
        }
    }
}

fn item(operation: &OperationView, act: &Callback<Act>) -> Html {
    let slug = words::outcome_slug(&operation.outcome);
    let content = match &operation.outcome {
        OutcomeView::Ok { content: Some(content), .. } => Some(content.clone()),
        _ => None,
    };
    let mark = match operation.outcome {
        OutcomeView::Pending => "…",
        OutcomeView::Ok { .. } => "✓",
        OutcomeView::Refused(_) => "✕",
        OutcomeView::Unknown => "?",
    };
    html! {
        <li key={operation.id.0.to_string()} class={classes!("operation", slug)} data-testid="operation" data-outcome={slug}
            data-kind={words::operation_verb(operation.kind).to_lowercase()} data-file={operation.name.clone()}>
            <span class="op-mark" aria-hidden="true">{ mark }</span>
            <div>
                <b>{ format!("{} {}", words::operation_verb(operation.kind), words::fit(&operation.name, 24)) }</b>
                <time>{ operation.started.to_string() }</time>
                <p>{ words::outcome(operation) }</p>
                if let Some(content) = content {
                    <div class="row-actions">
                        { specimen_buttons(&Specimen { name: operation.name.clone(), origin: "as the client read it".to_owned(), content }, act) }
                    </div>
                }
            </div>
        </li>
    }
}
