//! Publishers, consumers and publishes by hand.

use super::{Pieces, name, names, pause, quoted};
use crate::broker::{Name, Table};
use crate::scenario::document::{
    AckMode, ConsumerDecl, Ending, Forward, Outcome, Pause, Property, PublishAction, PublisherDecl,
    Template,
};
use crate::scenario::values;
use crate::scenario::words::{ENDINGS, PROPERTIES};
use crate::time::Span;

/// `EXCHANGE`, or `queue QUEUE, …` for the default exchange.
fn target<'a>(exchange: &str, keys: impl IntoIterator<Item = &'a str>) -> String {
    match exchange {
        "" => format!("queue {}", names(keys)),
        _ => name(exchange),
    }
}

pub(super) fn publisher(out: &mut Pieces, decl: &PublisherDecl) {
    let keys = || decl.keys.iter().map(String::as_str);
    let to = target(&decl.exchange, keys());
    out.add("head", format!("publisher {} -> {to}", name(&decl.name)));
    out.option("instances", decl.instances.map(|instances| instances.to_string()));
    let only_blank = decl.keys.len() == 1 && decl.keys[0].is_empty();
    out.option("key", (!decl.exchange.is_empty() && !only_blank).then(|| names(keys())));
    out.flag("random", decl.random);
    out.option("after", (decl.after != Span::ZERO).then(|| decl.after.to_string()));
    out.option("every", decl.every.map(pause));
    match &*decl.times {
        [] => {}
        [Span::ZERO] => out.add("at", "once"),
        times => {
            let times: Vec<String> = times.iter().map(Span::to_string).collect();
            out.add("at", format!("at {}", times.join(", ")));
        }
    }
    out.option("count", decl.count.map(|count| count.to_string()));
    out.option("burst", (decl.burst != 1).then(|| decl.burst.to_string()));
    out.option("body", (!decl.body.is_empty()).then(|| quoted(&decl.body)));
    headers(out, &decl.headers);
    out.flag("mandatory", decl.mandatory);
    out.flag("persistent", decl.persistent);
    out.flag("confirms", decl.confirms);
    out.option("transaction", decl.transaction.map(|count| transaction(count, &decl.endings)));
    out.option("priority", decl.priority.map(|priority| priority.to_string()));
    out.option("expiration", decl.expiration.map(|span| span.to_string()));
    out.option("reply-to", decl.reply_to.as_deref().map(name));
    properties(out, &decl.properties);
    let spans = [decl.latency, decl.heartbeat, decl.reconnect];
    place(out, decl.connection.as_ref(), decl.channel);
    client(out, decl.user.as_ref(), spans, decl.stopped);
}

/// Which connection and channel a client uses.
fn place(out: &mut Pieces, connection: Option<&Name>, channel: Option<u16>) {
    out.option("on", connection.map(|connection| name(connection)));
    out.option("channel", channel.map(|channel| channel.to_string()));
}

/// What every client can have.
fn client(out: &mut Pieces, user: Option<&Name>, spans: [Option<Span>; 3], stopped: bool) {
    out.option("as", user.map(|user| name(user)));
    for (word, span) in ["latency", "heartbeat", "reconnect"].into_iter().zip(spans) {
        out.option(word, span.map(|span| span.to_string()));
    }
    out.flag("stopped", stopped);
}

fn transaction(count: u64, endings: &[Ending]) -> String {
    let word = |ending| ENDINGS.iter().find(|(_, known)| known == ending).map_or("", |(w, _)| w);
    match endings {
        [Ending::Commit] => count.to_string(),
        _ => format!("{count} then {}", endings.iter().map(word).collect::<Vec<_>>().join(", ")),
    }
}

fn properties(out: &mut Pieces, list: &[(Property, Template)]) {
    for (property, text) in list {
        out.option(property_word(*property), Some(name(text)));
    }
}

/// The word that sets a property.
#[must_use]
pub fn property_word(property: Property) -> &'static str {
    PROPERTIES.iter().find(|(_, known)| *known == property).map_or("", |(word, _)| word)
}

fn headers(out: &mut Pieces, table: &Table) {
    for (key, value) in table.iter() {
        let text = format!("header {} {}", name(key), values::print(value));
        out.add(format!("header {key}"), text);
    }
}

pub(super) fn consumer(out: &mut Pieces, decl: &ConsumerDecl) {
    let queues = names(decl.queues.iter().map(|queue| &**queue));
    let first = decl.forwards.first().filter(|_| decl.step);
    let head = format!("{} <- {queues}", name(&decl.name));
    match first {
        Some(first) => out.add("head", format!("step {head} -> {}", forward_target(first))),
        None => out.add("head", format!("consumer {head}")),
    }
    out.option("instances", decl.instances.map(|instances| instances.to_string()));
    let global = if decl.global { " global" } else { "" };
    let limited = decl.prefetch > 0 || decl.global;
    out.option("prefetch", limited.then(|| format!("{}{global}", decl.prefetch)));
    out.flag("auto-ack", decl.ack_mode == AckMode::Auto);
    let works = decl.work != Pause::Fixed(Span::ZERO);
    out.option("work", works.then(|| pause(decl.work)));
    if let Some(first) = first {
        transform(out, first);
    }
    for (index, forward) in decl.forwards.iter().enumerate().skip(first.iter().len()) {
        let mut parts = Pieces::default();
        parts.add("", format!("forward -> {}", forward_target(forward)));
        transform(&mut parts, forward);
        let words: Vec<String> = parts.0.into_iter().map(|piece| piece.text).collect();
        out.add(format!("forward {index}"), words.join(" "));
    }
    out.option("reply", decl.reply.as_deref().map(quoted));
    let acks = decl.outcomes == [Outcome::Ack];
    let says = if acks { works && decl.ack_mode == AckMode::Manual } else { true };
    let outcomes: Vec<&str> = decl.outcomes.iter().map(|outcome| outcome_words(*outcome)).collect();
    out.option("then", says.then(|| outcomes.join(", ")));
    out.option("batch", (decl.batch != 1).then(|| decl.batch.to_string()));
    out.option("poll", decl.poll.map(|pause| pause.to_string()));
    out.flag("exclusive", decl.exclusive);
    out.option("priority", decl.priority.map(|priority| priority.to_string()));
    super::topology::arguments(out, &decl.arguments, &[]);
    let spans = [decl.latency, decl.heartbeat, decl.reconnect];
    place(out, decl.connection.as_ref(), decl.channel);
    client(out, decl.user.as_ref(), spans, decl.stopped);
}

fn forward_target(forward: &Forward) -> String {
    match &forward.key {
        Some(key) if forward.exchange.is_empty() => format!("queue {}", name(key)),
        _ => name(&forward.exchange),
    }
}

/// What is changed in a message that is passed on.
fn transform(out: &mut Pieces, forward: &Forward) {
    let key = forward.key.as_deref().filter(|_| !forward.exchange.is_empty());
    out.option("key", key.map(name));
    out.option("body", forward.body.as_deref().map(quoted));
    headers(out, &forward.headers);
    for header in &forward.dropped {
        out.add(format!("drop-header {header}"), format!("drop-header {}", name(header)));
    }
    properties(out, &forward.properties);
}

fn outcome_words(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Ack => "ack",
        Outcome::Nack { requeue: true } => "nack requeue",
        Outcome::Nack { requeue: false } => "nack",
        Outcome::Reject { requeue: true } => "reject requeue",
        Outcome::Reject { requeue: false } => "reject",
        Outcome::Crash => "crash",
        Outcome::Forget => "forget",
    }
}

pub(super) fn publish(out: &mut Pieces, action: &PublishAction) {
    let to = target(&action.exchange, [&*action.key]);
    let by = action.by.as_deref().map_or(String::new(), |by| name(by) + " ");
    out.add("head", format!("publish {by}-> {to}"));
    let key = !action.exchange.is_empty() && !action.key.is_empty();
    out.option("key", key.then(|| name(&action.key)));
    out.option("body", (!action.body.is_empty()).then(|| quoted(&action.body)));
    headers(out, &action.headers);
    out.flag("mandatory", action.mandatory);
    out.flag("persistent", action.persistent);
    out.option("priority", action.priority.map(|priority| priority.to_string()));
    out.option("expiration", action.expiration.map(|span| span.to_string()));
    properties(out, &action.properties);
    out.option("count", (action.count != 1).then(|| action.count.to_string()));
}
