//! When two declarations say the same, and what is said when they do not
//! (`rabbit_misc:assert_args_equivalence`).

use super::arguments::Wanted;
use super::profile::Profile;
use super::reply_code::Fault;
use super::routing::erlang_term;
use super::value::{Table, Value};

/// Whether a declaration's arguments say what is in force already.
pub(crate) fn check_equivalent(
    at: &str,
    current: &Table,
    received: &Table,
    profile: Profile,
) -> Result<(), Fault> {
    Wanted::of(current)
        .compared(profile)
        .try_for_each(|key| same(at, key, current, received, profile))
}

/// Whether two tables agree on one argument (`assert_args_equivalence1`).
pub(crate) fn same(
    at: &str,
    key: &str,
    current: &Table,
    received: &Table,
    profile: Profile,
) -> Result<(), Fault> {
    let (old, new) = (current.get(key), received.get(key));
    let classic = |value: Option<&Value>| value.and_then(Value::as_str) == Some("classic");
    let (received, current) = match (old, new) {
        (None, None) => return Ok(()),
        (Some(old), Some(new)) if is_same(old, new) => return Ok(()),
        (Some(old), Some(new)) => (quoted(new, profile), quoted(old, profile)),
        (None, new) if key == "x-queue-type" && classic(new) => return Ok(()),
        (old, None) if key == "x-queue-type" && classic(old) => return Ok(()),
        (old, new) => (typed(new, profile), typed(old, profile)),
    };
    Err(inequivalent(at, key, &received, &current))
}

/// Whether two flags are the same.
pub(crate) fn same_flag(at: &str, key: &str, current: bool, received: bool) -> Result<(), Fault> {
    if current == received {
        return Ok(());
    }
    Err(inequivalent(at, key, &format!("'{received}'"), &format!("'{current}'")))
}

/// The fault of a declaration that differs.
pub(crate) fn inequivalent(at: &str, key: &str, received: &str, current: &str) -> Fault {
    Fault::precondition(format!(
        "inequivalent arg '{key}' for {at}: received {received} but current is {current}"
    ))
}

/// Values are the same when Erlang says so: integers of every width and
/// instants are numbers there, texts and octets are binaries.
fn is_same(a: &Value, b: &Value) -> bool {
    let integer = |value: &Value| match value {
        Value::Timestamp(seconds) => Some(i128::from(*seconds)),
        other => other.as_integer().map(i128::from),
    };
    match (a, b) {
        (Value::F32(single), Value::F64(double)) | (Value::F64(double), Value::F32(single)) => {
            *double == (*single).into()
        }
        (Value::LongStr(a) | Value::Binary(a), Value::LongStr(b) | Value::Binary(b)) => a == b,
        _ => match (integer(a), integer(b)) {
            (Some(a), Some(b)) => a == b,
            _ => a == b,
        },
    }
}

fn typed(value: Option<&Value>, profile: Profile) -> String {
    value.map_or_else(
        || "none".into(),
        |value| format!("the value {} of type '{}'", quoted(value, profile), value.type_name()),
    )
}

/// A text as it is, anything else as an Erlang term.
fn quoted(value: &Value, profile: Profile) -> String {
    match value {
        Value::LongStr(text) | Value::Binary(text) => format!("'{text}'"),
        other => format!("'{}'", erlang_term(other, profile)),
    }
}
