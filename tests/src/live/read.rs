//! Octets to what the broker says.

use std::sync::Arc;
use warren_core::broker::{Bytes, Message, Name, Properties, Reply, Table, Value};

/// Fields in the order of the protocol, taken off one by one. The broker is
/// trusted to send whole frames: where it does not, the test fails.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) const fn new(octets: &'a [u8]) -> Self {
        Self { rest: octets }
    }
    fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.rest.split_at(count);
        self.rest = rest;
        taken
    }
    fn array<const N: usize>(&mut self) -> [u8; N] {
        self.take(N).try_into().expect("as many as were taken")
    }
    pub(super) fn u8(&mut self) -> u8 {
        self.array::<1>()[0]
    }
    pub(super) fn u16(&mut self) -> u16 {
        u16::from_be_bytes(self.array())
    }
    pub(super) fn u32(&mut self) -> u32 {
        u32::from_be_bytes(self.array())
    }
    pub(super) fn u64(&mut self) -> u64 {
        u64::from_be_bytes(self.array())
    }
    fn bit(&mut self) -> bool {
        self.u8() & 1 == 1
    }
    pub(super) fn short(&mut self) -> String {
        let length = self.u8();
        String::from_utf8_lossy(self.take(length.into())).into_owned()
    }
    fn name(&mut self) -> Name {
        Name::from(self.short())
    }
    fn long(&mut self) -> &'a [u8] {
        let length = self.u32();
        self.take(length as usize)
    }
    pub(super) fn table(&mut self) -> Table {
        let mut inner = Reader::new(self.long());
        let mut entries = Vec::new();
        while !inner.rest.is_empty() {
            entries.push((inner.name(), inner.value()));
        }
        Table(entries)
    }
    fn value(&mut self) -> Value {
        match self.u8() {
            b't' => Value::Bool(self.u8() != 0),
            b'b' => Value::I8(self.u8() as i8),
            b'B' => Value::U8(self.u8()),
            b's' => Value::I16(self.u16() as i16),
            b'u' => Value::U16(self.u16()),
            b'I' => Value::I32(self.u32() as i32),
            b'i' => Value::U32(self.u32()),
            b'l' => Value::I64(self.u64() as i64),
            b'f' => Value::F32(f32::from_bits(self.u32())),
            b'd' => Value::F64(f64::from_bits(self.u64())),
            b'D' => Value::Decimal { scale: self.u8(), value: self.u32() },
            b'S' => Value::LongStr(Bytes::from(self.long().to_vec())),
            b'A' => {
                let mut inner = Reader::new(self.long());
                let mut items = Vec::new();
                while !inner.rest.is_empty() {
                    items.push(inner.value());
                }
                Value::Array(items)
            }
            b'T' => Value::Timestamp(self.u64()),
            b'F' => Value::Table(self.table()),
            b'x' => Value::Binary(Bytes::from(self.long().to_vec())),
            b'V' => Value::Void,
            tag => panic!("the broker sent a value of the unknown type {}", tag as char),
        }
    }
    /// A content header: the size of the body, and the properties.
    pub(super) fn header(&mut self) -> (u64, Properties) {
        let (_class, _weight, size, flags) = (self.u16(), self.u16(), self.u64(), self.u16());
        let has = |bit: u32| flags & (1 << bit) != 0;
        let properties = Properties {
            content_type: has(15).then(|| self.name()),
            content_encoding: has(14).then(|| self.name()),
            headers: has(13).then(|| self.table()),
            delivery_mode: has(12).then(|| self.u8()),
            priority: has(11).then(|| self.u8()),
            correlation_id: has(10).then(|| self.name()),
            reply_to: has(9).then(|| self.name()),
            expiration: has(8).then(|| self.name()),
            message_id: has(7).then(|| self.name()),
            timestamp: has(6).then(|| self.u64()),
            kind: has(5).then(|| self.name()),
            user_id: has(4).then(|| self.name()),
            app_id: has(3).then(|| self.name()),
            cluster_id: has(2).then(|| self.name()),
        };
        (size, properties)
    }
}

/// Puts the content into a reply that was decoded before its content came.
pub(super) fn with_content(mut reply: Reply, properties: Properties, body: Vec<u8>) -> Reply {
    if let Reply::Deliver { message, .. }
    | Reply::GetOk { message, .. }
    | Reply::Return { message, .. } = &mut reply
    {
        let message = Arc::make_mut(message);
        message.properties = Arc::new(properties);
        message.body = Bytes::from(body);
    }
    reply
}

fn envelope(exchange: Name, routing_key: Name) -> Arc<Message> {
    Arc::new(Message { exchange, routing_key, ..Message::default() })
}

/// A method frame's payload, and whether content follows.
pub(super) fn decode(payload: &[u8]) -> (Reply, bool) {
    let mut from = Reader::new(payload);
    let id = (from.u16(), from.u16());
    let reply = match id {
        (10, 50) | (20, 40) => closing(id.0 == 10, &mut from),
        (60, _) => basic(id.1, &mut from),
        (50, 11) => Reply::QueueDeclareOk {
            queue: from.name(),
            messages: from.u32(),
            consumers: from.u32(),
        },
        (50, 31) => Reply::QueuePurgeOk { messages: from.u32() },
        (50, 41) => Reply::QueueDeleteOk { messages: from.u32() },
        (10, 60) => Reply::ConnectionBlocked { reason: from.name() },
        (20, 21) => Reply::ChannelFlowOk { active: from.bit() },
        _ => bare(id),
    };
    (reply, matches!(id, (60, 50 | 60 | 71)))
}

fn closing(connection: bool, from: &mut Reader<'_>) -> Reply {
    let (code, text, class, method) = (from.u16(), from.short(), from.u16(), from.u16());
    if connection {
        Reply::ConnectionClose { code, text, class, method }
    } else {
        Reply::ChannelClose { code, text, class, method }
    }
}

fn basic(method: u16, from: &mut Reader<'_>) -> Reply {
    match method {
        11 => Reply::QosOk,
        21 => Reply::ConsumeOk { consumer_tag: from.name() },
        30 => Reply::Cancel { consumer_tag: from.name() },
        31 => Reply::CancelOk { consumer_tag: from.name() },
        50 => {
            let (code, text) = (from.u16(), from.short());
            assert_eq!(text, "NO_ROUTE", "the only reason for a return");
            Reply::Return { code, text: "NO_ROUTE", message: envelope(from.name(), from.name()) }
        }
        60 => Reply::Deliver {
            consumer_tag: from.name(),
            delivery_tag: from.u64(),
            redelivered: from.bit(),
            message: envelope(from.name(), from.name()),
        },
        71 => {
            let (delivery_tag, redelivered) = (from.u64(), from.bit());
            let message = envelope(from.name(), from.name());
            Reply::GetOk { delivery_tag, redelivered, messages: from.u32(), message }
        }
        72 => Reply::GetEmpty,
        80 => Reply::Ack { delivery_tag: from.u64(), multiple: from.bit() },
        120 => Reply::Nack { delivery_tag: from.u64(), multiple: from.bit() },
        111 => Reply::RecoverOk,
        _ => panic!("the broker sent the unknown method 60.{method}"),
    }
}

fn bare((class, method): (u16, u16)) -> Reply {
    match (class, method) {
        (10, 51) => Reply::ConnectionCloseOk,
        (10, 61) => Reply::ConnectionUnblocked,
        (20, 11) => Reply::ChannelOpenOk,
        (20, 41) => Reply::ChannelCloseOk,
        (30, 11) => Reply::AccessRequestOk,
        (40, 11) => Reply::ExchangeDeclareOk,
        (40, 21) => Reply::ExchangeDeleteOk,
        (40, 31) => Reply::ExchangeBindOk,
        (40, 51) => Reply::ExchangeUnbindOk,
        (50, 21) => Reply::QueueBindOk,
        (50, 51) => Reply::QueueUnbindOk,
        (85, 11) => Reply::ConfirmSelectOk,
        (90, 11) => Reply::TxSelectOk,
        (90, 21) => Reply::TxCommitOk,
        (90, 31) => Reply::TxRollbackOk,
        _ => panic!("the broker sent the unknown method {class}.{method}"),
    }
}
