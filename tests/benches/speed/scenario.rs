//! Reading a scenario and going to any instant of its run.

use crate::clock::{line, measure, timed};
use std::fmt::Write as _;
use std::hint::black_box;
use warren_core::scenario::{Document, Statement, edit, format, parse};
use warren_core::time::Tick;
use warren_core::timeline::Timeline;

const WORK_QUEUES: &str = include_str!("../../../static/scenarios/02-work-queues.warren");

pub(crate) fn text() {
    let lines = WORK_QUEUES.lines().count() as u64;
    measure("read the text, per line", || {
        assert!(!black_box(parse(black_box(WORK_QUEUES))).has_errors());
        lines
    });
}

/// A run that keeps several clients busy for ten minutes.
const LONG: &str = "\
warren 1
latency 50ms
end 600s
queue work
publisher shop -> queue work every 20ms
consumer one <- work prefetch 10 work 35ms then ack
consumer two <- work prefetch 10 work 35ms then ack
";

pub(crate) fn seek() {
    let document = parse(LONG);
    assert!(!document.has_errors(), "{:?}", document.diagnostics);
    let mut steps = 0;
    measure("compute a run, per step", || {
        let mut timeline = Timeline::new(document.document.clone());
        timeline.run();
        steps = timeline.steps();
        steps
    });
    let mut timeline = Timeline::new(document.document.clone());
    timeline.run();
    let end = timeline.end().0;
    let mut at = 1_u64;
    measure(&format!("seek anywhere in {steps} steps, with its frame"), || {
        for _ in 0..20 {
            // A full-period generator: all over the run, the same each time.
            at = at.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            black_box(timeline.frame(Tick((at >> 20) % end)));
        }
        20
    });
    let mut now = 0;
    measure("the frame 16 ms later, as in playing", || {
        for _ in 0..20 {
            now = (now + 16_000) % end;
            black_box(timeline.frame(Tick(now)));
        }
        20
    });
}

/// Files of so many lines, runs of so many events.
const SIZES: [u64; 3] = [10, 1_000, 100_000];

/// A file of `lines` lines with all kinds of statements and without a finding,
/// short enough that the longest is read: a file may have 4 MiB.
fn file(lines: u64) -> String {
    let mut text = String::from("warren 1\n");
    for n in 1..lines {
        let group = n / 8;
        let _ = match n % 8 {
            0 => writeln!(text, "exchange x{group} topic"),
            1 => writeln!(text, "// What belongs together: number {group}."),
            2 => writeln!(text, "queue q{group} max-length 100 ttl 30s"),
            3 => writeln!(text, "bind amq.topic -> q{group} key order.*.eu"),
            4 => writeln!(text, "publisher p{group} -> amq.topic key order.new.eu once"),
            5 => writeln!(text, "consumer c{group} <- q{group} prefetch 1 work 800ms"),
            6 => writeln!(text, "at 4s caption \"This is {group}.\""),
            _ => writeln!(text, "expect at 5s queue q{group} has at least 0 ready"),
        };
    }
    text
}

/// Reading, tidying and editing files of three sizes.
pub(crate) fn files() {
    for lines in SIZES {
        let text = file(lines);
        let each = measure(&format!("read {lines} lines, per line"), || {
            let parsed = black_box(parse(black_box(&text)));
            assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
            lines
        });
        line(&format!("  all of it in {:.2} ms", each * lines as f64 / 1000.0));
        measure(&format!("tidy {lines} lines, per line"), || {
            black_box(format(black_box(&text)));
            lines
        });
        let document = parse(&text).document;
        let middle = document.items.iter().rposition(|i| matches!(i.what, Statement::Queue(_)));
        let mut item = document.items[middle.expect("a queue")].clone();
        if let Statement::Queue(queue) = &mut item.what {
            queue.durable = false;
        }
        measure(&format!("change one setting in {lines} lines"), || {
            black_box(edit::replace(&text, item.span, &item)).expect("a statement");
            1
        });
    }
}

/// A run that tells about so many events.
fn run_of(events: u64) -> Document {
    // Published, routed, delivered, received, worked, acked.
    let messages = events / 6 + 1;
    let text = format!(
        "warren 1\nlatency 5ms\nend 1h\nqueue work\npublisher shop -> queue work every 20ms count \
         {messages}\nconsumer packer <- work prefetch 10 work 15ms then ack\n"
    );
    parse(&text).document
}

/// Looks in a run of a million events that are timed one by one.
const LOOKS: usize = 400;

/// Playing and seeking runs of three sizes, and of a million events.
pub(crate) fn runs() {
    for events in SIZES.into_iter().chain([1_000_000]) {
        let document = run_of(events);
        let mut timeline = Timeline::new(document.clone());
        let each = measure(&format!("play a run of {events} events, per event"), || {
            timeline = Timeline::new(document.clone());
            timeline.run();
            timeline.events().len() as u64
        });
        let (told, end) = (timeline.events().len() as u64, timeline.end().0.max(1));
        assert!(told >= events, "{told} events");
        line(&format!("  all {told} events in {:.2} ms", each * told as f64 / 1000.0));
        let mut at = 1_u64;
        measure(&format!("seek in {events} events, with its frame"), || {
            for _ in 0..20 {
                at = at.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
                black_box(timeline.frame(Tick((at >> 20) % end)));
            }
            20
        });
        if events == 1_000_000 {
            each_look(&mut timeline, end);
        }
    }
}

/// The slowest looks are what somebody feels who drags the scrubber.
fn each_look(timeline: &mut Timeline, end: u64) {
    let mut at = 7_u64;
    let looks = (0..LOOKS).map(|_| {
        at = at.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        timed(|| {
            black_box(timeline.frame(Tick((at >> 20) % end)));
        })
    });
    let mut times: Vec<f64> = looks.collect();
    times.sort_by(f64::total_cmp);
    let (p95, most) = (times[LOOKS * 95 / 100], times[LOOKS - 1]);
    let weight = timeline.weight() as f64 / f64::from(1 << 20);
    line(&format!("  of {LOOKS} looks 95 % within {p95:.2} ms, the slowest {most:.2} ms"));
    line(&format!("  the checkpoints weigh {weight:.1} MiB"));
}
