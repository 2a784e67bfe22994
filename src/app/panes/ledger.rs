//! The survival ledger: which files survive, and why.

use yew::prelude::*;

use crate::check::{CopyHealth, LedgerRow, Verdict};
use crate::world::{Command, OperationKind, OutcomeView, ReadFrom, View};

use crate::app::act::{Act, PolicyAct, Specimen};
use crate::app::glossary::explained;
use crate::app::panes::invariants::{Broken, Invariants};
use crate::app::stage::service;
use crate::app::words::{self, Shared};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) view: Shared<View>,
    pub(crate) broken: Shared<Vec<Broken>>,
    pub(crate) act: Callback<Act>,
}

pub(crate) struct LedgerPane;

impl Component for LedgerPane {
    type Message = ();
    type Properties = Props;

    fn create(_: &Context<Self>) -> Self {
        Self
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let Props { view, broken, act } = ctx.props();
        if service::serves_only(view) {
            return services(view, broken, act);
        }
        let (verdict, title, sentence) = view.ledger.headline();
        let rows = html! { <ul key="rows" class="ledger">{ for view.ledger.rows.iter().map(|line| row(line, view, act)) }</ul> };
        let invariants = html! { <Invariants key="invariants" broken={broken.clone()} act={act.clone()} /> };
        // All well is told below the files; what is broken comes before them.
        let parts = if broken.is_empty() { [rows, invariants] } else { [invariants, rows] };
        html! {
            <>
                <div key="headline" class={classes!("headline", headline_tone(verdict))} data-testid="headline">
                    <b>{ title }</b>
                    <small>{ sentence }</small>
                </div>
                <div key="parts">{ for parts }</div>
                <div key="policy" class="policy">
                    <h2>{ "Policy" }</h2>
                    <dl>
                        { for view.policy.rows().into_iter().map(|(label, value)| html! {
                            <div key={label}><dt>{ explained(label, 1) }</dt><dd>{ value }</dd></div>
                        }) }
                    </dl>
                    <button key="change" class="policy-change" data-testid="policy-change"
                        onclick={{ let act = act.clone(); Callback::from(move |_: MouseEvent| act.emit(Act::Policy(PolicyAct::Open))) }}>
                        { "Change…" }</button>
                </div>
            </>
        }
    }
}

/// A cluster that keeps no files has no ledger of copies: it says who serves.
fn services(view: &View, broken: &Shared<Vec<Broken>>, act: &Callback<Act>) -> Html {
    let serving = service::serving(view);
    let is_well = !serving.is_empty();
    let rows = view.services.iter().map(|service| {
        let who = service.instances.iter().map(|instance| format!("{} {}", instance.server, service::duty(instance.duty).0));
        html! { <div key={service.name.clone()}><dt>{ &service.name }</dt><dd>{ who.collect::<Vec<_>>().join(", ") }</dd></div> }
    });
    html! {
        <>
            <div key="headline" class={classes!("headline", if is_well { "safe" } else { "lost" })} data-testid="headline">
                <b>{ if is_well { "The service is served." } else { "No instance serves." } }</b>
                <small>{ "A service keeps no files: one instance can stand in for another." }</small>
            </div>
            <Invariants key="invariants" broken={broken.clone()} act={act.clone()} />
            <div key="policy" class="policy">
                <h2>{ "Services" }</h2>
                <dl>{ for rows }</dl>
            </div>
        </>
    }
}

/// What is one failure away is still kept: the headline says so in the tone of safety, and the line below warns.
fn headline_tone(verdict: Verdict) -> &'static str {
    if verdict == Verdict::AtRisk { "safe warned" } else { words::verdict_tone(verdict) }
}

/// How many copies of a file are drawn one by one.
const MOST_PIPS: usize = 9;

/// How the copies fare, as in `2 fresh, 1 older, 1 missing`.
fn tally(row: &LedgerRow) -> String {
    let kinds = [CopyHealth::Fresh, CopyHealth::Stale, CopyHealth::Corrupt, CopyHealth::Missing];
    let parts: Vec<String> = kinds
        .into_iter()
        .filter_map(|kind| {
            let count = row.copies.iter().filter(|(_, health)| *health == kind).count();
            (count > 0).then(|| format!("{count} {}", words::health(kind)))
        })
        .collect();
    if parts.is_empty() { "no copies".to_owned() } else { parts.join(", ") }
}

fn row(row: &LedgerRow, view: &View, act: &Callback<Act>) -> Html {
    let acknowledged =
        row.acknowledged.map_or_else(|| "not acknowledged yet".to_owned(), |version| format!("{version} acknowledged"));
    // Where there are many copies, what the tally counts is drawn as a bar.
    let is_many = row.copies.len() > MOST_PIPS;
    let fresh = row.copies.iter().filter(|(_, health)| *health == CopyHealth::Fresh).count();
    let pips = row.copies.iter().take(if is_many { 0 } else { MOST_PIPS }).map(|(server, health)| {
        let words = format!("{server}: {}", words::health(*health));
        html! { <i key={server.to_string()} class={classes!("pip", words::health_slug(*health))} role="img" aria-label={words.clone()} title={words}></i> }
    });
    html! {
        <li key={row.name.clone()} class="row" data-testid={format!("ledger-row-{}", row.name)}
            data-verdict={words::verdict_slug(row.verdict)} style={words::hue_style(row.file)}>
            <span class="swatch"></span>
            <div class="rowmain">
                <b class="rowname" title={row.name.clone()}>{ words::fit(&row.name, 16) }</b>
                if is_many {
                    <meter key="bar" class="pips-bar" min="0" max={row.copies.len().to_string()} value={fresh.to_string()}
                        aria-label={format!("{fresh} of {} copies are fresh", row.copies.len())}></meter>
                } else {
                    <span key="pips" class="pips">{ for pips }</span>
                }
            </div>
            <span class={classes!("verdict", words::verdict_tone(row.verdict))}>{ words::verdict(row.verdict) }</span>
            <small class="tally">{ format!("{acknowledged} · {}", tally(row)) }</small>
            <p class="reason" title={row.reason.clone()}>{ &row.reason }</p>
            <div class="row-actions">{ actions(row, view, act) }</div>
        </li>
    }
}

/// Whether there is something to explain: a loss, or a copy that is not as it should be.
fn is_in_trouble(row: &LedgerRow) -> bool {
    let lost = matches!(row.verdict, Verdict::LostAcknowledged | Verdict::LostUnacknowledged | Verdict::Unavailable);
    lost || row.copies.iter().any(|(_, health)| matches!(health, CopyHealth::Stale | CopyHealth::Corrupt))
}

fn actions(row: &LedgerRow, view: &View, act: &Callback<Act>) -> Html {
    let send = |make: Box<dyn Fn() -> Act>| {
        let act = act.clone();
        Callback::from(move |_: MouseEvent| act.emit(make()))
    };
    let (read, delete, why, file) = (row.name.clone(), row.name.clone(), row.name.clone(), row.file);
    let last_read = view.operations.iter().rev().find_map(|operation| match &operation.outcome {
        OutcomeView::Ok { version, content: Some(content) }
            if operation.kind == OperationKind::Read && operation.file == row.file =>
        {
            Some((*version, content.clone(), operation.ended))
        }
        _ => None,
    });
    let deleted = row.verdict == Verdict::Deleted;
    html! {
        <>
            <button key="read" class="quiet" data-testid={format!("read-{}", row.name)}
                onclick={send(Box::new(move || Act::Apply(Command::Read { file: read.clone(), from: ReadFrom::Primary })))}>
                { "Read" }
            </button>
            if is_in_trouble(row) {
                <button key="why" class="quiet why" data-testid={format!("why-{}", row.name)}
                    onclick={send(Box::new(move || Act::Why(why.clone())))}>{ "Why?" }</button>
            }
            <button key="overwrite" class="quiet" data-testid={format!("overwrite-{}", row.name)}
                onclick={send(Box::new(move || Act::Overwrite(file)))}>
                { if deleted { "Write again" } else { "Overwrite" } }
            </button>
            if !deleted {
                <button key="delete" class="quiet" data-testid={format!("delete-{}", row.name)}
                    onclick={send(Box::new(move || Act::Apply(Command::Delete { file: delete.clone() })))}>
                    { "Delete" }
                </button>
            }
            if let Some((version, content, _)) = last_read {
                <span key="got" class="got">
                    { format!("C1 read {}:", version.map_or_else(String::new, |version| version.to_string())) }
                    { specimen_buttons(&Specimen { name: row.name.clone(), origin: "as the client read it".to_owned(), content }, act) }
                </span>
            }
        </>
    }
}

/// Open and Download for some bytes.
pub(crate) fn specimen_buttons(specimen: &Specimen, act: &Callback<Act>) -> Html {
    let open = {
        let (act, specimen) = (act.clone(), specimen.clone());
        Callback::from(move |_: MouseEvent| act.emit(Act::Open(crate::app::act::Dialog::Preview(specimen.clone()))))
    };
    let download = {
        let (act, specimen) = (act.clone(), specimen.clone());
        Callback::from(move |_: MouseEvent| act.emit(Act::Download(specimen.clone())))
    };
    let what = format!("{} {}", specimen.name, specimen.origin);
    html! {
        <>
            <button key="open" class="quiet" data-testid="open" data-file={specimen.name.clone()}
                aria-label={format!("Open {what}")} onclick={open}>{ "Open" }</button>
            <button key="download" class="quiet" data-testid="download" data-file={specimen.name.clone()}
                aria-label={format!("Download {what}")} onclick={download}>{ "Download" }</button>
        </>
    }
}
