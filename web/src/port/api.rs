//! `window.warren`: what a person at the console, and a test, can ask of the
//! page. Numbers are milliseconds of the run; digests are hexadecimal text,
//! because they do not fit into a JavaScript number.

use super::window;
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::Closure;

/// Everything there is to know about the state of the page.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Facts {
    /// The instant, in milliseconds of the run.
    pub(crate) now: f64,
    /// The end of the run.
    pub(crate) end: f64,
    /// Whether time runs.
    pub(crate) playing: bool,
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
        let facts: Closure<dyn Fn() -> JsValue> =
            Closure::new(move || serde_wasm_bindgen::to_value(&facts()).unwrap_or(JsValue::NULL));
        let seek: Closure<dyn Fn(f64)> = Closure::new(seek);
        let load: Closure<dyn Fn(String)> = Closure::new(load);
        // The way to see the crash screen without waiting for a fault.
        let crash: Closure<dyn Fn()> = Closure::new(|| panic!("asked for at the console"));
        let object = js_sys::Object::new();
        let pairs = [
            ("facts", facts.as_ref()),
            ("seek", seek.as_ref()),
            ("load", load.as_ref()),
            ("crash", crash.as_ref()),
        ];
        for (name, function) in pairs {
            let _ = js_sys::Reflect::set(&object, &JsValue::from_str(name), function);
        }
        if let Some(window) = window() {
            let _ = js_sys::Reflect::set(&window, &JsValue::from_str("warren"), &object);
        }
        Self { _facts: facts, _seek: seek, _load: load, _crash: crash }
    }
}

impl Drop for Api {
    fn drop(&mut self) {
        if let Some(window) = window() {
            let _ = js_sys::Reflect::delete_property(&window, &JsValue::from_str("warren"));
        }
    }
}
