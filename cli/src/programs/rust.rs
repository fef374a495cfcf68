//! Rust with lapin.

mod flow;

use super::text::{Part, braces, escaped, fixed, quoted};
use super::tongue::{Field, Publish, Terms};
use super::units::number;
use core::fmt::Write as _;
use warren_core::broker::{Table, Value};
use warren_core::scenario::{BindingDecl, Destination, ExchangeDecl, QueueDecl};

pub(super) struct Rust;

/// A struct of options in which this is so.
fn options(kind: &str, items: &[(bool, &str)]) -> String {
    let on: Vec<String> =
        items.iter().filter(|(on, _)| *on).map(|(_, name)| format!("{name}: true")).collect();
    match on.is_empty() {
        true => format!("{kind}::default()"),
        false => format!("{kind} {{ {}, ..Default::default() }}", on.join(", ")),
    }
}

fn name(field: Field) -> &'static str {
    match field {
        Field::Headers => "headers",
        Field::DeliveryMode => "delivery_mode",
        Field::Priority => "priority",
        Field::Expiration => "expiration",
        Field::ReplyTo => "reply_to",
        Field::ContentType => "content_type",
        Field::ContentEncoding => "content_encoding",
        Field::CorrelationId => "correlation_id",
        Field::MessageId => "message_id",
        Field::Timestamp => "timestamp",
        Field::Type => "type",
        Field::UserId => "user_id",
        Field::AppId => "app_id",
    }
}

/// `.with_priority(5)`
fn with((field, item): &(Field, String)) -> String {
    match field {
        Field::Type => format!(".with_type({item}.into())"),
        Field::DeliveryMode | Field::Priority | Field::Timestamp | Field::Headers => {
            format!(".with_{}({item})", name(*field))
        }
        _ => format!(".with_{}({item}.into())", name(*field)),
    }
}

impl Rust {
    fn table(&self, table: &Table) -> String {
        if table.is_empty() {
            return "FieldTable::default()".into();
        }
        let mut out = String::from("table([");
        for (index, (key, item)) in table.iter().enumerate() {
            let comma = if index > 0 { ", " } else { "" };
            let _ = write!(out, "{comma}({}, {})", self.string(key), self.field(item));
        }
        out + "])"
    }

    /// A field value as it is in a table.
    fn field(&self, value: &Value) -> String {
        let wrap = |kind: &str, inner: String| format!("AMQPValue::{kind}({inner})");
        let float = |kind: &str| number(value).unwrap_or(format!("{kind}::NAN"));
        match value {
            Value::Bool(on) => wrap("Boolean", on.to_string()),
            Value::I8(n) => wrap("ShortShortInt", n.to_string()),
            Value::U8(n) => wrap("ShortShortUInt", n.to_string()),
            Value::I16(n) => wrap("ShortInt", n.to_string()),
            Value::U16(n) => wrap("ShortUInt", n.to_string()),
            Value::I32(n) => wrap("LongInt", n.to_string()),
            Value::U32(n) => wrap("LongUInt", n.to_string()),
            Value::I64(n) => wrap("LongLongInt", n.to_string()),
            Value::F32(_) => wrap("Float", float("f32")),
            Value::F64(_) => wrap("Double", float("f64")),
            Value::Decimal { scale, value } => {
                let inner =
                    format!("lapin::types::DecimalValue {{ scale: {scale}, value: {value} }}");
                wrap("DecimalValue", inner)
            }
            Value::LongStr(text) => match text.as_str() {
                Some(text) => wrap("LongString", format!("{}.into()", self.string(text))),
                None => wrap("LongString", format!("{:?}.as_slice().into()", text.0)),
            },
            Value::Binary(octets) => wrap("ByteArray", format!("vec!{:?}.into()", octets.0)),
            Value::Timestamp(seconds) => wrap("Timestamp", seconds.to_string()),
            Value::Array(items) => {
                let items: Vec<String> = items.iter().map(|item| self.field(item)).collect();
                wrap("FieldArray", format!("vec![{}].into()", items.join(", ")))
            }
            Value::Table(inner) => wrap("FieldTable", self.table(inner)),
            Value::Void => "AMQPValue::Void".into(),
        }
    }
}

impl Terms for Rust {
    fn comment(&self) -> &'static str {
        "//"
    }

    fn needs(&self) -> &'static str {
        "lapin 4 (with its feature tokio), tokio (with full) and futures-lite as dependencies"
    }

    fn runs(&self) -> &'static str {
        "cargo run -- [CLIENT ...]"
    }

    fn says(&self, value: &Value) -> bool {
        match value {
            // Not-a-number has one form here.
            Value::F32(number) => number.is_finite(),
            Value::F64(number) => number.is_finite(),
            Value::Array(items) => items.iter().all(|item| self.says(item)),
            Value::Table(table) => table.iter().all(|(_, item)| self.says(item)),
            _ => true,
        }
    }

    fn string(&self, text: &str) -> String {
        quoted(text, braces)
    }

    fn filled(&self, parts: &[Part]) -> String {
        if let Some(text) = fixed(parts) {
            return self.string(text);
        }
        if let [Part::Client] = parts {
            return "name.clone()".into();
        }
        let piece = |part: &Part| match part {
            // Escapes have braces as well: those of the text are doubled first.
            Part::Text(text) => escaped(&text.replace('{', "{{").replace('}', "}}"), braces),
            Part::Number => "{n}".into(),
            Part::Key => "{key}".into(),
            Part::Client => "{name}".into(),
            Part::Body => "{text}".into(),
        };
        format!("format!(\"{}\")", parts.iter().map(piece).collect::<String>())
    }

    fn value(&self, value: &Value) -> String {
        match value {
            Value::Table(table) => self.table(table),
            other => self.field(other),
        }
    }

    fn filled_value(&self, parts: &[Part]) -> String {
        format!("AMQPValue::LongString({}.into())", self.filled(parts))
    }

    fn made_up(&self, queue: &str) -> String {
        format!("queue_name({})", self.string(queue))
    }

    fn exchange(&self, decl: &ExchangeDecl) -> String {
        let kind = match &*decl.kind {
            "direct" => "ExchangeKind::Direct".to_owned(),
            "fanout" => "ExchangeKind::Fanout".to_owned(),
            "topic" => "ExchangeKind::Topic".to_owned(),
            "headers" => "ExchangeKind::Headers".to_owned(),
            other => format!("ExchangeKind::Custom({}.into())", self.string(other)),
        };
        let options = options(
            "ExchangeDeclareOptions",
            &[
                (decl.durable, "durable"),
                (decl.auto_delete, "auto_delete"),
                (decl.internal, "internal"),
            ],
        );
        let (name, more) = (self.string(&decl.name), self.table(&decl.arguments));
        format!("channel.exchange_declare({name}.into(), {kind}, {options}, {more}).await?;")
    }

    fn queue(&self, decl: &QueueDecl) -> String {
        let options = options(
            "QueueDeclareOptions",
            &[
                (decl.durable, "durable"),
                (decl.exclusive, "exclusive"),
                (decl.auto_delete, "auto_delete"),
            ],
        );
        let (name, more) = (self.string(&decl.name), self.table(&decl.arguments));
        match decl.server_named {
            true => format!(
                "let made_up = channel.queue_declare(\"\".into(), {options}, {more}).await?;\n\
                 QUEUES.lock().unwrap().insert({name}, made_up.name().to_string());"
            ),
            false => format!("channel.queue_declare({name}.into(), {options}, {more}).await?;"),
        }
    }

    fn bind(&self, binding: &BindingDecl, to: &str, there: bool) -> String {
        let (kind, class) = match binding.destination {
            Destination::Queue(_) => ("queue", "Queue"),
            Destination::Exchange(_) => ("exchange", "Exchange"),
        };
        let (source, key) = (self.string(&binding.source), self.string(&binding.key));
        let more = self.table(&binding.arguments);
        let names = format!("{to}.into(), {source}.into(), {key}.into()");
        match (there, kind) {
            // lapin's has no options.
            (false, "queue") => format!("channel.queue_unbind({names}, {more}).await?;"),
            (there, _) => {
                let (verb, part) = if there { ("bind", "Bind") } else { ("unbind", "Unbind") };
                let options = format!("{class}{part}Options::default()");
                format!("channel.{kind}_{verb}({names}, {options}, {more}).await?;")
            }
        }
    }

    fn delete_queue(&self, queue: &str, if_unused: bool, if_empty: bool) -> String {
        let on = [(if_unused, "if_unused"), (if_empty, "if_empty")];
        format!(
            "channel.queue_delete({queue}.into(), {}).await?;",
            options("QueueDeleteOptions", &on)
        )
    }

    fn delete_exchange(&self, exchange: &str, if_unused: bool) -> String {
        let options = options("ExchangeDeleteOptions", &[(if_unused, "if_unused")]);
        format!("channel.exchange_delete({exchange}.into(), {options}).await?;")
    }

    fn purge(&self, queue: &str) -> String {
        format!("channel.queue_purge({queue}.into(), QueuePurgeOptions::default()).await?;")
    }

    fn get(&self, queue: &str) -> String {
        format!("channel.basic_get({queue}.into(), BasicGetOptions {{ no_ack: true }}).await?;")
    }

    fn publish(&self, publish: &Publish) -> String {
        let Publish { exchange, key, body, sends, .. } = publish;
        let key = if key == "key" { "key.as_str()" } else { key };
        let properties: String = publish.properties.iter().map(with).collect();
        let options = options("BasicPublishOptions", &[(publish.mandatory, "mandatory")]);
        let line = format!(
            "channel\n    .basic_publish(\n        {exchange}.into(),\n        {key}.into(),\n   \
                  \
             {options},\n        {body}.as_bytes(),\n        \
             BasicProperties::default(){properties},\n    \
             )\n    .await?"
        );
        match publish.confirms {
            false => format!("{line};\nprintln!(\"{{}} {{}}\", {sends}, {body});"),
            true => format!(
                "let confirmed = {line}.await?;\nprintln!(\"{{}} {{}}\", {sends}, {body});\n\
                 if confirmed.is_nack() {{\n    println!(\"{{}} {{}} in vain\", {sends}, \
                 {body});\n}}\n\
                 if let Some(back) = confirmed.take_message() {{\n    \
                 println!(\"{{}} {{}} in vain: {{}}\", {sends}, {body}, back.reply_text);\n}}"
            ),
        }
    }
}
