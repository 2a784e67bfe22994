//! Replicarium: a terrarium for replicas.
//!
//! A deterministic replication engine, and the ways in to it: a browser playground, a command line, and an interface for
//! JavaScript.
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
//! println!("{}", session.why("draft.txt")?.summary);
//! assert!(session.violations().is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The features: `app` is the page, `cli` the command line, `api` the interface for JavaScript; without any of them
//! there is only the engine, and no browser crate.

pub mod check;
pub mod client;
pub mod exercise;
pub mod glossary;
pub mod replication;
pub mod session;
pub mod sim;
pub mod text;
pub mod world;

#[cfg(feature = "report")]
pub mod report;

#[cfg(feature = "api")]
pub mod api;

#[cfg(feature = "app")]
pub mod app;

#[cfg(test)]
mod tests {
    /// The lines of the example on the front page, as in the documentation of the crate.
    fn example() -> Vec<&'static str> {
        let lines = include_str!("lib.rs").lines().map(|line| line.trim_start_matches("//!"));
        let code = lines.skip_while(|line| *line != " ```").skip(1).take_while(|line| *line != " ```");
        let shown = code.map(|line| line.strip_prefix(' ').unwrap_or(line));
        shown.filter(|line| !line.starts_with("# ")).collect()
    }

    #[test]
    fn the_readme_shows_the_example_that_is_run_as_a_test() {
        assert_eq!(example().len(), 12);
        let readme: Vec<&str> = include_str!("../README.md").lines().map(str::trim_start).collect();
        let trimmed: Vec<&str> = example().into_iter().map(str::trim_start).collect();
        assert!(readme.windows(trimmed.len()).any(|window| window == trimmed), "{trimmed:?}");
    }
}
