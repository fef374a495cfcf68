//! What clients say to the broker and what it says back: AMQP 0-9-1 methods
//! with RabbitMQ's extensions, in AMQP's names. Framing and negotiation belong
//! to a network adapter; content (header and body) is part of its method here.

use super::message::{Properties, SharedMessage};
use super::value::{Bytes, Name, Table};

/// A connection, numbered in the order they were made; never used again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u32);

/// A channel number on a connection. Channel 0 is the connection itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChannelId {
    /// The connection it multiplexes over.
    pub connection: ConnectionId,
    /// 1 to 65535; 0 for methods of the connection.
    pub number: u16,
}

/// A method from a client. `nowait` suppresses the `-ok`, never an error.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // the fields are AMQP's own, documented in the protocol's reference
pub enum Method {
    /// `connection.close`; the broker answers `close-ok`.
    ConnectionClose {
        code: u16,
        text: Name,
    },
    /// `connection.close-ok`, answering the broker's close.
    ConnectionCloseOk,
    /// `connection.update-secret`; what it says is not looked at, for users of
    /// the broker's own have no secret that expires.
    UpdateSecret,
    ChannelOpen,
    ChannelClose {
        code: u16,
        text: Name,
    },
    /// Answers the broker's close; the number can be opened again after it.
    ChannelCloseOk,
    ChannelFlow {
        active: bool,
    },
    /// `access.request`, kept for old clients.
    AccessRequest,
    ExchangeDeclare {
        exchange: Name,
        kind: Name,
        passive: bool,
        durable: bool,
        auto_delete: bool,
        internal: bool,
        nowait: bool,
        arguments: Table,
    },
    ExchangeDelete {
        exchange: Name,
        if_unused: bool,
        nowait: bool,
    },
    ExchangeBind {
        destination: Name,
        source: Name,
        routing_key: Name,
        nowait: bool,
        arguments: Table,
    },
    ExchangeUnbind {
        destination: Name,
        source: Name,
        routing_key: Name,
        nowait: bool,
        arguments: Table,
    },
    QueueDeclare {
        queue: Name,
        passive: bool,
        durable: bool,
        exclusive: bool,
        auto_delete: bool,
        nowait: bool,
        arguments: Table,
    },
    QueueDelete {
        queue: Name,
        if_unused: bool,
        if_empty: bool,
        nowait: bool,
    },
    QueueBind {
        queue: Name,
        exchange: Name,
        routing_key: Name,
        nowait: bool,
        arguments: Table,
    },
    QueueUnbind {
        queue: Name,
        exchange: Name,
        routing_key: Name,
        arguments: Table,
    },
    QueuePurge {
        queue: Name,
        nowait: bool,
    },
    Qos {
        prefetch_size: u32,
        prefetch_count: u16,
        global: bool,
    },
    Consume {
        queue: Name,
        consumer_tag: Name,
        no_local: bool,
        no_ack: bool,
        exclusive: bool,
        nowait: bool,
        arguments: Table,
    },
    Cancel {
        consumer_tag: Name,
        nowait: bool,
    },
    Publish {
        exchange: Name,
        routing_key: Name,
        mandatory: bool,
        immediate: bool,
        properties: Properties,
        body: Bytes,
    },
    Get {
        queue: Name,
        no_ack: bool,
    },
    Ack {
        delivery_tag: u64,
        multiple: bool,
    },
    Nack {
        delivery_tag: u64,
        multiple: bool,
        requeue: bool,
    },
    Reject {
        delivery_tag: u64,
        requeue: bool,
    },
    Recover {
        requeue: bool,
    },
    /// `basic.recover-async`: as recover, without an answer.
    RecoverAsync {
        requeue: bool,
    },
    ConfirmSelect {
        nowait: bool,
    },
    TxSelect,
    TxCommit,
    TxRollback,
}

impl Method {
    /// The class and method number on the wire.
    #[must_use]
    pub const fn ids(&self) -> (u16, u16) {
        match self {
            Self::ConnectionClose { .. } => (10, 50),
            Self::ConnectionCloseOk => (10, 51),
            Self::UpdateSecret => (10, 70),
            Self::ChannelOpen => (20, 10),
            Self::ChannelFlow { .. } => (20, 20),
            Self::ChannelClose { .. } => (20, 40),
            Self::ChannelCloseOk => (20, 41),
            Self::AccessRequest => (30, 10),
            Self::ExchangeDeclare { .. } => (40, 10),
            Self::ExchangeDelete { .. } => (40, 20),
            Self::ExchangeBind { .. } => (40, 30),
            Self::ExchangeUnbind { .. } => (40, 40),
            Self::QueueDeclare { .. } => (50, 10),
            Self::QueueBind { .. } => (50, 20),
            Self::QueuePurge { .. } => (50, 30),
            Self::QueueDelete { .. } => (50, 40),
            Self::QueueUnbind { .. } => (50, 50),
            Self::Qos { .. } => (60, 10),
            Self::Consume { .. } => (60, 20),
            Self::Cancel { .. } => (60, 30),
            Self::Publish { .. } => (60, 40),
            Self::Get { .. } => (60, 70),
            Self::Ack { .. } => (60, 80),
            Self::Reject { .. } => (60, 90),
            Self::RecoverAsync { .. } => (60, 100),
            Self::Recover { .. } => (60, 110),
            Self::Nack { .. } => (60, 120),
            Self::ConfirmSelect { .. } => (85, 10),
            Self::TxSelect => (90, 10),
            Self::TxCommit => (90, 20),
            Self::TxRollback => (90, 30),
        }
    }
}

/// A method from the broker to a client.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // the fields are AMQP's own, documented in the protocol's reference
pub enum Reply {
    /// `class` and `method` name the offending method, 0 when none is to blame.
    ConnectionClose {
        code: u16,
        text: String,
        class: u16,
        method: u16,
    },
    ConnectionCloseOk,
    ConnectionBlocked {
        reason: Name,
    },
    ConnectionUnblocked,
    /// `connection.update-secret-ok`
    UpdateSecretOk,
    ChannelOpenOk,
    ChannelClose {
        code: u16,
        text: String,
        class: u16,
        method: u16,
    },
    ChannelCloseOk,
    ChannelFlowOk {
        active: bool,
    },
    AccessRequestOk,
    ExchangeDeclareOk,
    ExchangeDeleteOk,
    ExchangeBindOk,
    ExchangeUnbindOk,
    QueueDeclareOk {
        queue: Name,
        messages: u32,
        consumers: u32,
    },
    QueueDeleteOk {
        messages: u32,
    },
    QueueBindOk,
    QueueUnbindOk,
    QueuePurgeOk {
        messages: u32,
    },
    QosOk,
    ConsumeOk {
        consumer_tag: Name,
    },
    CancelOk {
        consumer_tag: Name,
    },
    /// The broker cancels a consumer whose queue is gone; asks for no answer.
    Cancel {
        consumer_tag: Name,
    },
    Deliver {
        consumer_tag: Name,
        delivery_tag: u64,
        redelivered: bool,
        message: SharedMessage,
    },
    GetOk {
        delivery_tag: u64,
        redelivered: bool,
        messages: u32,
        message: SharedMessage,
    },
    GetEmpty,
    Return {
        code: u16,
        text: &'static str,
        message: SharedMessage,
    },
    Ack {
        delivery_tag: u64,
        multiple: bool,
    },
    Nack {
        delivery_tag: u64,
        multiple: bool,
    },
    RecoverOk,
    ConfirmSelectOk,
    TxSelectOk,
    TxCommitOk,
    TxRollbackOk,
}

/// A queue, numbered in the order of declaration over all virtual hosts; never
/// used again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QueueId(pub u32);
