//! Light or dark: as the system has it, or as the person chose.

use crate::app::browser::dom;

const KEY: &str = "replicarium-theme";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Theme {
    Auto,
    Light,
    Dark,
}

impl Theme {
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub(crate) fn next(self) -> Self {
        match self {
            Self::Auto => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::Auto,
        }
    }
}

/// What was chosen last; a browser may refuse its storage, and then it is `Auto`.
pub(crate) fn stored() -> Theme {
    let stored = dom::window()
        .and_then(|window| window.local_storage().ok().flatten())
        .and_then(|storage| storage.get_item(KEY).ok().flatten());
    match stored.as_deref() {
        Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        _ => Theme::Auto,
    }
}

/// Shows the page in a theme and remembers it where that is allowed.
pub(crate) fn apply(theme: Theme) {
    if let Some(root) = dom::document().and_then(|document| document.document_element()) {
        if theme == Theme::Auto {
            root.remove_attribute("data-theme").ok();
        } else {
            root.set_attribute("data-theme", theme.slug()).ok();
        }
    }
    if let Some(storage) = dom::window().and_then(|window| window.local_storage().ok().flatten()) {
        storage.set_item(KEY, theme.slug()).ok();
    }
}
