//! The document as text: one way to write each thing.

mod access;
mod claims;
mod clients;
mod topology;

pub use claims::claim;
pub use clients::property_word;

use super::cursor::Part;
use super::document::{Document, Item, LinkFault, NodeId, Pause, SourceSpan, Statement};
use super::lexer::is_bare;
use super::words::KINDS;
use crate::broker::{Name, Profile};
use crate::time::{Span, Tick};
use crate::unseen::acts_unseen;
use core::fmt::Write as _;

/// A part of a statement and its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) part: Part,
    pub(super) text: String,
}

/// The parts of one statement, in canonical order.
#[derive(Default)]
struct Pieces(Vec<Piece>);

impl Pieces {
    fn add(&mut self, part: impl Into<Part>, text: impl Into<String>) {
        self.0.push(Piece { part: part.into(), text: text.into() });
    }

    /// A statement of its words and one name.
    fn verb(&mut self, words: &str, of: &str) {
        self.add("head", format!("{words} {}", name(of)));
    }

    /// A word that is there or not.
    fn flag(&mut self, word: &'static str, there: bool) {
        if there {
            self.add(word, word);
        }
    }

    /// A word and what follows it, when there is something.
    fn option(&mut self, word: &'static str, text: Option<String>) {
        if let Some(text) = text {
            self.add(word, format!("{word} {text}"));
        }
    }
}

/// A whole document. Reading the text back gives the same document
/// ([`Document::same_as`]).
#[must_use]
pub fn print(document: &Document) -> String {
    let mut out = String::from("warren 1\n");
    for line in settings(document) {
        out.push_str(&line);
        out.push('\n');
    }
    let mut before = None;
    for item in &document.items {
        let group = group(item);
        if before != Some(group) {
            out.push('\n');
        }
        before = Some(group);
        out.push_str(&statement(item));
        out.push('\n');
    }
    out
}

/// The lines about the whole run that say more than the default.
pub(super) fn settings(document: &Document) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(document.title.as_ref().map(|text| format!("title {}", quoted(text))));
    lines.extend(document.about.as_ref().map(|text| format!("about {}", quoted(text))));
    lines.extend((document.seed != 0).then(|| format!("seed {}", document.seed)));
    let profile = document.profile;
    lines.extend((profile != Profile::V4_3).then(|| format!("profile {}", profile.name())));
    lines.extend(document.latency.map(|latency| format!("latency {latency}")));
    lines.extend(document.end.map(|end| format!("end {}", tick(end))));
    lines
}

/// Statements of one group stand together.
pub(super) fn group(item: &Item) -> u8 {
    match &item.what {
        Statement::Place { .. } => 4,
        Statement::Expect(_) => 5,
        _ if item.at > Tick::ZERO => 3,
        Statement::Exchange(_)
        | Statement::Queue(_)
        | Statement::Bind(_)
        | Statement::Policy { .. }
        | Statement::User { .. }
        | Statement::Permit { .. }
        | Statement::PermitTopic { .. } => 1,
        Statement::Publisher(_) | Statement::Consumer(_) => 2,
        _ => 3,
    }
}

/// One statement; over several lines when it is long.
#[must_use]
pub fn statement(item: &Item) -> String {
    const WIDTH: usize = 100;
    let mut out = String::new();
    let mut column = 0;
    for piece in pieces(item) {
        let length = piece.text.chars().count();
        if column > 0 && column + 1 + length > WIDTH {
            out.push_str("\n    ");
            column = 4;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(&piece.text);
        column += length;
    }
    out
}

/// The parts of a statement: the first holds its name, `when` its instant.
pub(super) fn pieces(item: &Item) -> Vec<Piece> {
    let mut out = Pieces::default();
    if item.at > Tick::ZERO {
        out.add("when", format!("at {}", tick(item.at)));
    }
    match &item.what {
        Statement::Exchange(decl) => topology::exchange(&mut out, decl),
        Statement::Queue(decl) => topology::queue(&mut out, decl),
        Statement::Bind(decl) => topology::bind(&mut out, "bind", decl),
        Statement::Unbind(decl) => topology::bind(&mut out, "unbind", decl),
        Statement::Publisher(decl) => clients::publisher(&mut out, decl),
        Statement::Consumer(decl) => clients::consumer(&mut out, decl),
        Statement::DeleteQueue { queue, if_unused, if_empty } => {
            delete(&mut out, "delete queue", queue, *if_unused, *if_empty);
        }
        Statement::DeleteExchange { exchange, if_unused } => {
            delete(&mut out, "delete exchange", exchange, *if_unused, false);
        }
        Statement::Policy { operator, policy } => topology::policy(&mut out, *operator, policy),
        Statement::DeletePolicy { operator, name } => {
            out.verb(&format!("delete {}", topology::policy_word(*operator)), name);
        }
        Statement::User { name, tags, limits } => access::user(&mut out, name, tags, *limits),
        Statement::Limit(limits) => access::limit(&mut out, *limits),
        Statement::DeleteUser(user) => out.verb("delete user", user),
        Statement::Permit { user, permission } => access::permit(&mut out, user, permission),
        Statement::PermitTopic { user, exchange, permission } => {
            access::permit_topic(&mut out, user, exchange, permission);
        }
        Statement::Forbid(user) => out.verb("forbid", user),
        Statement::Alarm { alarm, on } => {
            let verb = if *on { "alarm" } else { "clear" };
            out.add("head", format!("{verb} {}", alarm.name()));
        }
        Statement::Purge { queue } => out.verb("purge", queue),
        Statement::Start(client) => out.verb("start", client),
        Statement::Stop(client) => out.verb("stop", client),
        Statement::Crash(client) => out.verb("crash", client),
        Statement::Remove(client) => out.verb("remove", client),
        Statement::Scale { client, instances } => {
            out.verb("scale", client);
            out.option("to", Some(instances.to_string()));
        }
        Statement::Change { client, every, work, prefetch } => {
            out.verb("change", client);
            out.option("every", every.map(pause));
            out.option("work", work.map(pause));
            out.option("prefetch", prefetch.map(|limit| limit.to_string()));
        }
        Statement::Consuming { client, queue, on } => consuming(&mut out, client, queue, *on),
        Statement::Close(client) => out.verb("close", client),
        Statement::Link { client, fault } => link(&mut out, client, *fault),
        Statement::Restart => out.add("head", "restart broker"),
        Statement::Publish(action) => clients::publish(&mut out, action),
        Statement::Get { queue, by } => {
            out.verb("get", queue);
            out.option("by", by.as_deref().map(name));
        }
        Statement::Caption(text) => out.add("head", format!("caption {}", quoted(text))),
        Statement::Bookmark(name) => out.add("head", format!("bookmark {}", quoted(name))),
        Statement::Highlight { nodes, lasts } => highlight(&mut out, nodes, *lasts),
        Statement::Place { node, x, y } => {
            out.add("head", format!("place {}", node_id(node)));
            out.add("place", format!("{x} {y}"));
        }
        Statement::Expect(expectation) => claims::expect(&mut out, expectation),
    }
    out.0
}

fn node_id(node: &NodeId) -> String {
    match node {
        NodeId::Client(client) => format!("client {}", name(client)),
        NodeId::Exchange(exchange) => format!("exchange {}", name(exchange)),
        NodeId::Queue(queue) => format!("queue {}", name(queue)),
    }
}

fn delete(out: &mut Pieces, words: &str, of: &str, if_unused: bool, if_empty: bool) {
    out.verb(words, of);
    out.flag("if-unused", if_unused);
    out.flag("if-empty", if_empty);
}

fn consuming(out: &mut Pieces, client: &str, queue: &Option<Name>, on: bool) {
    out.verb(if on { "consume" } else { "cancel" }, client);
    queue.iter().for_each(|queue| out.add("from", format!("<- {}", name(queue))));
}

fn link(out: &mut Pieces, client: &str, fault: LinkFault) {
    match fault {
        LinkFault::Cut => out.verb("cut", client),
        LinkFault::Mended => out.verb("mend", client),
        LinkFault::Slow(latency) => {
            out.verb("slow", client);
            out.add("latency", latency.to_string());
        }
    }
}

fn highlight(out: &mut Pieces, nodes: &[NodeId], lasts: Option<Span>) {
    let nodes: Vec<String> = nodes.iter().map(node_id).collect();
    let nodes = if nodes.is_empty() { "nothing".into() } else { nodes.join(", ") };
    out.add("head", format!("highlight {nodes}"));
    out.option("for", lasts.map(|lasts| lasts.to_string()));
}

fn names<'a>(list: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = list.into_iter().map(name).collect();
    names.join(", ")
}

/// A name: bare when it can be, else in quotes.
#[must_use]
pub fn name(text: &str) -> String {
    if is_bare(text) && !KINDS.contains(&text) { text.to_string() } else { quoted(text) }
}

/// A text in quotes, with escapes where they are needed.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if acts_unseen(c) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn pause(pause: Pause) -> String {
    match pause {
        Pause::Fixed(span) => span.to_string(),
        Pause::Between(low, high) => format!("{low}..{high}"),
    }
}

/// An instant in the unit a script would use.
fn tick(at: Tick) -> String {
    if at.0.is_multiple_of(1_000_000) { Span(at.0).to_string() } else { at.to_string() }
}

impl Document {
    /// The document without the places in the text it was read from.
    #[must_use]
    pub fn without_spans(mut self) -> Self {
        for item in &mut self.items {
            item.span = SourceSpan::default();
        }
        self
    }

    /// Whether both say the same, wherever in the text they say it.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        self.clone().without_spans() == other.clone().without_spans()
    }
}
