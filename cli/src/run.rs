//! `warren run`

use crate::Ending;
use crate::args::Run;
use crate::check::counted;
use crate::source::{self, Source};
use crate::terminal::Terminal;
use warren_core::scenario::{Document, Expectation, LineIndex, Parsed, Statement, claim, visible};
use warren_core::time::Tick;
use warren_core::timeline::{Outcome, Timeline};
use warren_core::world::{Happening, What};

pub(crate) fn run(args: &Run, terminal: &mut Terminal) -> Ending {
    let mut ending = Ending::Fine;
    for (index, file) in args.files.iter().enumerate() {
        if index > 0 && !args.quiet {
            terminal.line("");
        }
        let Some((source, parsed)) = source::scenario(file, terminal) else {
            ending = Ending::BadInput;
            continue;
        };
        ending = ending.max(play(&source, parsed, args.quiet, terminal));
    }
    ending
}

fn play(source: &Source, parsed: Parsed, quiet: bool, terminal: &mut Terminal) -> Ending {
    let mut timeline = Timeline::new(parsed.document);
    timeline.run();
    if !quiet {
        heading(source, timeline.document(), terminal);
        for event in timeline.events() {
            tell(event, terminal);
        }
        terminal.line("");
    }
    let failed: Vec<&Outcome> = timeline.outcomes().iter().filter(|o| !o.held).collect();
    let index = LineIndex::new(&source.text);
    for outcome in &failed {
        report(source, &index, timeline.document(), outcome, terminal);
    }
    if let Some(reason) = timeline.stop_reason() {
        terminal.complain(&format!("{}: {reason}", source.name));
    }
    let fine = failed.is_empty() && timeline.stop_reason().is_none();
    terminal.line(&verdict(source, &timeline, failed.len(), fine, terminal));
    if fine { Ending::Fine } else { Ending::Failed }
}

/// What the scenario is called and what it assumes.
fn heading(source: &Source, document: &Document, terminal: &mut Terminal) {
    let title = document.title.as_deref().map_or_else(|| source.name.clone(), visible);
    let title = terminal.paint.style("1", &title);
    terminal.line(&title);
    if let Some(about) = &document.about {
        terminal.line(&visible(about));
    }
    let latency = document.latency.unwrap_or(Document::DEFAULT_LATENCY);
    let profile = document.profile.name();
    let setting =
        format!("RabbitMQ {profile}, {latency} between clients and broker, seed {}", document.seed);
    let setting = terminal.paint.style("2", &setting);
    terminal.line(&setting);
    terminal.line("");
}

/// One event, as a line of the transcript.
fn tell(event: &Happening, terminal: &mut Terminal) {
    let sentence = visible(&event.sentence().replace('\n', " "));
    let (mark, style) = match &event.what {
        What::Caption { .. } if sentence.is_empty() => return,
        What::Caption { .. } => ("»", "1;36"),
        What::Checked { held: true, .. } => ("✓", "32"),
        What::Checked { held: false, .. } => ("✗", "1;31"),
        What::Unroutable { .. } | What::Returned { .. } | What::Nacked { .. } => (" ", "33"),
        What::Refused { .. }
        | What::ChannelClosed { .. }
        | What::ConnectionClosed { .. }
        | What::Crashed { .. }
        | What::Limit { .. } => (" ", "31"),
        _ => (" ", ""),
    };
    let time = terminal.paint.style("2", &clock(event.tick));
    let told = format!("{mark} {sentence}");
    let told = if style.is_empty() { told } else { terminal.paint.style(style, &told) };
    terminal.line(&format!("{time} {told}"));
}

/// An instant in seconds, as wide as all others: `   3.250s`.
fn clock(at: Tick) -> String {
    let (seconds, micros) = (at.0 / 1_000_000, at.0 % 1_000_000);
    match micros % 1_000 {
        0 => format!("{seconds:>5}.{:03}s   ", micros / 1_000),
        _ => format!("{seconds:>5}.{micros:06}s"),
    }
}

/// An expectation that does not hold: expected, found, when.
fn report(
    source: &Source,
    index: &LineIndex<'_>,
    document: &Document,
    outcome: &Outcome,
    terminal: &mut Terminal,
) {
    let Some(item) = document.items.get(outcome.item) else { return };
    let (line, column) = index.position(item.span.start);
    let Statement::Expect(Expectation { at, claim: wanted }) = &item.what else { return };
    let when = match at {
        Some(at) => format!("at {at}"),
        None => format!("when the run had ended, at {}", outcome.tick),
    };
    let paint = terminal.error_paint;
    let label = paint.style("1;31", "expectation failed");
    let text = format!(
        "{label}: {}:{line}:{column}\n  expected  {}\n  found     {}\n  when      {when}\n\n",
        source.name,
        claim(wanted),
        visible(&outcome.found.replace('\n', " ")),
    );
    terminal.error(&text);
}

/// The last line about a file.
fn verdict(
    source: &Source,
    timeline: &Timeline,
    failed: usize,
    fine: bool,
    terminal: &Terminal,
) -> String {
    let all = timeline.outcomes().len();
    let held = match (all, failed) {
        (0, _) => "nothing is expected".to_string(),
        (_, 0) => format!("{} met", counted(all, "expectation")),
        _ => format!("{failed} of {} not met", counted(all, "expectation")),
    };
    let word = if fine {
        terminal.paint.style("1;32", "ok")
    } else {
        terminal.paint.style("1;31", "failed")
    };
    let events = counted(timeline.events().len(), "event");
    format!("{}: {word}, {held}; {events} in {}", source.name, timeline.end())
}
