//! The README tells the truth: its picture is what the renderer draws, byte for
//! byte, and its scenario does what it says.

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

#[test]
fn the_scenario_in_the_readme_does_what_it_says() {
    let readme = include_str!("../../README.md");
    let examples: Vec<&str> = readme
        .split("```warren\n")
        .skip(1)
        .filter_map(|rest| Some(rest.split_once("```")?.0))
        .collect();
    assert!(!examples.is_empty(), "the README shows a scenario");
    for text in examples {
        let parsed = parse(text);
        assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
        let mut timeline = Timeline::new(parsed.document);
        timeline.run();
        assert!(!timeline.outcomes().is_empty(), "it expects something");
        for outcome in timeline.outcomes() {
            let span = timeline.document().items[outcome.item].span;
            let line = &text[span.start as usize..span.end as usize];
            assert!(outcome.held, "`{line}` but {}", outcome.found);
        }
    }
}
