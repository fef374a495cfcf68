//! Messages that leave an exchange or a queue, and those that come back.

use super::visual::{LEAVE, Whereabouts};
use super::{Due, Entering, Leaving, Place, Record, UpNote, What, World};
use crate::broker::{Leave, MessageId, Name};
use crate::frame::{DotKind, LinkId};
use crate::scenario::{ExchangeCount, NodeId, QueueCount};

pub(super) fn unroutable(
    world: &mut World,
    message: MessageId,
    returned: bool,
    record: &mut Record,
) {
    let Some(passing) = world.passing.iter().rev().find(|p| p.message == message).cloned() else {
        return;
    };
    if !returned {
        leave(world, message, NodeId::Exchange(passing.exchange.clone()), DotKind::Unroutable);
    }
    let (label, exchange, key) = (record.label(message), passing.exchange, passing.key);
    world.arrived(&exchange, ExchangeCount::Unroutable);
    world.tell(record, What::Unroutable { message: label, exchange, key, returned });
}

pub(super) fn leave(world: &mut World, message: MessageId, at: NodeId, kind: DotKind) {
    let id = world.next_id();
    let from = world.now;
    world.draw_leaving(Leaving { id, message, at, kind, from, until: from + LEAVE });
}

pub(super) fn requeued(
    world: &mut World,
    message: MessageId,
    queue: &Name,
    position: u64,
    record: &mut Record,
) {
    let queue = world.scenario_name(queue);
    world.count(&queue, QueueCount::Requeued);
    let place = Place::new(&queue, position);
    let holder = world.holder_of(&place);
    let held_by = world.held_by.remove(&place);
    world.is_back(held_by, &place);
    let path: Vec<LinkId> =
        holder.map(|c| world.plan.consume_link(c, &queue)).into_iter().collect();
    let hop = if path.is_empty() { crate::time::Span::ZERO } else { world.plan.hop };
    let entering = Entering {
        id: world.next_id(),
        message,
        place,
        path,
        requeued: true,
        redelivered: true,
        from: world.now,
        until: world.now + hop,
        whereabouts: Whereabouts::Ready,
    };
    world.draw_entering(entering);
    let message = record.label(message);
    world.tell(record, What::Requeued { queue, message });
}

pub(super) fn left(
    world: &mut World,
    message: MessageId,
    queue: &Name,
    position: u64,
    reason: Leave,
    record: &mut Record,
) {
    let queue = world.scenario_name(queue);
    let place = Place::new(&queue, position);
    let drawn = world.drawn_in_at(&place);
    world.set_whereabouts(&place, Whereabouts::Gone);
    let counted = match reason {
        Leave::Rejected => Some(QueueCount::Rejected),
        Leave::Expired => Some(QueueCount::Expired),
        Leave::MaxLength | Leave::Overflow | Leave::DeliveryLimit => Some(QueueCount::Dropped),
        _ => None,
    };
    if let Some(what) = counted {
        world.count(&queue, what);
    }
    let kind = match reason {
        Leave::Acknowledged | Leave::AutoAcknowledged | Leave::Read => None,
        Leave::Rejected => Some(DotKind::Rejected),
        Leave::Expired => Some(DotKind::Expired),
        _ => Some(DotKind::Dropped),
    };
    if let Some(kind) = kind {
        let (id, at) = (world.next_id(), NodeId::Queue(queue.clone()));
        let until = drawn + LEAVE;
        world.draw_leaving(Leaving { id, message, at, kind, from: drawn, until });
    }
    let label = record.label(message);
    if reason == Leave::Acknowledged {
        if let Some(client) = world.acking(&place) {
            world.tell(record, What::Acked { queue, client, message: label });
        }
    } else {
        world.tell(record, What::Left { queue, message: label, why: reason });
    }
    world.held_by.remove(&place);
}

/// A queue is deleted. Its ready messages have left; what clients hold of it
/// or are being sent they keep, and it belongs to no queue any more: to settle
/// it is no error and changes nothing (`rabbit_channel:ack/2`,
/// `rabbit_queue_type:settle/5` on a queue that is not there).
pub(super) fn queue_gone(world: &mut World, queue: &Name) {
    let let_go = |place: &mut Place| {
        if place.queue == *queue {
            place.let_go();
        }
    };
    let on_its_way = |due: &mut Due| match due {
        Due::Down { from: Some(place), .. } => let_go(place),
        Due::Up { note, .. } => {
            if let UpNote::Settle { held, .. } = &mut **note {
                let_go(&mut held.place);
            }
        }
        _ => {}
    };
    world.held_by.retain(|place, _| place.queue != *queue);
    world.agenda.retain(|_, due| {
        on_its_way(due);
        true
    });
    for waiting in world.wires.iter_mut().flat_map(|wire| &mut wire.waiting) {
        on_its_way(&mut waiting.due);
    }
    for client in &mut world.clients {
        let held = client.inbox.iter_mut().chain(&mut client.settling);
        for held in held.chain(&mut client.forgotten).chain(&mut client.lost) {
            let_go(&mut held.place);
        }
    }
    for entering in world.entering.iter_mut().filter(|e| e.place.queue == *queue) {
        entering.whereabouts = Whereabouts::Gone;
        entering.place.let_go();
    }
}
