//! Messages that are published again because they left a queue badly
//! (`rabbit_dead_letter.erl`, `mc:record_death`).

use super::Broker;
use super::event::{Event, Fact, Leave};
use super::message::{Message, MessageId, Properties, Rare, SharedMessage};
use super::method::QueueId;
use super::profile::Profile;
use super::value::{Name, Table, Value};
use crate::time::Tick;
use std::sync::Arc;

/// How many messages may be dead-lettered at one instant. RabbitMQ has no such
/// limit; here a ring of queues that multiply a message must come to an end.
const MAX_AT_ONCE: u32 = 100_000;

/// Why a message is dead-lettered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum DeathReason {
    Rejected,
    Expired,
    MaxLength,
    DeliveryLimit,
}

impl DeathReason {
    /// What `x-death` says.
    const fn name(self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::MaxLength => "maxlen",
            Self::DeliveryLimit => "delivery_limit",
        }
    }
}

/// A message on its way to a dead-letter exchange.
#[derive(Clone, Debug, Hash)]
pub(crate) struct Dying {
    pub(crate) message: SharedMessage,
    /// How often consumers failed it in its queue.
    pub(crate) failed: u16,
    pub(crate) reason: DeathReason,
    pub(crate) vhost: usize,
    /// The queue it left.
    pub(crate) queue: Name,
    pub(crate) exchange: Name,
    /// The key that replaces its own ones.
    pub(crate) key: Option<Name>,
}

impl Broker {
    /// Publishes what is on its way to dead-letter exchanges, first come first
    /// served, until nothing is left.
    pub(super) fn bury_the_dead(&mut self, out: &mut Vec<Event>) {
        for _ in 0..MAX_AT_ONCE {
            let Some(dying) = self.dying.pop_front() else { return };
            if self.vhosts[dying.vhost].routing.exchange(&dying.exchange).is_some() {
                self.bury(dying, out);
            }
        }
        self.dying.clear();
    }

    fn bury(&mut self, dying: Dying, out: &mut Vec<Event>) {
        let (reason, vhost, queue) = (dying.reason, dying.vhost, dying.queue.clone());
        let origin = dying.message.id;
        let mut message = reborn(dying, self.profile, self.now);
        self.messages += 1;
        message.id = MessageId(self.messages);
        let message = Arc::new(message);
        out.push(Event::Fact(Fact::DeadLettered {
            message: origin,
            reborn: message.id,
            queue,
            exchange: message.exchange.clone(),
            routing_key: message.routing_key.clone(),
        }));
        let mut targets = core::mem::take(&mut self.scratch.targets);
        let routed = self.route(vhost, &message, &mut targets, out);
        if targets.is_empty() && !routed.counts(false) {
            out.push(Event::Fact(Fact::Unroutable { message: message.id, returned: false }));
        }
        if self.profile.counts_replies() {
            self.deliver_replies(&message, out);
        }
        if reason != DeathReason::Rejected {
            targets.retain(|id| !self.is_cycle(&message, *id, out));
        }
        self.hand_out(None, &message, &targets, out);
        self.scratch.targets = targets;
    }

    /// Whether the message has been in the target queue before and nobody
    /// rejected it since.
    fn is_cycle(&self, message: &SharedMessage, target: QueueId, out: &mut Vec<Event>) -> bool {
        let Some(queue) = self.queue_at(target) else { return false };
        let name = &queue.declared.name;
        let headers = message.properties.headers.as_ref();
        let Some(Value::Array(deaths)) = headers.and_then(|headers| headers.get("x-death")) else {
            return false;
        };
        let text = |death: &Value, key: &str, wanted: &str| match death {
            Value::Table(death) => death.get(key).and_then(Value::as_str) == Some(wanted),
            _ => false,
        };
        let Some(last) = deaths.iter().position(|death| text(death, "queue", name)) else {
            return false;
        };
        let automatic = deaths[..=last]
            .iter()
            .all(|death| matches!(death, Value::Table(_)) && !text(death, "reason", "rejected"));
        if automatic {
            out.push(Event::Fact(Fact::Left {
                message: message.id,
                queue: name.clone(),
                position: queue.store.next_position(),
                reason: Leave::Cycle,
            }));
        }
        automatic
    }
}

/// The message as it is published again: to the dead-letter exchange, with the
/// dead-letter key or its own keys, without expiration, and with its history.
fn reborn(dying: Dying, profile: Profile, now: Tick) -> Message {
    let old = &*dying.message;
    let rare = old.rare();
    let mut properties = Properties::clone(&old.properties);
    let expiration = properties.expiration.take();
    let mut headers = old.rewritten_headers(profile).unwrap_or_default();
    record_death(&mut headers, &dying, expiration.as_deref(), profile, now);
    let (routing_key, more_keys) = match dying.key {
        None => (old.routing_key.clone(), rare.more_keys.clone()),
        Some(key) => {
            if profile.drops_cc_with_dead_letter_key() {
                headers.remove("CC");
            }
            (key, Vec::new())
        }
    };
    properties.headers = Some(headers);
    let failed = u32::from(dying.failed);
    let message = Message {
        exchange: dying.exchange,
        routing_key,
        properties: Arc::new(properties),
        body: old.body.clone(),
        ..Message::default()
    };
    message.with(Rare {
        origin: Some(old.id),
        more_keys,
        hidden_keys: rare.hidden_keys.clone(),
        failed: if profile.carries_failures() { failed } else { 0 },
        released: None,
    })
}

/// Adds a death to the history in the headers: one entry per queue and reason,
/// the latest first.
fn record_death(
    headers: &mut Table,
    dying: &Dying,
    expiration: Option<&str>,
    profile: Profile,
    now: Tick,
) {
    let old = &*dying.message;
    let trusted = old.origin().is_some() || profile.trusts_published_deaths();
    let history = headers.remove("x-death").filter(|_| trusted);
    let (reason, queue) = (dying.reason.name(), &*dying.queue);
    if history.is_none() {
        headers.set("x-first-death-reason", Value::str(reason));
        headers.set("x-first-death-queue", Value::str(queue));
        headers.set("x-first-death-exchange", Value::str(&old.exchange));
    }
    if profile.records_last_death() {
        headers.set("x-last-death-reason", Value::str(reason));
        headers.set("x-last-death-queue", Value::str(queue));
        headers.set("x-last-death-exchange", Value::str(&old.exchange));
    }
    let mut deaths = match history {
        Some(Value::Array(deaths)) if profile.turns_deaths_around() => turned_around(deaths),
        Some(Value::Array(deaths)) => deaths,
        _ => Vec::new(),
    };
    let same = deaths.iter().position(|death| is_death(death, queue, reason));
    let death = match same.map(|at| deaths.remove(at)) {
        Some(Value::Table(mut death)) => {
            let count = death.get("count").and_then(Value::as_integer).unwrap_or(0);
            death.set("count", Value::I64(count.saturating_add(1)));
            death
        }
        _ => first_death(dying, expiration, profile, now),
    };
    deaths.insert(0, Value::Table(death));
    headers.set("x-death", Value::Array(deaths));
    if profile.rewrites_headers() {
        crate::order::sort_by(&mut headers.0, |a, b| a.0.cmp(&b.0));
    }
}

fn is_death(death: &Value, queue: &str, reason: &str) -> bool {
    let Value::Table(death) = death else { return false };
    let text = |key| death.get(key).and_then(Value::as_str);
    text("queue") == Some(queue) && text("reason") == Some(reason)
}

/// The history as 3.10 leaves it behind a new death: grouping it by queue and
/// reason turns it around (`rabbit_dead_letter:group_by_queue_and_reason`).
/// Of entries for the same queue and reason, which only a client can have put
/// there, the first stays and counts them.
fn turned_around(deaths: Vec<Value>) -> Vec<Value> {
    if deaths.len() < 2 {
        return deaths;
    }
    let mut groups: Vec<(Value, i64)> = Vec::new();
    for death in deaths {
        let Value::Table(table) = &death else { continue };
        let text = |key| table.get(key).and_then(Value::as_str).unwrap_or_default();
        let (queue, reason) = (text("queue"), text("reason"));
        match groups.iter_mut().find(|(first, _)| is_death(first, queue, reason)) {
            Some((_, count)) => *count += 1,
            None => groups.push((death, 1)),
        }
    }
    let counted = groups.into_iter().rev().map(|(mut death, count)| {
        if let Value::Table(table) = &mut death
            && table.get("count").is_none()
        {
            table.set("count", Value::I64(count));
        }
        death
    });
    counted.collect()
}

fn first_death(dying: &Dying, expiration: Option<&str>, profile: Profile, now: Tick) -> Table {
    let old = &*dying.message;
    let keys = visible_keys(old, profile).into_iter().map(Value::str).collect();
    let mut death = Table::new();
    if let Some(expiration) = expiration {
        death.set("original-expiration", Value::str(expiration));
    }
    death.set("count", Value::I64(1));
    death.set("reason", Value::str(dying.reason.name()));
    death.set("queue", Value::str(&dying.queue));
    death.set("time", Value::Timestamp(now.0 / 1_000_000));
    death.set("exchange", Value::str(&old.exchange));
    death.set("routing-keys", Value::Array(keys));
    death
}

/// The routing keys without those of BCC. Since 4.0 each of them takes out the
/// first key that is the same, wherever that came from (`mc:record_death`).
fn visible_keys(message: &Message, profile: Profile) -> Vec<&str> {
    let mut keys: Vec<&str> = message.keys().collect();
    let hidden = &message.rare().hidden_keys;
    if profile.rewrites_headers() {
        for key in hidden {
            if let Some(at) = keys.iter().position(|other| **other == **key) {
                keys.remove(at);
            }
        }
    } else if keys.len() > hidden.len() {
        keys.truncate(keys.len() - hidden.len());
    } else {
        // The dead-letter key has taken the place of them all.
        keys.truncate(1);
    }
    keys
}

impl Profile {
    /// `x-death` in a publish counts as history. Since 4.0 it is overwritten
    /// (release notes of 4.0).
    pub(crate) fn trusts_published_deaths(self) -> bool {
        self < Self::V4_0
    }

    /// Each further death turns the history behind it around.
    fn turns_deaths_around(self) -> bool {
        self < Self::V4_0
    }

    /// `x-last-death-*` headers (`mc:record_death`, since 3.13).
    pub(crate) fn records_last_death(self) -> bool {
        self >= Self::V4_0
    }

    /// A dead letter keeps how often consumers failed it (`annotate_msg` and
    /// `maybe_set_msg_delivery_count` of `rabbit_fifo`, since 4.0).
    fn carries_failures(self) -> bool {
        self >= Self::V4_0
    }

    /// A dead-letter routing key takes the CC header away
    /// (`rabbit_dead_letter:make_msg` in 3.10; it stays since 3.13).
    pub(crate) fn drops_cc_with_dead_letter_key(self) -> bool {
        self < Self::V4_0
    }
}
