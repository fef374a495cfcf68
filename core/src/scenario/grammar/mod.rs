//! One statement per line: which statement it is, and what it says.

mod access;
mod action;
mod client;
mod expect;
mod topology;

pub(super) use client::{MOST_MESSAGES, is_template};

use super::cursor::{Clause, Cursor, Role, Use};
use super::diagnostic::Diagnostic;
use super::document::{Document, Item, LinkFault, NodeId, SourceSpan, Statement};
use super::rules::{NOT_TIMED, UNKNOWN_PROFILE, UNKNOWN_STATEMENT, UNKNOWN_VERSION};
use super::words::{KINDS, STATEMENTS, UNTIMED};
use crate::broker::{Name, Profile};
use crate::time::{Span, Tick};

/// What a line says.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Content {
    Version,
    Title(String),
    About(String),
    Seed(u64),
    Profile(Profile),
    Latency(Span),
    End(Tick),
    Statement(Box<Statement>),
}

/// A statement with all that was noticed while it was read.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) span: SourceSpan,
    /// Its first word, after `at …`.
    pub(super) verb: &'static str,
    pub(super) at: Tick,
    /// Nothing when it could not be read.
    pub(super) content: Option<Content>,
    pub(super) uses: Vec<Use>,
    pub(super) clauses: Vec<Clause>,
}

impl Line {
    /// The item of the document, for statements that are one.
    pub(super) fn item(&self) -> Option<Item> {
        match &self.content {
            Some(Content::Statement(what)) => {
                Some(Item { at: self.at, span: self.span, what: (**what).clone() })
            }
            _ => None,
        }
    }
}

/// How far from the origin a node can be placed, in picture units.
const FAR: i128 = 100_000;

/// Reads one statement.
pub(super) fn line(mut cursor: Cursor<'_>) -> Line {
    let mut at = Tick::ZERO;
    let mut verb = "";
    let content = statement(&mut cursor, &mut at, &mut verb);
    if content.is_some() && !cursor.faulty && cursor.peek().is_some() {
        cursor.end();
    }
    Line {
        span: cursor.all(),
        verb,
        at,
        content: content.filter(|_| !cursor.faulty),
        uses: cursor.uses,
        clauses: cursor.clauses,
    }
}

fn statement(c: &mut Cursor<'_>, at: &mut Tick, verb: &mut &'static str) -> Option<Content> {
    let first = c.index();
    *verb = verb_word(c)?;
    let timed = *verb == "at";
    if timed {
        let what = "a time like 3s";
        *at = Tick(c.duration(what, Span(Document::MAX_END.0))?.0);
        c.clause("when".into(), first);
        let span = c.here();
        *verb = verb_word(c)?;
        if UNTIMED.contains(verb) || *verb == "at" {
            return c.fault(&NOT_TIMED, span, &[verb]);
        }
    }
    let head = c.index() - 1;
    let statement = match *verb {
        "warren" => return version(c),
        "title" => return c.quoted("a title").map(Content::Title),
        "about" => return c.quoted("a sentence").map(Content::About),
        "seed" => return c.count("a seed", 0, u64::MAX).map(Content::Seed),
        "profile" => return profile(c),
        "latency" => {
            return c
                .duration("a latency like 400ms", super::literal::LONGEST)
                .map(Content::Latency);
        }
        "end" => {
            let longest = Span(Document::MAX_END.0);
            return c.duration("a time like 20s", longest).map(|end| Content::End(Tick(end.0)));
        }
        "exchange" => topology::exchange(c, head)?,
        "queue" => topology::queue(c, head)?,
        "bind" => Statement::Bind(topology::binding(c, head)?),
        "unbind" => Statement::Unbind(topology::binding(c, head)?),
        "publisher" => client::publisher(c, head)?,
        "consumer" => client::consumer(c, head, false)?,
        "step" => client::consumer(c, head, true)?,
        "policy" => topology::policy(c, head, false)?,
        "operator-policy" => topology::policy(c, head, true)?,
        "user" => access::user(c, head)?,
        "permit" => access::permit(c, head, false)?,
        "permit-topic" => access::permit(c, head, true)?,
        "alarm" => access::alarm(c, head, true)?,
        "clear" => access::alarm(c, head, false)?,
        "limit" => access::limit(c, head)?,
        "get" => action::get(c, head)?,
        "cancel" => action::consuming(c, head, false)?,
        "consume" => action::consuming(c, head, true)?,
        "scale" => action::scale(c, head)?,
        "change" => action::change(c, head)?,
        "slow" => slow(c, head)?,
        "highlight" => highlight(c, head)?,
        "publish" => action::publish(c, head)?,
        "delete" => topology::delete(c, head)?,
        "place" => place(c, head)?,
        "expect" => Statement::Expect(expect::expectation(c, head, timed.then_some(*at))?),
        other => simple(c, other, head)?,
    };
    if *verb == "expect" {
        *at = Tick::ZERO;
    }
    Some(Content::Statement(Box::new(statement)))
}

fn verb_word(c: &mut Cursor<'_>) -> Option<&'static str> {
    if let Some(word) = c.keyword(STATEMENTS) {
        return Some(word);
    }
    let span = c.here();
    let raw = span.of(c.text);
    if raw.is_empty() || raw.starts_with('"') {
        return c.expected("a statement");
    }
    let near = c.near(raw, STATEMENTS);
    c.report(Diagnostic::new(&UNKNOWN_STATEMENT, span, &[raw]).meant(near));
    None
}

fn version(c: &mut Cursor<'_>) -> Option<Content> {
    let span = c.here();
    match c.count("the version of the language", 1, u64::from(u32::MAX))? {
        1 => Some(Content::Version),
        other => c.fault(&UNKNOWN_VERSION, span, &[&other.to_string()]),
    }
}

fn profile(c: &mut Cursor<'_>) -> Option<Content> {
    let (text, span) = c.any_text("a RabbitMQ version like 4.3")?;
    match Profile::parse(&text) {
        Some(profile) => Some(Content::Profile(profile)),
        None => c.fault(&UNKNOWN_PROFILE, span, &[&text]),
    }
}

/// Statements of a word and a name or text.
fn simple(c: &mut Cursor<'_>, verb: &str, head: usize) -> Option<Statement> {
    let statement = match verb {
        "caption" => Statement::Caption(c.quoted("a caption")?),
        "bookmark" => Statement::Bookmark(c.quoted("a name for this instant")?),
        "purge" => Statement::Purge { queue: c.some_named("a queue", Role::QueueNow)? },
        "start" => Statement::Start(client_name(c)?),
        "stop" => Statement::Stop(client_name(c)?),
        "crash" => Statement::Crash(client_name(c)?),
        "close" => Statement::Close(client_name(c)?),
        "cut" => Statement::Link { client: client_name(c)?, fault: LinkFault::Cut },
        "mend" => Statement::Link { client: client_name(c)?, fault: LinkFault::Mended },
        "forbid" => Statement::Forbid(c.some_named("a user", Role::User)?),
        "restart" => c.one_of("`broker`", &["broker"]).map(|_| Statement::Restart)?,
        _ => Statement::Remove(client_name(c)?),
    };
    c.clause("head".into(), head);
    Some(statement)
}

fn client_name(c: &mut Cursor<'_>) -> Option<Name> {
    c.some_named("a client's name", Role::Client)
}

/// `slow CLIENT LATENCY`
fn slow(c: &mut Cursor<'_>, head: usize) -> Option<Statement> {
    let client = client_name(c)?;
    c.clause("head".into(), head);
    let start = c.index();
    let latency = c.duration("a latency like 3s", super::literal::LONGEST)?;
    c.clause("latency".into(), start);
    Some(Statement::Link { client, fault: LinkFault::Slow(latency) })
}

/// Something on the stage, with its kind in front.
fn node(c: &mut Cursor<'_>) -> Option<NodeId> {
    Some(match c.one_of("`exchange`, `queue` or `client`", KINDS)? {
        "exchange" => NodeId::Exchange(c.named("an exchange", Role::PlacedExchange)?),
        "queue" => NodeId::Queue(c.named("a queue", Role::PlacedQueue)?),
        _ => NodeId::Client(c.named("a client", Role::PlacedClient)?),
    })
}

/// `highlight NODE, NODE … for D` or `highlight nothing`
fn highlight(c: &mut Cursor<'_>, head: usize) -> Option<Statement> {
    if c.has("nothing") {
        c.clause("head".into(), head);
        return Some(Statement::Highlight { nodes: Vec::new(), lasts: None });
    }
    let nodes = c.list(node)?;
    c.clause("head".into(), head);
    let mut lasts = None;
    c.settings("`highlight`", &["for"], |c, word| {
        lasts = Some(c.duration("a duration like 2s", super::literal::LONGEST)?);
        Some(word.into())
    });
    Some(Statement::Highlight { nodes, lasts })
}

fn place(c: &mut Cursor<'_>, head: usize) -> Option<Statement> {
    let node = node(c)?;
    c.clause("head".into(), head);
    let numbers = c.index();
    let mut number = |what| {
        let number = c.number(what, -FAR..=FAR)?;
        i32::try_from(number).ok()
    };
    let x = number("how far right")?;
    let y = number("how far down")?;
    c.clause("place".into(), numbers);
    Some(Statement::Place { node, x, y })
}
