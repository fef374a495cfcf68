//! Which fields each form has, and what stands in them at first.

use super::{FormKind, Thing, declaration, free_name};
use warren_core::broker::{Name, Table, Value};
use warren_core::frame::{Frame, NodeBody};
use warren_core::scenario::{
    AckMode, ConsumerDecl, Document, NodeId, Outcome, Pause, PublisherDecl, Statement,
};

/// One of several answers.
pub type Choice = (String, String);

/// How a field is filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// A line of words.
    Text,
    /// A line of code: names, keys, durations.
    Code,
    /// Several lines of code.
    Lines,
    /// One of these: value and words.
    Choice(Vec<Choice>),
    /// On or off.
    Switch,
}

/// Something to fill in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name within the form.
    pub name: &'static str,
    /// What it asks for, in RabbitMQ's term.
    pub label: &'static str,
    /// A plain sentence beside it; may be empty.
    pub help: &'static str,
    /// How it is filled in.
    pub kind: FieldKind,
    /// What stands in it.
    pub value: String,
    /// Hidden until more is asked for.
    pub more: bool,
    /// Applies only when another field has one of these values.
    pub only_when: Option<(&'static str, &'static [&'static str])>,
}

impl Field {
    /// The value of a switch that is on.
    pub const ON: &str = "on";

    fn new(name: &'static str, label: &'static str, kind: FieldKind, value: &str) -> Self {
        let value = value.to_owned();
        Self { name, label, help: "", kind, value, more: false, only_when: None }
    }

    fn switch(name: &'static str, label: &'static str, on: bool) -> Self {
        Self::new(name, label, FieldKind::Switch, if on { Self::ON } else { "" })
    }

    const fn help(mut self, help: &'static str) -> Self {
        self.help = help;
        self
    }

    const fn more(mut self) -> Self {
        self.more = true;
        self
    }

    const fn only_when(mut self, name: &'static str, values: &'static [&'static str]) -> Self {
        self.only_when = Some((name, values));
        self
    }
}

pub(super) fn fields(kind: &FormKind, document: &Document, frame: &Frame) -> Vec<Field> {
    match kind {
        FormKind::Add(thing) => {
            let name = free_name(document, *thing);
            let mut fields = vec![Field::new("name", "Name", FieldKind::Code, &name)];
            fields.extend(settings(*thing, None, frame));
            fields
        }
        FormKind::Settings(thing, name) => {
            let found = declaration(document, *thing, name).map(|(_, statement)| statement);
            settings(*thing, found, frame)
        }
        FormKind::Bind(source, _) => binding(source, frame),
        FormKind::Publish(exchange) => publish(exchange, document, frame),
        FormKind::WhatIf(exchange) => question(exchange, document, frame),
        FormKind::Bookmark => {
            vec![Field::new("name", "A name for this instant", FieldKind::Text, "")]
        }
    }
}

fn settings(thing: Thing, base: Option<&Statement>, frame: &Frame) -> Vec<Field> {
    match (thing, base) {
        (Thing::Publisher, Some(Statement::Publisher(decl))) => publisher(Some(decl), frame),
        (Thing::Publisher, _) => publisher(None, frame),
        (Thing::Consumer, Some(Statement::Consumer(decl))) => consumer(Some(decl), frame),
        (Thing::Consumer, _) => consumer(None, frame),
        (Thing::Exchange, base) => exchange(base),
        (Thing::Queue, base) => queue(base),
    }
}

fn choices(words: &[(&str, &str)]) -> FieldKind {
    FieldKind::Choice(words.iter().map(|(v, w)| ((*v).to_owned(), (*w).to_owned())).collect())
}

/// Exchanges on the stage, as choices; the default exchange last.
fn exchanges(frame: &Frame) -> FieldKind {
    let mut names: Vec<Choice> = Vec::new();
    for node in &frame.nodes {
        if let NodeId::Exchange(name) = &node.id
            && !name.is_empty()
        {
            names.push((name.to_string(), node.label.to_string()));
        }
    }
    names.push((String::new(), "the default exchange".to_owned()));
    FieldKind::Choice(names)
}

fn queues(frame: &Frame) -> Vec<Choice> {
    let names = frame.nodes.iter().filter_map(|node| match &node.id {
        NodeId::Queue(name) => Some((name.to_string(), node.label.to_string())),
        _ => None,
    });
    names.collect()
}

fn first_exchange(frame: &Frame) -> String {
    match exchanges(frame) {
        FieldKind::Choice(names) => names.into_iter().next().map_or_else(String::new, |(v, _)| v),
        _ => String::new(),
    }
}

fn kind_of(exchange: &str, frame: &Frame) -> Option<Name> {
    frame.nodes.iter().find_map(|node| match (&node.id, &node.body) {
        (NodeId::Exchange(name), NodeBody::Exchange { kind, .. }) if &**name == exchange => {
            Some(kind.clone())
        }
        _ => None,
    })
}

fn publisher(decl: Option<&PublisherDecl>, frame: &Frame) -> Vec<Field> {
    let exchange = decl.map_or_else(|| first_exchange(frame), |d| d.exchange.to_string());
    let keys = decl.map_or_else(|| "order.created".to_owned(), |d| d.keys.join(", "));
    let every = match decl.map(|d| d.every) {
        Some(Some(pause)) => pause_text(pause),
        Some(None) => String::new(),
        None => "1s".to_owned(),
    };
    let count = decl.and_then(|d| d.count).map_or_else(String::new, |n| n.to_string());
    vec![
        Field::new("exchange", "Publishes to", exchanges(frame), &exchange),
        Field::new("keys", "Routing key", FieldKind::Code, &keys)
            .help("Several, with commas: they take turns."),
        Field::new("every", "Every", FieldKind::Code, &every)
            .help("500ms, 2s, or 1s..3s by chance. Empty: only by hand."),
        Field::new("count", "How many", FieldKind::Code, &count).help("Empty: without end."),
        Field::new("body", "Body", FieldKind::Text, decl.map_or("", |d| &d.body))
            .help("{n} becomes the message's number."),
        Field::switch("mandatory", "mandatory: return what no queue takes", {
            decl.is_some_and(|d| d.mandatory)
        })
        .more(),
        Field::switch("persistent", "persistent", decl.is_some_and(|d| d.persistent)).more(),
        Field::switch("confirms", "publisher confirms", decl.is_some_and(|d| d.confirms)).more(),
        headers_field(decl.map(|d| &d.headers)).more(),
        Field::switch("stopped", "starts stopped", decl.is_some_and(|d| d.stopped)).more(),
    ]
}

fn consumer(decl: Option<&ConsumerDecl>, frame: &Frame) -> Vec<Field> {
    let known = queues(frame);
    let first = known.first().map_or_else(String::new, |(name, _)| name.clone());
    let names = decl.map_or(first, |d| d.queues.join(", "));
    let several = decl.is_some_and(|d| d.queues.len() > 1) || known.is_empty();
    let queue_kind = if several { FieldKind::Code } else { FieldKind::Choice(known) };
    let outcome = decl.and_then(|d| d.outcomes.first()).copied().unwrap_or(Outcome::Ack);
    let mode = decl.map_or(AckMode::Manual, |d| d.ack_mode);
    let prefetch = decl.map_or(1, |d| d.prefetch).to_string();
    let work = decl.map_or_else(|| "1s".to_owned(), |d| pause_text(d.work));
    vec![
        Field::new("queues", "Consumes from", queue_kind, &names),
        Field::new("work", "Works on each for", FieldKind::Code, &work),
        Field::new(
            "mode",
            "Acknowledgement",
            choices(&[("manual", "manual"), ("auto", "automatic (no-ack)")]),
            if mode == AckMode::Manual { "manual" } else { "auto" },
        ),
        Field::new("prefetch", "Prefetch", FieldKind::Code, &prefetch)
            .help("Unacked messages it may hold. 0: as many as there are.")
            .only_when("mode", &["manual"]),
        Field::new("outcome", "Then", choices(OUTCOMES), outcome_value(outcome))
            .only_when("mode", &["manual"]),
        Field::switch("exclusive", "exclusive consumer", decl.is_some_and(|d| d.exclusive)).more(),
        Field::switch("stopped", "starts stopped", decl.is_some_and(|d| d.stopped)).more(),
    ]
}

const OUTCOMES: &[(&str, &str)] = &[
    ("ack", "acks"),
    ("nack-requeue", "nacks, requeue"),
    ("nack", "nacks, no requeue"),
    ("reject-requeue", "rejects, requeue"),
    ("reject", "rejects, no requeue"),
    ("crash", "crashes"),
    ("forget", "forgets to ack"),
];

fn outcome_value(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Ack => "ack",
        Outcome::Nack { requeue: true } => "nack-requeue",
        Outcome::Nack { requeue: false } => "nack",
        Outcome::Reject { requeue: true } => "reject-requeue",
        Outcome::Reject { requeue: false } => "reject",
        Outcome::Crash => "crash",
        Outcome::Forget => "forget",
    }
}

fn exchange(base: Option<&Statement>) -> Vec<Field> {
    let decl = match base {
        Some(Statement::Exchange(decl)) => Some(decl),
        _ => None,
    };
    let kinds = choices(&[
        ("direct", "direct: key equals key"),
        ("topic", "topic: key matches a pattern"),
        ("fanout", "fanout: every bound queue"),
        ("headers", "headers: looks at headers"),
        ("x-consistent-hash", "x-consistent-hash: one queue, by a hash"),
        ("x-modulus-hash", "x-modulus-hash: one queue, by a hash"),
        ("x-random", "x-random: one queue, by chance"),
        ("x-local-random", "x-local-random: one queue, by chance"),
        ("x-recent-history", "x-recent-history: all, latecomers too"),
        ("x-delayed-message", "x-delayed-message: later"),
    ]);
    let alternate = decl.and_then(|d| d.arguments.get("alternate-exchange"));
    let later = choices(&["direct", "topic", "fanout", "headers"].map(|kind| (kind, kind)));
    let delayed = decl.and_then(|d| d.arguments.get("x-delayed-type")).and_then(Value::as_str);
    vec![
        Field::new("kind", "Type", kinds, decl.map_or("topic", |d| &d.kind)),
        Field::new("x-delayed-type", "Later as", later, delayed.unwrap_or("direct"))
            .help("How it routes when the time in the header x-delay is over.")
            .only_when("kind", &["x-delayed-message"]),
        Field::new("alternate", "Alternate exchange", FieldKind::Code, {
            alternate.and_then(Value::as_str).unwrap_or_default()
        })
        .help("Takes what this exchange cannot route.")
        .more(),
        Field::switch("durable", "durable", decl.is_none_or(|d| d.durable)).more(),
        Field::switch("auto-delete", "auto-delete", decl.is_some_and(|d| d.auto_delete)).more(),
        Field::switch("internal", "internal: refuses publishers", {
            decl.is_some_and(|d| d.internal)
        })
        .more(),
    ]
}

/// Arguments of a queue that have a field of their own: the argument (and the
/// field), what it is called, what it does.
pub(super) const QUEUE_ARGUMENTS: [(&str, &str, &str); 6] = [
    ("x-message-ttl", "Message TTL", "Milliseconds a message may wait."),
    ("x-max-length", "Longest", "Ready messages it keeps; the oldest goes first."),
    ("x-dead-letter-exchange", "Dead-letter exchange", "Takes what is rejected or expires."),
    ("x-dead-letter-routing-key", "Dead-letter key", "Instead of the message's own."),
    ("x-max-priority", "Highest priority", "Makes it a priority queue."),
    ("x-expires", "Expires", "Milliseconds without use until it is deleted."),
];

fn queue(base: Option<&Statement>) -> Vec<Field> {
    let decl = match base {
        Some(Statement::Queue(decl)) => Some(decl),
        _ => None,
    };
    let argument =
        |name: &str| decl.and_then(|d| d.arguments.get(name)).map(value_text).unwrap_or_default();
    let kinds = choices(&[
        ("", "classic"),
        ("classic", "classic, said so"),
        ("quorum", "quorum: keeps copies, counts deliveries"),
    ]);
    let mut fields = vec![
        Field::new("x-queue-type", "Type", kinds, &argument("x-queue-type")).more(),
        Field::switch("durable", "durable: survives a restart", decl.is_none_or(|d| d.durable))
            .more(),
        Field::switch("auto-delete", "auto-delete: goes with its last consumer", {
            decl.is_some_and(|d| d.auto_delete)
        })
        .more(),
    ];
    for (name, label, help) in QUEUE_ARGUMENTS {
        fields.push(Field::new(name, label, FieldKind::Code, &argument(name)).help(help).more());
    }
    fields
}

fn binding(source: &str, frame: &Frame) -> Vec<Field> {
    let kind = kind_of(source, frame);
    let key = match kind.as_deref() {
        Some("topic") => "#",
        _ => "",
    };
    let help = match kind.as_deref() {
        Some("topic") => "* is one word, # is any number of words.",
        Some("direct") => "Has to equal the routing key.",
        _ => "",
    };
    let key_field = Field::new("key", "Binding key", FieldKind::Code, key).help(help);
    if kind.as_deref() != Some("headers") {
        return vec![key_field];
    }
    let matches = choices(&[
        ("all", "all of them"),
        ("any", "any of them"),
        ("all-with-x", "all, x- headers too"),
        ("any-with-x", "any, x- headers too"),
    ]);
    vec![
        Field::new("x-match", "Matches when", matches, "all"),
        Field::new("headers", "Headers", FieldKind::Lines, "format: pdf")
            .help("One per line, name: value."),
    ]
}

/// The key a publisher of this exchange uses, or one its bindings would take.
fn likely_key(exchange: &str, document: &Document) -> String {
    let published = document.items.iter().find_map(|item| match &item.what {
        Statement::Publisher(decl) if &*decl.exchange == exchange => decl.keys.first().cloned(),
        _ => None,
    });
    let bound = || {
        document.items.iter().find_map(|item| match &item.what {
            Statement::Bind(bind) if &*bind.source == exchange => {
                Some(bind.key.replace('*', "word").replace('#', "words"))
            }
            Statement::Queue(queue) if exchange.is_empty() => Some(queue.name.to_string()),
            _ => None,
        })
    };
    published.or_else(bound).unwrap_or_default()
}

fn publish(exchange: &Name, document: &Document, frame: &Frame) -> Vec<Field> {
    vec![
        Field::new("exchange", "Exchange", exchanges(frame), exchange),
        Field::new("key", "Routing key", FieldKind::Code, &likely_key(exchange, document)),
        Field::new("body", "Body", FieldKind::Text, "hello"),
        headers_field(None).more(),
        Field::switch("mandatory", "mandatory: return it when no queue takes it", false).more(),
        Field::switch("persistent", "persistent", false).more(),
        Field::new("count", "How many", FieldKind::Code, "1").more(),
    ]
}

fn question(exchange: &Name, document: &Document, frame: &Frame) -> Vec<Field> {
    let headers = headers_field(None);
    let kind = kind_of(exchange, frame);
    let key = Field::new("key", "Routing key", FieldKind::Code, &likely_key(exchange, document));
    if kind.as_deref() == Some("headers") { vec![headers] } else { vec![key, headers.more()] }
}

fn headers_field(table: Option<&Table>) -> Field {
    let lines: Vec<String> = table
        .into_iter()
        .flat_map(Table::iter)
        .map(|(key, value)| format!("{key}: {}", value_text(value)))
        .collect();
    Field::new("headers", "Headers", FieldKind::Lines, &lines.join("\n"))
        .help("One per line, name: value.")
}

/// A header's value as a person types it.
pub(crate) fn value_text(value: &Value) -> String {
    match value {
        Value::Bool(b) => b.to_string(),
        Value::LongStr(text) | Value::Binary(text) => text.to_string(),
        other => other.as_integer().map_or_else(|| other.type_name().to_owned(), |n| n.to_string()),
    }
}

pub(super) fn pause_text(pause: Pause) -> String {
    match pause {
        Pause::Fixed(span) => span.to_string(),
        Pause::Between(from, to) => format!("{from}..{to}"),
    }
}
