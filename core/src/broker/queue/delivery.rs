//! Messages coming in and going out.

use super::{Context, Overflow, Queue, Stored};
use crate::broker::channel::ChannelKey;
use crate::broker::consumer::Consumer;
use crate::broker::dead_letter::DeathReason;
use crate::broker::event::{Event, Fact, Leave};
use crate::broker::message::SharedMessage;
use crate::broker::method::Reply;
use crate::broker::unacked::Unacked;
use crate::time::Tick;

/// A message got by `basic.get`, and how many are left.
pub(crate) struct Got {
    pub(crate) stored: Stored,
    pub(crate) left: u32,
}

/// What came of a routed message at its queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// The queue has it, or has handed it on.
    Taken,
    /// It would make the queue too long.
    Refused,
    /// The queue's process ended over it.
    Crashed,
}

impl Queue {
    /// A routed message arrives, from a channel or from inside the broker.
    pub(crate) fn publish(
        &mut self,
        from: Option<ChannelKey>,
        message: &SharedMessage,
        context: &mut Context<'_>,
    ) -> Arrival {
        if self.is_quorum() {
            let taken = self.publish_to_quorum(from, message, context);
            return if taken { Arrival::Taken } else { Arrival::Refused };
        }
        if self.is_stream() {
            self.append(message, context);
            return Arrival::Taken;
        }
        if self.refuses(message) {
            self.refuse(message, context);
            return Arrival::Refused;
        }
        let highest = self.settings.max_priority.unwrap_or(0);
        let level = message.properties.priority.unwrap_or(0).min(highest);
        let stored = self.admit(message, level, context);
        if self.store.is_empty() {
            if let Some(slot) = self.next_consumer(context) {
                self.deliver(slot, stored, context);
                return Arrival::Taken;
            }
            self.keep(stored, context);
        } else if self.settings.single_active && !context.profile.runs_queue_after_cancel() {
            return self.pass_backlog(stored, context);
        } else {
            self.keep(stored, context);
            self.run(context);
        }
        Arrival::Taken
    }

    /// Where a cancelled consumer left a backlog to the next one that nobody
    /// has offered to it, what arrives is offered first. Without
    /// acknowledgements it is taken; with them the queue finds that it is not
    /// empty, as it should be, and crashes
    /// (`rabbit_amqqueue_process:attempt_delivery` in 3.10).
    fn pass_backlog(&mut self, stored: Stored, context: &mut Context<'_>) -> Arrival {
        let Some(slot) = self.next_consumer(context) else {
            self.keep(stored, context);
            return Arrival::Taken;
        };
        if self.consumers.get(slot).is_some_and(|consumer| consumer.no_ack) {
            self.deliver(slot, stored, context);
            return Arrival::Taken;
        }
        self.left(&stored, Leave::Lost, context);
        Arrival::Crashed
    }

    /// Gives a message its place.
    pub(super) fn admit(
        &mut self,
        message: &SharedMessage,
        level: u8,
        context: &mut Context<'_>,
    ) -> Stored {
        let position = self.store.take_position();
        context.fact(|| Fact::Enqueued {
            message: message.id,
            queue: self.declared.name.clone(),
            position,
        });
        Stored {
            position,
            message: message.clone(),
            expires: self.expiry_of(message, context.now),
            level,
            redelivered: false,
            failed: u16::try_from(message.rare().failed).unwrap_or(u16::MAX),
            returned: 0,
        }
    }

    /// Stores an arrival that nobody could take, then drops what is too much
    /// or expired (`deliver_or_enqueue`).
    fn keep(&mut self, mut stored: Stored, context: &mut Context<'_>) {
        stored.redelivered = stored.failed > 0 && context.profile.counts_failures_everywhere();
        let expires = stored.expires;
        self.store.push(stored);
        let dropped = self.drop_over_length(context);
        let alone = self.store.len() == 1;
        if (dropped || alone) && !(dropped && alone && expires == Tick::MAX) {
            self.drop_expired(context);
        }
    }

    pub(super) fn refuse(&self, message: &SharedMessage, context: &mut Context<'_>) {
        context.fact(|| Fact::Left {
            message: message.id,
            queue: self.declared.name.clone(),
            position: self.store.next_position(),
            reason: Leave::Overflow,
        });
        if self.settings.overflow == Overflow::RejectPublishDlx {
            let failed = u16::try_from(message.rare().failed).unwrap_or(u16::MAX);
            self.bury_message(message.clone(), failed, DeathReason::MaxLength, context);
        }
    }

    /// Adds a consumer and gives it what it can take.
    pub(crate) fn subscribe(&mut self, consumer: Consumer, exclusive: bool, now: Tick) {
        if self.is_stream() {
            return self.add_reader(consumer, now);
        }
        let slot = self.consumers.add(consumer);
        self.had_consumer = true;
        let takes_hold =
            if self.settings.single_active { self.consumers.holder.is_none() } else { exclusive };
        if takes_hold {
            self.consumers.holder = Some(slot);
        }
    }

    pub(super) fn next_consumer(&mut self, context: &mut Context<'_>) -> Option<u32> {
        self.consumers.next(self.id, context.channels)
    }

    /// Delivers while there is a message and somebody to take it
    /// (`run_message_queue`).
    pub(crate) fn run(&mut self, context: &mut Context<'_>) {
        if self.is_quorum() {
            return self.check_out(context);
        }
        if self.is_stream() {
            return self.read(context);
        }
        while !self.store.is_empty() {
            let Some(slot) = self.next_consumer(context) else { return };
            let Some(stored) = self.fetch(context) else { return };
            self.deliver(slot, stored, context);
        }
    }

    fn fetch(&mut self, context: &mut Context<'_>) -> Option<Stored> {
        let stored = self.store.pop()?;
        self.drop_expired(context);
        Some(stored)
    }

    /// `basic.get`: takes the head, whoever else consumes. What a quorum queue
    /// says is left counts what expires with that, unless the message is settled
    /// at once (`rabbit_fifo:apply` of a dequeue).
    pub(crate) fn get(&mut self, no_ack: bool, context: &mut Context<'_>) -> Option<Got> {
        self.renew(context);
        if !self.is_quorum() {
            let stored = self.fetch(context)?;
            let (left, _) = self.counts(context.now);
            return Some(Got { stored, left });
        }
        // What has expired goes before the head is looked at.
        self.drop_expired(context);
        let stored = self.store.pop()?;
        let (before, _) = self.counts(context.now);
        self.drop_expired(context);
        self.look_at_limits(context);
        let (left, _) = self.counts(context.now);
        Some(Got { stored, left: if no_ack { left } else { before } })
    }

    pub(super) fn deliver(&mut self, slot: u32, stored: Stored, context: &mut Context<'_>) {
        let Some(consumer) = self.consumers.get(slot) else { return };
        let consumer_tag = consumer.tag.clone();
        let (no_ack, key) = (consumer.no_ack, consumer.channel);
        let by_consumer = context.profile.takes_back_in_time();
        let timeout = if by_consumer { consumer.timeout } else { self.timeout(None, context) };
        let Some(channel) = context.channels.get_mut(key) else { return };
        let delivery_tag = channel.take_tag();
        let message = stored.shown(self.declared.kind, context.profile, false);
        // What a quorum queue gives to a channel whose connection ends waits there.
        let heard = channel.delivers();
        let no_ack = no_ack && (heard || !self.is_quorum());
        if heard {
            context.out.push(Event::Send {
                to: channel.id,
                reply: Reply::Deliver {
                    consumer_tag: consumer_tag.clone(),
                    delivery_tag,
                    redelivered: stored.redelivered,
                    message,
                },
            });
        }
        if context.watched {
            context.out.push(Event::Fact(Fact::Delivered {
                message: stored.message.id,
                queue: self.declared.name.clone(),
                position: stored.position,
                to: channel.id,
                consumer_tag,
                delivery_tag,
                redelivered: stored.redelivered,
            }));
        }
        if no_ack {
            self.left(&stored, Leave::AutoAcknowledged, context);
        } else {
            let (queue, since, released) = (self.id, context.now, false);
            let unacked = Unacked { queue, consumer: slot, stored, since, timeout, released };
            channel.wait_for(key, delivery_tag, unacked, context.deadlines);
            self.consumers.hold(slot);
            self.unacked += 1;
        }
    }
}
