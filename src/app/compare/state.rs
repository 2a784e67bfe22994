//! What the page knows of a comparison: the two runs, what is shown of them, and the moment.

use std::sync::Arc;

use web_sys::Element;
use yew::prelude::*;

use super::Pick;
use super::clock::Lanes;
use crate::app::browser::dom;
use crate::app::stage::Stage;
use crate::app::stage::layout::{self, Guest, Layout, Strip, Wishes};
use crate::app::stage::messages::Painter;
use crate::app::stage::scene::Scene;
use crate::app::stage::service;
use crate::app::time::speed::{DEFAULT_SPEED, Pacer};
use crate::app::words::Shared;
use crate::session::{
    Branch, BranchId, Comparison, Contender, Opened, Opening, OutcomeRow, Progress, Scenario, Session, Side, Truth,
};
use crate::sim::{Span, Time};
use crate::world::{ServerView, View};

/// The smallest that a stage is drawn: below this its texts can't be read.
const LEAST_ZOOM: f64 = 0.62;
/// How far apart two looks at truths and numbers are while time runs, in milliseconds: nobody reads faster.
const LOOK_EVERY_MS: f64 = 200.0;

/// What is shown of one world.
pub(crate) struct Shown {
    pub(crate) scene: Scene,
    pub(crate) layout: Shared<Layout>,
    /// For what it was laid out last.
    laid_out: Option<(Vec<Guest>, Strip, f64, f64, usize)>,
    /// When the learner entered.
    pub(crate) start: Time,
    /// How big the stage is drawn.
    pub(crate) zoom: f64,
    pub(crate) truth: Truth,
    pub(crate) room: NodeRef,
    pub(crate) canvas: NodeRef,
    pub(crate) painter: Painter,
}

impl Shown {
    fn new(comparison: &Comparison, side: Side) -> Self {
        Self {
            scene: Scene::new(comparison.world(side).session()),
            layout: Shared::new(Layout::default()),
            laid_out: None,
            start: comparison.world(side).session().start(),
            zoom: 1.0,
            truth: comparison.truth(side),
            room: NodeRef::default(),
            canvas: NodeRef::default(),
            painter: Painter::default(),
        }
    }

    fn lay_out(&mut self) {
        let Some(room) = self.room.cast::<Element>() else { return };
        let view: &View = &self.scene.live;
        let guest = |server: &ServerView| Guest { id: server.id, zone: server.zone, copies: server.copies.len() };
        let guests: Vec<Guest> = view.servers.iter().map(guest).collect();
        // Where the page scrolls as a whole, a stage is as high as it needs to be.
        let height = if dom::media("(max-width: 1000px)") { 0.0 } else { f64::from(room.client_height()) };
        let strip = Strip {
            clients: u16::try_from(view.clients.len()).unwrap_or(u16::MAX),
            coordinators: u8::try_from(view.coordinator.nodes.len()).unwrap_or(u8::MAX),
        };
        let width = f64::from(room.client_width());
        let services = if service::serves_only(view) { view.services.len() } else { 0 };
        let asked = (guests, strip, width, height, services);
        if self.laid_out.as_ref() == Some(&asked) {
            return;
        }
        let (guests, strip, ..) = &asked;
        let wishes = Wishes { services, ..Wishes::default() };
        let at = |zoom: f64| layout::lay_out_with(guests, *strip, (width / zoom).max(280.0), height / zoom, &wishes);
        let mut layout = at(1.0);
        self.zoom = 1.0;
        if height > 0.0 && layout.height > height + 1.0 {
            // Drawn smaller, so that nobody has to scroll in two stages at once.
            self.zoom = (height / layout.height).max(LEAST_ZOOM);
            layout = at(self.zoom);
        }
        self.layout = Shared::new(layout);
        self.laid_out = Some(asked);
    }
}

/// Two runs that are being brought to their common end, or are there.
pub(crate) struct Arena {
    pub(crate) comparison: Comparison,
    pub(crate) shown: [Shown; 2],
    pub(crate) lanes: Shared<Lanes>,
    pub(crate) rows_at_end: Shared<Vec<OutcomeRow>>,
    pub(crate) rows_now: Shared<Vec<OutcomeRow>>,
    pub(crate) summary: String,
    looked_at_ms: f64,
}

/// A comparison as the page has it.
pub(crate) struct Comparing {
    /// The run from which it was opened, at its beginning, with all its commands.
    here: Session,
    /// The branches that can be chosen, by their names.
    pub(crate) branches: Vec<Branch>,
    current: BranchId,
    pub(crate) picks: [Pick; 2],
    /// Those that are open, and the one that is being opened.
    opened: [Option<Contender>; 2],
    opening: Option<Opening>,
    /// None while they are opened.
    pub(crate) arena: Option<Arena>,
    pub(crate) complaint: Option<String>,
    pub(crate) choosing: Option<Side>,
    pub(crate) playing: bool,
    pub(crate) speed: usize,
    pub(crate) pacer: Pacer,
    pub(crate) at_end: bool,
    pub(crate) hovered: Option<(Side, usize)>,
    /// Where one was before the worlds changed places.
    moment: Option<Span>,
}

impl Comparing {
    /// Compares a run as it is with another branch, or with what its scenario has to try, or with another number of acks.
    pub(crate) fn new(here: &Session, current: BranchId, other: Option<BranchId>, branches: Vec<Branch>) -> Self {
        let other = other.map(Pick::Branch);
        let scenario = here.scenario();
        let variation = || (scenario.variation.is_none() && !scenario.tries.is_empty()).then_some(Pick::Variation(1));
        let acks = || {
            let is_none = scenario.rule("policy.acks").is_some_and(|acks| acks == "none");
            Pick::Setting(format!("policy.acks = {}", if is_none { "all" } else { "none" }))
        };
        Self {
            picks: [Pick::Here, other.or_else(variation).unwrap_or_else(acks)],
            here: here.clone(),
            branches,
            current,
            opened: [None, None],
            opening: None,
            arena: None,
            complaint: None,
            choosing: None,
            playing: false,
            speed: DEFAULT_SPEED,
            pacer: Pacer::default(),
            at_end: true,
            hovered: None,
            moment: None,
        }
    }

    /// The run from which it was opened.
    pub(crate) fn here(&self) -> &Session {
        &self.here
    }

    pub(crate) fn pick(&self, side: Side) -> &Pick {
        match side {
            Side::A => &self.picks[0],
            Side::B => &self.picks[1],
        }
    }

    /// Both have come to their end.
    pub(crate) fn is_ready(&self) -> bool {
        self.arena.as_ref().is_some_and(|arena| arena.comparison.is_complete())
    }

    /// How far they are, while they run.
    pub(crate) fn progress(&self) -> Option<Progress> {
        let arena = self.arena.as_ref()?;
        (!arena.comparison.is_complete()).then(|| arena.comparison.progress())
    }

    /// Puts another run into the place of one of them.
    pub(crate) fn choose(&mut self, side: Side, pick: Pick) {
        let place = match side {
            Side::A => 0,
            Side::B => 1,
        };
        self.picks[place] = pick;
        self.begin_anew();
    }

    pub(crate) fn swap(&mut self) {
        let moment = self.arena.as_ref().map(|arena| arena.comparison.now());
        self.picks.swap(0, 1);
        self.begin_anew();
        self.moment = moment;
    }

    fn begin_anew(&mut self) {
        self.opened = [None, None];
        self.opening = None;
        self.arena = None;
        self.complaint = None;
        self.playing = false;
        self.hovered = None;
        self.moment = None;
    }

    /// Opens one of the runs, or lets both go on, for a slice of time; says whether there is more to do.
    pub(crate) fn slice(&mut self, mut has_time: impl FnMut() -> bool) -> bool {
        if self.complaint.is_some() {
            return false;
        }
        if self.arena.is_none() {
            self.open_next(has_time);
            return true;
        }
        let Some(arena) = &mut self.arena else { return false };
        while arena.comparison.step().is_some() {
            if !has_time() {
                return true;
            }
        }
        self.finish();
        false
    }

    /// Compares what was reached.
    pub(crate) fn finish(&mut self) {
        let Some(arena) = &mut self.arena else { return };
        arena.comparison.finish();
        arena.lanes = Shared::new(Lanes::of(&arena.comparison));
        arena.rows_at_end = Shared::new(arena.comparison.outcome_at_end());
        arena.summary = arena.comparison.summary();
        let first = arena.comparison.first_difference().map(|first| first.at);
        let to = self.moment.take().or(first).unwrap_or_else(|| arena.comparison.length());
        self.seek(to);
    }

    fn open_next(&mut self, has_time: impl FnMut() -> bool) {
        if let Some(place) = self.opened.iter().position(Option::is_none) {
            match self.open(&self.picks[place].clone(), has_time) {
                Ok(opened) => self.opened[place] = opened,
                Err(complaint) => self.complaint = Some(complaint),
            }
            return;
        }
        let [Some(a), Some(b)] = std::mem::take(&mut self.opened) else { return };
        let length = Comparison::usual_length(a.session(), b.session());
        let comparison = Comparison::new(a, b, length);
        self.arena = Some(Arena {
            shown: Side::BOTH.map(|side| Shown::new(&comparison, side)),
            lanes: Shared::new(Lanes::of(&comparison)),
            rows_at_end: Shared::new(Vec::new()),
            rows_now: Shared::new(comparison.outcome_now()),
            summary: String::new(),
            looked_at_ms: 0.0,
            comparison,
        });
    }

    /// Opens a run for the time of a slice; none if there is more to do.
    fn open(&mut self, pick: &Pick, has_time: impl FnMut() -> bool) -> Result<Option<Contender>, String> {
        let name = self.name(pick);
        if *pick == Pick::Here {
            return Ok(Some(Contender::new(&name, self.here.clone())));
        }
        let mut opening = match self.opening.take() {
            Some(opening) => opening,
            None => self.opening_of(pick)?,
        };
        let opened = opening.go_on(has_time).map_err(|error| crate::app::words::sentence(&error.to_string()))?;
        let Some(Opened { session, .. }) = opened else {
            self.opening = Some(opening);
            return Ok(None);
        };
        Ok(Some(match pick {
            Pick::Here | Pick::Branch(_) | Pick::Scenario(_) => Contender::new(&name, session),
            Pick::Variation(_) | Pick::Setting(_) => Contender::like_in(&name, session, &self.here),
        }))
    }

    /// What opens a run other than the one from which the comparison was opened.
    fn opening_of(&self, pick: &Pick) -> Result<Opening, String> {
        let seed = self.here.seed();
        let varied = |scenario: Scenario| Opening::new(&Arc::new(scenario), seed);
        match pick {
            Pick::Here => Ok(Opening::new(self.here.scenario(), seed)),
            Pick::Branch(id) => {
                let branch = self.branches.iter().find(|branch| branch.id == *id);
                let branch = branch.ok_or_else(|| "This branch no longer exists.".to_owned())?;
                Ok(Opening::of_run(&branch.run, None))
            }
            Pick::Variation(number) => {
                self.here.scenario().varied(Some(*number)).map(varied).map_err(|error| format!("{error}."))
            }
            Pick::Setting(line) => changed(self.here.scenario(), line).map(varied),
            Pick::Scenario(slug) => {
                let scenario = Scenario::by_slug(slug).ok_or_else(|| "There is no such scenario.".to_owned())?;
                Ok(Opening::new(scenario, seed))
            }
        }
    }

    /// What a choice is called.
    pub(crate) fn name(&self, pick: &Pick) -> String {
        match pick {
            Pick::Here => {
                let own = self.branches.iter().find(|branch| branch.id == self.current);
                own.map_or_else(|| "this run".to_owned(), |branch| branch.name.clone())
            }
            Pick::Branch(id) => {
                let branch = self.branches.iter().find(|branch| branch.id == *id);
                branch.map_or_else(|| "a branch".to_owned(), |branch| branch.name.clone())
            }
            Pick::Variation(number) => {
                let tried = number.checked_sub(1).and_then(|at| self.here.scenario().tries.get(at));
                tried.map_or_else(|| "a variation".to_owned(), |tried| tried.title.clone())
            }
            Pick::Setting(line) => line.clone(),
            Pick::Scenario(slug) => {
                Scenario::by_slug(slug).map_or_else(|| slug.clone(), |scenario| scenario.title().to_owned())
            }
        }
    }

    /// What each of the worlds is called: by the one setting in which they differ, or by what was chosen.
    pub(crate) fn labels(&self) -> [String; 2] {
        let by_setting = self.arena.as_ref().and_then(|arena| arena.comparison.setup().labels());
        by_setting.unwrap_or_else(|| [self.name(&self.picks[0]), self.name(&self.picks[1])])
    }

    /// The branches other than the one from which it was opened.
    pub(crate) fn others(&self) -> impl Iterator<Item = &Branch> {
        self.branches.iter().filter(|branch| branch.id != self.current)
    }

    /// Goes to a moment.
    pub(crate) fn seek(&mut self, to: Span) {
        let Some(arena) = &mut self.arena else { return };
        arena.comparison.seek(to);
        self.refresh(true);
    }

    /// Lets time pass while it plays; says whether anything is to be drawn.
    pub(crate) fn frame(&mut self, at_ms: f64) -> bool {
        let span = self.pacer.frame(at_ms, self.speed);
        let Some(arena) = &mut self.arena else { return false };
        if span == Span::ZERO {
            return false;
        }
        let (now, end) = (arena.comparison.now(), arena.comparison.length());
        arena.comparison.seek((now + span).min(end));
        if now + span >= end {
            self.play(false);
        }
        self.refresh(!self.playing);
        true
    }

    /// Lets time run or stand; at the end it begins again.
    pub(crate) fn play(&mut self, playing: bool) {
        self.playing = playing && self.is_ready();
        self.pacer.pause();
        let at_end = self.arena.as_ref().is_some_and(|arena| arena.comparison.now() >= arena.comparison.length());
        if self.playing && at_end {
            self.seek(Span::ZERO);
        }
    }

    /// The moment of what is told next in either world, or of what was told before.
    pub(crate) fn neighbour(&self, forward: bool) -> Option<Span> {
        let comparison = &self.arena.as_ref()?.comparison;
        let now = comparison.now();
        let moments = Side::BOTH.into_iter().flat_map(|side| comparison.told(side)).map(|happening| happening.at);
        if forward { moments.filter(|at| *at > now).min() } else { moments.filter(|at| *at < now).max() }
    }

    /// Takes the views anew; truths and numbers too, if something changed and they were not taken a moment ago.
    fn refresh(&mut self, at_once: bool) {
        let at_end = self.at_end;
        let Some(arena) = &mut self.arena else { return };
        let now_ms = dom::now_ms();
        let looks = at_once || now_ms - arena.looked_at_ms >= LOOK_EVERY_MS;
        for (shown, side) in arena.shown.iter_mut().zip(Side::BOTH) {
            let before = shown.scene.still.clone();
            shown.scene.refresh(arena.comparison.world(side).session());
            if before != shown.scene.still {
                shown.lay_out();
            }
            if looks {
                shown.truth = arena.comparison.truth(side);
            }
        }
        if looks {
            arena.looked_at_ms = now_ms;
            if !at_end {
                arena.rows_now = Shared::new(arena.comparison.outcome_now());
            }
        }
    }

    /// Shows the outcome at the end, or now.
    pub(crate) fn show_at_end(&mut self, at_end: bool) {
        self.at_end = at_end;
        self.refresh(true);
    }

    /// Lays both stages out for the room that they have.
    pub(crate) fn lay_out(&mut self) {
        let Some(arena) = &mut self.arena else { return };
        for shown in &mut arena.shown {
            shown.lay_out();
            shown.painter.forget();
        }
    }

    /// Draws the messages under way.
    pub(crate) fn paint(&mut self) {
        let Some(arena) = &mut self.arena else { return };
        for shown in &mut arena.shown {
            if let Some(canvas) = Stage::canvas(&shown.canvas) {
                shown.painter.paint(&canvas, &shown.layout, &shown.scene.live);
            }
        }
    }
}

/// The scenario with the setting of a line.
pub(crate) fn changed(scenario: &Scenario, line: &str) -> Result<Scenario, String> {
    match line.split_once('=').map(|(key, value)| (key.trim(), value.trim())) {
        Some((key, value)) if !key.is_empty() && !value.is_empty() => {
            scenario.set(key, value).map_err(|error| format!("{error}."))
        }
        _ => Err("A setting is a key and a value, such as policy.acks = none.".to_owned()),
    }
}
