//! The picture in the README is what the renderer draws, byte for byte, on
//! every kind of machine.

use warren_core::draw::{Options, Theme, layout, scene, to_svg};
use warren_core::scenario::parse;
use warren_core::time::Tick;
use warren_core::timeline::Timeline;

const TOPICS: &str = include_str!("../../static/scenarios/05-topics.warren");
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/topics.svg");

#[test]
fn the_picture_in_the_readme_is_drawn_by_the_renderer() {
    let mut timeline = Timeline::new(parse(TOPICS).document);
    let frame = timeline.frame(Tick(5_650_000));
    let options = Options::file(Theme::Light);
    let scene = scene(&frame, &layout(&timeline.cast()), &options);
    let title = frame.title.as_deref().unwrap_or_default();
    let caption = frame.caption.as_deref().unwrap_or_default();
    let drawn = to_svg(&scene, title, caption);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(FILE, &drawn).expect("docs is writable");
    }
    let kept = std::fs::read_to_string(FILE).expect("docs/topics.svg is there");
    assert!(kept == drawn, "docs/topics.svg differs: run with BLESS=1 and look at it");
}
