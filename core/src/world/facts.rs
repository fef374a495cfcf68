//! What comes out of the broker: replies go onto their links, facts become
//! happenings and things to draw.

use super::again::{self, SentOn};
use super::visual::{Body, Whereabouts};
use super::ways::paths;
use super::{Due, Entering, Passing, Place, Record, Tag, To, What, World, leaving, state::Flow};
use crate::broker::{
    ChannelId, Event, Fact, Leave, Message, MessageId, Method, Name, Properties, Reply, Value,
};
use crate::frame::{DotKind, LinkId};
use crate::scenario::{ExchangeCount, NodeId, QueueCount};
use std::collections::VecDeque;

/// What a publish in progress means for the facts it causes.
struct Publishing {
    tag: Tag,
    paths: Vec<(Name, Vec<LinkId>)>,
    properties: Properties,
    body: Body,
}

/// A publish in a transaction that is not committed.
#[derive(Clone, Debug, Hash)]
pub(super) struct Uncommitted {
    channel: ChannelId,
    exchange: Name,
    key: Name,
    properties: Properties,
    body: Body,
}

/// A publish that the broker has not taken yet, for its connection is blocked.
#[derive(Clone, Debug, Hash)]
pub(super) struct Awaiting {
    tag: Tag,
    properties: Properties,
    body: Body,
}

/// Hands a publish to the broker, remembering how it is routed.
pub(super) fn publish(
    world: &mut World,
    channel: ChannelId,
    method: Method,
    tag: Tag,
    record: &mut Record,
) {
    let (properties, body) = (Properties::default(), Body::default());
    let mut publishing = Publishing { tag, paths: Vec::new(), properties, body };
    if let Method::Publish { exchange, routing_key, properties, body, .. } = &method {
        publishing.paths = paths(world, exchange, routing_key, Some(properties), None);
        publishing.properties = properties.clone();
        publishing.body = Body(body.clone());
    }
    let mut events = Vec::new();
    world.sends(record, channel, &method);
    world.keep_content(&publishing.tag.label, &method, record);
    world.broker.apply(world.now, channel, method, &mut events);
    let taken = |event: &Event| matches!(event, Event::Fact(Fact::Published { .. }));
    if world.broker.is_blocked(channel.connection) && !events.iter().any(taken) {
        let (tag, properties) = (publishing.tag.clone(), publishing.properties.clone());
        let kept = Awaiting { tag, properties, body: publishing.body.clone() };
        world.awaiting.get_or_insert_with(channel, VecDeque::new).push_back(kept);
    }
    absorb_with(world, events, Some(publishing), record);
}

pub(super) fn absorb(world: &mut World, events: Vec<Event>, record: &mut Record) {
    absorb_with(world, events, None, record);
}

fn absorb_with(
    world: &mut World,
    events: Vec<Event>,
    mut publishing: Option<Publishing>,
    record: &mut Record,
) {
    let mut sent_on: Vec<SentOn> = Vec::new();
    for (at, event) in events.iter().enumerate() {
        if let Event::Fact(Fact::Enqueued { message, .. } | Fact::Unroutable { message, .. }) =
            event
            && let Some(held) = world.uncommitted.remove(message)
        {
            let Uncommitted { exchange, key, properties, body, .. } = held;
            let paths = paths(world, &exchange, &key, Some(&properties), Some(*message));
            let now = Publishing { tag: record.tag(*message), paths, properties, body };
            let queues = entered_by(world, &events[at..], *message);
            routed(world, *message, &exchange, &key, queues, &now, record);
            publishing = Some(now);
        }
        match event {
            Event::Send { to, reply } => {
                world.hears(record, *to, reply);
                world.undone(*to, reply);
                // The fact about a delivery follows the delivery.
                let from = match events.get(at + 1) {
                    Some(Event::Fact(Fact::Delivered { queue, position, .. }))
                        if matches!(reply, Reply::Deliver { .. } | Reply::GetOk { .. }) =>
                    {
                        Some(Place::new(&world.scenario_name(queue), *position))
                    }
                    _ => None,
                };
                send(world, *to, reply.clone(), from, record);
            }
            Event::Fact(Fact::Published { message, from, exchange, routing_key }) => {
                publishing = awaited(world, *from, exchange, routing_key).or(publishing);
                let Some(publishing) = &publishing else { continue };
                record.set_label(*message, publishing.tag.clone());
                let (exchange, key) = (exchange.clone(), routing_key.clone());
                if world.in_transaction(*from) {
                    let properties = publishing.properties.clone();
                    let (channel, body) = (*from, publishing.body.clone());
                    let held = Uncommitted { channel, exchange, key, properties, body };
                    world.uncommitted.insert(*message, held);
                    continue;
                }
                let queues = entered_by(world, &events[at..], *message);
                routed(world, *message, &exchange, &key, queues, publishing, record);
            }
            Event::Fact(Fact::Enqueued { message, queue, position }) => {
                let path = way_in(*message, queue, publishing.as_ref(), &sent_on);
                enters(world, *message, queue, *position, path);
            }
            Event::Fact(dead @ Fact::DeadLettered { .. }) => {
                sent_on.extend(again::dead_lettered(world, dead, &events[at..], record));
            }
            Event::Fact(released @ Fact::Released { .. }) => {
                sent_on.extend(again::released(world, released, &events[at..], record));
            }
            Event::Fact(Fact::Replayed { message, exchange, routing_key }) => {
                let paths = paths(world, exchange, routing_key, None, Some(*message));
                sent_on.push(SentOn { message: *message, via: None, paths });
                let (message, exchange) = (record.label(*message), exchange.clone());
                world.tell(record, What::Replayed { message, exchange });
            }
            Event::Fact(other) => fact(world, other, record),
        }
    }
}

/// A publish that waited while its connection was blocked and happens now.
fn awaited(world: &mut World, from: ChannelId, exchange: &Name, key: &Name) -> Option<Publishing> {
    let Awaiting { tag, properties, body } =
        world.awaiting.get_mut(&from).and_then(VecDeque::pop_front)?;
    let paths = paths(world, exchange, key, Some(&properties), None);
    Some(Publishing { tag, paths, properties, body })
}

/// The lines that a copy takes into a queue.
fn way_in(
    message: MessageId,
    queue: &Name,
    publishing: Option<&Publishing>,
    sent_on: &[SentOn],
) -> Vec<LinkId> {
    if let Some(sent) = sent_on.iter().rev().find(|sent| sent.message == message) {
        let rest = sent.paths.iter().find(|(name, _)| name == queue);
        let rest = rest.into_iter().flat_map(|(_, lines)| lines.iter().cloned());
        return sent.via.iter().cloned().chain(rest).collect();
    }
    let found = publishing.and_then(|p| p.paths.iter().find(|(name, _)| name == queue));
    found.map(|(_, lines)| lines.clone()).unwrap_or_default()
}

/// Scenario names of the queues a message entered, in order.
pub(super) fn entered_by(world: &World, events: &[Event], message: MessageId) -> Vec<Name> {
    let entered = events.iter().filter_map(|event| match event {
        Event::Fact(Fact::Enqueued { message: id, queue, .. }) if *id == message => Some(queue),
        Event::Fact(Fact::Left { message: id, queue, reason: Leave::Overflow, .. })
            if *id == message =>
        {
            Some(queue)
        }
        _ => None,
    });
    let mut names: Vec<Name> = Vec::new();
    for queue in entered {
        let name = world.scenario_name(queue);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn routed(
    world: &mut World,
    message: MessageId,
    exchange: &Name,
    key: &Name,
    queues: Vec<Name>,
    publishing: &Publishing,
    record: &mut Record,
) {
    world.show_passing(Passing {
        message,
        exchange: exchange.clone(),
        key: key.clone(),
        properties: publishing.properties.clone(),
        body: publishing.body.clone(),
        until: world.now + world.plan.hop,
    });
    world.arrived(exchange, ExchangeCount::Received);
    if !queues.is_empty() {
        let (exchange, key) = (exchange.clone(), key.clone());
        let message = publishing.tag.label.clone();
        world.tell(record, What::Routed { message, exchange, key, queues });
    }
}

/// A copy is drawn on its way into a queue.
fn enters(world: &mut World, message: MessageId, queue: &Name, position: u64, path: Vec<LinkId>) {
    let queue = world.scenario_name(queue);
    world.count(&queue, QueueCount::Received);
    let hop = if path.is_empty() { crate::time::Span::ZERO } else { world.plan.hop };
    let entering = Entering {
        id: world.next_id(),
        message,
        place: Place { queue, position },
        path,
        requeued: false,
        redelivered: false,
        from: world.now,
        until: world.now + hop,
        whereabouts: Whereabouts::Ready,
    };
    world.draw_entering(entering);
}

/// Puts a reply on its way, or hands it to the operator at once.
fn send(world: &mut World, to: ChannelId, reply: Reply, from: Option<Place>, record: &mut Record) {
    if world.is_operator(to.connection) {
        operator_hears(world, to, reply, record);
        return;
    }
    let found = world
        .wires
        .iter()
        .enumerate()
        .find_map(|(wire, w)| Some((wire, w.is_current(to.connection)?)));
    let Some((wire, epoch)) = found else { return };
    let client = world.addressee((wire, to.number), &reply, record);
    // Answers that no client of ours waits for are not worth a journey.
    let silent = matches!(
        reply,
        Reply::ChannelOpenOk
            | Reply::QosOk
            | Reply::ConsumeOk { .. }
            | Reply::ConfirmSelectOk
            | Reply::TxSelectOk
            | Reply::QueueDeclareOk { .. }
            | Reply::QueueBindOk
            | Reply::ChannelCloseOk
            | Reply::ConnectionCloseOk
    );
    if !silent {
        send_down(world, (wire, epoch), (to.number, client), reply, from);
    }
}

pub(super) fn send_down(
    world: &mut World,
    (wire, epoch): (usize, u32),
    (channel, to): (u16, To),
    reply: Reply,
    from: Option<Place>,
) {
    let at = world.now + world.latency(wire);
    let drawn_from = from.as_ref().map_or(world.now, |place| world.drawn_in_at(place)).min(at);
    let reply = Box::new(reply);
    world.travel(wire, Due::Down { wire, epoch, drawn_from, channel, to, reply, from });
}

fn operator_hears(world: &mut World, to: ChannelId, reply: Reply, record: &mut Record) {
    match reply {
        Reply::ChannelClose { code, text, .. } => world.refused(to, false, code, &text, record),
        Reply::ConnectionClose { code, text, .. } => world.refused(to, true, code, &text, record),
        Reply::GetEmpty => {
            if let Some(queue) = world.doing_queue() {
                world.tell(record, What::GotEmpty { queue });
            }
        }
        Reply::Return { message, .. } => {
            let message_label = record.label(message.id);
            let what = What::Returned {
                client: Name::from("the operator"),
                message: message_label,
                text: Name::from("312 NO_ROUTE"),
            };
            world.tell(record, what);
        }
        _ => {}
    }
}

fn fact(world: &mut World, fact: &Fact, record: &mut Record) {
    match fact {
        Fact::Unroutable { message, returned } => {
            leaving::unroutable(world, *message, *returned, record);
        }
        Fact::HeldBack { message, exchange, until } => {
            let (message, exchange) = (record.label(*message), exchange.clone());
            world.tell(record, What::HeldBack { message, exchange, until: *until });
        }
        Fact::Delivered {
            message,
            queue,
            position,
            to,
            consumer_tag,
            delivery_tag,
            redelivered,
        } => {
            let queue = world.scenario_name(queue);
            world.count(&queue, QueueCount::Delivered);
            world.set_whereabouts(&Place::new(&queue, *position), Whereabouts::Unacked);
            let label = record.label(*message);
            let what = match world.client_for(*to, consumer_tag) {
                Some(client) => {
                    world.held_by.insert(Place::new(&queue, *position), client);
                    What::Delivered {
                        queue,
                        client: world.plan.clients[client].name.clone(),
                        message: label,
                        tag: *delivery_tag,
                        redelivered: *redelivered,
                    }
                }
                None => {
                    leaving::leave(world, *message, NodeId::Queue(queue.clone()), DotKind::Message);
                    What::Got { queue, message: label, redelivered: *redelivered }
                }
            };
            world.tell(record, what);
        }
        Fact::Requeued { message, queue, position } => {
            leaving::requeued(world, *message, queue, *position, record);
        }
        Fact::Left { message, queue, position, reason } => {
            leaving::left(world, *message, queue, *position, *reason, record);
        }
        Fact::QueueDeleted { queue } => {
            leaving::queue_gone(world, &world.scenario_name(queue));
            super::topology::tell(world, fact, record);
        }
        Fact::ConnectionBlocked { connection, reason } => {
            world.blocking(*connection, Some(reason), record);
        }
        Fact::ConnectionUnblocked { connection } => world.blocking(*connection, None, record),
        _ => super::topology::tell(world, fact, record),
    }
}

/// Where and why a message died before.
pub(super) fn x_death(message: &Message) -> Option<&Value> {
    message.properties.headers.as_ref()?.get("x-death")
}

impl World {
    /// What was published in a transaction that is rolled back never was.
    fn undone(&mut self, channel: ChannelId, reply: &Reply) {
        if *reply == Reply::TxRollbackOk {
            self.uncommitted.retain(|_, held| held.channel != channel);
        }
    }

    /// Counts what went through a queue, by its scenario name.
    pub(super) fn count(&mut self, queue: &Name, what: QueueCount) {
        match self.flows.get_mut(queue) {
            Some(flow) => flow[what as usize] += 1,
            None => {
                let mut flow = Flow::default();
                flow[what as usize] = 1;
                self.flows.insert(queue.clone(), flow);
            }
        }
    }
}
