//! Recorded scenarios, changed: other arguments, flags, keys and names, a
//! method left out, done twice, done earlier or put in between. Most of it is
//! legal and some of it is not, and whatever comes of it must be the same on
//! both sides.
//!
//! Every operation waits until the broker is at rest before the next begins,
//! so nothing here depends on who is faster.

mod change;
mod heal;
mod insert;
mod values;

use super::dice::Dice;
use crate::truth::recording::{Recording, files};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::path::Path;
use warren_core::broker::Profile;

/// How often a scenario is changed, at most.
const CHANGES: usize = 6;

/// What chance decides here and what it cannot know in a running broker.
const UNLIKE: [&str; 3] = ["x-delayed-message", "x-random", "x-local-random"];

/// The operations of recordings, by area.
pub(super) struct Sources {
    areas: Vec<(String, Vec<Vec<Json>>)>,
}

impl Sources {
    /// Reads the recordings that ship with the tests; of one area when it is
    /// given.
    pub(super) fn read(area: Option<&str>, profile: Profile) -> Result<Self, String> {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
        let mut areas: BTreeMap<String, Vec<Vec<Json>>> = BTreeMap::new();
        // Those that do not become more: a seed is to mean the same tomorrow.
        for folder in ["truth/scenarios", "plugins", "streams"] {
            let folder = data.join(folder);
            let found = files(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
            for file in found {
                let trouble = |why| format!("{}: {why}", file.display());
                let recording = Recording::read(&file).map_err(trouble)?;
                let operations = recording.operations();
                let wanted = area.is_none_or(|area| area == recording.area());
                if !wanted || !is_playable(operations, profile) {
                    continue;
                }
                areas.entry(recording.area().to_owned()).or_default().push(operations.to_vec());
            }
        }
        if areas.is_empty() {
            return Err(format!("no recording is about {}", area.unwrap_or("anything")));
        }
        Ok(Self { areas: areas.into_iter().collect() })
    }
}

/// Whether a session of clients, and of an operator who sets policies, can do
/// all of it.
fn is_playable(operations: &[Json], profile: Profile) -> bool {
    let known = |operation: &Json| {
        let name = operation["op"].as_str().unwrap_or_default();
        let set = ["policy.set", "policy.clear"].contains(&name);
        let kinds = ["user", "permission", "topic_permission", "vhost", "alarm", "connection"];
        let kind = name.split('.').next().unwrap_or_default();
        let operator = kinds.contains(&kind) || kind == "configure" || kind.ends_with("policy");
        let text = operation.to_string();
        let unlike = UNLIKE.iter().any(|kind| text.contains(kind))
            // A channel of 4.0 ends over an empty array there; Warren's goes on.
            || profile == Profile::V4_0 && text.contains("hash-header");
        !unlike && (set || !operator) && !["raw", "update-secret"].contains(&name)
    };
    operations.iter().all(known)
}

/// The session of a seed.
pub(super) fn session(seed: u64, sources: &Sources, profile: Profile) -> Vec<Json> {
    // Seeds that follow each other are about all areas in turn.
    let areas = &sources.areas;
    let (_, own) = &areas[(seed % areas.len() as u64) as usize];
    let mut dice = Dice::new(seed.wrapping_mul(0xD6E8_FEB8_6659_FD93));
    let mut operations = dice.pick(own).clone();
    if dice.chance(35) {
        append(&mut dice, &mut operations, areas);
    }
    let names = Names::of(&operations);
    for _ in 0..dice.between(1, CHANGES) {
        mutate(&mut dice, &mut operations, &names, own);
    }
    heal::heal(&mut dice, &operations, profile)
}

/// Goes on with what another scenario does, on the channels of the first.
fn append(dice: &mut Dice, operations: &mut Vec<Json>, areas: &[(String, Vec<Vec<Json>>)]) {
    let names = Names::of(operations);
    let (_, others) = dice.pick(areas);
    let other: &Vec<Json> = dice.pick(others);
    for operation in flat(other) {
        let mut operation = operation.clone();
        let opens = ["connect", "open", "close", "abort", "burst"];
        if opens.iter().any(|name| operation["op"] == *name) {
            continue;
        }
        if !operation["ch"].is_null() {
            // One channel for one, as far as there are so many.
            let at = operation["ch"].as_str().map_or(0, |ch| ch.bytes().map(usize::from).sum());
            let channel = names.channels.get(at % names.channels.len().max(1));
            operation["ch"] = json!(channel.map_or("a", String::as_str));
        }
        operations.push(operation);
    }
}

/// Changes one thing.
fn mutate(dice: &mut Dice, operations: &mut Vec<Json>, names: &Names, own: &[Vec<Json>]) {
    let acting: Vec<usize> = (0..operations.len()).filter(|at| acts(&operations[*at])).collect();
    if acting.is_empty() {
        return;
    }
    let at = *dice.pick(&acting);
    match dice.below(20) {
        0..9 => change::change(dice, &mut operations[at], names),
        9 => drop(operations.remove(at)),
        10 => {
            let again = operations[at].clone();
            let later = (at + 1 + dice.below(4)).min(operations.len());
            operations.insert(later, again);
        }
        11 | 12 => {
            let other = *dice.pick(&acting);
            operations.swap(at, other);
        }
        13 | 14 => {
            // What another scenario of the area does, here.
            let other = dice.pick(own);
            let mut borrowed = dice.pick(other).clone();
            if acts(&borrowed) {
                if !borrowed["ch"].is_null() {
                    borrowed["ch"] = json!(names.channel(dice));
                }
                operations.insert(at, borrowed);
            }
        }
        _ => {
            for operation in insert::some(dice, names, operations).into_iter().rev() {
                operations.insert(at, operation);
            }
        }
    }
}

/// Whether an operation does something that could be done otherwise.
fn acts(operation: &Json) -> bool {
    let idle = ["connect", "open", "sleep", "stat", "drain", "restart"];
    !idle.contains(&operation["op"].as_str().unwrap_or_default())
}

/// Every operation, those of bursts among them.
fn flat(operations: &[Json]) -> impl Iterator<Item = &Json> {
    operations.iter().flat_map(|operation| {
        let burst = operation["ops"].as_array().into_iter().flatten();
        std::iter::once(operation).chain(burst)
    })
}

/// What there is in a scenario.
struct Names {
    queues: Vec<String>,
    exchanges: Vec<String>,
    keys: Vec<String>,
    tags: Vec<String>,
    channels: Vec<String>,
    connections: Vec<String>,
}

impl Names {
    fn of(operations: &[Json]) -> Self {
        let all = |fields: &[&str]| {
            let mut found: Vec<String> = Vec::new();
            for operation in flat(operations) {
                for field in fields {
                    let name = operation[*field].as_str();
                    found.extend(name.map(str::to_owned));
                }
            }
            found.sort();
            found.dedup();
            found
        };
        Self {
            queues: all(&["queue"]),
            exchanges: all(&["exchange", "source", "destination"]),
            keys: all(&["key"]),
            tags: all(&["tag"]),
            channels: all(&["ch"]),
            connections: all(&["conn"]),
        }
    }

    fn pick(dice: &mut Dice, from: &[String], others: &[&str]) -> String {
        if from.is_empty() || dice.chance(18) {
            (*dice.pick(others)).to_owned()
        } else {
            dice.pick(from).clone()
        }
    }

    fn queue(&self, dice: &mut Dice) -> String {
        Self::pick(dice, &self.queues, &["no", "", "q", "q2", "amq.gen-x", "q\r\n"])
    }

    fn exchange(&self, dice: &mut Dice) -> String {
        let others = ["no", "", "amq.direct", "amq.fanout", "amq.topic", "amq.headers", "x\n"];
        Self::pick(dice, &self.exchanges, &others)
    }

    fn key(&self, dice: &mut Dice) -> String {
        let others = ["", "no", "a.b", "#", "*", "a.#", ".", "a..b", "#.#", "q"];
        Self::pick(dice, &self.keys, &others)
    }

    fn tag(&self, dice: &mut Dice) -> String {
        Self::pick(dice, &self.tags, &["none", "", "t", "t1"])
    }

    fn channel(&self, dice: &mut Dice) -> String {
        if self.channels.is_empty() { "a".to_owned() } else { dice.pick(&self.channels).clone() }
    }

    fn connection(&self, dice: &mut Dice) -> String {
        if self.connections.is_empty() {
            "A".to_owned()
        } else {
            dice.pick(&self.connections).clone()
        }
    }
}
