//! A server as a vessel, and its copies as labelled specimens.

use yew::prelude::*;

use crate::check::CopyHealth;
use crate::sim::ServerId;
use crate::world::{CopyView, Role, ServerStatus, ServerView, View};

use crate::app::stage::layout::{LID, Rect, TILE, TILE_PITCH};
use crate::app::stage::opener::{Go, Opener};
use crate::app::stage::target::Target;
use crate::app::stage::text::{self, Font};
use crate::app::words::{self, Shared};

#[derive(Clone, Properties)]
pub(crate) struct Props {
    pub(crate) view: Shared<View>,
    /// Which of the view's servers it is.
    pub(crate) index: usize,
    pub(crate) rect: Rect,
    pub(crate) most_copies: usize,
    pub(crate) sharded: bool,
    pub(crate) open: bool,
    /// Whether the cluster runs services and nothing else.
    pub(crate) serves: bool,
    pub(crate) go: Go,
}

impl Props {
    fn server(&self) -> Option<&ServerView> {
        self.view.servers.get(self.index)
    }
}

/// Two vessels are the same if they look the same, whatever else the views say.
impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        let alike = match (self.server(), other.server()) {
            (Some(one), Some(other)) => look_alike(one, other),
            (one, other) => one.is_none() && other.is_none(),
        };
        let same_services = !self.serves || self.view.coordinator.groups == other.view.coordinator.groups;
        alike
            && same_services
            && self.rect == other.rect
            && self.most_copies == other.most_copies
            && self.sharded == other.sharded
            && self.open == other.open
            && self.serves == other.serves
    }
}

fn look_alike(one: &ServerView, other: &ServerView) -> bool {
    let same_copy = |(one, other): (&CopyView, &CopyView)| {
        one.version == other.version
            && one.health == other.health
            && one.on_disk == other.on_disk
            && one.is_primary == other.is_primary
            && one.file == other.file
            && one.name == other.name
    };
    one.id == other.id
        && one.status == other.status
        && one.role == other.role
        && one.epoch == other.epoch
        && one.suspected == other.suspected
        && one.disk == other.disk
        && one.clock_drift_ppm == other.clock_drift_ppm
        && one.groups == other.groups
        && one.waiting == other.waiting
        && one.copies.len() == other.copies.len()
        && one.copies.iter().zip(&other.copies).all(same_copy)
}

/// One server; it is drawn again only when something of it changed.
pub(crate) struct Vessel;

impl Component for Vessel {
    type Message = ();
    type Properties = Props;

    fn create(_: &Context<Self>) -> Self {
        Self
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        match ctx.props().server() {
            Some(server) => draw(server, ctx.props()),
            None => html! { <g></g> },
        }
    }
}

fn draw(server: &ServerView, props: &Props) -> Html {
    let Props { rect, sharded, open, go, serves, .. } = props;
    let (id, open) = (server.id, *open);
    let shown = words::shown_role(server, *sharded);
    let primary = shown == Role::Primary && server.status == ServerStatus::Up && !serves;
    let class = classes!(
        "server",
        words::status(server.status),
        primary.then_some("primary"),
        (shown == Role::Joining).then_some("joining"),
        open.then_some("open")
    );
    let Opener { onclick, oncontextmenu, onkeydown } = Opener::new(&Target::Server(id), open, go);
    let Rect { x, y, width, height } = *rect;
    html! {
        <g {class} data-testid={format!("server-{id}")} data-server={id.0.to_string()}
            data-target={format!("server-{id}")} data-status={words::status(server.status)} data-role={words::role(shown)}
            tabindex="0" role="button" aria-haspopup="dialog" aria-expanded={open.to_string()}
            aria-label={format!("{}. Open its actions.", words::describe(server))} {onclick} {oncontextmenu} {onkeydown}>
            <rect class="halo" x={px(x - 5.0)} y={px(y - 5.0)} width={px(width + 10.0)} height={px(height + 10.0)} rx="18" />
            <rect class="vessel" x={px(x)} y={px(y)} width={px(width)} height={px(height)} rx="14" />
            <path class="lid" d={format!("M{:.1} {:.1} h{:.1}", x + 1.0, y + LID, width - 2.0)} />
            { lid(server, *rect, shown, primary, *serves) }
            { lamp(server, x + width - 19.0, y + 21.0) }
            { contents(server, props) }
            { ailments(server, *rect) }
        </g>
    }
}

const CROWN: &str = "M0 12 L0 3 L5 8 L9 0 L13 8 L18 3 L18 12 Z";

/// The name of the server, and as much of what it is as there is room for.
fn lid(server: &ServerView, rect: Rect, shown: Role, primary: bool, serves: bool) -> Html {
    let Rect { x, y, width, .. } = rect;
    let name = server.id.to_string();
    let name_x = x + if primary { 37.0 } else { 15.0 };
    let role_x = name_x + text::width(&name, Font::SERVER) + 6.0;
    let end = x + width - 31.0;
    let is_up = server.status == ServerStatus::Up;
    let role = match (is_up, serves) {
        (true, true) => "",
        (true, false) => words::role(shown),
        (false, _) => words::status(server.status),
    };
    let role_font = if is_up { Font::ROLE } else { Font::ALARM };
    let role_end = role_x + text::width(role, role_font);
    let epochs = [format!("epoch {}", server.epoch), format!("e{}", server.epoch)];
    let fits = |epoch: &String| role_end + 8.0 + text::width(epoch, Font::NOTE) <= end;
    let epoch = epochs.into_iter().find(|epoch| is_up && !serves && fits(epoch));
    html! {
        <>
            if primary {
                <path class="crown" transform={format!("translate({:.1},{:.1})", x + 13.0, y + 14.0)} d={CROWN} />
            }
            <text class="sname" x={px(name_x)} y={px(y + 26.0)}>{ name }</text>
            if role_end <= end {
                <text class="srole" x={px(role_x)} y={px(y + 26.0)}>{ role }</text>
            }
            if let Some(epoch) = epoch {
                <text class="sepoch" x={px(end)} y={px(y + 26.0)} text-anchor="end">{ epoch }</text>
            }
        </>
    }
}

/// What is wrong with the server, on labels that hang over the lower edge of the vessel, as far as there is room.
fn ailments(server: &ServerView, rect: Rect) -> Html {
    let end = rect.right() - 6.0;
    let mut x = rect.x + 8.0;
    let mut labels = Vec::new();
    let all = words::ailments(server);
    for (place, ailment) in all.iter().enumerate() {
        let left = all.len() - place;
        let more = format!("+{left}");
        let wide = |words: &str| text::width(words, Font::LABEL) + 14.0;
        let is_last = left == 1;
        let fits = x + wide(ailment) + if is_last { 0.0 } else { wide("+9") + 4.0 } <= end;
        let words = if fits { ailment.clone() } else { more };
        let width = wide(&words);
        labels.push((words, x, width));
        x += width + 4.0;
        if !fits {
            break;
        }
    }
    let labels = labels.into_iter().map(|(words, left, width)| {
        html! {
            <g key={words.clone()} class="ailment">
                <rect x={px(left)} y={px(rect.bottom() - 9.0)} width={px(width)} height="18" rx="9" />
                <text x={px(left + width / 2.0)} y={px(rect.bottom() + 4.0)} text-anchor="middle">{ words }</text>
            </g>
        }
    });
    html! { <>{ for labels }</> }
}

pub(crate) fn px(value: f64) -> String {
    format!("{value:.1}")
}

/// The lamp: a full disc is up, a ring with a bar is crashed, a cross is killed, a ring with a dot is suspected.
pub(crate) fn lamp(server: &ServerView, x: f64, y: f64) -> Html {
    let at = format!("translate({x:.1},{y:.1})");
    match server.status {
        ServerStatus::Up if server.suspected => html! {
            <g class="lamp suspected" transform={at}><title>{ "suspected by the coordinator" }</title>
                <circle r="5.5" /><text y="4" text-anchor="middle">{ "?" }</text></g>
        },
        ServerStatus::Up => html! { <g class="lamp up" transform={at}><circle r="5" /></g> },
        ServerStatus::Paused => {
            html! { <g class="lamp paused" transform={at}><path d="M-3 -4 v8 M3 -4 v8" /></g> }
        }
        ServerStatus::Crashed => {
            html! { <g class="lamp crashed" transform={at}><circle r="5.5" /><path d="M-3 0 h6" /></g> }
        }
        ServerStatus::Killed => {
            html! { <g class="lamp killed" transform={at}><path d="M-5 -5 L5 5 M-5 5 L5 -5" /></g> }
        }
    }
}

fn contents(server: &ServerView, props: &Props) -> Html {
    let rect = props.rect;
    let line = |place: u8, words: String| {
        let y = rect.y + LID + 22.0 + f64::from(place) * 19.0;
        let words = text::fit(&words, Font::FILE, rect.width - 28.0);
        html! { <text key={place.to_string()} class="empty" x={px(rect.x + 14.0)} y={px(y)}>{ words }</text> }
    };
    if props.serves {
        return super::service::instance(server, &props.view, rect);
    }
    if server.copies.is_empty() {
        let (first, second) = match server.status {
            ServerStatus::Killed => ("Its disk is lost.", "Restart refills it."),
            ServerStatus::Crashed => ("No copies on its disk.", ""),
            ServerStatus::Up | ServerStatus::Paused => ("No copies yet.", ""),
        };
        let has_room = rect.height > LID + 50.0;
        return html! { <>{ line(0, first.to_owned()) }if has_room { { line(1, second.to_owned()) } }</> };
    }
    if props.most_copies == 0 {
        return line(0, tally(server));
    }
    // The line that says "+1 more" would take as much room as the one copy that it hides.
    let most = props.most_copies;
    let most = if server.copies.len() == most + 1 { most + 1 } else { most };
    let more = server.copies.len().saturating_sub(most);
    let runs = server.status == ServerStatus::Up;
    let tiles = server.copies.iter().take(most).enumerate().map(|(place, copy)| {
        let crowned = props.sharded && runs && copy.is_primary;
        tile(server.id, copy, crowned, rect, slot(rect, place), &props.go)
    });
    html! {
        <>
            { for tiles }
            if more > 0 {
                <text class="more" x={px(rect.x + 16.0)} y={px(slot(rect, most) + 17.0)}>{ format!("+{more} more") }</text>
            }
        </>
    }
}

/// All copies of a server in a few words.
fn tally(server: &ServerView) -> String {
    let copies = server.copies.len();
    let count = |health: CopyHealth| server.copies.iter().filter(|copy| copy.health == health).count();
    let files = if copies == 1 { "1 copy".to_owned() } else { format!("{copies} copies") };
    let bad = [CopyHealth::Corrupt, CopyHealth::Stale].into_iter().find(|health| count(*health) > 0);
    match bad {
        Some(health) => format!("{files}, {} {}", count(health), words::health(health)),
        None => format!("{files}, fresh"),
    }
}

fn slot(rect: Rect, place: usize) -> f64 {
    let place = u32::try_from(place).unwrap_or(u32::MAX);
    rect.y + LID + 9.0 + f64::from(place) * TILE_PITCH
}

/// A copy over the whole width of its vessel: its name, its state where it needs a word, its version.
fn tile(server: ServerId, copy: &CopyView, crowned: bool, rect: Rect, y: f64, go: &Go) -> Html {
    let (x, width) = (rect.x + 10.0, rect.width - 20.0);
    let version = copy.version.to_string();
    let word = words::copy_badge(copy);
    // Where there is little room the dotted rim alone says that a copy arrives.
    let badge = if word == "arriving" && width < 150.0 { "" } else { word };
    let version_end = x + width - 8.0;
    let badge_end = version_end - text::width(&version, Font::VERSION) - 6.0;
    let name_end = if badge.is_empty() { badge_end } else { badge_end - text::width(badge, Font::NOTE) - 6.0 };
    let name = text::fit(&copy.name, Font::FILE, name_end - x - 13.0);
    let state = if copy.on_disk { words::health_slug(copy.health) } else { "arriving" };
    let led = if crowned { "; this server is its primary" } else { "" };
    let title =
        format!("\u{2068}{}\u{2069} {version}, {}{led}", copy.name, if word.is_empty() { "fresh" } else { word });
    let is_damaged = copy.health == CopyHealth::Corrupt;
    let tone = match copy.health {
        CopyHealth::Stale => "fbadge stale",
        CopyHealth::Corrupt => "fbadge corrupt",
        CopyHealth::Fresh | CopyHealth::Missing => "fbadge",
    };
    let Opener { oncontextmenu, .. } = Opener::new(&Target::Copy(server, copy.name.clone()), false, go);
    html! {
        <g key={copy.name.clone()} class={classes!("copy", state)} style={words::hue_style(copy.file)} {oncontextmenu}
            data-testid={format!("copy-{server}-{}", copy.name)} data-health={words::health_slug(copy.health)}
            data-version={copy.version.to_string()} data-on-disk={copy.on_disk.to_string()}>
            <title>{ title }</title>
            <rect class="body" x={px(x)} y={px(y)} width={px(width)} height={px(TILE)} rx="6" />
            <rect class="tab" x={px(x)} y={px(y)} width="6" height={px(TILE)} rx="3" />
            if is_damaged {
                <path class="crack" d={format!("M{name_end:.1} {y:.1} l4 6 l-6 3")} />
                <path class="crack" d={format!("M{:.1} {:.1} l-4 -6 l5 -3", name_end + 3.0, y + TILE)} />
            }
            <text class="fname" x={px(x + 13.0)} y={px(y + 17.5)}>{ name }</text>
            <text class="fver" x={px(version_end)} y={px(y + 17.5)} text-anchor="end">{ version }</text>
            if crowned {
                <path class="crown" transform={format!("translate({:.1},{:.1}) scale(.62)", x - 5.0, y - 4.0)} d={CROWN} />
            }
            if !badge.is_empty() {
                <text class={tone} x={px(badge_end)} y={px(y + 17.5)} text-anchor="end">{ badge }</text>
            }
        </g>
    }
}
