//! The dialog that shows the bytes of a file.

use gloo::file::ObjectUrl;
use yew::prelude::*;

use super::modal::Modal;
use crate::app::act::{Act, Specimen};
use crate::app::browser::files::{self, Look};
use crate::app::words;

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
