//! The chronicles of two worlds: what is told of each, when it had no primary, and when acknowledged writes were lost.

use std::collections::{BTreeMap, BTreeSet};

use super::contender::{Contender, Side};
use super::identity::Names;
use super::told::{Happening, Landmark, TOLD_LIMIT, is_told, landmark};
use crate::check::Verdict;
use crate::session::Session;
use crate::sim::{GroupId, ServerId, Span, Time};
use crate::world::{Event, EventKind, Importance};

/// What is told of one world.
#[derive(Clone, Debug, Default)]
pub(super) struct Chronicle {
    pub told: Vec<Happening>,
    /// Whether more happened than is told.
    pub is_cut: bool,
    /// The epochs, each with its beginning.
    pub epochs: Vec<(Span, u64)>,
    /// The stretches without a primary: from when, of which group, and until when.
    pub vacancies: Vec<(Span, GroupId, Option<Span>)>,
    primaries: BTreeMap<GroupId, ServerId>,
    /// The files whose loss is told.
    lost: BTreeSet<String>,
    /// How many of the session's events were read.
    read: usize,
    /// By the number of a deed, where it is told.
    places: BTreeMap<u32, Vec<usize>>,
}

/// The numbers of deeds: the same for what is alike in both worlds.
#[derive(Clone, Debug, Default)]
pub(super) struct Deeds(BTreeMap<Vec<u8>, u32>);

impl Deeds {
    fn number(&mut self, deed: &EventKind) -> u32 {
        // An event has nothing that postcard could fail to encode.
        let key = postcard::to_allocvec(deed).unwrap_or_default();
        let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        *self.0.entry(key).or_insert(next)
    }

    /// The number of the loss of a file.
    fn loss(&mut self, file: &str) -> u32 {
        let mut key = vec![u8::MAX];
        key.extend_from_slice(file.as_bytes());
        let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        *self.0.entry(key).or_insert(next)
    }
}

impl Chronicle {
    /// Begins when the learner enters.
    pub fn new(session: &Session) -> Self {
        let view = session.view();
        let primaries = view.coordinator.groups.iter().filter_map(|group| Some((group.id, group.primary?))).collect();
        let lost = view.ledger.rows.iter().filter(|row| row.verdict == Verdict::LostAcknowledged);
        Self {
            epochs: vec![(Span::ZERO, view.coordinator.epoch.0)],
            primaries,
            lost: lost.map(|row| row.name.clone()).collect(),
            read: session.events().len(),
            ..Self::default()
        }
    }

    /// Reads what happened since the last time.
    pub fn read(&mut self, world: &mut Contender, names: &mut Names, deeds: &mut Deeds) {
        let session = world.session();
        let mut suspects: BTreeSet<Span> = BTreeSet::new();
        let mut found = Vec::new();
        for event in session.events().skip(self.read) {
            let at = event.at.since(session.start());
            self.follow(at, &event);
            if can_lose(&event) {
                suspects.insert(at);
            }
            if is_told(&event) {
                let deed = deeds.number(&names.deed(session, &event));
                found.push((at, session.sentence(&event), event.importance(), landmark(&event), deed));
            }
        }
        self.read = session.events().len();
        found.extend(self.losses(world, &suspects, deeds));
        found.sort_by_key(|(at, ..)| *at);
        for (at, sentence, importance, landmark, deed) in found {
            self.tell(Happening { at, sentence, importance, landmark, deed, before: 0 });
        }
    }

    /// The place of what is alike in the other world: the same deed, as often before.
    pub fn like(&self, happening: &Happening) -> Option<usize> {
        let places = self.places.get(&happening.deed)?;
        places.get(usize::try_from(happening.before).unwrap_or(usize::MAX)).copied()
    }

    /// How long there was no primary until then, over all groups; what overlaps counts once.
    pub fn without_primary(&self, until: Span) -> Span {
        let mut total = 0;
        let mut covered = 0;
        let mut stretches: Vec<(u64, u64)> = self
            .vacancies
            .iter()
            .filter(|(from, ..)| *from <= until)
            .map(|(from, _, to)| (from.as_micros(), to.unwrap_or(until).min(until).as_micros()))
            .collect();
        stretches.sort_unstable();
        for (from, to) in stretches {
            total += to.saturating_sub(from.max(covered));
            covered = covered.max(to);
        }
        Span::from_micros(total)
    }

    fn tell(&mut self, happening: Happening) {
        if self.told.len() >= TOLD_LIMIT {
            self.is_cut = true;
            return;
        }
        let places = self.places.entry(happening.deed).or_default();
        let before = u32::try_from(places.len()).unwrap_or(u32::MAX);
        places.push(self.told.len());
        self.told.push(Happening { before, ..happening });
    }

    fn follow(&mut self, at: Span, event: &Event) {
        match &event.kind {
            EventKind::ServerKilled { server }
            | EventKind::ServerCrashed { server, .. }
            | EventKind::ServerPaused { server } => {
                let groups: Vec<GroupId> =
                    self.primaries.iter().filter(|(_, primary)| *primary == server).map(|(group, _)| *group).collect();
                for group in groups {
                    if !self.vacancies.iter().any(|(_, of, until)| *of == group && until.is_none()) {
                        self.vacancies.push((at, group, None));
                    }
                }
            }
            EventKind::ServerResumed { server } => {
                let goes_on = |group: &GroupId| self.primaries.get(group) == Some(server);
                let groups: Vec<GroupId> = self.primaries.keys().filter(|group| goes_on(group)).copied().collect();
                for group in groups {
                    self.fill(at, group);
                }
            }
            EventKind::BecamePrimary { server, group, .. } => {
                self.primaries.insert(*group, *server);
                self.fill(at, *group);
            }
            EventKind::Promoted { epoch, .. } if self.epochs.last().is_none_or(|(_, last)| *last < epoch.0) => {
                self.epochs.push((at, epoch.0));
            }
            _ => {}
        }
    }

    fn fill(&mut self, at: Span, filled: GroupId) {
        for (_, group, until) in &mut self.vacancies {
            if *group == filled && until.is_none() {
                *until = Some(at);
            }
        }
    }

    /// The losses of acknowledged writes since the last time, each at the event that made it certain.
    fn losses(
        &mut self,
        world: &mut Contender,
        suspects: &BTreeSet<Span>,
        deeds: &mut Deeds,
    ) -> Vec<(Span, String, Importance, Option<Landmark>, u32)> {
        let now = world.clock();
        let mut found = Vec::new();
        if suspects.is_empty() || self.new_losses(world.session()).is_empty() {
            return found;
        }
        for at in suspects {
            world.seek(*at);
            for (file, reason) in self.new_losses(world.session()) {
                let deed = deeds.loss(&file);
                let sentence = format!("{file} was lost after its ok. {reason}");
                found.push((*at, sentence, Importance::Loss, Some(Landmark::Loss), deed));
                self.lost.insert(file);
            }
        }
        world.seek(now);
        found
    }

    fn new_losses(&self, session: &Session) -> Vec<(String, String)> {
        let rows = session.ledger().rows.into_iter();
        rows.filter(|row| row.verdict == Verdict::LostAcknowledged && !self.lost.contains(&row.name))
            .map(|row| (row.name, row.reason))
            .collect()
    }
}

/// Whether an acknowledged write can be lost by an event.
fn can_lose(event: &Event) -> bool {
    matches!(
        event.kind,
        EventKind::ServerKilled { .. }
            | EventKind::ServerCrashed { .. }
            | EventKind::ServerRemoved { .. }
            | EventKind::DiskWiped { .. }
            | EventKind::CopyRotted { .. }
            | EventKind::BecamePrimary { .. }
            | EventKind::Truncated { .. }
            | EventKind::FullCopyTaken { .. }
            | EventKind::OperationDone { .. }
    )
}

/// Both chronicles.
#[derive(Clone, Debug, Default)]
pub(super) struct Chronicles {
    pub of: [Chronicle; 2],
}

/// Below this the visible clock shows no difference.
const RESOLUTION: Span = Span::from_millis(1);

impl Chronicles {
    pub fn side(&self, side: Side) -> &Chronicle {
        match side {
            Side::A => &self.of[0],
            Side::B => &self.of[1],
        }
    }

    /// Whether the other world has the like of a happening at the same time, as far as the clock shows it.
    pub fn is_shared(&self, side: Side, happening: &Happening) -> bool {
        let other = self.side(side.other());
        other.like(happening).and_then(|place| other.told.get(place)).is_some_and(|like| {
            let (one, two) = (Time::ZERO + like.at, Time::ZERO + happening.at);
            one.since(two).max(two.since(one)) < RESOLUTION
        })
    }
}
