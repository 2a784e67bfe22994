//! What the card offers to try, and what is run again with a change.

use std::sync::Arc;

use super::Playground;
use crate::session::{Fault, Opening, Override, Scenario};
use crate::sim::Time;
use crate::world::Command;

impl Playground {
    /// Runs the same story again with a variation of its scenario, or as it was.
    pub(super) fn try_out(&mut self, number: Option<usize>) {
        match self.session().scenario().varied(number) {
            Ok(scenario) => {
                let seed = scenario.tried().and_then(|one| one.seed).unwrap_or(self.attempts.seed());
                let told = scenario.tried().map_or_else(
                    || "The story begins again as it was.".to_owned(),
                    |one| format!("The story begins again. {}. {}", one.title, one.note),
                );
                let what = scenario.tried().map_or_else(|| "the story as it was".to_owned(), |one| one.title.clone());
                self.open_session(&what, Opening::new(&Arc::new(scenario), seed), |page, session| {
                    page.start(session);
                    page.say(told);
                });
            }
            Err(error) => self.tell(format!("This can't be tried here: {error}."), true),
        }
    }

    /// Runs the same story again, with all that was done, under the settings of a remedy.
    pub(super) fn run_remedy(&mut self, settings: &[Override]) {
        let scenario = self.session().scenario();
        let overrides: Vec<Override> = scenario.overrides.iter().cloned().chain(settings.iter().cloned()).collect();
        match Scenario::parse_with(&scenario.file_name(), &scenario.source, &overrides) {
            Ok(changed) => {
                let old = self.session();
                let opening = Opening::like(&Arc::new(changed), old.seed(), old.commands_since_entry());
                let lines: Vec<String> = settings.iter().map(ToString::to_string).collect();
                let lines = lines.join(" and ");
                self.open_run(&format!("the same story with {lines}"), opening, move |page, opened| {
                    page.dialog = None;
                    page.question = None;
                    let missing = match opened.needless + opened.refused {
                        0 => String::new(),
                        1 => " One of your actions does not fit in.".to_owned(),
                        skipped => format!(" {skipped} of your actions do not fit in."),
                    };
                    page.start(opened.session);
                    page.tell(format!("The same story runs again with {lines}.{missing}"), false);
                });
            }
            Err(error) => self.tell(format!("This can't be run here: {error}."), true),
        }
    }

    /// Goes to the moment from which an audit has tried these faults, and plays them.
    pub(super) fn play_faults(&mut self, at: Time, faults: &[Fault]) {
        self.seek(at);
        let commands: Vec<Command> = faults.iter().flat_map(|fault| fault.commands_in(self.session())).collect();
        for command in commands {
            self.apply(command);
        }
        self.play(true);
    }

    /// Takes in what the variation that runs has shown, once its time has come.
    pub(super) fn answer(&mut self) {
        if let Some(told) = self.attempts.look(self.runs.session()) {
            self.say(told);
        }
    }

    /// Has a screen reader told.
    fn say(&mut self, told: String) {
        self.unspoken.push(told);
        self.speak();
    }
}
