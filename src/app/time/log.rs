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
    /// Whether time runs.
    pub(crate) playing: bool,
    pub(crate) act: Callback<Act>,
}

/// How near to its end, in pixels, the list counts as scrolled to it.
const NEAR: i32 = 24;

/// How many of the last lines are drawn while the list follows; all are as soon as somebody scrolls back.
const LAST: usize = 60;
/// With more new lines at once than this nobody can read them, and only so many of the last are drawn.
const CROWD: usize = 8;
const LAST_OF_CROWD: usize = 12;

pub(crate) struct Log {
    list: NodeRef,
    /// Whether it shows the newest lines: until somebody scrolls back, and from when the end is reached again.
    follows: bool,
    /// What is shown. While somebody has scrolled back to read and time runs, it stays as it is.
    shown: Shared<Vec<Rc<Line>>>,
    /// How many of the last lines are drawn while it follows.
    last: usize,
}

pub(crate) enum Msg {
    /// Somebody, or the list itself, has scrolled.
    Scrolled,
    /// Somebody wants to see the newest lines again.
    Newest,
}

impl Component for Log {
    type Message = Msg;
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        Self { list: NodeRef::default(), follows: true, shown: ctx.props().lines.clone(), last: LAST }
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        let Some(list) = self.list.cast::<Element>() else { return false };
        if matches!(msg, Msg::Newest) {
            list.set_scroll_top(0);
        }
        // The list is laid out from its end, where it stands at 0: nothing but somebody who scrolls takes it away from there.
        let follows = list.scroll_top() > -NEAR;
        let differs = follows != self.follows;
        self.follows = follows;
        if differs && follows {
            self.take(&ctx.props().lines);
        }
        differs
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &Props) -> bool {
        let Props { lines, start, all, playing, .. } = ctx.props();
        let is_another = start != &old.start || all != &old.all;
        if self.follows || !playing || is_another {
            self.take(lines);
        }
        if !playing {
            self.last = LAST;
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let Props { all, act, start, .. } = ctx.props();
        let lines = &self.shown;
        let first = if self.follows { lines.len().saturating_sub(self.last) } else { 0 };
        let onscroll = ctx.link().callback(|_: Event| Msg::Scrolled);
        let onnewest = ctx.link().callback(|_: MouseEvent| Msg::Newest);
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
                    { for lines[first..].iter().map(|line| row(line, *start)) }
                  </ol>
                </div>
                if !self.follows {
                    <button key="newest" class="newest" data-testid="log-newest" onclick={onnewest}>{ "Newest ↓" }</button>
                }
                <label key="all" class="all"><input type="checkbox" checked={*all} {onchange} data-testid="log-all" />{ "All messages" }</label>
            </div>
        }
    }
}

impl Log {
    /// Shows these lines.
    fn take(&mut self, lines: &Shared<Vec<Rc<Line>>>) {
        let newest = self.shown.last().map(|line| line.id);
        let fresh = lines.iter().rev().take_while(|line| Some(line.id) > newest).count();
        self.last = last_drawn(self.last, fresh);
        self.shown = lines.clone();
    }
}

/// How many of the last lines are drawn when so many are new, and so many were drawn before.
fn last_drawn(before: usize, fresh: usize) -> usize {
    if fresh > CROWD { LAST_OF_CROWD } else { (before + fresh).min(LAST) }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crowd_of_lines_is_cut_and_a_few_are_all_drawn() {
        assert_eq!(last_drawn(LAST, 3), LAST);
        assert_eq!(last_drawn(LAST, CROWD + 1), LAST_OF_CROWD);
        // Afterwards what was drawn stays, and what is new comes to it.
        assert_eq!(last_drawn(LAST_OF_CROWD, 5), LAST_OF_CROWD + 5);
        assert_eq!(last_drawn(LAST - 2, 5), LAST);
    }
}
