//! The legend: everything that the stage draws, in one place.

use yew::prelude::*;

use crate::app::glossary::explained;
use crate::world::MessageKind;

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
    entry("l-lost", LOST, "lost, or about to be (red)"),
];

/// The shape of a message that was lost.
pub(super) const LOST: &str = "M0 -4V-10M0 4V10M-4 0H-10M4 0H10M-3 -3L-7 -7M3 3L7 7M-3 3L-7 7M3 -3L7 -7";

/// The shape of a message, as the path of a drawing.
pub(super) fn shape(kind: MessageKind) -> &'static str {
    let class = match kind {
        MessageKind::Update => "l-update",
        MessageKind::Ack => "l-ack",
        MessageKind::Heartbeat => "l-beat",
        MessageKind::Election => "l-vote",
        MessageKind::FullCopy => "l-copy",
        MessageKind::Request => "l-ask",
        MessageKind::Answer => "l-answer",
        MessageKind::Control => "l-control",
    };
    MESSAGES.iter().find(|entry| entry.class == class).map_or("", |entry| entry.path)
}

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

const TRACK: [Entry; 7] = [
    entry("l-certain", "M-4.5 -4 a4.5 4.5 0 1 0 9 0 a4.5 4.5 0 1 0 -9 0 M0 .5 V9", "a loss was certain"),
    entry("l-carried", "M-4.5 -4 a4.5 4.5 0 1 0 9 0 a4.5 4.5 0 1 0 -9 0 M0 .5 V9", "it was carried out"),
    entry("l-promise", "M-5 -9h10v9h-10z M0 0 V9", "a promise was broken"),
    entry("l-track-fault", "M0 -6 L6 0 L0 6 L-6 0 Z", "fault"),
    entry("l-track-failover", "M0 -6 L7 6 H-7 Z", "failover"),
    entry("l-track-loss", "M-5 0 a5 5 0 1 0 10 0 a5 5 0 1 0 -10 0", "something was lost"),
    entry("l-track-good", "M-3.5 0 a3.5 3.5 0 1 0 7 0 a3.5 3.5 0 1 0 -7 0", "something went well"),
];

const SQUARE: &str = "M-6 -6h12v12h-12z";
const BARRED: &str = "M-6 -6h12v12h-12z M-3 0h6";

/// The cells of the heat map.
const CELLS: [Entry; 7] = [
    entry("l-cell-fresh", SQUARE, "up to date"),
    entry("l-cell-behind", SQUARE, "behind, or corrupt"),
    entry("l-cell-primary", SQUARE, "primary"),
    entry("l-cell-joining", SQUARE, "joining"),
    entry("l-cell-paused", BARRED, "paused"),
    entry("l-cell-crashed", BARRED, "crashed, disk kept"),
    entry("l-cell-killed", "M-6 -6h12v12h-12z M-3 -3l6 6M3 -3l-6 6", "killed, disk lost"),
];

const PILL: &str = "M-6 -5 h12 a5 5 0 0 1 0 10 h-12 a5 5 0 0 1 0 -10 Z";
const SERVICES: [Entry; 4] = [
    entry("l-capsule", PILL, "a service, across its zones"),
    entry("l-duty-serves", PILL, "an instance that serves"),
    entry("l-duty-stands-by", PILL, "one that stands by, or joins"),
    entry("l-duty-down", PILL, "one that does not run"),
];

/// All shapes, by what they are of.
pub(crate) fn draw() -> Html {
    let groups: [(&str, &[Entry]); 7] = [
        ("Messages", &MESSAGES),
        ("Servers", &SERVERS),
        ("Copies", &COPIES),
        ("Links", &LINKS),
        ("The track", &TRACK),
        ("Heat map", &CELLS),
        ("Services", &SERVICES),
    ];
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::stage::{boxes, service};
    use crate::world::Duty;

    fn has(class: &str) -> bool {
        let all = [&MESSAGES[..], &SERVERS, &COPIES, &LINKS, &TRACK, &CELLS, &SERVICES];
        all.into_iter().flatten().any(|entry| entry.class == class)
    }

    #[test]
    fn every_mark_has_a_row() {
        for kind in [
            MessageKind::Request,
            MessageKind::Answer,
            MessageKind::Update,
            MessageKind::Ack,
            MessageKind::Heartbeat,
            MessageKind::Election,
            MessageKind::FullCopy,
            MessageKind::Control,
        ] {
            assert!(!shape(kind).is_empty(), "{kind:?}");
        }
        for tone in boxes::TONES {
            let tone = if tone.is_empty() { "fresh" } else { tone };
            assert!(has(&format!("l-cell-{tone}")), "{tone}");
        }
        for duty in [Duty::Serves, Duty::StandsBy, Duty::Joins, Duty::Down] {
            let (_, tone) = service::duty(duty);
            assert!(has(&format!("l-duty-{tone}")), "{tone}");
        }
    }

    #[test]
    fn no_mark_means_two_things() {
        let groups: [&[Entry]; 7] = [&MESSAGES, &SERVERS, &COPIES, &LINKS, &TRACK, &CELLS, &SERVICES];
        for entries in groups {
            for (place, entry) in entries.iter().enumerate() {
                let earlier = &entries[..place];
                assert!(!earlier.iter().any(|other| other.class == entry.class), "{}", entry.class);
            }
        }
    }
}
