//! What clients say, as octets.

use super::Login;
use crate::codec::{BODY, HEADER, Writer};
use warren_core::broker::{Method, Name, Table, Value};

/// The abilities that tell RabbitMQ to say what it would else keep to itself.
const CAPABILITIES: [&str; 6] = [
    "publisher_confirms",
    "exchange_exchange_bindings",
    "basic.nack",
    "consumer_cancel_notify",
    "connection.blocked",
    "authentication_failure_close",
];

pub(super) fn start_ok(w: &mut Writer, login: &Login<'_>) {
    let mut capabilities = Table::new();
    for name in CAPABILITIES {
        capabilities.set(name, Value::Bool(true));
    }
    let mut properties = Table::new();
    properties.set("product", Value::str("Warren"));
    properties.set("connection_name", Value::str(login.name));
    properties.set("capabilities", Value::Table(capabilities));
    w.method(0, (10, 11), |w| {
        w.table(&properties);
        w.name("PLAIN");
        w.long_string(format!("\0{}\0{}", login.user, login.password).as_bytes());
        w.name("en_US");
    });
}

/// Without heartbeats: a session that is compared may be silent for long.
pub(super) fn tune_ok(w: &mut Writer, channels: u16, frame_max: u32) {
    w.method(0, (10, 31), |w| {
        w.short(channels);
        w.long(frame_max);
        w.short(0);
    });
}

pub(super) fn open(w: &mut Writer, vhost: &str) {
    w.method(0, (10, 40), |w| {
        w.name(vhost);
        w.name("");
        w.octet(0);
    });
}

/// A method as one frame, or several when it has content.
pub(super) fn method(w: &mut Writer, channel: u16, frame_max: usize, method: &Method) {
    w.method(channel, method.ids(), |w| arguments(w, method));
    if let Method::Publish { properties, body, .. } = method {
        w.frame(HEADER, channel, |w| w.content_header(body.len() as u64, properties));
        for piece in body.0.chunks(frame_max.saturating_sub(Writer::ENVELOPE).max(1)) {
            w.frame(BODY, channel, |w| w.bytes(piece));
        }
    }
}

/// Booleans, the first in the lowest bit.
fn bits(w: &mut Writer, bits: &[bool]) {
    let set = bits.iter().enumerate().map(|(place, bit)| u8::from(*bit) << place);
    w.octet(set.sum());
}

fn arguments(w: &mut Writer, method: &Method) {
    match method {
        Method::ConnectionClose { code, text } | Method::ChannelClose { code, text } => {
            w.short(*code);
            w.name(text);
            w.short(0);
            w.short(0);
        }
        Method::ChannelOpen => w.name(""),
        Method::ChannelFlow { active } => w.octet(u8::from(*active)),
        Method::AccessRequest => {
            w.name("");
            w.octet(0);
        }
        Method::Qos { prefetch_size, prefetch_count, global } => {
            w.long(*prefetch_size);
            w.short(*prefetch_count);
            w.octet(u8::from(*global));
        }
        Method::Cancel { consumer_tag, nowait } => {
            w.name(consumer_tag);
            w.octet(u8::from(*nowait));
        }
        Method::Ack { delivery_tag, multiple } => {
            w.long_long(*delivery_tag);
            w.octet(u8::from(*multiple));
        }
        Method::Reject { delivery_tag, requeue } => {
            w.long_long(*delivery_tag);
            w.octet(u8::from(*requeue));
        }
        Method::Nack { delivery_tag, multiple, requeue } => {
            w.long_long(*delivery_tag);
            bits(w, &[*multiple, *requeue]);
        }
        Method::Recover { requeue } | Method::RecoverAsync { requeue } => {
            w.octet(u8::from(*requeue));
        }
        Method::ConfirmSelect { nowait } => w.octet(u8::from(*nowait)),
        Method::ConnectionCloseOk
        | Method::ChannelCloseOk
        | Method::TxSelect
        | Method::TxCommit
        | Method::TxRollback => {}
        other => ticketed(w, other),
    }
}

/// Methods that begin with a ticket nobody looks at.
fn ticketed(w: &mut Writer, method: &Method) {
    w.short(0);
    match method {
        Method::ExchangeDeclare {
            exchange,
            kind,
            passive,
            durable,
            auto_delete,
            internal,
            nowait,
            arguments,
        } => {
            names(w, &[exchange, kind]);
            bits(w, &[*passive, *durable, *auto_delete, *internal, *nowait]);
            w.table(arguments);
        }
        Method::ExchangeDelete { exchange, if_unused, nowait } => {
            w.name(exchange);
            bits(w, &[*if_unused, *nowait]);
        }
        Method::ExchangeBind { destination, source, routing_key, nowait, arguments }
        | Method::ExchangeUnbind { destination, source, routing_key, nowait, arguments } => {
            names(w, &[destination, source, routing_key]);
            bits(w, &[*nowait]);
            w.table(arguments);
        }
        Method::QueueDeclare {
            queue,
            passive,
            durable,
            exclusive,
            auto_delete,
            nowait,
            arguments,
        } => {
            w.name(queue);
            bits(w, &[*passive, *durable, *exclusive, *auto_delete, *nowait]);
            w.table(arguments);
        }
        Method::QueueBind { queue, exchange, routing_key, nowait, arguments } => {
            names(w, &[queue, exchange, routing_key]);
            bits(w, &[*nowait]);
            w.table(arguments);
        }
        Method::QueueUnbind { queue, exchange, routing_key, arguments } => {
            names(w, &[queue, exchange, routing_key]);
            w.table(arguments);
        }
        Method::QueuePurge { queue, nowait } => {
            w.name(queue);
            bits(w, &[*nowait]);
        }
        Method::QueueDelete { queue, if_unused, if_empty, nowait } => {
            w.name(queue);
            bits(w, &[*if_unused, *if_empty, *nowait]);
        }
        other => basic(w, other),
    }
}

/// Those of class basic among them.
fn basic(w: &mut Writer, method: &Method) {
    match method {
        Method::Consume { queue, consumer_tag, no_local, no_ack, exclusive, nowait, arguments } => {
            names(w, &[queue, consumer_tag]);
            bits(w, &[*no_local, *no_ack, *exclusive, *nowait]);
            w.table(arguments);
        }
        Method::Publish { exchange, routing_key, mandatory, immediate, .. } => {
            names(w, &[exchange, routing_key]);
            bits(w, &[*mandatory, *immediate]);
        }
        Method::Get { queue, no_ack } => {
            w.name(queue);
            bits(w, &[*no_ack]);
        }
        _ => {}
    }
}

fn names(w: &mut Writer, names: &[&Name]) {
    names.iter().for_each(|name| w.name(name));
}
