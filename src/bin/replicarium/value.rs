//! Times as people write them.

use replicarium::session::{RUN_LIMIT, parse_span};
use replicarium::sim::{Span, Time};

/// Reads a time such as `3 s`, `250 ms`, `1.5 min` or `300 us`, of at most an hour.
///
/// # Errors
/// With a sentence that names the accepted forms.
pub fn span(text: &str) -> Result<Span, String> {
    let span = parse_span(text)
        .ok_or_else(|| format!("{text:?} is no time; expected one such as \"3 s\", \"250 ms\" or \"1.5 min\""))?;
    if span > RUN_LIMIT {
        return Err(format!("{text:?} is longer than a run may be, which is {}", Time::ZERO + RUN_LIMIT));
    }
    Ok(span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_a_unit_and_a_limit() {
        assert_eq!(span("3 s"), Ok(Span::from_millis(3_000)));
        assert_eq!(span("60 min"), Ok(RUN_LIMIT));
        for wrong in ["3", "s", "-1 s", "3 h", "1.5 us", "", "61 min"] {
            assert!(span(wrong).is_err(), "{wrong}");
        }
    }
}
