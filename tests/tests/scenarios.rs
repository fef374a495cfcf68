//! Every scenario that ships with Warren runs, and what it expects holds.

use std::collections::BTreeSet;
use warren_core::draw::{Options, Painter, layout, scene};
use warren_core::frame::{Dot, DotKind, Frame, LinkKind, Node, NodeBody, Path};
use warren_core::scenario::{self, NodeId, Severity};
use warren_core::time::{Span, Tick};
use warren_core::timeline::Timeline;
use warren_tests::SCENARIOS;

fn timeline(name: &str, text: &str) -> Timeline {
    let parsed = scenario::parse(text);
    let errors: Vec<_> =
        parsed.diagnostics.iter().filter(|d| d.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{name}: {errors:#?}");
    Timeline::new(parsed.document)
}

#[test]
fn the_list_is_the_folder() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../static/scenarios");
    let files: BTreeSet<String> = std::fs::read_dir(folder)
        .expect("static/scenarios exists")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".warren").map(str::to_owned))
        .collect();
    let listed: BTreeSet<String> = SCENARIOS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(files, listed);
}

#[test]
fn expectations_hold() {
    let mut wrong = Vec::new();
    for (name, text) in SCENARIOS {
        let mut timeline = timeline(name, text);
        timeline.run();
        assert!(!timeline.outcomes().is_empty(), "{name} expects nothing");
        assert_eq!(timeline.stop_reason(), None, "{name}");
        assert_eq!(timeline.refusals(), [], "{name}");
        for outcome in timeline.outcomes().iter().filter(|o| !o.held) {
            let span = timeline.document().items[outcome.item].span;
            let line = &text[span.start as usize..span.end as usize];
            wrong.push(format!("{name}: `{line}` but {}", outcome.found));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_scenario_tells_its_story() {
    for (name, text) in SCENARIOS {
        let timeline = timeline(name, text);
        assert!(timeline.document().title.is_some(), "{name} has no title");
        assert!(timeline.document().about.is_some(), "{name} has no about");
        assert!(text.contains("caption"), "{name} has no caption");
    }
}

/// Numbers and dots of one frame belong to the same instant.
#[test]
fn counts_agree_with_dots_at_every_instant() {
    for (name, text) in SCENARIOS {
        let mut timeline = timeline(name, text);
        timeline.run();
        let mut at = Tick::ZERO;
        while at <= timeline.end() {
            let frame = timeline.frame(at);
            assert_counts_agree(name, &frame);
            at += Span::millis(37);
        }
    }
}

/// What clients hold of a deleted queue is theirs and not unacked any more, and
/// another queue of the same name does not own it.
#[test]
fn counts_agree_when_queues_go_while_their_messages_are_held() {
    let text = "warren 1\nexchange x direct\nqueue q\nqueue other\nbind x -> q key k\n\
        bind x -> other key k\npublisher p -> x key k every 100ms count 30\n\
        consumer slow <- q prefetch 4 work 900ms then ack\n\
        consumer back <- other prefetch 3 work 300ms then nack requeue, ack\n\
        at 1s delete queue q\nat 1.1s queue q\nat 1.1s bind x -> q key k\n\
        at 1.1s consumer late <- q prefetch 2 work 500ms\nat 1.95s delete queue other\nend 6s\n";
    let mut timeline = timeline("deleted queues", text);
    timeline.run();
    let (mut gone, mut flying) = (0, false);
    for millis in (0..6_000).step_by(7) {
        let frame = timeline.frame(Tick(millis * 1_000));
        assert_counts_agree("deleted queues", &frame);
        for node in &frame.nodes {
            if let NodeBody::Client { consumes: Some(face), .. } = &node.body {
                gone = gone.max(face.gone);
                let marked = face.holds.iter().filter(|chip| chip.gone).count();
                assert_eq!(marked as u64, face.gone, "{}", node.label);
            }
        }
        let consumer = NodeId::Client("slow".into());
        flying |= frame.dots.iter().any(|dot| match &dot.path {
            Path::Back(link) => dot.kind == DotKind::Ack && link.to == consumer && gone > 0,
            _ => false,
        });
    }
    assert!(gone >= 2, "nobody ever holds a message of a deleted queue");
    assert!(flying, "its acks are sent all the same");
}

/// Who leaves a channel that others stay on holds its messages until they are
/// back, and what is settled for another is drawn with nobody.
#[test]
fn counts_agree_when_clients_share_a_channel() {
    let text = "warren 1\nqueue q\nqueue r\nlatency 150ms\n\
        publisher p -> queue q, r every 60ms count 80\n\
        consumer c <- q prefetch 4 work 300ms then ack instances 3 on office channel 1\n\
        consumer d <- r prefetch 5 work 200ms then nack requeue, ack on office channel 1\n\
        at 1s stop c-3\nat 1s stop c-2\nat 1.08s start c-2\nat 2s stop d\nat 2.1s start d\n\
        at 3s get nowhere by d\nat 3.4s start c\nat 3.45s start d\n\
        at 4s change d prefetch 9\nat 4.5s start c\nat 5s stop c\nend 6s\n";
    let mut timeline = timeline("shared channel", text);
    timeline.run();
    let closed = timeline.events().iter().filter(|e| e.sentence().contains("closes channel 1"));
    assert!(closed.count() >= 3, "the channel is closed for all");
    for millis in (0..6_000).step_by(7) {
        assert_counts_agree("shared channel", &timeline.frame(Tick(millis * 1_000)));
    }
}

fn assert_counts_agree(name: &str, frame: &Frame) {
    let (mut unacked, mut held) = (0, 0);
    let mut automatic = BTreeSet::new();
    for node in &frame.nodes {
        match &node.body {
            NodeBody::Queue { ready, unacked: n, head, .. } => {
                unacked += n;
                let shown = (*ready as usize).min(Node::SHOWN);
                assert_eq!(head.len(), shown, "{name} at {}: {}", frame.now, node.label);
            }
            NodeBody::Client { consumes: Some(face), .. } if face.auto_ack => {
                automatic.insert(node.id.clone());
            }
            NodeBody::Client { consumes: Some(face), .. } => held += face.held - face.gone,
            _ => {}
        }
    }
    let consuming = |dot: &&Dot| match &dot.path {
        Path::Along(link) => {
            let line = frame.links.iter().find(|l| l.id == *link);
            line.is_some_and(|l| l.kind == LinkKind::Consumes) && !automatic.contains(&link.to)
        }
        _ => false,
    };
    let message = |dot: &&Dot| dot.kind == DotKind::Message && !dot.gone;
    let flying = frame.dots.iter().filter(message).filter(consuming);
    let drawn = held + flying.count() as u64;
    assert_eq!(unacked, drawn, "{name} at {}: unacked against what is drawn", frame.now);
}

/// What a chart is drawn from is what the pictures show at these instants.
#[test]
fn depths_over_time_agree_with_pictures() {
    for (name, text) in SCENARIOS {
        let mut timeline = timeline(name, text);
        timeline.run();
        let depths = timeline.depths().clone();
        for queue in depths.queues() {
            assert!((2..=512).contains(&queue.samples.len()), "{name}: {}", queue.queue);
            let last = Tick(depths.spacing().0 * (queue.samples.len() as u64 - 1));
            assert!(last <= timeline.end() && last + depths.spacing() > timeline.end());
            for (index, depth) in queue.samples.iter().enumerate().step_by(5) {
                let at = Tick(depths.spacing().0 * index as u64);
                let id = NodeId::Queue(queue.queue.clone());
                let frame = timeline.frame(at);
                let node = frame.nodes.iter().find(|node| node.id == id);
                let shown = node.map_or((0, 0), |node| match &node.body {
                    NodeBody::Queue { ready, unacked, .. } => (*ready, *unacked),
                    _ => (0, 0),
                });
                assert_eq!((depth.ready, depth.unacked), shown, "{name} at {at}");
            }
        }
    }
}

/// Looking at instants in any order, with any distance between checkpoints,
/// gives the same states as playing forward.
#[test]
fn every_way_to_an_instant_gives_the_same_state() {
    for (name, text) in SCENARIOS {
        let mut forward = timeline(name, text);
        let instants: Vec<Tick> = (0..40).map(|i| Tick(i * 617_333)).collect();
        let digests: Vec<u64> = instants.iter().map(|&at| forward.digest(at)).collect();
        let frames: Vec<Frame> = instants.iter().map(|&at| forward.frame(at)).collect();
        forward.run();
        for spacing in [1, 7, 100_000] {
            let mut other = Timeline::with_spacing(forward.document().clone(), spacing);
            other.run();
            for jump in [39usize, 3, 20, 19, 21, 0, 38, 11, 11, 5, 30] {
                assert_eq!(other.digest(instants[jump]), digests[jump], "{name} {spacing} {jump}");
                assert_eq!(other.frame(instants[jump]), frames[jump], "{name} {spacing} {jump}");
            }
            assert_eq!(other.events(), forward.events(), "{name}: a replay tells nothing new");
        }
    }
}

/// What a painter leaves as it was is what a single picture would show.
#[test]
fn a_painter_draws_every_frame_as_if_it_were_the_only_one() {
    for (name, text) in SCENARIOS {
        let mut timeline = timeline(name, text);
        timeline.run();
        let places = layout(&timeline.cast());
        let mut painter = Painter::new(places.clone(), Options::page());
        let end = timeline.end().0;
        let forward = (0..400).map(|i| Tick(i * end / 400));
        let jumps = (0..60).map(|i| Tick(i * 617_333 % end.max(1)));
        for at in forward.chain(jumps) {
            let frame = timeline.frame(at);
            let alone = scene(&frame, &places, &Options::page());
            assert_eq!(painter.scene(&frame), alone, "{name} at {at}");
        }
    }
}
