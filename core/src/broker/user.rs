//! Users: who may log in (`rabbit_auth_backend_internal.erl`).

use super::Broker;
use super::event::Event;
use super::reply_code::{Fault, ReplyCode};
use super::value::{Bytes, Name};
use crate::time::Tick;

/// The user a broker starts with.
pub(crate) const GUEST: &str = "guest";

/// How a user shows who it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Credential {
    /// It cannot log in with a password.
    #[default]
    None,
    /// The password itself, for brokers that are not asked to keep a secret.
    Password(Name),
    /// A salted hash. The broker keeps it; whoever lets clients in computes it.
    Hash {
        /// RabbitMQ's name of the algorithm, `rabbit_password_hashing_sha256`.
        algorithm: Name,
        /// Salt and hash.
        hash: Bytes,
    },
}

/// How much a user may have open; `None` is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct UserLimits {
    /// `max-connections`
    pub max_connections: Option<u32>,
    /// `max-channels`, over all of its connections.
    pub max_channels: Option<u32>,
}

/// A user.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct User {
    /// `administrator`, `management` and so on say what it may do in the
    /// management interface and give no right to messages. `impersonator` may
    /// put any name into `user-id`.
    pub tags: Vec<Name>,
    /// How it shows who it is.
    pub credential: Credential,
    /// How much it may have open.
    pub limits: UserLimits,
}

impl User {
    /// The user `guest` of a broker that nobody has set up.
    pub(crate) fn guest() -> Self {
        Self {
            tags: vec![Name::from("administrator")],
            credential: Credential::Password(Name::from(GUEST)),
            limits: UserLimits::default(),
        }
    }
}

impl Broker {
    /// Makes a user, or changes the one of that name. It may open a virtual
    /// host after [`Broker::set_permission`].
    pub fn set_user(&mut self, name: &str, user: User) {
        self.users.insert(Name::from(name), user);
    }

    /// Deletes a user with its permissions and closes its connections (320
    /// `user 'u' is deleted`). Nothing happens when there is none.
    pub fn delete_user(&mut self, now: Tick, name: &str, out: &mut Vec<Event>) {
        self.advance(now, out);
        if self.users.remove(name).is_none() {
            return;
        }
        for vhost in &mut self.vhosts {
            vhost.permissions.remove(name);
            vhost.topic_permissions.retain(|(user, _), _| &**user != name);
        }
        self.rights_changed();
        let all = self.open_connections(|connection| &*connection.user == name);
        self.force_all(all, &format!("user '{name}' is deleted"), out);
        self.bury_the_dead(out);
    }

    /// The users, by name.
    pub fn users(&self) -> impl Iterator<Item = (&Name, &User)> {
        self.users.iter()
    }

    /// The user called `name`.
    #[must_use]
    pub fn user(&self, name: &str) -> Option<&User> {
        self.users.get(name)
    }

    /// Whether a client may log in. `fits` says whether the password is that
    /// of a hash, given the algorithm's name, then salt and hash. Users among
    /// [`Configuration::loopback_users`](super::Configuration) have to come
    /// from this machine.
    ///
    /// # Errors
    ///
    /// Why not: for a log, since a client is not told
    /// ([`Refusal::login`](super::Refusal::login)).
    pub fn authenticate(
        &self,
        name: &str,
        password: &str,
        over_loopback: bool,
        fits: impl FnOnce(&str, &[u8]) -> bool,
    ) -> Result<(), String> {
        if password.is_empty() {
            return Err(format!("user '{name}' attempted to log in with a blank password"));
        }
        let right = match self.users.get(name).map(|user| &user.credential) {
            None | Some(Credential::None) => false,
            Some(Credential::Password(right)) => **right == *password,
            Some(Credential::Hash { algorithm, hash }) => fits(algorithm, &hash.0),
        };
        if !right {
            return Err(format!("user '{name}' - invalid credentials"));
        }
        let near_only = self.configuration.loopback_users.iter().any(|user| **user == *name);
        if near_only && !over_loopback {
            return Err(format!("user '{name}' can only connect via localhost"));
        }
        Ok(())
    }

    /// Whether a user may put `user_id` into a message
    /// (`rabbit_access_control:check_user_id`).
    pub(super) fn check_user_id(&self, user: &str, user_id: &str) -> Result<(), Fault> {
        let impersonator = || {
            let tags = self.users.get(user).map(|user| &user.tags);
            tags.is_some_and(|tags| tags.iter().any(|tag| &**tag == "impersonator"))
        };
        if user_id == user || impersonator() {
            return Ok(());
        }
        Err(Fault::precondition(format!(
            "user_id property set to '{user_id}' but authenticated user was '{user}'"
        )))
    }

    /// Whether one more channel fits into the limits of a user and of the
    /// broker.
    pub(super) fn check_channel_limits(&self, user: &str) -> Result<(), Fault> {
        let over = |text: String| Err(Fault::new(ReplyCode::NotAllowed, text));
        let shown = |limit: u32| {
            if self.profile.brackets_channel_limit() {
                format!("({limit})")
            } else {
                limit.to_string()
            }
        };
        if let Some(limit) = self.users.get(user).and_then(|user| user.limits.max_channels) {
            let mine = self.connections.iter().filter(|c| c.is_open() && &*c.user == user);
            let found = mine.map(|connection| connection.channels().count()).sum::<usize>();
            if found >= limit as usize {
                // 4.0 puts the node where the user should be.
                let user = if self.profile.names_node() { &*self.configuration.node } else { user };
                return over(format!(
                    "number of channels opened for user '{user}' has reached the maximum \
                     allowed user limit of {}",
                    shown(limit)
                ));
            }
        }
        let limit = self.configuration.channel_max_per_node;
        if let Some(limit) = limit.filter(|_| self.profile.limits_channels_per_node())
            && self.channels.iter().count() >= limit as usize
        {
            return over(format!(
                "number of channels opened on node '{}' has reached the maximum allowed limit \
                 of {}",
                self.configuration.node,
                shown(limit)
            ));
        }
        Ok(())
    }
}

impl super::Profile {
    /// How the text about the limit of channels shows it
    /// (`rabbit_reader:create_channel`).
    fn brackets_channel_limit(self) -> bool {
        self < Self::V4_3
    }

    /// The text about the limit of a user's channels names the node instead
    /// (`rabbit_reader:create_channel` in 4.0).
    fn names_node(self) -> bool {
        self == Self::V4_0
    }

    /// `channel_max_per_node` (since 3.13).
    fn limits_channels_per_node(self) -> bool {
        self >= Self::V4_0
    }
}
