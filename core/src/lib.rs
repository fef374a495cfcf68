//! Warren's core: an AMQP 0-9-1 broker with RabbitMQ's semantics, the
//! simulated world around it, scenarios, time travel and pictures.
//!
//! The one rule: **same document and same build, same digests**, natively and
//! in wasm. Nothing here reads a clock, the environment or the network, and
//! nothing depends on the order of a hash table.

pub mod broker;
pub mod decimal;
pub mod digest;
pub mod draw;
pub mod frame;
pub mod intern;
pub mod link;
pub mod order;
pub mod scenario;
pub mod time;
pub mod timeline;
pub mod unseen;
pub mod world;
