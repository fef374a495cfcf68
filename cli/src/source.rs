//! Scenario files as text.

use crate::terminal::Terminal;
use std::fs::File;
use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, Ordering};
use warren_core::scenario::{self, LineIndex, MOST_BYTES, Parsed, visible};

/// Whether standard input was read: it has no beginning any more.
static READ: AtomicBool = AtomicBool::new(false);

/// A file that was read.
pub(crate) struct Source {
    /// The name to show.
    pub(crate) name: String,
    pub(crate) text: String,
}

/// Reads a file, or standard input for `-`. Says what is wrong itself.
pub(crate) fn read(file: &str, terminal: &mut Terminal) -> Option<Source> {
    load(file).inspect_err(|error| terminal.complain(error)).ok()
}

/// Reads a file, or standard input for `-`; or says why that cannot be.
fn load(file: &str) -> Result<Source, String> {
    let name = if file == "-" { "standard input".into() } else { visible(file) };
    let bytes = if file == "-" {
        if READ.swap(true, Ordering::Relaxed) {
            return Err("standard input was read already: - can be given once".into());
        }
        read_bounded(io::stdin().lock())
    } else {
        File::open(file).and_then(read_bounded)
    };
    let bytes = bytes.map_err(|error| format!("cannot read {name}: {error}"))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!("{name} is not UTF-8 text (from byte {at} on)")
    })?;
    Ok(Source { name, text })
}

/// At most one byte more than a scenario may have: enough to be refused.
fn read_bounded(from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(MOST_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads a scenario and prints its findings. `None` when it has errors.
pub(crate) fn scenario(file: &str, terminal: &mut Terminal) -> Option<(Source, Parsed)> {
    open(file, terminal).ok()
}

/// As [`scenario`], with what was wrong in a few words.
pub(crate) fn open(file: &str, terminal: &mut Terminal) -> Result<(Source, Parsed), String> {
    let source = load(file).inspect_err(|error| terminal.complain(error))?;
    let parsed = scenario::parse(&source.text);
    let paint = terminal.error_paint;
    terminal.error(&scenario::render(&source.text, &source.name, &parsed.diagnostics, paint));
    if !parsed.has_errors() {
        return Ok((source, parsed));
    }
    let errors: Vec<_> = parsed.diagnostics.iter().filter(|finding| finding.is_error()).collect();
    let s = if errors.len() == 1 { "" } else { "s" };
    let count = errors.len();
    terminal.complain(&format!("{} has {count} error{s} and was not played", source.name));
    let index = LineIndex::new(&source.text);
    let first = errors.first().map(|finding| {
        let (line, column) = index.position(finding.span.start);
        format!("; line {line}, column {column}: {}", finding.message())
    });
    Err(format!("{count} error{s}{}", first.unwrap_or_default()))
}
