//! What is told about exchanges, queues and bindings that come and go.

use super::{Record, What, World};
use crate::broker::Fact;

/// Tells of a fact about topology; of no other.
pub(super) fn tell(world: &World, fact: &Fact, record: &mut Record) {
    let what = match fact {
        Fact::ExchangeDeclared { exchange } => {
            What::ExchangeDeclared { exchange: exchange.clone() }
        }
        Fact::ExchangeDeleted { exchange } => What::ExchangeDeleted { exchange: exchange.clone() },
        Fact::QueueDeclared { queue } => {
            let name = world.scenario_name(queue);
            let real_name = (name != *queue).then(|| queue.clone());
            What::QueueDeclared { queue: name, real_name }
        }
        Fact::QueueDeleted { queue } => What::QueueDeleted { queue: world.scenario_name(queue) },
        Fact::Bound { source, destination, to_exchange, routing_key } => What::Bound {
            source: source.clone(),
            destination: world.destination_name(destination, *to_exchange),
            key: routing_key.clone(),
        },
        Fact::Unbound { source, destination, to_exchange, routing_key } => What::Unbound {
            source: source.clone(),
            destination: world.destination_name(destination, *to_exchange),
            key: routing_key.clone(),
        },
        _ => return,
    };
    world.tell(record, what);
}
