//! The scenario: its text form and the document it stands for.

mod document;

pub use document::*;
