//! What is expected of exchanges, of messages' content, and of what happens in
//! a stretch of time.

use super::{Label, Record, What, World};
use crate::broker::{Bytes, Method, Name, Properties};
use crate::scenario::{Claim, During, ExchangeCount, How, Property, Sent};
use crate::time::Tick;

impl World {
    /// Counts what comes to an exchange.
    pub(super) fn arrived(&mut self, exchange: &Name, what: ExchangeCount) {
        self.arrivals.get_or_insert_with(exchange.clone(), Default::default)[what as usize] += 1;
    }

    pub(super) fn arrivals(&self, exchange: &str, what: ExchangeCount) -> u64 {
        self.arrivals.get(exchange).map_or(0, |counts| counts[what as usize])
    }

    /// Keeps what a client sent, when something is expected of it.
    pub(super) fn keep_content(&self, label: &Label, method: &Method, record: &mut Record) {
        let wanted = &self.plan.wanted;
        if self.steps > record.steps && !wanted.is_empty() && wanted.contains(&*label.to_string()) {
            record.published.push((label.clone(), method.clone()));
        }
    }

    /// Whether something happens in a stretch of time, or never does.
    pub(super) fn judge_event(
        &self,
        claim: &Claim,
        during: During,
        record: &Record,
    ) -> (bool, String) {
        let (from, to) = (during.from.unwrap_or(Tick::ZERO), during.to.unwrap_or(Tick::MAX));
        let told = |what: &What| self.is_said(what, claim);
        let within = |tick: Tick| from <= tick && tick <= to;
        let found = record.events.iter().find(|event| within(event.tick) && told(&event.what));
        match found {
            Some(event) => {
                let sentence = event.sentence();
                let sentence = sentence.trim_end_matches('.');
                (during.how != How::Never, format!("at {} {sentence}", event.tick))
            }
            None => (during.how == How::Never, "it did not happen".into()),
        }
    }
}

/// Whether a message was published with what is expected, and what it has
/// instead.
pub(super) fn has(message: &str, content: &Sent, record: &Record) -> (bool, String) {
    let found = record.published.iter().rev().find(|(label, _)| label.to_string() == message);
    let Some((_, Method::Publish { routing_key, properties, body, .. })) = found else {
        return (false, format!("{message} was not published"));
    };
    let misses = misses(content, routing_key, properties, body);
    match misses.is_empty() {
        true => (true, format!("{message} has all of that")),
        false => (false, format!("{message} has {}", misses.join(", "))),
    }
}

/// What is not as expected, in words.
fn misses(content: &Sent, key: &Name, properties: &Properties, body: &Bytes) -> Vec<String> {
    let mut misses = Vec::new();
    if content.key.as_ref().is_some_and(|wanted| **wanted != **key) {
        misses.push(format!("key {}", crate::scenario::name(key)));
    }
    let body = body.to_string();
    if content.body.as_ref().is_some_and(|wanted| *wanted != body) {
        misses.push(format!("body {}", crate::scenario::quoted(&body)));
    }
    let header = |name: &str| properties.headers.as_ref().and_then(|table| table.get(name));
    for (name, wanted) in content.headers.iter() {
        match header(name) {
            Some(value) if value == wanted => {}
            Some(value) => {
                misses.push(format!("header {name} {}", crate::scenario::written(value)))
            }
            None => misses.push(format!("no header {name}")),
        }
    }
    for name in content.without.iter().filter(|name| header(name).is_some()) {
        misses.push(format!("a header {name}"));
    }
    for (property, wanted) in &content.properties {
        let found = text_of(properties, *property);
        if found.as_ref() != Some(wanted) {
            let words = found.map_or("no".to_owned(), |text| crate::scenario::quoted(&text));
            misses.push(format!("{words} as its {}", crate::scenario::property_word(*property)));
        }
    }
    misses
}

fn text_of(properties: &Properties, property: Property) -> Option<String> {
    let text = match property {
        Property::ContentType => &properties.content_type,
        Property::ContentEncoding => &properties.content_encoding,
        Property::CorrelationId => &properties.correlation_id,
        Property::MessageId => &properties.message_id,
        Property::Timestamp => return properties.timestamp.map(|time| time.to_string()),
        Property::Type => &properties.kind,
        Property::UserId => &properties.user_id,
        Property::AppId => &properties.app_id,
    };
    text.as_ref().map(ToString::to_string)
}
