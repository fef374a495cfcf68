//! When two declarations say the same, and what is said when they do not
//! (`rabbit_misc:assert_args_equivalence`).

use super::arguments::Wanted;
use super::profile::Profile;
use super::reply_code::Fault;
use super::value::{Table, Value};
use crate::decimal;

/// Whether a declaration's arguments say what is in force already.
pub(crate) fn check_equivalent(
    at: &str,
    current: &Table,
    received: &Table,
    profile: Profile,
) -> Result<(), Fault> {
    Wanted::of(current).compared(profile).try_for_each(|key| same(at, key, current, received))
}

/// Whether two tables agree on one argument (`assert_args_equivalence1`).
pub(crate) fn same(at: &str, key: &str, current: &Table, received: &Table) -> Result<(), Fault> {
    let (old, new) = (current.get(key), received.get(key));
    let classic = |value: Option<&Value>| value.and_then(Value::as_str) == Some("classic");
    let (received, current) = match (old, new) {
        (None, None) => return Ok(()),
        (Some(old), Some(new)) if is_same(old, new) => return Ok(()),
        (Some(old), Some(new)) => (quoted(new), quoted(old)),
        (None, new) if key == "x-queue-type" && classic(new) => return Ok(()),
        (old, None) if key == "x-queue-type" && classic(old) => return Ok(()),
        (old, new) => (typed(new), typed(old)),
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

fn typed(value: Option<&Value>) -> String {
    value.map_or_else(
        || "none".into(),
        |value| format!("the value {} of type '{}'", quoted(value), value.type_name()),
    )
}

fn quoted(value: &Value) -> String {
    format!("'{}'", term(value))
}

/// A value as Erlang writes it.
fn term(value: &Value) -> String {
    match value {
        Value::Bool(b) => b.to_string(),
        Value::F32(n) => decimal::single(n.to_bits()),
        Value::F64(n) => decimal::double(n.to_bits()),
        Value::Decimal { scale, value } => format!("{{{scale},{value}}}"),
        Value::LongStr(text) | Value::Binary(text) => text.to_string(),
        Value::Timestamp(n) => n.to_string(),
        Value::Void => "undefined".into(),
        Value::Array(items) => {
            let items: Vec<String> = items
                .iter()
                .map(|item| format!("{{{},{}}}", item.type_name(), inner(item)))
                .collect();
            format!("[{}]", items.join(","))
        }
        Value::Table(table) => {
            let entries: Vec<String> = table
                .iter()
                .map(|(key, v)| format!("{{<<\"{key}\">>,{},{}}}", v.type_name(), inner(v)))
                .collect();
            format!("[{}]", entries.join(","))
        }
        other => other.as_integer().unwrap_or_default().to_string(),
    }
}

fn inner(value: &Value) -> String {
    match value {
        Value::LongStr(text) | Value::Binary(text) => format!("<<\"{text}\">>"),
        other => term(other),
    }
}
