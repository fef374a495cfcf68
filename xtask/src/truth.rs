//! `cargo xtask truth`: recorded answers of real servers against Warren's.

use crate::args::Args;
use crate::process::{Outcome, Trouble, cargo, run, trouble};
use std::path::Path;
use std::process::Stdio;

/// What the comparison is asked to do.
struct Wish {
    profiles: Vec<String>,
    core: bool,
    port: bool,
    /// Where the recordings are; those that ship when there is none.
    folder: Option<String>,
}

/// The folder as an absolute path: cargo runs from the root of the project.
pub(crate) fn absolute(folder: &str) -> Result<String, Trouble> {
    let found = Path::new(folder).canonicalize().map_err(|error| {
        trouble(format!("{folder}: {error}"), "Name a folder of recordings, or none for ours.")
    })?;
    Ok(found.display().to_string())
}

/// `cargo xtask truth` with what follows it.
pub(crate) fn command(mut args: Args) -> Outcome {
    let wish = Wish {
        profiles: args.values("--profile")?,
        core: args.flag("--core"),
        port: args.flag("--port"),
        folder: args.word(),
    };
    args.finish()?;
    truth(&wish)
}

/// Plays the recordings and prints what came of it.
fn truth(wish: &Wish) -> Outcome {
    let mut command = cargo();
    command.args(["run", "--quiet", "-p", "warren-tests", "--bin", "truth", "--"]);
    for profile in &wish.profiles {
        command.args(["--profile", profile]);
    }
    for (flag, given) in [("--core", wish.core), ("--port", wish.port)] {
        if given {
            command.arg(flag);
        }
    }
    if let Some(folder) = &wish.folder {
        command.arg(absolute(folder)?);
    }
    run(command.stdin(Stdio::null()), "Each difference is above, and then the counts.")
}
