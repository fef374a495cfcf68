//! `warren digest` and `warren diff`: whether two runs are one, and where they
//! part.

use crate::args::{Diff, Digest};
use crate::check::counted;
use crate::run::{run_to_end, run_until, told};
use crate::terminal::Terminal;
use crate::{Ending, source};
use warren_core::scenario::Document;
use warren_core::time::Tick;
use warren_core::timeline::{Comparison, Timeline};
use warren_core::world::{Happening, Record, World};

/// Events shown before the first difference, and after it.
const CONTEXT: usize = 3;
/// Instants at which the states of two runs are compared.
const MOST_INSTANTS: usize = 4_096;

pub(crate) fn digest(args: &Digest, terminal: &mut Terminal) -> Ending {
    let mut ending = Ending::Fine;
    for file in &args.files {
        let Some((source, parsed)) = source::scenario(file, terminal) else {
            ending = Ending::BadInput;
            continue;
        };
        if args.every_step {
            every_step(parsed.document, &source.name, terminal);
            continue;
        }
        let mut timeline = Timeline::new(parsed.document);
        let at = match args.at {
            Some(at) => {
                run_until(&mut timeline, at, &source.name, terminal);
                at
            }
            None => {
                run_to_end(&mut timeline, &source.name, terminal);
                timeline.end()
            }
        };
        let digest = timeline.digest(at);
        let reached = at.min(timeline.end());
        terminal.line(&format!("{digest:016x}  {} at {reached}", source.name));
    }
    ending
}

/// A line for every step up to the end of the run.
fn every_step(document: Document, name: &str, terminal: &mut Terminal) {
    let mut timeline = Timeline::new(document.clone());
    run_to_end(&mut timeline, name, terminal);
    let end = timeline.end();
    let (mut world, mut record) = (World::new(document), Record::default());
    let mut number: u64 = 0;
    while world.next_tick().is_some_and(|next| next <= end) {
        let at = world.next_tick().unwrap_or(end);
        if !world.step(&mut record) {
            break;
        }
        number += 1;
        let digest = warren_core::digest::Digest::of(&world);
        terminal.line(&format!("{digest:016x}  {name} step {number} at {at}"));
    }
}

pub(crate) fn diff(args: &Diff, terminal: &mut Terminal) -> Ending {
    let mut sides = Vec::new();
    for file in [&args.left, &args.right] {
        let Some((source, parsed)) = source::scenario(file, terminal) else {
            return Ending::BadInput;
        };
        let mut timeline = Timeline::new(parsed.document);
        run_to_end(&mut timeline, &source.name, terminal);
        sides.push((source.name, timeline));
    }
    let [(left_name, left), (right_name, right)] = &mut sides[..] else {
        return Ending::BadInput;
    };
    let mut comparison = Comparison::default();
    comparison.go_on(left, right);
    let same = comparison.same();
    if same == left.events().len() && same == right.events().len() {
        return quiet_difference(left, right, same, terminal);
    }
    let at = [&*left, &*right].map(|side| side.events().get(same).map(|event| event.tick));
    let first = at.iter().flatten().min().copied().unwrap_or(Tick::ZERO);
    terminal.line(&format!("{} alike, then they part at {first}", counted(same, "event")));
    for event in &left.events()[same.saturating_sub(CONTEXT)..same] {
        print("  ", "", event, terminal);
    }
    for (sign, style, name, side) in
        [("- ", "31", left_name, &*left), ("+ ", "32", right_name, &*right)]
    {
        let heading = terminal.paint.style(style, &format!("{sign}{name}"));
        terminal.line(&heading);
        let rest = &side.events()[same..];
        for event in rest.iter().take(CONTEXT) {
            print(sign, style, event, terminal);
        }
        if rest.is_empty() {
            let line = format!("{sign}it ends at {}", side.end());
            let line = terminal.paint.style(style, &line);
            terminal.line(&line);
        } else if rest.len() > CONTEXT {
            let more = counted(rest.len() - CONTEXT, "more event");
            let line = terminal.paint.style(style, &format!("{sign}and {more}"));
            terminal.line(&line);
        }
    }
    Ending::Failed
}

fn print(sign: &str, style: &str, event: &Happening, terminal: &mut Terminal) {
    if let Some(told) = told(event, terminal) {
        let sign = if style.is_empty() { sign.into() } else { terminal.paint.style(style, sign) };
        terminal.line(&format!("{sign}{told}"));
    }
}

/// The same is told of both. They can differ in what no event says: bodies,
/// properties, what is still to come after the end.
fn quiet_difference(
    left: &mut Timeline,
    right: &mut Timeline,
    events: usize,
    terminal: &mut Terminal,
) -> Ending {
    let events = counted(events, "event");
    let (a, b) = (left.end(), right.end());
    if a != b {
        terminal.line(&format!("the same {events}, but one run ends at {a}, the other at {b}"));
        return Ending::Failed;
    }
    let Some(at) = parting(left, right, terminal) else {
        terminal.line(&format!("the same run: {events}, and the same state at {a}"));
        return Ending::Fine;
    };
    terminal.line(&format!(
        "the same {events}, but another state at {at}: bodies, properties or what is to come"
    ));
    Ending::Failed
}

/// The first instant of an event, or else the end, at which the states differ.
/// Of a long run some instants are looked at, evenly spread.
fn parting(left: &mut Timeline, right: &mut Timeline, terminal: &mut Terminal) -> Option<Tick> {
    let mut ticks: Vec<Tick> = left.events().iter().map(|event| event.tick).collect();
    ticks.dedup();
    let step = ticks.len().div_ceil(MOST_INSTANTS).max(1);
    let count = ticks.len().div_ceil(step);
    let ticks = ticks.into_iter().step_by(step).chain([left.end()]);
    let found = ticks.enumerate().find(|(turn, tick)| {
        if turn % 64 == 63 {
            terminal.progress(&format!("comparing, {turn} of {count} states"));
        }
        left.digest(*tick) != right.digest(*tick)
    });
    terminal.end_progress();
    found.map(|(_, tick)| tick)
}
