//! From a state to what can be seen of it.

use super::Depth;
use super::still::Still;
use crate::broker::{Name, Reply};
use crate::frame::{
    Chip, ClientState, ConsumerFace, Dot, DotKind, Frame, LinkId, Node, NodeBody, Path,
    PublisherFace,
};
use crate::order::{Map, Set};
use crate::scenario::{AckMode, NodeId, Statement};
use crate::time::Tick;
use crate::world::{
    Client, Due, Held, Phase, Place, Record, Tag, UpNote, VHOST, Waiting, Whereabouts, World,
    journey,
};

/// Progress runs to a million.
const WHOLE: u64 = 1_000_000;

pub(super) fn build(world: &World, record: &Record, now: Tick, still: &mut Still) -> Frame {
    let nodes = nodes(world, record, now, still.cast(&world.plan));
    Frame {
        now,
        title: world.plan.document.title.clone(),
        caption: caption(world),
        highlights: highlights(world, now),
        links: still.links(world, &nodes, now),
        nodes,
        dots: dots(world, record, now),
    }
}

fn caption(world: &World) -> Option<String> {
    match &world.plan.document.items.get(world.caption?)?.what {
        Statement::Caption(text) if !text.is_empty() => Some(text.clone()),
        _ => None,
    }
}

fn highlights(world: &World, now: Tick) -> Vec<NodeId> {
    let items = &world.plan.document.items;
    let Some(item) = world.highlight.and_then(|index| items.get(index)) else { return Vec::new() };
    match &item.what {
        Statement::Highlight { nodes, lasts } if lasts.is_none_or(|d| now < item.at + d) => {
            nodes.clone()
        }
        _ => Vec::new(),
    }
}

/// Copies that are still drawn on their way into one queue.
#[derive(Default)]
struct Arriving {
    ready: u64,
    unacked: u64,
    places: Set<u64>,
}

/// Copies that are still drawn on their way, by the queue they come to.
fn arriving(world: &World, now: Tick) -> Map<&Name, Arriving> {
    let mut arriving: Map<&Name, Arriving> = Map::new();
    for entering in world.entering.iter().filter(|e| e.until > now) {
        let here = arriving.get_or_insert_with(&entering.place.queue, Arriving::default);
        here.ready += u64::from(entering.whereabouts == Whereabouts::Ready);
        here.unacked += u64::from(entering.whereabouts == Whereabouts::Unacked);
        here.places.insert(entering.place.position);
    }
    arriving
}

/// How many messages each queue of the plan holds at `now`, as they are drawn;
/// nothing where there is no such queue.
pub(super) fn depths(world: &World, now: Tick) -> Vec<Depth> {
    let arriving = arriving(world, now);
    let of_queue = |name: &Name| {
        let Some(view) = world.broker.queue(VHOST, &world.real_name(name)) else {
            return Depth::default();
        };
        let (ready, unacked) = arriving.get(name).map_or((0, 0), |a| (a.ready, a.unacked));
        Depth {
            ready: view.ready().saturating_sub(ready),
            unacked: view.unacked().saturating_sub(unacked),
        }
    };
    world.plan.queues.iter().map(of_queue).collect()
}

/// `cast` holds the clients, exchanges and queues of the plan in its order.
fn nodes(world: &World, record: &Record, now: Tick, cast: &[Node]) -> Vec<Node> {
    let plan = &world.plan;
    let arriving = arriving(world, now);
    let mut nodes = Vec::with_capacity(cast.len());
    let mut cast = cast.iter();
    for (index, (client, node)) in world.clients.iter().zip(cast.by_ref()).enumerate() {
        if client.present {
            nodes.push(client_node(world, index, client, record, now, node));
        }
    }
    for (name, node) in plan.exchanges.iter().zip(cast.by_ref()) {
        if let Some(exchange) = world.broker.exchange(VHOST, name) {
            let mut node = node.clone();
            if let NodeBody::Exchange { kind, internal, .. } = &mut node.body {
                if **kind != *exchange.kind.name() {
                    *kind = Name::from(exchange.kind.name());
                }
                *internal = exchange.internal;
            }
            let held = world.broker.held_back(VHOST, name).len();
            if held > 0 {
                node.note = format!("{held} held back").into();
            }
            nodes.push(node);
        }
    }
    for (name, node) in plan.queues.iter().zip(cast) {
        nodes.extend(queue_node(world, record, name, arriving.get(name), node));
    }
    nodes
}

fn client_state(world: &World, index: usize) -> ClientState {
    let cut = world.wires[world.plan.clients[index].connection].cut;
    let wire = &world.wires[world.plan.clients[index].connection];
    let blocked = wire.connection(wire.epoch).is_some_and(|c| world.broker.is_blocked(c));
    match &world.clients[index].phase {
        Phase::Running | Phase::Connecting if cut => ClientState::Cut,
        Phase::Running if blocked => ClientState::Blocked,
        Phase::Stopped => ClientState::Stopped,
        Phase::Connecting => ClientState::Connecting,
        Phase::Running => ClientState::Running,
        Phase::Crashed => ClientState::Crashed,
        Phase::Closed { code, text, connection } => {
            ClientState::Closed { code: *code, text: text.clone(), connection: *connection }
        }
    }
}

fn client_node(
    world: &World,
    index: usize,
    client: &Client,
    record: &Record,
    now: Tick,
    node: &Node,
) -> Node {
    let cast = &world.plan.clients[index];
    let publishes = cast.publisher.as_ref().map(|p| PublisherFace {
        letter: cast.letter.clone(),
        published: client.sent,
        confirmed: client.confirmed,
        nacked: client.nacked,
        returned: client.returned,
        confirms: p.confirms,
    });
    let consumes = cast.consumer.as_ref().map(|consumer| {
        let auto_ack = consumer.ack_mode == AckMode::Auto;
        let its_own = |h: &Held| auto_ack || world.held_by.get(&h.place) == Some(&index);
        let waiting = client.inbox.iter().map(|h| (h, false));
        let held = waiting
            .chain(client.forgotten.iter().map(|h| (h, false)))
            .chain(client.settling.iter().map(|h| (h, true)))
            .filter(|(h, _)| h.place.is_gone() || its_own(h))
            .chain(client.lost.iter().filter(|h| its_own(h)).map(|h| (h, false)));
        let gone = held.clone().filter(|(h, _)| !auto_ack && h.place.is_gone());
        ConsumerFace {
            prefetch: consumer.prefetch,
            auto_ack,
            held: held.clone().count() as u64,
            gone: gone.count() as u64,
            holds: held.take(Node::SHOWN).map(|(h, s)| held_chip(h, s, record)).collect(),
            progress: client.working.map(|(from, until)| {
                let (gone, whole) = (now.since(from).0, until.since(from).0.max(1));
                (gone.saturating_mul(1_000) / whole).min(1_000) as u16
            }),
            received: client.received,
            acked: client.acked,
        }
    });
    let state = client_state(world, index);
    with_body(node, NodeBody::Client { state, publishes, consumes })
}

fn held_chip(held: &Held, settled: bool, record: &Record) -> Chip {
    let tag = record.tag(held.id());
    let chip = chip(&tag, held.redelivered, settled, held.place.position);
    Chip { gone: held.place.is_gone(), ..chip }
}

fn chip(tag: &Tag, redelivered: bool, settled: bool, position: u64) -> Chip {
    Chip {
        label: tag.label.clone(),
        colour: tag.colour,
        redelivered,
        dead_lettered: tag.dead_lettered,
        settled,
        gone: false,
        position,
    }
}

/// A node of the cast with what is inside it now.
fn with_body(node: &Node, body: NodeBody) -> Node {
    let (label, note) = (node.label.clone(), node.note.clone());
    Node { id: node.id.clone(), label, note, body, placed: node.placed }
}

fn queue_node(
    world: &World,
    record: &Record,
    name: &Name,
    arriving: Option<&Arriving>,
    node: &Node,
) -> Option<Node> {
    let real = world.real_name(name);
    let view = world.broker.queue(VHOST, &real)?;
    let is_arriving = |position: &u64| arriving.is_some_and(|a| a.places.contains(position));
    let head = view
        .messages()
        .filter(|stored| !is_arriving(&stored.position))
        .take(Node::SHOWN)
        .map(|stored| {
            let tag = record.tag(stored.message.id);
            chip(&tag, stored.redelivered, false, stored.position)
        })
        .collect();
    let (ready, unacked) = arriving.map_or((0, 0), |a| (a.ready, a.unacked));
    let body = NodeBody::Queue {
        ready: view.ready().saturating_sub(ready),
        unacked: view.unacked().saturating_sub(unacked),
        head,
        real_name: (real != *name).then_some(real),
    };
    Some(with_body(node, body))
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
            let dot = dot(sequence, kind, path, progress, &tag, redelivered);
            dots.push(Dot { gone: is_gone(due), ..dot });
        }
    }
    for (turn, waiting) in world.wires.iter().flat_map(|w| w.waiting.iter()).enumerate() {
        dots.extend(waiting_dot(world, record, waiting, turn, now));
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

/// Something on a link that is cut stands still.
fn waiting_dot(
    world: &World,
    record: &Record,
    waiting: &Waiting,
    turn: usize,
    now: Tick,
) -> Option<Dot> {
    let (from, _) = journey(&waiting.due, now)?;
    let (kind, path, tag, redelivered) = travelling(world, record, &waiting.due)?;
    let (whole, left) = waiting.way.unwrap_or_default();
    if from > now {
        return None;
    }
    let gone = whole.0.saturating_sub(left.0);
    let progress = progress(Tick::ZERO, Tick(whole.0), Tick(gone));
    // Numbers from the far end, apart from those of the agenda.
    let dot = dot(u64::MAX - turn as u64, kind, path, progress, &tag, redelivered);
    Some(Dot { gone: is_gone(&waiting.due), ..dot })
}

/// Whether this is a delivery out of a queue that was deleted since.
fn is_gone(due: &Due) -> bool {
    matches!(due, Due::Down { from: Some(place), .. } if place.is_gone())
}

fn dot(id: u64, kind: DotKind, path: Path, progress: u32, tag: &Tag, redelivered: bool) -> Dot {
    Dot {
        id,
        kind,
        path,
        progress,
        label: tag.label.clone(),
        colour: tag.colour,
        redelivered,
        dead_lettered: tag.dead_lettered,
        gone: false,
    }
}

/// What something on the agenda looks like while it travels.
fn travelling(world: &World, record: &Record, due: &Due) -> Option<(DotKind, Path, Tag, bool)> {
    match due {
        Due::Up { note, up, .. } => travelling_up(world, record, note, up),
        Due::Down { wire, channel, to, reply, from, .. } => {
            let client = world.drawn_to(*wire, *channel, *to, reply)?;
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
        UpNote::None | UpNote::Asked { .. } => None,
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
        Reply::Deliver { redelivered, message, .. } | Reply::GetOk { redelivered, message, .. } => {
            let place = from?;
            let consumer = plan.clients[client].consumer.as_ref()?;
            // A copy that went back while on its way is drawn going back.
            let is_back = !place.is_gone() && world.held_by.get(place) != Some(&client);
            if consumer.ack_mode == AckMode::Manual && is_back {
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
            // Publishes are numbered in the order they were sent.
            let place = pending.partition_point(|(seq, _)| seq < delivery_tag);
            let (_, number) = *pending.get(place).filter(|(seq, _)| seq == delivery_tag)?;
            let letter = plan.clients[client].letter.clone();
            let label = crate::world::Label { letter, number };
            let tag = Tag { label, ..Tag::default() };
            Some((kind, Path::Back(home(&publisher.exchange)), tag, false))
        }
        _ => None,
    }
}
