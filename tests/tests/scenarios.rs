//! Every scenario that ships with Warren runs, and what it expects holds.

use std::collections::BTreeSet;
use warren_core::draw::{Options, Painter, layout, scene};
use warren_core::frame::{Dot, DotKind, Frame, LinkKind, Node, NodeBody, Path};
use warren_core::scenario::{self, Severity};
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
            NodeBody::Client { consumes: Some(face), .. } => held += face.held,
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
    let flying = frame.dots.iter().filter(|d| d.kind == DotKind::Message).filter(consuming);
    let drawn = held + flying.count() as u64;
    assert_eq!(unacked, drawn, "{name} at {}: unacked against what is drawn", frame.now);
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
