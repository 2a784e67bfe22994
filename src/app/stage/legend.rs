//! The legend: everything that the stage draws, in one place.

use yew::prelude::*;

use crate::app::glossary::explained;

/// A shape, and what it means.
struct Entry {
    class: &'static str,
    path: &'static str,
    meaning: &'static str,
}

const fn entry(class: &'static str, path: &'static str, meaning: &'static str) -> Entry {
    Entry { class, path, meaning }
}

const LINE: &str = "M-12 0 H12";
const CARD: &str = "M-11 -6 h22 v12 h-22 Z";

const MESSAGES: [Entry; 9] = [
    entry("l-update", "M-8 -8 L10 0 L-8 8 Z", "update"),
    entry("l-ack", "M-8 0 a8 8 0 1 0 16 0 a8 8 0 1 0 -16 0 M-3.5 0 L-1 3 L4 -2.5", "ack"),
    entry("l-beat", "M-3 0 a3 3 0 1 0 6 0 a3 3 0 1 0 -6 0", "heartbeat"),
    entry("l-vote", "M0 -10 L3 -3 L10 0 L3 3 L0 10 L-3 3 L-10 0 L-3 -3 Z", "election"),
    entry("l-copy", "M-12 0h13v10h-13z M-7 -5h13v10h-13z M-2 -10h13v10h-13z", "full copy"),
    entry("l-ask", "M-6 -6h12v12h-12z", "request"),
    entry("l-answer", "M-6 -6h12v12h-12z", "answer"),
    entry("l-control", "M-5 0 a5 5 0 1 0 10 0 a5 5 0 1 0 -10 0", "other message"),
    entry(
        "l-lost",
        "M0 -4V-10M0 4V10M-4 0H-10M4 0H10M-3 -3L-7 -7M3 3L7 7M-3 3L-7 7M3 -3L7 -7",
        "lost, or about to be (red)",
    ),
];

const SERVERS: [Entry; 8] = [
    entry("l-crown", "M-9 6 L-9 -3 L-4 2 L0 -6 L4 2 L9 -3 L9 6 Z", "primary"),
    entry("l-up", "M-5 0 a5 5 0 1 0 10 0 a5 5 0 1 0 -10 0", "up"),
    entry(
        "l-suspected",
        "M-6 0 a6 6 0 1 0 12 0 a6 6 0 1 0 -12 0 M-2 -2 q2 -3 4 0 q0 1.6 -2 2 v1 M0 3.4 v.4",
        "suspected",
    ),
    entry("l-paused", "M-3 -5 v10 M3 -5 v10", "paused"),
    entry("l-crashed", "M-6 0 a6 6 0 1 0 12 0 a6 6 0 1 0 -12 0 M-3 0 h6", "crashed, disk kept"),
    entry("l-killed", "M-5 -5 L5 5 M-5 5 L5 -5", "killed, disk lost"),
    entry("l-joining", CARD, "joining: a dashed rim"),
    entry("l-bar", "M-11 -2 h14 v4 h-14 Z", "bar: the last 64 updates it has"),
];

const COPIES: [Entry; 4] = [
    entry("l-fresh", CARD, "fresh copy"),
    entry("l-stale", CARD, "stale copy"),
    entry("l-corrupt", "M-11 -6 h22 v12 h-22 Z M2 -6 l4 5 l-6 2 l3 5", "corrupt copy"),
    entry("l-arriving", CARD, "arriving, not on disk yet"),
];

const LINKS: [Entry; 6] = [
    entry("l-main", LINE, "link that carries updates"),
    entry("l-thread", LINE, "other link"),
    entry("l-bad", LINE, "link that loses or delays"),
    entry("l-cut", "M-12 0 H-5 M5 0 H12 M-3 -3 L3 3 M-3 3 L3 -3", "cut link"),
    entry("l-wall", "M-12 -5 H12 M-12 5 H12 M-10 5 L-4 -5 M-3 5 L3 -5 M4 5 L10 -5", "partition"),
    entry("l-client", LINE, "server that the client asks"),
];

/// All shapes, by what they are of.
pub(crate) fn draw() -> Html {
    let groups: [(&str, &[Entry]); 4] =
        [("Messages", &MESSAGES), ("Servers", &SERVERS), ("Copies", &COPIES), ("Links", &LINKS)];
    let groups = groups.into_iter().map(|(title, entries)| {
        html! {
            <section key={title}>
                <h3>{ title }</h3>
                <ul>
                    { for entries.iter().map(|entry| html! {
                        <li key={entry.meaning}>
                            <svg viewBox="-14 -14 28 28" class={entry.class} aria-hidden="true"><path d={entry.path} /></svg>
                            { explained(entry.meaning, 1) }
                        </li>
                    }) }
                </ul>
            </section>
        }
    });
    html! { <div class="legend-body">{ for groups }</div> }
}
