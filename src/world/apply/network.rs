//! Links are cut, healed, and made worse.

use std::collections::BTreeSet;

use super::{CommandError, check_slow_factor};
use crate::sim::{LinkQuality, NodeId};
use crate::world::command::{Command, Direction};
use crate::world::engine::World;
use crate::world::event::EventKind;

impl World {
    pub(super) fn apply_to_network(&mut self, command: Command) -> Result<(), CommandError> {
        match command {
            Command::CutLink { first, second } => self.cut_link(first, second),
            Command::CutOneWay { from, to } => self.cut_one_way(from, to),
            Command::HealLink { first, second } => self.heal_link(first, second),
            Command::Partition { side, direction } => self.partition(side, direction),
            Command::SetLink { from, to, both_ways, quality } => self.set_link(from, to, both_ways, quality),
            _ => self.heal_all(),
        }
    }

    pub(super) fn cut_link(&mut self, first: NodeId, second: NodeId) -> Result<(), CommandError> {
        self.check_link(first, second)?;
        if self.network.is_cut(first, second) && self.network.is_cut(second, first) {
            return Err(CommandError::AlreadyCut { first, second });
        }
        self.emit_as_cause(EventKind::LinkCut { first, second });
        self.lose(&[(first, second), (second, first)]);
        Ok(())
    }

    pub(super) fn cut_one_way(&mut self, from: NodeId, to: NodeId) -> Result<(), CommandError> {
        self.check_link(from, to)?;
        if self.network.is_cut(from, to) {
            return Err(CommandError::AlreadyCutOneWay { from, to });
        }
        self.emit_as_cause(EventKind::LinkCutOneWay { from, to });
        self.lose(&[(from, to)]);
        Ok(())
    }

    pub(super) fn partition(&mut self, side: Vec<NodeId>, direction: Direction) -> Result<(), CommandError> {
        if let Some(stranger) = side.iter().find(|node| !self.network.has(**node)) {
            return Err(CommandError::NoSuchNode(*stranger));
        }
        let inside: BTreeSet<NodeId> = side.iter().copied().collect();
        let outside: Vec<NodeId> = self.network.nodes().filter(|node| !inside.contains(node)).collect();
        if inside.is_empty() || outside.is_empty() {
            return Err(CommandError::OneSided);
        }
        self.emit_as_cause(EventKind::Partitioned { side, direction });
        let mut cuts = Vec::new();
        for one in &inside {
            for other in &outside {
                if direction != Direction::Into {
                    cuts.push((*one, *other));
                }
                if direction != Direction::OutOf {
                    cuts.push((*other, *one));
                }
            }
        }
        self.lose(&cuts);
        Ok(())
    }

    pub(super) fn lose(&mut self, cuts: &[(NodeId, NodeId)]) {
        for (from, to) in cuts {
            let lost = self.network.cut(*from, *to, self.now);
            self.emit_lost(&lost);
        }
    }

    pub(super) fn heal_link(&mut self, first: NodeId, second: NodeId) -> Result<(), CommandError> {
        self.check_link(first, second)?;
        let is_well =
            |from, to| !self.network.is_cut(from, to) && self.network.quality(from, to) == LinkQuality::default();
        if is_well(first, second) && is_well(second, first) {
            return Err(CommandError::NotCut { first, second });
        }
        for (from, to) in [(first, second), (second, first)] {
            self.network.heal(from, to);
            self.network.set_quality(from, to, LinkQuality::default());
        }
        self.emit_as_cause(EventKind::LinkHealed { first, second });
        Ok(())
    }

    pub(super) fn heal_all(&mut self) -> Result<(), CommandError> {
        let cuts: Vec<(NodeId, NodeId)> = self.network.cuts().collect();
        let bad: Vec<(NodeId, NodeId)> = self.network.qualities().map(|(link, _)| link).collect();
        if cuts.is_empty() && bad.is_empty() {
            return Err(CommandError::NothingToHeal);
        }
        for (from, to) in cuts {
            self.network.heal(from, to);
        }
        for (from, to) in bad {
            self.network.set_quality(from, to, LinkQuality::default());
        }
        self.emit_as_cause(EventKind::AllHealed);
        Ok(())
    }

    pub(super) fn set_link(
        &mut self,
        from: NodeId,
        to: NodeId,
        both_ways: bool,
        quality: LinkQuality,
    ) -> Result<(), CommandError> {
        self.check_link(from, to)?;
        check_slow_factor(quality.slow_factor)?;
        let rates = [quality.loss_per_mille, quality.duplicate_per_mille, quality.reorder_per_mille];
        if let Some(rate) = rates.into_iter().find(|rate| *rate > 1_000) {
            return Err(CommandError::BadRate(rate));
        }
        self.network.set_quality(from, to, quality);
        if both_ways {
            self.network.set_quality(to, from, quality);
        }
        self.emit_as_cause(EventKind::LinkChanged { from, to, both_ways, quality });
        Ok(())
    }

    pub(super) fn check_link(&self, first: NodeId, second: NodeId) -> Result<(), CommandError> {
        if self.network.is_connected(first, second) { Ok(()) } else { Err(CommandError::NoSuchLink { first, second }) }
    }
}
