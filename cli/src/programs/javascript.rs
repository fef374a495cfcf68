//! JavaScript for Node.js with amqplib.

mod flow;

use super::text::{Part, braces, escaped, fixed};
use super::tongue::{Field, Publish, Terms};
use super::units::{number, table_items};
use warren_core::broker::{Table, Value};
use warren_core::scenario::{BindingDecl, Destination, ExchangeDecl, QueueDecl};

pub(super) struct JavaScript;

/// An object with what is so, and nothing when it is empty and last.
fn options(items: &[Option<String>]) -> String {
    let items: Vec<&str> = items.iter().flatten().map(String::as_str).collect();
    match items.is_empty() {
        true => String::new(),
        false => format!(", {{ {} }}", items.join(", ")),
    }
}

fn flag(on: bool, name: &str) -> Option<String> {
    on.then(|| format!("{name}: true"))
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

impl JavaScript {
    fn table(&self, table: &Table) -> String {
        if table.is_empty() {
            return "{}".into();
        }
        // A computed name: `__proto__` is a name like any other.
        let item =
            |key: &str, item: &Value| format!("[{}]: {}", self.string(key), self.value(item));
        let plain = |key: &str, item: &Value| format!("{}: {}", self.string(key), self.value(item));
        let one = |key: &str, value: &Value| match key {
            "__proto__" => item(key, value),
            _ => plain(key, value),
        };
        format!("{{ {} }}", table_items(table, one))
    }

    fn arguments(&self, table: &Table) -> Option<String> {
        (!table.is_empty()).then(|| format!("arguments: {}", self.table(table)))
    }
}

/// A value whose type has to be said.
fn typed(kind: &str, value: &str) -> String {
    format!("{{ '!': '{kind}', value: {value} }}")
}

impl Terms for JavaScript {
    fn comment(&self) -> &'static str {
        "//"
    }

    fn needs(&self) -> &'static str {
        "Node.js 18 or newer and amqplib (npm install amqplib)"
    }

    fn runs(&self) -> &'static str {
        "node FILE [CLIENT ...]"
    }

    fn has_transactions(&self) -> bool {
        false
    }

    fn says(&self, value: &Value) -> bool {
        match value {
            Value::Bool(_) | Value::I8(_) | Value::I16(_) | Value::I32(_) => true,
            Value::F32(number) => number.is_finite(),
            Value::F64(number) => number.is_finite(),
            // Beyond, a number of JavaScript loses digits.
            Value::I64(number) => number.unsigned_abs() < 1 << 53,
            Value::Timestamp(seconds) => *seconds < 1 << 53,
            Value::Void => true,
            Value::LongStr(text) => text.as_str().is_some(),
            Value::Array(items) => items.iter().all(|item| self.says(item)),
            Value::Table(table) => table.iter().all(|(_, item)| self.says(item)),
            _ => false,
        }
    }

    fn indent(&self) -> &'static str {
        "  "
    }

    fn string(&self, text: &str) -> String {
        let inner = escaped(text, braces).replace("\\\"", "\"").replace('\'', "\\'");
        format!("'{inner}'")
    }

    fn filled(&self, parts: &[Part]) -> String {
        if let Some(text) = fixed(parts) {
            return self.string(text);
        }
        if let [Part::Client] = parts {
            return "name".into();
        }
        let piece = |part: &Part| match part {
            Part::Text(text) => escaped(text, braces)
                .replace("\\\"", "\"")
                .replace('`', "\\`")
                .replace("${", "\\${"),
            Part::Number => "${n}".into(),
            Part::Key => "${key}".into(),
            Part::Client => "${name}".into(),
            Part::Body => "${text}".into(),
        };
        // A dollar before a place would open another.
        let pieces: Vec<String> = parts.iter().map(piece).collect();
        format!("`{}`", pieces.concat().replace("$${", "\\$${"))
    }

    fn value(&self, value: &Value) -> String {
        match value {
            Value::Bool(on) => on.to_string(),
            // Without its type a number is sent in as few octets as it needs.
            Value::I8(number) => typed("int8", &number.to_string()),
            Value::I16(number) => typed("int16", &number.to_string()),
            Value::I32(number) => typed("int32", &number.to_string()),
            Value::I64(number) => typed("int64", &number.to_string()),
            Value::F32(_) => typed("float", &number(value).unwrap_or("NaN".into())),
            Value::F64(_) => typed("double", &number(value).unwrap_or("NaN".into())),
            Value::Timestamp(seconds) => typed("timestamp", &seconds.to_string()),
            Value::LongStr(text) | Value::Binary(text) => self.string(&text.to_string()),
            Value::Array(items) => {
                let items: Vec<String> = items.iter().map(|item| self.value(item)).collect();
                format!("[{}]", items.join(", "))
            }
            Value::Table(inner) => self.table(inner),
            Value::Void => "null".into(),
            other => number(other).unwrap_or_default(),
        }
    }

    fn made_up(&self, queue: &str) -> String {
        format!("queues.get({})", self.string(queue))
    }

    fn exchange(&self, decl: &ExchangeDecl) -> String {
        let (name, kind) = (self.string(&decl.name), self.string(&decl.kind));
        let options = options(&[
            Some(format!("durable: {}", decl.durable)),
            flag(decl.auto_delete, "autoDelete"),
            flag(decl.internal, "internal"),
            self.arguments(&decl.arguments),
        ]);
        format!("await channel.assertExchange({name}, {kind}{options});")
    }

    fn queue(&self, decl: &QueueDecl) -> String {
        let options = options(&[
            Some(format!("durable: {}", decl.durable)),
            flag(decl.exclusive, "exclusive"),
            flag(decl.auto_delete, "autoDelete"),
            self.arguments(&decl.arguments),
        ]);
        let name = self.string(&decl.name);
        match decl.server_named {
            true => format!("queues.set({name}, (await channel.assertQueue(''{options})).queue);"),
            false => format!("await channel.assertQueue({name}{options});"),
        }
    }

    fn bind(&self, binding: &BindingDecl, to: &str, there: bool) -> String {
        let kind = match binding.destination {
            Destination::Queue(_) => "Queue",
            Destination::Exchange(_) => "Exchange",
        };
        let verb = if there { "bind" } else { "unbind" };
        let (source, key) = (self.string(&binding.source), self.string(&binding.key));
        let more = match binding.arguments.is_empty() {
            true => String::new(),
            false => format!(", {}", self.table(&binding.arguments)),
        };
        format!("await channel.{verb}{kind}({to}, {source}, {key}{more});")
    }

    fn delete_queue(&self, queue: &str, if_unused: bool, if_empty: bool) -> String {
        let options = options(&[flag(if_unused, "ifUnused"), flag(if_empty, "ifEmpty")]);
        format!("await channel.deleteQueue({queue}{options});")
    }

    fn delete_exchange(&self, exchange: &str, if_unused: bool) -> String {
        format!(
            "await channel.deleteExchange({exchange}{});",
            options(&[flag(if_unused, "ifUnused")])
        )
    }

    fn purge(&self, queue: &str) -> String {
        format!("await channel.purgeQueue({queue});")
    }

    fn get(&self, queue: &str) -> String {
        format!("await channel.get({queue}, {{ noAck: true }});")
    }

    fn publish(&self, publish: &Publish) -> String {
        let Publish { exchange, key, body, sends, .. } = publish;
        let mut all = vec![flag(publish.mandatory, "mandatory")];
        let properties = publish.properties.iter();
        all.extend(properties.map(|(field, item)| Some(format!("{}: {item}", name(*field)))));
        let line = format!(
            "channel.publish({exchange}, {key}, Buffer.from({body}){});\nsay({sends}, {body});",
            options(&all)
        );
        match publish.confirms {
            false => line,
            true => format!(
                "{line}\nawait channel.waitForConfirms()\
                 .catch((refused) => say({sends}, {body}, 'in vain:', refused.message));"
            ),
        }
    }
}
