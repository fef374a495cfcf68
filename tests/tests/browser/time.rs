//! Bookmarks, branches and lanes: what the time line offers besides playing.

use crate::{SMALL, facts, load, number, text};
use warren_tests::browser::{Page, json};

fn seek(page: &Page, millis: u32) {
    page.eval("warren.seek(arguments[0])", vec![json!(millis)]);
    page.wait("the instant", |page| number(page, "now") == f64::from(millis));
}

/// Watches to the end, goes back and crashes the worker.
fn branch_off(page: &Page) {
    load(page, SMALL);
    page.find("button", "To the end").click();
    page.wait("the end", |page| number(page, "now") == number(page, "end"));
    seek(page, 2_500);
    page.find("button", "Consumer worker…").click();
    page.find("button", "Crash").click();
    page.wait("the crash", |page| text(page).contains("at 2.5s crash worker"));
    if let Some(pause) = page.all("button", "Pause").first() {
        pause.click();
    }
}

#[test]
fn an_instant_gets_a_name_that_stands_in_the_script_and_on_the_scrubber() {
    let page = Page::open("bookmarks", "/");
    load(&page, SMALL);
    seek(&page, 3_000);
    page.press("b");
    page.find("heading", "Bookmarks and branches");
    page.wait("the field", |page| page.focused().name() == "A name for this instant");
    page.type_text("half of it is sent");
    page.press("Enter");
    page.wait("it in the script", |page| {
        text(page).contains("at 3s bookmark \"half of it is sent\"")
    });
    seek(&page, 1_000);
    page.find("textbox", "A name for this instant").fill("the first two");
    page.find("button", "Bookmark this instant").click();
    page.wait("both flags", |page| page.all_css(".points .flag").len() == 2);
    let (left, _, width, _) = page.css(".scrub .points").rect();
    let (flag, ..) = page.css(".points .flag:last-child").rect();
    let part = 3_000.0 / number(&page, "end");
    assert!((flag - left - width * part).abs() < 2.0, "the flag is at {flag}");
    page.screenshot("panel");
    page.find("button", "3.0 s half of it is sent").click();
    page.wait("its instant", |page| number(page, "now") == 3_000.0);
    page.find("button", "Close Bookmarks and branches").click();
    page.press("<");
    page.wait("the one before", |page| number(page, "now") == 1_000.0);
    page.press(">");
    page.wait("the next", |page| number(page, "now") == 3_000.0);
    page.press("b");
    page.find("button", "Remove the first two").click();
    page.wait("it to go", |page| !text(page).contains("the first two"));
    page.css(".canvas").focus();
    page.press("Control+z");
    page.wait("it to come back", |page| text(page).contains("the first two"));
}

#[test]
fn an_edit_in_the_past_keeps_the_old_future_as_a_branch() {
    let page = Page::open("branches", "/");
    branch_off(&page);
    let changed = text(&page);
    page.wait("the fork", |page| page.all_css(".points .fork").len() == 1);
    page.find("button", "More").click();
    page.find("button", "Bookmarks and branches").click();
    page.find("button", "Compare Branch 1").click();
    let words = page.css(".branch").text();
    for expected in ["Parts from the stage at 2.5 s", "worker crashes", "In Branch 1, then"] {
        assert!(words.contains(expected), "{expected} is not in {words}");
    }
    page.screenshot("compared");
    page.find("textbox", "Name of the branch").focus();
    page.press("Control+a");
    page.type_text("nobody crashes");
    page.press("Enter");
    let now = number(&page, "now");
    page.find("button", "Put nobody crashes on the stage").click();
    page.wait("it on the stage", |page| text(page) == SMALL);
    page.find("button", "Put Branch 2 on the stage");
    assert_eq!(number(&page, "now"), now, "the instant stays");
    page.screenshot("promoted");
    page.css(".canvas").focus();
    page.press("Control+z");
    page.wait("the change again", |page| text(page) == changed);
    page.find("button", "Put nobody crashes on the stage");
    // The draft's branches are there after coming back.
    page.goto("/");
    facts(&page);
    page.wait("the draft", |page| text(page) == changed);
    page.press("b");
    page.find("button", "Forget nobody crashes").click();
    page.wait("it to be forgotten", |page| page.all("button", "Forget nobody…").is_empty());
}

#[test]
fn lanes_show_each_client_and_queue_and_lead_from_event_to_event() {
    let page = Page::open("lanes", "/");
    branch_off(&page);
    page.find("button", "Lanes: every client and queue over time").click();
    let lane = page.find("slider", "Publisher shop");
    for name in ["Queue billing", "Queue audit", "Consumer worker"] {
        page.find("slider", name);
    }
    assert_eq!(page.all_css(".lane i.line").len(), 1, "the branch is drawn");
    // The lanes have the scrubber's scale.
    let (left, _, width, _) = page.css(".scrub .points").rect();
    let (lane_left, top, lane_width, height) = lane.rect();
    assert!((left - lane_left).abs() < 1.5 && (width - lane_width).abs() < 3.0, "{left} {width}");
    page.screenshot("unfolded");
    let part = 2_020.0 / number(&page, "end");
    page.click_at((lane_left + lane_width * part, top + height / 2.0));
    page.wait("the event near the click", |page| number(page, "now") == 2_000.0);
    lane.focus();
    page.press("Right");
    page.wait("the next event of the shop", |page| number(page, "now") == 3_000.0);
    let said = page.find("slider", "Publisher shop").attr("aria-valuetext").unwrap_or_default();
    assert!(said.contains("shop publishes A4"), "{said}");
    page.press("Home");
    page.wait("its first event", |page| number(page, "now") == 0.0);
    page.press("t");
    page.wait("them to fold", |page| page.all_css(".lanes").is_empty());
    page.prefer(&[("prefers-color-scheme", "dark")]);
    page.press("t");
    page.find("slider", "Queue billing");
    page.screenshot("dark");
}

#[test]
fn on_a_phone_time_has_room_as_well() {
    let page = Page::blank("time on a phone");
    page.viewport(390, 844);
    page.touch(true);
    page.goto("/");
    branch_off(&page);
    // The panel makes room for the lanes, and they for a panel.
    page.find("button", "Lanes: every client and queue over time").click();
    page.find("slider", "Consumer worker");
    let fits = "return document.documentElement.scrollWidth <= innerWidth
        && document.documentElement.scrollHeight <= innerHeight";
    assert_eq!(page.eval(fits, vec![]), json!(true));
    let (left, _, width, _) = page.find("slider", "Publisher shop").rect();
    assert!(left >= 0.0 && left + width <= 390.0 && width > 300.0, "{left} {width}");
    let (.., height) = page.css(".canvas").rect();
    assert!(height > 160.0, "the picture has {height} pixels");
    assert!(page.all_css(".panel").is_empty());
    page.screenshot("lanes");
    page.find("button", "More").click();
    page.find("button", "Bookmarks and branches").click();
    page.find("button", "Compare Branch 1").click();
    page.css(".comparison");
    assert!(page.all_css(".lanes").is_empty());
    assert_eq!(page.eval(fits, vec![]), json!(true));
    page.screenshot("panel");
}
