//! Where a command writes what it made.

use crate::terminal::Terminal;
use warren_core::scenario::visible;

/// Writes to a file, or to standard output for `-` and without a name.
pub(crate) fn write(file: Option<&str>, text: &str, terminal: &mut Terminal) -> Result<(), String> {
    match file {
        None | Some("-") => terminal.text(text),
        Some(file) => std::fs::write(file, text)
            .map_err(|error| format!("cannot write {}: {error}", visible(file)))?,
    }
    Ok(())
}
