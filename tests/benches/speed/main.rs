//! How fast it is: `cargo xtask bench` runs this file natively and, compiled
//! to wasm, in Node.js.

mod beside;
mod broker;
mod clock;
mod routing;
mod scenario;

use clock::{line, title};

fn everything() {
    title("one message through one queue: publish, route, deliver, ack");
    broker::through_one_queue();
    #[cfg(target_arch = "wasm32")]
    beside::smqp();
    title("100,000 messages in one queue");
    broker::full_queue();
    #[cfg(not(target_arch = "wasm32"))]
    beside::memory();
    title("one route through a topic exchange, 10 bindings match");
    routing::topics();
    title("a scenario");
    scenario::text();
    scenario::seek();
    title("files of three sizes, read, tidied and changed");
    scenario::files();
    title("runs of three sizes, played and looked at");
    scenario::runs();
    line("");
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    everything();
}

#[cfg(target_arch = "wasm32")]
fn main() {}

#[cfg(target_arch = "wasm32")]
#[wasm_bindgen_test::wasm_bindgen_test]
fn speed() {
    everything();
}
