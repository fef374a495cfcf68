//! Numbers that bound what a client can make the port hold, and how long it
//! waits. Where RabbitMQ has the number it is RabbitMQ's.

use std::time::Duration;
use warren_core::broker::Profile;

/// `channel_max` of connection.tune.
pub(crate) const CHANNEL_MAX: u16 = 2047;
/// `frame_max` of connection.tune, in octets.
pub(crate) const FRAME_MAX: u32 = 131_072;
/// `heartbeat` of connection.tune, in seconds.
pub(crate) const HEARTBEAT: u16 = 60;
/// From the first octet to connection.open-ok (`handshake_timeout`).
pub(crate) const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long a client that is not trusted waits for the end (`rabbit_reader`'s
/// `SILENT_CLOSE_DELAY`).
pub(crate) const SILENT_CLOSE: Duration = Duration::from_secs(3);
/// How long connection.close-ok is waited for (`CLOSING_TIMEOUT`).
pub(crate) const CLOSING: Duration = Duration::from_secs(30);
/// How long one write may make no progress (`send_timeout`).
pub(crate) const SEND: Duration = Duration::from_secs(15);
/// How long a stopping server waits for its clients to say good-bye.
pub(crate) const GOOD_BYE: Duration = Duration::from_secs(3);

/// A connection is not read from while this much waits to be sent to it.
pub(crate) const BEHIND: usize = 32 << 20;
/// A connection that lets this much wait is cut off.
pub(crate) const TOO_FAR_BEHIND: usize = 512 << 20;
/// The parts of unfinished messages that a connection may have here at once.
pub(crate) const UNFINISHED: usize = 256 << 20;
/// What is read from a socket at once.
pub(crate) const READ: usize = 64 << 10;
/// Connections at once; more are closed as they come.
pub(crate) const CONNECTIONS: usize = 16_384;

/// The least `frame_max` a client may ask for, and what holds until it has
/// (`FRAME_MIN_SIZE`; raised in 4.1).
pub(crate) fn least_frame_max(profile: Profile) -> u32 {
    if profile >= Profile::V4_3 { 8192 } else { 4096 }
}
