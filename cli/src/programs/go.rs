//! Go with amqp091-go.

mod flow;

use super::text::{Part, escaped, fixed, quoted};
use super::tongue::{Field, Publish, Terms};
use core::fmt::Write as _;
use warren_core::broker::{Table, Value};
use warren_core::scenario::{BindingDecl, Destination, ExchangeDecl, QueueDecl};

pub(super) struct Go;

fn escape(out: &mut String, c: char) {
    let number = u32::from(c);
    let _ = match number {
        0..=0xffff => write!(out, "\\u{number:04x}"),
        _ => write!(out, "\\U{number:08x}"),
    };
}

fn name(field: Field) -> &'static str {
    match field {
        Field::Headers => "Headers",
        Field::DeliveryMode => "DeliveryMode",
        Field::Priority => "Priority",
        Field::Expiration => "Expiration",
        Field::ReplyTo => "ReplyTo",
        Field::ContentType => "ContentType",
        Field::ContentEncoding => "ContentEncoding",
        Field::CorrelationId => "CorrelationId",
        Field::MessageId => "MessageId",
        Field::Timestamp => "Timestamp",
        Field::Type => "Type",
        Field::UserId => "UserId",
        Field::AppId => "AppId",
    }
}

/// What a property is set to.
fn item((field, item): &(Field, String)) -> String {
    match field {
        Field::Timestamp => format!("time.Unix({item}, 0)"),
        _ => item.clone(),
    }
}

impl Go {
    fn table(&self, table: &Table) -> String {
        let items: Vec<String> = table
            .iter()
            .map(|(key, item)| format!("{}: {}", self.string(key), self.value(item)))
            .collect();
        format!("amqp.Table{{{}}}", items.join(", "))
    }

    fn arguments(&self, table: &Table) -> String {
        if table.is_empty() { "nil".into() } else { self.table(table) }
    }
}

impl Terms for Go {
    fn comment(&self) -> &'static str {
        "//"
    }

    fn needs(&self) -> &'static str {
        "Go 1.19 or newer and github.com/rabbitmq/amqp091-go"
    }

    fn runs(&self) -> &'static str {
        "go run FILE [CLIENT ...]"
    }

    fn says(&self, value: &Value) -> bool {
        match value {
            // amqp091-go has neither of them.
            Value::U16(_) | Value::U32(_) => false,
            Value::F32(number) => number.is_finite(),
            Value::F64(number) => number.is_finite(),
            Value::LongStr(text) => text.as_str().is_some(),
            Value::Array(items) => items.iter().all(|item| self.says(item)),
            Value::Table(table) => table.iter().all(|(_, item)| self.says(item)),
            _ => true,
        }
    }

    fn indent(&self) -> &'static str {
        "\t"
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
        let (mut text, mut places) = (String::new(), String::new());
        for part in parts {
            let (format, place) = match part {
                Part::Text(piece) => {
                    text.push_str(&escaped(piece, escape).replace('%', "%%"));
                    continue;
                }
                Part::Number => ("%d", ", n"),
                Part::Key => ("%s", ", key"),
                Part::Client => ("%s", ", name"),
                Part::Body => ("%s", ", text"),
            };
            text.push_str(format);
            places.push_str(place);
        }
        format!("fmt.Sprintf(\"{text}\"{places})")
    }

    fn value(&self, value: &Value) -> String {
        match value {
            Value::Bool(on) => on.to_string(),
            Value::I8(n) => format!("int8({n})"),
            Value::U8(n) => format!("byte({n})"),
            Value::I16(n) => format!("int16({n})"),
            Value::I32(n) => format!("int32({n})"),
            Value::I64(n) => format!("int64({n})"),
            Value::U16(n) => format!("int32({n})"),
            Value::U32(n) => format!("int64({n})"),
            Value::F32(n) if n.is_finite() => format!("float32({n:?})"),
            Value::F64(n) if n.is_finite() => format!("float64({n:?})"),
            Value::F32(_) | Value::F64(_) => "float64(0)".into(),
            Value::Decimal { scale, value } => {
                format!("amqp.Decimal{{Scale: {scale}, Value: int32({})}}", value.cast_signed())
            }
            Value::LongStr(text) => self.string(&text.to_string()),
            Value::Binary(octets) => {
                let octets: Vec<String> = octets.0.iter().map(ToString::to_string).collect();
                format!("[]byte{{{}}}", octets.join(", "))
            }
            Value::Timestamp(seconds) => format!("time.Unix({seconds}, 0)"),
            Value::Array(items) => {
                let items: Vec<String> = items.iter().map(|item| self.value(item)).collect();
                format!("[]interface{{}}{{{}}}", items.join(", "))
            }
            Value::Table(inner) => self.table(inner),
            Value::Void => "nil".into(),
        }
    }

    fn made_up(&self, queue: &str) -> String {
        format!("queues[{}]", self.string(queue))
    }

    fn exchange(&self, decl: &ExchangeDecl) -> String {
        let (name, kind) = (self.string(&decl.name), self.string(&decl.kind));
        let (durable, auto, internal) = (decl.durable, decl.auto_delete, decl.internal);
        let more = self.arguments(&decl.arguments);
        format!(
            "must(channel.ExchangeDeclare({name}, {kind}, {durable}, {auto}, {internal}, false, \
             {more}))"
        )
    }

    fn queue(&self, decl: &QueueDecl) -> String {
        let name = self.string(&decl.name);
        let (durable, auto, exclusive) = (decl.durable, decl.auto_delete, decl.exclusive);
        let on =
            format!("{durable}, {auto}, {exclusive}, false, {}", self.arguments(&decl.arguments));
        match decl.server_named {
            true => format!("queues[{name}] = try(channel.QueueDeclare(\"\", {on})).Name"),
            false => format!("try(channel.QueueDeclare({name}, {on}))"),
        }
    }

    fn bind(&self, binding: &BindingDecl, to: &str, there: bool) -> String {
        let (source, key) = (self.string(&binding.source), self.string(&binding.key));
        let more = self.arguments(&binding.arguments);
        match (&binding.destination, there) {
            (Destination::Queue(_), true) => {
                format!("must(channel.QueueBind({to}, {key}, {source}, false, {more}))")
            }
            (Destination::Queue(_), false) => {
                format!("must(channel.QueueUnbind({to}, {key}, {source}, {more}))")
            }
            (Destination::Exchange(_), true) => {
                format!("must(channel.ExchangeBind({to}, {key}, {source}, false, {more}))")
            }
            (Destination::Exchange(_), false) => {
                format!("must(channel.ExchangeUnbind({to}, {key}, {source}, false, {more}))")
            }
        }
    }

    fn delete_queue(&self, queue: &str, if_unused: bool, if_empty: bool) -> String {
        format!("try(channel.QueueDelete({queue}, {if_unused}, {if_empty}, false))")
    }

    fn delete_exchange(&self, exchange: &str, if_unused: bool) -> String {
        format!("must(channel.ExchangeDelete({exchange}, {if_unused}, false))")
    }

    fn purge(&self, queue: &str) -> String {
        format!("try(channel.QueuePurge({queue}, false))")
    }

    fn get(&self, queue: &str) -> String {
        format!("_, _, _ = channel.Get({queue}, true)")
    }

    fn publish(&self, publish: &Publish) -> String {
        let Publish { exchange, key, body, sends, mandatory, .. } = publish;
        let all: String =
            publish.properties.iter().map(|p| format!(", {}: {}", name(p.0), item(p))).collect();
        let message = format!("amqp.Publishing{{Body: []byte({body}){all}}}");
        let place = format!("context.Background(), {exchange}, {key}, {mandatory}, false");
        match publish.confirms {
            false => format!(
                "must(channel.PublishWithContext({place}, {message}))\nfmt.Println({sends}, {body})"
            ),
            true => format!(
                "confirmed := try(channel.PublishWithDeferredConfirmWithContext({place}, \
                 {message}))\n\
                 fmt.Println({sends}, {body}, confirmed.Wait())"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_signs_are_no_places() {
        let parts = [Part::Text("100% {}".into()), Part::Number];
        assert_eq!(Go.filled(&parts), "fmt.Sprintf(\"100%% {}%d\", n)");
    }
}
