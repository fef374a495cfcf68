//! `cargo xtask setup`: from Rust and Node.js alone to everything needed.
//!
//! Each step looks first, says in one line what it found or why it takes long,
//! and stops with what to do when it cannot go on. Running it again is cheap.

use crate::browser;
use crate::clients;
use crate::live;
use crate::process::{Outcome, Trouble, cargo, output, root, run, seconds, trouble, version_of};
use crate::tools::{self, Tools};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// What the playground is compiled for.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// What only some commands need.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Extras {
    pub(crate) browser: bool,
    pub(crate) rabbitmq: bool,
    pub(crate) clients: bool,
}

/// Does every step; the extras only where they are asked for.
pub(crate) fn everything(extras: Extras) -> Result<Tools, Trouble> {
    let start = Instant::now();
    node()?;
    components()?;
    wasm_target()?;
    trunk()?;
    wasm_bindgen()?;
    binaryen()?;
    crates()?;
    if extras.browser {
        browser::install()?;
    }
    if extras.rabbitmq {
        live::install()?;
    }
    if extras.clients {
        clients::install()?;
    }
    note("setup", &format!("complete after {}", seconds(start.elapsed())));
    Tools::new()
}

/// One line about one step.
pub(crate) fn note(step: &str, text: &str) {
    println!("  {step:<24} {text}");
}

/// Says why `step` takes long, does it, says how long it took.
pub(crate) fn slow(step: &str, why: &str, work: impl FnOnce() -> Outcome) -> Outcome {
    note(step, why);
    let start = Instant::now();
    work()?;
    note(step, &format!("done in {}", seconds(start.elapsed())));
    Ok(())
}

fn node() -> Outcome {
    let remedy = format!(
        "Install Node.js {} or newer with its npm, from your system's packages\n\
         or from https://nodejs.org, and run this command again.",
        tools::OLDEST_NODE
    );
    let Some(version) = version_of("node") else {
        return Err(trouble("Node.js was not found on PATH.", remedy));
    };
    let major = version.trim_start_matches('v').split('.').next().and_then(|v| v.parse().ok());
    if major.is_none_or(|major: u32| major < tools::OLDEST_NODE) {
        return Err(trouble(format!("Node.js {version} is too old."), remedy));
    }
    if version_of(npm()).is_none() {
        return Err(trouble("Node.js is here, but its npm is not.", remedy));
    }
    note("Node.js", &format!("{version}, already there"));
    Ok(())
}

pub(crate) fn npm() -> &'static str {
    if cfg!(windows) { "npm.cmd" } else { "npm" }
}

fn components() -> Outcome {
    let missing: Vec<&str> = [("fmt", "rustfmt"), ("clippy", "clippy")]
        .into_iter()
        .filter(|(command, _)| output(cargo().args([*command, "--version"])).is_none())
        .map(|(_, component)| component)
        .collect();
    if missing.is_empty() {
        note("rustfmt, clippy", "already there");
        return Ok(());
    }
    slow("rustfmt, clippy", "rustup downloads them, a few seconds", || {
        run(
            Command::new("rustup").args(["component", "add"]).args(&missing),
            "Install Rust with rustup (https://rustup.rs): it brings both.",
        )
    })
}

fn wasm_target() -> Outcome {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let library = output(Command::new(rustc).args(["--print", "target-libdir", "--target", WASM]));
    if library.is_some_and(|folder| Path::new(&folder).is_dir()) {
        note(WASM, "already there");
        return Ok(());
    }
    slow(WASM, "rustup downloads Rust's standard library for wasm, some 30 MB", || {
        run(
            Command::new("rustup").args(["target", "add", WASM]),
            "The playground is compiled to wasm. With rustup (https://rustup.rs) this is\n\
             `rustup target add wasm32-unknown-unknown`; a Rust from your system's packages\n\
             needs its package of that name.",
        )
    })
}

fn trunk() -> Outcome {
    let home = tools::trunk_home()?;
    if tools::has_version(&home, "trunk", tools::TRUNK) {
        note(&format!("Trunk {}", tools::TRUNK), "already there");
        return Ok(());
    }
    cargo_install("trunk", tools::TRUNK, &home, true, "1")
}

fn wasm_bindgen() -> Outcome {
    let version = tools::wasm_bindgen()?;
    let home = tools::wasm_bindgen_home()?;
    let both = ["wasm-bindgen", "wasm-bindgen-test-runner"];
    if both.iter().all(|program| tools::has_version(&home, program, &version)) {
        note(&format!("wasm-bindgen {version}"), "already there");
        return Ok(());
    }
    // Without its lock file: that one names versions the registry withdrew.
    cargo_install("wasm-bindgen-cli", &version, &home, false, "2")
}

/// Compiles a tool into `home`. It is used for seconds per build, so its own
/// build is made quick: no link-time optimisation, many units.
fn cargo_install(package: &str, version: &str, home: &Path, locked: bool, level: &str) -> Outcome {
    let step = format!("{package} {version}");
    slow(&step, "cargo compiles it from source, once: 3 to 6 minutes on 2 cores", || {
        // An own build folder, so that an interrupted build can go on.
        let build = home.with_extension("build");
        let mut command = cargo();
        command
            .args(["install", package, "--version", &format!("={version}"), "--force", "--root"])
            .arg(home)
            .arg("--target-dir")
            .arg(&build)
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", level)
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env("CARGO_PROFILE_RELEASE_DEBUG", "0")
            .stdin(Stdio::null());
        if locked {
            command.arg("--locked");
        }
        run(
            &mut command,
            "A compiler error above: is Rust up to date (`rustup update`)?\n\
             A network error above: run the command again, it goes on where it stopped.",
        )?;
        // Hundreds of megabytes that nobody needs any more. If they cannot be
        // removed, the tool still works.
        let _ = std::fs::remove_dir_all(build);
        Ok(())
    })
}

/// Trunk is told to stay offline, so that it never fetches tools of its own
/// choice, and tells cargo the same.
fn crates() -> Outcome {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let about = output(Command::new(rustc).arg("-vV")).unwrap_or_default();
    let host = about.lines().find_map(|line| line.strip_prefix("host: "));
    let mut command = cargo();
    command.args(["fetch", "--target", WASM]).stdin(Stdio::null());
    if let Some(host) = host {
        command.args(["--target", host]);
    }
    run(&mut command, "cargo's own message above says why. Is the network there?")?;
    note("crates", "downloaded");
    Ok(())
}

fn binaryen() -> Outcome {
    let version = tools::wanted("binaryen")?;
    let step = format!("binaryen {version}");
    // What the tests of accessibility ask comes from the same place.
    let checker = tools::wanted("axe-core")?;
    if tools::installed("binaryen").as_deref() == Some(version.as_str())
        && tools::installed("axe-core").as_deref() == Some(checker.as_str())
    {
        note(&step, "already there");
        return Ok(());
    }
    slow(&step, "npm downloads wasm-opt into node_modules, 100 MB unpacked", || {
        run(
            Command::new(npm())
                .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"])
                .current_dir(root())
                .stdin(Stdio::null()),
            "npm's own message above says why. Is the network there?",
        )
    })
}
