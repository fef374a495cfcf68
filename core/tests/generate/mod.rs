//! Documents by chance, with all that the language can say.

mod claims;
mod clients;

use claims::expectation;
use clients::{consumer, publish, publisher};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use warren_core::broker::{
    Alarm, Bytes, Name, Permission, Policy, PolicyTarget, Profile, Table, TopicPermission,
    UserLimits, Value, VhostLimits,
};
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

fn policy() -> BoxedStrategy<Statement> {
    let targets = proptest::sample::select(vec![
        PolicyTarget::All,
        PolicyTarget::Queues,
        PolicyTarget::Exchanges,
        PolicyTarget::ClassicQueues,
        PolicyTarget::QuorumQueues,
        PolicyTarget::Streams,
    ]);
    (any::<bool>(), some_name(), "[a-z^$.#\"]{0,9}", table(), any::<i32>(), targets)
        .prop_map(|(operator, name, pattern, definition, priority, apply_to)| {
            let priority = priority.into();
            let policy = Policy { name, pattern, definition, priority, apply_to };
            Statement::Policy { operator, policy }
        })
        .boxed()
}

fn access() -> BoxedStrategy<Statement> {
    let patterns = [text(), text(), text()];
    prop_oneof![
        (some_name(), vec(some_name(), 0..3), of(any::<u32>()), of(any::<u32>())).prop_map(
            |(name, tags, max_connections, max_channels)| Statement::User {
                name,
                tags,
                limits: UserLimits { max_connections, max_channels },
            }
        ),
        (of(any::<u32>()), any::<u32>()).prop_map(|(max_connections, max_queues)| {
            Statement::Limit(VhostLimits { max_connections, max_queues: Some(max_queues) })
        }),
        some_name().prop_map(Statement::DeleteUser),
        some_name().prop_map(Statement::Forbid),
        (some_name(), patterns).prop_map(|(user, [configure, write, read])| Statement::Permit {
            user,
            permission: Permission { configure, write, read },
        }),
        (some_name(), name(), text(), text()).prop_map(|(user, exchange, write, read)| {
            let permission = TopicPermission { write, read };
            Statement::PermitTopic { user, exchange, permission }
        }),
        (any::<bool>(), any::<bool>()).prop_map(|(disk, on)| Statement::Alarm {
            alarm: if disk { Alarm::Disk } else { Alarm::Memory },
            on,
        }),
    ]
    .boxed()
}

fn node() -> BoxedStrategy<NodeId> {
    prop_oneof![
        name().prop_map(NodeId::Client),
        name().prop_map(NodeId::Exchange),
        name().prop_map(NodeId::Queue),
    ]
    .boxed()
}

/// What is done to clients and to the broker from outside.
fn outer() -> BoxedStrategy<Statement> {
    let fault = prop_oneof![
        Just(LinkFault::Cut),
        Just(LinkFault::Mended),
        span().prop_map(LinkFault::Slow)
    ];
    let pace = (1_000_000..9_000_000_u64).prop_map(|n| Pause::Fixed(Span(n)));
    prop_oneof![
        (client(), fault).prop_map(|(client, fault)| Statement::Link { client, fault }),
        (client(), pace).prop_map(|(client, pace)| Statement::Change {
            client,
            every: Some(pace),
            work: None,
            prefetch: None
        }),
        (pause(), of(any::<u16>())).prop_map(|(work, prefetch)| Statement::Change {
            client: CLIENTS[0].into(),
            every: None,
            work: Some(work),
            prefetch
        }),
        (of(some_name()), any::<bool>()).prop_map(|(queue, on)| Statement::Consuming {
            client: CLIENTS[3].into(),
            queue,
            on
        }),
        client().prop_map(Statement::Close),
        (0..9_u32).prop_map(|instances| Statement::Scale { client: "scaled".into(), instances }),
        Just(Statement::Restart),
        policy(),
        access(),
        (any::<bool>(), some_name())
            .prop_map(|(operator, name)| Statement::DeletePolicy { operator, name }),
        (vec(node(), 0..3), of(span())).prop_map(|(nodes, lasts)| Statement::Highlight {
            lasts: lasts.filter(|_| !nodes.is_empty()),
            nodes,
        }),
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
        (some_name(), any::<bool>())
            .prop_map(|(queue, by)| Statement::Get { queue, by: by.then(|| CLIENTS[0].into()) }),
        client().prop_map(Statement::Start),
        client().prop_map(Statement::Stop),
        client().prop_map(Statement::Crash),
        client().prop_map(Statement::Remove),
        publish(),
        outer(),
        text().prop_map(Statement::Caption),
        text().prop_map(Statement::Bookmark),
    ]
    .boxed()
}

fn untimed() -> BoxedStrategy<Statement> {
    prop_oneof![
        (node(), -100_000..=100_000_i32, -100_000..=100_000_i32)
            .prop_map(|(node, x, y)| Statement::Place { node, x, y }),
        expectation().prop_map(Statement::Expect),
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
            let known = QueueDecl::new("known".into());
            let scaled = ConsumerDecl {
                instances: Some(2),
                ..ConsumerDecl::new("scaled".into(), vec!["known".into()])
            };
            let clients = [c.0, c.1, c.2, c.3, c.4, c.5].into_iter().zip(times);
            items.extend(clients.map(|(what, at)| Item { at, span: SourceSpan::default(), what }));
            items.push(Item {
                at: Tick::ZERO,
                span: SourceSpan::default(),
                what: Statement::Queue(known),
            });
            items.push(Item {
                at: Tick::ZERO,
                span: SourceSpan::default(),
                what: Statement::Consumer(scaled),
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
