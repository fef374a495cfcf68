//! Numbers and spans as languages write them.

use warren_core::broker::{Table, Value};
use warren_core::time::Span;

/// `0.5`
pub(super) fn seconds(span: Span) -> String {
    decimal(span.0, 6)
}

/// `500`, or `0.5` for less than one.
pub(super) fn millis(span: Span) -> String {
    decimal(span.0, 3)
}

fn decimal(micros: u64, places: u32) -> String {
    let unit = 10_u64.pow(places);
    let (whole, rest) = (micros / unit, micros % unit);
    if rest == 0 {
        return whole.to_string();
    }
    let rest = format!("{rest:0width$}", width = places as usize);
    format!("{whole}.{}", rest.trim_end_matches('0'))
}

/// A number in digits; `None` for what is none.
pub(super) fn number(value: &Value) -> Option<String> {
    match value {
        Value::F32(number) => number.is_finite().then(|| format!("{number:?}")),
        Value::F64(number) => number.is_finite().then(|| format!("{number:?}")),
        Value::Decimal { scale, value } => {
            let number = f64::from(*value) / 10_f64.powi(i32::from(*scale));
            Some(format!("{number:?}"))
        }
        Value::Timestamp(seconds) => Some(seconds.to_string()),
        other => other.as_integer().map(|number| number.to_string()),
    }
}

/// The entries of a table with commas between.
pub(super) fn table_items(table: &Table, item: impl Fn(&str, &Value) -> String) -> String {
    table.iter().map(|(key, value)| item(key, value)).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_written_without_zeros_behind() {
        for (micros, in_seconds, in_millis) in [
            (0, "0", "0"),
            (500_000, "0.5", "500"),
            (40, "0.00004", "0.04"),
            (2_000_000, "2", "2000"),
        ] {
            let span = Span(micros);
            assert_eq!((&*seconds(span), &*millis(span)), (in_seconds, in_millis));
        }
    }
}
