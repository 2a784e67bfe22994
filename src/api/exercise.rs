//! Grading, as functions.

#![allow(clippy::missing_errors_doc, reason = "these docs are JavaScript's too, where `@throws` says it")]

use js_sys::Error;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::convert::{error, is_left_out, text, to_js};
use super::guard::guarded;
use crate::exercise::{Exercise, Secret, Submission, grade_with};
use crate::report::GradeReport;

/// Grades a submission to an exercise, by running it again.
///
/// @param exercise - The text of the exercise, in TOML.
/// @param name - The short name of the exercise, which is the name of its file without the ending.
/// @param submission - The text of the submission, in TOML.
/// @param secret - The text of a secret, as in `seeds = [71, 2026]`: criteria that ask for many seeds are judged under these.
/// @throws Error if one of the texts is wrong, or the submission belongs to another exercise.
#[wasm_bindgen(unchecked_return_type = "GradeReport")]
pub fn grade(
    #[wasm_bindgen(unchecked_param_type = "string")] exercise: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "string")] name: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "string")] submission: &JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "string")] secret: &JsValue,
) -> Result<JsValue, Error> {
    guarded(|| {
        let name = text(name, "the name")?;
        let exercise = text(exercise, "the exercise")?;
        let exercise = Exercise::parse(&format!("{name}.toml"), &exercise).map_err(error)?;
        let submission = Submission::read("the submission", &text(submission, "the submission")?).map_err(error)?;
        let secret = if is_left_out(secret) {
            Secret::default()
        } else {
            Secret::read("the secret", &text(secret, "the secret")?).map_err(error)?
        };
        to_js(&GradeReport::from(&grade_with(&exercise, &submission, &secret).map_err(error)?))
    })
}
