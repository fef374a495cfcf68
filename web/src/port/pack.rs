//! Packing and unpacking with the browser's own zlib, for links.

use super::window;
use js_sys::{Array, Function, Reflect, Uint8Array};
use warren_core::link::{LinkError, MOST_TEXT};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, ReadableStreamDefaultReader, ReadableWritablePair};

/// Why nothing came of it, in words for a person.
type Trouble = String;

/// Compresses a scenario in the zlib format and hands it over.
pub(crate) fn pack(text: &str, done: impl FnOnce(Result<Vec<u8>, Trouble>) + 'static) {
    if text.len() > MOST_TEXT {
        return done(Err(LinkError::TooMuchText.to_string()));
    }
    let Some(through) = pair("CompressionStream") else { return done(Err(too_old())) };
    let octets = text.as_bytes().to_vec();
    spawn_local(async move {
        done(pour(&octets, &through).await.map_err(|_| too_old()));
    });
}

/// Unpacks a scenario from a link and hands it over: no more than a link may
/// hold, however much there is.
pub(crate) fn unpack(octets: Vec<u8>, done: impl FnOnce(Result<String, Trouble>) + 'static) {
    let Some(through) = pair("DecompressionStream") else { return done(Err(too_old())) };
    spawn_local(async move {
        let text = pour(&octets, &through)
            .await
            .and_then(|octets| String::from_utf8(octets).map_err(|_| LinkError::Damaged));
        done(text.map_err(|error| error.to_string()));
    });
}

fn too_old() -> Trouble {
    "This browser cannot read or write links: it has no CompressionStream.".to_owned()
}

/// A stream of this class; `None` in a browser that does not have it.
fn pair(class: &str) -> Option<ReadableWritablePair> {
    let class = Reflect::get(window()?.as_ref(), &JsValue::from_str(class)).ok()?;
    let class = class.dyn_into::<Function>().ok()?;
    let made = Reflect::construct(&class, &Array::of1(&JsValue::from_str("deflate"))).ok()?;
    Some(made.unchecked_into())
}

/// What comes out when `octets` go in.
async fn pour(octets: &[u8], through: &ReadableWritablePair) -> Result<Vec<u8>, LinkError> {
    let damaged = |_: JsValue| LinkError::Damaged;
    let parts = Array::of1(&Uint8Array::from(octets));
    let source = Blob::new_with_u8_array_sequence(&parts).map_err(damaged)?.stream();
    let reader = source.pipe_through(through).get_reader();
    let reader: ReadableStreamDefaultReader = reader.unchecked_into();
    let mut out = Vec::new();
    loop {
        let chunk = JsFuture::from(reader.read()).await.map_err(damaged)?;
        let get = |name: &str| Reflect::get(&chunk, &JsValue::from_str(name)).map_err(damaged);
        if get("done")?.is_truthy() {
            return Ok(out);
        }
        let octets: Uint8Array = get("value")?.dyn_into().map_err(damaged)?;
        if out.len() + octets.length() as usize > MOST_TEXT {
            // Nobody reads on, so the browser unpacks no further.
            let _ = reader.cancel();
            return Err(LinkError::TooMuchText);
        }
        out.extend(octets.to_vec());
    }
}
