//! Exchanges and bindings as plain data.

use crate::broker::method::QueueId;
use crate::broker::value::{Name, Table};

/// How an exchange decides which bindings a message fits. More types (those of
/// RabbitMQ's plugins) may join.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ExchangeKind {
    /// Binding key and routing key are the same octets.
    Direct,
    /// Every binding; the key is ignored.
    Fanout,
    /// Words between dots, with `*` and `#` in the binding key.
    Topic,
    /// The binding's arguments against the message's headers.
    Headers,
}

impl ExchangeKind {
    /// Every type there is, in the order screens list them.
    pub const ALL: [Self; 4] = [Self::Direct, Self::Fanout, Self::Topic, Self::Headers];

    /// The type called `name` in `exchange.declare`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The type's name in `exchange.declare`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Fanout => "fanout",
            Self::Topic => "topic",
            Self::Headers => "headers",
        }
    }
}

/// An exchange as it was declared.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Exchange {
    /// Its name; empty for the default exchange.
    pub name: Name,
    /// How it routes.
    pub kind: ExchangeKind,
    /// Survives a restart of the broker.
    pub durable: bool,
    /// Goes when the last binding it is the source of goes.
    pub auto_delete: bool,
    /// Clients may not publish to it; bindings may lead to it.
    pub internal: bool,
    /// The arguments of its declaration, `alternate-exchange` among them.
    pub arguments: Table,
    /// The alternate exchange in force, from the argument or else a policy.
    /// Set by whoever knows the policies; it need not exist.
    pub alternate: Option<Name>,
}

impl Exchange {
    /// An exchange without flags and arguments.
    #[must_use]
    pub fn new(name: &str, kind: ExchangeKind) -> Self {
        Self {
            name: Name::from(name),
            kind,
            durable: false,
            auto_delete: false,
            internal: false,
            arguments: Table::new(),
            alternate: None,
        }
    }

    /// The exchanges every virtual host starts with (`rabbit_vhost.erl`):
    /// durable, not auto-delete, and the one for tracing is internal.
    #[must_use]
    pub fn predeclared() -> [Self; 7] {
        [
            ("", ExchangeKind::Direct),
            ("amq.direct", ExchangeKind::Direct),
            ("amq.fanout", ExchangeKind::Fanout),
            ("amq.headers", ExchangeKind::Headers),
            ("amq.match", ExchangeKind::Headers),
            ("amq.rabbitmq.trace", ExchangeKind::Topic),
            ("amq.topic", ExchangeKind::Topic),
        ]
        .map(|(name, kind)| Self {
            durable: true,
            internal: name == "amq.rabbitmq.trace",
            ..Self::new(name, kind)
        })
    }
}

/// Where a binding leads.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BindTarget {
    /// A queue.
    Queue(QueueId, Name),
    /// Another exchange.
    Exchange(Name),
}

impl BindTarget {
    /// The name of the queue or exchange.
    #[must_use]
    pub const fn name(&self) -> &Name {
        match self {
            Self::Queue(_, name) | Self::Exchange(name) => name,
        }
    }

    /// Whether this is an exchange.
    #[must_use]
    pub const fn is_exchange(&self) -> bool {
        matches!(self, Self::Exchange(_))
    }
}

/// A rule "what fits goes there". Its identity is all of it, the arguments
/// compared as a table sorted by name (`rabbit_binding.erl`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Binding {
    /// The exchange that looks at it.
    pub source: Name,
    /// Where messages that fit go.
    pub destination: BindTarget,
    /// The binding key.
    pub key: Name,
    /// What a headers exchange compares; part of the identity for every type.
    pub arguments: Table,
}

impl Binding {
    /// The binding with its arguments in the order that makes equal tables
    /// equal: by name, entries of the same name as they came.
    #[must_use]
    pub(super) fn sorted(mut self) -> Self {
        crate::order::sort_by(&mut self.arguments.0, |a, b| a.0.cmp(&b.0));
        self
    }
}

/// What a removal took along.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// The bindings that went, in the order they went.
    pub bindings: Vec<Binding>,
    /// The auto-delete exchanges that went because their last binding did, in
    /// the order they went. What the caller asked to delete is not among them.
    pub exchanges: Vec<Name>,
}
