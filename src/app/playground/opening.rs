//! Opening a run beside the one at hand: that one stays as it is until the other is ready, or for good.

use std::sync::Arc;

use yew::prelude::*;

use super::Playground;
use crate::app::act::{Act, Dialog, OpeningAct};
use crate::app::browser::{dom, history};
use crate::app::header;
use crate::app::opening::{Pending, Slice, complaint};
use crate::session::{Opened, Opening, Scenario, Session};

/// What is done with the run once it is open.
type Then = Box<dyn FnOnce(&mut Playground, Opened)>;

/// The run that is being opened, and what is to come of it.
pub(super) struct Awaited {
    pending: Pending,
    then: Then,
    /// The dialog that was open when the page began to say that it waits; it comes back if nothing comes of it.
    dialog: Option<Dialog>,
    way: Way,
}

/// What of the browser's address and history has to go back if nothing comes of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Way {
    /// Nothing.
    #[default]
    Page,
    /// The address has a link in it.
    Link,
    /// The browser stands at another entry of its history.
    History,
}

impl Playground {
    /// Opens a run; what is quickly opened is there at once. What was being opened before is given up.
    pub(super) fn open_run(&mut self, what: &str, opening: Opening, then: impl FnOnce(&mut Self, Opened) + 'static) {
        // What goes back if nothing comes of it is what was there before the first of them.
        let (dialog, way) = self.awaited.take().map_or_else(Default::default, |old| (old.dialog, old.way));
        let pending = Pending::new(what.to_owned(), opening);
        self.awaited = Some(Awaited { pending, then: Box::new(then), dialog, way });
        self.slice_opening();
    }

    /// The same where only the run itself matters.
    pub(super) fn open_session(
        &mut self,
        what: &str,
        opening: Opening,
        then: impl FnOnce(&mut Self, Session) + 'static,
    ) {
        self.open_run(what, opening, |page, opened| then(page, opened.session));
    }

    /// Begins the same story again with a changed scenario; the text says what was set.
    pub(super) fn redesign(&mut self, scenario: &Arc<Scenario>, setting: String) {
        let opening = Opening::new(scenario, self.session().seed());
        self.open_session(&format!("the same story with {setting}"), opening, move |page, session| {
            page.start(session);
            page.tell(format!("The scenario begins again with {setting}, under the same seed."), false);
        });
    }

    /// Begins the same story again with another seed.
    pub(super) fn reseed(&mut self, seed: u64) {
        let opening = Opening::new(self.session().scenario(), seed);
        self.open_session(&format!("the same story with the seed {seed}"), opening, Self::start);
    }

    /// How one came to ask for the run that is being opened, if it is not open by now.
    pub(super) fn came_by(&mut self, way: Way) {
        if let Some(awaited) = &mut self.awaited {
            awaited.way = way;
        }
    }

    pub(super) fn on_opening(&mut self, act: OpeningAct) -> bool {
        match act {
            OpeningAct::Slice => self.slice_opening(),
            OpeningAct::Cancel => {
                self.cancel_opening();
                true
            }
        }
    }

    /// Whether the page says that it waits for a run.
    pub(super) fn says_it_waits(&self) -> bool {
        self.awaited.as_ref().is_some_and(|awaited| awaited.pending.is_said())
    }

    /// Goes on for the time of a slice; whether there is something to draw.
    fn slice_opening(&mut self) -> bool {
        let Some(mut awaited) = self.awaited.take() else { return false };
        let act = self.act.clone();
        match awaited.pending.slice(move || act.emit(Act::Opening(OpeningAct::Slice))) {
            Slice::More(is_drawn) => {
                self.awaited = Some(awaited);
                is_drawn
            }
            Slice::Said => {
                // The card would stand behind it.
                if let Some(dialog) = self.dialog.take() {
                    awaited.dialog = Some(dialog);
                }
                self.whisper(format!("Opening {}. Escape cancels.", awaited.pending.what()));
                self.awaited = Some(awaited);
                true
            }
            Slice::Opened(opened) => {
                let told = awaited.pending.is_said().then(|| format!("Opened {}.", awaited.pending.what()));
                if told.is_some() {
                    Self::leave_card();
                }
                self.close_comparison();
                (awaited.then)(self, *opened);
                // A run that is shown anew has nothing left to say of the one before, so this comes last.
                if let Some(told) = told {
                    self.whisper(told);
                }
                true
            }
            Slice::Failed(error) => {
                self.put_back(awaited);
                self.tell(complaint(&error), true);
                true
            }
        }
    }

    /// Nothing comes of the run that is being opened.
    pub(super) fn cancel_opening(&mut self) {
        let Some(awaited) = self.awaited.take() else { return };
        let what = awaited.pending.what().to_owned();
        self.put_back(awaited);
        self.whisper(format!("Cancelled: opening {what}."));
        self.tell("Cancelled. All is as it was.".to_owned(), false);
    }

    /// Something else is done in its place.
    pub(super) fn give_up_opening(&mut self) {
        if let Some(awaited) = self.awaited.take() {
            let what = awaited.pending.what().to_owned();
            if awaited.pending.is_said() {
                self.whisper(format!("No longer opening {what}."));
            }
            self.put_back(awaited);
        }
    }

    /// The page is as it was before: the dialog, the fields of the header and the address too.
    fn put_back(&mut self, awaited: Awaited) {
        if self.dialog.is_none() {
            self.dialog = awaited.dialog;
        }
        Self::leave_card();
        header::put_back(self.session().scenario(), self.session().seed());
        match awaited.way {
            Way::Page => {}
            Way::Link => {
                history::leave_link(self.runs.current());
                self.keep_soon();
            }
            Way::History => history::replace(self.runs.current()),
        }
    }

    /// The card goes, and the focus should not go with it.
    fn leave_card() {
        if dom::is_there(".opening-card :focus") {
            dom::focus_later("[data-testid=stage]".to_owned());
        }
    }

    /// Has a screen reader told.
    fn whisper(&mut self, told: String) {
        self.announced.push(told);
        self.speak();
    }

    /// Says that the page waits, if it does.
    pub(super) fn waiting(&self) -> Html {
        let cancel = self.act.reform(|_: MouseEvent| Act::Opening(OpeningAct::Cancel));
        self.awaited.as_ref().map(|awaited| awaited.pending.draw(cancel)).unwrap_or_default()
    }
}
