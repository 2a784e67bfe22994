//! The drawing: what is the same whatever is selected, and what is lit over it.

use std::fmt::Write as _;

use yew::prelude::*;

use super::LaneRole;
use super::frame::Way;
use super::labels::Anchor;
use super::picture::{Drawn, Label, Picture};
use super::shapes;
use super::trace::{Rank, Trace};
use crate::app::words::Shared;
use crate::session::{Absence, Fate, Loss};
use crate::sim::{Span, Time};
use crate::world::MessageKind;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) picture: Shared<Picture>,
    /// What stands under each line's name.
    pub(crate) roles: Vec<LaneRole>,
    pub(crate) losses: Vec<Loss>,
}

/// Everything but what is lit.
#[component]
pub(crate) fn Ground(props: &Props) -> Html {
    let picture = &*props.picture;
    html! {
        <>
            <g key="epochs">{ epochs(picture) }</g>
            <g key="axis">{ axis(picture) }</g>
            <g key="lanes">{ lanes(picture) }</g>
            <g key="names">{ names(picture, &props.roles) }</g>
            <g key="waits">{ waits(picture) }</g>
            <g key="inner" clip-path="url(#spacetime-inner)">
                <g key="arrows" class="base">{ for picture.arrows.iter().map(|drawn| arrow(drawn, None)) }</g>
                <g key="marks" class="base">{ for picture.marks.iter().map(|mark| html! {
                    <g key={mark.event.0}>{ shapes::event(mark.sort, mark.importance, mark.x, mark.y) }</g>
                }) }</g>
                <g key="losses">{ losses(picture, &props.losses) }</g>
            </g>
            <g key="labels" class="base words">{ for picture.labels.iter().map(|found| label(found, None)) }</g>
            <g key="folds">{ folds(picture) }</g>
        </>
    }
}

/// What is lit for an event.
pub(crate) fn lit(picture: &Picture, trace: &Trace, preview: bool) -> Html {
    let stretches = trace.stretches(picture).into_iter().enumerate().filter_map(|(index, stretch)| {
        let lane = picture.frame.lane(stretch.node)?;
        let class = classes!("lit-lane", stretch.rank.class());
        Some(html! { <path key={format!("stretch-{index}")} {class} d={line(picture, lane, stretch.along)} /> })
    });
    let mut arrows: Vec<(Rank, &Drawn)> =
        picture.arrows.iter().filter_map(|drawn| Some((trace.rank_of(drawn)?, drawn))).collect();
    arrows.sort_by_key(|(rank, _)| *rank);
    let marks = picture.marks.iter().filter_map(|mark| {
        let rank = mark.events.iter().filter_map(|event| trace.rank(*event)).max()?;
        Some(html! {
            <g key={format!("mark-{}", mark.event.0)} class={classes!("lit", rank.class())}>
                { shapes::event(mark.sort, mark.importance, mark.x, mark.y) }
            </g>
        })
    });
    let labels = picture.labels.iter().filter_map(|found| {
        let rank = trace.rank(found.event).filter(|_| !preview)?;
        // A message's label is lit with the message: that it was sent is not enough.
        let drawn = picture.arrows.iter().find(|drawn| found.is_message && drawn.arrow.sent == found.event);
        let rank = if found.is_message { trace.rank_of(drawn?)? } else { rank };
        Some(label(found, Some(rank)))
    });
    let selected = picture.mark_of(trace.event);
    html! {
        <g class={if preview { "preview" } else { "pinned" }}>
            <g key="stretches" clip-path="url(#spacetime-inner)">{ for stretches }</g>
            <g key="arrows" clip-path="url(#spacetime-inner)">{ for arrows.into_iter().map(|(rank, drawn)| arrow(drawn, Some(rank))) }</g>
            <g key="marks">{ for marks }</g>
            <g key="labels">{ for labels }</g>
            if let Some(mark) = selected {
                <circle key="selected" class="selected" cx={format!("{:.1}", mark.x)} cy={format!("{:.1}", mark.y)} r="8.5" />
            }
        </g>
    }
}

/// The line of the moment now.
pub(crate) fn now(picture: &Picture, now: Time) -> Html {
    let along = picture.frame.scale.place(now);
    if now < picture.diagram.from || now > picture.diagram.to {
        return Html::default();
    }
    html! { <path class="now" d={across(picture, along)} /> }
}

fn line(picture: &Picture, lane: f64, (from, to): (f64, f64)) -> String {
    let ((x, y), (right, bottom)) = (picture.frame.xy(from, lane), picture.frame.xy(to, lane));
    format!("M{x:.1} {y:.1}L{right:.1} {bottom:.1}")
}

fn across(picture: &Picture, along: f64) -> String {
    let frame = &picture.frame;
    let ((x, y), (right, bottom)) = (frame.xy(along, frame.across.0), frame.xy(along, frame.across.1));
    format!("M{x:.1} {y:.1}L{right:.1} {bottom:.1}")
}

fn arrow(drawn: &Drawn, rank: Option<Rank>) -> Html {
    let ((x, y), (right, bottom)) = (drawn.begins, drawn.ends);
    let cargo = &drawn.arrow.cargo;
    let fate = match drawn.arrow.fate {
        Fate::Delivered => "delivered",
        Fate::Lost(_) => "lost",
        Fate::UnderWay => "under-way",
    };
    let doubled = drawn.arrow.is_double.then_some("doubled");
    let class = classes!("arrow", shapes::class(cargo.kind), fate, doubled, rank.map(Rank::class));
    let head = format!("translate({right:.1} {bottom:.1}) rotate({:.1})", drawn.angle());
    html! {
        <g key={format!("{}-{}", drawn.arrow.sent.0, drawn.arrow.message.0)} {class}>
            <path key="line" class="shaft" d={format!("M{x:.1} {y:.1}L{right:.1} {bottom:.1}")} />
            if drawn.arrow.fate == Fate::Delivered {
                <path key="head" class="head" transform={head} d="M0 0l-7 -3.5v7z" />
            } else if drawn.arrow.fate != Fate::UnderWay {
                <g key="burst">{ shapes::burst(drawn.ends) }</g>
            }
            if let Some(place) = drawn.shape.filter(|_| cargo.kind != MessageKind::Heartbeat) {
                <g key="shape">{ shapes::message(cargo, place, drawn.angle()) }</g>
            }
        </g>
    }
}

fn label(found: &Label, rank: Option<Rank>) -> Html {
    let key = format!("{}-{}", found.event.0, if found.is_message { "m" } else { "p" });
    let loud = (!found.is_message).then(|| crate::app::time::log::tone(found.importance).0);
    let class = classes!("word", loud, rank.map(Rank::class));
    text(&key, class, &found.text, found.spot.x, found.spot.y, found.spot.anchor)
}

fn text(key: &str, class: Classes, words: &str, x: f64, y: f64, anchor: Anchor) -> Html {
    html! {
        <text key={key.to_owned()} {class} x={format!("{x:.1}")} y={format!("{y:.1}")} text-anchor={anchor.name()}>{ words.to_owned() }</text>
    }
}

fn rect(key: String, class: &'static str, (x, y, width, height): (f64, f64, f64, f64), round: &'static str) -> Html {
    html! {
        <rect {key} {class} x={format!("{x:.1}")} y={format!("{y:.1}")} width={format!("{width:.1}")} height={format!("{height:.1}")} rx={round} />
    }
}

/// The bands of epochs on top, and along each line that has learned of a later one than the first.
fn epochs(picture: &Picture) -> Html {
    let (diagram, frame) = (&picture.diagram, &picture.frame);
    let begins: Vec<_> = diagram.epochs();
    let band = match frame.way {
        Way::Right => (18.0, 40.0),
        Way::Down => (frame.across.0 - 12.0, frame.across.0 - 3.0),
    };
    let bands = begins.iter().enumerate().filter_map(|(index, (at, epoch))| {
        let from = frame.scale.place((*at).max(diagram.from)).max(frame.time.0);
        let until = begins.get(index + 1).map_or(frame.time.1, |(next, _)| frame.scale.place((*next).max(diagram.from)));
        let ends_before = begins.get(index + 1).is_some_and(|(next, _)| *next <= diagram.from);
        let class = if index % 2 == 0 { "epoch" } else { "epoch later" };
        let wide = until - from > 70.0 && frame.way == Way::Right;
        (!ends_before && until > from).then(|| {
            html! {
                <g key={epoch.0}>
                    { rect("band".to_owned(), class, frame.rect((from, until), band), "4") }
                    if wide {
                        { text("words", classes!("epoch-word"), &format!("epoch {epoch}"), from + 9.0, 33.0, Anchor::Start) }
                    }
                </g>
            }
        })
    });
    let first = begins.first().map(|(_, epoch)| *epoch);
    let along = diagram.learned.iter().filter(|learned| Some(learned.epoch) != first).filter_map(|learned| {
        let lane = frame.lane(learned.node)?;
        let from = frame.scale.place(learned.at.max(diagram.from)).max(frame.time.0);
        let odd = begins.iter().position(|(_, epoch)| *epoch == learned.epoch).is_some_and(|index| index % 2 == 1);
        let class = if odd { "knows" } else { "knows more" };
        let across = (lane - 12.0, lane + 12.0);
        Some(rect(format!("{}-{}", learned.node, learned.epoch), class, frame.rect((from, frame.time.1), across), "4"))
    });
    html! { <><g key="bands">{ for bands }</g><g key="along">{ for along }</g></> }
}

fn axis(picture: &Picture) -> Html {
    let frame = &picture.frame;
    let apart = if frame.way == Way::Right { 56.0 } else { 44.0 };
    let ticks = frame.scale.ticks(picture.zero, apart);
    let fine = frame.scale.micros_per_pixel() * apart < 1_000.0;
    let drawn = ticks.into_iter().map(|at| {
        let along = frame.scale.place(at);
        let passed = at.since(picture.zero).as_micros();
        let words = match passed {
            _ if fine => format!("{}.{:04}", passed / 1_000_000, passed % 1_000_000 / 100),
            _ => format!("{}.{:03}", passed / 1_000_000, passed % 1_000_000 / 1_000),
        };
        let (x, y, anchor) = match frame.way {
            Way::Right => (along, frame.height - 14.0, Anchor::Middle),
            Way::Down => (4.0, along + 4.0, Anchor::Start),
        };
        html! {
            <g key={at.as_micros().to_string()}>
                <path key="line" class="tick" d={across(picture, along)} />
                { text("words", classes!("tick-word"), &words, x, y, anchor) }
            </g>
        }
    });
    let (x, y) = if frame.way == Way::Right { (10.0, frame.height - 14.0) } else { (4.0, 14.0) };
    html! { <>{ for drawn }{ text("unit", classes!("tick-word"), "seconds", x, y, Anchor::Start) }</> }
}

fn lanes(picture: &Picture) -> Html {
    let (diagram, frame) = (&picture.diagram, &picture.frame);
    let drawn = diagram.lanes.iter().filter_map(|node| {
        let lane = frame.lane(*node)?;
        let away = diagram.outages.iter().filter(|outage| outage.node == *node).enumerate().map(|(index, outage)| {
            let from = frame.scale.place(outage.from.max(diagram.from)).max(frame.time.0);
            let to = outage.to.map_or(frame.time.1, |to| frame.scale.place(to.min(diagram.to)).min(frame.time.1));
            let class = match outage.absence {
                Absence::Crashed => "away crashed",
                Absence::Gone => "away gone",
                Absence::Paused => "away paused",
            };
            html! {
                <g key={format!("away-{index}")}>
                    <path key="erased" class="erased" d={line(picture, lane, (from, to))} />
                    <path key="line" {class} d={line(picture, lane, (from, to))} />
                </g>
            }
        });
        Some(html! {
            <g key={node.to_string()}>
                <path key="line" class="lane" d={line(picture, lane, frame.time)} />
                { for away }
            </g>
        })
    });
    html! { <>{ for drawn }</> }
}

fn names(picture: &Picture, roles: &[LaneRole]) -> Html {
    let frame = &picture.frame;
    let drawn = roles.iter().filter_map(|LaneRole { node, name, role, change }| {
        let lane = frame.lane(*node)?;
        Some(match frame.way {
            Way::Right => html! {
                <g key={node.to_string()}>
                    { text("name", classes!("lane-name"), name, 10.0, lane - 1.0, Anchor::Start) }
                    { text("role", classes!("lane-role"), role, 10.0, lane + 14.0, Anchor::Start) }
                    if let Some(change) = change {
                        { text("change", classes!("lane-role"), change, 10.0, lane + 28.0, Anchor::Start) }
                    }
                </g>
            },
            Way::Down => html! {
                <g key={node.to_string()}>
                    if let Some(change) = change { <title>{ change.clone() }</title> }
                    { text("name", classes!("lane-name"), name, lane, 32.0, Anchor::Middle) }
                    { text("role", classes!("lane-role"), role, lane, 47.0, Anchor::Middle) }
                </g>
            },
        })
    });
    html! { <>{ for drawn }</> }
}

fn waits(picture: &Picture) -> Html {
    let (diagram, frame) = (&picture.diagram, &picture.frame);
    let drawn = diagram.waits.iter().take(60).filter_map(|wait| {
        let lane = frame.lane(wait.node)?;
        let from = frame.scale.place(wait.from) + 6.0;
        let to = frame.scale.place(wait.to).min(frame.time.1).max(from + 8.0);
        Some(html! {
            <g key={wait.event.0}>
                <title>{ wait.label.clone() }</title>
                { rect("bar".to_owned(), "wait-bar", frame.rect((from, to), (lane - 6.0, lane + 6.0)), "3") }
            </g>
        })
    });
    html! { <>{ for drawn }</> }
}

/// The two marks of each loss: open where it was certain, filled where it was carried out.
fn losses(picture: &Picture, losses: &[Loss]) -> Html {
    let drawn = losses.iter().flat_map(|loss| {
        let certain =
            (loss.certain != loss.carried_out).then_some((loss.certain, "loss certain", "certain to be lost"));
        [certain, Some((loss.carried_out, "loss", "lost"))].into_iter().flatten().filter_map(
            move |(event, class, words)| {
                let mark = picture.mark_of(event)?;
                let (cx, cy) = (format!("{:.1}", mark.x), format!("{:.1}", mark.y));
                Some(html! {
                    <circle key={format!("{}-{}", event.0, loss.operation.0)} {class} {cx} {cy} r="11">
                        <title>{ format!("{} {words}", loss.version) }</title>
                    </circle>
                })
            },
        )
    });
    html! { <>{ for drawn }</> }
}

fn folds(picture: &Picture) -> Html {
    let frame = &picture.frame;
    let drawn = frame.scale.folds().enumerate().map(|(index, (from, to, hidden))| {
        let middle = frame.xy(f64::midpoint(from, to), f64::midpoint(frame.across.0, frame.across.1));
        let turn = if frame.way == Way::Right { format!("rotate(-90 {:.1} {:.1})", middle.0, middle.1) } else { String::new() };
        html! {
            <g key={index} class="fold">
                { rect("box".to_owned(), "fold-box", frame.rect((from, to), frame.across), "0") }
                <path key="tears" class="fold-line" d={format!("{}{}", tear(picture, from), tear(picture, to))} />
                <g key="words" transform={turn}>
                    { text("words", classes!("fold-word"), &format!("{} folded: only heartbeats", length(hidden)), middle.0, middle.1 + 4.0, Anchor::Middle) }
                </g>
            </g>
        }
    });
    html! { <>{ for drawn }</> }
}

fn tear(picture: &Picture, along: f64) -> String {
    let frame = &picture.frame;
    let (from, to) = frame.across;
    let (mut path, mut at, mut out) = (String::new(), from, 0.0);
    while at <= to {
        let (x, y) = frame.xy(along + out, at);
        let verb = if path.is_empty() { 'M' } else { 'L' };
        // Writing to a string can't fail.
        let _ = write!(path, "{verb}{x:.1} {y:.1}");
        (at, out) = (at + 13.0, 4.0 - out);
    }
    path
}

fn length(span: Span) -> String {
    match span.as_micros() {
        micros @ 0..1_000_000 => format!("{} ms", micros / 1_000),
        micros => format!("{}.{} s", micros / 1_000_000, micros % 1_000_000 / 100_000),
    }
}
