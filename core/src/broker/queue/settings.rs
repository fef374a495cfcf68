//! What holds for a queue, of its arguments and its policy together.

use super::QueueKind;
use crate::broker::profile::Profile;
use crate::broker::value::{Name, Table, Value};
use crate::time::Span;

/// What a full queue does with one more message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Overflow {
    #[default]
    DropHead,
    RejectPublish,
    RejectPublishDlx,
}

/// The settings in force.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Settings {
    /// `x-expires`
    pub(crate) expires: Option<Span>,
    /// `x-message-ttl`
    pub(crate) ttl: Option<Span>,
    /// `x-max-length`
    pub(crate) max_length: Option<u64>,
    /// `x-max-length-bytes`
    pub(crate) max_bytes: Option<u64>,
    /// `x-overflow`
    pub(crate) overflow: Overflow,
    /// `x-dead-letter-exchange`
    pub(crate) dead_letter_exchange: Option<Name>,
    /// `x-dead-letter-routing-key`
    pub(crate) dead_letter_key: Option<Name>,
    /// `x-max-priority`
    pub(crate) max_priority: Option<u8>,
    /// `x-single-active-consumer`
    pub(crate) single_active: bool,
    /// `x-delivery-limit`, of quorum queues
    pub(crate) delivery_limit: Option<u32>,
    /// `x-consumer-timeout`
    pub(crate) consumer_timeout: Option<Span>,
}

impl Settings {
    /// Arguments win over the policy, but of two numbers the smaller holds
    /// (`rabbit_queue_type_util:args_policy_lookup`).
    pub(crate) fn of(
        kind: QueueKind,
        arguments: &Table,
        policy: Option<&Table>,
        profile: Profile,
    ) -> Self {
        let lookup = |key: &str| {
            let argument = arguments.get(&format!("x-{key}"));
            (argument, policy.and_then(|policy| policy.get(key)))
        };
        let smaller = |key| {
            let (argument, policy) = lookup(key);
            let number = |value: Option<&Value>| {
                value.and_then(Value::as_integer).and_then(|n| u64::try_from(n).ok())
            };
            match (number(argument), number(policy)) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            }
        };
        let text = |key| {
            let (argument, policy) = lookup(key);
            argument.or(policy).and_then(Value::as_str).map(Name::from)
        };
        let overflow = match kind {
            QueueKind::Classic | QueueKind::Stream => text("overflow"),
            // Here alone the policy wins.
            QueueKind::Quorum => {
                let (argument, policy) = lookup("overflow");
                policy.or(argument).and_then(Value::as_str).map(Name::from)
            }
        };
        Self {
            expires: smaller("expires").map(Span::millis),
            ttl: smaller("message-ttl").map(Span::millis),
            max_length: smaller("max-length"),
            max_bytes: smaller("max-length-bytes"),
            overflow: match overflow.as_deref() {
                Some("reject-publish") => Overflow::RejectPublish,
                // Quorum queues do not know it and say so only in the log.
                Some("reject-publish-dlx") if kind == QueueKind::Classic => {
                    Overflow::RejectPublishDlx
                }
                _ => Overflow::DropHead,
            },
            dead_letter_exchange: text("dead-letter-exchange"),
            dead_letter_key: text("dead-letter-routing-key"),
            max_priority: arguments
                .get("x-max-priority")
                .and_then(Value::as_integer)
                .and_then(|n| u8::try_from(n).ok())
                .filter(|n| *n > 0),
            single_active: matches!(
                arguments.get("x-single-active-consumer"),
                Some(Value::Bool(true))
            ),
            consumer_timeout: smaller("consumer-timeout").map(Span::millis),
            delivery_limit: {
                let (argument, policy) = lookup("delivery-limit");
                let number = |value: Option<&Value>| value.and_then(Value::as_integer);
                let limit = match (number(argument), number(policy)) {
                    (Some(a), Some(b)) if a < 0 || b < 0 => Some(a.max(b)),
                    (Some(a), Some(b)) => Some(a.min(b)),
                    (a, b) => a.or(b),
                };
                // Below zero is without limit, and so is what is not a number in 3.10.
                limit.or(profile.default_delivery_limit()).and_then(|n| u32::try_from(n).ok())
            },
        }
    }
}
