//! The same numbers natively and in wasm: cargo runs this file as it is, and
//! `cargo xtask test` runs it again compiled to wasm in Node.js.

use warren_core::digest::Digest;
use warren_core::draw;
use warren_core::scenario;
use warren_core::time::Tick;
use warren_core::timeline::Timeline;
use warren_tests::SCENARIOS;

/// Bytes of the little-endian form in eight bytes, also where a pointer has
/// four; computed by hand with FNV-1a.
#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn integers_hash_alike_whatever_the_width_of_a_pointer() {
    let cases: [(u64, u64); 4] = [
        (Digest::of(&0usize), 0xa8c7_f832_281a_39c5),
        (Digest::of(&[1u16, 2, 3][..]), 0x2c09_45c7_1431_7276),
        (Digest::of("order.created"), 0xa697_a445_3c41_1586),
        (Digest::of(&(1u8, -1i32, Some(7u64))), 0xe7a4_7b8a_da44_5b2e),
    ];
    for (index, (found, golden)) in cases.into_iter().enumerate() {
        assert_eq!(found, golden, "case {index}: {found:#x}");
    }
}

/// State of every shipped scenario at a few instants, and its picture at one,
/// as 16 hexadecimal digits.
const GOLDEN: &str = include_str!("../data/digests.txt");

fn digests() -> String {
    let mut lines = String::new();
    for (name, text) in SCENARIOS {
        let mut timeline = Timeline::new(scenario::parse(text).document);
        for seconds in [1, 4, 9, 60] {
            let digest = timeline.digest(Tick(seconds * 1_000_000));
            lines.push_str(&format!("{name} {seconds}s {digest:016x}\n"));
        }
        let picture = Digest::of(&picture(&mut timeline));
        lines.push_str(&format!("{name} picture {picture:016x}\n"));
    }
    lines
}

/// The SVG at 3 s, floats and all.
fn picture(timeline: &mut Timeline) -> String {
    let layout = draw::layout(&timeline.cast());
    let frame = timeline.frame(Tick(3_000_000));
    let scene = draw::scene(&frame, &layout, &draw::Options::file(draw::Theme::Light));
    draw::to_svg(&scene, "title", "description")
}

/// Only a deliberate change of the rules or of a scenario changes them.
#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn scenarios_have_their_golden_digests() {
    let found = digests();
    #[cfg(not(target_arch = "wasm32"))]
    if std::env::var_os("BLESS").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/data/digests.txt");
        std::fs::write(path, &found).expect("the digests can be written");
        return;
    }
    assert_eq!(found, GOLDEN, "run with BLESS=1 when the rules changed on purpose");
}
