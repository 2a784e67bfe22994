//! The network: links with latency and bandwidth, cuts, and the messages under way.

use std::collections::{BTreeMap, BTreeSet};

use super::{Latency, MessageId, NodeId, Purpose, Span, Stream, Streams, Time};

/// Bytes that a link carries in a second: 1 Gbit/s.
const BANDWIDTH_BYTES_PER_SECOND: u64 = 125_000_000;

/// A message under way.
#[derive(Clone, Debug)]
pub struct Flight<M> {
    /// Its id.
    pub id: MessageId,
    /// Who sent it.
    pub from: NodeId,
    /// To whom.
    pub to: NodeId,
    /// When it was sent.
    pub sent: Time,
    /// When it arrives, or would have.
    pub arrives: Time,
    /// When it was lost on its way, if it was.
    pub lost: Option<Time>,
    /// What it carries.
    pub message: M,
}

#[derive(Clone, Debug)]
struct Link {
    stream: Stream,
    latency: Latency,
    free_at: Time,
    last_arrival: Time,
}

/// A network that delivers the messages of a directed link in the order in which they were sent, as a
/// stream connection does, or not at all.
#[derive(Clone, Debug)]
pub struct Network<M> {
    streams: Streams,
    links: BTreeMap<(NodeId, NodeId), Link>,
    cuts: BTreeSet<(NodeId, NodeId)>,
    flights: BTreeMap<MessageId, Flight<M>>,
    next_message: u64,
}

impl<M> Network<M> {
    /// A network without links, whose latencies are drawn from `streams`.
    #[must_use]
    pub fn new(streams: Streams) -> Self {
        Self { streams, links: BTreeMap::new(), cuts: BTreeSet::new(), flights: BTreeMap::new(), next_message: 1 }
    }

    /// Connects two nodes, both ways.
    pub fn connect(&mut self, first: NodeId, second: NodeId, latency: Latency) {
        for (from, to) in [(first, second), (second, first)] {
            let stream = self.streams.stream(Purpose::LinkLatency, (key(from), key(to)));
            self.links.insert((from, to), Link { stream, latency, free_at: Time::ZERO, last_arrival: Time::ZERO });
        }
    }

    /// Takes a node and its links away; what is under way to or from it is lost. Returns what was lost.
    pub fn remove(&mut self, node: NodeId, now: Time) -> Vec<MessageId> {
        self.links.retain(|(from, to), _| *from != node && *to != node);
        self.cuts.retain(|(first, second)| *first != node && *second != node);
        self.lose(now, |flight| flight.from == node || flight.to == node)
    }

    /// Whether the two nodes are connected by a link, cut or not.
    #[must_use]
    pub fn is_connected(&self, first: NodeId, second: NodeId) -> bool {
        self.links.contains_key(&(first, second))
    }

    /// Whether the link is cut.
    #[must_use]
    pub fn is_cut(&self, first: NodeId, second: NodeId) -> bool {
        self.cuts.contains(&pair(first, second))
    }

    /// Cuts a link both ways; returns the messages that were lost on it.
    pub fn cut(&mut self, first: NodeId, second: NodeId, now: Time) -> Vec<MessageId> {
        self.cuts.insert(pair(first, second));
        self.lose(now, |flight| pair(flight.from, flight.to) == pair(first, second))
    }

    /// Heals a link.
    pub fn heal(&mut self, first: NodeId, second: NodeId) {
        self.cuts.remove(&pair(first, second));
    }

    /// The links, each once.
    pub fn links(&self) -> impl Iterator<Item = (NodeId, NodeId)> + '_ {
        self.links.keys().copied().filter(|(first, second)| first < second)
    }

    /// Sends a message of `size_bytes`; it takes its turn on the link, then the link's latency. On a cut
    /// link it is lost half-way. Returns its flight, or `None` where no link is.
    pub fn send(&mut self, now: Time, from: NodeId, to: NodeId, size_bytes: u64, message: M) -> Option<&Flight<M>> {
        let cut = self.is_cut(from, to);
        let link = self.links.get_mut(&(from, to))?;
        let transmission = Span::from_micros(size_bytes.saturating_mul(1_000_000) / BANDWIDTH_BYTES_PER_SECOND);
        let departs = link.free_at.max(now) + transmission;
        link.free_at = departs;
        let arrives = (departs + link.latency.draw(&mut link.stream)).max(link.last_arrival + Span::from_micros(1));
        link.last_arrival = arrives;
        let half_way = now + Span::from_micros(arrives.since(now).as_micros() / 2);
        let id = MessageId(self.next_message);
        self.next_message += 1;
        let flight = Flight { id, from, to, sent: now, arrives, lost: cut.then_some(half_way), message };
        Some(self.flights.entry(id).or_insert(flight))
    }

    /// Takes the message off the network at its arrival, lost or not.
    pub fn arrive(&mut self, id: MessageId) -> Option<Flight<M>> {
        self.flights.remove(&id)
    }

    /// The messages under way, in the order in which they were sent.
    pub fn flights(&self) -> impl Iterator<Item = &Flight<M>> {
        self.flights.values()
    }

    fn lose(&mut self, now: Time, mut affected: impl FnMut(&Flight<M>) -> bool) -> Vec<MessageId> {
        let mut lost = Vec::new();
        for flight in self.flights.values_mut() {
            if flight.lost.is_none() && affected(flight) {
                flight.lost = Some(now);
                lost.push(flight.id);
            }
        }
        lost
    }
}

fn pair(first: NodeId, second: NodeId) -> (NodeId, NodeId) {
    (first.min(second), first.max(second))
}

/// A number for each node, for the key of its streams.
fn key(node: NodeId) -> u64 {
    match node {
        NodeId::Server(server) => u64::from(server.0),
        NodeId::Coordinator => 1 << 32,
        NodeId::Client(client) => (2 << 32) + u64::from(client.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::ServerId;

    const A: NodeId = NodeId::Server(ServerId(1));
    const B: NodeId = NodeId::Server(ServerId(2));

    fn network() -> Network<&'static str> {
        let mut network = Network::new(Streams::new(1));
        let latency = Latency::Uniform { least: Span::from_millis(1), most: Span::from_millis(30) };
        network.connect(A, B, latency);
        network
    }

    #[test]
    fn a_link_keeps_the_order_of_its_messages() {
        let mut network = network();
        let arrivals: Vec<Time> = (0..200)
            .map(|index| {
                let flight = network.send(Time::from_micros(index), A, B, 100, "update");
                flight.map_or(Time::ZERO, |flight| flight.arrives)
            })
            .collect();
        assert!(arrivals.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn a_big_message_takes_its_time_on_the_link() {
        let mut network = network();
        let small = network.send(Time::ZERO, A, B, 100, "small").map(|flight| flight.arrives);
        let big = network.send(Time::from_millis(100), A, B, 4_000_000, "big").map(|flight| flight.arrives);
        assert!(small < Some(Time::from_millis(31)));
        assert!(big >= Some(Time::from_millis(133)), "4 MB take 32 ms at 1 Gbit/s");
    }

    #[test]
    fn a_cut_loses_what_is_under_way_and_what_is_sent_later() {
        let mut network = network();
        network.send(Time::ZERO, A, B, 100, "first");
        assert_eq!(network.cut(B, A, Time::from_micros(10)).len(), 1);
        network.send(Time::from_micros(20), B, A, 100, "second");
        assert!(network.flights().all(|flight| flight.lost.is_some()));
        network.heal(A, B);
        assert!(network.send(Time::from_micros(30), A, B, 100, "third").is_some_and(|flight| flight.lost.is_none()));
    }
}
