//! The ways that messages are drawn along, and who is at their ends.

use super::visual::Place;
use super::{Due, VHOST, World};
use crate::broker::{ChannelId, MessageId, Name, Properties};
use crate::frame::LinkId;
use crate::scenario::{Destination, NodeId};
use crate::time::Tick;

/// Index of the line to an alternate exchange, apart from all bindings.
pub(crate) const ALTERNATE_LINE: u32 = u32::MAX;

/// The lines a message takes to each queue that it reaches.
pub(super) fn paths(
    world: &World,
    exchange: &Name,
    key: &Name,
    properties: Option<&Properties>,
    message: Option<MessageId>,
) -> Vec<(Name, Vec<LinkId>)> {
    let found = world.broker.paths(VHOST, exchange, &[&**key], properties, message);
    found
        .into_iter()
        .map(|path| {
            let hops = path.hops.iter().map(|hop| line(world, hop)).collect();
            (path.queue.clone(), hops)
        })
        .collect()
}

/// The line that a hop of a route is drawn along.
fn line(world: &World, hop: &crate::broker::routing::Hop) -> LinkId {
    use crate::broker::routing::{BindTarget, Via};
    let from = NodeId::Exchange(hop.source.clone());
    let destination = match &hop.destination {
        BindTarget::Queue(_, name) => Destination::Queue(world.scenario_name(name)),
        BindTarget::Exchange(name) => Destination::Exchange(name.clone()),
    };
    let to = match &destination {
        Destination::Queue(name) => NodeId::Queue(name.clone()),
        Destination::Exchange(name) => NodeId::Exchange(name.clone()),
    };
    let index = match &hop.via {
        Via::Binding { key, arguments } => {
            let found = world.plan.bindings.iter().find(|(b, _)| {
                b.source == hop.source
                    && b.destination == destination
                    && b.key == *key
                    && b.arguments == *arguments
            });
            found.map_or(0, |(_, link)| link.index)
        }
        Via::Alternate => ALTERNATE_LINE,
        Via::Implicit => 0,
    };
    LinkId { from, to, index }
}

impl World {
    pub(super) fn destination_name(&self, name: &Name, to_exchange: bool) -> Name {
        if to_exchange { name.clone() } else { self.scenario_name(name) }
    }

    /// The name of the client on a channel that has a consumer of this tag.
    pub(crate) fn client_name_on(&self, channel: ChannelId, tag: &str) -> Option<Name> {
        Some(self.plan.clients[self.client_for(channel, tag)?].name.clone())
    }

    /// A client that consumes from the queue of a copy which comes back: where
    /// it is drawn coming from.
    pub(super) fn holder_of(&self, place: &Place) -> Option<usize> {
        let consumes = |c: usize| {
            let consumer = self.plan.clients[c].consumer.as_ref();
            consumer.is_some_and(|consumer| consumer.queues.contains(&place.queue))
        };
        let last = self.held_by.get(place).copied();
        last.or_else(|| (0..self.clients.len()).find(|&c| consumes(c)))
    }

    /// The client whose ack is being handled.
    pub(super) fn acking(&self, place: &Place) -> Option<Name> {
        let holder = *self.held_by.get(place)?;
        // With the flag multiple one settles for all who share its channel.
        let shares = self.plan.clients[holder].shares;
        let index = self.acting.filter(|_| shares).unwrap_or(holder);
        Some(self.plan.clients[index].name.clone())
    }

    /// Whether publishes on a channel wait for the end of a transaction.
    pub(super) fn in_transaction(&self, channel: ChannelId) -> bool {
        let on_it = |w: &super::Wire| w.is_current(channel.connection).is_some();
        let wire = self.wires.iter().position(on_it);
        wire.is_some_and(|wire| self.plan.mode(wire, channel.number)[1])
    }

    pub(super) fn doing_queue(&self) -> Option<Name> {
        match &self.plan.document.items.get(self.doing?)?.what {
            crate::scenario::Statement::Get { queue, .. } => Some(queue.clone()),
            _ => None,
        }
    }
}

/// From when to when something on the agenda is drawn travelling.
pub(crate) fn journey(due: &Due, arrives: Tick) -> Option<(Tick, Tick)> {
    match due {
        Due::Up { sent, .. } => Some((*sent, arrives)),
        Due::Down { drawn_from, .. } => Some((*drawn_from, arrives)),
        _ => None,
    }
}
