//! How a channel ends: first it says nothing more, then it is gone. Between the
//! two the client may still have to say `channel.close-ok`.

use super::Broker;
use super::channel::ChannelKey;
use super::event::{Event, Fact};
use super::method::QueueId;
use super::queue::Held;
use super::unacked::Unacked;
use crate::order::Map;

impl Broker {
    /// A channel says and hears nothing more. The classic queues that it
    /// consumes from are told at once; others notice when it has ended
    /// (`rabbit_channel:notify_queues`).
    pub(super) fn hush_channel(
        &mut self,
        key: ChannelKey,
        code: u16,
        text: String,
        out: &mut Vec<Event>,
    ) {
        let Some(channel) = self.channels.get_mut(key) else { return };
        channel.hush();
        channel.disarm(key, &mut self.deadlines);
        let id = channel.id;
        if let Some(reply) = channel.reply.take() {
            self.replies.remove(&reply.address);
        }
        self.leave_queues(key, true, out);
        out.push(Event::Fact(Fact::ChannelClosed { channel: id, code, text }));
    }

    /// A channel is gone.
    pub(super) fn end_channel(&mut self, key: ChannelKey, out: &mut Vec<Event>) {
        self.leave_queues(key, false, out);
        self.channels.take(key);
    }

    /// A channel's consumers go and what it holds goes back, one queue after
    /// the other. `early`: only at classic queues it consumes from.
    fn leave_queues(&mut self, key: ChannelKey, early: bool, out: &mut Vec<Event>) {
        let Some(channel) = self.channels.get_mut(key) else { return };
        let (mut staying, mut later) = (Map::new(), Vec::new());
        let (consumers, open) = (core::mem::take(&mut channel.consumers), &mut channel.unacked);
        let open = open.take_all();
        let mut held: Map<QueueId, Vec<Held>> = Map::new();
        for (tag, queue) in consumers {
            if early && self.queue_at(queue).is_some_and(|queue| !queue.is_classic()) {
                staying.insert(tag, queue);
            } else {
                held.get_or_insert_with(queue, Vec::new);
            }
        }
        for (delivery_tag, unacked) in open {
            if early && !held.contains_key(&unacked.queue) {
                later.push((delivery_tag, unacked));
            } else if !unacked.released {
                let Unacked { queue, consumer, stored, .. } = unacked;
                let own = Held { delivery_tag, consumer, stored };
                held.get_or_insert_with(queue, Vec::new).push(own);
            }
        }
        if let Some(channel) = self.channels.get_mut(key) {
            channel.consumers = staying;
            channel.unacked.restore(later);
        }
        for (queue, held) in held {
            self.leave_queue(key, queue, held, out);
        }
    }

    fn leave_queue(&mut self, key: ChannelKey, id: QueueId, held: Vec<Held>, out: &mut Vec<Event>) {
        let down = self.on_queue(id, out, |queue, context| {
            let tags = queue.channel_down(key, held, context);
            (tags, queue.declared.name.clone(), queue.is_abandoned())
        });
        let (Some((tags, queue, abandoned)), Some(channel)) = (down, self.channels.get(key)) else {
            return;
        };
        let channel = channel.id;
        for consumer_tag in tags {
            let queue = queue.clone();
            out.push(Event::Fact(Fact::ConsumerRemoved { channel, consumer_tag, queue }));
        }
        if abandoned {
            let (_, notices) = self.delete_queue(id, out);
            self.notify(notices, out);
        }
    }
}
