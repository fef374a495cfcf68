//! Methods to octets, written by hand from the protocol's tables, so
//! that a mistake in a codec that Warren uses cannot hide behind itself.

use warren_core::broker::{Bytes, Method, Name, Properties, Table, Value};

/// The octet at the end of every frame.
pub(super) const FRAME_END: u8 = 0xCE;

/// A method's payload, and its content when it carries one.
pub(super) struct Encoded<'a> {
    pub(super) payload: Vec<u8>,
    pub(super) content: Option<(Vec<u8>, &'a Bytes)>,
}

/// Fields in the order of the protocol, appended one by one.
#[derive(Default)]
struct Writer {
    octets: Vec<u8>,
}

impl Writer {
    fn u8(mut self, n: u8) -> Self {
        self.octets.push(n);
        self
    }
    fn u16(mut self, n: u16) -> Self {
        self.octets.extend(n.to_be_bytes());
        self
    }
    fn u32(mut self, n: u32) -> Self {
        self.octets.extend(n.to_be_bytes());
        self
    }
    fn u64(mut self, n: u64) -> Self {
        self.octets.extend(n.to_be_bytes());
        self
    }
    fn short(mut self, text: &str) -> Self {
        self.octets.push(u8::try_from(text.len()).expect("names are short"));
        self.octets.extend(text.as_bytes());
        self
    }
    fn long(mut self, octets: &[u8]) -> Self {
        self = self.u32(u32::try_from(octets.len()).expect("texts are short"));
        self.octets.extend(octets);
        self
    }
    /// Flags share an octet, the first in its lowest bit.
    fn bits(self, bits: &[bool]) -> Self {
        self.u8(bits.iter().enumerate().map(|(at, bit)| u8::from(*bit) << at).sum())
    }
    fn table(self, table: &Table) -> Self {
        let mut inner = Self::default();
        for (key, value) in table.iter() {
            inner = inner.short(key).value(value);
        }
        self.long(&inner.octets)
    }
    fn value(self, value: &Value) -> Self {
        match value {
            Value::Bool(b) => self.u8(b't').u8(u8::from(*b)),
            Value::I8(n) => self.u8(b'b').u8(*n as u8),
            Value::U8(n) => self.u8(b'B').u8(*n),
            Value::I16(n) => self.u8(b's').u16(*n as u16),
            Value::U16(n) => self.u8(b'u').u16(*n),
            Value::I32(n) => self.u8(b'I').u32(*n as u32),
            Value::U32(n) => self.u8(b'i').u32(*n),
            Value::I64(n) => self.u8(b'l').u64(*n as u64),
            Value::F32(n) => self.u8(b'f').u32(n.to_bits()),
            Value::F64(n) => self.u8(b'd').u64(n.to_bits()),
            Value::Decimal { scale, value } => self.u8(b'D').u8(*scale).u32(*value),
            Value::LongStr(text) => self.u8(b'S').long(&text.0),
            Value::Array(items) => {
                let inner = items.iter().fold(Self::default(), Self::value);
                self.u8(b'A').long(&inner.octets)
            }
            Value::Timestamp(seconds) => self.u8(b'T').u64(*seconds),
            Value::Table(table) => self.u8(b'F').table(table),
            Value::Binary(octets) => self.u8(b'x').long(&octets.0),
            Value::Void => self.u8(b'V'),
        }
    }
}

/// A method as a frame's payload.
pub(super) fn encode(method: &Method) -> Encoded<'_> {
    let (class, number) = method.ids();
    let start = Writer::default().u16(class).u16(number);
    let content = match method {
        Method::Publish { properties, body, .. } => Some((header(properties, body.len()), body)),
        _ => None,
    };
    let written = match class {
        40 => exchange(start, method),
        50 => queue(start, method),
        _ => other(start, method),
    };
    Encoded { payload: written.octets, content }
}

fn exchange(to: Writer, method: &Method) -> Writer {
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
        } => to
            .u16(0)
            .short(exchange)
            .short(kind)
            .bits(&[*passive, *durable, *auto_delete, *internal, *nowait])
            .table(arguments),
        Method::ExchangeDelete { exchange, if_unused, nowait } => {
            to.u16(0).short(exchange).bits(&[*if_unused, *nowait])
        }
        Method::ExchangeBind { destination, source, routing_key, nowait, arguments }
        | Method::ExchangeUnbind { destination, source, routing_key, nowait, arguments } => to
            .u16(0)
            .short(destination)
            .short(source)
            .short(routing_key)
            .bits(&[*nowait])
            .table(arguments),
        _ => to,
    }
}

fn queue(to: Writer, method: &Method) -> Writer {
    let to = to.u16(0);
    match method {
        Method::QueueDeclare {
            queue,
            passive,
            durable,
            exclusive,
            auto_delete,
            nowait,
            arguments,
        } => to
            .short(queue)
            .bits(&[*passive, *durable, *exclusive, *auto_delete, *nowait])
            .table(arguments),
        Method::QueueDelete { queue, if_unused, if_empty, nowait } => {
            to.short(queue).bits(&[*if_unused, *if_empty, *nowait])
        }
        Method::QueueBind { queue, exchange, routing_key, nowait, arguments } => {
            to.short(queue).short(exchange).short(routing_key).bits(&[*nowait]).table(arguments)
        }
        Method::QueueUnbind { queue, exchange, routing_key, arguments } => {
            to.short(queue).short(exchange).short(routing_key).table(arguments)
        }
        Method::QueuePurge { queue, nowait } => to.short(queue).bits(&[*nowait]),
        _ => to,
    }
}

fn other(to: Writer, method: &Method) -> Writer {
    match method {
        Method::ConnectionClose { code, text } | Method::ChannelClose { code, text } => {
            to.u16(*code).short(text).u16(0).u16(0)
        }
        Method::ChannelOpen => to.short(""),
        Method::ChannelFlow { active } => to.bits(&[*active]),
        Method::Qos { prefetch_size, prefetch_count, global } => {
            to.u32(*prefetch_size).u16(*prefetch_count).bits(&[*global])
        }
        Method::Consume { queue, consumer_tag, no_local, no_ack, exclusive, nowait, arguments } => {
            to.u16(0)
                .short(queue)
                .short(consumer_tag)
                .bits(&[*no_local, *no_ack, *exclusive, *nowait])
                .table(arguments)
        }
        Method::Cancel { consumer_tag, nowait } => to.short(consumer_tag).bits(&[*nowait]),
        Method::Publish { exchange, routing_key, mandatory, immediate, .. } => {
            to.u16(0).short(exchange).short(routing_key).bits(&[*mandatory, *immediate])
        }
        Method::Get { queue, no_ack } => to.u16(0).short(queue).bits(&[*no_ack]),
        Method::Ack { delivery_tag, multiple } => to.u64(*delivery_tag).bits(&[*multiple]),
        Method::Nack { delivery_tag, multiple, requeue } => {
            to.u64(*delivery_tag).bits(&[*multiple, *requeue])
        }
        Method::Reject { delivery_tag, requeue } => to.u64(*delivery_tag).bits(&[*requeue]),
        Method::Recover { requeue } | Method::RecoverAsync { requeue } => to.bits(&[*requeue]),
        Method::ConfirmSelect { nowait } => to.bits(&[*nowait]),
        _ => to,
    }
}

/// The content header: one bit per property that is there, the first highest.
fn header(from: &Properties, size: usize) -> Vec<u8> {
    let octet = |n: Option<u8>| n.map(|n| Writer::default().u8(n));
    let short = |name: &Option<Name>| name.as_ref().map(|name| Writer::default().short(name));
    let written = [
        short(&from.content_type),
        short(&from.content_encoding),
        from.headers.as_ref().map(|headers| Writer::default().table(headers)),
        octet(from.delivery_mode),
        octet(from.priority),
        short(&from.correlation_id),
        short(&from.reply_to),
        short(&from.expiration),
        short(&from.message_id),
        from.timestamp.map(|seconds| Writer::default().u64(seconds)),
        short(&from.kind),
        short(&from.user_id),
        short(&from.app_id),
        short(&from.cluster_id),
    ];
    let bit = |(at, property): (usize, &Option<Writer>)| u16::from(property.is_some()) << (15 - at);
    let flags = written.iter().enumerate().map(bit).sum();
    let start = Writer::default().u16(60).u16(0).u64(size as u64).u16(flags).octets;
    written.into_iter().flatten().fold(start, |octets, property| [octets, property.octets].concat())
}

/// What a client says during the handshake.
pub(super) fn start_ok() -> Vec<u8> {
    let capabilities = [
        "publisher_confirms",
        "exchange_exchange_bindings",
        "basic.nack",
        "consumer_cancel_notify",
        "connection.blocked",
        "authentication_failure_close",
    ];
    let capabilities = capabilities.map(|name| (Name::from(name), Value::Bool(true)));
    let properties = Table::from([("capabilities", Value::Table(Table(capabilities.into())))]);
    Writer::default()
        .u16(10)
        .u16(11)
        .table(&properties)
        .short("PLAIN")
        .long(b"\0guest\0guest")
        .short("en_US")
        .octets
}

/// `connection.tune-ok` without heartbeats.
pub(super) fn tune_ok(channel_max: u16, frame_max: u32) -> Vec<u8> {
    Writer::default().u16(10).u16(31).u16(channel_max).u32(frame_max).u16(0).octets
}

/// `connection.open`.
pub(super) fn open(vhost: &str) -> Vec<u8> {
    Writer::default().u16(10).u16(40).short(vhost).short("").u8(0).octets
}
