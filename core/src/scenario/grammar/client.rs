//! `publisher`, `consumer`, `step`.

use crate::broker::{Name, Table};
use crate::scenario::cursor::{Cursor, Part, Role, Use};
use crate::scenario::document::{
    AckMode, ConsumerDecl, Ending, Forward, MOST_INSTANCES, Outcome, Pause, Property,
    PublisherDecl, Statement, Template,
};
use crate::scenario::lexer::TokenKind;
use crate::scenario::literal::{LONGEST, LONGEST_TTL};
use crate::scenario::rules::{BAD_NUMBER, CONFLICT, ENDLESS, NAME_TOO_LONG, NO_PACE};
use crate::scenario::words::{CONSUMER, ENDINGS, OUTCOMES, PROPERTIES, PUBLISHER, TRANSFORM};
use crate::time::Span;

/// The most messages one run may publish.
pub(crate) const MOST_MESSAGES: u64 = 1_000_000;

/// `EXCHANGE`, or `queue Q, …`: the default exchange and the queues as keys.
pub(super) fn target(c: &mut Cursor<'_>) -> Option<(Name, Option<Vec<String>>)> {
    if c.has("queue") {
        let queues = c.list(|c| c.named("a queue", Role::Queue))?;
        let keys = queues.iter().map(ToString::to_string).collect();
        return Some((Name::from(""), Some(keys)));
    }
    let _ = c.has("exchange");
    Some((c.named("an exchange", Role::Exchange)?, None))
}

/// The keys of a publish: from the target or from `key`, not both.
pub(super) fn keys(
    c: &mut Cursor<'_>,
    of_target: Option<Vec<String>>,
    given: Vec<String>,
) -> Vec<String> {
    if of_target.is_some() && !given.is_empty() {
        no_key(c);
    }
    match of_target {
        Some(keys) => keys,
        None if given.is_empty() => vec![String::new()],
        None => given,
    }
}

/// The queue is the key already.
fn no_key(c: &mut Cursor<'_>) {
    let place = c.clauses.iter().find(|clause| clause.part == "key").map(|clause| clause.span);
    let span = place.unwrap_or_else(|| c.here());
    let _: Option<()> = c.fault(&CONFLICT, span, &["-> queue", "key"]);
}

pub(super) fn routing_key(c: &mut Cursor<'_>) -> Option<String> {
    c.name("a routing key").map(|(key, _)| key.to_string())
}

pub(super) fn body(c: &mut Cursor<'_>) -> Option<String> {
    c.any_text("a text").map(|(text, _)| text)
}

pub(super) fn header(c: &mut Cursor<'_>, headers: &mut Table) -> Option<Part> {
    let (name, _) = c.name("a header's name")?;
    let value = c.value("the header's value")?;
    let part = format!("header {name}");
    headers.0.push((name, value));
    Some(part.into())
}

/// A word that sets a property, and its text.
pub(super) fn property(
    c: &mut Cursor<'_>,
    word: &'static str,
    properties: &mut Vec<(Property, Template)>,
) -> Option<Part> {
    let (_, property) = *PROPERTIES.iter().find(|(known, _)| *known == word)?;
    let (text, span) = c.any_text("a text")?;
    if text.len() > 255 {
        return c.fault(&NAME_TOO_LONG, span, &[word, &text.len().to_string()]);
    }
    if property == Property::Timestamp && text.parse::<u64>().is_err() {
        return c.fault(&BAD_NUMBER, span, &[&text]);
    }
    properties.push((property, text));
    Some(word.into())
}

pub(super) fn priority(c: &mut Cursor<'_>) -> Option<u8> {
    let number = c.number("a priority", 0..=255)?;
    u8::try_from(number).ok()
}

/// Expirations are milliseconds on the wire.
pub(super) fn expiration(c: &mut Cursor<'_>) -> Option<Span> {
    let span = c.duration("a duration like 2s", LONGEST_TTL)?;
    Some(Span::millis(span.as_millis()))
}

pub(super) fn count(c: &mut Cursor<'_>) -> Option<u64> {
    c.count("a count", 1, MOST_MESSAGES)
}

fn latency(c: &mut Cursor<'_>) -> Option<Span> {
    c.duration("a latency like 50ms", LONGEST)
}

fn heartbeat(c: &mut Cursor<'_>) -> Option<Span> {
    c.duration("a heartbeat like 10s", LONGEST)
}

pub(super) fn publisher(c: &mut Cursor<'_>, head: usize) -> Option<Statement> {
    let name = c.some_named("the publisher's name", Role::NewPublisher)?;
    c.must_sign(TokenKind::Arrow, "`->`")?;
    let (exchange, queues) = target(c)?;
    c.clause("head".into(), head);
    let mut decl = PublisherDecl::new(name, exchange);
    decl.keys.clear();
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
            "burst" => decl.burst = count(c)?,
            "body" => decl.body = body(c)?,
            "header" => return header(c, &mut decl.headers),
            "mandatory" => decl.mandatory = true,
            "persistent" => decl.persistent = true,
            "confirms" => decl.confirms = true,
            "transaction" => {
                decl.transaction = Some(count(c)?);
                if c.has("then") {
                    decl.endings = c.list(ending)?;
                }
            }
            "priority" => decl.priority = Some(priority(c)?),
            "expiration" => decl.expiration = Some(expiration(c)?),
            "instances" => decl.instances = Some(instances(c)?),
            "reply-to" => decl.reply_to = Some(c.some_named("a queue", Role::Queue)?),
            "on" => decl.connection = Some(c.some_name("a connection's name")?),
            "channel" => decl.channel = Some(channel(c)?),
            "as" => decl.user = Some(c.some_named("a user", Role::User)?),
            "latency" => decl.latency = Some(latency(c)?),
            "heartbeat" => decl.heartbeat = Some(heartbeat(c)?),
            "reconnect" => decl.reconnect = Some(c.duration("a pause like 2s", LONGEST)?),
            "stopped" => decl.stopped = true,
            _ => return property(c, word, &mut decl.properties),
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

/// `consumer NAME <- QUEUE, …`, or a step, which has `-> TARGET` behind it.
pub(super) fn consumer(c: &mut Cursor<'_>, head: usize, step: bool) -> Option<Statement> {
    let what = if step { "the step's name" } else { "the consumer's name" };
    let name = c.some_named(what, Role::NewConsumer)?;
    c.must_sign(TokenKind::BackArrow, "`<-`")?;
    let _ = c.has("queue");
    let queues = c.list(|c| c.some_named("a queue", Role::Queue))?;
    let mut decl = ConsumerDecl::new(name, queues);
    let mut to_queue = false;
    if step {
        decl.step = true;
        let (first, queue) = passed_on(c)?;
        decl.forwards.push(first);
        to_queue = queue;
    }
    c.clause("head".into(), head);
    let settings = [CONSUMER, TRANSFORM].concat();
    let (of, known) = if step { ("a step", &*settings) } else { ("a consumer", CONSUMER) };
    c.settings(of, known, |c, word| {
        match word {
            "prefetch" => {
                decl.prefetch = limit(c)?;
                decl.global = c.has("global");
            }
            "auto-ack" => decl.ack_mode = AckMode::Auto,
            "work" => decl.work = c.pause("a duration like 800ms")?,
            "then" => decl.outcomes = c.list(outcome)?,
            "batch" => decl.batch = count(c)?,
            "poll" => decl.poll = Some(poll(c)?),
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
            "arg" => return super::topology::argument(c, word, &[], &mut decl.arguments),
            "instances" => decl.instances = Some(instances(c)?),
            "on" => decl.connection = Some(c.some_name("a connection's name")?),
            "channel" => decl.channel = Some(channel(c)?),
            "as" => decl.user = Some(c.some_named("a user", Role::User)?),
            "latency" => decl.latency = Some(latency(c)?),
            "heartbeat" => decl.heartbeat = Some(heartbeat(c)?),
            "reconnect" => decl.reconnect = Some(c.duration("a pause like 2s", LONGEST)?),
            "stopped" => decl.stopped = true,
            _ => return transform(c, word, decl.forwards.first_mut()?),
        }
        Some(word.into())
    });
    if to_queue && c.clauses.iter().any(|clause| clause.part == "key") {
        no_key(c);
    }
    // `basic.reject` is for one message.
    let rejects = |outcome: &Outcome| matches!(outcome, Outcome::Reject { .. });
    if decl.batch > 1 && decl.outcomes.iter().any(rejects) {
        c.exclude("batch", "then");
    }
    Some(Statement::Consumer(decl))
}

fn ending(c: &mut Cursor<'_>) -> Option<Ending> {
    let word = c.one_of("commit or rollback", &ENDINGS.iter().map(|e| e.0).collect::<Vec<_>>())?;
    Some(ENDINGS.iter().find(|(known, _)| *known == word)?.1)
}

/// The pause between two questions; without one time would stand still.
fn poll(c: &mut Cursor<'_>) -> Option<Span> {
    let span = c.here();
    let pause = c.duration("a pause like 1s", LONGEST)?;
    if pause == Span::ZERO { c.fault(&ENDLESS, span, &[]) } else { Some(pause) }
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

/// `-> TARGET`, and whether it is a queue.
fn passed_on(c: &mut Cursor<'_>) -> Option<(Forward, bool)> {
    c.must_sign(TokenKind::Arrow, "`->`")?;
    if c.has("queue") {
        let queue = c.named("a queue", Role::Queue)?;
        return Some((Forward::new(Name::from(""), Some(queue.to_string())), true));
    }
    let _ = c.has("exchange");
    Some((Forward::new(c.named("an exchange", Role::Exchange)?, None), false))
}

fn forward(c: &mut Cursor<'_>) -> Option<Forward> {
    let (mut forward, queue) = passed_on(c)?;
    // A queue is the key itself.
    let known = if queue { &TRANSFORM[1..] } else { TRANSFORM };
    while let Some(word) = c.keyword(known) {
        transform(c, word, &mut forward)?;
    }
    Some(forward)
}

/// One change to a message that is passed on.
fn transform(c: &mut Cursor<'_>, word: &'static str, forward: &mut Forward) -> Option<Part> {
    match word {
        "key" => forward.key = Some(routing_key(c)?),
        "body" => forward.body = Some(body(c)?),
        "header" => return header(c, &mut forward.headers),
        "drop-header" => {
            let (name, _) = c.name("a header's name")?;
            let part = format!("drop-header {name}");
            forward.dropped.push(name);
            return Some(part.into());
        }
        _ => return property(c, word, &mut forward.properties),
    }
    Some(word.into())
}

pub(super) fn instances(c: &mut Cursor<'_>) -> Option<u32> {
    let number = c.number("how many instances", 0..=MOST_INSTANCES.into())?;
    u32::try_from(number).ok()
}

/// What RabbitMQ allows when nothing else is set (`channel_max`).
fn channel(c: &mut Cursor<'_>) -> Option<u16> {
    let number = c.number("the channel", 1..=2_047)?;
    u16::try_from(number).ok()
}

pub(super) fn limit(c: &mut Cursor<'_>) -> Option<u16> {
    let number = c.number("the prefetch", 0..=65_535)?;
    u16::try_from(number).ok()
}

impl Cursor<'_> {
    /// A name that refers to nothing else and is not `""`.
    pub(super) fn some_name(&mut self, what: &str) -> Option<Name> {
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
