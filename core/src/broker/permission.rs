//! Who may do what (`rabbit_access_control.erl`, `rabbit_channel.erl`). A
//! change is in force at once; RabbitMQ remembers the last twelve answers per
//! channel for a while.

use super::channel::ChannelKey;
use super::pattern::Pattern;
use super::reply_code::{Fault, exchange_at, queue_at};
use super::routing::ExchangeKind;
use super::value::Name;
use super::{Broker, Profile};

/// What a user may do in a virtual host: three regular expressions, which need
/// not fit all of a name. An empty one fits the empty name only.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Permission {
    /// Queues and exchanges to declare and delete.
    pub configure: String,
    /// Exchanges to publish to, what to bind.
    pub write: String,
    /// Queues to consume from, exchanges to bind to.
    pub read: String,
}

/// Everything is allowed.
impl Default for Permission {
    fn default() -> Self {
        let [configure, write, read] = [(); 3].map(|()| ".*".to_owned());
        Self { configure, write, read }
    }
}

/// Which routing keys a user may use at one topic exchange: regular
/// expressions, in which `{username}` and `{vhost}` stand for those names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TopicPermission {
    /// Routing keys to publish with.
    pub write: String,
    /// Binding keys to bind with.
    pub read: String,
}

/// What a permission is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Right {
    Configure,
    Write,
    Read,
}

impl Right {
    const fn name(self) -> &'static str {
        match self {
            Self::Configure => "configure",
            Self::Write => "write",
            Self::Read => "read",
        }
    }
}

/// What it is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resource<'a> {
    Exchange(&'a str),
    Queue(&'a str),
}

impl Resource<'_> {
    /// The default exchange goes by a name of its own here.
    fn name(&self) -> &str {
        match self {
            Self::Exchange("") => "amq.default",
            Self::Exchange(name) | Self::Queue(name) => name,
        }
    }

    fn at(&self, vhost: &str) -> String {
        match self {
            Self::Exchange(_) => exchange_at(self.name(), vhost),
            Self::Queue(name) => queue_at(name, vhost),
        }
    }
}

/// A permission ready for use.
#[derive(Clone, Debug, Hash)]
pub(crate) struct Grant {
    permission: Permission,
    configure: Pattern,
    write: Pattern,
    read: Pattern,
}

/// A topic permission ready for use.
#[derive(Clone, Debug, Hash)]
pub(crate) struct TopicGrant {
    permission: TopicPermission,
    write: Pattern,
    read: Pattern,
}

/// The pattern of a permission; an empty one stands for the empty name.
fn pattern(source: &str) -> Result<Pattern, String> {
    let source = if source.is_empty() { "^$" } else { source };
    Pattern::new(source).map_err(|error| format!("invalid regular expression '{source}': {error}"))
}

impl Grant {
    fn new(permission: Permission) -> Result<Self, String> {
        let Permission { configure, write, read } = &permission;
        let (configure, write, read) = (pattern(configure)?, pattern(write)?, pattern(read)?);
        Ok(Self { permission, configure, write, read })
    }

    const fn of(&self, right: Right) -> &Pattern {
        match right {
            Right::Configure => &self.configure,
            Right::Write => &self.write,
            Right::Read => &self.read,
        }
    }

    fn is_full(&self) -> bool {
        let Permission { configure, write, read } = &self.permission;
        [configure, write, read].into_iter().all(|source| source == ".*")
    }
}

impl Broker {
    /// Lets a user into a virtual host, or changes what it may do there.
    ///
    /// # Errors
    ///
    /// When there is no such user or virtual host, or what is wrong with a
    /// regular expression.
    pub fn set_permission(
        &mut self,
        user: &str,
        vhost: &str,
        permission: Permission,
    ) -> Result<(), String> {
        let (user, index) = self.user_and_vhost(user, vhost)?;
        let grant = Grant::new(permission)?;
        self.vhosts[index].permissions.insert(user, grant);
        self.rights_changed();
        Ok(())
    }

    /// Takes everything that a user may do in a virtual host away. Its
    /// connections stay.
    ///
    /// # Errors
    ///
    /// When there is no such user or virtual host.
    pub fn clear_permission(&mut self, user: &str, vhost: &str) -> Result<(), String> {
        let (user, index) = self.user_and_vhost(user, vhost)?;
        self.vhosts[index].permissions.remove(&user);
        self.rights_changed();
        Ok(())
    }

    /// Limits which routing keys a user may use at a topic exchange. Without
    /// such a permission it may use all.
    ///
    /// # Errors
    ///
    /// As [`Broker::set_permission`].
    pub fn set_topic_permission(
        &mut self,
        user: &str,
        vhost: &str,
        exchange: &str,
        permission: TopicPermission,
    ) -> Result<(), String> {
        let (user, index) = self.user_and_vhost(user, vhost)?;
        let escape = self.profile.escapes_topic_variables();
        let filled = |source: &str| {
            let value = |name: &str| if escape { escaped(name) } else { name.to_owned() };
            let source = source.replace("{username}", &value(&user));
            pattern(&source.replace("{vhost}", &value(vhost)))
        };
        let (write, read) = (filled(&permission.write)?, filled(&permission.read)?);
        let grant = TopicGrant { permission, write, read };
        self.vhosts[index].topic_permissions.insert((user, Name::from(exchange)), grant);
        self.rights_changed();
        Ok(())
    }

    /// What each user may do in a virtual host, by user.
    pub fn permissions(&self, vhost: &str) -> impl Iterator<Item = (&Name, &Permission)> {
        let vhost = self.vhost_index(vhost).map(|index| &self.vhosts[index]);
        let rows = vhost.into_iter().flat_map(|vhost| &vhost.permissions);
        rows.map(|(user, grant)| (user, &grant.permission))
    }

    /// The topic permissions of a virtual host, by user and exchange.
    pub fn topic_permissions(
        &self,
        vhost: &str,
    ) -> impl Iterator<Item = (&Name, &Name, &TopicPermission)> {
        let vhost = self.vhost_index(vhost).map(|index| &self.vhosts[index]);
        let rows = vhost.into_iter().flat_map(|vhost| &vhost.topic_permissions);
        rows.map(|((user, exchange), grant)| (user, exchange, &grant.permission))
    }

    fn user_and_vhost(&self, user: &str, vhost: &str) -> Result<(Name, usize), String> {
        if !self.users.contains_key(user) {
            return Err(format!("no user '{user}'"));
        }
        Ok((Name::from(user), self.vhost_named(vhost)?))
    }

    /// Whether a user may do everything in a virtual host, so that nothing has
    /// to be asked.
    pub(super) fn is_free(&self, user: &str, vhost: usize) -> bool {
        let vhost = &self.vhosts[vhost];
        vhost.permissions.get(user).is_some_and(Grant::is_full)
            && !vhost.topic_permissions.keys().any(|(owner, _)| &**owner == user)
    }

    /// Finds out anew whose connections may do everything.
    pub(super) fn rights_changed(&mut self) {
        for at in 0..self.connections.len() {
            let (user, vhost) = (self.connections[at].user.clone(), self.connections[at].vhost);
            self.connections[at].free = self.is_free(&user, vhost);
        }
    }

    /// The user of a channel's connection when it has to be asked what it may
    /// do.
    fn bound_user(&self, key: ChannelKey) -> Result<Option<(&Name, usize)>, Fault> {
        let channel = self.channel_at(key)?;
        let connection = self.connection(channel.id.connection).ok_or_else(Fault::no_channel)?;
        Ok((!connection.free).then_some((&connection.user, channel.vhost)))
    }

    /// Whether a channel's user has a right.
    pub(super) fn check_right(
        &self,
        key: ChannelKey,
        right: Right,
        resource: Resource<'_>,
    ) -> Result<(), Fault> {
        match self.bound_user(key)? {
            Some((user, vhost)) => self.check_right_of(user, vhost, right, resource),
            None => Ok(()),
        }
    }

    pub(super) fn check_right_of(
        &self,
        user: &str,
        vhost: usize,
        right: Right,
        resource: Resource<'_>,
    ) -> Result<(), Fault> {
        let vhost = &self.vhosts[vhost];
        let grant = vhost.permissions.get(user);
        if grant.is_some_and(|grant| grant.of(right).is_match(resource.name())) {
            return Ok(());
        }
        let which = self.profile.named_right(right);
        let at = resource.at(&vhost.name);
        Err(Fault::refused(format!("{which}access to {at} refused for user '{user}'")))
    }

    /// What a passive declaration asks: nothing before 4.3, then any right.
    pub(super) fn check_any_right(
        &self,
        key: ChannelKey,
        resource: Resource<'_>,
    ) -> Result<(), Fault> {
        if !self.profile.guards_passive_declares()
            || self.check_right(key, Right::Read, resource).is_ok()
            || self.check_right(key, Right::Write, resource).is_ok()
        {
            return Ok(());
        }
        self.check_right(key, Right::Configure, resource)
    }

    /// Whether a channel's user may use a key at an exchange, if that is a
    /// topic exchange.
    pub(super) fn check_topic(
        &self,
        key: ChannelKey,
        right: Right,
        exchange: &str,
        routing_key: &str,
    ) -> Result<(), Fault> {
        let Some((user, index)) = self.bound_user(key)? else { return Ok(()) };
        let vhost = &self.vhosts[index];
        let found = vhost.routing.exchange(exchange);
        if found.is_none_or(|exchange| exchange.kind != ExchangeKind::Topic) {
            return Ok(());
        }
        let Some(grant) = vhost.topic_permissions.get(&(user.clone(), Name::from(exchange))) else {
            return Ok(());
        };
        let pattern = if right == Right::Write { &grant.write } else { &grant.read };
        if pattern.is_match(routing_key) {
            return Ok(());
        }
        let (which, at) = (self.profile.named_right(right), exchange_at(exchange, &vhost.name));
        Err(Fault::refused(format!(
            "{which}access to topic '{routing_key}' in {at} refused for user '{user}'"
        )))
    }
}

/// A name in which nothing means anything to a regular expression
/// (`rabbit_re:escape`).
fn escaped(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        if "\\^$.|?*+()[]{}-".contains(c) {
            text.push('\\');
        }
        text.push(c);
    }
    text
}

impl Profile {
    /// Texts name the right that is missing since 3.12
    /// (`rabbit_access_control:check_resource_access`).
    fn named_right(self, right: Right) -> String {
        if self < Self::V4_0 { String::new() } else { format!("{} ", right.name()) }
    }

    /// A passive declaration needs one right, whichever it is
    /// (`rabbit_channel:check_any_resource_access_permitted`, since 4.3).
    fn guards_passive_declares(self) -> bool {
        self >= Self::V4_3
    }

    /// Names put into topic permissions stand for themselves
    /// (`rabbit_auth_backend_internal:expand_topic_permission`, since 4.3).
    fn escapes_topic_variables(self) -> bool {
        self >= Self::V4_3
    }
}
