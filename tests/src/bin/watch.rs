//! Watches the first page as visitors do, and writes what its program noted
//! about where its way led; part of `cargo xtask record`.
//!
//! Everything is touched once, for what is touched is handed to the program
//! before the rest of it is there. Nothing comes of it: the page that is
//! recorded waits for its rest for ever.

use std::path::Path;
use std::time::{Duration, Instant};
use warren_tests::browser::{Page, clock, json};

fn main() {
    let folder = std::env::args().nth(1).expect("a folder for the notes");
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder).expect("a folder can be made there");
    for (name, size, calm) in [
        ("desktop", (1280, 800), false),
        ("phone", (390, 844), false),
        ("calm", (900, 600), true),
        ("busy", (1280, 800), false),
    ] {
        let page = Page::blank(&format!("watch-{name}"));
        page.viewport(size.0, size.1);
        page.touch(name == "phone");
        if calm {
            page.prefer(&[("prefers-reduced-motion", "reduce")]);
        }
        page.goto("/");
        if name == "busy" {
            // On a slow machine time leaps, and what waits is caught up with.
            page.slow_down(8);
            page.wait("time to leap", |page| clock(page) > 2.0);
            page.slow_down(1);
        }
        watch(&page);
        page.viewport(size.1, size.0);
        touch(&page);
        page.prefer(&[("prefers-color-scheme", "dark")]);
        play(&page);
        // What is said when the rest does not come has to be there without it.
        let event = if calm { "warren-stuck" } else { "warren-late" };
        for _ in 0..2 {
            page.eval("dispatchEvent(new Event(arguments[0]))", vec![json!(event)]);
        }
        page.find("heading", "The rest of Warren did not arrive");
        let notes = page.eval("return warrenSeen()", vec![]);
        let notes = notes.as_str().expect("the page was built to be watched");
        std::fs::write(folder.join(name), notes).expect("the folder can be written to");
    }
}

/// Plays, unless that is going on, and waits for a while to pass.
fn play(page: &Page) {
    let start = clock(page);
    let mut pressed: Option<Instant> = None;
    page.wait("time to pass", |page| {
        // A page that begins by itself may do so between a look and a click; a
        // slow one takes its time to show that it was pressed.
        if pressed.is_none_or(|at| at.elapsed() > Duration::from_secs(3)) {
            for name in ["Play", "Play again"] {
                if let Some(play) = page.all("button", name).first() {
                    play.click();
                    pressed = Some(Instant::now());
                }
            }
        }
        (clock(page) - start).abs() > 0.4
    });
}

fn press(page: &Page, name: &str) {
    page.find("button", name).click();
}

/// All that the transport bar can do.
fn watch(page: &Page) {
    page.wait("the playground", |page| clock(page) >= 0.0);
    play(page);
    page.wait("some of the run", |page| {
        clock(page) > 2.5 || page.all("button", "Pause").is_empty()
    });
    if page.all("button", "Pause").is_empty() {
        play(page);
    }
    press(page, "Pause");
    for name in ["Step forward", "Step back"] {
        for _ in 0..4 {
            press(page, name);
        }
    }
    page.find("slider", "Time").focus();
    for key in ["Right", "Right", "PageUp", "Left", "PageDown", "Home", "End", "Home"] {
        page.press(key);
    }
    // Every part of the run is looked at while time stands: each happening is
    // drawn and told in a way of its own.
    for _ in 0..30 {
        for key in ["Right", "Right", "Right", "Right", "Right", "Right", "PageUp"] {
            page.press(key);
        }
    }
    page.press("Home");
    let (left, top, width, height) = page.find("slider", "Time").rect();
    let at = |part: f64| (left + width * part, top + height / 2.0);
    page.drag(at(0.1), at(0.8));
    page.drag(at(0.8), at(0.2));
    play(page);
    let fast = "const rate = document.querySelector('.rate');
        rate.value = rate.options[rate.options.length - 1 - arguments[0]].value;
        rate.dispatchEvent(new Event('change', { bubbles: true }))";
    page.eval(fast, vec![json!(0)]);
    page.wait("the end of the run", |page| !page.all("button", "Play again").is_empty());
    play(page);
    for back in [1, 2, 3] {
        page.eval(fast, vec![json!(back)]);
    }
    press(page, "To the end");
    press(page, "To the start");
    play(page);
}

/// Everything that can be touched, once.
fn touch(page: &Page) {
    let buttons = "return document.querySelectorAll('button, a, input, select').length";
    let count = page.eval(buttons, vec![]).as_u64().unwrap_or(0);
    for number in 0..count {
        let click = "const all = [...document.querySelectorAll('button, a, input, select')];
            const one = all[arguments[0]];
            if (one && !one.closest('.transport')) one.click()";
        page.eval(click, vec![json!(number)]);
    }
    let (left, top, width, height) = page.css(".canvas").rect();
    let at = |x: f64, y: f64| (left + width * x, top + height * y);
    page.hover(at(0.4, 0.4));
    page.drag(at(0.5, 0.9), at(0.6, 0.8));
    page.wheel(at(0.5, 0.5), 40.0, false);
    page.wheel(at(0.5, 0.5), -40.0, true);
    page.tap(at(0.3, 0.5));
    page.swipe(at(0.3, 0.5), at(0.4, 0.5));
    page.pinch(at(0.5, 0.5), 60.0, 120.0);
    page.css(".canvas").focus();
    let keys = [
        "Tab",
        "Tab",
        "Left",
        "Right",
        "Up",
        "Down",
        "Enter",
        "Escape",
        "Delete",
        "Home",
        "End",
        "s",
        "p",
        "k",
        ".",
        ",",
        "?",
        "+",
        "0",
        "[",
        "]",
        "x",
        "Control+z",
        "Control+y",
        "Space",
    ];
    for key in keys {
        page.press(key);
    }
    for node in page.all_css(".world [data-key]").iter().take(3) {
        page.hover(node.centre());
        node.focus();
        page.press("Enter");
    }
}
