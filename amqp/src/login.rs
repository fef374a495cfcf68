//! Who may come in.

use crate::codec::table_of;
use warren_core::broker::{Name, Profile, Table, Value};

/// Who ANONYMOUS stands for (`anonymous_login_user`), with the password.
const ANONYMOUS: &str = "guest";

/// Who somebody says to be.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Attempt {
    pub(crate) user: String,
    pub(crate) password: String,
}

/// The mechanisms that are offered (`rabbit_auth_mechanism_*`), in the order of
/// each release; ANONYMOUS came with 4.0.
pub(crate) fn mechanisms(profile: Profile) -> &'static str {
    match profile {
        Profile::V3_10 => "PLAIN AMQPLAIN",
        Profile::V4_0 => "ANONYMOUS PLAIN AMQPLAIN",
        Profile::V4_3 => "PLAIN ANONYMOUS AMQPLAIN",
    }
}

/// Reads what connection.start-ok says. The error is for the log: there is no
/// such mechanism, or the response does not fit it.
pub(crate) fn attempt(
    profile: Profile,
    mechanism: &str,
    response: &[u8],
) -> Result<Attempt, String> {
    let given = match mechanism {
        "PLAIN" => plain(response),
        "AMQPLAIN" => amqplain(response),
        "ANONYMOUS" if profile >= Profile::V4_0 => {
            Some((ANONYMOUS.to_owned(), ANONYMOUS.to_owned()))
        }
        other => return Err(format!("unknown mechanism '{other}'")),
    };
    let (user, password) =
        given.ok_or_else(|| format!("a response that does not fit {mechanism}"))?;
    Ok(Attempt { user, password })
}

/// NUL, user, NUL, password, of RFC 4616 the part that RabbitMQ takes: nobody
/// speaks for somebody else.
fn plain(response: &[u8]) -> Option<(String, String)> {
    let mut parts = response.split(|octet| *octet == 0).map(String::from_utf8_lossy);
    let (identity, user, password) = (parts.next()?, parts.next()?, parts.next()?);
    let fits = identity.is_empty() && parts.next().is_none();
    fits.then(|| (user.into_owned(), password.into_owned()))
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
