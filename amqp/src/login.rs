//! Who may come in.

use crate::codec::table_of;
use std::net::IpAddr;
use warren_core::broker::{Name, Profile, Table, Value};

/// The one user there is, as in a RabbitMQ that nobody has set up.
const GUEST: &str = "guest";

/// How an attempt to log in ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Attempt {
    /// As this user.
    In(Name),
    /// Wrong user or password, or `guest` from another machine. The reason is
    /// for the log, not for the client.
    Refused(String),
    /// No such mechanism, or a response that does not fit it.
    Nonsense(String),
}

/// The mechanisms that are offered (`rabbit_auth_mechanism_*`); ANONYMOUS came
/// with 4.0.
pub(crate) fn mechanisms(profile: Profile) -> &'static str {
    if profile >= Profile::V4_0 { "PLAIN AMQPLAIN ANONYMOUS" } else { "PLAIN AMQPLAIN" }
}

/// Checks what connection.start-ok says. `guest` may come from this machine
/// only (`loopback_users`).
pub(crate) fn attempt(profile: Profile, mechanism: &str, response: &[u8], peer: IpAddr) -> Attempt {
    let given = match mechanism {
        "PLAIN" => plain(response),
        "AMQPLAIN" => amqplain(response),
        "ANONYMOUS" if profile >= Profile::V4_0 => Some((GUEST.to_owned(), GUEST.to_owned())),
        other => return Attempt::Nonsense(format!("unknown mechanism '{other}'")),
    };
    let Some((user, password)) = given else {
        return Attempt::Nonsense(format!("a response that does not fit {mechanism}"));
    };
    if user != GUEST || password != GUEST {
        return Attempt::Refused(format!("user '{user}' - invalid credentials"));
    }
    if !peer.to_canonical().is_loopback() {
        return Attempt::Refused("user 'guest' can only connect via localhost".into());
    }
    Attempt::In(Name::from(GUEST))
}

/// NUL, user, NUL, password (RFC 4616).
fn plain(response: &[u8]) -> Option<(String, String)> {
    let text = core::str::from_utf8(response).ok()?;
    let mut parts = text.splitn(3, '\0');
    let (_identity, user, password) = (parts.next()?, parts.next()?, parts.next()?);
    Some((user.to_owned(), password.to_owned()))
}

/// A table without its length.
fn amqplain(response: &[u8]) -> Option<(String, String)> {
    let table: Table = table_of(response).ok()?;
    let text = |key: &str| table.get(key).and_then(Value::as_str).map(str::to_owned);
    Some((text("LOGIN")?, text("PASSWORD")?))
}

/// What the server says about itself in connection.start. The capabilities are
/// RabbitMQ's (`rabbit_reader:server_capabilities`).
pub(crate) fn server_properties(profile: Profile) -> Table {
    let capabilities = [
        "publisher_confirms",
        "exchange_exchange_bindings",
        "basic.nack",
        "consumer_cancel_notify",
        "connection.blocked",
        "consumer_priorities",
        "authentication_failure_close",
        "per_consumer_qos",
        "direct_reply_to",
    ];
    let capabilities = capabilities.map(|name| (Name::from(name), Value::Bool(true)));
    Table::from([
        ("capabilities", Value::Table(Table(capabilities.to_vec()))),
        ("cluster_name", Value::str("warren@localhost")),
        ("copyright", Value::str("The Warren authors")),
        ("information", Value::str("Behaves like RabbitMQ; keeps everything in memory")),
        ("platform", Value::str(concat!("Warren ", env!("CARGO_PKG_VERSION")))),
        ("product", Value::str("Warren")),
        ("version", Value::str(profile.recorded_from())),
    ])
}
