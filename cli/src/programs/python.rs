//! Python with pika.

mod flow;

use super::text::{Part, escaped, fixed, quoted};
use super::tongue::{Field, Publish, Terms};
use super::units::{number, table_items};
use core::fmt::Write as _;
use warren_core::broker::{Table, Value};
use warren_core::scenario::{BindingDecl, Destination, ExchangeDecl, QueueDecl};

pub(super) struct Python;

fn escape(out: &mut String, c: char) {
    let number = u32::from(c);
    let _ = match number {
        0..=0xff => write!(out, "\\x{number:02x}"),
        0x100..=0xffff => write!(out, "\\u{number:04x}"),
        _ => write!(out, "\\U{number:08x}"),
    };
}

fn arguments(tongue: Python, list: &Table) -> String {
    match list.is_empty() {
        true => String::new(),
        false => format!(", arguments={}", tongue.table(list)),
    }
}

fn flags(list: &[(bool, &str)]) -> String {
    let named = list.iter().filter(|(on, _)| *on);
    named.map(|(_, name)| format!(", {name}=True")).collect()
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

impl Python {
    fn table(&self, table: &Table) -> String {
        let item = |key: &str, item: &Value| format!("{}: {}", self.string(key), self.value(item));
        format!("{{{}}}", table_items(table, item))
    }
}

impl Terms for Python {
    fn comment(&self) -> &'static str {
        "#"
    }

    fn needs(&self) -> &'static str {
        "Python 3.9 or newer and pika (pip install pika)"
    }

    fn runs(&self) -> &'static str {
        "python FILE [CLIENT ...]"
    }

    fn says(&self, value: &Value) -> bool {
        match value {
            Value::Bool(_) | Value::I32(_) | Value::I64(_) => true,
            Value::Binary(_) | Value::Void => true,
            Value::LongStr(text) => text.as_str().is_some(),
            Value::Array(items) => items.iter().all(|item| self.says(item)),
            Value::Table(table) => table.iter().all(|(_, item)| self.says(item)),
            _ => false,
        }
    }

    fn end(&self) -> &'static str {
        ""
    }

    fn gap(&self) -> &'static str {
        "\n\n"
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
            Part::Text(text) => escaped(text, escape).replace('{', "{{").replace('}', "}}"),
            Part::Number => "{n}".into(),
            Part::Key => "{key}".into(),
            Part::Client => "{name}".into(),
            Part::Body => "{text}".into(),
        };
        format!("f\"{}\"", parts.iter().map(piece).collect::<String>())
    }

    fn value(&self, value: &Value) -> String {
        match value {
            Value::Bool(true) => "True".into(),
            Value::Bool(false) => "False".into(),
            Value::I64(number) if i32::try_from(*number).is_ok() => {
                format!("pika.compat.long({number})")
            }
            Value::LongStr(text) => self.string(&text.to_string()),
            Value::Binary(octets) => {
                let hex = octets.0.iter().map(|octet| format!("\\x{octet:02x}"));
                format!("b\"{}\"", hex.collect::<String>())
            }
            Value::Array(items) => {
                let items: Vec<String> = items.iter().map(|item| self.value(item)).collect();
                format!("[{}]", items.join(", "))
            }
            Value::Table(inner) => self.table(inner),
            Value::Void => "None".into(),
            // pika has no floating-point numbers.
            Value::F32(_) | Value::F64(_) | Value::Decimal { .. } => {
                let number = number(value).unwrap_or("NaN".into());
                let small = number.len() < 10 && !number.contains(['e', 'N']);
                if small {
                    format!("decimal.Decimal(\"{number}\")")
                } else {
                    format!("\"{number}\"")
                }
            }
            other => number(other).unwrap_or_default(),
        }
    }

    fn made_up(&self, queue: &str) -> String {
        format!("queues[{}]", self.string(queue))
    }

    fn exchange(&self, decl: &ExchangeDecl) -> String {
        let on = flags(&[
            (decl.durable, "durable"),
            (decl.auto_delete, "auto_delete"),
            (decl.internal, "internal"),
        ]);
        let (name, kind) = (self.string(&decl.name), self.string(&decl.kind));
        let more = arguments(Self, &decl.arguments);
        format!("channel.exchange_declare({name}, {kind}{on}{more})")
    }

    fn queue(&self, decl: &QueueDecl) -> String {
        let on = flags(&[
            (decl.durable, "durable"),
            (decl.exclusive, "exclusive"),
            (decl.auto_delete, "auto_delete"),
        ]);
        let on = on + &arguments(Self, &decl.arguments);
        match decl.server_named {
            true => {
                let name = self.made_up(&decl.name);
                format!("{name} = channel.queue_declare(\"\"{on}).method.queue")
            }
            false => format!("channel.queue_declare({}{on})", self.string(&decl.name)),
        }
    }

    fn bind(&self, binding: &BindingDecl, to: &str, there: bool) -> String {
        let kind = match binding.destination {
            Destination::Queue(_) => "queue",
            Destination::Exchange(_) => "exchange",
        };
        let verb = if there { "bind" } else { "unbind" };
        let (source, key) = (self.string(&binding.source), self.string(&binding.key));
        let more = arguments(Self, &binding.arguments);
        format!("channel.{kind}_{verb}({to}, {source}, routing_key={key}{more})")
    }

    fn delete_queue(&self, queue: &str, if_unused: bool, if_empty: bool) -> String {
        let on = flags(&[(if_unused, "if_unused"), (if_empty, "if_empty")]);
        format!("channel.queue_delete({queue}{on})")
    }

    fn delete_exchange(&self, exchange: &str, if_unused: bool) -> String {
        format!("channel.exchange_delete({exchange}{})", flags(&[(if_unused, "if_unused")]))
    }

    fn purge(&self, queue: &str) -> String {
        format!("channel.queue_purge({queue})")
    }

    fn get(&self, queue: &str) -> String {
        format!("channel.basic_get({queue}, auto_ack=True)")
    }

    fn publish(&self, publish: &Publish) -> String {
        let Publish { exchange, key, body, sends, .. } = publish;
        let properties = publish.properties.iter().map(|(f, v)| format!("{}={v}", name(*f)));
        let properties: Vec<String> = properties.collect();
        let properties = match properties.is_empty() {
            true => String::new(),
            false => format!(", pika.BasicProperties({})", properties.join(", ")),
        };
        let on = flags(&[(publish.mandatory, "mandatory")]);
        let line =
            format!("channel.basic_publish({exchange}, {key}, {body}.encode(){properties}{on})");
        match publish.confirms {
            false => format!("{line}\nsay({sends}, {body})"),
            true => format!(
                "try:\n    {line}\n    say({sends}, {body})\n\
                 except (pika.exceptions.NackError, pika.exceptions.UnroutableError) as \
                 refused:\n    \
                 say({sends}, {body}, \"in vain:\", repr(refused))"
            ),
        }
    }
}
