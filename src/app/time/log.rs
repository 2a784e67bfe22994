//! The event log in sentences.

use std::rc::Rc;

use web_sys::{Element, HtmlInputElement};
use yew::prelude::*;

use crate::sim::Time;
use crate::world::Importance;

use crate::app::act::Act;
use crate::app::time::timeline::Line;
use crate::app::words::{self, Shared};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    /// What it shows, oldest first.
    pub(crate) lines: Shared<Vec<Rc<Line>>>,
    /// The moment at which the learner enters.
    pub(crate) start: Time,
    pub(crate) all: bool,
    pub(crate) act: Callback<Act>,
}

/// How near to its end, in pixels, the list counts as scrolled to it.
const NEAR: i32 = 24;

pub(crate) struct Log {
    list: NodeRef,
    /// Whether it goes on to the newest line by itself: until somebody scrolls back, and from when the end is reached again.
    follows: bool,
    /// How far it was scrolled last.
    scrolled: i32,
}

/// Somebody, or the list itself, has scrolled.
pub(crate) struct Scrolled;

impl Component for Log {
    type Message = Scrolled;
    type Properties = Props;

    fn create(_: &Context<Self>) -> Self {
        Self { list: NodeRef::default(), follows: true, scrolled: 0 }
    }

    fn update(&mut self, _: &Context<Self>, _: Scrolled) -> bool {
        let Some(list) = self.list.cast::<Element>() else { return false };
        let followed = self.follows;
        let top = list.scroll_top();
        // A list that merely got longer or lower is scrolled no further back than it was.
        if list.scroll_height() - top - list.client_height() < NEAR {
            self.follows = true;
        } else if top < self.scrolled {
            self.follows = false;
        }
        self.scrolled = top;
        followed != self.follows
    }

    fn rendered(&mut self, _: &Context<Self>, _: bool) {
        if let (true, Some(list)) = (self.follows, self.list.cast::<Element>()) {
            list.set_scroll_top(list.scroll_height());
            self.scrolled = list.scroll_top();
        }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let Props { lines, all, act, start } = ctx.props();
        let onscroll = ctx.link().callback(|_: Event| Scrolled);
        let onchange = {
            let act = act.clone();
            Callback::from(move |event: Event| {
                let field: HtmlInputElement = event.target_unchecked_into();
                act.emit(Act::ShowAll(field.checked()));
            })
        };
        html! {
            <div class="log-box">
                <div key="log" class="log" role="log" aria-label="Events" aria-live="off" tabindex="0" data-testid="log"
                    data-follows={self.follows.to_string()} {onscroll} ref={self.list.clone()}>
                  <ol key="lines">
                    if lines.is_empty() {
                        <li key="none" class="quiet"><span class="tag"></span><time></time><span>{ "The cluster runs quietly. Events appear here." }</span></li>
                    }
                    { for lines.iter().map(|line| row(line, *start)) }
                  </ol>
                </div>
                <label key="all" class="all"><input type="checkbox" checked={*all} {onchange} data-testid="log-all" />{ "All messages" }</label>
            </div>
        }
    }
}

/// The class and the mark of an importance.
pub(crate) fn tone(importance: Importance) -> (&'static str, &'static str) {
    match importance {
        Importance::Routine => ("routine", "·"),
        Importance::Notable => ("notable", "•"),
        Importance::Good => ("good", "✓"),
        Importance::Waiting => ("waiting", "…"),
        Importance::Fault => ("fault", "◆"),
        Importance::Loss => ("loss", "✕"),
        Importance::Failover => ("failover", "▲"),
    }
}

fn row(line: &Line, start: Time) -> Html {
    let (class, mark) = tone(line.importance);
    html! {
        <li key={line.id.0.to_string()} {class} data-importance={class}>
            <time>{ words::clock(line.at, start) }</time>
            <span class="tag" aria-hidden="true">{ mark }</span>
            <span>{ &line.sentence }</span>
        </li>
    }
}
