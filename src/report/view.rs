//! A picture of one moment.

use serde::Serialize;

use super::{
    Health, LedgerReport, MessageWord, OperationWord, OutcomeWord, RoleWord, StatusWord, milliseconds, node_name,
};
use crate::sim::{GroupId, LinkQuality, NodeId, ServerId};
use crate::world::{
    CoordinatorView, CopyView, GroupRoleView, GroupView, LinkView, MessageView, OperationView, OutcomeView, ServerView,
    View,
};

/// A picture of a session at one moment.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct ViewReport {
    /// The moment, in milliseconds since the world began.
    pub now_ms: f64,
    /// The servers in the order of their numbers.
    pub servers: Vec<ServerReport>,
    /// What the coordinator knows and does.
    pub coordinator: CoordinatorReport,
    /// The links between servers, and between servers and the coordinator.
    pub links: Vec<LinkReport>,
    /// The messages under way, in the order in which they were sent.
    pub messages: Vec<MessageReport>,
    /// The last operations of all clients, oldest first.
    pub operations: Vec<OperationReport>,
    /// The survival ledger.
    pub ledger: LedgerReport,
    /// The policy, for people to read.
    pub policy: Vec<PolicyRow>,
}

/// A rule of the policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct PolicyRow {
    /// What it is about.
    pub label: String,
    /// What it says.
    pub value: String,
}

/// One server.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct ServerReport {
    /// Its name, as in `S1`.
    pub server: String,
    /// Its failure domain, as in `Zone A`.
    pub zone: String,
    /// Whether it runs.
    pub status: StatusWord,
    /// What it is in the group of all servers, by its own belief.
    pub role: RoleWord,
    /// The highest epoch that it has seen.
    pub epoch: u64,
    /// Whether the coordinator suspects it.
    pub suspected: bool,
    /// What it is in each group of which it has a part, by its own belief.
    pub groups: Vec<ServerGroupReport>,
    /// The bytes of files on its disk.
    pub used_bytes: u64,
    /// How much faster than the truth its clock runs, in parts per million.
    pub clock_drift_ppm: i32,
    /// The copies on it.
    pub copies: Vec<FileCopyReport>,
}

/// What a server is in one group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct ServerGroupReport {
    /// The number of the group; 0 is the group of all servers.
    pub group: u16,
    /// What the server is in it.
    pub role: RoleWord,
    /// The highest epoch that it has seen.
    pub epoch: u64,
}

/// A copy of a file on a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct FileCopyReport {
    /// The name of the file.
    pub file: String,
    /// The version of this copy.
    pub version: u64,
    /// How it compares with what was acknowledged.
    pub health: Health,
    /// Whether it is on disk yet; if not, a crash loses it.
    pub on_disk: bool,
    /// Its size in bytes.
    pub size_bytes: u64,
}

/// What the coordinator knows and does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct CoordinatorReport {
    /// The nodes of it that run.
    pub nodes_up: Vec<String>,
    /// The node that leads, by its own belief; left out if none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leader: Option<String>,
    /// The servers that it suspects.
    pub suspects: Vec<String>,
    /// What it has decided about each group.
    pub groups: Vec<GroupReport>,
}

/// A replica group or a service, as the coordinator decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct GroupReport {
    /// Its number; 0 is the group of all servers.
    pub group: u16,
    /// The epoch of the last decision about it.
    pub epoch: u64,
    /// Its primary; left out if it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary: Option<String>,
    /// The servers that have all that was acknowledged.
    pub in_sync: Vec<String>,
    /// The servers that catch up.
    pub joining: Vec<String>,
    /// Whether a new primary is looked for.
    pub electing: bool,
    /// Whether nobody takes the primary's place until an operator names a server.
    pub waits_for_operator: bool,
}

/// A link between two nodes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct LinkReport {
    /// One end.
    pub first: String,
    /// The other end.
    pub second: String,
    /// Whether it is cut, in one direction at least.
    pub cut: bool,
    /// If it is cut in one direction only, who sends in vain; else left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut_from: Option<String>,
    /// Whether it loses, doubles, reorders or delays messages.
    pub bad: bool,
}

/// A message under way: at `(nowMs - sentMs) / (arrivesMs - sentMs)` of its way.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct MessageReport {
    /// Its number.
    pub message: u64,
    /// Who sent it.
    pub from: String,
    /// To whom.
    pub to: String,
    /// What it is for.
    pub kind: MessageWord,
    /// When it was sent, in milliseconds since the world began.
    pub sent_ms: f64,
    /// When it arrives, or would have.
    pub arrives_ms: f64,
    /// When it was lost; left out if it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost_ms: Option<f64>,
    /// Whether nobody will be there to receive it as things stand.
    pub doomed: bool,
}

/// An operation of a client.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct OperationReport {
    /// Its number.
    pub operation: u64,
    /// The client.
    pub client: String,
    /// What was asked for.
    pub kind: OperationWord,
    /// The name of the file or the service.
    pub file: String,
    /// When it was asked, in milliseconds since the world began.
    pub started_ms: f64,
    /// When the client learned the outcome; left out while it has not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_ms: Option<f64>,
    /// What the client knows of it.
    pub outcome: OutcomeWord,
    /// The version that was written or read; left out where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// What was read, where it is text; left out otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Why it was refused; left out if it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl From<&View> for ViewReport {
    fn from(view: &View) -> Self {
        let rule = |(label, value): (&'static str, String)| PolicyRow { label: label.to_owned(), value };
        Self {
            now_ms: milliseconds(view.now),
            servers: view.servers.iter().map(ServerReport::from).collect(),
            coordinator: CoordinatorReport::from(&view.coordinator),
            links: view.links.iter().map(LinkReport::from).collect(),
            messages: view.messages.iter().map(MessageReport::from).collect(),
            operations: view.operations.iter().map(OperationReport::from).collect(),
            ledger: LedgerReport::from(&view.ledger),
            policy: view.policy.rows().into_iter().map(rule).collect(),
        }
    }
}

impl From<&ServerView> for ServerReport {
    fn from(server: &ServerView) -> Self {
        let group = |role: &GroupRoleView| ServerGroupReport {
            group: number_of(role.group),
            role: RoleWord::from(&role.role),
            epoch: role.epoch.0,
        };
        Self {
            server: server.id.to_string(),
            zone: server.zone.to_string(),
            status: StatusWord::from(&server.status),
            role: RoleWord::from(&server.role),
            epoch: server.epoch.0,
            suspected: server.suspected,
            groups: server.groups.iter().map(group).collect(),
            used_bytes: server.used_bytes,
            clock_drift_ppm: server.clock_drift_ppm,
            copies: server.copies.iter().map(FileCopyReport::from).collect(),
        }
    }
}

impl From<&CopyView> for FileCopyReport {
    fn from(copy: &CopyView) -> Self {
        Self {
            file: copy.name.clone(),
            version: copy.version.0,
            health: Health::from(&copy.health),
            on_disk: copy.on_disk,
            size_bytes: copy.content.size_bytes(),
        }
    }
}

impl From<&CoordinatorView> for CoordinatorReport {
    fn from(coordinator: &CoordinatorView) -> Self {
        let up = coordinator.nodes.iter().filter(|node| node.is_up);
        let leader = coordinator.nodes.iter().find(|node| node.is_up && node.leads);
        Self {
            nodes_up: up.map(|node| node_name(NodeId::Coordinator(node.id))).collect(),
            leader: leader.map(|node| node_name(NodeId::Coordinator(node.id))),
            suspects: names(&coordinator.suspects),
            groups: coordinator.groups.iter().map(GroupReport::from).collect(),
        }
    }
}

impl From<&GroupView> for GroupReport {
    fn from(group: &GroupView) -> Self {
        Self {
            group: number_of(group.id),
            epoch: group.epoch.0,
            primary: group.primary.map(|server| server.to_string()),
            in_sync: names(&group.in_sync),
            joining: names(&group.joining),
            electing: group.electing,
            waits_for_operator: group.waits_for_operator,
        }
    }
}

impl From<&LinkView> for LinkReport {
    fn from(link: &LinkView) -> Self {
        Self {
            first: node_name(link.first),
            second: node_name(link.second),
            cut: link.cut,
            cut_from: link.cut_from.map(node_name),
            bad: link.quality != LinkQuality::default(),
        }
    }
}

impl From<&MessageView> for MessageReport {
    fn from(message: &MessageView) -> Self {
        Self {
            message: message.id.0,
            from: node_name(message.from),
            to: node_name(message.to),
            kind: MessageWord::from(&message.kind),
            sent_ms: milliseconds(message.sent),
            arrives_ms: milliseconds(message.arrives),
            lost_ms: message.lost.map(milliseconds),
            doomed: message.doomed,
        }
    }
}

impl From<&OperationView> for OperationReport {
    fn from(operation: &OperationView) -> Self {
        let (version, content, reason) = match &operation.outcome {
            OutcomeView::Ok { version, content } => (*version, content.as_ref(), None),
            OutcomeView::Refused(reason) => (None, None, Some(reason.clone())),
            OutcomeView::Pending | OutcomeView::Unknown => (None, None, None),
        };
        let text = content.and_then(|content| core::str::from_utf8(content.bytes()).ok());
        Self {
            operation: operation.id.0,
            client: node_name(NodeId::Client(operation.client)),
            kind: OperationWord::from(&operation.kind),
            file: operation.name.clone(),
            started_ms: milliseconds(operation.started),
            ended_ms: operation.ended.map(milliseconds),
            outcome: OutcomeWord::from(&operation.outcome),
            version: version.map(|version| version.0),
            text: text.map(str::to_owned),
            reason,
        }
    }
}

fn names(servers: &[ServerId]) -> Vec<String> {
    servers.iter().map(ToString::to_string).collect()
}

fn number_of(group: GroupId) -> u16 {
    group.0
}
