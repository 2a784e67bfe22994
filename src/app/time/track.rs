//! A track: the stretch of time that a run has, with its epochs and what happened, at a scale that stays while time runs.

use yew::prelude::*;

use crate::app::time::log;
use crate::app::time::timeline::Track;
use crate::app::words::{self, Shared};
use crate::sim::{Span, Time};
use crate::world::Importance;

/// The shortest track.
const SHORTEST: Span = Span::from_millis(200);

/// The narrowest band that has its epoch written in it, in percent of the track.
const LABELLED_PERCENT: f64 = 7.0;

/// What a track is drawn by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scale {
    /// The time at its left end: when the learner enters.
    pub(crate) start: Time,
    /// How much time it has room for.
    pub(crate) room: Span,
}

impl Scale {
    /// A scale with room for all that was reached, and for more: it changes a few times in a run, never from frame to
    /// frame, so that a moment stays where it is while one points at it.
    pub(crate) fn of(start: Time, end: Time) -> Self {
        let reached = end.since(start).as_micros();
        let mut room = SHORTEST.as_micros();
        // 200 ms, 500 ms, 1 s, 2 s, 5 s, and so on.
        while room < reached {
            let leading = room / 10_u64.pow(room.ilog10());
            room = if leading == 2 { room / 2 * 5 } else { room * 2 };
        }
        Self { start, room: Span::from_micros(room) }
    }

    /// The share of the track at a moment, in percent.
    pub(crate) fn percent(self, at: Time) -> f64 {
        let passed = at.since(self.start).as_micros().min(self.room.as_micros());
        // Microseconds of a session fit a float exactly.
        #[allow(clippy::cast_precision_loss)]
        let share = passed as f64 / self.room.as_micros() as f64;
        share * 100.0
    }

    /// The last moment that it has room for.
    pub(crate) fn most(self) -> Time {
        self.start + self.room
    }

    /// Moments to be written over it: four or five of them, at round times, and none at its ends.
    pub(crate) fn ticks(self) -> Vec<Time> {
        let room = self.room.as_micros();
        let parts = if room / 10_u64.pow(room.ilog10()) == 2 { 4 } else { 5 };
        (1..parts).map(|part| self.start + Span::from_micros(room / parts * part)).collect()
    }
}

/// The epochs, the marks and the unwritten rest of a track, for the eyes only: what happened is told by the log.
pub(crate) fn draw(track: &Shared<Track>, scale: Scale, begin: Time, end: Time) -> Html {
    let bands = track.bands.iter().enumerate().map(|(index, band)| {
        let from = scale.percent(band.from.max(begin));
        let to = track.bands.get(index + 1).map_or(scale.percent(end), |next| scale.percent(next.from.max(begin)));
        let class = if index % 2 == 0 { "band" } else { "band odd" };
        html! {
            <div key={band.epoch.to_string()} {class} style={format!("left:{from:.2}%;width:{:.2}%", (to - from).max(0.0))}>
                if to - from > LABELLED_PERCENT {
                    <span key="label">{ format!("epoch {}", band.epoch) }</span>
                }
            </div>
        }
    });
    let left = scale.percent(begin);
    let right = scale.percent(end);
    html! {
        <>
            <i key="written" class="written" aria-hidden="true" style={format!("left:{left:.2}%;width:{:.2}%", (right - left).max(0.0))}></i>
            <div key="bands" class="bands" aria-hidden="true">{ for bands }</div>
            <div key="marks" class="marks" aria-hidden="true"><Marks track={track.clone()} {scale} {begin} /></div>
        </>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct MarksProps {
    track: Shared<Track>,
    scale: Scale,
    begin: Time,
}

/// What happened. It is drawn anew when there is more of it, not with every frame.
#[component]
fn Marks(MarksProps { track, scale, begin }: &MarksProps) -> Html {
    let is_shown = |importance: Importance| importance != Importance::Routine;
    let marks = track.marks.iter().filter(|mark| is_shown(mark.importance) && mark.at >= *begin).map(|mark| {
        let (class, _) = log::tone(mark.importance);
        let title = format!("{}: {}", words::clock(mark.at, scale.start), mark.sentence);
        html! {
            <i key={mark.id.0.to_string()} class={classes!("mark", class)} style={format!("left:{:.2}%", scale.percent(mark.at))} {title}></i>
        }
    });
    html! { <>{ for marks }</> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_changes_in_steps_that_are_round() {
        let start = Time::from_micros(400_000);
        let room = |milliseconds: u64| Scale::of(start, start + Span::from_millis(milliseconds)).room;
        let expected =
            [(0, 200), (200, 200), (201, 500), (501, 1_000), (1_100, 2_000), (2_001, 5_000), (33_200, 50_000)];
        for (reached, room_ms) in expected {
            assert_eq!(room(reached), Span::from_millis(room_ms), "{reached} ms");
        }
    }

    #[test]
    fn ticks_are_at_round_times_within_the_track() {
        let scale = Scale::of(Time::from_micros(400_000), Time::from_micros(2_300_000));
        let told: Vec<u64> = scale.ticks().iter().map(|tick| tick.since(scale.start).as_micros()).collect();
        assert_eq!(told, [500_000, 1_000_000, 1_500_000]);
        assert!((scale.percent(scale.most()) - 100.0).abs() < f64::EPSILON);
    }
}
