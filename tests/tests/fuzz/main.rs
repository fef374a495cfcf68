//! What is on file and in the tests, changed at random: octets for the port,
//! texts for the scenario language, and definitions files.
//!
//! `cargo xtask fuzz` runs these for longer: WARREN_FUZZ_SECONDS, and with
//! WARREN_FUZZ_SEED from another beginning. A failure is shrunk to the fewest
//! changes, and what failed is written down in target/fuzz.

#![cfg(not(target_arch = "wasm32"))]

mod change;
mod definitions;
mod frames;
mod scripts;

use change::Change;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use std::env;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// How long a target takes in the test command.
const SHORT: u64 = 3;
/// So many are tried between two looks at the clock.
const BATCH: u32 = 50;

fn number(variable: &str, otherwise: u64) -> u64 {
    match env::var(variable) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{variable}={text} is no number")),
        Err(_) => otherwise,
    }
}

/// What makes an input of a member of a corpus, by its number, and changes.
type Changed = fn(&[Vec<u8>], usize, &[Change]) -> Vec<u8>;

/// Changes members of `corpus` and gives them to `check` until time is up.
fn fuzz(
    target: &str,
    corpus: &[Vec<u8>],
    changed: Changed,
    check: impl Fn(&[u8]) -> Result<(), String>,
) {
    let time = Duration::from_secs(number("WARREN_FUZZ_SECONDS", SHORT));
    let mut seed = number("WARREN_FUZZ_SEED", 0);
    let (start, mut tried) = (Instant::now(), 0);
    let strategy = (0..corpus.len(), proptest::collection::vec(any::<Change>(), 0..8));
    while start.elapsed() < time {
        let config = Config { cases: BATCH, failure_persistence: None, ..Config::default() };
        let mut octets = [0; 32];
        octets[..8].copy_from_slice(&seed.to_le_bytes());
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &octets);
        let mut runner = TestRunner::new_with_rng(config, rng);
        let outcome = runner.run(&strategy, |(at, changes)| {
            let input = changed(corpus, at, &changes);
            check(&input).map_err(TestCaseError::fail)
        });
        if let Err(TestError::Fail(why, (at, changes))) = outcome {
            let input = changed(corpus, at, &changes);
            let file = write(target, seed, &input);
            panic!("{target}, seed {seed}: {why}\nin {file}:\n{}", input.escape_ascii());
        }
        seed += 1;
        tried += BATCH;
    }
    println!("{target}: {tried} inputs in {} s", start.elapsed().as_secs());
    assert!(tried > 0, "there was no time for a single input");
}

/// Writes down what failed, and says where.
fn write(target: &str, seed: u64, input: &[u8]) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/fuzz");
    fs::create_dir_all(&folder).expect("target can be written");
    let file = folder.join(format!("{target}-{seed}"));
    fs::write(&file, input).expect("target can be written");
    file.display().to_string()
}
