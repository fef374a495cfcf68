//! Acknowledgements: `basic.ack`, `nack`, `reject` and `recover`.

use super::Broker;
use super::channel::{ChannelKey, Mode};
use super::event::Event;
use super::method::{Method, QueueId, Reply};
use super::queue::{Queue, Settlement, Stored};
use super::reply_code::Fault;
use super::unacked::{GOT, Unacked};
use super::value::Name;

/// The settlements of one method that reach a queue together: those of one
/// consumer, or a single one of `basic.get`. They go out by queue name, gets
/// first, then by consumer tag (`rabbit_channel:foreach_per_queue` goes through
/// a tree whose keys are of that order).
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Group {
    queue: Name,
    consumed: bool,
    got: u64,
    consumer_tag: Name,
}

impl Broker {
    pub(super) fn on_message_method(
        &mut self,
        key: ChannelKey,
        method: Method,
        out: &mut Vec<Event>,
    ) -> Result<(), Fault> {
        match method {
            Method::Ack { delivery_tag, multiple } => {
                self.settle(key, delivery_tag, multiple, Settlement::Ack, out)
            }
            Method::Nack { delivery_tag, multiple, requeue } => {
                let settlement = if requeue {
                    Settlement::Requeue { failed: false }
                } else {
                    Settlement::Discard { failed: false }
                };
                self.settle(key, delivery_tag, multiple, settlement, out)
            }
            Method::Reject { delivery_tag, requeue } => {
                let settlement = if requeue {
                    Settlement::Requeue { failed: true }
                } else {
                    Settlement::Discard { failed: true }
                };
                self.settle(key, delivery_tag, false, settlement, out)
            }
            Method::Recover { requeue: false } | Method::RecoverAsync { requeue: false } => {
                Err(Fault::not_implemented("requeue=false"))
            }
            Method::Recover { .. } | Method::RecoverAsync { .. }
                if self.profile.streams_take_acks_only()
                    && self.stream_among(key, |_| true).is_some() =>
            {
                Err(Fault::crash())
            }
            Method::Recover { .. } => {
                self.answer(key, false, Reply::RecoverOk, out);
                self.recover(key, out)
            }
            Method::RecoverAsync { .. } => self.recover(key, out),
            publish => self.publish(key, publish, out),
        }
    }

    fn settle(
        &mut self,
        key: ChannelKey,
        tag: u64,
        multiple: bool,
        settlement: Settlement,
        out: &mut Vec<Event>,
    ) -> Result<(), Fault> {
        if settlement != Settlement::Ack && self.profile.streams_take_acks_only() {
            let told = |at| multiple && (tag == 0 || at <= tag) || at == tag;
            if let Some(id) = self.stream_among(key, told) {
                return Err(self.not_of_streams("basic.nack and basic.reject", id));
            }
        }
        let channel = self.channel_at_mut(key)?;
        let unknown = || Fault::precondition(format!("unknown delivery tag {tag}"));
        if multiple {
            let taken = if tag == 0 {
                Some(channel.unacked.take_all())
            } else {
                channel.unacked.take_through(tag)
            };
            let taken = taken.ok_or_else(unknown)?;
            if let Mode::Transaction(transaction) = &mut channel.mode {
                transaction.settle(settlement, taken);
            } else {
                self.settle_all(key, taken, settlement, out);
            }
            return Ok(());
        }
        let taken = channel.unacked.take(tag).ok_or_else(unknown)?;
        if let Mode::Transaction(transaction) = &mut channel.mode {
            transaction.settle(settlement, vec![(tag, taken)]);
            return Ok(());
        }
        let consumed = u32::from(taken.consumer != GOT);
        let Unacked { queue, consumer, stored, released, .. } = taken;
        if released {
            self.settle_released(queue, consumer, out);
            return Ok(());
        }
        let woken = self.free_limit(key, consumed);
        self.settle_in_queue(queue, consumer, [stored].into_iter(), settlement, out);
        self.wake(key, woken, out);
        Ok(())
    }

    /// A stream from which one of these deliveries of a channel came.
    fn stream_among(&self, key: ChannelKey, wanted: impl Fn(u64) -> bool) -> Option<QueueId> {
        let all = self.channels.get(key)?.unacked.iter();
        let mut queues = all.filter(|(tag, _)| wanted(*tag)).map(|(_, unacked)| unacked.queue);
        queues.find(|id| self.queue_at(*id).is_some_and(Queue::is_stream))
    }

    fn recover(&mut self, key: ChannelKey, out: &mut Vec<Event>) -> Result<(), Fault> {
        let taken = self.channel_at_mut(key)?.unacked.take_all();
        self.settle_all(key, taken, Settlement::Requeue { failed: false }, out);
        Ok(())
    }

    /// Settles what a channel held, oldest first.
    pub(super) fn settle_all(
        &mut self,
        key: ChannelKey,
        taken: Vec<(u64, Unacked)>,
        settlement: Settlement,
        out: &mut Vec<Event>,
    ) {
        let (released, taken): (Vec<_>, Vec<_>) =
            taken.into_iter().partition(|(_, unacked)| unacked.released);
        for (_, unacked) in released {
            self.settle_released(unacked.queue, unacked.consumer, out);
        }
        let consumed = taken.iter().filter(|(_, unacked)| unacked.consumer != GOT).count();
        let woken = self.free_limit(key, u32::try_from(consumed).unwrap_or(u32::MAX));
        let mut taken: Vec<(Group, Unacked)> = taken
            .into_iter()
            .filter_map(|(tag, unacked)| Some((self.group_of(tag, &unacked)?, unacked)))
            .collect();
        // Stable: within a group the oldest stays first.
        crate::order::sort_by(&mut taken, |a, b| a.0.cmp(&b.0));
        let mut taken = taken.into_iter().peekable();
        while let Some((group, first)) = taken.next() {
            let (queue, consumer) = (first.queue, first.consumer);
            let mut items: Vec<Stored> = vec![first.stored];
            while let Some((_, next)) = taken.next_if(|(other, _)| *other == group) {
                items.push(next.stored);
            }
            self.settle_in_queue(queue, consumer, items.into_iter(), settlement, out);
        }
        self.wake(key, woken, out);
    }

    /// `None` when the queue is gone: then there is nothing left to settle.
    fn group_of(&self, tag: u64, unacked: &Unacked) -> Option<Group> {
        let queue = self.queue_at(unacked.queue)?;
        let consumer = queue.consumers.get(unacked.consumer);
        Some(Group {
            queue: queue.declared.name.clone(),
            consumed: unacked.consumer != GOT,
            got: if unacked.consumer == GOT { tag } else { 0 },
            consumer_tag: consumer.map_or_else(|| Name::from(""), |c| c.tag.clone()),
        })
    }

    fn settle_in_queue(
        &mut self,
        id: QueueId,
        consumer: u32,
        items: impl ExactSizeIterator<Item = Stored>,
        settlement: Settlement,
        out: &mut Vec<Event>,
    ) {
        self.on_queue(id, out, |q, context| q.settle(consumer, items, settlement, context));
    }

    /// Frees the channel's common limit, before the queues that are told of the
    /// same run: they ask for it. Gives the queues that wait for it.
    fn free_limit(&mut self, key: ChannelKey, consumed: u32) -> Vec<QueueId> {
        let limiter = self.channels.get_mut(key).map(|channel| &mut channel.limiter);
        match limiter.filter(|limiter| limiter.limit != 0 && consumed > 0) {
            Some(limiter) => limiter.settled(consumed),
            None => Vec::new(),
        }
    }
}
