//! What holds now, in the words of a scenario.

use crate::client::{Arrivals, ClientSettings, ReadTarget, Size, Workload};
use crate::replication::{AckWhen, Acks, Detector, Failover, WhenShort};
use crate::session::{FaultRate, Scenario, parse_span};
use crate::sim::{Latency, Span};
use crate::world::{Placement, WorldSettings};

/// A disk that holds more than a run can write.
pub(crate) const NO_LIMIT: &str = "\"1000 GB\"";

/// A value that holds.
// As a scenario writes it is what a value is; no other word says it.
#[allow(clippy::struct_field_names)]
pub(crate) struct Value {
    /// What a choice takes over from it: the part of a latency above the least.
    pub(crate) rank: Option<String>,
    /// As a scenario writes it.
    pub(crate) value: String,
    pub(crate) label: String,
}

fn plain(value: String) -> Value {
    let label = value.trim_matches('"').to_owned();
    Value { rank: None, value, label }
}

/// A choice of a row as a scenario writes it; a latency keeps what comes on top of the least.
pub(crate) fn whole(key: &str, choice: &str, now: &Value) -> String {
    match (&now.rank, key) {
        (Some(above), _) => format!("{{ least = {choice}, {above} }}"),
        (None, "policy.detector") => format!("{{ time_out = \"{choice}\" }}"),
        (None, _) => choice.to_owned(),
    }
}

/// By what values are put into an order: the first time or number in them.
pub(crate) fn rank(value: &str) -> u64 {
    let start = value.find(|letter: char| letter.is_ascii_digit()).unwrap_or(0);
    let text: String =
        value[start..].chars().take_while(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '.')).collect();
    let text = text.trim();
    if let Some(span) = parse_span(text) {
        return span.as_micros();
    }
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    let factor = match text[digits.len()..].trim() {
        "kB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        _ => 1,
    };
    digits.parse::<u64>().unwrap_or(0).saturating_mul(factor)
}

/// A time as a scenario writes it.
pub(crate) fn time(span: Span) -> String {
    let micros = span.as_micros();
    if micros >= 1_000_000 && micros.is_multiple_of(1_000_000) {
        format!("{} s", micros / 1_000_000)
    } else if micros.is_multiple_of(1_000) {
        format!("{} ms", micros / 1_000)
    } else {
        format!("{micros} us")
    }
}

fn latency(latency: Latency) -> Value {
    match latency {
        Latency::Constant(span) => plain(format!("\"{}\"", time(span))),
        Latency::Uniform { least, most } => Value {
            rank: None,
            value: format!("{{ least = \"{}\", most = \"{}\" }}", time(least), time(most)),
            label: format!("{} to {}", time(least), time(most)),
        },
        Latency::Exponential { least, mean_above } => {
            let above = format!("mean_above = \"{}\"", time(mean_above));
            let value = format!("{{ least = \"{}\", {above} }}", time(least));
            Value { rank: Some(above), value, label: time(least) }
        }
    }
}

fn bytes(bytes: u64) -> String {
    let (number, unit) = match bytes {
        _ if bytes > 0 && bytes.is_multiple_of(1_000_000_000) => (bytes / 1_000_000_000, "GB"),
        _ if bytes > 0 && bytes.is_multiple_of(1_000_000) => (bytes / 1_000_000, "MB"),
        _ if bytes > 0 && bytes.is_multiple_of(1_000) => (bytes / 1_000, "kB"),
        _ => (bytes, "B"),
    };
    format!("\"{number} {unit}\"")
}

/// The value of a setting of the cluster, by its key.
pub(crate) fn value(key: &str, settings: &WorldSettings) -> Value {
    let policy = &settings.policy;
    let never = |span: Option<Span>| plain(span.map_or_else(|| "never".to_owned(), time));
    match key {
        "policy.acks" => plain(match policy.acks {
            Acks::None => "\"none\"".to_owned(),
            Acks::All => "\"all\"".to_owned(),
            Acks::Count(count) => count.to_string(),
        }),
        "policy.ack_when" => plain(
            match policy.ack_when {
                AckWhen::Received => "\"received\"",
                AckWhen::InMemory => "\"in memory\"",
                AckWhen::OnDisk => "\"on disk\"",
                AckWhen::Applied => "\"applied\"",
            }
            .to_owned(),
        ),
        "policy.window" => plain(policy.window.to_string()),
        "policy.min_in_sync" => plain(policy.min_in_sync.to_string()),
        "policy.log_limit" => plain(policy.log_limit.to_string()),
        "policy.when_short" => match policy.when_short {
            WhenShort::Wait => plain("\"wait\"".to_owned()),
            WhenShort::TimeOut { after } => Value {
                rank: None,
                value: format!("{{ time_out = \"{}\" }}", time(after)),
                label: format!("give up after {}", time(after)),
            },
            WhenShort::GoAsync { after } => Value {
                rank: None,
                value: format!("{{ go_async = \"{}\" }}", time(after)),
                label: format!("go on alone after {}", time(after)),
            },
        },
        "policy.failover" => plain(
            match policy.failover {
                Failover::Automatic => "\"automatic\"",
                Failover::Manual => "\"manual\"",
            }
            .to_owned(),
        ),
        "policy.fencing" => plain(policy.fencing.to_string()),
        "policy.checksums" => plain(policy.checksums.to_string()),
        "policy.detector" => match policy.detector {
            Detector::TimeOut { after } => {
                Value { rank: None, value: format!("{{ time_out = \"{}\" }}", time(after)), label: time(after) }
            }
            Detector::PhiAccrual { threshold_tenths, .. } => {
                let threshold = format!("{}.{}", threshold_tenths / 10, threshold_tenths % 10);
                let value = format!("{{ phi = {{ threshold = {threshold} }} }}");
                Value { rank: None, value, label: format!("φ of {threshold}") }
            }
        },
        "policy.read_lease" => never(policy.read_lease),
        "policy.scrub_every" => never(policy.scrub_every),
        "policy.repair_after" => plain(time(policy.repair_after)),
        "policy.apply_time" => plain(time(policy.apply_time)),
        "cluster.zones" => {
            let letter = |zone: &crate::sim::ZoneId| char::from(b'A' + zone.0.min(25));
            plain(settings.servers.iter().map(|zone| letter(zone).to_string()).collect::<Vec<_>>().join(" "))
        }
        "cluster.coordinators" => plain(settings.coordinators.to_string()),
        "cluster.service_time" => plain(time(settings.service_time)),
        "disk.sync_time" => latency(settings.disk.sync_time),
        "disk.bandwidth_per_second" => plain(bytes(settings.disk.bandwidth_bytes_per_second)),
        "disk.capacity" => plain(settings.disk.capacity_bytes.map_or_else(|| NO_LIMIT.to_owned(), bytes)),
        "policy.heartbeat_every" => plain(time(policy.heartbeat_every)),
        "policy.resend_after" => plain(time(policy.resend_after)),
        "policy.drop_after" => plain(time(policy.drop_after)),
        "policy.repairs_at_once" => plain(policy.repairs_at_once.to_string()),
        "network.outside_zones" => latency(settings.network.outside_zones),
        "network.between_zones" => latency(settings.network.between_zones),
        "network.within_zone" => latency(settings.network.within_zone),
        "network.bandwidth_per_second" => plain(bytes(settings.network.bandwidth_bytes_per_second)),
        _ => plain(String::new()),
    }
}

/// How many copies there are of a file.
pub(crate) fn placement(placement: Placement) -> Value {
    plain(match placement {
        Placement::EveryServer => "\"every server\"".to_owned(),
        Placement::OneServer(server) => format!("\"one server {server}\""),
        Placement::Ring { factor } => factor.to_string(),
    })
}

/// How big writes are.
fn size(size: Size) -> Value {
    let (least, most, also) = match size {
        Size::Uniform { least, most } => (least, most, ""),
        Size::LogUniform { least, most } => (least, most, ", logarithmic = true"),
    };
    let (least, most) = (bytes(least), bytes(most));
    let label = format!("{} to {}", least.trim_matches('"'), most.trim_matches('"'));
    Value { rank: None, value: format!("{{ least = {least}, most = {most}{also} }}"), label }
}

/// The value of a client's setting, by its key with `#` for the client's number.
pub(crate) fn client_value(key: &str, client: &ClientSettings) -> Value {
    let usual = Workload { rate_per_second_hundredths: 0, ..Workload::default() };
    let workload = client.workload.unwrap_or(usual);
    match key {
        "clients[#].workload.rate" => {
            let rate = f64::from(workload.rate_per_second_hundredths) / 100.0;
            Value { rank: None, value: rate.to_string(), label: format!("{rate} a second") }
        }
        "clients[#].workload.read_percent" => Value {
            rank: None,
            value: workload.read_percent.to_string(),
            label: format!("{} %", workload.read_percent),
        },
        "clients[#].workload.files" => plain(workload.files.to_string()),
        "clients[#].workload.size" => size(workload.size_bytes),
        "clients[#].workload.arrivals" => plain(
            match workload.arrivals {
                Arrivals::Poisson => "\"poisson\"",
                Arrivals::Steady => "\"steady\"",
            }
            .to_owned(),
        ),
        "clients[#].read_from" => plain(
            match client.read_from {
                ReadTarget::Primary => "\"primary\"",
                ReadTarget::Nearest => "\"nearest\"",
                ReadTarget::Any => "\"any\"",
            }
            .to_owned(),
        ),
        "clients[#].attempts" => {
            Value { rank: None, value: client.attempts.to_string(), label: format!("{} times", client.attempts) }
        }
        "clients[#].idempotency_key" => plain(client.with_key.to_string()),
        "clients[#].copies" => {
            placement(client.replication_factor.map_or(Placement::EveryServer, |factor| Placement::Ring { factor }))
        }
        "clients[#].attempt_time_out" => plain(time(client.attempt_time_out)),
        "clients[#].time_out" => plain(time(client.time_out)),
        _ => plain(String::new()),
    }
}

/// How many faults of a kind a minute a scenario has from the beginning, and how long each lasts.
pub(crate) fn chaos_value(kind: &str, scenario: &Scenario) -> (String, String) {
    let none = FaultRate::default();
    let rate = scenario.chaos.as_ref().map_or(none, |chaos| match kind {
        "crash" => chaos.crash,
        "kill" => chaos.kill,
        "pause" => chaos.pause,
        "wipe" => chaos.wipe,
        "removal" => chaos.removal,
        "bad_link" => chaos.bad_link,
        "full_disk" => chaos.full_disk,
        "cut" => chaos.cut,
        "one_way_cut" => chaos.one_way_cut,
        "loss" => chaos.loss,
        "slow_link" => chaos.slow_link,
        "partition" => chaos.partition,
        "slow_disk" => chaos.slow_disk,
        "rot" => chaos.rot,
        "clock_skew" => chaos.clock_skew,
        "zone_outage" => chaos.zone_outage,
        "coordinator_crash" => chaos.coordinator_crash,
        _ => none,
    });
    let lasts = if rate.lasts == Span::ZERO { Span::from_millis(1_000) } else { rate.lasts };
    ((f64::from(rate.per_minute_hundredths) / 100.0).to_string(), time(lasts))
}

/// A list of letters as a scenario writes zones.
pub(crate) fn zones(text: &str) -> String {
    let letters = text.split(|letter: char| !letter.is_alphabetic()).filter(|word| !word.is_empty());
    let quoted: Vec<String> = letters.map(|letter| format!("\"{}\"", letter.to_uppercase())).collect();
    format!("[{}]", quoted.join(", "))
}
