//! What a channel does: every method has its place here or in a file of its
//! own (`rabbit_channel:handle_method`).

use super::Broker;
use super::arguments;
use super::channel::{ChannelKey, Mode};
use super::consumer::Consumer;
use super::event::{Event, Fact, Leave};
use super::method::{Method, QueueId, Reply};
use super::profile::Profile;
use super::queue::{check_offset, quorum_prefetch};
use super::reply_code::{Fault, ReplyCode, queue_at};
use super::unacked::{GOT, Unacked};
use super::value::{Name, Table, Value};

/// The fields of `basic.consume` that count.
pub(super) struct Subscription {
    pub(super) queue: Name,
    pub(super) consumer_tag: Name,
    pub(super) no_ack: bool,
    pub(super) exclusive: bool,
    pub(super) nowait: bool,
    pub(super) arguments: Table,
}

impl Broker {
    /// A method on an open channel. An error closes the channel or more.
    pub(super) fn on_channel(
        &mut self,
        key: ChannelKey,
        method: Method,
        out: &mut Vec<Event>,
    ) -> Result<(), Fault> {
        match method {
            Method::Publish { .. }
            | Method::Ack { .. }
            | Method::Nack { .. }
            | Method::Reject { .. }
            | Method::Recover { .. }
            | Method::RecoverAsync { .. } => self.on_message_method(key, method, out),
            Method::QueueDeclare { .. }
            | Method::QueueDelete { .. }
            | Method::QueuePurge { .. } => self.on_queue_method(key, method, out),
            Method::ExchangeDeclare { .. }
            | Method::ExchangeDelete { .. }
            | Method::ExchangeBind { .. }
            | Method::ExchangeUnbind { .. }
            | Method::QueueBind { .. }
            | Method::QueueUnbind { .. } => self.on_exchange_method(key, method, out),
            Method::Consume {
                queue,
                consumer_tag,
                no_ack,
                exclusive,
                nowait,
                arguments,
                no_local: _,
            } => {
                let subscription =
                    Subscription { queue, consumer_tag, no_ack, exclusive, nowait, arguments };
                self.consume(key, subscription, out)
            }
            Method::Cancel { consumer_tag, nowait } => self.cancel(key, &consumer_tag, nowait, out),
            Method::Get { queue, no_ack } => self.get(key, &queue, no_ack, out),
            Method::Qos { prefetch_size, prefetch_count, global } => {
                self.qos(key, prefetch_size, prefetch_count, global, out)
            }
            Method::ConfirmSelect { nowait } => self.confirm_select(key, nowait, out),
            Method::TxSelect => self.tx_select(key, out),
            Method::TxCommit => self.tx_commit(key, out),
            Method::TxRollback => self.tx_rollback(key, out),
            Method::ChannelOpen => {
                Err(Fault::new(ReplyCode::ChannelError, "second 'channel.open' seen"))
            }
            Method::ChannelFlow { active: false } => Err(Fault::not_implemented("active=false")),
            Method::ChannelFlow { active: true } => {
                self.answer(key, false, Reply::ChannelFlowOk { active: true }, out);
                Ok(())
            }
            Method::AccessRequest => {
                self.answer(key, false, Reply::AccessRequestOk, out);
                Ok(())
            }
            Method::ChannelClose { .. }
            | Method::ChannelCloseOk
            | Method::ConnectionClose { .. }
            | Method::ConnectionCloseOk
            | Method::UpdateSecret => {
                Err(Fault::new(ReplyCode::CommandInvalid, "unimplemented method"))
            }
        }
    }

    fn consume(
        &mut self,
        key: ChannelKey,
        mut wanted: Subscription,
        out: &mut Vec<Event>,
    ) -> Result<(), Fault> {
        if self.channel_at(key)?.consumers.contains_key(&wanted.consumer_tag) {
            let text = format!("attempt to reuse consumer tag '{}'", wanted.consumer_tag);
            return Err(Fault::new(ReplyCode::NotAllowed, text));
        }
        if &*wanted.queue == super::reply_to::PSEUDO_QUEUE {
            return self.consume_replies(key, wanted, out);
        }
        let id = self.readable_queue(key, &wanted.queue)?;
        self.check_consumable(key, id, &wanted)?;
        if wanted.consumer_tag.is_empty() {
            wanted.consumer_tag = self.names.next("amq.ctag-");
        }
        let channel = self.channel_at_mut(key)?;
        channel.consumers.insert(wanted.consumer_tag.clone(), id);
        let (channel_id, prefetch) = (channel.id, channel.prefetch);
        let reply = Reply::ConsumeOk { consumer_tag: wanted.consumer_tag.clone() };
        self.answer(key, wanted.nowait, reply, out);
        self.on_queue(id, out, |queue, context| {
            context.fact(|| Fact::ConsumerAdded {
                channel: channel_id,
                consumer_tag: wanted.consumer_tag.clone(),
                queue: queue.declared.name.clone(),
            });
            let priority = wanted.arguments.get("x-priority").and_then(Value::as_integer);
            let prefetch = if queue.is_quorum() { quorum_prefetch(prefetch) } else { prefetch };
            let consumer = Consumer {
                channel: key,
                tag: wanted.consumer_tag,
                no_ack: wanted.no_ack,
                prefetch,
                credit: u32::from(prefetch),
                unacked: 0,
                timed_out: 0,
                timeout: queue.timeout(Some(&wanted.arguments), context),
                priority: priority.unwrap_or(0),
                arguments: wanted.arguments,
                since: 0,
                live: true,
            };
            queue.subscribe(consumer, wanted.exclusive, context.now);
            queue.run(context);
        });
        Ok(())
    }

    /// Exclusive access, arguments, and what the queue allows.
    fn check_consumable(
        &self,
        key: ChannelKey,
        id: QueueId,
        wanted: &Subscription,
    ) -> Result<(), Fault> {
        self.check_access(key, id)?;
        let Some(queue) = self.queue_at(id) else { return Ok(()) };
        let vhost = &self.vhosts[queue.declared.vhost].name;
        let at = queue_at(&queue.declared.name, vhost);
        if queue.is_stream() {
            check_offset(&at, &wanted.arguments, self.profile)?;
        }
        arguments::check_consume(&at, queue.declared.kind, &wanted.arguments, self.profile)?;
        if queue.is_stream() {
            let channel = self.channel_at(key)?;
            let limits = (channel.prefetch, wanted.no_ack, channel.limiter.limit != 0);
            return queue.check_reader(&at, limits, &wanted.arguments, (self.now, self.profile));
        }
        if queue.is_quorum() {
            if self.channel_at(key)?.limiter.limit != 0 {
                return Err(Fault::not_implemented(format!("{at} does not support global qos")));
            }
            return Ok(());
        }
        let in_use = if queue.settings.single_active {
            wanted.exclusive
        } else {
            queue.consumers.holder.is_some() || wanted.exclusive && queue.consumers.len() > 0
        };
        if in_use {
            return Err(Fault::refused(format!("{at} in exclusive use")));
        }
        Ok(())
    }

    fn cancel(
        &mut self,
        key: ChannelKey,
        tag: &Name,
        nowait: bool,
        out: &mut Vec<Event>,
    ) -> Result<(), Fault> {
        self.answer(key, nowait, Reply::CancelOk { consumer_tag: tag.clone() }, out);
        let channel = self.channel_at_mut(key)?;
        if channel.reply.as_ref().is_some_and(|reply| reply.tag == *tag) {
            if let Some(reply) = channel.reply.take() {
                self.replies.remove(&reply.address);
            }
            return Ok(());
        }
        self.drop_consumer(key, tag, out);
        Ok(())
    }

    /// Takes a consumer away, and the queue with it that goes with its last.
    pub(super) fn drop_consumer(&mut self, key: ChannelKey, tag: &Name, out: &mut Vec<Event>) {
        let Some(channel) = self.channels.get_mut(key) else { return };
        let channel_id = channel.id;
        let Some(id) = channel.consumers.remove(tag) else { return };
        let cancelled = self.on_queue(id, out, |queue, context| {
            context.fact(|| Fact::ConsumerRemoved {
                channel: channel_id,
                consumer_tag: tag.clone(),
                queue: queue.declared.name.clone(),
            });
            queue.cancel(key, tag, context);
            queue.is_abandoned()
        });
        if cancelled == Some(true) {
            let (_, notices) = self.delete_queue(id, out);
            self.notify(notices, out);
        }
    }

    fn get(
        &mut self,
        key: ChannelKey,
        name: &str,
        no_ack: bool,
        out: &mut Vec<Event>,
    ) -> Result<(), Fault> {
        let id = self.readable_queue(key, name)?;
        self.check_access(key, id)?;
        self.check_gettable(id)?;
        let got = self.on_queue(id, out, |queue, context| {
            let got = queue.get(no_ack, context)?;
            queue.unacked += u64::from(!no_ack);
            let shown = got.stored.shown(queue.declared.kind, context.profile, true);
            let timeout = queue.timeout(None, context);
            Some((got, shown, queue.declared.name.clone(), timeout))
        });
        let since = self.now;
        let channel = self.channels.get_mut(key).ok_or_else(Fault::no_channel)?;
        let Some((got, message, queue, timeout)) = got.flatten() else {
            out.push(Event::Send { to: channel.id, reply: Reply::GetEmpty });
            return Ok(());
        };
        let (stored, delivery_tag) = (got.stored, channel.take_tag());
        out.push(Event::Send {
            to: channel.id,
            reply: Reply::GetOk {
                delivery_tag,
                redelivered: stored.redelivered,
                messages: got.left,
                message,
            },
        });
        out.push(Event::Fact(Fact::Delivered {
            message: stored.message.id,
            queue: queue.clone(),
            position: stored.position,
            to: channel.id,
            consumer_tag: Name::from(""),
            delivery_tag,
            redelivered: stored.redelivered,
        }));
        if no_ack {
            out.push(Event::Fact(Fact::Left {
                message: stored.message.id,
                queue,
                position: stored.position,
                reason: Leave::AutoAcknowledged,
            }));
        } else {
            let (queue, consumer, released) = (id, GOT, false);
            let unacked = Unacked { queue, consumer, stored, since, timeout, released };
            channel.wait_for(key, delivery_tag, unacked, &mut self.deadlines);
        }
        Ok(())
    }

    fn check_gettable(&self, id: QueueId) -> Result<(), Fault> {
        match self.queue_at(id) {
            Some(queue) if queue.is_stream() => Err(self.not_of_streams("basic.get", id)),
            Some(queue) if queue.is_quorum() && queue.settings.single_active => {
                let vhost = &self.vhosts[queue.declared.vhost].name;
                let at = queue_at(&queue.declared.name, vhost);
                let kind = self.profile.quorum_type_in_texts();
                let text = format!(
                    "cannot obtain access to locked {at}. basic.get operations are not \
                     supported by {kind} queues with single active consumer"
                );
                Err(Fault::new(ReplyCode::ResourceLocked, text))
            }
            _ => Ok(()),
        }
    }

    /// That streams do not support a method.
    pub(super) fn not_of_streams(&self, method: &str, id: QueueId) -> Fault {
        let at = self.queue_at(id).map_or_else(String::new, |queue| {
            queue_at(&queue.declared.name, &self.vhosts[queue.declared.vhost].name)
        });
        Fault::not_implemented(format!("{method} not supported by stream queues {at}"))
    }

    /// `basic.qos`: without `global` the limit of each consumer to come, which
    /// lifts a common one; with it the limit common to all of the channel, in
    /// force at once. 4.3 takes every limit for the first kind.
    fn qos(
        &mut self,
        key: ChannelKey,
        size: u32,
        count: u16,
        global: bool,
        out: &mut Vec<Event>,
    ) -> Result<(), Fault> {
        if size != 0 {
            return Err(Fault::not_implemented(format!("prefetch_size!=0 ({size})")));
        }
        let common = global && self.profile.has_channel_prefetch();
        let channel = self.channel_at_mut(key)?;
        let open = u32::try_from(channel.unacked.len()).unwrap_or(u32::MAX);
        let woken = if common {
            channel.limiter.set(count.into(), open)
        } else {
            channel.prefetch = count;
            channel.limiter.set(0, open)
        };
        self.answer(key, false, Reply::QosOk, out);
        self.wake(key, woken, out);
        Ok(())
    }

    /// A channel's common limit is no longer reached: queues go on.
    pub(super) fn wake(&mut self, key: ChannelKey, queues: Vec<QueueId>, out: &mut Vec<Event>) {
        for id in queues {
            self.on_queue(id, out, |queue, context| {
                if queue.consumers.resume(key) {
                    queue.run(context);
                }
            });
        }
    }

    fn confirm_select(
        &mut self,
        key: ChannelKey,
        nowait: bool,
        out: &mut Vec<Event>,
    ) -> Result<(), Fault> {
        let channel = self.channel_at_mut(key)?;
        match channel.mode {
            Mode::Transaction(_) => {
                return Err(Fault::precondition("cannot switch from tx to confirm mode"));
            }
            Mode::Plain => channel.mode = Mode::Confirm(1),
            Mode::Confirm(_) | Mode::Closing { .. } => {}
        }
        self.answer(key, nowait, Reply::ConfirmSelectOk, out);
        Ok(())
    }
}

impl Profile {
    /// `basic.qos` with `global` sets a limit common to a channel's consumers.
    /// 4.3 permits that no more and takes it for a limit of each
    /// (`rabbit_channel:is_global_qos_permitted`).
    pub(crate) fn has_channel_prefetch(self) -> bool {
        self < Self::V4_3
    }

    /// How the refusal of a `basic.get` names the queue type: since 4.3 as an
    /// Erlang term (`rabbit_channel:handle_method`).
    fn quorum_type_in_texts(self) -> &'static str {
        if self < Self::V4_3 { "quorum" } else { "<<\"quorum\">>" }
    }

    /// A queue delivers its backlog at once when the single active consumer is
    /// cancelled. 3.10 does not, to its own surprise (`Queue::pass_backlog`).
    pub(crate) fn runs_queue_after_cancel(self) -> bool {
        self >= Self::V4_0
    }

    /// Classic queues, too, count how often a message was failed, and deliver
    /// one that was before it came as redelivered
    /// (`rabbit_variable_queue:update_delivery_count`, since 4.3).
    pub(crate) fn counts_failures_everywhere(self) -> bool {
        self >= Self::V4_3
    }
}
