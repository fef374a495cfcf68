//! `cargo xtask truth`: recorded answers of real servers against Warren's.

use crate::process::{Outcome, Trouble, cargo, run, trouble};
use std::path::Path;
use std::process::Stdio;

/// What the comparison is asked to do.
pub(crate) struct Wish {
    pub(crate) profiles: Vec<String>,
    pub(crate) core: bool,
    pub(crate) port: bool,
    /// Where the recordings are; those that ship when there is none.
    pub(crate) folder: Option<String>,
}

/// The folder as an absolute path: cargo runs from the root of the project.
pub(crate) fn absolute(folder: &str) -> Result<String, Trouble> {
    let found = Path::new(folder).canonicalize().map_err(|error| {
        trouble(format!("{folder}: {error}"), "Name a folder of recordings, or none for ours.")
    })?;
    Ok(found.display().to_string())
}

/// Plays the recordings and prints what came of it.
pub(crate) fn truth(wish: &Wish) -> Outcome {
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
