//! Findings as a compiler writes them.

use super::diagnostic::{Diagnostic, LineIndex, shown};
use super::document::SourceSpan;
use super::rules::Severity;
use crate::unseen::acts_unseen;
use core::fmt::Write as _;

/// How a rendering is coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Paint {
    /// Not at all.
    #[default]
    Plain,
    /// With ANSI sequences, for a terminal.
    Ansi,
}

impl Paint {
    /// `text` in the SGR style `code` (`1` bold, `31` red …).
    #[must_use]
    pub fn style(self, code: &str, text: &str) -> String {
        match self {
            Self::Plain => text.to_string(),
            Self::Ansi => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        }
    }
}

/// Characters of a source line that are shown.
const WIDTH: u32 = 120;
/// Bold blue: what frames the source.
const FRAME: &str = "1;34";

/// The findings as a compiler writes them: message, place, source line with
/// the piece underlined, other lines that have to do with it, help.
#[must_use]
pub fn render(text: &str, file: &str, diagnostics: &[Diagnostic], paint: Paint) -> String {
    let index = LineIndex::new(text);
    let mut out = String::new();
    for diagnostic in diagnostics {
        render_one(&mut out, &index, &shown(file, 200), diagnostic, paint);
    }
    out
}

/// A piece of one line to underline.
struct Mark<'d> {
    line: u32,
    /// From 1.
    column: u32,
    /// The column behind it.
    end: u32,
    words: &'d str,
    main: bool,
}

impl<'d> Mark<'d> {
    fn new(index: &LineIndex<'_>, span: SourceSpan, words: &'d str, main: bool) -> Self {
        let (line, column) = index.position(span.start);
        let (end_line, end_column) = index.position(span.end);
        let length = index.line(line).chars().count() as u32;
        let end = if end_line == line { end_column } else { length + 1 };
        Self { line, column, end, words, main }
    }
}

fn render_one(out: &mut String, index: &LineIndex<'_>, file: &str, d: &Diagnostic, paint: Paint) {
    let (word, style) = match d.severity {
        Severity::Error => ("error", "1;31"),
        Severity::Warning => ("warning", "1;33"),
    };
    let main = Mark::new(index, d.span, "", true);
    let (line, column) = (main.line, main.column);
    let mut marks = vec![main];
    marks.extend(d.related.iter().map(|r| Mark::new(index, r.span, &r.words, false)));
    crate::order::sort_by_key(&mut marks, |mark| (mark.line, !mark.main, mark.column));
    let width = marks.last().map_or(1, |mark| mark.line.to_string().len());
    let margin = " ".repeat(width);
    let bar = paint.style(FRAME, "|");
    let label = paint.style(style, &format!("{word}[{}]", d.code));
    let _ = writeln!(out, "{label}{}", paint.style("1", &format!(": {}", d.message())));
    let _ = writeln!(out, "{margin}{} {file}:{line}:{column}", paint.style(FRAME, "-->"));
    let _ = writeln!(out, "{margin} {bar}");
    let mut above = None;
    for mark in &marks {
        let source = index.line(mark.line);
        let first = first_column(source, mark.column);
        if above != Some((mark.line, first)) {
            // Lines in between are left out, and a line is said to be so.
            if above.is_some_and(|(line, _)| line + 1 < mark.line) {
                let _ = writeln!(out, "{}", paint.style(FRAME, "..."));
            }
            let number = format!("{:>width$}", mark.line);
            let _ = writeln!(out, "{} {bar} {}", paint.style(FRAME, &number), piece(source, first));
            above = Some((mark.line, first));
        }
        let length = mark.end.min(first + WIDTH).saturating_sub(mark.column).max(1) as usize;
        let gap = " ".repeat((mark.column - first) as usize);
        let line = if mark.main {
            paint.style(style, &"^".repeat(length))
        } else {
            paint.style(FRAME, &format!("{} {}", "-".repeat(length), mark.words))
        };
        let _ = writeln!(out, "{margin} {bar} {gap}{line}");
    }
    if let Some(help) = &d.help {
        let _ = writeln!(out, "{margin} {} help: {help}", paint.style(FRAME, "="));
    }
    out.push('\n');
}

/// Where a window around a place begins, so that a very long line stays
/// readable.
fn first_column(source: &str, column: u32) -> u32 {
    let long = source.chars().nth(WIDTH as usize).is_some();
    if long { column.saturating_sub(WIDTH / 4).max(1) } else { 1 }
}

/// What is in that window.
fn piece(source: &str, first: u32) -> String {
    let shown = source.chars().skip(first as usize - 1).take(WIDTH as usize);
    shown.map(|c| if acts_unseen(c) { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::parse;
    use crate::scenario::rules::EXPECTED;

    #[test]
    fn renders_like_a_compiler() {
        let span = SourceSpan { start: 9, end: 14 };
        let d = Diagnostic::new(&EXPECTED, span, &["a key", "`\u{202e}x`"]).help("try");
        let text = render("warren 1\nbinд x\n", "a.warren", &[d], Paint::Plain);
        assert_eq!(
            text,
            "error[expected]: expected a key, found `\\u{202e}x`\n --> a.warren:2:1\n  |\n\
             2 | binд x\n  | ^^^^\n  = help: try\n\n"
        );
    }

    #[test]
    fn other_places_are_shown_in_the_order_of_the_text() {
        let text = "warren 1\nqueue q\n\n\n\n\n\n\nconsumer a <- q\n\
                    consumer a <- q prefetch 1 prefetch 2\n";
        assert_eq!(
            render(text, "a.warren", &parse(text).diagnostics, Paint::Plain),
            "error[repeated-client]: there is a consumer `a` already\n  --> a.warren:10:10\n   |\n \
             9 | consumer a <- q\n   |          - the first one\n\
             10 | consumer a <- q prefetch 1 prefetch 2\n   |          ^\n   \
             = help: give it a name of its own; only a publisher and a consumer can share one\n\n\
             error[repeated-setting]: `prefetch` is given twice\n  --> a.warren:10:28\n   |\n\
             10 | consumer a <- q prefetch 1 prefetch 2\n   \
             |                            ^^^^^^^^\n   \
             |                 ---------- first given here\n\n"
        );
    }

    #[test]
    fn a_very_long_line_is_shown_in_part() {
        let text = "x".repeat(5_000);
        let span = SourceSpan { start: 4_000, end: 4_900 };
        let d = Diagnostic::new(&EXPECTED, span, &["a", "b"]);
        let d = d.beside(SourceSpan { start: 1, end: 4_999 }, "and here");
        let text = render(&text, "f", &[d], Paint::Plain);
        assert!(text.lines().all(|line| line.len() < 150), "{text}");
    }
}
