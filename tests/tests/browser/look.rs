//! Charts, presentation, keys, and what stands where.

use crate::{SMALL, facts, load, number, tab_to, text};
use warren_tests::browser::Page;

/// A queue that grows to four and is emptied.
const GROWS: &str = "warren 1\ntitle \"Grows\"\nexchange x direct\nqueue q\nqueue idle\n\
    bind x -> q key k\npublisher p -> x key k every 1s count 4\nat 6s purge q\nend 8s\n";

#[test]
fn charts_share_the_playhead_and_lead_to_an_instant() {
    let page = Page::open("charts", "/");
    load(&page, GROWS);
    page.find("button", "Charts").click();
    page.find("heading", "Queues over time");
    page.find("img", "Queue q over time: at most 4, at …");
    page.find("img", "Queue idle over time: always empty");
    let chart = page.find("img", "Queue q over time…");
    let (left, top, width, height) = chart.rect();
    page.click_at((left + width * 0.625, top + height / 2.0));
    page.wait("the instant", |page| (number(page, "now") - 5_000.0).abs() < 60.0);
    page.find("button", "q 4 ready, 0 unacked");
    let (head, ..) = page.css(".chart .playhead").rect();
    assert!((head - left - width * 0.625).abs() < 3.0, "the playhead is at {head}");
    page.screenshot("grows");
    page.eval("warren.seek(7000)", vec![]);
    page.find("button", "q 0 ready, 0 unacked");
    let (later, ..) = page.css(".chart .playhead").rect();
    assert!((later - left - width * 0.875).abs() < 3.0, "the playhead is at {later}");
    page.find("button", "q 0 ready, 0 unacked").click();
    page.find("heading", "Queue q");
}

#[test]
fn presenting_leaves_the_picture_its_words_and_the_time() {
    let page = Page::open("present", "/");
    load(&page, SMALL);
    page.find("button", "Script").click();
    page.find("button", "More").click();
    page.find("button", "Present").click();
    page.find("button", "Leave the presentation");
    for name in ["Scenarios", "Script", "Add queue", "Zoom in"] {
        assert!(page.all("button", name).is_empty(), "{name}");
    }
    assert!(page.all_css(".panel").is_empty());
    page.find("button", "Play");
    page.find("heading", "Small");
    let size = page
        .eval("return parseFloat(getComputedStyle(document.querySelector('h1')).fontSize)", vec![]);
    assert!(size.as_f64().is_some_and(|size| size >= 24.0), "{size}");
    page.screenshot("small");
    page.press("Escape");
    page.find("button", "Scenarios");
    assert_eq!(page.focused().name(), "More");
    page.press("f");
    page.find("button", "Leave the presentation").click();
    page.find("button", "Scenarios");
}

#[test]
fn every_panel_has_a_key_and_letters_can_be_switched_off() {
    let page = Page::open("keys", "/");
    load(&page, SMALL);
    for (key, heading) in [
        ("e", "What happened"),
        ("c", "Queues over time"),
        ("b", "Bookmarks and branches"),
        ("x", "Expectations"),
        ("s", "Script"),
    ] {
        page.press(key);
        page.find("heading", heading);
        page.press("Escape");
        page.wait("it to close", |page| page.all("heading", heading).is_empty());
    }
    for (key, dialog) in [("g", "Choose a scenario"), ("l", "Share this scenario"), ("?", "Keys")] {
        page.press(key);
        page.find("dialog", dialog);
        if key != "?" {
            page.press("Escape");
            page.wait("it to close", |page| page.all_css(".dialog").is_empty());
        }
    }
    page.screenshot("list");
    page.find("checkbox", "Single letters act…").click();
    page.press("Escape");
    page.wait("the page", |page| page.all_css(".dialog").is_empty());
    page.press("p");
    page.press("e");
    page.eval("return new Promise(done => setTimeout(done, 150))", vec![]);
    assert!(page.all_css(".panel").is_empty(), "a letter acts");
    page.goto("/");
    load(&page, SMALL);
    page.press("e");
    tab_to(&page, "Events");
    page.press("Enter");
    page.find("heading", "What happened");
}

#[test]
fn on_a_phone_nothing_covers_the_picture() {
    let page = Page::blank("uncovered");
    page.viewport(390, 844);
    page.touch(true);
    page.goto("/#05-topics");
    facts(&page);
    page.eval("warren.seek(2500)", vec![]);
    page.wait("a caption", |page| !page.all_css(".caption p").is_empty());
    let (_, top, _, height) = page.css(".canvas").rect();
    assert!(height > 380.0, "the picture has {height} pixels");
    for over in [".words", ".caption", ".palette", ".zoom", ".try"] {
        let (_, y, _, h) = page.css(over).rect();
        assert!(h > 0.0 && (y + h <= top + 1.0 || y >= top + height - 1.0), "{over} at {y}");
    }
    page.screenshot("stage");
    let smallest = "return Math.min(...[...document.querySelectorAll('.world text')]
        .filter(text => text.getBoundingClientRect().width > 0)
        .map(text => parseFloat(text.getAttribute('font-size')) * text.getScreenCTM().a))";
    let letters = |page: &Page| page.eval(smallest, vec![]).as_f64().expect("a size");
    let before = letters(&page);
    let spot = page.find("button", "Exchange orders…").centre();
    page.tap(spot);
    page.find("heading", "Exchange orders");
    page.wait("the picture to make room", |page| page.css(".canvas").rect().3 < 300.0);
    assert!(letters(&page) > 0.95 * before && before > 7.5, "{before} and {}", letters(&page));
    let (_, top, _, height) = page.css(".canvas").rect();
    let (_, y) = page.find("button", "Exchange orders…").centre();
    assert!(y > top && y < top + height, "what is looked at is at {y}");
    page.screenshot("inspector");
}

#[test]
fn a_message_is_told_with_its_body_its_properties_and_the_words_for_it() {
    let page = Page::open("told", "/");
    let script = "warren 1\nexchange logs fanout\nqueue all\nbind logs -> all\n\
        publisher app -> logs body \"disk is full\" count 1 every 1s persistent header level \"hot\"\nend 4s\n";
    load(&page, script);
    page.eval("warren.seek(2000)", vec![]);
    page.find("button", "Queue all…").click();
    page.css(".panel [aria-label^='Mess'] .row").click();
    page.find("heading", "Message A1");
    let facts = page.css(".panel .facts").text();
    for part in
        ["routing key\n(empty)", "body\ndisk is full", "delivery-mode\n2", "header level\nhot"]
    {
        assert!(facts.contains(part), "{part} is not in {facts}");
    }
    page.css("details.term summary").click();
    let link = page.find("link", "In RabbitMQ's documentation");
    let to = link.attr("href").expect("it leads somewhere");
    assert!(to.starts_with("https://www.rabbitmq.com/"), "{to}");
    page.screenshot("words");
    assert_eq!(text(&page), script);
}
