//! Deliveries that wait too long for their acknowledgement.
//!
//! Up to 4.2 the channel is closed when the oldest of its deliveries has
//! waited too long (`rabbit_channel:evaluate_consumer_timeout`). Since 4.3 only
//! quorum queues care: they take the messages back, and the consumer gets
//! nothing more until it has settled what it had (`rabbit_fifo.erl`).
//!
//! Here the deadline is kept to the microsecond; RabbitMQ looks once a minute
//! in the first case.

use super::Broker;
use super::channel::{Channel, ChannelKey};
use super::deadline::{Deadlines, Due};
use super::event::Event;
use super::method::{QueueId, Reply};
use super::profile::Profile;
use super::queue::{Context, Queue, Stored};
use super::reply_code::Fault;
use super::unacked::{GOT, Unacked};
use super::value::{Name, Table, Value};
use crate::order::Map;
use crate::time::{Span, Tick};

impl Unacked {
    /// When it has waited too long.
    pub(crate) fn due(&self) -> Option<Tick> {
        self.timeout.filter(|_| !self.released).map(|timeout| self.since + timeout)
    }
}

impl Channel {
    /// Notes a delivery that waits.
    pub(crate) fn wait_for(
        &mut self,
        key: ChannelKey,
        tag: u64,
        unacked: Unacked,
        deadlines: &mut Deadlines,
    ) {
        if let Some(due) = unacked.due().filter(|_| !self.is_closing())
            && self.acknowledgement_due.is_none_or(|set| due < set)
        {
            deadlines.set(Due::Channel(key), &mut self.acknowledgement_due, Some(due));
        }
        self.unacked.push(tag, unacked);
    }
}

impl Queue {
    /// How long a delivery may wait, for a consumer with `arguments` or for
    /// `basic.get`. `None` is for ever.
    pub(crate) fn timeout(&self, arguments: Option<&Table>, context: &Context<'_>) -> Option<Span> {
        let own = match context.profile {
            Profile::V3_10 => None,
            Profile::V4_0 => self.settings.consumer_timeout,
            Profile::V4_3 if !self.is_quorum() => return None,
            Profile::V4_3 => arguments
                .and_then(|arguments| arguments.get("x-consumer-timeout"))
                .and_then(Value::as_integer)
                .and_then(|millis| u64::try_from(millis).ok())
                .map(Span::millis)
                .or(self.settings.consumer_timeout),
        };
        own.or(context.consumer_timeout)
    }

    /// Takes back what a consumer (or `basic.get`) has kept too long; it gets
    /// nothing more until it has settled that.
    fn take_back(&mut self, slot: u32, items: Vec<Stored>, context: &mut Context<'_>) {
        let count = u32::try_from(items.len()).unwrap_or(u32::MAX);
        self.unacked -= u64::from(count);
        if slot != GOT {
            self.consumers.settled(slot, count);
            self.consumers.time_out(slot, count);
        }
        for stored in items {
            self.return_one(stored, false, context);
        }
        self.check_out(context);
    }
}

impl Broker {
    /// The deadline of a channel came.
    pub(super) fn acknowledgement_due(&mut self, key: ChannelKey, out: &mut Vec<Event>) {
        let now = self.now;
        let Some(channel) = self.channels.get_mut(key) else { return };
        channel.acknowledgement_due = None;
        if self.profile.takes_back_in_time() {
            self.take_back_overdue(key, out);
        } else {
            let oldest = channel.unacked.iter().next().map(|(_, unacked)| unacked);
            let overdue = oldest.filter(|unacked| unacked.due().is_some_and(|due| due <= now));
            if let Some(timeout) = overdue.and_then(|unacked| unacked.timeout) {
                return self.fail_for_timeout(key, &timeout.as_millis().to_string(), out);
            }
        }
        self.arm_acknowledgement(key);
    }

    fn arm_acknowledgement(&mut self, key: ChannelKey) {
        let oldest_only = !self.profile.takes_back_in_time();
        let Some(channel) = self.channels.get_mut(key).filter(|c| !c.is_closing()) else { return };
        let dues = channel.unacked.iter().map(|(_, unacked)| unacked.due());
        let due = if oldest_only { dues.take(1).flatten().next() } else { dues.flatten().min() };
        let slot = &mut channel.acknowledgement_due;
        self.deadlines.set(Due::Channel(key), slot, due);
    }

    fn fail_for_timeout(&mut self, key: ChannelKey, millis: &str, out: &mut Vec<Event>) {
        let Some(channel) = self.channels.get(key) else { return };
        let id = channel.id;
        let fault = Fault::precondition(format!(
            "delivery acknowledgement on channel {} timed out. Timeout value used: {millis} ms. \
             This timeout value can be configured, see consumers doc guide to learn more",
            id.number
        ));
        self.fail(id, (0, 0), &fault, out);
    }

    fn take_back_overdue(&mut self, key: ChannelKey, out: &mut Vec<Event>) {
        let now = self.now;
        let Some(channel) = self.channels.get_mut(key) else { return };
        let mut overdue: Map<(QueueId, u32), Vec<Stored>> = Map::new();
        for unacked in channel.unacked.iter_mut() {
            if unacked.due().is_some_and(|due| due <= now) {
                unacked.released = true;
                let of = (unacked.queue, unacked.consumer);
                overdue.get_or_insert_with(of, Vec::new).push(unacked.stored.clone());
            }
        }
        for ((id, slot), items) in overdue {
            let tag = self.on_queue(id, out, |queue, context| {
                let tag = queue.consumers.get(slot).map(|consumer| consumer.tag.clone());
                queue.take_back(slot, items, context);
                tag
            });
            if !self.tell_taken_back(key, tag.flatten(), out) {
                return self.fail_for_timeout(key, "-1", out);
            }
        }
    }

    /// Tells a consumer that it was too slow, when it can be told: it looks
    /// like a cancelled one from outside, and is none.
    fn tell_taken_back(&self, key: ChannelKey, tag: Option<Name>, out: &mut Vec<Event>) -> bool {
        let Some(channel) = self.channels.get(key) else { return true };
        let connection = self.connection(channel.id.connection);
        let hears = connection.is_some_and(|c| c.capabilities.consumer_cancel_notify);
        let Some(consumer_tag) = tag.filter(|tag| hears && channel.consumers.contains_key(tag))
        else {
            return false;
        };
        out.push(Event::Send { to: channel.id, reply: Reply::Cancel { consumer_tag } });
        true
    }

    /// A consumer settled what had been taken from it.
    pub(super) fn settle_released(&mut self, id: QueueId, slot: u32, out: &mut Vec<Event>) {
        self.on_queue(id, out, |queue, context| {
            if slot != GOT && queue.consumers.settle_timed_out(slot) {
                queue.run(context);
            }
        });
    }

    /// A setting changed that says how long deliveries may wait: it holds for
    /// those that wait already, before 4.3.
    pub(super) fn acknowledgement_timeouts_changed(&mut self) {
        if self.profile.takes_back_in_time() {
            return;
        }
        let mut out = Vec::new();
        for key in self.channels.keys() {
            let Some(channel) = self.channels.get_mut(key) else { continue };
            let mut unacked = core::mem::take(&mut channel.unacked);
            for waiting in unacked.iter_mut() {
                let timeout =
                    self.on_queue(waiting.queue, &mut out, |q, context| q.timeout(None, context));
                waiting.timeout = timeout.unwrap_or(self.configuration.consumer_timeout);
            }
            if let Some(channel) = self.channels.get_mut(key) {
                channel.unacked = unacked;
            }
            self.arm_acknowledgement(key);
        }
    }
}

impl Profile {
    /// Quorum queues take back what waits too long; other queues wait for ever
    /// (`rabbit_fifo`, since 4.3). Before, the channel is closed.
    pub(crate) fn takes_back_in_time(self) -> bool {
        self >= Self::V4_3
    }
}
