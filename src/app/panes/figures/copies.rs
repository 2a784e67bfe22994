//! Copies per file over time, as one small step chart for each file.

use std::fmt::Write as _;

use yew::prelude::*;

use super::Figures;
use crate::app::words;
use crate::check::CopiesOverTime;
use crate::sim::{FileId, Time};

/// The size of a chart's own coordinates; the style sheet decides how big it is drawn.
const WIDTH: u64 = 1_000;
const HEIGHT: u64 = 100;
/// A chart is never narrower than so many microseconds, so that the first moments don't fill it.
const LEAST_MICROS: u64 = 200_000;

/// One file's numbers of copies.
#[derive(Debug, PartialEq, Eq)]
struct Curve {
    file: FileId,
    points: Vec<(Time, u16)>,
}

impl Curve {
    fn of(series: &CopiesOverTime, index: usize, file: FileId) -> Self {
        let points = series.points.iter().filter_map(|point| Some((point.at, *point.counts.get(index)?))).collect();
        Self { file, points }
    }

    /// The chart's line: level until the next sample, so that nothing between two of them is made up.
    fn path(&self, from: Time, until: Time, most: u16) -> String {
        let whole = until.since(from).as_micros().max(LEAST_MICROS);
        let x = |at: Time| at.since(from).as_micros().min(whole) * WIDTH / whole;
        let y = |count: u16| HEIGHT - u64::from(count) * HEIGHT / u64::from(most.max(1));
        let mut path = String::new();
        let mut before = None;
        for (at, count) in &self.points {
            // Writing to a string can't fail.
            let _ = match before {
                None => write!(path, "M{} {}", x(*at), y(*count)),
                Some(before) if before == *count => Ok(()),
                Some(_) => write!(path, "H{}V{}", x(*at), y(*count)),
            };
            before = Some(*count);
        }
        if before.is_some() {
            let _ = write!(path, "H{}", x(until));
        }
        path
    }

    /// The same in words.
    fn words(&self, name: &str) -> String {
        let (Some((start, first)), Some((_, last))) = (self.points.first(), self.points.last()) else {
            return format!("{name}: not sampled yet");
        };
        let copies = |count: u16| if count == 1 { "1 copy".to_owned() } else { format!("{count} copies") };
        let mut words = format!("{name}: {} at first", copies(*first));
        if let Some((at, fewest)) = self.points.iter().min_by_key(|(_, count)| *count)
            && (fewest < first || fewest < last)
        {
            // The first sample is from when the learner enters, which is 0 on the visible clock.
            let at = crate::app::words::clock(*at, *start);
            let _ = write!(words, ", {} at the fewest, at {at}", copies(*fewest));
        }
        let _ = write!(words, ", {} in the end", copies(*last));
        words
    }
}

/// Draws the charts, one row for each file.
pub(super) fn charts(figures: &Figures) -> Html {
    let series = &figures.metrics.copies;
    let most = series.points.iter().flat_map(|point| point.counts.iter().copied()).max().unwrap_or(0);
    let rows = series.files.iter().enumerate().map(|(index, file)| {
        let curve = Curve::of(series, index, *file);
        let name = figures.names.get(index).cloned().unwrap_or_default();
        let path = curve.path(figures.metrics.from, figures.metrics.until, most);
        let last = curve.points.last().map_or_else(|| "–".to_owned(), |(_, count)| count.to_string());
        html! {
            <li key={name.clone()} style={words::hue_style(curve.file)} data-testid={format!("copies-{name}")} data-last={last.clone()}>
                <span class="swatch"></span>
                <span class="rowname" title={name.clone()}>{ words::fit(&name, 14) }</span>
                <svg viewBox={format!("0 0 {WIDTH} {HEIGHT}")} preserveAspectRatio="none" role="img" aria-label={curve.words(&name)}>
                    <path class="floor" d={format!("M0 {HEIGHT}H{WIDTH}")} />
                    <path class="curve" d={path} />
                </svg>
                <b class="last" aria-hidden="true">{ last }</b>
            </li>
        }
    });
    html! { <ul class="copies-chart">{ for rows }</ul> }
}

/// What the charts rest on.
pub(super) fn note(series: &CopiesOverTime) -> String {
    match series.points.last() {
        None => "Not sampled yet.".to_owned(),
        Some(_) if series.files.is_empty() => "There is no file yet.".to_owned(),
        Some(last) => {
            let start = series.points.first().map_or(last.at, |first| first.at);
            let at = words::clock(last.at, start);
            format!("Sampled every {} ms, last at {at}.", series.interval.as_micros() / 1_000)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(counts: &[u16]) -> Curve {
        let points = (0..).step_by(50).map(Time::from_millis).zip(counts.iter().copied()).collect();
        Curve { file: FileId(1), points }
    }

    #[test]
    fn a_chart_is_level_between_two_samples() {
        let path = curve(&[3, 3, 0, 3]).path(Time::ZERO, Time::from_millis(200), 3);
        assert_eq!(path, "M0 0H500V100H750V0H1000");
    }

    #[test]
    fn the_words_tell_the_first_the_fewest_and_the_last() {
        assert_eq!(
            curve(&[3, 3, 1, 2]).words("a.txt"),
            "a.txt: 3 copies at first, 1 copy at the fewest, at 0.100 s, 2 copies in the end"
        );
        assert_eq!(curve(&[3, 3]).words("a.txt"), "a.txt: 3 copies at first, 3 copies in the end");
        assert_eq!(curve(&[]).words("a.txt"), "a.txt: not sampled yet");
    }
}
