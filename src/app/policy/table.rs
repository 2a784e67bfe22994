//! The settings as data: a key of the scenario, a kind of control, a label, and one sentence on what it trades.

use super::reading;

/// How a setting is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// A few values beside each other, one of which holds.
    Segments,
    /// On or off.
    Switch,
    /// Values in an order, with a button for less and one for more.
    Steps,
    /// Values in a list.
    List,
    /// A text.
    Text,
}

/// Whether a cluster that runs can be set so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Live {
    /// As a rule of the policy.
    Rule,
    /// As a client's background workload.
    Workload,
    /// Only from the beginning.
    Beginning,
}

/// A setting of every scenario.
pub(crate) struct Row {
    /// The key, as [`Scenario::set`] takes it.
    pub(crate) key: &'static str,
    pub(crate) label: &'static str,
    /// What it trades.
    pub(crate) says: &'static str,
    pub(crate) look: Look,
    pub(crate) live: Live,
    /// The values to choose from, as a scenario writes them, and what they are called.
    pub(crate) choices: &'static [(&'static str, &'static str)],
}

/// What a value is called in the summary of a folded section, where it needs a name.
const BRIEFS: &[(&str, &str)] = &[
    ("policy.when_short", ""),
    ("policy.min_in_sync", "refuses "),
    ("policy.read_lease", ""),
    ("cluster.zones", "zones "),
    ("cluster.coordinators", "coordinators: "),
    ("policy.checksums", "checksums "),
    ("policy.scrub_every", "scrubs "),
    ("network.between_zones", "zone to zone "),
    ("network.within_zone", "within "),
];

/// The name of a value in a summary; none where the value says enough, or is none of the first.
pub(crate) fn brief(key: &str) -> &'static str {
    BRIEFS.iter().find(|(known, _)| *known == key).map_or("", |(_, brief)| brief)
}

/// Settings that belong together.
pub(crate) struct Group {
    pub(crate) title: &'static str,
    /// Whether it is open from the beginning.
    pub(crate) is_open: bool,
    pub(crate) rows: &'static [Row],
}

pub(super) const fn row(
    key: &'static str,
    label: &'static str,
    look: Look,
    live: Live,
    choices: &'static [(&'static str, &'static str)],
    says: &'static str,
) -> Row {
    Row { key, label, says, look, live, choices }
}

/// Times, from short to long.
const TIMES: &[(&str, &str)] = &[
    ("20 ms", "20 ms"),
    ("50 ms", "50 ms"),
    ("100 ms", "100 ms"),
    ("160 ms", "160 ms"),
    ("300 ms", "300 ms"),
    ("500 ms", "500 ms"),
    ("1 s", "1 s"),
    ("2 s", "2 s"),
    ("5 s", "5 s"),
    ("10 s", "10 s"),
];
const SHORT_TIMES: &[(&str, &str)] = &[
    ("0 ms", "no time"),
    ("1 ms", "1 ms"),
    ("5 ms", "5 ms"),
    ("20 ms", "20 ms"),
    ("50 ms", "50 ms"),
    ("100 ms", "100 ms"),
    ("300 ms", "300 ms"),
];
const LATENCIES: &[(&str, &str)] = &[
    ("\"1 ms\"", "1 ms"),
    ("\"4 ms\"", "4 ms"),
    ("\"14 ms\"", "14 ms"),
    ("\"40 ms\"", "40 ms"),
    ("\"80 ms\"", "80 ms"),
    ("\"150 ms\"", "150 ms"),
    ("\"400 ms\"", "400 ms"),
];
const BANDWIDTHS: &[(&str, &str)] = &[
    ("\"100 kB\"", "100 kB/s"),
    ("\"1 MB\"", "1 MB/s"),
    ("\"10 MB\"", "10 MB/s"),
    ("\"125 MB\"", "125 MB/s"),
    ("\"500 MB\"", "500 MB/s"),
    ("\"2 GB\"", "2 GB/s"),
];
const UPDATES: &[(&str, &str)] = &[
    ("1", "1 update"),
    ("2", "2 updates"),
    ("4", "4 updates"),
    ("8", "8 updates"),
    ("16", "16 updates"),
    ("32", "32 updates"),
    ("64", "64 updates"),
];
const SERVERS: &[(&str, &str)] =
    &[("1", "never"), ("2", "2 in sync"), ("3", "3 in sync"), ("4", "4 in sync"), ("5", "5 in sync")];
const COUNTS: &[(&str, &str)] =
    &[("1", "1"), ("2", "2"), ("3", "3"), ("4", "4"), ("5", "5"), ("8", "8"), ("16", "16"), ("32", "32"), ("64", "64")];

/// The settings of all scenarios of this protocol, in groups; those that matter most come first and are open.
pub(super) const GROUPS: &[Group] = &[
    Group {
        title: "Acknowledging",
        is_open: true,
        rows: &[
            row(
                "policy.acks",
                "Tell the client ok after",
                Look::Segments,
                Live::Rule,
                &[("\"none\"", "none"), ("1", "1"), ("2", "2"), ("\"all\"", "all")],
                "More acks: less is lost in a failover, but each ok waits for the slowest of them.",
            ),
            row(
                "policy.ack_when",
                "An ack means",
                Look::Segments,
                Live::Rule,
                &[
                    ("\"received\"", "received"),
                    ("\"in memory\"", "memory"),
                    ("\"on disk\"", "disk"),
                    ("\"applied\"", "applied"),
                ],
                "Later is safer and slower: an ack from memory is worth nothing after a power cut.",
            ),
            row(
                "policy.window",
                "Window",
                Look::Steps,
                Live::Rule,
                UPDATES,
                "How many updates may be under way at once. More is faster; more is open when the primary dies.",
            ),
        ],
    },
    Group {
        title: "Failover",
        is_open: true,
        rows: &[
            row(
                "policy.failover",
                "Who names a new primary",
                Look::Segments,
                Live::Rule,
                &[("\"automatic\"", "coordinator"), ("\"manual\"", "an operator")],
                "The coordinator decides in a fraction of a second, but is sometimes wrong.",
            ),
            row(
                "policy.fencing",
                "Fencing",
                Look::Switch,
                Live::Rule,
                &[("false", "off"), ("true", "on")],
                "A server refuses the updates of an older epoch, so that a deposed primary can do no harm. It costs a number in each message.",
            ),
            row(
                "policy.detector",
                "Suspect a server after",
                Look::Steps,
                Live::Rule,
                TIMES,
                "Shorter: less downtime. Too short: a slow link looks like a death.",
            ),
            row(
                "policy.heartbeat_every",
                "A sign of life every",
                Look::Steps,
                Live::Beginning,
                TIMES,
                "More often: silence is noticed sooner. Each one is a message of every server.",
            ),
        ],
    },
    Group {
        title: "Too few replicas",
        is_open: false,
        rows: &[
            row(
                "policy.when_short",
                "When acks don't come",
                Look::List,
                Live::Rule,
                &[
                    ("\"wait\"", "wait"),
                    ("{ time_out = \"500 ms\" }", "give up after 500 ms"),
                    ("{ time_out = \"2 s\" }", "give up after 2 s"),
                    ("{ go_async = \"500 ms\" }", "go on alone after 500 ms"),
                    ("{ go_async = \"2 s\" }", "go on alone after 2 s"),
                ],
                "Waiting loses nothing, but blocks writes; going on alone takes writes, but keeps only one copy of them.",
            ),
            row(
                "policy.min_in_sync",
                "Refuse writes below",
                Look::Steps,
                Live::Rule,
                SERVERS,
                "How many servers must be in sync. More: more copies of each write, but fewer failures stop all writes.",
            ),
            row(
                "policy.resend_after",
                "Send an update again after",
                Look::Steps,
                Live::Beginning,
                TIMES,
                "Sooner: a lost message costs less time. Too soon: what is only slow is sent twice.",
            ),
            row(
                "policy.drop_after",
                "Take a silent replica out after",
                Look::Steps,
                Live::Beginning,
                TIMES,
                "Sooner: one dead replica holds up fewer writes. Too soon: a slow one has to be let in again.",
            ),
        ],
    },
    Group {
        title: "Reads and leases",
        is_open: false,
        rows: &[row(
            "policy.read_lease",
            "Read lease",
            Look::List,
            Live::Beginning,
            &[("never", "no lease"), ("100 ms", "100 ms"), ("150 ms", "150 ms"), ("300 ms", "300 ms"), ("1 s", "1 s")],
            "A primary that the coordinator no longer confirms stops answering reads: never stale, but silent for a while.",
        )],
    },
    Group {
        title: "Copies and repair",
        is_open: false,
        rows: &[
            row(
                "cluster.zones",
                "Zone of each server",
                Look::Text,
                Live::Beginning,
                &[],
                "Servers in one zone fail together; servers in different zones wait longer for each other.",
            ),
            row(
                "cluster.coordinators",
                "Coordinators",
                Look::Segments,
                Live::Beginning,
                &[("1", "1"), ("3", "3")],
                "With three, one may fail. With one, nobody names a primary while it is down.",
            ),
            row(
                "policy.repair_after",
                "Recreate copies after",
                Look::Steps,
                Live::Rule,
                TIMES,
                "Sooner: less time with too few copies. Too soon: a restart moves all data.",
            ),
            row(
                "policy.repairs_at_once",
                "Copies made anew at once",
                Look::Steps,
                Live::Beginning,
                COUNTS,
                "More at once: whole again sooner, on links and disks that have less room for clients meanwhile.",
            ),
            row(
                "policy.log_limit",
                "Updates that a log keeps",
                Look::Steps,
                Live::Beginning,
                COUNTS,
                "A longer log lets a server that was away catch up without a full copy.",
            ),
        ],
    },
    Group {
        title: "Disks",
        is_open: false,
        rows: &[
            row(
                "policy.checksums",
                "Checksums",
                Look::Switch,
                Live::Rule,
                &[("false", "off"), ("true", "on")],
                "A read notices a corrupt copy, and the server does not serve it. The price is a checksum for each read.",
            ),
            row(
                "policy.scrub_every",
                "Scrub a copy every",
                Look::List,
                Live::Rule,
                &[("never", "never"), ("50 ms", "50 ms"), ("200 ms", "200 ms"), ("1 s", "1 s"), ("5 s", "5 s")],
                "A scrub finds rot before somebody needs the copy; each check costs a read.",
            ),
            row(
                "policy.apply_time",
                "Applying an update takes",
                Look::Steps,
                Live::Beginning,
                SHORT_TIMES,
                "Until it is applied, clients that read from a replica see the version before it.",
            ),
            row(
                "disk.sync_time",
                "A sync takes",
                Look::Steps,
                Live::Beginning,
                LATENCIES,
                "Every ack from disk waits for it.",
            ),
            row(
                "disk.bandwidth_per_second",
                "A disk writes",
                Look::Steps,
                Live::Beginning,
                BANDWIDTHS,
                "A big file holds up everything written after it.",
            ),
            row(
                "disk.capacity",
                "A disk holds",
                Look::Steps,
                Live::Beginning,
                CAPACITIES,
                "A small disk fills up, and its server can acknowledge no more; a big one costs what stands empty.",
            ),
        ],
    },
    Group {
        title: "Network and servers",
        is_open: false,
        rows: &[
            row(
                "network.between_zones",
                "From zone to zone",
                Look::Steps,
                Live::Beginning,
                LATENCIES,
                "Each ack from another zone takes twice this time: there and back.",
            ),
            row(
                "network.within_zone",
                "Within a zone",
                Look::Steps,
                Live::Beginning,
                LATENCIES,
                "Near replicas answer sooner, and fail together.",
            ),
            row(
                "network.outside_zones",
                "To and from outside of the zones",
                Look::Steps,
                Live::Beginning,
                LATENCIES,
                "The coordinator is there, and clients without a zone: the farther, the later it notices who is silent.",
            ),
            row(
                "network.bandwidth_per_second",
                "A link carries",
                Look::Steps,
                Live::Beginning,
                BANDWIDTHS,
                "The more bytes a full copy has, the longer it takes.",
            ),
            row(
                "cluster.service_time",
                "A server takes per request",
                Look::Steps,
                Live::Beginning,
                SHORT_TIMES,
                "Busy servers queue: beyond their rate, latency grows without end.",
            ),
        ],
    },
];

const RATES: &[(&str, &str)] = &[
    ("0", "none"),
    ("1", "1 a second"),
    ("2", "2 a second"),
    ("5", "5 a second"),
    ("10", "10 a second"),
    ("20", "20 a second"),
    ("50", "50 a second"),
    ("100", "100 a second"),
    ("200", "200 a second"),
];
/// How much a disk holds; the last is more than a run can write.
pub(super) const CAPACITIES: &[(&str, &str)] = &[
    ("\"2 kB\"", "2 kB"),
    ("\"10 kB\"", "10 kB"),
    ("\"100 kB\"", "100 kB"),
    ("\"1 MB\"", "1 MB"),
    ("\"10 MB\"", "10 MB"),
    ("\"100 MB\"", "100 MB"),
    (reading::NO_LIMIT, "all there is"),
];
pub(super) const SIZES: &[(&str, &str)] = &[
    ("{ least = \"10 B\", most = \"100 B\" }", "10 to 100 B"),
    ("{ least = \"100 B\", most = \"1 kB\" }", "100 B to 1 kB"),
    ("{ least = \"1 kB\", most = \"10 kB\" }", "1 to 10 kB"),
    ("{ least = \"10 kB\", most = \"100 kB\" }", "10 to 100 kB"),
    ("{ least = \"100 kB\", most = \"1 MB\" }", "100 kB to 1 MB"),
];
const COPIES: &[(&str, &str)] =
    &[("\"every server\"", "one on every server"), ("1", "1"), ("2", "2"), ("3", "3"), ("4", "4"), ("5", "5")];
const SHARES: &[(&str, &str)] =
    &[("0", "0 %"), ("10", "10 %"), ("25", "25 %"), ("50", "50 %"), ("75", "75 %"), ("90", "90 %"), ("100", "100 %")];
/// What every client has; `#` stands for its number.
pub(super) const CLIENT: &[Row] = &[
    row(
        "clients[#].workload.rate",
        "Operations",
        Look::Steps,
        Live::Workload,
        RATES,
        "More work fills the window and the queues; what is slow becomes visible.",
    ),
    row(
        "clients[#].workload.read_percent",
        "Of them reads",
        Look::Steps,
        Live::Workload,
        SHARES,
        "Reads ask one server; writes wait for acks.",
    ),
    row(
        "clients[#].workload.files",
        "Files that it uses",
        Look::Steps,
        Live::Beginning,
        COUNTS,
        "Few files: many versions of each. Many: more to keep and to copy.",
    ),
    row(
        "clients[#].workload.size",
        "A write has",
        Look::Steps,
        Live::Beginning,
        SIZES,
        "Big writes fill links and disks; with small ones the way there and back is what counts.",
    ),
    row(
        "clients[#].workload.arrivals",
        "They come",
        Look::Segments,
        Live::Beginning,
        &[("\"poisson\"", "at random"), ("\"steady\"", "evenly")],
        "Random arrivals are as in life: some come together and wait for each other.",
    ),
    row(
        "clients[#].read_from",
        "Reads from",
        Look::Segments,
        Live::Beginning,
        &[("\"primary\"", "primary"), ("\"nearest\"", "nearest"), ("\"any\"", "any")],
        "The primary has all that was acknowledged; a replica is nearer, and may be stale.",
    ),
    row(
        "clients[#].attempts",
        "Sends a change",
        Look::Steps,
        Live::Beginning,
        &[("1", "once"), ("2", "2 times"), ("3", "3 times"), ("5", "5 times")],
        "Another attempt makes up for a lost message, but without a key the change may be made twice.",
    ),
    row(
        "clients[#].idempotency_key",
        "Sends it under the same name",
        Look::Switch,
        Live::Beginning,
        &[("false", "off"), ("true", "on")],
        "A server tells by it that it has done the change already. It has to remember the names.",
    ),
    row(
        "clients[#].copies",
        "Copies of its files",
        Look::List,
        Live::Beginning,
        COPIES,
        "More copies survive more failures, and each write goes to all of them.",
    ),
    row(
        "clients[#].attempt_time_out",
        "Asks again after",
        Look::Steps,
        Live::Beginning,
        TIMES,
        "Sooner: a lost request costs less time. Too soon: servers do the same work twice.",
    ),
    row(
        "clients[#].time_out",
        "Waits for an answer",
        Look::Steps,
        Live::Beginning,
        TIMES,
        "A patient client learns the outcome more often, and waits longer for it.",
    ),
];
/// What every file has that is there at first; `#` stands for its number.
pub(super) const FILE: Row = row(
    "files[#].copies",
    "",
    Look::List,
    Live::Beginning,
    COPIES,
    "More copies survive more failures, and each write goes to all of them.",
);
/// Random faults that a scenario may have from the beginning; `#` stands for the kind.
pub(super) const CHAOS: &[(&str, &str)] = &[
    ("crash", "Crashes"),
    ("kill", "Lost disks"),
    ("pause", "Pauses"),
    ("wipe", "Wiped disks"),
    ("removal", "Clean removals"),
    ("cut", "Cuts"),
    ("one_way_cut", "One-way cuts"),
    ("loss", "Lossy links"),
    ("slow_link", "Slow links"),
    ("bad_link", "Bad links"),
    ("partition", "Partitions"),
    ("slow_disk", "Slow disks"),
    ("full_disk", "Full disks"),
    ("rot", "Flipped bits"),
    ("clock_skew", "Wrong clocks"),
    ("zone_outage", "Zones without power"),
    ("coordinator_crash", "Crashes of the coordinator"),
];
pub(super) const PER_MINUTE: &[(&str, &str)] = &[
    ("0", "none"),
    ("1", "1 a minute"),
    ("2", "2 a minute"),
    ("5", "5 a minute"),
    ("10", "10 a minute"),
    ("20", "20 a minute"),
    ("40", "40 a minute"),
    ("60", "60 a minute"),
];
