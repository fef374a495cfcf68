//! Octets that no client library would send, and what real servers said to
//! them: the cases are code, the answers are on file, one file per release
//! (`tests/data/wire`), written by a real server of that release.

mod cases;
pub mod octets;
mod play;

pub use cases::{Case, all};
pub use play::whole;

use play::play;
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// By case: a line per frame, and how things stood at the end of each step.
pub type Answers = BTreeMap<String, Vec<String>>;

/// Where the answers of a release are, such as `3.10.8`.
#[must_use]
pub fn file(release: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/wire").join(format!("{release}.txt"))
}

/// How many cases are played at once: most of the time goes by in waiting.
const AT_ONCE: usize = 48;
/// After this much silence a server has said what it wanted to say.
const QUIET: Duration = Duration::from_millis(400);

/// Plays every case against a server.
///
/// # Panics
///
/// When the server does not let anybody in.
#[must_use]
pub fn ask(address: SocketAddr) -> Answers {
    ask_about(address, &all(), AT_ONCE, QUIET)
}

/// Plays the cases of these names once more, few at once and with five times
/// the patience: on a busy machine a server may be late, and is not wrong.
///
/// # Panics
///
/// As [`ask`].
#[must_use]
pub fn ask_patiently(address: SocketAddr, names: &BTreeSet<String>) -> Answers {
    let mut cases = all();
    cases.retain(|case| names.contains(case.name));
    ask_about(address, &cases, AT_ONCE / 12, QUIET * 5)
}

fn ask_about(address: SocketAddr, cases: &[Case], at_once: usize, quiet: Duration) -> Answers {
    let next = AtomicUsize::new(0);
    let work = || {
        let mine = std::iter::from_fn(|| cases.get(next.fetch_add(1, Ordering::Relaxed)));
        mine.map(|case| (case.name.to_owned(), play(address, case, quiet))).collect::<Vec<_>>()
    };
    std::thread::scope(|scope| {
        let playing: Vec<_> = (0..at_once).map(|_| scope.spawn(work)).collect();
        let answers = playing.into_iter().map(|thread| thread.join());
        answers.flat_map(|answers| answers.expect("a player does not panic")).collect()
    })
}

/// The answers as they are on file.
#[must_use]
pub fn print(release: &str, answers: &Answers) -> String {
    let mut text = format!(
        "# What RabbitMQ {release} answered to the octets of tests/src/wire/cases: frames as\n\
         # type, channel and payload; `-` after each thing that was sent.\n"
    );
    for (name, lines) in answers {
        text += &format!("\n{name}\n");
        for line in lines {
            text += &format!("    {line}\n");
        }
    }
    text
}

/// What [`print`] has printed.
#[must_use]
pub fn parse(text: &str) -> Answers {
    let mut answers = Answers::new();
    let mut name = "";
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.strip_prefix("    ") {
            Some(line) => answers.entry(name.to_owned()).or_default().push(line.to_owned()),
            None => name = line,
        }
    }
    answers
}

/// Where `found` is not what is on file, case by case, in words.
#[must_use]
pub fn differences(found: &Answers, wanted: &Answers) -> BTreeMap<String, String> {
    let nothing = Vec::new();
    let names = found.keys().chain(wanted.keys());
    let differ = names.filter(|name| found.get(*name) != wanted.get(*name));
    let text = |name: &String| {
        let lines = |answers: &Answers| answers.get(name).unwrap_or(&nothing).join("\n      ");
        format!("{name}\n    RabbitMQ\n      {}\n    here\n      {}\n", lines(wanted), lines(found))
    };
    differ.map(|name| (name.clone(), text(name))).collect()
}
