//! What a published message is made of.

use super::template::Places;
use crate::broker::{Bytes, Method, Name, Properties, SharedMessage, Table, Value};
use crate::scenario::{Forward, Property, PublishAction, Template};

/// The publish that an action asks for.
pub(super) fn publish(action: &PublishAction, key: &Name, places: &Places<'_>) -> Method {
    let headers = Some(&action.headers).filter(|headers| !headers.is_empty());
    let mut properties = Properties {
        headers: headers.cloned(),
        delivery_mode: Some(if action.persistent { 2 } else { 1 }),
        priority: action.priority,
        expiration: action.expiration.map(|span| Name::from(span.as_millis().to_string())),
        ..Properties::default()
    };
    set(&mut properties, &action.properties, places);
    Method::Publish {
        exchange: action.exchange.clone(),
        routing_key: key.clone(),
        mandatory: action.mandatory,
        immediate: false,
        properties,
        body: Bytes::from(places.fill(&action.body)),
    }
}

/// A message that is passed on, changed as `forward` says.
pub(super) fn pass_on(
    forward: &Forward,
    message: &SharedMessage,
    routing_key: Name,
    places: &Places<'_>,
) -> Method {
    let mut properties = Properties::clone(&message.properties);
    properties.expiration = None;
    let mut headers = properties.headers.take().unwrap_or_default();
    for name in &forward.dropped {
        headers.remove(name);
    }
    for (name, value) in forward.headers.iter() {
        headers.set(name, filled(value, places));
    }
    properties.headers = Some(headers).filter(|headers: &Table| !headers.is_empty());
    set(&mut properties, &forward.properties, places);
    let body = match &forward.body {
        Some(body) => Bytes::from(places.fill(body)),
        None => message.body.clone(),
    };
    let exchange = forward.exchange.clone();
    Method::Publish { exchange, routing_key, mandatory: false, immediate: false, properties, body }
}

/// A text with its places filled in; any other value as it is.
fn filled(value: &Value, places: &Places<'_>) -> Value {
    match value.as_str().filter(|text| text.contains('{')) {
        Some(text) => Value::str(&places.fill(text)),
        None => value.clone(),
    }
}

fn set(properties: &mut Properties, list: &[(Property, Template)], places: &Places<'_>) {
    for (property, template) in list {
        let mut text = places.fill(template);
        // AMQP's short strings end there.
        let end = (0..=text.len().min(255)).rev().find(|&end| text.is_char_boundary(end));
        text.truncate(end.unwrap_or(0));
        let text = Some(Name::from(text));
        match property {
            Property::ContentType => properties.content_type = text,
            Property::ContentEncoding => properties.content_encoding = text,
            Property::CorrelationId => properties.correlation_id = text,
            Property::MessageId => properties.message_id = text,
            Property::Timestamp => properties.timestamp = text.and_then(|t| t.parse().ok()),
            Property::Type => properties.kind = text,
            Property::UserId => properties.user_id = text,
            Property::AppId => properties.app_id = text,
        }
    }
}
