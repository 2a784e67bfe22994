//! The frame that all dialogs have.

use gloo::events::EventListener;
use web_sys::HtmlDialogElement;
use yew::prelude::*;

use crate::app::act::Act;
use crate::app::browser::dom;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ModalProps {
    pub(crate) title: String,
    pub(crate) act: Callback<Act>,
    pub(crate) children: Html,
    #[prop_or_default]
    pub(crate) wide: bool,
}

/// A modal dialog of the browser's own: it keeps the focus, and Escape closes it.
pub(crate) struct Modal {
    dialog: NodeRef,
    closed: Option<EventListener>,
}

impl Component for Modal {
    type Message = ();
    type Properties = ModalProps;

    fn create(_: &Context<Self>) -> Self {
        Self { dialog: NodeRef::default(), closed: None }
    }

    fn rendered(&mut self, ctx: &Context<Self>, first_render: bool) {
        if !first_render {
            return;
        }
        if let Some(dialog) = self.dialog.cast::<HtmlDialogElement>() {
            let act = ctx.props().act.clone();
            self.closed = Some(EventListener::new(&dialog, "close", move |_| act.emit(Act::CloseDialog)));
            dialog.show_modal().ok();
        }
    }

    fn destroy(&mut self, _: &Context<Self>) {
        self.closed = None;
        if let Some(dialog) = self.dialog.cast::<HtmlDialogElement>() {
            // Closed by its own method, the dialog gives the focus back to where it came from.
            dialog.close();
        }
        if dom::focused().is_none_or(|element| element.tag_name() == "BODY") {
            dom::focus_later("[data-testid=stage]".to_owned());
        }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let ModalProps { title, act, children, wide } = ctx.props();
        let close = {
            let act = act.clone();
            Callback::from(move |_: MouseEvent| act.emit(Act::CloseDialog))
        };
        html! {
            <dialog class={classes!("modal", wide.then_some("wide"))} ref={self.dialog.clone()} aria-label={title.clone()}>
                <header>
                    <h2>{ title }</h2>
                    <button class="icon quiet" aria-label="Close" onclick={close}>{ "✕" }</button>
                </header>
                { children.clone() }
            </dialog>
        }
    }
}
