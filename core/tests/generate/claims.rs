//! Expectations by chance.

use super::clients::properties;
use super::{client, instant, name, some_name, table, text};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use warren_core::scenario::*;

fn claim() -> BoxedStrategy<Claim> {
    use proptest::sample::select;
    let compare = || select(vec![Compare::Exactly, Compare::AtLeast, Compare::AtMost]);
    let queue_counts = select(vec![
        QueueCount::Ready,
        QueueCount::Unacked,
        QueueCount::Messages,
        QueueCount::Consumers,
        QueueCount::Received,
        QueueCount::Delivered,
        QueueCount::Requeued,
        QueueCount::Rejected,
        QueueCount::Expired,
        QueueCount::Dropped,
        QueueCount::DeadLettered,
    ]);
    let client_counts = select(vec![
        ClientCount::Published,
        ClientCount::Confirmed,
        ClientCount::Nacked,
        ClientCount::Returned,
        ClientCount::Received,
        ClientCount::Acked,
        ClientCount::Redelivered,
        ClientCount::Unconfirmed,
        ClientCount::Connected,
    ]);
    let fates = select(vec![
        Fate::Unroutable,
        Fate::Returned,
        Fate::Confirmed,
        Fate::Nacked,
        Fate::Acked,
        Fate::Requeued,
        Fate::Rejected,
        Fate::Expired,
        Fate::Dropped,
        Fate::DeadLettered,
        Fate::Lost,
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
        (some_name(), any::<[bool; 2]>()).prop_map(|(name, [queue, there])| Claim::Exists {
            node: if queue { NodeId::Queue(name) } else { NodeId::Exchange(name) },
            there,
        }),
        (client(), vec(1..99_u64, 1..4)).prop_map(|(client, numbers)| Claim::Receives {
            client,
            messages: numbers.into_iter().map(|n| format!("A{n}")).collect(),
        }),
        (name(), any::<bool>(), compare(), count()).prop_map(|(exchange, lost, compare, count)| {
            let what = if lost { ExchangeCount::Unroutable } else { ExchangeCount::Received };
            Claim::Exchange { exchange, what, compare, count }
        }),
        (1..99_u64, text(), of(text()), table(), vec(name(), 0..2), properties()).prop_map(
            |(n, key, body, headers, without, properties)| {
                let key = Some(key);
                let content = Box::new(Sent { key, body, headers, without, properties });
                Claim::Has { message: format!("A{n}"), content }
            }
        ),
        (1..99_u64, fates, any::<bool>()).prop_map(|(n, fate, does)| Claim::Becomes {
            message: format!("A{n}"),
            fate,
            does,
        }),
        (any::<bool>(), of(name()), of(1..9_u64)).prop_map(|(queue, reason, count)| Claim::Death {
            message: "op1".into(),
            queue: queue.then(|| "known".into()),
            reason,
            count,
        }),
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

pub(super) fn expectation() -> BoxedStrategy<Expectation> {
    let how = proptest::sample::select(vec![How::Always, How::Eventually, How::Never]);
    let during = (how, of(instant()), of(instant())).prop_map(|(how, a, b)| match (a, b) {
        (Some(a), Some(b)) => During { how, from: Some(a.min(b)), to: Some(a.max(b)) },
        (from, to) => During { how, from, to },
    });
    (of(instant()), of(during), claim(), vec(claim(), 2..4))
        .prop_map(|(at, during, claim, list)| {
            let fits = |during: &During| {
                at.is_none() && (claim.is_state() || claim.is_event() && during.how != How::Always)
            };
            let during = during.filter(fits);
            let in_order = during.is_none() && list.iter().all(Claim::is_event);
            let claim = if in_order { Claim::InOrder(list) } else { claim };
            Expectation { at, during, claim }
        })
        .boxed()
}
