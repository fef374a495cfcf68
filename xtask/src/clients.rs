//! Client libraries of other languages, for the stage `clients`: pinned, and
//! in the cache folder, so that nothing of the user's is touched.

use crate::browser::{apt, is_debian};
use crate::process::{Outcome, Trouble, cargo, find_on_path, output, root, run, trouble};
use crate::setup::{note, npm, slow};
use crate::tools;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const REMEDY: &str = "\
The stage `clients` runs programs in Python, beside those in Node.js. Install Python 3.9 or
newer with its module venv:
  Debian        apt install python3-venv
  Fedora        dnf install python3
  Arch          pacman -S python
  macOS         brew install python
  elsewhere     https://www.python.org/downloads/
Every other stage works without: `cargo xtask test --only STAGE`.";

const NETWORK: &str = "The message above says why. Is the network there?";

fn sources() -> PathBuf {
    root().join("tests").join("clients")
}

/// Where the libraries are kept, by their pinned versions: what is complete
/// holds a copy of the file that pinned it.
fn home(pins: &str) -> Result<PathBuf, Trouble> {
    Ok(tools::cache()?.join(format!("clients-{}", pins.replace('.', "-"))))
}

fn is_current(home: &Path, pins: &str) -> bool {
    let read = |folder: &Path| std::fs::read(folder.join(pins)).ok();
    let wanted = read(&sources());
    wanted.is_some() && read(&home.join("installed")) == wanted
}

/// Runs `work` in an empty `home`, and notes what it was done for.
fn fresh(home: &Path, pins: &str, work: impl FnOnce() -> Outcome) -> Outcome {
    let failed = |error| trouble(format!("cannot write to {}: {error}", home.display()), "");
    // It may not be there.
    let _ = std::fs::remove_dir_all(home);
    std::fs::create_dir_all(home.join("installed")).map_err(failed)?;
    work()?;
    let done = std::fs::copy(sources().join(pins), home.join("installed").join(pins));
    done.map(drop).map_err(failed)
}

fn python_in(home: &Path) -> PathBuf {
    let folder = if cfg!(windows) { "Scripts" } else { "bin" };
    home.join("venv").join(folder).join(if cfg!(windows) { "python.exe" } else { "python" })
}

/// Installs what is not there.
pub(crate) fn install() -> Outcome {
    pika()?;
    amqplib()
}

fn pika() -> Outcome {
    let (step, pins) = ("pika for Python", "requirements.txt");
    let home = home(pins)?;
    if is_current(&home, pins) && output(Command::new(python_in(&home)).arg("-V")).is_some() {
        note(step, "already there");
        return Ok(());
    }
    let python = find_on_path(&["python3", "python"]);
    let has_venv = |python: &PathBuf| {
        output(Command::new(python).args(["-c", "import venv, ensurepip"])).is_some()
    };
    let python = match python.filter(has_venv) {
        Some(python) => python,
        None if is_debian() => {
            slow("Python 3", "Debian's package python3-venv, some seconds", || {
                apt(&["update", "-qq"], REMEDY)?;
                apt(&["install", "-y", "-qq", "--no-install-recommends", "python3-venv"], REMEDY)
            })?;
            PathBuf::from("/usr/bin/python3")
        }
        None => {
            note(step, "no Python 3 with venv here: the stage `clients` will not be run");
            println!("{REMEDY}");
            return Ok(());
        }
    };
    slow(step, "pip downloads it into a folder of its own, a few seconds", || {
        fresh(&home, pins, || {
            let venv = home.join("venv");
            run(Command::new(python).args(["-m", "venv"]).arg(&venv), REMEDY)?;
            let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
            let mut command = Command::new(python_in(&home));
            command.args(install).args(["--no-deps", "--require-hashes", "-r"]);
            run(command.arg(sources().join(pins)).stdin(Stdio::null()), NETWORK)
        })
    })
}

fn amqplib() -> Outcome {
    let (step, pins) = ("amqplib for Node.js", "package-lock.json");
    let home = home(pins)?;
    if is_current(&home, pins) {
        note(step, "already there");
        return Ok(());
    }
    slow(step, "npm downloads it into a folder of its own, a few seconds", || {
        fresh(&home, pins, || {
            for file in ["package.json", pins] {
                std::fs::copy(sources().join(file), home.join(file))
                    .map_err(|error| trouble(format!("cannot copy {file}: {error}"), ""))?;
            }
            let mut command = Command::new(npm());
            command.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]);
            let command = command.arg("--loglevel=error").current_dir(&home);
            run(command.stdin(Stdio::null()), NETWORK)
        })
    })
}

/// Why the programs cannot be run here, if they cannot.
pub(crate) fn missing() -> Option<&'static str> {
    let is_there = |pins| home(pins).is_ok_and(|home| is_current(&home, pins));
    if !is_there("requirements.txt") {
        return Some("pika is not installed (`cargo xtask test --only clients` says what to do)");
    }
    if !is_there("package-lock.json") {
        return Some("amqplib is not installed (`cargo xtask test --only clients` installs it)");
    }
    None
}

/// Lets `command`, a test, find the libraries.
pub(crate) fn equip(command: &mut Command) -> Outcome {
    let modules = home("package-lock.json")?.join("node_modules");
    let python = python_in(&home("requirements.txt")?);
    command.env("WARREN_NODE_MODULES", modules).env("WARREN_PYTHON", python);
    Ok(())
}

/// The stage.
pub(crate) fn test() -> Outcome {
    if let Some(why) = missing() {
        return Err(trouble(format!("The programs were not run: {why}."), REMEDY));
    }
    let mut command = cargo();
    command.args(["test", "-p", "warren-tests", "--features", "clients", "--test", "clients"]);
    equip(&mut command)?;
    run(command.stdin(Stdio::null()), "`cargo xtask setup` installs the client libraries.")
}
