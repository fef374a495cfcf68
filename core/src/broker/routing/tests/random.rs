//! Random virtual hosts: the routing against three lists and the rules.

use super::naive::Host;
use crate::broker::routing::{BindTarget, Binding, Effect, Exchange, ExchangeKind, Query, Routing};
use crate::broker::{Name, Profile, Properties, QueueId, Table, Value};
use proptest::prelude::*;

/// The types that go by rules alone.
const KINDS: [ExchangeKind; 5] = [
    ExchangeKind::Direct,
    ExchangeKind::Fanout,
    ExchangeKind::Topic,
    ExchangeKind::Headers,
    ExchangeKind::RecentHistory,
];
const EXCHANGES: u8 = 6;
const QUEUES: u8 = 5;

fn x(n: u8) -> Name {
    Name::from(format!("x{n}"))
}

fn q(n: u8) -> Name {
    Name::from(format!("q{n}"))
}

#[derive(Clone, Debug)]
enum Change {
    Declare { name: u8, kind: ExchangeKind, auto_delete: bool },
    Alternate { name: u8, to: Option<Name> },
    Delete(u8),
    Queue(u8),
    DeleteQueue(u8),
    Bind(Binding),
    Unbind(Binding),
    UnbindOneOf(usize),
}

fn key() -> impl Strategy<Value = Name> {
    let word = prop::sample::select(vec!["a", "b", "*", "#"]);
    prop_oneof![
        prop::collection::vec(word, 0..4).prop_map(|words| Name::from(words.join("."))),
        (0..QUEUES).prop_map(q),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    prop::sample::select(vec![
        Value::I32(1),
        Value::I64(1),
        Value::I8(2),
        Value::F64(1.0),
        Value::F64(1.5),
        Value::str("1"),
        Value::Bool(true),
        Value::Void,
        Value::Timestamp(1),
        Value::I32(1000),
    ])
}

/// A table whose names are all different.
fn table() -> impl Strategy<Value = Table> {
    let name = prop::sample::select(vec!["a", "b", "c", "x-d"]);
    prop::collection::vec((name, value()), 0..4).prop_map(|entries| {
        let mut table = Table::new();
        for (name, value) in entries {
            table.set(name, value);
        }
        table
    })
}

fn arguments() -> impl Strategy<Value = Table> {
    let modes = vec![None, Some("all"), Some("any"), Some("all-with-x"), Some("any-with-x")];
    (prop::sample::select(modes), table()).prop_map(|(mode, mut table)| {
        if let Some(mode) = mode {
            table.set("x-match", Value::str(mode));
        }
        table
    })
}

fn binding() -> impl Strategy<Value = Binding> {
    let destination = prop_oneof![
        3 => (0..QUEUES).prop_map(|n| BindTarget::Queue(QueueId(n.into()), q(n))),
        2 => (0..EXCHANGES).prop_map(|n| BindTarget::Exchange(x(n))),
    ];
    (0..EXCHANGES, destination, key(), prop_oneof![Just(Table::new()), arguments()]).prop_map(
        |(source, destination, key, arguments)| {
            Binding { source: x(source), destination, key, arguments }.sorted()
        },
    )
}

fn change() -> impl Strategy<Value = Change> {
    let kind = prop::sample::select(KINDS.to_vec());
    let to = prop_oneof![
        Just(None),
        Just(Some(Name::from(""))),
        (0..=EXCHANGES).prop_map(|n| Some(x(n))),
    ];
    prop_oneof![
        3 => (0..EXCHANGES, kind, any::<bool>())
            .prop_map(|(name, kind, auto_delete)| Change::Declare { name, kind, auto_delete }),
        2 => (0..EXCHANGES, to).prop_map(|(name, to)| Change::Alternate { name, to }),
        1 => (0..EXCHANGES).prop_map(Change::Delete),
        3 => (0..QUEUES).prop_map(Change::Queue),
        1 => (0..QUEUES).prop_map(Change::DeleteQueue),
        9 => binding().prop_map(Change::Bind),
        1 => binding().prop_map(Change::Unbind),
        1 => any::<usize>().prop_map(Change::UnbindOneOf),
    ]
}

/// Does the same to both.
fn apply(change: Change, routing: &mut Routing, host: &mut Host) {
    let known = |host: &Host, name: &Name| host.exchanges.iter().any(|it| it.name == *name);
    match change {
        Change::Declare { name, kind, auto_delete } => {
            if !known(host, &x(name)) {
                let exchange = Exchange { auto_delete, ..Exchange::new(&x(name), kind) };
                host.exchanges.push(exchange.clone());
                routing.declare(exchange);
            }
        }
        Change::Alternate { name, to } => {
            routing.set_alternate(&x(name), to.clone());
            for exchange in host.exchanges.iter_mut().filter(|it| it.name == x(name)) {
                exchange.alternate.clone_from(&to);
            }
        }
        Change::Delete(name) => {
            routing.delete_exchange(&x(name));
            host.delete(&x(name));
        }
        Change::Queue(name) => {
            routing.queue_declared(q(name), QueueId(name.into()));
            if !host.queues.contains(&q(name).to_string()) {
                host.queues.push(q(name).to_string());
            }
        }
        Change::DeleteQueue(name) => {
            routing.queue_deleted(&q(name));
            host.queues.retain(|it| **it != *q(name));
            host.remove(|it| matches!(&it.destination, BindTarget::Queue(_, to) if *to == q(name)));
        }
        Change::Bind(binding) => {
            let destination = match &binding.destination {
                BindTarget::Queue(_, name) => host.queues.contains(&name.to_string()),
                BindTarget::Exchange(name) => known(host, name),
            };
            let new =
                known(host, &binding.source) && destination && !host.bindings.contains(&binding);
            assert_eq!(routing.bind(binding.clone(), Profile::V4_0), Ok(new));
            if new {
                host.bindings.push(binding);
            }
        }
        Change::Unbind(binding) => unbind(&binding, routing, host),
        Change::UnbindOneOf(place) => {
            if !host.bindings.is_empty() {
                let binding = host.bindings[place % host.bindings.len()].clone();
                unbind(&binding, routing, host);
            }
        }
    }
}

fn unbind(binding: &Binding, routing: &mut Routing, host: &mut Host) {
    let bindings = host.bindings.len();
    let exchanges = host.exchanges.len();
    let removed = routing.unbind(binding);
    host.remove(|it| it == binding);
    assert_eq!(removed.bindings.len(), bindings - host.bindings.len());
    assert_eq!(removed.exchanges.len(), exchanges - host.exchanges.len());
}

/// Routes one message in every way there is and compares.
fn compare(
    routing: &mut Routing,
    host: &Host,
    exchange: &str,
    keys: &[&str],
    headers: &Table,
    profile: Profile,
) -> Result<(), TestCaseError> {
    let expected = host.route(exchange, keys, headers, profile);
    let mut out = Vec::new();
    let properties = Properties { headers: Some(headers.clone()), ..Properties::default() };
    let query = Query::of(keys, profile).with(&properties);
    routing.route(exchange, &query, &mut out);
    let routed: Vec<String> = out.iter().map(|id| format!("q{}", id.0)).collect();
    prop_assert_eq!(&routed, &expected);

    let paths = routing.paths(exchange, &query);
    let mut by_paths: Vec<String> = paths.iter().map(|path| path.queue.to_string()).collect();
    by_paths.sort();
    prop_assert_eq!(&by_paths, &expected);
    for path in &paths {
        prop_assert_eq!(&*path.hops[0].source, exchange);
        prop_assert_eq!(path.hops[path.hops.len() - 1].destination.name(), &path.queue);
        for pair in path.hops.windows(2) {
            prop_assert_eq!(pair[0].destination.name(), &pair[1].source);
        }
    }

    let told = routing.explain(exchange, &query);
    let by_paths: Vec<&Name> = paths.iter().map(|path| &path.queue).collect();
    prop_assert_eq!(told.queues.iter().collect::<Vec<_>>(), by_paths, "in the same order too");
    let mut copies = Vec::new();
    for visit in &told.visits {
        let own: Vec<&Binding> =
            host.bindings.iter().filter(|it| it.source == visit.exchange).collect();
        let judged: Vec<&Binding> = visit.judgements.iter().map(|it| &it.binding).collect();
        prop_assert_eq!(judged, own, "every binding has its verdict");
        for judgement in &visit.judgements {
            let fits = host.fits(&judgement.binding, keys, headers, profile);
            prop_assert_eq!(judgement.reason.fits(), fits);
            prop_assert_eq!(judgement.effect != Effect::Nothing, fits);
            prop_assert!(!told.sentence(judgement).is_empty());
            if judgement.effect == Effect::Copy {
                copies.push(judgement.binding.destination.name().to_string());
            }
        }
        copies.extend(
            visit
                .lookups
                .iter()
                .filter(|it| it.effect == Effect::Copy)
                .map(|it| it.key.to_string()),
        );
    }
    copies.sort();
    prop_assert_eq!(&copies, &expected, "each copy has one cause");
    prop_assert!(!told.sentences().is_empty());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn routing_is_the_rules(
        changes in prop::collection::vec(change(), 1..70),
        messages in prop::collection::vec(
            (0..=EXCHANGES, prop::collection::vec(key(), 1..4), table()),
            1..8,
        ),
        profile in prop::sample::select(Profile::ALL.to_vec()),
    ) {
        let mut routing = Routing::new();
        let mut host = Host::default();
        // Most of the exchanges and queues are there from the start.
        for name in 0..QUEUES {
            apply(Change::Queue(name), &mut routing, &mut host);
        }
        for (name, kind) in (0..4).zip(KINDS) {
            apply(Change::Declare { name, kind, auto_delete: false }, &mut routing, &mut host);
        }
        for change in changes {
            apply(change, &mut routing, &mut host);
        }
        let names: Vec<Name> = routing
            .exchanges()
            .map(|it| it.name.clone())
            .filter(|name| name.starts_with('x'))
            .collect();
        let mut expected: Vec<Name> = host.exchanges.iter().map(|it| it.name.clone()).collect();
        expected.sort();
        prop_assert_eq!(names, expected);
        prop_assert_eq!(routing.bindings().cloned().collect::<Vec<_>>(), host.bindings.clone());
        for (exchange, keys, headers) in messages {
            // The one past the last stands for the default exchange.
            let name = if exchange == EXCHANGES { Name::from("") } else { x(exchange) };
            let keys: Vec<&str> = keys.iter().map(|key| &**key).collect();
            compare(&mut routing, &host, &name, &keys, &headers, profile)?;
        }
    }
}
