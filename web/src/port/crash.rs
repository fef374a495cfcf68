//! What a person sees when the program has a fault: plain words, and their
//! scenario to take away.

use super::document;
use std::sync::{Arc, Mutex, PoisonError};
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlAnchorElement};

/// The scenario's text as it last was, for the crash screen.
#[derive(Clone, Debug, Default)]
pub(crate) struct LastText(Arc<Mutex<String>>);

impl LastText {
    /// Remembers `text`.
    pub(crate) fn set(&self, text: &str) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if *held != text {
            text.clone_into(&mut held);
        }
    }

    pub(super) fn get(&self) -> String {
        match self.0.try_lock() {
            Ok(text) => text.clone(),
            Err(_) => String::new(),
        }
    }
}

/// Shows the crash screen on a panic. It uses nothing of the program but the
/// text, because nothing else can be trusted any more.
pub(crate) fn install_crash_screen(text: LastText) {
    std::panic::set_hook(Box::new(move |panic| {
        let what = panic.to_string();
        web_sys::console::error_1(&what.as_str().into());
        if let Some(document) = document() {
            let sorry = "Your scenario is safe. Download it, then load the page again and open \
                         the file. If you send it to us with the lines below, we can repeat what \
                         happened exactly.";
            let _ = show(&document, &text.get(), "Warren stopped: this is our fault", sorry, &what);
        }
    }));
}

/// What is shown when the page cannot go on, or not much further.
pub(super) fn show(
    document: &Document,
    text: &str,
    heading: &str,
    sorry: &str,
    what: &str,
) -> Option<Element> {
    if document.query_selector(".crash").ok().flatten().is_some() {
        return None;
    }
    let screen = document.create_element("div").ok()?;
    screen.set_class_name("crash");
    screen.set_attribute("role", "alert").ok()?;
    add(document, &screen, "h1", heading)?;
    add(document, &screen, "p", sorry)?;
    let link = document.create_element("a").ok()?.dyn_into::<HtmlAnchorElement>().ok()?;
    link.set_class_name("button main");
    link.set_text_content(Some("Download the scenario"));
    let data = String::from(js_sys::encode_uri_component(text));
    link.set_href(&format!("data:text/plain;charset=utf-8,{data}"));
    link.set_download("scenario.warren");
    screen.append_child(&link).ok()?;
    add(document, &screen, "pre", what)?;
    document.body()?.append_child(&screen).ok()?;
    let _ = link.focus();
    Some(screen)
}

fn add(document: &Document, to: &Element, tag: &str, words: &str) -> Option<()> {
    let element = document.create_element(tag).ok()?;
    element.set_text_content(Some(words));
    to.append_child(&element).ok()?;
    Some(())
}
