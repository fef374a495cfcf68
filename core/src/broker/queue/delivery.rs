//! Messages coming in and going out.

use super::{Context, Overflow, Queue, Stored};
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

impl Queue {
    /// A routed message arrives. False when the queue refuses it.
    pub(crate) fn publish(&mut self, message: &SharedMessage, context: &mut Context<'_>) -> bool {
        if self.refuses(message) {
            self.refuse(message, context);
            return false;
        }
        let stored = Stored {
            position: self.store.take_position(),
            message: message.clone(),
            expires: self.expiry_of(message, context.now),
            level: self.store.level_of(message.properties.priority),
            redelivered: false,
            failed: u16::try_from(message.failed).unwrap_or(u16::MAX),
            returned: 0,
        };
        context.fact(Fact::Enqueued {
            message: message.id,
            queue: self.declared.name.clone(),
            position: stored.position,
        });
        if self.store.is_empty() {
            if let Some(slot) = self.next_consumer(context) {
                self.deliver(slot, stored, context);
                return true;
            }
            self.keep(stored, context);
        } else {
            self.keep(stored, context);
            self.run(context);
        }
        true
    }

    /// Stores an arrival that nobody could take, then drops what is too much
    /// or expired (`deliver_or_enqueue`).
    fn keep(&mut self, mut stored: Stored, context: &mut Context<'_>) {
        stored.redelivered = stored.failed > 0;
        let expires = stored.expires;
        self.store.push(stored);
        let dropped = self.drop_over_length(context);
        let alone = self.store.len() == 1;
        if (dropped || alone) && !(dropped && alone && expires == Tick::MAX) {
            self.drop_expired(context);
        }
    }

    fn refuse(&self, message: &SharedMessage, context: &mut Context<'_>) {
        context.fact(Fact::Left {
            message: message.id,
            queue: self.declared.name.clone(),
            position: self.store.next_position(),
            reason: Leave::Overflow,
        });
        if self.settings.overflow == Overflow::RejectPublishDlx {
            self.bury_message(message.clone(), 0, DeathReason::MaxLength, context);
        }
    }

    /// Adds a consumer and gives it what it can take.
    pub(crate) fn subscribe(&mut self, consumer: Consumer, exclusive: bool) {
        let slot = self.consumers.add(consumer);
        self.had_consumer = true;
        let takes_hold =
            if self.settings.single_active { self.consumers.holder.is_none() } else { exclusive };
        if takes_hold {
            self.consumers.holder = Some(slot);
        }
    }

    fn next_consumer(&mut self, context: &mut Context<'_>) -> Option<u32> {
        self.consumers.next(self.settings.single_active, self.id, context.channels)
    }

    /// Delivers while there is a message and somebody to take it
    /// (`run_message_queue`).
    pub(crate) fn run(&mut self, context: &mut Context<'_>) {
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

    /// `basic.get`: takes the head, whoever else consumes.
    pub(crate) fn get(&mut self, context: &mut Context<'_>) -> Option<Got> {
        self.renew(context);
        let stored = self.fetch(context)?;
        let (left, _) = self.counts();
        Some(Got { stored, left })
    }

    fn deliver(&mut self, slot: u32, stored: Stored, context: &mut Context<'_>) {
        let Some(consumer) = self.consumers.get(slot) else { return };
        let Some(channel) = context.channels.get_mut(consumer.channel) else { return };
        let delivery_tag = channel.take_tag();
        let consumer_tag = consumer.tag.clone();
        let no_ack = consumer.no_ack;
        context.out.push(Event::Send {
            to: channel.id,
            reply: Reply::Deliver {
                consumer_tag: consumer_tag.clone(),
                delivery_tag,
                redelivered: stored.redelivered,
                message: stored.message.clone(),
            },
        });
        context.out.push(Event::Fact(Fact::Delivered {
            message: stored.message.id,
            queue: self.declared.name.clone(),
            position: stored.position,
            to: channel.id,
            consumer_tag,
            delivery_tag,
            redelivered: stored.redelivered,
        }));
        if no_ack {
            self.left(&stored, Leave::AutoAcknowledged, context);
        } else {
            channel.unacked.push(delivery_tag, Unacked { queue: self.id, consumer: slot, stored });
            self.consumers.hold(slot);
            self.unacked += 1;
        }
    }
}
