//! What is measured of the run and judged in it, as the page shows it.

use super::Playground;
use crate::app::act::Tab;
use crate::app::browser::dom;
use crate::app::panes::figures::Figures;
use crate::app::panes::invariants::Broken;
use crate::app::time::turns::Topic;
use crate::app::words::Shared;

/// How far apart two looks at the figures are at most while time runs, in milliseconds.
const LOOK_EVERY_MS: f64 = 250.0;

impl Playground {
    /// Takes the figures anew if they are seen, and if they are not from a moment ago while time runs.
    pub(super) fn measure(&mut self) {
        if self.tab != Tab::Figures {
            return;
        }
        let now_ms = dom::now_ms();
        if self.playing && !self.due.has(Topic::Panes) && now_ms - self.figures_at_ms < LOOK_EVERY_MS {
            return;
        }
        self.figures_at_ms = now_ms;
        let figures = Figures::of(self.session(), &self.scene.live);
        if figures != *self.figures {
            self.figures = Shared::new(figures);
        }
    }

    /// Takes in the invariants that did not hold up to now, and tells those that are new.
    pub(super) fn judge(&mut self) {
        let Some(broken) = Broken::news(self.session(), &self.broken) else { return };
        let told: Vec<String> = broken
            .iter()
            .skip(self.broken.len())
            .map(|one| format!("An invariant is broken: {}", one.sentence))
            .collect();
        self.broken = Shared::new(broken);
        if let Some(last) = told.last() {
            self.tell(last.clone(), true);
        }
        self.unspoken.extend(told);
        self.speak();
    }
}
