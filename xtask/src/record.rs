//! `cargo xtask record`: the list of what the first page does not need.

use crate::process::{Outcome, cargo, root, run, trouble};
use crate::setup::{self, Extras};
use crate::{browser, serve};
use std::path::PathBuf;
use std::process::Stdio;

const REMEDY: &str = "The message above says why.";

/// Builds a page that notes where its program's way leads, watches it in a
/// browser, and writes `split/late.txt` from its notes.
pub(crate) fn record(skip_setup: bool) -> Outcome {
    let tools = if skip_setup {
        crate::tools::Tools::new()?
    } else {
        setup::everything(Extras { browser: true, ..Extras::default() })?
    };
    let folder = root().join("target").join("record");
    let dist = folder.join("dist");
    serve::build_watched(&tools, &dist)?;
    let notes = folder.join("notes");
    let mut watch = cargo();
    watch.args(["run", "--quiet", "-p", "warren-tests", "--features", "browser", "--bin", "watch"]);
    watch.arg("--").arg(&notes).stdin(Stdio::null());
    browser::need()?.equip(&mut watch);
    run(watch.env("WARREN_DIST", dist), REMEDY)?;
    let files = std::fs::read_dir(&notes)
        .map_err(|error| trouble(format!("cannot read {}: {error}", notes.display()), ""))?;
    let mut files: Vec<PathBuf> = files.flatten().map(|entry| entry.path()).collect();
    files.sort();
    let mut list = cargo();
    list.args(["run", "--quiet", "-p", "warren-split", "--", "record"]).args(files);
    run(list.stdin(Stdio::null()), REMEDY)
}
