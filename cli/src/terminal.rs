//! Where output goes: results to standard output, findings to standard error.

use crate::args::Colour;
use std::io::{self, BufWriter, ErrorKind, IsTerminal as _, Stdout, Write as _};
use warren_core::scenario::Paint;

/// The two streams and whether they are coloured.
pub(crate) struct Terminal {
    out: BufWriter<Stdout>,
    /// How results are coloured.
    pub(crate) paint: Paint,
    /// How findings are coloured.
    pub(crate) error_paint: Paint,
    broken: Option<io::Error>,
    /// Whether a person watches standard error.
    watched: bool,
    /// Whether a line of progress stands there now.
    progress: bool,
}

impl Terminal {
    pub(crate) fn new(colour: Colour) -> Self {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let paint = |is_terminal: bool| match colour {
            Colour::Always => Paint::Ansi,
            Colour::Auto if is_terminal && !plain => Paint::Ansi,
            Colour::Auto | Colour::Never => Paint::Plain,
        };
        Self {
            paint: paint(io::stdout().is_terminal()),
            error_paint: paint(io::stderr().is_terminal()),
            out: BufWriter::new(io::stdout()),
            broken: None,
            watched: io::stderr().is_terminal(),
            progress: false,
        }
    }

    /// Says how far something long is, on a line that is written over. Only
    /// where a person watches.
    pub(crate) fn progress(&mut self, what: &str) {
        if self.watched {
            self.progress = true;
            let _ = write!(io::stderr(), "\r\u{1b}[K{what}");
        }
    }

    /// Takes the line of progress away.
    pub(crate) fn end_progress(&mut self) {
        if core::mem::take(&mut self.progress) {
            let _ = write!(io::stderr(), "\r\u{1b}[K");
        }
    }

    /// A line of the result.
    pub(crate) fn line(&mut self, line: &str) {
        self.text(line);
        self.text("\n");
    }

    /// Part of the result.
    pub(crate) fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// The same, for what is not text.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        if self.broken.is_none() {
            self.broken = self.out.write_all(bytes).err();
        }
    }

    /// Something a person should read. It comes after the results so far.
    pub(crate) fn error(&mut self, text: &str) {
        self.end_progress();
        if self.broken.is_none() {
            self.broken = self.out.flush().err();
        }
        // Nothing can be done when standard error is closed.
        let _ = io::stderr().write_all(text.as_bytes());
    }

    /// A message in the form of a finding without a place.
    pub(crate) fn complain(&mut self, message: &str) {
        let label = self.error_paint.style("1;31", "error");
        self.error(&format!("{label}: {message}\n"));
    }

    /// Writes what is left. A reader that has gone away (`| head`) is fine.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        let result = self.broken.take().map_or_else(|| self.out.flush(), Err);
        match result {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            Err(error) => {
                let _ = writeln!(io::stderr(), "error: cannot write the output: {error}");
                Err(error)
            }
            Ok(()) => Ok(()),
        }
    }
}
