//! From what crossed the connections to statements.

mod telling;
mod topology;

use super::client::{Channel, Connection, Consumer};
use super::words;
use std::collections::{BTreeMap, BTreeSet};
use warren_core::broker::{Broker, ConnectionId, Method, Name, Profile, Reply};
use warren_core::scenario::{AckMode, ConsumerDecl, Outcome, PublisherDecl, QueueDecl, Statement};
use warren_core::time::Tick;

/// A story that is told.
pub(super) struct Story {
    profile: Profile,
    now: Tick,
    /// When the first client published, consumed or took something: what was
    /// declared before was there from the start.
    start: Option<Tick>,
    connections: BTreeMap<ConnectionId, Connection>,
    labels: BTreeSet<String>,
    consumers: Vec<Consumer>,
    items: Vec<(Tick, Told)>,
    /// Names of queues and exchanges that were declared.
    declared: BTreeSet<(bool, Name)>,
    /// What the broker's names of queues are called here.
    names: BTreeMap<Name, Name>,
    lost: Vec<String>,
}

/// A statement, or a consumer whose statement is known at the end.
enum Told {
    Statement(Box<Statement>),
    Consumer(usize),
    /// A queue of a connection's own.
    Own(QueueDecl, ConnectionId),
}

impl Story {
    /// A story that begins with what a broker holds.
    pub(super) fn new(broker: &Broker) -> Self {
        let mut declared = BTreeSet::new();
        declared.extend(broker.queues("/").map(|queue| (true, queue.name().clone())));
        declared.extend(broker.exchanges("/").map(|exchange| (false, exchange.name.clone())));
        Self {
            profile: broker.profile(),
            now: Tick::ZERO,
            start: None,
            connections: BTreeMap::new(),
            labels: BTreeSet::new(),
            consumers: Vec::new(),
            items: Vec::new(),
            declared,
            names: BTreeMap::new(),
            lost: Vec::new(),
        }
    }

    fn say(&mut self, statement: Statement) {
        self.items.push((self.now, Told::Statement(Box::new(statement))));
    }

    fn begin(&mut self) {
        self.start.get_or_insert(self.now);
    }

    fn opened(&mut self, id: ConnectionId, user: &str, name: &str) {
        let stem =
            if name.is_empty() { "client".to_owned() } else { name.chars().take(60).collect() };
        let mut label = stem.clone();
        let mut number = 2;
        while !self.labels.insert(label.clone()) {
            label = format!("{stem}-{number}");
            number += 1;
        }
        if user != "guest" {
            self.lost.push(format!("{label} logged in as {user}"));
        }
        self.connections.insert(id, Connection { label, ..Connection::default() });
    }

    fn channel(&mut self, id: ConnectionId, number: u16) -> &mut Channel {
        self.connections.entry(id).or_default().channels.entry(number).or_default()
    }

    fn method(&mut self, id: ConnectionId, number: u16, method: Method) {
        match method {
            Method::Publish { .. } if self.channel(id, number).transaction => {
                self.channel(id, number).uncommitted.push(method);
            }
            Method::Publish { exchange, routing_key, mandatory, properties, body, .. } => {
                self.begin();
                let key = self.name(&routing_key);
                let by = self.publisher(id, number, &exchange, &key, properties.reply_to.as_ref());
                let mut action =
                    words::action(&by, &exchange, &key, &properties, &body, &mut self.lost);
                action.mandatory = mandatory;
                self.say(Statement::Publish(action));
            }
            Method::Ack { delivery_tag, multiple } => {
                self.settle(id, number, delivery_tag, multiple, Outcome::Ack);
            }
            Method::Nack { delivery_tag, multiple, requeue } => {
                self.settle(id, number, delivery_tag, multiple, Outcome::Nack { requeue });
            }
            Method::Reject { delivery_tag, requeue } => {
                self.settle(id, number, delivery_tag, false, Outcome::Reject { requeue });
            }
            Method::Recover { .. } | Method::RecoverAsync { .. } => {
                let label = self.label(id);
                self.lost.push(format!("{label}: basic.recover"));
            }
            Method::ConnectionClose { .. } => {
                self.connections.entry(id).or_default().closed = true;
                self.leave(id, Statement::Stop);
            }
            Method::ChannelCloseOk | Method::ConnectionCloseOk => {}
            Method::ChannelClose { .. } => {
                self.channel(id, number).asked.push_back(method);
                self.stop_consumers(id, number);
            }
            _ if topology::is_silent(&method) => self.done(id, number, method, None),
            _ => self.channel(id, number).asked.push_back(method),
        }
    }

    fn label(&self, id: ConnectionId) -> String {
        self.connections.get(&id).map_or_else(String::new, |one| one.label.clone())
    }

    fn reply(&mut self, id: ConnectionId, number: u16, reply: &Reply) {
        match reply {
            Reply::Deliver { consumer_tag, delivery_tag, .. } => {
                let now = self.now;
                let Some(&consumer) = self.channel(id, number).consumers.get(consumer_tag) else {
                    return;
                };
                let which = self.consumers[consumer].gets(now);
                self.channel(id, number).unsettled.insert(*delivery_tag, (consumer, which));
            }
            Reply::ChannelClose { code, text, .. } | Reply::ConnectionClose { code, text, .. } => {
                let label = self.label(id);
                self.lost.push(format!("{label} was told {code} {text}"));
                match reply {
                    Reply::ChannelClose { .. } => {
                        self.stop_consumers(id, number);
                        *self.channel(id, number) = Channel::default();
                    }
                    _ => {
                        self.connections.entry(id).or_default().closed = true;
                        self.leave(id, Statement::Stop);
                    }
                }
            }
            Reply::Return { .. }
            | Reply::Ack { .. }
            | Reply::Nack { .. }
            | Reply::Cancel { .. }
            | Reply::ConnectionBlocked { .. }
            | Reply::ConnectionUnblocked
            | Reply::ConnectionCloseOk => {}
            answer => {
                if let Some(method) = self.channel(id, number).asked.pop_front() {
                    self.done(id, number, method, Some(answer));
                }
            }
        }
    }

    /// Something was asked of the broker and it did it.
    fn done(&mut self, id: ConnectionId, number: u16, method: Method, answer: Option<&Reply>) {
        match method {
            Method::Qos { prefetch_count, global, .. } => {
                let channel = self.channel(id, number);
                (channel.prefetch, channel.global) = (prefetch_count, global);
            }
            Method::ConfirmSelect { .. } => self.channel(id, number).confirms = true,
            Method::TxSelect => {
                let label = self.label(id);
                self.lost.push(format!("{label}: transactions; it publishes when it committed"));
                self.channel(id, number).transaction = true;
            }
            Method::TxRollback => self.channel(id, number).uncommitted.clear(),
            Method::TxCommit => {
                let channel = self.channel(id, number);
                let messages = core::mem::take(&mut channel.uncommitted);
                channel.transaction = false;
                messages.into_iter().for_each(|message| self.method(id, number, message));
                self.channel(id, number).transaction = true;
            }
            Method::Consume { .. } => self.consume(id, number, method, answer),
            Method::Cancel { consumer_tag, .. } => {
                if let Some(number) = self.channel(id, number).consumers.remove(&consumer_tag) {
                    self.stop(id, number);
                }
            }
            Method::Get { queue, no_ack } => {
                self.begin();
                let queue = self.queue(id, number, &queue);
                if !no_ack {
                    self.lost.push(format!("what was taken from {queue} is acknowledged at once"));
                }
                self.say(Statement::Get { queue, by: None });
            }
            Method::ChannelClose { .. } => *self.channel(id, number) = Channel::default(),
            other => self.topology(id, number, other, answer),
        }
    }

    /// A name for one more client of a connection.
    fn client(&mut self, id: ConnectionId, publishes: bool) -> (Name, Option<Name>) {
        let connection = self.connections.entry(id).or_default();
        let (mine, label) = match publishes {
            true => (&mut connection.publishers, &connection.label),
            false => (&mut connection.consumers, &connection.label),
        };
        let kind = if publishes { "publisher" } else { "consumer" };
        let name = match mine.len() {
            0 => Name::from(&**label),
            number => Name::from(format!("{label} {kind} {}", number + 1)),
        };
        let shares = (!mine.is_empty()).then(|| Name::from(&**label));
        mine.push(name.clone());
        (name, shares)
    }

    fn publisher(
        &mut self,
        id: ConnectionId,
        number: u16,
        exchange: &Name,
        key: &Name,
        reply_to: Option<&Name>,
    ) -> Name {
        let reply_to = reply_to.map(|queue| self.name(queue));
        if let Some(name) = self.channel(id, number).publishers.get(&reply_to) {
            return name.clone();
        }
        let (name, connection) = self.client(id, true);
        let channel = self.channel(id, number);
        channel.publishers.insert(reply_to.clone(), name.clone());
        let confirms = channel.confirms;
        let decl = PublisherDecl {
            connection,
            confirms,
            reply_to,
            keys: vec![key.to_string()],
            ..PublisherDecl::new(name.clone(), exchange.clone())
        };
        self.say(Statement::Publisher(decl));
        name
    }

    fn consume(&mut self, id: ConnectionId, number: u16, method: Method, answer: Option<&Reply>) {
        let Method::Consume { queue, consumer_tag, no_ack, exclusive, mut arguments, .. } = method
        else {
            return;
        };
        self.begin();
        let tag = match answer {
            Some(Reply::ConsumeOk { consumer_tag }) => consumer_tag.clone(),
            _ => consumer_tag,
        };
        let queue = self.queue(id, number, &queue);
        let (name, connection) = self.client(id, false);
        let at = self.consumers.len();
        let channel = self.channel(id, number);
        channel.consumers.insert(tag, at);
        let priority = arguments.get("x-priority").and_then(|value| value.as_integer());
        let priority = priority.and_then(|number| i32::try_from(number).ok());
        if priority.is_some() {
            arguments.remove("x-priority");
        }
        let decl = ConsumerDecl {
            connection,
            exclusive,
            priority,
            arguments,
            prefetch: channel.prefetch,
            global: channel.global,
            ack_mode: if no_ack { AckMode::Auto } else { AckMode::Manual },
            ..ConsumerDecl::new(name, vec![queue])
        };
        self.consumers.push(Consumer::new(decl));
        self.items.push((self.now, Told::Consumer(at)));
    }

    fn settle(&mut self, id: ConnectionId, number: u16, tag: u64, multiple: bool, how: Outcome) {
        let now = self.now;
        let unsettled = &mut self.channel(id, number).unsettled;
        let tags: Vec<u64> = match (multiple, tag) {
            (false, tag) => vec![tag],
            (true, 0) => unsettled.keys().copied().collect(),
            (true, tag) => unsettled.range(..=tag).map(|(tag, _)| *tag).collect(),
        };
        let settled: Vec<_> = tags.iter().filter_map(|tag| unsettled.remove(tag)).collect();
        for (consumer, which) in settled {
            self.consumers[consumer].settles(now, which, how);
        }
    }

    /// The consumers of a channel that is closed.
    fn stop_consumers(&mut self, id: ConnectionId, number: u16) {
        let consumers = core::mem::take(&mut self.channel(id, number).consumers);
        for number in consumers.into_values() {
            self.stop(id, number);
        }
    }

    /// A consumer goes.
    fn stop(&mut self, id: ConnectionId, number: usize) {
        let name = self.consumers[number].decl.name.clone();
        let publishers = &self.connections.entry(id).or_default().publishers;
        if publishers.contains(&name) {
            // It still publishes, and a scenario has one word for both.
            self.lost.push(format!("{name}: it stops consuming and goes on publishing"));
            return;
        }
        if self.connections.entry(id).or_default().stopped.insert(name.clone()) {
            self.say(Statement::Stop(name));
        }
    }

    fn gone(&mut self, id: ConnectionId) {
        if !self.connections.entry(id).or_default().closed {
            self.leave(id, Statement::Crash);
        }
    }

    /// All clients of a connection go.
    fn leave(&mut self, id: ConnectionId, how: fn(Name) -> Statement) {
        let clients = self.connections.entry(id).or_default().clients();
        for client in clients {
            if self.connections.entry(id).or_default().stopped.insert(client.clone()) {
                self.say(how(client));
            }
        }
        self.connections.entry(id).or_default().channels.clear();
    }
}
