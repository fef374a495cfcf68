//! Recorded answers of real RabbitMQ servers, and the core's answers to the
//! same operations.
//!
//! A recording is a list of operations and, for each, what every client
//! observed. [`run`] plays them all against the core and reports where it says
//! something else.

mod depths;
pub(crate) mod methods;
pub(crate) mod observe;
pub(crate) mod play;
pub mod port;
pub(crate) mod subject;
pub(crate) mod values;

use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::path::Path;
use std::{fmt, fs, io};
use subject::{Core, Subject};
use warren_core::broker::Profile;

/// What was observed in one step, in wire order at each place.
pub(crate) type Observed = BTreeMap<String, Vec<Json>>;

/// A recording that the core answers differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The recording.
    pub id: String,
    /// The first step with another answer.
    pub step: usize,
    /// The operation.
    pub operation: String,
    /// What the server said and what the core says, place by place.
    pub details: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} step {}: {}\n{}", self.id, self.step, self.operation, self.details)
    }
}

/// How the core does against every recording of one version.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The recordings it answers as the server did.
    pub equal: Vec<String>,
    /// Those it does not.
    pub different: Vec<Difference>,
}

impl Report {
    /// How many recordings there are.
    #[must_use]
    pub fn total(&self) -> usize {
        self.equal.len() + self.different.len()
    }
}

/// Plays every recording in `directory` under `profile`.
///
/// # Errors
///
/// When the directory or a file cannot be read, or is not a recording.
pub fn run(directory: &Path, profile: Profile) -> io::Result<Report> {
    let core = || Core::new(profile);
    run_on(directory, profile, |_| true, core)
}

/// Plays the recordings that `wanted` chooses, each against a subject of its
/// own.
fn run_on<S: Subject>(
    directory: &Path,
    profile: Profile,
    wanted: impl Fn(&Json) -> bool,
    subject: impl Fn() -> S,
) -> io::Result<Report> {
    let mut paths: Vec<_> =
        fs::read_dir(directory)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    paths.sort();
    let mut report = Report::default();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|e| e == "json")) {
        let recording: Json = serde_json::from_str(&fs::read_to_string(path)?)
            .map_err(|error| io::Error::other(format!("{}: {error}", path.display())))?;
        if !wanted(&recording) {
            continue;
        }
        let id = recording["id"].as_str().unwrap_or_default().to_owned();
        match compare(&id, &recording, profile, subject()) {
            None => report.equal.push(id),
            Some(difference) => report.different.push(difference),
        }
    }
    Ok(report)
}

/// Plays one recording to its first difference.
fn compare(
    id: &str,
    recording: &Json,
    profile: Profile,
    subject: impl Subject,
) -> Option<Difference> {
    let mut player = play::Player::new(subject);
    let operations = recording["ops"].as_array()?;
    for (step, operation) in operations.iter().enumerate() {
        let found = player.step(operation);
        let (expected, unordered) = match expectation(recording, step, profile) {
            Expectation::Events(expected, unordered) => (expected, unordered),
            Expectation::Unknown => continue,
        };
        let details = describe(&expected, &found, unordered);
        if !details.is_empty() {
            let operation = operation.to_string();
            return Some(Difference { id: id.to_owned(), step, operation, details });
        }
    }
    None
}

enum Expectation {
    Events(Observed, bool),
    /// The server's answer differed from run to run.
    Unknown,
}

fn expectation(recording: &Json, step: usize, profile: Profile) -> Expectation {
    let truth = recording["truth"].as_array().into_iter().flatten();
    let mut truth = truth.filter(|entry| entry["i"].as_u64() == Some(step as u64));
    let Some(entry) = truth.next() else { return Expectation::Events(Observed::new(), false) };
    let entry = match entry["by_version"].as_array() {
        None => entry,
        Some(versions) => {
            let version = Json::from(profile.recorded_from());
            let found = versions.iter().find(|version_entry| {
                version_entry["v"].as_array().is_some_and(|v| v.contains(&version))
            });
            match found {
                Some(found) => found,
                None => return Expectation::Events(Observed::new(), false),
            }
        }
    };
    if entry["nondet"] == Json::Bool(true) {
        return Expectation::Unknown;
    }
    let mut observed = Observed::new();
    for event in entry["events"].as_array().into_iter().flatten() {
        let mut event = event.clone();
        let at = event.as_object_mut().and_then(|event| event.remove("at"));
        let at = at.as_ref().and_then(Json::as_str).unwrap_or_default().to_owned();
        observed.entry(at).or_default().push(event);
    }
    Expectation::Events(observed, entry["unordered"] == Json::Bool(true))
}

/// The places that differ; empty when none does.
pub(crate) fn describe(expected: &Observed, found: &Observed, unordered: bool) -> String {
    let places: std::collections::BTreeSet<_> = expected.keys().chain(found.keys()).collect();
    let mut text = String::new();
    for place in places {
        let side = |observed: &Observed| {
            let mut events: Vec<String> =
                observed.get(place).into_iter().flatten().map(Json::to_string).collect();
            if unordered {
                events.sort();
            }
            events
        };
        let (expected, found) = (side(expected), side(found));
        if expected != found {
            let list = |events: Vec<String>| match events.len() {
                0 => "    nothing".to_owned(),
                _ => format!("    {}", events.join("\n    ")),
            };
            text += &format!(
                "  at {place} RabbitMQ said\n{}\n  and Warren says\n{}\n",
                list(expected),
                list(found)
            );
        }
    }
    text
}
