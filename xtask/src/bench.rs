//! `cargo xtask bench`: the same measurements natively and in wasm.

use crate::process::{Outcome, cargo, run};
use crate::setup::{self, WASM};
use crate::tools::Tools;
use std::process::Stdio;

/// Both, one after the other: on few cores they would disturb each other.
pub(crate) fn bench(skip_setup: bool) -> Outcome {
    let tools = if skip_setup { Tools::new()? } else { setup::everything(false, false)? };
    println!("\n==> natively");
    let native = ["bench", "-p", "warren-tests", "--bench", "speed"];
    run(cargo().args(native).stdin(Stdio::null()), "The message above says why.")?;
    println!("\n==> in wasm, in Node.js");
    let mut command = cargo();
    tools.equip(&mut command).stdin(Stdio::null());
    // `cargo bench` would make the runner look for its own kind of benchmark.
    command
        .args(["test", "--release", "-p", "warren-tests", "--bench", "speed"])
        .args(["--target", WASM, "--", "--nocapture"])
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner")
        .env("WASM_BINDGEN_TEST_ONLY_NODE", "1")
        .env("WASM_BINDGEN_TEST_TIMEOUT", "600");
    run(&mut command, "The message above says why.")
}
