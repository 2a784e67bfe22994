//! The audit for single points of failure: it runs between the frames, a few cases at a time.

use std::rc::Rc;

use yew::prelude::*;

use crate::session::{Audit, AuditReport, AuditSettings, Finding, HarmDone, Progress, Session};
use crate::sim::Time;

use crate::app::act::Act;

/// How long a slice of the audit may take, in milliseconds: half a frame.
const SLICE_MS: f64 = 8.0;

/// An audit under way, or what it has found.
pub(crate) struct Inquiry {
    audit: Audit,
    pub(crate) shown: Shown,
}

/// What the pane shows of an audit.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Shown {
    /// The moment from which every failure is tried.
    from: Time,
    progress: Progress,
    /// What was found; none while it runs.
    report: Option<Rc<AuditReport>>,
}

impl Inquiry {
    pub(crate) fn new(session: &Session) -> Self {
        let audit = Audit::new(session, AuditSettings::default());
        let shown = Shown { from: session.now(), progress: audit.progress(), report: None };
        Self { audit, shown }
    }

    /// Tries cases for a slice of time; says whether there is more to try.
    pub(crate) fn slice(&mut self, now_ms: impl Fn() -> f64) -> bool {
        let end = now_ms() + SLICE_MS;
        while self.shown.report.is_none() {
            match self.audit.step() {
                Some(progress) => self.shown.progress = progress,
                None => self.stop(),
            }
            if now_ms() >= end {
                break;
            }
        }
        self.shown.report.is_none()
    }

    /// Ends the audit with what it has found so far.
    pub(crate) fn stop(&mut self) {
        self.shown.report = Some(Rc::new(self.audit.finish()));
    }
}

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) shown: Option<Shown>,
    pub(crate) act: Callback<Act>,
}

pub(crate) struct AuditPane;

impl Component for AuditPane {
    type Message = ();
    type Properties = Props;

    fn create(_: &Context<Self>) -> Self {
        Self
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let Props { shown, act } = ctx.props();
        let running = shown.as_ref().is_some_and(|shown| shown.report.is_none());
        let (label, make): (&str, fn() -> Act) =
            if running { ("Stop", || Act::StopAudit) } else { ("Try every failure", || Act::Audit) };
        let onclick = {
            let act = act.clone();
            Callback::from(move |_: MouseEvent| act.emit(make()))
        };
        html! {
            <div class="audit">
                <p key="intro" class="pane-note">
                    { "What if? From this very moment every single failure is tried, then every pair, each on a copy of the world. \
                       Nothing here changes your run." }
                </p>
                <button key="go" class={(!running).then_some("primary")} data-testid="audit" {onclick}>{ label }</button>
                if let Some(shown) = shown {
                    <div key="shown">{ result(shown) }</div>
                }
            </div>
        }
    }
}

fn result(shown: &Shown) -> Html {
    let Progress { done, total } = shown.progress;
    let Some(report) = &shown.report else {
        return html! {
            <label class="progress">
                <progress max={total.to_string()} value={done.to_string()}></progress>
                <span>{ format!("{done} of {total}") }</span>
            </label>
        };
    };
    let (singles, pairs): (Vec<&Finding>, Vec<&Finding>) =
        report.findings.iter().partition(|finding| finding.faults.len() == 1);
    let tried = format!(
        "From {}: {} single failures and {} pairs were tried{}.",
        shown.from,
        report.singles_tried,
        report.pairs_tried,
        if report.is_complete { "" } else { ", then it was stopped" }
    );
    let (no_single, no_pair) = if report.unsettled.is_empty() {
        ("None: no single failure loses data or stops reads, writes or services.", "None: no pair does it either.")
    } else {
        ("None until then.", "None until then.")
    };
    html! {
        <div data-testid="audit-report" data-singles={singles.len().to_string()} data-pairs={pairs.len().to_string()}>
            <p class="pane-note">{ tried }</p>
            if !report.already.is_empty() {
                <h2>{ "Already so" }</h2>
                <ul class="findings">
                    { for report.already.iter().map(|harm| html! { <li>{ already(harm) }</li> }) }
                </ul>
            }
            { list("Single points of failure", no_single, &singles) }
            if report.pairs_tried > 0 {
                { list("Pairs of failures", no_pair, &pairs) }
            }
            if !report.survived.is_empty() {
                <p class="pane-note">{ format!("{} single failures harm nothing.", report.survived.len()) }</p>
            }
            if !report.unsettled.is_empty() {
                <p class="pane-note">
                    { format!(
                        "{} single failures had harmed nothing until then, but the cluster had not come to rest.",
                        report.unsettled.len()
                    ) }
                </p>
            }
            { for report.notes.iter().map(|note| html! { <p class="pane-note">{ note }</p> }) }
        </div>
    }
}

fn already(harm: &HarmDone) -> String {
    let whom = harm.client.map_or_else(String::new, |client| format!(" for {client}"));
    format!("{}{whom}: {}.", harm.files.join(", "), harm.reason)
}

fn list(title: &'static str, none: &'static str, findings: &[&Finding]) -> Html {
    html! {
        <>
            <h2>{ title }</h2>
            if findings.is_empty() {
                <p class="pane-note">{ none }</p>
            } else {
                <ul class="findings">{ for findings.iter().map(|finding| html! { <li>{ &finding.sentence }</li> }) }</ul>
            }
        </>
    }
}
