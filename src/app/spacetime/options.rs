//! What a person has chosen to see.

/// What of the diagram is in front.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filter {
    /// All of it.
    All,
    /// The past of the selected event; the rest is dimmed.
    Past,
    /// The past and the future of the selected event; the rest is dimmed.
    PastAndFuture,
    /// What clients ask and are told; the rest is hidden.
    Clients,
}

impl Filter {
    pub(crate) const EACH: [Self; 4] = [Self::All, Self::Past, Self::PastAndFuture, Self::Clients];

    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::All => "Everything",
            Self::Past => "Its past",
            Self::PastAndFuture => "Past and future",
            Self::Clients => "Clients only",
        }
    }

    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Past => "past",
            Self::PastAndFuture => "past-and-future",
            Self::Clients => "clients",
        }
    }
}

/// The choices in the bar above the diagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) filter: Filter,
    /// Whether heartbeats are drawn.
    pub(crate) heartbeats: bool,
    /// Whether quiet times are folded.
    pub(crate) fold: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { filter: Filter::Past, heartbeats: false, fold: true }
    }
}
