//! Replicarium: a terrarium for replicas.
//!
//! A deterministic replication engine, and (with the feature `app`) the browser playground that it drives.
//! The way of the data is one-way and short: a [`world::Command`] goes into a [`session::Session`], the
//! world runs on and emits [`world::Event`]s, and a [`world::View`] shows it at one moment.
//!
//! ```
//! use replicarium::session::{Scenario, Session};
//! use replicarium::sim::{ServerId, Span};
//! use replicarium::world::Command;
//!
//! let mut session = Session::new(&Scenario::all()[0], 61);
//! session.apply(Command::Kill { server: ServerId(1) })?;
//! session.advance(session.now() + Span::from_millis(1_000));
//! for row in session.view().ledger.rows {
//!     println!("{}: {}", row.name, row.reason);
//! }
//! # Ok::<(), replicarium::world::CommandError>(())
//! ```

pub mod check;
pub mod client;
pub mod replication;
pub mod session;
pub mod sim;
pub mod world;

#[cfg(feature = "report")]
pub mod report;

#[cfg(feature = "api")]
pub mod api;

#[cfg(feature = "app")]
pub mod app;
