//! The simulated world around the broker: clients, links with latency, the
//! agenda of what happens next. One total order `(tick, sequence)`; chance only
//! from the document's seed.
//!
//! The broker is the real state machine; only the network and the clients'
//! behaviour are simulated here. No AMQP rule lives in this module.

mod access;
mod act;
mod again;
mod agenda;
mod check;
mod claims;
mod client;
mod consuming;
mod content;
mod facts;
mod happening;
mod hear;
mod leaving;
mod link;
mod party;
mod plan;
mod rng;
mod scale;
mod sentence;
mod setup;
mod sharing;
mod state;
mod template;
mod topology;
mod traffic;
mod visual;
mod ways;

use crate::broker::{
    Broker, ChannelId, Configuration, ConnectionId, Event, Login, MessageId, Method, Name, Refusal,
    Value,
};
pub use crate::frame::Label;
use crate::order::{Map, Set};
use crate::scenario::Document;
use crate::time::Tick;
pub use happening::{Happening, What};
pub(crate) use plan::Plan;
use sharing::To;
pub use state::ClientTotals;
use state::Flow;
pub(crate) use state::{Client, Due, Held, Phase, Up, UpNote, Waiting, Wire};
use std::collections::VecDeque;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
pub use traffic::{Crossed, Crossing, Traffic};
pub(crate) use visual::{Entering, Leaving, Passing, Place, Whereabouts};
pub(crate) use ways::{ALTERNATE_LINE, journey};

/// Steps without time going on after which a run is stopped: a loop of
/// clients that answer each other with no latency and no work never ends. A
/// burst of that many messages is stopped as well.
pub const MAX_STEPS_PER_TICK: u32 = 50_000;
/// Steps after which any run is stopped.
pub const MAX_STEPS: u64 = 3_000_000;
/// The virtual host of every scenario.
pub const VHOST: &str = "/";

/// What is told about a run, kept outside the state: it only grows, and a
/// replay of the same steps writes nothing new.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// Every visible event so far.
    pub events: Vec<Happening>,
    /// By message id (minus one): label, palette colour, dead-lettered.
    pub(crate) labels: Vec<Tag>,
    /// Routing keys in the order they first appeared; their place gives the
    /// colour.
    keys: Vec<Name>,
    /// Steps that have been recorded.
    pub(crate) steps: u64,
    /// Expectations over a stretch of time that are decided, by statement.
    pub(crate) decided: Set<usize>,
    /// `x-death` headers that deliveries came with.
    pub(crate) deaths: Vec<(Label, Value)>,
    /// Publishes of the messages whose content is expected to be something.
    published: Vec<(Label, Method)>,
    /// All that crossed the connections, when that is wanted.
    traffic: Option<Vec<Crossing>>,
}

/// What the picture knows a message by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Tag {
    pub(crate) label: Label,
    pub(crate) colour: u8,
    pub(crate) dead_lettered: bool,
}

/// Colours there are before they repeat.
const COLOURS: usize = 8;

impl Record {
    pub(crate) fn tag(&self, message: crate::broker::MessageId) -> Tag {
        let index = usize::try_from(message.0).unwrap_or(usize::MAX);
        self.labels.get(index.wrapping_sub(1)).cloned().unwrap_or_default()
    }

    fn label(&self, message: crate::broker::MessageId) -> Label {
        self.tag(message).label
    }

    /// The palette colour of a routing key: its place among the keys seen.
    pub(crate) fn colour(&mut self, key: &Name) -> u8 {
        let place = self.keys.iter().position(|k| k == key).unwrap_or_else(|| {
            // Beyond a few palettes' worth the order no longer helps anyone.
            if self.keys.len() < 64 * COLOURS {
                self.keys.push(key.clone());
            }
            self.keys.len() - 1
        });
        (place % COLOURS) as u8
    }

    pub(crate) fn tell_at(&mut self, tick: Tick, step: u64, what: What) {
        self.events.push(Happening { tick, step, what });
    }

    fn set_label(&mut self, message: crate::broker::MessageId, tag: Tag) {
        // Ids count from 1 without gaps, so a replay finds the entry there.
        if message.0 == self.labels.len() as u64 + 1 {
            self.labels.push(tag);
        }
    }
}

/// The state of a run at one instant.
#[derive(Clone, Debug)]
pub struct World {
    pub(crate) plan: Arc<Plan>,
    pub(crate) broker: Broker,
    pub(crate) now: Tick,
    next: u64,
    pub(crate) agenda: Map<(Tick, u64), Due>,
    pub(crate) clients: Vec<Client>,
    pub(crate) wires: Vec<Wire>,
    operator: Option<ConnectionId>,
    operator_sent: u64,
    /// The statement the operator is carrying out.
    doing: Option<usize>,
    /// Scenario names of queues that the server named, and their real names.
    pub(crate) real_names: Map<Name, Name>,
    pub(crate) entering: Vec<Entering>,
    pub(crate) leaving: Vec<Leaving>,
    pub(crate) passing: VecDeque<Passing>,
    pub(crate) caption: Option<usize>,
    /// The statement that says what to look at.
    pub(crate) highlight: Option<usize>,
    pub(crate) steps: u64,
    steps_this_tick: u32,
    pub(crate) stopped_by: Option<&'static str>,
    /// What has gone through each queue, by scenario name.
    flows: Map<Name, Flow>,
    /// What has come to each exchange, by [`ExchangeCount`].
    arrivals: Map<Name, [u64; 2]>,
    /// Which client each delivered copy is with.
    pub(crate) held_by: Map<Place, usize>,
    /// What was published in transactions that are not committed.
    uncommitted: Map<MessageId, facts::Uncommitted>,
    /// Whose method the broker is handling, while it does.
    acting: Option<usize>,
    /// How many publishes went out on channels with several users, by
    /// connection and channel.
    sequences: Map<(usize, u16), u64>,
    /// Publishes that blocked connections have sent, by channel.
    awaiting: Map<ChannelId, VecDeque<facts::Awaiting>>,
}

/// The state, without the plan (which follows from the document).
impl Hash for World {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.broker, self.now, self.next, &self.agenda).hash(state);
        (&self.clients, &self.wires, self.operator, self.operator_sent).hash(state);
        (&self.real_names, &self.entering, &self.leaving, &self.passing).hash(state);
        (self.caption, self.highlight, self.steps, &self.flows, &self.held_by).hash(state);
        (&self.uncommitted, &self.awaiting, &self.arrivals).hash(state);
        // Most runs have none, and their digests are older than these.
        if !self.sequences.is_empty() {
            self.sequences.hash(state);
        }
    }
}

impl World {
    /// The world before anything has happened.
    #[must_use]
    pub fn new(document: Document) -> Self {
        let plan = Arc::new(Plan::new(document));
        let seed = plan.document.seed;
        let clients = (0..plan.clients.len()).map(|i| Client::new(seed, i as u64)).collect();
        let wires = plan.connections.iter().map(|_| Wire::default()).collect();
        let mut broker = Broker::new(plan.document.profile);
        broker.set_seed(seed);
        // Else a run would go on for half an hour after its last delivery.
        broker.configure(Configuration { consumer_timeout: None, ..Configuration::default() });
        let mut world = Self {
            broker,
            plan,
            now: Tick::ZERO,
            next: 0,
            agenda: Map::new(),
            clients,
            wires,
            operator: None,
            operator_sent: 0,
            doing: None,
            real_names: Map::new(),
            entering: Vec::new(),
            leaving: Vec::new(),
            passing: VecDeque::new(),
            caption: None,
            highlight: None,
            steps: 0,
            steps_this_tick: 0,
            stopped_by: None,
            flows: Map::new(),
            arrivals: Map::new(),
            held_by: Map::new(),
            uncommitted: Map::new(),
            awaiting: Map::new(),
            acting: None,
            sequences: Map::new(),
        };
        world.schedule_statements();
        world
    }

    /// Does the next thing. Returns false when there is nothing left to do or
    /// a limit was reached.
    pub fn step(&mut self, record: &mut Record) -> bool {
        let Some(tick) = self.next_tick() else { return false };
        if self.stopped_by.is_some() {
            return false;
        }
        if tick > self.now {
            self.watch(tick, record);
            self.steps_this_tick = 0;
            self.now = tick;
            self.forget_drawn();
        }
        self.steps_this_tick += 1;
        self.steps += 1;
        let deadline = self.broker.deadline().is_some_and(|d| d <= tick);
        let first = self.agenda.first().map(|(&key, _)| key);
        match first {
            // What is due in the broker at this tick comes before what arrives.
            Some(key) if key.0 == tick && !deadline => {
                if let Some(due) = self.agenda.remove(&key) {
                    self.happen(due, record);
                }
            }
            _ => {
                let mut events = Vec::new();
                self.broker.advance(tick, &mut events);
                self.absorb(events, record);
            }
        }
        self.watch_limits(record);
        record.steps = record.steps.max(self.steps);
        true
    }

    fn watch_limits(&mut self, record: &mut Record) {
        let reason = if self.steps_this_tick >= MAX_STEPS_PER_TICK {
            "The run stops here: it has taken 50,000 steps without time going on. Give clients \
             that keep each other busy work or latency, or send fewer messages at once."
        } else if self.steps >= MAX_STEPS {
            "The run stops here: it has taken three million steps. Use fewer messages or a shorter \
             end."
        } else {
            return;
        };
        self.stopped_by = Some(reason);
        self.tell(record, What::Limit { reason: reason.into() });
    }

    fn happen(&mut self, due: Due, record: &mut Record) {
        match due {
            Due::Statement(index) => self.act(index, record),
            Due::Publish { client, epoch } => self.publish_due(client, epoch, record),
            Due::Work { client, epoch } => self.work_done(client, epoch, record),
            Due::Poll { client, epoch } => self.poll_due(client, epoch),
            Due::Up { wire, epoch, up, note, .. } => {
                self.arrive_up(wire, epoch, *up, *note, record)
            }
            Due::Down { wire, epoch, channel, to, reply, from, .. } => {
                self.arrive_down((wire, epoch), (channel, to), *reply, from, record);
            }
            Due::Check(index) => self.check(index, record),
            Due::Reconnect { client, epoch } => {
                if self.clients[client].epoch == epoch {
                    self.start(client, record);
                }
            }
            Due::GiveUp { wire, cut } => self.give_up(wire, cut, record),
        }
    }

    /// Records a happening, unless this step is being replayed.
    pub(crate) fn tell(&self, record: &mut Record, what: What) {
        if self.steps > record.steps {
            record.tell_at(self.now, self.steps, what);
        }
    }

    /// Hands a method to the broker and deals with what comes back.
    pub(crate) fn apply(&mut self, from: ChannelId, method: Method, record: &mut Record) {
        let mut events = Vec::new();
        self.sends(record, from, &method);
        self.broker.apply(self.now, from, method, &mut events);
        self.absorb(events, record);
    }

    pub(crate) fn login(
        &mut self,
        capabilities: &Login,
        record: &mut Record,
    ) -> Result<ConnectionId, Refusal> {
        let mut events = Vec::new();
        let connection = match self.broker.user(&capabilities.user) {
            Some(_) => self.broker.connect(self.now, capabilities, &mut events),
            None => Err(Refusal::login("PLAIN")),
        };
        if let Ok(connection) = connection {
            self.crosses(record, connection, Crossed::Opened(capabilities.user.clone()));
        }
        self.absorb(events, record);
        connection
    }

    /// The broker's name of a queue of the scenario.
    pub(crate) fn real_name(&self, queue: &Name) -> Name {
        self.real_names.get(queue).unwrap_or(queue).clone()
    }

    /// The scenario's name of a queue of the broker.
    pub(crate) fn scenario_name(&self, real: &Name) -> Name {
        let named = self.real_names.iter().find(|(_, r)| *r == real);
        named.map_or_else(|| real.clone(), |(scenario, _)| scenario.clone())
    }

    /// About how many octets a copy of the world takes.
    #[must_use]
    pub fn weight(&self) -> u64 {
        let held = |client: &Client| {
            let deliveries = client.inbox.len() + client.settling.len() + client.lost.len();
            (deliveries + client.forgotten.len()) * 64 + client.unconfirmed.len() * 16 + 512
        };
        let clients: usize = self.clients.iter().map(held).sum();
        let drawn = self.entering.len() + self.leaving.len() + self.passing.len();
        let rest = clients + 256 * self.agenda.len() + 160 * drawn + 64 * self.held_by.len();
        self.broker.weight() + rest as u64
    }

    pub(crate) fn absorb(&mut self, events: Vec<Event>, record: &mut Record) {
        facts::absorb(self, events, record);
    }
}
