//! What the browser remembers between visits. A browser that refuses to
//! remember is no error.

use super::{document, window};
use web_sys::Storage;

/// Light, dark, or as the system has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// Its name in the page and in storage; the system's is empty.
    #[must_use]
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::System => "",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The next one of the switch.
    #[must_use]
    pub(crate) const fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }
}

/// The browser's memory.
#[derive(Clone, Debug)]
pub(crate) struct Settings(Option<Storage>);

impl Default for Settings {
    fn default() -> Self {
        Self(window().and_then(|w| w.local_storage().ok().flatten()))
    }
}

impl Settings {
    /// The theme a person chose.
    #[must_use]
    pub(crate) fn theme(&self) -> Theme {
        match self.get("theme").as_deref() {
            Some("light") => Theme::Light,
            Some("dark") => Theme::Dark,
            _ => Theme::System,
        }
    }

    /// Applies and remembers a theme.
    pub(crate) fn set_theme(&self, theme: Theme) {
        self.set("theme", theme.name());
        let Some(root) = document().and_then(|d| d.document_element()) else { return };
        let _ = match theme {
            Theme::System => root.remove_attribute("data-theme"),
            _ => root.set_attribute("data-theme", theme.name()),
        };
    }

    /// The value under a name.
    #[must_use]
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        self.0.as_ref()?.get_item(&format!("warren.{name}")).ok().flatten()
    }

    /// Remembers a value.
    pub(crate) fn set(&self, name: &str, value: &str) {
        if let Some(storage) = &self.0 {
            let _ = storage.set_item(&format!("warren.{name}"), value);
        }
    }
}
