//! The tools under the stage, and its legend.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::world::Command;

use crate::app::act::{Act, Dialog, Draft, PolicyAct};
use crate::app::browser::files;
use crate::app::stage::arrangement::{Many, Move};
use crate::app::stage::layout::{Density, MOST_BOXES, MOST_FULL};
use crate::app::stage::legend;
use crate::app::words;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    /// Whether some link is cut or bad.
    #[prop_or_default]
    pub(crate) can_heal: bool,
    /// Whether something was moved by hand.
    #[prop_or_default]
    pub(crate) arranged: bool,
    /// The service to call, in a cluster that keeps no files.
    #[prop_or_default]
    pub(crate) service: Option<String>,
    /// How much is told of a server, and how many there are.
    #[prop_or_default]
    pub(crate) density: Density,
    #[prop_or_default]
    pub(crate) servers: usize,
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
        let Props { can_heal, arranged, service, density, servers, act } = ctx.props();
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
                if let Some(service) = service {
                    <button key="call" data-testid="call" onclick={call(service, act)}>{ format!("Call {}", words::fit(service, 16)) }</button>
                } else {
                    <button key="write" data-testid="write-open" onclick={send(|| Act::Open(Dialog::Write(Draft::default())))}>
                        <kbd>{ "W" }</kbd>{ "Write a file" }</button>
                }
                <button key="add" data-testid="add-server" onclick={send(|| Act::Apply(Command::AddServer { zone: None }))}>
                    <kbd>{ "A" }</kbd>{ "Add server" }</button>
                <button key="partition" data-testid="partition-open" title="Cut some servers off from the others"
                    onclick={send(|| Act::Open(Dialog::Partition))}><kbd>{ "P" }</kbd>{ "Partition" }</button>
                if *can_heal {
                    <button key="heal" data-testid="heal-all" onclick={send(|| Act::Apply(Command::HealAll))}>
                        <kbd>{ "H" }</kbd>{ "Heal all" }</button>
                }
                if *arranged {
                    <button key="reset" data-testid="reset-arrangement" title="Put servers and zones back in their usual places"
                        onclick={send(|| Act::Arrange(Move::Reset))}>{ "Reset places" }</button>
                }
                <button key="command" data-testid="command-open" title="Any command, or another setting"
                    onclick={send(|| Act::Open(Dialog::Command))}><kbd>{ ":" }</kbd>{ "Command" }</button>
                <button key="policy" data-testid="policy-open" title="Every setting has a control"
                    onclick={send(|| Act::Policy(PolicyAct::Open))}><kbd>{ "E" }</kbd>{ "Policy…" }</button>
                <button key="chaos" data-testid="chaos-open" title="Random faults, and how much clients ask for"
                    onclick={send(|| Act::Policy(PolicyAct::ToggleChaos))}><kbd>{ "C" }</kbd>{ "Chaos" }</button>
                if service.is_none() {
                    <button key="choose" class="choose" onclick={choose} title="An image, a PDF, anything up to 4 MiB: choose it, or drop it anywhere">
                        <b>{ "File…" }</b></button>
                }
                <input key="file" class="hidden" type="file" multiple=true tabindex="-1" aria-label="Choose a file" data-testid="file-input"
                    ref={self.file.clone()} {onchange} />
                if *density != Density::Full && (MOST_FULL + 1..=MOST_BOXES).contains(servers) {
                    { many(*density, act) }
                }
                <details key="legend" class="legend">
                    <summary>{ "Legend" }</summary>
                    { legend::draw() }
                </details>
            </div>
        }
    }
}

/// The switch between the two ways in which many servers are told.
fn many(density: Density, act: &Callback<Act>) -> Html {
    let ways =
        [(Many::Counts, Density::Compact, "Counts", "counts"), (Many::HeatMap, Density::Heat, "Heat map", "heat-map")];
    let buttons = ways.into_iter().map(|(many, shown, title, slug)| {
        let act = act.clone();
        let onclick = Callback::from(move |_: MouseEvent| act.emit(Act::Arrange(Move::Tell(many))));
        html! {
            <button key={slug} aria-pressed={(shown == density).to_string()} data-testid={format!("many-{slug}")} {onclick}>{ title }</button>
        }
    });
    html! { <span key="many" class="segments" role="group" aria-label="How many servers are shown">{ for buttons }</span> }
}

fn call(service: &str, act: &Callback<Act>) -> Callback<MouseEvent> {
    let (act, service) = (act.clone(), service.to_owned());
    Callback::from(move |_: MouseEvent| act.emit(Act::Apply(Command::Call { service: service.clone() })))
}
