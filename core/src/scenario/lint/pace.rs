//! Consumers that take in more than they can work on.

use super::{MOST_COMPARISONS, Scene, part};
use crate::broker::Value;
use crate::order::{Map, Set};
use crate::scenario::diagnostic::{Diagnostic, Faults};
use crate::scenario::document::{
    AckMode, BindingDecl, ConsumerDecl, Destination, Pause, PublisherDecl, SourceSpan, Statement,
};
use crate::scenario::grammar::Line;
use crate::scenario::rules::{BATCH_OVER_PREFETCH, UNLIMITED_PREFETCH};

/// Fewer messages than this show nothing.
const FEW: u64 = 3;

/// What comes into a queue from its busiest publisher.
#[derive(Clone, Copy)]
struct Inflow {
    /// Microseconds between two messages, on average.
    gap: u64,
    span: SourceSpan,
}

/// Hints at consumers without a prefetch limit that need longer for a message
/// than passes until the next one comes, and at batches that cannot fill up.
pub(super) fn hoarders(scene: &Scene<'_>, faults: &mut Faults) {
    let unjudged = Unjudged::of(scene);
    let mut inflows: Map<&str, Inflow> = Map::new();
    let mut shared: Map<&str, u64> = Map::new();
    let mut left = MOST_COMPARISONS;
    for (line, what) in scene.statements() {
        match what {
            Statement::Publisher(decl) => {
                let Some(gap) = gap(decl) else { continue };
                let inflow = Inflow { gap, span: part(line, "every") };
                for queue in into(scene, decl, &mut left) {
                    let known = inflows.get_or_insert_with(queue, || inflow);
                    if inflow.gap < known.gap {
                        *known = inflow;
                    }
                }
            }
            Statement::Consumer(decl) => {
                for queue in &decl.queues {
                    *shared.get_or_insert_with(&**queue, || 0) += instances(decl);
                }
            }
            _ => {}
        }
    }
    for (line, what) in scene.statements() {
        let Statement::Consumer(decl) = what else { continue };
        if unjudged.contains(decl) {
            continue;
        }
        if decl.prefetch > 0 {
            faults_of_batch(line, decl, faults);
            continue;
        }
        let work = mean(decl.work);
        let slow = decl.queues.iter().find_map(|queue| {
            let inflow = inflows.get(&**queue)?;
            let share = shared.get(&**queue).copied().unwrap_or(1).max(1);
            (work > inflow.gap.saturating_mul(share)).then_some(inflow)
        });
        if let Some(inflow) = slow {
            let finding = Diagnostic::new(&UNLIMITED_PREFETCH, part(line, "work"), &[&decl.name]);
            faults.push(finding.beside(inflow.span, "messages come faster than that"));
        }
    }
}

/// What no prefetch limit is asked of.
struct Unjudged<'l> {
    /// Queues that keep what is read; RabbitMQ lets nobody read them without a
    /// limit anyway.
    streams: Set<&'l str>,
    /// Consumers that get another limit while the scenario runs.
    changed: Set<&'l str>,
}

impl<'l> Unjudged<'l> {
    fn of(scene: &Scene<'l>) -> Self {
        let (mut streams, mut changed) = (Set::new(), Set::new());
        for (_, what) in scene.statements() {
            match what {
                Statement::Queue(decl) => {
                    let kind = decl.arguments.get("x-queue-type").and_then(Value::as_str);
                    if kind == Some("stream") {
                        streams.insert(&*decl.name);
                    }
                }
                Statement::Change { client, prefetch: Some(_), .. } => {
                    changed.insert(&**client);
                }
                _ => {}
            }
        }
        Self { streams, changed }
    }

    fn contains(&self, decl: &ConsumerDecl) -> bool {
        decl.ack_mode == AckMode::Auto
            || decl.poll.is_some()
            || self.changed.contains(&*decl.name)
            || decl.queues.iter().any(|queue| self.streams.contains(&**queue))
    }
}

/// A batch that never fills up, because the consumer may not hold so many.
fn faults_of_batch(line: &Line, decl: &ConsumerDecl, faults: &mut Faults) {
    let consumers = if decl.global { 1 } else { decl.queues.len() as u64 };
    let most = u64::from(decl.prefetch) * consumers;
    if decl.batch > most {
        let (batch, held) = (decl.batch.to_string(), most.to_string());
        let args = [&*decl.name, &*batch, &*held];
        let finding = Diagnostic::new(&BATCH_OVER_PREFETCH, part(line, "batch"), &args);
        faults.push(finding.beside(part(line, "prefetch"), "what it may hold"));
    }
}

fn instances(decl: &ConsumerDecl) -> u64 {
    decl.instances.map_or(1, u64::from)
}

fn mean(pause: Pause) -> u64 {
    match pause {
        Pause::Fixed(span) => span.0,
        Pause::Between(low, high) => u64::midpoint(low.0, high.0),
    }
}

/// The time between two messages of a publisher that sends more than a few.
fn gap(decl: &PublisherDecl) -> Option<u64> {
    let every = mean(decl.every?) / decl.burst.max(1);
    let many = decl.count.is_none_or(|count| count >= FEW);
    many.then_some(every)
}

/// The queues that every message of a publisher comes into for certain, by the
/// queue's name or by one binding.
fn into<'l>(scene: &Scene<'l>, decl: &'l PublisherDecl, left: &mut usize) -> Vec<&'l str> {
    if decl.exchange.is_empty() {
        // With several it takes turns.
        return match &*decl.keys {
            [one] if !one.contains('{') => vec![one],
            _ => Vec::new(),
        };
    }
    let certain = |bind: &&&'l BindingDecl| {
        decl.keys.iter().all(|key| !key.contains('{') && scene.follows(bind, Some(key)))
    };
    let bindings = scene.bindings_of(&decl.exchange);
    let cost = bindings.len().saturating_mul(decl.keys.len());
    match left.checked_sub(cost) {
        Some(rest) => *left = rest,
        None => return Vec::new(),
    }
    let queue = |bind: &&'l BindingDecl| match &bind.destination {
        Destination::Queue(queue) => Some(&**queue),
        Destination::Exchange(_) => None,
    };
    bindings.iter().filter(certain).filter_map(queue).collect()
}
