//! What the broker says.

use super::frame::{BODY, HEADER};
use super::write::Writer;
use warren_core::broker::{Message, Reply};

/// Writes a reply as one frame, or several when it has content.
pub(crate) fn encode(w: &mut Writer, channel: u16, frame_max: usize, reply: &Reply) {
    let (ids, _) = names(reply);
    w.method(channel, ids, |w| arguments(w, reply));
    if let Reply::Deliver { message, .. }
    | Reply::GetOk { message, .. }
    | Reply::Return { message, .. } = reply
    {
        content(w, channel, frame_max, message);
    }
}

fn content(w: &mut Writer, channel: u16, frame_max: usize, message: &Message) {
    let body = &message.body.0;
    w.frame(HEADER, channel, |w| w.content_header(body.len() as u64, &message.properties));
    for piece in body.chunks(frame_max.saturating_sub(Writer::ENVELOPE).max(1)) {
        w.frame(BODY, channel, |w| w.bytes(piece));
    }
}

fn arguments(w: &mut Writer, reply: &Reply) {
    match reply {
        Reply::ConnectionClose { code, text, class, method }
        | Reply::ChannelClose { code, text, class, method } => {
            w.short(*code);
            w.name(text);
            w.short(*class);
            w.short(*method);
        }
        Reply::ConnectionBlocked { reason } => w.name(reason),
        Reply::ChannelOpenOk => w.long(0),
        Reply::ChannelFlowOk { active } => w.octet((*active).into()),
        Reply::AccessRequestOk => w.short(1),
        Reply::QueueDeclareOk { queue, messages, consumers } => {
            w.name(queue);
            w.long(*messages);
            w.long(*consumers);
        }
        Reply::QueueDeleteOk { messages } | Reply::QueuePurgeOk { messages } => w.long(*messages),
        Reply::ConsumeOk { consumer_tag } | Reply::CancelOk { consumer_tag } => {
            w.name(consumer_tag);
        }
        Reply::Cancel { consumer_tag } => {
            w.name(consumer_tag);
            // nowait: no cancel-ok is wanted.
            w.octet(1);
        }
        Reply::Ack { delivery_tag, multiple } => {
            w.long_long(*delivery_tag);
            w.octet((*multiple).into());
        }
        Reply::Nack { delivery_tag, multiple } => {
            w.long_long(*delivery_tag);
            // The requeue bit has its default, as RabbitMQ leaves it.
            w.octet(u8::from(*multiple) | 2);
        }
        Reply::GetEmpty => w.name(""),
        Reply::Deliver { .. } | Reply::GetOk { .. } | Reply::Return { .. } => handed(w, reply),
        _ => {}
    }
}

fn handed(w: &mut Writer, reply: &Reply) {
    let message = match reply {
        Reply::Deliver { consumer_tag, delivery_tag, redelivered, message } => {
            w.name(consumer_tag);
            w.long_long(*delivery_tag);
            w.octet((*redelivered).into());
            message
        }
        Reply::GetOk { delivery_tag, redelivered, message, .. } => {
            w.long_long(*delivery_tag);
            w.octet((*redelivered).into());
            message
        }
        Reply::Return { code, text, message } => {
            w.short(*code);
            w.name(text);
            message
        }
        _ => return,
    };
    w.name(&message.exchange);
    w.name(&message.routing_key);
    if let Reply::GetOk { messages, .. } = reply {
        w.long(*messages);
    }
}

/// The class and method number of a reply, and its name.
pub(crate) const fn names(reply: &Reply) -> ((u16, u16), &'static str) {
    match reply {
        Reply::ConnectionClose { .. } => ((10, 50), "connection.close"),
        Reply::ConnectionCloseOk => ((10, 51), "connection.close-ok"),
        Reply::ConnectionBlocked { .. } => ((10, 60), "connection.blocked"),
        Reply::ConnectionUnblocked => ((10, 61), "connection.unblocked"),
        Reply::UpdateSecretOk => ((10, 71), "connection.update-secret-ok"),
        Reply::ChannelOpenOk => ((20, 11), "channel.open-ok"),
        Reply::ChannelClose { .. } => ((20, 40), "channel.close"),
        Reply::ChannelCloseOk => ((20, 41), "channel.close-ok"),
        Reply::ChannelFlowOk { .. } => ((20, 21), "channel.flow-ok"),
        Reply::AccessRequestOk => ((30, 11), "access.request-ok"),
        Reply::ExchangeDeclareOk => ((40, 11), "exchange.declare-ok"),
        Reply::ExchangeDeleteOk => ((40, 21), "exchange.delete-ok"),
        Reply::ExchangeBindOk => ((40, 31), "exchange.bind-ok"),
        Reply::ExchangeUnbindOk => ((40, 51), "exchange.unbind-ok"),
        Reply::QueueDeclareOk { .. } => ((50, 11), "queue.declare-ok"),
        Reply::QueueDeleteOk { .. } => ((50, 41), "queue.delete-ok"),
        Reply::QueueBindOk => ((50, 21), "queue.bind-ok"),
        Reply::QueueUnbindOk => ((50, 51), "queue.unbind-ok"),
        Reply::QueuePurgeOk { .. } => ((50, 31), "queue.purge-ok"),
        Reply::QosOk => ((60, 11), "basic.qos-ok"),
        Reply::ConsumeOk { .. } => ((60, 21), "basic.consume-ok"),
        Reply::CancelOk { .. } => ((60, 31), "basic.cancel-ok"),
        Reply::Cancel { .. } => ((60, 30), "basic.cancel"),
        Reply::Deliver { .. } => ((60, 60), "basic.deliver"),
        Reply::GetOk { .. } => ((60, 71), "basic.get-ok"),
        Reply::GetEmpty => ((60, 72), "basic.get-empty"),
        Reply::Return { .. } => ((60, 50), "basic.return"),
        Reply::Ack { .. } => ((60, 80), "basic.ack"),
        Reply::Nack { .. } => ((60, 120), "basic.nack"),
        Reply::RecoverOk => ((60, 111), "basic.recover-ok"),
        Reply::ConfirmSelectOk => ((85, 11), "confirm.select-ok"),
        Reply::TxSelectOk => ((90, 11), "tx.select-ok"),
        Reply::TxCommitOk => ((90, 21), "tx.commit-ok"),
        Reply::TxRollbackOk => ((90, 31), "tx.rollback-ok"),
    }
}
