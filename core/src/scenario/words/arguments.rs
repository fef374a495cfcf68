//! Words that set arguments, and which.

/// What stands behind a word that sets an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::scenario) enum Shape {
    /// A number from 0 on.
    Number,
    /// A duration; the argument has milliseconds.
    Millis,
    /// A name.
    Text,
    /// Nothing; the argument is `true`.
    Flag,
    /// Nothing; the argument is this text.
    Fixed(&'static str),
}

/// A word, the argument it sets, and how.
pub(in crate::scenario) type ArgumentWord = (&'static str, &'static str, Shape);

/// Words that set arguments of a queue.
pub(in crate::scenario) const QUEUE_ARGUMENTS: &[ArgumentWord] = &[
    ("quorum", "x-queue-type", Shape::Fixed("quorum")),
    ("stream", "x-queue-type", Shape::Fixed("stream")),
    ("max-length", "x-max-length", Shape::Number),
    ("max-bytes", "x-max-length-bytes", Shape::Number),
    ("overflow", "x-overflow", Shape::Text),
    ("ttl", "x-message-ttl", Shape::Millis),
    ("expires", "x-expires", Shape::Millis),
    ("dead-letter", "x-dead-letter-exchange", Shape::Text),
    ("max-priority", "x-max-priority", Shape::Number),
    ("delivery-limit", "x-delivery-limit", Shape::Number),
    ("single-active-consumer", "x-single-active-consumer", Shape::Flag),
    ("consumer-timeout", "x-consumer-timeout", Shape::Millis),
    ("dead-letter-strategy", "x-dead-letter-strategy", Shape::Text),
    ("lazy", "x-queue-mode", Shape::Fixed("lazy")),
    ("max-age", "x-max-age", Shape::Text),
];

/// Words that set what a policy defines: the arguments without their `x-`.
pub(in crate::scenario) const POLICY_ARGUMENTS: &[ArgumentWord] = &[
    ("max-length", "max-length", Shape::Number),
    ("max-bytes", "max-length-bytes", Shape::Number),
    ("overflow", "overflow", Shape::Text),
    ("ttl", "message-ttl", Shape::Millis),
    ("expires", "expires", Shape::Millis),
    ("dead-letter", "dead-letter-exchange", Shape::Text),
    ("delivery-limit", "delivery-limit", Shape::Number),
    ("alternate", "alternate-exchange", Shape::Text),
];

/// Words that set arguments of an exchange.
pub(in crate::scenario) const EXCHANGE_ARGUMENTS: &[ArgumentWord] =
    &[("alternate", "alternate-exchange", Shape::Text)];

/// The argument that `dead-letter … key K` sets beside `argument`.
pub(in crate::scenario) fn dead_letter_key(argument: &str) -> &'static str {
    const KEY: &str = "x-dead-letter-routing-key";
    if argument.starts_with("x-") { KEY } else { &KEY[2..] }
}
