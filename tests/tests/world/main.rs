//! Small scenarios, each about one thing that clients, links and the broker do
//! together. They say themselves what must hold.

mod channels;
mod claims;
mod consuming;
mod faults;
mod flow;

use warren_core::frame::NodeBody;
use warren_core::scenario::{self, Severity};
use warren_core::time::{Span, Tick};
use warren_core::timeline::{Compared, Comparison, Timeline};
use warren_core::world::MAX_STEPS_PER_TICK;

/// Runs a scenario; its lines may be indented with the test.
fn run(text: &str) -> Timeline {
    let lines: Vec<&str> = text.lines().map(str::trim_start).collect();
    let parsed = scenario::parse(&format!("warren 1\n{}", lines.join("\n")));
    let errors: Vec<_> =
        parsed.diagnostics.iter().filter(|d| d.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let mut timeline = Timeline::new(parsed.document);
    timeline.run();
    timeline
}

#[track_caller]
fn check(text: &str) {
    let timeline = run(text);
    assert!(!timeline.outcomes().is_empty(), "expects nothing");
    let wrong: Vec<&str> =
        timeline.outcomes().iter().filter(|o| !o.held).map(|o| &*o.found).collect();
    let told: Vec<String> =
        timeline.events().iter().map(|e| format!("{} {}", e.tick, e.sentence())).collect();
    assert!(wrong.is_empty(), "{wrong:#?}\n{}", told.join("\n"));
}

#[test]
fn a_publish_to_a_missing_exchange_closes_the_channel() {
    check(
        "publisher shop -> nowhere key a every 1s count 5 latency 100ms
         expect channel 1 of shop closes with 404
         expect client shop has 1 published",
    );
}

#[test]
fn what_a_crashed_consumer_held_goes_to_the_other() {
    check(
        "latency 100ms
         queue q
         consumer a <- q prefetch 2 work 10s
         at 1s consumer b <- q prefetch 2 work 10ms
         publisher p -> queue q every 0s count 2
         at 2s crash a
         expect at 1900ms queue q has 2 unacked
         expect message A1 reaches a
         expect message A1 reaches b
         expect client b has 2 redelivered
         expect queue q has 0 messages",
    );
}

#[test]
fn a_stopped_consumer_hands_back_what_it_held() {
    check(
        "latency 100ms
         queue q
         consumer a <- q prefetch 5 work 10s
         publisher p -> queue q every 0s count 3
         at 2s stop a
         expect at 2050ms queue q has 3 unacked
         expect at 2150ms queue q has 3 ready",
    );
}

#[test]
fn outcomes_take_turns() {
    check(
        "latency 10ms
         queue q dead-letter dlx
         exchange dlx fanout
         queue dead
         bind dlx -> dead
         consumer c <- q prefetch 1 work 10ms then ack, reject, nack requeue, ack
         publisher p -> queue q every 100ms count 3
         expect queue dead has 1 messages
         expect client c has 4 received
         expect client c has 1 redelivered
         expect queue q has 0 messages",
    );
}

#[test]
fn a_message_that_is_never_acked_stays_unacked_and_blocks_the_prefetch() {
    check(
        "latency 10ms
         queue q
         consumer c <- q prefetch 2 work 10ms then forget
         publisher p -> queue q every 0s count 5
         expect queue q has 2 unacked
         expect queue q has 3 ready
         expect client c has 2 received",
    );
}

#[test]
fn a_shared_connection_dies_as_one() {
    check(
        "latency 10ms
         queue q
         consumer one <- q prefetch 1 work 1min on app
         consumer two <- q prefetch 1 work 1min on app
         publisher p -> queue q every 0s count 2
         at 1s crash one
         expect at 900ms queue q has 2 unacked
         expect at 1100ms queue q has 2 ready
         expect at 1100ms queue q has 0 consumers",
    );
}

#[test]
fn the_operator_is_refused_in_the_brokers_words_and_goes_on() {
    let timeline = run("queue q
         at 1s queue q transient
         at 2s queue later
         at 3s delete exchange amq.direct");
    let refused: Vec<(u16, String)> =
        timeline.refusals().iter().map(|r| (r.code, r.text.clone())).collect();
    assert_eq!(
        refused,
        [
            (
                406,
                "PRECONDITION_FAILED - inequivalent arg 'durable' for queue 'q' in vhost '/': \
                 received 'false' but current is 'true'"
                    .to_owned()
            ),
            (
                403,
                "ACCESS_REFUSED - deletion of system exchange 'amq.direct' in vhost '/' not allowed"
                    .to_owned()
            ),
        ]
    );
    check("queue q\nat 1s queue q transient\nat 2s queue later\nexpect queue later has 0 messages");
}

#[test]
fn deleting_a_queue_cancels_its_consumers() {
    let timeline = run("latency 10ms
         queue q
         consumer c <- q
         at 1s delete queue q");
    let told: Vec<String> = timeline.events().iter().map(|e| e.sentence()).collect();
    assert!(told.contains(&"The broker cancels c: queue q is gone.".to_owned()), "{told:#?}");
}

#[test]
fn time_to_live_runs_on_the_virtual_clock() {
    check(
        "latency 10ms
         queue wait ttl 2s dead-letter dlx
         exchange dlx fanout
         queue late
         bind dlx -> late
         publisher p -> queue wait every 0s count 1
         expect at 2s queue wait has 1 ready
         expect at 2020ms queue wait has 0 ready
         expect at 2020ms queue late has 1 ready",
    );
}

/// Two clients that answer each other with no latency and no work would go on
/// for ever within one tick.
#[test]
fn an_endless_loop_ends_in_a_stated_limit() {
    let timeline = run("latency 0s
         queue q
         consumer c <- q forward -> queue q
         publisher p -> queue q every 0s count 1");
    let reason = timeline.stop_reason().expect("the run was stopped");
    assert!(reason.contains("without time going on"), "{reason}");
    assert!(timeline.steps() <= u64::from(MAX_STEPS_PER_TICK) + 100);
    assert_eq!(timeline.end(), Tick::ZERO);
}

/// However many enter a queue at once, a bounded number is drawn doing so, and
/// the queue's number and the dots are still all there are.
#[test]
fn a_burst_is_counted_whole_and_drawn_in_part() {
    let mut timeline = run("queue q\npublisher p -> queue q every 0s count 5000 latency 600ms");
    for (at, ready, dots) in [(700, 3_000, 2_000), (950, 5_000, 0)] {
        let frame = timeline.frame(Tick::ZERO + Span::millis(at));
        let found = frame.nodes.iter().find_map(|node| match node.body {
            NodeBody::Queue { ready, .. } => Some(ready),
            _ => None,
        });
        assert_eq!((found, frame.dots.len()), (Some(ready), dots), "at {at} ms");
    }
}

/// A burst that is too large is no loop, and what is said of it fits as well.
#[test]
fn a_burst_beyond_the_limit_is_told() {
    let timeline = run("queue q\npublisher p -> queue q every 0s count 60000");
    let reason = timeline.stop_reason().expect("the run was stopped");
    assert!(reason.contains("fewer messages at once"), "{reason}");
}

#[test]
fn an_endless_publisher_runs_to_the_end() {
    let timeline = run("end 5s\nqueue q\npublisher p -> queue q every 1s latency 0s");
    assert_eq!(timeline.end(), Tick(5_000_000));
    assert_eq!(timeline.stop_reason(), None);
    check(
        "end 5s\nqueue q\npublisher p -> queue q every 1s latency 0s\nexpect queue q has 6 ready",
    );
}

/// Names and bodies are data, whatever is in them.
#[test]
fn hostile_names_and_bodies_go_through() {
    let body = "x".repeat(100_000);
    let key = "k".repeat(255);
    let text = format!(
        "latency 10ms
         exchange \"<script>alert(1)</script>\" topic
         queue \"\u{202e}مرحبا 🐇\"
         bind \"<script>alert(1)</script>\" -> \"\u{202e}مرحبا 🐇\" key \"{key}\"
         publisher \"💥\" -> \"<script>alert(1)</script>\" key \"{key}\" every 0s count 1 body \"{body}\"
         expect queue \"\u{202e}مرحبا 🐇\" has 1 ready"
    );
    check(&text);
    let mut timeline = run(&text);
    let frame = timeline.frame(timeline.end());
    let cast = timeline.cast();
    let layout = warren_core::draw::layout(&cast);
    let scene = warren_core::draw::scene(&frame, &layout, &Default::default());
    let svg = warren_core::draw::to_svg(&scene, "<script>", "\u{0}]]>");
    assert!(!svg.contains("<script"), "a name became markup");
    assert!(!svg.contains('\u{0}'));
}

#[test]
fn steps_go_from_event_to_event_and_back() {
    let mut timeline = run("latency 100ms\nqueue q\npublisher p -> queue q every 1s count 2");
    let mut forward = Vec::new();
    let mut at = Tick::ZERO;
    while let Some(next) = timeline.next_event(at) {
        forward.push(next);
        at = next;
    }
    let mut back = Vec::new();
    while let Some(before) = timeline.prev_event(at) {
        back.push(before);
        at = before;
    }
    assert_eq!(forward, [100_000, 1_000_000, 1_100_000].map(Tick));
    assert_eq!(back, [1_000_000, 100_000, 0].map(Tick));
}

#[test]
fn why_tells_the_route_and_the_history() {
    let mut timeline = run("latency 100ms
         exchange x topic
         queue eu
         queue us
         bind x -> eu key *.eu
         bind x -> us key *.us
         consumer c <- eu work 10ms
         publisher p -> x key order.eu every 0s count 1");
    let why = timeline.why("A1").expect("A1 was routed");
    assert_eq!(why.tick, Tick(100_000));
    assert_eq!(why.explanation.queues.len(), 1);
    let fits: Vec<bool> =
        why.explanation.visits[0].judgements.iter().map(|j| j.reason.fits()).collect();
    assert_eq!(fits, [true, false]);
    assert_eq!(why.history.len(), 6, "{:#?}", why.history);
    assert!(timeline.why("A2").is_none());
    // A question about what nobody sent changes nothing.
    let before = timeline.digest(Tick(500_000));
    let routed = timeline.what_if(Tick(500_000), "x", "order.us", None).expect("a vhost");
    assert_eq!(routed.queues.iter().map(|q| &**q).collect::<Vec<_>>(), ["us"]);
    assert_eq!(timeline.digest(Tick(500_000)), before);
}

#[test]
fn chance_comes_from_the_seed() {
    let text = |seed| {
        format!(
            "seed {seed}\nqueue q\npublisher p -> queue q every 100ms..900ms count 20 latency 10ms"
        )
    };
    let ticks = |seed| run(&text(seed)).events().iter().map(|e| e.tick).collect::<Vec<_>>();
    assert_eq!(ticks(1), ticks(1));
    assert_ne!(ticks(1), ticks(2));
    let gaps: Vec<Span> = {
        let timeline = run(&text(3));
        let sent = timeline.events().iter().filter(|e| e.sentence().contains("publishes"));
        let at: Vec<Tick> = sent.map(|e| e.tick).collect();
        at.windows(2).map(|w| w[1].since(w[0])).collect()
    };
    assert!(gaps.iter().all(|g| (Span::millis(100)..=Span::millis(900)).contains(g)), "{gaps:?}");
}

/// A hundred thousand waiting messages: many heavy checkpoints would take
/// hundreds of megabytes, so few are kept, and every instant is still near.
#[test]
fn checkpoints_of_a_heavy_run_stay_within_their_budget() {
    let text = "queue q\npublisher p -> queue q every 100us count 100000\nend 12s";
    let mut timeline = run(text);
    assert!(timeline.weight() <= 64 << 20, "{} octets", timeline.weight());
    let waiting = timeline.frame(Tick::MAX).nodes.iter().find_map(|node| match node.body {
        NodeBody::Queue { ready, .. } => Some(ready),
        _ => None,
    });
    assert_eq!(waiting, Some(100_000));
    let document = timeline.document().clone();
    let mut other = Timeline::with_spacing(document, 5_000);
    for at in [9_000_000, 1_000_000, 11_000_000, 4_321_000, 4_320_000] {
        assert_eq!(timeline.digest(Tick(at)), other.digest(Tick(at)), "at {at}");
    }
}

#[test]
fn a_bookmark_changes_nothing_about_the_run() {
    let text = "queue q\npublisher p -> queue q every 1s count 3\nend 5s";
    let mut plain = run(text);
    let mut marked = run(&format!("bookmark \"first\"\n{text}\nat 2s bookmark \"two wait\""));
    assert_eq!(plain.events(), marked.events());
    for at in [0, 2_000_000, 5_000_000] {
        assert_eq!(plain.digest(Tick(at)), marked.digest(Tick(at)), "at {at}");
    }
}

/// Runs are compared as far as they are known, and on from there.
#[test]
fn two_runs_are_compared_while_they_are_computed() {
    let timeline = |text: &str| Timeline::new(scenario::parse(text).document);
    let text = "warren 1\nqueue q\npublisher p -> queue q every 10ms count 500\n";
    let purged = format!("{text}at 4s purge q\n");
    let (mut left, mut right) = (timeline(text), timeline(&purged));
    let mut comparison = Comparison::default();
    let mut unknown = 0;
    let found = loop {
        left.run_ahead(50);
        right.run_ahead(20);
        match comparison.go_on(&left, &right) {
            Compared::Unknown => unknown += 1,
            found => break found,
        }
    };
    assert_eq!(found, Compared::Part(Tick(4_000_000)));
    assert!(unknown > 20 && comparison.same() > 700, "{unknown} {comparison:?}");
    let (left, right) = (run(&text[9..]), run(&text[9..]));
    assert_eq!(Comparison::default().go_on(&left, &right), Compared::Alike);
    let longer = run(&format!("{}end 30s", &text[9..]));
    assert_eq!(Comparison::default().go_on(&left, &longer), Compared::Part(left.end()));
}
