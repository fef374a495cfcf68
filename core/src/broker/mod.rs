//! AMQP 0-9-1 as RabbitMQ does it: a pure state machine without clock,
//! randomness or I/O.
//!
//! Clients hand in methods with [`Broker::apply`]; what comes out is a list of
//! [`Event`]s: methods for clients, and facts for observers. Nothing that a
//! client does is an error of the call: what RabbitMQ refuses it answers by
//! closing the channel or the connection, and that is an event too.

mod age;
mod alarm;
mod arguments;
mod channel;
mod connection;
mod consumer;
mod consuming;
mod dead_letter;
mod deadline;
mod declaring;
mod deleting;
mod ending;
mod equivalence;
mod event;
mod exchanges;
mod login;
mod message;
mod method;
mod names;
mod operator;
mod pattern;
mod permission;
mod plugins;
mod policy;
mod policy_key;
mod profile;
mod publishing;
mod query;
mod queue;
mod reply_code;
mod reply_to;
mod restart;
pub mod routing;
mod settling;
mod timeout;
mod transaction;
mod unacked;
mod user;
mod value;
mod vhost;
mod view;

pub use alarm::Alarm;
pub(crate) use arguments::MAX_EXPIRY;
pub use event::{Event, Fact, Leave};
pub use login::{Capabilities, Login, Refusal};
pub use message::{Message, MessageId, Properties, Rare, SharedMessage};
pub use method::{ChannelId, ConnectionId, Method, QueueId, Reply};
pub use operator::Configuration;
pub use permission::{Permission, TopicPermission};
pub use policy::{Policy, PolicyTarget};
pub use profile::Profile;
pub use queue::QueueKind;
pub use user::{Credential, User, UserLimits};
pub use value::{Bytes, Name, Table, Value};
pub use vhost::{VhostLimits, VhostMetadata};
pub use view::{ChannelMode, ChannelView, ConsumerView, QueueView, StoredView, UnackedView};

use crate::order::Map;
use crate::time::Tick;
use channel::{Channel, ChannelKey, Channels};
use connection::Connection;
use core::hash::{Hash, Hasher};
use dead_letter::Dying;
use deadline::{DeadlineKind, Deadlines, Due};
use names::NameMaker;
use queue::{Context, Queue, Rubbish};
use reply_code::Fault;
pub use reply_code::reply_text;
use std::collections::VecDeque;
use std::sync::Arc;
use vhost::VirtualHost;

/// What is not part of the state.
#[derive(Clone, Debug, Default)]
struct Scratch {
    /// Room that is used again and again.
    targets: Vec<QueueId>,
    /// What has left the state and has not been freed yet.
    rubbish: Rubbish,
    /// Nobody wants facts about single messages.
    unwatched: bool,
    /// The properties that were published last.
    properties: Arc<Properties>,
}

impl Scratch {
    /// Properties as messages share them: the same again when nothing changed.
    fn shared(&mut self, properties: Properties) -> Arc<Properties> {
        if *self.properties != properties {
            self.properties = Arc::new(properties);
        }
        self.properties.clone()
    }
}

impl Hash for Scratch {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

/// A broker: its virtual hosts, its users, and everybody who is connected.
#[derive(Clone, Debug, Hash)]
pub struct Broker {
    profile: Profile,
    now: Tick,
    configuration: Configuration,
    users: Map<Name, User>,
    vhosts: Vec<VirtualHost>,
    /// In order.
    alarms: Vec<Alarm>,
    connections: Vec<Connection>,
    channels: Channels,
    queues: Vec<Option<Box<Queue>>>,
    deadlines: Deadlines,
    /// Messages on their way to a dead-letter exchange.
    dying: VecDeque<Dying>,
    /// Messages that delayed exchanges hold back.
    delayed: plugins::Delayed,
    /// What chance is computed from.
    seed: u64,
    /// How many messages there have been.
    messages: u64,
    names: NameMaker,
    /// Who a direct reply-to address belongs to.
    replies: Map<Name, ChannelKey>,
    scratch: Scratch,
}

impl Broker {
    /// A broker with the virtual host `/`, the predeclared exchanges, and the
    /// user `guest` who may do everything there.
    #[must_use]
    pub fn new(profile: Profile) -> Self {
        let mut broker = Self {
            profile,
            now: Tick::ZERO,
            configuration: Configuration::default(),
            users: Map::from_iter([(Name::from(user::GUEST), User::guest())]),
            vhosts: Vec::new(),
            alarms: Vec::new(),
            connections: Vec::new(),
            channels: Channels::default(),
            queues: Vec::new(),
            deadlines: Deadlines::default(),
            dying: VecDeque::new(),
            delayed: plugins::Delayed::default(),
            seed: 0,
            messages: 0,
            names: NameMaker::default(),
            replies: Map::new(),
            scratch: Scratch::default(),
        };
        broker.add_vhost("/");
        let granted = broker.set_permission(user::GUEST, "/", Permission::default());
        debug_assert!(granted.is_ok(), "the user and the virtual host are there");
        broker
    }

    /// Leaves out the facts about single messages from here on, for a broker
    /// that only clients look at. What clients hear stays the same; removing
    /// every message of a queue no longer takes longer for a longer queue.
    pub const fn unwatch(&mut self) {
        self.scratch.unwatched = true;
    }

    /// Which RabbitMQ this behaves like.
    #[must_use]
    pub const fn profile(&self) -> Profile {
        self.profile
    }

    /// The instant of the last call.
    #[must_use]
    pub const fn now(&self) -> Tick {
        self.now
    }

    /// Sets what everything left to chance is computed from; 0 at first. The
    /// same calls with the same seed do the same.
    pub const fn set_seed(&mut self, seed: u64) {
        self.seed = seed;
    }

    /// A client's method arrives at `now`. Everything that follows from it
    /// happens before this returns; what is due by `now` happens first.
    ///
    /// Nothing happens when `from` is a connection that is not open, and later
    /// when it is blocked ([`Broker::set_alarm`]).
    pub fn apply(&mut self, now: Tick, from: ChannelId, method: Method, out: &mut Vec<Event>) {
        self.scratch.rubbish.free_some();
        self.advance(now, out);
        if let Some(method) = self.admitted(from, method, out) {
            self.dispatch(from, method, out);
        }
        self.bury_the_dead(out);
    }

    /// When something happens by itself next: a message or a queue expires, or
    /// a delivery has waited too long for its acknowledgement, or a message has
    /// been held back for long enough.
    #[must_use]
    pub fn deadline(&self) -> Option<Tick> {
        // A channel leaves its deadline when all is acknowledged; that is
        // noticed when it comes.
        let idle = |key| self.channels.get(key).is_none_or(|c: &Channel| c.unacked.len() == 0);
        let real = |due: &Due| !matches!(due, Due::Channel(key) if idle(*key));
        self.deadlines.iter().find(|(_, due)| real(due)).map(|(tick, _)| tick)
    }

    /// Time passes: what is due by `now` happens, in order. Time that lies in
    /// the past does nothing.
    pub fn advance(&mut self, now: Tick, out: &mut Vec<Event>) {
        while let Some((tick, due)) = self.deadlines.take_due(now) {
            self.now = self.now.max(tick);
            match due {
                Due::Queue(id, kind) => self.queue_due(id, kind, out),
                Due::Channel(key) => self.acknowledgement_due(key, out),
                Due::HeldBack(number) => self.release(number, out),
            }
            self.bury_the_dead(out);
        }
        self.now = self.now.max(now);
    }

    fn queue_due(&mut self, id: QueueId, kind: DeadlineKind, out: &mut Vec<Event>) {
        if self.on_queue(id, out, |queue, context| queue.due(kind, context)) == Some(true) {
            let (_, notices) = self.delete_queue(id, out);
            self.notify(notices, out);
        }
    }

    /// Does something with a queue; `None` when it is gone.
    fn on_queue<R>(
        &mut self,
        id: QueueId,
        out: &mut Vec<Event>,
        act: impl FnOnce(&mut Queue, &mut Context<'_>) -> R,
    ) -> Option<R> {
        let queue = self.queues.get_mut(id.0 as usize)?.as_deref_mut()?;
        let mut context = Context {
            profile: self.profile,
            now: self.now,
            consumer_timeout: self.configuration.consumer_timeout,
            channels: &mut self.channels,
            deadlines: &mut self.deadlines,
            dying: &mut self.dying,
            rubbish: &mut self.scratch.rubbish,
            watched: !self.scratch.unwatched,
            out,
        };
        Some(act(queue, &mut context))
    }

    fn queue_at(&self, id: QueueId) -> Option<&Queue> {
        self.queues.get(id.0 as usize)?.as_deref()
    }

    fn channel_at(&self, key: ChannelKey) -> Result<&Channel, Fault> {
        self.channels.get(key).ok_or_else(Fault::no_channel)
    }

    fn channel_at_mut(&mut self, key: ChannelKey) -> Result<&mut Channel, Fault> {
        self.channels.get_mut(key).ok_or_else(Fault::no_channel)
    }

    /// Answers a method, unless its sender asked for no answer.
    fn answer(&self, key: ChannelKey, nowait: bool, reply: Reply, out: &mut Vec<Event>) {
        if let Some(channel) = self.channels.get(key).filter(|_| !nowait) {
            out.push(Event::Send { to: channel.id, reply });
        }
    }
}
