//! Steps, instances, bursts, transactions, and clients that change their pace.

use super::{check, run};
use warren_core::scenario::NodeId;
use warren_core::time::Tick;

#[test]
fn a_step_changes_what_it_passes_on() {
    let mut timeline = run("latency 10ms
         exchange out topic
         queue in
         queue end
         bind out -> end key done.#
         publisher p -> queue in once body \"one\"
         at 1s publish -> queue in body \"two\" header a 1 header b \"x\" persistent
         step s <- in -> out key done.{key} body \"<{body}> by {client} no {n}\" \
         header b \"{body}!\" drop-header a content-type text/plain message-id \"{client}-{n}\"");
    let details = timeline.inspect(timeline.end(), &NodeId::Queue("end".into())).expect("a queue");
    let found: Vec<_> =
        details.messages.iter().map(|m| (&*m.routing_key, &*m.body, &m.properties)).collect();
    let property = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(found[0].0, "done.in");
    assert_eq!(found[0].1, "<one> by s no 1");
    assert_eq!(found[1].1, "<two> by s no 2");
    assert_eq!(
        found[1].2,
        &[
            property("content-type", "text/plain"),
            property("delivery-mode", "2"),
            property("message-id", "s-2"),
            property("header b", "two!"),
        ]
    );
}

#[test]
fn instances_share_the_load_and_are_counted_together() {
    check(
        "latency 50ms
         queue q
         queue done
         publisher p -> queue q every 100ms count 30
         step w <- q -> queue done work 1s prefetch 1 instances 1
         at 2s scale w to 3
         at 5s crash w-1
         at 6s scale w to 2
         at 20s scale w to 0
         expect at 1s client w has 1 connected
         expect at 4s client w has 3 connected
         expect at 4s queue q has 3 consumers
         expect at 5500ms client w has 2 connected
         expect at 7s client w has 1 connected
         expect at 21s client w has 0 connected
         expect message B1 reaches queue done
         expect message C1 reaches queue done
         expect message D1 reaches queue done
         expect client w-3 has at least 2 acked",
    );
}

#[test]
fn a_stopped_group_starts_together() {
    check(
        "latency 50ms
         queue q
         consumer w <- q instances 2 stopped
         at 1s start w
         at 3s stop w
         expect at 900ms client w has 0 connected
         expect at 2s client w has 2 connected
         expect at 4s client w has 0 connected",
    );
}

#[test]
fn a_burst_is_several_at_once() {
    check(
        "latency 0s
         queue a
         queue b
         publisher p -> queue a every 2s burst 4 count 10
         publisher r -> queue b at 1s, 3s burst 2
         expect at 1900ms queue a has 4 ready
         expect at 3900ms queue a has 8 ready
         expect queue a has 10 ready
         expect at 2s queue b has 2 ready
         expect queue b has 4 ready",
    );
}

#[test]
fn a_changed_pace_holds_from_then_on() {
    check(
        "latency 0s
         end 20s
         queue q
         publisher p -> queue q every 10s
         consumer c <- q prefetch 1 work 100ms
         at 2s change p every 1s
         at 8s change c work 500ms
         at 15s change p every 1h
         expect at 2s queue q has 1 received
         expect at 3s queue q has 2 received
         expect at 8100ms queue q has 1 unacked
         expect queue q has 14 received",
    );
}

#[test]
fn a_transaction_publishes_nothing_before_its_commit() {
    let text = "latency 10ms
         exchange x headers
         queue q
         bind x -> q match all a 1
         publisher p -> x header a 1 every 1s count 6 transaction 3
         expect at 1900ms queue q has 0 ready
         expect at 2100ms queue q has 3 ready
         expect queue q has 6 ready
         expect message A1 reaches queue q then message A2 reaches queue q";
    check(text);
    let mut timeline = run(text);
    let why = timeline.why("A5").expect("A5 was routed");
    assert_eq!(why.tick, Tick(5_010_000));
    assert!(why.explanation.visits[0].judgements[0].reason.fits());
    let told = timeline.events().iter().filter(|e| e.sentence().contains("committed"));
    assert_eq!(told.count(), 2);
}

#[test]
fn a_prefetch_can_hold_for_the_whole_channel() {
    check(
        "queue a
         queue b
         publisher p -> queue a, b every 0s count 10
         consumer each <- a, b prefetch 2 work 1min
         expect at 5s queue a has 2 unacked
         expect at 5s queue b has 2 unacked",
    );
    check(
        "profile 4.0
         queue a
         queue b
         publisher p -> queue a, b every 0s count 10
         consumer all <- a, b prefetch 3 global work 1min
         expect at 5s client all has 3 received",
    );
}

#[test]
fn properties_travel_with_the_message() {
    let mut timeline = run("queue q
         publisher p -> queue q once type t app-id a user-id guest timestamp 7 correlation-id \"{n}\"
         at 1s publish -> queue q content-type \"{client}\" user-id mallory");
    let details = timeline.inspect(timeline.end(), &NodeId::Queue("q".into())).expect("a queue");
    let properties = &details.messages[0].properties;
    for (name, value) in [
        ("type", "t"),
        ("app-id", "a"),
        ("user-id", "guest"),
        ("timestamp", "7"),
        ("correlation-id", "1"),
    ] {
        let found = properties.iter().find(|(known, _)| known == name);
        assert_eq!(found.map(|(_, value)| &**value), Some(value), "{name}");
    }
}
