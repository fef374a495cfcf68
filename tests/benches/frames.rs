//! How much script an animation frame of the playground takes in headless
//! Chromium; part of `cargo xtask bench`.

use std::time::Duration;
use warren_tests::browser::{Page, Value, json};

/// How many clients publish at once.
const CLIENTS: u32 = 10;
/// How long a message is under way to the broker, in milliseconds.
const LATENCY: u32 = 2000;
/// Frames between a full stage and the measurement.
const FRAMES: f64 = 150.0;

fn main() {
    println!("\nscript per animation frame, headless Chromium");
    for (clients, flights) in [(CLIENTS, 100), (CLIENTS, 500), (CLIENTS, 5000), (100, 500)] {
        frames(clients, flights);
    }
}

/// A scenario in which `flights` messages are under way at any instant, with a
/// queue for each client.
fn scenario(clients: u32, flights: u32) -> String {
    let pause = LATENCY * clients * 1000 / flights;
    let mut text = format!("warren 1\nlatency {LATENCY}ms\nend 40s\nexchange orders topic\n");
    for client in 0..clients {
        text.push_str(&format!(
            "queue q{client}\nbind orders -> q{client} key order.*.c{client}\n\
             publisher p{client} -> orders key order.new.c{client} every {pause}us\n"
        ));
    }
    text
}

fn facts(page: &Page) -> Value {
    page.until("the playground", |page| {
        let facts = page.eval("return window.warren ? warren.facts() : null", vec![]);
        facts.is_object().then_some(facts)
    })
}

fn frames(clients: u32, flights: u32) {
    let page = Page::open(&format!("frames-{clients}-{flights}"), "/");
    facts(&page);
    let text = scenario(clients, flights);
    page.eval("warren.load(arguments[0])", vec![json!(text)]);
    page.wait("the scenario", |page| facts(page)["text"] == json!(text));
    let number = |page: &Page, what: &str| facts(page)[what].as_f64().unwrap_or_default();
    // What is computed ahead is not part of drawing a frame.
    page.wait("the whole run", |page| {
        let before = number(page, "steps");
        std::thread::sleep(Duration::from_millis(300));
        number(page, "steps") <= before
    });
    page.eval("warren.seek(4000)", vec![]);
    if facts(&page)["playing"] != json!(true) {
        page.css(".transport .play").click();
    }
    let enough = f64::from(flights) * 0.8;
    page.wait("a full stage", |page| number(page, "dots") >= enough);
    let from = number(&page, "frames");
    page.wait("frames", |page| number(page, "frames") >= from + FRAMES);
    let facts = facts(&page);
    let times = facts["frameTimes"].as_array().cloned().unwrap_or_default();
    let mut times: Vec<f64> = times.iter().filter_map(Value::as_f64).collect();
    times.drain(..times.len().saturating_sub(FRAMES as usize));
    times.sort_by(f64::total_cmp);
    let part = |of: usize| times.get(times.len() * of / 100).copied().unwrap_or(f64::NAN);
    println!(
        "  {flights:>4} flights of {clients:>3} clients: best {:.2} ms, median {:.2} ms, 95% within \
         {:.2} ms ({} frames, {} dots at the end)",
        part(0),
        part(50),
        part(95),
        times.len(),
        facts["dots"]
    );
}
