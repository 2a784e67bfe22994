//! The world: servers, coordinator, clients and network under one clock.
//!
//! A [`Command`] goes in, [`Event`]s come out, and a [`View`] shows the world at one moment.

mod apply;
mod command;
mod engine;
mod event;
mod picture;
mod sentence;
mod server;
mod view;

pub use apply::{CommandError, FILE_SIZE_LIMIT_BYTES, FILES_LIMIT, SERVERS_LIMIT};
pub use command::{Command, Placement, ReadFrom};
pub use engine::{World, WorldSettings};
pub use event::{Cargo, Event, EventKind, Importance, LossReason};
pub use view::{
    CoordinatorView, CopyView, LinkView, MessageKind, MessageView, OperationKind, OperationView, OutcomeView, Role,
    ServerStatus, ServerView, View, WaitingView,
};
