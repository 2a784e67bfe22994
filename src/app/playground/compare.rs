//! The mode in which two worlds are compared: what opens and closes it, and what moves it.

use yew::prelude::*;

use super::Playground;
use crate::app::act::{Act, BranchAct, Dialog, ShelfAct};
use crate::app::browser::{dom, slice};
use crate::app::compare::choose::Choose;
use crate::app::compare::clock::Clock;
use crate::app::compare::list::{self, Around};
use crate::app::compare::state::Comparing;
use crate::app::compare::table::Outcomes;
use crate::app::compare::{Move, bar, world};
use crate::app::header::Header;
use crate::app::time::speed::SPEEDS;
use crate::session::{Side, Truth};
use crate::sim::Span;

/// What is told of an act that would change a world that is compared.
const READ_ONLY: &str = "A comparison leaves both worlds as they are. Close it to act.";

impl Playground {
    /// Takes what is meant for the comparison, if there is one; gives back what is not.
    pub(super) fn in_comparison(&mut self, act: Act) -> Result<bool, Act> {
        match act {
            Act::Compare(what) => {
                self.move_comparison(what);
                return Ok(true);
            }
            act if self.comparing.is_none() => return Err(act),
            Act::Frame(at_ms) => {
                self.frame = None;
                let Some(comparing) = &mut self.comparing else { return Ok(false) };
                let before = truths(comparing);
                let draws = comparing.playing && comparing.frame(at_ms);
                self.speak_truths(before);
                return Ok(draws);
            }
            Act::TogglePlay => self.with_comparing(|comparing| comparing.play(!comparing.playing)),
            Act::Step => self.go(|comparing| comparing.neighbour(true)),
            Act::StepBack => self.go(|comparing| comparing.neighbour(false)),
            Act::ToStart => self.go(|_| Some(Span::ZERO)),
            Act::SetSpeed(speed) => self.with_comparing(|comparing| comparing.speed = speed.min(SPEEDS.len() - 1)),
            Act::Faster => self.with_comparing(|comparing| comparing.speed = comparing.speed.saturating_sub(1)),
            Act::Slower => {
                self.with_comparing(|comparing| comparing.speed = (comparing.speed + 1).min(SPEEDS.len() - 1));
            }
            Act::Measure => self.with_comparing(Comparing::lay_out),
            // Escape, outside of a dialog.
            Act::Select(None) => self.move_comparison(Move::Close),
            Act::CloseDialog if self.dialog.is_none() => {
                let side = self.comparing.as_mut().and_then(|comparing| comparing.choosing.take());
                focus_way(side);
            }
            Act::Open(Dialog::Write(_) | Dialog::Command | Dialog::Partition)
            | Act::Overwrite(_)
            | Act::Apply(_)
            | Act::OnServer(..)
            | Act::Store(..)
            | Act::Drop(_)
            | Act::Branch(BranchAct::Undo | BranchAct::Redo) => {
                self.tell(READ_ONLY.to_owned(), true);
            }
            Act::Inspect(_) | Act::Select(Some(_)) | Act::Seek(_) | Act::Arrange(_) | Act::SpaceTime(_) => {}
            Act::NextTheme => {
                self.with_comparing(Comparing::lay_out);
                return Err(act);
            }
            // Another scenario, seed or run takes the page back to one world.
            Act::Scenario(_)
            | Act::RunScenario(_)
            | Act::Redesign(..)
            | Act::Seed(_)
            | Act::HashChanged
            | Act::Branch(BranchAct::Switch(_) | BranchAct::Visit(_))
            | Act::Shelf(ShelfAct::Open(_) | ShelfAct::Fresh) => {
                self.close_comparison();
                return Err(act);
            }
            other => return Err(other),
        }
        Ok(true)
    }

    fn with_comparing(&mut self, change: impl FnOnce(&mut Comparing)) {
        if let Some(comparing) = &mut self.comparing {
            change(comparing);
        }
    }

    /// Goes to a moment, if there is one to go to.
    fn go(&mut self, to: impl FnOnce(&Comparing) -> Option<Span>) {
        let Some(comparing) = &mut self.comparing else { return };
        let Some(to) = to(comparing).filter(|_| comparing.is_ready()) else { return };
        let before = truths(comparing);
        comparing.play(false);
        comparing.seek(to);
        self.speak_truths(before);
    }

    fn move_comparison(&mut self, what: Move) {
        if self.comparing.is_none() && what != Move::Open {
            return;
        }
        match what {
            Move::Open if self.comparing.is_none() => {
                self.play(false);
                self.open = None;
                self.toast = None;
                let (current, family) = (self.runs.current(), self.runs.family());
                let other = family.iter().rev().find(|branch| branch.id != current).map(|branch| branch.id);
                self.comparing = Some(Comparing::new(self.runs.session(), current, other, self.runs.list()));
                self.later(Act::Compare(Move::Slice));
                dom::focus_later("[data-testid='compare-close']".to_owned());
            }
            Move::Open | Move::Close => self.close_comparison(),
            Move::Swap => self.begin(Comparing::swap),
            Move::Pick(side, pick) => {
                self.begin(|comparing| {
                    comparing.choosing = None;
                    comparing.choose(side, pick);
                });
                focus_way(Some(side));
            }
            Move::Slice => self.slice_comparison(),
            Move::Stop => {
                self.with_comparing(Comparing::finish);
                self.later(Act::Measure);
            }
            Move::Choose(side) => self.with_comparing(|comparing| {
                comparing.play(false);
                comparing.choosing = Some(side);
            }),
            Move::To(to) => self.go(|_| Some(to)),
            Move::NextDifference => self.go_to_difference(true),
            Move::PreviousDifference => self.go_to_difference(false),
            Move::AtEnd(at_end) => self.with_comparing(|comparing| comparing.show_at_end(at_end)),
            Move::Hover(hovered) => self.with_comparing(|comparing| comparing.hovered = hovered),
        }
    }

    /// Begins to run both anew, unless a slice of an earlier beginning is still to come.
    fn begin(&mut self, change: impl FnOnce(&mut Comparing)) {
        let Some(comparing) = &mut self.comparing else { return };
        let idle = comparing.is_ready() || comparing.complaint.is_some();
        change(comparing);
        if idle {
            self.later(Act::Compare(Move::Slice));
        }
    }

    fn slice_comparison(&mut self) {
        let Some(comparing) = &mut self.comparing else { return };
        if comparing.is_ready() {
            return;
        }
        if comparing.slice(slice::begin()) {
            self.later(Act::Compare(Move::Slice));
            return;
        }
        if let Some(arena) = comparing.arena.as_ref().filter(|arena| arena.comparison.is_complete()) {
            let [a, b] = truths(comparing).unwrap_or_default();
            self.unspoken.push(format!("Compared. {} A now: {a} B now: {b}", arena.summary));
            self.speak();
            self.later(Act::Measure);
        }
    }

    fn go_to_difference(&mut self, forward: bool) {
        let found = self.comparing.as_ref().and_then(|comparing| {
            let comparison = &comparing.arena.as_ref()?.comparison;
            let now = comparison.now();
            if forward { comparison.next_difference(now) } else { comparison.previous_difference(now) }
        });
        if let Some(to) = found {
            self.go(|_| Some(to));
            return;
        }
        let where_to = if forward { "after" } else { "before" };
        self.tell(format!("There is no difference {where_to} this moment."), false);
    }

    pub(super) fn close_comparison(&mut self) {
        if self.comparing.take().is_some() {
            self.frame = None;
            self.later(Act::Measure);
            dom::focus_later("[data-testid='compare']".to_owned());
        }
    }

    /// A screen reader hears what has become true in either world.
    fn speak_truths(&mut self, before: Option<[String; 2]>) {
        let after = self.comparing.as_ref().and_then(truths);
        let (Some(before), Some(after)) = (before, after) else { return };
        for ((side, old), new) in Side::BOTH.into_iter().zip(before).zip(after) {
            if old != new {
                self.unspoken.push(format!("{}: {new}", side.letter()));
            }
        }
        self.speak();
    }

    /// The page while two worlds are compared.
    pub(super) fn comparison(&self, comparing: &Comparing) -> Html {
        let act = &self.act;
        let scenario = comparing.here().scenario();
        let setup = comparing.arena.as_ref().map(|arena| arena.comparison.setup());
        html! {
            <div class="page comparing" data-testid="comparing">
                <Header key="header" scenario={scenario.clone()} seed={comparing.here().seed()} theme={self.theme} comparing=true act={act.clone()} />
                { bar::draw(setup, act) }
                { self.worlds(comparing) }
                <div key="toasts" class="toasts">{ self.toast() }</div>
                <div key="spoken" class="visually-hidden" aria-live="polite" data-testid="spoken">{ &self.spoken }</div>
                <div key="dialogs">
                    { self.dialog() }
                    if let Some(side) = comparing.choosing {
                        <Choose key={side.letter()} {side} pick={comparing.pick(side).clone()} scenario={scenario.clone()}
                            here={comparing.name(&crate::app::compare::Pick::Here)}
                            branches={comparing.others().map(|branch| (branch.id, branch.name.clone())).collect::<Vec<_>>()} act={act.clone()} />
                    }
                </div>
            </div>
        }
    }

    fn worlds(&self, comparing: &Comparing) -> Html {
        let act = &self.act;
        let Some(arena) = comparing.arena.as_ref().filter(|arena| arena.comparison.is_complete()) else {
            return waiting(comparing, act);
        };
        let comparison = &arena.comparison;
        let labels = comparing.labels();
        let rows = if comparing.at_end { arena.rows_at_end.clone() } else { arena.rows_now.clone() };
        let mut summary = vec![arena.summary.clone()];
        if let Some((side, full)) = comparison.full() {
            summary.push(format!("Both end here: in {}, {full}.", side.letter()));
        }
        let skipped = Side::BOTH.into_iter().map(|side| (side, comparison.world(side).skipped()));
        for (side, count) in skipped.filter(|(_, count)| *count > 0) {
            let commands = if count == 1 { "1 command".to_owned() } else { format!("{count} commands") };
            summary.push(format!("{commands} of this run could not be given in {}.", side.letter()));
        }
        html! {
            <>
                <main key="main" class="worlds">
                    { for Side::BOTH.into_iter().zip(&arena.shown).zip(&labels).map(|((side, shown), label)| world::draw(side, label, shown, act)) }
                    <Outcomes key="outcomes" {rows} labels={labels.clone()} summary={summary.join(" ")} at_end={comparing.at_end} end={comparison.length()}
                        now={comparison.now()} act={act.clone()} />
                </main>
                <footer key="footer">
                    <Clock key="clock" lanes={arena.lanes.clone()} now={comparison.now()} playing={comparing.playing} speed={comparing.speed}
                        hovered={comparing.hovered} act={act.clone()} />
                    <Around key="around" lines={list::lines(comparison)} now={comparison.now()} act={act.clone()} />
                </footer>
            </>
        }
    }
}

/// What stands there while both run, and if one of them can't.
fn waiting(comparing: &Comparing, act: &Callback<Act>) -> Html {
    let stop = {
        let act = act.clone();
        Callback::from(move |_: MouseEvent| act.emit(Act::Compare(Move::Stop)))
    };
    html! {
        <main key="main" class="worlds waiting">
            <div key="waiting" class="compare-waiting" data-testid="compare-waiting">
                if let Some(complaint) = &comparing.complaint {
                    <p key="complaint" role="alert">{ complaint }</p>
                } else if let Some(progress) = comparing.progress() {
                    <label key="running">
                        { format!("Both run to {}…", crate::sim::Time::from_millis(progress.total as u64)) }
                        <progress max={progress.total.max(1).to_string()} value={progress.done.to_string()}></progress>
                    </label>
                    <button key="stop" data-testid="compare-stop" onclick={stop}>{ "Stop and compare what there is" }</button>
                } else {
                    <p key="opening" role="status">{ "Writing the files of both…" }</p>
                }
            </div>
        </main>
    }
}

/// What is true of both, in one sentence each.
fn truths(comparing: &Comparing) -> Option<[String; 2]> {
    let arena = comparing.arena.as_ref()?;
    let sentence = |truth: &Truth| truth.sentence.clone();
    Some([sentence(&arena.shown[0].truth), sentence(&arena.shown[1].truth)])
}

/// The focus goes back to the button from which the dialog was opened.
fn focus_way(side: Option<Side>) {
    match side {
        Some(Side::A) => dom::focus_later("[data-testid='change-a']".to_owned()),
        Some(Side::B) => dom::focus_later("[data-testid='change-b']".to_owned()),
        None => {}
    }
}
