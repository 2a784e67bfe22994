//! Keeping the runs: what was done is kept by the browser a moment later, and comes back after a reload.

use std::rc::Rc;

use gloo::timers::callback::Timeout;

use super::Playground;
use crate::app::act::{Act, Dialog};
use crate::app::browser::shelf::{self, Entry};
use crate::app::browser::{history, tab};
use crate::app::dialogs::runs::Kept;
use crate::session::{Branches, Scenario, Session};

/// How long after the last action a run is kept, in milliseconds.
const KEEP_AFTER_MS: u32 = 700;

/// Runs that were read from the browser's shelf, and under which name they are kept.
#[derive(Clone)]
pub(crate) struct Restored {
    pub(crate) id: String,
    pub(crate) runs: Rc<Branches>,
}

impl PartialEq for Restored {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.runs, &other.runs)
    }
}

/// The runs of this tab from before a reload, if it had any that can be run again.
pub(crate) async fn restore() -> Option<Restored> {
    let id = tab::own_run()?;
    let bytes = shelf::load(&id).await.ok().flatten()?;
    let runs = Branches::from_bytes(&bytes).ok()?;
    Some(Restored { id, runs: Rc::new(runs) })
}

impl Playground {
    pub(super) fn on_shelf(&mut self, act: Act) {
        match act {
            Act::Keep => self.keep(),
            Act::KeepFailed(reason) => {
                if !std::mem::replace(&mut self.cannot_keep, true) {
                    self.tell(format!("This browser keeps no runs here, so a reload begins anew: {reason}."), true);
                }
            }
            Act::ShowKept => {
                self.keep();
                self.dialog = Some(Dialog::Runs(Kept::Asked));
                let (act, own) = (self.act.clone(), self.kept_as.clone());
                wasm_bindgen_futures::spawn_local(async move {
                    let kept = shelf::list().await;
                    act.emit(Act::KeptAre(
                        kept.map_or_else(|error| Kept::Nothing(error.to_string()), |entries| Kept::List(entries, own)),
                    ));
                });
            }
            Act::KeptAre(kept) => {
                if let Some(Dialog::Runs(shown)) = &mut self.dialog {
                    *shown = kept;
                }
            }
            Act::OpenKept(id) => {
                let act = self.act.clone();
                wasm_bindgen_futures::spawn_local(async move {
                    let read = shelf::load(&id).await.map_err(|error| error.to_string());
                    act.emit(Act::KeptRead(id, read.map(Option::unwrap_or_default)));
                });
            }
            Act::KeptRead(id, read) => self.open_kept(id, read),
            Act::ForgetKept(id) => {
                let act = self.act.clone();
                wasm_bindgen_futures::spawn_local(async move {
                    shelf::forget(&id).await.ok();
                    act.emit(Act::ShowKept);
                });
            }
            Act::FreshRun => {
                let scenario = Scenario::by_slug(super::OPENING.0).unwrap_or(&Scenario::all()[0]);
                let fresh = Branches::new(Session::new(scenario, super::OPENING.1), super::AS_IT_WAS);
                self.bring(tab::new_id(), fresh);
                self.play(true);
            }
            _ => {}
        }
    }

    /// Keeps the runs in a moment, if nothing else happens until then.
    pub(super) fn keep_soon(&mut self) {
        let act = self.act.clone();
        self.keeping = Some(Timeout::new(KEEP_AFTER_MS, move || act.emit(Act::Keep)));
    }

    fn keep(&mut self) {
        self.keeping = None;
        if self.runs.is_untouched() {
            return;
        }
        let branches = u32::try_from(self.runs.list().len()).unwrap_or(u32::MAX);
        let entry = Entry {
            id: self.kept_as.clone(),
            title: self.session().scenario().title.clone(),
            branches,
            at_ms: js_sys::Date::now(),
        };
        let (act, bytes) = (self.act.clone(), self.runs.to_bytes());
        tab::remember(&entry.id);
        wasm_bindgen_futures::spawn_local(async move {
            if let Err(error) = shelf::keep(&entry, &bytes).await {
                act.emit(Act::KeepFailed(error.to_string()));
            }
        });
    }

    fn open_kept(&mut self, id: String, read: Result<Vec<u8>, String>) {
        let opened = read.and_then(|bytes| Branches::from_bytes(&bytes).map_err(|error| error.to_string()));
        match opened {
            Ok(runs) => self.bring(id, runs),
            Err(error) => self.tell(format!("This run can't be opened: {error}."), true),
        }
    }

    /// Puts other runs in the place of those at hand, which stay on the shelf.
    fn bring(&mut self, id: String, runs: Branches) {
        self.keep();
        self.dialog = None;
        self.runs = runs;
        self.kept_as = id;
        self.surveys = super::Surveys::default();
        self.play(false);
        self.show_anew();
        history::push(self.runs.current());
    }
}
