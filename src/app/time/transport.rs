//! The time machine's controls: back, play, step, speed, the clock and the track.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::sim::Time;
use crate::world::Importance;

use crate::app::act::Act;
use crate::app::time::log;
use crate::app::time::speed;
use crate::app::time::timeline::Track;
use crate::app::words::Shared;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) now: Time,
    pub(crate) start: Time,
    pub(crate) end: Time,
    pub(crate) playing: bool,
    pub(crate) speed: usize,
    pub(crate) track: Shared<Track>,
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
        let Props { now, playing, speed, act, .. } = ctx.props();
        let send = |make: fn() -> Act| {
            let act = act.clone();
            Callback::from(move |_: MouseEvent| act.emit(make()))
        };
        let on_speed = {
            let act = act.clone();
            Callback::from(move |event: Event| {
                let field: web_sys::HtmlSelectElement = event.target_unchecked_into();
                act.emit(Act::SetSpeed(field.value().parse().unwrap_or(speed::DEFAULT_SPEED)));
            })
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
                    <button key="step" class="icon" aria-label="Step to the next event" title="Step to the next event (→)" data-testid="step"
                        onclick={send(|| Act::Step)}>{ icon("M12 3v10M3 3l7 5-7 5z") }</button>
                    <select key="speed" class="speed" aria-label="Speed" data-testid="speed" onchange={on_speed}>
                        { for (0..speed::SPEEDS.len()).map(|index| html! {
                            <option key={index} value={index.to_string()} selected={index == *speed}>{ speed::label(index) }</option>
                        }) }
                    </select>
                    <span key="clock" class="clock" data-testid="clock" data-micros={now.as_micros().to_string()}>{ now.to_string() }</span>
                </div>
                <div key="track" class="track">{ track(ctx.props()) }</div>
            </>
        }
    }
}

pub(crate) fn icon(path: &'static str) -> Html {
    html! { <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d={path} /></svg> }
}

/// The share of the track at a moment, in percent. The track is never shorter than a fifth of a second.
fn percent(props: &Props, at: Time) -> f64 {
    let whole = props.end.since(props.start).as_micros().max(200_000);
    let passed = at.since(props.start).as_micros().min(whole);
    // Microseconds of a session fit a float exactly.
    #[allow(clippy::cast_precision_loss)]
    let share = passed as f64 / whole as f64;
    share * 100.0
}

fn track(props: &Props) -> Html {
    let Props { now, start, end, track, act, .. } = props;
    let oninput = {
        let (act, start) = (act.clone(), *start);
        Callback::from(move |event: InputEvent| {
            let field: HtmlInputElement = event.target_unchecked_into();
            let micros = field.value().parse::<u64>().unwrap_or(start.as_micros());
            act.emit(Act::Seek(Time::from_micros(micros)));
        })
    };
    let bands = track.bands.iter().enumerate().map(|(index, band)| {
        let from = percent(props, band.from);
        let to = track.bands.get(index + 1).map_or(100.0, |next| percent(props, next.from));
        let class = if index % 2 == 0 { "band" } else { "band odd" };
        html! {
            <div key={band.epoch.to_string()} {class} style={format!("left:{from:.2}%;width:{:.2}%", (to - from).max(0.0))}>
                <span>{ format!("epoch {}", band.epoch) }</span>
            </div>
        }
    });
    let marks = track.marks.iter().filter(|mark| mark.importance != Importance::Routine).map(|mark| {
        let (class, _) = log::tone(mark.importance);
        html! { <i key={mark.id.0.to_string()} class={classes!("mark", class)} style={format!("left:{:.2}%", percent(props, mark.at))} title={mark.sentence.clone()}></i> }
    });
    let whole = end.since(*start).as_micros().max(200_000);
    let most = start.as_micros() + whole;
    html! {
        <>
            <div key="bands" class="bands" aria-hidden="true">{ for bands }</div>
            <div key="marks" class="marks" aria-hidden="true">{ for marks }</div>
            <i key="cursor" class="cursor" aria-hidden="true" style={format!("left:{:.3}%", percent(props, *now))}></i>
            <input key="seek" class="seek" type="range" aria-label="Moment" aria-valuetext={now.to_string()} data-testid="seek"
                min={start.as_micros().to_string()} max={most.to_string()} step="1000" value={now.as_micros().to_string()} {oninput} />
        </>
    }
}
