//! Tables for the reference, made from what the reader goes by.

use super::rules::{RULES, Severity};
use super::words::{
    ALARMS, ArgumentWord, BIND, CHANGE, CLAIMS, CLIENT_COUNTS, CONSUMER, CONTENT, DEATH, DELETE,
    ENDINGS, EXCHANGE, EXCHANGE_ARGUMENTS, EXCHANGE_COUNTS, EXCHANGE_TYPES, FATES, HOWS, KINDS,
    LIMIT, MATCHES, OUTCOMES, PERMIT, POLICY, POLICY_TARGETS, PUBLISH, PUBLISHER, QUEUE,
    QUEUE_ARGUMENTS, QUEUE_COUNTS, STATEMENTS, Shape, TRANSFORM, TYPES, USER, dead_letter_key,
};
use core::fmt::Write as _;

/// A scenario in seven lines, for whoever has never seen one.
pub const EXAMPLE: &str = "\
warren 1
exchange orders topic
queue billing
bind orders -> billing key order.*.eu
publisher shop -> orders key order.created.eu every 500ms count 20
consumer packer <- billing prefetch 1 work 800ms then ack
expect message A17 reaches packer
";

/// The words of the language, by where they can stand.
#[must_use]
pub fn vocabulary() -> Vec<(&'static str, Vec<&'static str>)> {
    let counts = QUEUE_COUNTS.iter().map(|(_, many, _)| *many).collect();
    vec![
        ("first words", STATEMENTS.to_vec()),
        ("kinds of things", KINDS.to_vec()),
        ("exchange types", EXCHANGE_TYPES.to_vec()),
        ("of an exchange", EXCHANGE.to_vec()),
        ("of a queue", QUEUE.to_vec()),
        ("of a binding", BIND.to_vec()),
        ("after `match`", MATCHES.to_vec()),
        ("of a publisher", PUBLISHER.to_vec()),
        ("of a consumer or a step", CONSUMER.to_vec()),
        ("after `forward`, and of a step", TRANSFORM.to_vec()),
        ("after `then`", OUTCOMES.to_vec()),
        ("after `transaction N then`", ENDINGS.iter().map(|(word, _)| *word).collect()),
        ("of `publish`", PUBLISH.to_vec()),
        ("of `change`", CHANGE.to_vec()),
        ("after `delete`", DELETE.to_vec()),
        ("of `permit`", PERMIT.to_vec()),
        ("of a user", USER.to_vec()),
        ("of `limit`", LIMIT.to_vec()),
        ("of `get`", vec!["by"]),
        ("after `alarm` and `clear`", ALARMS.map(|(word, _)| word).to_vec()),
        ("of a policy", POLICY.to_vec()),
        ("after `apply-to`", POLICY_TARGETS.map(|(word, _)| word).to_vec()),
        ("counts of a queue", counts),
        ("after `expect`", HOWS.map(|(word, _)| word).into_iter().chain(CLAIMS.to_vec()).collect()),
        ("counts of an exchange", EXCHANGE_COUNTS.iter().map(|(word, _)| *word).collect()),
        ("counts of a client", CLIENT_COUNTS.iter().map(|(word, _)| *word).collect()),
        ("what a message is", FATES.iter().map(|(word, _)| *word).collect()),
        ("what a message has", CONTENT.to_vec()),
        ("after `has x-death`", DEATH.to_vec()),
        ("field types", TYPES.to_vec()),
    ]
}

/// The reference's tables in Markdown, by name.
#[must_use]
pub fn tables() -> Vec<(&'static str, String)> {
    vec![("queue-arguments", arguments()), ("findings", findings()), ("words", words())]
}

fn arguments() -> String {
    let mut out = String::from("| Words | Argument | Value |\n|---|---|---|\n");
    let row = |out: &mut String, (word, argument, shape): &ArgumentWord| {
        let (rest, value) = match shape {
            Shape::Number => (" N", "the number"),
            Shape::Millis => (" D", "milliseconds"),
            Shape::Text => (" NAME", "the name"),
            Shape::Flag => ("", "true"),
            Shape::Fixed(text) => ("", *text),
        };
        let _ = writeln!(out, "| `{word}{rest}` | `{argument}` | {value} |");
        if *word == "dead-letter" {
            let beside = dead_letter_key(argument);
            let _ = writeln!(out, "| `{word} NAME key K` | … and `{beside}` | the key |");
        }
    };
    QUEUE_ARGUMENTS.iter().chain(EXCHANGE_ARGUMENTS).for_each(|word| row(&mut out, word));
    out
}

fn findings() -> String {
    let mut out = String::from("| Code | | What is said |\n|---|---|---|\n");
    for rule in RULES {
        let severity = match rule.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let words =
            (0..4).fold(rule.words.to_string(), |words, n| words.replace(&format!("{{{n}}}"), "…"));
        let _ = writeln!(out, "| `{}` | {severity} | {words} |", rule.code);
    }
    out
}

fn words() -> String {
    let mut out = String::from("| Where | Words |\n|---|---|\n");
    for (place, words) in vocabulary() {
        let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
        let _ = writeln!(out, "| {place} | {} |", words.join(" "));
    }
    out
}
