//! Pointers, wheels and keys of the stage, as the session understands them.

use super::svg::Retained;
use super::{element_at, hit_of, place_in};
use crate::gesture::{Device, Input, Point};
use crate::session::{Focus, Key};
use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, KeyboardEvent, PointerEvent, WheelEvent};

/// Pixels of a wheel that counts in lines.
const LINE: f64 = 16.0;

/// What a pointer event of the stage means.
#[must_use]
pub(crate) fn pointer_input(stage: &Element, retained: &Retained, event: &Event) -> Option<Input> {
    let event = event.dyn_ref::<PointerEvent>()?;
    let pointer = event.pointer_id();
    let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
    let at = place_in(stage, x, y);
    // A captured pointer always has the stage as its target.
    let over = || hit_of(retained, element_at(x, y).as_ref());
    match event.type_().as_str() {
        "pointerdown" if event.button() == 0 => {
            event.prevent_default();
            let _ = stage.set_pointer_capture(pointer);
            let device =
                if event.pointer_type() == "touch" { Device::Touch } else { Device::Mouse };
            let target = event.target().and_then(|t| t.dyn_into::<Element>().ok());
            Some(Input::Down { pointer, at, hit: hit_of(retained, target.as_ref()), device })
        }
        "pointermove" => Some(Input::Move { pointer, at, over: over() }),
        "pointerup" => Some(Input::Up { pointer, over: over() }),
        "pointercancel" => Some(Input::Cancel { pointer }),
        _ => None,
    }
}

/// What a turn of the wheel over the stage means.
#[must_use]
pub(crate) fn wheel_input(stage: &Element, event: &Event) -> Option<Input> {
    let event = event.dyn_ref::<WheelEvent>()?;
    event.prevent_default();
    let factor = if event.delta_mode() == WheelEvent::DOM_DELTA_LINE { LINE } else { 1.0 };
    let at = place_in(stage, f64::from(event.client_x()), f64::from(event.client_y()));
    let by = Point::new(event.delta_x() * factor, event.delta_y() * factor);
    Some(Input::Wheel { at, by, zoom: event.ctrl_key() || event.meta_key() })
}

/// What a key that went down means, and whether the browser shall still act
/// on it is decided by [`claim`].
#[must_use]
pub(crate) fn key_of(event: &Event) -> Option<Key> {
    let event = event.dyn_ref::<KeyboardEvent>()?;
    if event.alt_key() || event.is_composing() {
        return None;
    }
    let target = event.target().and_then(|t| t.dyn_into::<Element>().ok());
    Some(Key {
        name: event.key(),
        command: event.ctrl_key() || event.meta_key(),
        shift: event.shift_key(),
        focus: target.as_ref().map_or(Focus::Ground, focus_of),
    })
}

fn focus_of(target: &Element) -> Focus {
    let inside = |selector: &str| target.closest(selector).ok().flatten().is_some();
    match target.tag_name().to_ascii_lowercase().as_str() {
        "textarea" | "select" => Focus::Typing,
        "input" => match target.get_attribute("type").as_deref() {
            Some("range" | "checkbox") => Focus::Control,
            _ => Focus::Typing,
        },
        "button" | "a" | "summary" => Focus::Control,
        _ if inside(".stage-node") => Focus::Node,
        _ => Focus::Ground,
    }
}

/// Keeps the browser from scrolling or clicking for keys that the stage uses.
pub(crate) fn claim(event: &Event, key: &Key) {
    let scrolls = matches!(
        key.name.as_str(),
        "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown" | " " | "Home" | "End"
    );
    let on_stage = matches!(key.focus, Focus::Ground | Focus::Node);
    let undo = key.command && key.focus != Focus::Typing && matches!(&*key.name, "z" | "Z" | "y");
    // It leads into a field that would take the letter.
    let leads = key.name == "b" && key.focus != Focus::Typing && !key.command;
    if (scrolls || key.name == "Enter") && on_stage && !key.command || undo || leads {
        event.prevent_default();
    }
}

/// Keeps the browser from making a click of a touch.
pub(crate) fn claim_touch(event: &Event) {
    if event.cancelable() {
        event.prevent_default();
    }
}

/// Listens to events of one name until it is dropped. `active` listeners may
/// keep the browser from acting.
#[must_use = "a listener that is dropped hears nothing"]
pub(crate) fn listen(
    target: &web_sys::EventTarget,
    name: &'static str,
    active: bool,
    heard: impl FnMut(&Event) + 'static,
) -> EventListener {
    let options = EventListenerOptions { passive: !active, ..EventListenerOptions::default() };
    EventListener::new_with_options(target, name, options, heard)
}
