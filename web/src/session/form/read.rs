//! From what a person typed to values.

use super::Form;
use warren_core::broker::{Name, Table, Value};
use warren_core::scenario::{Outcome, Pause};
use warren_core::time::Span;

/// A field that cannot be read, and why, in words for the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Which field.
    pub field: &'static str,
    /// Why.
    pub why: String,
}

impl Wrong {
    pub(super) fn new(field: &'static str, why: impl Into<String>) -> Self {
        Self { field, why: why.into() }
    }
}

/// A name that has to be there.
pub(super) fn name(form: &Form, field: &'static str) -> Result<Name, Wrong> {
    match form.value(field).trim() {
        "" => Err(Wrong::new(field, "Give it a name.")),
        text => Ok(Name::from(text)),
    }
}

/// Things separated by commas; at least one.
pub(super) fn list(form: &Form, field: &'static str) -> Vec<String> {
    let parts = form.value(field).split(',').map(|part| part.trim().to_owned());
    let parts: Vec<String> = parts.collect();
    // One empty key is a key; "a, " means only a.
    if parts.len() == 1 { parts } else { parts.into_iter().filter(|p| !p.is_empty()).collect() }
}

/// A whole number; `None` when nothing is filled in.
pub(super) fn number<T: core::str::FromStr>(
    form: &Form,
    field: &'static str,
) -> Result<Option<T>, Wrong> {
    match form.value(field).trim() {
        "" => Ok(None),
        text => {
            let wrong = || Wrong::new(field, format!("{text} is not a number that fits here."));
            text.parse().map(Some).map_err(|_| wrong())
        }
    }
}

/// `500ms`, `2s`, `1s..3s`; a bare number means milliseconds.
pub(super) fn pause(form: &Form, field: &'static str) -> Result<Option<Pause>, Wrong> {
    let text = form.value(field).trim();
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = || Wrong::new(field, format!("{text} is not a time. Write 500ms, 2s or 1s..3s."));
    match text.split_once("..") {
        None => Ok(Some(Pause::Fixed(span(text).ok_or_else(wrong)?))),
        Some((from, to)) => {
            let (from, to) = (span(from).ok_or_else(wrong)?, span(to).ok_or_else(wrong)?);
            if from > to { Err(wrong()) } else { Ok(Some(Pause::Between(from, to))) }
        }
    }
}

fn span(text: &str) -> Option<Span> {
    let text = text.trim();
    let digits =
        text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').len();
    let (number, unit) = text.split_at(digits);
    let factor: u64 = match unit.trim() {
        "us" | "µs" => 1,
        "ms" | "" => 1_000,
        "s" => 1_000_000,
        "min" => 60_000_000,
        _ => return None,
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let whole: u64 = whole.parse().ok()?;
    if fraction.len() > 6 || (number.contains('.') && fraction.is_empty()) {
        return None;
    }
    let parts: u64 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    let scale = 10_u64.pow(u32::try_from(fraction.len()).ok()?);
    let micros = whole.checked_mul(factor)?.checked_add(parts.checked_mul(factor)? / scale)?;
    Some(Span(micros))
}

/// Lines `name: value`; integers and true/false keep their types.
pub(super) fn table(form: &Form, field: &'static str) -> Result<Table, Wrong> {
    let mut table = Table::new();
    for line in form.value(field).lines().map(str::trim).filter(|line| !line.is_empty()) {
        let Some((key, value)) = line.split_once([':', '=']) else {
            return Err(Wrong::new(field, format!("{line}: write name: value.")));
        };
        let (key, value) = (key.trim(), value.trim());
        if key.is_empty() {
            return Err(Wrong::new(field, "A header needs a name."));
        }
        let value = match (value, value.parse::<i64>()) {
            ("true", _) => Value::Bool(true),
            ("false", _) => Value::Bool(false),
            (_, Ok(n)) => i32::try_from(n).map_or(Value::I64(n), Value::I32),
            (text, Err(_)) => Value::str(text.trim_matches('"')),
        };
        table.set(key, value);
    }
    Ok(table)
}

pub(super) fn outcome(value: &str) -> Outcome {
    match value {
        "nack-requeue" => Outcome::Nack { requeue: true },
        "nack" => Outcome::Nack { requeue: false },
        "reject-requeue" => Outcome::Reject { requeue: true },
        "reject" => Outcome::Reject { requeue: false },
        "crash" => Outcome::Crash,
        "forget" => Outcome::Forget,
        _ => Outcome::Ack,
    }
}
