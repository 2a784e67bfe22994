//! The settings of a world as sections of a scenario. What is as usual is left out.

use replicarium::client::{Arrivals, ClientSettings, Popularity, ReadTarget, Size, Workload};
use replicarium::replication::{AckWhen, Acks, Detector, Failover, Policy, RingSettings, WhenShort};
use replicarium::sim::{Latency, NetworkSettings, Span};
use replicarium::world::{DiskSettings, WorldSettings};

use super::value::{Fields, hundredths, list, quoted, span, zone};

/// All sections of the settings; services, which random runs don't have, are not among them.
pub fn sections(settings: &WorldSettings) -> String {
    let mut text = cluster(settings);
    text += &network(&settings.network).section_if_any("[network]");
    text += &disk(&settings.disk).section_if_any("[disk]");
    text += &policy(&settings.policy).section_if_any("[policy]");
    text.extend(settings.clients.iter().map(|settings| client(settings).section("[[clients]]")));
    text
}

fn cluster(settings: &WorldSettings) -> String {
    let mut fields = Fields::default();
    fields.say("zones", list(settings.servers.iter().copied().map(zone)));
    fields.say_unusual("coordinators", settings.coordinators, 1, |count| count.to_string());
    fields.say_unusual("service_time", settings.service_time, Span::ZERO, span);
    fields.say_unusual("ring", settings.ring, RingSettings::default(), |RingSettings { shards, virtual_nodes }| {
        format!("{{ shards = {shards}, virtual_nodes = {virtual_nodes} }}")
    });
    fields.section("[cluster]")
}

fn network(settings: &NetworkSettings) -> Fields {
    let usual = NetworkSettings::default();
    let mut fields = Fields::default();
    fields.say_unusual("within_zone", settings.within_zone, usual.within_zone, latency);
    fields.say_unusual("between_zones", settings.between_zones, usual.between_zones, latency);
    fields.say_unusual("outside_zones", settings.outside_zones, usual.outside_zones, latency);
    let (bandwidth, usual) = (settings.bandwidth_bytes_per_second, usual.bandwidth_bytes_per_second);
    fields.say_unusual("bandwidth_per_second", bandwidth, usual, |bytes| bytes.to_string());
    fields
}

fn disk(settings: &DiskSettings) -> Fields {
    let usual = DiskSettings::default();
    let mut fields = Fields::default();
    fields.say_unusual("sync_time", settings.sync_time, usual.sync_time, latency);
    let (bandwidth, usual) = (settings.bandwidth_bytes_per_second, usual.bandwidth_bytes_per_second);
    fields.say_unusual("bandwidth_per_second", bandwidth, usual, |bytes| bytes.to_string());
    fields.say_some("capacity", settings.capacity_bytes);
    fields
}

fn latency(latency: Latency) -> String {
    match latency {
        Latency::Constant(always) => span(always),
        Latency::Uniform { least, most } => format!("{{ least = {}, most = {} }}", span(least), span(most)),
        Latency::Exponential { least, mean_above } => {
            format!("{{ least = {}, mean_above = {} }}", span(least), span(mean_above))
        }
    }
}

fn policy(policy: &Policy) -> Fields {
    let usual = Policy::default();
    let number = |number: usize| number.to_string();
    let yes_or_no = |holds: bool| holds.to_string();
    let mut fields = Fields::default();
    fields.say_unusual("acks", policy.acks, usual.acks, acks);
    fields.say_unusual("ack_when", policy.ack_when, usual.ack_when, ack_when);
    fields.say_unusual("window", policy.window, usual.window, number);
    fields.say_unusual("min_in_sync", policy.min_in_sync, usual.min_in_sync, number);
    fields.say_unusual("when_short", policy.when_short, usual.when_short, when_short);
    fields.say_unusual("failover", policy.failover, usual.failover, |failover| {
        quoted(if failover == Failover::Manual { "manual" } else { "automatic" })
    });
    fields.say_unusual("fencing", policy.fencing, usual.fencing, yes_or_no);
    fields.say_unusual("checksums", policy.checksums, usual.checksums, yes_or_no);
    fields.say_some("read_lease", policy.read_lease.map(span));
    fields.say_unusual("heartbeat_every", policy.heartbeat_every, usual.heartbeat_every, span);
    fields.say_unusual("detector", policy.detector, usual.detector, |found| detector(found, policy.heartbeat_every));
    fields.say_unusual("resend_after", policy.resend_after, usual.resend_after, span);
    fields.say_unusual("drop_after", policy.drop_after, usual.drop_after, span);
    fields.say_unusual("log_limit", policy.log_limit, usual.log_limit, number);
    fields.say_unusual("apply_time", policy.apply_time, usual.apply_time, span);
    fields.say_some("scrub_every", policy.scrub_every.map(span));
    fields.say_unusual("repair_after", policy.repair_after, usual.repair_after, span);
    fields.say_unusual("repairs_at_once", policy.repairs_at_once, usual.repairs_at_once, number);
    fields
}

fn acks(acks: Acks) -> String {
    match acks {
        Acks::None => quoted("none"),
        Acks::Count(count) => count.to_string(),
        Acks::All => quoted("all"),
    }
}

fn ack_when(ack_when: AckWhen) -> String {
    quoted(match ack_when {
        AckWhen::Received => "received",
        AckWhen::InMemory => "in memory",
        AckWhen::OnDisk => "on disk",
        AckWhen::Applied => "applied",
    })
}

fn when_short(when_short: WhenShort) -> String {
    match when_short {
        WhenShort::Wait => quoted("wait"),
        WhenShort::TimeOut { after } => format!("{{ time_out = {} }}", span(after)),
        WhenShort::GoAsync { after } => format!("{{ go_async = {} }}", span(after)),
    }
}

fn detector(detector: Detector, heartbeat_every: Span) -> String {
    match detector {
        Detector::TimeOut { after } => format!("{{ time_out = {} }}", span(after)),
        _ if detector == Detector::phi_accrual(heartbeat_every) => "{ phi = {} }".to_owned(),
        Detector::PhiAccrual { threshold_tenths, deviation_min, pause_accepted } => {
            let mut fields = Fields::default();
            fields.say("threshold", hundredths(threshold_tenths * 10));
            fields.say("deviation_min", span(deviation_min));
            fields.say("pause_accepted", span(pause_accepted));
            format!("{{ phi = {} }}", fields.inline())
        }
    }
}

fn client(settings: &ClientSettings) -> Fields {
    let usual = ClientSettings::default();
    let mut fields = Fields::default();
    fields.say_some("zone", settings.zone.map(zone));
    fields.say_unusual("time_out", settings.time_out, usual.time_out, span);
    fields.say_unusual("attempt_time_out", settings.attempt_time_out, usual.attempt_time_out, span);
    fields.say_unusual("attempts", settings.attempts, usual.attempts, |count| count.to_string());
    fields.say_unusual("idempotency_key", settings.with_key, usual.with_key, |holds| holds.to_string());
    fields.say_unusual("read_from", settings.read_from, usual.read_from, |target| {
        quoted(match target {
            ReadTarget::Primary => "primary",
            ReadTarget::Nearest => "nearest",
            ReadTarget::Any => "any",
        })
    });
    fields.say_some("copies", settings.replication_factor);
    fields.say_some("workload", settings.workload.as_ref().map(|workload| workload_fields(workload).inline()));
    fields
}

fn workload_fields(workload: &Workload) -> Fields {
    let usual = Workload::default();
    let mut fields = Fields::default();
    let rate = workload.rate_per_second_hundredths;
    fields.say_unusual("rate", rate, usual.rate_per_second_hundredths, hundredths);
    fields.say_unusual("read_percent", workload.read_percent, usual.read_percent, |percent| percent.to_string());
    fields.say_unusual("files", workload.files, usual.files, |count| count.to_string());
    fields.say_unusual("popularity", workload.popularity, usual.popularity, |popularity| match popularity {
        Popularity::Uniform => quoted("uniform"),
        Popularity::Zipf { exponent_hundredths } => {
            format!("{{ zipf = {} }}", hundredths(u32::from(exponent_hundredths)))
        }
    });
    fields.say_unusual("size", workload.size_bytes, usual.size_bytes, |size| match size {
        Size::Uniform { least, most } => format!("{{ least = {least}, most = {most} }}"),
        Size::LogUniform { least, most } => format!("{{ least = {least}, most = {most}, logarithmic = true }}"),
    });
    fields.say_unusual("arrivals", workload.arrivals, usual.arrivals, |arrivals| {
        quoted(if arrivals == Arrivals::Steady { "steady" } else { "poisson" })
    });
    fields.say_some("until", workload.until.map(span));
    fields
}
