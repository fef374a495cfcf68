//! Streams on a single node: a log that reading does not shorten
//! (`rabbit_stream_queue.erl`, osiris).
//!
//! Each message is a chunk of its own, as it is when nobody publishes faster
//! than the disk writes. Retention works on whole segments of 500 MB, so here
//! nothing is ever removed.

use super::{Context, Queue, QueueKind, Stored};
use crate::broker::age::age;
use crate::broker::consumer::Consumer;
use crate::broker::event::Leave;
use crate::broker::message::{Message, SharedMessage};
use crate::broker::profile::Profile;
use crate::broker::reply_code::Fault;
use crate::broker::routing::erlang_term;
use crate::broker::value::{Table, Value};
use crate::time::{Span, Tick};
use std::sync::Arc;

/// How often a stream's message count is looked at (`stream_tick_interval`):
/// `queue.declare-ok` says what it was then.
const TICK: Span = Span::secs(5);

/// The header that tells a message's place in the log.
const OFFSET: &str = "x-stream-offset";

/// The largest segment of a stream, in octets.
const MAX_SEGMENT: i64 = 3_000_000_000;

/// Checks what a stream looks at last (`rabbit_stream_queue:declare`).
pub(crate) fn check_arguments(arguments: &Table, profile: Profile) -> Result<(), Fault> {
    let key = "x-stream-max-segment-size-bytes";
    if arguments.get(key).and_then(Value::as_integer).is_some_and(|size| size > MAX_SEGMENT) {
        return Err(Fault::precondition(format!("Exceeded max value for {key}")));
    }
    let key = "x-stream-filter-size-bytes";
    let may_be = |value: &Value| match value {
        Value::F32(size) => (16.0..=255.0).contains(size),
        Value::F64(size) => (16.0..=255.0).contains(size),
        Value::Timestamp(size) => (16..=255).contains(size),
        // Erlang takes everything else to be greater than any number.
        other => other.as_integer().is_some_and(|size| (16..=255).contains(&size)),
    };
    match arguments.get(key) {
        Some(value) if profile >= Profile::V4_0 && !may_be(value) => {
            let gap = if profile < Profile::V4_3 { "  " } else { " " };
            Err(Fault::precondition(format!("Invalid value for{gap}{key}")))
        }
        _ => Ok(()),
    }
}

/// What a stream knows about its log, whose messages are in the store.
#[derive(Clone, Debug, Default, Hash)]
pub(crate) struct Log {
    declared: Tick,
    /// When each message came, by offset.
    times: Vec<Tick>,
    /// The offset that each consumer reads next, by slot.
    readers: Vec<u64>,
}

impl Log {
    fn end(&self) -> u64 {
        self.times.len() as u64
    }

    /// The first offset of at least this time.
    fn since(&self, time: Tick) -> u64 {
        self.times.partition_point(|came| *came < time) as u64
    }

    /// Where a consumer with these arguments begins; `None` when that cannot be
    /// read, which RabbitMQ has no answer to.
    fn start(&self, arguments: &Table, now: Tick) -> Option<u64> {
        match arguments.get(OFFSET) {
            None => Some(self.end()),
            Some(Value::LongStr(text) | Value::Binary(text)) => match text.as_str()? {
                "first" => Some(0),
                "last" => Some(self.end().saturating_sub(1)),
                "next" => Some(self.end()),
                text => Some(self.since(Tick(now.0.saturating_sub(age(text)?.0)))),
            },
            Some(Value::Timestamp(seconds)) => {
                Some(self.since(Tick(seconds.saturating_mul(1_000_000))))
            }
            Some(value) => Some(u64::try_from(value.as_integer()?).unwrap_or(0)),
        }
    }
}

/// Whether a text says where to begin (`rabbit_amqqueue:check_stream_offset_arg`).
pub(crate) fn check_offset(at: &str, arguments: &Table, profile: Profile) -> Result<(), Fault> {
    let Some(value @ Value::LongStr(text)) = arguments.get(OFFSET) else { return Ok(()) };
    match text.as_str() {
        Some("first" | "last" | "next") => Ok(()),
        Some(text) if age(text).is_some() => Ok(()),
        _ if profile < Profile::V4_3 && !text.0.first().is_some_and(u8::is_ascii_digit) => {
            Err(Fault::crash())
        }
        _ => Err(Fault::precondition(format!(
            "invalid arg '{OFFSET}' for {at}: {{invalid_stream_offset_arg,{{longstr,{}}}}}",
            erlang_term(value, profile)
        ))),
    }
}

impl Queue {
    /// Whether this is a stream.
    pub(crate) fn is_stream(&self) -> bool {
        self.declared.kind == QueueKind::Stream
    }

    /// The log starts now.
    pub(crate) fn open_log(&mut self, now: Tick) {
        self.log.declared = now;
    }

    /// What `queue.declare-ok` says about a stream: how many messages it had
    /// when that was last looked at, and no consumers.
    pub(super) fn log_counts(&self, now: Tick) -> (u32, u32) {
        let age = now.since(self.log.declared);
        let looked = self.log.declared + Span(age.0 / TICK.0 * TICK.0);
        let count = self.log.times.partition_point(|came| *came < looked);
        (u32::try_from(count).unwrap_or(u32::MAX), 0)
    }

    pub(super) fn append(&mut self, message: &SharedMessage, context: &mut Context<'_>) {
        let mut stored = self.admit(message, 0, context);
        stored.expires = Tick::MAX;
        self.store.push(stored);
        self.log.times.push(context.now);
        self.read(context);
    }

    /// What a stream asks of a consumer, in RabbitMQ's order.
    pub(crate) fn check_reader(
        &self,
        at: &str,
        (prefetch, no_ack, common_limit): (u16, bool, bool),
        arguments: &Table,
        (now, profile): (Tick, Profile),
    ) -> Result<(), Fault> {
        let old = profile < Profile::V4_0;
        if prefetch == 0 {
            let of = if old { format!("'{at}'") } else { format!("stream {at}") };
            let text = format!("consumer prefetch count is not set for {of}");
            return Err(Fault::precondition(text));
        }
        if no_ack {
            let of = if old { "stream queues" } else { "stream" };
            let text = format!("automatic acknowledgement not supported by {of} {at}");
            return Err(Fault::not_implemented(text));
        }
        if common_limit {
            return Err(Fault::not_implemented(format!("{at} does not support global qos")));
        }
        self.log.start(arguments, now).map(drop).ok_or_else(Fault::crash)
    }

    /// A consumer begins at its place in the log.
    pub(super) fn add_reader(&mut self, consumer: Consumer, now: Tick) {
        let start = self.log.start(&consumer.arguments, now).unwrap_or(0);
        let slot = self.consumers.add(consumer) as usize;
        if self.log.readers.len() <= slot {
            self.log.readers.resize(slot + 1, 0);
        }
        self.log.readers[slot] = start;
    }

    /// Each consumer reads on as far as its credit goes.
    pub(super) fn read(&mut self, context: &mut Context<'_>) {
        for at in 0..self.log.readers.len() {
            let Ok(slot) = u32::try_from(at) else { return };
            while let Some(stored) = self.store.nth(self.log.readers[at])
                && self.consumers.take_credit(slot)
            {
                let (offset, read) = (self.log.readers[at], stored.clone());
                self.log.readers[at] += 1;
                let message = with_offset(&read.message, offset, context.profile);
                // A reading is a copy of its own: the log keeps the message.
                let position = self.store.take_position();
                self.deliver(slot, Stored { position, message, ..read }, context);
            }
        }
    }

    /// Whatever a consumer says of a delivery is credit for one more.
    pub(super) fn settle_readings(
        &mut self,
        slot: u32,
        readings: impl ExactSizeIterator<Item = Stored>,
        context: &mut Context<'_>,
    ) {
        let count = u32::try_from(readings.len()).unwrap_or(u32::MAX);
        self.consumers.settled(slot, count);
        self.forget_readings(readings, context);
        self.read(context);
    }

    /// Deliveries are settled or their channel is gone; the log stays.
    pub(crate) fn forget_readings(
        &mut self,
        readings: impl Iterator<Item = Stored>,
        context: &mut Context<'_>,
    ) {
        for stored in readings {
            self.unacked -= 1;
            self.left(&stored, Leave::Read, context);
        }
    }
}

/// The message as it is read: with its offset, and as AMQP 1.0, which streams
/// are written in, leaves it.
fn with_offset(message: &SharedMessage, offset: u64, profile: Profile) -> SharedMessage {
    let mut message = Message::clone(message);
    let properties = Arc::make_mut(&mut message.properties);
    let headers = properties.headers.get_or_insert_default();
    if profile < Profile::V4_0 {
        headers.0.retain(|(_, value)| !matches!(value, Value::Array(_) | Value::Table(_)));
    } else {
        properties.delivery_mode.get_or_insert(1);
    }
    headers.set(OFFSET, Value::I64(i64::try_from(offset).unwrap_or(i64::MAX)));
    crate::order::sort_by(&mut headers.0, |a, b| a.0.cmp(&b.0));
    Arc::new(message)
}

impl Profile {
    /// `basic.nack` and `basic.reject` are refused by streams; since 4.0 they
    /// are credit (`rabbit_stream_queue:settle`).
    pub(crate) fn streams_take_acks_only(self) -> bool {
        self < Self::V4_0
    }
}
