//! Looking at what clients and broker say to each other, as it happens.

use std::sync::Arc;
use warren_core::broker::{ConnectionId, Login, Method, Reply};
use warren_core::time::Tick;

/// Something that crossed a connection, in the broker's order.
#[derive(Clone, Copy, Debug)]
pub enum Seen<'a> {
    /// A client has connected, with the name that it gave its connection or
    /// none.
    Opened(&'a Login, &'a str),
    /// A method of the client on a channel.
    Method(u16, &'a Method),
    /// A method of the broker on a channel.
    Reply(u16, &'a Reply),
    /// The connection is over. What came before tells whether in good order.
    Gone,
}

/// Is told everything that crosses any connection, with microseconds since the
/// port was opened. It keeps the broker waiting, so it should be quick.
pub type Watch = Arc<dyn Fn(Tick, ConnectionId, Seen<'_>) + Send + Sync>;
