//! Whether the real broker has the exchange types of a script: most that begin
//! with `x-` come with plugins, which it need not have.

use super::broker::Asker;
use super::replay::Address;
use std::collections::BTreeSet;
use warren_core::broker::routing::ExchangeKind;
use warren_core::broker::{Method, Name, Profile, Reply, Table};
use warren_core::world::{Crossed, Traffic};

/// Refuses a script with an exchange type that the simulation knows and the
/// broker does not. Changes nothing on it.
pub(super) fn known(address: &Address, profile: Profile, traffic: &Traffic) -> Result<(), String> {
    let mut kinds = BTreeSet::new();
    for crossing in &traffic.crossings {
        if let Crossed::Sent(_, method) = &crossing.what
            && let Method::ExchangeDeclare { kind, passive: false, .. } = &**method
            && ExchangeKind::parse(kind, profile).is_some()
        {
            kinds.insert(kind);
        }
    }
    for kind in kinds {
        // A broker looks at the type before it refuses the default exchange, so
        // nothing can come of this (`rabbit_channel`, exchange.declare).
        match Asker::new(address)?.ask(&declaration(kind))? {
            // It costs the connection in 3.10, the channel in later ones.
            Reply::ConnectionClose { code: 503, text, .. }
            | Reply::ChannelClose { code: 406, text, .. } => return Err(remedy(kind, &text)),
            _ => {}
        }
    }
    Ok(())
}

/// Declares the default exchange, which no broker lets anybody do.
fn declaration(kind: &Name) -> Method {
    Method::ExchangeDeclare {
        exchange: Name::from(""),
        kind: kind.clone(),
        passive: false,
        durable: false,
        auto_delete: false,
        internal: false,
        nowait: false,
        arguments: Table::new(),
    }
}

fn remedy(kind: &str, said: &str) -> String {
    let plugin = match kind {
        "x-consistent-hash" => "rabbitmq_consistent_hash_exchange",
        "x-modulus-hash" => "rabbitmq_sharding",
        "x-random" => "rabbitmq_random_exchange",
        "x-recent-history" => "rabbitmq_recent_history_exchange",
        "x-delayed-message" => "rabbitmq_delayed_message_exchange",
        _ => "",
    };
    let what = match kind {
        _ if plugin.is_empty() => "Verify it on a newer broker".to_owned(),
        "x-delayed-message" => format!(
            "It comes with the plugin {plugin}, which RabbitMQ does not ship: install it, then \
             run `rabbitmq-plugins enable {plugin}`"
        ),
        _ => format!("It comes with a plugin: run `rabbitmq-plugins enable {plugin}`"),
    };
    format!(
        "this broker does not know the exchange type {kind} (it says {said:?}). Nothing was \
         touched. {what}"
    )
}
