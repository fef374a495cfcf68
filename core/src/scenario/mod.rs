//! The scenario: its text form and the document it stands for.
//!
//! A `.warren` file has one statement per line. [`parse`] reads it and reports
//! everything that is wrong at once; [`print`] writes a document; [`format`]
//! tidies a text and [`edit`] changes one thing in it, both leaving its
//! author's comments alone. Nothing outside this module reads or writes the
//! format.

mod cursor;
mod diagnostic;
mod document;
pub mod edit;
mod expectation;
mod format;
mod grammar;
mod lexer;
mod lint;
mod literal;
mod print;
pub mod reference;
mod report;
mod resolve;
mod rules;
mod suggest;
mod values;
mod words;

pub use diagnostic::{Diagnostic, LineIndex, Related, visible};
pub use document::*;
pub use expectation::*;
pub use format::format;
pub use lexer::{Token, TokenKind, lex};
pub use lint::is_advice;
pub use literal::duration;
pub use print::{claim, name, print, property_word, quoted, statement};
pub use report::{Paint, render};
pub use resolve::letter;
pub use rules::{RULES, Rule, Severity, nearest_rule, rule};
pub use values::print as written;

use crate::broker::{Profile, Value};
use cursor::{Cursor, Word};
use diagnostic::Faults;
use grammar::{Content, Line};
use rules::{FILE_TOO_LONG, NO_VERSION, TOO_MANY_STATEMENTS, UNKNOWN_VERSION};

/// Bytes of a scenario file.
pub const MOST_BYTES: usize = 4 * 1024 * 1024;
/// Statements of a scenario file.
pub const MOST_STATEMENTS: usize = 100_000;

/// What came out of reading a text.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// Every statement without errors.
    pub document: Document,
    /// What was found, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
    /// The whole text in pieces.
    pub tokens: Vec<Token>,
    /// Every statement, fine or not.
    lines: Vec<Line>,
}

impl Parsed {
    /// Whether something was left out of the document.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// Reads a scenario. Never fails: what cannot be read is reported and left out.
#[must_use]
pub fn parse(text: &str) -> Parsed {
    let mut faults = Faults::default();
    if text.len() > MOST_BYTES {
        let span = SourceSpan { start: 0, end: 0 };
        let sizes = [text.len().to_string(), MOST_BYTES.to_string()];
        faults.push(Diagnostic::new(&FILE_TOO_LONG, span, &[&sizes[0], &sizes[1]]));
        let (document, lines) = (Document::default(), Vec::new());
        return Parsed { document, diagnostics: faults.finish(), tokens: lex(text), lines };
    }
    let tokens = lex(text);
    let mut lines: Vec<Line> = Vec::new();
    for words in statements(&tokens) {
        if lines.len() == MOST_STATEMENTS {
            let span = words[0].token.span;
            let most = MOST_STATEMENTS.to_string();
            faults.push(Diagnostic::new(&TOO_MANY_STATEMENTS, span, &[&most]));
            break;
        }
        lines.push(grammar::line(Cursor::new(text, &words, &mut faults)));
    }
    match lines.first() {
        Some(first) if first.verb == "warren" => {}
        first => {
            let at = first.map_or(0, |line| line.span.start);
            let span = SourceSpan { start: at, end: at };
            faults.push(Diagnostic::new(&NO_VERSION, span, &[]));
        }
    }
    if faults.has(&UNKNOWN_VERSION) {
        // Another version's statements cannot be judged by this one's rules.
        let (document, diagnostics) = (Document::default(), faults.only(&UNKNOWN_VERSION));
        return Parsed { document, diagnostics, tokens, lines: Vec::new() };
    }
    resolve::resolve(&mut lines, &mut faults);
    lint::lint(&lines, &mut faults);
    let document = document(&lines);
    Parsed { document, diagnostics: faults.finish(), tokens, lines }
}

/// Reads one field value as it stands behind `header NAME`: `3`, `true`,
/// `"3"`, `long(3)`. `None` when `text` is not one value.
#[must_use]
pub fn value(text: &str) -> Option<Value> {
    let tokens = lex(text);
    let [words] = &statements(&tokens)[..] else { return None };
    let mut faults = Faults::default();
    let mut cursor = Cursor::new(text, words, &mut faults);
    let value = cursor.value("a value")?;
    (!cursor.faulty && cursor.peek().is_none()).then_some(value)
}

/// Reads lines by themselves, for what they say and not for what is wrong.
fn read_lines(text: &str) -> Vec<Line> {
    let mut faults = Faults::default();
    let tokens = lex(text);
    let read = |words: &Vec<Word>| grammar::line(Cursor::new(text, words, &mut faults));
    statements(&tokens).iter().map(read).collect()
}

/// The tokens that mean something, statement by statement. A line that begins
/// with a blank continues the statement above.
fn statements(tokens: &[Token]) -> Vec<Vec<Word>> {
    let mut statements: Vec<Vec<Word>> = Vec::new();
    let mut new_line = true;
    let mut indented = false;
    for token in tokens {
        match token.kind {
            TokenKind::Newline => (new_line, indented) = (true, false),
            TokenKind::Space => indented |= new_line,
            TokenKind::Comment => new_line = false,
            _ => {
                let word = Word { token: *token, first: new_line };
                match statements.last_mut() {
                    Some(last) if indented || !new_line => last.push(word),
                    _ => statements.push(vec![word]),
                }
                new_line = false;
            }
        }
    }
    statements
}

/// The document of all lines that are fine.
fn document(lines: &[Line]) -> Document {
    // Version 1 means this profile when it names none, whatever is newest.
    let mut document = Document { profile: Profile::V4_3, ..Document::default() };
    for line in lines {
        match line.content.clone() {
            Some(Content::Title(text)) => document.title = Some(text),
            Some(Content::About(text)) => document.about = Some(text),
            Some(Content::Seed(seed)) => document.seed = seed,
            Some(Content::Profile(profile)) => document.profile = profile,
            Some(Content::Latency(latency)) => document.latency = Some(latency),
            Some(Content::End(end)) => document.end = Some(end),
            Some(Content::Version) | None => {}
            Some(Content::Statement(what)) => {
                document.items.push(Item { at: line.at, span: line.span, what: *what });
            }
        }
    }
    document
}
