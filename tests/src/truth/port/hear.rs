//! Another codec's frames as the core's replies.

use super::table::{name, properties};
use amq_protocol::frame::AMQPFrame;
use amq_protocol::protocol::{AMQPClass, access, basic, channel, confirm, connection};
use amq_protocol::protocol::{exchange as x, queue as q, tx};
use std::collections::BTreeMap;
use std::sync::Arc;
use warren_core::broker::{Bytes, Message, Properties, Reply};

/// A method whose header and body are still to come.
pub(super) struct Content {
    method: basic::AMQPMethod,
    properties: Properties,
    size: usize,
    body: Vec<u8>,
}

/// The reply that a frame completes.
pub(super) fn reply(frame: AMQPFrame, contents: &mut BTreeMap<u16, Content>) -> Option<Reply> {
    match frame {
        AMQPFrame::Method(number, AMQPClass::Basic(method)) => match method {
            basic::AMQPMethod::Deliver(_)
            | basic::AMQPMethod::GetOk(_)
            | basic::AMQPMethod::Return(_) => {
                let (properties, body) = (Properties::default(), Vec::new());
                contents.insert(number, Content { method, properties, size: 0, body });
                None
            }
            method => of_basic(&method),
        },
        AMQPFrame::Method(_, class) => of_class(&class),
        AMQPFrame::Header(number, header) => {
            let content = contents.get_mut(&number).expect("a method comes before its header");
            content.properties = properties(&header.properties);
            content.size = header.body_size as usize;
            whole(number, contents)
        }
        AMQPFrame::Body(number, piece) => {
            let content = contents.get_mut(&number).expect("a method comes before its body");
            content.body.extend(piece);
            whole(number, contents)
        }
        _ => None,
    }
}

fn whole(number: u16, contents: &mut BTreeMap<u16, Content>) -> Option<Reply> {
    let content = contents.get(&number)?;
    assert!(content.body.len() <= content.size, "a body is longer than its header says");
    if content.body.len() < content.size {
        return None;
    }
    let Content { method, properties, body, .. } = contents.remove(&number)?;
    let message = |exchange, routing_key| {
        Arc::new(Message {
            exchange: name(exchange),
            routing_key: name(routing_key),
            properties: Arc::new(properties),
            body: Bytes::from(body),
            ..Message::default()
        })
    };
    Some(match &method {
        basic::AMQPMethod::Deliver(m) => Reply::Deliver {
            consumer_tag: name(&m.consumer_tag),
            delivery_tag: m.delivery_tag,
            redelivered: m.redelivered,
            message: message(&m.exchange, &m.routing_key),
        },
        basic::AMQPMethod::GetOk(m) => Reply::GetOk {
            delivery_tag: m.delivery_tag,
            redelivered: m.redelivered,
            messages: m.message_count,
            message: message(&m.exchange, &m.routing_key),
        },
        basic::AMQPMethod::Return(m) => Reply::Return {
            code: m.reply_code,
            text: if m.reply_text.as_str() == "NO_ROUTE" { "NO_ROUTE" } else { "another text" },
            message: message(&m.exchange, &m.routing_key),
        },
        _ => return None,
    })
}

fn of_basic(method: &basic::AMQPMethod) -> Option<Reply> {
    use basic::AMQPMethod as M;
    Some(match method {
        M::QosOk(_) => Reply::QosOk,
        M::ConsumeOk(m) => Reply::ConsumeOk { consumer_tag: name(&m.consumer_tag) },
        M::CancelOk(m) => Reply::CancelOk { consumer_tag: name(&m.consumer_tag) },
        M::Cancel(m) => {
            assert!(m.nowait, "a server wants no answer to its cancel");
            Reply::Cancel { consumer_tag: name(&m.consumer_tag) }
        }
        M::GetEmpty(_) => Reply::GetEmpty,
        M::Ack(m) => Reply::Ack { delivery_tag: m.delivery_tag, multiple: m.multiple },
        M::Nack(m) => Reply::Nack { delivery_tag: m.delivery_tag, multiple: m.multiple },
        M::RecoverOk(_) => Reply::RecoverOk,
        other => panic!("a server does not send {other:?}"),
    })
}

fn of_class(class: &AMQPClass) -> Option<Reply> {
    Some(match class {
        AMQPClass::Connection(method) => of_connection(method)?,
        AMQPClass::Channel(channel::AMQPMethod::OpenOk(_)) => Reply::ChannelOpenOk,
        AMQPClass::Channel(channel::AMQPMethod::CloseOk(_)) => Reply::ChannelCloseOk,
        AMQPClass::Channel(channel::AMQPMethod::FlowOk(m)) => {
            Reply::ChannelFlowOk { active: m.active }
        }
        AMQPClass::Channel(channel::AMQPMethod::Close(m)) => Reply::ChannelClose {
            code: m.reply_code,
            text: m.reply_text.to_string(),
            class: m.class_id,
            method: m.method_id,
        },
        AMQPClass::Access(access::AMQPMethod::RequestOk(_)) => Reply::AccessRequestOk,
        AMQPClass::Exchange(x::AMQPMethod::DeclareOk(_)) => Reply::ExchangeDeclareOk,
        AMQPClass::Exchange(x::AMQPMethod::DeleteOk(_)) => Reply::ExchangeDeleteOk,
        AMQPClass::Exchange(x::AMQPMethod::BindOk(_)) => Reply::ExchangeBindOk,
        AMQPClass::Exchange(x::AMQPMethod::UnbindOk(_)) => Reply::ExchangeUnbindOk,
        AMQPClass::Queue(q::AMQPMethod::DeclareOk(m)) => Reply::QueueDeclareOk {
            queue: name(&m.queue),
            messages: m.message_count,
            consumers: m.consumer_count,
        },
        AMQPClass::Queue(q::AMQPMethod::DeleteOk(m)) => {
            Reply::QueueDeleteOk { messages: m.message_count }
        }
        AMQPClass::Queue(q::AMQPMethod::PurgeOk(m)) => {
            Reply::QueuePurgeOk { messages: m.message_count }
        }
        AMQPClass::Queue(q::AMQPMethod::BindOk(_)) => Reply::QueueBindOk,
        AMQPClass::Queue(q::AMQPMethod::UnbindOk(_)) => Reply::QueueUnbindOk,
        AMQPClass::Confirm(confirm::AMQPMethod::SelectOk(_)) => Reply::ConfirmSelectOk,
        AMQPClass::Tx(tx::AMQPMethod::SelectOk(_)) => Reply::TxSelectOk,
        AMQPClass::Tx(tx::AMQPMethod::CommitOk(_)) => Reply::TxCommitOk,
        AMQPClass::Tx(tx::AMQPMethod::RollbackOk(_)) => Reply::TxRollbackOk,
        other => panic!("a server does not send {other:?}"),
    })
}

fn of_connection(method: &connection::AMQPMethod) -> Option<Reply> {
    use connection::AMQPMethod as M;
    Some(match method {
        M::Close(m) => Reply::ConnectionClose {
            code: m.reply_code,
            text: m.reply_text.to_string(),
            class: m.class_id,
            method: m.method_id,
        },
        M::Blocked(m) => Reply::ConnectionBlocked { reason: name(&m.reason) },
        M::Unblocked(_) => Reply::ConnectionUnblocked,
        _ => return None,
    })
}
