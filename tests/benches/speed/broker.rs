//! The broker alone, driven by methods as a network adapter would.

use crate::clock::{line, measure, measure_part, timed};
use std::hint::black_box;
use warren_core::broker::{
    Broker, Bytes, ChannelId, Event, Login, Method, Name, Profile, Properties, Reply, Table,
};
use warren_core::time::Tick;

/// A broker with one queue, a publisher's channel and a consumer's channel.
struct Bench {
    broker: Broker,
    publisher: ChannelId,
    consumer: ChannelId,
    queue: Name,
    body: Bytes,
    out: Vec<Event>,
}

impl Bench {
    fn new() -> Self {
        let mut broker = Broker::new(Profile::default());
        // As behind a port: only clients look at it.
        broker.unwatch();
        let mut out = Vec::new();
        let mut channel = || {
            let login = broker.connect(Tick::ZERO, &Login::default(), &mut out);
            let connection = login.expect("guest is let in");
            let id = ChannelId { connection, number: 1 };
            broker.apply(Tick::ZERO, id, Method::ChannelOpen, &mut out);
            id
        };
        let (publisher, consumer) = (channel(), channel());
        let queue = Name::from("work");
        let mut bench =
            Self { broker, publisher, consumer, queue, body: Bytes::from("a task"), out };
        bench.apply(
            publisher,
            Method::QueueDeclare {
                queue: bench.queue.clone(),
                passive: false,
                durable: true,
                exclusive: false,
                auto_delete: false,
                nowait: false,
                arguments: Table::new(),
            },
        );
        bench
    }

    fn apply(&mut self, from: ChannelId, method: Method) {
        self.broker.apply(Tick::ZERO, from, method, &mut self.out);
    }

    fn publish(&mut self) {
        let method = Method::Publish {
            exchange: Name::from(""),
            routing_key: self.queue.clone(),
            mandatory: false,
            immediate: false,
            properties: Properties::default(),
            body: self.body.clone(),
        };
        self.apply(self.publisher, method);
    }

    fn consume(&mut self, prefetch_count: u16, no_ack: bool) {
        let qos = Method::Qos { prefetch_size: 0, prefetch_count, global: false };
        self.apply(self.consumer, qos);
        let consume = Method::Consume {
            queue: self.queue.clone(),
            consumer_tag: Name::from("tag"),
            no_local: false,
            no_ack,
            exclusive: false,
            nowait: false,
            arguments: Table::new(),
        };
        self.apply(self.consumer, consume);
    }

    /// The delivery tags sent since the last call, in `tags`.
    fn take_tags(&mut self, tags: &mut Vec<u64>) {
        tags.clear();
        tags.extend(self.out.iter().filter_map(|event| match event {
            Event::Send { reply: Reply::Deliver { delivery_tag, .. }, .. } => Some(*delivery_tag),
            _ => None,
        }));
        self.out.clear();
    }

    fn filled(messages: u64) -> Self {
        let mut bench = Self::new();
        for _ in 0..messages {
            bench.publish();
            bench.out.clear();
        }
        bench
    }
}

/// Every message is published, routed through the default exchange, delivered
/// and acknowledged on its own; the figures differ in what is waiting where.
pub(crate) fn through_one_queue() {
    for (what, prefetch, batch) in [
        ("one at a time", 0, 1),
        ("100 published, then 100 acked, no prefetch limit", 0, 100),
        ("100 published, then 100 acked, prefetch 1", 1, 100),
        ("1,000 published, then 1,000 acked, prefetch 50", 50, 1000),
    ] {
        let mut bench = Bench::new();
        bench.consume(prefetch, false);
        bench.out.clear();
        let mut tags = Vec::new();
        measure(what, || {
            for _ in 0..batch {
                bench.publish();
            }
            let mut acked = 0;
            loop {
                bench.take_tags(&mut tags);
                if tags.is_empty() {
                    break;
                }
                for &delivery_tag in &tags {
                    bench.apply(bench.consumer, Method::Ack { delivery_tag, multiple: false });
                    acked += 1;
                }
            }
            assert_eq!(acked, batch, "every message is delivered once");
            acked
        });
    }
}

/// A broker in which messages with a body of `size` octets wait, each with a
/// body and names of its own, as they come from a port.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn filled_with(messages: u64, size: usize) -> impl Sized {
    let mut bench = Bench::new();
    for _ in 0..messages {
        bench.body = Bytes::from(vec![b'x'; size]);
        bench.publish();
        bench.out.clear();
    }
    bench
}

const MANY: u64 = 100_000;

/// Filling, draining and purging a long queue; µs per message.
pub(crate) fn full_queue() {
    measure("publish into the queue, per message", || {
        black_box(Bench::filled(MANY));
        MANY
    });
    let drain = |prefetch: u16, no_ack: bool| {
        move || {
            let mut bench = Bench::filled(MANY);
            let mut tags = Vec::new();
            let mut seen = 0;
            let time = timed(|| {
                bench.consume(prefetch, no_ack);
                loop {
                    bench.take_tags(&mut tags);
                    if tags.is_empty() {
                        break;
                    }
                    seen += tags.len() as u64;
                    if !no_ack {
                        for &delivery_tag in &tags {
                            let ack = Method::Ack { delivery_tag, multiple: false };
                            bench.apply(bench.consumer, ack);
                        }
                    }
                }
            });
            assert_eq!(seen, MANY, "every message is delivered once");
            (MANY, time)
        }
    };
    let acked = measure_part("drain by deliver and ack, prefetch 100", drain(100, false));
    measure_part("drain by deliver without acks", drain(0, true));
    measure_part("hand out all, requeue all at once (nack multiple)", || {
        let mut bench = Bench::filled(MANY);
        bench.consume(0, false);
        bench.out.clear();
        let tag = Name::from("tag");
        bench.apply(bench.consumer, Method::Cancel { consumer_tag: tag, nowait: false });
        let nack = Method::Nack { delivery_tag: 0, multiple: true, requeue: true };
        let time = timed(|| bench.apply(bench.consumer, nack));
        (MANY, time)
    });
    let purged = measure_part("purge, per message", || {
        let mut bench = Bench::filled(MANY);
        bench.out.clear();
        let purge = Method::QueuePurge { queue: bench.queue.clone(), nowait: false };
        let time = timed(|| bench.apply(bench.publisher, purge));
        (MANY, time)
    });
    let all = |each: f64| each * MANY as f64 / 1000.0;
    line(&format!(
        "  all 100,000: drained and acked in {:.1} ms, purged in {:.1} ms",
        all(acked),
        all(purged)
    ));
}
