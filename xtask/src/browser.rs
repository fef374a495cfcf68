//! Chromium and its driver, which the end-to-end tests need.

use crate::process::{Outcome, Trouble, find_on_path, output, root, run, trouble, version_of};
use crate::setup::{note, slow};
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A browser and the driver that belongs to it.
pub(crate) struct Browser {
    pub(crate) chrome: PathBuf,
    pub(crate) driver: PathBuf,
}

impl Browser {
    /// Lets `command`, a test, find the browser and the playground.
    pub(crate) fn equip(self, command: &mut Command) {
        command
            .env("CHROME", self.chrome)
            .env("CHROMEDRIVER", self.driver)
            .env("WARREN_DIST", root().join("dist"))
            // Everything is on this machine; a proxy would not find it.
            .env("NO_PROXY", "127.0.0.1,localhost");
    }
}

const CHROMES: [&str; 5] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

const REMEDY: &str = "\
The end-to-end tests drive a real browser. Install Chromium (or Chrome) and the
ChromeDriver of the same version:
  Debian        apt install chromium chromium-driver
  Fedora        dnf install chromium chromedriver
  Arch          pacman -S chromium
  macOS         brew install --cask google-chrome chromedriver
  elsewhere     https://googlechromelabs.github.io/chrome-for-testing/
Where they are not on PATH, name them: CHROME=… CHROMEDRIVER=… cargo xtask test
Everything but the tests works without: `cargo xtask serve` needs no more.";

/// The browser and its driver: from CHROME and CHROMEDRIVER, else from PATH.
/// `None` when one of the two is missing.
pub(crate) fn find() -> Result<Option<Browser>, Trouble> {
    let chrome = named("CHROME")?.or_else(|| find_on_path(&CHROMES)).or_else(mac_chrome);
    let driver = named("CHROMEDRIVER")?.or_else(|| find_on_path(&["chromedriver"]));
    Ok(chrome.zip(driver).map(|(chrome, driver)| Browser { chrome, driver }))
}

/// The same, where going on without makes no sense.
pub(crate) fn need() -> Result<Browser, Trouble> {
    find()?.ok_or_else(|| trouble("Chromium or its ChromeDriver was not found.", REMEDY))
}

/// Finds the browser, or installs it where that can be done.
pub(crate) fn install() -> Outcome {
    let step = "Chromium, ChromeDriver";
    if let Some(browser) = find()? {
        note(step, &format!("{}, already there", agree(&browser)?));
        return Ok(());
    }
    if !is_debian() {
        return need().map(drop);
    }
    slow(step, "Debian's packages, some 300 MB with what they need, a minute", || {
        apt(&["update", "-qq"], REMEDY)?;
        apt(&["install", "-y", "-qq", "chromium", "chromium-driver"], REMEDY)
    })?;
    agree(&need()?).map(drop)
}

/// The version, if it is the same for both.
fn agree(browser: &Browser) -> Result<String, Trouble> {
    let read = |file: &PathBuf| version_of(file).and_then(|said| version_in(&said));
    let (Some(chrome), Some(driver)) = (read(&browser.chrome), read(&browser.driver)) else {
        return Err(trouble(
            format!("{} or {} does not start.", browser.chrome.display(), browser.driver.display()),
            REMEDY,
        ));
    };
    let major = |version: &str| version.split('.').next().map(str::to_owned);
    if major(&chrome) != major(&driver) {
        return Err(trouble(
            format!("The browser is version {chrome}, its driver {driver}."),
            REMEDY,
        ));
    }
    Ok(chrome)
}

/// The first word of `said` that looks like `1.2.3`.
fn version_in(said: &str) -> Option<String> {
    said.split_whitespace()
        .find(|word| word.contains('.') && word.starts_with(|c: char| c.is_ascii_digit()))
        .map(str::to_owned)
}

fn named(variable: &str) -> Result<Option<PathBuf>, Trouble> {
    let Some(file) = std::env::var_os(variable).filter(|v| !v.is_empty()).map(PathBuf::from) else {
        return Ok(None);
    };
    if file.is_file() {
        Ok(Some(file))
    } else {
        Err(trouble(format!("{variable}={} is not a file.", file.display()), REMEDY))
    }
}

fn mac_chrome() -> Option<PathBuf> {
    let file = PathBuf::from("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");
    file.is_file().then_some(file)
}

/// Ubuntu is left out on purpose: its package only points to a snap, which
/// does not work in containers and has no driver on PATH.
pub(crate) fn is_debian() -> bool {
    std::fs::read_to_string("/etc/os-release")
        .is_ok_and(|text| text.lines().any(|line| matches!(line, "ID=debian" | "ID=raspbian")))
        && find_on_path(&["apt-get"]).is_some()
}

pub(crate) fn apt(args: &[&str], remedy: &str) -> Outcome {
    let root = output(Command::new("id").arg("-u")).as_deref() == Some("0");
    let mut command = if root {
        Command::new("apt-get")
    } else if find_on_path(&["sudo"]).is_some() {
        let mut sudo = Command::new("sudo");
        // Nobody can type a password where there is no terminal.
        if !std::io::stdin().is_terminal() {
            sudo.arg("-n");
        }
        sudo.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        sudo
    } else {
        return Err(trouble("A package is missing, and only root can install it.", remedy));
    };
    // Debian's own updates in the background hold the lock for a minute or two.
    command.args(["-o", "DPkg::Lock::Timeout=300"]).args(args);
    command.env("DEBIAN_FRONTEND", "noninteractive");
    if root {
        command.stdin(Stdio::null());
    }
    run(&mut command, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_version_in_what_programs_say() {
        let cases = [
            ("Chromium 156.0.1.2 built on Debian 12.9, running on Debian", Some("156.0.1.2")),
            ("ChromeDriver 156.0.1.2 (abc-refs/branch-heads/1)", Some("156.0.1.2")),
            ("Google Chrome 141.0.7390.54 ", Some("141.0.7390.54")),
            ("no number", None),
        ];
        for (said, version) in cases {
            assert_eq!(version_in(said).as_deref(), version, "{said}");
        }
    }
}
