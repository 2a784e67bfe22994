//! The time machine's controls: back, play, step, speed, the clock and the track.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::session::Stop;
use crate::sim::Time;

use crate::app::act::Act;
use crate::app::time::flags::{self, Flag};
use crate::app::time::speed;
use crate::app::time::timeline::Track;
use crate::app::time::track::{self, Scale};
use crate::app::time::tree::{Outcome, Tree, Twig};
use crate::app::words::{self, Shared};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) now: Time,
    /// Where the control stands with which one moves in time; while time runs it follows a few times a second.
    pub(crate) at: Time,
    pub(crate) start: Time,
    pub(crate) end: Time,
    pub(crate) playing: bool,
    pub(crate) speed: usize,
    /// What a step goes to, and whether it is being looked for.
    pub(crate) stop: Stop,
    pub(crate) searching: bool,
    /// Whether the clock runs slower than that, since the machine can't compute that much.
    pub(crate) behind: bool,
    pub(crate) track: Shared<Track>,
    /// Losses and broken promises, which stand over it.
    pub(crate) flags: Shared<Vec<Flag>>,
    /// The branches, if there are several.
    pub(crate) tree: Shared<Vec<Twig>>,
    /// What came of the one at hand, if it is known.
    pub(crate) outcome: Outcome,
    /// The stretches of time that the space-time diagram shows.
    pub(crate) shown: Vec<(Time, Time)>,
    pub(crate) act: Callback<Act>,
}

pub(crate) struct Transport;

impl Component for Transport {
    type Message = ();
    type Properties = Props;

    fn create(_: &Context<Self>) -> Self {
        Self
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let Props {
            now,
            start,
            end,
            playing,
            speed,
            behind,
            stop,
            searching,
            track,
            flags,
            tree,
            outcome,
            shown,
            act,
            ..
        } = ctx.props();
        // All branches have one scale, so it has room for the longest.
        let longest = tree.iter().map(|twig| *start + twig.end.since(twig.start)).fold(*end, Time::max);
        let scale = Scale::of(*start, longest);
        let send = |make: fn() -> Act| {
            let act = act.clone();
            Callback::from(move |_: MouseEvent| act.emit(make()))
        };
        html! {
            <>
                <div key="controls" class="transport" role="group" aria-label="Time">
                    <button key="back" class="icon" aria-label="Back to the start" title="Back to the start (Home)" data-testid="back"
                        onclick={send(|| Act::ToStart)}>{ icon("M4 3v10M13 3 6 8l7 5z") }</button>
                    <button key="play" class="icon play" aria-label={if *playing { "Pause" } else { "Play" }} data-testid="play"
                        title="Play or pause (Space)" data-playing={playing.to_string()} onclick={send(|| Act::TogglePlay)}>
                        { icon(if *playing { "M5.5 3.5v9M10.5 3.5v9" } else { "M5 3l8 5-8 5z" }) }
                    </button>
                    { step(*stop, *searching, act) }
                    { speeds(*speed, act) }
                    <span key="behind" class="behind" data-testid="behind" data-behind={behind.to_string()} aria-hidden={(!behind).to_string()}
                        title="So much is happening that this computer can't keep up: the clock runs slower than it should.">{ "behind" }</span>
                    <span key="clock" class="clock" data-testid="clock" data-micros={now.as_micros().to_string()}>{ words::clock(*now, *start) }</span>
                </div>
                if tree.is_empty() {
                    <div key="track" class="track">
                        { track::draw(track, scale, *start, *end) }
                        { for shown.iter().map(|(from, to)| html! {
                            <i key={from.as_micros().to_string()} class="shown" aria-hidden="true"
                                style={format!("left:{:.3}%;width:{:.3}%", scale.percent(*from), scale.percent(*to) - scale.percent(*from))}></i>
                        }) }
                        <i key="cursor" class="cursor" aria-hidden="true" style={format!("left:{:.3}%", scale.percent(*now))}></i>
                        { seek(ctx.props(), scale) }
                        { flags::draw(flags, scale, act) }
                    </div>
                } else {
                    <div key="ruler" class="ruler" aria-hidden="true">
                        <span class="tree-lane">
                            { for scale.ticks().into_iter().map(|tick| html! {
                                <i key={tick.as_micros().to_string()} style={format!("left:{:.2}%", scale.percent(tick))}>{ words::tick(tick.since(*start)) }</i>
                            }) }
                        </span>
                    </div>
                    <Tree key="tree" twigs={tree.clone()} track={track.clone()} flags={flags.clone()} end={*end} outcome={*outcome} {scale} now={*now} seek={seek(ctx.props(), scale)} act={act.clone()} />
                }
            </>
        }
    }
}

/// What a step goes to, in one word.
fn word(stop: Stop) -> &'static str {
    match stop {
        Stop::Event => "event",
        Stop::Message => "message",
        Stop::Fault => "fault",
        Stop::Failover => "failover",
        Stop::Loss => "loss",
        Stop::Repair => "repair",
    }
}

/// The button that steps, and the list of what it steps to.
fn step(stop: Stop, searching: bool, act: &Callback<Act>) -> Html {
    let name = format!("Step to the next {}", word(stop));
    let onclick = {
        let act = act.clone();
        Callback::from(move |_: MouseEvent| act.emit(if searching { Act::StopStep } else { Act::Step }))
    };
    let onchange = {
        let act = act.clone();
        Callback::from(move |event: Event| {
            let field: web_sys::HtmlSelectElement = event.target_unchecked_into();
            let chosen = Stop::ALL.into_iter().find(|stop| word(*stop) == field.value());
            act.emit(Act::StopAt(chosen.unwrap_or_default()));
        })
    };
    let (label, path) =
        if searching { ("Stop looking".to_owned(), "M4 4h8v8H4z") } else { (name.clone(), "M12 3v10M3 3l7 5-7 5z") };
    html! {
        <>
            <button key="step" class={classes!("icon", searching.then_some("searching"))} aria-label={label.clone()} title={format!("{label} (→)")}
                data-testid="step" {onclick}>{ icon(path) }</button>
            <select key="stop" class="stop" aria-label="What to step to" title="What the step button goes to" data-testid="stop" {onchange}>
                { for Stop::ALL.into_iter().map(|each| html! {
                    <option key={word(each)} value={word(each)} selected={each == stop}>{ word(each) }</option>
                }) }
            </select>
        </>
    }
}

/// The list of speeds.
pub(crate) fn speeds(present: usize, act: &Callback<Act>) -> Html {
    let onchange = {
        let act = act.clone();
        Callback::from(move |event: Event| {
            let field: web_sys::HtmlSelectElement = event.target_unchecked_into();
            act.emit(Act::SetSpeed(field.value().parse().unwrap_or(speed::DEFAULT_SPEED)));
        })
    };
    html! {
        <select key="speed" class="speed" aria-label="Speed" data-testid="speed" {onchange}>
            { for (0..speed::SPEEDS.len()).map(|index| html! {
                <option key={index} value={index.to_string()} selected={index == present}>{ speed::label(index) }</option>
            }) }
        </select>
    }
}

pub(crate) fn icon(path: &'static str) -> Html {
    html! { <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d={path} /></svg> }
}

/// The control with which one moves in time.
fn seek(props: &Props, scale: Scale) -> Html {
    let Props { at, start, act, .. } = props;
    let oninput = {
        let (act, start) = (act.clone(), *start);
        Callback::from(move |event: InputEvent| {
            let field: HtmlInputElement = event.target_unchecked_into();
            let micros = field.value().parse::<u64>().unwrap_or(start.as_micros());
            act.emit(Act::Seek(Time::from_micros(micros)));
        })
    };
    html! {
        <input key="seek" class="seek" type="range" aria-label="Moment" aria-valuetext={words::clock(*at, *start)} data-testid="seek"
            min={start.as_micros().to_string()} max={scale.most().as_micros().to_string()} step="1000" value={at.as_micros().to_string()} {oninput} />
    }
}
