//! What a session tells, in the shapes that are written as JSON: the same on the command line and in JavaScript.
//!
//! Times are milliseconds of virtual time since the world began, with up to three decimals, since the engine
//! counts whole microseconds. Nodes are told by the names that scenarios use: `S1`, `coordinator 2`, `client 1`.

mod audit;
mod compare;
mod event;
mod expectation;
mod export;
mod grade;
mod ledger;
mod metrics;
mod scenario;
mod view;
mod violation;
mod why;
mod words;

pub use audit::{AuditReport, FaultReport, FindingReport, HarmReport, ProgressReport};
pub use compare::{
    ComparisonReport, ContrastReport, DifferenceReport, FirstDifferenceReport, MeasureReport, OutcomeReport,
    PartingReport, SharedReport, TruthReport, WorldReport,
};
pub use event::EventReport;
pub use expectation::ExpectationReport;
pub use export::{figures_csv, json_lines, write_json_lines};
pub use grade::{CriterionReport, GradeReport};
pub use ledger::{CopyReport, LedgerReport, LedgerRowReport};
pub use metrics::{
    CopiesPoint, CopiesReport, FailoverReport, LagReport, MetricsReport, MetricsRow, OperationsReport, RepairsReport,
    TimesReport,
};
pub use scenario::{ScenarioReport, TryReport};
pub use view::{
    CoordinatorReport, FileCopyReport, GroupReport, LinkReport, MessageReport, OperationReport, PolicyRow,
    ServerGroupReport, ServerReport, ViewReport,
};
pub use violation::ViolationReport;
pub use why::{AlternativeReport, RemedyReport, StepReport, ToldReport, WhyReport};
pub use words::{
    FulfilmentWord, HarmWord, Health, ImportanceWord, JudgementWord, LandmarkWord, MessageWord, MoodWord,
    OperationWord, OutcomeWord, RoleWord, StatusWord, TroubleWord, VerdictWord,
};

use crate::sim::{NodeId, Span, Time};

/// A moment in milliseconds since the world began.
#[must_use]
pub fn milliseconds(at: Time) -> f64 {
    span_milliseconds(at.since(Time::ZERO))
}

/// A span in milliseconds.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "exact for some 285 years of virtual time; a run has an hour")]
pub fn span_milliseconds(span: Span) -> f64 {
    span.as_micros() as f64 / 1_000.0
}

/// A node by the name that scenarios use.
#[must_use]
pub fn node_name(node: NodeId) -> String {
    match node {
        NodeId::Server(server) => server.to_string(),
        NodeId::Coordinator(node) if node.0 == 1 => "coordinator".to_owned(),
        NodeId::Coordinator(node) => format!("coordinator {}", node.0),
        NodeId::Client(client) => format!("client {}", client.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{ClientId, CoordinatorId, ServerId};

    #[test]
    fn microseconds_are_the_decimals_of_milliseconds() {
        assert_eq!(milliseconds(Time::from_micros(1_219_037)).to_string(), "1219.037");
        assert_eq!(milliseconds(Time::from_micros(3_600_000_001)).to_string(), "3600000.001");
    }

    #[test]
    fn nodes_have_the_names_that_scenarios_use() {
        assert_eq!(node_name(NodeId::Server(ServerId(3))), "S3");
        assert_eq!(node_name(NodeId::Coordinator(CoordinatorId(1))), "coordinator");
        assert_eq!(node_name(NodeId::Coordinator(CoordinatorId(2))), "coordinator 2");
        assert_eq!(node_name(NodeId::Client(ClientId(1))), "client 1");
    }
}
