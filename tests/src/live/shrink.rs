//! A difference's smallest session.

use super::Broker;
use super::compare::Order;
use serde_json::Value as Json;
use std::time::{Duration, Instant};

/// After this long a session is small enough.
const PATIENCE: Duration = Duration::from_secs(20);

/// How many smaller sessions are tried at a time.
const AT_ONCE: usize = 12;

/// Takes out of a session what the difference does not need.
pub(super) fn shrink(
    broker: &Broker,
    session: Vec<Json>,
    order: Order,
) -> Result<Vec<Json>, String> {
    let start = Instant::now();
    let mut session = session;
    let mut size = session.len() / 2;
    while size > 0 && start.elapsed() < PATIENCE {
        let starts: Vec<usize> = (0..session.len()).step_by(size).rev().collect();
        let smaller = starts.into_iter().map(|start| {
            let end = (start + size).min(session.len());
            [&session[..start], &session[end..]].concat()
        });
        match first_that_differs(broker, smaller.collect(), order)? {
            Some(smaller) => session = smaller,
            None => size /= 2,
        }
    }
    while start.elapsed() < PATIENCE {
        let smaller = (0..session.len()).flat_map(|at| simpler(&session, at)).collect();
        match first_that_differs(broker, smaller, order)? {
            Some(smaller) => session = smaller,
            None => break,
        }
    }
    Ok(session)
}

/// The session with one field of one operation left out, or one of a burst's
/// operations.
fn simpler(session: &[Json], at: usize) -> Vec<Vec<Json>> {
    let mut found = Vec::new();
    let mut push = |operation: Json| {
        let mut smaller = session.to_vec();
        smaller[at] = operation;
        found.push(smaller);
    };
    let operation = &session[at];
    for index in 0..operation["ops"].as_array().map_or(0, Vec::len) {
        let mut fewer = operation.clone();
        if let Some(operations) = fewer["ops"].as_array_mut() {
            operations.remove(index);
        }
        push(fewer);
    }
    let optional = [
        "args",
        "props",
        "durable",
        "auto_delete",
        "exclusive",
        "internal",
        "mandatory",
        "multiple",
        "nowait",
        "no_ack",
        "global",
    ];
    for (key, value) in operation.as_object().into_iter().flatten() {
        for inner in value.as_object().into_iter().flatten().map(|(inner, _)| inner) {
            let mut fewer = operation.clone();
            if let Some(entries) = fewer[key].as_object_mut() {
                entries.remove(inner);
            }
            push(fewer);
        }
        if optional.contains(&key.as_str()) {
            let mut fewer = operation.clone();
            if let Some(entries) = fewer.as_object_mut() {
                entries.remove(key);
            }
            push(fewer);
        }
    }
    found
}

/// The first of the sessions whose answers still differ, cut off there.
fn first_that_differs(
    broker: &Broker,
    sessions: Vec<Vec<Json>>,
    order: Order,
) -> Result<Option<Vec<Json>>, String> {
    for batch in sessions.chunks(AT_ONCE) {
        let chosen: Vec<&[Json]> = batch.iter().map(Vec::as_slice).collect();
        for (session, step) in batch.iter().zip(broker.differs(&chosen, order)?) {
            if let Some(step) = step {
                return Ok(Some(session[..=step].to_vec()));
            }
        }
    }
    Ok(None)
}
