//! Command-line arguments, taken out one by one; what is left over is an error.

use crate::process::{Outcome, Trouble, trouble};

/// The arguments that nobody has asked for yet.
pub(crate) struct Args {
    rest: Vec<String>,
}

impl Args {
    pub(crate) fn from_env() -> Self {
        Self { rest: std::env::args().skip(1).collect() }
    }

    /// The first word.
    pub(crate) fn command(&mut self) -> Option<String> {
        if self.rest.is_empty() { None } else { Some(self.rest.remove(0)) }
    }

    /// Whether `name` was given.
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        let before = self.rest.len();
        self.rest.retain(|arg| arg != name);
        self.rest.len() != before
    }

    /// Every value given as `name VALUE` or `name=VALUE`.
    pub(crate) fn values(&mut self, name: &str) -> Result<Vec<String>, Trouble> {
        let mut values = Vec::new();
        let mut kept = Vec::new();
        let mut rest = std::mem::take(&mut self.rest).into_iter();
        while let Some(arg) = rest.next() {
            if arg == name {
                let missing =
                    || trouble(format!("{name} needs a value."), "See `cargo xtask help`.");
                values.push(rest.next().ok_or_else(missing)?);
            } else if let Some(value) = arg.strip_prefix(name).and_then(|r| r.strip_prefix('=')) {
                values.push(value.to_owned());
            } else {
                kept.push(arg);
            }
        }
        self.rest = kept;
        Ok(values)
    }

    /// The last value of `name` as a port number.
    pub(crate) fn number(&mut self, name: &str) -> Result<Option<u16>, Trouble> {
        let Some(text) = self.values(name)?.pop() else { return Ok(None) };
        match text.parse() {
            Ok(number) if number > 0 => Ok(Some(number)),
            _ => Err(trouble(
                format!("{name} {text}: not a port number."),
                "A port is a number from 1 to 65535.",
            )),
        }
    }

    /// The last value of `name` as a whole number.
    pub(crate) fn count(&mut self, name: &str) -> Result<Option<u64>, Trouble> {
        let Some(text) = self.values(name)?.pop() else { return Ok(None) };
        let wrong = || trouble(format!("{name} {text}: not a whole number."), "");
        text.parse().map(Some).map_err(|_| wrong())
    }

    /// The next word that is no option, once the options have been taken out.
    pub(crate) fn word(&mut self) -> Option<String> {
        let at = self.rest.iter().position(|arg| !arg.starts_with("--"))?;
        Some(self.rest.remove(at))
    }

    /// Complains about what is left.
    pub(crate) fn finish(self) -> Outcome {
        match self.rest.first() {
            None => Ok(()),
            Some(arg) => Err(trouble(
                format!("`{arg}` means nothing here."),
                "`cargo xtask help` lists every option.",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(words: &[&str]) -> Args {
        Args { rest: words.iter().map(|w| (*w).to_owned()).collect() }
    }

    #[test]
    fn takes_flags_values_and_numbers_in_any_order() {
        let mut args = args(&["test", "--only", "fmt", "--skip-setup", "--only=wasm"]);
        assert_eq!(args.command().as_deref(), Some("test"));
        assert_eq!(args.values("--only").unwrap(), ["fmt", "wasm"]);
        assert_eq!(args.word(), None);
        assert!(args.flag("--skip-setup"));
        assert!(args.finish().is_ok());
    }

    #[test]
    fn takes_a_word_wherever_it_stands() {
        let mut args = args(&["truth", "folder", "--core", "--odd"]);
        assert_eq!(args.command().as_deref(), Some("truth"));
        assert!(args.flag("--core"));
        assert_eq!(args.word().as_deref(), Some("folder"));
        assert_eq!(args.word(), None);
        assert!(args.finish().is_err());
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        assert!(args(&["--prot", "1"]).finish().is_err());
        assert!(args(&["--only"]).values("--only").is_err());
        for bad in ["0", "65536", "http", "-1"] {
            assert!(args(&["--port", bad]).number("--port").is_err(), "{bad}");
        }
        assert_eq!(args(&["--port", "8081"]).number("--port").unwrap(), Some(8081));
    }
}
