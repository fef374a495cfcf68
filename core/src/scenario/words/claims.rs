//! The words of expectations.

use crate::scenario::expectation::{ClientCount, ExchangeCount, Fate, How, QueueCount};

/// What `expect` can begin with.
pub(in crate::scenario) const CLAIMS: &[&str] =
    &["queue", "exchange", "client", "message", "channel", "connection", "refused"];

/// How something must hold over a stretch of time.
pub(in crate::scenario) const HOWS: [(&str, How); 3] =
    [("always", How::Always), ("eventually", How::Eventually), ("never", How::Never)];

/// What is counted at a queue, one of them and several.
pub(in crate::scenario) const QUEUE_COUNTS: &[(&str, &str, QueueCount)] = &[
    ("ready", "ready", QueueCount::Ready),
    ("unacked", "unacked", QueueCount::Unacked),
    ("message", "messages", QueueCount::Messages),
    ("consumer", "consumers", QueueCount::Consumers),
    ("received", "received", QueueCount::Received),
    ("delivered", "delivered", QueueCount::Delivered),
    ("requeued", "requeued", QueueCount::Requeued),
    ("rejected", "rejected", QueueCount::Rejected),
    ("expired", "expired", QueueCount::Expired),
    ("dropped", "dropped", QueueCount::Dropped),
    ("dead-lettered", "dead-lettered", QueueCount::DeadLettered),
];

/// What is counted at an exchange.
pub(in crate::scenario) const EXCHANGE_COUNTS: &[(&str, ExchangeCount)] =
    &[("received", ExchangeCount::Received), ("unroutable", ExchangeCount::Unroutable)];

/// What is counted at a client.
pub(in crate::scenario) const CLIENT_COUNTS: &[(&str, ClientCount)] = &[
    ("published", ClientCount::Published),
    ("confirmed", ClientCount::Confirmed),
    ("nacked", ClientCount::Nacked),
    ("returned", ClientCount::Returned),
    ("received", ClientCount::Received),
    ("acked", ClientCount::Acked),
    ("redelivered", ClientCount::Redelivered),
    ("unconfirmed", ClientCount::Unconfirmed),
    ("connected", ClientCount::Connected),
];

/// What becomes of a message.
pub(in crate::scenario) const FATES: &[(&str, Fate)] = &[
    ("unroutable", Fate::Unroutable),
    ("returned", Fate::Returned),
    ("confirmed", Fate::Confirmed),
    ("nacked", Fate::Nacked),
    ("acked", Fate::Acked),
    ("requeued", Fate::Requeued),
    ("rejected", Fate::Rejected),
    ("expired", Fate::Expired),
    ("dropped", Fate::Dropped),
    ("dead-lettered", Fate::DeadLettered),
    ("lost", Fate::Lost),
];

/// What a message has, after `message LABEL has`.
pub(in crate::scenario) const CONTENT: &[&str] = &[
    "key",
    "body",
    "header",
    "no-header",
    "content-type",
    "content-encoding",
    "correlation-id",
    "message-id",
    "timestamp",
    "type",
    "user-id",
    "app-id",
];

/// What an entry of `x-death` says.
pub(in crate::scenario) const DEATH: &[&str] = &["queue", "reason", "count"];
