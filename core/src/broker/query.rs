//! Single things to ask a broker for.

use super::Broker;
use super::method::{ChannelId, ConnectionId};
use super::routing::Exchange;

impl Broker {
    /// The exchange called `name`.
    #[must_use]
    pub fn exchange(&self, vhost: &str, name: &str) -> Option<&Exchange> {
        self.routing(vhost)?.exchange(name)
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
