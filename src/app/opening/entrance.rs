//! The entrance: opens the run with which the page begins, and hands it to the playground. That is the run of this tab
//! from before a reload, the run of the link in the address, or the opening scenario.

use std::cell::RefCell;
use std::rc::Rc;

use yew::prelude::*;

use super::{Pending, Slice, complaint};
use crate::app::browser::{dom, tab};
use crate::app::course::addressed;
use crate::app::playground::{AS_IT_WAS, Entered, Playground, opening_run};
use crate::session::{Branches, Opening, StoredBranches};

/// What this tab kept before a reload: under which name, and its bytes.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    #[prop_or_default]
    pub(crate) kept: Option<(String, Vec<u8>)>,
}

/// Where the run comes from.
enum Source {
    /// What this tab kept under this name.
    Kept(String, StoredBranches),
    Link,
    /// The opening scenario; with what is to be told, and whether that is an error.
    Scenario(Option<(String, bool)>),
}

pub(crate) enum Message {
    Slice,
    Cancel,
}

/// The entrance.
pub(crate) struct Entrance {
    pending: Option<Pending>,
    source: Source,
    entered: Option<Entered>,
}

impl Component for Entrance {
    type Message = Message;
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        let kept = ctx.props().kept.as_ref().and_then(|(id, bytes)| {
            // What can't be read any more is on the shelf still, whose list says so.
            StoredBranches::read(bytes).ok().map(|stored| (id.clone(), stored))
        });
        let mut entrance = Self { pending: None, source: Source::Scenario(None), entered: None };
        match kept {
            Some((id, stored)) => {
                entrance.pending = Some(Pending::new("where you were before the reload".to_owned(), stored.opening()));
                entrance.source = Source::Kept(id, stored);
            }
            None => entrance.begin_anew(),
        }
        entrance.slice(ctx);
        entrance
    }

    fn update(&mut self, ctx: &Context<Self>, message: Message) -> bool {
        match message {
            Message::Slice => self.slice(ctx),
            Message::Cancel => {
                let (told, is_error) = match &self.source {
                    Source::Kept(..) => (
                        "This is the opening scenario. Where you were before the reload is still among your runs."
                            .to_owned(),
                        false,
                    ),
                    Source::Link => {
                        ("The link was not opened. Here is the opening scenario instead.".to_owned(), false)
                    }
                    Source::Scenario(_) => return false,
                };
                self.begin_scenario(Some((told, is_error)));
                self.slice(ctx)
            }
        }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        if let Some(entered) = &self.entered {
            return html! { <Playground key="playground" entered={entered.clone()} /> };
        }
        let cancel = ctx.link().callback(|_: MouseEvent| Message::Cancel);
        let said = self.pending.as_ref().filter(|pending| pending.is_said());
        html! {
            <div key="shell" class="page shell">
                <div key="brand" class="brand-shell">{ "Replicarium" }</div>
                <main key="main">
                    <section key="story" class="story">
                        <h1>{ "A terrarium for replicas" }</h1>
                        <p>{ "Build a small storage cluster, write files to it, break it the way real clusters break, and see which copies survive, and why." }</p>
                    </section>
                    <section key="center" class="center">
                        if let Some(pending) = said {
                            { pending.draw(cancel) }
                        } else {
                            <p key="loading" class="loading" role="status">{ "Setting up the cluster…" }</p>
                        }
                    </section>
                    <section key="panes" class="panes-shell"></section>
                </main>
                <footer key="footer"><div class="log"></div></footer>
                <div key="spoken" class="visually-hidden" aria-live="polite" data-testid="spoken">
                    { said.map(|pending| format!("Opening {}. The button Cancel ends it.", pending.what())).unwrap_or_default() }
                </div>
            </div>
        }
    }
}

impl Entrance {
    /// Begins with the link in the address, or else with the opening scenario.
    fn begin_anew(&mut self) {
        let fragment = dom::fragment();
        if fragment.is_empty() || addressed(&fragment).is_some() {
            return self.begin_scenario(None);
        }
        match Opening::of_link(&fragment) {
            Ok(opening) => {
                self.pending = Some(Pending::new("the run of the link".to_owned(), opening));
                self.source = Source::Link;
            }
            Err(error) => self.begin_scenario(Some((instead(&complaint(&error.into())), true))),
        }
    }

    fn begin_scenario(&mut self, told: Option<(String, bool)>) {
        self.pending = Some(Pending::new("the opening scenario".to_owned(), opening_run()));
        self.source = Source::Scenario(told);
    }

    /// Goes on for the time of a slice; whether there is something to draw.
    fn slice(&mut self, ctx: &Context<Self>) -> bool {
        let Some(pending) = &mut self.pending else { return false };
        let link = ctx.link().clone();
        match pending.slice(move || link.send_message(Message::Slice)) {
            Slice::More(is_drawn) => is_drawn,
            Slice::Said => true,
            Slice::Opened(opened) => {
                self.pending = None;
                let (id, runs, told, is_restored) = match std::mem::replace(&mut self.source, Source::Scenario(None)) {
                    Source::Kept(id, stored) => (id, stored.with(opened.session), None, true),
                    Source::Link => (tab::new_id(), Branches::new(opened.session, AS_IT_WAS), None, false),
                    Source::Scenario(told) => (tab::new_id(), Branches::new(opened.session, AS_IT_WAS), told, false),
                };
                self.entered = Some(Entered { id, runs: Rc::new(RefCell::new(Some(runs))), told, is_restored });
                true
            }
            Slice::Failed(error) => {
                match self.source {
                    Source::Kept(..) => self.begin_anew(),
                    Source::Link | Source::Scenario(_) => {
                        self.begin_scenario(Some((instead(&complaint(&error)), true)));
                    }
                }
                self.slice(ctx)
            }
        }
    }
}

fn instead(complaint: &str) -> String {
    format!("{complaint} Here is the opening scenario instead.")
}
