//! The words and shapes for what a view holds: one place, so that stage, ledger and inspector agree.

use std::fmt::Write as _;
use std::ops::Deref;
use std::rc::Rc;

use crate::check::{CopyHealth, Verdict};
use crate::sim::{CoordinatorId, FileId, LinkQuality, NodeId, Span, Time};
use crate::world::{
    CopyView, MAIN_GROUP, OperationKind, OperationView, OutcomeView, Role, ServerStatus, ServerView, View,
};

/// A value that children compare by identity, so that a frame costs nothing where nothing changed.
pub(crate) struct Shared<T>(Rc<T>);

impl<T> Shared<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Rc::new(value))
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<T> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// A moment as the visible clock shows it: 0 is when the learner enters, and what was before has a minus.
pub(crate) fn clock(at: Time, start: Time) -> String {
    if at < start { format!("−{}", Time::ZERO + start.since(at)) } else { (Time::ZERO + at.since(start)).to_string() }
}

/// A round time, with no more digits than it needs: `0.5 s`, `20 s`.
pub(crate) fn tick(passed: Span) -> String {
    let milliseconds = passed.as_micros() / 1_000;
    let fraction = format!("{:03}", milliseconds % 1_000);
    match fraction.trim_end_matches('0') {
        "" => format!("{} s", milliseconds / 1_000),
        digits => format!("{}.{digits} s", milliseconds / 1_000),
    }
}

/// The names of the custom properties that hold the hues of files.
pub(crate) const HUES: [&str; 6] = ["--file-a", "--file-b", "--file-c", "--file-d", "--file-e", "--file-f"];

/// Which of the hues a file has.
pub(crate) fn hue_index(file: FileId) -> usize {
    file.0 as usize % HUES.len()
}

/// An inline style that sets the hue of a file.
pub(crate) fn hue_style(file: FileId) -> String {
    format!("--hue:var({})", HUES[hue_index(file)])
}

pub(crate) fn status(status: ServerStatus) -> &'static str {
    match status {
        ServerStatus::Up => "up",
        ServerStatus::Paused => "paused",
        ServerStatus::Crashed => "crashed",
        ServerStatus::Killed => "killed",
    }
}

pub(crate) fn role(role: Role) -> &'static str {
    match role {
        Role::Primary => "primary",
        Role::Replica => "replica",
        Role::Joining => "joining",
        Role::Down => "down",
    }
}

/// Whether files are kept in groups of some servers each, so that no one server is the primary of all.
pub(crate) fn is_sharded(view: &View) -> bool {
    let in_groups = |server: &ServerView, copy: &CopyView| {
        copy.group != MAIN_GROUP && server.groups.iter().any(|role| role.group == copy.group)
    };
    view.servers.iter().any(|server| server.copies.iter().any(|copy| in_groups(server, copy)))
}

/// What a server is to those who look at it: in a sharded cluster a primary is one that leads the group of a file.
pub(crate) fn shown_role(server: &ServerView, sharded: bool) -> Role {
    match server.role {
        Role::Down => Role::Down,
        _ if sharded && server.copies.iter().any(|copy| copy.is_primary) => Role::Primary,
        Role::Primary if sharded => Role::Replica,
        other => other,
    }
}

/// What is wrong with a server that runs: its disk and its clock.
pub(crate) fn ailments(server: &ServerView) -> Vec<String> {
    let mut ailments = Vec::new();
    if server.disk.full {
        ailments.push("disk full".to_owned());
    }
    if server.disk.slow_factor > 1 {
        ailments.push(format!("disk {}× slower", server.disk.slow_factor));
    }
    if server.clock_drift_ppm != 0 {
        let pace = if server.clock_drift_ppm > 0 { "fast" } else { "slow" };
        ailments.push(format!("clock {} {pace}", percent(server.clock_drift_ppm.unsigned_abs(), 10_000)));
    }
    ailments
}

/// What is wrong with a link, the worst first.
pub(crate) fn link_ailments(quality: LinkQuality) -> Vec<String> {
    let shares = [
        (quality.loss_per_mille, "lost"),
        (quality.duplicate_per_mille, "doubled"),
        (quality.reorder_per_mille, "overtaken"),
    ];
    let told = |(share, what): (u16, &str)| format!("{} {what}", percent(u32::from(share), 10));
    let slow = (quality.slow_factor > 1).then(|| format!("{}× slower", quality.slow_factor));
    shares.into_iter().filter(|(share, _)| *share > 0).map(told).chain(slow).collect()
}

/// A share in per cent, of which `one` is a hundredth: `2 %`, `0.5 %`.
fn percent(share: u32, one: u32) -> String {
    let (whole, tenth) = (share / one, share % one * 10 / one);
    if tenth == 0 { format!("{whole} %") } else { format!("{whole}.{tenth} %") }
}

/// What stands beside a server's name: its role while it runs, and what befell it otherwise.
pub(crate) fn state(server: &ServerView) -> &'static str {
    match server.status {
        ServerStatus::Up => role(server.role),
        ServerStatus::Paused => "paused, notices nothing",
        ServerStatus::Crashed => "crashed, disk kept",
        ServerStatus::Killed => "killed, disk lost",
    }
}

pub(crate) fn health(copy: CopyHealth) -> &'static str {
    match copy {
        CopyHealth::Fresh => "fresh",
        CopyHealth::Stale => "stale",
        CopyHealth::Corrupt => "corrupt",
        CopyHealth::Missing => "missing",
    }
}

/// The name of a copy's health for style sheets and tests.
pub(crate) fn health_slug(copy: CopyHealth) -> &'static str {
    match copy {
        CopyHealth::Fresh => "fresh",
        CopyHealth::Stale => "stale",
        CopyHealth::Corrupt => "corrupt",
        CopyHealth::Missing => "missing",
    }
}

/// The word that stands beside a copy, if its state needs one.
pub(crate) fn copy_badge(copy: &CopyView) -> &'static str {
    match (copy.on_disk, copy.health) {
        (false, _) => "arriving",
        (true, CopyHealth::Stale) => "stale",
        (true, CopyHealth::Corrupt) => "corrupt",
        (true, CopyHealth::Missing) => "missing",
        (true, CopyHealth::Fresh) => "",
    }
}

pub(crate) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Safe => "safe",
        Verdict::AtRisk => "1 failure away",
        Verdict::Unavailable => "unavailable",
        Verdict::LostAcknowledged | Verdict::LostUnacknowledged => "lost",
        Verdict::Pending => "pending",
        Verdict::Deleted => "deleted",
    }
}

/// The name of a verdict for tests.
pub(crate) fn verdict_slug(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Safe => "safe",
        Verdict::AtRisk => "at-risk",
        Verdict::Unavailable => "unavailable",
        Verdict::LostAcknowledged => "lost-acknowledged",
        Verdict::LostUnacknowledged => "lost-unacknowledged",
        Verdict::Pending => "pending",
        Verdict::Deleted => "deleted",
    }
}

/// The tone of a verdict: a class of the style sheet.
pub(crate) fn verdict_tone(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Safe => "safe",
        Verdict::AtRisk | Verdict::Unavailable => "risk",
        Verdict::LostAcknowledged | Verdict::LostUnacknowledged => "lost",
        Verdict::Pending | Verdict::Deleted => "quiet",
    }
}

/// The letters and digits by which tests find a link.
pub(crate) fn node_slug(node: NodeId) -> String {
    match node {
        NodeId::Coordinator(CoordinatorId(1)) => "coordinator".to_owned(),
        NodeId::Coordinator(node) => format!("coordinator-{}", node.0),
        other => other.to_string(),
    }
}

pub(crate) fn operation_verb(kind: OperationKind) -> &'static str {
    match kind {
        OperationKind::Write => "Write",
        OperationKind::Read => "Read",
        OperationKind::Delete => "Delete",
        OperationKind::Call => "Call",
    }
}

pub(crate) fn outcome_slug(outcome: &OutcomeView) -> &'static str {
    match outcome {
        OutcomeView::Pending => "pending",
        OutcomeView::Ok { .. } => "ok",
        OutcomeView::Refused(_) => "refused",
        OutcomeView::Unknown => "unknown",
    }
}

/// What the client knows of an operation, as a short phrase.
pub(crate) fn outcome(operation: &OperationView) -> String {
    match (&operation.outcome, operation.kind) {
        (OutcomeView::Pending, _) => "waits for an answer".to_owned(),
        (OutcomeView::Ok { version: Some(version), content }, OperationKind::Read) => {
            let size = content.as_ref().map_or_else(String::new, |content| format!(", {}", size(content.size_bytes())));
            format!("ok, it got {version}{size}")
        }
        (OutcomeView::Ok { .. }, OperationKind::Read) => "ok, there is no such file".to_owned(),
        (OutcomeView::Ok { version: Some(version), .. }, _) => format!("ok, {version} is acknowledged"),
        (OutcomeView::Ok { .. }, _) => "ok".to_owned(),
        (OutcomeView::Refused(reason), _) => format!("refused: {}", uncapitalised(reason)),
        (OutcomeView::Unknown, _) => "no answer in time: it may or may not have been done".to_owned(),
    }
}

/// A sentence as it stands after a colon.
fn uncapitalised(sentence: &str) -> String {
    let mut letters = sentence.chars();
    let first: String = letters.next().map(|letter| letter.to_lowercase().collect()).unwrap_or_default();
    format!("{first}{}", letters.as_str())
}

/// The engine's lower-case sentence, as it stands on the page.
pub(crate) fn sentence(said: &str) -> String {
    let mut letters = said.chars();
    let first: String = letters.next().map(|letter| letter.to_uppercase().collect()).unwrap_or_default();
    let rest: String = letters.collect();
    let end = if rest.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{rest}{end}")
}

/// A size in words: `512 bytes`, `3.4 kB`, `1.2 MB`.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        1 => "1 byte".to_owned(),
        0..=999 => format!("{bytes} bytes"),
        1_000..=999_999 => format!("{}.{} kB", bytes / 1_000, bytes % 1_000 / 100),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

/// A name that fits: at most `most` characters, the middle left out so that the extension stays.
pub(crate) fn fit(name: &str, most: usize) -> String {
    let letters: Vec<char> = name.chars().collect();
    if letters.len() <= most {
        return name.to_owned();
    }
    let tail = (most / 3).max(1);
    let head = most.saturating_sub(tail + 1).max(1);
    let start: String = letters[..head].iter().collect();
    let end: String = letters[letters.len() - tail..].iter().collect();
    format!("{start}…{end}")
}

/// The full state of a server in words, for whoever can't see the stage.
pub(crate) fn describe(server: &ServerView) -> String {
    let mut words = format!("{}, {}, {}, epoch {}", server.id, server.zone, state(server), server.epoch);
    if server.suspected {
        words.push_str(", suspected by the coordinator");
    }
    for ailment in ailments(server) {
        // Writing to a string can't fail.
        let _ = write!(words, ", {ailment}");
    }
    if let Some(waiting) = &server.waiting {
        // Writing to a string can't fail.
        let more = waiting.acks_needed.saturating_sub(waiting.acks);
        let _ = write!(words, ", waits for {more} more {}", if more == 1 { "ack" } else { "acks" });
    }
    if server.copies.is_empty() {
        words.push_str(", no copies");
    }
    for copy in &server.copies {
        let state = if copy.on_disk { health(copy.health) } else { "arriving, not on disk yet" };
        let _ = write!(words, "; {} {} {state}", copy.name, copy.version);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_told_in_words() {
        assert_eq!(size(0), "0 bytes");
        assert_eq!(size(1), "1 byte");
        assert_eq!(size(3_456), "3.4 kB");
        assert_eq!(size(4_194_304), "4.1 MB");
    }

    #[test]
    fn what_ails_a_link_is_told_in_words() {
        let quality = LinkQuality { loss_per_mille: 105, slow_factor: 5, ..LinkQuality::default() };
        assert_eq!(link_ailments(quality), ["10.5 % lost", "5× slower"]);
        assert!(link_ailments(LinkQuality::default()).is_empty());
    }

    #[test]
    fn a_long_name_keeps_its_start_and_end() {
        assert_eq!(fit("notes.txt", 10), "notes.txt");
        assert_eq!(fit("a-very-long-photo-name.png", 10), "a-very…png");
    }
}
