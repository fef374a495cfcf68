//! `x-` arguments: which ones a queue type knows, and what they may say
//! (`rabbit_amqqueue:check_declare_arguments`).

use super::profile::Profile;
use super::queue::QueueKind;
use super::reply_code::{Fault, ReplyCode};
use super::value::{Table, Value};

/// What a classic queue takes (`rabbit_classic_queue:capabilities`).
const CLASSIC: &[&str] = &[
    "x-expires",
    "x-message-ttl",
    "x-dead-letter-exchange",
    "x-dead-letter-routing-key",
    "x-max-length",
    "x-max-length-bytes",
    "x-max-priority",
    "x-overflow",
    "x-queue-mode",
    "x-queue-version",
    "x-single-active-consumer",
    "x-queue-type",
    "x-queue-master-locator",
];

/// What a quorum queue takes (`rabbit_quorum_queue:capabilities`).
const QUORUM: &[&str] = &[
    "x-dead-letter-exchange",
    "x-dead-letter-routing-key",
    "x-dead-letter-strategy",
    "x-expires",
    "x-max-length",
    "x-max-length-bytes",
    "x-max-in-memory-length",
    "x-max-in-memory-bytes",
    "x-overflow",
    "x-single-active-consumer",
    "x-queue-type",
    "x-quorum-initial-group-size",
    "x-delivery-limit",
    "x-message-ttl",
    "x-queue-leader-locator",
];

/// What a quorum queue takes besides, from 4.3 on.
const QUORUM_4_3: &[&str] = &[
    "x-consumer-disconnected-timeout",
    "x-consumer-timeout",
    "x-delayed-retry-type",
    "x-delayed-retry-min",
    "x-delayed-retry-max",
];

/// What a stream takes (`rabbit_stream_queue:capabilities`).
const STREAM: &[&str] = &[
    "x-max-length-bytes",
    "x-queue-type",
    "x-max-age",
    "x-stream-max-segment-size-bytes",
    "x-stream-filter-size-bytes",
    "x-initial-cluster-size",
    "x-queue-leader-locator",
];

/// A value's check: what the text says it is instead, when it may not be that.
type Check = fn(&Value, &Table) -> Result<(), String>;

/// Every checked argument, in the order of checking.
const CHECKS: &[(&str, Check)] = &[
    ("x-expires", expires),
    ("x-message-ttl", ttl),
    ("x-dead-letter-exchange", text),
    ("x-dead-letter-routing-key", dead_letter_key),
    ("x-dead-letter-strategy", |v, _| one_of(v, STRATEGIES, "invalid_dlx_strategy")),
    ("x-max-length", natural),
    ("x-max-length-bytes", natural),
    ("x-max-in-memory-length", natural),
    ("x-max-in-memory-bytes", natural),
    ("x-max-priority", max_priority),
    ("x-overflow", |v, _| one_of(v, OVERFLOWS, "invalid_overflow")),
    ("x-queue-mode", queue_mode),
    ("x-queue-version", queue_version),
    ("x-single-active-consumer", boolean),
    ("x-consumer-timeout", natural),
    ("x-consumer-disconnected-timeout", natural),
    ("x-quorum-initial-group-size", positive),
    ("x-max-age", max_age),
    ("x-stream-max-segment-size-bytes", natural),
    ("x-stream-filter-size-bytes", natural),
    ("x-initial-cluster-size", positive),
    ("x-queue-leader-locator", |v, _| one_of(v, LOCATORS, "invalid_queue_locator_arg")),
];

const STRATEGIES: &[&str] = &["at-most-once", "at-least-once"];
const OVERFLOWS: &[&str] = &["drop-head", "reject-publish", "reject-publish-dlx"];
const LOCATORS: &[&str] = &["client-local", "balanced", "random", "least-leaders"];

/// Ten years in milliseconds: the longest time that can be asked for
/// (`rabbit_misc:check_expiry`).
pub(crate) const MAX_EXPIRY: i64 = 315_360_000_000;

/// The queue type that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Kind(QueueKind),
}

impl Wanted {
    /// The type that `x-queue-type` names; classic when it names none.
    pub(crate) fn of(arguments: &Table) -> Self {
        match arguments.get("x-queue-type").and_then(Value::as_str) {
            Some("quorum") => Self::Kind(QueueKind::Quorum),
            Some("stream") => Self::Kind(QueueKind::Stream),
            _ => Self::Kind(QueueKind::Classic),
        }
    }

    /// The name error texts use.
    pub(crate) const fn module(self) -> &'static str {
        match self {
            Self::Kind(QueueKind::Classic) => "rabbit_classic_queue",
            Self::Kind(QueueKind::Quorum) => "rabbit_quorum_queue",
            Self::Kind(QueueKind::Stream) => "rabbit_stream_queue",
        }
    }

    fn knows(self, key: &str, profile: Profile) -> bool {
        match self {
            Self::Kind(QueueKind::Classic) => {
                CLASSIC.contains(&key)
                    || key == "x-queue-leader-locator" && profile >= Profile::V4_0
            }
            Self::Kind(QueueKind::Quorum) => {
                QUORUM.contains(&key) || profile >= Profile::V4_3 && QUORUM_4_3.contains(&key)
            }
            Self::Kind(QueueKind::Stream) => {
                STREAM.contains(&key)
                    && (key != "x-stream-filter-size-bytes" || profile >= Profile::V4_3)
            }
        }
    }

    /// The arguments that two declarations have to agree on, in the order in
    /// which they are compared.
    pub(crate) fn compared(self, profile: Profile) -> impl Iterator<Item = &'static str> {
        let own = match self {
            Self::Kind(QueueKind::Classic) => CLASSIC,
            Self::Kind(QueueKind::Quorum) => QUORUM,
            Self::Kind(QueueKind::Stream) => STREAM,
        };
        let more = QUORUM_4_3.iter().chain(&["x-queue-leader-locator"]);
        let more = more.filter(move |key| !own.contains(key));
        own.iter().chain(more).copied().filter(move |key| self.knows(key, profile))
    }
}

/// Checks the arguments of a queue that is to be made; `at` is how texts name
/// it.
pub(crate) fn check_declare(at: &str, arguments: &Table, profile: Profile) -> Result<(), Fault> {
    if let Some(value) = arguments.get("x-queue-type") {
        queue_type(value, profile).map_err(|error| invalid(at, "x-queue-type", &error))?;
    }
    let wanted = Wanted::of(arguments);
    for (key, check) in CHECKS {
        let check = match *key {
            "x-queue-mode" if profile >= Profile::V4_3 => continue,
            "x-max-age" if profile < Profile::V4_3 && is_unnumbered(arguments, wanted) => {
                return Err(Fault::crash());
            }
            "x-queue-version" if profile >= Profile::V4_3 => &(newest_queue_version as Check),
            _ => check,
        };
        if let Some(value) = arguments.get(key).filter(|_| wanted.knows(key, profile)) {
            check(value, arguments).map_err(|error| invalid(at, key, &error))?;
        }
    }
    let all = [
        Wanted::Kind(QueueKind::Classic),
        Wanted::Kind(QueueKind::Quorum),
        Wanted::Kind(QueueKind::Stream),
    ];
    for (key, _) in arguments.iter() {
        let known = all.iter().any(|other| other.knows(key, profile));
        if known && !wanted.knows(key, profile) {
            return Err(Fault::precondition(format!(
                "invalid arg '{key}' for {at} of queue type {}",
                wanted.module()
            )));
        }
    }
    if wanted == Wanted::Kind(QueueKind::Classic)
        && profile >= Profile::V4_3
        && arguments.get("x-queue-master-locator").is_some()
    {
        return Err(Fault::new(ReplyCode::InternalError, DEPRECATED_LOCATOR));
    }
    Ok(())
}

/// The beginning of a text that is too long for the wire anyway.
const DEPRECATED_LOCATOR: &str = "Feature `queue_master_locator` is deprecated.\n\
    By default, this feature is not permitted anymore.\n\
    The feature will be removed from a future major RabbitMQ version, regardless of the \
    configuration; actual version to be determined.\n\
    To continue using this feature when it is not permitted by default, set it in the \
    configuration.";

/// Checks the arguments of `basic.consume`.
pub(crate) fn check_consume(
    at: &str,
    kind: QueueKind,
    arguments: &Table,
    profile: Profile,
) -> Result<(), Fault> {
    let checks: [(&str, Check); 3] = [
        ("x-priority", |value, _| integer(value).map(drop)),
        ("x-cancel-on-ha-failover", boolean),
        ("x-consumer-timeout", natural),
    ];
    for (key, check) in checks {
        if let Some(value) = arguments.get(key).filter(|_| consumer_knows(kind, key, profile)) {
            check(value, arguments).map_err(|error| invalid(at, key, &error))?;
        }
    }
    let foreign = |key: &str| match key {
        "x-priority" | "x-stream-offset" => !consumer_knows(kind, key, profile),
        "x-stream-filter" | "x-stream-match-unfiltered" => {
            profile >= Profile::V4_0 && !consumer_knows(kind, key, profile)
        }
        "x-cancel-on-ha-failover" => profile < Profile::V4_0 && !consumer_knows(kind, key, profile),
        "x-consumer-timeout" => profile >= Profile::V4_3 && !consumer_knows(kind, key, profile),
        _ => false,
    };
    match arguments.iter().find(|(key, _)| foreign(key)) {
        Some((key, _)) => Err(Fault::precondition(format!(
            "invalid arg '{key}' for {at} of queue type {}",
            Wanted::Kind(kind).module()
        ))),
        None => Ok(()),
    }
}

/// Whether a queue type takes an argument of its consumers.
fn consumer_knows(kind: QueueKind, key: &str, profile: Profile) -> bool {
    match key {
        "x-priority" => kind != QueueKind::Stream,
        "x-stream-offset" => kind == QueueKind::Stream,
        "x-stream-filter" | "x-stream-match-unfiltered" => {
            kind == QueueKind::Stream && profile >= Profile::V4_0
        }
        "x-cancel-on-ha-failover" => profile < Profile::V4_0 && kind == QueueKind::Classic,
        "x-consumer-timeout" => profile >= Profile::V4_3 && kind == QueueKind::Quorum,
        _ => false,
    }
}

fn invalid(at: &str, key: &str, error: &str) -> Fault {
    Fault::precondition(format!("invalid arg '{key}' for {at}: {error}"))
}

fn integer(value: &Value) -> Result<i64, String> {
    value.as_integer().ok_or_else(|| format!("\"expected integer, got {}\"", value.type_name()))
}

fn natural(value: &Value, _: &Table) -> Result<(), String> {
    match integer(value)? {
        n if n < 0 => Err(format!("{{value_negative,{n}}}")),
        _ => Ok(()),
    }
}

fn positive(value: &Value, table: &Table) -> Result<(), String> {
    natural(value, table)?;
    match integer(value)? {
        0 => Err("{value_zero,0}".into()),
        _ => Ok(()),
    }
}

fn ttl(value: &Value, _: &Table) -> Result<(), String> {
    check_expiry(integer(value)?)
}

fn expires(value: &Value, _: &Table) -> Result<(), String> {
    match integer(value)? {
        0 => Err("{value_zero,0}".into()),
        n => check_expiry(n),
    }
}

fn check_expiry(n: i64) -> Result<(), String> {
    match n {
        n if n < 0 => Err(format!("{{value_negative,{n}}}")),
        n if n > MAX_EXPIRY => Err(format!("{{value_too_large,{n}}}")),
        _ => Ok(()),
    }
}

fn max_priority(value: &Value, table: &Table) -> Result<(), String> {
    natural(value, table)?;
    match integer(value)? {
        n if n > 255 => Err(format!("{{max_value_exceeded,{n}}}")),
        _ => Ok(()),
    }
}

fn queue_version(value: &Value, table: &Table) -> Result<(), String> {
    natural(value, table)?;
    match integer(value)? {
        1 | 2 => Ok(()),
        n => Err(format!("\"unsupported queue version '{n}'\"")),
    }
}

/// Since 4.3 there is only the second.
fn newest_queue_version(value: &Value, table: &Table) -> Result<(), String> {
    natural(value, table)?;
    match integer(value)? {
        2 => Ok(()),
        n => Err(format!("\"unsupported queue version '{n}'\"")),
    }
}

fn queue_mode(value: &Value, _: &Table) -> Result<(), String> {
    match value {
        Value::LongStr(mode) => match mode.as_str() {
            Some("default" | "lazy") => Ok(()),
            _ => Err(format!("\"unsupported queue mode '{mode}'\"")),
        },
        other => Err(unacceptable(other)),
    }
}

/// Whether a stream is to keep messages for an age without a number, which is
/// taken for one before 4.3 (`rabbit_amqqueue:check_max_age`).
fn is_unnumbered(arguments: &Table, wanted: Wanted) -> bool {
    let age = arguments.get("x-max-age").and_then(Value::as_str);
    wanted == Wanted::Kind(QueueKind::Stream)
        && age.is_some_and(|age| !age.starts_with(|c: char| c.is_ascii_digit()))
}

/// A number and a unit of time, `7D`.
fn max_age(value: &Value, _: &Table) -> Result<(), String> {
    match value {
        Value::LongStr(_) if super::age::is_age(value) => Ok(()),
        Value::LongStr(_) => Err("invalid_max_age".into()),
        other => Err(unacceptable(other)),
    }
}

fn boolean(value: &Value, _: &Table) -> Result<(), String> {
    match value {
        Value::Bool(_) => Ok(()),
        other => Err(unacceptable(other)),
    }
}

fn text(value: &Value, _: &Table) -> Result<(), String> {
    match value {
        Value::LongStr(_) => Ok(()),
        other => Err(unacceptable(other)),
    }
}

fn dead_letter_key(value: &Value, table: &Table) -> Result<(), String> {
    text(value, table)?;
    if table.get("x-dead-letter-exchange").is_none() {
        return Err("routing_key_but_no_dlx_defined".into());
    }
    Ok(())
}

fn queue_type(value: &Value, profile: Profile) -> Result<(), String> {
    match value {
        Value::LongStr(name) => match name.as_str() {
            Some("classic" | "quorum" | "stream") => Ok(()),
            // They stand for the default.
            Some("undefined") if profile >= Profile::V4_0 => Ok(()),
            Some("") if profile >= Profile::V4_3 => Ok(()),
            _ => Err(format!("\"unsupported queue type '{name}'\"")),
        },
        other => Err(unacceptable(other)),
    }
}

fn one_of(value: &Value, allowed: &[&str], error: &str) -> Result<(), String> {
    match value {
        Value::LongStr(text) if text.as_str().is_some_and(|t| allowed.contains(&t)) => Ok(()),
        Value::LongStr(_) => Err(error.into()),
        other => Err(unacceptable(other)),
    }
}

fn unacceptable(value: &Value) -> String {
    format!("{{unacceptable_type,{}}}", value.type_name())
}
