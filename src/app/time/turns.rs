//! Nobody reads what changes with every frame: while time runs, what is read follows a few times a second, and one thing
//! at a time, so that no frame has to draw all of it.

/// What is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    /// The panes at the right, and the hint.
    Panes,
    /// The lines of the log.
    Log,
    /// The marks and the epochs on the track.
    Track,
}

impl Topic {
    const ALL: [Self; 3] = [Self::Panes, Self::Log, Self::Track];
}

/// How long each stays at least while there is another one to follow, in milliseconds.
const STAYS_MS: f64 = 165.0;
/// After how long it follows in any case: what is on the screen does not contradict itself for longer.
const LATEST_MS: f64 = 200.0;
/// How far apart their turns begin.
const APART_MS: f64 = 55.0;

/// What may change now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Due([bool; Topic::ALL.len()]);

impl Due {
    /// Everything: time stands still, or a person asked for something.
    pub(crate) const ALL: Self = Self([true; Topic::ALL.len()]);

    pub(crate) fn has(self, topic: Topic) -> bool {
        self.0[topic as usize]
    }

    pub(crate) fn is_none(self) -> bool {
        self == Self::default()
    }
}

/// When each of them changed last, in milliseconds since the page was opened; nothing as long as all are to follow at once.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    last_ms: Option<[f64; Topic::ALL.len()]>,
}

impl Turns {
    /// Everything follows at the next frame.
    pub(crate) fn hurry(&mut self) {
        self.last_ms = None;
    }

    /// Whose turn it is in a frame at `now_ms`.
    pub(crate) fn at(&mut self, now_ms: f64) -> Due {
        let Some(last_ms) = &mut self.last_ms else {
            self.last_ms = Some(Topic::ALL.map(|topic| now_ms - APART_MS * f64::from(topic as u8)));
            return Due::ALL;
        };
        let ages = last_ms.map(|last| now_ms - last);
        let oldest = ages.iter().copied().fold(f64::MIN, f64::max);
        let due = Due(ages.map(|age| !(0.0..LATEST_MS).contains(&age) || (age >= STAYS_MS && age >= oldest)));
        for (last, is_due) in last_ms.iter_mut().zip(due.0) {
            if is_due {
                *last = now_ms;
            }
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The moments at which each has its turn, in a second of frames that are so far apart.
    fn second(frame_ms: f64) -> [Vec<f64>; 3] {
        let mut turns = Turns::default();
        let mut all = [const { Vec::new() }; 3];
        let mut now_ms = 1_000.0;
        while now_ms < 2_000.0 {
            let due = turns.at(now_ms);
            for topic in Topic::ALL {
                if due.has(topic) {
                    all[topic as usize].push(now_ms);
                }
            }
            now_ms += frame_ms;
        }
        all
    }

    #[test]
    fn each_follows_in_time_and_no_two_in_one_frame() {
        let all = second(16.7);
        for moments in &all {
            assert!(moments.len() >= 5, "{moments:?}");
            let gaps = moments.windows(2).map(|two| two[1] - two[0]);
            assert!(gaps.clone().all(|gap| gap <= LATEST_MS + 16.7), "{moments:?}");
            // After the first one of all.
            assert!(gaps.skip(1).all(|gap| gap >= STAYS_MS), "{moments:?}");
        }
        let mut later: Vec<f64> = all.into_iter().flatten().filter(|moment| *moment > 1_000.0).collect();
        later.sort_by(f64::total_cmp);
        assert!(later.windows(2).all(|two| two[1] > two[0]), "{later:?}");
    }

    #[test]
    fn slow_frames_keep_nothing_waiting() {
        for moments in second(120.0) {
            assert!(moments.windows(2).all(|two| two[1] - two[0] <= 240.0), "{moments:?}");
        }
    }

    #[test]
    fn what_a_person_asked_for_is_seen_at_once() {
        let mut turns = Turns::default();
        assert_eq!(turns.at(1_000.0), Due::ALL);
        assert!(turns.at(1_016.0).is_none());
        turns.hurry();
        assert_eq!(turns.at(1_032.0), Due::ALL);
        assert_eq!(turns.at(10.0), Due::ALL, "a clock that was set back keeps nothing waiting");
    }
}
