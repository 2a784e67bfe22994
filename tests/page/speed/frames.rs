//! What a trace of the browser says of its frames.

use std::collections::BTreeMap;

use serde_json::Value;

/// What the main thread does for a page, other than painting: script, style and layout.
const WORK: [&str; 8] = [
    "FireAnimationFrame",
    "FunctionCall",
    "EvaluateScript",
    "RunMicrotasks",
    "TimerFire",
    "EventDispatch",
    "UpdateLayoutTree",
    "Layout",
];

/// The frames in a stretch of time.
// The unit stands last in each name.
#[allow(clippy::struct_field_names)]
#[derive(Debug, Default)]
pub struct Frames {
    /// The milliseconds of work from each frame to the next one, in ascending order.
    pub work_ms: Vec<f64>,
    /// The same without what other programs took from the processor meanwhile, in ascending order.
    pub processor_ms: Vec<f64>,
    /// The milliseconds from each frame to the next one, in ascending order.
    pub intervals_ms: Vec<f64>,
    /// The longest time for which the page could do nothing else.
    pub longest_task_ms: f64,
}

struct Part {
    from: f64,
    to: f64,
    /// The same by the clock that goes on only while the page's own thread runs.
    thread: [f64; 2],
    begins_frame: bool,
}

/// How much of a clock stretches cover that begin one after the other, in microseconds.
#[derive(Default)]
struct Sum {
    covered_to: f64,
    covers: f64,
}

impl Sum {
    fn add(&mut self, from: f64, to: f64) {
        self.covers += (to - from.max(self.covered_to)).max(0.0);
        self.covered_to = self.covered_to.max(to);
    }

    /// What there is, in milliseconds; it begins again with nothing.
    fn take_ms(&mut self) -> f64 {
        std::mem::take(&mut self.covers) / 1_000.0
    }
}

impl Frames {
    /// Reads the events of a trace that began between two moments, in seconds of the browser's clock.
    pub fn between(trace: &[Value], from: f64, to: f64) -> Self {
        let is_between = |event: &Value| event["ts"].as_f64().is_some_and(|at| at >= from * 1e6 && at < to * 1e6);
        let complete = |event: &&Value| event["ph"] == "X" && event["dur"].is_number() && is_between(event);
        let place = |event: &Value| (event["pid"].as_u64(), event["tid"].as_u64());
        // The page's own thread is the one on which frames are asked for.
        let mut by_thread: BTreeMap<_, usize> = BTreeMap::new();
        for event in trace.iter().filter(|event| event["name"] == "FireAnimationFrame") {
            *by_thread.entry(place(event)).or_default() += 1;
        }
        let busiest = by_thread.iter().max_by_key(|(_, count)| **count).map(|(thread, _)| *thread);
        let on_page = |event: &&Value| busiest.is_none_or(|thread| thread == place(event));
        let mut parts = Vec::new();
        let mut longest_task_ms: f64 = 0.0;
        for event in trace.iter().filter(complete).filter(on_page) {
            let number = |name: &str| event[name].as_f64();
            let (from, took) = (number("ts").unwrap_or_default(), number("dur").unwrap_or_default());
            let began = number("tts").unwrap_or(from);
            let thread = [began, began + number("tdur").unwrap_or(took)];
            let name = event["name"].as_str().unwrap_or_default();
            if WORK.contains(&name) {
                longest_task_ms = longest_task_ms.max(took / 1_000.0);
                parts.push(Part { from, to: from + took, thread, begins_frame: name == "FireAnimationFrame" });
            }
        }
        parts.sort_by(|one, other| one.from.total_cmp(&other.from));
        Self { longest_task_ms, ..Self::from_parts(&parts) }
    }

    /// What lies within another part counts once.
    fn from_parts(parts: &[Part]) -> Self {
        let mut frames = Self::default();
        let mut last_frame = None;
        let (mut work, mut processor) = (Sum::default(), Sum::default());
        for part in parts {
            if part.begins_frame {
                if let Some(last) = last_frame {
                    frames.work_ms.push(work.take_ms());
                    frames.processor_ms.push(processor.take_ms());
                    frames.intervals_ms.push((part.from - last) / 1_000.0);
                }
                last_frame = Some(part.from);
                work.take_ms();
                processor.take_ms();
            }
            work.add(part.from, part.to);
            processor.add(part.thread[0], part.thread[1]);
        }
        frames.work_ms.sort_by(f64::total_cmp);
        frames.processor_ms.sort_by(f64::total_cmp);
        frames.intervals_ms.sort_by(f64::total_cmp);
        frames
    }
}

/// The value of ascending ones below which so many of a hundred are; not a number if there is none.
pub fn percentile(ascending: &[f64], percent: usize) -> f64 {
    let rank = (ascending.len() * percent).div_ceil(100).max(1);
    ascending.get(rank - 1).copied().unwrap_or(f64::NAN)
}

#[test]
fn what_is_nested_counts_once_and_frames_are_told_apart() {
    // Other programs take half of the time.
    let event = |name: &str, ts: u32, dur: u32| serde_json::json!({ "name": name, "ph": "X", "ts": ts, "dur": dur, "tts": ts / 2, "tdur": dur / 2, "pid": 1, "tid": 2 });
    let trace = [
        event("FireAnimationFrame", 1_000, 4_000),
        event("Layout", 2_000, 1_000),
        event("UpdateLayoutTree", 6_000, 500),
        event("FireAnimationFrame", 21_000, 2_000),
        event("FireAnimationFrame", 41_000, 1_000),
    ];
    let frames = Frames::between(&trace, 0.0, 1.0);
    assert_eq!(frames.work_ms, [2.0, 4.5]);
    assert_eq!(frames.processor_ms, [1.0, 2.25]);
    assert_eq!(frames.intervals_ms, [20.0, 20.0]);
    assert!((frames.longest_task_ms - 4.0).abs() < 1e-9);
    assert!((percentile(&frames.work_ms, 50) - 2.0).abs() < 1e-9);
    assert!((percentile(&frames.work_ms, 95) - 4.5).abs() < 1e-9);
}
