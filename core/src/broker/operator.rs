//! What the operator of a broker sets and does beside the clients:
//! configuration, forced closes, new secrets.

use super::Broker;
use super::channel::Channel;
use super::connection::{Connection, State};
use super::event::Event;
use super::login::Refusal;
use super::method::{ChannelId, ConnectionId, Method, Reply};
use super::permission::{Resource, Right};
use super::profile::Profile;
use super::reply_code::{Fault, ReplyCode};
use super::user::GUEST;
use super::value::Name;
use crate::time::{Span, Tick};

/// Settings of a whole broker, by their names in `rabbitmq.conf`. The defaults
/// are RabbitMQ's.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Configuration {
    /// How many connections there may be; `None` is no limit.
    pub connection_max: Option<u32>,
    /// How many channels there may be over all connections (not in 3.10);
    /// `None` is no limit.
    pub channel_max_per_node: Option<u32>,
    /// How long a delivery may wait for its acknowledgement; `None` is for
    /// ever.
    pub consumer_timeout: Option<Span>,
    /// Users that have to connect from this machine.
    pub loopback_users: Vec<Name>,
    /// What the node calls itself.
    pub node: Name,
}

impl Default for Configuration {
    fn default() -> Self {
        Self {
            connection_max: None,
            channel_max_per_node: None,
            consumer_timeout: Some(Span::secs(30 * 60)),
            loopback_users: vec![Name::from(GUEST)],
            node: Name::from("warren@localhost"),
        }
    }
}

impl Broker {
    /// The settings in force.
    #[must_use]
    pub const fn configuration(&self) -> &Configuration {
        &self.configuration
    }

    /// Changes the settings. They hold from now on; connections and channels
    /// that are there stay.
    pub fn configure(&mut self, configuration: Configuration) {
        self.configuration = configuration;
        self.acknowledgement_timeouts_changed();
    }

    /// Declares, binds or deletes as an operator does, for instance from a
    /// definitions file: by the same rules as for clients, without asking for
    /// rights. Exclusive queues cannot be made like this, for nobody would own
    /// them.
    ///
    /// # Errors
    ///
    /// What a client would hear; or that there is no such virtual host.
    pub fn apply_as_operator(
        &mut self,
        now: Tick,
        vhost: &str,
        method: Method,
        out: &mut Vec<Event>,
    ) -> Result<(), Refusal> {
        self.advance(now, out);
        let refused = |fault: Fault| Refusal { code: fault.code.code(), text: fault.text() };
        let Some(index) = self.vhost_index(vhost) else {
            return Err(refused(Fault::not_found(format!("no vhost '{vhost}'"))));
        };
        if matches!(method, Method::QueueDeclare { exclusive: true, .. }) {
            return Err(refused(Fault::precondition("an exclusive queue needs a connection")));
        }
        // A connection that is gone before anybody sees it.
        self.connections.push(Connection::of_operator(index));
        let connection = ConnectionId(u32::try_from(self.connections.len()).unwrap_or(u32::MAX));
        let key = self.channels.open(Channel::new(ChannelId { connection, number: 1 }, index));
        let mut heard = Vec::new();
        let done = self.on_channel(key, method, &mut heard);
        self.channels.take(key);
        self.connections.pop();
        out.extend(heard.into_iter().filter(
            |event| !matches!(event, Event::Send { to, .. } if to.connection == connection),
        ));
        self.bury_the_dead(out);
        done.map_err(refused)
    }

    /// Closes a connection by force: 320 with `reason`, which RabbitMQ's
    /// management interface fills in as "Closed via management plugin".
    /// Nothing happens when it is not open.
    pub fn close_connection(
        &mut self,
        now: Tick,
        connection: ConnectionId,
        reason: &str,
        out: &mut Vec<Event>,
    ) {
        self.advance(now, out);
        if self.is_connected(connection) {
            self.force_all(vec![connection], reason, out);
            self.bury_the_dead(out);
        }
    }

    /// `connection.update-secret`. Users of the broker's own have no secret
    /// that expires; 4.3 looks again whether this one may be here, and cancels
    /// consumers of queues that it may no longer read
    /// (`rabbit_reader`, `rabbit_channel:recheck_consumers`).
    pub(super) fn update_secret(&mut self, to: ChannelId, out: &mut Vec<Event>) {
        let connection = to.connection;
        let Some(found) = self.connection(connection) else { return };
        if self.profile.checks_new_secrets() {
            let (user, vhost) = (found.user.clone(), found.vhost);
            if let Err(fault) = self.check_vhost_access(&user, vhost) {
                return self.fail(to, Method::UpdateSecret.ids(), &fault, out);
            }
            self.recheck_consumers(connection, &user, vhost, out);
        }
        out.push(Event::Send { to, reply: Reply::UpdateSecretOk });
    }

    fn recheck_consumers(
        &mut self,
        connection: ConnectionId,
        user: &Name,
        vhost: usize,
        out: &mut Vec<Event>,
    ) {
        let Some(found) = self.connection(connection) else { return };
        let channels: Vec<_> = found.channels().map(|(_, key)| key).collect();
        for key in channels {
            let Some(channel) = self.channels.get(key) else { continue };
            let consumers: Vec<_> =
                channel.consumers.iter().map(|(tag, id)| (tag.clone(), *id)).collect();
            for (tag, id) in consumers {
                let Some(queue) = self.queue_at(id).map(|q| q.declared.name.clone()) else {
                    continue;
                };
                let read = (Right::Read, Resource::Queue(&queue));
                if self.check_right_of(user, vhost, read.0, read.1).is_err() {
                    self.notify(vec![(key, tag.clone())], out);
                    self.drop_consumer(key, &tag, out);
                }
            }
        }
    }

    /// Whether a user may open a virtual host that is there.
    pub(super) fn check_vhost_access(&self, user: &str, vhost: usize) -> Result<(), Fault> {
        let vhost = &self.vhosts[vhost];
        if !vhost.gone && vhost.permissions.contains_key(user) {
            return Ok(());
        }
        let text = format!("access to vhost '{}' refused for user '{user}'", vhost.name);
        Err(Fault::new(ReplyCode::NotAllowed, text))
    }

    /// Whether one more connection may be made, asked in RabbitMQ's order
    /// (`rabbit_reader`, `connection.open`). Gives the virtual host.
    pub(super) fn check_open(&self, user: &str, vhost: &str) -> Result<usize, Fault> {
        let refused = |text: String| Err(Fault::new(ReplyCode::NotAllowed, text));
        let count = |wanted: &dyn Fn(&Connection) -> bool| {
            self.connections.iter().filter(|c| c.is_open() && wanted(c)).count()
        };
        if let Some(limit) = self.configuration.connection_max
            && count(&|_| true) >= limit as usize
        {
            return refused(format!(
                "connection refused: node connection limit ({limit}) is reached"
            ));
        }
        let Some(index) = self.vhost_index(vhost) else {
            return refused(format!("vhost {vhost} not found"));
        };
        if let Some(limit) = self.vhosts[index].limits.max_connections
            && count(&|connection| connection.vhost == index) >= limit as usize
        {
            return refused(format!(
                "access to vhost '{vhost}' refused for user '{user}': connection limit ({limit}) \
                 is reached"
            ));
        }
        let limits = self.users.get(user).map(|user| user.limits).unwrap_or_default();
        if let Some(limit) = limits.max_connections
            && count(&|connection| &*connection.user == user) >= limit as usize
        {
            return refused(format!(
                "connection refused for user '{user}': user connection limit ({limit}) is reached"
            ));
        }
        self.check_vhost_access(user, index)?;
        Ok(index)
    }

    /// Closes connections with 320.
    pub(super) fn force_all(
        &mut self,
        connections: Vec<ConnectionId>,
        reason: &str,
        out: &mut Vec<Event>,
    ) {
        let fault = Fault::new(ReplyCode::ConnectionForced, reason);
        let (code, text) = (fault.code.code(), fault.text());
        for connection in connections {
            self.end_connection(connection, code, text.clone(), State::Closing, out);
            let reply = Reply::ConnectionClose { code, text: text.clone(), class: 0, method: 0 };
            out.push(Event::Send { to: ChannelId { connection, number: 0 }, reply });
        }
    }
}

impl Profile {
    /// A new secret is followed by a look at the user's rights
    /// (`rabbit_reader`, since 4.3).
    fn checks_new_secrets(self) -> bool {
        self >= Self::V4_3
    }
}
