//! Checks of the source tree itself: who imports whom, what is left over, how
//! long things are. [`tree`] and [`source`] read, [`layers`] and [`style`] judge.
//!
//! Rust is read as tokens, so that a word in a comment or a string is never
//! mistaken for code, and what stands under `#[cfg(test)]` is left out.

pub mod layers;
pub mod source;
pub mod style;
pub mod tree;

use std::fmt;

/// Something that should not be there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Path from the root of the workspace, with `/`.
    pub file: String,
    /// 1 for the first; 0 for the file as a whole.
    pub line: usize,
    /// What is wrong.
    pub what: String,
}

impl Finding {
    /// A finding in `file` at `line`.
    #[must_use]
    pub fn new(file: &str, line: usize, what: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.what)
    }
}

/// Fails with the whole list, if there is one.
///
/// # Panics
/// When something was found.
pub fn expect_none(mut findings: Vec<Finding>) {
    findings.sort();
    let list: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(list.is_empty(), "{} found:\n  {}", list.len(), list.join("\n  "));
}
