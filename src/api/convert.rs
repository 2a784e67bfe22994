//! Numbers and values on their way between JavaScript and the engine.

use js_sys::{Error, Function, Reflect};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::{JsCast as _, JsValue};

use crate::session::{Override, parse_command};
use crate::sim::Span;
use crate::world::Command;

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

/// A command in the form of the entries of `[[at]]`. `number` tells made-up contents apart.
pub fn command(value: JsValue, number: usize) -> Result<Command, Error> {
    let table: toml::Table = serde_wasm_bindgen::from_value(value)
        .map_err(|cause| error(format!("a command is to be an object such as {{ kill: \"S1\" }}: {cause}")))?;
    parse_command(table, number as u64).map_err(error)
}

/// Settings over a scenario's own, from an object or from nothing.
pub fn overrides(settings: &JsValue) -> Result<Vec<Override>, Error> {
    if settings.is_undefined() || settings.is_null() {
        return Ok(Vec::new());
    }
    let settings: serde_json::Map<String, serde_json::Value> = serde_wasm_bindgen::from_value(settings.clone())
        .map_err(|cause| {
            error(format!("the settings are to be an object such as {{ \"policy.acks\": \"none\" }}: {cause}"))
        })?;
    let one = |(key, value): (String, serde_json::Value)| match value {
        serde_json::Value::String(value) => Ok(Override { key, value }),
        serde_json::Value::Number(value) => Ok(Override { key, value: value.to_string() }),
        serde_json::Value::Bool(value) => Ok(Override { key, value: value.to_string() }),
        _ => Err(error(format!("the setting {key} is to be a string, a number or a boolean"))),
    };
    settings.into_iter().map(one).collect()
}

/// Whether an audit's options ask for pairs.
pub fn pairs(options: &JsValue) -> Result<bool, Error> {
    if options.is_undefined() || options.is_null() {
        return Ok(false);
    }
    let wrong = || error("the options of an audit are to be an object such as { pairs: true }");
    let pairs = Reflect::get(options, &JsValue::from_str("pairs")).map_err(|_| wrong())?;
    if pairs.is_undefined() { Ok(false) } else { pairs.as_bool().ok_or_else(wrong) }
}

/// A function, if there is one.
pub fn function(value: JsValue) -> Result<Option<Function>, Error> {
    if value.is_undefined() || value.is_null() {
        return Ok(None);
    }
    value.dyn_into().map(Some).map_err(|_| error("onProgress is to be a function"))
}
