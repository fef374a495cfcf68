//! The playground in a real browser. `warren_tests::browser` says how to write
//! such a test.

#![cfg(not(target_arch = "wasm32"))]

use warren_tests::browser::{Page, json};

#[test]
fn the_page_starts_without_a_complaint() {
    let page = Page::open("start", "/");
    assert_eq!(page.eval("return document.title", vec![]), json!("Warren"));
    page.screenshot("wide");
    page.prefer(&[("prefers-color-scheme", "dark")]);
    let dark = "return matchMedia('(prefers-color-scheme: dark)').matches";
    assert_eq!(page.eval(dark, vec![]), json!(true));
    page.viewport(390, 844);
    assert_eq!(page.eval("return innerWidth", vec![]), json!(390));
    page.screenshot("narrow and dark");
}

#[test]
fn an_error_in_the_console_is_noticed() {
    let page = Page::open("noticed", "/");
    page.eval("console.error('on purpose')", vec![]);
    page.eval("return fetch('/missing').then(() => 0)", vec![]);
    page.wait("both errors", {
        let mut seen = Vec::new();
        move |page| {
            seen.extend(page.take_errors());
            let has = |word: &str| seen.iter().any(|error| error.contains(word));
            has("on purpose") && has("404")
        }
    });
}
