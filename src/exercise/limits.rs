//! How much an exercise and a submission may hold.

/// The most bytes of an exercise's text.
pub const EXERCISE_SIZE_LIMIT_BYTES: usize = 256 << 10;
/// The most bytes of a submission's text.
pub const SUBMISSION_SIZE_LIMIT_BYTES: usize = 256 << 10;
/// The most commands of a submission.
pub const COMMANDS_LIMIT: usize = 500;
/// The most answers of a question, and the most questions of an exercise.
pub const ANSWERS_LIMIT: usize = 12;
/// The most criteria of an exercise, and the most entries of its other lists.
pub(super) const ENTRIES_LIMIT: usize = 40;
/// The most seeds under which a criterion is judged.
pub const SEEDS_LIMIT: u64 = 1_000;
/// The most characters of a title.
pub(super) const TITLE_LIMIT_CHARACTERS: usize = 60;
/// The most characters of a sentence: a goal, a question, an answer.
pub(super) const SENTENCE_LIMIT_CHARACTERS: usize = 300;
/// The most characters of an explanation of an answer.
pub(super) const BECAUSE_LIMIT_CHARACTERS: usize = 600;
/// The most characters of a text in Markdown: a screen, read in two minutes.
pub(super) const TEXT_LIMIT_CHARACTERS: usize = 2_400;
