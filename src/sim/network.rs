//! The network: links with latency, bandwidth and faults, cuts, and the messages under way.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::{Latency, MessageId, NodeId, Purpose, Span, Stream, Streams, Time, ZoneId};

/// How long messages take, by where the two ends are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkSettings {
    /// Between two nodes of one zone.
    pub within_zone: Latency,
    /// Between nodes of different zones.
    pub between_zones: Latency,
    /// To and from a node that is in no zone: the coordinator, or a client that has none.
    pub outside_zones: Latency,
    /// Bytes that a link carries in a second, each way. At least 1.
    pub bandwidth_bytes_per_second: u64,
}

impl Default for NetworkSettings {
    /// 4 ms within a zone, 14 ms between zones, 8 ms outside, each with an exponential part on top; 1 Gbit/s.
    fn default() -> Self {
        let latency = |least, above| Latency::Exponential {
            least: Span::from_millis(least),
            mean_above: Span::from_millis(above),
        };
        Self {
            within_zone: latency(4, 1),
            between_zones: latency(14, 3),
            outside_zones: latency(8, 2),
            bandwidth_bytes_per_second: 125_000_000,
        }
    }
}

/// How well one direction of a link works, short of being cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkQuality {
    /// Of a thousand messages, how many are lost.
    pub loss_per_mille: u16,
    /// Of a thousand messages, how many arrive twice.
    pub duplicate_per_mille: u16,
    /// Of a thousand messages, how many are held up so that later ones overtake them.
    pub reorder_per_mille: u16,
    /// How many times its usual latency it takes; 1 is the usual.
    pub slow_factor: u16,
}

impl Default for LinkQuality {
    /// A link without faults.
    fn default() -> Self {
        Self { loss_per_mille: 0, duplicate_per_mille: 0, reorder_per_mille: 0, slow_factor: 1 }
    }
}

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

/// What became of a message that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Its id.
    pub id: MessageId,
    /// When it arrives, or would have.
    pub arrives: Time,
    /// Whether it is lost on its way, and if so, whether by a cut (or else by a bad link).
    pub lost_by_cut: Option<bool>,
    /// The id and the arrival of its double, if the link made one.
    pub double: Option<(MessageId, Time)>,
}

#[derive(Clone, Debug)]
struct Link {
    latencies: Stream,
    faults: Option<Stream>,
    latency: Latency,
    free_at: Time,
    last_arrival: Time,
}

/// A network in which every two nodes are linked. Without faults a link delivers in the order of sending,
/// as a stream connection does.
#[derive(Clone, Debug)]
pub struct Network<M> {
    settings: NetworkSettings,
    streams: Streams,
    nodes: BTreeMap<NodeId, Option<ZoneId>>,
    /// Made when first used: with a thousand servers most pairs never talk.
    links: BTreeMap<(NodeId, NodeId), Link>,
    /// The cuts, with the time of each.
    cuts: BTreeMap<(NodeId, NodeId), Time>,
    qualities: BTreeMap<(NodeId, NodeId), LinkQuality>,
    flights: VecDeque<Option<Flight<M>>>,
    first_flight: u64,
    sent_bytes: u64,
}

impl<M: Clone> Network<M> {
    /// A network without nodes, whose randomness comes from `streams`.
    #[must_use]
    pub fn new(settings: NetworkSettings, streams: Streams) -> Self {
        Self {
            settings,
            streams,
            nodes: BTreeMap::new(),
            links: BTreeMap::new(),
            cuts: BTreeMap::new(),
            qualities: BTreeMap::new(),
            flights: VecDeque::new(),
            first_flight: 1,
            sent_bytes: 0,
        }
    }

    /// Adds a node, in a zone or outside of all.
    pub fn add(&mut self, node: NodeId, zone: Option<ZoneId>) {
        self.nodes.insert(node, zone);
    }

    /// Takes a node and its links away; what is under way to or from it is lost. Returns what was lost.
    pub fn remove(&mut self, node: NodeId, now: Time) -> Vec<MessageId> {
        self.nodes.remove(&node);
        self.links.retain(|(from, to), _| *from != node && *to != node);
        self.cuts.retain(|(from, to), _| *from != node && *to != node);
        self.qualities.retain(|(from, to), _| *from != node && *to != node);
        self.lose(now, |from, to| from == node || to == node)
    }

    /// Whether there is such a node.
    #[must_use]
    pub fn has(&self, node: NodeId) -> bool {
        self.nodes.contains_key(&node)
    }

    /// The nodes, in order.
    pub fn nodes(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.nodes.keys().copied()
    }

    /// Whether there is a link between the two nodes, cut or not.
    #[must_use]
    pub fn is_connected(&self, first: NodeId, second: NodeId) -> bool {
        first != second && self.has(first) && self.has(second)
    }

    /// Whether nothing gets through from one node to the other.
    #[must_use]
    pub fn is_cut(&self, from: NodeId, to: NodeId) -> bool {
        self.cuts.contains_key(&(from, to))
    }

    /// Since when messages from one node to another are lost, if they are.
    #[must_use]
    pub fn cut_since(&self, from: NodeId, to: NodeId) -> Option<Time> {
        self.cuts.get(&(from, to)).copied()
    }

    /// All cuts, each direction by itself.
    pub fn cuts(&self) -> impl Iterator<Item = (NodeId, NodeId)> + '_ {
        self.cuts.keys().copied()
    }

    /// Cuts one direction of a link; returns the messages that were lost on it.
    pub fn cut(&mut self, from: NodeId, to: NodeId, now: Time) -> Vec<MessageId> {
        self.cuts.entry((from, to)).or_insert(now);
        self.lose(now, |sender, receiver| sender == from && receiver == to)
    }

    /// Heals one direction of a link.
    pub fn heal(&mut self, from: NodeId, to: NodeId) {
        self.cuts.remove(&(from, to));
    }

    /// How well one direction of a link works.
    #[must_use]
    pub fn quality(&self, from: NodeId, to: NodeId) -> LinkQuality {
        self.qualities.get(&(from, to)).copied().unwrap_or_default()
    }

    /// All directions that work worse than usual.
    pub fn qualities(&self) -> impl Iterator<Item = ((NodeId, NodeId), LinkQuality)> + '_ {
        self.qualities.iter().map(|(link, quality)| (*link, *quality))
    }

    /// Changes how well one direction of a link works, from the next message on.
    pub fn set_quality(&mut self, from: NodeId, to: NodeId, quality: LinkQuality) {
        if quality == LinkQuality::default() {
            self.qualities.remove(&(from, to));
        } else {
            self.qualities.insert((from, to), LinkQuality { slow_factor: quality.slow_factor.max(1), ..quality });
        }
    }

    /// The bytes that all links together were given to carry.
    #[must_use]
    pub fn sent_bytes(&self) -> u64 {
        self.sent_bytes
    }

    /// Sends a message of `size_bytes`; it takes its turn on the link, then the link's latency. A lost one is
    /// lost half-way. Returns `None` where no link is.
    pub fn send(&mut self, now: Time, from: NodeId, to: NodeId, size_bytes: u64, message: M) -> Option<Sent> {
        if !self.is_connected(from, to) {
            return None;
        }
        self.sent_bytes += size_bytes;
        let cut = !self.cuts.is_empty() && self.is_cut(from, to);
        let quality = if self.qualities.is_empty() { LinkQuality::default() } else { self.quality(from, to) };
        let bandwidth = self.settings.bandwidth_bytes_per_second.max(1);
        let link = self.link(from, to);
        let transmission = Span::from_micros(size_bytes.saturating_mul(1_000_000) / bandwidth);
        let departs = link.free_at.max(now) + transmission;
        link.free_at = departs;
        let latency = times(link.latency.draw(&mut link.latencies), u64::from(quality.slow_factor));
        let mut arrives = (departs + latency).max(link.last_arrival + Span::from_micros(1));
        let [lost, doubled, held_up] = self.draw_faults((from, to), quality);
        if held_up {
            arrives = arrives + times(latency, 3);
        } else {
            self.link(from, to).last_arrival = arrives;
        }
        let half_way = now + Span::from_micros(arrives.since(now).as_micros() / 2);
        let lost_at = (cut || lost).then_some(half_way);
        let double = (doubled && lost_at.is_none()).then(|| {
            let again = arrives + times(latency, 1);
            let copy = message.clone();
            (
                self.launch(Flight {
                    id: MessageId(0),
                    from,
                    to,
                    sent: now,
                    arrives: again,
                    lost: None,
                    message: copy,
                }),
                again,
            )
        });
        let id = self.launch(Flight { id: MessageId(0), from, to, sent: now, arrives, lost: lost_at, message });
        Some(Sent { id, arrives, lost_by_cut: lost_at.map(|_| cut), double })
    }

    /// Takes the message off the network at its arrival, lost or not.
    pub fn arrive(&mut self, id: MessageId) -> Option<Flight<M>> {
        let offset = usize::try_from(id.0.checked_sub(self.first_flight)?).ok()?;
        let flight = self.flights.get_mut(offset)?.take();
        while let Some(None) = self.flights.front() {
            self.flights.pop_front();
            self.first_flight += 1;
        }
        flight
    }

    /// The messages under way, in the order in which they were sent.
    pub fn flights(&self) -> impl Iterator<Item = &Flight<M>> {
        self.flights.iter().flatten()
    }

    fn launch(&mut self, flight: Flight<M>) -> MessageId {
        let id = MessageId(self.first_flight + self.flights.len() as u64);
        self.flights.push_back(Some(Flight { id, ..flight }));
        id
    }

    fn link(&mut self, from: NodeId, to: NodeId) -> &mut Link {
        let (settings, nodes, streams) = (&self.settings, &self.nodes, &self.streams);
        self.links.entry((from, to)).or_insert_with(|| {
            let zone = |node| nodes.get(&node).copied().flatten();
            let latency = match (zone(from), zone(to)) {
                (Some(first), Some(second)) if first == second => settings.within_zone,
                (Some(_), Some(_)) => settings.between_zones,
                _ => settings.outside_zones,
            };
            let latencies = streams.stream(Purpose::LinkLatency, (key(from), key(to)));
            Link { latencies, faults: None, latency, free_at: Time::ZERO, last_arrival: Time::ZERO }
        })
    }

    /// Whether a message is lost, doubled, held up. A link without faults draws nothing.
    fn draw_faults(&mut self, (from, to): (NodeId, NodeId), quality: LinkQuality) -> [bool; 3] {
        let rates = [quality.loss_per_mille, quality.duplicate_per_mille, quality.reorder_per_mille];
        if rates == [0; 3] {
            return [false; 3];
        }
        let streams = self.streams;
        let link = self.link(from, to);
        let faults = link.faults.get_or_insert_with(|| streams.stream(Purpose::LinkFault, (key(from), key(to))));
        rates.map(|rate| faults.below(1_000) < u64::from(rate))
    }

    fn lose(&mut self, now: Time, affected: impl Fn(NodeId, NodeId) -> bool) -> Vec<MessageId> {
        let mut lost = Vec::new();
        for flight in self.flights.iter_mut().flatten() {
            if flight.lost.is_none() && affected(flight.from, flight.to) {
                flight.lost = Some(now);
                lost.push(flight.id);
            }
        }
        lost
    }
}

fn times(span: Span, factor: u64) -> Span {
    Span::from_micros(span.as_micros().saturating_mul(factor))
}

/// A number for each node, for the key of its streams.
fn key(node: NodeId) -> u64 {
    match node {
        NodeId::Server(server) => u64::from(server.0),
        NodeId::Coordinator(node) => (1 << 32) + u64::from(node.0),
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
        let latency = Latency::Uniform { least: Span::from_millis(1), most: Span::from_millis(30) };
        let settings = NetworkSettings { within_zone: latency, ..NetworkSettings::default() };
        let mut network = Network::new(settings, Streams::new(1));
        network.add(A, Some(ZoneId(0)));
        network.add(B, Some(ZoneId(0)));
        network
    }

    fn arrival(network: &mut Network<&'static str>, at: Time, size_bytes: u64) -> Time {
        network.send(at, A, B, size_bytes, "update").map_or(Time::ZERO, |sent| sent.arrives)
    }

    #[test]
    fn a_link_keeps_the_order_of_its_messages() {
        let mut network = network();
        let arrivals: Vec<Time> = (0..200).map(|index| arrival(&mut network, Time::from_micros(index), 100)).collect();
        assert!(arrivals.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn a_big_message_takes_its_time_on_the_link() {
        let mut network = network();
        assert!(arrival(&mut network, Time::ZERO, 100) < Time::from_millis(31));
        let big = arrival(&mut network, Time::from_millis(100), 4_000_000);
        assert!(big >= Time::from_millis(133), "4 MB take 32 ms at 1 Gbit/s");
    }

    #[test]
    fn a_cut_loses_one_direction_and_leaves_the_other() {
        let mut network = network();
        network.send(Time::ZERO, A, B, 100, "first");
        assert_eq!(network.cut(A, B, Time::from_micros(10)).len(), 1);
        let lost = |sent: Option<Sent>| sent.expect("a link").lost_by_cut;
        assert_eq!(lost(network.send(Time::from_micros(20), A, B, 100, "second")), Some(true));
        assert_eq!(lost(network.send(Time::from_micros(20), B, A, 100, "third")), None);
        network.heal(A, B);
        assert_eq!(lost(network.send(Time::from_micros(30), A, B, 100, "fourth")), None);
    }

    #[test]
    fn a_bad_link_loses_doubles_and_reorders_at_its_rates() {
        let mut network = network();
        let quality =
            LinkQuality { loss_per_mille: 200, duplicate_per_mille: 100, reorder_per_mille: 300, slow_factor: 1 };
        network.set_quality(A, B, quality);
        let sent: Vec<Sent> =
            (0..5_000).filter_map(|index| network.send(Time::from_millis(index), A, B, 100, "update")).collect();
        let lost = sent.iter().filter(|sent| sent.lost_by_cut == Some(false)).count();
        let doubled = sent.iter().filter(|sent| sent.double.is_some()).count();
        let overtaken = sent.windows(2).filter(|pair| pair[0].arrives > pair[1].arrives).count();
        assert!((900..1_100).contains(&lost), "{lost} of 5000 were lost");
        assert!((325..475).contains(&doubled), "{doubled} were doubled, of the 80 % that were not lost");
        assert!(overtaken > 500, "{overtaken} were overtaken");
    }

    #[test]
    fn messages_are_taken_off_in_any_order() {
        let mut network = network();
        let ids: Vec<MessageId> =
            (0..4).filter_map(|_| network.send(Time::ZERO, A, B, 100, "update")).map(|sent| sent.id).collect();
        assert!(network.arrive(ids[2]).is_some());
        assert!(network.arrive(ids[0]).is_some());
        assert!(network.arrive(ids[0]).is_none());
        assert_eq!(network.flights().map(|flight| flight.id).collect::<Vec<_>>(), [ids[1], ids[3]]);
    }
}
