//! Nobody reads what changes with every frame: while time runs, text follows a few times a second.

/// How long what is read stays, in milliseconds.
const LULL_MS: f64 = 200.0;

/// When something changed last.
#[derive(Debug, Default)]
pub(crate) struct Lull {
    last_ms: Option<f64>,
}

impl Lull {
    /// Whether it may change now, which it then does. Without a time it may at once.
    pub(crate) fn is_over(&mut self, now_ms: Option<f64>) -> bool {
        let is_over = match (self.last_ms, now_ms) {
            (Some(last), Some(now)) => now - last >= LULL_MS || now < last,
            _ => true,
        };
        if is_over {
            self.last_ms = now_ms;
        }
        is_over
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_comes_at_once_after_a_lull_and_else_a_little_later() {
        let mut lull = Lull::default();
        assert!(lull.is_over(Some(1_000.0)));
        assert!(!lull.is_over(Some(1_016.0)));
        assert!(!lull.is_over(Some(1_199.0)));
        assert!(lull.is_over(Some(1_200.0)));
        assert!(lull.is_over(None), "without a time it may at once");
        assert!(lull.is_over(Some(1_210.0)));
    }
}
