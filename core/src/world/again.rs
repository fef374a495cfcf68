//! Messages that the broker itself sends on: dead ones, and those that an
//! exchange held back or kept.

use super::facts::entered_by;
use super::visual::Body;
use super::ways::paths;
use super::{Passing, Record, Tag, What, World};
use crate::broker::{Event, Fact, MessageId, Name};
use crate::frame::LinkId;
use crate::scenario::{ExchangeCount, NodeId, QueueCount};

/// A message that the broker itself sends on, while the facts about that come
/// in: a dead one, one that was held back or one that was kept.
pub(super) struct SentOn {
    pub(super) message: MessageId,
    /// The line from the queue to the dead-letter exchange.
    pub(super) via: Option<LinkId>,
    pub(super) paths: Vec<(Name, Vec<LinkId>)>,
}

/// A dead message goes on along the dead-letter line instead of vanishing.
pub(super) fn dead_lettered(
    world: &mut World,
    fact: &Fact,
    events: &[Event],
    record: &mut Record,
) -> Option<SentOn> {
    let Fact::DeadLettered { message, reborn, queue, exchange, routing_key } = fact else {
        return None;
    };
    let queue = world.scenario_name(queue);
    world.count(&queue, QueueCount::DeadLettered);
    world.arrived(exchange, ExchangeCount::Received);
    let tag = Tag { dead_lettered: true, ..record.tag(*message) };
    record.set_label(*reborn, tag);
    world.leaving.retain(|l| l.message != *message || l.from < world.now);
    let via = LinkId {
        from: NodeId::Queue(queue.clone()),
        to: NodeId::Exchange(exchange.clone()),
        index: 0,
    };
    let (label, exchange, key) = (record.label(*message), exchange.clone(), routing_key.clone());
    let what = What::DeadLettered {
        queue,
        message: label.clone(),
        exchange: exchange.clone(),
        key: key.clone(),
    };
    world.tell(record, what);
    let queues = entered_by(world, events, *reborn);
    let paths = paths(world, &exchange, &key, None, Some(*reborn));
    if !queues.is_empty() {
        world.tell(record, What::Routed { message: label, exchange, key, queues });
    }
    Some(SentOn { message: *reborn, via: Some(via), paths })
}

/// A message that was held back goes on.
pub(super) fn released(
    world: &mut World,
    fact: &Fact,
    events: &[Event],
    record: &mut Record,
) -> Option<SentOn> {
    let Fact::Released { message, exchange, routing_key, properties } = fact else { return None };
    let (message, exchange, key) = (*message, exchange.clone(), routing_key.clone());
    let paths = paths(world, &exchange, &key, Some(properties), Some(message));
    let queues = entered_by(world, events, message);
    let label = record.label(message);
    let what = What::Released { message: label.clone(), exchange: exchange.clone() };
    world.tell(record, what);
    world.show_passing(Passing {
        message,
        exchange: exchange.clone(),
        key: key.clone(),
        properties: properties.clone(),
        body: Body::default(),
        until: world.now + world.plan.hop,
    });
    if !queues.is_empty() {
        world.tell(record, What::Routed { message: label, exchange, key, queues });
    }
    Some(SentOn { message, via: None, paths })
}
