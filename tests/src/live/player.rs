//! The operations of a session, done to a real broker.

mod look;

use super::client::{Client, Heard};
use super::gate::Pass;
use crate::truth::Observed;
use crate::truth::methods::method;
use crate::truth::observe::{self, Placeholders};
use crate::truth::values::text;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};
use warren_core::broker::{Method, Name, Reply};

/// How long an answer may take before the session goes on without it.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a confirm may take. Not every one has to come.
const CONFIRM_PATIENCE: Duration = Duration::from_millis(400);

struct Channel {
    connection: String,
    number: u16,
    open: bool,
    next_confirm: Option<u64>,
    unconfirmed: BTreeSet<u64>,
    /// How many answers to `channel.flow` are for the session.
    flows: usize,
}

struct Connection {
    client: Client,
    open: bool,
    next_channel: u16,
    /// Tells it from earlier ones of the same name.
    generation: u32,
}

/// The clients of a session, each with a connection to the broker.
pub(super) struct Player<'a> {
    pass: Pass<'a>,
    vhost: String,
    connections: BTreeMap<String, Connection>,
    channels: BTreeMap<String, Channel>,
    placeholders: Placeholders,
    observed: Observed,
    heard: Receiver<(String, u32, Heard)>,
    tell: Sender<(String, u32, Heard)>,
    generations: u32,
    /// How many answers are on their way.
    awaited: usize,
    /// Channels that did something without an answer: `channel.flow`, which
    /// changes nothing, gets one when they are done.
    unanswered: BTreeSet<(String, u16)>,
    version: String,
}

impl<'a> Player<'a> {
    pub(super) fn new(pass: Pass<'a>, vhost: &str) -> Self {
        let (tell, heard) = channel();
        Self {
            pass,
            vhost: vhost.to_owned(),
            connections: BTreeMap::new(),
            channels: BTreeMap::new(),
            placeholders: Placeholders::default(),
            observed: Observed::new(),
            heard,
            tell,
            generations: 0,
            awaited: 0,
            unanswered: BTreeSet::new(),
            version: String::new(),
        }
    }

    /// The version the broker says it has, once connected.
    pub(super) fn version(&self) -> &str {
        &self.version
    }

    /// Does one operation, or all of a burst.
    pub(super) fn begin(&mut self, operation: &Json) -> io::Result<()> {
        match operation["ops"].as_array() {
            Some(operations) => operations.iter().try_for_each(|each| self.operate(each))?,
            None => self.operate(operation)?,
        }
        for (connection, number) in core::mem::take(&mut self.unanswered) {
            self.send(&connection, number, &Method::ChannelFlow { active: true });
            self.awaited += 1;
        }
        Ok(())
    }

    /// What every client saw since the last [`Player::finish`].
    pub(super) const fn heard(&self) -> &Observed {
        &self.observed
    }

    /// What every client saw since the last call.
    pub(super) fn finish(&mut self) -> Observed {
        core::mem::take(&mut self.observed)
    }

    fn operate(&mut self, operation: &Json) -> io::Result<()> {
        let name = |key: &str| text(operation, key);
        match name("op") {
            "connect" => return self.connect(name("conn")),
            "close" => {
                let close = Method::ConnectionClose { code: 200, text: Name::from("bye") };
                if self.connections.get(name("conn")).is_some_and(|c| c.open) {
                    self.send(name("conn"), 0, &close);
                    self.awaited += 1;
                    self.disconnected(name("conn"));
                }
            }
            "abort" => {
                if let Some(connection) = self.connections.get(name("conn")) {
                    connection.client.abort();
                }
                self.disconnected(name("conn"));
            }
            "open" => self.open(operation),
            "sleep" => {}
            "drain" => return self.drain(operation),
            "stat" => return self.stat(operation),
            "policy.set" => {
                let set = self.pass.server().set_policy(&self.vhost, operation);
                return self.refused(set);
            }
            "policy.clear" => {
                let cleared = self.pass.server().clear_policy(&self.vhost, name("name"));
                return cleared.map_err(io::Error::other);
            }
            "restart" => return self.pass.restart().map_err(io::Error::other),
            _ => return self.on_channel(operation),
        }
        Ok(())
    }

    fn connect(&mut self, name: &str) -> io::Result<()> {
        if let Some(connection) = self.connections.get(name) {
            connection.client.abort();
        }
        self.disconnected(name);
        self.generations += 1;
        let generation = self.generations;
        let (client, version) =
            Client::connect(self.pass.server().port(), &self.vhost, name, &self.tell, generation)?;
        self.version = version;
        let connection = Connection { client, open: true, next_channel: 1, generation };
        self.connections.insert(name.to_owned(), connection);
        Ok(())
    }

    fn disconnected(&mut self, name: &str) {
        if let Some(connection) = self.connections.get_mut(name) {
            connection.open = false;
        }
        for channel in self.channels.values_mut().filter(|c| c.connection == name) {
            channel.open = false;
        }
    }

    fn open(&mut self, operation: &Json) {
        let owner = text(operation, "conn").to_owned();
        let Some(connection) = self.connections.get_mut(&owner) else { return };
        let number = connection.next_channel;
        connection.next_channel += 1;
        if connection.open {
            self.awaited += 1;
        }
        self.send(&owner, number, &Method::ChannelOpen);
        let channel = Channel {
            connection: owner,
            number,
            open: true,
            next_confirm: None,
            unconfirmed: BTreeSet::new(),
            flows: 0,
        };
        self.channels.insert(text(operation, "ch").to_owned(), channel);
    }

    fn on_channel(&mut self, operation: &Json) -> io::Result<()> {
        let name = text(operation, "ch").to_owned();
        let Some(channel) = self.channels.get_mut(&name) else { return Ok(()) };
        if !channel.open {
            let event = json!({ "ev": "client-error", "text": "channel closed" });
            self.observed.entry(name).or_default().push(event);
            return Ok(());
        }
        let method = method(operation, &self.placeholders).map_err(io::Error::other)?;
        match &method {
            Method::ChannelClose { .. } => channel.open = false,
            Method::ConfirmSelect { .. } => {
                channel.next_confirm = channel.next_confirm.or(Some(1));
            }
            Method::Publish { .. } => {
                if let Some(next) = &mut channel.next_confirm {
                    channel.unconfirmed.insert(*next);
                    *next += 1;
                }
            }
            Method::ChannelFlow { .. } => channel.flows += 1,
            _ => {}
        }
        let silent = matches!(
            method,
            Method::Publish { .. }
                | Method::Ack { .. }
                | Method::Nack { .. }
                | Method::Reject { .. }
                | Method::RecoverAsync { .. }
        );
        let (connection, number) = (channel.connection.clone(), channel.number);
        if silent || operation["nowait"] == json!(true) {
            self.unanswered.insert((connection.clone(), number));
        } else {
            self.awaited += 1;
        }
        self.send(&connection, number, &method);
        Ok(())
    }

    /// The broker may have hung up: then what it said tells.
    fn send(&mut self, connection: &str, number: u16, method: &Method) {
        if let Some(connection) = self.connections.get_mut(connection) {
            let _ = connection.client.send(number, method);
        }
    }

    /// Listens until every answer came and then nothing for as long as
    /// `quiet`, and in any case until `until`.
    pub(super) fn listen(&mut self, quiet: Duration, until: Instant) {
        let start = Instant::now();
        let mut last = start;
        loop {
            let now = Instant::now();
            let waited = now - start;
            let unconfirmed = self.channels.values().any(|c| c.open && !c.unconfirmed.is_empty());
            let expecting = (self.awaited > 0 && waited < PATIENCE)
                || (unconfirmed && waited < CONFIRM_PATIENCE);
            if !expecting && now >= last + quiet && now >= until {
                self.awaited = 0;
                return;
            }
            let next = if expecting { now + quiet } else { until.max(last + quiet) };
            match self.heard.recv_timeout(next.saturating_duration_since(now)) {
                Ok((name, generation, heard)) => {
                    last = Instant::now();
                    self.hear(&name, generation, heard);
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
            }
        }
    }

    fn hear(&mut self, name: &str, generation: u32, heard: Heard) {
        let Some(connection) = self.connections.get(name) else { return };
        if connection.generation != generation {
            return;
        }
        let open = connection.open;
        let (number, reply) = match heard {
            Heard::Reply(number, reply) => (number, reply),
            Heard::End => {
                if open {
                    self.disconnected(name);
                    self.push(name.to_owned(), json!({ "ev": "eof" }));
                    self.awaited = 0;
                }
                return;
            }
        };
        let asynchronous = matches!(
            reply,
            Reply::Deliver { .. }
                | Reply::Return { .. }
                | Reply::Ack { .. }
                | Reply::Nack { .. }
                | Reply::Cancel { .. }
                | Reply::ConnectionBlocked { .. }
                | Reply::ConnectionUnblocked
        );
        if !asynchronous {
            self.awaited = self.awaited.saturating_sub(1);
        }
        if let Reply::ConnectionClose { .. } = reply {
            self.send(name, 0, &Method::ConnectionCloseOk);
            self.disconnected(name);
            self.awaited = 0;
        } else if !open {
            return;
        }
        if number == 0 {
            if let Some(event) = observe::shown(&reply) {
                self.push(name.to_owned(), event);
            }
            return;
        }
        self.on_reply(name, number, reply);
    }

    fn on_reply(&mut self, connection: &str, number: u16, reply: Reply) {
        // Another connection of that name may have had a channel of that number.
        let same = self.channels.iter_mut();
        let same = same.filter(|(_, c)| c.connection == connection && c.number == number);
        let Some((name, channel)) = same.max_by_key(|(_, c)| c.open) else { return };
        let name = name.clone();
        if matches!(reply, Reply::ChannelFlowOk { .. }) {
            if channel.flows == 0 {
                // The answer to our own question whether it is done.
                return;
            }
            channel.flows -= 1;
        }
        if let Reply::ChannelClose { .. } = reply {
            self.awaited = 0;
            if channel.open {
                channel.open = false;
                // Quorum queues get back what it held only after this.
                self.send(connection, number, &Method::ChannelCloseOk);
            }
        }
        let (kind, tag, multiple) = match reply {
            Reply::Ack { delivery_tag, multiple } => ("confirm.ack", delivery_tag, multiple),
            Reply::Nack { delivery_tag, multiple } => ("confirm.nack", delivery_tag, multiple),
            reply => {
                if let Some(event) = observe::shown(&reply) {
                    self.push(name, event);
                }
                return;
            }
        };
        let Some(channel) = self.channels.get_mut(&name) else { return };
        let numbers: Vec<u64> =
            if multiple { channel.unconfirmed.range(..=tag).copied().collect() } else { vec![tag] };
        for number in numbers {
            channel.unconfirmed.remove(&number);
            let event = json!({ "ev": kind, "seq": number });
            self.observed.entry(name.clone()).or_default().push(event);
        }
    }

    fn push(&mut self, at: String, mut event: Json) {
        if let Some(text) = event["text"].as_str() {
            event["text"] = json!(as_in_recordings(text, &self.vhost));
        }
        self.placeholders.hide(&mut event);
        self.observed.entry(at).or_default().push(event);
    }
}

/// The virtual host is called `/` there, and Erlang's terms are on one line where
/// the length of its name decides where they are broken.
fn as_in_recordings(text: &str, vhost: &str) -> String {
    if !text.contains(vhost) {
        return text.to_owned();
    }
    let mut lines = text.replace(vhost, "/");
    while let Some(at) = lines.find("\n ") {
        let end = lines[at + 1..].find(|c| c != ' ').map_or(lines.len(), |length| at + 1 + length);
        lines.replace_range(at..end, "");
    }
    lines
}
