//! A server: its status, and the protocols that it runs, each with its part of the disk.

use super::view::ServerStatus;
use crate::replication::{Effect, Identity, Incarnation, OneCopy, Out, PrimaryReplica, Protocol};
use crate::sim::{Disk, Durable, Latency, ServerId, Stream, ZoneId};

/// The records of a protocol's disk.
pub(super) type RecordOf<P> = <<P as Protocol>::Durable as Durable>::Record;

/// A server.
#[derive(Clone, Debug)]
pub(super) struct Server {
    pub zone: ZoneId,
    pub status: ServerStatus,
    pub incarnation: Incarnation,
    pub replicated: Host<PrimaryReplica>,
    pub single: Host<OneCopy>,
}

/// A protocol on a server: its disk, and its memory while the server is up.
#[derive(Clone, Debug)]
pub(super) struct Host<P: Protocol> {
    pub disk: Disk<P::Durable>,
    pub state: Option<P>,
}

impl Server {
    pub fn is_up(&self) -> bool {
        self.status == ServerStatus::Up
    }
}

impl<P: Protocol> Host<P> {
    pub fn new(sync_time: Latency, stream: Stream) -> Self {
        Self { disk: Disk::new(sync_time, stream), state: None }
    }

    /// Starts the protocol from its disk.
    pub fn start(&mut self, identity: Identity) -> Vec<Effect<RecordOf<P>>> {
        let mut out = Out::new();
        self.state = Some(P::on_start(identity, self.disk.durable(), &mut out));
        out.effects
    }

    /// Lets the running protocol handle one input.
    pub fn handle(&mut self, input: impl FnOnce(&mut P, &mut Out<RecordOf<P>>)) -> Vec<Effect<RecordOf<P>>> {
        let mut out = Out::new();
        if let Some(state) = &mut self.state {
            input(state, &mut out);
        }
        out.effects
    }

    /// The server stops: memory and unsynced writes are gone.
    pub fn crash(&mut self) {
        self.state = None;
        self.disk.crash();
    }

    /// The server stops and its disk is lost.
    pub fn kill(&mut self) {
        self.state = None;
        self.disk.wipe();
    }
}

/// Which protocol on a server something is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    Replicated,
    Single,
}

/// Where a host sits in its server: lets the world run either protocol by the same code.
pub(super) trait Hosted: Protocol {
    const GROUP: Group;
    fn host(server: &mut Server) -> &mut Host<Self>;
}

impl Hosted for PrimaryReplica {
    const GROUP: Group = Group::Replicated;

    fn host(server: &mut Server) -> &mut Host<Self> {
        &mut server.replicated
    }
}

impl Hosted for OneCopy {
    const GROUP: Group = Group::Single;

    fn host(server: &mut Server) -> &mut Host<Self> {
        &mut server.single
    }
}

/// What the world needs to know of a server by its id.
pub(super) fn identity(id: ServerId, server: &Server, policy: crate::replication::Policy) -> Identity {
    Identity { server: id, incarnation: server.incarnation, policy }
}
