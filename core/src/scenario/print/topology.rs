//! Exchanges, queues, bindings and policies.

use super::{Pieces, name, quoted};
use crate::broker::{MAX_EXPIRY, Policy, PolicyTarget, Table, Value};
use crate::scenario::document::{BindingDecl, Destination, ExchangeDecl, QueueDecl};
use crate::scenario::values;
use crate::scenario::words::{
    ArgumentWord, EXCHANGE_ARGUMENTS, EXCHANGE_TYPES, MATCHES, POLICY_ARGUMENTS, POLICY_TARGETS,
    QUEUE_ARGUMENTS, Shape, dead_letter_key,
};
use crate::time::Span;
use core::fmt::Write as _;

pub(super) fn exchange(out: &mut Pieces, decl: &ExchangeDecl) {
    let kind = name(&decl.kind);
    let known = EXCHANGE_TYPES.contains(&&*decl.kind);
    let kind = if known { kind } else { quoted(&decl.kind) };
    out.add("head", format!("exchange {} {kind}", name(&decl.name)));
    out.flag("transient", !decl.durable);
    out.flag("auto-delete", decl.auto_delete);
    out.flag("internal", decl.internal);
    arguments(out, &decl.arguments, EXCHANGE_ARGUMENTS);
}

pub(super) fn queue(out: &mut Pieces, decl: &QueueDecl) {
    out.add("head", format!("queue {}", name(&decl.name)));
    if decl.server_named && decl.exclusive && decl.auto_delete && !decl.durable {
        out.flag("temporary", true);
    } else {
        out.flag("server-named", decl.server_named);
        out.flag("transient", !decl.durable);
        out.flag("exclusive", decl.exclusive);
        out.flag("auto-delete", decl.auto_delete);
    }
    out.option("for", decl.owner.as_deref().map(name));
    arguments(out, &decl.arguments, QUEUE_ARGUMENTS);
}

/// Arguments by their words where there is one, else as `arg NAME VALUE`.
pub(super) fn arguments(out: &mut Pieces, table: &Table, words: &[ArgumentWord]) {
    let mut entries = table.iter().peekable();
    while let Some((argument, value)) = entries.next() {
        let word = words.iter().find_map(|(word, of, shape)| {
            let text = (*of == argument).then(|| by_word(word, *shape, value)).flatten()?;
            Some((*word, text))
        });
        let Some((word, mut text)) = word else {
            out.add(
                format!("arg {argument}"),
                format!("arg {} {}", name(argument), values::print(value)),
            );
            continue;
        };
        if word == "dead-letter" {
            let beside = dead_letter_key(argument);
            let key =
                entries.next_if(|(next, value)| *next == beside && short_text(value).is_some());
            if let Some(key) = key.and_then(|(_, value)| short_text(value)) {
                let _ = write!(text, " key {}", name(key));
            }
        }
        out.add(format!("arg {argument}"), text);
    }
}

/// A text that the language reads as a name.
fn short_text(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| text.len() <= 255)
}

/// The words for an argument, when they stand for exactly this value.
fn by_word(word: &str, shape: Shape, value: &Value) -> Option<String> {
    match shape {
        Shape::Number => {
            let number = value.as_integer().filter(|n| *n >= 0)?;
            (*value == values::integer(number)).then(|| format!("{word} {number}"))
        }
        Shape::Millis => {
            let millis = value.as_integer().filter(|n| (0..=MAX_EXPIRY).contains(n))?;
            let same = *value == values::integer(millis);
            same.then(|| format!("{word} {}", Span::millis(millis.unsigned_abs())))
        }
        Shape::Text => short_text(value).map(|text| format!("{word} {}", name(text))),
        Shape::Flag => (*value == Value::Bool(true)).then(|| word.to_string()),
        Shape::Fixed(text) => (value.as_str() == Some(text)).then(|| word.to_string()),
    }
}

pub(super) fn bind(out: &mut Pieces, verb: &str, decl: &BindingDecl) {
    let to = match &decl.destination {
        Destination::Queue(queue) => name(queue),
        Destination::Exchange(exchange) => format!("exchange {}", name(exchange)),
    };
    out.add("head", format!("{verb} {} -> {to}", name(&decl.source)));
    out.option("key", (!decl.key.is_empty()).then(|| name(&decl.key)));
    let mut entries = decl.arguments.iter();
    let first = entries.next();
    let how = first.filter(|(key, _)| *key == "x-match").and_then(|(_, value)| value.as_str());
    match how.filter(|how| MATCHES.contains(how)) {
        Some(how) => {
            let mut text = format!("match {how}");
            for (key, value) in entries {
                let _ = write!(text, " {} {}", name(key), values::print(value));
            }
            out.add("match", text);
        }
        None => arguments(out, &decl.arguments, &[]),
    }
}

pub(super) fn policy(out: &mut Pieces, operator: bool, policy: &Policy) {
    let verb = policy_word(operator);
    out.add("head", format!("{verb} {} {}", name(&policy.name), name(&policy.pattern)));
    let target = POLICY_TARGETS.iter().find(|(_, target)| *target == policy.apply_to);
    let target = target.filter(|(_, target)| *target != PolicyTarget::All);
    out.option("apply-to", target.map(|(word, _)| (*word).to_string()));
    out.option("priority", (policy.priority != 0).then(|| policy.priority.to_string()));
    arguments(out, &policy.definition, POLICY_ARGUMENTS);
}

pub(super) const fn policy_word(operator: bool) -> &'static str {
    if operator { "operator-policy" } else { "policy" }
}
