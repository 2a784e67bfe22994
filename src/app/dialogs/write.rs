//! The dialog in which a person writes a text file.

use web_sys::{HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};
use yew::prelude::*;

use crate::sim::{Content, ServerId};
use crate::world::{Command, Placement, ServerStatus, View};

use crate::app::act::{Act, Draft};
use crate::app::dialogs::modal::Modal;
use crate::app::words::Shared;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) draft: Draft,
    pub(crate) view: Shared<View>,
    pub(crate) act: Callback<Act>,
}

pub(crate) enum Msg {
    Name(String),
    Submit,
}

pub(crate) struct WriteDialog {
    name: String,
    name_field: NodeRef,
    text_field: NodeRef,
    copies_field: NodeRef,
    complaint: Option<&'static str>,
}

impl Component for WriteDialog {
    type Message = Msg;
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        let name = ctx.props().draft.name.clone();
        Self {
            name,
            name_field: NodeRef::default(),
            text_field: NodeRef::default(),
            copies_field: NodeRef::default(),
            complaint: None,
        }
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Name(name) => {
                self.name = name;
                self.complaint = None;
            }
            Msg::Submit => {
                let name = self.name.trim().to_owned();
                if name.is_empty() {
                    self.complaint = Some("Give the file a name.");
                    return true;
                }
                let text = self.text_field.cast::<HtmlTextAreaElement>().map(|field| field.value()).unwrap_or_default();
                let choice =
                    self.copies_field.cast::<HtmlSelectElement>().map(|field| field.value()).unwrap_or_default();
                let placement = match choice.strip_prefix("ring-") {
                    Some(factor) => Placement::Ring { factor: factor.parse().unwrap_or(3) },
                    None => {
                        choice.parse().map_or(Placement::EveryServer, |number| Placement::OneServer(ServerId(number)))
                    }
                };
                let content = Content::new(text.as_bytes());
                ctx.props().act.emit(Act::CloseDialog);
                ctx.props().act.emit(Act::Apply(Command::Write { file: name, content, placement }));
            }
        }
        true
    }

    fn rendered(&mut self, ctx: &Context<Self>, first_render: bool) {
        if first_render {
            // A known file's name is settled, so its text comes first.
            if ctx.props().draft.known {
                if let Some(field) = self.text_field.cast::<HtmlTextAreaElement>() {
                    field.focus().ok();
                }
            } else if let Some(field) = self.name_field.cast::<HtmlInputElement>() {
                field.focus().ok();
            }
        }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let Props { draft, view, act } = ctx.props();
        let known = view.ledger.rows.iter().any(|row| row.name == self.name.trim());
        let on_name = ctx.link().callback(|event: InputEvent| {
            let field: HtmlInputElement = event.target_unchecked_into();
            Msg::Name(field.value())
        });
        let on_submit = ctx.link().callback(|event: SubmitEvent| {
            event.prevent_default();
            Msg::Submit
        });
        let on_key = ctx.link().batch_callback(|event: KeyboardEvent| {
            let chord = event.key() == "Enter" && (event.ctrl_key() || event.meta_key());
            chord.then(|| {
                event.prevent_default();
                Msg::Submit
            })
        });
        let cancel = {
            let act = act.clone();
            Callback::from(move |_: MouseEvent| act.emit(Act::CloseDialog))
        };
        let servers = view.servers.iter().filter(|server| server.status == ServerStatus::Up);
        html! {
            <Modal title={if draft.known { "Overwrite a file" } else { "Write a file" }} act={act.clone()}>
                <form class="write" onsubmit={on_submit} onkeydown={on_key}>
                    <label key="name">{ "Name" }
                        <input type="text" data-testid="write-name" maxlength="80" autocomplete="off" spellcheck="false"
                            placeholder="notes.txt" value={self.name.clone()} oninput={on_name} ref={self.name_field.clone()} />
                    </label>
                    <label key="text">{ "Text" }
                        <textarea data-testid="write-text" rows="6" ref={self.text_field.clone()} defaultvalue={draft.text.clone()} />
                    </label>
                    <label key="copies">{ "Copies" }
                        <select data-testid="write-copies" disabled={known} ref={self.copies_field.clone()}>
                            <option key="every" value="every" selected=true>{ "On every server" }</option>
                            { for [2_usize, 3].into_iter().filter(|factor| *factor < view.servers.len()).map(|factor| html! {
                                <option key={format!("ring-{factor}")} value={format!("ring-{factor}")}>{ format!("{factor} copies, on servers that the ring chooses") }</option>
                            }) }
                            { for servers.map(|server| html! {
                                <option key={server.id.to_string()} value={server.id.0.to_string()}>{ format!("One copy, on {} only", server.id) }</option>
                            }) }
                        </select>
                    </label>
                    <p key="note" class="note" role="status">
                        { if let Some(complaint) = self.complaint { complaint }
                          else if known { "This file exists: your write makes its next version, on the servers that keep it." }
                          else { "The update goes to the primary first, and from there to the replicas." } }
                    </p>
                    <div key="actions" class="modal-actions">
                        <button type="button" onclick={cancel}>{ "Cancel" }</button>
                        <button type="submit" class="primary" data-testid="write-submit">{ "Write" }<kbd>{ "Ctrl ↵" }</kbd></button>
                    </div>
                </form>
            </Modal>
        }
    }
}
