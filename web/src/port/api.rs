//! `window.warren`: what a person at the console, and a test, can ask of the
//! page. Numbers are milliseconds of the run; digests are hexadecimal text,
//! because they do not fit into a JavaScript number.

use super::window;
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::Closure;

/// Everything there is to know about the state of the page.
#[derive(Default)]
pub(crate) struct Facts {
    /// The instant, in milliseconds of the run.
    pub(crate) now: f64,
    /// The end of the run.
    pub(crate) end: f64,
    /// Whether time runs.
    pub(crate) playing: bool,
    /// Whether the run is computed to its end.
    pub(crate) complete: bool,
    /// The digest of the state at this instant.
    pub(crate) digest: String,
    /// The script.
    pub(crate) text: String,
    /// What is wrong with it, as `line:column message`.
    pub(crate) faults: Vec<String>,
    /// Nodes on the stage.
    pub(crate) nodes: usize,
    /// Dots on the move.
    pub(crate) dots: usize,
    /// Visible events of the run so far.
    pub(crate) events: usize,
    /// Steps of the run so far.
    pub(crate) steps: f64,
    /// Expectations: how many hold, and how many there are.
    pub(crate) checks: (usize, usize),
    /// Animation frames shown so far.
    pub(crate) frames: f64,
    /// Milliseconds of script time the last frames took, newest last.
    pub(crate) frame_times: Vec<f64>,
    /// SVG elements made so far.
    pub(crate) made: f64,
    /// Times the page around the stage was rendered.
    pub(crate) renders: f64,
}

impl Facts {
    /// The facts as an object.
    fn to_js(&self) -> JsValue {
        let faults: Array = self.faults.iter().map(|fault| JsValue::from_str(fault)).collect();
        let times: Array = self.frame_times.iter().map(|time| JsValue::from_f64(*time)).collect();
        let (held, checks) = self.checks;
        let checks = Array::of2(&number(held), &number(checks));
        object(&[
            ("now", self.now.into()),
            ("end", self.end.into()),
            ("playing", self.playing.into()),
            ("complete", self.complete.into()),
            ("digest", JsValue::from_str(&self.digest)),
            ("text", JsValue::from_str(&self.text)),
            ("faults", faults.into()),
            ("nodes", number(self.nodes)),
            ("dots", number(self.dots)),
            ("events", number(self.events)),
            ("steps", self.steps.into()),
            ("checks", checks.into()),
            ("frames", self.frames.into()),
            ("frameTimes", times.into()),
            ("made", self.made.into()),
            ("renders", self.renders.into()),
        ])
    }
}

fn number(count: usize) -> JsValue {
    JsValue::from_f64(count as f64)
}

fn object(entries: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in entries {
        // Setting a property of a plain object does not fail.
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    }
    object.into()
}

/// What can be asked.
pub(crate) struct Requests {
    /// All there is to know.
    pub(crate) facts: Box<dyn Fn() -> Facts>,
    /// Goes to an instant, in milliseconds.
    pub(crate) seek: Box<dyn Fn(f64)>,
    /// Puts a text on the stage as if a file had been opened.
    pub(crate) load: Box<dyn Fn(String)>,
}

/// The global, for as long as this lives.
#[must_use = "the global goes when this is dropped"]
pub(crate) struct Api {
    _facts: Closure<dyn Fn() -> JsValue>,
    _seek: Closure<dyn Fn(f64)>,
    _load: Closure<dyn Fn(String)>,
    _crash: Closure<dyn Fn()>,
}

impl Api {
    /// Makes the global.
    pub(crate) fn offer(requests: Requests) -> Self {
        let Requests { facts, seek, load } = requests;
        let facts: Closure<dyn Fn() -> JsValue> = Closure::new(move || facts().to_js());
        let seek: Closure<dyn Fn(f64)> = Closure::new(seek);
        let load: Closure<dyn Fn(String)> = Closure::new(load);
        // The way to see the crash screen without waiting for a fault.
        let crash: Closure<dyn Fn()> = Closure::new(|| panic!("asked for at the console"));
        let global = object(&[
            ("facts", facts.as_ref().clone()),
            ("seek", seek.as_ref().clone()),
            ("load", load.as_ref().clone()),
            ("crash", crash.as_ref().clone()),
        ]);
        if let Some(window) = window() {
            let _ = Reflect::set(&window, &JsValue::from_str("warren"), &global);
        }
        Self { _facts: facts, _seek: seek, _load: load, _crash: crash }
    }
}

impl Drop for Api {
    fn drop(&mut self) {
        if let Some(window) = window() {
            let _ = Reflect::delete_property(&window, &JsValue::from_str("warren"));
        }
    }
}
