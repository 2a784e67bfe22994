//! The world: servers, coordinator, clients and the network, bound together under one clock.
//!
//! [`World`] takes a [`Command`], runs on, and emits [`Event`]s; a [`View`] is a picture of it at one moment.

mod apply;
mod catalogue;
mod command;
mod engine;
mod event;
mod hazard;
mod hosting;
mod judge;
mod notes;
mod operations;
mod picture;
mod quiet;
mod ripple;
mod room;
mod sentence;
mod server;
mod settings;
mod traffic;
mod truth;
mod view;

pub use apply::{
    CLOCK_OFFSET_LIMIT_US, CONTENTS_LIMIT_BYTES, CommandError, FILE_SIZE_LIMIT_BYTES, FILES_LIMIT, SERVERS_LIMIT,
    SLOW_FACTOR_LIMIT,
};
pub use command::{Command, Direction, Placement, ReadFrom};
pub use engine::{MAIN_GROUP, World};
pub use event::{Cargo, Event, EventKind, Importance, LossReason};
pub use hazard::{CHAOS_SPAN_LIMIT, HAZARD_RATE_LIMIT_HUNDREDTHS, Hazard, HazardKind};
pub use ripple::{Ripple, RippleStep};
pub use settings::{DiskSettings, ServiceSettings, WorldSettings};
pub use view::{
    ClientView, CoordinatorNodeView, CoordinatorView, CopyView, Duty, GroupRoleView, GroupView, InstanceView, LinkView,
    MessageKind, MessageView, OperationKind, OperationView, OutcomeView, Role, ServerStatus, ServerView, ServiceView,
    View, WaitingView,
};
