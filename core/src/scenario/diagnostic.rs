//! What is wrong with a scenario's text, as data.

use super::document::SourceSpan;
use super::rules::{Rule, Severity, TOO_MANY_FINDINGS, rule};
use crate::unseen::acts_unseen;
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
    /// Other places of the text that have to do with it.
    pub related: Vec<Related>,
}

/// A place that a finding has to do with: where a name was declared, where the
/// first of two stands.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Related {
    /// Where.
    pub span: SourceSpan,
    /// What is there, in a few words.
    pub words: String,
}

impl Diagnostic {
    pub(super) fn new(rule: &Rule, span: SourceSpan, args: &[&str]) -> Self {
        Self {
            code: rule.code,
            severity: rule.severity,
            span,
            args: args.iter().map(|arg| shown(arg, 60)).collect(),
            help: (!rule.help.is_empty()).then(|| rule.help.to_string()),
            related: Vec::new(),
        }
    }

    /// Points at another place as well.
    pub(super) fn beside(mut self, span: SourceSpan, words: impl Into<String>) -> Self {
        self.related.push(Related { span, words: words.into() });
        self
    }

    /// The same, when there is such a place.
    pub(super) fn beside_any(self, span: Option<SourceSpan>, words: &str) -> Self {
        match span {
            Some(span) => self.beside(span, words),
            None => self,
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
        if acts_unseen(c) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::rules::RULES;

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
