//! The scenarios that come with Warren.

use super::Show;
use warren_core::draw::{Labels, Options, Theme, scene, to_svg};
use warren_core::scenario::parse;
use warren_core::time::Tick;

// `FIRST`, with its place among all of them, and `OTHERS`.
include!(concat!(env!("OUT_DIR"), "/scenarios.rs"));

/// The scenario of the first visit: its place among all of them, and its text.
pub(super) const fn first() -> (usize, &'static str) {
    (FIRST.0, FIRST.2)
}

/// Names and texts, in the order of the files.
fn texts() -> Vec<(&'static str, &'static str)> {
    let pairs = OTHERS.split('\u{2}').filter_map(|other| other.split_once('\u{1}'));
    let mut texts: Vec<_> = pairs.collect();
    texts.insert(FIRST.0, (FIRST.1, FIRST.2));
    texts
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
    let all = texts().into_iter().map(|(name, text)| {
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
