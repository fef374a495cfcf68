//! Writing a broker's definitions.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use warren_core::broker::{
    Broker, Credential, Policy, Profile, QueueKind, Table, User, UserLimits, Value, VhostLimits,
};

/// RabbitMQ's name of the algorithm that passwords are hashed with.
const SHA256: &str = "rabbit_password_hashing_sha256";

/// Makes salt and hash of a password, given a salt.
pub type Hash = fn(&str, [u8; 4]) -> Vec<u8>;

/// How to export.
#[derive(Clone, Debug, Default)]
pub struct Export {
    /// Only this virtual host, as RabbitMQ's management interface does it:
    /// without users and permissions.
    pub vhost: Option<String>,
    /// Write password hashes. `None` leaves them out: who imports the file then
    /// has users that cannot log in. The function is for passwords that the
    /// broker has not been given as a hash; it makes one with SHA-256.
    pub secrets: Option<Hash>,
}

/// The definitions of a broker as `rabbitmqctl export_definitions` writes
/// them: without exclusive queues, messages, and what every broker has. Keys
/// are in alphabetical order.
#[must_use]
pub fn export(broker: &Broker, options: &Export) -> String {
    let vhosts: Vec<String> = match &options.vhost {
        Some(vhost) => vec![vhost.clone()],
        None => broker.vhosts().map(|vhost| vhost.to_string()).collect(),
    };
    let writer = Writer { broker, vhosts, single: options.vhost.is_some() };
    let mut file = BTreeMap::from([
        ("bindings", writer.all(Writer::bindings)),
        ("exchanges", writer.all(Writer::exchanges)),
        ("parameters", writer.all(Writer::parameters)),
        ("policies", writer.all(Writer::policies)),
        ("queues", writer.all(Writer::queues)),
        ("rabbit_version", json!(broker.profile().recorded_from())),
        ("rabbitmq_version", json!(broker.profile().recorded_from())),
    ]);
    if let Some(vhost) = &options.vhost {
        file.insert("original_vhost_name", json!(vhost));
        file.insert("rabbitmq_definition_format", json!("single_virtual_host"));
    } else {
        file.insert("global_parameters", json!([]));
        file.insert("permissions", writer.all(Writer::permissions));
        file.insert("topic_permissions", writer.all(Writer::topic_permissions));
        file.insert("users", users(broker, options.secrets));
        file.insert("vhosts", writer.all(|writer, vhost| vec![writer.vhost(vhost)]));
    }
    let file: Map<String, Json> =
        file.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    // A map of texts and numbers can always be written.
    serde_json::to_string_pretty(&file).unwrap_or_default() + "\n"
}

struct Writer<'a> {
    broker: &'a Broker,
    vhosts: Vec<String>,
    /// Of one virtual host, which then is not named.
    single: bool,
}

fn users(broker: &Broker, secrets: Option<Hash>) -> Json {
    let user = |name: &str, user: &User| {
        let (algorithm, hash) = match (&user.credential, secrets) {
            (Credential::Hash { algorithm, hash }, Some(_)) => (&**algorithm, hash.0.to_vec()),
            (Credential::Password(password), Some(make)) => (SHA256, make(password, salt(name))),
            _ => (SHA256, Vec::new()),
        };
        let UserLimits { max_connections, max_channels } = user.limits;
        let limits = limits([("max-channels", max_channels), ("max-connections", max_connections)]);
        json!({
            "hashing_algorithm": algorithm,
            "limits": limits,
            "name": name,
            "password_hash": STANDARD.encode(hash),
            "tags": user.tags.iter().map(|tag| &**tag).collect::<Vec<_>>(),
        })
    };
    Json::Array(broker.users().map(|(name, one)| user(name, one)).collect())
}

/// A salt that differs from user to user and is the same each time.
fn salt(name: &str) -> [u8; 4] {
    let step = |hash: u32, octet: u8| (hash ^ u32::from(octet)).wrapping_mul(0x0100_0193);
    name.bytes().fold(0x811c_9dc5, step).to_be_bytes()
}

fn limits<const N: usize>(all: [(&str, Option<u32>); N]) -> Json {
    let set = all.into_iter().filter_map(|(name, limit)| Some((name.to_owned(), limit?.into())));
    Json::Object(set.collect())
}

/// An AMQP table as JSON (`rabbit_misc:amqp_table`), by name.
fn table(table: &Table) -> Json {
    let sorted: BTreeMap<&str, &Value> = table.iter().collect();
    Json::Object(sorted.into_iter().map(|(key, item)| (key.to_owned(), value(item))).collect())
}

fn value(item: &Value) -> Json {
    match item {
        Value::Bool(flag) => json!(flag),
        Value::LongStr(text) | Value::Binary(text) => json!(text.to_string()),
        Value::F32(number) => json!(number),
        Value::F64(number) => json!(number),
        Value::Decimal { scale, value } => {
            json!(f64::from(*value) / 10_f64.powi(i32::from(*scale)))
        }
        Value::Timestamp(seconds) => json!(seconds),
        Value::Array(items) => Json::Array(items.iter().map(value).collect()),
        Value::Table(inner) => table(inner),
        Value::Void => Json::Null,
        number => json!(number.as_integer()),
    }
}

impl Writer<'_> {
    /// One part of every virtual host.
    fn all(&self, part: impl Fn(&Self, &str) -> Vec<Json>) -> Json {
        Json::Array(self.vhosts.iter().flat_map(|vhost| part(self, vhost)).collect())
    }

    /// An object without its virtual host where that goes without saying.
    fn of(&self, vhost: &str, mut object: Json) -> Json {
        if let (Json::Object(fields), false) = (&mut object, self.single) {
            fields.insert("vhost".to_owned(), json!(vhost));
        }
        sorted(object)
    }

    fn bindings(&self, vhost: &str) -> Vec<Json> {
        let exclusive = |name: &str| {
            self.broker.queue(vhost, name).is_some_and(|queue| queue.exclusive().is_some())
        };
        let all = self.broker.bindings(vhost);
        let kept = all.filter(|b| b.destination.is_exchange() || !exclusive(b.destination.name()));
        kept.map(|binding| {
            let kind = if binding.destination.is_exchange() { "exchange" } else { "queue" };
            let object = json!({
                "arguments": table(&binding.arguments),
                "destination": &**binding.destination.name(),
                "destination_type": kind,
                "routing_key": &*binding.key,
                "source": &*binding.source,
            });
            self.of(vhost, object)
        })
        .collect()
    }

    fn exchanges(&self, vhost: &str) -> Vec<Json> {
        let all = self.broker.exchanges(vhost);
        let own = all.filter(|x| !x.internal && !x.name.is_empty() && !x.name.starts_with("amq."));
        own.map(|exchange| {
            let object = json!({
                "arguments": table(&exchange.arguments),
                "auto_delete": exchange.auto_delete,
                "durable": exchange.durable,
                "name": &*exchange.name,
                "type": exchange.kind.name(),
            });
            self.of(vhost, object)
        })
        .collect()
    }

    fn queues(&self, vhost: &str) -> Vec<Json> {
        let all = self.broker.queues(vhost).filter(|queue| queue.exclusive().is_none());
        all.map(|queue| {
            let object = json!({
                "arguments": table(queue.arguments()),
                "auto_delete": queue.auto_delete(),
                "durable": queue.durable(),
                "name": &**queue.name(),
                "type": queue.kind().name(),
            });
            self.of(vhost, object)
        })
        .collect()
    }

    fn policies(&self, vhost: &str) -> Vec<Json> {
        let policy = |policy: &Policy| {
            let mut object = settings(policy);
            object["name"] = json!(&*policy.name);
            self.of(vhost, object)
        };
        self.broker.policies(vhost).map(policy).collect()
    }

    fn parameters(&self, vhost: &str) -> Vec<Json> {
        let parameter = |component: &str, name: &str, value: Json| {
            self.of(vhost, json!({ "component": component, "name": name, "value": value }))
        };
        let operator = self.broker.operator_policies(vhost);
        let mut all: Vec<Json> = operator
            .map(|policy| parameter("operator_policy", &policy.name, sorted(settings(policy))))
            .collect();
        let limits = self.limits(vhost);
        if limits.as_object().is_some_and(|limits| !limits.is_empty()) {
            all.push(parameter("vhost-limits", "limits", limits));
        }
        all
    }

    fn limits(&self, vhost: &str) -> Json {
        let VhostLimits { max_connections, max_queues } =
            self.broker.vhost_limits(vhost).unwrap_or_default();
        limits([("max-connections", max_connections), ("max-queues", max_queues)])
    }

    fn permissions(&self, vhost: &str) -> Vec<Json> {
        let rows = self.broker.permissions(vhost);
        rows.map(|(user, row)| {
            let object = json!({
                "configure": row.configure, "read": row.read, "user": &**user, "write": row.write,
            });
            self.of(vhost, object)
        })
        .collect()
    }

    fn topic_permissions(&self, vhost: &str) -> Vec<Json> {
        let rows = self.broker.topic_permissions(vhost);
        rows.map(|(user, exchange, row)| {
            let object = json!({
                "exchange": &**exchange, "read": row.read, "user": &**user, "write": row.write,
            });
            self.of(vhost, object)
        })
        .collect()
    }

    fn vhost(&self, vhost: &str) -> Json {
        let metadata = self.broker.vhost_metadata(vhost).cloned().unwrap_or_default();
        let tags: Vec<&str> = metadata.tags.iter().map(|tag| &**tag).collect();
        let mut inner = json!({ "description": metadata.description, "tags": tags });
        // 4.3 notes it when the virtual host is made.
        let always = self.broker.profile() >= Profile::V4_3;
        let kind = metadata.default_queue_type.or(always.then_some(QueueKind::Classic));
        if let Some(kind) = kind {
            inner["default_queue_type"] = json!(kind.name());
        }
        let mut object =
            json!({ "limits": self.limits(vhost), "metadata": sorted(inner), "name": vhost });
        if self.broker.profile() == Profile::V4_0 {
            let kind = metadata.default_queue_type.unwrap_or(QueueKind::Classic);
            object["default_queue_type"] = json!(kind.name());
        }
        sorted(object)
    }
}

fn settings(policy: &Policy) -> Json {
    json!({
        "apply-to": policy.apply_to.name(),
        "definition": table(&policy.definition),
        "pattern": policy.pattern,
        "priority": policy.priority,
    })
}

/// An object with its own keys in order.
fn sorted(object: Json) -> Json {
    match object {
        Json::Object(fields) => {
            let fields: BTreeMap<String, Json> = fields.into_iter().collect();
            Json::Object(fields.into_iter().collect())
        }
        other => other,
    }
}
