//! What can be done to a thing of the stage, as data: the sections of its menu.

use yew::prelude::*;

use crate::sim::{ClientId, NodeId, ServerId, ZoneId};
use crate::world::{Command, CopyView, Direction, LinkView, ReadFrom, Role, ServerStatus, ServerView, View};

use crate::app::act::{Act, Dialog, Draft, ServerAct, Specimen, Tab};
use crate::app::faults::{self, Choices, Offer};
use crate::app::stage::arrangement::Move;
use crate::app::stage::geometry::Point;
use crate::app::stage::layout::{Density, Layout};
use crate::app::stage::opener::Go;
use crate::app::stage::target::Target;
use crate::app::words;

/// One line of a menu.
pub(crate) struct Item {
    pub(crate) slug: String,
    pub(crate) title: String,
    pub(crate) hint: String,
    pub(crate) key: &'static str,
    /// It destroys something for good.
    pub(crate) danger: bool,
    /// Whether it is the present one of several states, if it is one of several.
    pub(crate) present: Option<bool>,
    /// Whether the menu stays open.
    pub(crate) stays: bool,
    pub(crate) run: Callback<()>,
}

/// Lines that belong together, with a name if they need one.
pub(crate) struct Section {
    pub(crate) title: String,
    pub(crate) items: Vec<Item>,
}

/// A menu: what it is about, and what it offers.
pub(crate) struct Menu {
    pub(crate) title: String,
    pub(crate) about: String,
    pub(crate) sections: Vec<Section>,
}

/// By how much an arrow moves a server, in units.
const STEP: f64 = 16.0;

/// What a menu needs to know.
#[derive(Clone, Copy)]
pub(crate) struct Known<'a> {
    pub(crate) view: &'a View,
    pub(crate) layout: &'a Layout,
    pub(crate) act: &'a Callback<Act>,
    pub(crate) go: &'a Go,
}

/// The menu of a thing; none if it is gone.
pub(crate) fn menu(target: &Target, known: Known) -> Option<Menu> {
    let view = known.view;
    let server = |id: &ServerId| view.servers.iter().find(|server| server.id == *id);
    match target {
        Target::Server(id) => server(id).map(|server| known.server(server)),
        Target::Troubles(id) => server(id).map(|server| known.troubles(server)),
        Target::MoveServer(id) => server(id).map(|server| known.moving(server.id)),
        Target::Copy(id, name) => {
            let server = server(id)?;
            let copy = server.copies.iter().find(|copy| copy.name == *name)?;
            Some(known.copy(server, copy))
        }
        Target::Link(first, second) => {
            let is_it = |link: &&LinkView| link.first == *first && link.second == *second;
            view.links.iter().find(is_it).map(|link| known.link(link))
        }
        Target::Zone(zone) => Some(known.zone(*zone)),
        Target::Client(client) => Some(known.client(*client)),
        Target::Coordinator(node) => {
            let found = view.coordinator.nodes.iter().find(|found| found.id == *node)?;
            Some(known.coordinator(*found))
        }
    }
}

impl Known<'_> {
    fn item(&self, slug: impl Into<String>, title: impl Into<String>, hint: impl Into<String>, acts: Vec<Act>) -> Item {
        let (act, acts) = (self.act.clone(), std::cell::RefCell::new(acts));
        Item {
            slug: slug.into(),
            title: title.into(),
            hint: hint.into(),
            key: "",
            danger: false,
            present: None,
            stays: false,
            // A line is chosen once; whoever chooses it again finds a menu that was made anew.
            run: Callback::from(move |()| acts.take().into_iter().for_each(|message| act.emit(message))),
        }
    }

    fn apply(&self, slug: impl Into<String>, title: impl Into<String>, hint: &str, command: Command) -> Item {
        self.item(slug, title, hint, vec![Act::Apply(command)])
    }

    fn offer(&self, offer: Offer, hint: &str) -> Item {
        self.apply(offer.slug, offer.label, hint, offer.command)
    }

    fn leads_to(&self, slug: impl Into<String>, title: impl Into<String>, hint: impl Into<String>, to: Target) -> Item {
        let go = self.go.clone();
        let run = Callback::from(move |()| go.emit(Some(to.clone())));
        Item { stays: true, run, ..self.item(slug, title, hint, Vec::new()) }
    }

    fn choices(&self, title: &str, slug: &str, choices: Choices) -> Section {
        let present = choices.present;
        let item = |choice: faults::Choice| {
            let acts = choice.commands.into_iter().map(Act::Apply).collect();
            let is_present = choice.slug == present;
            let acts = if is_present { Vec::new() } else { acts };
            Item { present: Some(is_present), ..self.item(format!("{slug}-{}", choice.slug), choice.name, "", acts) }
        };
        Section { title: title.to_owned(), items: choices.all.into_iter().map(item).collect() }
    }

    fn server(&self, server: &ServerView) -> Menu {
        let id = server.id;
        let is_primary = server.role == Role::Primary;
        let offered: &[(ServerAct, &str, &str, &str, &str)] = match server.status {
            ServerStatus::Up => &[
                (ServerAct::Kill, "kill", "Kill", "its disk is lost", "K"),
                (ServerAct::Crash, "crash", "Crash", "its disk is kept", "C"),
                (ServerAct::Pause, "pause", "Pause", "it notices nothing", "Z"),
                (ServerAct::Wipe, "wipe", "Wipe", "all its copies go", "X"),
                (ServerAct::Promote, "promote", "Promote", "make it the primary", "P"),
                (ServerAct::Remove, "remove", "Remove", "it leaves cleanly", "Del"),
            ],
            ServerStatus::Paused => &[
                (ServerAct::Resume, "resume", "Resume", "it handles what came in", "Z"),
                (ServerAct::Crash, "crash", "Crash", "its disk is kept", "C"),
                (ServerAct::Kill, "kill", "Kill", "its disk is lost", "K"),
            ],
            ServerStatus::Crashed => &[
                (ServerAct::Restart, "restart", "Restart", "from its disk", "R"),
                (ServerAct::Kill, "kill", "Kill", "its disk is lost", "K"),
                (ServerAct::Remove, "remove", "Remove", "take it out", "Del"),
            ],
            ServerStatus::Killed => &[
                (ServerAct::Restart, "restart", "Restart", "with an empty disk", "R"),
                (ServerAct::Remove, "remove", "Remove", "take it out", "Del"),
            ],
        };
        let is_possible =
            |offer: ServerAct| !(is_primary && offer == ServerAct::Promote && server.status == ServerStatus::Up);
        let mut items: Vec<Item> = offered
            .iter()
            .filter(|(offer, ..)| is_possible(*offer))
            .map(|(offer, slug, title, hint, key)| Item {
                key,
                danger: *offer == ServerAct::Kill,
                ..self.item(*slug, *title, *hint, vec![Act::OnServer(id, *offer)])
            })
            .collect();
        items.push(self.leads_to("troubles", "Disk, clock, links…", "more faults", Target::Troubles(id)));
        if self.layout.density == Density::Full {
            items.push(self.leads_to("move", "Move…", "by arrows, or drag it", Target::MoveServer(id)));
        }
        let copies = server.copies.iter().map(|copy| {
            let badge = words::copy_badge(copy);
            let state = if badge.is_empty() { "fresh" } else { badge };
            let hint = format!("{} · {state} · {}", copy.version, words::size(copy.content.size_bytes()));
            self.leads_to(format!("copy-of-{}", copy.name), &copy.name, hint, Target::Copy(id, copy.name.clone()))
        });
        Menu {
            title: id.to_string(),
            about: format!("{} · {}", server.zone, words::state(server)),
            sections: vec![
                Section { title: String::new(), items },
                Section { title: "Copies".to_owned(), items: copies.collect() },
            ],
        }
    }

    fn troubles(&self, server: &ServerView) -> Menu {
        let node = NodeId::Server(server.id);
        let mut items = vec![self.offer(faults::cut_off(node, self.view), "")];
        items.extend(faults::power(server.zone, self.view).map(|power| self.offer(power, "")));
        let links = self.view.links.iter().filter(|link| link.first == node || link.second == node).map(|link| {
            let other = if link.first == node { link.second } else { link.first };
            let state = faults::link(node, link).present;
            let target = Target::Link(link.first, link.second);
            self.leads_to(format!("link-to-{}", words::node_slug(other)), format!("Link to {other}"), state, target)
        });
        Menu {
            title: server.id.to_string(),
            about: "what else can go wrong".to_owned(),
            sections: vec![
                self.choices("Disk", "disk", faults::disk(server)),
                self.choices("Clock", "clock", faults::clock(server)),
                Section { title: "Connections".to_owned(), items: items.into_iter().chain(links).collect() },
            ],
        }
    }

    fn moving(&self, id: ServerId) -> Menu {
        let ways = [
            ("up", "↑ Up", 0.0, -STEP),
            ("down", "↓ Down", 0.0, STEP),
            ("left", "← Left", -STEP, 0.0),
            ("right", "→ Right", STEP, 0.0),
        ];
        let items = ways.into_iter().map(|(slug, title, x, y)| {
            let act = self.act.clone();
            let run = Callback::from(move |()| act.emit(Act::Arrange(Move::Server(id, Point { x, y }))));
            Item { stays: true, run, ..self.item(slug, title, "", Vec::new()) }
        });
        Menu {
            title: format!("Move {id}"),
            about: "the arrow keys do it too".to_owned(),
            sections: vec![
                Section { title: String::new(), items: items.collect() },
                Section {
                    title: String::new(),
                    items: vec![
                        self.item("reset-arrangement", "Put all back", "", vec![Act::Arrange(Move::Reset)]),
                        self.item("done", "Done", "", Vec::new()),
                    ],
                },
            ],
        }
    }

    fn copy(&self, server: &ServerView, copy: &CopyView) -> Menu {
        let badge = words::copy_badge(copy);
        let state = if badge.is_empty() { "fresh" } else { badge };
        let origin = format!("{} on {}, {state}", copy.version, server.id);
        let specimen = Specimen { name: copy.name.clone(), origin, content: copy.content.clone() };
        let read = Command::Read { file: copy.name.clone(), from: ReadFrom::Server(server.id) };
        let rot = Command::Rot { server: server.id, file: copy.name.clone(), bit: 77 };
        let mut items = vec![
            self.item("open-copy", "Open", "as it lies there", vec![Act::Open(Dialog::Preview(specimen.clone()))]),
            self.item("download-copy", "Download", "to the byte", vec![Act::Download(specimen)]),
            self.apply("read-copy", format!("Read it from {}", server.id), "whatever it has", read),
            self.item("overwrite-copy", "Write a new version", "through the primary", vec![Act::Overwrite(copy.file)]),
        ];
        if copy.on_disk {
            items.push(Item { danger: true, ..self.apply("rot-copy", "Rot", "one bit flips, nobody notices", rot) });
        }
        items.push(self.leads_to("back", format!("All of {}", server.id), "", Target::Server(server.id)));
        Menu {
            title: copy.name.clone(),
            about: format!("{} on {} · {state}", copy.version, server.id),
            sections: vec![Section { title: String::new(), items }],
        }
    }

    fn link(&self, link: &LinkView) -> Menu {
        let (first, second) = (link.first, link.second);
        let mut choices = faults::link(first, link);
        for choice in &mut choices.all {
            // A link has no outside: each direction is told by who no longer hears.
            choice.name = match choice.slug {
                "mute" => "cut one way",
                "deaf" => "cut the other way",
                _ => choice.name,
            };
        }
        let mut section = self.choices("", "link", choices);
        for item in &mut section.items {
            match item.slug.as_str() {
                "link-mute" => item.hint = format!("{second} no longer hears {first}"),
                "link-deaf" => item.hint = format!("{first} no longer hears {second}"),
                _ => {}
            }
        }
        let ailments = words::link_ailments(link.quality).join(", ");
        let about = match (link.cut, ailments.is_empty()) {
            (true, _) => "cut".to_owned(),
            (false, true) => "whole".to_owned(),
            (false, false) => ailments,
        };
        Menu { title: format!("{first} – {second}"), about, sections: vec![section] }
    }

    fn zone(&self, zone: ZoneId) -> Menu {
        let here: Vec<&ServerView> = self.view.servers.iter().filter(|server| server.zone == zone).collect();
        let mut items: Vec<Item> =
            faults::power(zone, self.view).map(|power| self.offer(power, "all its servers")).into_iter().collect();
        let side: Vec<NodeId> = here.iter().map(|server| NodeId::Server(server.id)).collect();
        if !side.is_empty() && side.len() < self.view.servers.len() {
            let cut = Command::Partition { side, direction: Direction::Both };
            items.push(self.apply("cut-zone", format!("Cut {zone} off"), "from all others", cut));
        }
        items.push(self.apply("add-here", "Add a server here", "", Command::AddServer { zone: Some(zone) }));
        let places = &self.layout.zones;
        let at = places.iter().position(|(found, _)| *found == zone);
        let before = at.and_then(|at| at.checked_sub(1)).and_then(|at| places.get(at));
        let after = at.and_then(|at| places.get(at + 1));
        for (slug, other) in [("swap-before", before), ("swap-after", after)] {
            if let Some((other, _)) = other {
                let title = format!("Swap places with {other}");
                items.push(self.item(slug, title, "or drag its name", vec![Act::Arrange(Move::Zones(zone, *other))]));
            }
        }
        let servers = here.iter().map(|server| {
            let state = words::state(server);
            self.leads_to(format!("open-{}", server.id), server.id.to_string(), state, Target::Server(server.id))
        });
        let number = here.len();
        Menu {
            title: zone.to_string(),
            about: if number == 1 { "1 server".to_owned() } else { format!("{number} servers") },
            sections: vec![
                Section { title: String::new(), items },
                Section { title: "Servers".to_owned(), items: servers.collect() },
            ],
        }
    }

    fn client(&self, client: ClientId) -> Menu {
        let node = NodeId::Client(client);
        let is_cut = self.view.client_cuts.iter().any(|link| link.first == node || link.second == node);
        let cut = Command::Partition { side: vec![node], direction: Direction::Both };
        let mut items = Vec::new();
        if is_cut {
            items.push(self.apply("heal-all", "Heal all links", "", Command::HealAll));
        } else {
            items.push(self.apply("cut-client", format!("Cut {client} off"), "from all servers", cut));
        }
        items.push(Item {
            key: "W",
            ..self.item("client-write", "Write a file", "", vec![Act::Open(Dialog::Write(Draft::default()))])
        });
        items.push(self.item("client-pane", "What clients know", "the tab Client", vec![Act::ShowTab(Tab::Client)]));
        let zone = self.view.clients.iter().find(|found| found.id == client).and_then(|found| found.zone);
        let about = zone.map_or_else(|| "in no zone".to_owned(), |zone| format!("in {zone}"));
        Menu { title: format!("Client {client}"), about, sections: vec![Section { title: String::new(), items }] }
    }

    fn coordinator(&self, node: crate::world::CoordinatorNodeView) -> Menu {
        let id = node.id;
        let power = if node.is_up {
            self.apply("crash-coordinator", "Crash", "its disk is kept", Command::CrashCoordinator { node: id })
        } else {
            self.apply("restart-coordinator", "Restart", "from its disk", Command::RestartCoordinator { node: id })
        };
        let own = NodeId::Coordinator(id);
        let items = vec![power, self.offer(faults::cut_off(own, self.view), "")];
        let links = self.view.links.iter().filter(|link| link.first == own || link.second == own).map(|link| {
            let other = if link.first == own { link.second } else { link.first };
            let state = faults::link(own, link).present;
            let target = Target::Link(link.first, link.second);
            self.leads_to(format!("link-to-{}", words::node_slug(other)), format!("Link to {other}"), state, target)
        });
        let state = match (node.is_up, node.leads) {
            (false, _) => "crashed, disk kept",
            (true, true) => "up, leads",
            (true, false) => "up, follows",
        };
        Menu {
            title: own.to_string(),
            about: state.to_owned(),
            sections: vec![
                Section { title: String::new(), items },
                Section { title: "Links".to_owned(), items: links.collect() },
            ],
        }
    }
}
