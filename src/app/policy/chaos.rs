//! The panel for chaos and for the background workload, above the tools.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::app::act::{Act, PolicyAct};
use crate::app::words::Shared;
use crate::session::ChaosTally;
use crate::sim::{ClientId, Span, Time};
use crate::world::{Command, Hazard, HazardKind, WorldSettings};

/// How many of a kind may begin in a minute at each server, as the panel offers it.
const RATES: [u32; 6] = [0, 2, 5, 10, 20, 40];
/// For how many seconds faults begin.
const SPANS: [u64; 4] = [10, 20, 60, 300];
/// How many operations a second the slider goes up to.
const RATE_MOST: u32 = 100;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) tally: Shared<ChaosTally>,
    pub(crate) settings: Shared<WorldSettings>,
    pub(crate) now: Time,
    pub(crate) start: Time,
    pub(crate) is_open: bool,
    pub(crate) act: Callback<Act>,
}

pub(crate) enum Msg {
    Rate(HazardKind, u32),
    Span(u64),
}

pub(crate) struct ChaosPanel {
    /// How often each kind is to begin.
    rates: Vec<(HazardKind, u32)>,
    seconds: u64,
}

impl Component for ChaosPanel {
    type Message = Msg;
    type Properties = Props;

    fn create(_: &Context<Self>) -> Self {
        let usual = |kind| match kind {
            HazardKind::Crash | HazardKind::Cut | HazardKind::SlowLink => 5,
            _ => 0,
        };
        Self { rates: HazardKind::ALL.iter().map(|kind| (*kind, usual(*kind))).collect(), seconds: 20 }
    }

    fn update(&mut self, _: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Rate(kind, rate) => {
                for (known, of) in &mut self.rates {
                    if *known == kind {
                        *of = rate;
                    }
                }
            }
            Msg::Span(seconds) => self.seconds = seconds,
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let Props { tally, now, start, is_open, act, .. } = ctx.props();
        let send = |make: Box<dyn Fn() -> Act>| {
            let act = act.clone();
            Callback::from(move |_: MouseEvent| act.emit(make()))
        };
        let runs = tally.until.is_some_and(|until| *now < until);
        let since = |time: Time| time.since(*start).as_micros() / 1_000_000;
        html! {
            <div class={classes!("chaos", is_open.then_some("open"))} data-testid="chaos">
                if *is_open {
                    { self.panel(ctx, runs) }
                }
                if let (Some(began), Some(until)) = (tally.began, tally.until) {
                    <p key="bar" class="chaos-bar" data-testid="chaos-tally">
                        <span key="when">{ format!("Chaos {} to {} s", since(began), since(until)) }</span>
                        <b key="what" class={classes!((tally.unsurvived > 0).then_some("lost"))}>{ tally.sentence() }</b>
                        if runs {
                            <button key="stop" class="quiet" data-testid="chaos-stop-bar"
                                onclick={send(Box::new(|| Act::Apply(Command::EndChaos)))}>{ "Stop" }</button>
                        } else {
                            <button key="again" class="quiet" data-testid="chaos-again" onclick={self.start(act)}>{ "Start again" }</button>
                        }
                    </p>
                }
            </div>
        }
    }
}

impl ChaosPanel {
    fn start(&self, act: &Callback<Act>) -> Callback<MouseEvent> {
        let (act, rates, seconds) = (act.clone(), self.rates.clone(), self.seconds);
        Callback::from(move |_: MouseEvent| {
            let some = rates.iter().filter(|(_, rate)| *rate > 0);
            let lasts = Span::from_millis(1_000);
            let hazards =
                some.map(|(kind, rate)| Hazard { kind: *kind, per_minute_hundredths: rate * 100, lasts }).collect();
            act.emit(Act::Apply(Command::BeginChaos { hazards, span: Span::from_millis(seconds * 1_000) }));
        })
    }

    fn panel(&self, ctx: &Context<Self>, runs: bool) -> Html {
        let act = &ctx.props().act;
        let link = ctx.link();
        let onkeydown = {
            let act = act.clone();
            Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
                "Escape" => {
                    event.prevent_default();
                    act.emit(Act::Policy(PolicyAct::ToggleChaos));
                }
                // The fields take these by themselves.
                "ArrowLeft" | "ArrowRight" | "Home" | "End" => event.stop_propagation(),
                _ => {}
            })
        };
        let close = {
            let act = act.clone();
            Callback::from(move |_: MouseEvent| act.emit(Act::Policy(PolicyAct::ToggleChaos)))
        };
        let on_span = link.callback(|event: Event| {
            let field: web_sys::HtmlSelectElement = event.target_unchecked_into();
            Msg::Span(field.value().parse().unwrap_or(20))
        });
        let nothing = self.rates.iter().all(|(_, rate)| *rate == 0);
        html! {
            <section key="panel" class="chaos-panel" aria-label="Chaos and workload" data-testid="chaos-panel" {onkeydown}>
                <header key="header"><h2>{ "Chaos" }</h2>
                    <button class="icon quiet" aria-label="Close" data-testid="chaos-close" onclick={close}>{ "✕" }</button></header>
                <p key="says" class="pane-note">{ "Random faults, drawn from the seed: set how many of each kind a minute strike every server. Each lasts about a second." }</p>
                <div key="rates" class="chaos-rates">
                    { for self.rates.iter().map(|(kind, rate)| rate_field(link, *kind, *rate)) }
                </div>
                <div key="go" class="chaos-go">
                    <label>{ "For" }
                        <select data-testid="chaos-span" onchange={on_span}>
                            { for SPANS.iter().map(|seconds| html! {
                                <option key={*seconds} value={seconds.to_string()} selected={*seconds == self.seconds}>{ format!("{seconds} s") }</option>
                            }) }
                        </select></label>
                    if runs {
                        <button key="stop" data-testid="chaos-stop" onclick={{
                            let act = act.clone();
                            Callback::from(move |_: MouseEvent| act.emit(Act::Apply(Command::EndChaos)))
                        }}>{ "Stop" }</button>
                    }
                    <button key="start" class="primary" data-testid="chaos-start" disabled={nothing} onclick={self.start(act)}>
                        { if runs { "Start over" } else { "Start" } }</button>
                </div>
                <h3 key="workload">{ "Workload" }</h3>
                { workloads(&ctx.props().settings, act) }
            </section>
        }
    }
}

fn rate_field(link: &yew::html::Scope<ChaosPanel>, kind: HazardKind, rate: u32) -> Html {
    let onchange = link.callback(move |event: Event| {
        let field: web_sys::HtmlSelectElement = event.target_unchecked_into();
        Msg::Rate(kind, field.value().parse().unwrap_or(0))
    });
    let (_, name) = kind.names();
    html! {
        <label key={name}><span>{ name }</span>
            <select {onchange} data-testid={format!("chaos-{}", name.replace(' ', "-"))}>
                { for RATES.iter().map(|of| html! {
                    <option key={*of} value={of.to_string()} selected={*of == rate}>{ if *of == 0 { "none".to_owned() } else { of.to_string() } }</option>
                }) }
            </select></label>
    }
}

/// Two sliders for each client that does something in the background; without any, for the first.
fn workloads(settings: &WorldSettings, act: &Callback<Act>) -> Html {
    let busy = |workload: &Option<crate::client::Workload>| workload.is_some();
    let nobody = !settings.clients.iter().any(|client| busy(&client.workload));
    let clients = (1..).zip(&settings.clients);
    let shown = clients.filter(|(number, client)| busy(&client.workload) || (nobody && *number == 1));
    let rows = shown.map(|(number, client)| {
        let (rate, reads) = client
            .workload
            .map_or((0, 50), |workload| (workload.rate_per_second_hundredths / 100, u32::from(workload.read_percent)));
        let client = ClientId(number);
        let set_rate = slider(act, move |rate| Command::SetWorkload {
            client,
            rate_per_second_hundredths: Some(rate * 100),
            read_percent: None,
        });
        let set_reads = slider(act, move |percent| Command::SetWorkload {
            client,
            rate_per_second_hundredths: None,
            read_percent: Some(u8::try_from(percent).unwrap_or(100)),
        });
        html! {
            <div key={number} class="workload">
                <label key="rate"><span>{ format!("C{number}: {rate} operations a second") }</span>
                    <input type="range" min="0" max={RATE_MOST.max(rate).to_string()} step="1" value={rate.to_string()}
                        data-testid={format!("rate-C{number}")} onchange={set_rate} /></label>
                <label key="reads"><span>{ format!("{reads} % of them reads") }</span>
                    <input type="range" min="0" max="100" step="5" value={reads.to_string()}
                        data-testid={format!("reads-C{number}")} onchange={set_reads} /></label>
            </div>
        }
    });
    html! { <div key="workloads" class="workloads">{ for rows }</div> }
}

fn slider(act: &Callback<Act>, command: impl Fn(u32) -> Command + 'static) -> Callback<Event> {
    let act = act.clone();
    Callback::from(move |event: Event| {
        let field: HtmlInputElement = event.target_unchecked_into();
        if let Ok(value) = field.value().parse() {
            act.emit(Act::Apply(command(value)));
        }
    })
}
