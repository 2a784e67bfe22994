//! What each message does to the page.

use gloo::render::request_animation_frame;
use gloo::timers::callback::Timeout;

use crate::session::{Opening, Scenario};
use crate::sim::{FileId, ServerId, Time};
use crate::world::{Command, OutcomeView, ServerStatus, ServerView, View};

use super::opening::Way;
use super::{Playground, Toast};
use crate::app::act::{Act, Dialog, Draft, ServerAct};
use crate::app::browser::crash;
use crate::app::browser::dom;
use crate::app::browser::files;
use crate::app::browser::slice;
use crate::app::browser::theme;
use crate::app::dialogs::why::Question;
use crate::app::panes::audit::Inquiry;
use crate::app::time::speed::SPEEDS;
use crate::app::time::timeline::Timeline;
use crate::app::time::turns::Due;
use crate::app::words;

impl Playground {
    pub(super) fn act(&mut self, act: Act) -> bool {
        // What an exercise has locked is locked before anything else is done with it.
        let act = match self.in_course(act) {
            Ok(render) => return render,
            Err(act) => act,
        };
        let act = match self.in_comparison(act) {
            Ok(render) => return render,
            Err(act) => act,
        };
        match act {
            // Taken above.
            Act::Compare(_) | Act::Course(_) => {}
            Act::Frame(at_ms) => return self.frame(at_ms),
            Act::Opening(act) => return self.on_opening(act),
            Act::Select(None) if self.says_it_waits() => self.cancel_opening(),
            Act::TogglePlay => self.play(!self.playing),
            Act::Step | Act::StopAt(_) | Act::StepSlice | Act::StopStep => self.on_step(&act),
            Act::StepBack => {
                let to = Timeline::before(self.session()).unwrap_or(self.session().start());
                self.seek(to);
            }
            Act::ToStart => self.seek(self.session().start()),
            Act::Seek(to) => self.seek(to),
            Act::SetSpeed(speed) => self.speed = speed.min(SPEEDS.len() - 1),
            Act::Faster => self.speed = self.speed.saturating_sub(1),
            Act::Slower => self.speed = (self.speed + 1).min(SPEEDS.len() - 1),
            Act::Apply(command) => self.apply(command),
            Act::Select(server) => self.select(server),
            Act::Arrange(step) => self.arrange(step),
            Act::Inspect(server) => self.inspected = Some(server),
            Act::OnServer(server, act) => {
                let act = self.act_for(server, act);
                self.apply(act.command(server));
                self.select(None);
            }
            Act::ShowTab(tab) => self.tab = tab,
            Act::Audit | Act::AuditSlice | Act::StopAudit | Act::Why(_) | Act::SeekRemedy | Act::RemedySlice => {
                self.inquire(act);
            }
            Act::Open(dialog) => self.dialog = Some(dialog),
            Act::CloseDialog => self.dialog = None,
            Act::Overwrite(file) => self.dialog = Some(Dialog::Write(self.draft(file))),
            Act::Scenario(slug) => {
                if let Some(scenario) = Scenario::by_slug(&slug) {
                    let opening = Opening::new(scenario, self.session().seed());
                    self.open_session(scenario.title(), opening, Self::start);
                }
            }
            Act::ChooseScenario => dom::click("#scenario-file"),
            Act::ScenarioChosen(list) => self.take(list, Act::ScenarioLoaded),
            Act::ScenarioLoaded(name, read) => self.scenario_loaded(name, read),
            Act::RunScenario(scenario) => self.run(&scenario),
            Act::Redesign(scenario, setting) => self.redesign(&scenario, setting),
            Act::Try(number) => self.try_out(number),
            Act::RunRemedy(settings) => self.run_remedy(&settings),
            Act::PlayFaults(at, faults) => self.play_faults(at, &faults),
            Act::Store(name, content) => self.store(name, content),
            Act::Seed(seed) => self.reseed(seed),
            Act::Share => self.share(),
            Act::Copied(done) => {
                if let Some(Dialog::Share { copied, .. }) = &mut self.dialog {
                    *copied = Some(done);
                }
            }
            Act::Export(what) => self.export(what),
            Act::Exported(name, blob) => self.exported(&name, blob),
            Act::NextTheme => {
                self.theme = self.theme.next();
                theme::apply(self.theme);
                self.painter.forget();
            }
            Act::Measure => {
                self.painter.forget();
                self.lay_out();
            }
            Act::Drop(list) => self.take(list, Act::Loaded),
            Act::DragOver(over) => {
                let changed = self.dragging != over;
                self.dragging = over;
                return changed;
            }
            Act::Loaded(name, read) => self.loaded(name, read),
            Act::Download(specimen) => {
                files::download(&specimen.name, &specimen.content);
            }
            Act::BadSeed => self.tell(format!("A seed is a whole number from 0 to {}.", u64::MAX), true),
            Act::Shelf(act) => self.on_shelf(act),
            Act::Branch(act) => self.on_branches(act),
            Act::Policy(act) => self.govern(act),
            Act::ShowAll(all) => {
                self.show_all = all;
                self.timeline.show_all(all, self.runs.session());
            }
            Act::SpaceTime(act) => return self.on_space_time(act),
            Act::HashChanged => return self.hash_changed(),
            Act::DismissToast => self.toast = None,
            Act::Announce => self.announce(),
        }
        true
    }

    /// The key that pauses a server lets a paused one go on.
    pub(super) fn act_for(&self, server: ServerId, act: ServerAct) -> ServerAct {
        let found = self.scene.live.servers.iter().find(|found| found.id == server);
        let is_paused = found.is_some_and(|found| found.status == ServerStatus::Paused);
        if act == ServerAct::Pause && is_paused { ServerAct::Resume } else { act }
    }

    /// What is tried on copies of the world, a slice between two frames.
    fn inquire(&mut self, act: Act) {
        match act {
            Act::Audit => {
                self.play(false);
                self.inquiry = Some(Inquiry::new(self.session()));
                self.later(Act::AuditSlice);
            }
            Act::AuditSlice => {
                let goes_on = self.inquiry.as_mut().is_some_and(|inquiry| inquiry.slice(slice::begin()));
                if goes_on {
                    self.later(Act::AuditSlice);
                }
            }
            Act::Why(file) => {
                self.play(false);
                self.question = Some(Question::new(self.session(), &file));
                self.dialog = Some(Dialog::Why);
            }
            Act::SeekRemedy => {
                if let Some(question) = &mut self.question {
                    question.seek_remedy(self.runs.session());
                }
                self.later(Act::RemedySlice);
            }
            Act::RemedySlice => {
                let open = self.dialog == Some(Dialog::Why);
                let goes_on = self.question.as_mut().is_some_and(|question| open && question.slice(slice::begin()));
                if goes_on {
                    self.later(Act::RemedySlice);
                }
            }
            Act::StopAudit => {
                if let Some(inquiry) = &mut self.inquiry {
                    inquiry.stop();
                }
            }
            _ => {}
        }
    }

    /// Asks for the next frame, if time runs and none is asked for yet.
    pub(super) fn arm(&mut self) {
        let playing = self.comparing.as_ref().map_or(self.playing, |comparing| comparing.playing);
        if playing && self.frame.is_none() && !crash::stopped() {
            let act = self.act.clone();
            self.frame = Some(request_animation_frame(move |at_ms| act.emit(Act::Frame(at_ms))));
        }
    }

    /// The browser gets its turn between two slices.
    pub(super) fn later(&self, what: Act) {
        let act = self.act.clone();
        slice::next(move || act.emit(what)).forget();
    }

    pub(super) fn play(&mut self, playing: bool) {
        if self.playing && !playing {
            self.keep_soon();
        }
        self.playing = playing;
        self.pacer.pause();
        if !playing {
            self.frame = None;
            self.refresh();
        }
    }

    pub(super) fn seek(&mut self, to: Time) {
        self.play(false);
        let to = to.clamp(self.session().start(), self.session().end());
        self.runs.session_mut().seek(to);
        self.keep_soon();
        self.refresh();
    }

    /// Takes the view and the events anew, and tells what is worth telling.
    pub(super) fn refresh(&mut self) {
        let before = self.scene.still.clone();
        // While time runs, what is read changes a few times a second.
        self.due = if self.playing { self.turns.at(dom::now_ms()) } else { Due::ALL };
        if self.playing {
            self.scene.follow(self.runs.session(), self.due);
        } else {
            self.scene.refresh(self.runs.session());
        }
        let news = self.timeline.refresh(self.runs.session(), self.due);
        // A quiet cluster has answers too.
        self.answer();
        self.unspoken.extend(news.iter().map(|line| line.sentence.clone()));
        if before == self.scene.still {
            self.speak();
            return;
        }
        if !has_same_places(&before, &self.scene.still) {
            self.lay_out();
        }
        let ended: Vec<String> = self
            .scene
            .live
            .operations
            .iter()
            .filter(|operation| operation.outcome != OutcomeView::Pending && self.asked.contains(&operation.id))
            .filter(|operation| {
                before.operations.iter().any(|old| old.id == operation.id && old.outcome == OutcomeView::Pending)
            })
            .map(|operation| {
                let verb = words::operation_verb(operation.kind);
                format!("{verb} {}: {}.", operation.name, words::outcome(operation).trim_end_matches('.'))
            })
            .collect();
        if let Some(last) = ended.last().cloned() {
            self.unspoken.extend(ended);
            self.tell(last, false);
        }
        self.speak();
    }

    /// A screen reader gets what happened at most about once a second, and only the latest of it.
    pub(super) fn speak(&mut self) {
        let extra = self.unspoken.len().saturating_sub(3);
        self.unspoken.drain(..extra);
        let is_silent = self.unspoken.is_empty() && self.announced.is_empty();
        if !is_silent && self.speaking.is_none() {
            let act = self.act.clone();
            self.speaking = Some(Timeout::new(900, move || act.emit(Act::Announce)));
        }
    }

    /// Has a screen reader told what waits to be told.
    fn announce(&mut self) {
        self.speaking = None;
        let mut told = std::mem::take(&mut self.announced);
        told.append(&mut self.unspoken);
        self.spoken = told.join(" ");
    }

    pub(super) fn apply(&mut self, command: Command) {
        let is_read = matches!(command, Command::Read { .. } | Command::Call { .. });
        let for_client = is_read || matches!(command, Command::Write { .. } | Command::Delete { .. });
        let before = self.track_of_current();
        match self.runs.apply(command) {
            Ok(forked) => {
                if let Some(branch) = forked {
                    self.forked(branch, before);
                }
                if for_client {
                    let operations = self.session().view().operations;
                    self.asked.extend(operations.iter().map(|operation| operation.id).max());
                }
                self.scene.hurry();
                self.turns.hurry();
                self.refresh();
                self.changed();
                if for_client && !self.playing {
                    self.tell("Time is paused: play or step to see what happens.".to_owned(), false);
                }
            }
            Err(error) => self.tell(words::sentence(&error.to_string()), true),
        }
    }

    fn select(&mut self, server: Option<ServerId>) {
        self.open = server;
        self.inspected = server.or(self.inspected);
    }

    fn hash_changed(&mut self) -> bool {
        let fragment = dom::fragment();
        if self.visit_course(&fragment) {
            return true;
        }
        if fragment.is_empty() || fragment == self.session().to_link() {
            return false;
        }
        match Opening::of_link(&fragment) {
            Ok(opening) => {
                self.open_session("the run of the link", opening, Self::open_link);
                self.came_by(Way::Link);
            }
            Err(error) => self.tell(format!("This link can't be opened: {error}."), true),
        }
        true
    }

    fn draft(&self, file: FileId) -> Draft {
        let name = self.scene.live.ledger.rows.iter().find(|row| row.file == file).map(|row| row.name.clone());
        let newest = self
            .scene
            .live
            .servers
            .iter()
            .filter(|server| server.status == ServerStatus::Up)
            .flat_map(|server| &server.copies)
            .filter(|copy| copy.file == file && copy.content.size_bytes() < 65_536)
            .max_by_key(|copy| copy.version);
        let text = newest.and_then(|copy| String::from_utf8(copy.content.bytes().to_vec()).ok()).unwrap_or_default();
        Draft { name: name.unwrap_or_default(), text, known: true }
    }

    fn share(&mut self) {
        let link = match self.session().to_checked_link() {
            Ok(link) => format!("{}#{link}", dom::page_address()),
            Err(error) => {
                self.dialog = Some(Dialog::NoLink(error.to_string()));
                return;
            }
        };
        self.dialog = Some(Dialog::Share { link: link.clone(), copied: None, stand_ins: self.session().stand_ins() });
        let act = self.act.clone();
        wasm_bindgen_futures::spawn_local(async move {
            act.emit(Act::Copied(dom::copy(&link).await));
        });
    }

    /// Tells something for a while; it takes the place of what was told before.
    pub(super) fn tell(&mut self, text: String, error: bool) {
        let act = self.act.clone();
        let timer = Timeout::new(if error { 9_000 } else { 5_000 }, move || act.emit(Act::DismissToast));
        self.toast = Some(Toast { text, error, _timer: timer });
    }
}

/// Whether two views have the same boxes to be placed: the layout asks for nothing else.
fn has_same_places(one: &View, other: &View) -> bool {
    let place = |server: &ServerView| (server.id, server.zone, server.copies.len());
    one.servers.iter().map(place).eq(other.servers.iter().map(place))
        && one.clients.len() == other.clients.len()
        && one.coordinator.nodes.len() == other.coordinator.nodes.len()
}
