//! Files and the clipboard.

use super::{document, window};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, Event, File, HtmlAnchorElement, HtmlInputElement, Url};

/// Hands the browser a file to save.
pub(crate) fn download(name: &str, mime: &str, content: &str) {
    let _ = try_download(name, mime, content);
}

fn try_download(name: &str, mime: &str, content: &str) -> Result<(), JsValue> {
    let parts = js_sys::Array::of1(&JsValue::from_str(content));
    let kind = BlobPropertyBag::new();
    kind.set_type(mime);
    let blob = Blob::new_with_str_sequence_and_options(&parts, &kind)?;
    let url = Url::create_object_url_with_blob(&blob)?;
    let document = document().ok_or(JsValue::NULL)?;
    let link = document.create_element("a")?.unchecked_into::<HtmlAnchorElement>();
    link.set_href(&url);
    link.set_download(name);
    link.click();
    // The browser reads the address when it starts to save, which is after
    // this returns.
    gloo_timers::callback::Timeout::new(10_000, move || {
        let _ = Url::revoke_object_url(&url);
    })
    .forget();
    Ok(())
}

/// Puts text on the clipboard; tells whether that worked.
pub(crate) fn copy_text(text: &str, done: impl FnOnce(bool) + 'static) {
    let Some(window) = window() else { return done(false) };
    let clipboard = window.navigator().clipboard();
    if clipboard.is_undefined() {
        return done(false);
    }
    let written = wasm_bindgen_futures::JsFuture::from(clipboard.write_text(text));
    wasm_bindgen_futures::spawn_local(async move { done(written.await.is_ok()) });
}

/// The largest file that is read.
const LARGEST: f64 = 4_000_000.0;

/// Lets a person choose a file and hands over its name and text, or why not.
pub(crate) fn open_file(done: impl FnOnce(Result<(String, String), String>) + 'static) {
    let made = document().and_then(|d| d.create_element("input").ok());
    let Some(input) = made.and_then(|e| e.dyn_into::<HtmlInputElement>().ok()) else { return };
    input.set_type("file");
    input.set_accept(".warren,text/plain");
    let chosen = input.clone();
    let listener = Closure::once_into_js(move |_: Event| {
        if let Some(file) = chosen.files().and_then(|files| files.get(0)) {
            read_file(file, done);
        }
    });
    input.set_onchange(Some(listener.unchecked_ref()));
    input.click();
}

/// Reads a file that was chosen or dropped.
pub(crate) fn read_file(file: File, done: impl FnOnce(Result<(String, String), String>) + 'static) {
    let name = file.name();
    if file.size() > LARGEST {
        return done(Err(format!("{name} is larger than 4 MB, so it is no scenario.")));
    }
    let read = wasm_bindgen_futures::JsFuture::from(file.text());
    wasm_bindgen_futures::spawn_local(async move {
        let text = read.await.ok().and_then(|text| text.as_string());
        done(text.map(|text| (name.clone(), text)).ok_or(format!("{name} could not be read.")));
    });
}
