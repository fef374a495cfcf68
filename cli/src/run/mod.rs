//! `warren run`

mod json;
mod junit;
mod progress;

use crate::Ending;
use crate::args::Run;
use crate::check::counted;
use crate::source::{self, Source};
use crate::terminal::Terminal;
use json::Expected;
use junit::{Case, Report, Suite};
pub(crate) use progress::{run_to_end, run_until};
use warren_core::scenario::{Document, Expectation, LineIndex, Parsed, Statement, claim, visible};
use warren_core::time::Tick;
use warren_core::timeline::{Outcome, Timeline};
use warren_core::world::{Happening, What};

pub(crate) fn run(args: &Run, terminal: &mut Terminal) -> Ending {
    let mut ending = Ending::Fine;
    let mut report = Report::default();
    for (index, file) in args.files.iter().enumerate() {
        if index > 0 && !args.quiet && !args.json {
            terminal.line("");
        }
        match source::open(file, terminal) {
            Ok((source, parsed)) => {
                let (played, suite) = play(&source, parsed, args, terminal);
                ending = ending.max(played);
                report.suites.push(suite);
            }
            Err(why) => {
                ending = Ending::BadInput;
                report.suites.push(Suite::unusable(file, &why));
            }
        }
    }
    if let Some(file) = &args.junit
        && let Err(error) = std::fs::write(file, report.xml())
    {
        terminal.complain(&format!("cannot write {}: {error}", visible(file)));
        return Ending::BadInput;
    }
    ending
}

fn play(source: &Source, parsed: Parsed, args: &Run, terminal: &mut Terminal) -> (Ending, Suite) {
    let mut timeline = Timeline::new(parsed.document);
    run_to_end(&mut timeline, &source.name, terminal);
    let index = LineIndex::new(&source.text);
    let claims = claims(&timeline, &index);
    let failed = claims.iter().filter(|claim| !claim.held).count();
    let fine = failed == 0 && timeline.stop_reason().is_none();
    if args.json {
        tell_json(source, &timeline, &index, &claims, args.quiet, terminal);
    } else {
        if !args.quiet {
            heading(source, timeline.document(), terminal);
            for event in timeline.events() {
                tell(event, terminal);
            }
            terminal.line("");
        }
        for claim in claims.iter().filter(|claim| !claim.held) {
            complain(source, claim, terminal);
        }
        if let Some(reason) = timeline.stop_reason() {
            terminal.complain(&format!("{}: {reason}", source.name));
        }
        terminal.line(&verdict(source, &timeline, failed, fine, terminal));
    }
    let suite = suite(source, &timeline, &claims);
    (if fine { Ending::Fine } else { Ending::Failed }, suite)
}

/// An expectation and how it turned out.
struct Judged {
    line: u32,
    column: u32,
    expected: String,
    held: bool,
    found: String,
    at: Tick,
    when: String,
}

fn claims(timeline: &Timeline, index: &LineIndex<'_>) -> Vec<Judged> {
    let judged = |outcome: &Outcome| {
        let item = timeline.document().items.get(outcome.item)?;
        let Statement::Expect(Expectation { at, claim: wanted, .. }) = &item.what else {
            return None;
        };
        let (line, column) = index.position(item.span.start);
        let when = match at {
            Some(at) => format!("at {at}"),
            None => format!("when the run had ended, at {}", outcome.tick),
        };
        Some(Judged {
            line,
            column,
            expected: claim(wanted),
            held: outcome.held,
            found: visible(&outcome.found.replace('\n', " ")),
            at: outcome.tick,
            when,
        })
    };
    timeline.outcomes().iter().filter_map(judged).collect()
}

fn tell_json(
    source: &Source,
    timeline: &Timeline,
    index: &LineIndex<'_>,
    claims: &[Judged],
    quiet: bool,
    terminal: &mut Terminal,
) {
    let document = timeline.document();
    terminal.line(&json::run(&source.name, document));
    let place = |item| json::line_of(document, index, item);
    for event in timeline.events().iter().filter(|_| !quiet) {
        terminal.line(&json::event(event, &place));
    }
    for Judged { line, column, expected, held, found, at, .. } in claims {
        let (at, line, column, held) = (*at, *line, *column, *held);
        terminal.line(&Expected { at, line, column, expected, held, found }.line());
    }
    let failed = claims.iter().filter(|claim| !claim.held).count();
    terminal.line(&json::end(timeline, claims.len(), failed));
}

fn suite(source: &Source, timeline: &Timeline, claims: &[Judged]) -> Suite {
    let mut cases: Vec<Case> = claims
        .iter()
        .map(|claim| Case {
            name: format!("line {}: {}", claim.line, claim.expected),
            failure: (!claim.held).then(|| {
                format!(
                    "expected  {}\nfound     {}\nwhen      {}",
                    claim.expected, claim.found, claim.when
                )
            }),
            error: None,
        })
        .collect();
    if let Some(reason) = timeline.stop_reason() {
        cases.push(Case::error("the run comes to its end", reason));
    }
    let title = timeline.document().title.as_deref();
    Suite { file: source.name.clone(), title: title.unwrap_or(&source.name).to_owned(), cases }
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
    if let Some(line) = told(event, terminal) {
        terminal.line(&line);
    }
}

/// One event, as a line of a transcript; `None` when there is nothing to say.
pub(crate) fn told(event: &Happening, terminal: &Terminal) -> Option<String> {
    let sentence = visible(&event.sentence().replace('\n', " "));
    let (mark, style) = match &event.what {
        What::Caption { .. } if sentence.is_empty() => return None,
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
    Some(format!("{time} {told}"))
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
fn complain(source: &Source, claim: &Judged, terminal: &mut Terminal) {
    let label = terminal.error_paint.style("1;31", "expectation failed");
    let Judged { line, column, expected, found, when, .. } = claim;
    let text = format!(
        "{label}: {}:{line}:{column}\n  expected  {expected}\n  found     {found}\n  \
         when      {when}\n\n",
        source.name,
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
