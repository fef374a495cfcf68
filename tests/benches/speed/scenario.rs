//! Reading a scenario and going to any instant of its run.

use crate::clock::measure;
use std::hint::black_box;
use warren_core::scenario::parse;
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
