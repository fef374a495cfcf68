//! The only module that touches the browser. Everything that the browser
//! calls back is owned by a value that stops it when dropped.

mod api;
mod clock;
mod crash;
mod events;
mod files;
mod late;
mod observe;
mod pack;
mod pointer;
mod settings;
mod svg;

pub(crate) use api::{Api, Facts, Requests};
pub(crate) use clock::FrameClock;
pub(crate) use crash::{LastText, install_crash_screen};
pub(crate) use events::{is_checked, part_across, scroll_gutter, value};
pub(crate) use files::{copy_text, download, open_file};
pub(crate) use late::{
    bring_the_rest, is_whole, on_arrival, take_words_away, tell_it_did_not_come, tell_when_stuck,
};
pub(crate) use observe::SizeObserver;
pub(crate) use pack::{pack, unpack};
pub(crate) use pointer::{claim, claim_touch, key_of, listen, pointer_input, wheel_input};
pub(crate) use settings::{Settings, Theme};
pub(crate) use svg::{Marking, Retained};

pub(crate) use gloo_events::EventListener;
pub(crate) use gloo_timers::callback::Timeout;
pub(crate) use web_sys::Element;

use crate::gesture::{Hit, Point};
use warren_core::draw::number;
use wasm_bindgen::JsCast;
use web_sys::{Document, HtmlElement, HtmlInputElement, HtmlTextAreaElement, Window};

/// The window; the page cannot exist without one.
#[must_use]
pub(crate) fn window() -> Option<Window> {
    web_sys::window()
}

/// The document.
#[must_use]
pub(crate) fn document() -> Option<Document> {
    window()?.document()
}

/// Milliseconds on the browser's clock that never goes back.
#[must_use]
pub(crate) fn now_ms() -> f64 {
    window().and_then(|w| w.performance()).map_or(0.0, |p| p.now())
}

/// Whether the system asks for less motion.
#[must_use]
pub(crate) fn wants_less_motion() -> bool {
    let query = "(prefers-reduced-motion: reduce)";
    window().and_then(|w| w.match_media(query).ok().flatten()).is_some_and(|m| m.matches())
}

/// Takes the "waking up" screen away.
pub(crate) fn remove_boot_screen() {
    if let Some(boot) = document().and_then(|d| d.get_element_by_id("boot")) {
        boot.remove();
    }
}

/// Names the tab.
pub(crate) fn set_tab_title(title: &str) {
    if let Some(document) = document() {
        document.set_title(title);
    }
}

/// Moves the keyboard focus to the first element a selector finds.
pub(crate) fn focus(selector: &str) {
    let found = document().and_then(|d| d.query_selector(selector).ok().flatten());
    // A text is read from its beginning.
    if let Some(area) = found.as_ref().and_then(|e| e.dyn_ref::<HtmlTextAreaElement>()) {
        let _ = area.set_selection_range(0, 0);
    }
    // What stands in a field is a suggestion: typing replaces it.
    if let Some(input) = found.as_ref().and_then(|e| e.dyn_ref::<HtmlInputElement>()) {
        input.select();
    }
    if let Some(element) = found.and_then(|e| e.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Scrolls the list around an element so far that it is seen in the middle,
/// unless it is seen already.
pub(crate) fn reveal(selector: &str) {
    let found = document().and_then(|d| d.query_selector(selector).ok().flatten());
    let Some(element) = found else { return };
    let Ok(Some(list)) = element.closest(".scroll") else { return };
    let (row, room) = (element.get_bounding_client_rect(), list.get_bounding_client_rect());
    if row.top() < room.top() || row.bottom() > room.bottom() {
        let middle = (row.top() + row.bottom() - room.top() - room.bottom()) / 2.0;
        list.set_scroll_top(list.scroll_top() + middle as i32);
    }
}

/// Selects `start..end` (UTF-16 units) of a text area and scrolls its line,
/// counted from 0, to the middle.
pub(crate) fn mark_in_text(id: &str, start: u32, end: u32, line: u32) {
    let found = document().and_then(|d| d.get_element_by_id(id));
    let Some(area) = found.and_then(|e| e.dyn_into::<HtmlTextAreaElement>().ok()) else { return };
    let _ = area.focus();
    let _ = area.set_selection_range(start, end);
    let lines = area.value().split('\n').count().max(1);
    let height = f64::from(area.scroll_height()) / lines as f64;
    let top = f64::from(line) * height - f64::from(area.client_height()) / 2.0;
    area.set_scroll_top(top.max(0.0) as i32);
}

/// What of the stage is under `target`, read from the attributes that the
/// retained renderer writes.
#[must_use]
pub(crate) fn hit_of(retained: &Retained, target: Option<&Element>) -> Hit {
    let Some(target) = target else { return Hit::Ground };
    if let Ok(Some(found)) = target.closest("[data-message]")
        && let Some(label) = found.get_attribute("data-message")
    {
        return Hit::Message(label);
    }
    let Ok(Some(found)) = target.closest("[data-key]") else { return Hit::Ground };
    let node = found.get_attribute("data-key").and_then(|key| retained.node_of(&key));
    match node {
        Some(node) if target.class_list().contains("handle-reach") => Hit::Handle(node),
        Some(node) => Hit::Node(node),
        None => Hit::Ground,
    }
}

/// The element at a place of the window.
#[must_use]
pub(crate) fn element_at(x: f64, y: f64) -> Option<Element> {
    document()?.element_from_point(x as f32, y as f32)
}

/// The size of an element, in pixels.
#[must_use]
pub(crate) fn size_of(element: &Element) -> (f64, f64) {
    let area = element.get_bounding_client_rect();
    (area.width(), area.height())
}

/// A place of the window, seen from the corner of an element.
#[must_use]
pub(crate) fn place_in(element: &Element, x: f64, y: f64) -> Point {
    let area = element.get_bounding_client_rect();
    Point::new(x - area.left(), y - area.top())
}

/// What stands after the `#` of the address.
#[must_use]
pub(crate) fn hash() -> String {
    let hash = window().and_then(|w| w.location().hash().ok()).unwrap_or_default();
    hash.trim_start_matches('#').to_owned()
}

/// The page's address without what stands behind its `#`.
#[must_use]
pub(crate) fn address() -> String {
    let href = window().and_then(|w| w.location().href().ok()).unwrap_or_default();
    href.split('#').next().unwrap_or_default().to_owned()
}

/// Puts something after the `#` of the address, without a new entry in the
/// browser's history.
pub(crate) fn set_hash(hash: &str) {
    let Some(history) = window().and_then(|w| w.history().ok()) else { return };
    let address = format!("#{hash}");
    let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&address));
}

/// Says something to people who listen, through the element of this id.
pub(crate) fn announce(id: &str, words: &str) {
    if let Some(element) = document().and_then(|d| d.get_element_by_id(id)) {
        element.set_text_content(Some(words));
    }
}

/// Shows a place in the run: scrubber, its filled part, charts, and the clock.
pub(crate) fn show_time(millis: u64, end: u64, clock: &str) {
    let Some(document) = document() else { return };
    if let Some(words) = document.get_element_by_id("clock") {
        words.set_text_content(Some(clock));
    }
    let scrubber = document.get_element_by_id("scrubber");
    if let Some(scrubber) = scrubber.and_then(|e| e.dyn_into::<HtmlInputElement>().ok()) {
        scrubber.set_value(&millis.to_string());
        let _ = scrubber.set_attribute("aria-valuetext", clock);
        let part = format!("{}%", number(millis as f64 * 100.0 / end.max(1) as f64));
        let _ = scrubber.style().set_property("--at", &part);
        for id in ["charts", "lanes"] {
            let along = document.get_element_by_id(id);
            if let Some(along) = along.and_then(|e| e.dyn_into::<HtmlElement>().ok()) {
                let _ = along.style().set_property("--at", &part);
            }
        }
    }
}

/// An element of a name inside another, in SVG.
#[must_use]
pub(crate) fn svg_child(parent: &Element, selector: &str) -> Option<Element> {
    parent.query_selector(selector).ok().flatten()
}

/// Sets or removes an attribute.
pub(crate) fn set_attribute(element: &Element, name: &str, value: Option<&str>) {
    let _ = match value {
        Some(value) => element.set_attribute(name, value),
        None => element.remove_attribute(name),
    };
}

/// Moves the focus to an element of the picture.
pub(crate) fn focus_element(element: &Element) {
    if let Some(element) = element.dyn_ref::<web_sys::SvgElement>() {
        let _ = element.focus();
    }
}
