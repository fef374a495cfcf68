//! Divides the playground's wasm into two files.
//!
//! The first page needs less than half of the program: it reads one scenario
//! and plays it. [`divide`] moves the functions that only editing, looking
//! closely and rare methods need into a second file, which the page loads when
//! somebody does such a thing. [`outline`] cuts what is never reached while
//! playing out of functions that are, so that it can be moved as well.
//! [`late::Late`] is the list of both; it was recorded by playing
//! ([`record`], with a module that [`watch`] has prepared).
//!
//! Nothing of this can change what the program does. A function that was moved
//! leaves a stub behind, which loads the second file and calls on. A list that
//! is out of date costs bytes, or a load that could have waited.

mod data;
pub mod divide;
mod encode;
mod ground;
pub mod late;
mod liveness;
pub mod module;
mod names;
pub mod outline;
pub mod page;
mod piece;
pub mod record;
mod region;
mod script;
pub mod watch;

use std::collections::BTreeSet;
use std::fmt;

/// Why a module or page cannot be divided: what, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(String);

impl Error {
    /// Trouble, in these words.
    pub fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

impl From<wasmparser::BinaryReaderError> for Error {
    fn from(error: wasmparser::BinaryReaderError) -> Self {
        Self(format!("no valid wasm: {error}"))
    }
}

impl From<wasm_encoder::reencode::Error<Self>> for Error {
    fn from(error: wasm_encoder::reencode::Error<Self>) -> Self {
        match error {
            wasm_encoder::reencode::Error::UserError(error) => error,
            other => Self(format!("no wasm that can be divided: {other}")),
        }
    }
}

/// Something, or why not.
pub type Result<T> = std::result::Result<T, Error>;

/// What of a module can wait, by the number of the function among those that
/// are in it.
pub struct Choice<'a> {
    /// Whether the whole of it can.
    pub late: Vec<bool>,
    /// The digests of its pieces that can, where the whole cannot.
    pub pieces: Vec<Option<&'a BTreeSet<u32>>>,
}

/// Finds in a module what a list says can wait.
///
/// # Errors
/// When the module is not valid.
pub fn choose<'a>(module: &module::Module, list: &'a late::Late) -> Result<Choice<'a>> {
    let (mut late, mut pieces) = (Vec::new(), Vec::new());
    for number in 0..module.functions.len() {
        let code = region::Code::read(module, number)?;
        let digests = list.pieces(code.name);
        let whole = || digests.is_some_and(|digests| digests.contains(&code.digest(0)));
        let waits = list.waits(code.name) || whole();
        late.push(waits);
        pieces.push(digests.filter(|_| !waits));
    }
    Ok(Choice { late, pieces })
}
