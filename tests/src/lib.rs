//! What the test suites share: the scenarios that ship with Warren, the player
//! of recordings, the checks of the source tree, a static web server, and the
//! handle on a real browser.

#[cfg(all(feature = "browser", not(target_arch = "wasm32")))]
pub mod browser;
#[cfg(all(feature = "live", unix))]
pub mod live;
mod scenarios;
#[cfg(not(target_arch = "wasm32"))]
pub mod served;
#[cfg(not(target_arch = "wasm32"))]
pub mod server;
#[cfg(not(target_arch = "wasm32"))]
pub mod tidy;
#[cfg(not(target_arch = "wasm32"))]
pub mod truth;
#[cfg(not(target_arch = "wasm32"))]
pub mod wire;

pub use scenarios::SCENARIOS;
