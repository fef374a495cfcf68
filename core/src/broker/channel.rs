//! A channel's own state.

use super::deadline::{Deadlines, Due};
use super::method::{ChannelId, QueueId};
use super::transaction::Transaction;
use super::unacked::UnackedSet;
use super::value::Name;
use crate::order::Map;
use crate::time::Tick;

/// A channel inside the broker, numbered in the order of opening; never used
/// again, so that what refers to a channel that is gone refers to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ChannelKey(pub(crate) u32);

/// The limit that all consumers of a channel share: `basic.qos` with
/// `global`, as RabbitMQ means it (`rabbit_limiter.erl`).
#[derive(Clone, Debug, Default, Hash)]
pub(crate) struct Limiter {
    /// 0 is no limit.
    pub(crate) limit: u32,
    /// Below zero when more was settled than was counted: quorum queues deliver
    /// without asking.
    volume: i32,
    /// The queue that delivered last.
    last: Option<QueueId>,
    /// Queues that were told no, in that order.
    waiting: Vec<QueueId>,
}

impl Limiter {
    fn is_reached(&self) -> bool {
        self.limit != 0 && i64::from(self.volume) >= i64::from(self.limit)
    }

    /// Counts one delivery, unless it is settled by being sent, or remembers the
    /// queue that has to wait.
    pub(crate) fn charge(&mut self, queue: QueueId, no_ack: bool) -> bool {
        if self.limit == 0 {
            return true;
        }
        if self.is_reached() {
            if !self.waiting.contains(&queue) {
                self.waiting.push(queue);
            }
            return false;
        }
        self.volume += i32::from(!no_ack);
        self.last = Some(queue);
        true
    }

    /// Deliveries to consumers were settled. Gives the queues to wake.
    pub(crate) fn settled(&mut self, count: u32) -> Vec<QueueId> {
        self.change(|limiter| {
            if limiter.volume != 0 {
                limiter.volume = limiter.volume.saturating_sub_unsigned(count);
            }
        })
    }

    /// Sets the limit, 0 for none. The first one starts by counting all that
    /// is open. Gives the queues to wake.
    pub(crate) fn set(&mut self, limit: u32, open: u32) -> Vec<QueueId> {
        self.change(|limiter| {
            if limit == 0 || limiter.limit == 0 {
                let open = i32::try_from(open).unwrap_or(i32::MAX);
                limiter.volume = if limit == 0 { 0 } else { open };
            }
            limiter.limit = limit;
        })
    }

    fn change(&mut self, change: impl FnOnce(&mut Self)) -> Vec<QueueId> {
        let was_reached = self.is_reached();
        change(self);
        if !was_reached || self.is_reached() {
            return Vec::new();
        }
        // RabbitMQ leaves to chance who is woken first; here it is never the
        // one that was served last, while others wait.
        let mut woken = core::mem::take(&mut self.waiting);
        if let Some(at) = woken.iter().position(|queue| Some(*queue) == self.last) {
            let last = woken.remove(at);
            woken.push(last);
        }
        woken
    }
}

/// What a channel's publishes are promised.
#[derive(Clone, Debug, Default, Hash)]
pub(crate) enum Mode {
    /// Nothing.
    #[default]
    Plain,
    /// `confirm.select`: the number of the next publish.
    Confirm(u64),
    /// `tx.select`.
    Transaction(Transaction),
    /// It says and hears nothing any more, and is there until its client has
    /// said `channel.close-ok` or its connection has ended.
    Closing {
        /// Only the channel was closed: what a quorum queue or a stream has for
        /// its consumers is still sent behind `channel.close`
        /// (`rabbit_channel:handle_cast` of a queue's events).
        passes_on: bool,
    },
}

/// The consumer of `amq.rabbitmq.reply-to` on a channel.
#[derive(Clone, Debug, Hash)]
pub(crate) struct ReplyConsumer {
    pub(crate) tag: Name,
    /// The address that repliers publish to.
    pub(crate) address: Name,
}

/// An open channel.
#[derive(Clone, Debug, Hash)]
pub(crate) struct Channel {
    pub(crate) id: ChannelId,
    pub(crate) vhost: usize,
    pub(crate) next_tag: u64,
    pub(crate) unacked: UnackedSet,
    /// The limit of consumers started from now on; 0 is none.
    pub(crate) prefetch: u16,
    pub(crate) limiter: Limiter,
    /// Which queue a consumer tag is for.
    pub(crate) consumers: Map<Name, QueueId>,
    pub(crate) mode: Mode,
    /// The queue declared last, which "" stands for. Empty when none was.
    pub(crate) last_queue: Name,
    pub(crate) reply: Option<ReplyConsumer>,
    /// When it is looked for deliveries that wait too long.
    pub(crate) acknowledgement_due: Option<Tick>,
}

impl Channel {
    pub(crate) fn new(id: ChannelId, vhost: usize) -> Self {
        Self {
            id,
            vhost,
            next_tag: 1,
            unacked: UnackedSet::default(),
            prefetch: 0,
            limiter: Limiter::default(),
            consumers: Map::new(),
            mode: Mode::Plain,
            last_queue: Name::from(""),
            reply: None,
            acknowledgement_due: None,
        }
    }

    pub(crate) const fn is_closing(&self) -> bool {
        matches!(self.mode, Mode::Closing { .. })
    }

    /// It says and hears nothing from here on. What was acknowledged in a
    /// transaction that is not committed is held as before.
    pub(crate) fn hush(&mut self) {
        let mode = core::mem::replace(&mut self.mode, Mode::Closing { passes_on: false });
        if let Mode::Transaction(transaction) = mode {
            self.unacked.restore(transaction.into_settled().collect());
        }
    }

    /// Its client is told that it is closed, and nothing else is wrong.
    pub(crate) fn close(&mut self) {
        self.mode = Mode::Closing { passes_on: true };
    }

    /// Whether its client is sent what it consumes.
    pub(crate) const fn delivers(&self) -> bool {
        !matches!(self.mode, Mode::Closing { passes_on: false })
    }

    /// Forgets its deadline, before it goes.
    pub(crate) fn disarm(&mut self, key: ChannelKey, deadlines: &mut Deadlines) {
        deadlines.set(Due::Channel(key), &mut self.acknowledgement_due, None);
    }

    /// The tag of the next delivery.
    pub(crate) fn take_tag(&mut self) -> u64 {
        let tag = self.next_tag;
        self.next_tag += 1;
        tag
    }
}

/// Every channel there was; those that are gone leave an empty place.
#[derive(Clone, Debug, Default, Hash)]
pub(crate) struct Channels(Vec<Option<Box<Channel>>>);

impl Channels {
    pub(crate) fn open(&mut self, channel: Channel) -> ChannelKey {
        let key = ChannelKey(u32::try_from(self.0.len()).unwrap_or(u32::MAX));
        self.0.push(Some(Box::new(channel)));
        key
    }

    pub(crate) fn get(&self, key: ChannelKey) -> Option<&Channel> {
        self.0.get(key.0 as usize)?.as_deref()
    }

    pub(crate) fn get_mut(&mut self, key: ChannelKey) -> Option<&mut Channel> {
        self.0.get_mut(key.0 as usize)?.as_deref_mut()
    }

    pub(crate) fn take(&mut self, key: ChannelKey) -> Option<Box<Channel>> {
        self.0.get_mut(key.0 as usize)?.take()
    }

    /// The keys of the open channels, in the order of opening.
    pub(crate) fn keys(&self) -> Vec<ChannelKey> {
        let all = (0..).zip(&self.0).filter(|(_, channel)| channel.is_some());
        all.map(|(at, _)| ChannelKey(at)).collect()
    }

    /// The open channels, in the order of opening.
    pub(crate) fn into_open(self) -> impl Iterator<Item = Box<Channel>> {
        self.0.into_iter().flatten()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Channel> {
        self.0.iter().flatten().map(|channel| &**channel)
    }
}
