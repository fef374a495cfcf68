//! Octets that no client library would send, and what real servers said to
//! them: the cases are code, the answers are on file, one file per release
//! (`tests/data/wire`), written by a real server of that release.

mod cases;
pub mod octets;
mod play;

pub use cases::{Case, all};
pub use play::{play, whole};

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// By case: a line per frame, and how things stood at the end of each step.
pub type Answers = BTreeMap<String, Vec<String>>;

/// Where the answers of a release are, such as `3.10.8`.
#[must_use]
pub fn file(release: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/wire").join(format!("{release}.txt"))
}

/// How many cases are played at once: most of the time goes by in waiting.
const AT_ONCE: usize = 48;

/// Plays every case against a server.
///
/// # Panics
///
/// When the server does not let anybody in.
#[must_use]
pub fn ask(address: SocketAddr) -> Answers {
    let (cases, next) = (all(), AtomicUsize::new(0));
    let work = || {
        let mine = std::iter::from_fn(|| cases.get(next.fetch_add(1, Ordering::Relaxed)));
        mine.map(|case| (case.name.to_owned(), play(address, case))).collect::<Vec<_>>()
    };
    std::thread::scope(|scope| {
        let playing: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
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
