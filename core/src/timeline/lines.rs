//! The lines between things, from the plan and the state of the broker.

use crate::broker::routing::{BindTarget, Binding};
use crate::broker::{Name, Properties, Table, Value};
use crate::decimal;
use crate::frame::{Link, LinkId, LinkKind, Verdict};
use crate::scenario::{BindingDecl, Destination, NodeId};
use crate::world::{ALTERNATE_LINE, Plan};

pub(super) fn link(id: LinkId, kind: LinkKind) -> Link {
    Link { id, kind, verdict: Verdict::None }
}

pub(super) fn queue(name: &Name) -> NodeId {
    NodeId::Queue(name.clone())
}

pub(super) fn exchange(name: &str) -> NodeId {
    NodeId::Exchange(Name::from(name))
}

pub(super) fn line(from: NodeId, to: NodeId, index: u32) -> LinkId {
    LinkId { from, to, index }
}

/// Lines from clients to the exchanges they name, and from queues to the
/// clients that consume from them.
pub(super) fn of_clients(plan: &Plan, present: impl Fn(usize) -> bool) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    let mut add = |id: LinkId, kind: LinkKind| {
        if links.iter().all(|l| l.id != id) {
            links.push(link(id, kind));
        }
    };
    for (index, client) in plan.clients.iter().enumerate().filter(|(i, _)| present(*i)) {
        if let Some(publisher) = &client.publisher {
            add(plan.publish_link(index, &publisher.exchange), LinkKind::Publishes);
        }
        if let Some(consumer) = &client.consumer {
            for forward in &consumer.forwards {
                add(plan.publish_link(index, &forward.exchange), LinkKind::Publishes);
            }
            if consumer.reply.is_some() {
                add(plan.publish_link(index, &Name::from("")), LinkKind::Publishes);
            }
            for queue in &consumer.queues {
                add(plan.consume_link(index, queue), LinkKind::Consumes);
            }
        }
        for item in &plan.document.items {
            if let crate::scenario::Statement::Publish(action) = &item.what
                && action.by.as_ref().is_some_and(|by| [&client.name, &client.group].contains(&by))
            {
                add(plan.publish_link(index, &action.exchange), LinkKind::Publishes);
            }
        }
    }
    links
}

/// The line and the writing of a binding.
pub(super) fn of_binding(binding: &BindingDecl, index: u32) -> Link {
    let to = match &binding.destination {
        Destination::Queue(name) => queue(name),
        Destination::Exchange(name) => exchange(name),
    };
    let kind = LinkKind::Binding {
        key: binding.key.clone(),
        arguments: arguments_in_words(&binding.arguments).into(),
    };
    link(line(exchange(&binding.source), to, index), kind)
}

/// A binding of the broker as the scenario would say it.
pub(super) fn as_declared(binding: &Binding, scenario_name: impl Fn(&Name) -> Name) -> BindingDecl {
    BindingDecl {
        source: binding.source.clone(),
        destination: match &binding.destination {
            BindTarget::Queue(_, name) => Destination::Queue(scenario_name(name)),
            BindTarget::Exchange(name) => Destination::Exchange(name.clone()),
        },
        key: binding.key.clone(),
        arguments: binding.arguments.clone(),
    }
}

/// The line of an alternate exchange.
pub(super) fn alternate(from: &str, to: &str) -> Link {
    link(line(exchange(from), exchange(to), ALTERNATE_LINE), LinkKind::Alternate)
}

/// The line of a dead-letter exchange.
pub(super) fn dead_letter(from: &Name, to: &str) -> Link {
    link(line(queue(from), exchange(to), 0), LinkKind::DeadLetter)
}

/// The line that stands for "the default exchange reaches it by its name".
pub(super) fn implicit(to: &Name) -> Link {
    link(line(exchange(""), queue(to), 0), LinkKind::Implicit)
}

/// `x-match: all, format: pdf`
pub(super) fn arguments_in_words(arguments: &Table) -> String {
    let words: Vec<String> =
        arguments.iter().map(|(key, value)| format!("{key}: {}", value_in_words(value))).collect();
    words.join(", ")
}

/// A whole number needs no fraction.
fn float_in_words(text: String) -> String {
    text.strip_suffix(".0").unwrap_or(&text).to_owned()
}

/// A value for people.
pub(super) fn value_in_words(value: &Value) -> String {
    match value {
        Value::Bool(b) => b.to_string(),
        Value::F32(n) => float_in_words(decimal::single(n.to_bits())),
        Value::F64(n) => float_in_words(decimal::double(n.to_bits())),
        Value::Decimal { scale, value } => format!("{value}e-{scale}"),
        Value::LongStr(text) | Value::Binary(text) => text.to_string(),
        Value::Array(items) => {
            format!("[{}]", items.iter().map(value_in_words).collect::<Vec<_>>().join(", "))
        }
        Value::Timestamp(seconds) => format!("timestamp {seconds}"),
        Value::Table(table) => format!("{{{}}}", arguments_in_words(table)),
        Value::Void => "(present)".into(),
        other => other.as_integer().map(|n| n.to_string()).unwrap_or_default(),
    }
}

fn header_rows(headers: &Table) -> Vec<(String, String)> {
    headers.iter().map(|(k, v)| (format!("header {k}"), value_in_words(v))).collect()
}

/// The properties that are set, in AMQP's order and words.
pub(super) fn property_rows(properties: &Properties) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    let text = |value: &Option<Name>| value.as_ref().map(ToString::to_string);
    let number = |value: Option<u64>| value.map(|n| n.to_string());
    for (name, value) in [
        ("content-type", text(&properties.content_type)),
        ("content-encoding", text(&properties.content_encoding)),
        ("delivery-mode", number(properties.delivery_mode.map(Into::into))),
        ("priority", number(properties.priority.map(Into::into))),
        ("correlation-id", text(&properties.correlation_id)),
        ("reply-to", text(&properties.reply_to)),
        ("expiration", text(&properties.expiration)),
        ("message-id", text(&properties.message_id)),
        ("timestamp", number(properties.timestamp)),
        ("type", text(&properties.kind)),
        ("user-id", text(&properties.user_id)),
        ("app-id", text(&properties.app_id)),
    ] {
        rows.extend(value.map(|value| (name.to_owned(), value)));
    }
    if let Some(headers) = &properties.headers {
        rows.extend(header_rows(headers));
    }
    rows
}
