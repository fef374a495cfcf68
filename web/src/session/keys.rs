//! What keys mean, depending on where the focus is. Single letters act only
//! while nothing that takes letters has the focus.

use super::message::{Dialog, Direction, Focus, Key, Msg, Order, Panel, Selection, Update};
use super::{Session, form};
use crate::gesture::{Intent, Point};
use warren_core::scenario::NodeId;

/// Every key that does something, and what it does.
pub const KEYS: [(&str, &str); 24] = [
    ("Space", "play or pause, when the stage has the focus"),
    ("k", "play or pause, from anywhere"),
    (". and ,", "step to the next or the last event"),
    ("[ and ]", "slower, faster"),
    ("Home, End", "to the start, to the end"),
    ("Arrows", "on a thing: follow its lines; on the ground: move the picture"),
    ("Enter", "look closely at a thing"),
    ("Escape", "close, or let go"),
    ("Delete", "remove the thing with the focus"),
    ("p", "publish a message"),
    ("s", "show or hide the script"),
    ("e", "what happened"),
    ("c", "queues over time"),
    ("t", "what happens to each client and queue"),
    ("b", "name this instant; bookmarks and branches"),
    ("< and >", "to the bookmark before, to the next"),
    ("x", "what is expected"),
    ("g", "choose a scenario"),
    ("l", "share a link"),
    ("f", "present: only the picture, large"),
    ("0", "show everything"),
    ("+ and −", "zoom"),
    ("Ctrl+Z", "undo; with Shift: redo"),
    ("?", "this list"),
];

impl Session {
    pub(super) fn key(&mut self, key: &Key) -> Update {
        if key.command {
            return match (key.name.to_ascii_lowercase().as_str(), key.shift, key.focus) {
                (_, _, Focus::Typing) => Update::default(),
                ("z", false, _) => self.take(Msg::Undo),
                ("z", true, _) | ("y", false, _) => self.take(Msg::Redo),
                _ => Update::default(),
            };
        }
        if key.name == "Escape" {
            return self.escape();
        }
        if key.focus == Focus::Typing || self.dialog.is_some() {
            return Update::default();
        }
        if let Some(direction) = direction(&key.name) {
            return match key.focus {
                Focus::Node => self.walk(direction),
                Focus::Ground => {
                    self.moved = true;
                    self.camera.pan(step(direction, if key.shift { 160.0 } else { 40.0 }));
                    Update::stage()
                }
                _ => Update::default(),
            };
        }
        let is_letter = key.name.chars().count() == 1 && key.name != " ";
        if is_letter && !self.letters {
            return Update::default();
        }
        match (key.name.as_str(), key.focus) {
            ("Enter" | " ", Focus::Node) => match self.cursor.clone() {
                Some(node) => self
                    .take(Msg::Select(Selection::Node(node)))
                    .with(Order::FocusOn(".panel.right h2")),
                None => Update::default(),
            },
            (" ", Focus::Ground) | ("k", _) => self.take(Msg::Toggle),
            (".", _) => self.take(Msg::StepForward),
            (",", _) => self.take(Msg::StepBack),
            ("Home", Focus::Ground | Focus::Node) => self.take(Msg::ToStart),
            ("End", Focus::Ground | Focus::Node) => self.take(Msg::ToEnd),
            ("]", _) => self.take(Msg::SetRate(self.playback.rate.faster())),
            ("[", _) => self.take(Msg::SetRate(self.playback.rate.slower())),
            ("+" | "=", _) => self.take(Msg::Zoom(1.25)),
            ("-", _) => self.take(Msg::Zoom(0.8)),
            ("0", _) => self.take(Msg::Fit),
            ("?", _) => self.take(Msg::SetDialog(Some(Dialog::Keys))),
            ("p", _) => {
                self.take(Msg::Open(Panel::Form(form::FormKind::Publish(self.likely_exchange()))))
            }
            ("s", _) => self.take(Msg::ToggleScript),
            ("e", _) => self.take(Msg::Open(Panel::Events)),
            ("x", _) => self.take(Msg::Open(Panel::Checks)),
            ("c", _) => self.take(Msg::Open(Panel::Charts)),
            ("t", _) => self.take(Msg::ToggleLanes),
            ("b", _) => self.turn_to_bookmarks(),
            ("<" | ">", _) => self.take(Msg::ToBookmark(key.name == ">")),
            ("g", _) => self.take(Msg::SetDialog(Some(Dialog::Gallery))),
            ("l", _) => self.take(Msg::Share),
            ("f", _) => self.take(Msg::Present(!self.presenting)),
            ("Delete" | "Backspace", Focus::Node) => match self.cursor.clone() {
                Some(node) => self.take(Msg::Delete(node)),
                None => Update::default(),
            },
            _ => Update::default(),
        }
    }

    /// Into the field for a bookmark's name, or away from there.
    fn turn_to_bookmarks(&mut self) -> Update {
        if self.panel == Some(Panel::Time) {
            return self.take(Msg::ClosePanel);
        }
        self.take(Msg::Open(Panel::Time)).with(Order::FocusOn("#bookmark-name"))
    }

    /// Gives up the innermost thing that is going on.
    fn escape(&mut self) -> Update {
        let abandoned = self.gestures.abandon();
        if !abandoned.is_empty() {
            self.pull = None;
            if self.carried.take().is_some() {
                self.show.let_go();
            }
            debug_assert!(abandoned.iter().all(|intent| *intent == Intent::Abandon));
            return Update::all();
        }
        if self.menu {
            self.menu = false;
            return Update::page().with(Order::FocusOn("#menu-button"));
        }
        if self.dialog.is_some() {
            return self.take(Msg::SetDialog(None));
        }
        if self.goal.is_some() {
            return self.take(Msg::Cancel);
        }
        if self.notice.is_some() {
            return self.take(Msg::DismissNotice);
        }
        if self.panel.is_some() {
            self.selection = None;
            return self.take(Msg::ClosePanel);
        }
        if self.presenting {
            return self.take(Msg::Present(false));
        }
        if self.script_open {
            return self.take(Msg::ToggleScript);
        }
        self.selection = None;
        Update::all()
    }

    /// The exchange a message by hand most likely goes to: the selected one,
    /// else the one of the first publisher, else the first on the stage.
    #[must_use]
    pub fn likely_exchange(&self) -> warren_core::broker::Name {
        if let Some(Selection::Node(NodeId::Exchange(name))) = &self.selection {
            return name.clone();
        }
        let mut publishers = self.show.document().items.iter().filter_map(|i| match &i.what {
            warren_core::scenario::Statement::Publisher(decl) => Some(decl.exchange.clone()),
            _ => None,
        });
        let first = || {
            self.show.cast.nodes.iter().find_map(|node| match &node.id {
                NodeId::Exchange(name) => Some(name.clone()),
                _ => None,
            })
        };
        publishers.next().or_else(first).unwrap_or_else(|| "".into())
    }
}

fn direction(name: &str) -> Option<Direction> {
    Some(match name {
        "ArrowLeft" => Direction::Left,
        "ArrowRight" => Direction::Right,
        "ArrowUp" => Direction::Up,
        "ArrowDown" => Direction::Down,
        _ => return None,
    })
}

/// The picture moves against the arrow, as when scrolling.
fn step(direction: Direction, far: f64) -> Point {
    match direction {
        Direction::Left => Point::new(far, 0.0),
        Direction::Right => Point::new(-far, 0.0),
        Direction::Up => Point::new(0.0, far),
        Direction::Down => Point::new(0.0, -far),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{SMALL, open};
    use super::*;

    fn pressed(name: &str, focus: Focus, letters: bool) -> Update {
        let mut session = open(SMALL);
        session.letters = letters;
        let name = name.to_owned();
        session.update(Msg::Key(Key { name, command: false, shift: false, focus }))
    }

    #[test]
    fn every_letter_that_does_something_is_on_the_list_and_can_be_switched_off() {
        let listed: String = KEYS.iter().map(|(keys, _)| format!("{keys} ")).collect();
        let known: Vec<&str> = listed.split_whitespace().collect();
        let mut found = 0;
        for letter in ('!'..='~').map(String::from) {
            if pressed(&letter, Focus::Ground, true) == Update::default() {
                continue;
            }
            found += 1;
            // A true minus, and the key that + is on.
            let name = match &*letter {
                "-" => "−",
                "=" => "+",
                same => same,
            };
            assert!(known.contains(&name), "{letter} is not on the list");
            assert_eq!(pressed(&letter, Focus::Ground, false), Update::default(), "{letter}");
        }
        assert!(found >= 16, "{found}");
        assert_ne!(pressed(" ", Focus::Ground, false), Update::default());
        assert_eq!(pressed("p", Focus::Typing, true), Update::default());
    }

    #[test]
    fn presenting_shows_the_picture_alone_until_escape() {
        let mut session = open(SMALL);
        session.update(Msg::ToggleScript);
        session.update(Msg::Open(Panel::Events));
        let small = session.camera.scale;
        let key = |name: &str| Key {
            name: name.to_owned(),
            command: false,
            shift: false,
            focus: Focus::Ground,
        };
        session.update(Msg::Key(key("f")));
        assert!(session.presenting && session.panel.is_none() && !session.script_open);
        session.update(Msg::Resized(1920.0, 1000.0));
        assert!(session.camera.scale > 1.3 * small, "{small} {}", session.camera.scale);
        session.update(Msg::Key(key("Escape")));
        assert!(!session.presenting);
    }
}
