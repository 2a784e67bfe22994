//! Files that come in: data to be stored, and scenarios to be run.

use std::sync::Arc;

use super::Playground;
use crate::app::act::{Act, Dialog};
use crate::app::browser::files;
use crate::app::dialogs::scenario_file::Candidate;
use crate::session::{Opening, Scenario};
use crate::sim::Content;
use crate::world::{Command, Placement};

impl Playground {
    /// Reads files; each comes back by itself as a message that `then` makes.
    pub(super) fn take(&mut self, list: Vec<web_sys::File>, then: fn(String, Result<Vec<u8>, String>) -> Act) {
        for file in list {
            let name = file.name();
            if let Some(refusal) = files::refusal(&name, file.size()) {
                self.tell(refusal, true);
                continue;
            }
            let act = self.act.clone();
            let blob = gloo::file::Blob::from(file);
            wasm_bindgen_futures::spawn_local(async move {
                let bytes = gloo::file::futures::read_as_bytes(&blob).await;
                act.emit(then(name, bytes.map_err(|error| error.to_string())));
            });
        }
    }

    /// Stores what was dropped, or asks first if it is a scenario.
    pub(super) fn loaded(&mut self, name: String, read: Result<Vec<u8>, String>) {
        let Some(bytes) = self.readable(&name, read) else { return };
        match Candidate::dropped(&name, &bytes) {
            Some(candidate) => self.present(candidate),
            None => self.store(name, Content::new(&bytes)),
        }
    }

    /// Opens what was chosen as a scenario, or says what is wrong with it.
    pub(super) fn scenario_loaded(&mut self, name: String, read: Result<Vec<u8>, String>) {
        let Some(bytes) = self.readable(&name, read) else { return };
        let candidate = Candidate::chosen(name, &bytes);
        match candidate.read {
            Ok(scenario) => self.run(&scenario),
            Err(_) => self.present(candidate),
        }
    }

    /// Runs a scenario from its beginning, with the seed that it asks for.
    pub(super) fn run(&mut self, scenario: &Arc<Scenario>) {
        let told = format!("The scenario of {} runs now.", scenario.file_name());
        self.open_session(scenario.title(), Opening::new(scenario, scenario.seed), |page, session| {
            page.dialog = None;
            page.start(session);
            page.tell(told, false);
        });
    }

    pub(super) fn store(&mut self, name: String, content: Content) {
        self.apply(Command::Write { file: name, content, placement: Placement::EveryServer });
    }

    fn present(&mut self, candidate: Candidate) {
        // A question that is still open is not to be answered with another file in mind.
        if matches!(self.dialog, Some(Dialog::ScenarioFile(_))) {
            self.tell(format!("{} was not opened: decide about one scenario at a time.", candidate.name), true);
            return;
        }
        self.dialog = Some(Dialog::ScenarioFile(candidate));
    }

    fn readable(&mut self, name: &str, read: Result<Vec<u8>, String>) -> Option<Vec<u8>> {
        read.map_err(|error| self.tell(format!("{name} could not be read: {error}."), true)).ok()
    }
}
