//! Keeping the runs: what was done is kept by the browser a moment later, and comes back after a reload.

use gloo::timers::callback::Timeout;

use super::Playground;
use crate::app::act::{Act, Dialog, ShelfAct};
use crate::app::browser::shelf::{self, Entry};
use crate::app::browser::{history, tab};
use crate::app::dialogs::runs::Kept;
use crate::session::{Branches, StoredBranches};

/// How long after the last action a run is kept, in milliseconds.
const KEEP_AFTER_MS: u32 = 700;

/// How the browser keeps the runs at hand.
pub(super) struct Shelf {
    /// Under which name.
    id: String,
    /// The timer until it does.
    keeping: Option<Timeout>,
    /// Whether it can't, as was found out.
    is_missing: bool,
}

impl Shelf {
    pub(super) fn new(id: String) -> Self {
        Self { id, keeping: None, is_missing: false }
    }
}

impl Playground {
    pub(super) fn on_shelf(&mut self, act: ShelfAct) {
        match act {
            ShelfAct::Keep => self.keep(),
            ShelfAct::Failed(reason) => {
                let is_known = std::mem::replace(&mut self.shelf.is_missing, true);
                if !is_known {
                    self.tell(format!("This browser keeps no runs here, so a reload starts over: {reason}."), true);
                }
            }
            ShelfAct::Show => {
                self.keep();
                self.dialog = Some(Dialog::Runs(Kept::Asked));
                let (act, own) = (self.act.clone(), self.shelf.id.clone());
                wasm_bindgen_futures::spawn_local(async move {
                    let kept = shelf::list().await;
                    act.emit(Act::Shelf(ShelfAct::Are(
                        kept.map_or_else(|error| Kept::Nothing(error.to_string()), |entries| Kept::List(entries, own)),
                    )));
                });
            }
            ShelfAct::Are(kept) => {
                if let Some(Dialog::Runs(shown)) = &mut self.dialog {
                    *shown = kept;
                }
            }
            ShelfAct::Open(id) => {
                let act = self.act.clone();
                wasm_bindgen_futures::spawn_local(async move {
                    let read = shelf::load(&id).await.map_err(|error| error.to_string());
                    act.emit(Act::Shelf(ShelfAct::Read(id, read.map(Option::unwrap_or_default))));
                });
            }
            ShelfAct::Read(id, read) => self.open_kept(id, read),
            ShelfAct::Forget(id) => {
                let act = self.act.clone();
                wasm_bindgen_futures::spawn_local(async move {
                    shelf::forget(&id).await.ok();
                    act.emit(Act::Shelf(ShelfAct::Show));
                });
            }
            ShelfAct::Fresh => {
                self.open_session("a fresh run", super::opening_run(), |page, session| {
                    page.bring(tab::new_id(), Branches::new(session, super::AS_IT_WAS));
                    page.play(true);
                });
            }
        }
    }

    /// Keeps the runs in a moment, if nothing else happens until then.
    pub(super) fn keep_soon(&mut self) {
        let act = self.act.clone();
        self.shelf.keeping = Some(Timeout::new(KEEP_AFTER_MS, move || act.emit(Act::Shelf(ShelfAct::Keep))));
    }

    pub(super) fn keep(&mut self) {
        self.shelf.keeping = None;
        if self.parked.is_some() {
            // The runs at hand are those of an exercise, which is kept with the progress in the course.
            self.keep_course();
            return;
        }
        if self.runs.is_untouched() {
            return;
        }
        let branches = u32::try_from(self.runs.list().len()).unwrap_or(u32::MAX);
        let entry = Entry {
            id: self.shelf.id.clone(),
            title: self.session().scenario().title.clone(),
            branches,
            at_ms: js_sys::Date::now(),
        };
        let (act, bytes) = (self.act.clone(), self.runs.to_bytes());
        tab::remember(&entry.id);
        wasm_bindgen_futures::spawn_local(async move {
            if let Err(error) = shelf::keep(&entry, &bytes).await {
                act.emit(Act::Shelf(ShelfAct::Failed(error.to_string())));
            }
        });
    }

    fn open_kept(&mut self, id: String, read: Result<Vec<u8>, String>) {
        let stored = read.and_then(|bytes| StoredBranches::read(&bytes).map_err(|error| error.to_string()));
        match stored {
            Ok(stored) => self.open_session("a run that was kept", stored.opening(), |page, session| {
                page.bring(id, stored.with(session));
            }),
            Err(error) => self.tell(format!("This run can't be opened: {error}."), true),
        }
    }

    /// Puts other runs in the place of those at hand, which stay on the shelf.
    fn bring(&mut self, id: String, runs: Branches) {
        self.keep();
        self.dialog = None;
        self.runs = runs;
        self.shelf.id = id;
        self.surveys = super::Surveys::default();
        self.play(false);
        self.show_anew();
        history::push(self.runs.current());
    }
}
