//! Field tables and properties between JSON and the core.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use serde_json::{Map, Value as Json, json};
use warren_core::broker::{Bytes, Message, Name, Properties, Table, Value};

/// The text under `key`; empty when there is none.
pub(crate) fn text<'a>(from: &'a Json, key: &str) -> &'a str {
    from[key].as_str().unwrap_or_default()
}

/// A table of the core from a JSON object.
pub(crate) fn table(from: &Json) -> Table {
    let entries = from.as_object().into_iter().flatten();
    Table(entries.map(|(key, entry)| (Name::from(key.as_str()), value(entry))).collect())
}

fn value(from: &Json) -> Value {
    match from {
        Json::Null => Value::Void,
        Json::Bool(b) => Value::Bool(*b),
        Json::Number(n) => match n.as_i64() {
            Some(n) => i32::try_from(n).map_or(Value::I64(n), Value::I32),
            None => Value::F64(n.as_f64().unwrap_or_default()),
        },
        Json::String(text) => Value::str(text),
        Json::Array(items) => Value::Array(items.iter().map(value).collect()),
        Json::Object(entries) => match entries.get("$").and_then(Json::as_str) {
            Some(kind) => typed(kind, &from["v"]),
            None => Value::Table(table(from)),
        },
    }
}

fn typed(kind: &str, from: &Json) -> Value {
    let integer = from.as_i64().unwrap_or_default();
    let float = from.as_f64().unwrap_or_default();
    match kind {
        "b" => Value::I8(integer as i8),
        "s" => Value::I16(integer as i16),
        "I" => Value::I32(integer as i32),
        "l" => Value::I64(integer),
        "f" => Value::F32(float as f32),
        "d" => Value::F64(float),
        "T" => Value::Timestamp(integer as u64),
        "t" => Value::Bool(from.as_bool().unwrap_or(integer != 0)),
        "D" => Value::Decimal {
            scale: from[0].as_u64().unwrap_or_default() as u8,
            value: from[1].as_u64().unwrap_or_default() as u32,
        },
        "x" => {
            let octets = from.as_str().map(|text| BASE64.decode(text));
            Value::Binary(Bytes::from(octets.and_then(Result::ok).unwrap_or_default()))
        }
        _ => value(from),
    }
}

/// A value as recordings show it: without its width.
fn shown(value: &Value) -> Json {
    match value {
        Value::Bool(b) => json!(b),
        Value::F32(n) => json!(n),
        Value::F64(n) => json!(n),
        Value::LongStr(text) => json!(text.to_string()),
        Value::Array(items) => items.iter().map(shown).collect(),
        Value::Timestamp(seconds) => json!({"$": "T", "v": seconds}),
        Value::Decimal { scale, value } => json!({"$": "D", "v": [scale, value]}),
        Value::Binary(octets) => json!({"$": "x", "v": BASE64.encode(&octets.0)}),
        Value::Table(table) => shown_table(table),
        Value::Void => Json::Null,
        other => json!(other.as_integer()),
    }
}

fn shown_table(table: &Table) -> Json {
    let entries = table.iter().map(|(key, value)| (key.to_owned(), shown(value)));
    Json::Object(entries.collect())
}

/// Headers, with the instants of deaths hidden.
fn shown_headers(headers: &Table) -> Json {
    let mut shown = shown_table(headers);
    if let Some(deaths) = shown.get_mut("x-death").and_then(Json::as_array_mut) {
        for death in deaths.iter_mut().filter_map(Json::as_object_mut) {
            if death.contains_key("time") {
                death.insert("time".into(), json!("T"));
            }
        }
    }
    shown
}

/// The properties of a publish.
pub(crate) fn properties(from: &Json) -> Properties {
    let name = |key: &str| from[key].as_str().map(Name::from);
    let octet = |key: &str| from[key].as_u64().map(|n| n as u8);
    Properties {
        content_type: name("content_type"),
        content_encoding: name("content_encoding"),
        headers: from.get("headers").map(table),
        delivery_mode: octet("delivery_mode"),
        priority: octet("priority"),
        correlation_id: name("correlation_id"),
        reply_to: name("reply_to"),
        expiration: name("expiration"),
        message_id: name("message_id"),
        timestamp: from["timestamp"].as_u64(),
        kind: name("type"),
        user_id: name("user_id"),
        app_id: name("app_id"),
        cluster_id: name("cluster_id"),
    }
}

/// What a recording shows of a message: exchange, key, body, properties.
pub(crate) fn message(message: &Message) -> Map<String, Json> {
    let mut shown = Map::new();
    shown.insert("exchange".into(), json!(&*message.exchange));
    shown.insert("key".into(), json!(&*message.routing_key));
    shown.insert("body".into(), json!(body(&message.body)));
    let properties = shown_properties(&message.properties);
    if !properties.is_empty() {
        shown.insert("props".into(), Json::Object(properties));
    }
    shown
}

fn body(octets: &Bytes) -> String {
    let text = octets.to_string();
    if text.chars().count() <= 200 {
        return text;
    }
    let start: String = text.chars().take(20).collect();
    format!("{start}...({})", text.chars().count())
}

fn shown_properties(from: &Properties) -> Map<String, Json> {
    let mut shown = Map::new();
    let names = [
        ("content_type", &from.content_type),
        ("content_encoding", &from.content_encoding),
        ("correlation_id", &from.correlation_id),
        ("reply_to", &from.reply_to),
        ("expiration", &from.expiration),
        ("message_id", &from.message_id),
        ("type", &from.kind),
        ("user_id", &from.user_id),
        ("app_id", &from.app_id),
        ("cluster_id", &from.cluster_id),
    ];
    for (key, name) in names {
        if let Some(name) = name {
            shown.insert(key.into(), json!(&**name));
        }
    }
    if let Some(headers) = &from.headers {
        shown.insert("headers".into(), shown_headers(headers));
    }
    for (key, octet) in [("delivery_mode", from.delivery_mode), ("priority", from.priority)] {
        if let Some(octet) = octet {
            shown.insert(key.into(), json!(octet));
        }
    }
    if let Some(seconds) = from.timestamp {
        shown.insert("timestamp".into(), json!(seconds));
    }
    shown
}
