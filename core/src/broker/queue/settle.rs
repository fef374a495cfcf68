//! Deliveries being settled.

use super::{Context, Queue, Stored};
use crate::broker::channel::ChannelKey;
use crate::broker::dead_letter::DeathReason;
use crate::broker::event::{Fact, Leave};
use crate::broker::unacked::GOT;
use crate::broker::value::Name;

/// What a channel holds when it goes.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) delivery_tag: u64,
    /// The consumer's slot, or [`GOT`].
    pub(crate) consumer: u32,
    pub(crate) stored: Stored,
}

/// What becomes of a settled delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Settlement {
    /// It is done with.
    Ack,
    /// It goes back to its place. `failed`: the consumer is to blame.
    Requeue { failed: bool },
    /// It is dead-lettered or dropped.
    Discard { failed: bool },
}

impl Queue {
    /// Settles deliveries of one consumer (or of `basic.get`), oldest first:
    /// first the consumer may take more again, then the messages go where they
    /// go, then the queue runs.
    pub(crate) fn settle(
        &mut self,
        slot: u32,
        items: impl ExactSizeIterator<Item = Stored>,
        settlement: Settlement,
        context: &mut Context<'_>,
    ) {
        if self.is_quorum() {
            return self.settle_quorum(slot, items, settlement, context);
        }
        if self.is_stream() {
            return self.settle_readings(slot, items, context);
        }
        let count = u32::try_from(items.len()).unwrap_or(u32::MAX);
        let unblocked = slot != GOT && self.consumers.settled(slot, count);
        self.unacked -= u64::from(count);
        match settlement {
            Settlement::Ack => {
                for stored in items {
                    self.left(&stored, Leave::Acknowledged, context);
                }
            }
            Settlement::Requeue { failed } => self.requeue(items, failed, context),
            Settlement::Discard { failed } => {
                let failed = failed && context.profile.counts_failures_everywhere();
                for mut stored in items {
                    stored.failed = stored.failed.saturating_add(u16::from(failed));
                    self.left(&stored, Leave::Rejected, context);
                    self.bury(stored, DeathReason::Rejected, context);
                }
            }
        }
        if unblocked {
            self.run(context);
        }
    }

    /// Puts messages back into their places and runs (`requeue_and_run`).
    pub(crate) fn requeue(
        &mut self,
        items: impl Iterator<Item = Stored>,
        failed: bool,
        context: &mut Context<'_>,
    ) {
        let failed = failed && context.profile.counts_failures_everywhere();
        for mut stored in items {
            stored.redelivered |= !self.store.gaps.hide(&stored);
            stored.failed = stored.failed.saturating_add(u16::from(failed));
            stored.returned = stored.returned.saturating_add(1);
            context.fact(|| Fact::Requeued {
                message: stored.message.id,
                queue: self.declared.name.clone(),
                position: stored.position,
            });
            self.store.put_back(stored);
        }
        self.drop_over_length(context);
        self.drop_expired(context);
        self.run(context);
    }

    /// `basic.cancel`. False when there is no such consumer.
    pub(crate) fn cancel(
        &mut self,
        channel: ChannelKey,
        tag: &str,
        context: &mut Context<'_>,
    ) -> bool {
        let held = self.consumers.is_holder(channel, Some(tag));
        if !self.consumers.remove(channel, tag) {
            return false;
        }
        self.release(held);
        if !self.is_abandoned() {
            self.renew(context);
            if self.is_quorum() || context.profile.runs_queue_after_cancel() {
                self.run(context);
            }
        }
        true
    }

    /// A channel is gone: its consumers go, what it held comes back. Gives the
    /// tags of the consumers (`handle_ch_down`).
    pub(crate) fn channel_down(
        &mut self,
        channel: ChannelKey,
        held: Vec<Held>,
        context: &mut Context<'_>,
    ) -> Vec<Name> {
        if self.is_quorum() {
            return self.channel_down_quorum(channel, held, context);
        }
        let held: Vec<Stored> = held.into_iter().map(|held| held.stored).collect();
        let was_holder = self.consumers.is_holder(channel, None);
        let tags = self.consumers.remove_channel(channel);
        self.release(was_holder);
        if self.is_stream() {
            self.forget_readings(held.into_iter(), context);
            return tags;
        }
        self.unacked -= held.len() as u64;
        if self.is_abandoned() {
            for stored in held {
                self.store.put_back(stored);
            }
        } else {
            self.renew(context);
            self.requeue(held.into_iter(), true, context);
        }
        tags
    }

    /// Hands the hold on the queue on, when the holder has gone.
    pub(super) fn release(&mut self, held: bool) {
        if !held {
            return;
        }
        if self.settings.single_active {
            self.consumers.promote();
        } else {
            self.consumers.holder = None;
        }
    }
}
