//! AMQP 0-9-1 as RabbitMQ does it: a pure state machine without clock,
//! randomness or I/O.
//!
//! Clients hand in methods with [`Broker::apply`]; what comes out is a list of
//! [`Event`]s: methods for clients, and facts for observers. Nothing that a
//! client does is an error of the call: what RabbitMQ refuses it answers by
//! closing the channel or the connection, and that is an event too.

mod arguments;
mod channel;
mod connection;
mod consumer;
mod consuming;
mod dead_letter;
mod deadline;
mod declaring;
mod equivalence;
mod event;
mod exchanges;
mod message;
mod method;
mod names;
mod pattern;
mod policy;
mod profile;
mod publishing;
mod query;
mod queue;
mod reply_code;
mod reply_to;
mod restart;
pub mod routing;
mod settling;
mod transaction;
mod unacked;
mod value;
mod view;

pub use connection::{Capabilities, Login, Refusal};
pub use event::{Event, Fact, Leave};
pub use message::{Message, MessageId, Properties, SharedMessage};
pub use method::{ChannelId, ConnectionId, Method, QueueId, Reply};
pub use policy::{Policy, PolicyTarget};
pub use profile::Profile;
pub use queue::QueueKind;
pub use value::{Bytes, Name, Table, Value};
pub use view::{ChannelMode, ChannelView, ConsumerView, QueueView, StoredView, UnackedView};

use crate::time::Tick;
use channel::{Channel, ChannelKey, Channels};
use connection::Connection;
use core::hash::{Hash, Hasher};
use dead_letter::Dying;
use deadline::Deadlines;
use names::NameMaker;
use queue::{Context, Queue};
use reply_code::Fault;
use routing::Routing;
use std::collections::{BTreeMap, VecDeque};

/// A namespace of exchanges and queues.
#[derive(Clone, Debug, Hash)]
pub(crate) struct VirtualHost {
    name: Name,
    routing: Routing,
    policies: Vec<policy::ActivePolicy>,
}

/// Room that is used again and again; not part of the state.
#[derive(Clone, Debug, Default)]
struct Scratch {
    targets: Vec<QueueId>,
}

impl Hash for Scratch {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

/// A broker: its virtual hosts, and everybody who is connected.
#[derive(Clone, Debug, Hash)]
pub struct Broker {
    profile: Profile,
    now: Tick,
    vhosts: Vec<VirtualHost>,
    connections: Vec<Connection>,
    channels: Channels,
    queues: Vec<Option<Box<Queue>>>,
    deadlines: Deadlines,
    /// Messages on their way to a dead-letter exchange.
    dying: VecDeque<Dying>,
    /// How many messages there have been.
    messages: u64,
    names: NameMaker,
    /// Who a direct reply-to address belongs to.
    replies: BTreeMap<Name, ChannelKey>,
    scratch: Scratch,
}

impl Broker {
    /// A broker with the virtual host `/` and the predeclared exchanges.
    #[must_use]
    pub fn new(profile: Profile) -> Self {
        let mut broker = Self {
            profile,
            now: Tick::ZERO,
            vhosts: Vec::new(),
            connections: Vec::new(),
            channels: Channels::default(),
            queues: Vec::new(),
            deadlines: Deadlines::default(),
            dying: VecDeque::new(),
            messages: 0,
            names: NameMaker::default(),
            replies: BTreeMap::new(),
            scratch: Scratch::default(),
        };
        broker.add_vhost("/");
        broker
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

    /// Makes a virtual host; nothing happens when it is there already.
    pub fn add_vhost(&mut self, name: &str) {
        if self.vhost_index(name).is_none() {
            let (name, routing) = (Name::from(name), Routing::new());
            self.vhosts.push(VirtualHost { name, routing, policies: Vec::new() });
        }
    }

    /// A client's method arrives at `now`. Everything that follows from it
    /// happens before this returns; what is due by `now` happens first.
    ///
    /// Nothing happens when `from` is a connection that is not open.
    pub fn apply(&mut self, now: Tick, from: ChannelId, method: Method, out: &mut Vec<Event>) {
        self.advance(now, out);
        self.dispatch(from, method, out);
        self.bury_the_dead(out);
    }

    /// When something happens by itself next: a message or a queue expires.
    #[must_use]
    pub fn deadline(&self) -> Option<Tick> {
        self.deadlines.first()
    }

    /// Time passes: what is due by `now` happens, in order. Time that lies in
    /// the past does nothing.
    pub fn advance(&mut self, now: Tick, out: &mut Vec<Event>) {
        while let Some((tick, id, kind)) = self.deadlines.take_due(now) {
            self.now = self.now.max(tick);
            if self.on_queue(id, out, |queue, context| queue.due(kind, context)) == Some(true) {
                let (_, notices) = self.delete_queue(id, out);
                self.notify(notices, out);
            }
            self.bury_the_dead(out);
        }
        self.now = self.now.max(now);
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
            channels: &mut self.channels,
            deadlines: &mut self.deadlines,
            dying: &mut self.dying,
            out,
        };
        Some(act(queue, &mut context))
    }

    fn queue_at(&self, id: QueueId) -> Option<&Queue> {
        self.queues.get(id.0 as usize)?.as_deref()
    }

    fn vhost_index(&self, name: &str) -> Option<usize> {
        self.vhosts.iter().position(|vhost| &*vhost.name == name)
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
