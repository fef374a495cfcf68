//! Who connects, and what is said to those who may not.

use super::reply_code::Fault;
use super::value::Name;

/// How many channels a connection may have open, unless it agreed on fewer:
/// RabbitMQ's `channel_max`.
const CHANNEL_MAX: u16 = 2047;

/// What a client can do, as it said in `connection.start-ok`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Capabilities {
    /// It wants `basic.cancel` when a queue it consumes from is deleted.
    pub consumer_cancel_notify: bool,
    /// It wants `connection.blocked` when it is no longer read from, and
    /// `connection.unblocked`.
    pub connection_blocked: bool,
}

impl Default for Capabilities {
    fn default() -> Self {
        Self { consumer_cancel_notify: true, connection_blocked: true }
    }
}

/// Who connects, and where to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Login {
    /// The user name.
    pub user: Name,
    /// The virtual host.
    pub vhost: Name,
    /// What the client can do.
    pub capabilities: Capabilities,
    /// How many channels it may have open at once, as was agreed in
    /// `connection.tune-ok`.
    pub channel_max: u16,
}

/// `guest` on `/`, with every capability.
impl Default for Login {
    fn default() -> Self {
        Self {
            user: Name::from("guest"),
            vhost: Name::from("/"),
            capabilities: Capabilities::default(),
            channel_max: CHANNEL_MAX,
        }
    }
}

/// A connection that was not made.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Refusal {
    /// The reply code of `connection.close`.
    pub code: u16,
    /// Its reply text.
    pub text: String,
}

impl Refusal {
    /// What a client hears that may not log in, if it can hear it
    /// (`authentication_failure_close`). 403 closes the connection here only.
    #[must_use]
    pub fn login(mechanism: &str) -> Self {
        let fault = Fault::refused(format!(
            "Login was refused using authentication mechanism {mechanism}. For details see the \
             broker logfile."
        ));
        Self { code: fault.code.code(), text: fault.text() }
    }
}
