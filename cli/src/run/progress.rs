//! Playing a run, with a sign of life when that takes long.

use crate::terminal::Terminal;
use std::time::{Duration, Instant};
use warren_core::time::Tick;
use warren_core::timeline::Timeline;

/// Steps between two looks at the clock: some milliseconds of work.
const SLICE: u64 = 20_000;
/// Nobody needs to be told about less.
const PATIENCE: Duration = Duration::from_millis(700);
/// From one sign to the next.
const PACE: Duration = Duration::from_millis(200);

/// Plays `timeline` to its end. On a terminal, a run that takes long says how
/// far it is.
pub(crate) fn run_to_end(timeline: &mut Timeline, name: &str, terminal: &mut Terminal) {
    run_until(timeline, Tick(u64::MAX), name, terminal);
}

/// The same up to an instant.
pub(crate) fn run_until(timeline: &mut Timeline, at: Tick, name: &str, terminal: &mut Terminal) {
    let start = Instant::now();
    let mut next = PATIENCE;
    while timeline.known() < at && !timeline.run_ahead(SLICE) {
        if start.elapsed() >= next {
            let steps = timeline.steps();
            terminal.progress(&format!("{name}: playing, {steps} steps so far"));
            next = start.elapsed() + PACE;
        }
    }
    terminal.end_progress();
}
