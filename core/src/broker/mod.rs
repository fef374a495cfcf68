//! AMQP 0-9-1 as RabbitMQ does it: a pure state machine without clock,
//! randomness or I/O.

mod event;
mod message;
mod method;
mod profile;
pub mod routing;
mod value;

pub use event::{Event, Fact, Leave};
pub use message::{Message, MessageId, Properties, SharedMessage};
pub use method::{ChannelId, ConnectionId, Method, QueueId, Reply};
pub use profile::Profile;
pub use value::{Bytes, Name, Table, Value};
