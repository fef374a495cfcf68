//! The operations of a recording, done to a broker.

mod hear;

use super::depths::depths;
use super::methods::method;
use super::observe::Placeholders;
use super::operator::{self, Caller};
#[cfg(feature = "live")]
use super::subject::Core;
use super::subject::Subject;
use super::values::text;
use super::{Observed, values};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use warren_core::broker::{Broker, ChannelId, ConnectionId, Event, Method, Name, Reply};
use warren_core::time::Span;

/// A channel as its client sees it.
struct Channel {
    id: ChannelId,
    connection: String,
    open: bool,
    /// The number of the next publish, once confirms are on.
    next_confirm: Option<u64>,
    unconfirmed: BTreeSet<u64>,
}

/// A connection as its client sees it.
struct Connection {
    id: ConnectionId,
    open: bool,
    next_channel: u16,
}

/// The clients of a recording, and the broker they talk to.
pub(crate) struct Player<S> {
    broker: S,
    connections: BTreeMap<String, Connection>,
    channels: BTreeMap<String, Channel>,
    placeholders: Placeholders,
    events: Vec<Event>,
    observed: Observed,
}

impl<S: Subject> Player<S> {
    pub(crate) fn new(broker: S) -> Self {
        Self {
            broker,
            connections: BTreeMap::new(),
            channels: BTreeMap::new(),
            placeholders: Placeholders::default(),
            events: Vec::new(),
            observed: Observed::new(),
        }
    }

    /// Does one operation, lets the broker come to rest, and gives what every
    /// client saw.
    ///
    /// # Errors
    ///
    /// Says what about the operation is not understood.
    pub(crate) fn step(&mut self, operation: &Json) -> Result<Observed, String> {
        self.begin(operation)?;
        Ok(self.finish())
    }

    /// The first half of a step: does the operation.
    ///
    /// # Errors
    ///
    /// Says what about the operation is not understood.
    pub(crate) fn begin(&mut self, operation: &Json) -> Result<(), String> {
        match text(operation, "op") {
            "burst" => {
                let mut burst = operation["ops"].as_array().into_iter().flatten();
                burst.try_for_each(|operation| self.operate(operation))
            }
            _ => self.operate(operation),
        }
    }

    /// The second half: gives what every client saw.
    pub(crate) fn finish(&mut self) -> Observed {
        self.settle();
        core::mem::take(&mut self.observed)
    }

    fn operate(&mut self, operation: &Json) -> Result<(), String> {
        let name = |key: &str| text(operation, key);
        match text(operation, "op") {
            "connect" => self.connect(name("conn"), operation),
            "close" => self.close(name("conn")),
            "abort" => self.abort(name("conn")),
            "open" => self.open(operation),
            "sleep" => {
                let span = Span::millis(operation["ms"].as_u64().unwrap_or_default());
                self.broker.sleep(span, &mut self.events);
            }
            "restart" => self.broker.change(&mut self.events, Broker::restart),
            "drain" => return self.drain(operation),
            "stat" => self.stat(operation),
            "raw" => self.raw(operation),
            "update-secret" => {
                let Some(connection) = self.connections.get(name("conn")) else { return Ok(()) };
                let from = ChannelId { connection: connection.id, number: 0 };
                self.broker.apply(from, Method::UpdateSecret, &mut self.events);
            }
            name if operator::does(name) => self.by_operator(operation),
            _ => return self.on_channel(operation),
        }
        Ok(())
    }

    /// What an operator does, and hears when it may not be.
    fn by_operator(&mut self, operation: &Json) {
        let connection = self.connections.get(text(operation, "conn")).map(|c| c.id);
        let operation = operation.clone();
        let refused = self.broker.change(&mut self.events, move |broker, now, events| {
            operator::operate(broker, now, events, &operation, connection)
        });
        if let Err(text) = refused {
            self.push("operator".into(), json!({ "ev": "refused", "text": text }));
        }
    }

    /// A client that connects again has lost its connection.
    fn connect(&mut self, name: &str, operation: &Json) {
        if self.connections.get(name).is_some_and(|connection| connection.open) {
            self.abort(name);
        }
        let id = match self.broker.connect(&Caller::of(operation), &mut self.events) {
            Ok(id) => id,
            Err(heard) => return self.push(name.to_owned(), heard),
        };
        let connection = Connection { id, open: true, next_channel: 1 };
        self.connections.insert(name.to_owned(), connection);
    }

    fn close(&mut self, name: &str) {
        let Some(connection) = self.connections.get_mut(name) else { return };
        connection.open = false;
        let from = ChannelId { connection: connection.id, number: 0 };
        let close = Method::ConnectionClose { code: 200, text: Name::from("bye") };
        self.forget_channels(name);
        self.broker.apply(from, close, &mut self.events);
    }

    fn abort(&mut self, name: &str) {
        let Some(connection) = self.connections.get_mut(name) else { return };
        connection.open = false;
        let id = connection.id;
        self.forget_channels(name);
        self.broker.abort(id, &mut self.events);
    }

    fn forget_channels(&mut self, connection: &str) {
        for channel in self.channels.values_mut().filter(|c| c.connection == connection) {
            channel.open = false;
        }
    }

    fn open(&mut self, operation: &Json) {
        let owner = text(operation, "conn").to_owned();
        let Some(connection) = self.connections.get_mut(&owner) else { return };
        let given = operation["id"].as_u64().and_then(|id| u16::try_from(id).ok());
        let number = given.unwrap_or(connection.next_channel);
        connection.next_channel = connection.next_channel.max(number.saturating_add(1));
        let id = ChannelId { connection: connection.id, number };
        let channel = Channel {
            id,
            connection: owner,
            open: true,
            next_confirm: None,
            unconfirmed: BTreeSet::new(),
        };
        self.channels.insert(text(operation, "ch").to_owned(), channel);
        self.broker.apply(id, Method::ChannelOpen, &mut self.events);
    }

    fn raw(&mut self, operation: &Json) {
        let Some(connection) = self.connections.get(text(operation, "conn")) else { return };
        let number = |key: &str| operation[key].as_u64().unwrap_or_default();
        let (kind, channel) = (number("type") as u8, number("chan") as u16);
        let from = ChannelId { connection: connection.id, number: channel };
        self.broker.raw(from, kind, text(operation, "payload"), &mut self.events);
    }

    fn on_channel(&mut self, operation: &Json) -> Result<(), String> {
        let name = text(operation, "ch").to_owned();
        let Some(channel) = self.channels.get_mut(&name) else {
            return Err(format!("there is no channel {name:?} for {operation}"));
        };
        if !channel.open {
            let event = json!({ "ev": "client-error", "text": "channel closed" });
            self.observed.entry(name).or_default().push(event);
            return Ok(());
        }
        let method = method(operation, &self.placeholders)?;
        match text(operation, "op") {
            "chclose" => channel.open = false,
            "confirm.select" => channel.next_confirm = channel.next_confirm.or(Some(1)),
            "publish" => {
                if let Some(next) = &mut channel.next_confirm {
                    channel.unconfirmed.insert(*next);
                    *next += 1;
                }
            }
            _ => {}
        }
        let id = channel.id;
        self.broker.apply(id, method, &mut self.events);
        self.observe();
        Ok(())
    }

    /// Gets without acknowledgement until nothing is left.
    fn drain(&mut self, operation: &Json) -> Result<(), String> {
        let name = text(operation, "ch").to_owned();
        let Some(channel) = self.channels.get(&name).filter(|channel| channel.open) else {
            return self.on_channel(operation);
        };
        let id = channel.id;
        let queue = Name::from(self.placeholders.revealed(text(operation, "queue")));
        let mut messages = Vec::new();
        self.broker.sync(&mut self.events);
        loop {
            self.observe();
            let get = Method::Get { queue: queue.clone(), no_ack: true };
            self.broker.apply(id, get, &mut self.events);
            self.broker.sync(&mut self.events);
            let is_got =
                |event: &Event| said(event, id, |reply| matches!(reply, Reply::GetOk { .. }));
            let Some(at) = self.events.iter().position(is_got) else { break };
            if let Event::Send { reply: Reply::GetOk { redelivered, message, .. }, .. } =
                self.events.remove(at)
            {
                let mut shown = values::message(&message);
                shown.insert("redelivered".into(), json!(redelivered));
                messages.push(Json::Object(shown));
            }
        }
        let is_empty = |event: &Event| said(event, id, |reply| *reply == Reply::GetEmpty);
        let failed = !self.events.iter().any(is_empty);
        self.events.retain(|event| !is_empty(event));
        if failed {
            return Ok(());
        }
        let event = if operation["full"] == json!(true) {
            json!({ "ev": "drain", "queue": text(operation, "queue"), "messages": messages })
        } else {
            let bodies: Vec<&Json> = messages.iter().map(|message| &message["body"]).collect();
            json!({ "ev": "drain", "queue": text(operation, "queue"), "bodies": bodies })
        };
        self.push(name, event);
        Ok(())
    }

    fn stat(&mut self, operation: &Json) {
        let asked = operation["queues"].as_array().map(|names| {
            let names = names.iter().filter_map(Json::as_str);
            names
                .map(|name| (name.to_owned(), self.placeholders.revealed(name).to_owned()))
                .collect()
        });
        let stats = self.broker.change(&mut self.events, |broker, _, _| depths(broker, asked));
        self.push("stat".into(), json!({ "ev": "stat", "queues": stats }));
    }

    fn push(&mut self, at: String, mut event: Json) {
        self.placeholders.hide(&mut event);
        self.observed.entry(at).or_default().push(event);
    }
}

#[cfg(feature = "live")]
impl Player<Core> {
    /// Time passes, to an instant after the start.
    pub(crate) fn wait_until(&mut self, after_start: Span) {
        self.broker.wait_until(after_start, &mut self.events);
    }

    /// How long after the start something happens by itself next.
    pub(crate) fn next_due(&self) -> Option<Span> {
        self.broker.next_due()
    }
}

/// Whether an event is such a reply to that channel.
fn said(event: &Event, to: ChannelId, what: impl Fn(&Reply) -> bool) -> bool {
    matches!(event, Event::Send { to: found, reply } if *found == to && what(reply))
}
