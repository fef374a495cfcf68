//! When two declarations say the same, and what is said when they do not
//! (`rabbit_misc:assert_args_equivalence`).

use super::age::age;
use super::arguments::Wanted;
use super::profile::Profile;
use super::reply_code::Fault;
use super::routing::erlang_term;
use super::value::{Table, Value};
use std::borrow::Cow;

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
    let (old, new) = (normal(key, current, profile), normal(key, received, profile));
    let (old, new) = (old.as_deref(), new.as_deref());
    let classic = |value: Option<&Value>| value.and_then(Value::as_str) == Some("classic");
    let (received, current) = match (old, new) {
        (None, None) => return Ok(()),
        (Some(old), Some(new)) if is_same(old, new) => return Ok(()),
        (Some(old), Some(new)) => (bare(new, profile)?, bare(old, profile)?),
        (None, new) if key == "x-queue-type" && classic(new) => return Ok(()),
        (old, None) if key == "x-queue-type" && classic(old) => return Ok(()),
        (old, new) => (typed(new, profile), typed(old, profile)),
    };
    Err(inequivalent(at, key, &received, &current))
}

/// The value that is compared: ages in milliseconds, since 4.3
/// (`rabbit_amqqueue:normalize_max_age`).
fn normal<'a>(key: &str, table: &'a Table, profile: Profile) -> Option<Cow<'a, Value>> {
    let value = table.get(key)?;
    let counted = key == "x-max-age" && profile >= Profile::V4_3;
    Some(match value.as_str().filter(|_| counted).and_then(age) {
        Some(age) => Cow::Owned(Value::str(&age.as_millis().to_string())),
        None => Cow::Borrowed(value),
    })
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

/// A value beside another one, where types are left out. `rabbit_misc:val` takes
/// a void for none, and the two numbers of a decimal for a type and a value.
fn bare(value: &Value, profile: Profile) -> Result<String, Fault> {
    match value {
        Value::Void => Ok("none".into()),
        Value::Decimal { .. } => Err(Fault::crash()),
        other => Ok(quoted(other, profile)),
    }
}

/// A text as it is, anything else as an Erlang term.
fn quoted(value: &Value, profile: Profile) -> String {
    match value {
        Value::LongStr(text) | Value::Binary(text) => format!("'{text}'"),
        other => format!("'{}'", erlang_term(other, profile)),
    }
}
