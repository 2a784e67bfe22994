//! Commands as people type them: `kill S1`, `acks = 1`, `fencing off`, `drop 20% S1 S2`. What is not understood gets
//! the nearest line that is.

use strsim::normalized_damerau_levenshtein;

use super::document::Override;
use super::plan::command_from_text;
use crate::sim::{ClientId, Content, CoordinatorId, DiskCondition, LinkQuality, NodeId, ServerId, Span, ZoneId};
use crate::world::{Command, Direction, Hazard, HazardKind, Placement, ReadFrom};

/// How alike two words have to be, from 0 for nothing in common to 1 for the same.
const LIKENESS_MIN: f64 = 0.7;
/// For how long faults begin when nobody says it.
const CHAOS_SPAN: Span = Span::from_millis(20_000);

/// A verb or two, what follows, and an example.
type Form = (&'static str, fn(&[&str]) -> Option<Command>, &'static str);

/// Every form but the settings and what takes a text.
const FORMS: [Form; 38] = [
    ("kill", |rest| Some(Command::Kill { server: one_server(rest)? }), "kill S1"),
    ("crash coordinator", |rest| Some(Command::CrashCoordinator { node: coordinator(rest)? }), "crash coordinator"),
    ("stop coordinator", |rest| Some(Command::CrashCoordinator { node: coordinator(rest)? }), "crash coordinator"),
    ("crash", |rest| Some(Command::Crash { server: one_server(rest)? }), "crash S1"),
    (
        "restart coordinator",
        |rest| Some(Command::RestartCoordinator { node: coordinator(rest)? }),
        "restart coordinator",
    ),
    ("start coordinator", |rest| Some(Command::RestartCoordinator { node: coordinator(rest)? }), "restart coordinator"),
    ("restart", |rest| Some(Command::Restart { server: one_server(rest)? }), "restart S1"),
    ("start", |rest| Some(Command::Restart { server: one_server(rest)? }), "restart S1"),
    ("pause", |rest| Some(Command::Pause { server: one_server(rest)? }), "pause S1"),
    ("resume", |rest| Some(Command::Resume { server: one_server(rest)? }), "resume S1"),
    ("wipe", |rest| Some(Command::Wipe { server: one_server(rest)? }), "wipe S1"),
    ("promote", |rest| Some(Command::Promote { server: one_server(rest)? }), "promote S2"),
    ("remove", |rest| Some(Command::RemoveServer { server: one_server(rest)? }), "remove S3"),
    ("add server", add_server, "add server"),
    ("add", add_server, "add server"),
    ("cut one way", |rest| two_nodes(rest).map(|(from, to)| Command::CutOneWay { from, to }), "cut one way S1 S2"),
    ("cut", |rest| two_nodes(rest).map(|(first, second)| Command::CutLink { first, second }), "cut S1 S2"),
    ("heal all", |rest| rest.is_empty().then_some(Command::HealAll), "heal all"),
    ("heal", heal, "heal S1 S2"),
    ("partition", partition, "partition S1 S2"),
    ("isolate", partition, "partition S1"),
    ("drop", drop_messages, "drop 20% S1 S2"),
    ("lose", drop_messages, "drop 20% S1 S2"),
    ("slow disk", slow_disk, "slow disk S1 20x"),
    ("slow", slow_link, "slow S1 S2 5x"),
    ("fill disk", |rest| disk(rest, DiskCondition { full: true, slow_factor: 1 }), "fill disk S1"),
    ("mend disk", |rest| disk(rest, DiskCondition::default()), "mend disk S1"),
    ("rot", rot, "rot S1 notes.txt"),
    ("power cut", |rest| Some(Command::ZoneOutage { zone: one_zone(rest)? }), "power cut A"),
    ("zone outage", |rest| Some(Command::ZoneOutage { zone: one_zone(rest)? }), "power cut A"),
    ("power back", |rest| Some(Command::ZoneReturn { zone: one_zone(rest)? }), "power back A"),
    ("zone return", |rest| Some(Command::ZoneReturn { zone: one_zone(rest)? }), "power back A"),
    (
        "delete",
        |rest| if let [file] = rest { Some(Command::Delete { file: (*file).to_owned() }) } else { None },
        "delete notes.txt",
    ),
    (
        "call",
        |rest| if let [service] = rest { Some(Command::Call { service: (*service).to_owned() }) } else { None },
        "call clock",
    ),
    ("stop chaos", |rest| rest.is_empty().then_some(Command::EndChaos), "stop chaos"),
    ("end chaos", |rest| rest.is_empty().then_some(Command::EndChaos), "stop chaos"),
    ("chaos", chaos, "chaos 20 s"),
    ("read", read, "read notes.txt"),
];

/// How a setting of the policy is called, and by which names people may call it.
const RULES: [(&str, &[&str]); 11] = [
    ("acks", &["acks", "ack", "policy.acks"]),
    ("ack_when", &["ack_when", "ack when", "an ack means", "ack means", "policy.ack_when"]),
    ("window", &["window", "policy.window"]),
    ("when_short", &["when_short", "when short", "policy.when_short"]),
    ("min_in_sync", &["min_in_sync", "min in sync", "policy.min_in_sync"]),
    ("failover", &["failover", "policy.failover"]),
    ("fencing", &["fencing", "fence", "policy.fencing"]),
    ("checksums", &["checksums", "checksum", "policy.checksums"]),
    ("detector", &["detector", "suspect after", "policy.detector"]),
    ("scrub_every", &["scrub_every", "scrub every", "scrub", "policy.scrub_every"]),
    ("repair_after", &["repair_after", "repair after", "policy.repair_after"]),
];

/// Reads a command as people type it; `number` tells made-up contents apart, and `busy` is the client whose background
/// workload `rate` and `reads` mean.
///
/// # Errors
/// If it is not understood: what was expected, or the nearest line that would have been understood.
pub fn command_from_line(line: &str, number: u64, busy: ClientId) -> Result<Command, String> {
    let line = line.trim();
    if let Some(command) = loose(line, number, busy) {
        return command;
    }
    let said = match command_from_text(line, number) {
        Ok(command) => return Ok(command),
        Err(said) => said,
    };
    if let Some(meant) = nearest(line, number, busy) {
        return Err(format!("{} is not a command. Did you mean {meant}?", quoted(line)));
    }
    if line.contains('=') {
        return Err(said);
    }
    if let Some((verb, _, example)) = FORMS.iter().find(|(verb, ..)| rest_after(line, verb).is_some()) {
        return Err(format!("{verb} needs something else here: {example}, for example"));
    }
    Err(if line.is_empty() {
        "expected a command, such as kill S1".to_owned()
    } else {
        format!("{} is not a command; try kill S1, cut S1 S2, acks = 1 or write notes.txt Hello", quoted(line))
    })
}

/// Reads what is a command in its loose form; none if it is not.
fn loose(line: &str, number: u64, busy: ClientId) -> Option<Result<Command, String>> {
    if let Some(rest) = rest_after(line, "write") {
        return write(rest).map(Ok);
    }
    if let Some(command) = rule(line, number, busy) {
        return Some(command);
    }
    let plain: Vec<&str> = line.split_whitespace().filter(|word| !word.eq_ignore_ascii_case("the")).collect();
    let plain = plain.join(" ");
    FORMS.iter().find_map(|(verb, form, _)| form(&words(rest_after(&plain, verb)?))).map(Ok)
}

/// What follows a name as its value: `= 1`, ` 1`, ` to 1`.
fn value_of<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let rest = rest_after(line, name).or_else(|| {
        line.get(..name.len())
            .filter(|start| start.eq_ignore_ascii_case(name))
            .and_then(|_| line.get(name.len()..))
            .filter(|rest| rest.starts_with('='))
    })?;
    let value = rest.trim_start().strip_prefix('=').unwrap_or(rest).trim();
    let value = value.strip_prefix("to ").unwrap_or(value);
    (!value.is_empty()).then_some(value)
}

/// A rule of the policy, and its value as a scenario writes it: `acks = 1`, `set acks 1`, `fencing off`.
fn policy_rule(line: &str) -> Option<(&'static str, String)> {
    let line = rest_after(line, "set").unwrap_or(line);
    // “ack when” is another rule than “ack”.
    let found = RULES.iter().flat_map(|(key, names)| {
        names.iter().filter_map(|name| value_of(line, name).map(|value| (name.len(), *key, value)))
    });
    found.max_by_key(|(length, ..)| *length).map(|(_, key, value)| (key, written(key, value)))
}

/// Reads a setting of the policy as people type it, such as `fencing off` or `acks = 1`; none if it is not one of these.
#[must_use]
pub fn setting_from_line(line: &str) -> Option<Override> {
    let (key, value) = policy_rule(line.trim())?;
    Some(Override { key: format!("policy.{key}"), value })
}

/// A rule of the policy or of the workload: `acks = 1`, `set acks 1`, `fencing off`, `rate 5`.
fn rule(line: &str, number: u64, busy: ClientId) -> Option<Result<Command, String>> {
    if let Some((key, value)) = policy_rule(line) {
        return Some(command_from_text(&format!("policy = {{ {key} = {value} }}"), number));
    }
    let line = rest_after(line, "set").unwrap_or(line);
    let value_of = |name: &str| value_of(line, name);
    let number_of = |value: &str| value.trim_end_matches(['%', ' ']).trim_end_matches("/s").trim().to_owned();
    let client = format!("client = \"client {}\"", busy.0);
    if let Some(rate) = ["rate", "writes per second", "workload"].iter().find_map(|name| value_of(name)) {
        if rate.starts_with('{') {
            return None;
        }
        let rate = if rate == "off" { "0".to_owned() } else { number_of(rate) };
        return Some(command_from_text(&format!("workload = {{ {client}, rate = {rate} }}"), number));
    }
    let reads = ["reads", "read_percent", "read percent", "read share"].iter().find_map(|name| value_of(name))?;
    Some(command_from_text(&format!("workload = {{ {client}, read_percent = {} }}", number_of(reads)), number))
}

/// A value as a scenario has to write it.
fn written(key: &str, value: &str) -> String {
    let plain = value.trim_matches('"');
    let is_switch = matches!(key, "fencing" | "checksums");
    match plain.to_lowercase().as_str() {
        "on" | "yes" if is_switch => "true".to_owned(),
        "off" | "no" if is_switch => "false".to_owned(),
        "off" | "none" if key == "scrub_every" => "\"never\"".to_owned(),
        "memory" | "disk" if key == "ack_when" => {
            format!("\"{} {plain}\"", if plain.eq_ignore_ascii_case("memory") { "in" } else { "on" })
        }
        "coordinator" if key == "failover" => "\"automatic\"".to_owned(),
        "operator" | "an operator" | "by hand" if key == "failover" => "\"manual\"".to_owned(),
        _ if key == "detector" && !plain.starts_with('{') => format!("{{ time_out = \"{plain}\" }}"),
        lower if plain.starts_with('{') || plain.parse::<u64>().is_ok() || matches!(lower, "true" | "false") => {
            plain.to_owned()
        }
        lower => format!("\"{}\"", lower.replace(['"', '\\'], "")),
    }
}

/// What follows a verb of one or several words, whatever its letters' case.
fn rest_after<'a>(line: &'a str, verb: &str) -> Option<&'a str> {
    let mut rest = line.trim_start();
    for word in verb.split(' ') {
        let start = rest.get(..word.len()).filter(|start| start.eq_ignore_ascii_case(word))?;
        rest = &rest[start.len()..];
        if !rest.is_empty() && !rest.starts_with(char::is_whitespace) {
            return None;
        }
        rest = rest.trim_start();
    }
    Some(rest)
}

/// The words of a list, without what only joins them.
fn words(rest: &str) -> Vec<&str> {
    let fill = ["and", "the", "to", "from", "of", "on", "at", "in", "link", "between", "server", "for", "disk"];
    let all = rest.split([' ', ',', '\t', '–', '|']).filter(|word| !word.is_empty());
    all.filter(|word| !fill.iter().any(|fill| word.eq_ignore_ascii_case(fill))).collect()
}

fn server(word: &str) -> Option<ServerId> {
    let number = word.strip_prefix(['S', 's'])?.parse::<u16>().ok()?;
    (number > 0).then_some(ServerId(number))
}

fn one_server(rest: &[&str]) -> Option<ServerId> {
    if let [word] = rest { server(word) } else { None }
}

fn one_zone(rest: &[&str]) -> Option<ZoneId> {
    match rest {
        [word] | ["zone" | "Zone", word] => {
            let letter = word.chars().next().filter(|_| word.len() == 1)?.to_ascii_uppercase();
            letter.is_ascii_uppercase().then(|| ZoneId(u8::try_from(u32::from(letter) - u32::from('A')).unwrap_or(0)))
        }
        _ => None,
    }
}

fn coordinator(rest: &[&str]) -> Option<CoordinatorId> {
    match rest {
        [] => Some(CoordinatorId(1)),
        [number] => number.parse().ok().filter(|number| *number > 0).map(CoordinatorId),
        _ => None,
    }
}

/// The nodes of a list: `S1`, `C1`, `client 1`, `coordinator`, `coordinator 2`.
fn nodes(rest: &[&str]) -> Option<Vec<NodeId>> {
    let mut found = Vec::new();
    let mut rest = rest.iter().peekable();
    while let Some(word) = rest.next() {
        let lower = word.to_lowercase();
        let mut counted =
            |usual| rest.next_if(|word| word.parse::<u8>().is_ok()).map_or(usual, |word| word.parse().ok());
        found.push(match lower.as_str() {
            "coordinator" => NodeId::Coordinator(CoordinatorId(counted(Some(1))?)),
            "client" => NodeId::Client(ClientId(u16::from(counted(Some(1))?))),
            _ => match lower.strip_prefix('c').and_then(|number| number.parse().ok()) {
                Some(number) => NodeId::Client(ClientId(number)),
                None => NodeId::Server(server(word)?),
            },
        });
    }
    Some(found)
}

fn two_nodes(rest: &[&str]) -> Option<(NodeId, NodeId)> {
    if let [first, second] = *nodes(rest)?.as_slice() { Some((first, second)) } else { None }
}

fn add_server(rest: &[&str]) -> Option<Command> {
    let zone = if rest.is_empty() { None } else { Some(one_zone(rest)?) };
    Some(Command::AddServer { zone })
}

fn heal(rest: &[&str]) -> Option<Command> {
    if rest.is_empty() || matches!(rest, ["everything" | "links"]) {
        return Some(Command::HealAll);
    }
    two_nodes(rest).map(|(first, second)| Command::HealLink { first, second })
}

fn partition(rest: &[&str]) -> Option<Command> {
    let side = nodes(rest).filter(|side| !side.is_empty())?;
    Some(Command::Partition { side, direction: Direction::Both })
}

fn set_link(between: &[&str], quality: LinkQuality) -> Option<Command> {
    two_nodes(between).map(|(from, to)| Command::SetLink { from, to, both_ways: true, quality })
}

fn drop_messages(rest: &[&str]) -> Option<Command> {
    let (share, between) = rest.split_first()?;
    let (share, between) = if *between.first()? == "%" { (*share, &between[1..]) } else { (*share, between) };
    let percent: u16 = share.trim_end_matches('%').parse().ok().filter(|percent| *percent <= 100)?;
    set_link(between, LinkQuality { loss_per_mille: percent * 10, ..LinkQuality::default() })
}

/// A number such as `5x`, at one end of the words.
fn factor<'a>(rest: &'a [&'a str]) -> Option<(u16, &'a [&'a str])> {
    let number = |word: &str| word.trim_end_matches(['x', 'X', '×']).parse().ok().filter(|factor| *factor > 0);
    let last = rest.split_last().and_then(|(word, others)| Some((number(word)?, others)));
    last.or_else(|| rest.split_first().and_then(|(word, others)| Some((number(word)?, others))))
}

fn slow_link(rest: &[&str]) -> Option<Command> {
    let (slow_factor, between) = factor(rest).unwrap_or((5, rest));
    set_link(between, LinkQuality { slow_factor, ..LinkQuality::default() })
}

fn slow_disk(rest: &[&str]) -> Option<Command> {
    let (slow_factor, of) = factor(rest).unwrap_or((20, rest));
    disk(of, DiskCondition { full: false, slow_factor })
}

fn disk(rest: &[&str], condition: DiskCondition) -> Option<Command> {
    Some(Command::SetDisk { server: one_server(rest)?, condition })
}

fn rot(rest: &[&str]) -> Option<Command> {
    let [one, other] = rest else { return None };
    let (server, file) = server(one).map(|server| (server, other)).or_else(|| Some((server(other)?, one)))?;
    Some(Command::Rot { server, file: (*file).to_owned(), bit: 0 })
}

fn read(rest: &[&str]) -> Option<Command> {
    let (file, from) = match rest {
        [file] => (file, ReadFrom::Primary),
        [file, whom] => match whom.to_lowercase().as_str() {
            "primary" => (file, ReadFrom::Primary),
            "nearest" => (file, ReadFrom::Nearest),
            "any" | "anywhere" => (file, ReadFrom::Any),
            _ => (file, ReadFrom::Server(server(whom)?)),
        },
        _ => return None,
    };
    Some(Command::Read { file: (*file).to_owned(), from })
}

fn write(rest: &str) -> Option<Command> {
    let (file, text) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    if file.is_empty() || file.starts_with('=') {
        return None;
    }
    let text = text.trim().trim_matches('"');
    let content = Content::new(text.as_bytes());
    Some(Command::Write { file: file.to_owned(), content, placement: Placement::EveryServer })
}

fn chaos(rest: &[&str]) -> Option<Command> {
    let span = match rest {
        [] | ["on"] => CHAOS_SPAN,
        ["off"] => return Some(Command::EndChaos),
        [seconds] | [seconds, "s" | "seconds"] => {
            let seconds: u64 = seconds.trim_end_matches('s').parse().ok()?;
            Span::from_millis(seconds.checked_mul(1_000)?)
        }
        _ => return None,
    };
    let each = |kind, per_minute: u32, lasts| Hazard {
        kind,
        per_minute_hundredths: per_minute * 100,
        lasts: Span::from_millis(lasts),
    };
    let hazards =
        vec![each(HazardKind::Crash, 6, 1_000), each(HazardKind::Cut, 6, 800), each(HazardKind::SlowLink, 6, 1_000)];
    Some(Command::BeginChaos { hazards, span })
}

/// The line that is most like this one, and understood.
fn nearest(line: &str, number: u64, busy: ClientId) -> Option<String> {
    let verbs = FORMS.iter().map(|(verb, ..)| *verb).chain(["write"]);
    let rules = RULES.iter().flat_map(|(_, names)| names.iter().copied()).filter(|name| !name.contains('.'));
    let mut alike: Vec<(f64, String)> = Vec::new();
    for known in verbs.chain(rules) {
        let count = known.split(' ').count();
        let typed: Vec<&str> = line.split([' ', '=']).filter(|word| !word.is_empty()).collect();
        let (start, rest) = typed.split_at(count.min(typed.len()));
        let likeness = normalized_damerau_levenshtein(&start.join(" ").to_lowercase(), known);
        if likeness < LIKENESS_MIN {
            continue;
        }
        let with_sign = if line.contains('=') && !rest.is_empty() { " = " } else { " " };
        let meant = format!("{known}{with_sign}{}", rest.join(" ")).trim_end().to_owned();
        if meant != line && loose(&meant, number, busy).is_some_and(|read| read.is_ok()) {
            alike.push((likeness, meant));
        }
    }
    alike.into_iter().max_by(|(one, _), (other, _)| one.total_cmp(other)).map(|(_, meant)| meant)
}

fn quoted(line: &str) -> String {
    let short: String = line.chars().take(60).collect();
    if short.len() < line.len() { format!("“{short}…”") } else { format!("“{short}”") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_line(line: &str) -> Result<Command, String> {
        command_from_line(line, 1, ClientId(2))
    }

    #[test]
    fn a_setting_is_understood_as_people_type_it() {
        for (line, key, value) in [
            ("acks=1", "policy.acks", "1"),
            ("acks = none", "policy.acks", "\"none\""),
            ("Fencing off", "policy.fencing", "false"),
            ("set window to 4", "policy.window", "4"),
            ("suspect after 90 ms", "policy.detector", "{ time_out = \"90 ms\" }"),
        ] {
            let read = setting_from_line(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!((read.key.as_str(), read.value.as_str()), (key, value), "{line}");
        }
        assert_eq!(setting_from_line("kill S1"), None);
        assert_eq!(setting_from_line("fencing"), None);
    }

    #[test]
    fn what_people_type_means_what_a_scenario_would_write() {
        for (typed, written) in [
            ("kill S1", "kill = \"S1\""),
            ("Kill s1", "kill = \"S1\""),
            ("crash S2", "crash = \"S2\""),
            ("crash coordinator", "crash_coordinator = \"coordinator\""),
            ("crash the coordinator 2", "crash_coordinator = \"coordinator 2\""),
            ("restart coordinator", "restart_coordinator = \"coordinator\""),
            ("promote S2", "promote = \"S2\""),
            ("remove server S3", "remove_server = \"S3\""),
            ("add server", "add_server = {}"),
            ("add server in zone B", "add_server = { zone = \"B\" }"),
            ("cut S1 S2", "cut = [\"S1\", \"S2\"]"),
            ("cut S1 and the coordinator", "cut = [\"S1\", \"coordinator\"]"),
            ("cut one way S1 C1", "cut_one_way = { from = \"S1\", to = \"client 1\" }"),
            ("heal S1 S2", "heal = [\"S1\", \"S2\"]"),
            ("heal all", "heal_all = true"),
            ("heal", "heal_all = true"),
            ("partition S1, S2 and client 1", "partition = { side = [\"S1\", \"S2\", \"client 1\"] }"),
            ("drop 20% S1 S2", "link = { from = \"S1\", to = \"S2\", loss_percent = 20 }"),
            ("drop 20 % from S1 to S2", "link = { from = \"S1\", to = \"S2\", loss_percent = 20 }"),
            ("slow S1 S2 3x", "link = { from = \"S1\", to = \"S2\", slow_factor = 3 }"),
            ("slow disk S1 20x", "disk = { server = \"S1\", slow_factor = 20 }"),
            ("fill disk of S1", "disk = { server = \"S1\", full = true }"),
            ("rot notes.txt on S1", "rot = { server = \"S1\", file = \"notes.txt\" }"),
            ("power cut in A", "zone_outage = \"A\""),
            ("write notes.txt Hello there", "write = { file = \"notes.txt\", text = \"Hello there\" }"),
            ("read notes.txt", "read = { file = \"notes.txt\" }"),
            ("read notes.txt from S2", "read = { file = \"notes.txt\", from = \"S2\" }"),
            ("read notes.txt at the nearest", "read = { file = \"notes.txt\", from = \"nearest\" }"),
            ("delete notes.txt", "delete = \"notes.txt\""),
            ("acks = 1", "policy = { acks = 1 }"),
            ("acks=all", "policy = { acks = \"all\" }"),
            ("set acks 1", "policy = { acks = 1 }"),
            ("set acks to none", "policy = { acks = \"none\" }"),
            ("fencing = off", "policy = { fencing = false }"),
            ("checksums on", "policy = { checksums = true }"),
            ("ack when memory", "policy = { ack_when = \"in memory\" }"),
            ("window 8", "policy = { window = 8 }"),
            ("failover = by hand", "policy = { failover = \"manual\" }"),
            ("scrub every 200 ms", "policy = { scrub_every = \"200 ms\" }"),
            ("scrub off", "policy = { scrub_every = \"never\" }"),
            ("suspect after 300 ms", "policy = { detector = { time_out = \"300 ms\" } }"),
            ("when short = { go_async = \"1 s\" }", "policy = { when_short = { go_async = \"1 s\" } }"),
            ("min in sync 2", "policy = { min_in_sync = 2 }"),
            ("rate = 20", "workload = { client = \"client 2\", rate = 20 }"),
            ("rate 20/s", "workload = { client = \"client 2\", rate = 20 }"),
            ("reads 80 %", "workload = { client = \"client 2\", read_percent = 80 }"),
            ("kill = \"S1\"", "kill = \"S1\""),
        ] {
            let written = command_from_text(written, 1);
            assert!(written.is_ok(), "{written:?}");
            assert_eq!(read_line(typed), written, "{typed}");
        }
        assert!(
            matches!(read_line("chaos 30 s"), Ok(Command::BeginChaos { span, .. }) if span == Span::from_millis(30_000))
        );
        assert_eq!(read_line("stop chaos"), Ok(Command::EndChaos));
    }

    #[test]
    fn what_is_not_understood_gets_the_nearest_that_is() {
        for (typed, said) in [
            ("kil S1", "Did you mean kill S1?"),
            ("promot S2", "Did you mean promote S2?"),
            ("fencin = off", "Did you mean fencing = off?"),
            ("cutt S1 S2", "Did you mean cut S1 S2?"),
            ("kill", "kill S1, for example"),
            ("kill server one", "kill S1, for example"),
            ("hello", "is not a command; try kill S1"),
            ("", "expected a command, such as kill S1"),
            ("acks = some", "policy.acks"),
            ("explode = \"S1\"", "unknown field `explode`"),
        ] {
            let sentence = read_line(typed).expect_err(typed);
            assert!(sentence.contains(said) && !sentence.contains('\n'), "{typed}: {sentence}");
        }
    }

    #[test]
    fn whatever_is_typed_is_answered() {
        for line in [
            "kill S0",
            "slow",
            "drop %",
            "drop 900% S1 S2",
            "cut S1",
            "set",
            "set acks",
            "acks =",
            "é",
            "kill é",
            "chaos 99999999999999999999",
            "power cut",
            "write",
            "add server in zone",
            "crash coordinator x",
            "partition",
            "=",
            "rate = {",
        ] {
            drop(read_line(line));
        }
        assert!(read_line("kill S0").is_err());
    }
}
