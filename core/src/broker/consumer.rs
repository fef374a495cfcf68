//! Who consumes from a queue, and whose turn it is.
//!
//! A queue keeps its consumers in a rotation. The one at the front that can
//! take a message takes it and goes to the back. One that is found full leaves
//! the rotation and comes back at the end of it when freed; until it is found
//! full it keeps its place (`rabbit_queue_consumers.erl`).

use super::channel::{ChannelKey, Channels};
use super::method::QueueId;
use super::value::{Name, Table};
use crate::time::Span;
use std::collections::VecDeque;

/// One `basic.consume`.
#[derive(Clone, Debug, Hash)]
pub(crate) struct Consumer {
    pub(crate) channel: ChannelKey,
    pub(crate) tag: Name,
    pub(crate) no_ack: bool,
    /// 0 is no limit.
    pub(crate) prefetch: u16,
    /// How many more it may be given, when there is a limit.
    pub(crate) credit: u32,
    /// What it holds unsettled.
    pub(crate) unacked: u32,
    /// How much was taken back from it that it has not settled. It gets nothing
    /// until it has.
    pub(crate) timed_out: u32,
    /// How long its deliveries may wait; `None` is for ever.
    pub(crate) timeout: Option<Span>,
    /// Higher is served first.
    pub(crate) priority: i64,
    pub(crate) arguments: Table,
    /// Grows from one subscription to the next.
    pub(crate) since: u64,
    /// False once cancelled: the record stays while deliveries are open, for
    /// they are settled under its tag.
    pub(crate) live: bool,
}

impl Consumer {
    fn is_limited(&self) -> bool {
        self.prefetch > 0 && !self.no_ack
    }

    fn is_full(&self) -> bool {
        self.timed_out > 0 || self.is_limited() && self.credit == 0
    }
}

/// What differs between queues.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Rules {
    /// Only one consumer is served, until it goes.
    pub(crate) single_active: bool,
    /// A consumer leaves the rotation as soon as it is full, not when it is
    /// found full (`rabbit_fifo.erl`).
    pub(crate) eager: bool,
    /// A single active consumer makes way for one of higher priority once it
    /// has settled all it holds.
    pub(crate) preempts: bool,
}

/// The consumers of one queue.
#[derive(Clone, Debug, Default, Hash)]
pub(crate) struct Consumers {
    rules: Rules,
    subscriptions: u64,
    slots: Vec<Option<Consumer>>,
    live: u32,
    /// The rotation, highest priority first.
    active: VecDeque<u32>,
    /// Found full, in the order found, highest priority first.
    blocked: Vec<u32>,
    /// Channels whose common limit was found reached here.
    suspended: Vec<ChannelKey>,
    /// The single active consumer, or the exclusive one.
    pub(crate) holder: Option<u32>,
}

impl Consumers {
    pub(crate) fn new(rules: Rules) -> Self {
        Self { rules, ..Self::default() }
    }

    pub(crate) const fn rules(&self) -> Rules {
        self.rules
    }

    /// How many there are.
    pub(crate) const fn len(&self) -> u32 {
        self.live
    }

    /// How many cancelled ones still hold something, and how much all hold.
    pub(crate) fn holding(&self) -> (u32, u64) {
        let all = self.slots.iter().flatten();
        all.fold((0, 0), |(cancelled, held), consumer| {
            (cancelled + u32::from(!consumer.live), held + u64::from(consumer.unacked))
        })
    }

    pub(crate) fn get(&self, slot: u32) -> Option<&Consumer> {
        self.slots.get(slot as usize)?.as_ref()
    }

    fn get_mut(&mut self, slot: u32) -> Option<&mut Consumer> {
        self.slots.get_mut(slot as usize)?.as_mut()
    }

    /// In the order of their turns, those found full at the end.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Consumer> {
        self.active.iter().chain(&self.blocked).filter_map(|slot| self.get(*slot))
    }

    /// Adds a consumer at the end of the rotation and gives its slot.
    ///
    /// A tag used again on the same channel takes over the record of the one
    /// before while deliveries of that are open: credit goes by channel and
    /// tag, so settling them is credit for the new one.
    pub(crate) fn add(&mut self, mut consumer: Consumer) -> u32 {
        let same = |old: &Consumer| {
            !old.live && old.channel == consumer.channel && old.tag == consumer.tag
        };
        let slot = self
            .slots
            .iter()
            .position(|slot| slot.as_ref().is_some_and(same))
            .or_else(|| self.slots.iter().position(Option::is_none))
            .unwrap_or(self.slots.len());
        if slot == self.slots.len() {
            self.slots.push(None);
        }
        if let Some(old) = &self.slots[slot] {
            consumer.unacked = old.unacked;
        }
        consumer.since = self.subscriptions;
        self.subscriptions += 1;
        self.slots[slot] = Some(consumer);
        self.live += 1;
        let slot = u32::try_from(slot).unwrap_or(u32::MAX);
        self.enter(slot);
        slot
    }

    /// Takes a consumer out of the rotation; its record stays while deliveries
    /// of it are open. False when there is none.
    pub(crate) fn remove(&mut self, channel: ChannelKey, tag: &str) -> bool {
        let found = self.slots.iter().position(|slot| {
            slot.as_ref().is_some_and(|c| c.live && c.channel == channel && &*c.tag == tag)
        });
        let Some(at) = found else { return false };
        self.retire(at);
        true
    }

    /// Takes every consumer of a channel out and gives their tags. What they
    /// hold is the caller's to settle.
    pub(crate) fn remove_channel(&mut self, channel: ChannelKey) -> Vec<Name> {
        let mut tags = Vec::new();
        for at in 0..self.slots.len() {
            let Some(consumer) = self.slots[at].as_ref().filter(|c| c.channel == channel) else {
                continue;
            };
            if consumer.live {
                tags.push(consumer.tag.clone());
                self.retire(at);
            }
            self.slots[at] = None;
        }
        self.suspended.retain(|key| *key != channel);
        tags
    }

    fn retire(&mut self, at: usize) {
        let slot = u32::try_from(at).unwrap_or(u32::MAX);
        self.active.retain(|other| *other != slot);
        self.blocked.retain(|other| *other != slot);
        self.live -= 1;
        let Some(consumer) = self.slots[at].as_mut() else { return };
        consumer.live = false;
        if consumer.unacked == 0 {
            self.slots[at] = None;
        }
    }

    /// After the holder has gone: the one whose turn is next holds the queue,
    /// or without regard for priority the one that waits longest.
    pub(crate) fn promote(&mut self) {
        let since = |slot: &u32| self.get(*slot).map(|consumer| consumer.since);
        let waits_longest = self.active.iter().copied().min_by_key(since);
        let by_turn = !self.rules.eager || self.rules.preempts;
        self.holder = if by_turn { self.active.front().copied() } else { waits_longest };
    }

    /// Whether a consumer of higher priority takes the queue over: `None` when
    /// it waits until the holder has settled all it holds.
    fn preempted(&mut self, holder: u32) -> Option<u32> {
        let first = self.active.front().copied().filter(|_| self.rules.preempts);
        let (Some(first), Some(current)) = (first, self.get(holder)) else { return Some(holder) };
        if self.get(first).is_none_or(|other| other.priority <= current.priority) {
            return Some(holder);
        }
        if current.unacked > 0 {
            return None;
        }
        self.holder = Some(first);
        Some(first)
    }

    /// Whether the holder is this consumer.
    pub(crate) fn is_holder(&self, channel: ChannelKey, tag: Option<&str>) -> bool {
        self.holder.and_then(|slot| self.get(slot)).is_some_and(|holder| {
            holder.channel == channel && tag.is_none_or(|tag| &*holder.tag == tag)
        })
    }

    /// The consumer that takes the next message, which is charged to it.
    pub(crate) fn next(&mut self, queue: QueueId, channels: &mut Channels) -> Option<u32> {
        if self.rules.single_active {
            let holder = self.holder?;
            let holder = self.preempted(holder)?;
            if self.blocked.contains(&holder) {
                return None;
            }
            if self.charge(holder, queue, channels) {
                return Some(holder);
            }
            self.active.retain(|slot| *slot != holder);
            self.block(holder);
            return None;
        }
        while let Some(slot) = self.active.pop_front() {
            if self.charge(slot, queue, channels) {
                if self.rules.eager && self.get(slot).is_some_and(Consumer::is_full) {
                    self.block(slot);
                } else {
                    self.enter(slot);
                }
                return Some(slot);
            }
            self.block(slot);
        }
        None
    }

    /// Whether the consumer can take one more; if so it is counted against
    /// its own limit and its channel's, of which a quorum queue knows nothing
    /// (`rabbit_fifo`): only consumers from before it can be there.
    fn charge(&mut self, slot: u32, queue: QueueId, channels: &mut Channels) -> bool {
        let Some(consumer) = self.slots.get_mut(slot as usize).and_then(Option::as_mut) else {
            return false;
        };
        if self.suspended.contains(&consumer.channel) || consumer.is_full() {
            return false;
        }
        if !self.rules.eager {
            let Some(channel) = channels.get_mut(consumer.channel) else { return false };
            if !channel.limiter.charge(queue, consumer.no_ack) {
                self.suspended.push(consumer.channel);
                return false;
            }
        }
        if consumer.is_limited() {
            consumer.credit -= 1;
        }
        true
    }

    /// Whether a reader of a stream may be given one more, which is charged to
    /// it.
    pub(crate) fn take_credit(&mut self, slot: u32) -> bool {
        match self.get_mut(slot).filter(|consumer| consumer.live && consumer.credit > 0) {
            Some(consumer) => {
                consumer.credit -= 1;
                true
            }
            None => false,
        }
    }

    /// Counts a delivery that waits for its acknowledgement.
    pub(crate) fn hold(&mut self, slot: u32) {
        if let Some(consumer) = self.get_mut(slot) {
            consumer.unacked += 1;
        }
    }

    /// A consumer's deliveries were settled. Whether consumers of its channel
    /// came back into the rotation by it.
    pub(crate) fn settled(&mut self, slot: u32, count: u32) -> bool {
        let Some(consumer) = self.get_mut(slot) else { return false };
        consumer.unacked = consumer.unacked.saturating_sub(count);
        if !consumer.live {
            if consumer.unacked == 0 {
                self.slots[slot as usize] = None;
            }
            return false;
        }
        if !consumer.is_limited() {
            return false;
        }
        let was_full = consumer.credit == 0;
        consumer.credit += count;
        let channel = consumer.channel;
        was_full && count > 0 && self.unblock(channel)
    }

    /// A consumer that has credit gets one more.
    pub(crate) fn grant(&mut self, slot: u32) {
        if let Some(consumer) = self.get_mut(slot) {
            consumer.credit += 1;
        }
    }

    /// A consumer kept deliveries too long, which were taken back: it leaves
    /// the rotation, and a single active one hands on.
    pub(crate) fn time_out(&mut self, slot: u32, count: u32) {
        let Some(consumer) = self.get_mut(slot) else { return };
        consumer.timed_out += count;
        let done = consumer.unacked == 0;
        if consumer.live && !self.blocked.contains(&slot) {
            self.active.retain(|other| *other != slot);
            self.block(slot);
        }
        if done && self.rules.single_active && self.holder == Some(slot) {
            self.promote();
        }
    }

    /// A consumer settled one delivery that had been taken back. Whether it
    /// came back into the rotation by it.
    pub(crate) fn settle_timed_out(&mut self, slot: u32) -> bool {
        let Some(consumer) = self.get_mut(slot) else { return false };
        consumer.timed_out = consumer.timed_out.saturating_sub(1);
        let (channel, free) = (consumer.channel, consumer.live && consumer.timed_out == 0);
        if !free || !self.unblock(channel) {
            return false;
        }
        if self.rules.single_active && self.holder.is_none() {
            self.promote();
        }
        true
    }

    /// A channel's common limit is no longer reached. Whether consumers came
    /// back into the rotation by it.
    pub(crate) fn resume(&mut self, channel: ChannelKey) -> bool {
        let suspended = self.suspended.len();
        self.suspended.retain(|key| *key != channel);
        self.suspended.len() < suspended && self.unblock(channel)
    }

    /// Puts the channel's consumers that are not full back at the end.
    fn unblock(&mut self, channel: ChannelKey) -> bool {
        let freed: Vec<u32> = self
            .blocked
            .iter()
            .copied()
            .filter(|slot| self.get(*slot).is_some_and(|c| c.channel == channel && !c.is_full()))
            .collect();
        self.blocked.retain(|slot| !freed.contains(slot));
        for slot in &freed {
            self.enter(*slot);
        }
        !freed.is_empty()
    }

    /// Enters the rotation behind every consumer of the same priority.
    fn enter(&mut self, slot: u32) {
        let at = self.place(self.active.iter().copied().rev(), slot, self.active.len());
        self.active.insert(at, slot);
    }

    fn block(&mut self, slot: u32) {
        let at = self.place(self.blocked.iter().copied().rev(), slot, self.blocked.len());
        self.blocked.insert(at, slot);
    }

    fn place(&self, from_back: impl Iterator<Item = u32>, slot: u32, len: usize) -> usize {
        let priority = |slot| self.get(slot).map_or(0, |consumer| consumer.priority);
        let own = priority(slot);
        len - from_back.take_while(|other| priority(*other) < own).count()
    }
}
