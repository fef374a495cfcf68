//! Documents by chance, with all that the language can say.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use warren_core::broker::{Bytes, Name, Profile, Table, Value};
use warren_core::scenario::*;
use warren_core::time::{Span, Tick};

const CLIENTS: [&str; 4] = ["shop", "order handling", "client", "\u{202e}🐇\"\\\n"];

fn text() -> BoxedStrategy<String> {
    prop_oneof![
        "[a-z.*#-]{1,12}",
        "(?s).{0,20}",
        Just("every".to_string()),
        Just("queue".to_string()),
        Just("// no comment".to_string()),
        Just("a->b".to_string()),
        Just("<script>alert(\"1\")</script>".to_string()),
        Just("مرحبا 👨‍👩‍👧".to_string()),
    ]
    .boxed()
}

fn name() -> BoxedStrategy<Name> {
    text().prop_map(|text| Name::from(text.as_str())).boxed()
}

fn some_name() -> BoxedStrategy<Name> {
    name().prop_filter("not empty", |name| !name.is_empty()).boxed()
}

fn client() -> BoxedStrategy<Name> {
    proptest::sample::select(CLIENTS.to_vec()).prop_map(Name::from).boxed()
}

fn span() -> BoxedStrategy<Span> {
    prop_oneof![
        (0..3_600_000_001_u64).prop_map(Span),
        (0..3_600_u64).prop_map(Span::secs),
        (0..5_000_u64).prop_map(Span::millis),
    ]
    .boxed()
}

fn pause() -> BoxedStrategy<Pause> {
    prop_oneof![
        span().prop_map(Pause::Fixed),
        (span(), span()).prop_map(|(a, b)| Pause::Between(a.min(b), a.max(b))),
    ]
    .boxed()
}

fn instant() -> BoxedStrategy<Tick> {
    prop_oneof![Just(Tick::ZERO), (0..60_000_001_u64).prop_map(Tick)].boxed()
}

fn value() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::Bool),
        any::<i8>().prop_map(Value::I8),
        any::<u8>().prop_map(Value::U8),
        any::<i16>().prop_map(Value::I16),
        any::<u16>().prop_map(Value::U16),
        any::<i32>().prop_map(Value::I32),
        any::<u32>().prop_map(Value::U32),
        any::<i64>().prop_map(Value::I64),
        (-9_i64..9).prop_map(Value::I64),
        any::<u32>().prop_map(|bits| Value::F32(f32::from_bits(bits))),
        any::<u64>().prop_map(|bits| Value::F64(f64::from_bits(bits))),
        (any::<u8>(), any::<u32>()).prop_map(|(scale, value)| Value::Decimal { scale, value }),
        text().prop_map(|text| Value::str(&text)),
        vec(any::<u8>(), 0..9).prop_map(|octets| Value::LongStr(Bytes::from(octets))),
        vec(any::<u8>(), 0..9).prop_map(|octets| Value::Binary(Bytes::from(octets))),
        any::<u64>().prop_map(Value::Timestamp),
        Just(Value::Void),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::Array),
            vec((name(), inner), 0..3).prop_map(|entries| Value::Table(Table(entries))),
        ]
    })
    .boxed()
}

/// A table in which no key repeats, as statements have them.
fn table() -> BoxedStrategy<Table> {
    let known = proptest::sample::select(vec![
        "x-max-length",
        "x-message-ttl",
        "x-expires",
        "x-dead-letter-exchange",
        "x-dead-letter-routing-key",
        "x-queue-type",
        "x-overflow",
        "x-single-active-consumer",
        "x-match",
        "alternate-exchange",
        "key",
    ]);
    let values = prop_oneof![
        value(),
        Just(Value::I32(5_000)),
        Just(Value::I64(4_294_967_296_000)),
        Just(Value::str("quorum")),
        Just(Value::str("any")),
        Just(Value::Bool(true)),
    ];
    vec((prop_oneof![name(), known.prop_map(Name::from)], values), 0..5)
        .prop_map(|entries| {
            let mut table = Table::new();
            entries.into_iter().for_each(|(key, value)| table.set(&key, value));
            table
        })
        .boxed()
}

fn exchange() -> BoxedStrategy<Statement> {
    (name(), name(), any::<[bool; 3]>(), table())
        .prop_map(|(name, kind, flags, arguments)| {
            let [durable, auto_delete, internal] = flags;
            Statement::Exchange(ExchangeDecl {
                name,
                kind,
                durable,
                auto_delete,
                internal,
                arguments,
            })
        })
        .boxed()
}

fn queue() -> BoxedStrategy<Statement> {
    (some_name(), any::<[bool; 4]>(), of(client()), table())
        .prop_map(|(name, flags, owner, arguments)| {
            let [server_named, durable, exclusive, auto_delete] = flags;
            Statement::Queue(QueueDecl {
                name,
                server_named,
                durable,
                exclusive,
                auto_delete,
                owner,
                arguments,
            })
        })
        .boxed()
}

fn binding() -> BoxedStrategy<BindingDecl> {
    let to = prop_oneof![
        some_name().prop_map(Destination::Queue),
        name().prop_map(Destination::Exchange)
    ];
    (name(), to, name(), table())
        .prop_map(|(source, destination, key, arguments)| BindingDecl {
            source,
            destination,
            key,
            arguments,
        })
        .boxed()
}

fn publisher(client: &'static str) -> BoxedStrategy<Statement> {
    let target = prop_oneof![Just(Name::from("")), name()];
    let timing = prop_oneof![
        (pause(), 1..500_u64).prop_map(|(every, count)| (Some(every), Some(count), vec![])),
        (1..9_u64).prop_map(|s| (Some(Pause::Fixed(Span::secs(s))), None, vec![])),
        vec(span(), 0..4).prop_map(|times| (None, None, times)),
    ];
    let numbers = (of(any::<u8>()), of(0..4_000_000_000_u64), of(span()), span());
    let names = (of(some_name()), of(some_name()));
    (target, vec(text(), 1..4), timing, text(), any::<[bool; 5]>(), table(), numbers, names)
        .prop_map(move |(exchange, keys, timing, body, flags, headers, numbers, names)| {
            let [random, mandatory, persistent, confirms, stopped] = flags;
            Statement::Publisher(PublisherDecl {
                name: Name::from(client),
                connection: names.0,
                exchange,
                keys,
                random,
                after: numbers.3,
                every: timing.0,
                count: timing.1,
                times: timing.2,
                body,
                mandatory,
                persistent,
                confirms,
                headers,
                priority: numbers.0,
                expiration: numbers.1.map(Span::millis),
                reply_to: names.1,
                latency: numbers.2,
                stopped,
            })
        })
        .boxed()
}

fn consumer(client: &'static str) -> BoxedStrategy<Statement> {
    let outcome = proptest::sample::select(vec![
        Outcome::Ack,
        Outcome::Nack { requeue: true },
        Outcome::Nack { requeue: false },
        Outcome::Reject { requeue: true },
        Outcome::Reject { requeue: false },
        Outcome::Crash,
        Outcome::Forget,
    ]);
    let forward = (name(), of(text()), of(text())).prop_map(|(exchange, key, body)| Forward {
        exchange,
        key,
        body,
    });
    let lists = (vec(some_name(), 1..3), vec(outcome, 1..4), vec(forward, 0..3));
    let options = (of(some_name()), of(text()), of(any::<i32>()), of(span()));
    (lists, options, any::<u16>(), pause(), any::<[bool; 3]>())
        .prop_map(move |((queues, outcomes, forwards), options, prefetch, work, flags)| {
            let [auto, exclusive, stopped] = flags;
            Statement::Consumer(ConsumerDecl {
                name: Name::from(client),
                connection: options.0,
                queues,
                prefetch,
                ack_mode: if auto { AckMode::Auto } else { AckMode::Manual },
                work,
                outcomes,
                forwards,
                reply: options.1,
                exclusive,
                priority: options.2,
                latency: options.3,
                stopped,
            })
        })
        .boxed()
}

fn publish() -> BoxedStrategy<Statement> {
    let numbers = (of(any::<u8>()), of(0..4_000_000_000_u64), 1..100_u64);
    (of(client()), name(), text(), text(), table(), any::<[bool; 2]>(), numbers)
        .prop_map(|(by, exchange, key, body, headers, [mandatory, persistent], numbers)| {
            Statement::Publish(PublishAction {
                by,
                exchange,
                key,
                body,
                headers,
                mandatory,
                persistent,
                priority: numbers.0,
                expiration: numbers.1.map(Span::millis),
                count: numbers.2,
            })
        })
        .boxed()
}

fn claim() -> BoxedStrategy<Claim> {
    use proptest::sample::select;
    let compare = || select(vec![Compare::Exactly, Compare::AtLeast, Compare::AtMost]);
    let queue_counts = select(vec![
        QueueCount::Ready,
        QueueCount::Unacked,
        QueueCount::Messages,
        QueueCount::Consumers,
        QueueCount::Received,
    ]);
    let client_counts = select(vec![
        ClientCount::Published,
        ClientCount::Confirmed,
        ClientCount::Nacked,
        ClientCount::Returned,
        ClientCount::Received,
        ClientCount::Acked,
        ClientCount::Redelivered,
    ]);
    let whom = prop_oneof![
        client().prop_map(NodeId::Client),
        Just(NodeId::Queue("known".into())),
        name().prop_map(NodeId::Exchange),
    ];
    let count = || prop_oneof![Just(1), any::<u64>()];
    prop_oneof![
        (queue_counts, compare(), count()).prop_map(|(what, compare, count)| {
            Claim::Queue { queue: "known".into(), what, compare, count }
        }),
        some_name().prop_map(|queue| Claim::NoQueue { queue }),
        (client(), client_counts, compare(), count()).prop_map(|(client, what, compare, count)| {
            Claim::Client { client, what, compare, count }
        }),
        (1..99_u64, whom, any::<bool>()).prop_map(|(n, whom, does)| Claim::Reaches {
            message: format!("B{n}"),
            whom,
            does
        }),
        (1..=u16::MAX, client(), 100..999_u16)
            .prop_map(|(channel, client, code)| Claim::ChannelCloses { channel, client, code }),
        (client(), 100..999_u16)
            .prop_map(|(client, code)| Claim::ConnectionCloses { client, code }),
        (100..999_u16).prop_map(|code| Claim::Refused { code }),
    ]
    .boxed()
}

fn timed() -> BoxedStrategy<Statement> {
    prop_oneof![
        exchange(),
        queue(),
        binding().prop_map(Statement::Bind),
        binding().prop_map(Statement::Unbind),
        (some_name(), any::<[bool; 2]>()).prop_map(|(queue, [if_unused, if_empty])| {
            Statement::DeleteQueue { queue, if_unused, if_empty }
        }),
        (name(), any::<bool>())
            .prop_map(|(exchange, if_unused)| Statement::DeleteExchange { exchange, if_unused }),
        some_name().prop_map(|queue| Statement::Purge { queue }),
        some_name().prop_map(|queue| Statement::Get { queue }),
        client().prop_map(Statement::Start),
        client().prop_map(Statement::Stop),
        client().prop_map(Statement::Crash),
        client().prop_map(Statement::Remove),
        publish(),
        text().prop_map(Statement::Caption),
    ]
    .boxed()
}

fn untimed() -> BoxedStrategy<Statement> {
    let node = prop_oneof![
        name().prop_map(NodeId::Client),
        name().prop_map(NodeId::Exchange),
        name().prop_map(NodeId::Queue),
    ];
    prop_oneof![
        (node, -100_000..=100_000_i32, -100_000..=100_000_i32)
            .prop_map(|(node, x, y)| Statement::Place { node, x, y }),
        (of(instant()), claim())
            .prop_map(|(at, claim)| Statement::Expect(Expectation { at, claim })),
    ]
    .boxed()
}

/// One statement of such a document, clients left out.
pub(crate) fn item() -> BoxedStrategy<Item> {
    prop_oneof![
        (instant(), timed()).prop_map(|(at, what)| Item { at, span: SourceSpan::default(), what }),
        untimed().prop_map(|what| Item { at: Tick::ZERO, span: SourceSpan::default(), what }),
    ]
    .boxed()
}

/// A document that the reader accepts without errors.
pub(crate) fn document() -> BoxedStrategy<Document> {
    let settings = (of(text()), of(text()), any::<u64>(), of(span()), of(60_u64..3_600));
    let profile = proptest::sample::select(Profile::ALL.to_vec());
    let clients = (
        publisher(CLIENTS[0]),
        publisher(CLIENTS[1]),
        publisher(CLIENTS[2]),
        publisher(CLIENTS[3]),
        consumer(CLIENTS[0]),
        consumer(CLIENTS[3]),
    );
    (settings, profile, clients, vec(item(), 0..12), vec(instant(), 6))
        .prop_map(|(settings, profile, c, mut items, times)| {
            let known = QueueDecl {
                name: "known".into(),
                server_named: false,
                durable: true,
                exclusive: false,
                auto_delete: false,
                owner: None,
                arguments: Table::new(),
            };
            let clients = [c.0, c.1, c.2, c.3, c.4, c.5].into_iter().zip(times);
            items.extend(clients.map(|(what, at)| Item { at, span: SourceSpan::default(), what }));
            items.push(Item {
                at: Tick::ZERO,
                span: SourceSpan::default(),
                what: Statement::Queue(known),
            });
            Document {
                title: settings.0,
                about: settings.1,
                seed: settings.2,
                profile,
                latency: settings.3,
                end: settings.4.map(|s| Tick(s * 1_000_000)),
                items,
            }
        })
        .boxed()
}
