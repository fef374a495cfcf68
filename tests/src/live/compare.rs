//! One session on both: the real broker and the core.

use super::gate::Pass;
use super::player::Player;
use crate::truth::play::Player as Replay;
use crate::truth::subject::Core;
use crate::truth::{Observed, describe};
use serde_json::{Value as Json, json};
use std::io;
use std::time::{Duration, Instant};
use warren_core::broker::Profile;
use warren_core::time::Span;

/// How far an operation stays away from an instant at which something expires:
/// more than the real broker and the network take for one.
const MARGIN: Duration = Duration::from_millis(60);

/// Longer than a session lasts, in milliseconds. What is due later, as the
/// timeout of acknowledgements, never comes.
const HORIZON: u64 = 300_000;

/// How long the real broker may be late.
const PATIENCE: Duration = Duration::from_millis(600);

/// How a session is played.
#[derive(Clone, Copy)]
pub(super) struct Manner {
    /// How long the real broker must have been silent to be at rest.
    pub(super) quiet: Duration,
    pub(super) order: Order,
}

/// Which order of answers has to be the same.
#[derive(Clone, Copy)]
pub(super) enum Order {
    /// What the broker promises: operations come several at a time.
    Promised,
    /// That of the wire, but where operations come several at a time.
    Wire,
}

/// A session as it went.
pub(super) struct Played {
    /// The operations, with the time that passed where it mattered.
    pub(super) operations: Vec<Json>,
    /// What the real broker's clients saw, step by step.
    pub(super) truth: Vec<Observed>,
    /// What differs in the last step; empty when nothing does.
    pub(super) details: String,
    /// The version of the broker.
    pub(super) version: String,
}

impl Played {
    /// Whether the core said something else.
    pub(super) fn differs(&self) -> bool {
        !self.details.is_empty()
    }

    /// The session as a recording.
    pub(super) fn recording(&self, id: &str) -> Json {
        let truth: Vec<Json> = self
            .truth
            .iter()
            .enumerate()
            .filter(|(_, observed)| !observed.is_empty())
            .map(|(step, observed)| {
                let events: Vec<Json> = observed
                    .iter()
                    .flat_map(|(at, events)| {
                        events.iter().map(move |event| {
                            let mut event = event.clone();
                            event["at"] = json!(at);
                            event
                        })
                    })
                    .collect();
                json!({ "i": step, "events": events })
            })
            .collect();
        json!({
            "id": id,
            "area": "live",
            "versions": [self.version],
            "ops": self.operations,
            "truth": truth,
        })
    }
}

/// Plays `session` on both, to the first difference.
pub(super) fn play(
    session: &[Json],
    profile: Profile,
    pass: Pass<'_>,
    vhost: &str,
    manner: Manner,
) -> io::Result<Played> {
    let quiet = manner.quiet;
    let mut live = Player::new(pass, vhost);
    let mut core = Replay::new(Core::new(profile));
    let start = Instant::now();
    let mut played = Played {
        operations: Vec::new(),
        truth: Vec::new(),
        details: String::new(),
        version: String::new(),
    };
    for operation in session {
        let begun = elapsed(start);
        core.wait_until(begun);
        let timed = is_timed(&core, begun);
        if core.begin(&operation_without_sleep(operation)).is_err() {
            // What was taken out of the session leaves no sense in this.
            break;
        }
        live.begin(operation)?;
        let pause = Duration::from_millis(operation["ms"].as_u64().unwrap_or_default());
        let ended = come_to_rest(&mut live, &mut core, start, pause, quiet);
        let timed = timed || is_timed(&core, ended);
        let ordered = |observed| match manner.order {
            Order::Wire if operation["op"] != json!("burst") => observed,
            _ => in_order(observed),
        };
        let found = ordered(core.finish());
        let patience = if timed { quiet } else { PATIENCE };
        let waiting = Instant::now();
        // On a busy machine the real broker may be late.
        while waiting.elapsed() < patience && ordered(live.heard().clone()) != found {
            live.listen(quiet, Instant::now());
        }
        let expected = ordered(live.finish());
        let passed = ended.as_millis() - begun.as_millis();
        played.operations.push(if timed {
            with_time(operation, passed)
        } else {
            operation.clone()
        });
        played.details = describe(&expected, &found, false);
        played.truth.push(expected);
        if played.differs() {
            break;
        }
    }
    live.version().clone_into(&mut played.version);
    Ok(played)
}

/// Time passes on both until neither has anything left to say soon.
fn come_to_rest(
    live: &mut Player<'_>,
    core: &mut Replay<Core>,
    start: Instant,
    pause: Duration,
    quiet: Duration,
) -> Span {
    let mut until = Instant::now() + pause;
    loop {
        live.listen(quiet, until);
        let now = elapsed(start);
        let due = core.next_due();
        let close = now + Span::millis(MARGIN.as_millis() as u64);
        core.wait_until(now);
        match due {
            // It happened just now, or will soon: the real broker may be late.
            Some(due) if due <= close => {
                until = start + Duration::from_millis(due.as_millis() + 1) + MARGIN;
                until = until.max(Instant::now() + quiet);
            }
            _ => return now,
        }
    }
}

/// Whether something happens by itself before the session is over.
fn is_timed(core: &Replay<Core>, now: Span) -> bool {
    core.next_due().is_some_and(|due| due.as_millis() < now.as_millis() + HORIZON)
}

fn elapsed(start: Instant) -> Span {
    Span::millis(start.elapsed().as_millis() as u64)
}

/// The core's time follows the real one instead.
fn operation_without_sleep(operation: &Json) -> Json {
    if operation["op"] == "sleep" { json!({ "op": "burst" }) } else { operation.clone() }
}

/// The operation, and the time that passed until the next.
fn with_time(operation: &Json, milliseconds: u64) -> Json {
    let sleep = json!({ "op": "sleep", "ms": milliseconds });
    let mut operations = match operation["ops"].as_array() {
        Some(operations) => operations.clone(),
        None if operation["op"] == json!("sleep") => return sleep,
        None => vec![operation.clone()],
    };
    operations.push(sleep);
    json!({ "op": "burst", "ops": operations })
}

/// What no broker promises an order for is sorted: confirms, and deliveries
/// and cancellations against answers. Whether confirms come before an error
/// that ends their channel in the same burst is a race, and so with deliveries to
/// that channel: both are left out.
fn in_order(mut observed: Observed) -> Observed {
    let ends = |event: &Json| event["ev"] == "channel.close" || event["ev"] == "connection.close";
    if observed.values().flatten().any(ends) {
        for events in observed.values_mut() {
            let closes = events.iter().any(ends);
            events.retain(|event| match event["ev"].as_str() {
                Some("deliver") => !closes,
                event => !event.is_some_and(|event| event.starts_with("confirm")),
            });
        }
        observed.retain(|_, events| !events.is_empty());
    }
    let class = |event: &Json| match event["ev"].as_str() {
        Some("deliver") => (1, 0),
        Some("confirm.ack" | "confirm.nack") => (2, event["seq"].as_u64().unwrap_or_default()),
        Some("basic.cancel") => (3, 0),
        _ => (0, 0),
    };
    for events in observed.values_mut() {
        events.sort_by_key(class);
    }
    observed
}
