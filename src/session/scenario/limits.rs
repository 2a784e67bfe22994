//! How much a scenario may ask for. What is beyond is refused with a sentence that names the limit.

use crate::sim::Span;

/// The biggest text of a scenario, in bytes: 256 KiB.
pub const SCENARIO_SIZE_LIMIT_BYTES: usize = 256 * 1024;
/// The most timed commands of a scenario.
pub const PLAN_LIMIT: usize = 1_000;
/// The most expectations of a scenario.
pub const EXPECTATIONS_LIMIT: usize = 200;
/// The most files that are there when the learner enters.
pub const OPENING_FILES_LIMIT: usize = 200;
/// The most bytes that these files have together: 16 MiB.
pub const OPENING_SIZE_LIMIT_BYTES: u64 = 16 * 1024 * 1024;
/// The most clients.
pub const CLIENTS_LIMIT: usize = 100;
/// The most services.
pub const SERVICES_LIMIT: usize = 20;
/// The most operations that a workload begins in a second.
pub const RATE_LIMIT_PER_SECOND: u32 = 10_000;
/// The longest run, counted from when the learner enters: an hour of virtual time.
pub const RUN_LIMIT: Span = Span::from_millis(3_600_000);
/// The longest time that a setting may name: a day of virtual time.
pub const SETTING_LIMIT: Span = Span::from_millis(86_400_000);
/// The shortest time between two beats, looks or tries that a setting may name: what comes round again without
/// a pause would never let time pass.
pub const PERIOD_MIN: Span = Span::from_millis(1);
/// The most characters of the title.
pub const TITLE_LIMIT_CHARACTERS: usize = 80;
/// The most characters of each of the other texts for people.
pub const TEXT_LIMIT_CHARACTERS: usize = 1_000;
/// The most variations of a scenario.
pub const TRIES_LIMIT: usize = 8;
/// The most settings of one variation.
pub const TRY_SETTINGS_LIMIT: usize = 20;
/// The most settings that are made over a scenario's own.
pub const OVERRIDES_LIMIT: usize = 100;
