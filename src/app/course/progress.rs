//! What the browser remembers of the course: what was done in each exercise, so that a reload loses nothing.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;

use crate::app::browser::dom;
use crate::app::course::state::Step;
use crate::session::{Document, toml_string};

const KEY: &str = "replicarium-course";
/// The most bytes that are taken in: what a whole course needs, and far more.
const SIZE_LIMIT_BYTES: usize = 1 << 20;

/// What was done in one exercise.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Kept {
    pub(crate) seed: u64,
    /// The word of the step at which it stands.
    #[serde(default)]
    pub(crate) step: String,
    #[serde(default)]
    pub(crate) done: bool,
    #[serde(default)]
    pub(crate) tries: u32,
    /// The answers that were locked in.
    #[serde(default)]
    pub(crate) answers: BTreeMap<String, String>,
    /// The submission up to now, where something was done to the cluster.
    #[serde(default)]
    pub(crate) attempt: String,
}

/// What was done in the course.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    /// The exercise that was open last.
    pub(crate) last: Option<String>,
    pub(crate) kept: BTreeMap<String, Kept>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProgressForm {
    progress: u32,
    last: Option<String>,
    #[serde(default)]
    exercise: BTreeMap<String, Kept>,
}

impl Progress {
    /// What the browser has kept; nothing where it keeps nothing, or what it kept can't be read.
    pub(crate) fn stored() -> Self {
        let text = storage().and_then(|storage| storage.get_item(KEY).ok().flatten());
        text.and_then(|text| Self::read(&text).ok()).unwrap_or_default()
    }

    /// Has the browser keep it.
    pub(crate) fn store(&self) {
        if let Some(storage) = storage() {
            storage.set_item(KEY, &self.text()).ok();
        }
    }

    /// Forgets all of it.
    pub(crate) fn erase() {
        if let Some(storage) = storage() {
            storage.remove_item(KEY).ok();
        }
    }

    /// Reads the text of a file in which it was exported.
    ///
    /// # Errors
    /// If it is none; the sentence says what is wrong.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        if text.len() > SIZE_LIMIT_BYTES {
            return Err(format!("this file has more than {SIZE_LIMIT_BYTES} bytes"));
        }
        let document = Document::parse("progress.toml", text, &[], &[]).map_err(|error| error.to_string())?;
        let form: ProgressForm = document.read().map_err(|error| error.to_string())?;
        if form.progress != 1 {
            return Err("this progress is of a version that this page doesn't know".to_owned());
        }
        let known = form.exercise.into_iter().filter(|(_, kept)| Step::of(&kept.step).is_some());
        Ok(Self { last: form.last, kept: known.collect() })
    }

    /// All of it as text.
    pub(crate) fn text(&self) -> String {
        let mut text = "progress = 1\n".to_owned();
        if let Some(last) = &self.last {
            let _ = writeln!(text, "last = {}", toml_string(last));
        }
        for (id, kept) in &self.kept {
            let _ = write!(text, "\n[exercise.{}]\nseed = {}\n", toml_string(id), kept.seed);
            let _ = writeln!(text, "step = {}\ndone = {}\ntries = {}", toml_string(&kept.step), kept.done, kept.tries);
            if !kept.attempt.is_empty() {
                let _ = writeln!(text, "attempt = {}", toml_string(&kept.attempt));
            }
            let answers: Vec<String> = kept
                .answers
                .iter()
                .map(|(question, answer)| format!("{} = {}", toml_string(question), toml_string(answer)))
                .collect();
            let _ = writeln!(text, "answers = {{ {} }}", answers.join(", "));
        }
        text
    }

    /// How many of these exercises are done.
    pub(crate) fn done<'a>(&self, ids: impl Iterator<Item = &'a str>) -> usize {
        ids.filter(|id| self.kept.get(*id).is_some_and(|kept| kept.done)).count()
    }

    /// Takes over what another one has, exercise by exercise: what is done stays done.
    pub(crate) fn merge(&mut self, other: Self) {
        for (id, theirs) in other.kept {
            match self.kept.get(&id) {
                Some(own) if own.done && !theirs.done => {}
                Some(_) | None => {
                    self.kept.insert(id, theirs);
                }
            }
        }
        self.last = self.last.take().or(other.last);
    }
}

fn storage() -> Option<web_sys::Storage> {
    dom::window()?.local_storage().ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_exported_comes_back() {
        let kept = Kept {
            seed: 7,
            step: "why".to_owned(),
            done: true,
            tries: 2,
            answers: BTreeMap::from([("read".to_owned(), "v\"3".to_owned())]),
            attempt: "a = 1\nb = 2\n".to_owned(),
        };
        let progress = Progress { last: Some("x".to_owned()), kept: BTreeMap::from([("x".to_owned(), kept)]) };
        assert_eq!(Progress::read(&progress.text()), Ok(progress));
        for wrong in ["", "progress = 2", "progress = 1\nfoo = 1", "hello"] {
            assert!(Progress::read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_done_stays_done() {
        let of = |done, tries| Kept { done, tries, step: "work".to_owned(), ..Kept::default() };
        let mut own = Progress { last: None, kept: BTreeMap::from([("a".to_owned(), of(true, 1))]) };
        let other = BTreeMap::from([("a".to_owned(), of(false, 9)), ("b".to_owned(), of(false, 3))]);
        own.merge(Progress { last: None, kept: other });
        assert_eq!((own.kept["a"].tries, own.kept["b"].tries), (1, 3));
    }
}
