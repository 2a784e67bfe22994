//! Breakages on purpose: each takes one rule out of the protocols, so that a test can show that its checks notice.
//!
//! They exist under the feature `mutations` only. Without it [`broken`] is a constant `false`, and nothing of them is
//! left in the program.

/// A rule that can be taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mutation {
    /// A server takes what a primary of an earlier epoch sends.
    SkipFencing,
    /// A replica acknowledges before the update is on its disk.
    AckBeforeDisk,
    /// A server promises an epoch before that is on its disk.
    PromiseBeforeDisk,
    /// The least up-to-date of those that promised is promoted.
    PromoteStale,
    /// Any server is promoted, in sync or not.
    PromoteOutsider,
    /// An old tail beyond the primary's log is not cut off.
    ForgetTruncation,
    /// A damaged copy is served.
    ServeRotten,
    /// A server that should have a copy never gets one.
    LoseReplication,
    /// A server is let in before it has all acknowledged updates.
    LetInEarly,
    /// More updates are under way than the window allows.
    IgnoreWindow,
    /// The client is told ok without waiting for acks.
    AnswerWithoutAcks,
    /// Servers whose disk was lost no longer count as holders in an election.
    ForgetForgetful,
    /// That a server came back with another disk is not noticed.
    ForgetLostDisk,
    /// A decision of the coordinator is made for good before a majority has it.
    DecideAlone,
    /// A primary that is being replaced may go on to answer reads.
    IgnoreLease,
    /// A repeated request is done twice in spite of its key.
    RepeatTwice,
    /// A server never drops the groups in which it has no part any more.
    KeepForever,
    /// A member leaves before those that stay have everything.
    TrimEarly,
    /// A search for a primary is forgotten when the coordinator's leader changes.
    ForgetElection,
    /// A damaged copy is never repaired.
    SkipRepair,
    /// Acknowledgements from a new disk count before the coordinator knows of it.
    CountNewDisk,
    /// A server that was taken out no longer counts as a holder in an election.
    ForgetDeparted,
    /// Updates are acknowledged without an in-sync server that is to leave and may be promoted still.
    ForgetLeaving,
    /// A full copy is sent with the damaged files in it.
    SendRotten,
    /// With manual failover the coordinator names another primary when the old one has started anew.
    ElectUnasked,
    /// Without fencing a reigning primary takes updates from one that it has replaced.
    FollowReplaced,
}

impl Mutation {
    /// All of them.
    pub const ALL: [Self; 26] = [
        Self::SkipFencing,
        Self::AckBeforeDisk,
        Self::PromiseBeforeDisk,
        Self::PromoteStale,
        Self::PromoteOutsider,
        Self::ForgetTruncation,
        Self::ServeRotten,
        Self::LoseReplication,
        Self::LetInEarly,
        Self::IgnoreWindow,
        Self::AnswerWithoutAcks,
        Self::ForgetForgetful,
        Self::ForgetLostDisk,
        Self::DecideAlone,
        Self::IgnoreLease,
        Self::RepeatTwice,
        Self::KeepForever,
        Self::TrimEarly,
        Self::ForgetElection,
        Self::SkipRepair,
        Self::CountNewDisk,
        Self::ForgetDeparted,
        Self::ForgetLeaving,
        Self::SendRotten,
        Self::ElectUnasked,
        Self::FollowReplaced,
    ];
}

#[cfg(feature = "mutations")]
std::thread_local! {
    static CHOSEN: core::cell::Cell<Option<Mutation>> = const { core::cell::Cell::new(None) };
}

/// Takes one rule out for everything that runs on this thread, or puts all back.
#[cfg(feature = "mutations")]
pub fn break_on_purpose(mutation: Option<Mutation>) {
    CHOSEN.set(mutation);
}

/// Whether this rule is taken out.
#[cfg(feature = "mutations")]
#[must_use]
pub fn broken(mutation: Mutation) -> bool {
    CHOSEN.get() == Some(mutation)
}

/// Whether this rule is taken out: never.
#[cfg(not(feature = "mutations"))]
#[must_use]
pub const fn broken(_: Mutation) -> bool {
    false
}
