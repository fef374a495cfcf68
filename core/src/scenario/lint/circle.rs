//! Queues whose dead messages come back to them.

use super::{DEAD_LETTER, MOST_COMPARISONS, Scene, part};
use crate::broker::Value;
use crate::order::{Map, Set};
use crate::scenario::diagnostic::{Diagnostic, Faults};
use crate::scenario::document::{
    ConsumerDecl, Destination, Outcome, QueueDecl, SourceSpan, Statement,
};
use crate::scenario::rules::DEAD_LETTER_CIRCLE;

/// A queue in which messages die without anybody's doing.
struct Deadly<'l> {
    span: SourceSpan,
    /// Whatever comes in dies if nobody takes it; in the others only what was
    /// published with an expiration, which it has no longer when it comes round
    /// (`rabbit_dead_letter:make_msg` takes it off).
    always: bool,
    /// Queues that its dead messages come into for certain.
    into: Vec<&'l str>,
}

/// Hints at circles of queues in which messages die by themselves (they expire,
/// or there is no room) and nobody rejects them. RabbitMQ drops a message that
/// comes round like that (`rabbit_dead_letter:is_cycle`).
pub(super) fn circles(scene: &Scene<'_>, faults: &mut Faults) {
    let mut rejecting: Set<&str> = Set::new();
    let mut expiring = false;
    for (_, what) in scene.statements() {
        match what {
            Statement::Consumer(decl) if rejects(decl) => {
                for queue in &decl.queues {
                    rejecting.insert(queue);
                }
            }
            Statement::Publisher(decl) => expiring |= decl.expiration.is_some(),
            Statement::Publish(publish) => expiring |= publish.expiration.is_some(),
            _ => {}
        }
    }
    let mut left = MOST_COMPARISONS;
    let mut deadly: Map<&str, Deadly<'_>> = Map::new();
    for (line, what) in scene.statements() {
        let Statement::Queue(decl) = what else { continue };
        let always = kills(decl);
        if !(always || expiring)
            || rejecting.contains(&*decl.name)
            || deadly.contains_key(&*decl.name)
        {
            continue;
        }
        if let Some(into) = dead_into(scene, decl, &mut left) {
            let span = part(line, "arg x-dead-letter-exchange");
            deadly.insert(&decl.name, Deadly { span, always, into });
        }
    }
    let mut told: Set<&str> = Set::new();
    for (&start, first) in &deadly {
        if told.contains(start) {
            continue;
        }
        let Some(way) = way_back(&deadly, start, &mut left) else { continue };
        let mut finding = Diagnostic::new(&DEAD_LETTER_CIRCLE, first.span, &[start]);
        for queue in way {
            told.insert(queue);
            let span = deadly.get(queue).filter(|_| queue != start).map(|queue| queue.span);
            finding = finding.beside_any(span, "and from here back again");
        }
        faults.push(finding);
    }
}

/// Whether messages die in a queue by what it is declared with. One that
/// refuses what there is no room for lets nothing die for want of it.
fn kills(decl: &QueueDecl) -> bool {
    let has = |name: &str| decl.arguments.get(name).is_some();
    let overflow = decl.arguments.get("x-overflow").and_then(Value::as_str);
    let drops = overflow != Some("reject-publish");
    has("x-message-ttl") || drops && (has("x-max-length") || has("x-max-length-bytes"))
}

fn rejects(decl: &ConsumerDecl) -> bool {
    let rejects = |outcome: &Outcome| {
        matches!(outcome, Outcome::Nack { requeue: false } | Outcome::Reject { requeue: false })
    };
    decl.outcomes.iter().any(rejects)
}

/// The queues that dead messages of a queue come into, whatever they are.
fn dead_into<'l>(scene: &Scene<'l>, decl: &'l QueueDecl, left: &mut usize) -> Option<Vec<&'l str>> {
    let text = |name| decl.arguments.get(name).and_then(Value::as_str);
    let (first, key) = (text(DEAD_LETTER)?, text("x-dead-letter-routing-key"));
    if first.is_empty() {
        return key.map(|key| vec![key]);
    }
    let (mut queues, mut seen, mut next) = (Vec::new(), Set::new(), vec![first]);
    while let Some(exchange) = next.pop() {
        for bind in scene.bindings_of(exchange) {
            *left = left.checked_sub(1)?;
            if !scene.follows(bind, key) {
                continue;
            }
            match &bind.destination {
                Destination::Queue(queue) => queues.push(&**queue),
                Destination::Exchange(to) if seen.insert(&**to) => next.push(to),
                Destination::Exchange(_) => {}
            }
        }
    }
    Some(queues)
}

/// The queues on a way from `start` back to it, `start` first.
fn way_back<'l>(
    deadly: &Map<&'l str, Deadly<'l>>,
    start: &'l str,
    left: &mut usize,
) -> Option<Vec<&'l str>> {
    // By queue, where it was come to from.
    let mut from: Map<&str, &str> = Map::new();
    let mut next = vec![start];
    while let Some(queue) = next.pop() {
        for &to in deadly.get(queue).map_or(&[][..], |queue| &queue.into) {
            *left = left.checked_sub(1)?;
            if to == start {
                let mut way = vec![queue];
                while let Some(before) = way.last().and_then(|last| from.get(*last)) {
                    way.push(before);
                }
                way.reverse();
                return Some(way);
            }
            if deadly.get(to).is_some_and(|queue| queue.always) && from.get(to).is_none() {
                from.insert(to, queue);
                next.push(to);
            }
        }
    }
    None
}
