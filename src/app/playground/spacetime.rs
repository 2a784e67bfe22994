//! What is done with the space-time diagram.

use gloo::timers::callback::Timeout;
use web_sys::Element;
use yew::prelude::*;

use super::Playground;
use crate::app::act::{Act, Tab};
use crate::app::browser::dom;
use crate::app::dialogs::export::Export;
use crate::app::faults;
use crate::app::spacetime::card::Told;
use crate::app::spacetime::frame::Way;
use crate::app::spacetime::{LaneRole, SpaceTime, SpaceTimeAct, View, bar, legend};
use crate::app::stage::tools::Tools;
use crate::app::words::{self, Shared};
use crate::session::Diagram;
use crate::sim::{NodeId, Time};
use crate::world::ServerStatus;

/// How far apart two drawings are while time runs, in milliseconds.
const DRAW_EVERY_MS: f64 = 90.0;

/// How far apart two notes of what has happened are while the stage is shown, in milliseconds.
const NOTE_EVERY_MS: f64 = 400.0;

impl Playground {
    pub(super) fn on_space_time(&mut self, act: SpaceTimeAct) -> bool {
        let diagram = &mut self.diagram;
        match act {
            SpaceTimeAct::Show(view) => self.show(view),
            SpaceTimeAct::Turn => {
                let other = if diagram.view == View::Stage { View::SpaceTime } else { View::Stage };
                self.show(other);
            }
            SpaceTimeAct::Look => {}
            SpaceTimeAct::Hover(event) => {
                diagram.hovered = event;
                diagram.light(self.runs.session());
            }
            SpaceTimeAct::Pin(event) => {
                diagram.pin(event);
                self.tell_pinned();
            }
            SpaceTimeAct::Cause => {
                let moved = diagram.go_to_cause(self.runs.session());
                self.follow_pinned(moved);
            }
            SpaceTimeAct::Effect => {
                let moved = diagram.go_to_effect(self.runs.session());
                self.follow_pinned(moved);
            }
            SpaceTimeAct::Lane(next) => {
                let moved =
                    diagram.go_to_lane(self.runs.session(), next).ok_or("There is no line with an event there.");
                self.follow_pinned(moved);
            }
            SpaceTimeAct::Zoom(closer) => diagram.zoom(self.runs.session(), closer),
            SpaceTimeAct::Pan(pixels) => diagram.pan(self.runs.session(), pixels),
            SpaceTimeAct::Filter(filter) => {
                diagram.options.filter = filter;
                diagram.light(self.runs.session());
            }
            SpaceTimeAct::Heartbeats => diagram.options.heartbeats = !diagram.options.heartbeats,
            SpaceTimeAct::Fold => diagram.options.fold = !diagram.options.fold,
            SpaceTimeAct::Go => {
                if let Some(at) = diagram.told.as_ref().map(|told| told.at) {
                    return self.act(Act::Seek(at));
                }
            }
            SpaceTimeAct::Export => self.export(Export::Svg(View::SpaceTime)),
            SpaceTimeAct::Why(file, at) => {
                self.act(Act::Seek(at));
                return self.act(Act::Why(file));
            }
        }
        true
    }

    /// Draws the diagram anew, if it is shown and something of it changed.
    pub(super) fn draw_space_time(&mut self) {
        let now_ms = dom::now_ms();
        let is_shown = self.diagram.view == View::SpaceTime;
        if !is_shown {
            // What was lost is known only from where it has happened, so it is noted there.
            if !self.playing || now_ms - self.diagram.made_at_ms > NOTE_EVERY_MS {
                self.diagram.made_at_ms = now_ms;
                self.diagram.note(self.runs.session());
            }
            return;
        }
        if self.playing && now_ms - self.diagram.made_at_ms < DRAW_EVERY_MS && self.diagram.picture.is_some() {
            return;
        }
        self.diagram.made_at_ms = now_ms;
        let Some(room) = self.room.cast::<Element>() else { return };
        let width = f64::from(room.client_width()).max(280.0);
        // On a phone the page scrolls as a whole, so the diagram is as high as it needs to be.
        let height = if dom::media("(max-width: 760px)") { 0.0 } else { f64::from(room.client_height()) };
        if self.diagram.draw(self.runs.session(), self.playing, (width, height)) {
            let act = self.act.clone();
            Timeout::new(0, move || act.emit(Act::SpaceTime(SpaceTimeAct::Look))).forget();
        }
    }

    fn show(&mut self, view: View) {
        self.diagram.view = view;
        // The room has another height beside the other view's tools.
        let act = self.act.clone();
        Timeout::new(0, move || act.emit(Act::Measure)).forget();
    }

    fn follow_pinned(&mut self, moved: Result<(), &'static str>) {
        match moved {
            Ok(()) => self.tell_pinned(),
            Err(reason) => {
                self.unspoken.push(reason.to_owned());
                self.speak();
            }
        }
    }

    /// Shows the pinned event in the window and in the inspector, and tells it.
    fn tell_pinned(&mut self) {
        let diagram = &mut self.diagram;
        if let Some(found) = diagram.pinned.and_then(|event| diagram.causality.event(self.runs.session(), event)) {
            diagram.reveal(self.runs.session(), found.at);
            self.tab = Tab::Inspect;
            self.unspoken.push(found.sentence);
            self.speak();
        }
        self.diagram.light(self.runs.session());
    }

    pub(super) fn view_bar(&self) -> Html {
        let heartbeats = self.diagram.picture.as_ref().map_or(0, |picture| picture.heartbeats);
        html! { <bar::ViewBar key="view-bar" view={self.diagram.view} options={self.diagram.options} {heartbeats} act={self.act.clone()}>{ self.ripple() }</bar::ViewBar> }
    }

    /// The diagram, if it is what is looked at.
    pub(super) fn space_time(&self) -> Option<Html> {
        (self.diagram.view == View::SpaceTime).then(|| {
            let Some(picture) = self.diagram.picture.clone() else { return html! { <p class="pane-note">{ "Drawing…" }</p> } };
            html! {
                <SpaceTime key="spacetime" {picture} pinned={self.diagram.pinned_trace.clone()} hovered={self.diagram.hovered_trace.clone()}
                    filter={self.diagram.options.filter} roles={self.roles()} losses={self.told_losses()}
                    now={self.session().now()} act={self.act.clone()} />
            }
        })
    }

    /// What stands under the view: the tools of the stage, or the legend of the diagram.
    pub(super) fn foot(&self) -> Html {
        match self.diagram.view {
            View::Stage => html! {
                <Tools key="tools" can_heal={faults::is_anything_to_heal(&self.scene.still)} arranged={self.is_arranged()} density={self.layout.density} servers={self.layout.servers.len()}
                    service={crate::app::stage::service::only(&self.scene.still)}
                    act={self.act.clone()} />
            },
            View::SpaceTime => {
                let left_out = self.diagram.picture.as_ref().and_then(|picture| picture.left_out.as_ref());
                html! { <div key="foot" class="spacetime-foot">{ legend::draw(left_out) }</div> }
            }
        }
    }

    /// What is told of the pinned event, while the diagram is shown.
    pub(super) fn told(&self) -> Option<Shared<Told>> {
        self.diagram.told.clone().filter(|_| self.diagram.view == View::SpaceTime)
    }

    /// Since when a server is the primary, if it was not at the start, or until when it was.
    fn change(&self, node: NodeId, diagram: &Diagram) -> Option<String> {
        let (now, start) = (self.session().now(), self.session().start());
        let mut until_now = diagram.primacies.iter().rev().filter(|primacy| primacy.from <= now);
        let last = until_now.find(|primacy| NodeId::Server(primacy.server) == node)?;
        let clock = |at: Time| Time::ZERO + at.since(start);
        match last.to.filter(|to| *to <= now) {
            Some(to) => Some(format!("primary to {}", clock(to))),
            None => (last.from > start).then(|| format!("from {}", clock(last.from))),
        }
    }

    /// The stretches of time that the diagram shows to scale, for the timeline.
    pub(super) fn shown(&self) -> Vec<(Time, Time)> {
        let picture = self.diagram.picture.as_ref().filter(|_| self.diagram.view == View::SpaceTime);
        picture.map(|picture| picture.frame.scale.open().collect()).unwrap_or_default()
    }

    /// The name of each line, what its node is now, and since when or until when it is or was the primary.
    fn roles(&self) -> Vec<LaneRole> {
        let view = &self.scene.live;
        let Some(picture) = &self.diagram.picture else { return Vec::new() };
        let role = |node: &NodeId| match node {
            NodeId::Client(_) => (node.to_string(), "client".to_owned()),
            NodeId::Server(id) => {
                let found = view.servers.iter().find(|server| server.id == *id);
                let role = found.map_or("not there", |server| match server.status {
                    ServerStatus::Up => words::role(server.role),
                    down => words::status(down),
                });
                (node.to_string(), role.to_owned())
            }
            NodeId::Coordinator(id) => {
                let found = view.coordinator.nodes.iter().find(|found| found.id == *id);
                let role = match found {
                    Some(found) if !found.is_up => "down",
                    Some(found) if found.leads && view.coordinator.nodes.len() > 1 => "leads",
                    _ => "",
                };
                let number = if view.coordinator.nodes.len() > 1 { format!(" {}", id.0) } else { String::new() };
                let word = if picture.frame.way == Way::Down { "Coord." } else { "Coordinator" };
                (format!("{word}{number}"), role.to_owned())
            }
        };
        picture
            .diagram
            .lanes
            .iter()
            .map(|node| {
                let (name, role) = role(node);
                LaneRole { node: *node, name, change: self.change(*node, &picture.diagram), role }
            })
            .collect()
    }
}
