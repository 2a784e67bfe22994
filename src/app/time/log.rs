//! The event log in sentences.

use std::rc::Rc;

use web_sys::{Element, HtmlInputElement};
use yew::prelude::*;

use crate::sim::Time;
use crate::world::Importance;

use crate::app::act::Act;
use crate::app::time::timeline::Line;
use crate::app::words::{self, Shared};

/// How many lines the page holds; the events themselves are all kept by the session.
const MOST: usize = 240;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) lines: Shared<Vec<Rc<Line>>>,
    /// The moment at which the learner enters: what was before is told last of all.
    pub(crate) start: Time,
    pub(crate) all: bool,
    pub(crate) act: Callback<Act>,
}

pub(crate) struct Log {
    list: NodeRef,
    /// Whether the list was scrolled to its end before the render, so that it should stay there.
    at_end: bool,
}

impl Component for Log {
    type Message = ();
    type Properties = Props;

    fn create(_: &Context<Self>) -> Self {
        Self { list: NodeRef::default(), at_end: true }
    }

    fn changed(&mut self, _: &Context<Self>, _: &Props) -> bool {
        self.at_end = self
            .list
            .cast::<Element>()
            .is_none_or(|list| list.scroll_height() - list.scroll_top() - list.client_height() < 24);
        true
    }

    fn rendered(&mut self, _: &Context<Self>, _: bool) {
        if let (true, Some(list)) = (self.at_end, self.list.cast::<Element>()) {
            list.set_scroll_top(list.scroll_height());
        }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let Props { lines, all, act, start } = ctx.props();
        let shown: Vec<&Rc<Line>> = lines
            .iter()
            .rev()
            .filter(|line| *all || (line.importance != Importance::Routine && line.at >= *start))
            .take(MOST)
            .collect();
        let onchange = {
            let act = act.clone();
            Callback::from(move |event: Event| {
                let field: HtmlInputElement = event.target_unchecked_into();
                act.emit(Act::ShowAll(field.checked()));
            })
        };
        html! {
            <div class="log-box">
                <div key="log" class="log" role="log" aria-label="Events" aria-live="off" tabindex="0" data-testid="log" ref={self.list.clone()}>
                  <ol key="lines">
                    if shown.is_empty() {
                        <li key="none" class="quiet"><span class="tag"></span><time></time><span>{ "The cluster runs quietly. What happens is told here." }</span></li>
                    }
                    { for shown.iter().rev().map(|line| row(line, *start)) }
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
