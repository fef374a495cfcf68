//! The scenarios that come with Warren.

use super::Show;
use warren_core::draw::{Labels, Options, Theme, scene, to_svg};
use warren_core::scenario::parse;
use warren_core::time::Tick;

mod list {
    include!(concat!(env!("OUT_DIR"), "/scenarios.rs"));
    pub(super) fn texts() -> &'static [(&'static str, &'static str)] {
        TEXTS
    }
}

/// A scenario of the gallery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exhibit {
    /// Its file's name without the ending, for the address.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
    /// Its title.
    pub title: String,
    /// A sentence or two.
    pub about: String,
}

impl Exhibit {
    /// Its stage a moment after the start, as SVG with the page's colours.
    #[must_use]
    pub fn preview(&self) -> String {
        let Ok((mut show, _)) = Show::read(self.text) else { return String::new() };
        let frame = show.frame(Tick(2_300_000)).clone();
        let options = Options { theme: Theme::Css, labels: Labels::None, ..Options::default() };
        to_svg(&scene(&frame, show.layout(), &options), &self.title, "")
    }
}

/// All of them, in the order of their file names.
#[must_use]
pub fn exhibits() -> Vec<Exhibit> {
    let all = list::texts().iter().map(|&(name, text)| {
        let document = parse(text).document;
        Exhibit {
            name,
            text,
            title: document.title.unwrap_or_else(|| name.to_owned()),
            about: document.about.unwrap_or_default(),
        }
    });
    all.collect()
}
