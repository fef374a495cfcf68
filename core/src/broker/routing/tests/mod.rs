//! What the routing of one virtual host has to do.

mod explain;
mod headers;
mod lifetime;
mod naive;
mod pick;
mod random;
mod topic;
mod ways;

use super::{BindTarget, Binding, Exchange, ExchangeKind, Query, Routing};
use crate::broker::{Name, Profile, QueueId, Table};

/// A queue called `name`.
fn queue(routing: &mut Routing, name: &str, id: u32) {
    routing.queue_declared(Name::from(name), QueueId(id));
}

fn exchange(routing: &mut Routing, name: &str, kind: ExchangeKind) {
    routing.declare(Exchange::new(name, kind));
}

/// An exchange that goes with its last binding.
fn fleeting(routing: &mut Routing, name: &str) {
    routing.declare(Exchange { auto_delete: true, ..Exchange::new(name, ExchangeKind::Fanout) });
}

fn to_queue(source: &str, queue: &str, key: &str, arguments: Table) -> Binding {
    Binding {
        source: Name::from(source),
        destination: BindTarget::Queue(QueueId(u32::MAX), Name::from(queue)),
        key: Name::from(key),
        arguments,
    }
}

fn to_exchange(source: &str, destination: &str, key: &str) -> Binding {
    Binding {
        source: Name::from(source),
        destination: BindTarget::Exchange(Name::from(destination)),
        key: Name::from(key),
        arguments: Table::new(),
    }
}

fn bind(routing: &mut Routing, source: &str, queue: &str, key: &str) {
    let binding = to_queue(source, queue, key, Table::new());
    assert_eq!(routing.bind(binding, Profile::V3_10), Ok(true), "{source} {queue} {key}");
}

fn bind_exchange(routing: &mut Routing, source: &str, destination: &str, key: &str) {
    let binding = to_exchange(source, destination, key);
    assert_eq!(routing.bind(binding, Profile::V3_10), Ok(true), "{source} {destination} {key}");
}

/// The numbers of the queues reached with these keys.
fn route_keys(routing: &mut Routing, exchange: &str, keys: &[&str]) -> Vec<u32> {
    let mut out = Vec::new();
    routing.route(exchange, &Query::of(keys, Profile::default()), &mut out);
    out.into_iter().map(|id| id.0).collect()
}

fn route(routing: &mut Routing, exchange: &str, key: &str) -> Vec<u32> {
    route_keys(routing, exchange, &[key])
}
