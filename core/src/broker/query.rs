//! Single things to ask a broker for.

use super::Broker;
use super::method::ConnectionId;
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
}
