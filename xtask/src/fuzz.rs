//! `cargo xtask fuzz`: octets, texts and files changed at random, for as long as one
//! likes.

use crate::process::{Outcome, cargo, run, trouble};
use std::process::Stdio;
use std::time::{SystemTime, UNIX_EPOCH};

const TARGETS: [&str; 3] = ["frames", "scripts", "definitions"];
const SECONDS: u64 = 60;

/// Fuzzes one target, or all one after the other.
pub(crate) fn fuzz(target: Option<&str>, seconds: Option<u64>, seed: Option<u64>) -> Outcome {
    let chosen: Vec<&str> =
        TARGETS.into_iter().filter(|t| target.is_none_or(|w| w == *t)).collect();
    if chosen.is_empty() {
        return Err(trouble(
            format!("There is nothing to fuzz called `{}`.", target.unwrap_or_default()),
            format!("There are {}.", TARGETS.join(", ")),
        ));
    }
    // Another beginning each time, unless one is asked for.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |since| since.as_secs());
    let seed = seed.unwrap_or(now);
    for name in chosen {
        println!("\n==> {name}, from seed {seed}");
        let mut command = cargo();
        command.args(["test", "-p", "warren-tests", "--release", "--test", "fuzz"]);
        command.args(["--", "--exact", &format!("{name}::{name}"), "--nocapture"]);
        command
            .env("WARREN_FUZZ_SECONDS", seconds.unwrap_or(SECONDS).to_string())
            .env("WARREN_FUZZ_SEED", seed.to_string())
            .stdin(Stdio::null());
        run(&mut command, "What failed is above, shrunk, and in target/fuzz.")?;
    }
    Ok(())
}
