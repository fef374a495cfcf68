//! `cargo xtask bench`: the same measurements natively and in wasm.

use crate::process::{Outcome, cargo, run};
use crate::setup;
use crate::tools::Tools;
use std::process::Stdio;

/// Both, one after the other: on few cores they would disturb each other.
pub(crate) fn bench(skip_setup: bool) -> Outcome {
    let tools = if skip_setup { Tools::new()? } else { setup::everything(false)? };
    let bench = ["bench", "-p", "warren-tests", "--bench", "speed"];
    println!("\n==> natively");
    run(cargo().args(bench).stdin(Stdio::null()), "The message above says why.")?;
    println!("\n==> in wasm, in Node.js");
    let mut command = cargo();
    tools.equip(&mut command).stdin(Stdio::null());
    command
        .args(bench)
        .args(["--target", "wasm32-unknown-unknown"])
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner")
        .env("WASM_BINDGEN_TEST_ONLY_NODE", "1")
        .env("WASM_BINDGEN_TEST_TIMEOUT", "600");
    run(&mut command, "The message above says why.")
}
