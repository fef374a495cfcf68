//! From a state to what can be seen of it.

use super::cast::{arguments_lines, exchange_node, placed};
use super::lines;
use super::notes::{client_note, queue_note};
use crate::broker::{Broker, Name, Reply};
use crate::frame::{
    Chip, ClientState, ConsumerFace, Dot, DotKind, Frame, Link, LinkId, LinkKind, Node, NodeBody,
    Path, PublisherFace, Verdict,
};
use crate::scenario::{AckMode, Destination, NodeId, Statement};
use crate::time::Tick;
use crate::world::{
    Client, Due, Entering, Held, Phase, Place, Record, Tag, UpNote, VHOST, Whereabouts, World,
    journey,
};

/// Progress runs to a million.
const WHOLE: u64 = 1_000_000;

pub(super) fn build(world: &World, record: &Record, now: Tick) -> Frame {
    let plan = &world.plan;
    let mut frame = Frame {
        now,
        title: plan.document.title.clone(),
        caption: caption(world),
        nodes: nodes(world, record, now),
        ..Frame::default()
    };
    frame.links = links(world, now);
    let known = |id: &NodeId| frame.nodes.iter().any(|n| n.id == *id);
    frame.links.retain(|l| known(&l.id.from) && known(&l.id.to));
    frame.dots = dots(world, record, now);
    frame
}

fn caption(world: &World) -> Option<String> {
    match &world.plan.document.items.get(world.caption?)?.what {
        Statement::Caption(text) if !text.is_empty() => Some(text.clone()),
        _ => None,
    }
}

fn nodes(world: &World, record: &Record, now: Tick) -> Vec<Node> {
    let plan = &world.plan;
    let mut nodes = Vec::new();
    for (index, client) in world.clients.iter().enumerate() {
        if client.present {
            nodes.push(client_node(world, index, client, record, now));
        }
    }
    for name in &plan.exchanges {
        if let Some(exchange) = world.broker.exchange(VHOST, name) {
            let mut node = exchange_node(plan, name);
            if let NodeBody::Exchange { kind, internal, .. } = &mut node.body {
                *kind = Name::from(exchange.kind.name());
                *internal = exchange.internal;
            }
            nodes.push(node);
        }
    }
    for name in &plan.queues {
        nodes.extend(queue_node(world, record, name, now));
    }
    nodes
}

fn client_state(phase: &Phase) -> ClientState {
    match phase {
        Phase::Stopped => ClientState::Stopped,
        Phase::Connecting => ClientState::Connecting,
        Phase::Running => ClientState::Running,
        Phase::Crashed => ClientState::Crashed,
        Phase::Closed { code, text, connection } => {
            ClientState::Closed { code: *code, text: text.clone(), connection: *connection }
        }
    }
}

fn client_node(world: &World, index: usize, client: &Client, record: &Record, now: Tick) -> Node {
    let plan = &world.plan;
    let cast = &plan.clients[index];
    let id = NodeId::Client(cast.name.clone());
    let publishes = cast.publisher.as_ref().map(|p| PublisherFace {
        letter: cast.letter.to_string(),
        published: client.sent,
        confirmed: client.confirmed,
        nacked: client.nacked,
        returned: client.returned,
        confirms: p.confirms,
    });
    let consumes = cast.consumer.as_ref().map(|consumer| {
        let auto_ack = consumer.ack_mode == AckMode::Auto;
        let waiting = client.inbox.iter().map(|h| (h, false));
        let held = waiting
            .chain(client.forgotten.iter().map(|h| (h, false)))
            .chain(client.settling.iter().map(|h| (h, true)))
            .chain(client.lost.iter().map(|h| (h, false)))
            .filter(|(h, _)| auto_ack || world.held_by.get(&h.place) == Some(&index));
        ConsumerFace {
            prefetch: consumer.prefetch,
            auto_ack,
            held: held.clone().count() as u64,
            holds: held.take(Node::SHOWN).map(|(h, s)| held_chip(h, s, record)).collect(),
            progress: client.working.map(|(from, until)| {
                let (gone, whole) = (now.since(from).0, until.since(from).0.max(1));
                (gone.saturating_mul(1_000) / whole).min(1_000) as u16
            }),
            received: client.received,
            acked: client.acked,
        }
    });
    Node {
        label: cast.name.to_string(),
        note: client_note(plan, index),
        body: NodeBody::Client { state: client_state(&client.phase), publishes, consumes },
        placed: placed(plan, &id),
        id,
    }
}

fn held_chip(held: &Held, settled: bool, record: &Record) -> Chip {
    let tag = record.tag(held.id());
    chip(&tag, held.redelivered, settled, held.place.position)
}

fn chip(tag: &Tag, redelivered: bool, settled: bool, position: u64) -> Chip {
    Chip {
        label: tag.label.to_string(),
        colour: tag.colour,
        redelivered,
        dead_lettered: tag.dead_lettered,
        settled,
        position,
    }
}

fn queue_node(world: &World, record: &Record, name: &Name, now: Tick) -> Option<Node> {
    let real = world.real_name(name);
    let view = world.broker.queue(VHOST, &real)?;
    let arriving: Vec<&Entering> =
        world.entering.iter().filter(|e| e.place.queue == *name && e.until > now).collect();
    let on_the_way = |w: Whereabouts| arriving.iter().filter(|e| e.whereabouts == w).count() as u64;
    let is_arriving = |position| arriving.iter().any(|e| e.place.position == position);
    let head = view
        .messages()
        .filter(|stored| !is_arriving(stored.position))
        .take(Node::SHOWN)
        .map(|stored| {
            let tag = record.tag(stored.message.id);
            chip(&tag, stored.redelivered, false, stored.position)
        })
        .collect();
    let id = NodeId::Queue(name.clone());
    Some(Node {
        label: name.to_string(),
        note: queue_note(&world.plan, name),
        body: NodeBody::Queue {
            ready: view.ready().saturating_sub(on_the_way(Whereabouts::Ready)),
            unacked: view.unacked().saturating_sub(on_the_way(Whereabouts::Unacked)),
            head,
            real_name: (real != *name).then(|| real.to_string()),
        },
        placed: placed(&world.plan, &id),
        id,
    })
}

fn links(world: &World, now: Tick) -> Vec<Link> {
    let plan = &world.plan;
    let mut links = lines::of_clients(plan, |index| world.clients[index].present);
    for binding in world.broker.bindings(VHOST) {
        let declared = lines::as_declared(binding, |name| world.scenario_name(name));
        let known = plan.bindings.iter().find(|(b, _)| *b == declared);
        let index = known.map_or(0, |(_, id)| id.index);
        links.push(lines::of_binding(&declared, index));
    }
    links.extend(plan.implicit.iter().map(lines::implicit));
    links.extend(arguments_lines(plan));
    for passing in world.passing.iter().filter(|p| p.until > now) {
        decide(&world.broker, world, passing, &mut links);
    }
    links
}

/// Marks what a decision that is being shown said about each binding.
fn decide(broker: &Broker, world: &World, passing: &crate::world::Passing, links: &mut [Link]) {
    let (key, headers) = (&*passing.key, passing.headers.as_ref());
    let Some(explanation) = broker.explain(VHOST, &passing.exchange, &[key], headers) else {
        return;
    };
    for (binding, verdict) in super::inspect::verdicts(&explanation) {
        let declared = lines::as_declared(binding, |name| world.scenario_name(name));
        let LinkKind::Binding { key, arguments } = lines::of_binding(&declared, 0).kind else {
            continue;
        };
        let to = match &declared.destination {
            Destination::Queue(name) => NodeId::Queue(name.clone()),
            Destination::Exchange(name) => NodeId::Exchange(name.clone()),
        };
        let from = NodeId::Exchange(declared.source.clone());
        for link in links.iter_mut().filter(|l| l.id.from == from && l.id.to == to) {
            if matches!(&link.kind, LinkKind::Binding { key: k, arguments: a }
                if *k == key && *a == arguments)
            {
                link.verdict = verdict;
            }
        }
    }
    if passing.exchange.is_empty() {
        let to = NodeId::Queue(world.scenario_name(&passing.key));
        for link in links.iter_mut().filter(|l| l.kind == LinkKind::Implicit && l.id.to == to) {
            link.verdict = Verdict::Matched;
        }
    }
}

fn progress(from: Tick, until: Tick, now: Tick) -> u32 {
    let whole = until.since(from).0.max(1);
    (u128::from(now.since(from).0) * u128::from(WHOLE) / u128::from(whole)).min(WHOLE.into()) as u32
}

fn dots(world: &World, record: &Record, now: Tick) -> Vec<Dot> {
    let mut dots = Vec::new();
    for (&(arrives, sequence), due) in &world.agenda {
        let Some((from, until)) = journey(due, arrives) else { continue };
        if from > now || until <= now {
            continue;
        }
        if let Some((kind, path, tag, redelivered)) = travelling(world, record, due) {
            let progress = progress(from, until, now);
            dots.push(dot(sequence, kind, path, progress, &tag, redelivered));
        }
    }
    for entering in world.entering.iter().filter(|e| e.until > now) {
        let whole = progress(entering.from, entering.until, now);
        let lines = entering.path.len().max(1) as u64;
        let along = u64::from(whole) * lines;
        let at = (along / WHOLE).min(lines - 1);
        let Some(link) = entering.path.get(at as usize) else { continue };
        let tag = record.tag(entering.message);
        let (kind, path) = if entering.requeued {
            let position = entering.place.position;
            (DotKind::Requeued, Path::Into { link: link.clone(), position })
        } else {
            (DotKind::Message, Path::Along(link.clone()))
        };
        let part = (along - at * WHOLE) as u32;
        dots.push(dot(entering.id, kind, path, part, &tag, entering.redelivered));
    }
    for leaving in world.leaving.iter().filter(|l| l.from <= now && l.until > now) {
        let tag = record.tag(leaving.message);
        let path = Path::Leaving(leaving.at.clone());
        let part = progress(leaving.from, leaving.until, now);
        dots.push(dot(leaving.id, leaving.kind, path, part, &tag, false));
    }
    dots
}

fn dot(id: u64, kind: DotKind, path: Path, progress: u32, tag: &Tag, redelivered: bool) -> Dot {
    Dot {
        id,
        kind,
        path,
        progress,
        label: tag.label.to_string(),
        colour: tag.colour,
        redelivered,
        dead_lettered: tag.dead_lettered,
    }
}

/// What something on the agenda looks like while it travels.
fn travelling(world: &World, record: &Record, due: &Due) -> Option<(DotKind, Path, Tag, bool)> {
    match due {
        Due::Up { note, up, .. } => travelling_up(world, record, note, up),
        Due::Down { wire, channel, reply, from, .. } => {
            let client = world.on_channel(*wire, *channel)?;
            down(world, record, client, reply, from.as_ref())
        }
        _ => None,
    }
}

fn travelling_up(
    world: &World,
    record: &Record,
    note: &UpNote,
    up: &crate::world::Up,
) -> Option<(DotKind, Path, Tag, bool)> {
    let plan = &world.plan;
    match note {
        UpNote::Publish { client, number, colour } => {
            let exchange = up.exchange()?;
            let letter = plan.clients[*client].letter.clone();
            let label = crate::world::Label { letter, number: *number };
            let tag = Tag { label, colour: *colour, dead_lettered: false };
            let path = Path::Along(plan.publish_link(*client, exchange));
            Some((DotKind::Message, path, tag, false))
        }
        UpNote::Settle { client, held, positive } => {
            let kind = if *positive { DotKind::Ack } else { DotKind::Nack };
            let path = Path::Back(plan.consume_link(*client, &held.place.queue));
            Some((kind, path, record.tag(held.id()), held.redelivered))
        }
        UpNote::None => None,
    }
}

fn down(
    world: &World,
    record: &Record,
    client: usize,
    reply: &Reply,
    from: Option<&Place>,
) -> Option<(DotKind, Path, Tag, bool)> {
    let plan = &world.plan;
    let home = |exchange: &Name| -> LinkId { plan.publish_link(client, exchange) };
    match reply {
        Reply::Deliver { redelivered, message, .. } => {
            let place = from?;
            let consumer = plan.clients[client].consumer.as_ref()?;
            // A copy that went back while on its way is drawn going back.
            if consumer.ack_mode == AckMode::Manual && world.held_by.get(place) != Some(&client) {
                return None;
            }
            let path = Path::Along(plan.consume_link(client, &place.queue));
            Some((DotKind::Message, path, record.tag(message.id), *redelivered))
        }
        Reply::Return { message, .. } => {
            let path = Path::Back(home(&message.exchange));
            Some((DotKind::Returned, path, record.tag(message.id), false))
        }
        Reply::Ack { delivery_tag, .. } | Reply::Nack { delivery_tag, .. } => {
            let ack = matches!(reply, Reply::Ack { .. });
            let kind = if ack { DotKind::Confirm } else { DotKind::ConfirmNack };
            let publisher = plan.clients[client].publisher.as_ref()?;
            let pending = &world.clients[client].unconfirmed;
            let number = pending.iter().find(|(seq, _)| seq == delivery_tag)?.1;
            let letter = plan.clients[client].letter.clone();
            let label = crate::world::Label { letter, number };
            let tag = Tag { label, ..Tag::default() };
            Some((kind, Path::Back(home(&publisher.exchange)), tag, false))
        }
        _ => None,
    }
}
