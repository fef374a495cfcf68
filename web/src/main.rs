//! The playground's entry point in the browser.

#[cfg(target_arch = "wasm32")]
fn main() {
    warren_web::start();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("The playground runs in a browser: start it with `cargo xtask serve`.");
}
