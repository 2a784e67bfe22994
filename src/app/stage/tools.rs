//! The tools under the stage, and the legend of the messages' shapes.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::world::Command;

use crate::app::act::{Act, Dialog, Draft};
use crate::app::browser::files;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) act: Callback<Act>,
}

pub(crate) struct Tools {
    file: NodeRef,
}

impl Component for Tools {
    type Message = ();
    type Properties = Props;

    fn create(_: &Context<Self>) -> Self {
        Self { file: NodeRef::default() }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let act = &ctx.props().act;
        let send = |make: fn() -> Act| {
            let act = act.clone();
            Callback::from(move |_: MouseEvent| act.emit(make()))
        };
        let choose = {
            let file = self.file.clone();
            Callback::from(move |_: MouseEvent| {
                if let Some(field) = file.cast::<HtmlInputElement>() {
                    field.click();
                }
            })
        };
        let onchange = files::on_chosen(act, Act::Drop);
        html! {
            <div class="tools">
                <button key="write" data-testid="write-open" onclick={send(|| Act::Open(Dialog::Write(Draft::default())))}>
                    <kbd>{ "W" }</kbd>{ "Write a file" }</button>
                <button key="add" data-testid="add-server" onclick={send(|| Act::Apply(Command::AddServer { zone: None }))}>
                    <kbd>{ "A" }</kbd>{ "Add server" }</button>
                <button key="command" data-testid="command-open" title="Any command, or another setting"
                    onclick={send(|| Act::Open(Dialog::Command))}><kbd>{ ":" }</kbd>{ "Command" }</button>
                <button key="choose" class="choose" onclick={choose} title="An image, a PDF, anything up to 4 MB">
                    <b>{ "Drop any file here" }</b>{ " or choose one…" }</button>
                <input key="file" class="hidden" type="file" multiple=true tabindex="-1" aria-label="Choose a file" data-testid="file-input"
                    ref={self.file.clone()} {onchange} />
                <details key="legend" class="legend">
                    <summary>{ "Shapes" }</summary>
                    <ul>
                        <li key="update"><svg viewBox="-12 -12 24 24" class="l-update"><path d="M-8 -8 L10 0 L-8 8 Z" /></svg>{ "update" }</li>
                        <li key="ack"><svg viewBox="-12 -12 24 24" class="l-ack"><circle r="8" /><path d="M-3.5 0 L-1 3 L4 -2.5" /></svg>{ "ack" }</li>
                        <li key="beat"><svg viewBox="-12 -12 24 24" class="l-beat"><circle r="3" /></svg>{ "heartbeat" }</li>
                        <li key="vote"><svg viewBox="-12 -12 24 24" class="l-vote"><path d="M0 -10 L3 -3 L10 0 L3 3 L0 10 L-3 3 L-10 0 L-3 -3 Z" /></svg>{ "election" }</li>
                        <li key="copy"><svg viewBox="-14 -14 28 28" class="l-copy"><path d="M-12 0h13v10h-13zM-7 -5h13v10h-13zM-2 -10h13v10h-13z" /></svg>{ "full copy" }</li>
                        <li key="ask"><svg viewBox="-12 -12 24 24" class="l-ask"><path d="M-6 -6h12v12h-12z" /></svg>{ "request" }</li>
                        <li key="answer"><svg viewBox="-12 -12 24 24" class="l-answer"><path d="M-6 -6h12v12h-12z" /></svg>{ "answer" }</li>
                        <li key="lost"><svg viewBox="-12 -12 24 24" class="l-lost"><path d="M0 -4V-10M0 4V10M-4 0H-10M4 0H10M-3 -3L-7 -7M3 3L7 7M-3 3L-7 7M3 -3L7 -7" /></svg>{ "lost" }</li>
                    </ul>
                </details>
            </div>
        }
    }
}
