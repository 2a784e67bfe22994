//! The flags over the track, which follow what is known of losses and broken promises.

use super::Playground;
use crate::app::time::flags::{self, Flag};
use crate::app::words::Shared;
use crate::session::Loss;

/// The flags, and what they were made from.
pub(super) struct Flags {
    pub(super) shown: Shared<Vec<Flag>>,
    losses: Vec<Loss>,
    broken: usize,
}

impl Default for Flags {
    fn default() -> Self {
        Self { shown: Shared::new(Vec::new()), losses: Vec::new(), broken: 0 }
    }
}

impl Playground {
    /// Takes the flags anew if there is another loss or another broken promise.
    pub(super) fn keep_flags(&mut self) {
        let losses = self.told_losses();
        let broken = if self.hides_explanations() { 0 } else { self.broken.len() };
        if losses == self.flags.losses && broken == self.flags.broken {
            return;
        }
        let shown = if losses.is_empty() && broken == 0 {
            Vec::new()
        } else {
            flags::flags(self.runs.session(), &self.diagram.causality, &self.broken)
        };
        self.flags = Flags { shown: Shared::new(shown), losses, broken };
    }

    /// The losses that may be shown: an exercise may ask for their moments.
    pub(super) fn told_losses(&self) -> Vec<Loss> {
        if self.hides_explanations() { Vec::new() } else { self.diagram.causality.losses().to_vec() }
    }
}
