//! `cargo xtask test`: stage after stage, and a table at the end.

use crate::process::{Outcome, Trouble, cargo, run, seconds, trouble};
use crate::serve;
use crate::setup::{self, Extras, WASM};
use crate::tools::Tools;
use crate::{browser, budget, clients, live};
use std::process::Stdio;
use std::time::{Duration, Instant};

/// A stage: its name, what it proves, how.
struct Stage {
    name: &'static str,
    about: &'static str,
    work: fn(&Tools) -> Outcome,
    /// The stage without which this one makes no sense.
    after: Option<&'static str>,
    /// Why it cannot be run on this machine, if it cannot.
    missing: fn() -> Option<&'static str>,
}

const STAGES: [Stage; 9] = [
    Stage { name: "fmt", about: "the format of every file", work: fmt, after: None, missing: here },
    Stage {
        name: "clippy",
        about: "lints, natively and for wasm",
        work: clippy,
        after: None,
        missing: here,
    },
    Stage {
        name: "native",
        about: "every test that needs no browser",
        work: native,
        after: None,
        missing: here,
    },
    Stage {
        name: "wasm",
        about: "the same digests in wasm, in Node.js",
        work: wasm,
        after: None,
        missing: here,
    },
    Stage {
        name: "dist",
        about: "the playground, as it is published",
        work: dist,
        after: None,
        missing: here,
    },
    Stage {
        name: "budget",
        about: "what the first page weighs",
        work: weight,
        after: Some("dist"),
        missing: here,
    },
    Stage {
        name: "browser",
        about: "the playground in headless Chromium",
        work: browser_tests,
        after: Some("dist"),
        missing: here,
    },
    Stage {
        name: "clients",
        about: "the tutorials in Python and Node.js",
        work: client_programs,
        after: None,
        missing: clients::missing,
    },
    Stage {
        name: "live",
        about: "random sessions on a running RabbitMQ",
        work: live_sessions,
        after: None,
        missing: live::missing,
    },
];

/// Of a stage that needs nothing which may be missing.
fn here() -> Option<&'static str> {
    None
}

enum Verdict {
    Passed(Duration),
    Failed(Duration, Trouble),
    /// Another stage failed, without which it makes no sense.
    NotRun(&'static str),
    /// Something is missing that is not Warren's: no failure.
    NotHere(&'static str),
}

impl Verdict {
    const fn is_failure(&self) -> bool {
        matches!(self, Self::Failed(..) | Self::NotRun(_))
    }
}

/// Runs the stages in `only`, or all. All run even if one fails, so that one
/// run tells everything.
pub(crate) fn test(only: &[String], skip_setup: bool) -> Outcome {
    if let Some(odd) = only.iter().find(|name| STAGES.iter().all(|s| s.name != name.as_str())) {
        let names: Vec<&str> = STAGES.iter().map(|s| s.name).collect();
        return Err(trouble(
            format!("There is no stage `{odd}`."),
            format!("The stages are {}.", names.join(", ")),
        ));
    }
    let chosen: Vec<&Stage> =
        STAGES.iter().filter(|s| only.is_empty() || only.iter().any(|o| o == s.name)).collect();
    let start = Instant::now();
    let tools = if skip_setup {
        Tools::new()?
    } else {
        let has = |name: &str| chosen.iter().any(|s| s.name == name);
        setup::everything(Extras {
            browser: has("browser"),
            rabbitmq: has("live"),
            clients: has("clients"),
        })?
    };
    let setup_time = start.elapsed();
    let mut verdicts: Vec<(&Stage, Verdict)> = Vec::new();
    for stage in chosen {
        let broken = stage.after.filter(|after| {
            verdicts.iter().any(|(s, v)| s.name == *after && !matches!(v, Verdict::Passed(_)))
        });
        if let Some(after) = broken {
            verdicts.push((stage, Verdict::NotRun(after)));
            continue;
        }
        // Who names the stage is told what to install instead.
        if let Some(why) = (stage.missing)().filter(|_| only.is_empty()) {
            verdicts.push((stage, Verdict::NotHere(why)));
            continue;
        }
        println!("\n==> {}: {}", stage.name, stage.about);
        let start = Instant::now();
        let verdict = match (stage.work)(&tools) {
            Ok(()) => Verdict::Passed(start.elapsed()),
            Err(trouble) => Verdict::Failed(start.elapsed(), trouble),
        };
        verdicts.push((stage, verdict));
    }
    summary(setup_time, start.elapsed(), &verdicts)
}

fn summary(setup: Duration, total: Duration, verdicts: &[(&Stage, Verdict)]) -> Outcome {
    println!("\n  {:<9} {:>12}", "stage", "time");
    println!("  {:<9} {:>12}", "setup", seconds(setup));
    for (stage, verdict) in verdicts {
        let (time, word) = match verdict {
            Verdict::Passed(time) => (seconds(*time), "passed".to_owned()),
            Verdict::Failed(time, _) => (seconds(*time), "FAILED".to_owned()),
            Verdict::NotRun(after) => (String::from("-"), format!("NOT RUN, {after} failed")),
            Verdict::NotHere(why) => (String::from("-"), format!("not run: {why}")),
        };
        println!("  {:<9} {time:>12}  {word:<7} {}", stage.name, stage.about);
    }
    println!("  {:<9} {:>12}", "total", seconds(total));
    let failed: Vec<&str> = verdicts
        .iter()
        .filter(|(_, verdict)| verdict.is_failure())
        .map(|(stage, _)| stage.name)
        .collect();
    if failed.is_empty() {
        return Ok(());
    }
    let reasons: Vec<String> = verdicts
        .iter()
        .filter_map(|(stage, v)| match v {
            Verdict::Failed(_, trouble) => Some(format!("{}: {trouble}", stage.name)),
            _ => None,
        })
        .collect();
    Err(trouble(format!("failed: {}", failed.join(", ")), reasons.join("\n")))
}

fn cargo_run(args: &[&str], remedy: &str) -> Outcome {
    run(cargo().args(args).stdin(Stdio::null()), remedy)
}

fn fmt(_: &Tools) -> Outcome {
    cargo_run(&["fmt", "--all", "--check"], "`cargo fmt --all` puts it right.")
}

fn clippy(_: &Tools) -> Outcome {
    let remedy = "Each warning above says what to write instead.";
    let everything = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--features",
        "warren-tests/browser,warren-tests/clients,warren-tests/live",
    ];
    cargo_run(&[&everything[..], &["--", "-D", "warnings"]].concat(), remedy)?;
    let web = ["clippy", "-p", "warren-web", "--target", WASM, "--", "-D", "warnings"];
    cargo_run(&web, remedy)?;
    let tests = ["clippy", "-p", "warren-tests", "--target", WASM, "--test", "digests", "--", "-D"];
    cargo_run(&[&tests[..], &["warnings"]].concat(), remedy)
}

fn native(_: &Tools) -> Outcome {
    cargo_run(
        &["test", "--workspace", "--quiet", "--no-fail-fast"],
        "The failing tests are named above.",
    )
}

fn wasm(tools: &Tools) -> Outcome {
    let mut command = cargo();
    tools.equip(&mut command).stdin(Stdio::null());
    command
        .args(["test", "-p", "warren-tests", "--target", WASM, "--test", "digests"])
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner")
        .env("WASM_BINDGEN_TEST_ONLY_NODE", "1");
    run(&mut command, "What passes natively and fails here depends on the machine: find out why.")
}

fn dist(tools: &Tools) -> Outcome {
    serve::build(tools)
}

fn weight(_: &Tools) -> Outcome {
    budget::check()
}

fn client_programs(_: &Tools) -> Outcome {
    clients::test()
}

fn live_sessions(_: &Tools) -> Outcome {
    live::live(&live::Wish::default())
}

fn browser_tests(_: &Tools) -> Outcome {
    let tests = ["test", "-p", "warren-tests", "--features", "browser", "--no-fail-fast"];
    let mut command = cargo();
    command.args(tests).args(["--test", "browser", "--test", "parts"]);
    browser::need()?.equip(command.stdin(Stdio::null()));
    run(&mut command, "Screenshots of the failing tests are in target/screenshots.")
}
