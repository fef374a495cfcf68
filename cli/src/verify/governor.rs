//! What no client can do: policies, users and what they may do. A broker's
//! management API does it, in a virtual host of our own.

use super::broker::{Ground, Management, escaped};
use core::hash::BuildHasher as _;
use serde_json::json;
use std::collections::BTreeMap;
use std::collections::hash_map::RandomState;
use std::thread;
use std::time::Duration;
use warren_core::broker::{Name, Policy, Table};
use warren_core::scenario::{Document, Statement};

/// The user that every scenario has. Here it is the one of the address.
pub(super) const GUEST: &str = "guest";
/// A broker tells its queues of a policy after it has answered.
const TAKES_EFFECT: Duration = Duration::from_millis(300);

/// Who does it.
pub(super) struct Governor<'a> {
    ground: Option<(&'a Management, &'a str)>,
    /// Users that were made, with their passwords.
    made: BTreeMap<Name, String>,
}

/// Whether only the management API can do this.
pub(super) const fn governs(statement: &Statement) -> bool {
    matches!(
        statement,
        Statement::Policy { .. }
            | Statement::DeletePolicy { .. }
            | Statement::User { .. }
            | Statement::DeleteUser(_)
            | Statement::Permit { .. }
            | Statement::PermitTopic { .. }
            | Statement::Forbid(_)
    )
}

/// The users that a scenario makes.
pub(super) fn users(document: &Document) -> Vec<Name> {
    let made = document.items.iter().filter_map(|item| match &item.what {
        Statement::User { name, .. } => Some(name.clone()),
        _ => None,
    });
    made.collect()
}

impl Ground {
    /// The API and the virtual host that it may change.
    pub(super) fn management(&self) -> Option<(&Management, &str)> {
        match self {
            Self::Own(api, vhost) => Some((api, vhost)),
            Self::Shared => None,
        }
    }
}

impl<'a> Governor<'a> {
    pub(super) const fn new(ground: Option<(&'a Management, &'a str)>) -> Self {
        Self { ground, made: BTreeMap::new() }
    }

    /// The password of a user that was made here.
    pub(super) fn password(&self, user: &str) -> Option<&str> {
        self.made.get(user).map(String::as_str)
    }

    /// Does what a statement says.
    pub(super) fn set(&mut self, statement: &Statement) -> Result<(), String> {
        let (api, vhost) = self.ground.ok_or("there is no management API")?;
        match statement {
            Statement::Policy { operator, policy } => {
                api.put(&policy_path(*operator, vhost, &policy.name), &definition(policy)?)?;
            }
            Statement::DeletePolicy { operator, name } => {
                api.delete(&policy_path(*operator, vhost, name))?;
            }
            Statement::User { name, tags, limits } => {
                if **name == *GUEST {
                    return Err("guest is the user of the address and stays as it is".into());
                }
                let password = password();
                let body = json!({ "password": password, "tags": tags.join(",") });
                api.put(&format!("/api/users/{}", escaped(name)), &body)?;
                self.made.insert(name.clone(), password);
                let all = [
                    ("max-connections", limits.max_connections),
                    ("max-channels", limits.max_channels),
                ];
                for (limit, value) in all.into_iter().filter_map(|(l, v)| Some((l, v?))) {
                    let path = format!("/api/user-limits/{}/{limit}", escaped(name));
                    api.put(&path, &json!({ "value": value }))?;
                }
            }
            Statement::DeleteUser(user) => {
                // Only who was made here.
                if !self.made.contains_key(user) {
                    return Err(format!("{user} was not made here"));
                }
                // Who cannot be deleted now is tried again at the end.
                api.delete(&format!("/api/users/{}", escaped(user)))?;
                self.made.remove(user);
            }
            Statement::Permit { user, permission } => {
                let body = json!({
                    "configure": permission.configure,
                    "write": permission.write,
                    "read": permission.read,
                });
                let user = self.known(user, api)?;
                api.put(&format!("/api/permissions/{}/{}", escaped(vhost), escaped(user)), &body)?;
            }
            Statement::PermitTopic { user, exchange, permission } => {
                let body = json!({
                    "exchange": &**exchange,
                    "write": permission.write,
                    "read": permission.read,
                });
                let user = escaped(self.known(user, api)?);
                api.put(&format!("/api/topic-permissions/{}/{user}", escaped(vhost)), &body)?;
            }
            Statement::Forbid(user) => {
                let user = escaped(self.known(user, api)?);
                api.delete(&format!("/api/permissions/{}/{user}", escaped(vhost)))?;
            }
            _ => {}
        }
        thread::sleep(TAKES_EFFECT);
        Ok(())
    }

    /// A user of ours: one that was made, or that of the address.
    fn known<'u>(&self, user: &'u Name, api: &'u Management) -> Result<&'u str, String> {
        match &**user {
            GUEST => Ok(api.user()),
            name if self.made.contains_key(name) => Ok(name),
            name => Err(format!("the user {name} was not made here")),
        }
    }

    /// Deletes the users that were made. Says of each that could not be.
    pub(super) fn forget(&self) -> Result<(), String> {
        let Some((api, _)) = self.ground else { return Ok(()) };
        let stays = |user: &Name| {
            let why = api.delete(&format!("/api/users/{}", escaped(user))).err()?;
            Some(format!("the user {user} is still there: {why}"))
        };
        let left: Vec<String> = self.made.keys().filter_map(stays).collect();
        if left.is_empty() { Ok(()) } else { Err(left.join("; ")) }
    }
}

fn policy_path(operator: bool, vhost: &str, name: &str) -> String {
    let part = if operator { "operator-policies" } else { "policies" };
    format!("/api/{part}/{}/{}", escaped(vhost), escaped(name))
}

fn definition(policy: &Policy) -> Result<serde_json::Value, String> {
    Ok(json!({
        "pattern": policy.pattern,
        "apply-to": policy.apply_to.name(),
        "priority": policy.priority,
        "definition": table(&policy.definition)?,
    }))
}

/// Numbers, texts and booleans are all that policies hold.
fn table(table: &Table) -> Result<serde_json::Value, String> {
    let mut out = serde_json::Map::new();
    for (key, value) in table.iter() {
        let json = match (value.as_integer(), value.as_str()) {
            (Some(number), _) => json!(number),
            (_, Some(text)) => json!(text),
            _ if *value == warren_core::broker::Value::Bool(true) => json!(true),
            _ if *value == warren_core::broker::Value::Bool(false) => json!(false),
            _ => return Err(format!("a policy's {key} has a value that JSON has not")),
        };
        out.insert(key.to_owned(), json);
    }
    Ok(serde_json::Value::Object(out))
}

/// A password that nobody can guess while the script is played.
fn password() -> String {
    // Each of them has keys of its own, from the system's randomness.
    (0..4).map(|part| format!("{:016x}", RandomState::new().hash_one(part))).collect()
}
