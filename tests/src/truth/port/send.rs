//! The core's methods in another codec's words.

use super::table::{out, properties_out, short};
use amq_protocol::frame::{AMQPContentHeader, AMQPFrame};
use amq_protocol::protocol::{AMQPClass, access, basic, channel, confirm, connection};
use amq_protocol::protocol::{exchange as x, queue as q, tx};
use amq_protocol::types::LongString;
use warren_core::broker::Method;

/// What is sent.
pub(super) enum Frames {
    Known(Vec<AMQPFrame>),
    /// The payload of a method frame that the codec cannot write.
    Octets(Vec<u8>),
}

/// A method, and its content if it has one.
pub(super) fn frames(number: u16, method: &Method) -> Frames {
    if let Method::Qos { prefetch_size, prefetch_count, global } = method {
        let mut payload = vec![0, 60, 0, 10];
        payload.extend_from_slice(&prefetch_size.to_be_bytes());
        payload.extend_from_slice(&prefetch_count.to_be_bytes());
        payload.push((*global).into());
        return Frames::Octets(payload);
    }
    let mut frames = vec![AMQPFrame::Method(number, class(method))];
    if let Method::Publish { properties, body, .. } = method {
        let properties = properties_out(properties);
        let body_size = body.len() as u64;
        let header = AMQPContentHeader { class_id: 60, body_size, properties };
        frames.push(AMQPFrame::Header(number, header));
        let pieces = body.0.chunks(131_072 - 8);
        frames.extend(pieces.map(|piece| AMQPFrame::Body(number, piece.to_vec())));
    }
    Frames::Known(frames)
}

fn class(method: &Method) -> AMQPClass {
    match method {
        Method::ConnectionClose { code, text } => {
            AMQPClass::Connection(connection::AMQPMethod::Close(connection::Close {
                reply_code: *code,
                reply_text: short(text),
                class_id: 0,
                method_id: 0,
            }))
        }
        Method::ConnectionCloseOk => {
            AMQPClass::Connection(connection::AMQPMethod::CloseOk(connection::CloseOk {}))
        }
        Method::UpdateSecret => {
            AMQPClass::Connection(connection::AMQPMethod::UpdateSecret(connection::UpdateSecret {
                new_secret: LongString::from("guest"),
                reason: short("an update"),
            }))
        }
        Method::AccessRequest => {
            AMQPClass::Access(access::AMQPMethod::Request(access::Request::default()))
        }
        Method::ChannelOpen
        | Method::ChannelClose { .. }
        | Method::ChannelCloseOk
        | Method::ChannelFlow { .. } => AMQPClass::Channel(of_channel(method)),
        Method::ExchangeDeclare { .. }
        | Method::ExchangeDelete { .. }
        | Method::ExchangeBind { .. }
        | Method::ExchangeUnbind { .. } => AMQPClass::Exchange(of_exchange(method)),
        Method::QueueDeclare { .. }
        | Method::QueueDelete { .. }
        | Method::QueueBind { .. }
        | Method::QueueUnbind { .. }
        | Method::QueuePurge { .. } => AMQPClass::Queue(of_queue(method)),
        Method::ConfirmSelect { nowait } => {
            AMQPClass::Confirm(confirm::AMQPMethod::Select(confirm::Select { nowait: *nowait }))
        }
        Method::TxSelect => AMQPClass::Tx(tx::AMQPMethod::Select(tx::Select {})),
        Method::TxCommit => AMQPClass::Tx(tx::AMQPMethod::Commit(tx::Commit {})),
        Method::TxRollback => AMQPClass::Tx(tx::AMQPMethod::Rollback(tx::Rollback {})),
        basic => AMQPClass::Basic(of_basic(basic)),
    }
}

fn of_channel(method: &Method) -> channel::AMQPMethod {
    match method {
        Method::ChannelClose { code, text } => channel::AMQPMethod::Close(channel::Close {
            reply_code: *code,
            reply_text: short(text),
            class_id: 0,
            method_id: 0,
        }),
        Method::ChannelCloseOk => channel::AMQPMethod::CloseOk(channel::CloseOk {}),
        Method::ChannelFlow { active } => {
            channel::AMQPMethod::Flow(channel::Flow { active: *active })
        }
        _ => channel::AMQPMethod::Open(channel::Open {}),
    }
}

fn of_exchange(method: &Method) -> x::AMQPMethod {
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
        } => x::AMQPMethod::Declare(x::Declare {
            exchange: short(exchange),
            kind: short(kind),
            passive: *passive,
            durable: *durable,
            auto_delete: *auto_delete,
            internal: *internal,
            nowait: *nowait,
            arguments: out(arguments),
        }),
        Method::ExchangeDelete { exchange, if_unused, nowait } => {
            x::AMQPMethod::Delete(x::Delete {
                exchange: short(exchange),
                if_unused: *if_unused,
                nowait: *nowait,
            })
        }
        Method::ExchangeBind { destination, source, routing_key, nowait, arguments } => {
            x::AMQPMethod::Bind(x::Bind {
                destination: short(destination),
                source: short(source),
                routing_key: short(routing_key),
                nowait: *nowait,
                arguments: out(arguments),
            })
        }
        Method::ExchangeUnbind { destination, source, routing_key, nowait, arguments } => {
            x::AMQPMethod::Unbind(x::Unbind {
                destination: short(destination),
                source: short(source),
                routing_key: short(routing_key),
                nowait: *nowait,
                arguments: out(arguments),
            })
        }
        other => unreachable!("{other:?} is of class exchange"),
    }
}

fn of_queue(method: &Method) -> q::AMQPMethod {
    match method {
        Method::QueueDeclare {
            queue,
            passive,
            durable,
            exclusive,
            auto_delete,
            nowait,
            arguments,
        } => q::AMQPMethod::Declare(q::Declare {
            queue: short(queue),
            passive: *passive,
            durable: *durable,
            exclusive: *exclusive,
            auto_delete: *auto_delete,
            nowait: *nowait,
            arguments: out(arguments),
        }),
        Method::QueueDelete { queue, if_unused, if_empty, nowait } => {
            q::AMQPMethod::Delete(q::Delete {
                queue: short(queue),
                if_unused: *if_unused,
                if_empty: *if_empty,
                nowait: *nowait,
            })
        }
        Method::QueueBind { queue, exchange, routing_key, nowait, arguments } => {
            q::AMQPMethod::Bind(q::Bind {
                queue: short(queue),
                exchange: short(exchange),
                routing_key: short(routing_key),
                nowait: *nowait,
                arguments: out(arguments),
            })
        }
        Method::QueueUnbind { queue, exchange, routing_key, arguments } => {
            q::AMQPMethod::Unbind(q::Unbind {
                queue: short(queue),
                exchange: short(exchange),
                routing_key: short(routing_key),
                arguments: out(arguments),
            })
        }
        Method::QueuePurge { queue, nowait } => {
            q::AMQPMethod::Purge(q::Purge { queue: short(queue), nowait: *nowait })
        }
        other => unreachable!("{other:?} is of class queue"),
    }
}

fn of_basic(method: &Method) -> basic::AMQPMethod {
    match method {
        Method::Consume { queue, consumer_tag, no_local, no_ack, exclusive, nowait, arguments } => {
            basic::AMQPMethod::Consume(basic::Consume {
                queue: short(queue),
                consumer_tag: short(consumer_tag),
                no_local: *no_local,
                no_ack: *no_ack,
                exclusive: *exclusive,
                nowait: *nowait,
                arguments: out(arguments),
            })
        }
        Method::Cancel { consumer_tag, nowait } => basic::AMQPMethod::Cancel(basic::Cancel {
            consumer_tag: short(consumer_tag),
            nowait: *nowait,
        }),
        Method::Publish { exchange, routing_key, mandatory, immediate, .. } => {
            basic::AMQPMethod::Publish(basic::Publish {
                exchange: short(exchange),
                routing_key: short(routing_key),
                mandatory: *mandatory,
                immediate: *immediate,
            })
        }
        Method::Get { queue, no_ack } => {
            basic::AMQPMethod::Get(basic::Get { queue: short(queue), no_ack: *no_ack })
        }
        Method::Ack { delivery_tag, multiple } => {
            basic::AMQPMethod::Ack(basic::Ack { delivery_tag: *delivery_tag, multiple: *multiple })
        }
        Method::Nack { delivery_tag, multiple, requeue } => basic::AMQPMethod::Nack(basic::Nack {
            delivery_tag: *delivery_tag,
            multiple: *multiple,
            requeue: *requeue,
        }),
        Method::Reject { delivery_tag, requeue } => basic::AMQPMethod::Reject(basic::Reject {
            delivery_tag: *delivery_tag,
            requeue: *requeue,
        }),
        Method::Recover { requeue } => {
            basic::AMQPMethod::Recover(basic::Recover { requeue: *requeue })
        }
        Method::RecoverAsync { requeue } => {
            basic::AMQPMethod::RecoverAsync(basic::RecoverAsync { requeue: *requeue })
        }
        other => unreachable!("{other:?} is of class basic"),
    }
}
