//! Virtual hosts: namespaces that share nothing (`rabbit_vhost.erl`,
//! `rabbit_vhost_limit.erl`).

use super::event::Event;
use super::method::{ConnectionId, QueueId};
use super::permission::{Grant, TopicGrant};
use super::plugins::Histories;
use super::policy::ActivePolicy;
use super::queue::QueueKind;
use super::reply_code::{Fault, ReplyCode};
use super::routing::Routing;
use super::value::Name;
use super::{Broker, Profile};
use crate::order::Map;
use crate::time::Tick;

/// A namespace of exchanges and queues. It keeps its place after it is
/// deleted.
#[derive(Clone, Debug, Hash)]
pub(crate) struct VirtualHost {
    pub(crate) name: Name,
    pub(crate) gone: bool,
    pub(crate) routing: Routing,
    /// What exchanges keep for bindings to come.
    pub(crate) histories: Histories,
    pub(crate) policies: Vec<ActivePolicy>,
    pub(crate) operator_policies: Vec<ActivePolicy>,
    pub(crate) metadata: VhostMetadata,
    pub(crate) limits: VhostLimits,
    /// By user.
    pub(crate) permissions: Map<Name, Grant>,
    /// By user and exchange.
    pub(crate) topic_permissions: Map<(Name, Name), TopicGrant>,
}

/// What is noted about a virtual host.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct VhostMetadata {
    /// For people.
    pub description: String,
    /// For people and tools.
    pub tags: Vec<Name>,
    /// `default_queue_type`: the type of a queue that is declared without
    /// `x-queue-type` and can be of that type. 3.10 has no such thing.
    pub default_queue_type: Option<QueueKind>,
}

/// How much there may be in a virtual host; `None` is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct VhostLimits {
    /// `max-connections`
    pub max_connections: Option<u32>,
    /// `max-queues`, exclusive ones included.
    pub max_queues: Option<u32>,
}

impl VirtualHost {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: Name::from(name),
            gone: false,
            routing: Routing::new(),
            histories: Histories::default(),
            policies: Vec::new(),
            operator_policies: Vec::new(),
            metadata: VhostMetadata::default(),
            limits: VhostLimits::default(),
            permissions: Map::new(),
            topic_permissions: Map::new(),
        }
    }

    /// The `x-queue-type` of a queue that is declared without one, when there
    /// has to be one (`rabbit_amqqueue:augment_declare_args`).
    pub(crate) fn queue_type(
        &self,
        profile: Profile,
        (durable, exclusive, auto_delete): (bool, bool, bool),
    ) -> Option<QueueKind> {
        if !profile.writes_queue_type() {
            return None;
        }
        match self.metadata.default_queue_type {
            Some(kind) if durable && !exclusive && !auto_delete => Some(kind),
            _ => Some(QueueKind::Classic),
        }
    }
}

impl Broker {
    /// Makes a virtual host; nothing happens when it is there already. Nobody
    /// may open it before [`Broker::set_permission`].
    pub fn add_vhost(&mut self, name: &str) {
        if self.vhost_index(name).is_none() {
            self.vhosts.push(VirtualHost::new(name));
        }
    }

    /// Deletes a virtual host with its queues, exchanges, policies and
    /// permissions; then closes its connections (320 `vhost 'v' is deleted`).
    ///
    /// # Errors
    ///
    /// When there is no such virtual host.
    pub fn delete_vhost(
        &mut self,
        now: Tick,
        name: &str,
        out: &mut Vec<Event>,
    ) -> Result<(), String> {
        self.advance(now, out);
        let index = self.vhost_named(name)?;
        self.vhosts[index].permissions.clear();
        self.vhosts[index].topic_permissions.clear();
        let queues = self.queues.iter().flatten().filter(|q| q.declared.vhost == index);
        let queues: Vec<QueueId> = queues.map(|queue| queue.id).collect();
        for id in queues {
            let (_, notices) = self.delete_queue(id, out);
            self.notify(notices, out);
        }
        let vhost = &mut self.vhosts[index];
        vhost.routing = Routing::new();
        vhost.histories.clear();
        vhost.policies.clear();
        vhost.operator_policies.clear();
        vhost.gone = true;
        let text = format!("vhost '{name}' is deleted");
        let all = self.open_connections(|connection| connection.vhost == index);
        self.force_all(all, &text, out);
        self.bury_the_dead(out);
        Ok(())
    }

    /// Sets what is noted about a virtual host, its default queue type with it.
    ///
    /// # Errors
    ///
    /// When there is no such virtual host.
    pub fn set_vhost_metadata(
        &mut self,
        name: &str,
        metadata: VhostMetadata,
    ) -> Result<(), String> {
        let index = self.vhost_named(name)?;
        self.vhosts[index].metadata = metadata;
        Ok(())
    }

    /// Limits a virtual host from now on; what is there stays.
    ///
    /// # Errors
    ///
    /// When there is no such virtual host.
    pub fn set_vhost_limits(&mut self, name: &str, limits: VhostLimits) -> Result<(), String> {
        let index = self.vhost_named(name)?;
        self.vhosts[index].limits = limits;
        Ok(())
    }

    /// The names of the virtual hosts, in the order they were made.
    pub fn vhosts(&self) -> impl Iterator<Item = &Name> {
        self.vhosts.iter().filter(|vhost| !vhost.gone).map(|vhost| &vhost.name)
    }

    /// What is noted about a virtual host.
    #[must_use]
    pub fn vhost_metadata(&self, name: &str) -> Option<&VhostMetadata> {
        self.vhost_index(name).map(|index| &self.vhosts[index].metadata)
    }

    /// The limits of a virtual host.
    #[must_use]
    pub fn vhost_limits(&self, name: &str) -> Option<VhostLimits> {
        self.vhost_index(name).map(|index| self.vhosts[index].limits)
    }

    pub(super) fn vhost_index(&self, name: &str) -> Option<usize> {
        self.vhosts.iter().position(|vhost| !vhost.gone && &*vhost.name == name)
    }

    pub(super) fn vhost_named(&self, name: &str) -> Result<usize, String> {
        self.vhost_index(name).ok_or_else(|| format!("no vhost '{name}'"))
    }

    /// Whether one more queue fits into a virtual host.
    pub(super) fn check_queue_limit(&self, vhost: usize, queue: &str) -> Result<(), Fault> {
        let VirtualHost { name, limits, .. } = &self.vhosts[vhost];
        let Some(limit) = limits.max_queues else { return Ok(()) };
        let all = self.queues.iter().flatten();
        let found = all.filter(|queue| queue.declared.vhost == vhost).count();
        if found < limit as usize {
            return Ok(());
        }
        let text = format!(
            "cannot declare queue '{queue}': queue limit in vhost '{name}' ({limit}) is reached"
        );
        Err(Fault::new(ReplyCode::PreconditionFailed, text))
    }

    /// The open connections that are asked for, in the order they were made.
    pub(super) fn open_connections(
        &self,
        wanted: impl Fn(&super::connection::Connection) -> bool,
    ) -> Vec<ConnectionId> {
        let all = self.connections.iter().enumerate();
        all.filter(|(_, connection)| connection.is_open() && wanted(connection))
            .map(|(at, _)| ConnectionId(u32::try_from(at + 1).unwrap_or(u32::MAX)))
            .collect()
    }
}
