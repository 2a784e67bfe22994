//! Many servers: a box for each, or a cell, and a heading for each zone.

use yew::prelude::*;

use crate::check::CopyHealth;
use crate::sim::ZoneId;
use crate::world::{Role, ServerStatus, ServerView, View};

use crate::app::stage::layout::Rect;
use crate::app::stage::opener::{Go, Opener};
use crate::app::stage::target::Target;
use crate::app::stage::text::{self, Font};
use crate::app::stage::vessel::px;
use crate::app::words::{self, Shared};

/// What is told of a server in a box.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Gist {
    /// `up to date`, `crashed`, or how many updates it is behind: `−15`.
    state: String,
    tone: &'static str,
    /// How much of what there is it has, of a hundred.
    share: u64,
}

/// The highest index that a server that runs has in its log.
pub(crate) fn newest(view: &View) -> u64 {
    view.servers
        .iter()
        .filter(|server| server.status == ServerStatus::Up)
        .map(|server| server.last_index)
        .max()
        .unwrap_or(0)
}

/// How many of the last updates the bar of a box stands for.
const BAR: u64 = 64;

fn gist(server: &ServerView, newest: u64) -> Gist {
    let behind = newest.saturating_sub(server.last_index);
    let share = BAR.saturating_sub(behind) * 100 / BAR;
    let corrupt = server.copies.iter().filter(|copy| copy.health == CopyHealth::Corrupt).count();
    let (state, tone, share) = match (server.status, server.role, behind) {
        (ServerStatus::Killed, ..) => ("killed".to_owned(), "killed", 0),
        (ServerStatus::Crashed, ..) => ("crashed".to_owned(), "crashed", share),
        (ServerStatus::Paused, ..) => ("paused".to_owned(), "paused", share),
        (ServerStatus::Up, ..) if corrupt > 0 => (format!("{corrupt} corrupt"), "corrupt", share),
        (ServerStatus::Up, Role::Primary, _) => ("primary".to_owned(), "primary", share),
        (ServerStatus::Up, Role::Joining, _) => ("joining".to_owned(), "joining", share),
        (ServerStatus::Up, Role::Replica | Role::Down, 0) => ("up to date".to_owned(), "", 100),
        (ServerStatus::Up, Role::Replica | Role::Down, behind) => (format!("−{behind}"), "behind", share),
    };
    Gist { state, tone, share }
}

#[derive(Clone, Properties)]
pub(crate) struct Props {
    pub(crate) view: Shared<View>,
    pub(crate) index: usize,
    pub(crate) newest: u64,
    pub(crate) rect: Rect,
    pub(crate) open: bool,
    pub(crate) go: Go,
}

impl Props {
    fn gist(&self) -> Option<(&ServerView, Gist)> {
        let server = self.view.servers.get(self.index)?;
        Some((server, gist(server, self.newest)))
    }
}

impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        let alike = match (self.gist(), other.gist()) {
            (Some((one, gist)), Some((two, other))) => {
                one.id == two.id && one.suspected == two.suspected && gist == other
            }
            (one, other) => one.is_none() && other.is_none(),
        };
        alike && self.rect == other.rect && self.open == other.open
    }
}

/// A server as a box; it is drawn again only when its gist changed.
pub(crate) struct ServerBox;

impl Component for ServerBox {
    type Message = ();
    type Properties = Props;

    fn create(_: &Context<Self>) -> Self {
        Self
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let Some((server, gist)) = ctx.props().gist() else { return html! { <g></g> } };
        let Props { rect, open, go, .. } = ctx.props();
        let Rect { x, y, width, height } = *rect;
        let id = server.id;
        let Opener { onclick, oncontextmenu, onkeydown } = Opener::new(&Target::Server(id), *open, go);
        // The share is at most a hundred.
        #[allow(clippy::cast_precision_loss)]
        let filled = (width - 20.0) * gist.share as f64 / 100.0;
        let label = format!("{id}, {}, {}. Open its actions.", server.zone, gist.state);
        let low = height < 50.0;
        let (name_y, state_y) = if low { (y + 15.0, y + 27.0) } else { (y + 18.0, y + 33.0) };
        let bar_y = y + height - if low { 8.0 } else { 11.0 };
        html! {
            <g class={classes!("server", "small", words::status(server.status), gist.tone, open.then_some("open"))}
                data-testid={format!("server-{id}")} data-server={id.0.to_string()} data-target={format!("server-{id}")}
                data-status={words::status(server.status)} data-role={words::role(server.role)} tabindex="0" role="button"
                aria-haspopup="dialog" aria-expanded={open.to_string()} aria-label={label} {onclick} {oncontextmenu} {onkeydown}>
                <rect class="halo" x={px(x - 3.0)} y={px(y - 3.0)} width={px(width + 6.0)} height={px(height + 6.0)} rx="12" />
                <rect class="vessel" x={px(x)} y={px(y)} width={px(width)} height={px(height)} rx="9" />
                <text class="bname" x={px(x + 10.0)} y={px(name_y)}>{ id.to_string() }</text>
                { mark(server, x + width - 14.0, name_y - 5.0) }
                <text class="bstate" x={px(x + 10.0)} y={px(state_y)}>{ state(&gist.state, width - 13.0) }</text>
                <rect class="bar-room" x={px(x + 10.0)} y={px(bar_y)} width={px(width - 20.0)} height="4" rx="2" />
                <rect class="bar-full" x={px(x + 10.0)} y={px(bar_y)} width={px(filled.max(0.0))} height="4" rx="2" />
            </g>
        }
    }
}

/// The state of a server, in the words that there is room for.
fn state(state: &str, room: f64) -> String {
    if text::width(state, Font::LABEL) <= room {
        state.to_owned()
    } else if state == "up to date" {
        "latest".to_owned()
    } else {
        text::fit(state, Font::LABEL, room)
    }
}

/// The mark in the corner of a box: a crown, or what is wrong.
fn mark(server: &ServerView, x: f64, y: f64) -> Html {
    match (server.status, server.role) {
        (ServerStatus::Up, Role::Primary) => html! {
            <path class="crown" transform={format!("translate({:.1},{:.1}) scale(.7)", x - 6.0, y - 5.0)}
                d="M0 12 L0 3 L5 8 L9 0 L13 8 L18 3 L18 12 Z" />
        },
        (ServerStatus::Up, _) if !server.suspected => html! { <g class="lamp"></g> },
        _ => super::vessel::lamp(server, x, y),
    }
}

/// The servers of a zone in a few words: `15 up, 1 crashed, 1 killed`.
pub(crate) fn tally(view: &View, zone: ZoneId, newest: u64) -> String {
    let here: Vec<&ServerView> = view.servers.iter().filter(|server| server.zone == zone).collect();
    let count = |status: ServerStatus| here.iter().filter(|server| server.status == status).count();
    let states = [
        (ServerStatus::Up, "up"),
        (ServerStatus::Paused, "paused"),
        (ServerStatus::Crashed, "crashed"),
        (ServerStatus::Killed, "killed"),
    ];
    let mut told: Vec<String> = states
        .into_iter()
        .map(|(status, word)| (count(status), word))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    let lags = here
        .iter()
        .filter(|server| server.status == ServerStatus::Up)
        .map(|server| newest.saturating_sub(server.last_index));
    match (lags.clone().min(), lags.max()) {
        (Some(_), Some(0)) => told.push("all up to date".to_owned()),
        (Some(0), Some(most)) => told.push(format!("up to {most} behind")),
        (Some(least), Some(most)) if least == most => told.push(format!("{most} behind")),
        (Some(least), Some(most)) => told.push(format!("{least} to {most} behind")),
        _ => {}
    }
    told.join(", ")
}

/// The shades of cells; one that is up to date has no name.
pub(super) const TONES: [&str; 7] = ["", "behind", "primary", "joining", "paused", "crashed", "killed"];

/// The cells of all servers, as one path for each state: a thousand servers are no more work than five.
pub(crate) fn cells(view: &View, places: &[(usize, Rect)], newest: u64) -> Html {
    let gists: Vec<(&'static str, Rect)> = places
        .iter()
        .filter_map(|(index, rect)| view.servers.get(*index).map(|server| (gist(server, newest).tone, *rect)))
        .collect();
    let paths = TONES.into_iter().map(|tone| {
        let here = gists.iter().filter(|(found, _)| *found == tone || tone == "behind" && *found == "corrupt");
        let path: String = here.map(|(_, rect)| cell(tone, rect)).collect();
        html! { <path key={tone} class={classes!("cells", if tone.is_empty() { "fresh" } else { tone })} d={path} /> }
    });
    html! { <g class="heat">{ for paths }</g> }
}

/// A cell: full, or with a bar, a cross or nothing in it, so that its shape says the same as its shade.
fn cell(tone: &str, rect: &Rect) -> String {
    let Rect { x, y, width, height } = *rect;
    let frame = format!("M{x:.1} {y:.1} h{width:.1} v{height:.1} h-{width:.1} Z");
    let (in_x, in_y) = (x + width * 0.25, y + height * 0.25);
    match tone {
        "killed" => format!(
            "{frame} M{in_x:.1} {in_y:.1} l{:.1} {:.1} M{:.1} {in_y:.1} l-{:.1} {:.1}",
            width / 2.0,
            height / 2.0,
            x + width * 0.75,
            width / 2.0,
            height / 2.0
        ),
        "crashed" | "paused" => format!("{frame} M{in_x:.1} {:.1} h{:.1}", y + height / 2.0, width / 2.0),
        _ => frame,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{Scenario, Session};

    #[test]
    fn a_zone_of_a_quiet_cluster_is_up_to_date() {
        let scenario = Scenario::by_slug("three-copies").expect("it is built in");
        let view = Session::new(scenario, 61).view();
        let newest = newest(&view);
        assert_eq!(tally(&view, ZoneId(0), newest), "1 up, all up to date");
        assert_eq!(gist(&view.servers[1], newest).state, "up to date");
    }
}
