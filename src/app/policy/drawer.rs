//! The editor as a drawer: settings in groups, what is pending, and the two buttons that let it happen.

use std::sync::Arc;

use yew::prelude::*;

use crate::app::act::{Act, PolicyAct};
use crate::app::words::Shared;
use crate::session::Scenario;
use crate::world::WorldSettings;

use super::control::{self, Control, label_of};
use super::rows::{self, Live, Look, Section, Setting};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) scenario: Arc<Scenario>,
    /// How the cluster is set up now.
    pub(crate) settings: Shared<WorldSettings>,
    pub(crate) act: Callback<Act>,
}

pub(crate) enum Msg {
    Change(String, String),
    Discard,
    AsItBegan,
    Again,
    Now,
    /// Escape, or the cross.
    Close,
    /// It is to be closed though something is pending, or not.
    CloseAnyway(bool),
}

pub(crate) struct Drawer {
    sections: Vec<Section>,
    /// What is to be, by key, in the order in which it was chosen.
    pending: Vec<(String, String)>,
    /// Whether it asks what to do with what is pending before it closes.
    asks: bool,
    root: NodeRef,
}

impl Component for Drawer {
    type Message = Msg;
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        let Props { scenario, settings, .. } = ctx.props();
        let sections = rows::sections(settings, scenario);
        Self { sections, pending: Vec::new(), asks: false, root: NodeRef::default() }
    }

    fn changed(&mut self, ctx: &Context<Self>, _: &Props) -> bool {
        let Props { scenario, settings, .. } = ctx.props();
        self.sections = rows::sections(settings, scenario);
        let sections = &self.sections;
        self.pending.retain(|(key, value)| find(sections, key).is_some_and(|setting| setting.now != *value));
        true
    }

    fn rendered(&mut self, _: &Context<Self>, first_render: bool) {
        if first_render {
            control::focus_first(&self.root);
        }
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        let act = &ctx.props().act;
        let tell = |what: PolicyAct| act.emit(Act::Policy(what));
        match msg {
            Msg::Change(key, value) => self.change(key, value),
            Msg::Discard => self.pending.clear(),
            Msg::AsItBegan => self.as_it_began(&ctx.props().scenario),
            Msg::Again => tell(PolicyAct::Again(self.written(|_| true))),
            Msg::Now => tell(PolicyAct::Now(self.written(|live| live != Live::Beginning))),
            Msg::Close if self.pending.is_empty() => tell(PolicyAct::Close),
            Msg::Close => self.asks = true,
            Msg::CloseAnyway(true) => tell(PolicyAct::Close),
            Msg::CloseAnyway(false) => self.asks = false,
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let link = ctx.link();
        let change = link.callback(|(key, value)| Msg::Change(key, value));
        let onkeydown = link.batch_callback(|event: KeyboardEvent| {
            (event.key() == "Escape").then(|| {
                event.prevent_default();
                Msg::Close
            })
        });
        html! {
            <aside class="drawer" aria-label="Policy" ref={self.root.clone()} data-testid="policy" {onkeydown}>
                <header key="header">
                    <h2>{ "Policy" }</h2>
                    <span class="protocol">{ "primary–replica" }</span>
                    <button type="button" class="quiet" data-testid="policy-reset" onclick={link.callback(|_: MouseEvent| Msg::AsItBegan)}>
                        { "As it began" }</button>
                    <button type="button" class="icon quiet close" aria-label="Close" data-testid="policy-close"
                        onclick={link.callback(|_: MouseEvent| Msg::Close)}>{ "✕" }</button>
                </header>
                <div key="groups" class="groups">
                    { for self.sections.iter().map(|section| self.section(section, &change)) }
                </div>
                { self.footer(ctx) }
            </aside>
        }
    }
}

fn find<'a>(sections: &'a [Section], key: &str) -> Option<&'a Setting> {
    sections.iter().flat_map(|section| &section.settings).find(|setting| setting.key == key)
}

impl Drawer {
    fn pending(&self, key: &str) -> Option<&String> {
        self.pending.iter().find(|(pending, _)| pending == key).map(|(_, value)| value)
    }

    fn change(&mut self, key: String, value: String) {
        self.asks = false;
        let is_now = find(&self.sections, &key).is_some_and(|setting| setting.now == value);
        self.pending.retain(|(pending, _)| *pending != key);
        if !is_now {
            self.pending.push((key, value));
        }
    }

    /// What the scenario said in the beginning becomes pending wherever it is another now.
    fn as_it_began(&mut self, scenario: &Scenario) {
        let Ok(written) = scenario.as_written() else { return };
        for began in rows::sections(&written.settings, &written).into_iter().flat_map(|section| section.settings) {
            if find(&self.sections, &began.key).is_some() {
                self.change(began.key, began.now);
            }
        }
    }

    /// What is pending, as a scenario writes it.
    fn written(&self, keep: impl Fn(Live) -> bool) -> Vec<(String, String)> {
        let one = |(key, value): &(String, String)| {
            let setting = find(&self.sections, key).filter(|setting| keep(setting.live))?;
            Some((key.clone(), control::written(setting, value)))
        };
        self.pending.iter().filter_map(one).collect()
    }

    fn section(&self, section: &Section, change: &Callback<(String, String)>) -> Html {
        let rows = section.settings.iter().map(|setting| {
            html! { <Control key={setting.key.clone()} setting={setting.clone()} pending={self.pending(&setting.key).cloned()} change={change.clone()} /> }
        });
        if section.is_open {
            return html! { <section key={section.title.clone()} class="group"><h3>{ &section.title }</h3>{ for rows }</section> };
        }
        let changed = section.settings.iter().filter(|setting| self.pending(&setting.key).is_some()).count();
        let summary = if changed > 0 { format!("{changed} changed") } else { summary(section) };
        html! {
            <details key={section.title.clone()} class="group">
                <summary><h3>{ &section.title }</h3><small>{ summary }</small></summary>
                { for rows }
            </details>
        }
    }

    fn footer(&self, ctx: &Context<Self>) -> Html {
        let link = ctx.link();
        if self.pending.is_empty() {
            return html! { <footer key="footer" class="idle"><p>{ "Change something: nothing takes effect until you say so." }</p></footer> };
        }
        if self.asks {
            return html! {
                <footer key="footer" role="alert">
                    <p>{ "What you have changed is not applied yet." }</p>
                    <button key="stay" type="button" class="quiet" data-testid="policy-stay" onclick={link.callback(|_: MouseEvent| Msg::CloseAnyway(false))}>{ "Go on editing" }</button>
                    <button key="drop" type="button" class="primary" data-testid="policy-drop" onclick={link.callback(|_: MouseEvent| Msg::CloseAnyway(true))}>{ "Discard and close" }</button>
                </footer>
            };
        }
        let only: Vec<&str> = self
            .pending
            .iter()
            .filter_map(|(key, _)| find(&self.sections, key))
            .filter(|setting| setting.live == Live::Beginning)
            .map(|setting| setting.label.as_str())
            .collect();
        let count = self.pending.len();
        let note = if only.is_empty() {
            "Applying it now can't bring back what is lost.".to_owned()
        } else {
            format!("These hold only from the beginning: {}.", only.join(", "))
        };
        html! {
            <footer key="footer" data-testid="policy-pending">
                <p key="what" role="status">
                    <b>{ if count == 1 { "1 change: ".to_owned() } else { format!("{count} changes: ") } }</b>
                    { for self.pending.iter().map(|(key, value)| {
                        let short = key.strip_prefix("policy.").unwrap_or(key);
                        let shown = find(&self.sections, key).map_or_else(|| value.clone(), |setting| label_of(setting, value));
                        html! { <><code>{ format!("{short} = {shown}") }</code>{ " " }</> }
                    }) }
                    { note }
                </p>
                <button key="discard" type="button" class="quiet" data-testid="policy-discard" onclick={link.callback(|_: MouseEvent| Msg::Discard)}>{ "Discard" }</button>
                <button key="again" type="button" class="primary" data-testid="policy-again" onclick={link.callback(|_: MouseEvent| Msg::Again)}>
                    { "Run the same story again with it" }</button>
                <button key="now" type="button" data-testid="policy-now" disabled={!only.is_empty()} onclick={link.callback(|_: MouseEvent| Msg::Now)}>
                    { "Apply now" }</button>
            </footer>
        }
    }
}

/// The values that tell most of a folded section.
fn summary(section: &Section) -> String {
    if section.title.starts_with("Chaos") {
        let has_some = |setting: &&Setting| !setting.now.contains("per_minute = 0,");
        let some = section.settings.iter().filter(has_some).count();
        return if some == 0 { "none".to_owned() } else { format!("{some} kinds") };
    }
    let shown: Vec<String> = section.settings.iter().take(2).map(summary_of).collect();
    shown.join(" · ")
}

fn summary_of(setting: &Setting) -> String {
    let label = label_of(setting, &setting.now);
    match setting.key.strip_suffix(".read_percent") {
        Some(_) => format!("{label} reads"),
        None if setting.key.rsplit('.').next() == Some("rate") && label == "none" => "no workload".to_owned(),
        None if setting.look == Look::Switch => {
            format!("{}{}", rows::brief(&setting.key), if setting.now == "true" { "on" } else { "off" })
        }
        None => format!("{}{label}", rows::brief(&setting.key)),
    }
}
