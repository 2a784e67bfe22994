//! Who asks the cluster after a fault: one client for all, and for itself each client that has a link cut.

use std::collections::BTreeMap;

use crate::client::ClientSettings;
use crate::sim::{ClientId, GroupId, NodeId, ServerId};
use crate::world::World;

/// The most clients with cut links that ask for themselves in one case.
pub(super) const CUT_OFF_LIMIT: usize = 10;

/// A client that asks.
#[derive(Clone, Debug)]
pub(in crate::session) struct Asker {
    pub(super) client: ClientId,
    /// Whether what it finds holds for this client alone, since one of its links is cut.
    pub(super) is_alone: bool,
    /// The groups about which it has learned whom to ask, before it asks anything, and who it takes for the primary.
    pub(super) knows: BTreeMap<GroupId, Option<ServerId>>,
}

impl Asker {
    pub(in crate::session) fn new(world: &World, client: ClientId) -> Self {
        let is_alone = world.cuts_of(NodeId::Client(client)) > 0;
        Self { client, is_alone, knows: world.groups_known_to(client) }
    }

    /// What the client is like.
    pub(super) fn settings<'a>(&self, world: &'a World) -> Option<&'a ClientSettings> {
        world.settings().clients.get(usize::from(self.client.0).checked_sub(1)?)
    }
}

/// Those who ask: the first client whose links are whole, and the clients with cut links, first those that a fault
/// has hit.
pub(super) fn askers(world: &World, hit: &[ClientId]) -> Vec<Asker> {
    let (mut cut_off, whole): (Vec<Asker>, Vec<Asker>) =
        world.clients().map(|client| Asker::new(world, client)).partition(|asker| asker.is_alone);
    cut_off.sort_by_key(|asker| !hit.contains(&asker.client));
    cut_off.truncate(CUT_OFF_LIMIT);
    whole.into_iter().take(1).chain(cut_off).collect()
}
