//! What the broker sends, as recordings show it.

use super::values;
use serde_json::{Map, Value as Json, json};
use warren_core::broker::{Reply, SharedMessage};

/// A reply as a recording shows it; `None` for the answers it leaves out.
/// Confirms are not among them: they are shown number by number.
pub(crate) fn shown(reply: &Reply) -> Option<Json> {
    match reply {
        Reply::ChannelOpenOk | Reply::ChannelCloseOk | Reply::ConnectionCloseOk => None,
        Reply::ConnectionClose { code, text, class, method } => {
            Some(close("connection.close", *code, text, *class, *method))
        }
        Reply::ChannelClose { code, text, class, method } => {
            Some(close("channel.close", *code, text, *class, *method))
        }
        Reply::ConnectionBlocked { reason } => {
            Some(json!({ "ev": "connection.blocked", "reason": &**reason }))
        }
        Reply::ChannelFlowOk { active } => {
            Some(json!({ "ev": "channel.flow-ok", "active": active }))
        }
        Reply::QueueDeclareOk { queue, messages, consumers } => Some(json!({
            "ev": "queue.declare-ok",
            "queue": &**queue,
            "messages": messages,
            "consumers": consumers,
        })),
        Reply::QueueDeleteOk { messages } => {
            Some(json!({ "ev": "queue.delete-ok", "messages": messages }))
        }
        Reply::QueuePurgeOk { messages } => {
            Some(json!({ "ev": "queue.purge-ok", "messages": messages }))
        }
        Reply::ConsumeOk { consumer_tag } => {
            Some(json!({ "ev": "basic.consume-ok", "tag": &**consumer_tag }))
        }
        Reply::CancelOk { consumer_tag } => {
            Some(json!({ "ev": "basic.cancel-ok", "tag": &**consumer_tag }))
        }
        Reply::Cancel { consumer_tag } => {
            Some(json!({ "ev": "basic.cancel", "tag": &**consumer_tag, "nowait": true }))
        }
        Reply::Deliver { consumer_tag, delivery_tag, redelivered, message } => {
            let mut event = content("deliver", message);
            event.insert("tag".into(), json!(&**consumer_tag));
            event.insert("dtag".into(), json!(delivery_tag));
            event.insert("redelivered".into(), json!(redelivered));
            Some(Json::Object(event))
        }
        Reply::GetOk { delivery_tag, redelivered, messages, message } => {
            let mut event = content("get-ok", message);
            event.insert("messages".into(), json!(messages));
            event.insert("dtag".into(), json!(delivery_tag));
            event.insert("redelivered".into(), json!(redelivered));
            Some(Json::Object(event))
        }
        Reply::Return { code, text, message } => {
            let mut event = content("return", message);
            event.insert("code".into(), json!(code));
            event.insert("text".into(), json!(text));
            Some(Json::Object(event))
        }
        Reply::Ack { .. } | Reply::Nack { .. } => None,
        other => bare(other).map(|name| json!({ "ev": name })),
    }
}

/// The name of a reply that says nothing else.
fn bare(reply: &Reply) -> Option<&'static str> {
    Some(match reply {
        Reply::ConnectionUnblocked => "connection.unblocked",
        Reply::AccessRequestOk => "access.request-ok",
        Reply::ExchangeDeclareOk => "exchange.declare-ok",
        Reply::ExchangeDeleteOk => "exchange.delete-ok",
        Reply::ExchangeBindOk => "exchange.bind-ok",
        Reply::ExchangeUnbindOk => "exchange.unbind-ok",
        Reply::QueueBindOk => "queue.bind-ok",
        Reply::QueueUnbindOk => "queue.unbind-ok",
        Reply::QosOk => "basic.qos-ok",
        Reply::GetEmpty => "get-empty",
        Reply::RecoverOk => "basic.recover-ok",
        Reply::ConfirmSelectOk => "confirm.select-ok",
        Reply::TxSelectOk => "tx.select-ok",
        Reply::TxCommitOk => "tx.commit-ok",
        Reply::TxRollbackOk => "tx.rollback-ok",
        _ => return None,
    })
}

fn close(name: &str, code: u16, text: &str, class: u16, method: u16) -> Json {
    json!({ "ev": name, "code": code, "text": text, "class": class, "method": method })
}

fn content(name: &str, message: &SharedMessage) -> Map<String, Json> {
    let mut event = values::message(message);
    event.insert("ev".into(), json!(name));
    event
}

/// Gives made-up names the placeholders of recordings, numbered in the order
/// in which they appear.
#[derive(Default)]
pub(crate) struct Placeholders {
    /// Made-up name and placeholder.
    known: Vec<(String, String)>,
}

/// How made-up names begin, and how their placeholders do. What follows of
/// such characters as Base64 has belongs to the name.
const MADE_UP: [(&str, &str); 3] =
    [("amq.gen-", "gen"), ("amq.ctag-", "ctag"), ("amq.rabbitmq.reply-to.", "reply")];

/// Made-up names are at least this much longer than their beginning.
const MADE_UP_LENGTH: usize = 22;

impl Placeholders {
    /// Replaces made-up names everywhere in an event.
    pub(crate) fn hide(&mut self, event: &mut Json) {
        match event {
            Json::String(text) => *text = self.hidden(text),
            Json::Array(items) => items.iter_mut().for_each(|item| self.hide(item)),
            Json::Object(entries) => entries.values_mut().for_each(|entry| self.hide(entry)),
            _ => {}
        }
    }

    fn hidden(&mut self, text: &str) -> String {
        let mut text = text.to_owned();
        for (prefix, kind) in MADE_UP {
            while let Some(start) = text.find(prefix) {
                let rest = &text[start + prefix.len()..];
                let odd = |c: char| !c.is_ascii_alphanumeric() && !"+/=_-.".contains(c);
                let length = rest.find(odd).unwrap_or(rest.len());
                if length < MADE_UP_LENGTH {
                    break;
                }
                let end = start + prefix.len() + length;
                let name = text[start..end].to_owned();
                let placeholder = self.placeholder(&name, kind);
                text.replace_range(start..end, &placeholder);
            }
        }
        text
    }

    fn placeholder(&mut self, name: &str, kind: &str) -> String {
        if let Some((_, placeholder)) = self.known.iter().find(|(known, _)| known == name) {
            return placeholder.clone();
        }
        let start = format!("<{kind}-");
        let same = self.known.iter().filter(|(_, known)| known.starts_with(&start)).count();
        let placeholder = format!("{start}{}>", same + 1);
        self.known.push((name.to_owned(), placeholder.clone()));
        placeholder
    }

    /// The made-up name behind a placeholder, or the text itself.
    pub(crate) fn revealed<'a>(&'a self, text: &'a str) -> &'a str {
        let known = self.known.iter().find(|(_, placeholder)| placeholder == text);
        known.map_or(text, |(name, _)| name)
    }
}
