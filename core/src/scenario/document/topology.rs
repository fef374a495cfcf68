//! Exchanges, queues and bindings as a scenario declares them.

use crate::broker::{Name, Table};

/// `exchange NAME TYPE …`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ExchangeDecl {
    /// Its name.
    pub name: Name,
    /// `direct`, `fanout`, `topic`, `headers`, or what the broker will refuse.
    pub kind: Name,
    /// Survives a restart. Scenarios declare durable unless told `transient`.
    pub durable: bool,
    /// Goes with its last outgoing binding.
    pub auto_delete: bool,
    /// Cannot be published to by clients.
    pub internal: bool,
    /// `alternate-exchange` and others.
    pub arguments: Table,
}

/// `queue NAME …`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct QueueDecl {
    /// Its name in the scenario; also its name in the broker unless the server
    /// names it.
    pub name: Name,
    /// Declared with an empty name, so that the broker makes an `amq.gen-…`.
    pub server_named: bool,
    /// Survives a restart. Durable unless told `transient`.
    pub durable: bool,
    /// Belongs to the connection that declares it, and goes with it.
    pub exclusive: bool,
    /// Goes with its last consumer.
    pub auto_delete: bool,
    /// The client whose connection declares it, each time that client starts.
    /// `None`: the operator, once.
    pub owner: Option<Name>,
    /// `x-…` arguments.
    pub arguments: Table,
}

impl QueueDecl {
    /// A durable queue that the operator declares.
    #[must_use]
    pub fn new(name: Name) -> Self {
        Self {
            name,
            server_named: false,
            durable: true,
            exclusive: false,
            auto_delete: false,
            owner: None,
            arguments: Table::new(),
        }
    }
}

/// Where a binding leads.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Destination {
    /// A queue, by its name in the scenario.
    Queue(Name),
    /// An exchange.
    Exchange(Name),
}

/// `bind SOURCE -> DESTINATION …`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BindingDecl {
    /// The exchange messages come from.
    pub source: Name,
    /// Where they go.
    pub destination: Destination,
    /// The binding key.
    pub key: Name,
    /// For a headers exchange: `x-match` and what is compared.
    pub arguments: Table,
}
