//! The method that an operation of a recording stands for.

use super::observe::Placeholders;
use super::values::{properties, table, text};
use serde_json::Value as Json;
use warren_core::broker::{Bytes, Method, Name, Table};

/// An operation, and how its fields are read.
struct Fields<'a> {
    operation: &'a Json,
    placeholders: &'a Placeholders,
}

impl Fields<'_> {
    fn name(&self, key: &str) -> Name {
        Name::from(self.placeholders.revealed(text(self.operation, key)))
    }

    fn flag(&self, key: &str) -> bool {
        self.operation[key].as_bool().unwrap_or_default()
    }

    fn number(&self, key: &str) -> u64 {
        self.operation[key].as_u64().unwrap_or_default()
    }

    fn arguments(&self) -> Table {
        table(&self.operation["args"])
    }
}

/// The method of an operation on a channel.
///
/// # Errors
///
/// When there is no such operation.
pub(crate) fn method(operation: &Json, placeholders: &Placeholders) -> Result<Method, String> {
    let fields = Fields { operation, placeholders };
    let name = text(operation, "op");
    let found = match name.split('.').next() {
        Some("exchange") => exchange_method(name, &fields),
        Some("queue") => queue_method(name, &fields),
        _ => other_method(name, &fields),
    };
    found.ok_or_else(|| format!("there is no operation {name:?}"))
}

fn exchange_method(operation: &str, fields: &Fields<'_>) -> Option<Method> {
    let (name, flag) = (|key| fields.name(key), |key| fields.flag(key));
    let (nowait, arguments) = (flag("nowait"), fields.arguments());
    Some(match operation {
        "exchange.declare" => Method::ExchangeDeclare {
            exchange: name("exchange"),
            kind: name("type"),
            passive: flag("passive"),
            durable: flag("durable"),
            auto_delete: flag("auto_delete"),
            internal: flag("internal"),
            nowait,
            arguments,
        },
        "exchange.delete" => Method::ExchangeDelete {
            exchange: name("exchange"),
            if_unused: flag("if_unused"),
            nowait,
        },
        "exchange.bind" => Method::ExchangeBind {
            destination: name("destination"),
            source: name("source"),
            routing_key: name("key"),
            nowait,
            arguments,
        },
        "exchange.unbind" => Method::ExchangeUnbind {
            destination: name("destination"),
            source: name("source"),
            routing_key: name("key"),
            nowait,
            arguments,
        },
        _ => return None,
    })
}

fn queue_method(operation: &str, fields: &Fields<'_>) -> Option<Method> {
    let (name, flag) = (|key| fields.name(key), |key| fields.flag(key));
    let (nowait, arguments) = (flag("nowait"), fields.arguments());
    Some(match operation {
        "queue.declare" => Method::QueueDeclare {
            queue: name("queue"),
            passive: flag("passive"),
            durable: flag("durable"),
            exclusive: flag("exclusive"),
            auto_delete: flag("auto_delete"),
            nowait,
            arguments,
        },
        "queue.delete" => Method::QueueDelete {
            queue: name("queue"),
            if_unused: flag("if_unused"),
            if_empty: flag("if_empty"),
            nowait,
        },
        "queue.bind" => Method::QueueBind {
            queue: name("queue"),
            exchange: name("exchange"),
            routing_key: name("key"),
            nowait,
            arguments,
        },
        "queue.unbind" => Method::QueueUnbind {
            queue: name("queue"),
            exchange: name("exchange"),
            routing_key: name("key"),
            arguments,
        },
        "queue.purge" => Method::QueuePurge { queue: name("queue"), nowait },
        _ => return None,
    })
}

fn other_method(operation: &str, fields: &Fields<'_>) -> Option<Method> {
    let (name, flag) = (|key| fields.name(key), |key| fields.flag(key));
    let (nowait, multiple, requeue) = (flag("nowait"), flag("multiple"), flag("requeue"));
    let tag = fields.number("dtag");
    Some(match operation {
        "chclose" => Method::ChannelClose { code: 200, text: Name::from("bye") },
        "publish" => Method::Publish {
            exchange: name("exchange"),
            routing_key: name("key"),
            mandatory: flag("mandatory"),
            immediate: flag("immediate"),
            properties: properties(&fields.operation["props"]),
            body: Bytes::from(text(fields.operation, "body")),
        },
        "consume" => Method::Consume {
            queue: name("queue"),
            consumer_tag: name("tag"),
            no_local: false,
            no_ack: flag("no_ack"),
            exclusive: flag("exclusive"),
            nowait,
            arguments: fields.arguments(),
        },
        "cancel" => Method::Cancel { consumer_tag: name("tag"), nowait },
        "qos" => Method::Qos {
            prefetch_size: fields.number("size") as u32,
            prefetch_count: fields.number("count") as u16,
            global: flag("global"),
        },
        "ack" => Method::Ack { delivery_tag: tag, multiple },
        "nack" => Method::Nack { delivery_tag: tag, multiple, requeue },
        "reject" => Method::Reject { delivery_tag: tag, requeue },
        "get" => Method::Get { queue: name("queue"), no_ack: flag("no_ack") },
        "recover" => Method::Recover { requeue },
        "recover-async" => Method::RecoverAsync { requeue },
        "confirm.select" => Method::ConfirmSelect { nowait },
        "tx.select" => Method::TxSelect,
        "tx.commit" => Method::TxCommit,
        "tx.rollback" => Method::TxRollback,
        "channel.flow" => Method::ChannelFlow { active: flag("active") },
        _ => return None,
    })
}
