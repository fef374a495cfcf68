//! Definitions files: what `rabbitmqctl export_definitions` and RabbitMQ's
//! management interface write, of a whole cluster or of one virtual host
//! (`rabbit_definitions.erl`, 3.10 to 4.3).
//!
//! [`import`] reads one into a broker, [`export`] writes one. What Warren does
//! not have is left out and listed ([`Report::ignored`]); what RabbitMQ would
//! refuse is an error that says where and what to do.

mod export;
mod fields;
mod import;
mod topology;

pub use export::{Export, Hash, export};
pub use import::{Import, import};

use core::fmt;

/// Something in a file that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignored {
    /// Where: `$.queues[3].type`.
    pub path: String,
    /// Why.
    pub why: String,
}

/// What came of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// What was left out, in the order of the file's parts.
    pub ignored: Vec<Ignored>,
    /// Users that cannot log in, for their password is not in the file.
    pub without_password: Vec<String>,
    /// The users of the file. A broker that is started with it has no others:
    /// not even `guest`.
    pub users: Vec<String>,
}

/// Why a file was not imported. Nothing of it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Where: `$.queues[3].arguments.x-max-length`, or a line and column.
    pub path: String,
    /// What is wrong, and what to do when that is not obvious.
    pub what: String,
}

impl Error {
    pub(crate) fn new(path: &str, what: impl Into<String>) -> Self {
        Self { path: path.to_owned(), what: what.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.what)
    }
}

impl core::error::Error for Error {}
