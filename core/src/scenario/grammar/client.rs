//! `publisher`, `consumer`, `publish`.

use crate::broker::{Name, Table};
use crate::scenario::cursor::{Cursor, Part, Role, Use};
use crate::scenario::document::{
    AckMode, ConsumerDecl, Forward, Outcome, Pause, PublishAction, PublisherDecl, Statement,
};
use crate::scenario::lexer::TokenKind;
use crate::scenario::literal::{LONGEST, LONGEST_TTL};
use crate::scenario::rules::{CONFLICT, ENDLESS, NO_PACE};
use crate::scenario::words::{CONSUMER, OUTCOMES, PUBLISH, PUBLISHER};
use crate::time::Span;

/// The most messages one run may publish.
pub(crate) const MOST_MESSAGES: u64 = 1_000_000;

/// `EXCHANGE`, or `queue Q, …`: the default exchange and the queues as keys.
fn target(c: &mut Cursor<'_>) -> Option<(Name, Option<Vec<String>>)> {
    if c.has("queue") {
        let queues = c.list(|c| c.named("a queue", Role::Queue))?;
        let keys = queues.iter().map(ToString::to_string).collect();
        return Some((Name::from(""), Some(keys)));
    }
    let _ = c.has("exchange");
    Some((c.named("an exchange", Role::Exchange)?, None))
}

/// The keys of a publish: from the target or from `key`, not both.
fn keys(c: &mut Cursor<'_>, of_target: Option<Vec<String>>, given: Vec<String>) -> Vec<String> {
    if of_target.is_some() && !given.is_empty() {
        let place = c.clauses.iter().find(|clause| clause.part == "key").map(|clause| clause.span);
        let span = place.unwrap_or_else(|| c.here());
        let _: Option<()> = c.fault(&CONFLICT, span, &["-> queue", "key"]);
    }
    match of_target {
        Some(keys) => keys,
        None if given.is_empty() => vec![String::new()],
        None => given,
    }
}

fn routing_key(c: &mut Cursor<'_>) -> Option<String> {
    c.name("a routing key").map(|(key, _)| key.to_string())
}

fn body(c: &mut Cursor<'_>) -> Option<String> {
    c.any_text("a text").map(|(text, _)| text)
}

fn header(c: &mut Cursor<'_>, headers: &mut Table) -> Option<Part> {
    let (name, _) = c.name("a header's name")?;
    let value = c.value("the header's value")?;
    let part = format!("header {name}");
    headers.0.push((name, value));
    Some(part.into())
}

fn priority(c: &mut Cursor<'_>) -> Option<u8> {
    let number = c.number("a priority", 0..=255)?;
    u8::try_from(number).ok()
}

/// Expirations are milliseconds on the wire.
fn expiration(c: &mut Cursor<'_>) -> Option<Span> {
    let span = c.duration("a duration like 2s", LONGEST_TTL)?;
    Some(Span::millis(span.as_millis()))
}

fn count(c: &mut Cursor<'_>) -> Option<u64> {
    c.count("a count", 1, MOST_MESSAGES)
}

pub(super) fn publisher(c: &mut Cursor<'_>, head: usize) -> Option<Statement> {
    let name = c.some_named("the publisher's name", Role::NewPublisher)?;
    c.must_sign(TokenKind::Arrow, "`->`")?;
    let (exchange, queues) = target(c)?;
    c.clause("head".into(), head);
    let mut decl = PublisherDecl {
        name,
        connection: None,
        exchange,
        keys: Vec::new(),
        random: false,
        after: Span::ZERO,
        every: None,
        count: None,
        times: Vec::new(),
        body: String::new(),
        mandatory: false,
        persistent: false,
        confirms: false,
        headers: Table::new(),
        priority: None,
        expiration: None,
        reply_to: None,
        latency: None,
        stopped: false,
    };
    c.settings("a publisher", PUBLISHER, |c, word| {
        match word {
            "key" => decl.keys = c.list(routing_key)?,
            "random" => decl.random = true,
            "after" => decl.after = c.duration("a duration like 1s", LONGEST)?,
            "every" => decl.every = Some(c.pause("a pause like 500ms")?),
            "rate" => {
                decl.every = Some(c.rate()?);
                return Some("every".into());
            }
            "at" => decl.times = c.list(|c| c.duration("a time like 3s", LONGEST))?,
            "once" => {
                decl.times = vec![Span::ZERO];
                return Some("at".into());
            }
            "count" => decl.count = Some(count(c)?),
            "body" => decl.body = body(c)?,
            "header" => return header(c, &mut decl.headers),
            "mandatory" => decl.mandatory = true,
            "persistent" => decl.persistent = true,
            "confirms" => decl.confirms = true,
            "priority" => decl.priority = Some(priority(c)?),
            "expiration" => decl.expiration = Some(expiration(c)?),
            "reply-to" => decl.reply_to = Some(c.some_named("a queue", Role::Queue)?),
            "on" => decl.connection = Some(c.some_name("a connection's name")?),
            "latency" => decl.latency = Some(c.duration("a latency like 50ms", LONGEST)?),
            _ => decl.stopped = true,
        }
        Some(word.into())
    });
    decl.keys = keys(c, queues, decl.keys);
    pace(c, &decl);
    Some(Statement::Publisher(decl))
}

/// What `every`, `at` and `count` have to say together.
fn pace(c: &mut Cursor<'_>, decl: &PublisherDecl) {
    c.exclude("every", "at");
    let place = |part: &str| c.clauses.iter().find(|clause| clause.part == part);
    if c.faulty {
        return;
    }
    if let (Some(count), None, true) = (place("count"), decl.every, decl.times.is_empty()) {
        let _: Option<()> = c.fault(&NO_PACE, count.span, &[]);
        return;
    }
    let stands_still =
        matches!(decl.every, Some(Pause::Fixed(Span::ZERO) | Pause::Between(_, Span::ZERO)));
    if let (Some(every), None, true) = (place("every"), decl.count, stands_still) {
        let _: Option<()> = c.fault(&ENDLESS, every.span, &[]);
    }
}

pub(super) fn consumer(c: &mut Cursor<'_>, head: usize) -> Option<Statement> {
    let name = c.some_named("the consumer's name", Role::NewConsumer)?;
    c.must_sign(TokenKind::BackArrow, "`<-`")?;
    let _ = c.has("queue");
    let queues = c.list(|c| c.some_named("a queue", Role::Queue))?;
    c.clause("head".into(), head);
    let mut decl = ConsumerDecl {
        name,
        connection: None,
        queues,
        prefetch: 0,
        ack_mode: AckMode::Manual,
        work: Pause::Fixed(Span::ZERO),
        outcomes: vec![Outcome::Ack],
        forwards: Vec::new(),
        reply: None,
        exclusive: false,
        priority: None,
        latency: None,
        stopped: false,
    };
    c.settings("a consumer", CONSUMER, |c, word| {
        match word {
            "prefetch" => {
                let number = c.number("the prefetch", 0..=65_535)?;
                decl.prefetch = u16::try_from(number).ok()?;
            }
            "auto-ack" => decl.ack_mode = AckMode::Auto,
            "work" => decl.work = c.pause("a duration like 800ms")?,
            "then" => decl.outcomes = c.list(outcome)?,
            "forward" => {
                let part = format!("forward {}", decl.forwards.len());
                decl.forwards.push(forward(c)?);
                return Some(part.into());
            }
            "reply" => decl.reply = Some(body(c)?),
            "exclusive" => decl.exclusive = true,
            "priority" => {
                let number = c.number("a priority", i32::MIN.into()..=i32::MAX.into())?;
                decl.priority = i32::try_from(number).ok();
            }
            "on" => decl.connection = Some(c.some_name("a connection's name")?),
            "latency" => decl.latency = Some(c.duration("a latency like 50ms", LONGEST)?),
            _ => decl.stopped = true,
        }
        Some(word.into())
    });
    Some(Statement::Consumer(decl))
}

fn outcome(c: &mut Cursor<'_>) -> Option<Outcome> {
    Some(match c.one_of("ack, nack, reject, crash or forget", OUTCOMES)? {
        "ack" => Outcome::Ack,
        "nack" => Outcome::Nack { requeue: c.has("requeue") },
        "reject" => Outcome::Reject { requeue: c.has("requeue") },
        "crash" => Outcome::Crash,
        _ => Outcome::Forget,
    })
}

fn forward(c: &mut Cursor<'_>) -> Option<Forward> {
    c.must_sign(TokenKind::Arrow, "`->`")?;
    let queue = c.has("queue");
    let mut forward = if queue {
        let queue = c.named("a queue", Role::Queue)?;
        Forward { exchange: Name::from(""), key: Some(queue.to_string()), body: None }
    } else {
        let _ = c.has("exchange");
        Forward { exchange: c.named("an exchange", Role::Exchange)?, key: None, body: None }
    };
    while let Some(word) = c.keyword(if queue { &["body"] } else { &["key", "body"] }) {
        match word {
            "key" => forward.key = Some(routing_key(c)?),
            _ => forward.body = Some(body(c)?),
        }
    }
    Some(forward)
}

pub(super) fn publish(c: &mut Cursor<'_>, head: usize) -> Option<Statement> {
    let by = if c.peek().is_some_and(|token| token.kind == TokenKind::Arrow) {
        None
    } else {
        Some(c.some_named("a publisher or `->`", Role::Publisher)?)
    };
    c.must_sign(TokenKind::Arrow, "`->`")?;
    let (exchange, queues) = target(c)?;
    if queues.as_ref().is_some_and(|queues| queues.len() > 1) {
        return c.expected("one queue");
    }
    c.clause("head".into(), head);
    let mut action = PublishAction {
        by,
        exchange,
        key: String::new(),
        body: String::new(),
        headers: Table::new(),
        mandatory: false,
        persistent: false,
        priority: None,
        expiration: None,
        count: 1,
    };
    let mut given = Vec::new();
    c.settings("`publish`", PUBLISH, |c, word| {
        match word {
            "key" => given = vec![routing_key(c)?],
            "body" => action.body = body(c)?,
            "header" => return header(c, &mut action.headers),
            "mandatory" => action.mandatory = true,
            "persistent" => action.persistent = true,
            "priority" => action.priority = Some(priority(c)?),
            "expiration" => action.expiration = Some(expiration(c)?),
            _ => action.count = count(c)?,
        }
        Some(word.into())
    });
    action.key = keys(c, queues, given).swap_remove(0);
    Some(Statement::Publish(action))
}

impl Cursor<'_> {
    /// A name that refers to nothing else and is not `""`.
    fn some_name(&mut self, what: &str) -> Option<Name> {
        let (name, span) = self.name(what)?;
        if name.is_empty() {
            return self.fault(&crate::scenario::rules::EMPTY_NAME, span, &[what]);
        }
        Some(name)
    }
}

/// Whether a use stands for a template, whose name is known only later.
pub(in crate::scenario) fn is_template(used: &Use) -> bool {
    used.name.contains('{')
}
