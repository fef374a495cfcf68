//! Exchange types of plugins: what they refuse, what they remember, and what
//! they hold back. Where they send a message is routing's business.

use super::arguments::Wanted;
use super::deadline::Due;
use super::event::{Event, Fact};
use super::message::{Message, Properties, Rare, SharedMessage};
use super::method::QueueId;
use super::names::mix;
use super::profile::Profile;
use super::queue::QueueKind;
use super::reply_code::{Fault, ReplyCode};
use super::routing::{Aside, BindTarget, Binding, DELAYED_TYPE, Exchange, ExchangeKind, Query};
use super::value::{Name, Table, Value};
use super::{Broker, VirtualHost};
use crate::order::Map;
use crate::time::{Span, Tick};
use std::collections::VecDeque;
use std::sync::Arc;

/// The header that asks a delayed exchange to hold a message back.
pub(super) const DELAY: &str = "x-delay";
const HISTORY_LENGTH: &str = "x-recent-history-length";
/// How many messages are kept when the exchange does not say.
const HISTORY: i64 = 20;

/// A message that a delayed exchange holds back.
#[derive(Clone, Debug, Hash)]
struct HeldBack {
    vhost: usize,
    exchange: Name,
    millis: u32,
    due: Tick,
    message: SharedMessage,
}

/// All that is held back, numbered as it came.
#[derive(Clone, Debug, Default, Hash)]
pub(super) struct Delayed {
    came: u64,
    held: Map<u64, HeldBack>,
}

/// What became of a message at the exchanges, besides the queues it reaches.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Routed {
    /// A direct reply took it, which counts as a destination.
    pub(super) replied: bool,
    /// It is held back.
    pub(super) held: bool,
    /// An exchange could not route it, which ends the channel's process.
    pub(super) failed: bool,
}

impl Routed {
    /// Whether nobody needs to be told that it reaches no queue.
    pub(super) const fn counts(self, mandatory: bool) -> bool {
        self.replied || self.held && !mandatory
    }
}

/// What an exchange's type asks of its arguments (the `validate` of each).
pub(super) fn validate(exchange: &Exchange, profile: Profile) -> Result<(), Fault> {
    let arguments = &exchange.arguments;
    match exchange.kind {
        ExchangeKind::ConsistentHash => validate_hash(arguments),
        ExchangeKind::RecentHistory => validate_history(arguments, profile),
        ExchangeKind::DelayedMessage => {
            let invalid = |why| Err(Fault::precondition(format!("Invalid argument, {why}")));
            let name = match arguments.get(DELAYED_TYPE) {
                Some(Value::LongStr(name) | Value::Binary(name)) => name.to_string(),
                _ => return invalid("'x-delayed-type' must be an existing exchange type"),
            };
            if name == ExchangeKind::DelayedMessage.name() {
                return invalid("'x-delayed-message' can't be used for 'x-delayed-type'");
            }
            let kind = kind_called(&name, profile)?;
            validate(&Exchange { kind, ..exchange.clone() }, profile)
        }
        _ => Ok(()),
    }
}

/// The exchange type of this name (`rabbit_exchange:check_type`).
pub(super) fn kind_called(name: &str, profile: Profile) -> Result<ExchangeKind, Fault> {
    ExchangeKind::parse(name, profile).ok_or_else(|| {
        // Erlang knows the empty name, as that of something else.
        let what = if name.is_empty() { "invalid" } else { "unknown" };
        Fault::new(profile.unknown_exchange_type(), format!("{what} exchange type '{name}'"))
    })
}

fn validate_hash(arguments: &Table) -> Result<(), Fault> {
    let text = |key: &str| match arguments.get(key) {
        None => Ok(None),
        Some(Value::LongStr(text)) => Ok(Some(text)),
        Some(_) => Err(Fault::crash()),
    };
    match (text("hash-header")?, text("hash-property")?) {
        (Some(_), Some(_)) => {
            Err(Fault::precondition("hash-header and hash-property are mutually exclusive"))
        }
        (None, Some(property))
            if !["correlation_id", "message_id", "timestamp"]
                .contains(&property.as_str().unwrap_or_default()) =>
        {
            Err(Fault::precondition(format!("Unsupported property: {property}")))
        }
        _ => Ok(()),
    }
}

fn validate_history(arguments: &Table, profile: Profile) -> Result<(), Fault> {
    let Some(value) = arguments.get(HISTORY_LENGTH) else { return Ok(()) };
    let signed = matches!(value, Value::I8(_) | Value::I16(_) | Value::I32(_) | Value::I64(_));
    if signed && value.as_integer().is_some_and(|n| n > 0) {
        return Ok(());
    }
    Err(Fault::precondition(format!(
        "Invalid argument {}, '{HISTORY_LENGTH}' must be a positive integer",
        super::routing::erlang_term(value, profile)
    )))
}

/// The delay of a message turned negative, as a header: it tells that the
/// message has been held (`swap_delay_header`).
fn turned(millis: u32, profile: Profile) -> Value {
    match profile {
        Profile::V3_10 => Value::I32((millis as i32).wrapping_neg()),
        Profile::V4_0 | Profile::V4_3 => Value::I64(-i64::from(millis)),
    }
}

impl Message {
    /// The message as it is let go. 3.10 changes what it has in memory and
    /// sends the octets it got, so nobody sees the header change.
    fn released(&self, millis: u32, profile: Profile) -> Self {
        let rare = Rare { released: Some(millis), ..self.rare().clone() };
        let mut message = self.clone().with(rare);
        if profile.rewrites_headers()
            && let Some(headers) = &mut Arc::make_mut(&mut message.properties).headers
        {
            headers.set(DELAY, turned(millis, profile));
        }
        message
    }

    /// The headers of a message that is written anew.
    pub(super) fn rewritten_headers(&self, profile: Profile) -> Option<Table> {
        let mut headers = self.properties.headers.clone();
        if let (Some(millis), Some(headers)) = (self.rare().released, &mut headers) {
            headers.set(DELAY, turned(millis, profile));
        }
        headers
    }
}

impl VirtualHost {
    fn keep(&mut self, exchange: Name, message: &SharedMessage) {
        let length = self.routing.exchange(&exchange).and_then(|exchange| {
            exchange.arguments.get(HISTORY_LENGTH).and_then(Value::as_integer)
        });
        let most = usize::try_from(length.unwrap_or(HISTORY)).unwrap_or(0);
        let history = self.histories.get_or_insert_with(exchange, VecDeque::new);
        history.push_back(message.clone());
        while history.len() > most {
            history.pop_front();
        }
    }

    /// What an exchange has kept, oldest first.
    pub(super) fn kept(&self, exchange: &str) -> impl DoubleEndedIterator<Item = &SharedMessage> {
        self.histories.get(exchange).into_iter().flatten()
    }

    /// The memories of exchanges that are there no more go with them.
    pub(super) fn forget_histories(&mut self) {
        let routing = &self.routing;
        self.histories.retain(|exchange, _| routing.exchange(exchange).is_some());
    }
}

/// The memories of a virtual host's exchanges.
pub(super) type Histories = Map<Name, VecDeque<SharedMessage>>;

impl Broker {
    /// What is drawn for a message where an exchange decides by chance.
    pub(super) fn chance(&self, message: u64) -> u64 {
        mix(self.seed ^ mix(message))
    }

    /// Where a message goes from `start` on: fills `targets`.
    pub(super) fn route_from(
        &mut self,
        vhost: usize,
        start: &str,
        message: &SharedMessage,
        targets: &mut Vec<QueueId>,
        out: &mut Vec<Event>,
    ) -> Routed {
        let one = [&*message.routing_key];
        let more: Vec<&str>;
        let keys = if message.rare().more_keys.is_empty() {
            &one[..]
        } else {
            more = message.keys().collect();
            &more[..]
        };
        let query = Query {
            keys,
            properties: Some(&message.properties),
            profile: self.profile,
            chance: self.chance(message.id.0),
            released: message.rare().released.is_some(),
        };
        let routing = &mut self.vhosts[vhost].routing;
        routing.route(start, &query, targets);
        let mut routed = Routed::default();
        for aside in routing.take_asides() {
            match aside {
                Aside::Keep(exchange) => self.vhosts[vhost].keep(exchange, message),
                Aside::Hold(exchange, millis) => {
                    routed.held = true;
                    let due = self.now + Span::millis(millis.into());
                    let message = message.clone();
                    self.hold(HeldBack { vhost, exchange, millis, due, message }, out);
                }
                Aside::Fail => routed.failed = true,
            }
        }
        routed
    }

    fn hold(&mut self, held: HeldBack, out: &mut Vec<Event>) {
        let (message, exchange, until) = (held.message.id, held.exchange.clone(), held.due);
        out.push(Event::Fact(Fact::HeldBack { message, exchange, until }));
        self.delayed.came += 1;
        self.deadlines.set(Due::HeldBack(self.delayed.came), &mut None, Some(held.due));
        self.delayed.held.insert(self.delayed.came, held);
    }

    /// Lets a message go that was held back, and routes it.
    pub(super) fn release(&mut self, number: u64, out: &mut Vec<Event>) {
        let Some(held) = self.delayed.held.remove(&number) else { return };
        let message = Arc::new(held.message.released(held.millis, self.profile));
        out.push(Event::Fact(Fact::Released {
            message: message.id,
            exchange: held.exchange.clone(),
            routing_key: message.routing_key.clone(),
            properties: Properties {
                headers: message.rewritten_headers(self.profile),
                ..Properties::clone(&message.properties)
            },
        }));
        let mut targets = core::mem::take(&mut self.scratch.targets);
        targets.clear();
        self.route_from(held.vhost, &held.exchange, &message, &mut targets, out);
        if targets.is_empty() {
            let (message, returned) = (message.id, false);
            out.push(Event::Fact(Fact::Unroutable { message, returned }));
        }
        self.hand_out(None, &message, &targets, out);
        self.scratch.targets = targets;
    }

    /// What is held back at an exchange: when it is due, and the message, in
    /// that order.
    pub(super) fn held_at(&self, vhost: usize, exchange: &str) -> Vec<(Tick, &SharedMessage)> {
        let all = self.delayed.held.values();
        let here = all.filter(|held| held.vhost == vhost && &*held.exchange == exchange);
        let mut found: Vec<_> = here.map(|held| (held.due, &held.message)).collect();
        crate::order::sort_by_key(&mut found, |(due, _)| *due);
        found
    }

    /// What a local random exchange asks of a binding.
    pub(super) fn check_local_random(&self, vhost: usize, binding: &Binding) -> Result<(), Fault> {
        let source = self.vhosts[vhost].routing.exchange(&binding.source);
        if source.map(Exchange::routes_as) != Some(ExchangeKind::LocalRandom) {
            return Ok(());
        }
        let queue = match &binding.destination {
            BindTarget::Queue(id, _) => self.queue_at(*id).map(|queue| queue.declared.kind),
            BindTarget::Exchange(_) => None,
        };
        let key = &binding.key;
        Err(Fault::precondition(match queue {
            _ if !key.is_empty() => format!("Non empty binding '{key}' key not permitted"),
            None => "Destination not found".to_owned(),
            Some(QueueKind::Classic) => return Ok(()),
            Some(kind) => {
                let kind = Wanted::Kind(kind).module();
                format!("Queue type {kind} not valid for this exchange type")
            }
        }))
    }

    /// A new binding of an exchange with a memory brings what it has kept.
    /// Through an exchange it goes newest first, and has to reach a queue.
    pub(super) fn replay(
        &mut self,
        vhost: usize,
        binding: &Binding,
        out: &mut Vec<Event>,
    ) -> Result<(), Fault> {
        let kept = self.vhosts[vhost].kept(&binding.source);
        let exchange = &binding.source;
        match &binding.destination {
            BindTarget::Queue(id, _) => {
                for message in kept.cloned().collect::<Vec<_>>() {
                    self.say_replayed(&message, exchange, out);
                    self.hand_out(None, &message, &[*id], out);
                }
            }
            BindTarget::Exchange(next) => {
                for message in kept.rev().cloned().collect::<Vec<_>>() {
                    let mut targets = Vec::new();
                    self.route_from(vhost, next, &message, &mut targets, out);
                    if targets.is_empty() {
                        return Err(self.nowhere(vhost, binding));
                    }
                    self.say_replayed(&message, exchange, out);
                    self.hand_out(None, &message, &targets, out);
                }
            }
        }
        Ok(())
    }

    fn say_replayed(&self, message: &SharedMessage, exchange: &Name, out: &mut Vec<Event>) {
        let (exchange, routing_key) = (exchange.clone(), message.routing_key.clone());
        out.push(Event::Fact(Fact::Replayed { message: message.id, exchange, routing_key }));
    }

    /// Replayed messages reached no queue. In 3.10 the transaction fails that
    /// makes the binding.
    fn nowhere(&mut self, vhost: usize, binding: &Binding) -> Fault {
        if self.profile.unbinds_after_failed_replay() {
            self.vhosts[vhost].routing.unbind(binding);
            Fault::crash()
        } else {
            Fault::new(ReplyCode::InternalError, "could not find queue/exchange ''")
        }
    }
}

impl Profile {
    /// A binding that cannot be served with what was kept is not made at all:
    /// storing it and serving it are one transaction
    /// (`rabbit_exchange_type_recent_history:add_binding` in 3.10).
    pub(super) fn unbinds_after_failed_replay(self) -> bool {
        self < Self::V4_0
    }

    /// What exchanges keep outlives a restart, as it is in the metadata store
    /// (`rabbit_db_rh_exchange.erl`, with Khepri).
    pub(super) fn keeps_histories(self) -> bool {
        self >= Self::V4_3
    }
}
