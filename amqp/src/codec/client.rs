//! What clients say.

use super::read::{Malformed, Reader};
use warren_core::broker::{Method, Name, Table};

/// A method from a client.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum FromClient {
    /// Who it is and how it proves that.
    StartOk { properties: Table, mechanism: Name, response: Vec<u8> },
    /// The limits it wants.
    TuneOk { channel_max: u16, frame_max: u32, heartbeat: u16 },
    /// The virtual host it wants.
    Open { vhost: Name },
    /// The method of a publish; header and body follow.
    Publish(Publish),
    /// A method for the broker.
    Method(Method),
    /// A method that only a server sends.
    Misplaced,
    /// One that has content.
    MisplacedWithContent,
}

/// basic.publish without its content.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Publish {
    pub(crate) exchange: Name,
    pub(crate) routing_key: Name,
    pub(crate) mandatory: bool,
    pub(crate) immediate: bool,
}

/// A method that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bad {
    /// No such class or method. RabbitMQ's reader crashes on these, so the
    /// client sees the TCP connection drop.
    Unknown,
    /// Its arguments are too short or too long.
    Length,
    /// A short string is not UTF-8.
    Utf8,
    /// A table makes no sense; another crash.
    Table,
}

impl From<Malformed> for Bad {
    fn from(malformed: Malformed) -> Self {
        match malformed {
            Malformed::Octets => Self::Length,
            Malformed::Utf8 => Self::Utf8,
            Malformed::Table => Self::Table,
        }
    }
}

/// Reads the arguments of a method.
pub(crate) fn decode(ids: (u16, u16), arguments: &[u8]) -> Result<FromClient, Bad> {
    if matches!(ids, (60, 50 | 60 | 71)) {
        return Ok(FromClient::MisplacedWithContent);
    }
    if is_servers(ids) {
        return Ok(FromClient::Misplaced);
    }
    let (class, method) = ids;
    let mut r = Reader::new(arguments);
    let found = match class {
        10 => connection(method, &mut r)?,
        20 | 30 => channel(class, method, &mut r)?.map(FromClient::Method),
        40 => exchange(method, &mut r)?.map(FromClient::Method),
        50 => queue(method, &mut r)?.map(FromClient::Method),
        60 => basic(method, &mut r)?,
        85 | 90 => modes(class, method, &mut r)?.map(FromClient::Method),
        _ => None,
    };
    let found = found.ok_or(Bad::Unknown)?;
    r.finish()?;
    Ok(found)
}

/// Methods that exist and that a client has no business to send.
fn is_servers(ids: (u16, u16)) -> bool {
    matches!(
        ids,
        (10, 10 | 20 | 21 | 30 | 41 | 60 | 61 | 71)
            | (20, 11 | 21)
            | (30, 11)
            | (40, 11 | 21 | 31 | 51)
            | (50, 11 | 21 | 31 | 41 | 51)
            | (60, 11 | 21 | 31 | 72 | 111)
            | (85, 11)
            | (90, 11 | 21 | 31)
    )
}

fn connection(method: u16, r: &mut Reader<'_>) -> Result<Option<FromClient>, Malformed> {
    Ok(Some(match method {
        11 => {
            let (properties, mechanism) = (r.table()?, r.name()?);
            let response = r.long_string()?.to_vec();
            r.name()?;
            FromClient::StartOk { properties, mechanism, response }
        }
        31 => FromClient::TuneOk {
            channel_max: r.short()?,
            frame_max: r.long()?,
            heartbeat: r.short()?,
        },
        40 => {
            let vhost = r.name()?;
            let (_capabilities, _insist) = (r.name()?, r.octet()?);
            FromClient::Open { vhost }
        }
        50 => {
            let (code, text) = (r.short()?, r.name()?);
            let _ids = r.long()?;
            FromClient::Method(Method::ConnectionClose { code, text })
        }
        51 => FromClient::Method(Method::ConnectionCloseOk),
        70 => {
            let (_secret, _reason) = (r.long_string()?, r.name()?);
            FromClient::Method(Method::UpdateSecret)
        }
        _ => return Ok(None),
    }))
}

fn channel(class: u16, method: u16, r: &mut Reader<'_>) -> Result<Option<Method>, Malformed> {
    Ok(Some(match (class, method) {
        (20, 10) => {
            let _out_of_band = r.name()?;
            Method::ChannelOpen
        }
        (20, 20) => Method::ChannelFlow { active: r.octet()? & 1 != 0 },
        (20, 40) => {
            let (code, text) = (r.short()?, r.name()?);
            let _ids = r.long()?;
            Method::ChannelClose { code, text }
        }
        (20, 41) => Method::ChannelCloseOk,
        (30, 10) => {
            let (_realm, _flags) = (r.name()?, r.octet()?);
            Method::AccessRequest
        }
        _ => return Ok(None),
    }))
}

/// The bits of an octet, lowest first.
fn bits<const N: usize>(r: &mut Reader<'_>) -> Result<[bool; N], Malformed> {
    let octet = r.octet()?;
    Ok(core::array::from_fn(|place| octet & (1 << place) != 0))
}

fn exchange(method: u16, r: &mut Reader<'_>) -> Result<Option<Method>, Malformed> {
    if !matches!(method, 10 | 20 | 30 | 40) {
        return Ok(None);
    }
    let _ticket = r.short()?;
    Ok(Some(match method {
        10 => {
            let (exchange, kind) = (r.name()?, r.name()?);
            let [passive, durable, auto_delete, internal, nowait] = bits(r)?;
            let arguments = r.table()?;
            Method::ExchangeDeclare {
                exchange,
                kind,
                passive,
                durable,
                auto_delete,
                internal,
                nowait,
                arguments,
            }
        }
        20 => {
            let exchange = r.name()?;
            let [if_unused, nowait] = bits(r)?;
            Method::ExchangeDelete { exchange, if_unused, nowait }
        }
        30 | 40 => {
            let (destination, source, routing_key) = (r.name()?, r.name()?, r.name()?);
            let [nowait] = bits(r)?;
            let arguments = r.table()?;
            if method == 30 {
                Method::ExchangeBind { destination, source, routing_key, nowait, arguments }
            } else {
                Method::ExchangeUnbind { destination, source, routing_key, nowait, arguments }
            }
        }
        _ => return Ok(None),
    }))
}

fn queue(method: u16, r: &mut Reader<'_>) -> Result<Option<Method>, Malformed> {
    if !matches!(method, 10 | 20 | 30 | 40 | 50) {
        return Ok(None);
    }
    let _ticket = r.short()?;
    Ok(Some(match method {
        10 => {
            let queue = r.name()?;
            let [passive, durable, exclusive, auto_delete, nowait] = bits(r)?;
            let arguments = r.table()?;
            Method::QueueDeclare {
                queue,
                passive,
                durable,
                exclusive,
                auto_delete,
                nowait,
                arguments,
            }
        }
        20 => {
            let (queue, exchange, routing_key) = (r.name()?, r.name()?, r.name()?);
            let [nowait] = bits(r)?;
            Method::QueueBind { queue, exchange, routing_key, nowait, arguments: r.table()? }
        }
        30 => {
            let queue = r.name()?;
            let [nowait] = bits(r)?;
            Method::QueuePurge { queue, nowait }
        }
        40 => {
            let queue = r.name()?;
            let [if_unused, if_empty, nowait] = bits(r)?;
            Method::QueueDelete { queue, if_unused, if_empty, nowait }
        }
        50 => Method::QueueUnbind {
            queue: r.name()?,
            exchange: r.name()?,
            routing_key: r.name()?,
            arguments: r.table()?,
        },
        _ => return Ok(None),
    }))
}

fn basic(method: u16, r: &mut Reader<'_>) -> Result<Option<FromClient>, Malformed> {
    Ok(Some(FromClient::Method(match method {
        10 => {
            let (prefetch_size, prefetch_count) = (r.long()?, r.short()?);
            let [global] = bits(r)?;
            Method::Qos { prefetch_size, prefetch_count, global }
        }
        20 => {
            let _ticket = r.short()?;
            let (queue, consumer_tag) = (r.name()?, r.name()?);
            let [no_local, no_ack, exclusive, nowait] = bits(r)?;
            let arguments = r.table()?;
            Method::Consume { queue, consumer_tag, no_local, no_ack, exclusive, nowait, arguments }
        }
        30 => {
            let consumer_tag = r.name()?;
            let [nowait] = bits(r)?;
            Method::Cancel { consumer_tag, nowait }
        }
        40 => {
            let _ticket = r.short()?;
            // Methods with content are not looked at for UTF-8.
            let (exchange, routing_key) = (r.loose_name()?, r.loose_name()?);
            let [mandatory, immediate] = bits(r)?;
            let publish = Publish { exchange, routing_key, mandatory, immediate };
            return Ok(Some(FromClient::Publish(publish)));
        }
        70 => {
            let _ticket = r.short()?;
            let queue = r.name()?;
            let [no_ack] = bits(r)?;
            Method::Get { queue, no_ack }
        }
        80 => {
            let delivery_tag = r.long_long()?;
            let [multiple] = bits(r)?;
            Method::Ack { delivery_tag, multiple }
        }
        90 => {
            let delivery_tag = r.long_long()?;
            let [requeue] = bits(r)?;
            Method::Reject { delivery_tag, requeue }
        }
        100 => Method::RecoverAsync { requeue: bits::<1>(r)?[0] },
        110 => Method::Recover { requeue: bits::<1>(r)?[0] },
        120 => {
            let delivery_tag = r.long_long()?;
            let [multiple, requeue] = bits(r)?;
            Method::Nack { delivery_tag, multiple, requeue }
        }
        _ => return Ok(None),
    })))
}

fn modes(class: u16, method: u16, r: &mut Reader<'_>) -> Result<Option<Method>, Malformed> {
    Ok(Some(match (class, method) {
        (85, 10) => Method::ConfirmSelect { nowait: bits::<1>(r)?[0] },
        (90, 10) => Method::TxSelect,
        (90, 20) => Method::TxCommit,
        (90, 30) => Method::TxRollback,
        _ => return Ok(None),
    }))
}
