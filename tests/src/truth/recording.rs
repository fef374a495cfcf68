//! Recordings as files: one scenario each, with what every client of a real
//! server observed.

use super::Observed;
use super::values::text;
use serde_json::Value as Json;
use std::path::Path;
use std::time::Duration;
use std::{fs, io};
use warren_core::broker::Profile;

/// One recording.
#[derive(Debug)]
pub(crate) struct Recording {
    json: Json,
}

/// What is known of one step.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// What was observed.
    Events {
        observed: Observed,
        /// The order within a place differed from run to run.
        unordered: bool,
    },
    /// The server did not answer the same every time.
    Unsteady,
}

impl Recording {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// Says what about it is not a recording.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let octets = fs::read_to_string(path).map_err(|error| error.to_string())?;
        Self::parse(&octets)
    }

    pub(crate) fn parse(octets: &str) -> Result<Self, String> {
        let json: Json = serde_json::from_str(octets).map_err(|error| error.to_string())?;
        for (key, is_there) in [
            ("id", json["id"].is_string()),
            ("ops", json["ops"].is_array()),
            ("truth", json["truth"].is_array()),
        ] {
            if !is_there {
                return Err(format!("it has no \"{key}\", which a recording has"));
            }
        }
        Ok(Self { json })
    }

    pub(crate) fn id(&self) -> &str {
        text(&self.json, "id")
    }

    pub(crate) fn area(&self) -> &str {
        text(&self.json, "area")
    }

    pub(crate) fn operations(&self) -> &[Json] {
        self.json["ops"].as_array().map_or(&[], Vec::as_slice)
    }

    /// Every operation, those of bursts among them.
    fn every_operation(&self) -> impl Iterator<Item = &Json> {
        self.operations().iter().flat_map(|operation| {
            let burst = operation["ops"].as_array().into_iter().flatten();
            std::iter::once(operation).chain(burst)
        })
    }

    /// Whether it declares a stream.
    pub(crate) fn is_about_streams(&self) -> bool {
        self.area() == "stream"
            || self.every_operation().any(|operation| operation["args"]["x-queue-type"] == "stream")
    }

    /// Whether it sends frames of its own making.
    pub(crate) fn has_frames(&self) -> bool {
        self.every_operation().any(|operation| operation["op"] == "raw")
    }

    /// How long it sleeps.
    pub(crate) fn sleeps(&self) -> Duration {
        let sleeps = self.every_operation().filter(|operation| operation["op"] == "sleep");
        let milliseconds = sleeps.filter_map(|operation| operation["ms"].as_u64());
        Duration::from_millis(milliseconds.sum())
    }

    /// The recorded version that a profile stands for: its own, or another
    /// patch release of it.
    pub(crate) fn version_for(&self, profile: Profile) -> Option<&str> {
        let all = || self.json["versions"].as_array().into_iter().flatten();
        let mut versions = all().filter_map(Json::as_str);
        let mut others = all().filter_map(Json::as_str);
        versions.find(|version| *version == profile.recorded_from()).or_else(|| {
            others.find(|version| {
                version.strip_prefix(profile.name()).is_some_and(|patch| patch.starts_with('.'))
            })
        })
    }

    /// What `version` was observed to do in a step. A step without an entry
    /// was silent in every version; a version that an entry by version leaves
    /// out was not kept.
    pub(crate) fn expected(&self, step: usize, version: &str) -> Expected {
        let silence = Expected::Events { observed: Observed::new(), unordered: false };
        let mut truth = self.json["truth"].as_array().into_iter().flatten();
        let Some(entry) = truth.find(|entry| entry["i"].as_u64() == Some(step as u64)) else {
            return silence;
        };
        let of_version = |entry: &&Json| {
            entry["v"].as_array().is_some_and(|all| all.iter().any(|other| other == version))
        };
        let entry = match entry["by_version"].as_array() {
            None => Some(entry),
            Some(versions) => versions.iter().find(of_version),
        };
        match entry {
            Some(entry) if entry["nondet"] != true => Expected::Events {
                observed: by_place(&entry["events"]),
                unordered: entry["unordered"] == true,
            },
            _ => Expected::Unsteady,
        }
    }
}

/// Events sorted by the place at which they were observed, in their order.
fn by_place(events: &Json) -> Observed {
    let mut observed = Observed::new();
    for event in events.as_array().into_iter().flatten() {
        let mut event = event.clone();
        let at = event.as_object_mut().and_then(|event| event.remove("at"));
        let at = at.as_ref().and_then(Json::as_str).unwrap_or_default().to_owned();
        observed.entry(at).or_default().push(event);
    }
    observed
}

/// The recordings below a folder, by path.
///
/// # Errors
///
/// When a folder cannot be read.
pub(crate) fn files(folder: &Path) -> io::Result<Vec<std::path::PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let path = entry.path();
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "json") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn recording(truth: &Json) -> Recording {
        let all = ["3.10.8", "4.0.9", "4.3.6"];
        let text = json!({ "id": "x", "versions": all, "ops": [], "truth": truth }).to_string();
        Recording::parse(&text).expect("it is one")
    }

    fn events(places: &[(&str, Json)], unordered: bool) -> Expected {
        let places = places.iter().map(|(at, event)| ((*at).to_owned(), vec![event.clone()]));
        Expected::Events { observed: places.collect(), unordered }
    }

    #[test]
    fn steps_without_an_entry_are_silent() {
        assert_eq!(recording(&json!([])).expected(0, "4.3.6"), events(&[], false));
    }

    #[test]
    fn an_entry_may_differ_by_version_and_leave_one_out() {
        let recording = recording(&json!([{ "i": 2, "by_version": [
            { "v": ["3.10.8"], "events": [{ "at": "a", "ev": "get-empty" }], "unordered": true },
            { "v": ["4.0.9"], "nondet": true },
        ] }]));
        let empty = events(&[("a", json!({ "ev": "get-empty" }))], true);
        assert_eq!(recording.expected(2, "3.10.8"), empty);
        assert_eq!(recording.expected(2, "4.0.9"), Expected::Unsteady);
        assert_eq!(recording.expected(2, "4.3.6"), Expected::Unsteady);
    }

    #[test]
    fn a_profile_stands_for_its_patch_releases() {
        let recording = recording(&json!([]));
        let found = Profile::ALL.map(|profile| recording.version_for(profile));
        assert_eq!(found, [Some("3.10.8"), Some("4.0.9"), Some("4.3.6")]);
        let older = Recording::parse(r#"{"id":"x","versions":["3.9.1"],"ops":[],"truth":[]}"#);
        assert_eq!(older.expect("it is one").version_for(Profile::V3_10), None);
    }

    #[test]
    fn what_is_no_recording_is_told() {
        for (text, why) in [("[", "EOF"), ("{}", "\"id\""), (r#"{"id":"x","ops":[]}"#, "truth")] {
            let error = Recording::parse(text).expect_err(text);
            assert!(error.contains(why), "{error}");
        }
    }
}
