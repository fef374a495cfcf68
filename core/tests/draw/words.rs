//! Words and numbers that have to fit where they stand.

use crate::stage::{Stage, queue};
use warren_core::draw::{Options, Theme, layout, scene, text, to_svg};
use warren_core::frame::NodeBody;

#[test]
fn the_key_of_a_consistent_hash_is_a_weight() {
    for (kind, words, label) in [
        ("x-consistent-hash", ">weight 2<", "is bound to exchange x with weight 2"),
        ("direct", ">2<", "is bound to exchange x with key 2"),
    ] {
        let mut stage = Stage::new("", "");
        stage.exchange("x", kind).queue("q", 0, 0).bind("x", queue("q"), "2");
        let svg = to_svg(&scene(&stage.0, &layout(&stage.0), &Options::file(Theme::Light)), "", "");
        assert!(svg.contains(words), "{kind}: {svg}");
        assert!(svg.contains(label), "{kind}: {svg}");
        let said = text::link(&stage.0.links[0], Some(kind));
        assert!(said.ends_with(label), "{said}");
    }
}

#[test]
fn a_number_takes_as_many_slots_as_it_needs() {
    for (held, drawn, words) in [(7, 3, ">+4<"), (2_400, 2, ">+2,398<"), (40_000, 2, ">+39.9k<")] {
        let all: Vec<(&str, u8)> = vec![("A1", 0); 12.min(held)];
        let mut stage = Stage::new("", "");
        let NodeBody::Client { consumes: Some(face), .. } = stage.consumer("slow", 0, &all).body()
        else {
            panic!("a consumer consumes")
        };
        face.held = held as u64;
        let scene = scene(&stage.0, &layout(&stage.0), &Options::page());
        let holds: Vec<f64> = scene
            .groups
            .iter()
            .filter(|group| group.key.starts_with("hold:"))
            .filter_map(|group| group.transform.map(|(x, _)| x))
            .collect();
        assert_eq!(holds.len(), drawn, "{held}");
        assert!(to_svg(&scene, "", "").contains(words), "{held}");
    }
}
