//! Runs that are being opened: how the page waits for one, and with which one it begins.

pub(crate) mod entrance;
mod waiting;

use gloo::timers::callback::Timeout;
use yew::prelude::*;

use crate::app::browser::{dom, slice};
use crate::session::{Opened, Opening, OpeningError};

/// After which time the page says that it waits, in milliseconds: what is quicker needs no word.
const SAID_AFTER_MS: f64 = 300.0;
/// How far apart two drawings of the progress are, in milliseconds.
const DRAW_EVERY_MS: f64 = 100.0;

/// What a slice of work has led to.
pub(crate) enum Slice {
    /// There is more to do; whether there is something to draw.
    More(bool),
    /// It has taken long enough for a word, just now.
    Said,
    Opened(Box<Opened>),
    Failed(OpeningError),
}

/// A run that is being opened, a slice at a time.
pub(crate) struct Pending {
    opening: Opening,
    /// What is being opened.
    what: String,
    began_ms: f64,
    drawn_ms: f64,
    is_said: bool,
    /// The next slice.
    timer: Option<Timeout>,
}

impl Pending {
    pub(crate) fn new(what: String, opening: Opening) -> Self {
        Self { opening, what, began_ms: dom::now_ms(), drawn_ms: 0.0, is_said: false, timer: None }
    }

    /// Goes on for the time of a slice; if there is more to do, `again` is called after the browser's turn.
    pub(crate) fn slice(&mut self, again: impl FnOnce() + 'static) -> Slice {
        match self.opening.go_on(slice::begin()) {
            Err(error) => return Slice::Failed(error),
            Ok(Some(opened)) => return Slice::Opened(Box::new(opened)),
            Ok(None) => {}
        }
        self.timer = Some(slice::next(again));
        let now_ms = dom::now_ms();
        if !self.is_said && now_ms - self.began_ms >= SAID_AFTER_MS {
            self.is_said = true;
            self.drawn_ms = now_ms;
            return Slice::Said;
        }
        let is_drawn = self.is_said && now_ms - self.drawn_ms >= DRAW_EVERY_MS;
        if is_drawn {
            self.drawn_ms = now_ms;
        }
        Slice::More(is_drawn)
    }

    /// What is being opened.
    pub(crate) fn what(&self) -> &str {
        &self.what
    }

    /// Whether the page says that it waits.
    pub(crate) fn is_said(&self) -> bool {
        self.is_said
    }

    /// Says that the page waits, how far it is, and how to end it; nothing if that is not needed.
    pub(crate) fn draw(&self, cancel: Callback<MouseEvent>) -> Html {
        let doing = self.opening.doing().filter(|_| self.is_said);
        doing.map(|doing| waiting::draw(&self.what, doing, cancel)).unwrap_or_default()
    }
}

/// Why a run was not opened, in a sentence.
pub(crate) fn complaint(error: &OpeningError) -> String {
    match error {
        OpeningError::Link(error) => format!("This link can't be opened: {error}."),
        OpeningError::Stored(error) => format!("This run can't be opened: {error}."),
    }
}
