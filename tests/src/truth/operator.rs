//! What an operator of a broker does in a recording, and who logs in.

use super::values::{table, text};
use serde_json::{Value as Json, json};
use warren_core::broker::{
    Alarm, Broker, Capabilities, Configuration, ConnectionId, Credential, Event, Login, Name,
    Permission, Policy, PolicyTarget, QueueKind, TopicPermission, User, UserLimits, VhostLimits,
    VhostMetadata,
};
use warren_core::time::{Span, Tick};

const VHOST: &str = "/";

/// Somebody who logs in.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) login: Login,
    pub(crate) password: String,
    /// `authentication_failure_close`: it wants to hear why not.
    hears: bool,
}

impl Caller {
    /// Who `connect` is about: guest on `/` with every capability, unless it
    /// says something else.
    pub(crate) fn of(operation: &Json) -> Self {
        let or = |key: &str, other: &str| operation[key].as_str().unwrap_or(other).to_owned();
        let can = |name: &str| operation["capabilities"][name].as_bool().unwrap_or(true);
        let user = or("user", "guest");
        let capabilities = Capabilities {
            consumer_cancel_notify: can("consumer_cancel_notify"),
            connection_blocked: can("connection.blocked"),
        };
        Self {
            password: or("password", &user),
            login: Login {
                user: Name::from(user),
                vhost: Name::from(or("vhost", VHOST)),
                capabilities,
                ..Login::default()
            },
            hears: can("authentication_failure_close"),
        }
    }

    /// What it tells the broker that it can do.
    pub(crate) fn capabilities(&self) -> [(&'static str, bool); 5] {
        let Capabilities { consumer_cancel_notify, connection_blocked } = self.login.capabilities;
        [
            ("basic.nack", true),
            ("publisher_confirms", true),
            ("authentication_failure_close", self.hears),
            ("consumer_cancel_notify", consumer_cancel_notify),
            ("connection.blocked", connection_blocked),
        ]
    }

    /// What it hears when it is not let in.
    pub(crate) fn heard(&self, code: u16, text: &str, (class, method): (u16, u16)) -> Json {
        if class == 0 && !self.hears {
            return json!({ "ev": "eof" });
        }
        let ev = "connection.close";
        json!({ "ev": ev, "code": code, "text": text, "class": class, "method": method })
    }
}

/// Whether an operation is an operator's.
pub(crate) fn does(operation: &str) -> bool {
    let kind = operation.split('.').next().unwrap_or_default();
    let dotted = operation.contains('.');
    let kinds = ["user", "permission", "topic_permission", "vhost", "alarm", "connection"];
    dotted && (kinds.contains(&kind) || ["configure", "policy", "operator_policy"].contains(&kind))
}

/// Does it, to the virtual host of the recording.
///
/// # Errors
///
/// What is wrong with a policy.
pub(crate) fn operate(
    broker: &mut Broker,
    now: Tick,
    events: &mut Vec<Event>,
    operation: &Json,
    connection: Option<ConnectionId>,
) -> Result<(), String> {
    let name = |key: &str| text(operation, key);
    match name("op") {
        "policy.set" => return broker.set_policy(now, VHOST, policy(operation)?, events),
        "operator_policy.set" => {
            return broker.set_operator_policy(now, VHOST, policy(operation)?, events);
        }
        "policy.clear" => broker.clear_policy(now, VHOST, name("name"), events),
        "operator_policy.clear" => broker.clear_operator_policy(now, VHOST, name("name"), events),
        "alarm.set" => broker.set_alarm(now, alarm(operation), true, events),
        "alarm.clear" => broker.set_alarm(now, alarm(operation), false, events),
        "connection.force" => {
            let connection = connection.expect("a connection that is there");
            broker.close_connection(now, connection, name("reason"), events);
        }
        "vhost.delete" => broker.delete_vhost(now, VHOST, events).expect("it is there"),
        "user.delete" => broker.delete_user(now, name("user"), events),
        "configure.set" => {
            let value = operation["value"].as_u64().expect("a number");
            assert_eq!(name("key"), "consumer_timeout", "known settings");
            let consumer_timeout = Some(Span::millis(value));
            broker.configure(Configuration { consumer_timeout, ..broker.configuration().clone() });
        }
        _ => set(broker, operation),
    }
    Ok(())
}

/// What only holds for what comes later.
fn set(broker: &mut Broker, operation: &Json) {
    let name = |key: &str| text(operation, key);
    let number = |key: &str| operation[key].as_i64().and_then(|n| u32::try_from(n).ok());
    let (user, all) = (name("user"), |key| text(operation, key).to_owned());
    let done = match name("op") {
        "user.add" => {
            let credential = Credential::Password(Name::from(name("password")));
            let tags = operation["tags"].as_array().into_iter().flatten();
            let tags = tags.filter_map(Json::as_str).map(Name::from).collect();
            broker.set_user(user, User { tags, credential, ..User::default() });
            Ok(())
        }
        "user.limits" => {
            let mut changed = broker.user(user).expect("a user that is there").clone();
            let (max_connections, max_channels) =
                (number("max_connections"), number("max_channels"));
            changed.limits = UserLimits { max_connections, max_channels };
            broker.set_user(user, changed);
            Ok(())
        }
        "permission.set" => {
            let (configure, write, read) = (all("configure"), all("write"), all("read"));
            broker.set_permission(user, VHOST, Permission { configure, write, read })
        }
        "permission.clear" => broker.clear_permission(user, VHOST),
        "topic_permission.set" => {
            let permission = TopicPermission { write: all("write"), read: all("read") };
            broker.set_topic_permission(user, VHOST, name("exchange"), permission)
        }
        "vhost.limits" => {
            let (max_connections, max_queues) = (number("max_connections"), number("max_queues"));
            broker.set_vhost_limits(VHOST, VhostLimits { max_connections, max_queues })
        }
        "vhost.default_queue_type" => {
            let default_queue_type = QueueKind::parse(name("type"));
            let metadata = VhostMetadata { default_queue_type, ..VhostMetadata::default() };
            broker.set_vhost_metadata(VHOST, metadata)
        }
        other => panic!("a recording has an unknown operation: {other}"),
    };
    done.expect("what is recorded can be set");
}

fn alarm(operation: &Json) -> Alarm {
    let found = Alarm::ALL.into_iter().find(|alarm| alarm.name() == text(operation, "alarm"));
    found.expect("an alarm")
}

fn policy(operation: &Json) -> Result<Policy, String> {
    let name = |key: &str| text(operation, key);
    let apply_to = match name("apply_to") {
        "" => PolicyTarget::All,
        other => other.parse()?,
    };
    Ok(Policy {
        name: Name::from(name("name")),
        pattern: name("pattern").to_owned(),
        definition: table(&operation["definition"]),
        priority: operation["priority"].as_i64().unwrap_or_default(),
        apply_to,
    })
}
