//! The keys of the page, as data: what a key means where the focus is.

use crate::sim::ServerId;

use crate::app::act::{Act, Dialog, Draft, ServerAct};

/// Where the focus is when a key is pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Focus {
    /// In a field that takes text or arrows by itself, or in a dialog.
    Field,
    /// On a button or link, which takes Space and Enter by itself.
    Button,
    /// On a server of the stage.
    Server(ServerId),
    /// Anywhere else.
    Page,
}

/// The list for the help dialog.
pub(crate) const HELP: [(&str, &str); 16] = [
    ("Space", "Play or pause"),
    ("→ or .", "Step to the next event"),
    ("←", "Back to the event before"),
    ("Home", "Back to the start"),
    ("+ and −", "Faster and slower"),
    ("W", "Write a file"),
    ("A", "Add a server"),
    ("O", "Open a scenario file"),
    (":", "Give any command, or change a setting"),
    ("Enter", "On a server or link: open its actions, or cut and heal it"),
    ("K", "On a server: kill it (its disk is lost)"),
    ("C", "On a server: crash it (its disk is kept)"),
    ("R", "On a server: restart it"),
    ("Z", "On a server: pause it, or let it go on"),
    ("X", "On a server: wipe its disk; it starts again with nothing"),
    ("Del", "On a server: remove it cleanly"),
];

/// What a key does, if anything. Keys with Ctrl, Alt or Meta are the browser's and never get here.
pub(crate) fn interpret(key: &str, focus: Focus) -> Option<Act> {
    if focus == Focus::Field {
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
        " " if focus == Focus::Page => Some(Act::TogglePlay),
        "ArrowRight" | "." => Some(Act::Step),
        "ArrowLeft" => Some(Act::StepBack),
        "Home" => Some(Act::ToStart),
        "+" | "=" => Some(Act::Faster),
        "-" | "−" => Some(Act::Slower),
        "w" | "W" => Some(Act::Open(Dialog::Write(Draft::default()))),
        "a" | "A" => Some(Act::Apply(crate::world::Command::AddServer { zone: None })),
        "o" | "O" => Some(Act::ChooseScenario),
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
        assert!(interpret("w", Focus::Field).is_none());
        assert!(interpret(" ", Focus::Button).is_none());
        assert!(matches!(interpret(" ", Focus::Page), Some(Act::TogglePlay)));
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
