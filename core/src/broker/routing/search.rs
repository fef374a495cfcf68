//! Which queues a message reaches, and by which ways.

use super::Routing;
use super::index::{Entry, Matching, Query, Target};
use super::state::State;
use super::types::{BindTarget, Binding, Exchange, ExchangeKind};
use crate::broker::method::QueueId;
use crate::broker::plugins::DELAY;
use crate::broker::profile::Profile;
use crate::broker::value::{Name, Table, Value};
use crate::order::{self, Set};
use std::sync::Arc;

/// Room for [`Routing::route`]; not part of the state.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    pub(super) matching: Matching,
    /// The number of the route that last came to a queue or exchange.
    queues: Vec<u64>,
    exchanges: Vec<u64>,
    route: u64,
    todo: Vec<u32>,
    /// What exchanges did with the message besides sending it on.
    pub(super) asides: Vec<Aside>,
}

/// What an exchange of a plugin does with a message besides sending it on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Aside {
    /// This exchange keeps it for bindings to come.
    Keep(Name),
    /// This exchange holds it back for so many milliseconds.
    Hold(Name, u32),
    /// The message asks for a delay in words that are no number, which ends
    /// the process that routes it.
    Fail,
}

/// A copy of the state starts with empty room of its own.
impl Clone for Scratch {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Scratch {
    /// Fills `out` with the queues reached from the exchange at `start`.
    pub(super) fn route(
        &mut self,
        state: &State,
        start: u32,
        query: &Query<'_>,
        out: &mut Vec<QueueId>,
    ) {
        let Self { matching, queues, exchanges, route, todo, asides } = self;
        let (exchange_places, queue_places) = state.places();
        if queues.len() < queue_places {
            queues.resize(queue_places, 0);
        }
        if exchanges.len() < exchange_places {
            exchanges.resize(exchange_places, 0);
        }
        *route += 1;
        matching.begin();
        todo.clear();
        todo.push(start);
        exchanges[start as usize] = *route;
        while let Some(slot) = todo.pop().and_then(|place| state.at(place)) {
            let mut found = false;
            let kind = slot.exchange.kind;
            if kind >= ExchangeKind::RecentHistory && set_aside(&slot.exchange, query, asides) {
                if let Some(next) = alternate(state, slot.exchange.alternate.as_ref()) {
                    visit(next, exchanges, *route, todo);
                }
                continue;
            }
            slot.index.find(query, matching, |entry| {
                found = true;
                match entry.target {
                    Target::Queue { slot, id } => {
                        let seen = &mut queues[slot as usize];
                        if *seen != *route {
                            *seen = *route;
                            out.push(id);
                        }
                    }
                    Target::Exchange(next) => visit(next, exchanges, *route, todo),
                }
            });
            if !found && let Some(next) = alternate(state, slot.exchange.alternate.as_ref()) {
                visit(next, exchanges, *route, todo);
            }
        }
        if !out.is_sorted() {
            order::sort_copies(out, |a, b| a < b);
        }
    }
}

/// What an exchange with a memory does with a message first. Whether it keeps
/// it from its bindings.
fn set_aside(exchange: &Exchange, query: &Query<'_>, asides: &mut Vec<Aside>) -> bool {
    let name = || exchange.name.clone();
    if exchange.kind == ExchangeKind::DelayedMessage {
        match delay(query) {
            Ok(None) => {}
            Ok(Some(millis)) => {
                asides.push(Aside::Hold(name(), millis));
                return true;
            }
            Err(NotANumber) => {
                asides.push(Aside::Fail);
                return true;
            }
        }
    }
    if exchange.routes_as() == ExchangeKind::RecentHistory
        && query.header(NO_STORE) != Some(&Value::Bool(true))
    {
        asides.push(Aside::Keep(name()));
    }
    false
}

/// The header that keeps a message out of an exchange's memory.
const NO_STORE: &str = "x-recent-history-no-store";

/// A delay that cannot be read.
pub(super) struct NotANumber;

/// How long a delayed exchange holds a message back, in milliseconds; `None`
/// when it does not (`rabbit_delayed_message_utils:get_delay`).
pub(super) fn delay(query: &Query<'_>) -> Result<Option<u32>, NotANumber> {
    let Some(value) = query.header(DELAY).filter(|_| !query.released) else { return Ok(None) };
    let millis = match value {
        Value::LongStr(text) | Value::Binary(text) => {
            let text = text.as_str().unwrap_or_default();
            let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
            if digits.is_empty() || !digits.bytes().all(|octet| octet.is_ascii_digit()) {
                return Err(NotANumber);
            }
            text.parse().ok()
        }
        // It is of the plugin's types only before 3.13.
        Value::I8(_) if query.profile >= Profile::V4_0 => None,
        Value::F32(n) => Some(n.trunc() as i64),
        Value::F64(n) => Some(n.trunc() as i64),
        other => other.as_integer(),
    };
    Ok(millis.and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0))
}

fn visit(next: u32, seen: &mut [u64], route: u64, todo: &mut Vec<u32>) {
    let seen = &mut seen[next as usize];
    if *seen != route {
        *seen = route;
        todo.push(next);
    }
}

/// The place of an alternate exchange that can route anything. The default
/// exchange cannot: reached this way it looks at stored bindings, and it has
/// none (`rabbit_exchange:route1`).
fn alternate(state: &State, name: Option<&Name>) -> Option<u32> {
    name.filter(|name| !name.is_empty()).and_then(|name| state.slot_of(name))
}

/// By what a message moved one hop.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Via {
    /// A binding.
    Binding {
        /// Its key.
        key: Name,
        /// Its arguments.
        arguments: Table,
    },
    /// The default exchange: the key is the queue's name.
    Implicit,
    /// The source had no binding that fits, and has an alternate exchange.
    Alternate,
}

/// One step of a message.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Hop {
    /// The exchange it left.
    pub source: Name,
    /// Where it went.
    pub destination: BindTarget,
    /// By what.
    pub via: Via,
}

impl Hop {
    fn by(binding: &Arc<Binding>) -> Self {
        Self {
            source: binding.source.clone(),
            destination: binding.destination.clone(),
            via: Via::Binding { key: binding.key.clone(), arguments: binding.arguments.clone() },
        }
    }
}

/// The first way by which a message reaches a queue.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Path {
    /// The queue.
    pub queue: Name,
    /// From the exchange that was published to; the last one ends at the queue.
    pub hops: Vec<Hop>,
}

/// The paths to every queue reached, in the order they are reached breadth
/// first, bindings in the order of creation.
pub(super) fn paths(routing: &Routing, start: &str, query: &Query<'_>) -> Vec<Path> {
    let state = &*routing.state;
    if start.is_empty() {
        return implicit_paths(state, query);
    }
    let Some(start) = state.slot_of(start) else { return Vec::new() };
    let mut matching = Matching::default();
    // Each exchange reached: its place, and the hop to it with the one before.
    let mut reached: Vec<(u32, Option<(usize, Hop)>)> = vec![(start, None)];
    let mut exchanges = Set::from_iter([start]);
    let mut queues = Set::new();
    let mut paths = Vec::new();
    let mut turn = 0;
    while turn < reached.len() {
        let place = reached[turn].0;
        let Some(slot) = state.at(place) else { break };
        let mut hits: Vec<Entry> = Vec::new();
        let held =
            slot.exchange.kind == ExchangeKind::DelayedMessage && !matches!(delay(query), Ok(None));
        if !held {
            slot.index.find(query, &mut matching, |entry| hits.push(entry));
        }
        order::sort_copies(&mut hits, |a, b| a.binding < b.binding);
        hits.dedup();
        for entry in &hits {
            let Some(binding) = state.bindings.get(&entry.binding) else { continue };
            match entry.target {
                Target::Queue { slot, .. } if queues.insert(slot) => {
                    let queue = binding.destination.name().clone();
                    paths.push(Path { queue, hops: hops(&reached, turn, Hop::by(binding)) });
                }
                Target::Exchange(next) if exchanges.insert(next) => {
                    reached.push((next, Some((turn, Hop::by(binding)))));
                }
                _ => {}
            }
        }
        if hits.is_empty()
            && let Some(next) = alternate(state, slot.exchange.alternate.as_ref())
            && exchanges.insert(next)
            && let Some(other) = state.at(next)
        {
            let hop = Hop {
                source: slot.exchange.name.clone(),
                destination: BindTarget::Exchange(other.exchange.name.clone()),
                via: Via::Alternate,
            };
            reached.push((next, Some((turn, hop))));
        }
        turn += 1;
    }
    paths
}

/// The hops to the exchange at `turn`, then `last`.
fn hops(reached: &[(u32, Option<(usize, Hop)>)], turn: usize, last: Hop) -> Vec<Hop> {
    let mut hops = vec![last];
    let mut turn = turn;
    while let Some((before, hop)) = &reached[turn].1 {
        hops.push(hop.clone());
        turn = *before;
    }
    hops.reverse();
    hops
}

fn implicit_paths(state: &State, query: &Query<'_>) -> Vec<Path> {
    let mut seen = Set::new();
    let mut paths = Vec::new();
    for key in query.keys {
        if let Some((place, id)) = state.queue(key)
            && seen.insert(place)
        {
            let queue = Name::from(*key);
            let destination = BindTarget::Queue(id, queue.clone());
            let hop = Hop { source: Name::from(""), destination, via: Via::Implicit };
            paths.push(Path { queue, hops: vec![hop] });
        }
    }
    paths
}
