//! What a program can check of accessibility, and what a keyboard, a small
//! window and large letters need.

use crate::{facts, number};
use warren_tests::browser::{Page, Value, json};
use warren_tests::tidy::tree::root;

/// Fails when axe finds anything wrong with what is shown now.
fn axe(page: &Page, view: &str, axe: &str) {
    let run = "return axe.run(document, { resultTypes: ['violations'] }).then(found =>
        found.violations.flatMap(v => v.nodes.map(n => `${v.id} at ${n.target.join(' ')}: ` +
            n.failureSummary)))";
    if page.eval("return typeof axe", vec![]) == json!("undefined") {
        page.eval(axe, vec![]);
    }
    let found = page.eval(run, vec![]);
    let list = found.as_array().expect("a list of violations");
    let words: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
    assert!(words.is_empty(), "{view}: {}", words.join("\n"));
}

#[test]
fn axe_finds_nothing_in_any_view() {
    let file = root().join("node_modules/axe-core/axe.min.js");
    let script = std::fs::read_to_string(&file)
        .unwrap_or_else(|error| panic!("{}: {error}: `cargo xtask setup`", file.display()));
    let page = Page::blank("axe");
    for (width, height, scheme) in [(1280, 800, "light"), (390, 844, "dark")] {
        page.viewport(width, height);
        page.prefer(&[("prefers-color-scheme", scheme), ("prefers-reduced-motion", "reduce")]);
        page.goto("/#05-topics");
        facts(&page);
        page.eval("warren.seek(3500)", vec![]);
        page.wait("the instant", |page| number(page, "now") == 3_500.0);
        let look = |view: &str| axe(&page, &format!("{view}, {scheme}"), &script);
        let menu = |entry: &str| {
            page.find("button", "More").click();
            page.find("button", entry).click();
        };
        look("the stage");
        page.find("button", "Exchange orders…").click();
        page.find("button", "Where would it go?").click();
        page.css(".answer");
        look("an exchange");
        page.find("button", "Close Exchange orders").click();
        page.eval("document.querySelector('[data-key=\"queue:billing\"]').focus()", vec![]);
        page.press("Enter");
        page.find("heading", "Queue billing");
        look("a queue");
        page.css(".panel .row-list button.row b").click();
        page.find("heading", "Message A…");
        look("a message");
        page.find("button", "Script").click();
        page.find("textbox", "The scenario's script");
        look("the script");
        page.find("button", "Events").click();
        page.find("heading", "What happened");
        look("events");
        page.find("button", "Checks…").click();
        page.find("heading", "Expectations");
        look("expectations");
        page.find("button", "More").click();
        look("the menu");
        page.find("button", "Charts").click();
        page.find("heading", "Queues over time");
        look("charts");
        page.find("button", "Close Queues over time").click();
        menu("Bookmarks and branches");
        page.find("textbox", "A name for this instant").fill("here");
        page.press("Enter");
        page.find("button", "Remove here");
        look("bookmarks");
        page.find("button", "Close Bookmarks and branches").click();
        page.find("button", "Lanes: every client and queue over time").click();
        page.find("slider", "Queue billing");
        page.find("group", "Bookmarks");
        look("lanes");
        page.find("button", "Lanes: every client and queue over time").click();
        page.find("button", "Add consumer").click();
        page.find("heading", "New consumer");
        look("a form");
        page.find("button", "Close New consumer").click();
        page.find("button", "Scenarios").click();
        page.find("dialog", "Choose a scenario");
        look("the gallery");
        page.press("Escape");
        for (entry, title) in [
            ("Keys", "Keys"),
            ("About this broker", "What you see, honestly"),
            ("Share a link", "Share this scenario"),
        ] {
            menu(entry);
            page.find("dialog", title);
            look(title);
            page.press("Escape");
        }
        menu("Present");
        page.find("button", "Leave the presentation");
        look("presenting");
        page.screenshot(&format!("presenting {scheme}"));
        page.press("Escape");
        page.goto("/#w1.zzzz");
        page.find("alert", "…");
        look("an empty stage");
    }
}

#[test]
fn with_letters_twice_as_large_everything_is_there() {
    let page = Page::blank("zoomed");
    // What a window of 1280 by 800 is at 200 %.
    page.viewport(640, 400);
    page.goto("/#05-topics");
    facts(&page);
    let inside = |page: &Page, name: &str| {
        let (left, top, width, height) = page.find("button", name).rect();
        let there = left >= 0.0 && top >= 0.0 && left + width <= 640.0 && top + height <= 400.0;
        assert!(there, "{name} is at {left} {top}, {width} by {height}");
    };
    // The run ends by itself, and with it this button.
    inside(&page, "Pause");
    page.find("button", "Pause").click();
    for name in ["Scenarios", "Script", "Events", "Checks…", "More", "Play", "Step back"] {
        inside(&page, name);
    }
    let (.., height) = page.css(".canvas").rect();
    assert!(height >= 200.0, "the picture has {height} pixels");
    page.screenshot("stage");
    let narrow = "return document.documentElement.scrollWidth <= innerWidth";
    assert_eq!(page.eval(narrow, vec![]), json!(true));
    page.find("button", "Script").click();
    inside(&page, "Close Script");
    // What is below is scrolled to.
    page.find("button", "Format").click();
    inside(&page, "Format");
    page.screenshot("script");
    page.find("button", "More").click();
    let (_, top, _, height) = page.css(".menu").rect();
    assert!(top + height <= 400.0, "the menu ends at {}", top + height);
    assert_eq!(page.eval(narrow, vec![]), json!(true));
}
