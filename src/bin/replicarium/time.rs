//! Times as people write them.

use replicarium::sim::Span;

/// Reads a time such as `3 s`, `250 ms`, `1.5 min` or `300 us`.
///
/// # Errors
/// With a sentence that names the accepted forms.
pub fn span(text: &str) -> Result<Span, String> {
    parse(text).ok_or_else(|| format!("{text:?} is no time; expected one such as \"3 s\", \"250 ms\" or \"1.5 min\""))
}

fn parse(text: &str) -> Option<Span> {
    let start = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
    let (number, unit) = text.split_at(start);
    let size_us = match unit.trim_start() {
        "us" | "µs" => 1,
        "ms" => 1_000,
        "s" => 1_000_000,
        "min" => 60_000_000,
        _ => return None,
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let decimals = u32::try_from(fraction.len()).ok().filter(|decimals| *decimals <= 6)?;
    let scale = 10_u64.checked_pow(decimals)?;
    let digits = whole.parse::<u64>().ok()?.checked_mul(scale)?.checked_add(fraction.parse().ok()?)?;
    let product = digits.checked_mul(size_us)?;
    (product % scale == 0).then(|| Span::from_micros(product / scale))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_a_unit() {
        assert_eq!(span("3 s"), Ok(Span::from_millis(3_000)));
        assert_eq!(span("1.5min"), Ok(Span::from_millis(90_000)));
        for wrong in ["3", "s", "-1 s", "3 h", "1.5 us", ""] {
            assert!(span(wrong).is_err(), "{wrong}");
        }
    }
}
