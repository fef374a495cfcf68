//! Exchanges and bindings as plain data.

use crate::broker::method::QueueId;
use crate::broker::profile::Profile;
use crate::broker::value::{Name, Table, Value};

/// The argument of a delayed exchange that names the type it imitates.
pub(crate) const DELAYED_TYPE: &str = "x-delayed-type";

/// How an exchange decides which bindings a message fits. Those that begin
/// with `x-` come with plugins, which are taken to be enabled.
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
    /// One binding, by a hash; the binding key is its weight.
    ConsistentHash,
    /// One binding, by the hash of the keys modulo their number.
    ModulusHash,
    /// One binding, by chance.
    Random,
    /// One binding, by chance, on the node of the publisher. Since 4.0.
    LocalRandom,
    /// Every binding; the latest messages are kept for bindings to come.
    RecentHistory,
    /// As another type does, after the time that the message says.
    DelayedMessage,
}

impl ExchangeKind {
    /// Every type there is, in the order screens list them.
    pub const ALL: [Self; 10] = [
        Self::Direct,
        Self::Fanout,
        Self::Topic,
        Self::Headers,
        Self::ConsistentHash,
        Self::ModulusHash,
        Self::Random,
        Self::LocalRandom,
        Self::RecentHistory,
        Self::DelayedMessage,
    ];

    /// The type called `name` in `exchange.declare`, when `profile` has it.
    #[must_use]
    pub fn parse(name: &str, profile: Profile) -> Option<Self> {
        let has = |kind: &Self| *kind != Self::LocalRandom || profile >= Profile::V4_0;
        Self::ALL.into_iter().find(|kind| kind.name() == name).filter(has)
    }

    /// Whether a message goes to one of its bindings, whatever its key.
    #[must_use]
    pub const fn picks_one(self) -> bool {
        matches!(self, Self::ConsistentHash | Self::ModulusHash | Self::Random | Self::LocalRandom)
    }

    /// The type's name in `exchange.declare`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Fanout => "fanout",
            Self::Topic => "topic",
            Self::Headers => "headers",
            Self::ConsistentHash => "x-consistent-hash",
            Self::ModulusHash => "x-modulus-hash",
            Self::Random => "x-random",
            Self::LocalRandom => "x-local-random",
            Self::RecentHistory => "x-recent-history",
            Self::DelayedMessage => "x-delayed-message",
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

    /// The type whose rules it routes by: for a delayed exchange the one that
    /// its argument `x-delayed-type` names.
    #[must_use]
    pub fn routes_as(&self) -> ExchangeKind {
        match self.kind {
            ExchangeKind::DelayedMessage => self
                .arguments
                .get(DELAYED_TYPE)
                .and_then(Value::as_str)
                .and_then(|name| ExchangeKind::parse(name, Profile::default()))
                .unwrap_or(ExchangeKind::Direct),
            kind => kind,
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
