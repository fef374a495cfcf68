//! One line per method, for people.

use crate::codec;
use core::fmt::Write as _;
use warren_core::broker::{ChannelId, Message, Method, Reply};
use warren_core::time::Tick;

/// What a client said: `12.5s 1/1 > basic.publish …`.
pub(crate) fn received(now: Tick, from: ChannelId, method: &Method) -> String {
    line(now, from, '>', &of_method(method))
}

/// What the broker said: `12.5s 1/1 < basic.deliver …`.
pub(crate) fn sent(now: Tick, to: ChannelId, reply: &Reply) -> String {
    line(now, to, '<', &of_reply(reply))
}

fn line(now: Tick, channel: ChannelId, way: char, what: &str) -> String {
    let (seconds, millis) = (now.0 / 1_000_000, now.0 / 1_000 % 1_000);
    let mut text = format!("{seconds:>5}.{millis:03}s {}", channel.connection.0);
    if channel.number > 0 {
        let _ = write!(text, "/{}", channel.number);
    }
    let _ = write!(text, " {way} ");
    // A name that a client made up must not break the line.
    text.extend(what.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }));
    text
}

fn body(message: &Message) -> String {
    let octets = &message.body;
    match octets.as_str().filter(|text| text.len() <= 60) {
        Some(text) => format!("{text:?}"),
        None => format!("{} octets", octets.len()),
    }
}

fn flags(named: &[(bool, &str)]) -> String {
    named.iter().filter(|(on, _)| *on).map(|(_, name)| format!(" {name}")).collect()
}

pub(crate) fn of_method(method: &Method) -> String {
    match method {
        Method::Publish { exchange, routing_key, mandatory, body, .. } => format!(
            "basic.publish exchange={exchange:?} routing-key={routing_key:?} {} octets{}",
            body.len(),
            flags(&[(*mandatory, "mandatory")])
        ),
        Method::Consume { queue, consumer_tag, no_ack, exclusive, .. } => format!(
            "basic.consume queue={queue:?} consumer-tag={consumer_tag:?}{}",
            flags(&[(*no_ack, "no-ack"), (*exclusive, "exclusive")])
        ),
        Method::Cancel { consumer_tag, .. } => {
            format!("basic.cancel consumer-tag={consumer_tag:?}")
        }
        Method::Get { queue, no_ack } => {
            format!("basic.get queue={queue:?}{}", flags(&[(*no_ack, "no-ack")]))
        }
        Method::Ack { delivery_tag, multiple } => {
            format!("basic.ack delivery-tag={delivery_tag}{}", flags(&[(*multiple, "multiple")]))
        }
        Method::Nack { delivery_tag, multiple, requeue } => format!(
            "basic.nack delivery-tag={delivery_tag}{}",
            flags(&[(*multiple, "multiple"), (*requeue, "requeue")])
        ),
        Method::Reject { delivery_tag, requeue } => {
            format!("basic.reject delivery-tag={delivery_tag}{}", flags(&[(*requeue, "requeue")]))
        }
        Method::Qos { prefetch_count, global, .. } => {
            format!("basic.qos prefetch-count={prefetch_count}{}", flags(&[(*global, "global")]))
        }
        Method::ConnectionClose { code, text } => format!("connection.close {code} {text}"),
        Method::ChannelClose { code, text } => format!("channel.close {code} {text}"),
        other => of_topology(other),
    }
}

fn of_topology(method: &Method) -> String {
    match method {
        Method::ExchangeDeclare {
            exchange, kind, passive, durable, auto_delete, internal, ..
        } => {
            let on = [
                (*passive, "passive"),
                (*durable, "durable"),
                (*auto_delete, "auto-delete"),
                (*internal, "internal"),
            ];
            format!("exchange.declare exchange={exchange:?} type={kind:?}{}", flags(&on))
        }
        Method::QueueDeclare { queue, passive, durable, exclusive, auto_delete, .. } => {
            let on = [
                (*passive, "passive"),
                (*durable, "durable"),
                (*exclusive, "exclusive"),
                (*auto_delete, "auto-delete"),
            ];
            format!("queue.declare queue={queue:?}{}", flags(&on))
        }
        Method::ExchangeDelete { exchange, .. } => format!("exchange.delete exchange={exchange:?}"),
        Method::QueueDelete { queue, .. } => format!("queue.delete queue={queue:?}"),
        Method::QueuePurge { queue, .. } => format!("queue.purge queue={queue:?}"),
        Method::QueueBind { queue, exchange, routing_key, .. } => {
            format!("queue.bind queue={queue:?} exchange={exchange:?} key={routing_key:?}")
        }
        Method::QueueUnbind { queue, exchange, routing_key, .. } => {
            format!("queue.unbind queue={queue:?} exchange={exchange:?} key={routing_key:?}")
        }
        Method::ExchangeBind { destination, source, routing_key, .. } => format!(
            "exchange.bind destination={destination:?} source={source:?} key={routing_key:?}"
        ),
        Method::ExchangeUnbind { destination, source, routing_key, .. } => format!(
            "exchange.unbind destination={destination:?} source={source:?} key={routing_key:?}"
        ),
        other => bare(other).to_owned(),
    }
}

fn bare(method: &Method) -> &'static str {
    match method {
        Method::ConnectionCloseOk => "connection.close-ok",
        Method::ChannelOpen => "channel.open",
        Method::ChannelCloseOk => "channel.close-ok",
        Method::ChannelFlow { .. } => "channel.flow",
        Method::AccessRequest => "access.request",
        Method::Recover { .. } => "basic.recover",
        Method::RecoverAsync { .. } => "basic.recover-async",
        Method::ConfirmSelect { .. } => "confirm.select",
        Method::TxSelect => "tx.select",
        Method::TxCommit => "tx.commit",
        Method::TxRollback => "tx.rollback",
        _ => "a method",
    }
}

fn of_reply(reply: &Reply) -> String {
    let (_, name) = codec::names(reply);
    match reply {
        Reply::ConnectionClose { code, text, .. } | Reply::ChannelClose { code, text, .. } => {
            format!("{name} {code} {text}")
        }
        Reply::QueueDeclareOk { queue, messages, consumers } => {
            format!("{name} queue={queue:?} messages={messages} consumers={consumers}")
        }
        Reply::ConsumeOk { consumer_tag }
        | Reply::CancelOk { consumer_tag }
        | Reply::Cancel { consumer_tag } => format!("{name} consumer-tag={consumer_tag:?}"),
        Reply::Deliver { consumer_tag, delivery_tag, redelivered, message } => format!(
            "{name} consumer-tag={consumer_tag:?} delivery-tag={delivery_tag}{} {}",
            flags(&[(*redelivered, "redelivered")]),
            body(message)
        ),
        Reply::GetOk { delivery_tag, redelivered, message, .. } => format!(
            "{name} delivery-tag={delivery_tag}{} {}",
            flags(&[(*redelivered, "redelivered")]),
            body(message)
        ),
        Reply::Return { code, text, message } => format!("{name} {code} {text} {}", body(message)),
        Reply::Ack { delivery_tag, multiple } | Reply::Nack { delivery_tag, multiple } => {
            format!("{name} delivery-tag={delivery_tag}{}", flags(&[(*multiple, "multiple")]))
        }
        _ => name.to_owned(),
    }
}
