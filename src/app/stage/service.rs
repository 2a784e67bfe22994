//! A service as a service: one capsule across the zones of its instances, who serves and who stands by, and what those
//! see who call it.

use yew::prelude::*;

use crate::check::Operations;
use crate::sim::{ServerId, Span};
use crate::world::{Duty, ServerView, ServiceView, View};

use crate::app::stage::layout::{Capsule, LID, Rect, count};
use crate::app::stage::text::{self, Font};
use crate::app::stage::vessel::px;

/// Whether the cluster runs services and keeps no file.
pub(crate) fn serves_only(view: &View) -> bool {
    !view.services.is_empty() && view.servers.iter().all(|server| server.copies.is_empty())
}

/// The first service of a cluster that runs services and keeps no file.
pub(crate) fn only(view: &View) -> Option<String> {
    view.services.first().filter(|_| serves_only(view)).map(|service| service.name.clone())
}

/// What an instance does, in words, and its tone.
pub(crate) fn duty(duty: Duty) -> (&'static str, &'static str) {
    match duty {
        Duty::Serves => ("serves", "serves"),
        Duty::StandsBy => ("stands by", "stands-by"),
        Duty::Joins => ("joins", "stands-by"),
        Duty::Down => ("does not run", "down"),
    }
}

/// What a server does for each service.
pub(crate) fn instance(server: &ServerView, view: &View, rect: Rect) -> Html {
    let of = |service: &ServiceView| service.instances.iter().find(|instance| instance.server == server.id).copied();
    let here: Vec<(&ServiceView, _)> =
        view.services.iter().filter_map(|service| of(service).map(|instance| (service, instance))).collect();
    if here.is_empty() {
        return html! {
            <text class="empty" x={px(rect.x + 14.0)} y={px(rect.y + LID + 22.0)}>{ "Runs no service." }</text>
        };
    }
    let rows = here.iter().enumerate().map(|(place, (service, instance))| {
        let (words, tone) = duty(instance.duty);
        let (x, width) = (rect.x + 10.0, rect.width - 20.0);
        let y = rect.y + LID + 9.0 + count(place) * 31.0;
        let state_width = text::width(words, Font::VERSION);
        let name = text::fit(&service.name, Font::FILE, width - state_width - 30.0);
        html! {
            <g key={service.name.clone()} class={classes!("duty", tone)} data-testid={format!("instance-{}-{}", server.id, service.name)}
                data-duty={words}>
                <rect x={px(x)} y={px(y)} width={px(width)} height="26" rx="13" />
                <text class="fname" x={px(x + 12.0)} y={px(y + 17.5)}>{ name }</text>
                <text class="dword" x={px(x + width - 12.0)} y={px(y + 17.5)} text-anchor="end">{ words }</text>
            </g>
        }
    });
    let note = match here.as_slice() {
        [(_, instance)] if instance.duty == Duty::StandsBy => "would take over",
        [(_, instance)] if instance.duty == Duty::Serves => "answers the calls",
        _ => "",
    };
    let y = rect.y + LID + 9.0 + count(here.len()) * 31.0 + 14.0;
    html! {
        <>
            { for rows }
            <text class="empty" x={px(rect.x + 16.0)} y={px(y)}>{ note }</text>
        </>
    }
}

/// The capsule behind the instances: its name, and its figures below them.
pub(crate) fn capsule(view: &View, capsule: Capsule, calls: Option<&Operations>) -> Html {
    let Capsule { rect, figures } = capsule;
    let names: Vec<&str> = view.services.iter().map(|service| service.name.as_str()).collect();
    let mode = match view.services.as_slice() {
        [service] => format!("service, {}", service.mode),
        _ => "services".to_owned(),
    };
    let mode_width = text::width(&mode, Font::ROLE);
    let name = text::fit(&names.join(", "), Font::SERVER, (rect.width - mode_width - 60.0).max(40.0));
    let mode_x = rect.x + 38.0 + text::width(&name, Font::SERVER) + 8.0;
    html! {
        <g class="capsule" data-testid="service">
            <rect class="skin" x={px(rect.x)} y={px(rect.y)} width={px(rect.width)} height={px(rect.height)} rx="20" />
            <g class="sign" transform={format!("translate({:.1},{:.1})", rect.x + 22.0, rect.y + 20.0)}>
                <circle r="8" /><path d="M0 -5 V0 L3 3" />
            </g>
            <text class="sname" x={px(rect.x + 38.0)} y={px(rect.y + 25.0)}>{ name }</text>
            if mode_x + mode_width < rect.right() - 8.0 {
                <text class="srole" x={px(mode_x)} y={px(rect.y + 25.0)}>{ mode }</text>
            }
            { numbers(figures, calls) }
        </g>
    }
}

fn numbers(room: Rect, calls: Option<&Operations>) -> Html {
    let (served, share, gap) = calls.map_or_else(
        || ("none yet".to_owned(), String::new(), "none".to_owned()),
        |calls| {
            let ended = calls.ok + calls.refused + calls.unknown;
            let share = calls.availability_hundredths.map_or_else(String::new, |share| {
                let (whole, tenth) = (share / 100, share % 100 / 10);
                if tenth == 0 { format!("{whole} %") } else { format!("{whole}.{tenth} %") }
            });
            let served = if ended == 0 { "none yet".to_owned() } else { format!("{} of {ended}", calls.ok) };
            (served, share, span(calls.longest_gap))
        },
    );
    let share = if share.is_empty() { "–".to_owned() } else { share };
    let columns = [("Calls served", served), ("Availability", share), ("Longest gap", gap)];
    let step = room.width / 3.0;
    let cells = columns.into_iter().enumerate().map(|(place, (label, value))| {
        let x = room.x + count(place) * step + 4.0;
        let label = text::fit(label, Font::NOTE, step - 8.0);
        let value = text::fit(&value, Font::SERVER, step - 8.0);
        html! {
            <g key={place.to_string()}>
                <text class="more" x={px(x)} y={px(room.y + 16.0)}>{ label }</text>
                <text class="sname" x={px(x)} y={px(room.y + 36.0)} data-testid={format!("service-figure-{place}")}>{ value }</text>
            </g>
        }
    });
    html! { <>{ for cells }</> }
}

/// The servers of which the way from the client to the service leads.
pub(crate) fn serving(view: &View) -> Vec<ServerId> {
    let instances = view.services.iter().flat_map(|service| &service.instances);
    instances.filter(|instance| instance.duty == Duty::Serves).map(|instance| instance.server).collect()
}

/// A span as people say it: `0 ms`, `160 ms`, `2.2 s`.
fn span(span: Span) -> String {
    let micros = span.as_micros();
    if micros < 1_000_000 {
        format!("{} ms", micros / 1_000)
    } else {
        format!("{}.{} s", micros / 1_000_000, micros % 1_000_000 / 100_000)
    }
}
