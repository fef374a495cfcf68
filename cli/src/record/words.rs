//! Messages in the words of a scenario.

use warren_core::broker::{Name, Properties};
use warren_core::scenario::{Property, PublishAction};
use warren_core::time::Span;

/// A publish of a client, and what of it cannot be said.
pub(super) fn action(
    by: &Name,
    exchange: &Name,
    key: &str,
    properties: &Properties,
    body: &warren_core::broker::Bytes,
    lost: &mut Vec<String>,
) -> PublishAction {
    let mut action = PublishAction::new(Some(by.clone()), exchange.clone());
    action.key = text(key, "a routing key", lost);
    if body.as_str().is_none() {
        lost.push(format!("{by}: a body of {} octets that is not text", body.len()));
    }
    action.body = text(&body.to_string(), "a body", lost);
    action.headers = properties.headers.clone().unwrap_or_default();
    action.persistent = properties.is_persistent();
    action.priority = properties.priority;
    action.expiration = properties.expiration.as_ref().and_then(|millis| {
        let span = millis.parse().ok().map(Span::millis);
        if span.is_none() {
            lost.push(format!("{by}: the expiration {millis}, which is no number"));
        }
        span
    });
    if properties.cluster_id.is_some() {
        lost.push(format!("{by}: a cluster-id"));
    }
    let timestamp = properties.timestamp.map(|seconds| Name::from(seconds.to_string()));
    let all = [
        (Property::ContentType, &properties.content_type),
        (Property::ContentEncoding, &properties.content_encoding),
        (Property::CorrelationId, &properties.correlation_id),
        (Property::MessageId, &properties.message_id),
        (Property::Timestamp, &timestamp),
        (Property::Type, &properties.kind),
        (Property::UserId, &properties.user_id),
        (Property::AppId, &properties.app_id),
    ];
    for (property, value) in all {
        if let Some(value) = value {
            action.properties.push((property, text(value, "a property", lost)));
        }
    }
    action
}

/// A text in which a scenario would fill something in stays as it is, and that
/// is told.
fn text(text: &str, what: &str, lost: &mut Vec<String>) -> String {
    if ["{n}", "{key}", "{client}"].iter().any(|place| text.contains(place)) {
        lost.push(format!("{what} with braces, which a scenario fills in: {text:.60}"));
    }
    text.to_owned()
}
