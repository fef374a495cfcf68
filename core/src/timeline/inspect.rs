//! Answers about one thing at one instant: what it is set to, what is in it,
//! why a message is where it is.

use super::lines::{arguments_in_words, property_rows, value_in_words};
use super::{Timeline, lines, notes};
use crate::broker::routing::Explanation;
use crate::broker::{Name, Properties, SharedMessage, Table};
use crate::frame::{Verdict, key_is_weight};
use crate::scenario::{Destination, NodeId};
use crate::time::Tick;
use crate::world::{Happening, Held, Label, Passing, Phase, VHOST, What, World};

/// All there is to say about a node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// What it is and what it is called.
    pub title: String,
    /// Settings and numbers, as name and value.
    pub rows: Vec<(String, String)>,
    /// Bindings from it or to it.
    pub bindings: Vec<BindingRow>,
    /// Messages in it, head first; at most [`Details::SHOWN`].
    pub messages: Vec<MessageRow>,
    /// Deliveries that are not settled, at most [`Details::SHOWN`].
    pub unacked: Vec<MessageRow>,
    /// Consumers of a queue in the order of their turn: client, prefetch (0 =
    /// unlimited), unacked.
    pub consumers: Vec<(String, u16, u64)>,
}

impl Details {
    /// Rows of messages in one answer.
    pub const SHOWN: usize = 100;
}

/// A binding, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BindingRow {
    /// The exchange.
    pub source: String,
    /// Where it leads, by its name in the scenario.
    pub destination: NodeId,
    /// Its key.
    pub key: String,
    /// Whether the key is a weight, because of the exchange's type.
    pub weight: bool,
    /// Its arguments, in words; empty when there are none.
    pub arguments: String,
    /// Its arguments as the broker keeps them: sorted by name, and part of
    /// what tells it from other bindings.
    pub table: Table,
}

/// A message, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageRow {
    /// `A18`
    pub label: String,
    /// Palette colour.
    pub colour: u8,
    /// The exchange it was published to.
    pub exchange: String,
    /// Its routing key.
    pub routing_key: String,
    /// Its body as text; octets that are not UTF-8 show as U+FFFD.
    pub body: String,
    /// Its properties and headers that are set, as name and value.
    pub properties: Vec<(String, String)>,
    /// Was delivered before.
    pub redelivered: bool,
    /// Was dead-lettered.
    pub dead_lettered: bool,
    /// Where it is or with whom, in words.
    pub place: String,
}

/// Why a message went where it went.
#[derive(Clone, Debug)]
pub struct Why {
    /// `A18`
    pub label: String,
    /// When it reached its exchange.
    pub tick: Tick,
    /// The message.
    pub message: MessageRow,
    /// Every binding's verdict at that instant.
    pub explanation: Explanation,
    /// Everything that happened to it, oldest first.
    pub history: Vec<(Tick, String)>,
}

impl Timeline {
    /// All there is to say about a node at `at`; `None` when it does not exist
    /// then.
    pub fn inspect(&mut self, at: Tick, node: &NodeId) -> Option<Details> {
        self.seek(at);
        match node {
            NodeId::Client(name) => self.client_details(name),
            NodeId::Exchange(name) => self.exchange_details(name),
            NodeId::Queue(name) => self.queue_details(name),
        }
    }

    /// How a message published now would be routed. Changes nothing.
    pub fn what_if(
        &mut self,
        at: Tick,
        exchange: &str,
        key: &str,
        headers: Option<&Table>,
    ) -> Option<Explanation> {
        self.seek(at);
        let exchange = Name::from(exchange);
        let key = if exchange.is_empty() {
            self.world.real_name(&Name::from(key))
        } else {
            Name::from(key)
        };
        let properties = Properties { headers: headers.cloned(), ..Properties::default() };
        self.world.broker.explain(VHOST, &exchange, &[&*key], Some(&properties), None)
    }

    /// The history of the message called `label` and why it was routed as it
    /// was; `None` when no such message has reached an exchange.
    pub fn why(&mut self, label: &str) -> Option<Why> {
        let mine = |l: &Label| l.to_string() == label;
        let decided = |event: &&Happening| match &event.what {
            What::Routed { message, .. } | What::Unroutable { message, .. } => mine(message),
            _ => false,
        };
        let held = |event: &&Happening| match &event.what {
            What::HeldBack { message, .. } => mine(message),
            _ => false,
        };
        let events = &self.record.events;
        let decided = events.iter().find(decided).or_else(|| events.iter().find(held))?;
        let (tick, step) = (decided.tick, decided.step);
        // What an exchange held back is known from when it took it.
        let came = events.iter().find(held).map_or(step, |event| event.step);
        let history = self
            .record
            .events
            .iter()
            .filter(|event| event.what.message().is_some_and(mine))
            .map(|event| (event.tick, event.sentence()))
            .collect();
        self.seek_step(came + 1);
        let body = self.passing(label)?.body.0.to_string();
        self.seek_step(step + 1);
        let (world, passing) = (&self.world, self.passing(label)?);
        let (keys, message) = ([&*passing.key], Some(passing.message));
        let properties = Some(&passing.properties);
        let explanation =
            world.broker.explain(VHOST, &passing.exchange, &keys, properties, message)?;
        let message = MessageRow {
            label: label.to_owned(),
            colour: self.record.tag(passing.message).colour,
            exchange: passing.exchange.to_string(),
            routing_key: passing.key.to_string(),
            body,
            properties: property_rows(&passing.properties),
            redelivered: false,
            dead_lettered: false,
            place: String::new(),
        };
        Some(Why { label: label.to_owned(), tick, message, explanation, history })
    }

    /// The message called `label`, while its routing is shown.
    fn passing(&self, label: &str) -> Option<&Passing> {
        let is_it = |p: &&Passing| self.record.tag(p.message).label.to_string() == label;
        self.world.passing.iter().rfind(is_it)
    }

    fn row(&self, message: &SharedMessage, redelivered: bool, place: String) -> MessageRow {
        let tag = self.record.tag(message.id);
        MessageRow {
            label: tag.label.to_string(),
            colour: tag.colour,
            exchange: message.exchange.to_string(),
            routing_key: message.routing_key.to_string(),
            body: message.body.to_string(),
            properties: property_rows(&message.properties),
            redelivered,
            dead_lettered: tag.dead_lettered,
            place,
        }
    }

    fn client_details(&self, name: &Name) -> Option<Details> {
        let index = self.world.plan.client(name)?;
        let (plan, state) = (&self.world.plan.clients[index], &self.world.clients[index]);
        if !state.present {
            return None;
        }
        let mut details = Details { title: format!("Client {name}"), ..Details::default() };
        let mut row = |name: &str, value: String| details.rows.push((name.into(), value));
        let wire = &self.world.wires[plan.connection];
        row("state", if wire.cut { "network cut".into() } else { phase_in_words(&state.phase) });
        let connection = &self.world.plan.connections[plan.connection];
        row("connection", connection.name.to_string());
        row("latency, one way", self.world.latency(plan.connection).to_string());
        if let Some(publisher) = &plan.publisher {
            let to = if publisher.exchange.is_empty() { "(default)" } else { &publisher.exchange };
            row("publishes to exchange", to.to_owned());
            row("with routing key", publisher.keys.join(", "));
            row("channel", plan.publish_channel.to_string());
            row("published", state.sent.to_string());
            if publisher.confirms {
                row("confirmed", state.confirmed.to_string());
                row("nacked", state.nacked.to_string());
                row("waiting for a confirm", state.unconfirmed.len().to_string());
            }
            if publisher.mandatory {
                row("returned", state.returned.to_string());
            }
        }
        if let Some(consumer) = &plan.consumer {
            row("consumes from", consumer.queues.join(", "));
            row("channel", plan.consume_channel.to_string());
            let prefetch = match consumer.prefetch {
                0 => "unlimited".to_owned(),
                n => n.to_string(),
            };
            row("prefetch", prefetch);
            row("received", state.received.to_string());
            row("acknowledged", state.acked.to_string());
        }
        let held = |h: &Held, place: &str| {
            let rest = if h.place.is_gone() { "; its queue is deleted" } else { "" };
            self.row(&h.message, h.redelivered, format!("{place}{rest}"))
        };
        let working = usize::from(state.working.is_some());
        for (n, h) in state.inbox.iter().enumerate().take(Details::SHOWN) {
            details.unacked.push(held(h, if n < working { "working on it" } else { "waiting" }));
        }
        for h in state.forgotten.iter().take(Details::SHOWN) {
            details.unacked.push(held(h, "done, never acknowledged"));
        }
        for h in state.settling.iter().take(Details::SHOWN) {
            details.unacked.push(held(h, "settled, the answer is on its way"));
        }
        Some(details)
    }

    fn exchange_details(&self, name: &Name) -> Option<Details> {
        let broker = &self.world.broker;
        let exchange = broker.exchange(VHOST, name)?;
        let title = if name.is_empty() {
            "The default exchange".to_owned()
        } else {
            format!("Exchange {name}")
        };
        let mut details = Details { title, ..Details::default() };
        let mut row = |name: &str, value: String| details.rows.push((name.into(), value));
        row("type", exchange.kind.name().to_owned());
        row("durable", yes(exchange.durable));
        row("auto-delete", yes(exchange.auto_delete));
        row("internal", yes(exchange.internal));
        for (key, value) in exchange.arguments.iter() {
            row(key, value_in_words(value));
        }
        for (due, message) in broker.held_back(VHOST, name).into_iter().take(Details::SHOWN) {
            details.messages.push(self.row(message, false, format!("held back until {due}")));
        }
        for message in broker.kept(VHOST, name).take(Details::SHOWN) {
            let place = "kept for bindings to come".to_owned();
            details.messages.push(self.row(message, false, place));
        }
        details.bindings = self.binding_rows(|b| {
            b.source == *name || b.destination == Destination::Exchange(name.clone())
        });
        Some(details)
    }

    fn binding_rows(
        &self,
        wanted: impl Fn(&crate::scenario::BindingDecl) -> bool,
    ) -> Vec<BindingRow> {
        let world: &World = &self.world;
        let declared = world
            .broker
            .bindings(VHOST)
            .map(|b| lines::as_declared(b, |name| world.scenario_name(name)));
        declared
            .filter(wanted)
            .map(|b| BindingRow {
                source: b.source.to_string(),
                weight: world
                    .broker
                    .exchange(VHOST, &b.source)
                    .is_some_and(|exchange| key_is_weight(exchange.kind.name())),
                destination: match b.destination {
                    Destination::Queue(name) => NodeId::Queue(name),
                    Destination::Exchange(name) => NodeId::Exchange(name),
                },
                key: b.key.to_string(),
                arguments: arguments_in_words(&b.arguments),
                table: b.arguments,
            })
            .collect()
    }

    fn queue_details(&self, name: &Name) -> Option<Details> {
        let world = &self.world;
        let real = world.real_name(name);
        let queue = world.broker.queue(VHOST, &real)?;
        let mut details = Details { title: format!("Queue {name}"), ..Details::default() };
        let mut row = |name: &str, value: String| details.rows.push((name.into(), value));
        if real != *name {
            row("name in the broker", real.to_string());
        }
        row("ready", queue.ready().to_string());
        row("unacked", queue.unacked().to_string());
        row("durable", yes(queue.durable()));
        row("exclusive", yes(queue.exclusive().is_some()));
        row("auto-delete", yes(queue.auto_delete()));
        for (key, value) in queue.arguments().iter() {
            row(key, value_in_words(value));
        }
        details.rows.extend(queue.is_told_to_forget().then(notes::never_shortened));
        details.bindings = self.binding_rows(|b| b.destination == Destination::Queue(name.clone()));
        for stored in queue.messages().take(Details::SHOWN) {
            let place = match stored.expires {
                Some(at) => format!("ready, expires at {at}"),
                None => "ready".to_owned(),
            };
            details.messages.push(self.row(stored.message, stored.redelivered, place));
        }
        for unacked in queue.unacked_messages().into_iter().take(Details::SHOWN) {
            let tag = unacked.consumer_tag.map_or("", |tag| &**tag);
            let with = world.client_name_on(unacked.channel, tag);
            let place = match with {
                Some(client) => format!("with {client}, delivery tag {}", unacked.delivery_tag),
                None => format!("delivery tag {}", unacked.delivery_tag),
            };
            details.unacked.push(self.row(unacked.message, false, place));
        }
        for consumer in queue.consumers() {
            let client = world.client_name_on(consumer.channel, consumer.tag);
            let name = client.map_or_else(|| consumer.tag.to_string(), |c| c.to_string());
            details.consumers.push((name, consumer.prefetch, u64::from(consumer.unacked)));
        }
        Some(details)
    }
}

fn yes(is: bool) -> String {
    if is { "yes".into() } else { "no".into() }
}

fn phase_in_words(phase: &Phase) -> String {
    match phase {
        Phase::Stopped => "stopped".into(),
        Phase::Connecting => "connecting".into(),
        Phase::Running => "connected".into(),
        Phase::Crashed => "crashed".into(),
        Phase::Closed { code: 0, text, .. } => format!("connection lost: {text}"),
        Phase::Closed { code, text, connection: false } => {
            format!("channel closed by the broker: {code} {text}")
        }
        Phase::Closed { code, text, connection: true } => {
            format!("connection closed by the broker: {code} {text}")
        }
    }
}

/// What an explanation says about each binding of the exchanges it visited.
pub(super) fn verdicts(
    explanation: &Explanation,
) -> impl Iterator<Item = (&crate::broker::routing::Binding, Verdict)> {
    let judged = explanation.visits.iter().flat_map(|visit| &visit.judgements);
    judged.map(|judgement| {
        let verdict = if judgement.reason.fits() {
            Verdict::Matched
        } else {
            let word = judgement.reason.missed_word();
            Verdict::Missed { word: word.and_then(|n| u16::try_from(n).ok()) }
        };
        (&judgement.binding, verdict)
    })
}
