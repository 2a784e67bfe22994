//! The right side: its tabs, and the pane of the one that is chosen.

pub(crate) mod audit;
pub(crate) mod client;
pub(crate) mod faults;
pub(crate) mod figures;
pub(crate) mod inspector;
pub(crate) mod invariants;
pub(crate) mod ledger;

use yew::prelude::*;

use crate::sim::ServerId;
use crate::world::View;

use crate::app::act::{Act, Tab};
use crate::app::browser::dom;
use crate::app::panes::audit::{AuditPane, Shown};
use crate::app::panes::client::ClientPane;
use crate::app::panes::figures::{Figures, FiguresPane};
use crate::app::panes::inspector::Inspector;
use crate::app::panes::invariants::Broken;
use crate::app::panes::ledger::LedgerPane;
use crate::app::spacetime::card::{EventCard, Told};
use crate::app::words::Shared;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) tab: Tab,
    pub(crate) view: Shared<View>,
    /// What was measured, as long as its tab shows it.
    pub(crate) figures: Shared<Figures>,
    pub(crate) broken: Shared<Vec<Broken>>,
    pub(crate) selected: Option<ServerId>,
    pub(crate) audit: Option<Shown>,
    /// What is told of the event that is selected in the space-time diagram.
    pub(crate) event: Option<Shared<Told>>,
    pub(crate) act: Callback<Act>,
}

pub(crate) struct Panes;

impl Component for Panes {
    type Message = ();
    type Properties = Props;

    fn create(_: &Context<Self>) -> Self {
        Self
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let Props { tab, view, figures, broken, selected, audit, event, act } = ctx.props();
        let pane = match tab {
            Tab::Ledger => {
                html! { <LedgerPane key="ledger" view={view.clone()} broken={broken.clone()} act={act.clone()} /> }
            }
            Tab::Figures => html! { <FiguresPane key="figures" figures={figures.clone()} /> },
            Tab::Inspect => {
                html! {
                    <>
                        if let Some(told) = event {
                            <EventCard key="event" told={told.clone()} act={act.clone()} />
                        }
                        <Inspector key="inspect" view={view.clone()} selected={*selected} act={act.clone()} />
                    </>
                }
            }
            Tab::Audit => html! { <AuditPane key="audit" shown={audit.clone()} act={act.clone()} /> },
            Tab::Client => html! { <ClientPane key="client" view={view.clone()} act={act.clone()} /> },
        };
        let onkeydown = {
            let (act, tab) = (act.clone(), *tab);
            Callback::from(move |event: KeyboardEvent| {
                let to = match event.key().as_str() {
                    "ArrowRight" => tab.moved(1),
                    "ArrowLeft" => tab.moved(Tab::ALL.len() - 1),
                    "Home" => Tab::ALL[0],
                    "End" => Tab::ALL[Tab::ALL.len() - 1],
                    _ => return,
                };
                event.prevent_default();
                act.emit(Act::ShowTab(to));
                dom::focus(&format!("#tab-{}", to.slug()));
            })
        };
        let labels = Tab::ALL.into_iter().map(|each| {
            let act = act.clone();
            let on = each == *tab;
            // What is broken is told in the ledger; whoever looks at another tab must not miss it.
            let alarm = each == Tab::Ledger && !broken.is_empty();
            html! {
                <button key={each.title()} id={format!("tab-{}", each.slug())} role="tab" aria-selected={on.to_string()} aria-controls="pane"
                    tabindex={if on { "0" } else { "-1" }} class={on.then_some("on")} data-testid={format!("tab-{}", each.slug())}
                    onclick={Callback::from(move |_: MouseEvent| act.emit(Act::ShowTab(each)))}>
                    { each.title() }
                    if alarm {
                        <b class="alarm" role="img" aria-label=": an invariant is broken">{ "✕" }</b>
                    }
                </button>
            }
        });
        html! {
            <aside class="side" aria-label="Details">
                <div key="tabs" class="tabs" role="tablist" {onkeydown}>{ for labels }</div>
                <div key="pane" id="pane" class="pane" role="tabpanel" aria-labelledby={format!("tab-{}", tab.slug())}>{ pane }</div>
            </aside>
        }
    }
}
