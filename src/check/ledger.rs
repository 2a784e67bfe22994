//! The survival ledger: for each file, what was acknowledged and which copies of it are left.

use crate::replication::Version;
use crate::sim::{FileId, ServerId};

/// How one copy compares with the last acknowledged version of its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CopyHealth {
    /// It has the last acknowledged write.
    Fresh,
    /// It lacks the last acknowledged write.
    Stale,
    /// Its bytes are damaged.
    Corrupt,
    /// There is no copy on this server, or the disk that had it is lost.
    Missing,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// At least two running servers have what was acknowledged.
    Safe,
    /// One more failure can lose it, or it is not yet on a second running server.
    AtRisk,
    /// It exists, but no client can reach it now.
    Unavailable,
    /// What the client was told is kept is gone.
    LostAcknowledged,
    /// The client was never told ok, and no copy is left.
    LostUnacknowledged,
    /// A write is under way and nothing was acknowledged yet.
    Pending,
    /// It was deleted, as a client had asked.
    Deleted,
}

/// One file's line in the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerRow {
    /// The file.
    pub file: FileId,
    /// Its name.
    pub name: String,
    /// The last version that a client was told ok for.
    pub acknowledged: Option<Version>,
    /// The health of the copy on each server that should have one (or has), in the order of ids.
    pub copies: Vec<(ServerId, CopyHealth)>,
    /// The verdict.
    pub verdict: Verdict,
    /// The verdict's reason in one sentence.
    pub reason: String,
}

/// The survival ledger of a world.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// A row for each file, in the order in which they were first written.
    pub rows: Vec<LedgerRow>,
}

impl Ledger {
    /// The worst that can be said of the acknowledged data, as a headline and a sentence below it.
    #[must_use]
    pub fn headline(&self) -> (Verdict, String, String) {
        let names = |verdict: Verdict| {
            let names: Vec<&str> =
                self.rows.iter().filter(|row| row.verdict == verdict).map(|row| row.name.as_str()).collect();
            names.join(", ")
        };
        let any = |verdict: Verdict| self.rows.iter().any(|row| row.verdict == verdict);
        let survives_one = "Each file survives losing one more server.".to_owned();
        if any(Verdict::LostAcknowledged) {
            (
                Verdict::LostAcknowledged,
                "Acknowledged data was lost.".to_owned(),
                format!("Lost: {}.", names(Verdict::LostAcknowledged)),
            )
        } else if any(Verdict::Unavailable) {
            (
                Verdict::Unavailable,
                "Some data can't be reached.".to_owned(),
                format!("Unavailable: {}.", names(Verdict::Unavailable)),
            )
        } else if any(Verdict::AtRisk) {
            (
                Verdict::AtRisk,
                "No acknowledged data lost.".to_owned(),
                format!("One failure away from loss: {}.", names(Verdict::AtRisk)),
            )
        } else if self.rows.is_empty() {
            (Verdict::Safe, "No files yet.".to_owned(), "Write one to see where its copies go.".to_owned())
        } else {
            (Verdict::Safe, "No acknowledged data lost.".to_owned(), survives_one)
        }
    }
}

/// What the ledger must know of one copy to judge its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holding {
    /// The server.
    pub server: ServerId,
    /// Whether the server runs.
    pub is_up: bool,
    /// How the copy on its disk compares with what was acknowledged.
    pub health: CopyHealth,
}

/// What is known of a file's deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deletion {
    /// The last acknowledged change was a deletion.
    Acknowledged,
    /// The primary has deleted the file since the last acknowledged change, and the client that asked for it was not told.
    Untold,
}

/// What the ledger must know of one file to judge it.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// The last acknowledged version, unless nothing was acknowledged.
    pub acknowledged: Option<Version>,
    /// Whether it was deleted.
    pub deletion: Option<Deletion>,
    /// Whether the file has one copy only, by choice.
    pub one_copy: bool,
    /// Whether a change of it is still under way.
    pub under_way: bool,
    /// Its copies on disks.
    pub holdings: Vec<Holding>,
    /// The reigning primary that runs, and the health of its copy.
    pub primary: Option<(ServerId, CopyHealth)>,
    /// Acknowledged versions that were lost and replaced by others since.
    pub lost_before: Vec<Version>,
}

impl Evidence {
    /// The verdict and its reason.
    #[must_use]
    pub fn judge(&self) -> (Verdict, String) {
        let Some(version) = self.acknowledged else { return self.judge_unacknowledged() };
        if let Some(lost) = self.lost_before.first() {
            let reason = format!("{lost} was acknowledged and lost; another write took its place.");
            return (Verdict::LostAcknowledged, reason);
        }
        match self.deletion {
            Some(Deletion::Acknowledged) => return (Verdict::Deleted, "Its deletion was acknowledged.".to_owned()),
            Some(Deletion::Untold) => {
                return (
                    Verdict::Deleted,
                    "It was deleted, but the client that asked for this was not told.".to_owned(),
                );
            }
            None => {}
        }
        let up = self.servers(|holding| holding.is_up && holding.health == CopyHealth::Fresh);
        let down = self.servers(|holding| !holding.is_up && holding.health == CopyHealth::Fresh);
        let fresh: Vec<ServerId> = up.iter().chain(&down).copied().collect();
        if fresh.is_empty() {
            return (Verdict::LostAcknowledged, self.lost_reason(version));
        }
        if up.is_empty() {
            return (
                Verdict::Unavailable,
                match fresh.as_slice() {
                    [one] => format!("{version} is only on the disk of {one}, which is down."),
                    more => format!("{version} is only on the disks of {}, which are down.", list(more)),
                },
            );
        }
        if self.one_copy {
            return (Verdict::AtRisk, format!("Its only copy is on {}.", list(&up)));
        }
        match self.primary {
            None => (Verdict::Unavailable, format!("No primary serves it; {version} is on {}.", list(&fresh))),
            Some((primary, CopyHealth::Corrupt)) => {
                let reason = format!("The copy on the primary {primary} is corrupt; {version} is on {}.", list(&up));
                (Verdict::AtRisk, reason)
            }
            Some((primary, CopyHealth::Stale | CopyHealth::Missing)) => {
                let others = match fresh.as_slice() {
                    [one] => format!("{one} has it, but must follow the primary and drop it"),
                    more => format!("{} have it, but must follow the primary and drop it", list(more)),
                };
                let reason = format!("The primary {primary} lacks {version}; {others}.");
                (Verdict::LostAcknowledged, reason)
            }
            Some((_, CopyHealth::Fresh)) if up.len() >= 2 => {
                let others = match down.as_slice() {
                    [] => String::new(),
                    [one] => format!(", and on the disk of {one}, which is down"),
                    more => format!(", and on the disks of {}, which are down", list(more)),
                };
                (Verdict::Safe, format!("{version} is on {}{others}.", list(&up)))
            }
            Some((_, CopyHealth::Fresh)) => {
                (Verdict::AtRisk, format!("{version} is only on {}; losing that disk loses it.", list(&up)))
            }
        }
    }

    fn judge_unacknowledged(&self) -> (Verdict, String) {
        let has_copy = self.holdings.iter().any(|holding| holding.health != CopyHealth::Missing);
        if self.under_way || has_copy {
            (Verdict::Pending, "The client has not been told ok yet.".to_owned())
        } else {
            (Verdict::LostUnacknowledged, "No copy is left, and the client was never told ok.".to_owned())
        }
    }

    fn lost_reason(&self, version: Version) -> String {
        let stale = self.servers(|holding| holding.health == CopyHealth::Stale);
        let corrupt = self.servers(|holding| holding.health == CopyHealth::Corrupt);
        if !corrupt.is_empty() {
            return format!("{version} was acknowledged; only a corrupt copy is left on {}.", list(&corrupt));
        }
        if stale.is_empty() {
            format!("{version} was acknowledged, but no disk has a copy any more.")
        } else {
            format!("{version} was acknowledged; only an older copy is left on {}.", list(&stale))
        }
    }

    fn servers(&self, keep: impl Fn(&Holding) -> bool) -> Vec<ServerId> {
        self.holdings.iter().filter(|holding| keep(holding)).map(|holding| holding.server).collect()
    }
}

fn list(servers: &[ServerId]) -> String {
    let names: Vec<String> = servers.iter().map(ToString::to_string).collect();
    match names.as_slice() {
        [] => "no server".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
