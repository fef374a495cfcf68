//! The settings that policies may hold: which ones a release knows, what they
//! may say, which queue types can use them, and what becomes of one that a
//! user's and an operator's policy both set (`rabbit_policies.erl`, and
//! `rabbit_quorum_queue.erl` and `rabbit_classic_queue.erl` for their own).

use super::policy::PolicyTarget;
use super::profile::Profile;
use super::queue::QueueKind;
use super::routing::erlang_term;
use super::value::{Bytes, Table, Value};
use std::borrow::Cow;

/// What a setting may be.
#[derive(Clone, Copy)]
enum Form {
    Integer,
    Natural,
    Positive,
    /// From one number to another.
    Between(i64, i64),
    Text,
    OneOf(&'static [&'static str]),
    Versions,
    /// A number and a unit of time, `7D`.
    Age,
    /// Not looked into: it says how queues are mirrored.
    Anything,
}

/// What holds when both policies set it.
#[derive(Clone, Copy)]
enum Merge {
    Least,
    Greatest,
    Operator,
    /// The smaller, unless one is negative, which means without limit.
    DeliveryLimit,
}

/// A setting.
struct Key {
    name: &'static str,
    form: Form,
    /// What follows "… is not a valid ".
    wrong: &'static str,
    since: Profile,
    /// From when on an operator may set it, if ever.
    operator: Option<(Profile, Merge)>,
}

const fn key(name: &'static str, form: Form, wrong: &'static str, since: Profile) -> Key {
    Key { name, form, wrong, since, operator: None }
}

const fn shared(key: Key, since: Profile, merge: Merge) -> Key {
    Key { operator: Some((since, merge)), ..key }
}

use Form::{Age, Anything, Between, Integer, Natural, OneOf, Positive, Text, Versions};
use Merge::{DeliveryLimit, Greatest, Least, Operator};
use Profile::{V3_10, V4_0, V4_3};

const LOCATORS: &[&str] = &["client-local", "balanced", "random", "least-leaders"];
const MASTER_LOCATORS: &[&str] = &["client-local", "min-masters", "random"];
const OVERFLOWS: &[&str] = &["drop-head", "reject-publish", "reject-publish-dlx"];
const RETRIES: &[&str] = &["all", "failed", "returned", "disabled"];
const STRATEGIES: &[&str] = &["at-most-once", "at-least-once"];
const LEAST_DELAY: &str = "delayed retry minimum delay. Must be a positive integer";
const MOST_DELAY: &str = "delayed retry maximum delay. Must be a positive integer";

const KEYS: &[Key] = &[
    key("alternate-exchange", Text, "alternate exchange name", V3_10),
    key("consumer-disconnected-timeout", Natural, "consumer disconnected timeout", V4_3),
    key("consumer-timeout", Natural, "consumer timeout", V4_0),
    key("dead-letter-exchange", Text, "dead letter exchange name", V3_10),
    key("dead-letter-routing-key", Text, "dead letter routing key", V3_10),
    key("dead-letter-strategy", OneOf(STRATEGIES), "dead letter strategy", V3_10),
    shared(key("message-ttl", Natural, "message TTL", V3_10), V3_10, Least),
    shared(key("expires", Positive, "queue expiry", V3_10), V3_10, Least),
    shared(key("max-length", Natural, "maximum length", V3_10), V3_10, Least),
    shared(key("max-length-bytes", Natural, "maximum length in bytes", V3_10), V3_10, Least),
    shared(key("max-in-memory-length", Natural, "maximum memory in bytes", V3_10), V3_10, Least),
    shared(key("max-in-memory-bytes", Natural, "maximum memory in bytes", V3_10), V3_10, Least),
    key("queue-mode", OneOf(&["default", "lazy"]), "queue-mode value", V3_10),
    shared(key("queue-version", Versions, "queue-version value", V3_10), V4_0, Operator),
    shared(key("overflow", OneOf(OVERFLOWS), "overflow value", V3_10), V4_0, Operator),
    shared(key("delivery-limit", Integer, "delivery limit", V3_10), V3_10, DeliveryLimit),
    key("max-age", Age, "max age", V3_10),
    key("queue-leader-locator", OneOf(LOCATORS), "queue leader locator value", V3_10),
    key("initial-cluster-size", Natural, "cluster size", V3_10),
    key("stream-max-segment-size-bytes", Between(0, 3_000_000_000), "segment size", V3_10),
    key("stream-filter-size-bytes", Between(16, 255), "filter size. Valid range is 16-255", V4_0),
    key("queue-master-locator", OneOf(MASTER_LOCATORS), "queue-master-locator value", V3_10),
    shared(key("target-group-size", Positive, "qq target count value", V4_0), V4_0, Greatest),
    shared(
        key(
            "delayed-retry-type",
            OneOf(RETRIES),
            "delayed retry type. Must be one of: all, failed, returned, disabled",
            V4_3,
        ),
        V4_3,
        Operator,
    ),
    shared(key("delayed-retry-min", Positive, LEAST_DELAY, V4_3), V4_3, Greatest),
    shared(key("delayed-retry-max", Positive, MOST_DELAY, V4_3), V4_3, Least),
    key("ha-mode", Anything, "", V3_10),
    key("ha-params", Anything, "", V3_10),
    key("ha-sync-mode", Anything, "", V3_10),
    key("ha-sync-batch-size", Anything, "", V3_10),
    key("ha-promote-on-shutdown", Anything, "", V3_10),
    key("ha-promote-on-failure", Anything, "", V3_10),
];

/// Settings that a queue type cannot use: a policy that holds one does not
/// apply to queues of that type at all (`capabilities`).
fn unusable(kind: QueueKind, profile: Profile) -> &'static [&'static str] {
    match (kind, profile) {
        (QueueKind::Classic, V3_10) => &[
            "max-age",
            "stream-max-segment-size-bytes",
            "queue-leader-locator",
            "initial-cluster-size",
            "delivery-limit",
            "dead-letter-strategy",
        ],
        (QueueKind::Classic, V4_0 | V4_3) => &[
            "max-age",
            "stream-max-segment-size-bytes",
            "initial-cluster-size",
            "delivery-limit",
            "dead-letter-strategy",
            "max-in-memory-length",
            "max-in-memory-bytes",
            "target-group-size",
        ],
        (QueueKind::Quorum, _) => &[
            "queue-mode",
            "ha-mode",
            "ha-params",
            "ha-sync-mode",
            "ha-promote-on-shutdown",
            "ha-promote-on-failure",
            "queue-master-locator",
            "max-age",
            "stream-max-segment-size-bytes",
            "initial-cluster-size",
        ],
        (QueueKind::Stream, _) => &[
            "expires",
            "message-ttl",
            "dead-letter-exchange",
            "dead-letter-routing-key",
            "max-length",
            "max-in-memory-length",
            "max-in-memory-bytes",
            "max-priority",
            "overflow",
            "queue-mode",
            "single-active-consumer",
            "delivery-limit",
            "ha-mode",
            "ha-params",
            "ha-sync-mode",
            "ha-promote-on-shutdown",
            "ha-promote-on-failure",
            "queue-master-locator",
            "dead-letter-strategy",
            "target-group-size",
        ],
    }
}

/// Whether a queue type can use every setting of a policy.
pub(super) fn is_usable(kind: QueueKind, definition: &Table, profile: Profile) -> bool {
    let unusable = unusable(kind, profile);
    !definition.iter().any(|(key, _)| unusable.contains(&key))
}

/// Checks what a policy says, in RabbitMQ's words.
pub(super) fn check(definition: &Table, operator: bool, profile: Profile) -> Result<(), String> {
    if definition.is_empty() {
        return Err("no policy provided".into());
    }
    let known = |name: &str| {
        KEYS.iter().find(|key| {
            let may = !operator || key.operator.is_some_and(|(since, _)| since <= profile);
            key.name == name && key.since <= profile && may && !key.is_gone(profile)
        })
    };
    let mut entries: Vec<_> = definition.iter().collect();
    crate::order::sort_by(&mut entries, |a, b| a.0.cmp(b.0));
    let mut unknown = Vec::new();
    for (name, value) in entries {
        match known(name) {
            Some(key) if key.accepts(value, profile) => {}
            Some(key) => {
                return Err(format!("{} is not a valid {}", term(value, profile), key.wrong));
            }
            None => {
                let name = erlang_term(&Value::LongStr(Bytes::from(name)), profile);
                unknown.push(format!("{{{name},{}}}", term(value, profile)));
            }
        }
    }
    if unknown.is_empty() {
        return Ok(());
    }
    Err(format!("[{}] are not recognised policy settings", unknown.join(",")))
}

impl Key {
    /// Mirrored queues are gone since 4.0.
    fn is_gone(&self, profile: Profile) -> bool {
        matches!(self.form, Anything) && profile >= V4_0
    }

    fn accepts(&self, value: &Value, profile: Profile) -> bool {
        let number = value.as_integer();
        let within = |least: i64| number.is_some_and(|n| n >= least);
        match self.form {
            // A negative limit is none, since 4.0.
            Integer => number.is_some() && (profile >= V4_0 || within(0)),
            Natural => within(0),
            Positive => within(1),
            Between(least, most) => number.is_some_and(|n| (least..=most).contains(&n)),
            Text => matches!(value, Value::LongStr(_)),
            OneOf(names) => value.as_str().is_some_and(|name| names.contains(&name)),
            Versions => number.is_some_and(|n| n == 1 || n == 2),
            Age => super::age::is_age(value),
            Anything => true,
        }
    }
}

/// A value as `~tp` prints it after it was read from JSON.
fn term(value: &Value, profile: Profile) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| term(item, profile)).collect();
            format!("[{}]", items.join(","))
        }
        Value::Table(table) => {
            let entries = table.iter().map(|(name, value)| {
                let name = erlang_term(&Value::str(name), profile);
                format!("{name} => {}", term(value, profile))
            });
            format!("#{{{}}}", entries.collect::<Vec<_>>().join(","))
        }
        Value::Void => "null".into(),
        other => erlang_term(other, profile),
    }
}

/// What a user's and an operator's policy say together
/// (`rabbit_policy:merge_operator_definitions`).
pub(super) fn merged<'a>(
    user: Option<&'a Table>,
    operator: Option<&'a Table>,
) -> Option<Cow<'a, Table>> {
    let (Some(user), Some(operator)) = (user, operator) else {
        return user.or(operator).map(Cow::Borrowed);
    };
    let mut table = user.clone();
    for (name, theirs) in operator.iter() {
        let merge = KEYS.iter().find(|key| key.name == name).and_then(|key| key.operator);
        let value = match (user.get(name), merge) {
            (Some(ours), Some((_, merge))) => merge.of(ours, theirs),
            _ => theirs,
        };
        table.set(name, value.clone());
    }
    Some(Cow::Owned(table))
}

impl Merge {
    fn of<'a>(self, ours: &'a Value, theirs: &'a Value) -> &'a Value {
        let (Some(a), Some(b)) = (ours.as_integer(), theirs.as_integer()) else { return theirs };
        let ours_counts = match self {
            Operator => false,
            DeliveryLimit if a < 0 || b < 0 => a > b,
            Least | DeliveryLimit => a < b,
            Greatest => a > b,
        };
        if ours_counts { ours } else { theirs }
    }
}

/// What is wrong with `apply-to` (`rabbit_policy:apply_to_validation`); types
/// of queues can be named since 3.12.
pub(super) fn check_target(target: PolicyTarget, profile: Profile) -> Result<(), String> {
    match target {
        PolicyTarget::All | PolicyTarget::Queues | PolicyTarget::Exchanges => Ok(()),
        _ if profile >= V4_0 => Ok(()),
        other => Err(format!(
            "apply-to '{}' unrecognised; should be 'queues', 'exchanges' or 'all'",
            other.name()
        )),
    }
}
