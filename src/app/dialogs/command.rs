//! The dialog that takes any command and any setting as a line of text, as in a scenario's file.

use std::sync::Arc;

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::app::act::Act;
use crate::app::dialogs::modal::Modal;
use crate::app::words;
use crate::session::{Scenario, command_from_line};
use crate::sim::ClientId;
use crate::world::Command;

/// A line that can be tried, and what it does.
type Example = (&'static str, &'static str);

/// Every kind of command.
const COMMANDS: [Example; 32] = [
    ("kill S1", "Or as a scenario writes it, as below"),
    ("drop 20% S1 S2", "A link loses one message in five"),
    ("write notes.txt Hello there", "A client writes a file"),
    ("acks = 1", "A rule of the policy, in the cluster that runs"),
    ("rate = 20", "How many operations a second start in the background"),
    ("chaos 20 s", "Random crashes, cuts and slow links; stop chaos ends it"),
    ("write = { file = \"notes.txt\", text = \"Hello.\" }", "A client writes a file"),
    (
        "write = { file = \"two.txt\", size = \"64 KiB\", copies = 2 }",
        "A file with two copies, on servers that the ring chooses",
    ),
    (
        "read = { file = \"notes.txt\", from = \"nearest\" }",
        "Reads at the \"primary\", the \"nearest\", \"any\" or \"S2\"",
    ),
    ("delete = \"notes.txt\"", "A client deletes a file"),
    ("call = \"search\"", "A client calls a service, if the scenario has one"),
    ("crash = \"S1\"", "The server stops; its disk is kept"),
    ("kill = \"S1\"", "The server stops; its disk is lost"),
    ("restart = \"S1\"", "Starts it again"),
    ("pause = \"S1\"", "It does nothing and notices nothing"),
    ("resume = \"S1\"", "It resumes and handles what arrived in the meantime"),
    ("wipe = \"S1\"", "All copies on its disk are gone"),
    ("rot = { server = \"S1\", file = \"notes.txt\" }", "One bit of one copy flips"),
    ("disk = { server = \"S1\", full = true, slow_factor = 20 }", "A full or a slow disk"),
    ("clock = { server = \"S1\", offset = \"100 ms\", drift_ppm = 500 }", "A clock that is wrong"),
    ("cut = [\"S1\", \"S2\"]", "Cuts a link, both ways"),
    ("cut_one_way = { from = \"S1\", to = \"coordinator\" }", "Cuts one direction"),
    ("heal = [\"S1\", \"S2\"]", "Heals a link"),
    ("heal_all = true", "Heals every link"),
    ("partition = { side = [\"S1\", \"S2\"], direction = \"out of\" }", "Cuts these off from all others"),
    ("link = { from = \"S1\", to = \"S2\", loss_percent = 20, slow_factor = 3 }", "A bad link"),
    ("zone_outage = \"A\"", "The zone loses its power"),
    ("zone_return = \"A\"", "The power is back"),
    ("crash_coordinator = \"coordinator\"", "The coordinator stops"),
    ("restart_coordinator = \"coordinator\"", "The coordinator starts again"),
    ("promote = \"S2\"", "An operator names the primary"),
    ("add_server = { zone = \"A\" }", "Adds a server; remove_server = \"S1\" removes one"),
];

/// What can be set, with a value that is not the usual one.
const SETTINGS: [Example; 22] = [
    ("policy.acks = 1", "Replicas that must acknowledge: \"all\", \"none\" or a number"),
    ("policy.ack_when = \"in memory\"", "What an ack means: \"received\", \"in memory\", \"on disk\", \"applied\""),
    ("policy.window = 8", "Updates that may be under way at once"),
    (
        "policy.when_short = { go_async = \"500 ms\" }",
        "When acks don't come: \"wait\", { time_out = … } or { go_async = … }",
    ),
    ("policy.min_in_sync = 2", "With fewer in sync, writes are refused"),
    ("policy.failover = \"manual\"", "Who names a new primary"),
    ("policy.fencing = false", "Whether an old primary is refused"),
    ("policy.checksums = false", "Whether servers notice corrupt copies"),
    ("policy.read_lease = \"300 ms\"", "Reads only while the coordinator confirms the primary"),
    ("policy.detector = { time_out = \"200 ms\" }", "When silence becomes suspicion"),
    ("policy.scrub_every = \"100 ms\"", "How often a copy is checked against its checksum"),
    ("policy.apply_time = \"20 ms\"", "How long an update takes to be applied"),
    ("policy.repair_after = \"1 s\"", "When the copies of a silent server are recreated"),
    ("cluster.coordinators = 3", "One coordinator node, or three that decide by majority"),
    ("cluster.service_time = \"5 ms\"", "How long a server is busy with a request"),
    ("network.between_zones = \"80 ms\"", "How long a message takes from zone to zone"),
    ("disk.sync_time = \"10 ms\"", "How long a disk takes to make writes safe"),
    ("clients[1].read_from = \"any\"", "Where the client reads"),
    ("clients[1].attempts = 3", "How many times it asks"),
    ("clients[1].workload = { rate = 20, read_percent = 50 }", "Operations in the background, per second"),
    ("chaos.crash = { per_minute = 20, lasts = \"1 s\" }", "Random faults"),
    ("chaos.bad_link = { per_minute = 30, lasts = \"500 ms\" }", "Random faults of links"),
];

/// What a line asks for.
#[derive(Debug)]
enum Entry {
    Command(Command),
    /// The scenario with another value for one field.
    Setting(Arc<Scenario>),
}

/// The client whose background workload is meant when nobody says which: the first that has one.
fn busy(scenario: &Scenario) -> ClientId {
    let clients = (1..).zip(&scenario.settings.clients);
    ClientId(clients.filter(|(_, client)| client.workload.is_some()).map(|(number, _)| number).next().unwrap_or(1))
}

/// Reads a line: what has a dot in its key is a setting of the scenario, all else is a command.
fn read(line: &str, scenario: &Scenario, number: u64) -> Result<Entry, String> {
    let key_and_value = line.split_once('=').map(|(key, value)| (key.trim(), value.trim()));
    match key_and_value.filter(|(key, _)| key.contains('.')) {
        Some((key, value)) => {
            let changed = scenario.set(key, value).map_err(|error| format!("{error}."))?;
            Ok(Entry::Setting(Arc::new(changed)))
        }
        None => command_from_line(line, number, busy(scenario)).map(Entry::Command).map_err(|error| {
            let is_field = error.split_once(": ").is_some_and(|(field, _)| !field.contains(' '));
            // A field is written as it has to be.
            if is_field { format!("{error}.") } else { words::sentence(&error) }
        }),
    }
}

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) scenario: Arc<Scenario>,
    /// How many commands were given, which tells made-up contents apart.
    pub(crate) given: u64,
    pub(crate) act: Callback<Act>,
}

pub(crate) enum Msg {
    Line(String),
    Try(&'static str),
    Submit,
}

pub(crate) struct CommandDialog {
    line: String,
    field: NodeRef,
    complaint: Option<String>,
}

impl Component for CommandDialog {
    type Message = Msg;
    type Properties = Props;

    fn create(_: &Context<Self>) -> Self {
        Self { line: String::new(), field: NodeRef::default(), complaint: None }
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Line(line) => {
                self.line = line;
                self.complaint = None;
            }
            Msg::Try(line) => {
                line.clone_into(&mut self.line);
                self.complaint = None;
                if let Some(field) = self.field.cast::<HtmlInputElement>() {
                    field.focus().ok();
                }
            }
            Msg::Submit => self.submit(ctx.props()),
        }
        true
    }

    fn rendered(&mut self, _: &Context<Self>, first_render: bool) {
        if let Some(field) = self.field.cast::<HtmlInputElement>().filter(|_| first_render) {
            field.focus().ok();
        }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let act = &ctx.props().act;
        let on_line = ctx.link().callback(|event: InputEvent| {
            let field: HtmlInputElement = event.target_unchecked_into();
            Msg::Line(field.value())
        });
        let on_submit = ctx.link().callback(|event: SubmitEvent| {
            event.prevent_default();
            Msg::Submit
        });
        html! {
            <Modal title="Give a command" act={act.clone()} wide=true>
                <form class="write command" onsubmit={on_submit}>
                    <label key="line">{ "A command, or a setting to begin again with" }
                        <input type="text" data-testid="command-line" autocomplete="off" autocapitalize="off" spellcheck="false"
                            placeholder="kill S1" value={self.line.clone()} oninput={on_line} ref={self.field.clone()} />
                    </label>
                    <p key="note" class={if self.complaint.is_some() { "complaint" } else { "note" }} role="status" data-testid="command-note">
                        { self.complaint.as_deref().unwrap_or("A command happens now. A setting begins the scenario again with the same seed, so that you see what it changes.") }
                    </p>
                    <div key="actions" class="modal-actions">
                        <button type="submit" class="primary" data-testid="command-submit">{ "Do it" }<kbd>{ "↵" }</kbd></button>
                    </div>
                    { examples(ctx, "Commands", "commands", &COMMANDS) }
                    { examples(ctx, "Settings", "settings", &SETTINGS) }
                </form>
            </Modal>
        }
    }
}

impl CommandDialog {
    fn submit(&mut self, props: &Props) {
        match read(self.line.trim(), &props.scenario, props.given) {
            Ok(entry) => {
                props.act.emit(Act::CloseDialog);
                props.act.emit(match entry {
                    Entry::Command(command) => Act::Apply(command),
                    Entry::Setting(scenario) => Act::Redesign(scenario, self.line.trim().to_owned()),
                });
            }
            Err(complaint) => self.complaint = Some(complaint),
        }
    }
}

fn examples(ctx: &Context<CommandDialog>, title: &str, slug: &'static str, examples: &'static [Example]) -> Html {
    html! {
        <details key={slug} class="examples" data-testid={slug}>
            <summary>{ title }</summary>
            <ul>
                { for examples.iter().map(|(line, meaning)| html! {
                    <li key={*line}>
                        <button type="button" class="quiet" onclick={ctx.link().callback(|_: MouseEvent| Msg::Try(line))}>
                            <code>{ *line }</code><span>{ *meaning }</span>
                        </button>
                    </li>
                }) }
            </ul>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_can_be_read() {
        let scenario = &Scenario::all()[0];
        for (line, _) in COMMANDS {
            assert!(matches!(read(line, scenario, 1), Ok(Entry::Command(_))), "{line}: {:?}", read(line, scenario, 1));
        }
        for (line, _) in SETTINGS {
            assert!(matches!(read(line, scenario, 1), Ok(Entry::Setting(_))), "{line}: {:?}", read(line, scenario, 1));
        }
    }

    #[test]
    fn a_setting_changes_the_scenario() {
        let scenario = &Scenario::all()[0];
        let Ok(Entry::Setting(changed)) = read("policy.window = 8", scenario, 1) else { panic!("it is a setting") };
        assert_eq!(changed.settings.policy.window, 8);
    }

    #[test]
    fn what_is_wrong_is_one_sentence() {
        let scenario = &Scenario::all()[0];
        for (line, said) in [
            ("", "expected a command"),
            ("kil S1", "Did you mean kill S1?"),
            ("explode = \"S1\"", "unknown field `explode`"),
            ("kill = \"server one\"", "expected a server such as \"S1\""),
            ("policy.acks = \"some\"", "expected \"all\", \"none\" or a number"),
            ("policy.ack = 1", "unknown field `ack`"),
        ] {
            let sentence = read(line, scenario, 1).expect_err("it is wrong").to_lowercase();
            assert!(sentence.contains(&said.to_lowercase()) && sentence.ends_with(['.', '?']), "{line}: {sentence}");
        }
    }
}
