//! What a person put into a control, read from the event it sent.

use wasm_bindgen::JsCast;
use web_sys::{
    Element, Event, HtmlElement, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement,
    MouseEvent,
};

/// The text of the control that sent an event.
#[must_use]
pub(crate) fn value(event: &Event) -> String {
    let Some(target) = event.target() else { return String::new() };
    if let Some(input) = target.dyn_ref::<HtmlInputElement>() {
        input.value()
    } else if let Some(area) = target.dyn_ref::<HtmlTextAreaElement>() {
        area.value()
    } else {
        target.dyn_ref::<HtmlSelectElement>().map(HtmlSelectElement::value).unwrap_or_default()
    }
}

/// Whether the box that sent an event is ticked.
#[must_use]
pub(crate) fn is_checked(event: &Event) -> bool {
    let target = event.target().and_then(|t| t.dyn_into::<HtmlInputElement>().ok());
    target.is_some_and(|input| input.checked())
}

/// How far across the element of this selector a click was, from 0 to 1.
#[must_use]
pub(crate) fn part_across(event: &MouseEvent, selector: &str) -> f64 {
    // The page listens at its root, so the event does not name the element.
    let target = event.target().and_then(|t| t.dyn_into::<Element>().ok());
    let element = target.and_then(|target| target.closest(selector).ok().flatten());
    let area = element.map(|element| element.get_bounding_client_rect());
    area.map_or(0.0, |area| (f64::from(event.client_x()) - area.left()) / area.width().max(1.0))
        .clamp(0.0, 1.0)
}

/// Moves the element before the one that was scrolled along with it.
pub(crate) fn scroll_gutter(event: &Event) {
    let area = event.target().and_then(|t| t.dyn_into::<HtmlElement>().ok());
    let gutter = area.as_ref().and_then(|a| a.previous_element_sibling());
    if let (Some(area), Some(gutter)) = (area, gutter) {
        gutter.set_scroll_top(area.scroll_top());
    }
}
