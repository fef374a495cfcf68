//! What clients hear, and their answers to what closed on them.

use super::Player;
use crate::truth::observe;
use crate::truth::subject::Subject;
use serde_json::json;
use warren_core::broker::{ChannelId, Event, Method, Reply};

impl<S: Subject> Player<S> {
    /// Shows the clients what was sent to them.
    pub(super) fn observe(&mut self) {
        for event in core::mem::take(&mut self.events) {
            let Event::Send { to, reply } = event else { continue };
            let connection = self.connections.iter().find(|(_, c)| c.id == to.connection);
            let Some((owner, connection)) = connection else { continue };
            if !connection.open && !matches!(reply, Reply::ConnectionClose { .. }) {
                continue;
            }
            let owner = owner.clone();
            if to.number == 0 {
                if let Some(event) = observe::shown(&reply) {
                    self.push(owner, event);
                }
                continue;
            }
            let Some(name) = self.channel_called(to) else { continue };
            match reply {
                Reply::Ack { delivery_tag, multiple } => {
                    self.confirm(&name, "confirm.ack", delivery_tag, multiple);
                }
                Reply::Nack { delivery_tag, multiple } => {
                    self.confirm(&name, "confirm.nack", delivery_tag, multiple);
                }
                reply => {
                    if let Some(event) = observe::shown(&reply) {
                        self.push(name, event);
                    }
                }
            }
        }
    }

    /// The name of the channel that has that number now.
    fn channel_called(&self, id: ChannelId) -> Option<String> {
        let found = self.channels.iter().filter(|(_, channel)| channel.id == id);
        found.max_by_key(|(_, channel)| channel.open).map(|(name, _)| name.clone())
    }

    /// A confirm of several is shown as one of each.
    fn confirm(&mut self, name: &str, kind: &str, tag: u64, multiple: bool) {
        let Some(channel) = self.channels.get_mut(name) else { return };
        let numbers: Vec<u64> =
            if multiple { channel.unconfirmed.range(..=tag).copied().collect() } else { vec![tag] };
        for number in numbers {
            channel.unconfirmed.remove(&number);
            let event = json!({ "ev": kind, "seq": number });
            self.observed.entry(name.to_owned()).or_default().push(event);
        }
    }

    /// The clients answer what closed on them.
    pub(super) fn settle(&mut self) {
        for id in self.broker.sync(&mut self.events) {
            let ended = self.connections.iter_mut().find(|(_, c)| c.id == id && c.open);
            let Some((name, connection)) = ended else { continue };
            connection.open = false;
            let name = name.clone();
            self.forget_channels(&name);
            self.push(name, json!({ "ev": "eof" }));
        }
        let mut answers = Vec::new();
        for event in &self.events {
            if let Event::Send { to, reply } = event {
                answers.extend(answer(*to, reply));
            }
        }
        self.observe();
        let closed: Vec<(String, bool)> = self
            .observed
            .iter()
            .filter_map(|(at, events)| {
                let said = |name: &str| events.iter().any(|event| event["ev"] == name);
                let connection = said("connection.close");
                (connection || said("channel.close")).then(|| (at.clone(), connection))
            })
            .collect();
        for (at, connection) in closed {
            if connection {
                if let Some(connection) = self.connections.get_mut(&at) {
                    connection.open = false;
                    let to = ChannelId { connection: connection.id, number: 0 };
                    answers.push((to, Method::ConnectionCloseOk));
                }
                self.forget_channels(&at);
            } else if let Some(channel) = self.channels.get_mut(&at) {
                if channel.open {
                    answers.push((channel.id, Method::ChannelCloseOk));
                }
                channel.open = false;
            }
        }
        answers.dedup();
        for (from, method) in answers {
            self.broker.apply(from, method, &mut self.events);
        }
        // What a quorum queue gave to a channel that is gone comes back now.
        self.broker.sync(&mut self.events);
        self.observe();
    }
}

fn answer(to: ChannelId, reply: &Reply) -> Option<(ChannelId, Method)> {
    match reply {
        Reply::ConnectionClose { .. } => Some((to, Method::ConnectionCloseOk)),
        _ => None,
    }
}
