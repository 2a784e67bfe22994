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
        let losses = self.diagram.causality.losses();
        if *losses == *self.flags.losses && self.broken.len() == self.flags.broken {
            return;
        }
        let flags = flags::flags(self.runs.session(), &self.diagram.causality, &self.broken);
        self.flags = Flags { shown: Shared::new(flags), losses: losses.to_vec(), broken: self.broken.len() };
    }
}
