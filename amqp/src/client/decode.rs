//! What brokers say, from octets.

use super::Heard;
use crate::codec::{BODY, HEADER, METHOD, Malformed, Reader, content_header};
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::Arc;
use warren_core::broker::{Bytes, Message, Properties, Reply, Table};

/// Bodies longer than this are not taken: no scenario has one.
const MOST_BODY: u64 = 512 * 1024 * 1024;

fn broken(_: Malformed) -> io::Error {
    io::Error::other("the broker sent a method that does not hold what it should")
}

/// What the broker says of itself.
pub(super) fn start(arguments: &[u8]) -> io::Result<Table> {
    let mut r = Reader::new(arguments);
    let _version = r.short().map_err(broken)?;
    r.table().map_err(broken)
}

/// The most channels and the largest frame that the broker takes.
pub(super) fn tune(arguments: &[u8]) -> io::Result<(u16, u32)> {
    let mut r = Reader::new(arguments);
    Ok((r.short().map_err(broken)?, r.long().map_err(broken)?))
}

/// A content on its way: its method, then its properties and body.
struct Partial {
    reply: Reply,
    properties: Option<(u64, Properties)>,
    body: Vec<u8>,
}

/// Reads to the end of the connection, and says why it ended.
pub(super) fn listen(from: &mut impl Read, heard: &mut impl FnMut(Heard)) -> io::Error {
    let mut partial: BTreeMap<u16, Partial> = BTreeMap::new();
    loop {
        let (kind, channel, payload) = match super::frame(from) {
            Ok(frame) => frame,
            Err(error) => return error,
        };
        match kind {
            METHOD => match method(&payload) {
                Ok(reply) if has_content(&reply) => {
                    let (properties, body) = (None, Vec::new());
                    partial.insert(channel, Partial { reply, properties, body });
                }
                Ok(reply) => heard(Heard::Reply(channel, reply)),
                Err(error) => return error,
            },
            HEADER => {
                let header = content_header(&payload).filter(|header| header.size <= MOST_BODY);
                let read = header.and_then(|h| Some((h.size, h.properties.ok()?)));
                match (partial.get_mut(&channel), read) {
                    (Some(content), Some(read)) => content.properties = Some(read),
                    _ => return io::Error::other("the broker sent a header that makes no sense"),
                }
            }
            BODY => {
                if let Some(content) = partial.get_mut(&channel) {
                    content.body.extend(&payload);
                }
            }
            _ => continue,
        }
        let whole = partial.get(&channel).is_some_and(|content| {
            let size = content.properties.as_ref().map(|(size, _)| *size);
            size.is_some_and(|size| content.body.len() as u64 >= size)
        });
        if whole && let Some(content) = partial.remove(&channel) {
            heard(Heard::Reply(channel, filled(content)));
        }
    }
}

fn method(payload: &[u8]) -> io::Result<Reply> {
    let mut r = Reader::new(payload);
    let ids = (r.short().map_err(broken)?, r.short().map_err(broken)?);
    reply(ids, payload.get(4..).unwrap_or_default())
}

const fn has_content(reply: &Reply) -> bool {
    matches!(reply, Reply::Deliver { .. } | Reply::GetOk { .. } | Reply::Return { .. })
}

/// The reply with the content that came for it.
fn filled(content: Partial) -> Reply {
    let Partial { mut reply, properties, body } = content;
    if let Reply::Deliver { message, .. }
    | Reply::GetOk { message, .. }
    | Reply::Return { message, .. } = &mut reply
    {
        let message = Arc::make_mut(message);
        message.properties = properties.map(|(_, found)| Arc::new(found)).unwrap_or_default();
        message.body = Bytes::from(body);
    }
    reply
}

/// A message of which only the envelope has come.
fn envelope(r: &mut Reader<'_>) -> Result<Arc<Message>, Malformed> {
    Ok(Arc::new(Message { exchange: r.name()?, routing_key: r.name()?, ..Message::default() }))
}

/// Reads a method of the broker; one with content is still without it.
pub(super) fn reply(ids: (u16, u16), arguments: &[u8]) -> io::Result<Reply> {
    let mut r = Reader::new(arguments);
    let found = match ids.0 {
        10 | 20 | 30 => connection(ids, &mut r),
        40 | 50 => topology(ids, &mut r),
        60 => basic(ids.1, &mut r),
        _ => Ok(modes(ids)),
    };
    let (class, method) = ids;
    found.map_err(broken)?.ok_or_else(|| {
        io::Error::other(format!("the broker sent the unknown method {method} of class {class}"))
    })
}

fn connection(ids: (u16, u16), r: &mut Reader<'_>) -> Result<Option<Reply>, Malformed> {
    Ok(Some(match ids {
        (10, 50) | (20, 40) => {
            let (code, text) = (r.short()?, r.name()?.to_string());
            let (class, method) = (r.short()?, r.short()?);
            if ids.0 == 10 {
                Reply::ConnectionClose { code, text, class, method }
            } else {
                Reply::ChannelClose { code, text, class, method }
            }
        }
        (10, 51) => Reply::ConnectionCloseOk,
        (10, 60) => Reply::ConnectionBlocked { reason: r.name()? },
        (10, 61) => Reply::ConnectionUnblocked,
        (20, 11) => Reply::ChannelOpenOk,
        (20, 21) => Reply::ChannelFlowOk { active: r.octet()? & 1 != 0 },
        (20, 41) => Reply::ChannelCloseOk,
        (30, 11) => Reply::AccessRequestOk,
        _ => return Ok(None),
    }))
}

fn topology(ids: (u16, u16), r: &mut Reader<'_>) -> Result<Option<Reply>, Malformed> {
    Ok(Some(match ids {
        (40, 11) => Reply::ExchangeDeclareOk,
        (40, 21) => Reply::ExchangeDeleteOk,
        (40, 31) => Reply::ExchangeBindOk,
        (40, 51) => Reply::ExchangeUnbindOk,
        (50, 11) => {
            Reply::QueueDeclareOk { queue: r.name()?, messages: r.long()?, consumers: r.long()? }
        }
        (50, 21) => Reply::QueueBindOk,
        (50, 31) => Reply::QueuePurgeOk { messages: r.long()? },
        (50, 41) => Reply::QueueDeleteOk { messages: r.long()? },
        (50, 51) => Reply::QueueUnbindOk,
        _ => return Ok(None),
    }))
}

fn basic(method: u16, r: &mut Reader<'_>) -> Result<Option<Reply>, Malformed> {
    Ok(Some(match method {
        11 => Reply::QosOk,
        21 => Reply::ConsumeOk { consumer_tag: r.name()? },
        30 => Reply::Cancel { consumer_tag: r.name()? },
        31 => Reply::CancelOk { consumer_tag: r.name()? },
        50 => {
            let code = r.short()?;
            let text = match &*r.name()? {
                "NO_CONSUMERS" => "NO_CONSUMERS",
                _ => "NO_ROUTE",
            };
            Reply::Return { code, text, message: envelope(r)? }
        }
        60 => {
            let (consumer_tag, delivery_tag) = (r.name()?, r.long_long()?);
            let redelivered = r.octet()? & 1 != 0;
            Reply::Deliver { consumer_tag, delivery_tag, redelivered, message: envelope(r)? }
        }
        71 => {
            let (delivery_tag, redelivered) = (r.long_long()?, r.octet()? & 1 != 0);
            let message = envelope(r)?;
            Reply::GetOk { delivery_tag, redelivered, messages: r.long()?, message }
        }
        72 => Reply::GetEmpty,
        80 => Reply::Ack { delivery_tag: r.long_long()?, multiple: r.octet()? & 1 != 0 },
        111 => Reply::RecoverOk,
        120 => Reply::Nack { delivery_tag: r.long_long()?, multiple: r.octet()? & 1 != 0 },
        _ => return Ok(None),
    }))
}

const fn modes(ids: (u16, u16)) -> Option<Reply> {
    Some(match ids {
        (85, 11) => Reply::ConfirmSelectOk,
        (90, 11) => Reply::TxSelectOk,
        (90, 21) => Reply::TxCommitOk,
        (90, 31) => Reply::TxRollbackOk,
        _ => return None,
    })
}
