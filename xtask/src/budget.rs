//! `cargo xtask budget`: what the first page weighs.

use crate::process::{Outcome, Trouble, output, root, trouble};
use crate::serve;
use crate::setup::{self, Extras};
use std::path::Path;
use std::process::Command;

/// Node.js has both compressions; it prints `path raw gzip brotli` per file.
/// Scenarios are left out: the page loads one when it is chosen.
const WEIGH: &str = "\
const fs = require('fs'), path = require('path'), z = require('zlib');
const dist = process.argv[1];
const walk = d => fs.readdirSync(d, { withFileTypes: true }).flatMap(e => e.isDirectory()
  ? walk(path.join(d, e.name)) : [path.join(d, e.name)]);
for (const file of walk(dist).sort()) {
  const name = path.relative(dist, file).split(path.sep).join('/');
  if (!/\\.(html|css|js|mjs|wasm|svg|ico)$/.test(name)) continue;
  const raw = fs.readFileSync(file);
  const quality = { [z.constants.BROTLI_PARAM_QUALITY]: 11 };
  console.log([name, raw.length, z.gzipSync(raw, { level: 9 }).length,
    z.brotliCompressSync(raw, { params: quality }).length].join(' '));
}";

struct Weight {
    name: String,
    raw: u64,
    gzip: u64,
    brotli: u64,
}

/// Builds (unless told not to), weighs, compares.
pub(crate) fn budget(skip_build: bool) -> Outcome {
    if !skip_build {
        let tools = setup::everything(Extras::default())?;
        serve::build(&tools)?;
    }
    check()
}

/// Weighs dist/ as it is and compares with budget.toml.
pub(crate) fn check() -> Outcome {
    let weights = weigh(&root().join("dist"))?;
    println!("\n  {:<48} {:>9} {:>9} {:>9}", "file", "bytes", "gzip", "brotli");
    let line = |w: &Weight| {
        println!("  {:<48} {:>9} {:>9} {:>9}", w.name, w.raw, w.gzip, w.brotli);
    };
    weights.iter().for_each(line);
    let sum = |name: &str, some: &dyn Fn(&Weight) -> bool| {
        let all = || weights.iter().filter(|weight| some(weight));
        let name = name.to_owned();
        let (raw, gzip) = (all().map(|w| w.raw).sum(), all().map(|w| w.gzip).sum());
        Weight { name, raw, gzip, brotli: all().map(|w| w.brotli).sum() }
    };
    // Opening the page and playing does not load it: a browser test sees to that.
    let waits = |weight: &Weight| weight.name.starts_with("warren-late-");
    let is_wasm = |w: &Weight| Path::new(&w.name).extension().is_some_and(|e| e == "wasm");
    let first = sum("first page", &|weight| !waits(weight));
    let wasm = sum("wasm of it", &|weight| is_wasm(weight) && !waits(weight));
    let all = sum("everything", &|_| true);
    line(&first);
    line(&all);
    let limits = std::fs::read_to_string(root().join("budget.toml"))
        .map_err(|error| trouble(format!("cannot read budget.toml: {error}"), ""))?;
    within(&limits, "first-page-gzip", first.gzip)?;
    within(&limits, "wasm-gzip", wasm.gzip)?;
    within(&limits, "everything-gzip", all.gzip)
}

fn weigh(dist: &Path) -> Result<Vec<Weight>, Trouble> {
    let remedy = "`cargo xtask build` makes dist/.";
    let text = output(Command::new("node").args(["-e", WEIGH]).arg(dist))
        .ok_or_else(|| trouble(format!("cannot weigh {}.", dist.display()), remedy))?;
    let weights: Vec<Weight> = text.lines().filter_map(weight).collect();
    if weights.iter().any(|w| w.name.ends_with(".wasm")) {
        Ok(weights)
    } else {
        Err(trouble(format!("There is no wasm in {}.", dist.display()), remedy))
    }
}

fn weight(line: &str) -> Option<Weight> {
    let mut words = line.rsplitn(4, ' ');
    let brotli = words.next()?.parse().ok()?;
    let gzip = words.next()?.parse().ok()?;
    let raw = words.next()?.parse().ok()?;
    Some(Weight { name: words.next()?.to_owned(), raw, gzip, brotli })
}

/// Compares with the limit called `key`.
fn within(limits: &str, key: &str, value: u64) -> Outcome {
    let limit = limits
        .lines()
        .filter_map(|line| line.split_once('='))
        .find(|(name, _)| name.trim() == key)
        .and_then(|(_, number)| number.trim().parse::<u64>().ok())
        .ok_or_else(|| trouble(format!("budget.toml does not say `{key}`."), ""))?;
    if value <= limit {
        println!("  {key}: {value} of {limit}");
        return Ok(());
    }
    Err(trouble(
        format!("{key} is {value}, {} over its limit {limit}.", value - limit),
        "Has the code changed much? `cargo xtask record` finds out anew what can wait. Else\n\
         make it lighter, or raise the limit in budget.toml in a commit of its own that\n\
         says what the bytes buy.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_with_the_limit() {
        let limits = "# a comment\nfirst-page-gzip = 100\n";
        assert!(within(limits, "first-page-gzip", 100).is_ok());
        assert!(within(limits, "first-page-gzip", 101).is_err());
        assert!(within(limits, "wasm-gzip", 1).is_err(), "a limit that is missing is an error");
    }

    #[test]
    fn names_may_hold_spaces() {
        let weight = weight("a file.js 3 2 1").unwrap();
        assert_eq!((weight.name.as_str(), weight.raw, weight.gzip), ("a file.js", 3, 2));
    }
}
