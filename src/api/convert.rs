//! Numbers and values on their way between JavaScript and the engine.

use js_sys::Error;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

use crate::sim::Span;

/// The longest time that one call may ask for, in milliseconds: an hour of virtual time.
const SPAN_LIMIT_MS: f64 = 3_600_000.0;
/// The greatest whole number that a JavaScript number holds exactly.
const SAFE_INTEGER_MAX: f64 = 9_007_199_254_740_991.0;

/// A value as plain JavaScript objects, arrays, strings and numbers.
pub fn to_js(value: &impl Serialize) -> Result<JsValue, Error> {
    value.serialize(&Serializer::json_compatible()).map_err(|error| Error::new(&error.to_string()))
}

/// An error with a sentence.
pub fn error(sentence: impl core::fmt::Display) -> Error {
    Error::new(&sentence.to_string())
}

/// A span of milliseconds, rounded to the microsecond.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is from 0 to 3.6e9")]
pub fn span(milliseconds: f64, what: &str) -> Result<Span, Error> {
    if (0.0..=SPAN_LIMIT_MS).contains(&milliseconds) {
        Ok(Span::from_micros(libm::round(milliseconds * 1_000.0) as u64))
    } else {
        Err(error(format!("{what} is to be a number of milliseconds from 0 to {SPAN_LIMIT_MS}, not {milliseconds}")))
    }
}

/// A whole number from 0.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is a whole number from 0 to 2^53")]
pub fn whole(number: f64, what: &str) -> Result<u64, Error> {
    if (0.0..=SAFE_INTEGER_MAX).contains(&number) && libm::trunc(number).total_cmp(&number).is_eq() {
        Ok(number as u64)
    } else {
        Err(error(format!("{what} is to be a whole number from 0 to {SAFE_INTEGER_MAX}, not {number}")))
    }
}
