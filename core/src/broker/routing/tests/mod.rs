//! What the routing of one virtual host has to do.

mod naive;
mod topic;

use super::{BindTarget, Binding, Exchange, ExchangeKind, Routing};
use crate::broker::{Name, Profile, QueueId, Table};

/// A queue called `name`; its number is its place in the order of declaration.
fn queue(routing: &mut Routing, name: &str, id: u32) {
    routing.queue_declared(Name::from(name), QueueId(id));
}

fn exchange(routing: &mut Routing, name: &str, kind: ExchangeKind) {
    routing.declare(Exchange::new(name, kind));
}

fn to_queue(source: &str, queue: &str, key: &str, arguments: Table) -> Binding {
    Binding {
        source: Name::from(source),
        destination: BindTarget::Queue(QueueId(u32::MAX), Name::from(queue)),
        key: Name::from(key),
        arguments,
    }
}

fn bind(routing: &mut Routing, source: &str, queue: &str, key: &str) {
    let binding = to_queue(source, queue, key, Table::new());
    assert_eq!(routing.bind(binding, Profile::V3_10), Ok(true), "{source} {queue} {key}");
}

fn route(routing: &mut Routing, exchange: &str, key: &str) -> Vec<u32> {
    let mut out = Vec::new();
    routing.route(exchange, &[key], None, Profile::default(), &mut out);
    out.into_iter().map(|id| id.0).collect()
}
