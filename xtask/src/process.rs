//! Running other programs, and failing with one clear message.

use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Why a command stopped, and what a person can do about it.
#[derive(Debug)]
pub(crate) struct Trouble {
    what: String,
    remedy: String,
}

/// Nothing, or trouble.
pub(crate) type Outcome = Result<(), Trouble>;

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "xtask: {}", self.what)?;
        for line in self.remedy.lines() {
            write!(f, "\n  {line}")?;
        }
        Ok(())
    }
}

/// Makes a [`Trouble`].
pub(crate) fn trouble(what: impl Into<String>, remedy: impl Into<String>) -> Trouble {
    Trouble { what: what.into(), remedy: remedy.into() }
}

/// The folder of the workspace.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// The cargo that runs this program.
pub(crate) fn cargo() -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(root());
    // Set by the outer `cargo run` for xtask itself; a nested cargo would hand
    // them on to build scripts and rebuild what depends on them.
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name.as_ref());
        }
    }
    command
}

/// Runs `command` to its end with its output shown.
pub(crate) fn run(command: &mut Command, remedy: &str) -> Outcome {
    let status = command
        .status()
        .map_err(|error| trouble(format!("cannot start {}: {error}", shown(command)), remedy))?;
    if status.success() {
        Ok(())
    } else {
        Err(trouble(format!("{} failed ({status}).", shown(command)), remedy))
    }
}

/// What `command` writes to its standard output, if it succeeds.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// What `program --version` writes.
pub(crate) fn version_of(program: impl AsRef<OsStr>) -> Option<String> {
    output(Command::new(program).arg("--version"))
}

/// The first of `names` that is a file in a folder of `PATH`.
pub(crate) fn find_on_path(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .map(|file| if cfg!(windows) { file.with_extension("exe") } else { file })
        .find(|file| file.is_file())
}

/// The command line as a person would type it.
pub(crate) fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy();
    let mut line = format!("`{name}");
    for arg in command.get_args() {
        line.push(' ');
        line.push_str(&arg.to_string_lossy());
    }
    line + "`"
}

/// `4 min 07 s` or `3.2 s`.
pub(crate) fn seconds(time: Duration) -> String {
    let tenths = (time.as_millis() + 50) / 100;
    if tenths >= 600 {
        format!("{} min {:02} s", tenths / 600, tenths % 600 / 10)
    } else {
        format!("{}.{} s", tenths / 10, tenths % 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_readable() {
        for (millis, text) in
            [(0, "0.0 s"), (149, "0.1 s"), (59_900, "59.9 s"), (60_000, "1 min 00 s")]
        {
            assert_eq!(seconds(Duration::from_millis(millis)), text);
        }
        assert_eq!(seconds(Duration::from_secs(247)), "4 min 07 s");
    }

    #[test]
    fn a_missing_program_is_trouble_with_a_remedy() {
        let failed = run(&mut Command::new("there-is-no-such-program"), "Install it.");
        let text = failed.expect_err("it does not exist").to_string();
        assert!(text.contains("there-is-no-such-program"), "{text}");
        assert!(text.ends_with("\n  Install it."), "{text}");
    }
}
