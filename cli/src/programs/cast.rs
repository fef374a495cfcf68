//! Those who take part in a program.

use super::text::{Part, fixed, parts};
use warren_core::broker::{Table, Value};
use warren_core::scenario::{
    AckMode, BindingDecl, ConsumerDecl, Forward, Outcome, Pause, PublisherDecl, QueueDecl,
};
use warren_core::time::Span;

/// What a client declares for itself each time it connects.
#[derive(Default)]
pub(super) struct Owned<'a> {
    pub(super) queues: Vec<&'a QueueDecl>,
    pub(super) bindings: Vec<&'a BindingDecl>,
}

pub(super) struct Publisher<'a> {
    pub(super) decl: &'a PublisherDecl,
    /// Part of the name of its function.
    pub(super) words: String,
    /// Only when it is named.
    pub(super) waits: bool,
    pub(super) owned: Owned<'a>,
    /// Its messages' correlation id, when nothing else is said.
    pub(super) label: Vec<Part>,
}

pub(super) struct Consumer<'a> {
    pub(super) decl: &'a ConsumerDecl,
    pub(super) words: String,
    pub(super) waits: bool,
    pub(super) owned: Owned<'a>,
}

impl Consumer<'_> {
    /// Arguments of `basic.consume`, the priority among them.
    pub(super) fn arguments(&self) -> Table {
        let mut arguments = self.decl.arguments.clone();
        if let Some(priority) = self.decl.priority {
            arguments.set("x-priority", Value::I32(priority));
        }
        arguments
    }

    pub(super) fn automatic(&self) -> bool {
        self.decl.ack_mode == AckMode::Auto
    }

    /// Whether it has to count the messages it works on.
    pub(super) fn takes_turns(&self) -> bool {
        self.decl.outcomes.len() > 1
    }

    pub(super) fn crashes(&self) -> bool {
        self.decl.outcomes.contains(&Outcome::Crash)
    }

    /// Whether it needs the numbers of the messages it publishes.
    pub(super) fn uses_number(&self) -> bool {
        let reply = self.decl.reply.as_deref().is_some_and(numbered);
        reply || self.decl.forwards.iter().any(numbered_forward)
    }

    /// Whether it needs the key that a message came with.
    pub(super) fn uses_key(&self) -> bool {
        let keyed = |text: &str| parts(text, None, None).contains(&Part::Key);
        let forward =
            |forward: &Forward| forward.key.is_none() || texts(forward).into_iter().any(keyed);
        self.decl.reply.as_deref().is_some_and(keyed) || self.decl.forwards.iter().any(forward)
    }
}

/// When a publisher's messages come.
pub(super) struct Pace {
    /// Before the first.
    pub(super) after: Span,
    /// Between rounds; `None` without.
    pub(super) every: Option<Pause>,
    /// Before each round, instead.
    pub(super) waits: Vec<Span>,
    /// Messages in all; `None` is without end.
    pub(super) count: Option<u64>,
}

impl Publisher<'_> {
    pub(super) fn pace(&self) -> Pace {
        let decl = self.decl;
        if decl.times.is_empty() {
            let every = decl.every.filter(|every| *every != Pause::Fixed(Span::ZERO));
            let count = match (decl.every, decl.count) {
                (None, None) => Some(0),
                (_, count) => count,
            };
            return Pace { after: decl.after, every, waits: Vec::new(), count };
        }
        let before = std::iter::once(Span::ZERO).chain(decl.times.iter().copied());
        let waits = decl.times.iter().zip(before);
        let waits: Vec<Span> = waits.map(|(at, b)| Span(at.0.saturating_sub(b.0))).collect();
        let sent = decl.burst.saturating_mul(waits.len() as u64);
        let waits = if waits.iter().all(|wait| *wait == Span::ZERO) { Vec::new() } else { waits };
        let count = Some(decl.count.map_or(sent, |count| count.min(sent)));
        Pace { after: Span::ZERO, every: None, waits, count }
    }
}

impl Publisher<'_> {
    /// The key of all its messages, when there is one without places.
    pub(super) fn only_key(&self) -> Option<&str> {
        let [key] = &self.decl.keys[..] else { return None };
        fixed(&parts(key, None, Some(""))).map(|_| &**key)
    }

    /// Whether it needs the numbers of its messages.
    pub(super) fn uses_number(&self) -> bool {
        let decl = self.decl;
        let rounds = decl.burst > 1 || decl.transaction.is_some();
        let turns = decl.keys.len() > 1 && !decl.random;
        let label = decl.reply_to.is_some();
        let texts = decl.properties.iter().map(|(_, text)| text).chain(&decl.keys);
        let mut texts = texts.chain(std::iter::once(&decl.body));
        rounds || turns || label || texts.any(|text| numbered(text))
    }
}

/// Whether the number of the message that is passed on stands in it.
pub(super) fn numbered_forward(forward: &Forward) -> bool {
    texts(forward).into_iter().any(numbered)
}

pub(super) fn numbered(text: &str) -> bool {
    parts(text, None, None).contains(&Part::Number)
}

fn texts(forward: &Forward) -> Vec<&str> {
    let properties = forward.properties.iter().map(|(_, text)| &**text);
    let headers = forward.headers.iter().filter_map(|(_, value)| value.as_str());
    let own = forward.key.as_deref().into_iter().chain(forward.body.as_deref());
    properties.chain(headers).chain(own).collect()
}
