//! Erlang terms as RabbitMQ's error texts print them.

use crate::broker::profile::Profile;
use crate::broker::value::{Bytes, Table, Value};
use crate::decimal;

/// `value` as Erlang's `~p` (3.10) or `~tp` (later) prints what RabbitMQ's
/// parser makes of it, without the line breaks that depend on the width.
pub(crate) fn erlang_term(value: &Value, profile: Profile) -> String {
    match value {
        Value::Bool(b) => b.to_string(),
        Value::F32(n) => decimal::erlang(f64::from(*n).to_bits()),
        Value::F64(n) => decimal::erlang(n.to_bits()),
        Value::Decimal { scale, value } => format!("{{{scale},{value}}}"),
        Value::Timestamp(seconds) => seconds.to_string(),
        Value::LongStr(text) | Value::Binary(text) => binary(text, profile),
        Value::Array(items) => {
            let items = items
                .iter()
                .map(|item| format!("{{{},{}}}", item.type_name(), erlang_term(item, profile)));
            list(items)
        }
        Value::Table(Table(entries)) => list(entries.iter().map(|(name, value)| {
            let name = binary(&Bytes::from(&**name), profile);
            format!("{{{name},{},{}}}", value.type_name(), erlang_term(value, profile))
        })),
        Value::Void => "undefined".to_owned(),
        other => other.as_integer().unwrap_or_default().to_string(),
    }
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(","))
}

/// `<<"text">>`, or the octets when they are not printable. `~p` takes every
/// octet for a Latin-1 character; `~tp` reads UTF-8 and says so.
fn binary(octets: &Bytes, profile: Profile) -> String {
    if octets.is_empty() {
        return "<<>>".to_owned();
    }
    let unicode = octets.as_str().filter(|_| profile != Profile::V3_10);
    let text: String = match unicode {
        Some(text) => text.to_owned(),
        None => octets.0.iter().copied().map(char::from).collect(),
    };
    if !text.chars().all(printable) {
        let octets: Vec<String> = octets.0.iter().map(u8::to_string).collect();
        return format!("<<{}>>", octets.join(","));
    }
    let suffix = if unicode.is_some() && !text.is_ascii() { "/utf8" } else { "" };
    format!("<<\"{}\"{suffix}>>", text.chars().map(escape).collect::<String>())
}

/// `io_lib:printable_unicode_list`.
fn printable(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..)
        || matches!(c, '\n' | '\r' | '\t' | '\u{b}' | '\u{8}' | '\u{c}' | '\u{1b}')
}

fn escape(c: char) -> String {
    match c {
        '"' => "\\\"".to_owned(),
        '\\' => "\\\\".to_owned(),
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        '\u{b}' => "\\v".to_owned(),
        '\u{8}' => "\\b".to_owned(),
        '\u{c}' => "\\f".to_owned(),
        '\u{1b}' => "\\e".to_owned(),
        other => other.to_string(),
    }
}
