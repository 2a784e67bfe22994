//! The stage's layout, and what a person moved on it.

use web_sys::Element;
use yew::prelude::*;

use super::Playground;
use crate::app::browser::dom;
use crate::app::stage::arrangement::{Arrangement, Move};
use crate::app::stage::layout::{self, Guest, Strip, Wishes};
use crate::app::stage::ripple::Steps;
use crate::app::stage::service;
use crate::app::stage::service::serves_only;
use crate::app::time::speed::DEFAULT_SPEED;
use crate::app::words;
use crate::app::words::Shared;
use crate::world::ServerView;

impl Playground {
    /// Takes one step of arranging the stage of this scenario.
    pub(super) fn arrange(&mut self, step: Move) {
        let title = self.session().scenario().title().to_owned();
        self.arrangements.entry(title).or_default().take(step, &self.layout);
        self.lay_out();
    }

    /// How the stage of this scenario was arranged.
    fn arrangement(&self) -> Arrangement {
        self.arrangements.get(self.session().scenario().title()).cloned().unwrap_or_default()
    }

    /// Whether something of this scenario's stage was moved.
    pub(super) fn is_arranged(&self) -> bool {
        self.arrangements.get(self.session().scenario().title()).is_some_and(|arrangement| !arrangement.is_empty())
    }

    /// What happens to an update, where all updates go one way.
    pub(super) fn ripple(&self) -> Html {
        let view = &self.scene.live;
        let ripple = view.ripple().filter(|_| !words::is_sharded(view) && !serves_only(view));
        let Some(ripple) = ripple else { return html! { <span key="no-ripple" class="grow"></span> } };
        let can_follow = !self.playing || self.speed >= DEFAULT_SPEED;
        html! { <Steps key="ripple" {ripple} {can_follow} act={self.act.clone()} /> }
    }

    pub(super) fn lay_out(&mut self) {
        let Some(room) = self.room.cast::<Element>() else { return };
        let view = &self.scene.live;
        let guest = |server: &ServerView| Guest { id: server.id, zone: server.zone, copies: server.copies.len() };
        let guests: Vec<Guest> = view.servers.iter().map(guest).collect();
        // On a phone the page scrolls as a whole, so the stage is as high as it needs to be.
        let height = if dom::media("(max-width: 760px)") { 0.0 } else { f64::from(room.client_height()) };
        let strip = Strip {
            clients: u16::try_from(view.clients.len()).unwrap_or(u16::MAX),
            coordinators: u8::try_from(view.coordinator.nodes.len()).unwrap_or(u8::MAX),
        };
        let services = if service::serves_only(view) { view.services.len() } else { 0 };
        let asked = (guests, strip, f64::from(room.client_width()).max(280.0), height);
        let asked = (asked, Wishes { arrangement: self.arrangement(), services });
        // The room is measured often, and seldom another.
        if self.laid_out.as_ref() == Some(&asked) {
            return;
        }
        let ((guests, strip, width, height), wishes) = &asked;
        self.layout = Shared::new(layout::lay_out_with(guests, *strip, *width, *height, wishes));
        self.laid_out = Some(asked);
    }
}
