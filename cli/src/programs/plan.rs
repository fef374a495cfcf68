//! What a program has to do, in no language yet: turns in the order of time,
//! publishers, consumers, and what of the scenario no program can do.

use super::cast::{Consumer, Owned, Publisher, numbered};
use super::text::Part;
use std::collections::{BTreeMap, BTreeSet};
use warren_core::broker::{Name, Table};
use warren_core::scenario::{
    BindingDecl, Destination, Document, ExchangeDecl, Item, PublishAction, QueueDecl, Statement,
    letter, statement,
};
use warren_core::time::Tick;

/// A program to be written.
pub(super) struct Plan<'a> {
    pub(super) title: Option<&'a str>,
    /// What happens when, first what is declared at the start.
    pub(super) turns: Vec<Turn<'a>>,
    pub(super) publishers: Vec<Publisher<'a>>,
    pub(super) consumers: Vec<Consumer<'a>>,
    /// What the scenario says and the program does not do.
    pub(super) lost: Vec<String>,
    /// Queues whose names the broker makes up.
    pub(super) server_named: BTreeSet<Name>,
}

pub(super) struct Turn<'a> {
    pub(super) at: Tick,
    pub(super) act: Act<'a>,
}

/// Something that the program does at its own connection, or a client that it
/// starts.
pub(super) enum Act<'a> {
    Exchange(&'a ExchangeDecl),
    Queue(&'a QueueDecl),
    Bind(&'a BindingDecl),
    Unbind(&'a BindingDecl),
    DeleteQueue {
        queue: &'a Name,
        if_unused: bool,
        if_empty: bool,
    },
    DeleteExchange {
        exchange: &'a Name,
        if_unused: bool,
    },
    Purge(&'a Name),
    Get(&'a Name),
    /// With the number of its first message.
    Publish(&'a PublishAction, u64),
    /// The number of a consumer.
    Consume(usize),
    /// The number of a publisher.
    Publisher(usize),
}

impl<'a> Plan<'a> {
    pub(super) fn new(document: &'a Document) -> Self {
        let mut plan = Self {
            title: document.title.as_deref(),
            turns: Vec::new(),
            publishers: Vec::new(),
            consumers: Vec::new(),
            lost: Vec::new(),
            server_named: BTreeSet::new(),
        };
        let mut items: Vec<&Item> = document.items.iter().collect();
        items.sort_by_key(|item| item.at);
        plan.clients(&items);
        let mut numbers = Numbers::default();
        for item in &items {
            plan.turn(item, &mut numbers);
        }
        // What is declared is there before anybody comes, and who listens
        // listens before anybody speaks, as in the simulation.
        plan.turns.sort_by_key(Turn::order);
        plan.own();
        plan.notes();
        plan
    }

    fn clients(&mut self, items: &[&'a Item]) {
        let mut used = BTreeSet::new();
        for item in items {
            match &item.what {
                Statement::Publisher(decl) => {
                    let number = self.publishers.len();
                    let label = vec![Part::Text(letter(number)), Part::Number];
                    let words = unique(&decl.name, "publishes", &mut used);
                    let (waits, owned) = (decl.stopped, Owned::default());
                    self.publishers.push(Publisher { decl, words, waits, owned, label });
                }
                Statement::Consumer(decl) => {
                    let words = unique(&decl.name, "consumes", &mut used);
                    let (waits, owned) = (decl.stopped, Owned::default());
                    self.consumers.push(Consumer { decl, words, waits, owned });
                }
                Statement::Queue(queue) if queue.server_named => {
                    self.server_named.insert(queue.name.clone());
                }
                _ => {}
            }
        }
    }

    fn turn(&mut self, item: &'a Item, numbers: &mut Numbers) {
        let act = match &item.what {
            Statement::Exchange(decl) => Act::Exchange(decl),
            Statement::Queue(decl) => Act::Queue(decl),
            Statement::Bind(decl) => Act::Bind(decl),
            Statement::Unbind(decl) => Act::Unbind(decl),
            Statement::DeleteQueue { queue, if_unused, if_empty } => {
                Act::DeleteQueue { queue, if_unused: *if_unused, if_empty: *if_empty }
            }
            Statement::DeleteExchange { exchange, if_unused } => {
                Act::DeleteExchange { exchange, if_unused: *if_unused }
            }
            Statement::Purge { queue } => Act::Purge(queue),
            Statement::Get { queue, by: None } => Act::Get(queue),
            Statement::Publish(action) => {
                if let (Some(by), true) = (&action.by, has_numbers(action)) {
                    self.lost.push(format!("messages by hand of {by} have numbers of their own"));
                }
                Act::Publish(action, numbers.take(action))
            }
            Statement::Publisher(decl) => match self.publisher(&decl.name) {
                Some(number) => Act::Publisher(number),
                None => return,
            },
            Statement::Consumer(decl) => match self.consumer(&decl.name) {
                Some(number) => Act::Consume(number),
                None => return,
            },
            Statement::Caption(_)
            | Statement::Highlight { .. }
            | Statement::Bookmark(_)
            | Statement::Place { .. }
            | Statement::Expect(_) => return,
            _ => return self.lost.push(statement(item).replace("\n   ", "")),
        };
        self.turns.push(Turn { at: item.at, act });
    }

    fn publisher(&self, name: &Name) -> Option<usize> {
        self.publishers.iter().position(|publisher| publisher.decl.name == *name)
    }

    fn consumer(&self, name: &Name) -> Option<usize> {
        self.consumers.iter().position(|consumer| consumer.decl.name == *name)
    }

    /// Gives the queues with `for`, and their bindings, to their clients.
    fn own(&mut self) {
        for turn in core::mem::take(&mut self.turns) {
            let queue = match &turn.act {
                Act::Queue(decl) => decl.owner.as_ref(),
                Act::Bind(decl) => self.owner_of(&decl.destination).map(|(_, owner)| owner),
                _ => None,
            };
            let (publisher, consumer) = match queue {
                Some(owner) => (self.publisher(owner), self.consumer(owner)),
                None => (None, None),
            };
            let owned = match (consumer, publisher) {
                (Some(number), _) => &mut self.consumers[number].owned,
                (None, Some(number)) => &mut self.publishers[number].owned,
                (None, None) => {
                    self.turns.push(turn);
                    continue;
                }
            };
            match turn.act {
                Act::Queue(decl) => owned.queues.push(decl),
                Act::Bind(decl) => owned.bindings.push(decl),
                _ => {}
            }
        }
    }

    /// A queue that a client has been given already.
    fn owner_of(&self, destination: &Destination) -> Option<(&'a Name, &'a Name)> {
        let Destination::Queue(name) = destination else { return None };
        let consumers = self.consumers.iter().map(|consumer| &consumer.owned);
        let publishers = self.publishers.iter().map(|publisher| &publisher.owned);
        let mut queues = consumers.chain(publishers).flat_map(|owned| &owned.queues);
        let queue = queues.find(|queue| queue.name == *name)?;
        queue.owner.as_ref().map(|owner| (&queue.name, owner))
    }

    /// Channels that are said, and publishers that there are several of.
    fn places(&self) -> Vec<String> {
        let of = |name: &Name, channel: Option<u16>, instances: Option<u32>| {
            let channel = channel.map(|number| format!("channel {number}; it has one of its own"));
            let instances = instances.map(|count| format!("instances {count}; there is one"));
            let said = channel.into_iter().chain(instances);
            said.map(|words| format!("{name}: {words} here")).collect::<Vec<_>>()
        };
        let publishers = self.publishers.iter().map(|p| p.decl);
        let publishers = publishers.flat_map(|d| of(&d.name, d.channel, d.instances));
        let consumers = self.consumers.iter().map(|c| c.decl);
        publishers.chain(consumers.flat_map(|d| of(&d.name, d.channel, None))).collect()
    }

    /// What holds for clients and cannot be said in a program.
    fn notes(&mut self) {
        let mut lost = self.places();
        let consumers = self.consumers.iter().map(|c| {
            let d = c.decl;
            (&d.name, &d.connection, &d.user, d.reconnect, d.latency, d.heartbeat, d.stopped)
        });
        let publishers = self.publishers.iter().map(|p| {
            let d = p.decl;
            (&d.name, &d.connection, &d.user, d.reconnect, d.latency, d.heartbeat, d.stopped)
        });
        for (name, connection, user, reconnect, latency, heartbeat, stopped) in
            publishers.chain(consumers)
        {
            let mut says = |text: String| lost.push(format!("{name}: {text}"));
            if let Some(connection) = connection {
                says(format!("on {connection}; it has a connection of its own here"));
            }
            if let Some(user) = user {
                says(format!("as {user}; here everybody logs in as AMQP_URL says"));
            }
            if let Some(reconnect) = reconnect {
                says(format!("reconnect {reconnect}; here it ends with its connection"));
            }
            if latency.is_some() || heartbeat.is_some() {
                says("latency and heartbeat; these are the network's and the library's".into());
            }
            if stopped {
                says("stopped; it starts when it is named on the command line".into());
            }
        }
        for consumer in &self.consumers {
            let name = &consumer.decl.name;
            if consumer.crashes() {
                lost.push(format!("{name}: then crash; here it closes its connection"));
            }
            if let Some(pause) = consumer.decl.poll {
                lost.push(format!("{name}: poll {pause}; here it consumes"));
            }
            if consumer.decl.batch > 1 {
                let batch = consumer.decl.batch;
                lost.push(format!("{name}: batch {batch}; here it settles each by itself"));
            }
            if self.publishers.iter().any(|publisher| publisher.decl.name == *name) {
                lost.push(format!("{name}: one connection for what it publishes and consumes"));
            }
            if consumer.decl.queues.iter().any(|queue| **queue == *"amq.rabbitmq.reply-to") {
                lost.push(format!("{name}: direct reply-to needs one channel for both ways"));
            }
        }
        self.lost.append(&mut lost);
    }

    /// Every table of the program, with where it is used.
    pub(super) fn tables(&self) -> Vec<(String, Table)> {
        let mut tables = Vec::new();
        for queue in self.turns.iter().filter_map(|turn| turn.act.table()) {
            tables.push(queue);
        }
        let consumers = self.consumers.iter().map(|consumer| &consumer.owned);
        let publishers = self.publishers.iter().map(|publisher| &publisher.owned);
        for owned in consumers.chain(publishers) {
            let queues = owned.queues.iter().filter_map(|queue| Act::Queue(queue).table());
            tables.extend(queues);
            tables.extend(owned.bindings.iter().filter_map(|bind| Act::Bind(bind).table()));
        }
        for publisher in &self.publishers {
            tables.push((publisher.decl.name.to_string(), publisher.decl.headers.clone()));
        }
        for consumer in &self.consumers {
            tables.push((consumer.decl.name.to_string(), consumer.arguments()));
            for forward in &consumer.decl.forwards {
                tables.push((consumer.decl.name.to_string(), forward.headers.clone()));
            }
        }
        tables
    }

    /// Exchanges that no client publishes to.
    pub(super) fn internal(&self) -> impl Iterator<Item = &Name> {
        self.turns.iter().filter_map(|turn| match turn.act {
            Act::Exchange(decl) if decl.internal => Some(&decl.name),
            _ => None,
        })
    }
}

impl Turn<'_> {
    fn order(&self) -> (Tick, u8) {
        let rank = match self.act {
            _ if self.at > Tick::ZERO => 0,
            Act::Exchange(_) | Act::Queue(_) | Act::Bind(_) => 0,
            Act::Consume(_) => 1,
            _ => 2,
        };
        (self.at, rank)
    }
}

impl Act<'_> {
    fn table(&self) -> Option<(String, Table)> {
        match self {
            Self::Exchange(decl) => {
                Some((format!("exchange {}", decl.name), decl.arguments.clone()))
            }
            Self::Queue(decl) => Some((format!("queue {}", decl.name), decl.arguments.clone())),
            Self::Bind(decl) | Self::Unbind(decl) => {
                Some((format!("binding of {}", decl.source), decl.arguments.clone()))
            }
            Self::Publish(action, _) => Some(("a message by hand".into(), action.headers.clone())),
            _ => None,
        }
    }
}

/// Numbers of messages that are published by hand, by who publishes.
#[derive(Default)]
struct Numbers(BTreeMap<Option<Name>, u64>);

impl Numbers {
    /// The number of the first of them.
    fn take(&mut self, action: &PublishAction) -> u64 {
        let sent = self.0.entry(action.by.clone()).or_default();
        let first = *sent + 1;
        *sent += action.count;
        first
    }
}

pub(super) fn has_numbers(action: &PublishAction) -> bool {
    let properties = action.properties.iter().map(|(_, text)| text);
    [&action.key, &action.body].into_iter().chain(properties).any(|text| numbered(text))
}

/// Words in lower case for a function's name, which no other has: what can be
/// said of a name in ASCII letters, and a verb, so that it is nobody's keyword.
fn unique(name: &str, verb: &str, used: &mut BTreeSet<String>) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { ' ' };
    let text: String = name.chars().map(plain).collect();
    let mut words: Vec<&str> = text.split_whitespace().collect();
    if words.first().is_none_or(|word| word.starts_with(|c: char| c.is_ascii_digit())) {
        words.insert(0, "client");
    }
    let stem: String = words.join("_").chars().take(60).collect();
    let mut found = format!("{stem}_{verb}");
    let mut number = 2;
    while !used.insert(found.replace('_', "")) {
        found = format!("{stem}_{number}_{verb}");
        number += 1;
    }
    found
}
