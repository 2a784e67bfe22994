//! The keys of the page, as data: what a key means where the focus is.

use crate::sim::ServerId;

use crate::app::act::{Act, BranchAct, Dialog, Draft, PolicyAct, ServerAct};
use crate::app::compare::Move;
use crate::app::spacetime::SpaceTimeAct;

/// Where the focus is when a key is pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Focus {
    /// In a field that takes text.
    Text,
    /// On a list of choices.
    List,
    /// On the slider of the track.
    Slider,
    /// On the name of a tab.
    Tab,
    /// On a button, a link or a box to tick.
    Button,
    /// On a server of the stage.
    Server(ServerId),
    /// Anywhere else.
    Page,
}

impl Focus {
    /// Whether what has the focus does something of its own with a key, so that it is not the page's.
    fn keeps(self, key: &str) -> bool {
        let moves = matches!(
            key,
            "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown" | "Home" | "End" | "PageUp" | "PageDown"
        );
        let presses = matches!(key, " " | "Enter");
        match self {
            Self::Text => true,
            Self::List | Self::Tab => moves || presses,
            Self::Slider => moves,
            Self::Button | Self::Server(_) => presses,
            Self::Page => false,
        }
    }
}

/// The list for the help dialog.
pub(crate) const HELP: [(&str, &str); 25] = [
    ("Space", "Play or pause"),
    ("→ or .", "Step to the next event, or to the kind chosen beside the step button"),
    ("←", "Back to the previous event"),
    ("Home", "Back to the start"),
    ("+ and −", "Faster and slower"),
    ("Ctrl+Z", "Undo your last action; with Shift, redo it"),
    ("V", "The stage or the space-time diagram"),
    ("W", "Write a file"),
    ("A", "Add a server"),
    ("P", "Cut some servers off from the others; on a server: promote it"),
    ("H", "Heal every cut and every bad link"),
    ("E", "Open the policy editor"),
    ("C", "Chaos and workload (on a server: crash it)"),
    ("O", "Open a scenario file"),
    ("S", "Export: run, figures, scenario or picture as a file"),
    ("M", "Compare two worlds, or close the comparison"),
    ("N", "In a comparison: to the next difference; with Shift, to the previous one"),
    (":", "Give any command, or change a setting"),
    ("Enter", "On a server, link, zone, client or coordinator: open its actions"),
    ("K", "On a server: kill it (its disk is lost)"),
    ("C", "On a server: crash it (its disk is kept)"),
    ("R", "On a server: restart it"),
    ("Z", "On a server: pause it, or resume it"),
    ("X", "On a server: wipe its disk; it goes on with nothing"),
    ("Del", "On a server: remove it cleanly"),
];

/// What a key does together with Ctrl, or Cmd on a Mac, if anything: all others are the browser's.
pub(crate) fn interpret_with_control(key: &str, shift: bool, focus: Focus) -> Option<Act> {
    if focus == Focus::Text {
        return None;
    }
    match (key, shift) {
        ("z" | "Z", false) => Some(Act::Branch(BranchAct::Undo)),
        ("z" | "Z", true) | ("y" | "Y", false) => Some(Act::Branch(BranchAct::Redo)),
        _ => None,
    }
}

/// What a key does, if anything. Keys with Ctrl, Alt or Meta never get here.
pub(crate) fn interpret(key: &str, focus: Focus) -> Option<Act> {
    if focus.keeps(key) {
        return None;
    }
    if let Focus::Server(server) = focus {
        let act = match key {
            "k" | "K" => Some(ServerAct::Kill),
            "c" | "C" => Some(ServerAct::Crash),
            "r" | "R" => Some(ServerAct::Restart),
            "z" | "Z" => Some(ServerAct::Pause),
            "x" | "X" => Some(ServerAct::Wipe),
            "p" | "P" => Some(ServerAct::Promote),
            "Delete" => Some(ServerAct::Remove),
            _ => None,
        };
        if let Some(act) = act {
            return Some(Act::OnServer(server, act));
        }
    }
    match key {
        " " => Some(Act::TogglePlay),
        "ArrowRight" | "." => Some(Act::Step),
        "ArrowLeft" => Some(Act::StepBack),
        "Home" => Some(Act::ToStart),
        "+" | "=" => Some(Act::Faster),
        "-" | "−" => Some(Act::Slower),
        "v" | "V" => Some(Act::SpaceTime(SpaceTimeAct::Turn)),
        "w" | "W" => Some(Act::Open(Dialog::Write(Draft::default()))),
        "a" | "A" => Some(Act::Apply(crate::world::Command::AddServer { zone: None })),
        "p" | "P" => Some(Act::Open(Dialog::Partition)),
        "h" | "H" => Some(Act::Apply(crate::world::Command::HealAll)),
        "e" | "E" => Some(Act::Policy(PolicyAct::Open)),
        "c" | "C" => Some(Act::Policy(PolicyAct::ToggleChaos)),
        "o" | "O" => Some(Act::ChooseScenario),
        "s" | "S" => Some(Act::Open(Dialog::Export)),
        "m" | "M" => Some(Act::Compare(Move::Open)),
        "n" => Some(Act::Compare(Move::NextDifference)),
        "N" => Some(Act::Compare(Move::PreviousDifference)),
        ":" => Some(Act::Open(Dialog::Command)),
        "?" => Some(Act::Open(Dialog::Help)),
        "Escape" => Some(Act::Select(None)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_keeps_its_keys() {
        assert!(interpret("w", Focus::Text).is_none());
        assert!(interpret_with_control("z", false, Focus::Text).is_none());
        assert!(interpret(" ", Focus::Button).is_none());
        assert!(interpret("ArrowRight", Focus::Slider).is_none());
        assert!(interpret("Home", Focus::Tab).is_none());
        assert!(interpret("ArrowDown", Focus::List).is_none());
        assert!(matches!(interpret(" ", Focus::Page), Some(Act::TogglePlay)));
    }

    #[test]
    fn outside_of_a_text_the_page_has_its_keys() {
        for focus in [Focus::List, Focus::Slider, Focus::Tab, Focus::Button, Focus::Server(ServerId(1)), Focus::Page] {
            assert!(matches!(interpret("w", focus), Some(Act::Open(_))), "{focus:?}");
            assert!(matches!(interpret(".", focus), Some(Act::Step)), "{focus:?}");
            assert!(
                matches!(interpret_with_control("z", false, focus), Some(Act::Branch(BranchAct::Undo))),
                "{focus:?}"
            );
            assert!(
                matches!(interpret_with_control("Z", true, focus), Some(Act::Branch(BranchAct::Redo))),
                "{focus:?}"
            );
        }
        assert!(interpret_with_control("w", false, Focus::Page).is_none());
    }

    #[test]
    fn k_kills_the_focused_server_only() {
        assert!(matches!(
            interpret("k", Focus::Server(ServerId(2))),
            Some(Act::OnServer(ServerId(2), ServerAct::Kill))
        ));
        assert!(interpret("k", Focus::Page).is_none());
    }
}
