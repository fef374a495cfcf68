//! Pictures of generated casts: nothing overlaps, nothing acts, and the same
//! frame gives the same bytes.

mod samples;
mod stage;
mod words;

use proptest::prelude::*;
use stage::{Stage, client, exchange, line, queue};
use warren_core::draw::geometry::Rect;
use warren_core::draw::{
    Labels, Layer, Layout, Options, Shape, Theme, layout, outline, scene, text, to_svg,
};
use warren_core::frame::{DotKind, Frame, LinkKind, NodeBody, Path, PublisherFace};

/// Pairs of boxes that overlap: nodes with their words, and chips. A node
/// keeps room for its own loops, so these only have to leave its body alone.
fn overlaps(layout: &Layout) -> Vec<String> {
    let mut boxes: Vec<(String, Rect)> =
        layout.nodes.iter().map(|(id, place)| (format!("{id:?}"), place.extent)).collect();
    let mut loops = Vec::new();
    for (id, route) in &layout.links {
        let Some(chip) = route.chip else { continue };
        if id.from == id.to {
            let named = layout.nodes[&id.from].body;
            let named = Rect { y: named.y - 24.0, h: named.h + 24.0, ..named };
            assert!(!chip.overlaps(&named), "{id:?}");
            let room = layout.nodes[&id.from].extent;
            assert_eq!(room.union(&chip), room, "{id:?}");
            loops.push((format!("{id:?}"), chip));
        } else {
            boxes.push((format!("{id:?}"), chip));
        }
    }
    let mut found = Vec::new();
    for all in [boxes, loops] {
        for (i, (a, first)) in all.iter().enumerate() {
            for (b, second) in &all[i + 1..] {
                if first.overlaps(second) {
                    found.push(format!("{a} {first:?} and {b} {second:?}"));
                }
            }
        }
    }
    found
}

/// Nodes whose bodies a line runs through, other than those it connects.
fn crossed(layout: &Layout) -> Vec<String> {
    let mut found = Vec::new();
    for (id, route) in &layout.links {
        let steps = 200;
        for step in 0..=steps {
            let along = route.curve.length() * f64::from(step) / f64::from(steps);
            let (point, _) = route.curve.at(along);
            let spot = Rect::around(point, 1.0, 1.0);
            for (node, place) in &layout.nodes {
                if *node != id.from && *node != id.to && place.body.overlaps(&spot) {
                    found.push(format!("{id:?} through {node:?} at {point:?}"));
                }
            }
        }
    }
    found.dedup();
    found
}

#[derive(Clone, Debug)]
struct Plan {
    publishers: usize,
    exchanges: Vec<usize>,
    queues: usize,
    consumers: Vec<u16>,
    lines: Vec<(u8, usize, usize, String)>,
}

fn plan() -> impl Strategy<Value = Plan> {
    let key = prop_oneof![
        "[a-z]{0,8}(\\.[a-z*#]{1,8}){0,3}",
        Just("#".to_owned()),
        Just("x".repeat(255)),
        Just("🐇.مرحبا.*".to_owned()),
    ];
    (
        0..8usize,
        prop::collection::vec(0..4usize, 0..12),
        0..20usize,
        prop::collection::vec(0..12u16, 0..20),
        prop::collection::vec((0..8u8, 0..60usize, 0..60usize, key), 0..90),
    )
        .prop_map(|(publishers, exchanges, queues, consumers, lines)| Plan {
            publishers,
            exchanges,
            queues,
            consumers,
            lines,
        })
}

/// The cast of a plan; lines whose ends do not exist are left out.
fn cast(plan: &Plan) -> Frame {
    let mut s = Stage::new("generated", "");
    for i in 0..plan.publishers {
        s.publisher(&format!("p{i}"), "every 500ms", 3);
    }
    for (i, kind) in plan.exchanges.iter().enumerate() {
        s.exchange(&format!("x{i}"), ["direct", "topic", "fanout", "headers"][*kind]);
    }
    for i in 0..plan.queues {
        s.queue(&format!("q{i}"), i as u64 * 3, 1);
    }
    for (i, prefetch) in plan.consumers.iter().enumerate() {
        s.consumer(&format!("c{i}"), *prefetch, &[("A1", 1)]);
        if let (2, NodeBody::Client { publishes, .. }) = (i % 5, s.body()) {
            *publishes = Some(PublisherFace::default());
        }
    }
    let x = |i: usize| exchange(&format!("x{}", i % plan.exchanges.len().max(1)));
    let q = |i: usize| queue(&format!("q{}", i % plan.queues.max(1)));
    let c = |i: usize| client(&format!("c{}", i % plan.consumers.len().max(1)));
    let p = |i: usize| client(&format!("p{}", i % plan.publishers.max(1)));
    for (kind, a, b, key) in &plan.lines {
        let binding = LinkKind::Binding {
            key: key.as_str().into(),
            arguments: "x-match: all, format: pdf, type: report".into(),
        };
        match kind {
            0 => s.link(p(*a), x(*b), LinkKind::Publishes),
            1..=3 => s.link(x(*a), q(*b), binding),
            4 => s.link(x(*a), x(*b), binding),
            5 => s.link(q(*a), c(*b), LinkKind::Consumes),
            6 if a % 3 == 0 => s.link(c(*a / 5 * 5 + 2), x(*b), LinkKind::Publishes),
            6 => s.link(x(*a), x(*b), LinkKind::Alternate),
            _ => s.link(q(*a), x(*b), LinkKind::DeadLetter),
        };
    }
    s.0
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn nothing_overlaps_whatever_the_cast(plan in plan()) {
        let cast = cast(&plan);
        let places = layout(&cast);
        prop_assert_eq!(places.nodes.len(), cast.nodes.len());
        let faults = overlaps(&places);
        prop_assert!(faults.is_empty(), "{}", faults.join("\n"));
        let faults = crossed(&places);
        prop_assert!(faults.is_empty(), "{}", faults.join("\n"));
        let below = outline(&cast);
        prop_assert_eq!(below.nodes.len(), cast.nodes.len());
        let faults = [overlaps(&below), crossed(&below)].concat();
        prop_assert!(faults.is_empty(), "below each other: {}", faults.join("\n"));
        let known: Vec<_> = cast.nodes.iter().map(|node| &node.id).collect();
        for link in &cast.links {
            prop_assert_eq!(below.links.contains_key(&link.id), places.links.contains_key(&link.id));
            let both = known.contains(&&link.id.from) && known.contains(&&link.id.to);
            prop_assert_eq!(places.links.contains_key(&link.id), both);
        }
        for place in places.nodes.values() {
            let inside = places.bounds.union(&place.extent);
            prop_assert_eq!(inside, places.bounds);
        }
        let a = to_svg(&scene(&cast, &places, &Options::file(Theme::Light)), "a", "b");
        let b = to_svg(&scene(&cast, &layout(&cast), &Options::file(Theme::Light)), "a", "b");
        prop_assert_eq!(a, b);
    }

    #[test]
    fn any_text_is_safe_everywhere(name in any::<String>(), key in any::<String>()) {
        let mut s = Stage::new(&name, &key);
        s.publisher(&name, &key, 1).exchange("x", "topic").queue(&name, 3, 1);
        s.consumer(&key, 2, &[(&name, 3)]);
        s.publishes(&name, "x").bind("x", queue(&name), &key);
        s.link(queue(&name), client(&key), LinkKind::Consumes);
        s.dot(DotKind::Message, Path::Leaving(queue(&name)), 700_000, &key, 200);
        let frame = s.0;
        let svg = to_svg(&scene(&frame, &layout(&frame), &Options::file(Theme::Dark)), &name, &key);
        prop_assert!(!svg.chars().any(|c| c.is_control() && c != '\n'));
        // Only this crate's own elements: every `<` starts one of them.
        let tags = ["svg", "g", "path", "circle", "rect", "text", "tspan", "ellipse", "title", "desc"];
        for part in svg.split('<').skip(1) {
            let tag: String = part.trim_start_matches('/').chars().take_while(char::is_ascii_alphabetic).collect();
            prop_assert!(tags.contains(&&*tag), "<{part}");
        }
        prop_assert!(!svg.contains("style=") && !svg.contains("<style"));
        let words = text::describe(&frame);
        prop_assert!(!words.chars().any(|c| c.is_control() && c != '\n'));
    }
}

#[test]
fn samples_neither_overlap_nor_cross() {
    for (name, frame) in samples::all() {
        let places = layout(&frame);
        let mut faults = overlaps(&places);
        faults.extend(crossed(&places));
        assert!(faults.is_empty(), "{name}: {}", faults.join("\n"));
    }
}

#[test]
fn a_moved_node_stays_where_it_was_put_and_moves_no_other() {
    let before = layout(&samples::topics());
    let mut frame = samples::topics();
    frame.nodes[1].placed = Some((300, 600));
    let after = layout(&frame);
    for (id, place) in &before.nodes {
        if *id == exchange("orders") {
            let centre = after.nodes[id].centre;
            assert_eq!((centre.x, centre.y), (300.0, 600.0));
        } else {
            assert_eq!(after.nodes[id], *place, "{id:?}");
        }
    }
    let route = &after.links[&line(exchange("orders"), queue("billing"), 0)];
    assert_eq!(route.curve.start(), after.nodes[&exchange("orders")].exit());
    assert_eq!(route.curve.end(), after.nodes[&queue("billing")].entry());
}

#[test]
fn messages_are_read_from_left_to_right() {
    let frame = samples::fanout();
    let places = layout(&frame);
    for link in &frame.links {
        let (from, to) = (&places.nodes[&link.id.from], &places.nodes[&link.id.to]);
        assert!(from.body.right() < to.body.x, "{:?}", link.id);
    }
    // A caller stands left of the server that answers it.
    let places = layout(&samples::rpc());
    let x = |name: &str| places.nodes[&client(name)].centre.x;
    assert!(x("caller") < places.nodes[&exchange("")].centre.x);
    assert!(x("server") > places.nodes[&queue("rpc")].centre.x);
}

fn shapes<'a>(all: &'a [Shape], found: &mut Vec<&'a Shape>) {
    for shape in all {
        found.push(shape);
        shapes(&shape.children, found);
    }
}

#[test]
fn keys_are_unique_and_stable_while_things_move() {
    for (name, frame) in samples::all() {
        let places = layout(&frame);
        let first = scene(&frame, &places, &Options::page());
        let mut keys: Vec<&str> = first.groups.iter().map(|group| &*group.key).collect();
        keys.sort_unstable();
        let count = keys.len();
        keys.dedup();
        assert_eq!(keys.len(), count, "{name}");
        assert!(first.groups.is_sorted_by_key(|group| group.layer), "{name}");

        let mut later = frame.clone();
        for dot in &mut later.dots {
            if !matches!(dot.path, Path::Leaving(_)) {
                dot.progress += 10_000;
            }
        }
        let second = scene(&later, &places, &Options::page());
        assert_eq!(first.view, second.view);
        for (a, b) in first.groups.iter().zip(&second.groups) {
            assert_eq!((&a.key, &a.shapes), (&b.key, &b.shapes), "{name}");
            if a.layer != Layer::Dots {
                assert_eq!(a, b);
            }
        }
    }
}

#[test]
fn a_page_switches_colours_without_drawing_again() {
    for (name, frame) in samples::all() {
        let picture = scene(&frame, &layout(&frame), &Options::page());
        let mut all = Vec::new();
        picture.groups.iter().for_each(|group| shapes(&group.shapes, &mut all));
        for shape in all {
            for (attr, value) in &shape.attrs {
                assert_ne!(*attr, "style");
                assert_ne!(*attr, "class");
                if matches!(*attr, "fill" | "stroke") {
                    let known = ["none", "transparent"].contains(&&**value);
                    assert!(known || value.starts_with("var(--"), "{name}: {attr}={value}");
                }
            }
        }
    }
}

#[test]
fn every_kind_of_dot_has_its_own_sign() {
    use DotKind::*;
    let kinds = [
        Message,
        Unroutable,
        Returned,
        Ack,
        Nack,
        Confirm,
        ConfirmNack,
        Rejected,
        Expired,
        Dropped,
    ];
    let mut signs = Vec::new();
    for kind in kinds {
        let mut s = Stage::new("", "");
        s.queue("q", 0, 0);
        s.dot(kind, Path::Leaving(queue("q")), 0, "A1", 3);
        let options = Options { labels: Labels::None, ..Options::page() };
        let picture = scene(&s.0, &layout(&s.0), &options);
        let dot = picture.groups.iter().find(|group| group.layer == Layer::Dots).expect("a dot");
        let mut sign = dot.shapes.clone();
        sign.retain(|shape| shape.tag != "title");
        // Colours are left out: the forms alone must differ.
        for shape in &mut sign {
            shape.attrs.retain(|(name, _)| !matches!(*name, "fill" | "stroke"));
        }
        assert!(!signs.contains(&sign), "{kind:?} looks like another kind");
        signs.push(sign);
    }
}

#[test]
fn equal_dots_at_one_place_become_a_row_and_a_number() {
    let frame = samples::work();
    let picture = scene(&frame, &layout(&frame), &Options::page());
    let dots: Vec<_> = picture.groups.iter().filter(|g| g.layer == Layer::Dots).collect();
    // Three of three, three of seven, and the requeued one.
    assert_eq!(dots.len(), 7);
    let mut all = Vec::new();
    dots.iter().for_each(|group| shapes(&group.shapes, &mut all));
    assert!(all.iter().any(|shape| shape.text.as_deref() == Some("A50 ×7")));
}

#[test]
fn a_requeued_message_lands_where_its_chip_will_lie() {
    let mut frame = samples::work();
    let places = layout(&frame);
    let link = line(queue("tasks"), client("worker-3"), 0);
    frame.dots.truncate(0);
    let mut s = Stage(frame);
    s.dot(DotKind::Requeued, Path::Into { link, position: 2 }, 1_000_000, "A4", 3);
    let flying = scene(&s.0, &places, &Options::page());
    let end = flying.groups.iter().find(|group| group.key == "dot:1").and_then(|g| g.transform);
    let node = s.0.nodes.iter_mut().find(|node| node.id == queue("tasks")).expect("tasks");
    if let NodeBody::Queue { ready, head, .. } = &mut node.body {
        *ready += 1;
        head.insert(0, stage::chip("A4", 3, 2));
        head.pop();
    }
    let landed = scene(&s.0, &places, &Options::page());
    let chip = landed.groups.iter().find(|group| group.key == "chip:queue:tasks:2");
    assert_eq!(end, chip.and_then(|group| group.transform));
}

#[test]
fn the_words_say_what_the_picture_shows() {
    let words = text::describe(&samples::topics());
    for line in [
        "Topics: who hears what, at 4.2s",
        "Publisher shop: 19 sent; every 500ms.",
        "Exchange orders: topic.",
        "Queue billing: 3 ready, 1 unacked.",
        "  From the head: A9, A10, A11.",
        "Consumer invoicer: holds 1, 37 % through A9, 12 received, 11 acked; prefetch 1.",
        "Client shop publishes to exchange orders.",
        "Queue audit-us is bound to exchange orders with key order.*.us: missed.",
        "Message A18 from exchange orders to queue billing.",
        "Ack for A8 from client packer-2 back to queue shipping.",
    ] {
        assert!(words.lines().any(|found| found == line), "missing: {line}\n{words}");
    }
}
