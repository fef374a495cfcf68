//! Clients by chance.

use super::{client, name, pause, some_name, span, table, text};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use warren_core::broker::Name;
use warren_core::scenario::*;
use warren_core::time::Span;

pub(super) fn properties() -> BoxedStrategy<Vec<(Property, String)>> {
    let all = vec![
        Property::ContentType,
        Property::ContentEncoding,
        Property::CorrelationId,
        Property::MessageId,
        Property::Type,
        Property::UserId,
        Property::AppId,
    ];
    let some = proptest::sample::subsequence(all, 0..3);
    (some, vec(text(), 3), of(any::<u64>()))
        .prop_map(|(some, texts, time)| {
            let time = time.map(|time| (Property::Timestamp, time.to_string()));
            some.into_iter().zip(texts).chain(time).collect()
        })
        .boxed()
}

pub(super) fn publisher(client: &'static str) -> BoxedStrategy<Statement> {
    let target = prop_oneof![Just(Name::from("")), name()];
    let timing = prop_oneof![
        (pause(), 1..500_u64).prop_map(|(every, count)| (Some(every), Some(count), vec![])),
        (1..9_u64).prop_map(|s| (Some(Pause::Fixed(Span::secs(s))), None, vec![])),
        vec(span(), 0..4).prop_map(|times| (None, None, times)),
    ];
    let numbers = (of(any::<u8>()), of(0..4_000_000_000_u64), [of(span()), of(span()), of(span())]);
    let ending = proptest::sample::select(vec![Ending::Commit, Ending::Rollback]);
    let transaction = (of(1..9_u64), vec(ending, 1..3));
    let instances = of(0..9_u32);
    let more = (span(), 1..4_u64, transaction, properties(), instances);
    let place = (of(some_name()), of(1..2_048_u16));
    let names = (place, of(some_name()), more, of(some_name()));
    (target, vec(text(), 1..4), timing, text(), any::<[bool; 5]>(), table(), numbers, names)
        .prop_map(move |(exchange, keys, timing, body, flags, headers, numbers, names)| {
            let [random, mandatory, persistent, confirms, stopped] = flags;
            let [latency, heartbeat, reconnect] = numbers.2;
            let (after, burst, (transaction, endings), properties, instances) = names.2;
            let endings = if transaction.is_some() { endings } else { vec![Ending::Commit] };
            Statement::Publisher(PublisherDecl {
                name: Name::from(client),
                instances,
                connection: names.0.0,
                channel: names.0.1,
                user: names.3,
                exchange,
                keys,
                random,
                after,
                every: timing.0,
                count: timing.1,
                times: timing.2,
                burst,
                properties,
                transaction,
                endings,
                body,
                mandatory,
                persistent,
                confirms,
                headers,
                priority: numbers.0,
                expiration: numbers.1.map(Span::millis),
                reply_to: names.1,
                latency,
                heartbeat,
                reconnect,
                stopped,
            })
        })
        .boxed()
}

fn forward() -> BoxedStrategy<Forward> {
    let dropped = proptest::sample::subsequence(vec!["a", "x-b", "key"], 0..3);
    let texts = (of(text()), of(text()));
    (name(), texts, table(), dropped, properties())
        .prop_map(|(exchange, (key, body), headers, dropped, properties)| {
            let dropped = dropped.into_iter().map(Name::from).collect();
            Forward { exchange, key, body, headers, dropped, properties }
        })
        .boxed()
}

pub(super) fn consumer(client: &'static str) -> BoxedStrategy<Statement> {
    let outcome = proptest::sample::select(vec![
        Outcome::Ack,
        Outcome::Nack { requeue: true },
        Outcome::Nack { requeue: false },
        Outcome::Reject { requeue: true },
        Outcome::Reject { requeue: false },
        Outcome::Crash,
        Outcome::Forget,
    ]);
    let lists = (vec(some_name(), 1..3), vec(outcome, 1..4), vec(forward(), 0..3));
    let spans = [of(span()), of(span()), of(span())];
    let names = (of(some_name()), of(some_name()), of(1..2_048_u16));
    let pace = (1..4_u64, of((1..9_000_000_u64).prop_map(Span)));
    let options = (names, of(text()), of(any::<i32>()), spans, of(0..9_u32), table(), pace);
    (lists, options, any::<u16>(), pause(), any::<[bool; 5]>())
        .prop_map(move |((queues, outcomes, forwards), options, prefetch, work, flags)| {
            let [auto, exclusive, stopped, global, step] = flags;
            let [latency, heartbeat, reconnect] = options.3;
            let rejects = |outcome: &Outcome| matches!(outcome, Outcome::Reject { .. });
            let (batch, poll) = options.6;
            Statement::Consumer(ConsumerDecl {
                batch: if outcomes.iter().any(rejects) { 1 } else { batch },
                poll,
                name: Name::from(client),
                step: step && !forwards.is_empty(),
                instances: options.4,
                connection: options.0.0,
                channel: options.0.2,
                user: options.0.1,
                queues,
                prefetch,
                global,
                ack_mode: if auto { AckMode::Auto } else { AckMode::Manual },
                work,
                outcomes,
                forwards,
                reply: options.1,
                exclusive,
                priority: options.2,
                arguments: options.5,
                latency,
                heartbeat,
                reconnect,
                stopped,
            })
        })
        .boxed()
}

pub(super) fn publish() -> BoxedStrategy<Statement> {
    let numbers = (of(any::<u8>()), of(0..4_000_000_000_u64), 1..100_u64);
    let content = (text(), text(), table(), properties());
    (of(client()), name(), content, any::<[bool; 2]>(), numbers)
        .prop_map(|(by, exchange, content, [mandatory, persistent], numbers)| {
            let (key, body, headers, properties) = content;
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
                properties,
                count: numbers.2,
            })
        })
        .boxed()
}
