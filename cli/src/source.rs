//! Scenario files as text.

use crate::terminal::Terminal;
use std::fs::File;
use std::io::{self, Read};
use warren_core::scenario::{self, MOST_BYTES, Parsed, visible};

/// A file that was read.
pub(crate) struct Source {
    /// The name to show.
    pub(crate) name: String,
    pub(crate) text: String,
}

/// Reads a file, or standard input for `-`. Says what is wrong itself.
pub(crate) fn read(file: &str, terminal: &mut Terminal) -> Option<Source> {
    let name = if file == "-" { "standard input".into() } else { visible(file) };
    let bytes = if file == "-" {
        read_bounded(io::stdin().lock())
    } else {
        File::open(file).and_then(read_bounded)
    };
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(error) => {
            terminal.complain(&format!("cannot read {name}: {error}"));
            return None;
        }
    };
    match String::from_utf8(bytes) {
        Ok(text) => Some(Source { name, text }),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            terminal.complain(&format!("{name} is not UTF-8 text (from byte {at} on)"));
            None
        }
    }
}

/// At most one byte more than a scenario may have: enough to be refused.
fn read_bounded(from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(MOST_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads a scenario and prints its findings. `None` when it has errors.
pub(crate) fn scenario(file: &str, terminal: &mut Terminal) -> Option<(Source, Parsed)> {
    let source = read(file, terminal)?;
    let parsed = scenario::parse(&source.text);
    let paint = terminal.error_paint;
    terminal.error(&scenario::render(&source.text, &source.name, &parsed.diagnostics, paint));
    if parsed.has_errors() {
        let errors = parsed.diagnostics.iter().filter(|finding| finding.is_error()).count();
        let s = if errors == 1 { "" } else { "s" };
        terminal.complain(&format!("{} has {errors} error{s} and was not played", source.name));
        return None;
    }
    Some((source, parsed))
}
