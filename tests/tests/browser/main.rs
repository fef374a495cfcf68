//! The playground in a real browser, by what a person sees and hears.
//! `warren_tests::browser` says how to write such a test.

#![cfg(not(target_arch = "wasm32"))]

mod access;
mod look;
mod share;
mod time;

use warren_core::scenario::parse;
use warren_core::time::Tick;
use warren_core::timeline::Timeline;
use warren_tests::browser::{Page, Value, json};

const SMALL: &str = "warren 1\ntitle \"Small\"\nexchange orders topic\nqueue billing\n\
                     queue audit\nbind orders -> billing key order.#\n\
                     publisher shop -> orders key order.created every 1s count 5\n\
                     consumer worker <- billing work 500ms then ack\n";

/// What `window.warren` knows; waits until the playground is there.
fn facts(page: &Page) -> Value {
    page.until("the playground", |page| {
        let facts = page.eval("return window.warren ? warren.facts() : null", vec![]);
        facts.is_object().then_some(facts)
    })
}

fn number(page: &Page, what: &str) -> f64 {
    facts(page)[what].as_f64().unwrap_or(f64::NAN)
}

fn text(page: &Page) -> String {
    facts(page)["text"].as_str().unwrap_or_default().to_owned()
}

/// Puts a script on the stage and stops time at its start.
fn load(page: &Page, script: &str) {
    facts(page);
    page.eval("warren.load(arguments[0])", vec![json!(script)]);
    page.wait("the script to be on the stage", |page| text(page) == script);
    // A scenario may begin to play a moment after it is there.
    page.wait("the start", |page| {
        if let Some(pause) = page.all("button", "Pause").first() {
            pause.click();
        }
        page.eval("warren.seek(0)", vec![]);
        number(page, "now") == 0.0 && facts(page)["playing"] == json!(false)
    });
}

/// Presses Tab until something of this name has the focus.
fn tab_to(page: &Page, name: &str) {
    let mut seen = Vec::new();
    for _ in 0..90 {
        let here = page.focused().name();
        if here == name || name.strip_suffix('…').is_some_and(|start| here.starts_with(start)) {
            return;
        }
        seen.push(here);
        page.press("Tab");
    }
    panic!("Tab never comes to “{name}”, only to {seen:?}");
}

fn has_event(page: &Page, words: &str) -> bool {
    page.all_css(".panel .row .grow").iter().any(|row| row.text().contains(words))
}

#[test]
fn the_first_visit_moves_by_itself_and_offers_one_thing_to_try() {
    let page = Page::open("first visit", "/");
    let first = number(&page, "now");
    page.wait("something to move", |page| number(page, "now") > first + 300.0);
    assert!(number(&page, "dots") > 0.0);
    page.screenshot("light");
    page.find("button", "Publish a message yourself").click();
    page.find("button", "Publish").click();
    page.wait("the message to be in the script", |page| text(page).contains("publish -> orders"));
    page.find("button", "Close Publish a message").click();
    assert!(page.all("button", "Publish a message yourself").is_empty());
    page.prefer(&[("prefers-color-scheme", "dark")]);
    let dark = page.eval("return getComputedStyle(document.body).backgroundColor", vec![]);
    assert_eq!(dark, json!("rgb(20, 23, 28)"));
    page.screenshot("dark");
}

#[test]
fn time_can_be_stopped_stepped_both_ways_and_scrubbed() {
    let page = Page::open("time", "/");
    load(&page, SMALL);
    let mut seen = Vec::new();
    for _ in 0..6 {
        let before = number(&page, "now");
        page.find("button", "Step forward").click();
        page.wait("a later event", |page| number(page, "now") > before);
        seen.push((number(&page, "now"), facts(&page)["digest"].clone()));
    }
    seen.pop();
    for (now, digest) in seen.iter().rev() {
        page.find("button", "Step back").click();
        page.wait("the event before", |page| number(page, "now") == *now);
        assert_eq!(facts(&page)["digest"], *digest);
    }
    page.find("slider", "Time").focus();
    page.press("End");
    page.wait("the end", |page| number(page, "now") >= number(page, "end") - 10.0);
    page.press("Home");
    page.wait("the start", |page| number(page, "now") == 0.0);
    page.find("button", "Play").click();
    page.wait("time to run", |page| number(page, "now") > 200.0);
    page.find("button", "Pause").click();
    let stopped = number(&page, "now");
    let frames = number(&page, "frames");
    page.eval("return new Promise(done => setTimeout(done, 200))", vec![]);
    assert_eq!(number(&page, "now"), stopped);
    assert_eq!(number(&page, "frames"), frames, "frames are drawn while nothing moves");
}

#[test]
fn the_page_and_the_native_build_have_the_same_states() {
    let page = Page::open("digests", "/");
    let script = text(&page);
    let mut timeline = Timeline::new(parse(&script).document);
    load(&page, &script);
    for millis in [0_u32, 700, 2_300, 4_000, 9_900, 1_250] {
        page.eval("warren.seek(arguments[0])", vec![json!(millis)]);
        page.wait("the instant", |page| number(page, "now") == f64::from(millis));
        let native = timeline.digest(Tick(u64::from(millis) * 1_000));
        assert_eq!(facts(&page)["digest"], json!(format!("{native:016x}")), "at {millis} ms");
    }
}

#[test]
fn a_topology_is_built_by_keyboard_alone_and_delivers() {
    let page = Page::open("keyboard", "/");
    load(&page, "warren 1\n");
    let submit_as = |opener: &str, name: Option<&str>| {
        tab_to(&page, opener);
        page.press("Enter");
        page.wait("the form's first field", |page| page.focused().role() == "textbox");
        if let Some(name) = name {
            page.press("Control+a");
            page.type_text(name);
        }
        page.press("Enter");
    };
    submit_as("Add exchange", Some("orders"));
    page.find("button", "Exchange orders…");
    submit_as("Add queue", Some("billing"));
    page.find("button", "Queue billing…");
    tab_to(&page, "Connect to…");
    page.press("Enter");
    submit_as("Bind orders to queue billing", Some("order.#"));
    page.wait("the binding", |page| text(page).contains("bind orders -> billing key order.#"));
    submit_as("Add publisher", None);
    page.find("button", "Publisher publisher-1…");
    submit_as("Add consumer", None);
    page.find("button", "Consumer consumer-1…");
    page.screenshot("built");
    page.press("k");
    let arrived = |page: &Page| {
        let found = page.all("button", "Consumer consumer-1…");
        found.iter().any(|node| !node.name().contains(" 0 received"))
    };
    page.wait("a message to arrive", arrived);
    // Along the lines: from the consumer back to the publisher, and again to
    // the queue.
    tab_to(&page, "Consumer consumer-1…");
    let way = [
        ("Left", "Queue billing"),
        ("Left", "Exchange orders"),
        ("Left", "Publisher publisher-1"),
        ("Right", "Exchange orders"),
        ("Right", "Queue billing"),
    ];
    for (key, name) in way {
        page.press(key);
        page.wait(name, |page| page.focused().name().starts_with(name));
    }
    page.press("Enter");
    page.wait("the inspector", |page| page.focused().text() == "Queue billing");
}

#[test]
fn lines_are_pulled_and_things_are_moved_by_pointer() {
    let page = Page::open("pointer", "/");
    load(&page, SMALL);
    let node = |name: &str| page.find("button", name).centre();
    let exchange = page.css("[data-key='exchange:orders']");
    page.hover(exchange.centre());
    let handle = page.css("[data-key='exchange:orders'] .handle-reach").centre();
    page.drag(handle, node("Queue audit…"));
    page.find("textbox", "Binding key").fill("order.*.us");
    page.find("button", "Bind").click();
    page.wait("the binding", |page| text(page).contains("bind orders -> audit key order.*.us"));
    let from = node("Queue audit…");
    page.drag(from, (from.0 + 60.0, from.1 + 90.0));
    page.wait("its place", |page| text(page).contains("place queue audit"));
    page.focused();
    page.css(".canvas").focus();
    page.press("Control+z");
    page.wait("the place to be gone", |page| !text(page).contains("place queue"));
    page.drag(
        page.css("[data-key='queue:billing'] .handle-reach").centre(),
        node("Exchange orders…"),
    );
    page.wait("the reason", |page| {
        page.all_css(".toast").iter().any(|t| t.text().contains("pull the line the other way"))
    });
}

#[test]
fn what_rabbitmq_refuses_is_refused_in_its_words() {
    let page = Page::open("refused", "/");
    load(&page, SMALL);
    page.eval("warren.seek(1500)", vec![]);
    page.find("button", "Add exchange").click();
    page.find("textbox", "Name").fill("orders");
    let choose = "const s = document.getElementById('add-kind'); s.value = 'fanout';
        s.dispatchEvent(new Event('change', { bubbles: true }))";
    page.eval(choose, vec![]);
    page.find("button", "Declare exchange").click();
    let refusal = page.css(".refusal code").text();
    assert_eq!(
        refusal,
        "406 PRECONDITION_FAILED - inequivalent arg 'type' for exchange 'orders' in vhost '/': \
         received 'fanout' but current is 'topic'"
    );
    assert_eq!(text(&page), SMALL);
    page.screenshot("refusal");
}

#[test]
fn ten_faults_are_told_and_the_stage_stays() {
    let page = Page::open("faults", "/");
    load(&page, SMALL);
    page.find("button", "Script").click();
    let nodes = number(&page, "nodes");
    let broken = "warren 1\nexchnge a topic\nqueue\nqueue q durablee\nbind x -> q\n\
                  publisher p -> nowhere every soon\nconsumer c <- missing\nlatency fast\n\
                  at later purge q\nexpect queue q has many ready\nend never\n";
    page.find("textbox", "The scenario's script").fill(broken);
    page.wait("ten findings", |page| page.all_css(".fault .place").len() >= 10);
    page.screenshot("ten");
    assert_eq!(number(&page, "nodes"), nodes);
    let last = page.all_css(".fault").pop().expect("there are ten");
    let line: u32 = last.text().split(':').next().and_then(|n| n.parse().ok()).expect("a line");
    last.click();
    let at = "const a = document.getElementById('script');
        return [a === document.activeElement, a.value.slice(0, a.selectionStart).split('\\n').length]";
    assert_eq!(page.eval(at, vec![]), json!([true, line]));
    page.find("textbox", "The scenario's script").fill("warren 1\nqueue only\n");
    page.wait("the new stage", |page| number(page, "nodes") == 1.0);
    page.wait("no faults", |page| page.all_css(".fault").is_empty());
}

#[test]
fn hostile_names_are_shown_and_do_nothing() {
    let page = Page::open("hostile", "/");
    facts(&page);
    let image = "<img src=x onerror=hacked=1>";
    let long = "k".repeat(255);
    let script = format!(
        "warren 1\ntitle \"<script>hacked=1</script>\"\nabout \"{image}\"\n\
         exchange \"{image}\" direct\nqueue \"<script>hacked=1</script>\"\n\
         queue \"תור ראשי \u{202e}drawkcab\"\nqueue \"🐇🐇🐇 {image}\"\n\
         bind \"{image}\" -> \"<script>hacked=1</script>\" key {long}\n\
         publisher \"<b>p</b>\" -> \"{image}\" key {long} every 400ms count 3 body \"{}\"\n\
         consumer \"</svg><script>hacked=1</script>\" <- \"<script>hacked=1</script>\" \
         prefetch 1 work 1s\n\
         caption \"{image}\"\n",
        "<script>hacked=1</script>".repeat(4_000)
    );
    let scripts = page.eval("return document.scripts.length", vec![]);
    // Time stands: while it runs, a row can be gone before it is pressed.
    load(&page, &script);
    assert_eq!(facts(&page)["faults"], json!([]));
    page.eval("warren.seek(2000)", vec![]);
    let fits = |what: &str| {
        for at in [(390, 844), (1280, 800)] {
            page.viewport(at.0, at.1);
            let wide = "return [document.documentElement, ...document.querySelectorAll('.scroll')]\
                .filter(e => e.scrollWidth > e.clientWidth).map(e => e.className)";
            assert_eq!(page.eval(wide, vec![]), json!([]), "{what} at {at:?}");
        }
    };
    page.find("button", "Queue <script>…").click();
    page.css(".panel [aria-label^='Mess'] .row").click();
    page.find("heading", "Message A…");
    page.screenshot("message");
    fits("a message");
    page.find("button", "Events").click();
    page.screenshot("names");
    fits("the events");
    assert_eq!(page.eval("return typeof hacked", vec![]), json!("undefined"));
    assert_eq!(page.eval("return document.scripts.length", vec![]), scripts);
    assert_eq!(page.eval("return document.images.length", vec![]), json!(0));
}

#[test]
fn a_phone_has_room_for_everything() {
    let page = Page::blank("phone");
    page.viewport(390, 844);
    page.touch(true);
    page.goto("/");
    facts(&page);
    page.wait("something to move", |page| number(page, "now") > 300.0);
    page.screenshot("stage");
    // Words are read without pinching: things stand below each other.
    let sizes = "return [...document.querySelectorAll('.world text')]
        .filter(text => text.getBoundingClientRect().width > 0)
        .map(text => parseFloat(text.getAttribute('font-size')) * text.getScreenCTM().a)";
    let sizes = page.eval(sizes, vec![]);
    let smallest = sizes.as_array().expect("words").iter().filter_map(Value::as_f64);
    assert!(smallest.clone().count() > 10 && smallest.fold(99.0, f64::min) > 7.5, "{sizes}");
    let (left, _, width, _) = page.find("button", "Queue …").rect();
    assert!(left >= 0.0 && left + width <= 390.0, "{left} {width}");
    let fits = "return document.documentElement.scrollWidth <= innerWidth
        && document.documentElement.scrollHeight <= innerHeight";
    assert_eq!(page.eval(fits, vec![]), json!(true));
    let before = text(&page);
    let spot = page.find("button", "Exchange orders…").centre();
    page.tap(spot);
    page.find("heading", "Exchange orders");
    page.screenshot("inspector");
    let (left, top, width, height) = page.css(".panel.right").rect();
    assert!(left == 0.0 && width == 390.0 && top > 200.0 && top + height < 844.0);
    assert_eq!(page.eval(fits, vec![]), json!(true));
    assert_eq!(text(&page), before, "the tap went through to a button of the sheet");
    for name in ["To the start", "Step back", "Step forward", "Script"] {
        let (_, _, width, height) = page.find("button", name).rect();
        assert!(width >= 40.0 && height >= 40.0, "{name} is {width} by {height}");
    }
    page.find("button", "Script").click();
    page.screenshot("script");
    assert_eq!(page.all_css(".panel").len(), 1);
}

/// A run of about half a million steps; the last thing in it is refused.
const LONG: &str = "warren 1\nexchange x direct\nqueue q\nbind x -> q key k\n\
    publisher p -> x key k every 250us\nconsumer c <- q\nend 40s\n\
    at 39s exchange x fanout\nexpect at 39.9s queue q has at most 99 ready\n";

#[test]
fn a_long_run_is_computed_while_the_page_stays_alive() {
    let page = Page::open("long", "/");
    load(&page, LONG);
    assert_eq!(facts(&page)["complete"], json!(false));
    page.find("button", "To the end").click();
    let progress = page.find("progressbar", "Computing the run").text();
    assert!(progress.starts_with("computing … ") && progress.ends_with(" %"), "{progress}");
    page.screenshot("computing");
    page.find("button", "Stop computing").click();
    page.wait("nobody to wait", |page| page.all_css("[role=progressbar]").is_empty());
    assert!(number(&page, "now") < 39_000.0);
    page.find("button", "To the end").click();
    for steps in [200_000.0, 400_000.0, 600_000.0] {
        page.wait("more of it", |page| number(page, "steps") > steps);
    }
    page.wait("the end", |page| (number(page, "now") - 40_000.0).abs() < 1.0);
    // What is refused late is told when it is found, in RabbitMQ's words.
    let refusal = page.css(".toast:not(.calm)").text();
    assert!(refusal.contains("PRECONDITION_FAILED - inequivalent arg 'type'"), "{refusal}");
    assert!(refusal.contains("at 39s, by line 8"), "{refusal}");
    page.screenshot("late refusal");
    page.find("button", "Checks…").click();
    page.find("heading", "Expectations");
    assert_eq!(page.all_css(".check-row").len(), 1);
}

#[test]
fn deleting_takes_along_what_hangs_on_it_after_saying_so() {
    let page = Page::open("delete", "/");
    let script = "warren 1\nexchange orders topic\nqueue billing\n\
        bind orders -> billing key a.#\npublisher shop -> orders key a.b every 1s\n\
        consumer worker <- billing\nexpect queue billing has at most 9 ready\nend 9s\n";
    load(&page, script);
    tab_to(&page, "Publisher shop…");
    page.press("Right");
    page.press("Right");
    assert!(page.focused().name().starts_with("Queue billing"));
    page.press("Delete");
    page.find("dialog", "Delete what hangs on it?");
    page.screenshot("dialog");
    assert_eq!(text(&page), script, "nothing goes before it was said");
    page.find("button", "Delete queue billing and these").click();
    page.wait("the queue to go", |page| !text(page).contains("billing"));
    let hint = "3:19 the exchange `orders` has no binding, so what comes to it goes nowhere";
    assert_eq!(facts(&page)["faults"], json!([hint]), "nothing is wrong, and one thing is told");
    assert!(text(&page).contains("publisher shop -> orders"));
    page.press("Control+z");
    page.wait("all of it to come back", |page| text(page) == script);
}

#[test]
fn less_motion_means_step_by_step() {
    let page = Page::blank("calm");
    page.prefer(&[("prefers-reduced-motion", "reduce")]);
    page.goto("/");
    assert_eq!(facts(&page)["playing"], json!(false));
    page.find("button", "Play").click();
    page.wait("the first step", |page| number(page, "now") > 0.0);
    let script = text(&page);
    let mut timeline = Timeline::new(parse(&script).document);
    timeline.run();
    let now = number(&page, "now");
    let is_event = timeline.events().iter().any(|e| (e.tick.0 as f64 / 1_000.0 - now).abs() < 0.01);
    assert!(is_event, "{now} is between two events");
}

#[test]
fn the_gallery_opens_every_scenario() {
    let page = Page::open("gallery", "/");
    facts(&page);
    page.find("button", "Scenarios").click();
    page.find("heading", "Choose a scenario");
    page.screenshot("cards");
    let count = page.all_css(".card").len();
    assert!(count >= 11, "{count} cards");
    page.css(".card").click();
    page.wait("the first one", |page| page.address().starts_with("/#01-"));
    page.wait("it plays", |page| number(page, "now") > 100.0);
    assert!(page.all_css(".dialog").is_empty());
    page.goto("/#09-headers");
    page.wait("the headers", |page| text(page).contains("headers"));
}

#[test]
fn why_is_told_word_by_word() {
    let page = Page::open("why", "/#05-topics");
    facts(&page);
    page.find("button", "Pause").click();
    page.eval("warren.seek(2500)", vec![]);
    page.find("button", "Exchange orders…").click();
    page.find("textbox", "Routing key").fill("order.created.eu");
    page.find("button", "Where would it go?").click();
    let words = page.css(".answer").text();
    for expected in ["2 queues", "third word", "eu is not us"] {
        assert!(words.contains(expected), "{expected} is not in {words}");
    }
    assert_eq!(page.css(".answer .word.miss").text(), "us");
    page.find("button", "Queue billing…").click();
    let message = page.css(".panel [aria-label='Unacked'] .row, .panel [aria-label^='Mess'] .row");
    message.click();
    page.find("heading", "Message A…");
    assert!(page.css(".history").text().contains("publishes"));
    page.screenshot("message");
}

#[test]
fn focus_and_elements_live_through_the_frames() {
    let page = Page::open("retained", "/#05-topics");
    facts(&page);
    page.eval("document.querySelector(\"[data-key='queue:billing']\").focus()", vec![]);
    let (frames, made) = (number(&page, "frames"), number(&page, "made"));
    page.wait("a hundred frames", |page| number(page, "frames") > frames + 100.0);
    assert!(page.focused().name().starts_with("Queue billing"));
    let per_frame = (number(&page, "made") - made) / (number(&page, "frames") - frames);
    assert!(per_frame < 5.0, "{per_frame} elements are made per frame");
    page.find("button", "Pause").click();
    let renders = number(&page, "renders");
    let from = page.find("button", "Queue shipping…").centre();
    page.drag(from, (from.0, from.1 + 40.0));
    page.wait("the place", |page| text(page).contains("place queue shipping"));
    let rendered = number(&page, "renders") - renders;
    assert!(rendered <= 3.0, "dragging renders the page {rendered} times");
}

#[test]
fn expectations_and_events_are_listed() {
    let page = Page::open("lists", "/");
    load(&page, &format!("{SMALL}expect queue billing has 9 received\n"));
    page.find("button", "Checks…").click();
    page.wait("the failed one", |page| {
        page.all_css(".check-row.bad").iter().any(|row| row.text().contains("found"))
    });
    page.screenshot("checks");
    page.find("button", "Events").click();
    page.wait("the events", |page| has_event(page, "shop publishes"));
    let event =
        page.all_css(".panel .row").into_iter().find(|row| row.text().contains("routes A2"));
    event.expect("the second message is routed").click();
    page.wait("its instant", |page| number(page, "now") > 1_000.0);
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

#[test]
fn a_crash_hands_the_scenario_over() {
    let page = Page::open("crash", "/");
    load(&page, SMALL);
    page.eval("try { warren.crash() } catch (stopped) {}", vec![]);
    page.find("heading", "Warren stopped: this is our fault");
    let link = page.find("link", "Download the scenario");
    let saved = "return fetch(arguments[0]).then(answer => answer.text())";
    let href = link.attr("href").expect("it leads to the text");
    assert_eq!(page.eval(saved, vec![json!(href)]), json!(SMALL));
    page.screenshot("screen");
    let errors = page.take_errors();
    assert!(errors.iter().any(|error| error.contains("asked for at the console")), "{errors:?}");
}

#[test]
fn a_dialog_keeps_the_keyboard_until_it_is_closed() {
    let page = Page::open("dialog", "/");
    facts(&page);
    page.find("button", "More").click();
    page.find("button", "About this broker").click();
    page.find("heading", "What you see, honestly");
    page.screenshot("honest");
    let inside = "return document.activeElement.closest('.dialog') !== null
        || document.activeElement === document.body";
    for _ in 0..4 {
        assert_eq!(page.eval(inside, vec![]), json!(true));
        page.press("Tab");
    }
    page.press("Escape");
    page.wait("the page", |page| page.all_css(".dialog").is_empty());
}

#[test]
fn what_was_written_is_there_after_coming_back() {
    let page = Page::open("draft", "/#01-hello-world");
    facts(&page);
    page.find("button", "Script").click();
    let changed = "warren 1\ntitle \"Mine\"\nqueue mine\n";
    page.find("textbox", "The scenario's script").fill(changed);
    page.wait("it to be applied", |page| number(page, "nodes") == 1.0);
    assert_eq!(page.address(), "/#");
    page.goto("/");
    page.wait("the draft", |page| text(page) == changed);
}
