//! The figures: what was measured of the run, live, and what each of them means.

mod copies;
mod meanings;
mod sheet;

use yew::prelude::*;

use self::sheet::{Cell, Label, Row, Section};
use crate::app::words::Shared;
use crate::check::Metrics;
use crate::session::Session;
use crate::sim::ServerId;
use crate::world::View;

/// What was measured up to one moment.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Figures {
    metrics: Metrics,
    /// The names of the files whose copies are counted.
    names: Vec<String>,
    /// The servers that follow the primary.
    replicas: Vec<ServerId>,
}

impl Figures {
    pub(crate) fn of(session: &Session, view: &View) -> Self {
        let metrics = session.metrics();
        let names = metrics.copies.files.iter().map(|file| session.file_name(*file).to_owned()).collect();
        let servers = view.servers.iter().map(|server| server.id);
        let replicas = servers.filter(|server| Some(*server) != view.coordinator.primary).collect();
        Self { metrics, names, replicas }
    }
}

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) figures: Shared<Figures>,
}

/// The pane. It knows which explanation is open, and nothing else.
pub(crate) struct FiguresPane {
    open: Option<String>,
}

impl Component for FiguresPane {
    /// The label whose explanation is to be opened, or closed if it is open.
    type Message = String;
    type Properties = Props;

    fn create(_: &Context<Self>) -> Self {
        Self { open: None }
    }

    fn update(&mut self, _: &Context<Self>, label: String) -> bool {
        self.open = if self.open.as_ref() == Some(&label) { None } else { Some(label) };
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let figures = &ctx.props().figures;
        let Metrics { from, until, copies, .. } = &figures.metrics;
        let toggle = ctx.link().callback(|label: String| label);
        let mut sections: Vec<Html> = sheet::sections(&figures.metrics, &figures.replicas)
            .iter()
            .map(|section| self.section(section, &toggle))
            .collect();
        // The charts stand where the story turns from clients to copies.
        sections.insert(3, self.copies(copies::note(copies), figures, &toggle));
        html! {
            <div class="figures" data-testid="figures">
                <p key="span" class="pane-note">{ format!("Measured from {from} to {until}.") }</p>
                { for sections }
            </div>
        }
    }
}

impl FiguresPane {
    /// A section. Its rows are lists by themselves: the buttons in them stay what they are when one more row opens.
    fn section(&self, section: &Section, toggle: &Callback<String>) -> Html {
        let Section { slug, title, note, columns, rows } = section;
        let across = 1 + columns.len().max(1);
        let heads = columns.iter().map(|column| {
            html! { <th key={column.slug.clone()} scope="col">{ self.label(column, toggle) }</th> }
        });
        let named = html! { <tr key="columns"><td key="corner"></td><>{ for heads }</></tr> };
        let meanings = columns.iter().filter_map(|column| self.meaning(column, across));
        let head: Vec<Html> =
            if columns.is_empty() { Vec::new() } else { std::iter::once(named).chain(meanings).collect() };
        let body: Vec<Html> = if rows.is_empty() {
            vec![
                html! { <tr key="none"><th scope="row">{ cell(&Cell::Missing("there is nothing to measure")) }</th></tr> },
            ]
        } else {
            rows.iter().flat_map(|row| self.row(row, columns, across, toggle)).collect()
        };
        html! {
            <section key={*slug} class={*slug} aria-label={*title}>
                <h2 key="title">{ *title }</h2>
                <p key="note" class="pane-note" data-testid={format!("note-{slug}")}>{ note }</p>
                <table key="table"><thead key="head">{ for head }</thead><tbody key="body">{ for body }</tbody></table>
            </section>
        }
    }

    /// A row, and below it what it means if that is open.
    fn row(&self, row: &Row, columns: &[Label], across: usize, toggle: &Callback<String>) -> Vec<Html> {
        let cells = row.cells.iter().enumerate().map(|(index, each)| {
            let column = columns.get(index).map_or("value", |column| column.slug.as_str());
            html! { <td key={column.to_owned()} data-testid={format!("figure-{}-{column}", row.label.slug)}>{ cell(each) }</td> }
        });
        let shown = html! {
            <tr key={row.label.slug.clone()}>
                <th key="label" scope="row">{ self.label(&row.label, toggle) }</th>
                { for cells }
            </tr>
        };
        std::iter::once(shown).chain(self.meaning(&row.label, across)).collect()
    }

    /// A name; a term that is explained is a button, so that a finger, a key and a screen reader get at its meaning.
    fn label(&self, label: &Label, toggle: &Callback<String>) -> Html {
        let Label { slug, text, unit, meaning } = label;
        let unit = html! { if !unit.is_empty() { <small>{ *unit }</small> } };
        if meaning.is_empty() {
            return html! { <>{ text }{ unit }</> };
        }
        let open = self.open.as_ref() == Some(slug);
        let onclick = {
            let (toggle, slug) = (toggle.clone(), slug.clone());
            Callback::from(move |_: MouseEvent| toggle.emit(slug.clone()))
        };
        html! {
            <button class="term" title={*meaning} aria-expanded={open.to_string()} data-testid={format!("term-{slug}")} {onclick}>
                <span>{ text }</span>{ unit }
            </button>
        }
    }

    fn meaning(&self, label: &Label, across: usize) -> Option<Html> {
        (self.open.as_ref() == Some(&label.slug)).then(|| {
            html! {
                <tr key={format!("meaning-{}", label.slug)} class="meaning">
                    <td colspan={across.to_string()} data-testid="meaning">{ label.meaning }</td>
                </tr>
            }
        })
    }

    fn copies(&self, note: String, figures: &Figures, toggle: &Callback<String>) -> Html {
        let title = "Copies over time";
        let label = Label { slug: "copies".to_owned(), text: title.to_owned(), unit: "", meaning: meanings::COPIES };
        let mut parts = vec![html! { <h2 key="title">{ self.label(&label, toggle) }</h2> }];
        if self.open.as_ref() == Some(&label.slug) {
            parts.push(html! { <p key="meaning" class="meaning" data-testid="meaning">{ label.meaning }</p> });
        }
        parts.push(html! { <p key="note" class="pane-note">{ note }</p> });
        parts.push(html! { <div key="charts">{ copies::charts(figures) }</div> });
        html! { <section key="copies" class="copies" aria-label={title}>{ for parts }</section> }
    }
}

/// A figure, or a dash that tells its reason to whoever points at it or has the page read out.
fn cell(cell: &Cell) -> Html {
    match cell {
        Cell::Value(value) => html! { { value } },
        Cell::Missing(reason) => html! {
            <span class="missing" title={*reason}><span aria-hidden="true">{ "–" }</span><span class="visually-hidden">{ *reason }</span></span>
        },
        Cell::Blank => html! { <span class="visually-hidden">{ "does not apply" }</span> },
    }
}
