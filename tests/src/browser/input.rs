//! Keys, mouse and fingers.

use super::{Page, Value, json};
use std::time::Duration;
use thirtyfour::Key;

/// A point in CSS pixels of the viewport.
pub type Point = (f64, f64);

/// No pause between the actions of a chain.
const AT_ONCE: Option<Duration> = Some(Duration::ZERO);

/// How many moves a drag is made of.
const STEPS: u32 = 8;

impl Page {
    /// Presses a key, with what is held down before it: `"Space"`, `"z"`,
    /// `"Control+Shift+z"`, `"Left"`, `"?"`.
    ///
    /// # Panics
    /// When a name is not known.
    pub fn press(&self, keys: &str) {
        let mut names: Vec<&str> = match keys {
            "+" => vec!["+"],
            other => other.split('+').collect(),
        };
        let last = names.pop().unwrap_or_default();
        let key = |name: &str| {
            let mut chars = name.chars();
            match (chars.next(), chars.next()) {
                (Some(only), None) => only,
                _ => named_key(name).value(),
            }
        };
        let mut chain = self.web().action_chain_with_delay(AT_ONCE, AT_ONCE);
        for name in &names {
            chain = chain.key_down(key(name));
        }
        chain = chain.key_down(key(last)).key_up(key(last));
        for name in names.iter().rev() {
            chain = chain.key_up(key(name));
        }
        self.now(keys, chain.perform());
    }

    /// Types text into what has the focus.
    pub fn type_text(&self, text: &str) {
        let chain = self.web().action_chain_with_delay(AT_ONCE, AT_ONCE);
        self.now("type", chain.send_keys(text).perform());
    }

    /// Moves the mouse with no button held.
    pub fn hover(&self, at: Point) {
        self.mouse("mouseMoved", at, "none", 0);
    }

    /// Clicks at a point.
    pub fn click_at(&self, at: Point) {
        self.drag(at, at);
    }

    /// Presses the left button at `from`, moves in steps, lets go at `to`.
    pub fn drag(&self, from: Point, to: Point) {
        self.hover(from);
        self.mouse("mousePressed", from, "left", 1);
        if from != to {
            for step in 1..=STEPS {
                self.mouse("mouseMoved", between(from, to, step), "left", 1);
            }
        }
        self.mouse("mouseReleased", to, "left", 0);
    }

    fn mouse(&self, kind: &str, (x, y): Point, button: &str, buttons: u32) {
        let clicks = u32::from(button == "left");
        let event = json!({
            "type": kind, "x": x, "y": y, "button": button, "buttons": buttons,
            "clickCount": clicks, "pointerType": "mouse",
        });
        self.devtools("Input.dispatchMouseEvent", event);
    }

    /// Turns the wheel; `down` in CSS pixels, negative is up. With `zoom` the
    /// control key is held, which is also what a touchpad's pinch sends.
    pub fn wheel(&self, (x, y): Point, down: f64, zoom: bool) {
        let modifiers = if zoom { 2 } else { 0 };
        let event = json!({
            "type": "mouseWheel", "x": x, "y": y, "deltaX": 0, "deltaY": down,
            "modifiers": modifiers,
        });
        self.devtools("Input.dispatchMouseEvent", event);
    }

    /// Makes the page believe in a touch screen.
    pub fn touch(&self, on: bool) {
        let setting = json!({ "enabled": on, "maxTouchPoints": if on { 2 } else { 1 } });
        self.devtools("Emulation.setTouchEmulationEnabled", setting);
    }

    /// Taps with one finger.
    pub fn tap(&self, at: Point) {
        self.fingers("touchStart", &[at]);
        self.fingers("touchEnd", &[]);
    }

    /// Draws one finger from `from` to `to`.
    pub fn swipe(&self, from: Point, to: Point) {
        self.fingers("touchStart", &[from]);
        for step in 1..=STEPS {
            self.fingers("touchMove", &[between(from, to, step)]);
        }
        self.fingers("touchEnd", &[]);
    }

    /// Moves two fingers beside `(x, y)` from `first` to `last` pixels apart.
    pub fn pinch(&self, (x, y): Point, first: f64, last: f64) {
        let apart = |distance: f64| [(x - distance / 2.0, y), (x + distance / 2.0, y)];
        self.fingers("touchStart", &apart(first));
        for step in 1..=STEPS {
            let distance = between((first, 0.0), (last, 0.0), step).0;
            self.fingers("touchMove", &apart(distance));
        }
        self.fingers("touchEnd", &[]);
    }

    fn fingers(&self, kind: &str, at: &[Point]) {
        let points: Vec<Value> =
            at.iter().enumerate().map(|(id, (x, y))| json!({ "x": x, "y": y, "id": id })).collect();
        let event = json!({ "type": kind, "touchPoints": points });
        self.devtools("Input.dispatchTouchEvent", event);
    }
}

fn between(from: Point, to: Point, step: u32) -> Point {
    let part = f64::from(step) / f64::from(STEPS);
    (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part)
}

fn named_key(name: &str) -> Key {
    match name {
        "Space" => Key::Space,
        "Enter" => Key::Enter,
        "Escape" => Key::Escape,
        "Tab" => Key::Tab,
        "Backspace" => Key::Backspace,
        "Delete" => Key::Delete,
        "Left" => Key::Left,
        "Right" => Key::Right,
        "Up" => Key::Up,
        "Down" => Key::Down,
        "Home" => Key::Home,
        "End" => Key::End,
        "PageUp" => Key::PageUp,
        "PageDown" => Key::PageDown,
        "Control" => Key::Control,
        "Shift" => Key::Shift,
        "Alt" => Key::Alt,
        "Meta" => Key::Meta,
        "F1" => Key::F1,
        other => panic!("no key is called {other}"),
    }
}
