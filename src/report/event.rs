//! Events, each with its sentence and with what it is made of.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{ImportanceWord, milliseconds, node_name};
use crate::session::Session;
use crate::sim::{ClientId, CoordinatorId, FileId, NodeId, ServerId, ZoneId};
use crate::world::Event;

/// One event.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct EventReport {
    /// Its number; numbers grow by one from event to event.
    pub id: u64,
    /// When it happened, in milliseconds since the world began.
    pub at_ms: f64,
    /// The number of the event that caused it; left out for a command and for what only time brings about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<u64>,
    /// What happened, as in `ServerKilled`.
    pub kind: String,
    /// How much it matters to someone who watches.
    pub importance: ImportanceWord,
    /// What happened, as one plain sentence.
    pub sentence: String,
    /// What it happened to, by the names of the fields of its kind.
    #[cfg_attr(feature = "api", tsify(type = "Record<string, unknown>"))]
    pub data: Map<String, Value>,
}

impl EventReport {
    /// The report of one of the session's events.
    #[must_use]
    pub fn new(session: &Session, event: &Event) -> Self {
        // An event has nothing that JSON could not hold: its keys are names, and it has no floats.
        let kind = serde_json::to_value(&event.kind).unwrap_or_default();
        let (kind, data) = match kind {
            Value::Object(fields) => match fields.into_iter().next() {
                Some((kind, Value::Object(data))) => (kind, data),
                Some((kind, _)) => (kind, Map::new()),
                None => (String::new(), Map::new()),
            },
            Value::String(kind) => (kind, Map::new()),
            _ => (String::new(), Map::new()),
        };
        debug_assert!(!kind.is_empty(), "every kind of event has a name");
        Self {
            id: event.id.0,
            at_ms: milliseconds(event.at),
            cause: event.cause.map(|cause| cause.0),
            kind,
            importance: ImportanceWord::from(&event.importance()),
            sentence: session.sentence(event),
            data: data.into_iter().map(|field| readable_field(session, field)).collect(),
        }
    }
}

/// A field of an event under its JavaScript name, with nodes and files by their names instead of their numbers.
fn readable_field(session: &Session, (key, value): (String, Value)) -> (String, Value) {
    let value = match (key.as_str(), value) {
        ("server" | "replica" | "from", Value::Number(number)) => {
            name(&number, |number| NodeId::Server(ServerId(number)))
        }
        ("node", Value::Number(number)) => name(&number, |number| NodeId::Coordinator(coordinator(number))),
        ("zone", Value::Number(number)) => {
            let zone = number.as_u64().and_then(|number| u8::try_from(number).ok()).unwrap_or_default();
            Value::String(ZoneId(zone).to_string())
        }
        ("servers", Value::Array(servers)) => {
            let named = servers.into_iter().map(|server| readable_field(session, ("server".to_owned(), server)).1);
            Value::Array(named.collect())
        }
        ("file", Value::Number(number)) => {
            let file = number.as_u64().and_then(|number| u32::try_from(number).ok()).map(FileId);
            file.map_or(Value::Null, |file| Value::String(session.file_name(file).to_owned()))
        }
        (_, value) => readable(session, value),
    };
    (camel_case(&key), value)
}

fn readable(session: &Session, value: Value) -> Value {
    match value {
        Value::Array(values) => Value::Array(values.into_iter().map(|value| readable(session, value)).collect()),
        Value::Object(fields) => readable_node(&fields)
            .unwrap_or_else(|| Value::Object(fields.into_iter().map(|field| readable_field(session, field)).collect())),
        other => other,
    }
}

/// The name of a node, if these are the fields of one.
fn readable_node(fields: &Map<String, Value>) -> Option<Value> {
    let (kind, Value::Number(number)) = fields.iter().next().filter(|_| fields.len() == 1)? else { return None };
    match kind.as_str() {
        "Server" => Some(name(number, |number| NodeId::Server(ServerId(number)))),
        "Coordinator" => Some(name(number, |number| NodeId::Coordinator(coordinator(number)))),
        "Client" => Some(name(number, |number| NodeId::Client(ClientId(number)))),
        _ => None,
    }
}

fn coordinator(number: u16) -> CoordinatorId {
    CoordinatorId(u8::try_from(number).unwrap_or(u8::MAX))
}

fn name(number: &serde_json::Number, node: impl Fn(u16) -> NodeId) -> Value {
    let number = number.as_u64().and_then(|number| u16::try_from(number).ok());
    number.map_or(Value::Null, |number| Value::String(node_name(node(number))))
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let mut joined = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        joined.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        joined.push_str(letters.as_str());
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Scenario;
    use crate::sim::{ServerId, Span};
    use crate::world::Command;

    #[test]
    fn an_event_is_told_with_its_sentence_and_its_data() {
        let mut session = Session::new(&Scenario::all()[0], 61);
        session.apply(Command::Kill { server: ServerId(1) }).unwrap();
        session.advance(session.now() + Span::from_millis(1_000));
        let reports: Vec<EventReport> =
            session.events().iter().map(|event| EventReport::new(&session, &event)).collect();
        let killed = reports.iter().find(|report| report.kind == "ServerKilled").unwrap();
        assert_eq!(serde_json::to_string(&killed.data).unwrap(), r#"{"server":"S1"}"#);
        assert_eq!(killed.importance, ImportanceWord::Fault);
        let sent = reports.iter().find(|report| report.kind == "MessageSent").unwrap();
        assert!(sent.data["from"].is_string(), "{:?}", sent.data);
        assert!(reports.iter().all(|report| !report.kind.is_empty() && !report.sentence.is_empty()));
        let nodes_by_number = |report: &&EventReport| {
            let text = serde_json::to_string(&report.data).unwrap();
            ["\"Server\"", "\"Client\"", "\"Coordinator\"", "\"server\":1", "_"].iter().any(|part| text.contains(part))
        };
        assert_eq!(reports.iter().find(nodes_by_number), None);
    }

    #[test]
    fn names_of_fields_are_those_of_javascript() {
        assert_eq!(camel_case("with_empty_disk"), "withEmptyDisk");
        assert_eq!(camel_case("server"), "server");
    }
}
