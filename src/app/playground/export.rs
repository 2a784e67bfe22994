//! What is saved as a file: the run, its figures, its scenario, and pictures of its views.

use gloo::timers::callback::Timeout;

use super::Playground;
use crate::app::act::Act;
use crate::app::browser::{dom, files, picture};
use crate::app::dialogs::export::Export;
use crate::app::spacetime::{SpaceTimeAct, View, export};
use crate::app::stage::picture::messages;
use crate::report;
use crate::sim::Content;

/// How long a view that was not shown takes until it is drawn, in milliseconds.
const DRAWN_AFTER_MS: u32 = 120;

impl Playground {
    pub(super) fn export(&mut self, what: Export) {
        self.dialog = None;
        let session = self.session();
        let slug = session.scenario().slug().to_owned();
        match what {
            Export::JsonLines => self.save(&format!("{slug}.jsonl"), report::json_lines(session).as_bytes()),
            Export::Figures => self.save(&format!("{slug}-figures.csv"), report::figures_csv(session).as_bytes()),
            Export::Scenario => self.save(&format!("{slug}.toml"), session.scenario().to_toml().as_bytes()),
            Export::Svg(view) | Export::Png(view) if self.comparing.is_some() => {
                let what = if view == View::Stage { "stage" } else { "diagram" };
                self.tell(format!("A picture of the {what} is made outside of a comparison: close it first."), true);
            }
            Export::Svg(view) | Export::Png(view) if self.diagram.view != view => {
                self.act(Act::SpaceTime(SpaceTimeAct::Show(view)));
                let act = self.act.clone();
                Timeout::new(DRAWN_AFTER_MS, move || act.emit(Act::Export(what))).forget();
            }
            Export::Svg(view) => match self.picture_of(view) {
                Some(drawing) => self.save(&format!("{slug}-{}.svg", name(view)), drawing.svg.as_bytes()),
                None => self.cannot(view),
            },
            Export::Png(view) => match self.picture_of(view) {
                Some(drawing) => {
                    let (act, name) = (self.act.clone(), format!("{slug}-{}.png", name(view)));
                    picture::png(&drawing, move |blob| act.emit(Act::Exported(name, blob)));
                }
                None => self.cannot(view),
            },
        }
    }

    /// A picture in pixels is ready, or can't be made.
    pub(super) fn exported(&mut self, name: &str, blob: Option<web_sys::Blob>) {
        let saved = blob.and_then(|blob| files::download_blob(name, blob.into()));
        match saved {
            Some(()) => self.tell(format!("{name} was saved."), false),
            None => self.tell(format!("The browser can't make {name}."), true),
        }
    }

    fn save(&mut self, name: &str, bytes: &[u8]) {
        match files::download(name, &Content::new(bytes)) {
            Some(()) => self.tell(format!("{name} was saved."), false),
            None => self.tell(format!("The browser can't save {name}."), true),
        }
    }

    fn cannot(&mut self, view: View) {
        self.tell(format!("The browser can't make a file of the {}.", name(view)), true);
    }

    fn picture_of(&self, view: View) -> Option<picture::Drawing> {
        match view {
            View::Stage => {
                let stage = dom::document()?.query_selector("svg.stage").ok()??;
                picture::drawing(&stage, &messages(&self.scene.live, &self.layout))
            }
            View::SpaceTime => export::drawing(),
        }
    }
}

fn name(view: View) -> &'static str {
    match view {
        View::Stage => "stage",
        View::SpaceTime => "space-time",
    }
}
