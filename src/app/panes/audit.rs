//! The audit for single points of failure: it runs between the frames, a few cases at a time.

use std::rc::Rc;

use yew::prelude::*;

use crate::session::{Audit, AuditReport, AuditSettings, Finding, Harm, Progress, Session};
use crate::sim::Time;

use crate::app::act::Act;
use crate::app::words;

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
    /// When the learner enters, from which the visible clock counts.
    start: Time,
    progress: Progress,
    /// What was found; none while it runs.
    report: Option<Rc<AuditReport>>,
}

impl Inquiry {
    pub(crate) fn new(session: &Session) -> Self {
        let audit = Audit::new(session, AuditSettings::default());
        let shown = Shown { from: session.now(), start: session.start(), progress: audit.progress(), report: None };
        Self { audit, shown }
    }

    /// Tries cases for a slice of time; says whether there is more to try.
    pub(crate) fn slice(&mut self, mut has_time: impl FnMut() -> bool) -> bool {
        while self.shown.report.is_none() {
            match self.audit.step() {
                Some(progress) => self.shown.progress = progress,
                None => self.stop(),
            }
            if !has_time() {
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
                    { "What if? The audit tries every single failure from this very moment, then every pair, each on a copy of \
                       the cluster. Nothing here changes your run." }
                </p>
                <button key="go" class={(!running).then_some("primary")} data-testid="audit" {onclick}>{ label }</button>
                if let Some(shown) = shown {
                    <div key="shown">{ result(shown, act) }</div>
                }
            </div>
        }
    }
}

fn result(shown: &Shown, act: &Callback<Act>) -> Html {
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
        words::clock(shown.from, shown.start),
        report.singles_tried,
        report.pairs_tried,
        if report.is_complete { "" } else { ", then it was stopped" }
    );
    let (no_single, no_pair) = if report.unsettled.is_empty() {
        (
            "None: no single failure loses data or stops reads, writes or services.",
            "None: no pair of failures does, either.",
        )
    } else {
        ("None by then.", "None by then.")
    };
    html! {
        <div data-testid="audit-report" data-singles={singles.len().to_string()} data-pairs={pairs.len().to_string()}>
            <p class="pane-note">{ tried }</p>
            if !report.already.is_empty() {
                <h2>{ "Harmed already" }</h2>
                <ul class="findings">
                    { for report.already_sentences().into_iter().map(|told| html! { <li>{ told }</li> }) }
                </ul>
            }
            { list("Single points of failure", no_single, &singles, shown, act) }
            if report.pairs_tried > 0 {
                { list("Pairs of failures", no_pair, &pairs, shown, act) }
            }
            if !report.survived.is_empty() {
                <p class="pane-note">{ format!("{} single failures harm nothing.", report.survived.len()) }</p>
            }
            if !report.unsettled.is_empty() {
                <p class="pane-note">
                    { format!(
                        "{} single failures had harmed nothing by then, but the cluster had not settled.",
                        report.unsettled.len()
                    ) }
                </p>
            }
            { for report.notes.iter().map(|note| html! { <p class="pane-note">{ note }</p> }) }
        </div>
    }
}

/// How many findings about the same are told before the others are folded.
const UNFOLDED: usize = 3;

fn list(title: &'static str, none: &'static str, findings: &[&Finding], shown: &Shown, act: &Callback<Act>) -> Html {
    let groups = by_victim(findings);
    html! {
        <>
            <h2>{ title }</h2>
            if findings.is_empty() {
                <p class="pane-note">{ none }</p>
            }
            { for groups.iter().map(|(victim, findings)| html! {
                <section key={victim.clone()} class="victim">
                    <h3>{ victim }</h3>
                    { rows(&findings[..findings.len().min(UNFOLDED)], shown, act) }
                    if findings.len() > UNFOLDED {
                        <details>
                            <summary>{ format!("{} more", findings.len() - UNFOLDED) }</summary>
                            { rows(&findings[UNFOLDED..], shown, act) }
                        </details>
                    }
                </section>
            }) }
        </>
    }
}

/// The findings by what they do and to what, in the order in which it first comes.
fn by_victim<'a>(findings: &[&'a Finding]) -> Vec<(String, Vec<&'a Finding>)> {
    let mut groups: Vec<(String, Vec<&Finding>)> = Vec::new();
    for finding in findings {
        let Some(worst) = finding.harms.first() else { continue };
        let what = match worst.harm {
            Harm::LosesData => "Loses",
            Harm::StopsReads | Harm::StopsWrites => "Stops",
            Harm::StopsService => "Stops the service",
        };
        let names = &worst.files[..worst.files.len().min(NAMES)];
        let more = match worst.files.len() - names.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let victim = format!("{what} {}{more}", names.join(", "));
        match groups.iter_mut().find(|(known, _)| *known == victim) {
            Some((_, known)) => known.push(finding),
            None => groups.push((victim, vec![finding])),
        }
    }
    groups
}

/// How many names a heading has.
const NAMES: usize = 3;

fn rows(findings: &[&Finding], shown: &Shown, act: &Callback<Act>) -> Html {
    let row = |finding: &&Finding| {
        let onclick = {
            let (act, at, faults) = (act.clone(), shown.from, finding.faults.clone());
            Callback::from(move |_: MouseEvent| act.emit(Act::PlayFaults(at, faults.clone())))
        };
        let label = format!("Show me: {}", finding.sentence);
        html! {
            <li>
                <span>{ &finding.sentence }</span>
                <button class="quiet" aria-label={label} data-testid="show-me" {onclick}>{ "Show me" }</button>
            </li>
        }
    };
    html! { <ul class="findings">{ for findings.iter().map(row) }</ul> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Scenario;

    #[test]
    fn findings_are_grouped_by_what_they_do_and_what_is_so_already_is_told_once() {
        let scenario = Scenario::by_slug("three-copies").expect("a built-in scenario");
        let mut session = Session::new(scenario, 61);
        let mut inquiry = Inquiry::new(&session);
        while inquiry.slice(|| true) {}
        let report = inquiry.shown.report.clone().expect("it has ended");
        let findings: Vec<&Finding> = report.findings.iter().collect();
        let groups = by_victim(&findings);
        assert_eq!(groups.iter().map(|(_, found)| found.len()).sum::<usize>(), findings.len());
        assert_eq!(groups[0].0, "Loses draft.txt");
        for server in [1, 2, 3] {
            session.apply(crate::world::Command::Crash { server: crate::sim::ServerId(server) }).expect("it runs");
        }
        session.advance(session.now() + crate::sim::Span::from_millis(500));
        let mut inquiry = Inquiry::new(&session);
        while inquiry.slice(|| true) {}
        let told = inquiry.shown.report.expect("it has ended").already_sentences();
        let mut once = told.clone();
        once.dedup();
        assert!(!told.is_empty() && told == once, "{told:?}");
    }
}
