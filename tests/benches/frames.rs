//! How much script an animation frame of the playground takes in headless
//! Chromium; part of `cargo xtask bench`.

use warren_tests::browser::{Page, Value, json};

/// How many clients publish at once.
const CLIENTS: u32 = 10;
/// How long a message is under way to the broker, in milliseconds.
const LATENCY: u32 = 2000;
/// Frames between a full stage and the measurement.
const FRAMES: f64 = 150.0;

fn main() {
    println!("\nscript per animation frame, {CLIENTS} clients, headless Chromium");
    for flights in [100, 500] {
        frames(flights);
    }
}

/// A scenario in which `flights` messages are under way at any instant.
fn scenario(flights: u32) -> String {
    let pause = LATENCY * CLIENTS / flights;
    let mut text = format!("warren 1\nlatency {LATENCY}ms\nend 60s\nexchange orders topic\n");
    for client in 0..CLIENTS {
        text.push_str(&format!(
            "queue q{client}\nbind orders -> q{client} key order.*.c{client}\n\
             publisher p{client} -> orders key order.new.c{client} every {pause}ms\n"
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

fn frames(flights: u32) {
    let page = Page::open(&format!("frames-{flights}"), "/");
    facts(&page);
    let text = scenario(flights);
    page.eval("warren.load(arguments[0])", vec![json!(text)]);
    page.wait("the scenario", |page| facts(page)["text"] == json!(text));
    let number = |page: &Page, what: &str| facts(page)[what].as_f64().unwrap_or_default();
    page.eval("warren.seek(3000)", vec![]);
    if facts(&page)["playing"] != json!(true) {
        page.find("button", "Play").click();
    }
    let enough = f64::from(flights) * 0.9;
    page.wait("a full stage", |page| number(page, "dots") >= enough);
    let from = number(&page, "frames");
    page.wait("frames", |page| number(page, "frames") >= from + FRAMES);
    let facts = facts(&page);
    let times = facts["frameTimes"].as_array().cloned().unwrap_or_default();
    let mut times: Vec<f64> = times.iter().filter_map(Value::as_f64).collect();
    times.sort_by(f64::total_cmp);
    let part = |of: usize| times.get(times.len() * of / 100).copied().unwrap_or(f64::NAN);
    println!(
        "  {flights} flights: best {:.2} ms, median {:.2} ms, 95% within {:.2} ms \
         ({} frames, {} dots at the end)",
        part(0),
        part(50),
        part(95),
        times.len(),
        facts["dots"]
    );
}
