//! Handing in: an attempt is graded between two frames, and can be saved as a submission.

use crate::app::act::Act;
use crate::app::browser::{dom, files};
use crate::app::course::CourseAct;
use crate::app::playground::Playground;
use crate::app::words::Shared;
use crate::exercise::{Grading, Secret};
use crate::sim::Content;

/// How long a slice of grading may take, in milliseconds.
const SLICE_MS: f64 = 8.0;

impl Playground {
    pub(super) fn hand_in(&mut self) {
        let Some(opened) = self.opened() else { return };
        let submission = opened.submission(self.session());
        let total = opened.exercise.criteria.len() + opened.exercise.asked().count();
        match Grading::new(&opened.exercise, &submission, &Secret::default()) {
            Ok(grading) => {
                self.play(false);
                self.with_course(|course| course.grading = Some(grading));
                self.with_opened(|opened| {
                    opened.graded = Some((0, total));
                    opened.grade = None;
                });
                self.later(Act::Course(CourseAct::GradeSlice));
            }
            Err(error) => self.tell(format!("This can't be graded: {error}."), true),
        }
    }

    pub(super) fn grade_further(&mut self) {
        let Some(course) = &mut self.course else { return };
        let Some(grading) = &mut course.grading else { return };
        let until_ms = dom::now_ms() + SLICE_MS;
        loop {
            match grading.step() {
                Ok(Some(progress)) => {
                    if let Some(opened) = &mut course.opened {
                        opened.graded = Some((progress.done, progress.total));
                    }
                    if dom::now_ms() > until_ms {
                        break self.later(Act::Course(CourseAct::GradeSlice));
                    }
                }
                Ok(None) => break self.graded(),
                Err(error) => {
                    course.grading = None;
                    self.with_opened(|opened| opened.graded = None);
                    break self.tell(format!("This can't be graded: {error}."), true);
                }
            }
        }
    }

    pub(super) fn graded(&mut self) {
        let Some(grading) = self.course.as_mut().and_then(|course| course.grading.take()) else { return };
        let grade = grading.finish();
        let told = if grade.passed { "Solved" } else { "Not solved yet" };
        let told = format!("{told}: {} of {} points.", grade.score, grade.maximum);
        self.with_opened(|opened| {
            opened.graded = None;
            opened.tries += 1;
            opened.done |= grade.passed;
            opened.grade = Some(Shared::new(grade));
        });
        self.keep_course();
        self.speak_of(&told);
        dom::focus_later("[data-testid='grade'] h2".to_owned());
    }

    pub(super) fn download_submission(&mut self) {
        let Some(opened) = self.opened() else { return };
        let submission = opened.submission(self.session());
        match submission.text() {
            Some(text) => {
                let name = format!("{}-{}.toml", submission.exercise, submission.seed);
                files::download(&name, &Content::new(text.as_bytes()));
            }
            None => self.tell(
                "A submission can't hold chaos that was let loose by hand, or files that are no text.".to_owned(),
                true,
            ),
        }
    }
}
