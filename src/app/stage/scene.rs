//! The picture that the page shows: the live view, and a shared one that changes only when something other than
//! the messages does.

use crate::session::Session;
use crate::world::View;

use crate::app::words::Shared;

pub(crate) struct Scene {
    /// The view of this moment: its messages move.
    pub(crate) live: View,
    /// The last view whose servers, links, coordinator, operations or ledger differed from the one before.
    pub(crate) still: Shared<View>,
}

impl Scene {
    pub(crate) fn new(session: &Session) -> Self {
        let live = session.view();
        Self { still: Shared::new(live.clone()), live }
    }

    /// Takes the view anew.
    pub(crate) fn refresh(&mut self, session: &Session) {
        self.live = session.view();
        if !same(&self.live, &self.still) {
            self.still = Shared::new(self.live.clone());
        }
    }
}

/// Whether two views differ in nothing but the moment and the messages under way.
fn same(one: &View, other: &View) -> bool {
    one.servers == other.servers
        && one.coordinator == other.coordinator
        && one.links == other.links
        && one.operations == other.operations
        && one.ledger == other.ledger
        && one.policy == other.policy
}
