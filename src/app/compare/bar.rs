//! The line on top: what is the same in both worlds, what differs, and the ways to other worlds.

use yew::prelude::*;

use super::Move;
use crate::app::act::Act;
use crate::session::{Setup, Side};

/// The line; without a setup, the runs are being opened.
pub(crate) fn draw(setup: Option<&Setup>, act: &Callback<Act>) -> Html {
    let send = |what: Move| {
        let act = act.clone();
        Callback::from(move |_: MouseEvent| act.emit(Act::Compare(what.clone())))
    };
    html! {
        <div key="same" class="same-bar" data-testid="compare-setup">
            if let Some(setup) = setup {
                <p key="same">
                    <span class="quiet">{ "The same in both: " }</span>
                    { for setup.same.iter().enumerate().map(|(index, same)| html! {
                        <span key={same.what.clone()}>
                            { if index > 0 { " · " } else { "" } }<b>{ &same.what }</b>
                            if !same.detail.is_empty() { { " " }<span class="quiet">{ format!("({})", same.detail) }</span> }
                        </span>
                    }) }
                    if setup.same.is_empty() { { "nothing" } }
                </p>
                <p key="different">
                    <span class="quiet">{ "Different: " }</span>
                    <b data-testid="compare-different" title={tell(setup)}>{ setup.difference() }</b>
                </p>
            } else {
                <p key="same" class="quiet">{ "Both runs begin…" }</p>
            }
            <span key="grow" class="grow"></span>
            <span key="ways" class="ways">
                <button key="a" data-testid="change-a" onclick={send(Move::Choose(Side::A))}>{ "Change A…" }</button>
                <button key="b" data-testid="change-b" onclick={send(Move::Choose(Side::B))}>{ "Change B…" }</button>
                <button key="swap" data-testid="compare-swap" onclick={send(Move::Swap)}>{ "Swap" }</button>
                <button key="close" data-testid="compare-close" title="Close (Esc)" onclick={send(Move::Close)}>{ "Close" }</button>
            </span>
        </div>
    }
}

/// Everything that differs, a line each.
fn tell(setup: &Setup) -> String {
    let lines: Vec<String> = setup
        .different
        .iter()
        .map(|contrast| format!("{}: A {}, B {}", contrast.key, contrast.a.trim_end(), contrast.b.trim_end()))
        .collect();
    lines.join("\n")
}
