//! What goes along with a deleted queue, and who is told.

use super::Broker;
use super::channel::{ChannelKey, Mode};
use super::event::{Event, Fact, Leave};
use super::message::SharedMessage;
use super::method::{QueueId, Reply};
use super::queue::Queue;
use super::routing::Removed;
use super::unacked::GONE;
use super::value::Name;

/// Consumers that lost their queue, to be told.
pub(super) type Notices = Vec<(ChannelKey, Name)>;

/// The consumers of a queue, in the order in which they are told.
fn notices(queue: &Queue) -> Notices {
    let mut notices: Notices = queue.consumers.iter().map(|c| (c.channel, c.tag.clone())).collect();
    crate::order::sort_by(&mut notices, Ord::cmp);
    notices
}

impl Broker {
    /// Deletes a queue with its messages and bindings. Gives how many messages
    /// were ready, and whom to tell.
    pub(super) fn delete_queue(&mut self, id: QueueId, out: &mut Vec<Event>) -> (u32, Notices) {
        let Some(mut queue) = self.queues.get_mut(id.0 as usize).and_then(Option::take) else {
            return (0, Notices::new());
        };
        queue.disarm(&mut self.deadlines);
        let notices = notices(&queue);
        let declared = queue.declared.clone();
        let owner = declared.exclusive.and_then(|owner| self.connection_mut(owner));
        if let Some(owner) = owner {
            owner.exclusive.retain(|other| *other != id);
        }
        let removed = self.vhosts[declared.vhost].routing.queue_deleted(&declared.name);
        // In place for a moment, so that its messages can leave as facts.
        self.queues[id.0 as usize] = Some(queue);
        let ready =
            self.on_queue(id, out, |queue, context| queue.clear(Leave::QueueDeleted, context));
        self.queues[id.0 as usize] = None;
        self.remove_consumers(&notices, &declared.name, out);
        self.tell_removed(removed, out);
        out.push(Event::Fact(Fact::QueueDeleted { queue: declared.name }));
        (ready.unwrap_or(0), notices)
    }

    /// The process of a queue ends over a message and starts anew: its
    /// consumers are told that it is gone, and what they hold is settled with
    /// nobody (`rabbit_prequeue:crash_restart`). False when the message was
    /// still to be confirmed: what is not written to disk is confirmed before.
    pub(super) fn crash_queue(
        &mut self,
        id: QueueId,
        message: &SharedMessage,
        out: &mut Vec<Event>,
    ) -> bool {
        let Some(queue) = self.queue_at(id) else { return true };
        let (notices, name, durable) =
            (notices(queue), queue.declared.name.clone(), queue.declared.durable);
        let mut held = Vec::new();
        for key in self.channels.keys() {
            let Some(channel) = self.channels.get_mut(key) else { continue };
            let settled = match &mut channel.mode {
                Mode::Transaction(transaction) => Some(transaction.settled_mut()),
                _ => None,
            };
            let open = channel.unacked.iter_mut().chain(settled.into_iter().flatten());
            for unacked in open.filter(|unacked| unacked.queue == id) {
                unacked.queue = GONE;
                held.push(unacked.stored.clone());
            }
        }
        self.on_queue(id, out, |queue, context| queue.come_back(held, context));
        self.remove_consumers(&notices, &name, out);
        self.notify(notices, out);
        !(durable && message.properties.is_persistent())
    }

    fn remove_consumers(&mut self, notices: &Notices, queue: &Name, out: &mut Vec<Event>) {
        for (key, tag) in notices {
            if let Some(channel) = self.channels.get_mut(*key) {
                channel.consumers.remove(tag);
                out.push(Event::Fact(Fact::ConsumerRemoved {
                    channel: channel.id,
                    consumer_tag: tag.clone(),
                    queue: queue.clone(),
                }));
            }
        }
    }

    /// Tells consumers that their queue is gone, those that want to know.
    pub(super) fn notify(&self, notices: Notices, out: &mut Vec<Event>) {
        for (key, consumer_tag) in notices {
            let Some(channel) = self.channels.get(key).filter(|c| !c.is_closing()) else {
                continue;
            };
            let connection = self.connection(channel.id.connection);
            if connection.is_some_and(|c| c.capabilities.consumer_cancel_notify) {
                out.push(Event::Send { to: channel.id, reply: Reply::Cancel { consumer_tag } });
            }
        }
    }

    /// Facts of bindings and exchanges that went along with something else.
    pub(super) fn tell_removed(&mut self, removed: Removed, out: &mut Vec<Event>) {
        if !removed.exchanges.is_empty() {
            self.vhosts.iter_mut().for_each(super::VirtualHost::forget_histories);
        }
        for binding in removed.bindings {
            out.push(Event::Fact(Fact::Unbound {
                source: binding.source,
                to_exchange: binding.destination.is_exchange(),
                destination: binding.destination.name().clone(),
                routing_key: binding.key,
            }));
        }
        for exchange in removed.exchanges {
            out.push(Event::Fact(Fact::ExchangeDeleted { exchange }));
        }
    }
}
