//! The broker stops and starts again.

use super::Broker;
use super::channel::Channels;
use super::event::{Event, Fact, Leave};
use super::method::{ChannelId, ConnectionId, QueueId, Reply};
use super::profile::Profile;
use super::queue::{Overflow, Stored};
use super::reply_code::{Fault, ReplyCode};
use super::routing::{BindTarget, Binding, ExchangeKind, Removed, Routing};
use crate::order::Map;
use crate::time::Tick;

impl Broker {
    /// The broker stops and starts again at once: every connection is closed
    /// with 320; what is durable is there again, and in durable classic queues
    /// the persistent messages; quorum queues keep all.
    pub fn restart(&mut self, now: Tick, out: &mut Vec<Event>) {
        self.advance(now, out);
        self.shut_connections(out);
        self.delete_consumed(out);
        let mut held = self.shut_channels(out);
        for at in 0..self.queues.len() {
            let id = QueueId(u32::try_from(at).unwrap_or(u32::MAX));
            let held = held.remove(&id).unwrap_or_default();
            self.on_queue(id, out, |queue, context| queue.recover(held, context));
        }
        for index in 0..self.vhosts.len() {
            if !self.profile.keeps_histories() {
                self.vhosts[index].histories.clear();
            }
            if self.profile.keeps_transient_exchanges() {
                self.forget_transient_queues(index, out);
            } else {
                self.rebuild_routing(index, out);
            }
        }
        self.bury_the_dead(out);
    }

    fn shut_connections(&mut self, out: &mut Vec<Event>) {
        let reason = "broker forced connection closure with reason 'shutdown'";
        let fault = Fault::new(ReplyCode::ConnectionForced, reason);
        for (at, connection) in self.connections.iter_mut().enumerate() {
            if !connection.shut() {
                continue;
            }
            let id = ConnectionId(u32::try_from(at + 1).unwrap_or(u32::MAX));
            let (code, text) = (fault.code.code(), fault.text());
            let reply = Reply::ConnectionClose { code, text: text.clone(), class: 0, method: 0 };
            out.push(Event::Send { to: ChannelId { connection: id, number: 0 }, reply });
            out.push(Event::Fact(Fact::ConnectionClosed { connection: id, code, text }));
        }
    }

    /// Ends every channel; gives what they held, by queue.
    fn shut_channels(&mut self, out: &mut Vec<Event>) -> Map<QueueId, Vec<Stored>> {
        let mut held: Map<QueueId, Vec<Stored>> = Map::new();
        self.replies.clear();
        self.deadlines.forget_channels();
        for mut channel in core::mem::take(&mut self.channels).into_open() {
            let closing = channel.is_closing();
            channel.hush();
            let open = channel.unacked.take_all();
            for (_, unacked) in open.into_iter().filter(|(_, unacked)| !unacked.released) {
                held.get_or_insert_with(unacked.queue, Vec::new).push(unacked.stored);
            }
            for (consumer_tag, id) in channel.consumers {
                let Some(queue) = self.queue_at(id) else { continue };
                let queue = queue.declared.name.clone();
                let channel = channel.id;
                out.push(Event::Fact(Fact::ConsumerRemoved { channel, consumer_tag, queue }));
            }
            if closing {
                continue;
            }
            let text = String::new();
            out.push(Event::Fact(Fact::ChannelClosed { channel: channel.id, code: 0, text }));
        }
        self.channels = Channels::default();
        held
    }

    /// Connections are closed before queues stop: auto-delete queues that are
    /// consumed from lose their last consumer and go.
    fn delete_consumed(&mut self, out: &mut Vec<Event>) {
        let consumed = self.queues.iter().flatten().filter(|queue| queue.goes_with_consumers());
        for id in consumed.map(|queue| queue.id).collect::<Vec<_>>() {
            self.delete_queue(id, out);
        }
    }

    fn transient_queues(&self, vhost: usize) -> Vec<QueueId> {
        let all = self.queues.iter().flatten();
        let gone = all.filter(|q| q.declared.vhost == vhost && !q.declared.durable);
        gone.map(|queue| queue.id).collect()
    }

    /// With everything else the transient queues go as if deleted, their
    /// bindings and then auto-delete exchanges with them.
    fn forget_transient_queues(&mut self, vhost: usize, out: &mut Vec<Event>) {
        for id in self.transient_queues(vhost) {
            self.delete_queue(id, out);
        }
    }

    /// What is durable is made anew, bindings where both ends are.
    fn rebuild_routing(&mut self, index: usize, out: &mut Vec<Event>) {
        let old = core::mem::take(&mut self.vhosts[index].routing);
        let mut routing = Routing::new();
        let durable = |name: &str| old.exchange(name).is_some_and(|exchange| exchange.durable);
        for id in self.transient_queues(index) {
            self.delete_queue(id, out);
        }
        for exchange in old.exchanges().filter(|exchange| exchange.durable) {
            routing.declare(exchange.clone());
            routing.set_alternate(&exchange.name, exchange.alternate.clone());
        }
        for queue in self.queues.iter().flatten().filter(|q| q.declared.vhost == index) {
            routing.queue_declared(queue.declared.name.clone(), queue.id);
        }
        let mut gone = Removed::default();
        let (mut bindings, mut hashed): (Vec<_>, Vec<_>) =
            old.bindings().partition(|binding| !hashes(&old, binding));
        crate::order::sort_by_key(&mut hashed, |b| (b.key.clone(), b.destination.clone()));
        bindings.append(&mut hashed);
        for binding in bindings {
            let kept = durable(&binding.source)
                && match &binding.destination {
                    BindTarget::Exchange(name) => durable(name),
                    BindTarget::Queue(_, name) => routing.queue_id(name).is_some(),
                };
            // Each was accepted before, so none is refused.
            if !kept || routing.bind(binding.clone(), self.profile).is_err() {
                gone.bindings.push(binding.clone());
            }
        }
        let transient = old.exchanges().filter(|exchange| !exchange.durable);
        gone.exchanges = transient.map(|exchange| exchange.name.clone()).collect();
        self.vhosts[index].routing = routing;
        self.tell_removed(gone, out);
    }
}

/// Whether a binding belongs to a consistent hash, which is rebuilt in the
/// order of binding keys (`rabbit_exchange_type_consistent_hash:recover`).
fn hashes(routing: &Routing, binding: &Binding) -> bool {
    let source = routing.exchange(&binding.source);
    source.is_some_and(|source| source.routes_as() == ExchangeKind::ConsistentHash)
}

impl super::queue::Queue {
    /// Comes back after its process crashed: consumers are gone, and what was
    /// not on disk. The rest counts as delivered, whether it was or not, for
    /// nobody wrote down what was (`rabbit_variable_queue:init` after a stop
    /// that was not clean).
    pub(super) fn come_back(&mut self, held: Vec<Stored>, context: &mut super::Context<'_>) {
        if self.declared.durable {
            self.recover(held, context);
            self.store.gaps = super::queue::Gaps::default();
            let kept: Vec<Stored> = self.store.take_all().collect();
            for mut stored in kept {
                stored.redelivered = true;
                self.store.put_back(stored);
            }
        } else {
            self.forget_channels();
            self.clear(Leave::Lost, context);
            for stored in held {
                self.left(&stored, Leave::Lost, context);
            }
            self.renew(context);
        }
    }

    /// Comes back after a restart with what was handed out in its old place,
    /// and without what was not on disk.
    fn recover(&mut self, held: Vec<Stored>, context: &mut super::Context<'_>) {
        if self.is_stream() {
            self.forget_readings(held.into_iter(), context);
            self.forget_channels();
            return;
        }
        self.forget_channels();
        if self.is_quorum() {
            for stored in held {
                self.return_one(stored, true, context);
            }
            self.look_at_limits(context);
        } else {
            self.requeue(held.into_iter(), true, context);
        }
        if self.is_classic() && self.declared.durable {
            let counts = context.profile.counts_failures_everywhere();
            let kept: Vec<Stored> = self.store.take_all().collect();
            for mut stored in kept {
                if stored.message.properties.is_persistent() {
                    // How often it was failed is written down since 4.3, and no
                    // more whether it was handed out
                    // (`rabbit_variable_queue:terminate`).
                    stored.redelivered &= !counts || stored.failed > 0;
                    self.store.put_back(stored);
                } else {
                    if context.profile.counts_deliveries_in_a_row() {
                        self.store.gaps.lose(&stored);
                    }
                    self.left(&stored, Leave::Lost, context);
                }
            }
            // Its limits come into force before what it does with too much
            // (`rabbit_amqqueue_process:process_args_policy`).
            self.drop_as_with(Overflow::DropHead, context);
        }
        self.renew(context);
        self.drop_expired(context);
    }
}

impl Profile {
    /// What a restart has lost leaves a gap in what a classic queue counts.
    fn counts_deliveries_in_a_row(self) -> bool {
        self < Self::V4_0
    }

    /// Transient exchanges are still there after a restart of the only node,
    /// for the metadata store keeps all (Khepri, since 4.3).
    pub(crate) fn keeps_transient_exchanges(self) -> bool {
        self >= Self::V4_3
    }
}
