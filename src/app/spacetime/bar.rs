//! The bar above the stage: which view of the moment, and what of the diagram is in front.

use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::options::{Filter, Options};
use super::{SpaceTimeAct, View};
use crate::app::act::Act;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) view: View,
    pub(crate) options: Options,
    /// How many heartbeats are in the window, as long as the diagram is shown.
    pub(crate) heartbeats: usize,
    pub(crate) act: Callback<Act>,
    /// What stands beside the switch while the stage is shown.
    #[prop_or_default]
    pub(crate) children: Html,
}

#[component]
pub(crate) fn ViewBar(Props { view, options, heartbeats, act, children }: &Props) -> Html {
    let on = |what: fn() -> SpaceTimeAct| {
        let act = act.clone();
        Callback::from(move |_: MouseEvent| act.emit(Act::SpaceTime(what())))
    };
    let switch = [(View::Stage, "Stage", "stage"), (View::SpaceTime, "Space-time", "spacetime")];
    let buttons = switch.into_iter().map(|(each, title, slug)| {
        let act = act.clone();
        let onclick = Callback::from(move |_: MouseEvent| act.emit(Act::SpaceTime(SpaceTimeAct::Show(each))));
        html! {
            <button key={slug} aria-pressed={(each == *view).to_string()} data-testid={format!("view-{slug}")} {onclick}>{ title }</button>
        }
    });
    let onchange = {
        let act = act.clone();
        Callback::from(move |event: Event| {
            let chosen = event.target_unchecked_into::<HtmlSelectElement>().value();
            if let Some(filter) = Filter::EACH.into_iter().find(|filter| filter.slug() == chosen) {
                act.emit(Act::SpaceTime(SpaceTimeAct::Filter(filter)));
            }
        })
    };
    let beats = if options.heartbeats {
        format!("Heartbeats ({heartbeats})")
    } else {
        format!("Heartbeats hidden ({heartbeats})")
    };
    html! {
        <div class="view-bar" role="group" aria-label="View">
            <span key="switch" class="segments" role="group" aria-label="View of this moment">{ for buttons }</span>
            if *view == View::SpaceTime {
                <select key="filter" class="view-chip" aria-label="What is in front" data-testid="spacetime-filter" {onchange}>
                    { for Filter::EACH.into_iter().map(|each| html! {
                        <option key={each.slug()} value={each.slug()} selected={each == options.filter}>{ each.title() }</option>
                    }) }
                </select>
                <button key="beats" class={classes!("view-chip", (!options.heartbeats).then_some("off"))} data-testid="spacetime-heartbeats"
                    aria-pressed={options.heartbeats.to_string()} onclick={on(|| SpaceTimeAct::Heartbeats)}>{ beats }</button>
                <button key="fold" class={classes!("view-chip", (!options.fold).then_some("off"))} data-testid="spacetime-fold"
                    aria-pressed={options.fold.to_string()} title="Fold the times in which only heartbeats pass" onclick={on(|| SpaceTimeAct::Fold)}>
                    { if options.fold { "Fold quiet ✓" } else { "Fold quiet" } }</button>
                <span key="grow" class="grow"></span>
                <button key="out" class="icon" aria-label="Zoom out" title="Zoom out (−)" data-testid="spacetime-out" onclick={on(|| SpaceTimeAct::Zoom(false))}>{ "−" }</button>
                <button key="in" class="icon" aria-label="Zoom in" title="Zoom in (+)" data-testid="spacetime-in" onclick={on(|| SpaceTimeAct::Zoom(true))}>{ "+" }</button>
                <button key="export" title="Save the diagram as an SVG file" aria-label="Export as SVG" data-testid="spacetime-export" onclick={on(|| SpaceTimeAct::Export)}><span class="wide">{ "Export " }</span>{ "SVG" }</button>
            } else {
                { children.clone() }
            }
        </div>
    }
}
