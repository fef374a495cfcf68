//! The broker against a model that knows nothing but which copy of which
//! message is where, through histories that nobody thought of.

use proptest::prelude::*;
use std::collections::BTreeMap;
use warren_core::broker::{
    Broker, Bytes, ChannelId, Event, Fact, Login, Method, Name, Profile, Properties, Reply, Table,
    Value,
};
use warren_core::digest::Digest;
use warren_core::time::{Span, Tick};

const QUEUES: [&str; 3] = ["plain", "short", "ranked"];
const CHANNELS: u16 = 3;

/// Where a copy is: its queue and its place there say which one it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Ready,
    Held { channel: ChannelId, tag: u64 },
    Gone,
}

/// The model: every copy there ever was.
#[derive(Clone, Default)]
struct Model {
    copies: BTreeMap<(Name, u64), Place>,
    /// The last delivery tag of each channel.
    tags: BTreeMap<ChannelId, u64>,
}

impl Model {
    /// Takes a fact for true, when it can be.
    fn see(&mut self, fact: &Fact) {
        match fact {
            Fact::Enqueued { queue, position, .. } => {
                let before = self.copies.insert((queue.clone(), *position), Place::Ready);
                assert_eq!(before, None, "place {position} of {queue} is used once");
            }
            Fact::Delivered { queue, position, to, delivery_tag, .. } => {
                let last = self.tags.insert(*to, *delivery_tag);
                assert!(last < Some(*delivery_tag), "delivery tags grow");
                let held = Place::Held { channel: *to, tag: *delivery_tag };
                self.move_to(queue, *position, held, |from| from == Place::Ready);
            }
            Fact::Requeued { queue, position, .. } => {
                let was_held = |from| matches!(from, Place::Held { .. });
                self.move_to(queue, *position, Place::Ready, was_held);
            }
            Fact::Left { queue, position, reason, .. } => {
                use warren_core::broker::Leave;
                if !matches!(reason, Leave::Overflow | Leave::Cycle) {
                    self.move_to(queue, *position, Place::Gone, |from| from != Place::Gone);
                }
            }
            _ => {}
        }
    }

    fn move_to(&mut self, queue: &Name, position: u64, to: Place, allowed: impl Fn(Place) -> bool) {
        let place = self.copies.get_mut(&(queue.clone(), position)).expect("a copy that is there");
        assert!(allowed(*place), "{queue} {position} cannot go from {place:?} to {to:?}");
        *place = to;
    }

    /// Compares every queue with the model, and checks what must always hold.
    fn check(&self, broker: &Broker) {
        for queue in broker.queues("/") {
            let own = |copy: &&(Name, u64)| copy.0 == *queue.name();
            let at = |wanted: fn(&Place) -> bool| -> Vec<u64> {
                let found = self.copies.iter().filter(|(copy, place)| own(copy) && wanted(place));
                found.map(|((_, position), _)| *position).collect()
            };
            let mut ready: Vec<u64> = queue.messages().map(|stored| stored.position).collect();
            if &**queue.name() != "ranked" {
                assert!(ready.is_sorted(), "{} keeps its order: {ready:?}", queue.name());
            }
            ready.sort_unstable();
            assert_eq!(ready, at(|place| *place == Place::Ready), "ready in {}", queue.name());
            assert_eq!(ready.len() as u64, queue.ready());
            let held = queue.unacked_messages();
            let positions: Vec<u64> = held.iter().map(|unacked| unacked.position).collect();
            let expected = at(|place| matches!(place, Place::Held { .. }));
            assert_eq!(positions, expected, "unacked in {}", queue.name());
            assert_eq!(positions.len() as u64, queue.unacked());
            for unacked in held {
                let place = self.copies[&(queue.name().clone(), unacked.position)];
                let there = Place::Held { channel: unacked.channel, tag: unacked.delivery_tag };
                assert_eq!(place, there);
            }
            for consumer in queue.consumers() {
                let full =
                    consumer.prefetch > 0 && consumer.unacked >= u32::from(consumer.prefetch);
                assert!(
                    consumer.prefetch == 0 || consumer.unacked <= u32::from(consumer.prefetch),
                    "{} holds more than its prefetch",
                    consumer.tag
                );
                assert!(full || queue.ready() == 0, "{} could take more", consumer.tag);
            }
        }
    }
}

/// A broker with three queues and three channels, and its model.
#[derive(Clone)]
struct Bench {
    broker: Broker,
    model: Model,
    now: Tick,
    channels: Vec<ChannelId>,
    consumers: u32,
}

impl Bench {
    fn new(profile: Profile) -> Self {
        let mut broker = Broker::new(profile);
        let mut out = Vec::new();
        let connection = broker.connect(Tick::ZERO, &Login::default(), &mut out).unwrap();
        let channels = (1..=CHANNELS).map(|number| ChannelId { connection, number }).collect();
        let model = Model::default();
        let mut bench = Self { broker, model, now: Tick::ZERO, channels, consumers: 0 };
        for at in 0..usize::from(CHANNELS) {
            bench.apply(at, Method::ChannelOpen);
        }
        let arguments = [
            Table::new(),
            Table::from([
                ("x-max-length", Value::I32(3)),
                ("x-dead-letter-exchange", Value::str("")),
                ("x-dead-letter-routing-key", Value::str("plain")),
                ("x-message-ttl", Value::I32(50)),
            ]),
            Table::from([("x-max-priority", Value::I32(2))]),
        ];
        for (queue, arguments) in QUEUES.into_iter().zip(arguments) {
            bench.apply(0, declare(queue, arguments));
        }
        bench
    }

    /// Applies a method and believes what follows; gives what was sent.
    fn apply(&mut self, channel: usize, method: Method) -> Vec<Reply> {
        let mut out = Vec::new();
        self.broker.apply(self.now, self.channels[channel], method, &mut out);
        self.believe(out)
    }

    fn believe(&mut self, events: Vec<Event>) -> Vec<Reply> {
        let mut replies = Vec::new();
        for event in events {
            match event {
                Event::Fact(fact) => self.model.see(&fact),
                Event::Send { reply, .. } => replies.push(reply),
            }
        }
        self.model.check(&self.broker);
        replies
    }

    fn open_tags(&self, channel: usize) -> Vec<u64> {
        let id = self.channels[channel];
        let mut tags: Vec<u64> = self
            .model
            .copies
            .values()
            .filter_map(|place| match place {
                Place::Held { channel, tag } if *channel == id => Some(*tag),
                _ => None,
            })
            .collect();
        tags.sort_unstable();
        tags
    }

    /// Does a step, when it is possible.
    fn step(&mut self, step: &Step) {
        match *step {
            Step::Publish { queue, priority } => {
                let properties = Properties { priority: Some(priority), ..Properties::default() };
                let routing_key = Name::from(QUEUES[queue]);
                self.apply(0, publish(routing_key, properties));
            }
            Step::Consume { channel, queue, prefetch, no_ack } => {
                self.apply(channel, qos(prefetch));
                self.consumers += 1;
                let tag = format!("c{}", self.consumers);
                self.apply(channel, consume(QUEUES[queue], &tag, no_ack));
            }
            Step::Cancel { channel, which } => {
                let id = self.channels[channel];
                let view = self.broker.channel(id).expect("an open channel");
                let tags: Vec<Name> = view.consumers().map(|(tag, _)| tag.clone()).collect();
                if let Some(consumer_tag) = tags.get(which % tags.len().max(1)).cloned() {
                    self.apply(channel, Method::Cancel { consumer_tag, nowait: false });
                }
            }
            Step::Get { channel, queue } => {
                let queue = Name::from(QUEUES[queue]);
                self.apply(channel, Method::Get { queue, no_ack: false });
            }
            Step::Settle { channel, which, multiple, how } => {
                let tags = self.open_tags(channel);
                if let Some(tag) = tags.get(which % tags.len().max(1)) {
                    self.apply(channel, settle(*tag, multiple, how));
                }
            }
            Step::Reopen { channel } => {
                self.apply(channel, Method::ChannelClose { code: 200, text: Name::from("") });
                self.model.tags.remove(&self.channels[channel]);
                self.apply(channel, Method::ChannelOpen);
            }
            Step::Purge { queue } => {
                let queue = Name::from(QUEUES[queue]);
                self.apply(0, Method::QueuePurge { queue, nowait: false });
            }
            Step::Wait => {
                self.now += Span::millis(20);
                let mut out = Vec::new();
                self.broker.advance(self.now, &mut out);
                self.believe(out);
            }
        }
    }
}

fn declare(queue: &str, arguments: Table) -> Method {
    Method::QueueDeclare {
        queue: Name::from(queue),
        passive: false,
        durable: false,
        exclusive: false,
        auto_delete: false,
        nowait: false,
        arguments,
    }
}

fn publish(routing_key: Name, properties: Properties) -> Method {
    Method::Publish {
        exchange: Name::from(""),
        routing_key,
        mandatory: true,
        immediate: false,
        properties,
        body: Bytes::from("m"),
    }
}

fn qos(prefetch_count: u16) -> Method {
    Method::Qos { prefetch_size: 0, prefetch_count, global: false }
}

fn consume(queue: &str, tag: &str, no_ack: bool) -> Method {
    Method::Consume {
        queue: Name::from(queue),
        consumer_tag: Name::from(tag),
        no_local: false,
        no_ack,
        exclusive: false,
        nowait: false,
        arguments: Table::new(),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    Ack,
    Requeue,
    Drop,
}

fn settle(delivery_tag: u64, multiple: bool, how: How) -> Method {
    match how {
        How::Ack => Method::Ack { delivery_tag, multiple },
        How::Requeue => Method::Nack { delivery_tag, multiple, requeue: true },
        How::Drop => Method::Nack { delivery_tag, multiple, requeue: false },
    }
}

#[derive(Clone, Debug)]
enum Step {
    Publish { queue: usize, priority: u8 },
    Consume { channel: usize, queue: usize, prefetch: u16, no_ack: bool },
    Cancel { channel: usize, which: usize },
    Get { channel: usize, queue: usize },
    Settle { channel: usize, which: usize, multiple: bool, how: How },
    Reopen { channel: usize },
    Purge { queue: usize },
    Wait,
}

fn any_step() -> impl Strategy<Value = Step> {
    let channel = 0..usize::from(CHANNELS);
    let queue = 0..QUEUES.len();
    let how = prop_oneof![Just(How::Ack), Just(How::Requeue), Just(How::Drop)];
    prop_oneof![
        8 => (queue.clone(), 0..4u8)
            .prop_map(|(queue, priority)| Step::Publish { queue, priority }),
        3 => (channel.clone(), queue.clone(), 0..4u16, prop::bool::weighted(0.2)).prop_map(
            |(channel, queue, prefetch, no_ack)| Step::Consume { channel, queue, prefetch, no_ack }
        ),
        1 => (channel.clone(), any::<usize>())
            .prop_map(|(channel, which)| Step::Cancel { channel, which }),
        2 => (channel.clone(), queue.clone())
            .prop_map(|(channel, queue)| Step::Get { channel, queue }),
        8 => (channel.clone(), any::<usize>(), any::<bool>(), how).prop_map(
            |(channel, which, multiple, how)| Step::Settle { channel, which, multiple, how }
        ),
        1 => channel.prop_map(|channel| Step::Reopen { channel }),
        1 => queue.prop_map(|queue| Step::Purge { queue }),
        2 => Just(Step::Wait),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn every_copy_is_where_the_facts_say(
        steps in prop::collection::vec(any_step(), 1..60),
        profile in prop::sample::select(Profile::ALL.to_vec()),
    ) {
        let mut bench = Bench::new(profile);
        let mut again = bench.clone();
        for step in &steps {
            bench.step(step);
        }
        for step in &steps {
            again.step(step);
        }
        prop_assert_eq!(Digest::of(&bench.broker), Digest::of(&again.broker));
    }
}

/// Everything that two consumers can do with three messages, in every order.
#[test]
fn every_order_of_settling_three_messages() {
    let mut start = Bench::new(Profile::default());
    for channel in [1, 2] {
        start.apply(channel, qos(1));
        start.apply(channel, consume("plain", "c", false));
    }
    for _ in 0..3 {
        start.apply(0, publish(Name::from("plain"), Properties::default()));
    }
    let mut open = vec![(start, 0)];
    let (mut histories, mut emptied) = (0, 0);
    while let Some((bench, depth)) = open.pop() {
        let held: Vec<(usize, u64)> = [1, 2]
            .into_iter()
            .flat_map(|channel| bench.open_tags(channel).into_iter().map(move |tag| (channel, tag)))
            .collect();
        let left = bench.broker.queue("/", "plain").map(|queue| queue.ready() + queue.unacked());
        assert_eq!(held.len() as u64, left.unwrap().min(2), "both are busy while there is work");
        if held.is_empty() {
            emptied += 1;
        }
        if held.is_empty() || depth == 6 {
            histories += 1;
            continue;
        }
        for (channel, tag) in held {
            for how in [How::Ack, How::Requeue, How::Drop] {
                let mut next = bench.clone();
                next.apply(channel, settle(tag, false, how));
                open.push((next, depth + 1));
            }
        }
    }
    assert!(histories > 5_000 && emptied > 2_000, "{histories} histories, {emptied} to the end");
}

/// The requeued message comes again, as redelivered, before those behind it.
#[test]
fn a_requeued_message_goes_back_to_its_place() {
    let mut bench = Bench::new(Profile::default());
    for _ in 0..5 {
        bench.apply(0, publish(Name::from("plain"), Properties::default()));
    }
    let get = || Method::Get { queue: Name::from("plain"), no_ack: false };
    for _ in 0..3 {
        bench.apply(1, get());
    }
    bench.apply(1, settle(2, false, How::Requeue));
    bench.apply(1, settle(1, false, How::Requeue));
    let queue = bench.broker.queue("/", "plain").unwrap();
    let places: Vec<_> = queue.messages().map(|m| (m.position, m.redelivered)).collect();
    assert_eq!(places, [(1, true), (2, true), (4, false), (5, false)]);
}
