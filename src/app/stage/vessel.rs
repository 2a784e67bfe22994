//! A server as a vessel, and its copies as labelled specimens.

use yew::prelude::*;

use crate::check::CopyHealth;
use crate::sim::ServerId;
use crate::world::{CopyView, Role, ServerStatus, ServerView};

use crate::app::act::Act;
use crate::app::stage::layout::{BADGE, LID, Layout, NARROW_BADGE, Rect, TILE, TILE_PITCH};
use crate::app::words;

/// Draws one server.
pub(crate) fn draw(server: &ServerView, layout: &Layout, sharded: bool, open: bool, act: &Callback<Act>) -> Html {
    let Some(rect) = layout.servers.get(&server.id).copied() else { return Html::default() };
    let id = server.id;
    let shown = words::shown_role(server, sharded);
    let primary = shown == Role::Primary && server.status == ServerStatus::Up;
    let class = classes!(
        "server",
        words::status(server.status),
        primary.then_some("primary"),
        (shown == Role::Joining).then_some("joining"),
        open.then_some("open")
    );
    let onclick = {
        let act = act.clone();
        Callback::from(move |event: MouseEvent| {
            event.stop_propagation();
            act.emit(Act::Select(if open { None } else { Some(id) }));
        })
    };
    let onkeydown = {
        let act = act.clone();
        Callback::from(move |event: KeyboardEvent| {
            if matches!(event.key().as_str(), "Enter" | " ") {
                event.prevent_default();
                act.emit(Act::Select(Some(id)));
            }
        })
    };
    let Rect { x, y, width, height } = rect;
    let name_x = x + if primary { 37.0 } else { 15.0 };
    let role = if server.status == ServerStatus::Up { words::role(shown) } else { words::status(server.status) };
    html! {
        <g key={id.to_string()} {class} data-testid={format!("server-{id}")} data-server={id.0.to_string()}
            data-status={words::status(server.status)} data-role={words::role(shown)} tabindex="0" role="button"
            aria-haspopup="dialog" aria-expanded={open.to_string()}
            aria-label={format!("{}. Open its actions.", words::describe(server))} {onclick} {onkeydown}>
            <rect class="halo" x={px(x - 5.0)} y={px(y - 5.0)} width={px(width + 10.0)} height={px(height + 10.0)} rx="18" />
            <rect class="vessel" x={px(x)} y={px(y)} width={px(width)} height={px(height)} rx="14" />
            <path class="lid" d={format!("M{:.1} {:.1} h{:.1}", x + 1.0, y + LID, width - 2.0)} />
            if primary {
                <path class="crown" transform={format!("translate({:.1},{:.1})", x + 13.0, y + 14.0)} d={CROWN} />
            }
            <text class="sname" x={px(name_x)} y={px(y + 26.0)}>{ id.to_string() }</text>
            <text class="srole" x={px(name_x + 24.0)} y={px(y + 26.0)}>{ role }</text>
            if server.status == ServerStatus::Up {
                <text class="sepoch" x={px(x + width - 32.0)} y={px(y + 26.0)} text-anchor="end">
                    { if width < 196.0 { format!("e{}", server.epoch) } else { format!("epoch {}", server.epoch) } }
                </text>
            }
            { lamp(server, x + width - 19.0, y + 21.0) }
            { contents(server, rect, layout.most_copies, sharded) }
            { ailments(server, rect) }
        </g>
    }
}

const CROWN: &str = "M0 12 L0 3 L5 8 L9 0 L13 8 L18 3 L18 12 Z";

/// What is wrong with the server, on labels that hang over the lower edge of the vessel.
fn ailments(server: &ServerView, rect: Rect) -> Html {
    let mut x = rect.x + 10.0;
    let labels = words::ailments(server).into_iter().map(|ailment| {
        // A letter is about 6.2 pixels wide at this size; a line of them is short.
        #[allow(clippy::cast_precision_loss)]
        let width = ailment.chars().count() as f64 * 6.2 + 14.0;
        let left = x;
        x += width + 4.0;
        html! {
            <g key={ailment.clone()} class="ailment">
                <rect x={px(left)} y={px(rect.bottom() - 9.0)} width={px(width)} height="18" rx="9" />
                <text x={px(left + width / 2.0)} y={px(rect.bottom() + 4.0)} text-anchor="middle">{ ailment }</text>
            </g>
        }
    });
    html! { <>{ for labels }</> }
}

fn px(value: f64) -> String {
    format!("{value:.1}")
}

/// The lamp: a full disc is up, a ring with a bar is crashed, a cross is killed, a ring with a dot is suspected.
fn lamp(server: &ServerView, x: f64, y: f64) -> Html {
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

fn contents(server: &ServerView, rect: Rect, most: usize, sharded: bool) -> Html {
    if server.copies.is_empty() {
        let (first, second) = match server.status {
            ServerStatus::Killed => ("Disk lost: no copies.", "Restart it to refill it."),
            ServerStatus::Crashed => ("No copies on its disk.", ""),
            ServerStatus::Up | ServerStatus::Paused => ("No copies yet.", ""),
        };
        return html! {
            <>
                <text class="empty" x={px(rect.x + 16.0)} y={px(rect.y + LID + 26.0)}>{ first }</text>
                <text class="empty" x={px(rect.x + 16.0)} y={px(rect.y + LID + 45.0)}>{ second }</text>
            </>
        };
    }
    // The line that says "+1 more" would take as much room as the one copy that it hides.
    let most = if server.copies.len() == most + 1 { most + 1 } else { most };
    let more = server.copies.len().saturating_sub(most);
    let runs = server.status == ServerStatus::Up;
    let tiles = server.copies.iter().take(most).enumerate().map(|(place, copy)| {
        let crowned = sharded && runs && copy.is_primary;
        tile(server.id, copy, crowned, rect, slot(rect, place))
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

fn slot(rect: Rect, place: usize) -> f64 {
    let place = u32::try_from(place).unwrap_or(u32::MAX);
    rect.y + LID + 9.0 + f64::from(place) * TILE_PITCH
}

fn tile(server: ServerId, copy: &CopyView, crowned: bool, rect: Rect, y: f64) -> Html {
    let narrow = rect.width < 190.0;
    let x = rect.x + if narrow { 8.0 } else { 12.0 };
    let width = rect.width - if narrow { 12.0 + NARROW_BADGE } else { 22.0 + BADGE };
    let version = copy.version.to_string();
    // A letter is about 6.4 pixels wide at this size, one of the version 7.4; the tab and the gaps take the rest.
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss)]
    let letters = ((width - 22.0 - version.len() as f64 * 7.4) / 6.4).max(4.0) as usize;
    let state = if copy.on_disk { words::health_slug(copy.health) } else { "arriving" };
    let badge = words::copy_badge(copy);
    let led = if crowned { ", of which this server is the primary" } else { "" };
    let title = format!("{} {}, {}{led}", copy.name, copy.version, if badge.is_empty() { "fresh" } else { badge });
    let is_damaged = copy.health == CopyHealth::Corrupt;
    let tone = match copy.health {
        CopyHealth::Stale => "fbadge stale",
        CopyHealth::Corrupt => "fbadge corrupt",
        CopyHealth::Fresh | CopyHealth::Missing => "fbadge",
    };
    html! {
        <g key={copy.name.clone()} class={classes!("copy", state)} style={words::hue_style(copy.file)}
            data-testid={format!("copy-{server}-{}", copy.name)} data-health={words::health_slug(copy.health)}
            data-version={copy.version.to_string()} data-on-disk={copy.on_disk.to_string()}>
            <title>{ title }</title>
            <rect class="body" x={px(x)} y={px(y)} width={px(width)} height={px(TILE)} rx="6" />
            <rect class="tab" x={px(x)} y={px(y)} width="6" height={px(TILE)} rx="3" />
            if is_damaged {
                <path class="crack" d={format!("M{:.1} {:.1} l5 7 l-7 5 l6 6 l-5 8", x + width * 0.55, y)} />
            }
            <text class="fname" x={px(x + 13.0)} y={px(y + 17.5)}>{ words::fit(&copy.name, letters) }</text>
            <text class="fver" x={px(x + width - 6.0)} y={px(y + 17.5)} text-anchor="end">{ version }</text>
            if crowned {
                <path class="crown" transform={format!("translate({:.1},{:.1}) scale(.62)", x - 5.0, y - 4.0)} d={CROWN} />
            }
            <text class={tone} x={px(x + width + 5.0)} y={px(y + 17.5)}>{ badge }</text>
        </g>
    }
}
