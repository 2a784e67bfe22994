//! What a person can do on the page: each is one message to the playground.

use std::sync::Arc;

use crate::app::dialogs::export::Export;
use crate::app::dialogs::runs::Kept;
use crate::app::dialogs::scenario_file::Candidate;
use crate::app::spacetime::SpaceTimeAct;
use crate::app::stage::arrangement::Move;
use crate::session::{BranchId, Fault, Override, Scenario, Stop};
use crate::sim::{Content, FileId, ServerId, Time};
use crate::world::Command;

/// A tab of the right side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tab {
    Ledger,
    Figures,
    Inspect,
    Client,
    Audit,
}

impl Tab {
    pub(crate) const ALL: [Self; 5] = [Self::Ledger, Self::Figures, Self::Inspect, Self::Client, Self::Audit];

    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Ledger => "Ledger",
            Self::Figures => "Figures",
            Self::Inspect => "Inspect",
            Self::Client => "Client",
            Self::Audit => "What if",
        }
    }

    /// Its name for style sheets and tests.
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::Ledger => "ledger",
            Self::Figures => "figures",
            Self::Inspect => "inspect",
            Self::Client => "client",
            Self::Audit => "audit",
        }
    }

    /// The tab `by` places further, going round at the ends.
    pub(crate) fn moved(self, by: usize) -> Self {
        let at = Self::ALL.iter().position(|tab| *tab == self).unwrap_or(0);
        Self::ALL[(at + by) % Self::ALL.len()]
    }
}

/// A file as it can be opened or downloaded: a name, a word on where it came from, and its bytes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Specimen {
    pub(crate) name: String,
    pub(crate) origin: String,
    pub(crate) content: Content,
}

/// What the write dialog starts with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Draft {
    pub(crate) name: String,
    pub(crate) text: String,
    /// Whether the file is known, so that its placement is settled.
    pub(crate) known: bool,
}

/// The dialog that is open.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Dialog {
    Help,
    Write(Draft),
    Share {
        link: String,
        copied: Option<bool>,
        stand_ins: Vec<String>,
    },
    /// The run can't be put into a link, for this reason.
    NoLink(String),
    /// A file that is a scenario, or was meant as one.
    ScenarioFile(Candidate),
    Preview(Specimen),
    /// The runs that the browser keeps.
    Runs(Kept),
    /// What can be saved as a file.
    Export,
    /// Any command, as a line of text.
    Command,
    Why,
    /// Whom a partition cuts off.
    Partition,
}

/// A message to the playground.
pub(crate) enum Act {
    /// A frame is due; the time in milliseconds as the browser tells it.
    Frame(f64),
    TogglePlay,
    /// Steps to what was chosen, or back to the event before.
    Step,
    StepBack,
    /// Chooses what a step goes to.
    StopAt(Stop),
    /// Looks further for what the step goes to.
    StepSlice,
    /// Ends the search for it.
    StopStep,
    ToStart,
    Seek(Time),
    SetSpeed(usize),
    Faster,
    Slower,
    Apply(Command),
    /// Opens the actions of a server, or closes them.
    Select(Option<ServerId>),
    /// Shows a server in the inspector, without its actions.
    Inspect(ServerId),
    /// Moves a server or a zone of the stage, or puts all back.
    Arrange(Move),
    /// Acts on a server.
    OnServer(ServerId, ServerAct),
    ShowTab(Tab),
    /// Begins the audit, tries the next cases of it, or ends it early.
    Audit,
    AuditSlice,
    StopAudit,
    /// Asks why a file is in trouble; looks for what would have saved it, a slice at a time.
    Why(String),
    SeekRemedy,
    RemedySlice,
    Open(Dialog),
    CloseDialog,
    /// Opens the write dialog for a known file with its text, if it has any.
    Overwrite(FileId),
    /// Runs a built-in scenario, by its slug.
    Scenario(String),
    /// Has the browser ask for a scenario's file; what was chosen; what was read.
    ChooseScenario,
    ScenarioChosen(Vec<web_sys::File>),
    ScenarioLoaded(String, Result<Vec<u8>, String>),
    /// Runs a scenario that was read from a file.
    RunScenario(Arc<Scenario>),
    /// Begins again with the changed scenario and the same seed; the text says what was set.
    Redesign(Arc<Scenario>, String),
    /// Runs the same story again with this variation of its scenario, counted from 1, or as it was.
    Try(Option<usize>),
    /// Runs the same story again with a remedy that *why* has found: its settings.
    RunRemedy(Vec<Override>),
    /// Goes to the moment of an audit and plays what it has tried.
    PlayFaults(Time, Vec<Fault>),
    /// Stores some bytes as a file on every server.
    Store(String, Content),
    Seed(u64),
    /// What was typed as a seed is none.
    BadSeed,
    /// Goes on opening a run, or gives it up.
    Opening(OpeningAct),
    /// What is done with the branches, and with the runs that the browser keeps.
    Branch(BranchAct),
    Shelf(ShelfAct),
    /// What the policy editor and the panel for chaos ask for.
    Policy(PolicyAct),
    Share,
    Copied(bool),
    /// Saves something as a file; a picture of this name is ready, or can't be made.
    Export(Export),
    Exported(String, Option<web_sys::Blob>),
    NextTheme,
    Measure,
    Drop(Vec<web_sys::File>),
    DragOver(bool),
    Loaded(String, Result<Vec<u8>, String>),
    Download(Specimen),
    ShowAll(bool),
    SpaceTime(SpaceTimeAct),
    HashChanged,
    DismissToast,
    Announce,
    /// What is done in the course.
    Course(crate::app::course::CourseAct),
    /// Two worlds side by side.
    Compare(crate::app::compare::Move),
}

/// What the policy editor and the panel for chaos ask for.
pub(crate) enum PolicyAct {
    Open,
    Close,
    /// Opens or closes the panel for chaos.
    ToggleChaos,
    /// Sets these keys of the scenario to these values in the cluster that runs.
    Now(Vec<(String, String)>),
    /// Begins the same story again with them.
    Again(Vec<(String, String)>),
}

/// What is done with a run that is being opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OpeningAct {
    /// Does the next slice of the work.
    Slice,
    Cancel,
}

/// What can be done to a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ServerAct {
    Kill,
    Crash,
    Restart,
    Pause,
    Resume,
    Wipe,
    Promote,
    Remove,
}

impl ServerAct {
    pub(crate) fn command(self, server: ServerId) -> Command {
        match self {
            Self::Kill => Command::Kill { server },
            Self::Crash => Command::Crash { server },
            Self::Restart => Command::Restart { server },
            Self::Pause => Command::Pause { server },
            Self::Resume => Command::Resume { server },
            Self::Wipe => Command::Wipe { server },
            Self::Promote => Command::Promote { server },
            Self::Remove => Command::RemoveServer { server },
        }
    }
}

/// What is done with the branches.
pub(crate) enum BranchAct {
    /// Takes back what was done last, or does it again.
    Undo,
    Redo,
    Switch(BranchId),
    Rename(BranchId, String),
    Delete(BranchId),
    /// The browser went back or forward to where this branch was taken up.
    Visit(BranchId),
    /// Runs branches that are not at hand a little further, to know what came of them.
    Survey,
}

/// What is done with the runs that the browser keeps.
pub(crate) enum ShelfAct {
    /// Keeps the runs in the browser; it could not.
    Keep,
    Failed(String),
    /// Shows the runs that are kept, opens or forgets one of them, or begins a fresh one.
    Show,
    Are(Kept),
    Open(String),
    Read(String, Result<Vec<u8>, String>),
    Forget(String),
    Fresh,
}
