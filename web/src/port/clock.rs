//! The frame clock: calls back once per animation frame while it lives.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::Window;

/// Where the callback lives while it asks for itself again.
type Slot = RefCell<Option<Closure<dyn FnMut(f64)>>>;

/// Calls `tick` with the milliseconds since the last frame until it is
/// dropped. Browsers call no frames while a tab is hidden; the first frame
/// afterwards reports the whole gap and the session ignores it.
#[must_use = "a clock that is dropped stops"]
pub(crate) struct FrameClock {
    window: Window,
    request: Rc<Cell<i32>>,
    callback: Rc<Slot>,
}

impl FrameClock {
    /// Starts.
    pub(crate) fn start(window: Window, mut tick: impl FnMut(f64) + 'static) -> Self {
        let request = Rc::new(Cell::new(0));
        let callback: Rc<Slot> = Rc::default();
        let (next, again, mut last) = (Rc::clone(&request), Rc::downgrade(&callback), None);
        let frames = window.clone();
        *callback.borrow_mut() = Some(Closure::new(move |now: f64| {
            // Asked for before the tick, so that a tick which drops the clock
            // finds the newest request to cancel.
            if let Some(callback) = again.upgrade() {
                next.set(request_frame(&frames, callback.borrow().as_ref()));
            }
            tick(now - last.unwrap_or(now));
            last = Some(now);
        }));
        request.set(request_frame(&window, callback.borrow().as_ref()));
        Self { window, request, callback }
    }
}

fn request_frame(window: &Window, callback: Option<&Closure<dyn FnMut(f64)>>) -> i32 {
    callback
        .and_then(|callback| window.request_animation_frame(callback.as_ref().unchecked_ref()).ok())
        .unwrap_or(0)
}

impl Drop for FrameClock {
    fn drop(&mut self) {
        let _ = self.window.cancel_animation_frame(self.request.get());
        // The closure may be the one that is running: it is freed when the
        // last reference goes, which is not before it returns.
        let callback = Rc::clone(&self.callback);
        gloo_timers::callback::Timeout::new(0, move || drop(callback)).forget();
    }
}
