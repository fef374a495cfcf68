//! Warren's broker behind a real AMQP 0-9-1 port.
//!
//! The core decides; this crate frames. One task owns the broker and takes the
//! clients' methods in the order they arrive; every connection has a task that
//! reads and one that writes. Wall time enters the core here and nowhere else:
//! as microseconds since the port was opened.
//!
//! [`client`] is the other end: it talks to any broker in the core's words.

pub mod client;
mod codec;
mod connection;
mod content;
mod engine;
mod fault;
mod frames;
mod handshake;
mod limits;
mod login;
mod outbox;
mod parting;
pub mod password;
mod pulse;
mod server;
mod tls;
mod trace;
mod watch;
mod writer;

pub use server::{Config, Handle, Log, Server, serve_stream};
pub use tls::{Papers, Tls, TlsTrouble};
pub use watch::{Seen, Watch};
