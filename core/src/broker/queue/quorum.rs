//! Quorum queues on a single node: what differs from classic ones
//! (`rabbit_fifo.erl`).
//!
//! Dead letters are sent at most once, which is RabbitMQ's default. A queue with
//! `x-dead-letter-strategy: at-least-once` does the same here; RabbitMQ would
//! keep one until every queue it goes to has confirmed it
//! (`rabbit_fifo_dlx_worker.erl`). Where somebody takes each dead letter, nobody
//! sees a difference.

use super::{Context, Held, Levels, Overflow, Queue, QueueKind, Settings, Settlement, Stored};
use crate::broker::channel::ChannelKey;
use crate::broker::consumer::Rules;
use crate::broker::dead_letter::DeathReason;
use crate::broker::event::{Fact, Leave};
use crate::broker::message::{Message, SharedMessage};
use crate::broker::profile::Profile;
use crate::broker::unacked::GOT;
use crate::broker::value::{Name, Value};
use crate::order::Map;
use std::sync::Arc;

/// The largest prefetch of a quorum queue's consumer, and the one of a
/// consumer without limit (`rabbit_quorum_queue:consume`).
const MAX_PREFETCH: u16 = 2_000;

/// The prefetch that a quorum queue makes of a consumer's.
pub(crate) const fn quorum_prefetch(prefetch: u16) -> u16 {
    if prefetch == 0 || prefetch > MAX_PREFETCH { MAX_PREFETCH } else { prefetch }
}

/// The channels that publish to a quorum queue (`rabbit_fifo`'s enqueuers).
#[derive(Clone, Debug, Default, Hash)]
pub(super) struct Publishers {
    /// Each channel that has published, and whether it is refused.
    refused: Map<ChannelKey, bool>,
    /// Whether one of them may be refused.
    refusing: bool,
    /// Whether the queue was well below its limits when they were looked at.
    was_low: bool,
}

impl Publishers {
    /// Tells all of them whether they are refused from now on.
    fn tell(&mut self, refused: bool) {
        if refused || self.refusing {
            self.refused.retain(|_, own| {
                *own = refused;
                true
            });
            self.refusing = refused;
        }
    }
}

impl Queue {
    /// An arrival goes to the tail and the queue hands out what it can. Whether
    /// the queue is too long shows after that, so it takes one too many before
    /// it refuses, and refuses until a fifth of the room is free. What does not
    /// come from a channel, as a dead letter, is never refused.
    pub(super) fn publish_to_quorum(
        &mut self,
        from: Option<ChannelKey>,
        message: &SharedMessage,
        context: &mut Context<'_>,
    ) -> bool {
        if from.is_some_and(|channel| self.is_refused(channel, context)) {
            self.refuse(message, context);
            return false;
        }
        let level = context.profile.quorum_level(message.properties.priority);
        let mut stored = self.admit(message, level, context);
        stored.redelivered = stored.failed > 0;
        self.store.push(stored);
        self.hand_out(true, context);
        self.drop_fleeting(context);
        true
    }

    /// Hands out messages to consumers in turn, then sends them consumer by
    /// consumer, then looks at the limits (`checkout`).
    pub(crate) fn check_out(&mut self, context: &mut Context<'_>) {
        self.hand_out(false, context);
    }

    /// `fresh`: with what has just come and lives for no time.
    fn hand_out(&mut self, fresh: bool, context: &mut Context<'_>) {
        let drop = if fresh { Self::drop_expired } else { Self::drop_fleeting };
        let mut assigned: Vec<(u32, Stored)> = Vec::new();
        drop(self, context);
        while !self.store.is_empty() {
            let Some(slot) = self.next_consumer(context) else { break };
            let Some(stored) = self.store.pop() else { break };
            assigned.push((slot, stored));
            drop(self, context);
        }
        if assigned.len() > 1 {
            crate::order::sort_by_key(&mut assigned, |(slot, _)| self.rank(*slot, context.profile));
        }
        for (slot, stored) in assigned {
            self.deliver(slot, stored, context);
        }
        self.look_at_limits(context);
    }

    /// Whether a channel is refused. One that is new here is if the queue is
    /// too long just now; others go by what they were told last
    /// (`rabbit_fifo_client:enqueue`).
    fn is_refused(&mut self, channel: ChannelKey, context: &Context<'_>) -> bool {
        if let Some(refused) = self.publishers.refused.get(&channel) {
            return *refused;
        }
        let refused = self.settings.overflow == Overflow::RejectPublish && self.is_over_length();
        self.publishers.refused.retain(|key, _| context.channels.get(*key).is_some());
        self.publishers.refused.insert(channel, refused);
        self.publishers.refusing |= refused;
        refused
    }

    /// After every change: too long, or short enough again? A queue that drops
    /// instead tells nobody anything (`evaluate_limit`).
    pub(crate) fn look_at_limits(&mut self, context: &mut Context<'_>) {
        let refuses = self.settings.overflow == Overflow::RejectPublish;
        if !refuses {
            self.drop_over_length(context);
        }
        let is_low = self.is_well_below_limits();
        let was_low = core::mem::replace(&mut self.publishers.was_low, is_low);
        if !self.is_limited() {
            if !context.profile.refuses_without_limits() {
                self.publishers.tell(false);
            }
        } else if refuses && self.is_over_length() {
            self.publishers.tell(true);
        } else if refuses && is_low && !was_low {
            self.publishers.tell(false);
        }
    }

    const fn is_limited(&self) -> bool {
        self.settings.max_length.is_some() || self.settings.max_bytes.is_some()
    }

    fn is_well_below_limits(&self) -> bool {
        let below =
            |max: Option<u64>, found| max.is_none_or(|max| found <= max / 5 * 4 + max % 5 * 4 / 5);
        self.is_limited()
            && below(self.settings.max_length, self.store.len())
            && below(self.settings.max_bytes, self.store.bytes())
    }

    /// The order in which consumers are gone through: by subscription, by name
    /// in 3.10.
    fn rank(&self, slot: u32, profile: Profile) -> (Option<Name>, u64) {
        let consumer = self.consumers.get(slot);
        if profile.ranks_by_tag() {
            (consumer.map(|consumer| consumer.tag.clone()), 0)
        } else {
            (None, consumer.map_or(u64::MAX, |consumer| consumer.since))
        }
    }

    pub(super) fn settle_quorum(
        &mut self,
        slot: u32,
        items: impl ExactSizeIterator<Item = Stored>,
        settlement: Settlement,
        context: &mut Context<'_>,
    ) {
        let to_tail = context.profile.requeues_to_tail() && self.settings.delivery_limit.is_none();
        for mut stored in items {
            self.unacked -= 1;
            if slot != GOT {
                self.consumers.settled(slot, 1);
            }
            match settlement {
                Settlement::Ack => self.left(&stored, Leave::Acknowledged, context),
                Settlement::Discard { failed } => {
                    let failed = failed || !context.profile.counts_failures_everywhere();
                    stored.failed = stored.failed.saturating_add(u16::from(failed));
                    self.left(&stored, Leave::Rejected, context);
                    self.bury(stored, DeathReason::Rejected, context);
                }
                Settlement::Requeue { failed } if to_tail => {
                    self.requeue_at_tail(stored, failed, context);
                    self.check_out(context);
                }
                Settlement::Requeue { failed } => {
                    let failed = failed && context.profile.counts_failures_everywhere();
                    let kept = self.return_one(stored, failed, context);
                    if !kept && context.profile.frees_twice() {
                        self.consumers.grant(slot);
                    }
                }
            }
        }
        self.check_out(context);
    }

    /// 3.10 without a delivery limit: as if published again.
    fn requeue_at_tail(&mut self, stored: Stored, failed: bool, context: &mut Context<'_>) {
        let mut stored = stored.come_back(failed);
        stored.position = self.store.take_position();
        self.tell_requeued(&stored, context);
        self.store.push(stored);
    }

    /// Before all that was never handed out, behind what came back earlier;
    /// or out, when it came back too often. Whether it is kept.
    pub(crate) fn return_one(
        &mut self,
        stored: Stored,
        failed: bool,
        context: &mut Context<'_>,
    ) -> bool {
        let stored = stored.come_back(failed);
        let counted =
            if context.profile.limits_failures_only() { stored.failed } else { stored.returned };
        let kept = self.settings.delivery_limit.is_none_or(|limit| u32::from(counted) <= limit);
        if kept {
            self.tell_requeued(&stored, context);
            self.store.put_first(stored);
        } else {
            self.left(&stored, Leave::DeliveryLimit, context);
            self.bury(stored, DeathReason::DeliveryLimit, context);
        }
        kept
    }

    fn tell_requeued(&self, stored: &Stored, context: &mut Context<'_>) {
        context.fact(|| Fact::Requeued {
            message: stored.message.id,
            queue: self.declared.name.clone(),
            position: stored.position,
        });
    }

    /// A channel is gone: consumer by consumer what it held comes back. Each
    /// `basic.get` is a consumer of its own with the delivery tag for a name
    /// (`rabbit_fifo:handle_down`).
    pub(super) fn channel_down_quorum(
        &mut self,
        channel: ChannelKey,
        mut held: Vec<Held>,
        context: &mut Context<'_>,
    ) -> Vec<Name> {
        let by_tag = context.profile.ranks_by_tag();
        crate::order::sort_by_key(&mut held, |held| {
            let got = held.consumer == GOT;
            let name = got.then(|| Name::from(held.delivery_tag.to_string()));
            let (tag, since) = self.rank(held.consumer, context.profile);
            (got && !by_tag, name.or(tag), since)
        });
        let was_holder = self.consumers.is_holder(channel, None);
        let tags = self.consumers.remove_channel(channel);
        self.release(was_holder);
        self.renew(context);
        for held in held {
            self.unacked -= 1;
            self.return_one(held.stored, true, context);
        }
        self.check_out(context);
        tags
    }
}

impl Stored {
    fn come_back(mut self, failed: bool) -> Self {
        self.redelivered = true;
        self.returned = self.returned.saturating_add(1);
        self.failed = self.failed.saturating_add(u16::from(failed));
        self
    }

    /// The message as it is sent: quorum queues add how often it came back,
    /// which 3.10 does even for zero when it is `got`. Until it has come back in
    /// this queue, how often it was failed in others stands for that
    /// (`rabbit_fifo_client:add_delivery_count_header`).
    pub(crate) fn shown(&self, kind: QueueKind, profile: Profile, got: bool) -> SharedMessage {
        if kind != QueueKind::Quorum {
            return self.message.clone();
        }
        let count = |header: &'static str, n: u16| (header, Value::I64(n.into()));
        let came_back = if self.returned > 0 { self.returned } else { self.failed };
        if came_back == 0 && !(got && profile.counts_for_getters()) {
            return self.message.clone();
        }
        let counts = match profile {
            Profile::V3_10 | Profile::V4_0 => [Some(count(DELIVERIES, came_back)), None],
            Profile::V4_3 => {
                let failed = (self.failed > 0).then(|| count(DELIVERIES, self.failed));
                [Some(count(ACQUISITIONS, came_back)), failed]
            }
        };
        let mut message = Message::clone(&self.message);
        let headers = Arc::make_mut(&mut message.properties).headers.get_or_insert_default();
        for (header, value) in counts.into_iter().flatten() {
            headers.set(header, value);
        }
        if profile.rewrites_headers() {
            crate::order::sort_by(&mut headers.0, |a, b| a.0.cmp(&b.0));
        }
        Arc::new(message)
    }
}

const DELIVERIES: &str = "x-delivery-count";
const ACQUISITIONS: &str = "x-acquired-count";

impl Profile {
    /// Whether a channel that was refused is so still when the limits have
    /// gone.
    fn refuses_without_limits(self) -> bool {
        self < Self::V4_0
    }

    /// The priorities a quorum queue tells apart: none in 3.10, two in 4.0 that
    /// are served two to one, 32 in 4.3 (`rabbit_fifo_q.erl`, `rabbit_fifo_pq.erl`).
    pub(crate) fn quorum_levels(self) -> Levels {
        let (highest, weighted) = match self {
            Self::V3_10 => (0, false),
            Self::V4_0 => (1, true),
            Self::V4_3 => (31, false),
        };
        let newest = self >= Self::V4_3;
        Levels { highest, weighted, whole_size: newest, each_expires: newest }
    }

    fn quorum_level(self, priority: Option<u8>) -> u8 {
        match self {
            Self::V3_10 => 0,
            Self::V4_0 => u8::from(priority.is_some_and(|priority| priority > 4)),
            Self::V4_3 => priority.unwrap_or(4).min(31),
        }
    }

    /// A single active consumer makes way for a higher priority since 4.0.
    pub(crate) fn quorum_rules(self, settings: &Settings) -> Rules {
        Rules { single_active: settings.single_active, eager: true, preempts: self >= Self::V4_0 }
    }

    /// Without `x-delivery-limit`: none, 20 since 4.0.
    pub(crate) fn default_delivery_limit(self) -> Option<i64> {
        (self >= Self::V4_0).then_some(20)
    }

    /// A requeue without a delivery limit goes to the tail
    /// (`rabbit_fifo:handle_aux` in 3.10).
    fn requeues_to_tail(self) -> bool {
        self < Self::V4_0
    }

    /// What came back too often is credit for its consumer twice, so it may hold
    /// one more than its prefetch from then on (`rabbit_fifo:return` in 3.10).
    fn frees_twice(self) -> bool {
        self < Self::V4_0
    }

    /// Only failures count against the delivery limit, not every return.
    fn limits_failures_only(self) -> bool {
        self >= Self::V4_3
    }

    /// `basic.get` shows a delivery count of zero.
    fn counts_for_getters(self) -> bool {
        self < Self::V4_0
    }

    /// Consumers are known by their tag instead of by their subscription.
    fn ranks_by_tag(self) -> bool {
        self < Self::V4_0
    }
}
