//! What a broker said, in a form in which two brokers can be compared: without
//! what is theirs alone, like the names they make up.

use warren_amqp::client;
use warren_core::broker::{Message, Name, Properties, Reply, Table, Value};

/// Names that a broker makes up begin like this.
const MADE_UP: [&str; 2] = ["amq.gen-", "amq.rabbitmq.reply-to."];

/// One thing a broker said, field by field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) name: &'static str,
    pub(super) fields: Vec<(String, String)>,
}

impl Said {
    /// The fields in which two of the same name differ.
    pub(super) fn differences<'a>(&'a self, other: &'a Self) -> Vec<&'a str> {
        if self.name != other.name {
            return Vec::new();
        }
        let mut names: Vec<&str> = Vec::new();
        for (ours, theirs) in [(self, other), (other, self)] {
            for field in ours.fields.iter().filter(|field| !theirs.fields.contains(field)) {
                if !names.contains(&&*field.0) {
                    names.push(&field.0);
                }
            }
        }
        names
    }
}

impl core::fmt::Display for Said {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.name)?;
        for (name, value) in &self.fields {
            write!(f, " {name}={value}")?;
        }
        Ok(())
    }
}

/// Names that the simulated broker made up, and those that the real one made
/// up for the same things.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// The virtual host, which the simulation calls `/`.
    pub(super) vhost: String,
    pairs: Vec<(Name, Name)>,
}

impl Names {
    /// Both brokers say a name at the same place: where both made it up, it is
    /// the same thing.
    pub(super) fn learn(&mut self, simulated: &str, real: &str) {
        let made_up = |name: &str| MADE_UP.iter().any(|start| name.starts_with(start));
        let known = self.pairs.iter().any(|(ours, _)| **ours == *simulated);
        if made_up(simulated) && made_up(real) && !known {
            self.pairs.push((simulated.into(), real.into()));
        }
    }

    /// The real broker's own names for queues.
    pub(super) fn made_up(&self) -> Vec<Name> {
        let queues = self.pairs.iter().map(|(_, theirs)| theirs);
        queues.filter(|name| name.starts_with(MADE_UP[0])).cloned().collect()
    }

    /// The real broker's name for one of the simulation's.
    pub(super) fn real(&self, simulated: &Name) -> Name {
        let found = self.pairs.iter().find(|(ours, _)| ours == simulated);
        found.map_or(simulated, |(_, theirs)| theirs).clone()
    }

    fn simulated(&self, real: &str) -> String {
        let found = self.pairs.iter().find(|(_, theirs)| **theirs == *real);
        found.map_or(real, |(ours, _)| ours).to_owned()
    }

    /// A text of the real broker's as the simulation would write it: Erlang's
    /// terms on one line, its names for things.
    fn text(&self, text: &str) -> String {
        let mut out = String::new();
        for (turn, line) in text.split('\n').enumerate() {
            out.push_str(if turn == 0 { line } else { line.trim_start() });
        }
        if !self.vhost.is_empty() {
            let ours = format!("vhost '{}'", self.vhost);
            out = out.replace(&ours, "vhost '/'");
        }
        for (ours, theirs) in &self.pairs {
            out = out.replace(&**theirs, ours);
        }
        out
    }

    /// A reply field by field. `tags`: whether delivery tags are compared,
    /// which they are not where the order between queues is open.
    pub(super) fn said(&self, reply: &Reply, tags: bool) -> Said {
        let mut fields: Vec<(String, String)> = Vec::new();
        let mut field = |name: &str, value: String| fields.push((name.to_owned(), value));
        match reply {
            Reply::ConnectionClose { code, text, class, method }
            | Reply::ChannelClose { code, text, class, method } => {
                field("code", code.to_string());
                field("text", format!("{:?}", self.text(text)));
                field("class", class.to_string());
                field("method", method.to_string());
            }
            Reply::ConnectionBlocked { reason } => field("reason", format!("{reason:?}")),
            Reply::ChannelFlowOk { active } => field("active", active.to_string()),
            Reply::QueueDeclareOk { queue, messages, consumers } => {
                field("queue", format!("{:?}", self.simulated(queue)));
                field("messages", messages.to_string());
                field("consumers", consumers.to_string());
            }
            Reply::QueueDeleteOk { messages } | Reply::QueuePurgeOk { messages } => {
                field("messages", messages.to_string());
            }
            Reply::ConsumeOk { consumer_tag }
            | Reply::CancelOk { consumer_tag }
            | Reply::Cancel { consumer_tag } => field("consumer-tag", format!("{consumer_tag:?}")),
            Reply::Deliver { consumer_tag, delivery_tag, redelivered, message } => {
                field("consumer-tag", format!("{consumer_tag:?}"));
                if tags {
                    field("delivery-tag", delivery_tag.to_string());
                }
                field("redelivered", redelivered.to_string());
                fields.extend(self.message(message));
            }
            Reply::GetOk { delivery_tag, redelivered, messages, message } => {
                if tags {
                    field("delivery-tag", delivery_tag.to_string());
                }
                field("redelivered", redelivered.to_string());
                field("messages", messages.to_string());
                fields.extend(self.message(message));
            }
            Reply::Return { code, text, message } => {
                field("code", code.to_string());
                field("text", (*text).to_owned());
                fields.extend(self.message(message));
            }
            Reply::Ack { delivery_tag, .. } | Reply::Nack { delivery_tag, .. } => {
                field("number", delivery_tag.to_string());
            }
            _ => {}
        }
        Said { name: client::name(reply), fields }
    }

    fn message(&self, message: &Message) -> Vec<(String, String)> {
        let mut fields = vec![
            ("exchange".to_owned(), format!("{:?}", message.exchange)),
            ("key".to_owned(), format!("{:?}", self.simulated(&message.routing_key))),
        ];
        fields.extend(self.properties(&message.properties));
        fields.push(("body".to_owned(), format!("{:?}", message.body)));
        fields
    }

    fn properties(&self, properties: &Properties) -> Vec<(String, String)> {
        let text = |value: &Option<Name>| value.as_ref().map(|text| format!("{text:?}"));
        let number = |value: Option<u64>| value.map(|number| number.to_string());
        let reply_to = properties.reply_to.as_ref().map(|name| self.simulated(name).into());
        let mut fields: Vec<(String, String)> = [
            ("content-type", text(&properties.content_type)),
            ("content-encoding", text(&properties.content_encoding)),
            ("delivery-mode", number(properties.delivery_mode.map(Into::into))),
            ("priority", number(properties.priority.map(Into::into))),
            ("correlation-id", text(&properties.correlation_id)),
            ("reply-to", text(&reply_to)),
            ("expiration", text(&properties.expiration)),
            ("message-id", text(&properties.message_id)),
            ("timestamp", number(properties.timestamp)),
            ("type", text(&properties.kind)),
            ("user-id", text(&properties.user_id)),
            ("app-id", text(&properties.app_id)),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect();
        let headers = properties.headers.as_ref().map(|headers| self.table(headers, false));
        for (name, value) in headers.into_iter().flatten() {
            fields.push((format!("header {name}"), value));
        }
        fields
    }

    /// A table sorted by name. The instants in x-death are each broker's own.
    fn table(&self, table: &Table, death: bool) -> Vec<(String, String)> {
        let mut fields: Vec<(String, String)> = table
            .iter()
            .map(|(name, value)| {
                let timed = death && name == "time";
                let inside = death || name == "x-death";
                let value = if timed { "…".to_owned() } else { self.value(value, inside) };
                (name.to_string(), value)
            })
            .collect();
        fields.sort();
        fields
    }

    fn value(&self, value: &Value, death: bool) -> String {
        match value {
            Value::LongStr(text) => match text.as_str() {
                Some(text) => format!("{:?}", self.simulated(text)),
                None => format!("{:?}", text.0),
            },
            Value::Array(items) => {
                let items: Vec<String> = items.iter().map(|v| self.value(v, death)).collect();
                format!("[{}]", items.join(", "))
            }
            Value::Table(table) => {
                let entries = self.table(table, death).into_iter();
                let entries: Vec<String> = entries.map(|(k, v)| format!("{k}: {v}")).collect();
                format!("{{{}}}", entries.join(", "))
            }
            other => match other.as_integer() {
                Some(number) => number.to_string(),
                None => format!("{other:?}"),
            },
        }
    }
}

/// Names that two replies say at the same place.
pub(super) fn counterparts<'a>(ours: &'a Reply, theirs: &'a Reply) -> Option<(&'a str, &'a str)> {
    match (ours, theirs) {
        (
            Reply::QueueDeclareOk { queue: ours, .. },
            Reply::QueueDeclareOk { queue: theirs, .. },
        ) => Some((ours, theirs)),
        (Reply::Deliver { message: ours, .. }, Reply::Deliver { message: theirs, .. }) => {
            let reply_to = |message: &'a Message| message.properties.reply_to.as_deref();
            Some((reply_to(ours)?, reply_to(theirs)?))
        }
        _ => None,
    }
}
