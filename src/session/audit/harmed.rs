//! What one case harms, and what of it is news.

use std::collections::{BTreeMap, BTreeSet};

use super::probe::Outcome;
use super::report::{Harm, HarmDone};
use crate::sim::ClientId;

/// One harm to one file or service.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Harmed {
    pub(super) harm: Harm,
    /// The only client that it is done to; none if it is done to all.
    pub(super) client: Option<ClientId>,
    pub(super) name: String,
}

/// The harms of one case, each with its reason.
pub(super) type Harms = BTreeMap<Harmed, String>;

impl Harmed {
    pub(super) fn new(harm: Harm, client: Option<ClientId>, name: &str) -> Self {
        Self { harm, client, name: name.to_owned() }
    }

    /// Whether the same harm is among the known ones, to this client or to all. What is lost can't be read either.
    pub(super) fn is_known(&self, known: &BTreeSet<Self>) -> bool {
        let to_all = |harm| known.contains(&Self::new(harm, None, &self.name));
        known.contains(self) || to_all(self.harm) || (self.harm == Harm::StopsReads && to_all(Harm::LosesData))
    }
}

/// What one client, or one for all, could no longer do.
pub(super) fn stopped(outcome: &Outcome, client: Option<ClientId>) -> impl Iterator<Item = (Harmed, String)> + '_ {
    let kinds = [
        (Harm::StopsReads, &outcome.unreadable),
        (Harm::StopsWrites, &outcome.unwritable),
        (Harm::StopsService, &outcome.unserved),
    ];
    kinds.into_iter().flat_map(move |(harm, names)| {
        names.iter().map(move |(name, reason)| (Harmed::new(harm, client, name), reason.clone()))
    })
}

/// The same harms, those of one kind that have one reason together.
pub(super) fn by_reason(harms: &Harms) -> Vec<HarmDone> {
    let mut done: Vec<HarmDone> = Vec::new();
    for (Harmed { harm, client, name }, reason) in harms {
        let is_like = |known: &&mut HarmDone| (known.harm, known.client, &known.reason) == (*harm, *client, reason);
        if let Some(known) = done.iter_mut().find(is_like) {
            known.files.push(name.clone());
        } else {
            let (harm, client, files, reason) = (*harm, *client, vec![name.clone()], reason.clone());
            done.push(HarmDone { harm, files, client, reason });
        }
    }
    done
}
