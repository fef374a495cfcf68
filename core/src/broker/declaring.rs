//! Queues made and emptied, and deleted when a client asks for it.

use super::arguments::{self, Wanted};
use super::channel::ChannelKey;
use super::equivalence;
use super::event::{Event, Fact, Leave};
use super::method::{Method, QueueId, Reply};
use super::permission::{Resource, Right};
use super::queue::{Declared, Queue, QueueKind, check_stream_arguments};
use super::reply_code::{Fault, queue_at};
use super::reply_to;
use super::value::{Name, Table, Value};
use super::{Broker, Profile};

/// The fields of an active `queue.declare`.
struct Declaration {
    queue: Name,
    durable: bool,
    exclusive: bool,
    auto_delete: bool,
    nowait: bool,
    arguments: Table,
}

/// A name without carriage returns and line feeds, which RabbitMQ strips where
/// entities are declared, bound and deleted (`rabbit_channel:strip_cr_lf`).
pub(super) fn stripped(name: Name) -> Name {
    if name.contains(['\r', '\n']) { name.replace(['\r', '\n'], "").into() } else { name }
}

/// New names of clients may not begin with `amq.`.
pub(super) fn check_name(kind: &str, name: &str) -> Result<(), Fault> {
    if name.starts_with("amq.") {
        let text = format!("{kind} name '{name}' contains reserved prefix 'amq.*'");
        return Err(Fault::refused(text));
    }
    Ok(())
}

impl Broker {
    pub(super) fn on_queue_method(
        &mut self,
        key: ChannelKey,
        method: Method,
        out: &mut Vec<Event>,
    ) -> Result<(), Fault> {
        match method {
            Method::QueueDeclare { queue, nowait, .. }
                if queue.starts_with(reply_to::PSEUDO_QUEUE) =>
            {
                self.declare_reply_queue(key, stripped(queue), nowait, out)
            }
            Method::QueueDeclare { queue, passive: true, nowait, .. } => {
                self.declare_passive(key, stripped(queue), nowait, out)
            }
            Method::QueueDeclare {
                queue,
                durable,
                exclusive,
                auto_delete,
                nowait,
                arguments,
                passive: false,
            } => {
                let queue = stripped(queue);
                let wanted =
                    Declaration { queue, durable, exclusive, auto_delete, nowait, arguments };
                self.declare(key, wanted, out)
            }
            Method::QueueDelete { queue, if_unused, if_empty, nowait } => {
                let queue = stripped(queue);
                self.delete(key, &queue, if_unused, if_empty, nowait, out)
            }
            Method::QueuePurge { queue, nowait } => {
                let id = self.readable_queue(key, &queue)?;
                self.check_access(key, id)?;
                if self.queue_at(id).is_some_and(Queue::is_stream) {
                    return Err(self.not_of_streams("queue.purge", id));
                }
                let purged =
                    self.on_queue(id, out, |queue, context| queue.clear(Leave::Purged, context));
                let messages = purged.unwrap_or(0);
                self.answer(key, nowait, Reply::QueuePurgeOk { messages }, out);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The name that "" stands for: the queue this channel declared last.
    pub(super) fn expanded(&self, key: ChannelKey, name: &Name) -> Result<Name, Fault> {
        if !name.is_empty() {
            return Ok(name.clone());
        }
        let last = &self.channel_at(key)?.last_queue;
        if last.is_empty() {
            return Err(Fault::not_found("no previously declared queue"));
        }
        Ok(last.clone())
    }

    /// The queue a channel names.
    pub(super) fn queue_for(&self, key: ChannelKey, name: &str) -> Result<QueueId, Fault> {
        let channel = self.channel_at(key)?;
        let name = match name {
            "" if channel.last_queue.is_empty() => {
                return Err(Fault::not_found("no previously declared queue"));
            }
            "" => &*channel.last_queue,
            name => name,
        };
        let vhost = &self.vhosts[channel.vhost];
        vhost.routing.queue_id(name).ok_or_else(|| Fault::no_queue(name, &vhost.name))
    }

    /// The queue a channel names, which its user may read.
    pub(super) fn readable_queue(&self, key: ChannelKey, name: &str) -> Result<QueueId, Fault> {
        let expanded = if name.is_empty() { &*self.channel_at(key)?.last_queue } else { name };
        if !expanded.is_empty() {
            self.check_right(key, Right::Read, Resource::Queue(expanded))?;
        }
        self.queue_for(key, name)
    }

    /// Refuses other connections than the owner of an exclusive queue.
    pub(super) fn check_access(&self, key: ChannelKey, id: QueueId) -> Result<(), Fault> {
        let owner = self.queue_at(id).and_then(|queue| queue.declared.exclusive);
        let own = self.channel_at(key)?.id.connection;
        if owner.is_none_or(|owner| owner == own) { Ok(()) } else { Err(self.locked(id)) }
    }

    fn locked(&self, id: QueueId) -> Fault {
        self.queue_at(id).map_or_else(Fault::no_channel, |queue| {
            Fault::locked(&queue.declared.name, &self.vhosts[queue.declared.vhost].name)
        })
    }

    fn declare_passive(
        &mut self,
        key: ChannelKey,
        name: Name,
        nowait: bool,
        out: &mut Vec<Event>,
    ) -> Result<(), Fault> {
        self.check_any_right(key, Resource::Queue(&name))?;
        let vhost = &self.vhosts[self.channel_at(key)?.vhost];
        let id =
            vhost.routing.queue_id(&name).ok_or_else(|| Fault::no_queue(&name, &vhost.name))?;
        if !nowait {
            self.on_queue(id, out, |queue, context| queue.renew(context));
        }
        self.check_access(key, id)?;
        self.declared(key, id, nowait, out)
    }

    /// Answers a declaration that went well.
    fn declared(
        &mut self,
        key: ChannelKey,
        id: QueueId,
        nowait: bool,
        out: &mut Vec<Event>,
    ) -> Result<(), Fault> {
        let Some(queue) = self.queue_at(id) else { return Ok(()) };
        let (messages, consumers) = queue.counts(self.now);
        let name = queue.declared.name.clone();
        self.channel_at_mut(key)?.last_queue = name.clone();
        let reply = Reply::QueueDeclareOk { queue: name, messages, consumers };
        self.answer(key, nowait, reply, out);
        Ok(())
    }

    fn declare(
        &mut self,
        key: ChannelKey,
        mut wanted: Declaration,
        out: &mut Vec<Event>,
    ) -> Result<(), Fault> {
        let (vhost, owner) = {
            let channel = self.channel_at(key)?;
            (channel.vhost, wanted.exclusive.then_some(channel.id.connection))
        };
        let flags = (wanted.durable, wanted.exclusive, wanted.auto_delete);
        wanted.durable &= !wanted.exclusive;
        if wanted.arguments.get("x-queue-type").is_none()
            && let Some(kind) = self.vhosts[vhost].queue_type(self.profile, flags)
        {
            wanted.arguments.set("x-queue-type", Value::str(kind.name()));
            // `rabbit_misc:set_table_value` sorts, and the first wrong one is told.
            crate::order::sort_by(&mut wanted.arguments.0, |a, b| a.0.cmp(&b.0));
        }
        let kind = Wanted::of(&wanted.arguments);
        if wanted.queue.is_empty() {
            if kind != Wanted::Kind(QueueKind::Classic) {
                return Err(Fault::precondition(format!(
                    "Cannot declare a server-named queue for type {}",
                    kind.module()
                )));
            }
            wanted.queue = self.names.next("amq.gen-");
        } else if wanted.queue.starts_with("amq.") {
            check_name("queue", &wanted.queue)?;
        }
        self.check_right(key, Right::Configure, Resource::Queue(&wanted.queue))?;
        if let Some(id) = self.vhosts[vhost].routing.queue_id(&wanted.queue) {
            self.check_same(id, &wanted, owner)?;
            if !wanted.nowait && !self.queue_at(id).is_some_and(Queue::is_quorum) {
                self.on_queue(id, out, |queue, context| queue.renew(context));
            }
            return self.declared(key, id, wanted.nowait, out);
        }
        let kind = self.check_new(key, vhost, kind, &wanted)?;
        let nowait = wanted.nowait;
        let declared = Declared {
            name: wanted.queue,
            vhost,
            kind,
            durable: wanted.durable,
            auto_delete: wanted.auto_delete,
            exclusive: owner,
            arguments: wanted.arguments,
        };
        let id = self.create(declared, out);
        self.declared(key, id, nowait, out)
    }

    /// Whether an existing queue is what is asked for
    /// (`rabbit_amqqueue:assert_equivalence`).
    fn check_same(
        &self,
        id: QueueId,
        wanted: &Declaration,
        owner: Option<super::ConnectionId>,
    ) -> Result<(), Fault> {
        let Some(queue) = self.queue_at(id) else { return Ok(()) };
        let current = &queue.declared;
        if current.exclusive != owner {
            return Err(self.locked(id));
        }
        let at = queue_at(&current.name, &self.vhosts[current.vhost].name);
        equivalence::same_flag(&at, "durable", current.durable, wanted.durable)?;
        equivalence::same_flag(&at, "auto_delete", current.auto_delete, wanted.auto_delete)?;
        equivalence::check_equivalent(&at, &current.arguments, &wanted.arguments, self.profile)
    }

    /// Whether a queue can be made as asked for.
    fn check_new(
        &self,
        key: ChannelKey,
        vhost: usize,
        kind: Wanted,
        wanted: &Declaration,
    ) -> Result<QueueKind, Fault> {
        let at = queue_at(&wanted.queue, &self.vhosts[vhost].name);
        let limit = self.check_queue_limit(vhost, &wanted.queue);
        if self.profile.checks_queue_limit_first() {
            limit.clone()?;
        }
        match wanted.arguments.get("x-dead-letter-exchange") {
            None => {}
            Some(Value::LongStr(exchange)) => {
                self.check_right(key, Right::Read, Resource::Queue(&wanted.queue))?;
                let exchange = exchange.to_string();
                self.check_right(key, Right::Write, Resource::Exchange(&exchange))?;
            }
            Some(other) => {
                return Err(Fault::precondition(format!(
                    "invalid type '{}' for arg 'x-dead-letter-exchange' in {at}",
                    other.type_name()
                )));
            }
        }
        arguments::check_declare(&at, &wanted.arguments, self.profile)?;
        limit?;
        let Wanted::Kind(kind) = kind;
        if kind == QueueKind::Classic {
            return match wanted.arguments.get("x-queue-master-locator") {
                Some(locator) if !wanted.exclusive && self.profile.crashes_over(locator) => {
                    Err(Fault::crash())
                }
                _ => Ok(kind),
            };
        }
        let refused = [
            (wanted.auto_delete, "auto-delete"),
            (wanted.exclusive, "exclusive-owner"),
            (!wanted.durable, "non-durable"),
        ];
        if let Some((_, property)) = refused.iter().find(|(is, _)| *is) {
            return Err(Fault::precondition(format!("invalid property '{property}' for {at}")));
        }
        if kind == QueueKind::Stream {
            check_stream_arguments(&wanted.arguments, self.profile)?;
        }
        Ok(kind)
    }

    fn create(&mut self, declared: Declared, out: &mut Vec<Event>) -> QueueId {
        let id = QueueId(u32::try_from(self.queues.len()).unwrap_or(u32::MAX));
        let (name, vhost) = (declared.name.clone(), declared.vhost);
        if let Some(owner) = declared.exclusive.and_then(|owner| self.connection_mut(owner)) {
            owner.exclusive.push(id);
        }
        let (kind, arguments) = (declared.kind, &declared.arguments);
        let settings = self.vhosts[vhost].settings_of(&name, kind, arguments, self.profile);
        self.queues.push(Some(Box::new(Queue::new(id, declared, settings, self.profile))));
        self.vhosts[vhost].routing.queue_declared(name.clone(), id);
        out.push(Event::Fact(Fact::QueueDeclared { queue: name }));
        self.on_queue(id, out, |queue, context| {
            queue.open_log(context.now);
            queue.renew(context);
        });
        id
    }

    fn delete(
        &mut self,
        key: ChannelKey,
        name: &Name,
        mut if_unused: bool,
        mut if_empty: bool,
        nowait: bool,
        out: &mut Vec<Event>,
    ) -> Result<(), Fault> {
        let name = self.expanded(key, name)?;
        self.check_right(key, Right::Configure, Resource::Queue(&name))?;
        let vhost = &self.vhosts[self.channel_at(key)?.vhost];
        let Some(id) = vhost.routing.queue_id(&name) else {
            self.answer(key, nowait, Reply::QueueDeleteOk { messages: 0 }, out);
            return Ok(());
        };
        self.check_access(key, id)?;
        if let Some(queue) = self.queue_at(id) {
            let at = queue_at(&name, &vhost.name);
            if queue.declared.kind == QueueKind::Quorum && (if_unused || if_empty) {
                let flag = if if_unused { "if-unused" } else { "if-empty" };
                return Err(Fault::not_implemented(format!(
                    "cannot delete {at}. queue.delete operations with {flag} flag set are not \
                     supported by quorum queues"
                )));
            }
            // Streams do not look at the flags.
            if queue.is_stream() {
                (if_unused, if_empty) = (false, false);
            }
            if if_empty && !queue.store.is_empty() {
                return Err(Fault::precondition(format!("{at} not empty")));
            }
            if if_unused && queue.consumers.len() > 0 {
                return Err(Fault::precondition(format!("{at} in use")));
            }
        }
        let (messages, notices) = self.delete_queue(id, out);
        self.answer(key, nowait, Reply::QueueDeleteOk { messages }, out);
        self.notify(notices, out);
        Ok(())
    }
}

impl Profile {
    /// The queue type in force is written into a queue's arguments, and so is
    /// compared with later declarations
    /// (`rabbit_amqqueue:augment_declare_args`, since 4.0).
    pub(crate) fn writes_queue_type(self) -> bool {
        self >= Self::V4_0
    }

    /// An unknown place for a queue is no error but the end of a process
    /// (`rabbit_queue_master_location_misc` in 3.10; since 4.0 nobody looks).
    fn crashes_over(self, locator: &Value) -> bool {
        let known = ["client-local", "min-masters", "random"];
        self < Self::V4_0 && !locator.as_str().is_some_and(|name| known.contains(&name))
    }

    /// The limit of queues is looked at before the arguments
    /// (`rabbit_channel:check_vhost_queue_limit` in 3.10; since 4.0 last, in
    /// `rabbit_queue_type:declare`).
    fn checks_queue_limit_first(self) -> bool {
        self < Self::V4_0
    }
}
