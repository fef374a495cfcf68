//! The size of an element, told whenever it changes.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, ResizeObserver};

/// Tells the size of an element, in pixels, until it is dropped.
#[must_use = "an observer that is dropped tells nothing"]
pub(crate) struct SizeObserver {
    observer: Option<ResizeObserver>,
    _changed: Closure<dyn FnMut()>,
}

impl SizeObserver {
    /// Starts; the present size is told soon.
    pub(crate) fn start(element: &Element, mut changed: impl FnMut(f64, f64) + 'static) -> Self {
        let watched = element.clone();
        let closure: Closure<dyn FnMut()> = Closure::new(move || {
            let (width, height) = super::size_of(&watched);
            changed(width, height);
        });
        let observer = ResizeObserver::new(closure.as_ref().unchecked_ref()).ok();
        if let Some(observer) = &observer {
            observer.observe(element);
        }
        Self { observer, _changed: closure }
    }
}

impl Drop for SizeObserver {
    fn drop(&mut self) {
        if let Some(observer) = &self.observer {
            observer.disconnect();
        }
    }
}
