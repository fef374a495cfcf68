//! Recorded answers of real RabbitMQ servers, and Warren's answers to the same
//! operations.
//!
//! A recording is a list of operations and, for each, what every client
//! observed. [`run`] plays them, straight on the core or through the AMQP
//! port, and tells where Warren says something else.

mod depths;
pub mod known;
pub(crate) mod methods;
pub(crate) mod observe;
mod operator;
pub(crate) mod play;
mod port;
pub(crate) mod recording;
mod run;
pub(crate) mod subject;
pub mod table;
pub(crate) mod values;

pub use run::run;

use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What was observed in one step, in wire order at each place.
pub(crate) type Observed = BTreeMap<String, Vec<Json>>;

/// What recordings are played on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// Straight on the core, with a clock that moves when a recording sleeps.
    Core,
    /// Through a TCP port, with a codec that is not Warren's and in real time.
    Port,
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Core => "core",
            Self::Port => "port",
        })
    }
}

/// The first step of a recording that is answered differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Its number, from 0.
    pub step: usize,
    /// The operation.
    pub operation: String,
    /// What the server said and what Warren says, place by place.
    pub details: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "step {}: {}\n{}", self.step, self.operation, self.details)
    }
}

/// What came of one recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Warren says what the server said.
    Equal,
    /// It says something else.
    Different(Difference),
    /// It says something else after a step in which the server itself was not
    /// steady, which may be why.
    Doubtful(Difference),
    /// The recording cannot be read or played: why.
    Broken(String),
    /// It does not apply: why.
    Apart(&'static str),
}

/// A recording and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Played {
    /// The recording's name.
    pub id: String,
    /// What it is about.
    pub area: String,
    /// Whether it declares a stream.
    pub stream: bool,
    /// What came of it.
    pub outcome: Outcome,
}

/// The places that differ; empty when none does.
pub(crate) fn describe(expected: &Observed, found: &Observed, unordered: bool) -> String {
    let places: BTreeSet<_> = expected.keys().chain(found.keys()).collect();
    let mut text = String::new();
    for place in places {
        let side = |observed: &Observed| {
            let mut events: Vec<String> =
                observed.get(place).into_iter().flatten().map(in_order).collect();
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

/// An event as one line with its names in order: whether tables keep the order
/// of a file is a feature of the JSON library that any crate can switch on.
fn in_order(event: &Json) -> String {
    fn sorted(json: &Json) -> Json {
        match json {
            Json::Object(object) => {
                let mut pairs: Vec<_> = object.iter().collect();
                pairs.sort_by_key(|(name, _)| *name);
                pairs.into_iter().map(|(name, value)| (name.clone(), sorted(value))).collect()
            }
            Json::Array(items) => items.iter().map(sorted).collect(),
            other => other.clone(),
        }
    }
    sorted(event).to_string()
}
