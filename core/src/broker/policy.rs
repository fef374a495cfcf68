//! Policies: settings for every queue and exchange whose name fits a pattern
//! (`rabbit_policy.erl`).

use super::event::Event;
use super::method::QueueId;
use super::pattern::Pattern;
use super::profile::Profile;
use super::queue::{QueueKind, Settings};
use super::value::{Name, Table, Value};
use super::{Broker, VirtualHost};
use crate::time::Tick;
use core::str::FromStr;

/// What a policy applies to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PolicyTarget {
    /// Queues and exchanges.
    #[default]
    All,
    /// Queues of every type.
    Queues,
    /// Exchanges.
    Exchanges,
    /// Classic queues.
    ClassicQueues,
    /// Quorum queues.
    QuorumQueues,
    /// Streams.
    Streams,
}

impl PolicyTarget {
    fn is_for(self, kind: QueueKind) -> bool {
        match self {
            Self::All | Self::Queues => true,
            Self::ClassicQueues => kind == QueueKind::Classic,
            Self::QuorumQueues => kind == QueueKind::Quorum,
            Self::Exchanges | Self::Streams => false,
        }
    }
}

/// The names of `apply-to`.
impl FromStr for PolicyTarget {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Ok(match name {
            "all" => Self::All,
            "queues" => Self::Queues,
            "exchanges" => Self::Exchanges,
            "classic_queues" => Self::ClassicQueues,
            "quorum_queues" => Self::QuorumQueues,
            "streams" => Self::Streams,
            other => return Err(format!("'{other}' is nothing a policy can apply to")),
        })
    }
}

/// A policy as it is set.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Policy {
    /// Its name: one of the same name is replaced.
    pub name: Name,
    /// A regular expression that need not match all of a name.
    pub pattern: String,
    /// The settings, by argument name without `x-`.
    pub definition: Table,
    /// Of the policies that fit, the one of the highest priority holds.
    pub priority: i64,
    /// What it applies to.
    pub apply_to: PolicyTarget,
}

/// A policy ready for use.
#[derive(Clone, Debug, Hash)]
pub(crate) struct ActivePolicy {
    policy: Policy,
    pattern: Pattern,
}

impl VirtualHost {
    /// The one policy in force: the highest priority wins, of equal ones the
    /// first name.
    fn policy_for(&self, name: &str, fits: impl Fn(PolicyTarget) -> bool) -> Option<&Policy> {
        self.policies
            .iter()
            .filter(|active| fits(active.policy.apply_to) && active.pattern.is_match(name))
            .map(|active| &active.policy)
            .max_by(|a, b| a.priority.cmp(&b.priority).then_with(|| b.name.cmp(&a.name)))
    }

    /// The settings of a queue, of arguments and policy together.
    pub(super) fn settings_of(
        &self,
        name: &str,
        kind: QueueKind,
        arguments: &Table,
        profile: Profile,
    ) -> Settings {
        let policy = self.policy_for(name, |target| target.is_for(kind));
        Settings::of(kind, arguments, policy.map(|policy| &policy.definition), profile)
    }

    /// The alternate exchange of an exchange: its argument, else its policy.
    pub(super) fn alternate_of(&self, name: &str, arguments: &Table) -> Option<Name> {
        const KEY: &str = "alternate-exchange";
        let fits = |target| matches!(target, PolicyTarget::All | PolicyTarget::Exchanges);
        let policy = || self.policy_for(name, fits)?.definition.get(KEY);
        arguments.get(KEY).or_else(policy).and_then(Value::as_str).map(Name::from)
    }
}

impl Broker {
    /// Sets a policy. It is in force at once, for what there is and for what is
    /// declared later.
    ///
    /// # Errors
    ///
    /// Says what is wrong with the pattern, or that there is no such virtual
    /// host.
    pub fn set_policy(
        &mut self,
        now: Tick,
        vhost: &str,
        policy: Policy,
        out: &mut Vec<Event>,
    ) -> Result<(), String> {
        self.advance(now, out);
        let index = self.vhost_index(vhost).ok_or_else(|| format!("no vhost '{vhost}'"))?;
        let pattern = Pattern::new(&policy.pattern)?;
        let policies = &mut self.vhosts[index].policies;
        policies.retain(|active| active.policy.name != policy.name);
        policies.push(ActivePolicy { policy, pattern });
        self.policies_changed(index, out);
        Ok(())
    }

    /// Takes a policy back; nothing happens when there is none of that name.
    pub fn clear_policy(&mut self, now: Tick, vhost: &str, name: &str, out: &mut Vec<Event>) {
        self.advance(now, out);
        let Some(index) = self.vhost_index(vhost) else { return };
        self.vhosts[index].policies.retain(|active| &*active.policy.name != name);
        self.policies_changed(index, out);
    }

    /// The policies of a virtual host, in the order in which they were set.
    pub fn policies(&self, vhost: &str) -> impl Iterator<Item = &Policy> {
        let index = self.vhost_index(vhost);
        index.into_iter().flat_map(|at| &self.vhosts[at].policies).map(|active| &active.policy)
    }

    fn policies_changed(&mut self, index: usize, out: &mut Vec<Event>) {
        let vhost = &mut self.vhosts[index];
        let alternates: Vec<_> = vhost
            .routing
            .exchanges()
            .map(|x| (x.name.clone(), vhost.alternate_of(&x.name, &x.arguments)))
            .collect();
        for (name, alternate) in alternates {
            vhost.routing.set_alternate(&name, alternate);
        }
        for at in 0..self.queues.len() {
            let id = QueueId(u32::try_from(at).unwrap_or(u32::MAX));
            let Some(queue) = self.queue_at(id).filter(|q| q.declared.vhost == index) else {
                continue;
            };
            let declared = &queue.declared;
            let settings = self.vhosts[index].settings_of(
                &declared.name,
                declared.kind,
                &declared.arguments,
                self.profile,
            );
            self.on_queue(id, out, |queue, context| queue.configure(settings, context));
        }
        self.bury_the_dead(out);
    }
}
