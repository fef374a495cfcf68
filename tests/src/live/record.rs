//! Sessions written by hand, with what a running RabbitMQ answers: recordings.

use super::gate::Pass;
use super::player::Player;
use crate::truth::Observed;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::io;
use std::time::{Duration, Instant};

/// How long the broker must be silent to be at rest.
const QUIET: Duration = Duration::from_millis(250);

/// What each version was observed to do, step by step.
type Versions = BTreeMap<String, Vec<Json>>;

/// Plays `recording`'s operations, and gives it with what was observed. What
/// it has of other versions stays.
pub(super) fn record(recording: &Json, pass: Pass<'_>, vhost: &str) -> io::Result<Json> {
    let operations = recording["ops"].as_array().cloned().unwrap_or_default();
    let mut live = Player::new(pass, vhost);
    let mut steps = Vec::new();
    for operation in &operations {
        live.begin(operation)?;
        let pause = Duration::from_millis(operation["ms"].as_u64().unwrap_or_default());
        live.listen(QUIET, Instant::now() + pause);
        steps.push(listed(live.finish()));
    }
    let mut versions = known(recording, operations.len());
    versions.insert(live.version().to_owned(), steps);
    let mut recording = recording.clone();
    recording["versions"] = json!(versions.keys().collect::<Vec<_>>());
    recording["truth"] = truth(&versions, operations.len());
    Ok(recording)
}

/// Events with their places.
fn listed(observed: Observed) -> Json {
    let all = observed.into_iter().flat_map(|(at, events)| {
        events.into_iter().map(move |mut event| {
            event["at"] = json!(at);
            event
        })
    });
    Json::Array(all.collect())
}

/// What a recording has already, by version.
fn known(recording: &Json, steps: usize) -> Versions {
    let versions = recording["versions"].as_array().into_iter().flatten();
    let mut known: Versions = versions
        .filter_map(|version| Some((version.as_str()?.to_owned(), vec![json!([]); steps])))
        .collect();
    for entry in recording["truth"].as_array().into_iter().flatten() {
        let step = entry["i"].as_u64().unwrap_or_default() as usize;
        for (version, events) in &mut known {
            let of_version = |other: &&Json| {
                other["v"].as_array().is_some_and(|all| all.contains(&json!(version)))
            };
            let own = match entry["by_version"].as_array() {
                Some(all) => all.iter().find(of_version),
                None => Some(entry),
            };
            if let (Some(own), Some(events)) = (own, events.get_mut(step)) {
                *events = own["events"].clone();
            }
        }
    }
    known
}

/// The steps in which a version said something; once where all said the same.
fn truth(versions: &Versions, steps: usize) -> Json {
    let mut truth = Vec::new();
    for step in 0..steps {
        let mut groups: Vec<(&Json, Vec<&String>)> = Vec::new();
        for (version, events) in versions {
            match groups.iter_mut().find(|(same, _)| **same == events[step]) {
                Some((_, group)) => group.push(version),
                None => groups.push((&events[step], vec![version])),
            }
        }
        if groups.iter().all(|(events, _)| **events == json!([])) {
            continue;
        }
        truth.push(match &groups[..] {
            [(events, _)] => json!({ "i": step, "events": events }),
            groups => {
                let groups = groups.iter().map(|(events, v)| json!({ "v": v, "events": events }));
                json!({ "i": step, "by_version": groups.collect::<Vec<_>>() })
            }
        });
    }
    Json::Array(truth)
}

/// The recording as text: an operation or a step per line.
pub(super) fn printed(recording: &Json) -> String {
    let mut text = String::from("{\n");
    for key in ["id", "area", "title", "versions"] {
        if !recording[key].is_null() {
            text += &format!("  {}: {},\n", json!(key), recording[key]);
        }
    }
    let lines = |key: &str| {
        let all = recording[key].as_array().into_iter().flatten();
        all.map(|line| format!("    {line}")).collect::<Vec<_>>().join(",\n")
    };
    text += &format!("  \"ops\": [\n{}\n  ],\n", lines("ops"));
    text += &format!("  \"truth\": [\n{}\n  ]\n}}\n", lines("truth"));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_that_agree_are_written_once_and_come_back() {
        let step = |text: &str| json!([{ "at": "a", "ev": text }]);
        let silence = json!([]);
        let versions = Versions::from([
            ("3.10.8".to_owned(), vec![step("x"), silence.clone(), silence.clone()]),
            ("4.3.6".to_owned(), vec![step("x"), step("y"), silence]),
        ]);
        let truth = truth(&versions, 3);
        assert_eq!(truth.as_array().map(Vec::len), Some(2), "{truth}");
        assert_eq!(truth[0]["events"], step("x"));
        let all = ["3.10.8", "4.3.6"];
        let recording = json!({ "versions": all, "ops": [1, 2, 3], "truth": truth });
        assert_eq!(known(&recording, 3), versions);
    }
}
