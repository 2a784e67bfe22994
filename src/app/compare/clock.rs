//! One clock for both worlds: the controls, a track for each with its marks, and one cursor.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::world::letter;
use super::{Move, class};
use crate::app::act::Act;
use crate::app::time::track::Scale;
use crate::app::time::transport::{icon, speeds};
use crate::app::words::{self, Shared};
use crate::session::{Comparison, Landmark, Side};
use crate::sim::{Span, Time};

/// How many marks are drawn on a track; beyond that those of ordinary oks are left out, evenly.
const MOST_MARKS: usize = 240;
/// The narrowest band that has its epoch written in it, in percent of the track.
const LABELLED_PERCENT: f64 = 8.0;

/// What is marked, in the order of the legend.
const LEGEND: [Landmark; 7] = [
    Landmark::ToldOk,
    Landmark::Unknown,
    Landmark::Refused,
    Landmark::Fault,
    Landmark::Loss,
    Landmark::NewPrimary,
    Landmark::Restart,
];

/// The class of a mark and what it stands for.
fn told(landmark: Landmark) -> (&'static str, &'static str) {
    match landmark {
        Landmark::ToldOk => ("ok", "told ok"),
        Landmark::Unknown => ("unknown", "outcome unknown"),
        Landmark::Refused => ("refused", "refused"),
        Landmark::Fault => ("fault", "fault"),
        Landmark::Loss => ("loss", "acknowledged write lost"),
        Landmark::NewPrimary => ("primary", "new primary"),
        Landmark::Restart => ("back", "works again"),
    }
}

/// One mark on a track.
#[derive(Clone, Debug, PartialEq)]
struct Mark {
    /// Its place among what is told of the world.
    place: usize,
    at: Span,
    landmark: Landmark,
    title: String,
    /// The place of its like in the other world.
    like: Option<usize>,
    is_difference: bool,
}

/// One track.
#[derive(Clone, Debug, Default, PartialEq)]
struct Lane {
    marks: Vec<Mark>,
    epochs: Vec<(Span, u64)>,
}

/// Both tracks.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Lanes {
    of: [Lane; 2],
    length: Span,
    first: Option<Span>,
}

impl Lanes {
    pub(crate) fn of(comparison: &Comparison) -> Self {
        Self {
            of: Side::BOTH.map(|side| lane(comparison, side)),
            length: comparison.length(),
            first: comparison.first_difference().map(|first| first.at),
        }
    }
}

fn lane(comparison: &Comparison, side: Side) -> Lane {
    let told = comparison.told(side);
    let other = comparison.told(side.other());
    let place_of = |like: &crate::session::Happening| other.iter().position(|happening| core::ptr::eq(happening, like));
    let is_marked = |landmark: Landmark| landmark != Landmark::ToldOk;
    let ordinary = told.iter().filter(|happening| happening.landmark == Some(Landmark::ToldOk)).count();
    // Every so many of the ordinary ones.
    let every = ordinary / MOST_MARKS + 1;
    let mut seen = 0;
    let mut marks = Vec::new();
    for (place, happening) in told.iter().enumerate() {
        let Some(landmark) = happening.landmark else { continue };
        seen += usize::from(landmark == Landmark::ToldOk);
        if is_marked(landmark) || seen.is_multiple_of(every) {
            marks.push(Mark {
                place,
                at: happening.at,
                landmark,
                title: format!("{} {}", Time::ZERO + happening.at, happening.sentence),
                like: comparison.like(side, happening).and_then(place_of),
                is_difference: comparison.is_difference(side, happening),
            });
        }
    }
    Lane { marks, epochs: comparison.epochs(side).to_vec() }
}

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) lanes: Shared<Lanes>,
    pub(crate) now: Span,
    pub(crate) playing: bool,
    pub(crate) speed: usize,
    pub(crate) hovered: Option<(Side, usize)>,
    pub(crate) act: Callback<Act>,
}

/// Draws the clock.
#[component]
pub(crate) fn Clock(props: &Props) -> Html {
    html! {
        <>
            <div key="controls" class="transport" role="group" aria-label="Time">{ controls(props) }</div>
            <ul key="legend" class="mark-legend" aria-label="Marks on the tracks">
                { for LEGEND.into_iter().map(|landmark| {
                    let (class, what) = told(landmark);
                    html! { <li key={class}><i class={classes!("mark", class)} aria-hidden="true"></i>{ what }</li> }
                }) }
            </ul>
            <div key="tracks" class="two-tracks">{ tracks(props) }</div>
        </>
    }
}

fn controls(props: &Props) -> Html {
    let Props { now, playing, speed, act, .. } = props;
    let send = |make: fn() -> Act| {
        let act = act.clone();
        Callback::from(move |_: MouseEvent| act.emit(make()))
    };
    html! {
        <>
            <button key="back" class="icon" aria-label="Back to the start" title="Back to the start (Home)" data-testid="back"
                onclick={send(|| Act::ToStart)}>{ icon("M4 3v10M13 3 6 8l7 5z") }</button>
            <button key="play" class="icon play" aria-label={if *playing { "Pause" } else { "Play" }} title="Play or pause (Space)"
                data-testid="play" data-playing={playing.to_string()} onclick={send(|| Act::TogglePlay)}>
                { icon(if *playing { "M5.5 3.5v9M10.5 3.5v9" } else { "M5 3l8 5-8 5z" }) }
            </button>
            <button key="step" class="icon" aria-label="Step to the next event of either world" title="Step to the next event of either world (→)"
                data-testid="step" onclick={send(|| Act::Step)}>{ icon("M12 3v10M3 3l7 5-7 5z") }</button>
            <button key="next" class="icon" aria-label="To the next difference" title="To the next difference (N; the one before: Shift+N)"
                data-testid="next-difference" onclick={send(|| Act::Compare(Move::NextDifference))}>
                { icon("M3 3l6 5-6 5zM13 2v3M13 7v2M13 11v3") }
            </button>
            { speeds(*speed, act) }
            <span key="clock" class="clock" data-testid="clock" data-micros={now.as_micros().to_string()}>{ (Time::ZERO + *now).to_string() }</span>
        </>
    }
}

fn tracks(props: &Props) -> Html {
    let Props { lanes, now, hovered, act, .. } = props;
    let share = |at: Span| percent(at, lanes.length);
    let ticks = Scale::of(Time::ZERO, Time::ZERO + lanes.length).ticks();
    // A tick under the label of the first difference, or at the end, would not be read.
    let is_free = |at: f64| at < 94.0 && lanes.first.is_none_or(|first| (share(first) - at).abs() > 11.0);
    let oninput = {
        let act = act.clone();
        Callback::from(move |event: InputEvent| {
            let field: HtmlInputElement = event.target_unchecked_into();
            if let Ok(micros) = field.value().parse() {
                act.emit(Act::Compare(Move::To(Span::from_micros(micros))));
            }
        })
    };
    html! {
        <>
            <div key="ruler" class="cmp-ruler" aria-hidden="true">
                { for ticks.into_iter().map(|tick| tick.since(Time::ZERO)).filter(|tick| is_free(share(*tick))).map(|tick| html! {
                    <span key={tick.as_micros().to_string()} style={format!("left:{:.3}%", share(tick))}>{ words::tick(tick) }</span>
                }) }
                <span key="end" class="end">{ words::tick(lanes.length) }</span>
                if let Some(first) = lanes.first {
                    <span key="first" class={classes!("flag", (share(first) > 70.0).then_some("left"))} style={format!("left:{:.3}%", share(first))}>
                        { format!("first difference · {}", Time::ZERO + first) }
                    </span>
                }
            </div>
            <div key="letters" class="letters" aria-hidden="true">{ letter(Side::A) }{ letter(Side::B) }</div>
            <div key="lanes" class="lanes">
                { for Side::BOTH.into_iter().zip(&lanes.of).map(|(side, lane)| draw(side, lane, props)) }
                if let Some(first) = lanes.first {
                    <i key="first" class="first-difference" style={format!("left:{:.3}%", share(first))} aria-hidden="true"></i>
                }
                <i key="cursor" class="cursor" style={format!("left:{:.3}%", share(*now))} aria-hidden="true"></i>
                <input key="seek" class="seek" type="range" aria-label="Moment of both worlds" aria-valuetext={(Time::ZERO + *now).to_string()}
                    data-testid="seek" min="0" max={lanes.length.as_micros().max(1).to_string()} step="1000" value={now.as_micros().to_string()} {oninput} />
                <div key="marks" class="cmp-marks" aria-hidden="true">
                    { for Side::BOTH.into_iter().zip(&lanes.of).map(|(side, lane)| marks(side, lane, lanes.length, *hovered, act)) }
                </div>
            </div>
        </>
    }
}

fn draw(side: Side, lane: &Lane, props: &Props) -> Html {
    let share = |at: Span| percent(at, props.lanes.length);
    let bands = lane.epochs.iter().enumerate().map(|(index, (from, epoch))| {
        let left = share(*from);
        let right = lane.epochs.get(index + 1).map_or(100.0, |(next, _)| share(*next));
        let class = if index % 2 == 0 { "band" } else { "band odd" };
        // What is marked at its beginning would stand in the label.
        let is_covered = lane.marks.iter().any(|mark| {
            mark.landmark == Landmark::Loss && (left - 1.0..left + LABELLED_PERCENT).contains(&share(mark.at))
        });
        html! {
            <div key={epoch.to_string()} {class} style={format!("left:{left:.3}%;width:{:.3}%", (right - left).max(0.0))}>
                if right - left > LABELLED_PERCENT && !is_covered { <span>{ format!("epoch {epoch}") }</span> }
            </div>
        }
    });
    html! {
        <div key={class(side)} class={classes!("track", class(side))} aria-hidden="true">
            <i class="written" style="left:0;width:100%"></i>
            <div class="bands">{ for bands }</div>
        </div>
    }
}

fn marks(side: Side, lane: &Lane, length: Span, hovered: Option<(Side, usize)>, act: &Callback<Act>) -> Html {
    let drawn = lane.marks.iter().map(|mark| {
        let (class, _) = told(mark.landmark);
        let is_hovered = hovered == Some((side, mark.place));
        let is_like = hovered.is_some_and(|(other, place)| other == side.other() && mark.like == Some(place));
        let send = |what: Move| {
            let act = act.clone();
            Callback::from(move |_: MouseEvent| act.emit(Act::Compare(what.clone())))
        };
        let classes = classes!(
            "mark",
            class,
            mark.is_difference.then_some("different"),
            (is_hovered || is_like).then_some("like")
        );
        html! {
            <i key={mark.place.to_string()} class={classes} title={mark.title.clone()} style={format!("left:{:.3}%", percent(mark.at, length))}
                onclick={send(Move::To(mark.at))} onmouseenter={send(Move::Hover(Some((side, mark.place))))} onmouseleave={send(Move::Hover(None))}></i>
        }
    });
    html! { <div key={class(side)} class={class(side)}>{ for drawn }</div> }
}

/// The share of the tracks at a time, in percent.
#[allow(clippy::cast_precision_loss)]
fn percent(at: Span, length: Span) -> f64 {
    // Microseconds of a run fit a float exactly.
    at.as_micros().min(length.as_micros()) as f64 / length.as_micros().max(1) as f64 * 100.0
}
