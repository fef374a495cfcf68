//! Everything that appears at any time of a run, empty and at rest.

use super::lines;
use super::notes::{client_note, queue_note};
use crate::broker::Name;
use crate::frame::{ClientState, ConsumerFace, Frame, Node, NodeBody, PublisherFace};
use crate::scenario::{NodeId, Statement};
use crate::world::Plan;

pub(super) fn build(plan: &Plan) -> Frame {
    let mut frame = Frame { title: plan.document.title.clone(), ..Frame::default() };
    for (index, client) in plan.clients.iter().enumerate() {
        frame.nodes.push(Node {
            id: NodeId::Client(client.name.clone()),
            label: client.name.clone(),
            note: client_note(plan, index).into(),
            body: NodeBody::Client {
                state: ClientState::Running,
                publishes: client.publisher.as_ref().map(|p| PublisherFace {
                    letter: client.letter.clone(),
                    confirms: p.confirms,
                    ..PublisherFace::default()
                }),
                consumes: client
                    .consumer
                    .as_ref()
                    .map(|c| ConsumerFace { prefetch: c.prefetch, ..ConsumerFace::default() }),
            },
            placed: placed(plan, &NodeId::Client(client.name.clone())),
        });
    }
    for name in &plan.exchanges {
        frame.nodes.push(exchange_node(plan, name));
    }
    for name in &plan.queues {
        let id = NodeId::Queue(name.clone());
        frame.nodes.push(Node {
            label: name.clone(),
            note: queue_note(plan, name).into(),
            body: NodeBody::Queue {
                ready: 0,
                unacked: 0,
                head: Vec::new(),
                // Not known yet, but room is kept for it.
                real_name: server_named(plan, name).then(Name::default),
            },
            placed: placed(plan, &id),
            id,
        });
    }
    frame.links = lines::of_clients(plan, |_| true);
    frame.links.extend(plan.bindings.iter().map(|(b, id)| lines::of_binding(b, id.index)));
    frame.links.extend(plan.implicit.iter().map(lines::implicit));
    frame.links.extend(arguments_lines(plan));
    let known = |id: &NodeId| frame.nodes.iter().any(|n| n.id == *id);
    frame.links.retain(|l| known(&l.id.from) && known(&l.id.to));
    frame
}

fn server_named(plan: &Plan, name: &Name) -> bool {
    plan.document.items.iter().any(|item| match &item.what {
        Statement::Queue(queue) => queue.name == *name && queue.server_named,
        _ => false,
    })
}

/// Lines that arguments make: alternate and dead-letter exchanges.
pub(super) fn arguments_lines(plan: &Plan) -> Vec<crate::frame::Link> {
    let mut links = Vec::new();
    for item in &plan.document.items {
        match &item.what {
            Statement::Exchange(e) => {
                let alternate = e.arguments.get("alternate-exchange").and_then(|v| v.as_str());
                links.extend(alternate.map(|to| lines::alternate(&e.name, to)));
            }
            Statement::Queue(q) => {
                let dead = q.arguments.get("x-dead-letter-exchange").and_then(|v| v.as_str());
                links.extend(dead.map(|to| lines::dead_letter(&q.name, to)));
            }
            _ => {}
        }
    }
    links
}

/// Where a person put a node; the last word counts.
fn placed(plan: &Plan, id: &NodeId) -> Option<(i32, i32)> {
    plan.document.items.iter().rev().find_map(|item| match &item.what {
        Statement::Place { node, x, y } if node == id => Some((*x, *y)),
        _ => None,
    })
}

/// An exchange as the document declares it; the predeclared ones by what every
/// broker has.
fn exchange_node(plan: &Plan, name: &Name) -> Node {
    let declared = plan.document.items.iter().find_map(|item| match &item.what {
        Statement::Exchange(e) if e.name == *name => Some(e),
        _ => None,
    });
    let predeclared = crate::broker::routing::Exchange::predeclared();
    let kind = match declared {
        Some(exchange) => exchange.kind.clone(),
        None => {
            let found = predeclared.iter().find(|e| e.name == *name);
            Name::from(found.map_or("", |e| e.kind.name()))
        }
    };
    let id = NodeId::Exchange(name.clone());
    Node {
        label: if name.is_empty() { "(default)".into() } else { name.clone() },
        note: if name.is_empty() {
            "default exchange".into()
        } else {
            format!("{kind} exchange").into()
        },
        body: NodeBody::Exchange {
            kind,
            internal: declared.is_some_and(|e| e.internal),
            declared: declared.is_some(),
        },
        placed: placed(plan, &id),
        id,
    }
}
