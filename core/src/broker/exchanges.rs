//! Exchanges and bindings, as clients make and remove them.

use super::channel::ChannelKey;
use super::declaring::{check_name, stripped};
use super::equivalence;
use super::event::{Event, Fact};
use super::method::{Method, Reply};
use super::permission::{Resource, Right};
use super::plugins::{self, kind_called};
use super::reply_code::{Fault, ReplyCode, exchange_at};
use super::routing::{BindTarget, Binding, Exchange, ExchangeKind};
use super::value::{Name, Table, Value};
use super::{Broker, Profile};

const ALTERNATE: &str = "alternate-exchange";

/// One end of a binding method.
struct BindingEnds {
    source: Name,
    destination: Name,
    to_exchange: bool,
    key: Name,
    arguments: Table,
}

/// Nobody declares, deletes or binds the default exchange.
fn check_not_default(name: &str) -> Result<(), Fault> {
    if name.is_empty() {
        return Err(Fault::refused("operation not permitted on the default exchange"));
    }
    Ok(())
}

impl Broker {
    pub(super) fn on_exchange_method(
        &mut self,
        key: ChannelKey,
        method: Method,
        out: &mut Vec<Event>,
    ) -> Result<(), Fault> {
        match method {
            Method::ExchangeDeclare { exchange, passive: true, nowait, .. } => {
                self.check_exchange(key, &stripped(exchange))?;
                self.answer(key, nowait, Reply::ExchangeDeclareOk, out);
                Ok(())
            }
            Method::ExchangeDeclare {
                exchange,
                kind,
                durable,
                auto_delete,
                internal,
                nowait,
                arguments,
                passive: false,
            } => {
                let kind = kind_called(&kind, self.profile)?;
                let wanted = Exchange {
                    durable,
                    auto_delete,
                    internal,
                    arguments,
                    ..Exchange::new(&stripped(exchange), kind)
                };
                self.declare_exchange(key, wanted, out)?;
                self.answer(key, nowait, Reply::ExchangeDeclareOk, out);
                Ok(())
            }
            Method::ExchangeDelete { exchange, if_unused, nowait } => {
                self.delete_exchange(key, &stripped(exchange), if_unused, out)?;
                self.answer(key, nowait, Reply::ExchangeDeleteOk, out);
                Ok(())
            }
            Method::ExchangeBind { destination, source, routing_key, nowait, arguments } => {
                let ends = Self::ends(source, destination, true, routing_key, arguments);
                self.bind(key, ends, nowait, Reply::ExchangeBindOk, out)
            }
            Method::ExchangeUnbind { destination, source, routing_key, nowait, arguments } => {
                let ends = Self::ends(source, destination, true, routing_key, arguments);
                self.unbind(key, ends, out)?;
                self.answer(key, nowait, Reply::ExchangeUnbindOk, out);
                Ok(())
            }
            Method::QueueBind { queue, exchange, routing_key, nowait, arguments } => {
                let ends = Self::ends(exchange, queue, false, routing_key, arguments);
                self.bind(key, ends, nowait, Reply::QueueBindOk, out)
            }
            Method::QueueUnbind { queue, exchange, routing_key, arguments } => {
                let ends = Self::ends(exchange, queue, false, routing_key, arguments);
                self.unbind(key, ends, out)?;
                self.answer(key, false, Reply::QueueUnbindOk, out);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// A passive declaration asks for no more than that it is there.
    fn check_exchange(&self, key: ChannelKey, name: &str) -> Result<(), Fault> {
        check_not_default(name)?;
        self.check_any_right(key, Resource::Exchange(name))?;
        let vhost = &self.vhosts[self.channel_at(key)?.vhost];
        match vhost.routing.exchange(name) {
            Some(_) => Ok(()),
            None => Err(Fault::no_exchange(name, &vhost.name)),
        }
    }

    fn declare_exchange(
        &mut self,
        key: ChannelKey,
        mut wanted: Exchange,
        out: &mut Vec<Event>,
    ) -> Result<(), Fault> {
        check_not_default(&wanted.name)?;
        self.check_right(key, Right::Configure, Resource::Exchange(&wanted.name))?;
        let index = self.channel_at(key)?.vhost;
        let vhost = &self.vhosts[index];
        let at = exchange_at(&wanted.name, &vhost.name);
        if let Some(current) = vhost.routing.exchange(&wanted.name) {
            return check_same(&at, current, &wanted, self.profile);
        }
        check_name("exchange", &wanted.name)?;
        match wanted.arguments.get(ALTERNATE) {
            None => {}
            Some(Value::LongStr(alternate)) => {
                self.check_right(key, Right::Read, Resource::Exchange(&wanted.name))?;
                let alternate = alternate.to_string();
                self.check_right(key, Right::Write, Resource::Exchange(&alternate))?;
            }
            Some(other) => {
                return Err(Fault::precondition(format!(
                    "invalid type '{}' for arg '{ALTERNATE}' in {at}",
                    other.type_name()
                )));
            }
        }
        plugins::validate(&wanted, self.profile)?;
        wanted.alternate = vhost.alternate_of(&wanted.name, &wanted.arguments);
        let exchange = wanted.name.clone();
        self.vhosts[index].routing.declare(wanted);
        out.push(Event::Fact(Fact::ExchangeDeclared { exchange }));
        Ok(())
    }

    fn delete_exchange(
        &mut self,
        key: ChannelKey,
        name: &Name,
        if_unused: bool,
        out: &mut Vec<Event>,
    ) -> Result<(), Fault> {
        check_not_default(name)?;
        let index = self.channel_at(key)?.vhost;
        let at = exchange_at(name, &self.vhosts[index].name);
        if name.starts_with("amq.") {
            return Err(Fault::refused(format!("deletion of system {at} not allowed")));
        }
        self.check_right(key, Right::Configure, Resource::Exchange(name))?;
        let vhost = &mut self.vhosts[index];
        if vhost.routing.exchange(name).is_none() {
            return Ok(());
        }
        if if_unused && vhost.routing.is_source(name) {
            return Err(Fault::precondition(format!("{at} in use")));
        }
        let removed = vhost.routing.delete_exchange(name);
        vhost.forget_histories();
        self.tell_removed(removed, out);
        out.push(Event::Fact(Fact::ExchangeDeleted { exchange: name.clone() }));
        Ok(())
    }

    fn ends(
        source: Name,
        destination: Name,
        to_exchange: bool,
        key: Name,
        arguments: Table,
    ) -> BindingEnds {
        BindingEnds {
            source: stripped(source),
            destination: stripped(destination),
            to_exchange,
            key,
            arguments,
        }
    }

    /// Fills in what empty names stand for, and checks names and rights.
    fn check_ends(&self, key: ChannelKey, ends: &mut BindingEnds) -> Result<(), Fault> {
        if !ends.to_exchange && ends.destination.is_empty() {
            ends.destination = self.expanded(key, &ends.destination)?;
            if ends.key.is_empty() {
                ends.key = ends.destination.clone();
            }
        }
        let destination = if ends.to_exchange {
            Resource::Exchange(&ends.destination)
        } else {
            Resource::Queue(&ends.destination)
        };
        self.check_right(key, Right::Write, destination)?;
        if ends.to_exchange {
            check_not_default(&ends.destination)?;
        }
        check_not_default(&ends.source)?;
        self.check_right(key, Right::Read, Resource::Exchange(&ends.source))?;
        self.check_topic(key, Right::Read, &ends.source, &ends.key)
    }

    fn bind(
        &mut self,
        key: ChannelKey,
        mut ends: BindingEnds,
        nowait: bool,
        reply: Reply,
        out: &mut Vec<Event>,
    ) -> Result<(), Fault> {
        self.check_ends(key, &mut ends)?;
        let index = self.channel_at(key)?.vhost;
        let vhost = &self.vhosts[index];
        if vhost.routing.exchange(&ends.source).is_none() {
            return Err(Fault::no_exchange(&ends.source, &vhost.name));
        }
        let destination = if ends.to_exchange {
            if vhost.routing.exchange(&ends.destination).is_none() {
                return Err(Fault::no_exchange(&ends.destination, &vhost.name));
            }
            BindTarget::Exchange(ends.destination.clone())
        } else {
            let id = vhost.routing.queue_id(&ends.destination);
            let id = id.ok_or_else(|| Fault::no_queue(&ends.destination, &vhost.name))?;
            BindTarget::Queue(id, ends.destination.clone())
        };
        let locked = match &destination {
            BindTarget::Queue(id, _) => self.check_access(key, *id).err(),
            BindTarget::Exchange(_) => None,
        };
        let binding = Binding {
            source: ends.source.clone(),
            destination,
            key: ends.key.clone(),
            arguments: ends.arguments,
        };
        self.check_local_random(index, &binding)?;
        if let Some(fault) = locked {
            // What the exchange type refuses comes before the lock.
            let mut trial = vhost.routing.clone();
            trial.bind(binding, self.profile).map_err(Fault::precondition)?;
            return Err(fault);
        }
        let kept = self.vhosts[index].kept(&binding.source).next().map(|_| binding.clone());
        let routing = &mut self.vhosts[index].routing;
        let made = routing.bind(binding, self.profile).map_err(Fault::precondition)?;
        // The channel is busy with the binding until it has answered, so what
        // the queue is given meanwhile comes after the answer.
        let mut replayed = Vec::new();
        if let Some(binding) = kept.filter(|_| made)
            && let Err(fault) = self.replay(index, &binding, &mut replayed)
        {
            out.append(&mut replayed);
            return Err(fault);
        }
        if made {
            out.push(Event::Fact(Fact::Bound {
                source: ends.source,
                destination: ends.destination,
                to_exchange: ends.to_exchange,
                routing_key: ends.key,
            }));
        }
        self.answer(key, nowait, reply, out);
        out.append(&mut replayed);
        Ok(())
    }

    /// Removes a binding; removing one that is not there is fine.
    fn unbind(
        &mut self,
        key: ChannelKey,
        mut ends: BindingEnds,
        out: &mut Vec<Event>,
    ) -> Result<(), Fault> {
        self.check_ends(key, &mut ends)?;
        let index = self.channel_at(key)?.vhost;
        let vhost = &self.vhosts[index];
        let destination = if ends.to_exchange {
            BindTarget::Exchange(ends.destination)
        } else {
            let Some(id) = vhost.routing.queue_id(&ends.destination) else { return Ok(()) };
            BindTarget::Queue(id, ends.destination)
        };
        let binding =
            Binding { source: ends.source, destination, key: ends.key, arguments: ends.arguments };
        if let BindTarget::Queue(id, _) = binding.destination
            && let Err(fault) = self.check_access(key, id)
        {
            let mut trial = vhost.routing.clone();
            let exists = !trial.unbind(&binding).bindings.is_empty();
            return if exists { Err(fault) } else { Ok(()) };
        }
        let removed = self.vhosts[index].routing.unbind(&binding);
        self.tell_removed(removed, out);
        Ok(())
    }
}

/// Whether an existing exchange is what is asked for
/// (`rabbit_exchange:assert_equivalence`).
fn check_same(
    at: &str,
    current: &Exchange,
    wanted: &Exchange,
    profile: Profile,
) -> Result<(), Fault> {
    if current.kind != wanted.kind {
        // Erlang puts quotes of its own around a name with a dash in it.
        let quoted = |kind: ExchangeKind| match kind.name() {
            name if name.contains('-') => format!("''{name}''"),
            name => format!("'{name}'"),
        };
        let (new, old) = (quoted(wanted.kind), quoted(current.kind));
        return Err(equivalence::inequivalent(at, "type", &new, &old));
    }
    equivalence::same_flag(at, "durable", current.durable, wanted.durable)?;
    equivalence::same_flag(at, "auto_delete", current.auto_delete, wanted.auto_delete)?;
    equivalence::same_flag(at, "internal", current.internal, wanted.internal)?;
    equivalence::same(at, ALTERNATE, &current.arguments, &wanted.arguments, profile)
}

impl Profile {
    /// What an exchange type that is not there costs: the connection in 3.10,
    /// the channel since 3.13 (`rabbit_exchange:check_type`).
    pub(crate) fn unknown_exchange_type(self) -> ReplyCode {
        if self < Self::V4_0 { ReplyCode::CommandInvalid } else { ReplyCode::PreconditionFailed }
    }
}
