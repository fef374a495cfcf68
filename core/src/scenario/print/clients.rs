//! Publishers, consumers and publishes by hand.

use super::{Pieces, name, names, pause, quoted};
use crate::broker::Table;
use crate::scenario::document::{
    AckMode, ConsumerDecl, Forward, Outcome, Pause, PublishAction, PublisherDecl,
};
use crate::scenario::values;
use crate::time::Span;
use core::fmt::Write as _;

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
    out.option("body", (!decl.body.is_empty()).then(|| quoted(&decl.body)));
    headers(out, &decl.headers);
    out.flag("mandatory", decl.mandatory);
    out.flag("persistent", decl.persistent);
    out.flag("confirms", decl.confirms);
    out.option("priority", decl.priority.map(|priority| priority.to_string()));
    out.option("expiration", decl.expiration.map(|span| span.to_string()));
    out.option("reply-to", decl.reply_to.as_deref().map(name));
    out.option("on", decl.connection.as_deref().map(name));
    out.option("latency", decl.latency.map(|latency| latency.to_string()));
    out.flag("stopped", decl.stopped);
}

fn headers(out: &mut Pieces, table: &Table) {
    for (key, value) in table.iter() {
        let text = format!("header {} {}", name(key), values::print(value));
        out.add(format!("header {key}"), text);
    }
}

pub(super) fn consumer(out: &mut Pieces, decl: &ConsumerDecl) {
    let queues = names(decl.queues.iter().map(|queue| &**queue));
    out.add("head", format!("consumer {} <- {queues}", name(&decl.name)));
    out.option("prefetch", (decl.prefetch > 0).then(|| decl.prefetch.to_string()));
    out.flag("auto-ack", decl.ack_mode == AckMode::Auto);
    let works = decl.work != Pause::Fixed(Span::ZERO);
    out.option("work", works.then(|| pause(decl.work)));
    for (index, forward) in decl.forwards.iter().enumerate() {
        out.add(format!("forward {index}"), forward_text(forward));
    }
    out.option("reply", decl.reply.as_deref().map(quoted));
    let acks = decl.outcomes == [Outcome::Ack];
    let says = if acks { works && decl.ack_mode == AckMode::Manual } else { true };
    let outcomes: Vec<&str> = decl.outcomes.iter().map(|outcome| outcome_words(*outcome)).collect();
    out.option("then", says.then(|| outcomes.join(", ")));
    out.flag("exclusive", decl.exclusive);
    out.option("priority", decl.priority.map(|priority| priority.to_string()));
    out.option("on", decl.connection.as_deref().map(name));
    out.option("latency", decl.latency.map(|latency| latency.to_string()));
    out.flag("stopped", decl.stopped);
}

fn forward_text(forward: &Forward) -> String {
    let mut text = String::from("forward -> ");
    match &forward.key {
        Some(key) if forward.exchange.is_empty() => {
            let _ = write!(text, "queue {}", name(key));
        }
        key => {
            text.push_str(&name(&forward.exchange));
            if let Some(key) = key {
                let _ = write!(text, " key {}", name(key));
            }
        }
    }
    if let Some(body) = &forward.body {
        let _ = write!(text, " body {}", quoted(body));
    }
    text
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
    out.option("count", (action.count != 1).then(|| action.count.to_string()));
}
