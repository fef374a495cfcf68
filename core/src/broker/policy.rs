//! Policies: settings for every queue and exchange whose name fits a pattern
//! (`rabbit_policy.erl`).

use super::Broker;
use super::event::Event;
use super::method::QueueId;
use super::pattern::Pattern;
use super::policy_key;
use super::profile::Profile;
use super::queue::{QueueKind, Settings};
use super::value::{Name, Table, Value};
use super::vhost::VirtualHost;
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
    /// Every target.
    pub const ALL: [Self; 6] = [
        Self::All,
        Self::Queues,
        Self::Exchanges,
        Self::ClassicQueues,
        Self::QuorumQueues,
        Self::Streams,
    ];

    /// The name that `apply-to` uses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Queues => "queues",
            Self::Exchanges => "exchanges",
            Self::ClassicQueues => "classic_queues",
            Self::QuorumQueues => "quorum_queues",
            Self::Streams => "streams",
        }
    }

    fn is_for(self, kind: QueueKind) -> bool {
        match self {
            Self::All | Self::Queues => true,
            Self::ClassicQueues => kind == QueueKind::Classic,
            Self::QuorumQueues => kind == QueueKind::Quorum,
            Self::Streams => kind == QueueKind::Stream,
            Self::Exchanges => false,
        }
    }
}

/// The names of `apply-to`.
impl FromStr for PolicyTarget {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|target| target.name() == name);
        found.ok_or_else(|| format!("'{name}' is nothing a policy can apply to"))
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

impl Policy {
    /// Whether its pattern can be read.
    ///
    /// # Errors
    ///
    /// Says what is wrong with the pattern.
    pub fn check(&self) -> Result<(), String> {
        Pattern::new(&self.pattern).map(drop).map_err(|error| error.to_string())
    }
}

/// A policy ready for use.
#[derive(Clone, Debug, Hash)]
pub(crate) struct ActivePolicy {
    policy: Policy,
    pattern: Pattern,
}

/// The one policy in force: the highest priority wins, of equal ones the first
/// name.
fn policy_for<'a>(
    policies: &'a [ActivePolicy],
    name: &str,
    fits: impl Fn(&Policy) -> bool,
) -> Option<&'a Policy> {
    policies
        .iter()
        .filter(|active| fits(&active.policy) && active.pattern.is_match(name))
        .map(|active| &active.policy)
        .max_by(|a, b| a.priority.cmp(&b.priority).then_with(|| b.name.cmp(&a.name)))
}

impl VirtualHost {
    /// The policies of a queue, the user's and the operator's.
    pub(super) fn policies_of(
        &self,
        name: &str,
        kind: QueueKind,
        profile: Profile,
    ) -> [Option<&Policy>; 2] {
        let fits = |policy: &Policy| {
            policy.apply_to.is_for(kind) && policy_key::is_usable(kind, &policy.definition, profile)
        };
        [&self.policies, &self.operator_policies].map(|all| policy_for(all, name, fits))
    }

    /// The settings of a queue, of arguments and policies together.
    pub(super) fn settings_of(
        &self,
        name: &str,
        kind: QueueKind,
        arguments: &Table,
        profile: Profile,
    ) -> Settings {
        if kind == QueueKind::Stream {
            // Nothing of what these settings are about.
            return Settings::default();
        }
        let [user, operator] = self.policies_of(name, kind, profile);
        let user = user.map(|policy| &policy.definition);
        let policy = policy_key::merged(user, operator.map(|policy| &policy.definition));
        Settings::of(kind, arguments, policy.as_deref(), profile)
    }

    /// The alternate exchange of an exchange: its argument, else its policy.
    pub(super) fn alternate_of(&self, name: &str, arguments: &Table) -> Option<Name> {
        const KEY: &str = "alternate-exchange";
        let fits = |policy: &Policy| {
            matches!(policy.apply_to, PolicyTarget::All | PolicyTarget::Exchanges)
        };
        let policy = || policy_for(&self.policies, name, fits)?.definition.get(KEY);
        arguments.get(KEY).or_else(policy).and_then(Value::as_str).map(Name::from)
    }
}

impl Broker {
    /// Sets a policy. It is in force at once, for what there is and for what is
    /// declared later.
    ///
    /// # Errors
    ///
    /// Says what is wrong with the policy, in RabbitMQ's words where it would
    /// refuse it, or that there is no such virtual host.
    pub fn set_policy(
        &mut self,
        now: Tick,
        vhost: &str,
        policy: Policy,
        out: &mut Vec<Event>,
    ) -> Result<(), String> {
        self.set_policy_of(false, now, vhost, policy, out)
    }

    /// Sets an operator's policy: limits that hold beside a user's policy. Of
    /// two numbers the smaller is in force.
    ///
    /// # Errors
    ///
    /// As [`Broker::set_policy`]; fewer settings are allowed.
    pub fn set_operator_policy(
        &mut self,
        now: Tick,
        vhost: &str,
        policy: Policy,
        out: &mut Vec<Event>,
    ) -> Result<(), String> {
        self.set_policy_of(true, now, vhost, policy, out)
    }

    fn set_policy_of(
        &mut self,
        operator: bool,
        now: Tick,
        vhost: &str,
        policy: Policy,
        out: &mut Vec<Event>,
    ) -> Result<(), String> {
        self.advance(now, out);
        let index = self.vhost_named(vhost)?;
        // All that is wrong is told (`rabbit_parameter_validation:proplist`).
        let mut wrong: Vec<String> = Vec::new();
        wrong.extend(policy_key::check(&policy.definition, operator, self.profile).err());
        wrong.extend(policy_key::check_target(policy.apply_to, self.profile).err());
        let pattern = match Pattern::new(&policy.pattern) {
            Ok(pattern) if wrong.is_empty() => pattern,
            Ok(_) => return Err(wrong.join("\n")),
            Err(error) => {
                wrong.push(format!("pattern should be regular expression but is invalid: {error}"));
                return Err(wrong.join("\n"));
            }
        };
        let vhost = &mut self.vhosts[index];
        let policies = if operator { &mut vhost.operator_policies } else { &mut vhost.policies };
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

    /// Takes an operator's policy back; nothing happens when there is none of
    /// that name.
    pub fn clear_operator_policy(
        &mut self,
        now: Tick,
        vhost: &str,
        name: &str,
        out: &mut Vec<Event>,
    ) {
        self.advance(now, out);
        let Some(index) = self.vhost_index(vhost) else { return };
        self.vhosts[index].operator_policies.retain(|active| &*active.policy.name != name);
        self.policies_changed(index, out);
    }

    /// The operator's policies of a virtual host, in the order in which they
    /// were set.
    pub fn operator_policies(&self, vhost: &str) -> impl Iterator<Item = &Policy> {
        let index = self.vhost_index(vhost);
        let all = index.into_iter().flat_map(|at| &self.vhosts[at].operator_policies);
        all.map(|active| &active.policy)
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
        self.acknowledgement_timeouts_changed();
        self.bury_the_dead(out);
    }
}
