//! `warren export --to asyncapi`: AsyncAPI 3.0 with its bindings for AMQP 0-9-1.
//! A publisher is an operation that sends to a channel of an exchange and a
//! routing key, a consumer one that receives from a channel of a queue.

use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use warren_core::scenario::{
    AckMode, ConsumerDecl, Document, ExchangeDecl, Property, PublisherDecl, QueueDecl, Statement,
    statement,
};
use warren_core::time::Tick;

/// The version of the bindings.
const BINDING: &str = "0.3.0";
/// The exchange types that the bindings know.
const TYPES: &[&str] = &["topic", "direct", "fanout", "default", "headers"];

#[derive(Default)]
struct Api<'a> {
    exchanges: BTreeMap<&'a str, &'a ExchangeDecl>,
    queues: BTreeMap<&'a str, &'a QueueDecl>,
    channels: Map<String, Json>,
    operations: Map<String, Json>,
    messages: Map<String, Json>,
    lost: Vec<String>,
}

/// The document as JSON, and what it does not say.
pub(crate) fn written(document: &Document) -> (String, Vec<String>) {
    let mut api = Api::default();
    for item in &document.items {
        match &item.what {
            Statement::Exchange(decl) if item.at == Tick::ZERO => {
                api.exchanges.insert(&decl.name, decl);
            }
            Statement::Queue(decl) if item.at == Tick::ZERO => {
                api.queues.insert(&decl.name, decl);
            }
            _ => {}
        }
    }
    for item in &document.items {
        match &item.what {
            Statement::Publisher(decl) => api.publisher(decl),
            Statement::Consumer(decl) => api.consumer(decl),
            Statement::Exchange(decl) if item.at == Tick::ZERO => api.exchange(decl),
            Statement::Queue(decl) if item.at == Tick::ZERO => api.queue(decl),
            Statement::Caption(_)
            | Statement::Highlight { .. }
            | Statement::Bookmark(_)
            | Statement::Place { .. }
            | Statement::Expect(_) => {}
            _ => {
                let first = statement(item).lines().next().unwrap_or_default().to_owned();
                api.lost.push(first);
            }
        }
    }
    let mut info =
        json!({ "title": document.title.as_deref().unwrap_or("A scenario"), "version": "1.0.0" });
    if let Some(about) = &document.about {
        info["description"] = json!(about);
    }
    let server =
        json!({ "host": "localhost:5672", "protocol": "amqp", "protocolVersion": "0.9.1" });
    let file = json!({
        "asyncapi": "3.0.0",
        "info": info,
        "servers": { "rabbitmq": server },
        "channels": api.channels,
        "operations": api.operations,
        "components": { "messages": api.messages },
    });
    // A tree of texts and numbers can always be written.
    (serde_json::to_string_pretty(&file).unwrap_or_default() + "\n", api.lost)
}

/// A name for the map of channels, operations or messages: any other letter is
/// written as its number.
fn key(kind: &str, name: &str) -> String {
    let mut out = format!("{kind}.");
    for c in name.chars() {
        match c {
            c if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') => out.push(c),
            c => out.push_str(&format!("_{:x}", u32::from(c))),
        }
    }
    out
}

fn to(map: &str, key: &str) -> Json {
    json!({ "$ref": format!("#/{map}/{key}") })
}

impl<'a> Api<'a> {
    fn exchange(&mut self, decl: &'a ExchangeDecl) {
        if !decl.arguments.is_empty() || decl.internal {
            self.lost
                .push(format!("exchange {}: what is not type, durable, auto-delete", decl.name));
        }
        if !TYPES.contains(&&*decl.kind) {
            self.lost.push(format!("exchange {}: AsyncAPI has no type {}", decl.name, decl.kind));
        }
    }

    fn queue(&mut self, decl: &'a QueueDecl) {
        if !decl.arguments.is_empty() {
            self.lost.push(format!("queue {}: its arguments", decl.name));
        }
        self.queue_channel(&decl.name);
    }

    /// The key of a queue's channel.
    fn queue_channel(&mut self, name: &str) -> String {
        let key = key("queue", name);
        let mut queue = json!({ "name": name, "vhost": "/" });
        if let Some(decl) = self.queues.get(name) {
            if decl.server_named {
                queue["name"] = json!("");
            }
            queue["durable"] = json!(decl.durable);
            queue["exclusive"] = json!(decl.exclusive);
            queue["autoDelete"] = json!(decl.auto_delete);
        }
        let amqp = json!({ "is": "queue", "queue": queue, "bindingVersion": BINDING });
        let channel = json!({ "address": name, "bindings": { "amqp": amqp } });
        self.channels.entry(key.clone()).or_insert(channel);
        key
    }

    /// The key of the channel of an exchange and a routing key.
    fn exchange_channel(&mut self, name: &str, routing_key: &str) -> String {
        let key = key("exchange", &format!("{name} {routing_key}"));
        let mut exchange = json!({ "name": name, "vhost": "/" });
        if let Some(decl) = self.exchanges.get(name) {
            if TYPES.contains(&&*decl.kind) {
                exchange["type"] = json!(&*decl.kind);
            }
            exchange["durable"] = json!(decl.durable);
            exchange["autoDelete"] = json!(decl.auto_delete);
        } else if name.is_empty() {
            exchange["type"] = json!("default");
        }
        let amqp = json!({ "is": "routingKey", "exchange": exchange, "bindingVersion": BINDING });
        let channel = json!({ "address": routing_key, "bindings": { "amqp": amqp } });
        self.channels.entry(key.clone()).or_insert(channel);
        key
    }

    fn publisher(&mut self, decl: &PublisherDecl) {
        let message = key("message", &decl.name);
        let property = |wanted| decl.properties.iter().find(|(p, _)| *p == wanted).map(|(_, t)| t);
        let mut content = json!({ "name": &*decl.name, "payload": { "type": "string" } });
        if !decl.body.is_empty() {
            content["examples"] = json!([{ "payload": decl.body }]);
        }
        if let Some(kind) = property(Property::ContentType) {
            content["contentType"] = json!(kind);
        }
        let mut amqp = json!({ "bindingVersion": BINDING });
        if let Some(encoding) = property(Property::ContentEncoding) {
            amqp["contentEncoding"] = json!(encoding);
        }
        if let Some(kind) = property(Property::Type) {
            amqp["messageType"] = json!(kind);
        }
        content["bindings"] = json!({ "amqp": amqp });
        if !decl.headers.is_empty() {
            let names: Map<String, Json> =
                decl.headers.iter().map(|(name, _)| (name.to_owned(), json!({}))).collect();
            content["headers"] = json!({ "type": "object", "properties": names });
        }
        self.messages.insert(message.clone(), content);
        for (index, routing_key) in decl.keys.iter().enumerate() {
            let channel = self.exchange_channel(&decl.exchange, routing_key);
            self.channels[&channel]["messages"][&message] = to("components/messages", &message);
            let mut amqp = json!({
                "deliveryMode": if decl.persistent { 2 } else { 1 },
                "mandatory": decl.mandatory,
                "bindingVersion": BINDING,
            });
            if let Some(priority) = decl.priority {
                amqp["priority"] = json!(priority);
            }
            if let Some(expiration) = decl.expiration {
                amqp["expiration"] = json!(expiration.as_millis());
            }
            if let Some(queue) = &decl.reply_to {
                amqp["replyTo"] = json!(&**queue);
            }
            let suffix = if index > 0 { format!(".{}", index + 1) } else { String::new() };
            let operation = json!({
                "action": "send",
                "channel": to("channels", &channel),
                "messages": [to(&format!("channels/{channel}/messages"), &message)],
                "bindings": { "amqp": amqp },
            });
            self.operations.insert(key("publisher", &decl.name) + &suffix, operation);
        }
        self.lost.push(format!("publisher {}: when it publishes, and how often", decl.name));
    }

    fn consumer(&mut self, decl: &ConsumerDecl) {
        for (index, queue) in decl.queues.iter().enumerate() {
            let channel = self.queue_channel(queue);
            let ack = decl.ack_mode == AckMode::Manual;
            let operation = json!({
                "action": "receive",
                "channel": to("channels", &channel),
                "bindings": { "amqp": { "ack": ack, "bindingVersion": BINDING } },
            });
            let suffix = if index > 0 { format!(".{}", index + 1) } else { String::new() };
            self.operations.insert(key("consumer", &decl.name) + &suffix, operation);
        }
        self.lost.push(format!("consumer {}: its prefetch, work and outcomes", decl.name));
        for forward in &decl.forwards {
            let to_key = forward.key.clone().unwrap_or_default();
            let channel = self.exchange_channel(&forward.exchange, &to_key);
            let operation = json!({ "action": "send", "channel": to("channels", &channel) });
            let number = self.operations.len();
            self.operations.insert(format!("{}.{number}", key("step", &decl.name)), operation);
        }
    }
}
