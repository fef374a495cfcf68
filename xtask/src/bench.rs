//! `cargo xtask bench`: the same measurements natively and in wasm, and the
//! page's own in a browser.

use crate::process::{Outcome, cargo, run};
use crate::setup::{self, Extras, WASM};
use crate::tools::Tools;
use crate::{browser, clients, live, serve};
use std::process::Stdio;

const REMEDY: &str = "The message above says why.";

/// One after the other: on few cores they would disturb each other.
pub(crate) fn bench(skip_setup: bool, page: bool) -> Outcome {
    let tools = if skip_setup {
        Tools::new()?
    } else {
        setup::everything(Extras { browser: page, rabbitmq: true, clients: true })?
    };
    println!("\n==> natively");
    let native = ["bench", "-p", "warren-tests", "--bench", "speed"];
    run(cargo().args(native).stdin(Stdio::null()), REMEDY)?;
    match live::missing() {
        Some(why) => println!("\n==> the port: not measured, {why}"),
        None => {
            println!("\n==> the port, beside a RabbitMQ");
            let port = ["bench", "-p", "warren-tests", "--features", "live", "--bench", "port"];
            run(cargo().args(port).stdin(Stdio::null()), REMEDY)?;
        }
    }
    println!("\n==> in wasm, compiled as for the page, in Node.js");
    let mut command = cargo();
    tools.equip(&mut command).stdin(Stdio::null());
    // `cargo bench` would make the runner look for its own kind of benchmark.
    command
        .args(["test", "--profile", "wasm", "-p", "warren-tests", "--bench", "speed"])
        .args(["--target", WASM, "--", "--nocapture"])
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner")
        .env("WASM_BINDGEN_TEST_ONLY_NODE", "1")
        .env("WASM_BINDGEN_TEST_TIMEOUT", "600");
    // smqp is measured beside Warren's wasm, in the same Node.js.
    clients::equip(&mut command)?;
    run(&mut command, REMEDY)?;
    if !page {
        return Ok(());
    }
    println!("\n==> the page");
    serve::build(&tools)?;
    let frames = ["test", "-p", "warren-tests", "--features", "browser", "--bench", "frames"];
    let mut command = cargo();
    browser::need()?.equip(command.args(frames).stdin(Stdio::null()));
    run(&mut command, REMEDY)
}
