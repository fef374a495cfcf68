//! The first page has only what watching needs; the rest comes when somebody
//! does more. `split` divides the program, `split/src/late.js` brings the rest.

#![cfg(not(target_arch = "wasm32"))]

use warren_tests::browser::{Page, Value, clock, json};

/// How many files with the rest of the program were asked for.
fn loads(page: &Page) -> u64 {
    let count = "return performance.getEntriesByType('resource')
        .filter(entry => entry.name.includes('warren-late')).length";
    page.eval(count, vec![]).as_u64().unwrap_or(0)
}

fn is_playing(page: &Page) -> bool {
    !page.all("button", "Pause").is_empty()
}

fn network(page: &Page, blocked: &[&str]) {
    page.devtools("Network.enable", json!({}));
    page.devtools("Network.setBlockedURLs", json!({ "urls": blocked }));
}

/// The picture and the page's words at several instants.
fn pictures(page: &Page) -> Vec<Value> {
    let mut seen = Vec::new();
    page.find("slider", "Time").focus();
    page.press("Home");
    for _ in 0..6 {
        for _ in 0..15 {
            page.press("Right");
        }
        page.press("PageUp");
        let look = "return [document.querySelector('.world').outerHTML,
            document.querySelector('.transport').innerText, document.title]";
        seen.push(page.eval(look, vec![]));
    }
    seen
}

#[test]
fn watching_needs_nothing_more_and_shows_the_same() {
    let page = Page::open("watching", "/");
    page.wait("something to move", |page| clock(page) > 0.4);
    page.slow_down(10);
    page.wait("more of it on a slow machine", |page| clock(page) > 2.0);
    page.slow_down(1);
    page.find("button", "Pause").click();
    page.wait("time to stand", |page| !is_playing(page));
    for name in ["Step forward", "Step forward", "Step back", "To the end", "To the start"] {
        page.find("button", name).click();
    }
    let (left, top, width, height) = page.find("slider", "Time").rect();
    let at = |part: f64| (left + width * part, top + height / 2.0);
    page.drag(at(0.1), at(0.7));
    page.wait("the scrubbed instant", |page| clock(page) > 3.0);
    page.find("button", "Play").click();
    let from = clock(&page);
    page.wait("time to run on", |page| clock(page) > from + 1.0);
    page.find("button", "Pause").click();
    let before = pictures(&page);
    assert!(before.windows(2).all(|two| two[0] != two[1]), "each instant looks another way");
    let old = "watching loads the rest: is split/late.txt out of date? `cargo xtask record`";
    assert_eq!(loads(&page), 0, "{old}");
    page.css(".canvas").focus();
    page.press("q");
    page.wait("the rest", |page| loads(page) == 1);
    page.find("button", "Script").click();
    page.find("textbox", "The scenario's script");
    page.find("button", "Script").click();
    page.wait("the script to be closed", |page| page.all("textbox", "…").is_empty());
    assert_eq!(pictures(&page), before);
    assert_eq!(loads(&page), 1);
}

#[test]
fn all_addresses_are_relative() {
    let page = Page::open("addresses", "/");
    let all = "return [...document.querySelectorAll('link, script')]
        .map(element => element.getAttribute('href') ?? element.getAttribute('src'))";
    let all = page.eval(all, vec![]);
    let all: Vec<&str> = all.as_array().expect("a list").iter().filter_map(Value::as_str).collect();
    assert!(all.len() >= 5 && all.iter().all(|address| address.starts_with("./")), "{all:?}");
    let inline = "return [...document.scripts].filter(script => !script.src).length";
    assert_eq!(page.eval(inline, vec![]), json!(0));
}

#[test]
fn what_is_done_while_the_rest_is_on_its_way_is_done_when_it_comes() {
    let page = Page::open("slow", "/");
    page.wait("something to move", |page| clock(page) > 0.2);
    page.devtools("Network.enable", json!({}));
    let slow = json!({
        "offline": false, "latency": 0, "downloadThroughput": 150_000, "uploadThroughput": -1,
    });
    page.devtools("Network.emulateNetworkConditions", slow);
    page.find("button", "Script").click();
    let from = clock(&page);
    assert!(page.all("textbox", "…").is_empty(), "the rest cannot be there yet");
    page.wait("time to run on meanwhile", |page| clock(page) > from + 0.3);
    page.find("textbox", "The scenario's script");
    assert_eq!(loads(&page), 1);
}

#[test]
fn when_the_rest_does_not_come_nothing_is_lost() {
    let page = Page::open("missing", "/");
    page.wait("something to move", |page| clock(page) > 0.2);
    network(&page, &["*warren-late*"]);
    page.find("button", "Script").click();
    page.find("heading", "The rest of Warren did not arrive");
    page.screenshot("told");
    let link = page.find("link", "Download the scenario");
    let text = link.attr("href").unwrap_or_default();
    assert!(text.starts_with("data:text/plain") && text.contains("warren%201"), "{text}");
    // What the browser tells about what it could not load.
    let _ = page.take_errors();
    network(&page, &[]);
    page.find("button", "Try again").click();
    page.find("textbox", "The scenario's script");
    assert!(page.all_css(".crash").is_empty());
    page.find("button", "Pause");
}

#[test]
fn a_call_that_nobody_saw_coming_waits_for_the_rest_or_tells() {
    let page = Page::open("sudden", "/");
    page.wait("something to move", |page| clock(page) > 0.2);
    network(&page, &["*warren-late*"]);
    // The digest of a state is nothing that watching needs.
    let ask = "try { return warren.facts().digest } catch (error) { return String(error) }";
    let refused = page.eval(ask, vec![]);
    assert!(refused.as_str().is_some_and(|words| words.contains("Error")), "{refused}");
    page.find("heading", "The rest of Warren did not arrive");
    network(&page, &[]);
    page.goto("/");
    page.wait("something to move", |page| clock(page) > 0.2);
    // The page before went on to fail until it was left.
    let _ = page.take_errors();
    let digest = page.eval(ask, vec![]);
    assert!(digest.as_str().is_some_and(|digest| digest.len() == 16), "{digest}");
    assert_eq!(loads(&page), 1);
}
