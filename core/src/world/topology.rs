//! What is told about exchanges, queues and bindings that come and go.

use super::{Record, What, World};
use crate::broker::{Broker, Fact, Profile};
use crate::scenario::{Document, Statement};
use crate::time::Tick;

impl World {
    /// A broker with the exchanges, queues and bindings that a scenario
    /// declares at its start, and nobody connected: what a server begins with.
    /// `profile` goes before the scenario's own. An exclusive queue goes with
    /// the operator who declared it.
    #[must_use]
    pub fn topology(mut document: Document, profile: Option<Profile>) -> Broker {
        document.profile = profile.unwrap_or(document.profile);
        document.items.retain(|item| {
            let declares = matches!(
                item.what,
                Statement::Exchange(_)
                    | Statement::Queue(_)
                    | Statement::Bind(_)
                    | Statement::Policy { .. }
                    | Statement::User { .. }
                    | Statement::Limit(_)
                    | Statement::Permit { .. }
                    | Statement::PermitTopic { .. }
            );
            item.at == Tick::ZERO && declares
        });
        let (mut world, mut record) = (Self::new(document), Record::default());
        while world.next_tick() == Some(Tick::ZERO) && world.step(&mut record) {}
        let mut broker = world.broker;
        if let Some(operator) = world.operator {
            broker.abort(Tick::ZERO, operator, &mut Vec::new());
        }
        broker
    }
}

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
