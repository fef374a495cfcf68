//! Warren's playground.
//!
//! [`session`] and [`gesture`] are pure and tested natively. `port` is the
//! only module that touches the browser; `stage` draws, `panels` and `app` are
//! the page, in Yew. What touches or draws exists only in the wasm build.

pub mod gesture;
pub mod session;

#[cfg(target_arch = "wasm32")]
mod app;
#[cfg(target_arch = "wasm32")]
mod meter;
#[cfg(target_arch = "wasm32")]
mod panels;
#[cfg(target_arch = "wasm32")]
mod port;
#[cfg(target_arch = "wasm32")]
mod stage;

/// Puts the playground into the page's `#app`.
#[cfg(target_arch = "wasm32")]
pub fn start() {
    let root = port::document().and_then(|document| document.get_element_by_id("app"));
    if let Some(root) = root {
        yew::Renderer::<app::App>::with_root(root).render();
    }
}
