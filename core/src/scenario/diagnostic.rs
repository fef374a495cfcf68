//! What is wrong with a scenario's text: findings as data, and as text.

use super::document::SourceSpan;
use super::lexer::needs_escape;
use super::rules::{Rule, Severity, TOO_MANY_FINDINGS, rule};
use core::fmt::Write as _;

/// One finding. The words are made from `code` and `args` when asked for, so
/// that a screen can have words of its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    /// Which rule; one of [`super::RULES`].
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Where.
    pub span: SourceSpan,
    /// What the rule's words are filled with. Text of the author's is
    /// shortened and has its invisible characters written out.
    pub args: Vec<String>,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    pub(super) fn new(rule: &Rule, span: SourceSpan, args: &[&str]) -> Self {
        Self {
            code: rule.code,
            severity: rule.severity,
            span,
            args: args.iter().map(|arg| shown(arg, 60)).collect(),
            help: (!rule.help.is_empty()).then(|| rule.help.to_string()),
        }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds `did you mean` when there is something near.
    pub(super) fn meant(self, near: Option<&str>) -> Self {
        match near {
            Some(near) => self.help(format!("did you mean `{}`?", shown(near, 60))),
            None => self,
        }
    }

    /// The finding in English, one line, without a full stop.
    #[must_use]
    pub fn message(&self) -> String {
        let words = rule(self.code).map_or(self.code, |rule| rule.words);
        let mut message = String::new();
        let mut rest = words;
        while let Some(at) = rest.find('{') {
            let (before, place) = rest.split_at(at);
            message.push_str(before);
            let index =
                place.as_bytes().get(1).map_or(usize::MAX, |b| usize::from(b.wrapping_sub(b'0')));
            message.push_str(self.args.get(index).map_or("", String::as_str));
            rest = place.get(3..).unwrap_or("");
        }
        message + rest
    }

    /// Whether the statement is left out because of this.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Findings on their way; keeps the first [`Faults::MOST`] of each severity and
/// counts the rest.
#[derive(Debug, Default)]
pub(super) struct Faults {
    list: Vec<Diagnostic>,
    counts: [usize; 2],
    more: u64,
    last: SourceSpan,
}

impl Faults {
    /// More findings than this help nobody. Errors and warnings are counted
    /// apart, so that no number of warnings can hide an error.
    const MOST: usize = 100;

    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        let counter = &mut self.counts[usize::from(diagnostic.is_error())];
        if *counter < Self::MOST {
            *counter += 1;
            self.list.push(diagnostic);
        } else {
            self.more += 1;
            self.last = diagnostic.span;
        }
    }

    /// Whether suggestions are worth their time.
    pub(super) fn is_full(&self) -> bool {
        self.more > 0
    }

    pub(super) fn has(&self, rule: &Rule) -> bool {
        self.list.iter().any(|finding| finding.code == rule.code)
    }

    /// Whether a statement was left out.
    pub(super) fn has_errors(&self) -> bool {
        self.counts[1] > 0
    }

    /// Only what one rule found.
    pub(super) fn only(mut self, rule: &Rule) -> Vec<Diagnostic> {
        self.list.retain(|finding| finding.code == rule.code);
        self.list
    }

    /// All of them in the order of the text.
    pub(super) fn finish(mut self) -> Vec<Diagnostic> {
        crate::order::sort_by_key(&mut self.list, |d| (d.span.start, d.span.end, d.severity));
        if self.more > 0 {
            let more = self.more.to_string();
            self.list.push(Diagnostic::new(&TOO_MANY_FINDINGS, self.last, &[&more]));
        }
        self.list
    }
}

/// `text` with what cannot be seen written out, and no longer than `most`
/// characters.
pub(super) fn shown(text: &str, most: usize) -> String {
    let mut out = String::new();
    for (count, c) in text.chars().enumerate() {
        if count == most {
            out.push('…');
            break;
        }
        if needs_escape(c) {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// `text` for a terminal or a log: characters that act instead of being seen
/// (controls, direction marks) are written out as `\u{…}`.
#[must_use]
pub fn visible(text: &str) -> String {
    shown(text, usize::MAX)
}

/// Byte offsets to lines and columns.
#[derive(Clone, Debug)]
pub struct LineIndex<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> LineIndex<'t> {
    /// Looks for the lines of `text` once.
    #[must_use]
    pub fn new(text: &'t str) -> Self {
        let after = text.match_indices('\n').map(|(at, _)| at + 1);
        Self { text, starts: std::iter::once(0).chain(after).collect() }
    }

    /// Line and column of a byte offset, both from 1; columns count characters.
    #[must_use]
    pub fn position(&self, offset: u32) -> (u32, u32) {
        let offset = (offset as usize).min(self.text.len());
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        let before = &self.text.as_bytes()[self.starts[line - 1]..offset];
        // A character begins at every byte that does not continue one.
        let column = before.iter().filter(|byte| (**byte & 0xc0) != 0x80).count() + 1;
        (saturate(line), saturate(column))
    }

    /// The text of a line, counted from 1, without its end.
    #[must_use]
    pub fn line(&self, line: u32) -> &'t str {
        let line = line as usize;
        let Some(start) = line.checked_sub(1).and_then(|i| self.starts.get(i)) else { return "" };
        let end = self.starts.get(line).map_or(self.text.len(), |next| next - 1);
        self.text.get(*start..end).unwrap_or("").trim_end_matches('\r')
    }
}

fn saturate(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

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

/// The findings as a compiler writes them: message, place, source line with
/// the piece underlined, help.
#[must_use]
pub fn render(text: &str, file: &str, diagnostics: &[Diagnostic], paint: Paint) -> String {
    let index = LineIndex::new(text);
    let mut out = String::new();
    for diagnostic in diagnostics {
        render_one(&mut out, &index, &shown(file, 200), diagnostic, paint);
    }
    out
}

fn render_one(out: &mut String, index: &LineIndex<'_>, file: &str, d: &Diagnostic, paint: Paint) {
    let (word, style) = match d.severity {
        Severity::Error => ("error", "1;31"),
        Severity::Warning => ("warning", "1;33"),
    };
    let (line, column) = index.position(d.span.start);
    let (end_line, end_column) = index.position(d.span.end);
    let source = index.line(line);
    let length = saturate(source.chars().count());
    let last = if end_line == line { end_column } else { length + 1 };
    // A window around the place, so that a very long line stays readable.
    let first = if length > WIDTH { column.saturating_sub(WIDTH / 4).max(1) } else { 1 };
    let piece: String = source.chars().skip(first as usize - 1).take(WIDTH as usize).collect();
    let piece: String = piece.chars().map(|c| if needs_escape(c) { ' ' } else { c }).collect();
    let carets = last.min(first + WIDTH).saturating_sub(column).max(1) as usize;
    let number = line.to_string();
    let margin = " ".repeat(number.len());
    let bar = paint.style("1;34", "|");
    let label = paint.style(style, &format!("{word}[{}]", d.code));
    let underline = paint.style(style, &"^".repeat(carets));
    let _ = writeln!(out, "{label}{}", paint.style("1", &format!(": {}", d.message())));
    let _ = writeln!(out, "{margin}{} {file}:{line}:{column}", paint.style("1;34", "-->"));
    let _ = writeln!(out, "{margin} {bar}");
    let _ = writeln!(out, "{} {bar} {piece}", paint.style("1;34", &number));
    let _ = writeln!(out, "{margin} {bar} {}{underline}", " ".repeat((column - first) as usize));
    if let Some(help) = &d.help {
        let _ = writeln!(out, "{margin} {} help: {help}", paint.style("1;34", "="));
    }
    out.push('\n');
}

/// Characters of a source line that are shown.
const WIDTH: u32 = 120;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::rules::{EXPECTED, RULES};

    #[test]
    fn counts_lines_and_characters() {
        let index = LineIndex::new("a\r\nbé日x\n");
        for (offset, want) in
            [(0, (1, 1)), (1, (1, 2)), (3, (2, 1)), (6, (2, 3)), (9, (2, 4)), (99, (3, 1))]
        {
            assert_eq!(index.position(offset), want, "{offset}");
        }
        assert_eq!((index.line(1), index.line(2), index.line(3)), ("a", "bé日x", ""));
        assert_eq!(index.line(0), "");
    }

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
    fn a_very_long_line_is_shown_in_part() {
        let text = "x".repeat(5_000);
        let span = SourceSpan { start: 4_000, end: 4_900 };
        let d = Diagnostic::new(&EXPECTED, span, &["a", "b"]);
        let text = render(&text, "f", &[d], Paint::Plain);
        assert!(text.lines().all(|line| line.len() < 140), "{text}");
    }

    #[test]
    fn codes_are_unique_and_places_are_digits() {
        for (i, rule) in RULES.iter().enumerate() {
            assert!(RULES[..i].iter().all(|other| other.code != rule.code), "{}", rule.code);
            for (at, _) in rule.words.match_indices('{') {
                let place = &rule.words.as_bytes()[at..at + 3];
                assert!(place[1].is_ascii_digit() && place[2] == b'}', "{}", rule.code);
            }
        }
    }
}
