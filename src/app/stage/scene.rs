//! The picture that the page shows: the live view, and a shared one that changes only when something other than
//! the messages does.

use crate::check::Operations;
use crate::session::Session;
use crate::world::View;

use crate::app::browser::dom;
use crate::app::time::turns::{Due, Topic};
use crate::app::words::Shared;

pub(crate) struct Scene {
    /// The view of this moment: its messages move.
    pub(crate) live: Shared<View>,
    /// The last view whose servers, links, coordinator, operations or ledger differed from the one before.
    pub(crate) still: Shared<View>,
    /// What became of the calls of services, if there are services.
    pub(crate) calls: Option<Operations>,
    /// When the shared view was taken, in milliseconds since the page was opened.
    taken_at_ms: f64,
    /// The same view for what is read: while time runs it changes a few times a second.
    pub(crate) calm: Shared<View>,
}

/// The shared view is taken at most so often: nobody reads versions that change with every frame.
const TAKE_EVERY_MS: f64 = 48.0;
/// The shared view is not older than this, whatever else there is to draw.
const TAKE_LATEST_MS: f64 = 80.0;

impl Scene {
    pub(crate) fn new(session: &Session) -> Self {
        let live = Shared::new(session.view());
        let calls = calls(session, &live);
        let (still, calm) = (live.clone(), live.clone());
        Self { still, calm, live, calls, taken_at_ms: f64::MIN }
    }

    /// Takes the view anew, while time runs: what is drawn between the messages follows a moment later if it changes
    /// with every frame, and what is read when its turn has come. A frame that has something to read leaves the stage to
    /// the next one.
    pub(crate) fn follow(&mut self, session: &Session, due: Due) {
        self.live = Shared::new(session.view());
        let age_ms = dom::now_ms() - self.taken_at_ms;
        if age_ms >= if due.is_none() { TAKE_EVERY_MS } else { TAKE_LATEST_MS } {
            self.take(session);
        }
        if due.has(Topic::Panes) {
            self.calm = self.still.clone();
        }
    }

    /// What happens next is seen at once: a person asked for it.
    pub(crate) fn hurry(&mut self) {
        self.taken_at_ms = f64::MIN;
    }

    /// Takes the view anew.
    pub(crate) fn refresh(&mut self, session: &Session) {
        self.live = Shared::new(session.view());
        self.settle(session);
    }

    /// Sees to it that the shared views are those of this moment.
    pub(crate) fn settle(&mut self, session: &Session) {
        self.take(session);
        self.calm = self.still.clone();
    }

    fn take(&mut self, session: &Session) {
        if !same(&self.live, &self.still) {
            self.taken_at_ms = dom::now_ms();
            self.still = self.live.clone();
            self.calls = calls(session, &self.live);
        }
    }
}

fn calls(session: &Session, view: &View) -> Option<Operations> {
    (!view.services.is_empty()).then(|| session.metrics().calls)
}

/// Whether two views differ in nothing but the moment and the messages under way.
fn same(one: &View, other: &View) -> bool {
    one.servers == other.servers
        && one.coordinator == other.coordinator
        && one.links == other.links
        && one.operations == other.operations
        && one.client_cuts == other.client_cuts
        && one.services == other.services
        && one.ledger == other.ledger
        && one.policy == other.policy
}
