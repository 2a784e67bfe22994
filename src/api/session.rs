//! The class `Session`.

#![allow(clippy::missing_errors_doc, reason = "these docs are JavaScript's too, where `@throws` says it")]

use std::cell::RefCell;
use std::sync::Arc;

use js_sys::{Error, Function};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::convert::{self, error, is_left_out, overrides, span, text, to_js, whole};
use super::guard::{calling_back, guarded};
use crate::report::{
    AuditReport, ComparisonReport, EventReport, ExpectationReport, LedgerReport, MetricsReport, ProgressReport,
    ScenarioReport, ViewReport, ViolationReport, WhyReport, milliseconds,
};
use crate::session::{
    Audit, AuditSettings, Comparison, Contender, Override, Progress, Remedies, Scenario, Session as Inner,
};
use crate::sim::{Content, EventId, Time};
use crate::world::{Command, Placement};

/// A run of a scenario under a seed, with the commands that are given to it.
///
/// The same scenario, seed and commands give the same events on every machine.
#[wasm_bindgen]
pub struct Session {
    // Shared calls only, so that a call that did not come back leaves nothing locked.
    inner: RefCell<Inner>,
}

/// What a call finds when a function that the caller handed over calls the same session again.
const IN_USE: &str = "this session is in the middle of another call";

impl Session {
    fn read<T>(&self, call: impl FnOnce(&Inner) -> Result<T, Error>) -> Result<T, Error> {
        guarded(|| call(&*self.inner.try_borrow().map_err(|_| error(IN_USE))?))
    }

    fn change<T>(&self, call: impl FnOnce(&mut Inner) -> Result<T, Error>) -> Result<T, Error> {
        guarded(|| call(&mut *self.inner.try_borrow_mut().map_err(|_| error(IN_USE))?))
    }
}

#[wasm_bindgen]
impl Session {
    /// Begins a run. Its opening files are written and acknowledged when this returns.
    ///
    /// @param scenario - The short name of a built-in scenario, or the text of a scenario in TOML.
    /// @param seed - A whole number from 0 to 2^53 - 1; the scenario's own if left out.
    /// @param settings - Settings over the scenario's own, as in `{ "policy.acks": "none" }`.
    /// @throws Error if there is no such scenario, its text is wrong, a setting does not exist, or too much happens
    /// before its files are written.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_param_type = "string")] scenario: &JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "number")] seed: &JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Settings")] settings: &JsValue,
    ) -> Result<Session, Error> {
        guarded(|| {
            let scenario = find(&text(scenario, "the scenario")?, &overrides(settings)?)?;
            let seed = if is_left_out(seed) { scenario.seed } else { whole(seed, "the seed")? };
            let inner = Inner::new(&scenario, seed);
            inner.check_room().map_err(error)?;
            Ok(Self { inner: RefCell::new(inner) })
        })
    }

    /// Opens a link that was made by `link()` or copied on the page.
    ///
    /// @param link - The part of the address after `#`.
    /// @throws Error if the link is damaged or asks for what can't be done.
    #[wasm_bindgen(js_name = fromLink)]
    pub fn from_link(#[wasm_bindgen(unchecked_param_type = "string")] link: &JsValue) -> Result<Session, Error> {
        guarded(|| {
            let inner = Inner::from_link(&text(link, "the link")?).map_err(error)?;
            Ok(Self { inner: RefCell::new(inner) })
        })
    }

    /// The time now, in milliseconds of virtual time since the world began.
    #[wasm_bindgen(getter)]
    pub fn now(&self) -> Result<f64, Error> {
        self.read(|session| Ok(milliseconds(session.now())))
    }

    /// The time at which the opening files were written, in milliseconds since the world began. The times of a
    /// scenario's plan count from here.
    #[wasm_bindgen(getter)]
    pub fn start(&self) -> Result<f64, Error> {
        self.read(|session| Ok(milliseconds(session.start())))
    }

    /// The furthest time that was reached, in milliseconds since the world began.
    #[wasm_bindgen(getter)]
    pub fn end(&self) -> Result<f64, Error> {
        self.read(|session| Ok(milliseconds(session.end())))
    }

    /// The seed.
    #[wasm_bindgen(getter)]
    #[expect(
        clippy::cast_precision_loss,
        reason = "a seed from JavaScript is exact; one from a link is as near as can be"
    )]
    pub fn seed(&self) -> Result<f64, Error> {
        self.read(|session| Ok(session.seed() as f64))
    }

    /// Gives a command now, as in `{ kill: "S1" }`. Given in the past, it replaces all that was to come.
    ///
    /// @throws Error if there is no such command, or it can't be carried out as things stand; then nothing changes.
    pub fn apply(&self, #[wasm_bindgen(unchecked_param_type = "Command")] command: JsValue) -> Result<(), Error> {
        self.change(|session| {
            let command = convert::command(command, session.commands().len())?;
            session.apply(command).map_err(error)
        })
    }

    /// A client writes bytes to a file, on every server if it is a new one. `apply` writes texts, and says where.
    ///
    /// @param file - The name of the file.
    /// @param bytes - Its content, of at most 4 MiB.
    /// @throws Error if it can't be carried out as things stand; then nothing changes.
    pub fn write(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] file: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] bytes: &JsValue,
    ) -> Result<(), Error> {
        let (file, bytes) = (text(file, "the name of the file")?, convert::bytes(bytes)?);
        self.change(|session| {
            let content = Content::new(&bytes);
            session.apply(Command::Write { file, content, placement: Placement::EveryServer }).map_err(error)
        })
    }

    /// Lets time pass.
    ///
    /// @param milliseconds - How much virtual time, from 0 to an hour.
    /// @throws Error if it is not in that range, or if the run has as many events or bytes as one may have.
    pub fn advance(
        &self,
        #[wasm_bindgen(unchecked_param_type = "number")] milliseconds: &JsValue,
    ) -> Result<(), Error> {
        let span = span(milliseconds, "the time to advance by")?;
        self.change(|session| {
            session.advance(session.now() + span);
            session.check_room().map_err(error)
        })
    }

    /// Lets time pass up to a moment.
    ///
    /// @param milliseconds - The moment, in milliseconds since the world began, from `now` to an hour.
    /// @throws Error if it is not in that range (`seek` goes back), or if the run has as many events or bytes as one may have.
    #[wasm_bindgen(js_name = advanceTo)]
    pub fn advance_to(
        &self,
        #[wasm_bindgen(unchecked_param_type = "number")] milliseconds: &JsValue,
    ) -> Result<(), Error> {
        let until = Time::ZERO + span(milliseconds, "the time to advance to")?;
        self.change(|session| {
            if until < session.now() {
                return Err(error(format!("it is {} already; seek goes back", session.now())));
            }
            session.advance(until);
            session.check_room().map_err(error)
        })
    }

    /// Goes to a moment between `start` and `end`; what is after it is kept. A moment before or after them
    /// counts as the nearer of the two.
    ///
    /// @param milliseconds - The moment, in milliseconds since the world began, from 0 to an hour.
    /// @throws Error if it is not in that range.
    pub fn seek(&self, #[wasm_bindgen(unchecked_param_type = "number")] milliseconds: &JsValue) -> Result<(), Error> {
        let to = Time::ZERO + span(milliseconds, "the time to go to")?;
        self.change(|session| {
            session.seek(to);
            Ok(())
        })
    }

    /// A picture of this moment.
    #[wasm_bindgen(unchecked_return_type = "ViewReport")]
    pub fn view(&self) -> Result<JsValue, Error> {
        self.read(|session| to_js(&ViewReport::from(&session.view())))
    }

    /// The events up to now, first to last.
    ///
    /// @param from - The number of the first event to tell; 1 if left out.
    #[wasm_bindgen(unchecked_return_type = "EventReport[]")]
    pub fn events(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "number")] from: &JsValue,
    ) -> Result<JsValue, Error> {
        let from = if is_left_out(from) { 1 } else { whole(from, "the number of an event")? };
        self.read(|session| {
            let wanted = session.events().from(EventId(from)).iter();
            to_js(&wanted.map(|event| EventReport::new(session, &event)).collect::<Vec<_>>())
        })
    }

    /// The events up to now as JSON lines: each as an object on a line of its own.
    #[wasm_bindgen(js_name = jsonLines)]
    pub fn json_lines(&self) -> Result<String, Error> {
        self.read(|session| Ok(crate::report::json_lines(session)))
    }

    /// What was measured up to now as CSV: a figure, its value and its unit in each row.
    #[wasm_bindgen(js_name = figuresCsv)]
    pub fn figures_csv(&self) -> Result<String, Error> {
        self.read(|session| Ok(crate::report::figures_csv(session)))
    }

    /// The text of the scenario, in TOML; what was set over it is told in comments at its head.
    #[wasm_bindgen(js_name = scenarioToml)]
    pub fn scenario_toml(&self) -> Result<String, Error> {
        self.read(|session| Ok(session.scenario().to_toml()))
    }

    /// The survival ledger: for each file, what was acknowledged and which copies of it are left.
    #[wasm_bindgen(unchecked_return_type = "LedgerReport")]
    pub fn ledger(&self) -> Result<JsValue, Error> {
        self.read(|session| to_js(&LedgerReport::from(&session.ledger())))
    }

    /// What became of the scenario's expectations up to now.
    #[wasm_bindgen(unchecked_return_type = "ExpectationReport[]")]
    pub fn expectations(&self) -> Result<JsValue, Error> {
        self.read(|session| to_js(&ExpectationReport::all(session)))
    }

    /// What was measured from when the opening files were written until now: availability, latencies, lags,
    /// failovers, copies over time, repairs, bytes.
    #[wasm_bindgen(unchecked_return_type = "MetricsReport")]
    pub fn metrics(&self) -> Result<JsValue, Error> {
        self.read(|session| to_js(&MetricsReport::new(session)))
    }

    /// The invariants that did not hold up to now, first to last: an engine without faults has none.
    #[wasm_bindgen(unchecked_return_type = "ViolationReport[]")]
    pub fn violations(&self) -> Result<JsValue, Error> {
        self.read(|session| to_js(&ViolationReport::all(session)))
    }

    /// Tries every single fault from the present state, and tells the smallest sets that lose acknowledged data or
    /// stop service. The session itself stays as it is.
    ///
    /// @throws Error if `onProgress` throws; it is that very error.
    #[wasm_bindgen(unchecked_return_type = "AuditReport")]
    pub fn audit(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "AuditOptions")] options: &JsValue,
        #[wasm_bindgen(js_name = onProgress, unchecked_optional_param_type = "OnProgress")] on_progress: JsValue,
    ) -> Result<JsValue, JsValue> {
        let pairs = convert::pairs(options)?;
        let on_progress = convert::function(on_progress)?;
        let settings = AuditSettings { pairs, ..AuditSettings::default() };
        // The session is free again when the caller's function runs.
        let mut audit = self.read(|session| Ok(Audit::new(session, settings)))?;
        guarded(|| {
            search(on_progress.as_ref(), || audit.step())?;
            Ok(to_js(&AuditReport::from(&audit.finish()))?)
        })
    }

    /// Explains what is wrong with a file now, and searches for the cheapest change of settings that would have
    /// saved it, by making the same run again with each.
    ///
    /// @param file - The name of the file.
    /// @throws Error if there is no such file or nothing is wrong with it; and what `onProgress` throws.
    #[wasm_bindgen(unchecked_return_type = "WhyReport")]
    pub fn why(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] file: &JsValue,
        #[wasm_bindgen(js_name = onProgress, unchecked_optional_param_type = "OnProgress")] on_progress: JsValue,
    ) -> Result<JsValue, JsValue> {
        let (file, on_progress) = (text(file, "the name of the file")?, convert::function(on_progress)?);
        let (explanation, mut remedies) = self
            .read(|session| Ok((session.why(&file).map_err(error)?, Remedies::new(session, &file).map_err(error)?)))?;
        guarded(|| {
            search(on_progress.as_ref(), || remedies.step())?;
            Ok(to_js(&WhyReport::new(&explanation, &remedies.finish()))?)
        })
    }

    /// Compares this run with another one, from when the opening files were written to a common end: what is the same,
    /// the first difference, what came of both, and which is better. Each goes on with the commands that were given to
    /// it; both sessions themselves stay as they are.
    ///
    /// @param other - The other run: this one is A, the other one B. Give both the same seed.
    /// @param options - How long both run.
    /// @throws Error if the options are wrong; and what `onProgress` throws.
    #[wasm_bindgen(unchecked_return_type = "ComparisonReport")]
    pub fn compare(
        &self,
        other: &Session,
        #[wasm_bindgen(unchecked_optional_param_type = "CompareOptions")] options: &JsValue,
        #[wasm_bindgen(js_name = onProgress, unchecked_optional_param_type = "OnProgress")] on_progress: JsValue,
    ) -> Result<JsValue, JsValue> {
        let length = convert::until(options)?;
        let on_progress = convert::function(on_progress)?;
        let mut comparison = self.read(|a| {
            let b = other.inner.try_borrow().map_err(|_| error(IN_USE))?;
            let length = length.unwrap_or_else(|| Comparison::usual_length(a, &b));
            Ok(Comparison::new(contender(a), contender(&b), length))
        })?;
        guarded(|| {
            search(on_progress.as_ref(), || comparison.step())?;
            comparison.finish();
            Ok(to_js(&ComparisonReport::new(&comparison))?)
        })
    }

    /// The link that brings another browser or program to this very moment: scenario, seed, time and commands.
    pub fn link(&self) -> Result<String, Error> {
        self.read(|session| Ok(session.to_link()))
    }

    /// The BLAKE3 hash, in hex, of all events up to now: equal wherever the same run is made.
    #[wasm_bindgen(js_name = traceHash)]
    pub fn trace_hash(&self) -> Result<String, Error> {
        self.read(|session| Ok(session.trace_hash()))
    }
}

/// A run for a comparison, by the name of its scenario and what was set over it.
fn contender(session: &Inner) -> Contender {
    let scenario = session.scenario();
    let set = scenario.overrides.iter().map(ToString::to_string);
    let name: Vec<String> = core::iter::once(scenario.slug().to_owned()).chain(set).collect();
    Contender::new(&name.join(", "), session.clone())
}

/// A built-in scenario by its short name, or the scenario of a text.
fn find(scenario: &str, overrides: &[Override]) -> Result<Arc<Scenario>, Error> {
    let built_in = Scenario::by_slug(scenario);
    match built_in {
        Some(scenario) if overrides.is_empty() => Ok(Arc::clone(scenario)),
        Some(scenario) => {
            let changed = Scenario::parse_with(&scenario.file_name(), &scenario.source, overrides);
            Ok(Arc::new(changed.map_err(error)?))
        }
        None if !scenario.contains('\n') => Err(error(format!("there is no built-in scenario {scenario:?}"))),
        None => Ok(Arc::new(Scenario::parse_with("scenario.toml", scenario, overrides).map_err(error)?)),
    }
}

/// Goes on with a search step by step, until it ends or the caller's function ends it.
fn search(on_progress: Option<&Function>, mut step: impl FnMut() -> Option<Progress>) -> Result<(), JsValue> {
    while let Some(Progress { done, total }) = step() {
        let Some(on_progress) = on_progress else { continue };
        let progress = to_js(&ProgressReport { done, total })?;
        if calling_back(|| on_progress.call1(&JsValue::UNDEFINED, &progress))? == JsValue::FALSE {
            break;
        }
    }
    Ok(())
}

/// The built-in scenarios.
#[wasm_bindgen(unchecked_return_type = "ScenarioReport[]")]
pub fn scenarios() -> Result<JsValue, Error> {
    guarded(|| to_js(&Scenario::all().iter().map(|scenario| ScenarioReport::from(&**scenario)).collect::<Vec<_>>()))
}

/// The version of the engine, as in `0.1.0`.
#[wasm_bindgen]
#[must_use]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
