//! The headings and times between a command's parts.

use std::io::Write as _;
use std::time::{Duration, Instant};

/// Prints a heading, runs the part below it, and prints how long it took.
pub fn under<T>(heading: &str, part: impl FnOnce() -> T) -> (T, Duration) {
    println!("\n== {heading}");
    flush();
    let start = Instant::now();
    let result = part();
    let took = start.elapsed();
    println!("-- {heading}: {}", human(took));
    flush();
    (result, took)
}

/// A duration the way people say it: `0.4 s`, `12.3 s`, `2 min 05 s`.
pub fn human(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        format!("{:.1} s", time.as_secs_f64())
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

/// Makes what was printed visible before a child process prints on its own.
pub fn flush() {
    // A closed standard output is no reason to stop the work.
    let _ = std::io::stdout().flush();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_said_in_minutes_from_one_minute_on() {
        assert_eq!(human(Duration::from_millis(12_340)), "12.3 s");
        assert_eq!(human(Duration::from_secs(125)), "2 min 05 s");
    }
}
