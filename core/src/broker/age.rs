//! Lengths of time as arguments write them: `7D`.

use super::value::Value;
use crate::time::Span;

/// A number and a unit of time, as a length of time; a month has 30 days.
pub(crate) fn age(text: &str) -> Option<Span> {
    if !is_age(&Value::str(text)) {
        return None;
    }
    let (number, unit) = text.split_at(text.len() - 1);
    let seconds = match unit {
        "Y" => 365 * 86_400,
        "M" => 30 * 86_400,
        "D" => 86_400,
        "h" => 3_600,
        "m" => 60,
        _ => 1,
    };
    Some(Span::secs(number.parse::<u64>().ok()?.checked_mul(seconds)?))
}

/// Whether this is a number and a unit of time (`rabbit_amqqueue:check_max_age`).
pub(crate) fn is_age(value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let positive = number.bytes().any(|digit| digit != b'0');
    positive && ["Y", "M", "D", "h", "m", "s"].contains(&unit)
}
