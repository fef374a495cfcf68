//! Links: made on one page, followed on another.

use crate::{SMALL, facts, load, number, text};
use warren_tests::browser::{Page, json};

#[test]
fn what_is_shared_is_opened_as_it_was_seen() {
    let page = Page::open("share", "/");
    load(&page, SMALL);
    page.eval("warren.seek(2500)", vec![]);
    page.wait("the instant", |page| number(page, "now") == 2_500.0);
    let digest = facts(&page)["digest"].clone();
    page.find("button", "Queue billing…").click();
    page.find("heading", "Queue billing");
    page.find("button", "Zoom in").click();
    page.find("button", "Share").click();
    page.find("dialog", "Share this scenario");
    let link = page.find("textbox", "Link").value();
    page.wait("an answer of the clipboard", |page| {
        let words = page.css(".dialog .lead").text();
        words.contains("is on your clipboard") || words.contains("did not allow copying")
    });
    assert!(page.css(".dialog .lead").text().contains("at 2.5s, with queue billing selected"));
    page.screenshot("dialog");
    page.press("Escape");
    page.wait("the page", |page| page.all_css(".dialog").is_empty());
    assert_eq!(page.focused().name(), "Share", "the focus goes back to where it was");

    let (_, behind) = link.split_once('#').expect("it is behind the #");
    assert!(behind.contains("&view="), "{behind}");
    page.goto(&format!("/#{behind}"));
    page.wait("the scenario", |page| text(page) == SMALL);
    page.find("heading", "Queue billing");
    assert_eq!(facts(&page)["digest"], digest);
    assert_eq!(facts(&page)["playing"], json!(false));
    // A change is one's own, and the address no longer names the other's.
    page.find("button", "Purge").click();
    page.wait("the change", |page| text(page).contains("purge"));
    assert_eq!(page.address(), "/#");
}

#[test]
fn old_links_are_followed_and_bad_ones_are_told() {
    const LINKS: &str = include_str!("../../../cli/tests/data/links/links.txt");
    const BOMB: &str = include_str!("../../../cli/tests/data/links/bomb.txt");
    const FIRST: &str = include_str!("../../../cli/tests/data/links/first.warren");
    let page = Page::open("links", "/");
    facts(&page);
    let mut links = LINKS.lines().filter_map(|line| line.split_once('\t'));
    let (first, _) = links.next().expect("the oldest link");
    let kept = warren_tests::tidy::tree::root().join("cli/tests/data/links");
    for (link, file) in LINKS.lines().filter_map(|line| line.split_once('\t')) {
        let behind = link.split_once('#').map_or(link, |(_, behind)| behind);
        let script = std::fs::read_to_string(kept.join(file)).expect(file);
        page.goto(&format!("/#{behind}"));
        page.wait(link, |page| text(page) == script && number(page, "nodes") > 0.0);
        assert!(page.all("alert", "…").is_empty(), "{link}");
    }
    let behind = first.split_once('#').map_or(first, |(_, behind)| behind);
    let cut = behind.get(..behind.len() - 9).expect("it is longer");
    let hostile = [
        (cut.to_owned(), "damaged"),
        (format!("{behind}&at=soon"), "at=soon"),
        ("w9.AAAA".to_owned(), "version w9"),
        ("w1.<script>alert(1)</script>".to_owned(), "cannot be there"),
        (BOMB.trim().trim_start_matches('#').to_owned(), "more than 1048576 bytes"),
        (format!("w1.{}", "A".repeat(70_000)), "65536 characters"),
        ("99-no-such-scenario".to_owned(), "99-no-such-scenario"),
    ];
    for (hash, words) in hostile {
        page.goto(&format!("/#{hash}"));
        page.wait(words, |page| page.all_css(".toast").iter().any(|t| t.text().contains(words)));
        let named = hash.starts_with("99");
        assert_eq!(number(&page, "nodes") == 0.0, !named, "{words}");
    }
    page.screenshot("bad");
    // On a page that is open, a link that is put into the address is followed.
    page.goto("/#02-work-queues");
    facts(&page);
    page.eval("location.hash = arguments[0]", vec![json!(behind)]);
    page.wait("the other scenario", |page| text(page) == FIRST);
    page.eval("location.hash = '#w1.*'", vec![]);
    page.wait("the message", |page| {
        page.all_css(".toast").iter().any(|t| t.text().contains("cannot be there"))
    });
    assert_eq!(text(&page), FIRST, "what is there stays");
}
