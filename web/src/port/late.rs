//! The rest of the program, which the page loads when somebody does more than
//! watch. `split/src/late.js` brings it.

use super::crash::{self, LastText};
use super::{EventListener, document, listen, window};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::HtmlElement;

/// What went wrong.
const HEADING: &str = "The rest of Warren did not arrive";

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = warrenLate)]
    fn whole() -> bool;
    #[wasm_bindgen(js_namespace = warrenLate)]
    fn want();
}

/// Whether all of the program is there.
#[must_use]
pub(crate) fn is_whole() -> bool {
    whole()
}

/// Begins to load the rest of the program, unless that is going on.
pub(crate) fn bring_the_rest() {
    want();
}

/// Calls `then` when all of the program has come, or when it did not come.
pub(crate) fn on_arrival(mut then: impl FnMut(bool) + Clone + 'static) -> Vec<EventListener> {
    let Some(window) = window() else { return Vec::new() };
    let mut other = then.clone();
    vec![
        listen(&window, "warren-whole", false, move |_| then(true)),
        listen(&window, "warren-late", false, move |_| other(false)),
    ]
}

/// Takes the words of [`tell_it_did_not_come`] away.
pub(crate) fn take_words_away() {
    let screen = document().and_then(|d| d.query_selector(".crash.late").ok().flatten());
    if let Some(screen) = screen {
        screen.remove();
    }
}

/// Says on the page that the rest of the program did not come. Nothing is lost;
/// a click anywhere, or a key, tries again.
pub(crate) fn tell_it_did_not_come(text: &LastText) {
    take_words_away();
    let sorry = "Is the network there? What you did is not lost: Warren goes on with it once the \
                 rest is loaded.";
    let screen = document().and_then(|d| crash::show(&d, &text.get(), HEADING, sorry, ""));
    let Some(screen) = screen else { return };
    screen.set_class_name("crash late");
    let again = document().and_then(|d| d.create_element("button").ok());
    if let Some(again) = again.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
        again.set_class_name("button");
        again.set_text_content(Some("Try again"));
        let _ = screen.append_child(&again);
        let _ = again.focus();
    }
}

/// Says that a call could not be answered for want of the rest: the page cannot
/// go on.
pub(crate) fn tell_when_stuck(text: &LastText) -> Option<EventListener> {
    let (window, text) = (window()?, text.clone());
    let sorry = "Is the network there? Your scenario is safe: download it, then load the page \
                 again and open the file.";
    Some(listen(&window, "warren-stuck", false, move |_| {
        if let Some(document) = document() {
            let _ = crash::show(&document, &text.get(), HEADING, sorry, "");
        }
    }))
}
