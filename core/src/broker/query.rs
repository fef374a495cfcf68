//! Single things to ask a broker for.

use super::Broker;
use super::message::{MessageId, Properties, SharedMessage};
use super::method::{ChannelId, ConnectionId};
use super::routing::{Exchange, Explanation, Path, Query};
use crate::time::Tick;

impl Broker {
    /// The exchange called `name`.
    #[must_use]
    pub fn exchange(&self, vhost: &str, name: &str) -> Option<&Exchange> {
        self.routing(vhost)?.exchange(name)
    }

    /// The question that routing asks of a message; `message` is the one that
    /// is published next when it is not given.
    fn question<'a>(
        &self,
        keys: &'a [&'a str],
        properties: Option<&'a Properties>,
        message: Option<MessageId>,
    ) -> Query<'a> {
        let chance = self.chance(message.map_or(self.messages + 1, |id| id.0));
        Query { properties, chance, ..Query::of(keys, self.profile) }
    }

    /// How each queue that a message reaches is first reached. A message that
    /// nobody has sent has no number: it is taken for the next one.
    #[must_use]
    pub fn paths(
        &self,
        vhost: &str,
        exchange: &str,
        keys: &[&str],
        properties: Option<&Properties>,
        message: Option<MessageId>,
    ) -> Vec<Path> {
        let query = self.question(keys, properties, message);
        self.routing(vhost).map_or_else(Vec::new, |routing| routing.paths(exchange, &query))
    }

    /// Why a message reaches what it reaches, binding by binding. `None` when
    /// there is no such virtual host. A message that nobody has sent has no
    /// number: it is taken for the next one.
    #[must_use]
    pub fn explain(
        &self,
        vhost: &str,
        exchange: &str,
        keys: &[&str],
        properties: Option<&Properties>,
        message: Option<MessageId>,
    ) -> Option<Explanation> {
        let query = self.question(keys, properties, message);
        Some(self.routing(vhost)?.explain(exchange, &query))
    }

    /// The messages that an exchange holds back, each with the instant when it
    /// is due, in that order.
    #[must_use]
    pub fn held_back(&self, vhost: &str, exchange: &str) -> Vec<(Tick, &SharedMessage)> {
        self.vhost_index(vhost).map_or_else(Vec::new, |index| self.held_at(index, exchange))
    }

    /// The messages that an exchange keeps for bindings to come, oldest first.
    pub fn kept(&self, vhost: &str, exchange: &str) -> impl Iterator<Item = &SharedMessage> {
        let vhost = self.vhost_index(vhost).map(|index| &self.vhosts[index]);
        vhost.into_iter().flat_map(move |vhost| vhost.kept(exchange))
    }

    /// Whether a connection is open.
    #[must_use]
    pub fn is_connected(&self, connection: ConnectionId) -> bool {
        self.connection(connection).is_some_and(|c| c.is_open())
    }

    /// Whether a channel was closed by the broker and the client has not
    /// answered yet.
    #[must_use]
    pub fn is_closing(&self, channel: ChannelId) -> bool {
        self.connection(channel.connection).is_some_and(|c| c.is_closing(channel.number))
    }
}
