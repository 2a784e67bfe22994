//! The words for what is one of a few: those that scenarios use too.

use serde::Serialize;

use crate::check::{CopyHealth, Verdict};
use crate::session::{Fulfilment, Harm, Judgement, Landmark, Mood, Trouble};
use crate::world::{Importance, MessageKind, OperationKind, OutcomeView, Role, ServerStatus};

/// An enum of words, each for one value of the engine.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident($inner:ty): $($(#[$word_doc:meta])* $word:literal => $variant:ident = $value:pat),+ $(,)?) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
        #[cfg_attr(feature = "api", derive(tsify::Tsify))]
        pub enum $name {
            $($(#[$word_doc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// The word itself.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl From<&$inner> for $name {
            fn from(value: &$inner) -> Self {
                match value {
                    $($value => Self::$variant,)+
                }
            }
        }
    };
}

words!(
    /// What became of a file.
    VerdictWord(Verdict):
    /// At least two running servers have what was acknowledged.
    "safe" => Safe = Verdict::Safe,
    /// One more failure can lose it.
    "at risk" => AtRisk = Verdict::AtRisk,
    /// It exists, but no client can reach it now.
    "unavailable" => Unavailable = Verdict::Unavailable,
    /// What the client was told is kept is gone.
    "lost after it was acknowledged" => LostAcknowledged = Verdict::LostAcknowledged,
    /// The client was never told ok, and no copy is left.
    "lost, never acknowledged" => LostUnacknowledged = Verdict::LostUnacknowledged,
    /// A write is under way and nothing was acknowledged yet.
    "pending" => Pending = Verdict::Pending,
    /// It was deleted, as a client had asked.
    "deleted" => Deleted = Verdict::Deleted,
);
words!(
    /// How B compares with A.
    JudgementWord(Judgement):
    /// B is better.
    "better" => Better = Judgement::Better,
    /// B is worse.
    "worse" => Worse = Judgement::Worse,
    /// They are the same, or differ by less than is known, or in what favours neither.
    "same" => Same = Judgement::Same,
    /// They can't be compared: one of them has nothing to measure.
    "neither" => Neither = Judgement::Neither,
);
words!(
    /// How good it is, what is true of a world.
    MoodWord(Mood):
    /// What was acknowledged is lost.
    "bad" => Bad = Mood::Bad,
    /// Somebody waits or does not know, or one more failure can lose something.
    "waiting" => Waiting = Mood::Waiting,
    /// All is well.
    "good" => Good = Mood::Good,
);
words!(
    /// What a moment is marked for.
    LandmarkWord(Landmark):
    /// A client was told ok.
    "told ok" => ToldOk = Landmark::ToldOk,
    /// A client was told no.
    "refused" => Refused = Landmark::Refused,
    /// A client will never know.
    "outcome unknown" => Unknown = Landmark::Unknown,
    /// Something broke.
    "fault" => Fault = Landmark::Fault,
    /// An acknowledged write is lost.
    "acknowledged write lost" => Loss = Landmark::Loss,
    /// A group has a new primary.
    "new primary" => NewPrimary = Landmark::NewPrimary,
    /// Something that was broken works again.
    "restart" => Restart = Landmark::Restart,
);
words!(
    /// How a copy compares with what was acknowledged.
    Health(CopyHealth):
    /// It has the last acknowledged write.
    "fresh" => Fresh = CopyHealth::Fresh,
    /// It lacks the last acknowledged write.
    "stale" => Stale = CopyHealth::Stale,
    /// Its bytes are damaged.
    "corrupt" => Corrupt = CopyHealth::Corrupt,
    /// There is none, or its disk is lost.
    "missing" => Missing = CopyHealth::Missing,
);
words!(
    /// Whether a server runs.
    StatusWord(ServerStatus):
    /// It runs.
    "up" => Up = ServerStatus::Up,
    /// It does nothing for a while.
    "paused" => Paused = ServerStatus::Paused,
    /// It stopped; its disk is kept.
    "crashed" => Crashed = ServerStatus::Crashed,
    /// It stopped, and its disk is lost.
    "killed" => Killed = ServerStatus::Killed,
);
words!(
    /// What a server is in a group, by its own belief.
    RoleWord(Role):
    /// It gets all the updates.
    "primary" => Primary = Role::Primary,
    /// It follows the primary and has all that was acknowledged.
    "replica" => Replica = Role::Replica,
    /// It catches up.
    "joining" => Joining = Role::Joining,
    /// It does not run.
    "down" => Down = Role::Down,
);
words!(
    /// How much an event matters to someone who watches.
    ImportanceWord(Importance):
    /// The ordinary traffic.
    "routine" => Routine = Importance::Routine,
    /// Worth reading.
    "notable" => Notable = Importance::Notable,
    /// An acknowledgement or a good end.
    "good" => Good = Importance::Good,
    /// Something waits.
    "waiting" => Waiting = Importance::Waiting,
    /// Something broke.
    "fault" => Fault = Importance::Fault,
    /// Something was lost, or nobody knows.
    "loss" => Loss = Importance::Loss,
    /// A primary fell or rose.
    "failover" => Failover = Importance::Failover,
);
words!(
    /// What a message is for.
    MessageWord(MessageKind):
    /// A client's request.
    "request" => Request = MessageKind::Request,
    /// The answer to a client.
    "answer" => Answer = MessageKind::Answer,
    /// An update, from the primary to a replica.
    "update" => Update = MessageKind::Update,
    /// A replica's message that it has received an update.
    "ack" => Ack = MessageKind::Ack,
    /// A sign of life.
    "heartbeat" => Heartbeat = MessageKind::Heartbeat,
    /// Part of a failover.
    "election" => Election = MessageKind::Election,
    /// A full copy of all files.
    "full copy" => FullCopy = MessageKind::FullCopy,
    /// Anything else between servers.
    "control" => Control = MessageKind::Control,
);
words!(
    /// What a client asked for.
    OperationWord(OperationKind):
    /// To write a file.
    "write" => Write = OperationKind::Write,
    /// To read a file.
    "read" => Read = OperationKind::Read,
    /// To delete a file.
    "delete" => Delete = OperationKind::Delete,
    /// To be served by a service.
    "call" => Call = OperationKind::Call,
);
words!(
    /// What a client knows of an operation.
    OutcomeWord(OutcomeView):
    /// No answer yet.
    "pending" => Pending = OutcomeView::Pending,
    /// It was told ok.
    "ok" => Ok = OutcomeView::Ok { .. },
    /// It was told no; nothing was done.
    "refused" => Refused = OutcomeView::Refused(_),
    /// No answer came in time: it may or may not have been done.
    "unknown" => Unknown = OutcomeView::Unknown,
);
words!(
    /// Whether an expectation came true.
    FulfilmentWord(Fulfilment):
    /// It came true.
    "met" => Met = Fulfilment::Met,
    /// It did not.
    "failed" => Failed = Fulfilment::Failed,
    /// Its time has not come.
    "open" => Open = Fulfilment::Open,
);
words!(
    /// What faults can do to clients.
    HarmWord(Harm):
    /// What a client was told is kept is gone.
    "loses data" => LosesData = Harm::LosesData,
    /// A file can't be read, though it may not be lost.
    "stops reads" => StopsReads = Harm::StopsReads,
    /// A file can't be written.
    "stops writes" => StopsWrites = Harm::StopsWrites,
    /// A service answers no calls.
    "stops service" => StopsService = Harm::StopsService,
);
words!(
    /// What is wrong with a file.
    TroubleWord(Trouble):
    /// What a client was told is kept is gone.
    "lost after it was acknowledged" => Lost = Trouble::Lost,
    /// It is gone, and no client was ever told ok.
    "lost, never acknowledged" => LostUnacknowledged = Trouble::LostUnacknowledged,
    /// It exists, and no client can reach it.
    "unavailable" => Unavailable = Trouble::Unavailable,
    /// A read, or a copy, is older than what was acknowledged.
    "stale" => Stale = Trouble::Stale,
    /// A read gave damaged bytes, or a copy is damaged.
    "damaged" => Damaged = Trouble::Damaged,
    /// A client was refused, or got no answer.
    "failed" => Failed = Trouble::Failed,
);
