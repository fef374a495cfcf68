//! C# with RabbitMQ.Client 7.

mod flow;

use super::text::{Part, escaped, fixed, quoted};
use super::tongue::{Field, Publish, Terms};
use super::units::number;
use core::fmt::Write as _;
use warren_core::broker::{Table, Value};
use warren_core::scenario::{BindingDecl, Destination, ExchangeDecl, QueueDecl};

pub(super) struct DotNet;

fn escape(out: &mut String, c: char) {
    super::text::utf16(out, c);
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

/// `Priority = 5`
fn set((field, item): &(Field, String)) -> String {
    match field {
        Field::DeliveryMode => "DeliveryMode = DeliveryModes.Persistent".into(),
        Field::Timestamp => format!("Timestamp = new AmqpTimestamp({item})"),
        _ => format!("{} = {item}", name(*field)),
    }
}

impl DotNet {
    fn table(&self, table: &Table) -> String {
        let mut out = String::from("new Dictionary<string, object?> {");
        for (index, (key, item)) in table.iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            let _ = write!(out, "{comma} [{}] = {}", self.string(key), self.value(item));
        }
        out + " }"
    }

    /// The last argument of a call, when there is something in it.
    fn arguments(&self, table: &Table) -> String {
        match table.is_empty() {
            true => String::new(),
            false => format!(", arguments: {}", self.table(table)),
        }
    }
}

impl Terms for DotNet {
    fn comment(&self) -> &'static str {
        "//"
    }

    fn needs(&self) -> &'static str {
        ".NET 8 or newer and RabbitMQ.Client 7 (dotnet add package RabbitMQ.Client)"
    }

    fn runs(&self) -> &'static str {
        "dotnet run -- [CLIENT ...]"
    }

    fn has_internal(&self) -> bool {
        false
    }

    fn says(&self, value: &Value) -> bool {
        match value {
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
            Part::Text(text) => escaped(text, escape).replace('{', "{{").replace('}', "}}"),
            Part::Number => "{n}".into(),
            Part::Key => "{key}".into(),
            Part::Client => "{name}".into(),
            Part::Body => "{text}".into(),
        };
        format!("$\"{}\"", parts.iter().map(piece).collect::<String>())
    }

    fn value(&self, value: &Value) -> String {
        match value {
            Value::Bool(on) => on.to_string(),
            Value::I8(n) => format!("(sbyte)({n})"),
            Value::U8(n) => format!("(byte){n}"),
            Value::I16(n) => format!("(short)({n})"),
            Value::U16(n) => format!("(ushort){n}"),
            Value::U32(n) => format!("{n}u"),
            Value::I64(n) => format!("{n}L"),
            Value::F32(n) if n.is_finite() => format!("{n:?}f"),
            Value::F64(n) if n.is_finite() => format!("{n:?}"),
            Value::F32(_) => "float.NaN".into(),
            Value::F64(_) => "double.NaN".into(),
            Value::Decimal { .. } => format!("{}m", number(value).unwrap_or_default()),
            Value::LongStr(text) => self.string(&text.to_string()),
            Value::Binary(octets) => {
                let octets: Vec<String> = octets.0.iter().map(ToString::to_string).collect();
                format!("new BinaryTableValue(new byte[] {{ {} }})", octets.join(", "))
            }
            Value::Timestamp(seconds) => format!("new AmqpTimestamp({seconds})"),
            Value::Array(items) => {
                let items: Vec<String> = items.iter().map(|item| self.value(item)).collect();
                format!("new List<object?> {{ {} }}", items.join(", "))
            }
            Value::Table(inner) => self.table(inner),
            Value::Void => "null".into(),
            other => number(other).unwrap_or_default(),
        }
    }

    fn made_up(&self, queue: &str) -> String {
        format!("queues[{}]", self.string(queue))
    }

    fn exchange(&self, decl: &ExchangeDecl) -> String {
        let (name, kind) = (self.string(&decl.name), self.string(&decl.kind));
        let (durable, auto) = (decl.durable, decl.auto_delete);
        let more = self.arguments(&decl.arguments);
        format!(
            "await channel.ExchangeDeclareAsync({name}, {kind}, durable: {durable}, \
             autoDelete: {auto}{more});"
        )
    }

    fn queue(&self, decl: &QueueDecl) -> String {
        let name = self.string(&decl.name);
        let (durable, exclusive, auto) = (decl.durable, decl.exclusive, decl.auto_delete);
        let more = self.arguments(&decl.arguments);
        let on = format!("durable: {durable}, exclusive: {exclusive}, autoDelete: {auto}{more}");
        match decl.server_named {
            true => {
                format!("queues[{name}] = (await channel.QueueDeclareAsync(\"\", {on})).QueueName;")
            }
            false => format!("await channel.QueueDeclareAsync({name}, {on});"),
        }
    }

    fn bind(&self, binding: &BindingDecl, to: &str, there: bool) -> String {
        let kind = match binding.destination {
            Destination::Queue(_) => "Queue",
            Destination::Exchange(_) => "Exchange",
        };
        let verb = if there { "Bind" } else { "Unbind" };
        let (source, key) = (self.string(&binding.source), self.string(&binding.key));
        let more = self.arguments(&binding.arguments);
        format!("await channel.{kind}{verb}Async({to}, {source}, {key}{more});")
    }

    fn delete_queue(&self, queue: &str, if_unused: bool, if_empty: bool) -> String {
        format!("await channel.QueueDeleteAsync({queue}, {if_unused}, {if_empty});")
    }

    fn delete_exchange(&self, exchange: &str, if_unused: bool) -> String {
        format!("await channel.ExchangeDeleteAsync({exchange}, {if_unused});")
    }

    fn purge(&self, queue: &str) -> String {
        format!("await channel.QueuePurgeAsync({queue});")
    }

    fn get(&self, queue: &str) -> String {
        format!("await channel.BasicGetAsync({queue}, true);")
    }

    fn publish(&self, publish: &Publish) -> String {
        let Publish { exchange, key, body, sends, mandatory, .. } = publish;
        let all: Vec<String> = publish.properties.iter().map(set).collect();
        let properties = match all.is_empty() {
            true => "new BasicProperties()".into(),
            false => format!("new BasicProperties {{ {} }}", all.join(", ")),
        };
        let octets = format!("Encoding.UTF8.GetBytes({body})");
        let line = format!(
            "await channel.BasicPublishAsync({exchange}, {key}, {mandatory}, {properties}, \
             {octets});"
        );
        match publish.confirms {
            false => format!("{line}\nConsole.WriteLine({sends} + \" \" + {body});"),
            true => format!(
                "try\n{{\n    {line}\n    Console.WriteLine({sends} + \" \" + {body});\n}}\n\
                 catch (PublishException refused)\n{{\n    \
                 Console.WriteLine({sends} + \" \" + {body} + \" in vain: \" + \
                 refused.Message);\n}}"
            ),
        }
    }
}
