//! The dialogs: one frame for all, and what help, share and preview show in it.

use gloo::events::EventListener;
use gloo::file::ObjectUrl;
use web_sys::{HtmlDialogElement, HtmlInputElement};
use yew::prelude::*;

use super::act::{Act, Specimen};
use super::files::{self, Look};
use super::keys;
use super::words;
use crate::session::Scenario;

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

/// The list of keys, and what the page is.
pub(crate) fn help(act: &Callback<Act>) -> Html {
    html! {
        <Modal key="help" title="Replicarium" act={act.clone()}>
            <p>{ "A terrarium for replicas. Write files to a small cluster, break it in the ways real clusters break, and see which copies survive, and why. Click a server or a link to act on it; every button has a key." }</p>
            <dl class="keys">
                { for keys::HELP.iter().map(|(key, meaning)| html! {
                    <div key={*key}><dt><kbd>{ *key }</kbd></dt><dd>{ *meaning }</dd></div>
                }) }
            </dl>
        </Modal>
    }
}

/// The link that replays this run.
pub(crate) fn share(link: &str, copied: Option<bool>, stand_ins: &[String], act: &Callback<Act>) -> Html {
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

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct PreviewProps {
    pub(crate) specimen: Specimen,
    pub(crate) act: Callback<Act>,
}

/// Shows a file's bytes; the address that it makes for an image lives as long as it does.
pub(crate) struct Preview {
    url: ObjectUrl,
}

impl Component for Preview {
    type Message = ();
    type Properties = PreviewProps;

    fn create(ctx: &Context<Self>) -> Self {
        let specimen = &ctx.props().specimen;
        Self { url: files::object_url(&specimen.name, &specimen.content) }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let PreviewProps { specimen, act } = ctx.props();
        let Specimen { name, origin, content } = specimen;
        let body = match files::look(name, content) {
            Look::Image => {
                html! { <img class="preview-image" src={self.url.to_string()} alt={format!("{name}, {origin}")} /> }
            }
            Look::Text => {
                html! { <pre class="preview-text" tabindex="0">{ String::from_utf8_lossy(content.bytes()).into_owned() }</pre> }
            }
            Look::Bytes => html! {
                <>
                    if files::media_type(name) == "application/pdf" {
                        <p><a href={self.url.to_string()} target="_blank" rel="noopener">{ "Open it in a new tab" }</a></p>
                    }
                    <pre class="preview-text" tabindex="0">{ files::hex(content) }</pre>
                </>
            },
        };
        let download = {
            let (act, specimen) = (act.clone(), specimen.clone());
            Callback::from(move |_: MouseEvent| act.emit(Act::Download(specimen.clone())))
        };
        html! {
            <Modal title={name.clone()} act={act.clone()} wide=true>
                <p class="note" data-testid="preview">{ format!("{origin} · {} · checksum {:08x}", words::size(content.size_bytes()), content.checksum()) }</p>
                { body }
                <div class="modal-actions"><button class="primary" data-testid="preview-download" onclick={download}>{ "Download" }</button></div>
            </Modal>
        }
    }
}
