//! Numbers and values on their way between JavaScript and the engine.

use js_sys::{ArrayBuffer, Error, Function, Reflect, Symbol, Uint8Array};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::{JsCast as _, JsValue};

use crate::session::{Override, parse_command};
use crate::sim::Span;
use crate::world::{Command, FILE_SIZE_LIMIT_BYTES};

/// How deep the objects and arrays of a command are nested: its own, its fields', and the list of a partition's nodes.
const COMMAND_DEPTH: u32 = 3;
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

/// What kind of value it is, in the words of JavaScript.
fn kind(value: &JsValue) -> String {
    if value.is_null() { "null".to_owned() } else { value.js_typeof().as_string().unwrap_or_default() }
}

/// A text. Another value would be taken for one, or for a place in the memory.
pub fn text(value: &JsValue, what: &str) -> Result<String, Error> {
    value.as_string().ok_or_else(|| error(format!("{what} must be a string, not of the type {}", kind(value))))
}

fn number(value: &JsValue, what: &str) -> Result<f64, Error> {
    value.as_f64().ok_or_else(|| error(format!("{what} must be a number, not of the type {}", kind(value))))
}

/// Whether something was left out.
pub fn is_left_out(value: &JsValue) -> bool {
    value.is_undefined() || value.is_null()
}

/// The bytes of a file.
pub fn bytes(value: &JsValue) -> Result<Vec<u8>, Error> {
    // Not by its class, of which each window and each realm of a test runner has its own.
    let tag = Reflect::get(value, &Symbol::to_string_tag()).ok().and_then(|tag| tag.as_string());
    if !ArrayBuffer::is_view(value) || tag.as_deref() != Some("Uint8Array") {
        let kind = tag.unwrap_or_else(|| kind(value));
        return Err(error(format!("the bytes must be a Uint8Array, not of the type {kind}; apply writes texts")));
    }
    let array = value.unchecked_ref::<Uint8Array>();
    // What is too big is refused before it is copied.
    if u64::from(array.length()) > FILE_SIZE_LIMIT_BYTES {
        return Err(error(format!(
            "the file has {} bytes; at most {FILE_SIZE_LIMIT_BYTES} are allowed",
            array.length()
        )));
    }
    Ok(array.to_vec())
}

/// A span of milliseconds, rounded to the microsecond.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is from 0 to 3.6e9")]
pub fn span(milliseconds: &JsValue, what: &str) -> Result<Span, Error> {
    let milliseconds = number(milliseconds, what)?;
    if (0.0..=SPAN_LIMIT_MS).contains(&milliseconds) {
        Ok(Span::from_micros(libm::round(milliseconds * 1_000.0) as u64))
    } else {
        Err(error(format!("{what} must be a number of milliseconds from 0 to {SPAN_LIMIT_MS}, not {milliseconds}")))
    }
}

/// A whole number from 0.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is a whole number from 0 to 2^53")]
pub fn whole(value: &JsValue, what: &str) -> Result<u64, Error> {
    let number = number(value, what)?;
    if (0.0..=SAFE_INTEGER_MAX).contains(&number) && libm::trunc(number).total_cmp(&number).is_eq() {
        Ok(number as u64)
    } else {
        Err(error(format!("{what} must be a whole number from 0 to {SAFE_INTEGER_MAX}, not {number}")))
    }
}

/// Refuses what is nested deeper than so many levels, an object that contains itself among it: reading that would run
/// over the stack. A field that throws when it is read is refused, too.
fn check_depth(value: &JsValue, levels: u32) -> Result<(), Error> {
    if !value.is_object() {
        return Ok(());
    }
    let levels = levels.checked_sub(1).ok_or_else(|| error("this is nested deeper than any command or setting"))?;
    let unreadable = |_| error("this has a field that can't be read");
    for key in Reflect::own_keys(value).map_err(unreadable)?.iter() {
        check_depth(&Reflect::get(value, &key).map_err(unreadable)?, levels)?;
    }
    Ok(())
}

/// A command in the form of the entries of `[[at]]`. `number` tells made-up contents apart.
pub fn command(value: JsValue, number: usize) -> Result<Command, Error> {
    check_depth(&value, COMMAND_DEPTH)?;
    let table: toml::Table = serde_wasm_bindgen::from_value(value)
        .map_err(|cause| error(format!("a command must be an object such as {{ kill: \"S1\" }}: {cause}")))?;
    parse_command(table, number as u64).map_err(error)
}

/// Settings over a scenario's own, from an object or from nothing.
pub fn overrides(settings: &JsValue) -> Result<Vec<Override>, Error> {
    if is_left_out(settings) {
        return Ok(Vec::new());
    }
    check_depth(settings, 1)?;
    let settings: serde_json::Map<String, serde_json::Value> = serde_wasm_bindgen::from_value(settings.clone())
        .map_err(|cause| {
            error(format!("the settings must be an object such as {{ \"policy.acks\": \"none\" }}: {cause}"))
        })?;
    let one = |(key, value): (String, serde_json::Value)| match value {
        serde_json::Value::String(value) => Ok(Override { key, value }),
        serde_json::Value::Number(value) => Ok(Override { key, value: value.to_string() }),
        serde_json::Value::Bool(value) => Ok(Override { key, value: value.to_string() }),
        _ => Err(error(format!("the setting {key} must be a string, a number or a boolean"))),
    };
    settings.into_iter().map(one).collect()
}

/// Whether an audit's options ask for pairs.
pub fn pairs(options: &JsValue) -> Result<bool, Error> {
    if is_left_out(options) {
        return Ok(false);
    }
    let wrong = || error("the options of an audit must be an object such as { pairs: true }");
    let pairs = Reflect::get(options, &JsValue::from_str("pairs")).map_err(|_| wrong())?;
    if pairs.is_undefined() { Ok(false) } else { pairs.as_bool().ok_or_else(wrong) }
}

/// How long two runs are compared, where the options say it.
pub fn until(options: &JsValue) -> Result<Option<Span>, Error> {
    if is_left_out(options) {
        return Ok(None);
    }
    let wrong = |_| error("the options of a comparison must be an object such as { untilMs: 3000 }");
    let until = Reflect::get(options, &JsValue::from_str("untilMs")).map_err(wrong)?;
    if until.is_undefined() { Ok(None) } else { span(&until, "untilMs").map(Some) }
}

/// A function, if there is one.
pub fn function(value: JsValue) -> Result<Option<Function>, Error> {
    if is_left_out(&value) {
        return Ok(None);
    }
    value.dyn_into().map(Some).map_err(|_| error("onProgress must be a function"))
}
