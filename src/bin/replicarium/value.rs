//! The values of options as people write them.

use replicarium::session::{RUN_LIMIT, parse_span};
use replicarium::sim::{Span, Time};
use replicarium::text::quoted;

/// Reads a time such as `3 s`, `250 ms`, `1.5 min` or `300 us`, of at most an hour.
///
/// # Errors
/// With a sentence that names the accepted forms.
pub fn span(text: &str) -> Result<Span, String> {
    let span = parse_span(text).ok_or_else(|| {
        format!("{} is not a time; expected one such as \"3 s\", \"250 ms\" or \"1.5 min\"", quoted(text))
    })?;
    if span > RUN_LIMIT {
        return Err(format!("{} is longer than a run may last, which is {}", quoted(text), Time::ZERO + RUN_LIMIT));
    }
    Ok(span)
}

/// Reads a whole number from `LEAST` to `MOST`.
///
/// # Errors
/// With a sentence that names the two.
pub fn whole<const LEAST: u64, const MOST: u64>(text: &str) -> Result<u64, String> {
    let number = text.parse().ok().filter(|number| (LEAST..=MOST).contains(number));
    number.ok_or_else(|| format!("{} is not a whole number from {LEAST} to {MOST}", quoted(text)))
}

/// Reads any seed.
///
/// # Errors
/// With a sentence that names the least and the greatest.
pub fn seed(text: &str) -> Result<u64, String> {
    whole::<0, { u64::MAX }>(text)
}

/// A length of time for people, in seconds.
pub fn shown(span: Span) -> String {
    (Time::ZERO + span).to_string()
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

    #[test]
    fn numbers_have_a_range() {
        assert_eq!(
            (whole::<1, 5>("1"), whole::<1, 5>("5"), seed("18446744073709551615")),
            (Ok(1), Ok(5), Ok(u64::MAX))
        );
        for wrong in ["0", "6", "-1", "2.5", "many", "", "99999999999999999999999"] {
            let expected = format!("\"{wrong}\" is not a whole number from 1 to 5");
            assert_eq!(whole::<1, 5>(wrong), Err(expected));
        }
        assert!(seed("18446744073709551616").is_err());
    }
}
