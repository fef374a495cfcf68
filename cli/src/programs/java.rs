//! Java with RabbitMQ's Java client.

mod flow;

use super::text::{Part, escaped, fixed, quoted};
use super::tongue::{Field, Publish, Terms};
use super::units::number;
use core::fmt::Write as _;
use warren_core::broker::{Table, Value};
use warren_core::scenario::{BindingDecl, Destination, ExchangeDecl, QueueDecl};

pub(super) struct Java;

/// Octal: `\u…` is read before strings are, and might end one.
fn escape(out: &mut String, c: char) {
    match u32::from(c) {
        number @ 0..=0xff => {
            let _ = write!(out, "\\{number:03o}");
        }
        _ => super::text::utf16(out, c),
    }
}

fn name(field: Field) -> &'static str {
    match field {
        Field::Headers => "headers",
        Field::DeliveryMode => "deliveryMode",
        Field::Priority => "priority",
        Field::Expiration => "expiration",
        Field::ReplyTo => "replyTo",
        Field::ContentType => "contentType",
        Field::ContentEncoding => "contentEncoding",
        Field::CorrelationId => "correlationId",
        Field::MessageId => "messageId",
        Field::Timestamp => "timestamp",
        Field::Type => "type",
        Field::UserId => "userId",
        Field::AppId => "appId",
    }
}

/// `.priority(5)`
fn with((field, item): &(Field, String)) -> String {
    match field {
        Field::Timestamp => format!(".timestamp(new Date({item}L * 1000))"),
        _ => format!(".{}({item})", name(*field)),
    }
}

impl Java {
    fn table(&self, table: &Table) -> String {
        let items: Vec<String> = table
            .iter()
            .map(|(key, item)| format!("{}, {}", self.string(key), self.value(item)))
            .collect();
        format!("table({})", items.join(", "))
    }

    fn arguments(&self, table: &Table) -> String {
        if table.is_empty() { "null".into() } else { self.table(table) }
    }
}

impl Terms for Java {
    fn comment(&self) -> &'static str {
        "//"
    }

    fn needs(&self) -> &'static str {
        "Java 11 or newer and com.rabbitmq:amqp-client 5"
    }

    fn runs(&self) -> &'static str {
        "java -cp amqp-client.jar:slf4j-api.jar FILE [CLIENT ...]"
    }

    fn says(&self, value: &Value) -> bool {
        match value {
            // Its numbers have signs.
            Value::U8(_) | Value::U16(_) | Value::U32(_) => false,
            Value::F32(number) => number.is_finite(),
            Value::F64(number) => number.is_finite(),
            Value::LongStr(text) => text.as_str().is_some(),
            Value::Array(items) => items.iter().all(|item| self.says(item)),
            Value::Table(table) => table.iter().all(|(_, item)| self.says(item)),
            _ => true,
        }
    }

    fn string(&self, text: &str) -> String {
        quoted(text, escape)
    }

    fn filled(&self, parts: &[Part]) -> String {
        if let Some(text) = fixed(parts) {
            return self.string(text);
        }
        if let [Part::Client] = parts {
            return "name".into();
        }
        let piece = |part: &Part| match part {
            Part::Text(text) => format!("\"{}\"", escaped(text, escape)),
            Part::Number => "n".into(),
            Part::Key => "key".into(),
            Part::Client => "name".into(),
            Part::Body => "text".into(),
        };
        let pieces: Vec<String> = parts.iter().map(piece).collect();
        // Numbers alone would be added up.
        let text = matches!(parts.first(), Some(Part::Text(_)));
        format!("{}{}", if text { "" } else { "\"\" + " }, pieces.join(" + "))
    }

    fn value(&self, value: &Value) -> String {
        match value {
            Value::Bool(on) => on.to_string(),
            Value::I8(n) => format!("(byte) {n}"),
            Value::I16(n) => format!("(short) {n}"),
            Value::I64(n) => format!("{n}L"),
            Value::F32(n) if n.is_finite() => format!("{n:?}f"),
            Value::F64(n) if n.is_finite() => format!("{n:?}"),
            Value::F32(_) => "Float.NaN".into(),
            Value::F64(_) => "Double.NaN".into(),
            Value::Decimal { scale, value } => {
                format!("java.math.BigDecimal.valueOf({value}L, {scale})")
            }
            Value::LongStr(text) => self.string(&text.to_string()),
            Value::Binary(octets) => {
                let octets: Vec<String> =
                    octets.0.iter().map(|o| o.cast_signed().to_string()).collect();
                format!("new byte[] {{{}}}", octets.join(", "))
            }
            Value::Timestamp(seconds) => format!("new Date({seconds}L * 1000)"),
            Value::Array(items) => {
                let items: Vec<String> = items.iter().map(|item| self.value(item)).collect();
                format!("java.util.Arrays.asList({})", items.join(", "))
            }
            Value::Table(inner) => self.table(inner),
            Value::Void => "null".into(),
            Value::U32(n) => format!("{n}L"),
            other => number(other).unwrap_or_default(),
        }
    }

    fn made_up(&self, queue: &str) -> String {
        format!("queues.get({})", self.string(queue))
    }

    fn exchange(&self, decl: &ExchangeDecl) -> String {
        let (name, kind) = (self.string(&decl.name), self.string(&decl.kind));
        let (durable, auto, internal) = (decl.durable, decl.auto_delete, decl.internal);
        let more = self.arguments(&decl.arguments);
        format!("channel.exchangeDeclare({name}, {kind}, {durable}, {auto}, {internal}, {more});")
    }

    fn queue(&self, decl: &QueueDecl) -> String {
        let name = self.string(&decl.name);
        let (durable, exclusive, auto) = (decl.durable, decl.exclusive, decl.auto_delete);
        let more = self.arguments(&decl.arguments);
        let on = format!("{durable}, {exclusive}, {auto}, {more}");
        match decl.server_named {
            true => {
                format!("queues.put({name}, channel.queueDeclare(\"\", {on}).getQueue());")
            }
            false => format!("channel.queueDeclare({name}, {on});"),
        }
    }

    fn bind(&self, binding: &BindingDecl, to: &str, there: bool) -> String {
        let kind = match binding.destination {
            Destination::Queue(_) => "queue",
            Destination::Exchange(_) => "exchange",
        };
        let verb = if there { "Bind" } else { "Unbind" };
        let (source, key) = (self.string(&binding.source), self.string(&binding.key));
        let more = match binding.arguments.is_empty() {
            true => String::new(),
            false => format!(", {}", self.table(&binding.arguments)),
        };
        format!("channel.{kind}{verb}({to}, {source}, {key}{more});")
    }

    fn delete_queue(&self, queue: &str, if_unused: bool, if_empty: bool) -> String {
        format!("channel.queueDelete({queue}, {if_unused}, {if_empty});")
    }

    fn delete_exchange(&self, exchange: &str, if_unused: bool) -> String {
        format!("channel.exchangeDelete({exchange}, {if_unused});")
    }

    fn purge(&self, queue: &str) -> String {
        format!("channel.queuePurge({queue});")
    }

    fn get(&self, queue: &str) -> String {
        format!("channel.basicGet({queue}, true);")
    }

    fn publish(&self, publish: &Publish) -> String {
        let Publish { exchange, key, body, sends, .. } = publish;
        let properties = match publish.properties.is_empty() {
            true => "null".into(),
            false => {
                let all: String = publish.properties.iter().map(with).collect();
                format!("new AMQP.BasicProperties.Builder(){all}.build()")
            }
        };
        let mandatory = if publish.mandatory { ", true" } else { "" };
        let line = format!(
            "channel.basicPublish({exchange}, {key}{mandatory}, {properties}, octets({body}));\n\
             say({sends}, {body});"
        );
        match publish.confirms {
            false => line,
            true => format!(
                "{line}\nif (!channel.waitForConfirms()) {{\n    say({sends}, {body}, \"in \
                 vain\");\n}}"
            ),
        }
    }
}
