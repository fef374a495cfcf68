//! Reading one statement token by token.

use super::diagnostic::{Diagnostic, Faults, shown};
use super::document::SourceSpan;
use super::lexer::{Token, TokenKind};
use super::rules::{
    CONFLICT, EMPTY_NAME, EXPECTED, INDENTED, LIST_TOO_LONG, NAME_TOO_LONG, REPEATED_SETTING,
    ROUND_QUOTE, Rule, UNKNOWN_SETTING,
};
use super::suggest::nearest;
use super::words::STATEMENTS;
use crate::broker::Name;
use std::borrow::Cow;

/// A token that means something, and whether it is the first of its line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word {
    pub(super) token: Token,
    pub(super) first: bool,
}

/// What part of a statement a clause is: `key`, `header region` …
pub(super) type Part = Cow<'static, str>;

/// Where a part of a statement stands in the text.
#[derive(Clone, Debug)]
pub(super) struct Clause {
    pub(super) part: Part,
    pub(super) span: SourceSpan,
}

/// What a statement uses a name for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Declares a publisher, a consumer, a queue, an exchange.
    NewPublisher,
    NewConsumer,
    NewQueue,
    NewExchange,
    /// Declares a queue that its owner declares when it starts.
    NewOwnedQueue,
    /// Names a client that must be declared somewhere.
    Client,
    Publisher,
    Consumer,
    /// A client that was declared with instances.
    Scaled,
    /// Names something the broker looks up when the time comes.
    Queue,
    Exchange,
    /// The same, by a statement of the operator that takes effect at once.
    QueueNow,
    ExchangeNow,
    /// A queue whose numbers are compared.
    CountedQueue,
    /// A user that clients log in as.
    NewUser,
    User,
    /// Something to place.
    PlacedClient,
    PlacedQueue,
    PlacedExchange,
    /// A message's label.
    Label,
}

impl Role {
    /// Whether the name means something from here on.
    pub(super) const fn declares(self) -> bool {
        matches!(
            self,
            Self::NewPublisher
                | Self::NewConsumer
                | Self::NewQueue
                | Self::NewExchange
                | Self::NewOwnedQueue
        )
    }
}

/// A name and what for.
#[derive(Clone, Debug)]
pub(super) struct Use {
    pub(super) role: Role,
    pub(super) name: Name,
    pub(super) span: SourceSpan,
}

/// A place in a statement. Methods that return `Option` have reported what was
/// wrong when they return `None`.
pub(super) struct Cursor<'a> {
    pub(super) text: &'a str,
    words: &'a [Word],
    next: usize,
    faults: &'a mut Faults,
    pub(super) faulty: bool,
    pub(super) uses: Vec<Use>,
    pub(super) clauses: Vec<Clause>,
}

/// Entries of one list (keys, times, outcomes).
const MOST_ENTRIES: usize = 10_000;
/// Settings of one statement, entries of one table of arguments.
pub(super) const MOST_SETTINGS: usize = 1_000;

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str, words: &'a [Word], faults: &'a mut Faults) -> Self {
        let (uses, clauses) = (Vec::new(), Vec::new());
        Self { text, words, next: 0, faults, faulty: false, uses, clauses }
    }

    pub(super) fn peek(&self) -> Option<Token> {
        self.words.get(self.next).map(|word| word.token)
    }

    pub(super) fn advance(&mut self) {
        self.next += 1;
    }

    /// The next token's span; an empty one behind the last when there is none.
    pub(super) fn here(&self) -> SourceSpan {
        self.peek().map_or_else(
            || {
                let end = self.words.last().map_or(0, |word| word.token.span.end);
                SourceSpan { start: end, end }
            },
            |token| token.span,
        )
    }

    /// From the start of token number `first` to the end of the last one read.
    pub(super) fn since(&self, first: usize) -> SourceSpan {
        let last = self.next.max(first + 1) - 1;
        match (self.words.get(first), self.words.get(last)) {
            (Some(first), Some(last)) => first.token.span.to(last.token.span),
            _ => self.here(),
        }
    }

    /// The whole statement.
    pub(super) fn all(&self) -> SourceSpan {
        match (self.words.first(), self.words.last()) {
            (Some(first), Some(last)) => first.token.span.to(last.token.span),
            _ => SourceSpan::default(),
        }
    }

    /// How many tokens were read.
    pub(super) const fn index(&self) -> usize {
        self.next
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.faulty |= diagnostic.is_error();
        self.faults.push(diagnostic);
    }

    /// Reports and gives `None`, to end a reader with.
    pub(super) fn fault<T>(&mut self, rule: &Rule, span: SourceSpan, args: &[&str]) -> Option<T> {
        self.report(Diagnostic::new(rule, span, args));
        None
    }

    /// The next token is not what should be here.
    pub(super) fn expected<T>(&mut self, what: &str) -> Option<T> {
        self.expected_one_of(what, &[])
    }

    /// The same, with the words that could stand here.
    pub(super) fn expected_one_of<T>(&mut self, what: &str, known: &[&str]) -> Option<T> {
        let span = self.here();
        let text = self.text;
        let raw = span.of(text);
        if self.is_strayed_statement() {
            return self.fault(&INDENTED, span, &[]);
        }
        if raw.starts_with(['“', '”', '„', '‘', '’', '«', '»']) {
            let quote: String = raw.chars().take(1).collect();
            return self.fault(&ROUND_QUOTE, span, &[&quote]);
        }
        let found = match raw {
            "" => "the end of the line".to_string(),
            _ => format!("`{}`", shown(raw, 40)),
        };
        let near = self.near(raw, known);
        self.report(Diagnostic::new(&EXPECTED, span, &[what, &found]).meant(near));
        None
    }

    /// What `raw` may have been meant to be, as long as anyone will read it.
    pub(super) fn near<'k>(&self, raw: &str, known: &[&'k str]) -> Option<&'k str> {
        if self.faults.is_full() {
            return None;
        }
        nearest(raw, known.iter().copied())
    }

    /// Whether the next word begins a continuation line and looks like the
    /// start of a statement: its author did not want it to continue anything.
    fn is_strayed_statement(&self) -> bool {
        self.words.get(self.next).is_some_and(|word| {
            word.first && self.next > 0 && STATEMENTS.contains(&word.token.span.of(self.text))
        })
    }

    /// One of `known`, when it comes next as a bare word.
    pub(super) fn keyword(&mut self, known: &[&'static str]) -> Option<&'static str> {
        let word = self.peek_keyword(known)?;
        self.advance();
        Some(word)
    }

    fn peek_keyword(&self, known: &[&'static str]) -> Option<&'static str> {
        let token = self.peek().filter(|token| token.kind == TokenKind::Word)?;
        known.iter().copied().find(|word| *word == token.span.of(self.text))
    }

    /// Whether `word` came next; reads it.
    pub(super) fn has(&mut self, word: &'static str) -> bool {
        self.keyword(&[word]).is_some()
    }

    /// One of `known` or a finding that says what was wanted.
    pub(super) fn one_of(&mut self, what: &str, known: &[&'static str]) -> Option<&'static str> {
        match self.keyword(known) {
            None => self.expected_one_of(what, known),
            word => word,
        }
    }

    /// Whether a sign came next; reads it.
    pub(super) fn sign(&mut self, kind: TokenKind) -> bool {
        let found = self.peek().is_some_and(|token| token.kind == kind);
        self.next += usize::from(found);
        found
    }

    pub(super) fn must_sign(&mut self, kind: TokenKind, what: &str) -> Option<()> {
        if self.sign(kind) { Some(()) } else { self.expected(what) }
    }

    /// Nothing may follow.
    pub(super) fn end(&mut self) -> Option<()> {
        if self.peek().is_none() { Some(()) } else { self.expected("the end of the line") }
    }

    /// A name of at most 255 bytes, bare or in quotes.
    pub(super) fn name(&mut self, what: &str) -> Option<(Name, SourceSpan)> {
        let (text, span) = self.any_text(what)?;
        if text.len() > 255 {
            return self.fault(&NAME_TOO_LONG, span, &[what, &text.len().to_string()]);
        }
        Some((Name::from(text), span))
    }

    /// A name that is noted as used in a role.
    pub(super) fn named(&mut self, what: &str, role: Role) -> Option<Name> {
        let (name, span) = self.name(what)?;
        self.uses.push(Use { role, name: name.clone(), span });
        Some(name)
    }

    /// The same for a name that cannot be `""`.
    pub(super) fn some_named(&mut self, what: &str, role: Role) -> Option<Name> {
        let span = self.here();
        let name = self.named(what, role)?;
        if name.is_empty() { self.fault(&EMPTY_NAME, span, &[what]) } else { Some(name) }
    }

    /// One or more, with commas between.
    pub(super) fn list<T>(
        &mut self,
        mut one: impl FnMut(&mut Self) -> Option<T>,
    ) -> Option<Vec<T>> {
        let first = self.here();
        let mut list = vec![one(self)?];
        while self.sign(TokenKind::Comma) {
            list.push(one(self)?);
        }
        if list.len() > MOST_ENTRIES {
            return self.fault(&LIST_TOO_LONG, first, &[&MOST_ENTRIES.to_string()]);
        }
        Some(list)
    }

    /// Notes that the tokens from number `first` on are `part`.
    pub(super) fn clause(&mut self, part: Part, first: usize) {
        let span = self.since(first);
        self.clauses.push(Clause { part, span });
    }

    /// The settings at the end of a statement, in any order, each once. `each`
    /// reads what follows the word and says which part of the statement it
    /// was. After a fault reading goes on at the next known word.
    pub(super) fn settings(
        &mut self,
        of: &str,
        known: &[&'static str],
        mut each: impl FnMut(&mut Self, &'static str) -> Option<Part>,
    ) {
        let before = self.clauses.len();
        while let Some(token) = self.peek() {
            let first = self.next;
            let Some(word) = self.keyword(known) else {
                self.unknown_setting(of, token, known);
                self.advance();
                self.skip_to(known);
                continue;
            };
            let Some(part) = each(self, word) else {
                self.faulty = true;
                self.skip_to(known);
                continue;
            };
            if let Some(said) = self.clauses[before..].iter().find(|clause| clause.part == part) {
                let finding = Diagnostic::new(&REPEATED_SETTING, token.span, &[&part]);
                self.report(finding.beside(said.span, "first given here"));
            }
            if self.clauses.len() - before == MOST_SETTINGS {
                let most = MOST_SETTINGS.to_string();
                return self.report(Diagnostic::new(&LIST_TOO_LONG, token.span, &[&most]));
            }
            self.clause(part, first);
        }
    }

    fn unknown_setting(&mut self, of: &str, token: Token, known: &[&'static str]) {
        if self.is_strayed_statement() {
            return self.report(Diagnostic::new(&INDENTED, token.span, &[]));
        }
        let raw = token.span.of(self.text);
        let near = self.near(raw, known);
        self.report(Diagnostic::new(&UNKNOWN_SETTING, token.span, &[of, raw]).meant(near));
    }

    fn skip_to(&mut self, known: &[&'static str]) {
        while self.peek().is_some() && self.peek_keyword(known).is_none() {
            self.advance();
        }
    }

    /// Reports two parts that exclude each other, when both are there.
    pub(super) fn exclude(&mut self, one: &str, other: &str) {
        let place = |part: &str| self.clauses.iter().find(|c| c.part == part).map(|c| c.span);
        if let (Some(first), Some(second)) = (place(one), place(other)) {
            let (span, beside) =
                if first.start > second.start { (first, second) } else { (second, first) };
            let finding = Diagnostic::new(&CONFLICT, span, &[one, other]);
            self.report(finding.beside(beside, "not together with this"));
        }
    }
}
