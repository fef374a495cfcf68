//! The one task that owns the broker. What clients send comes in here in the
//! order it was read, and what follows from it goes into their outboxes.

use crate::fault::Fault;
use crate::outbox::{Item, Outbox};
use crate::server::Log;
use crate::trace;
use crate::watch::{Seen, Watch};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Duration, Instant, sleep_until};
use warren_core::broker::{
    Broker, ChannelId, ConnectionId, Event, Fact, Login, Method, Profile, Refusal, Reply,
};
use warren_core::time::Tick;

/// So many events are handed out together, if there are as many.
const AT_ONCE: usize = 256;

/// One thing that a client asks.
#[derive(Debug)]
pub(crate) enum Ask {
    /// A method of the core's.
    Method(Box<Method>),
    /// A method, by its ids, that only servers send.
    Misplaced((u16, u16)),
}

/// Something done to the broker by whoever runs the server.
pub(crate) type Act = Box<dyn FnOnce(&mut Broker, Tick, &mut Vec<Event>) + Send>;

/// What comes to the broker's task.
pub(crate) enum Input {
    /// A client has logged in and asks for its virtual host.
    Connect {
        login: Login,
        /// What the client calls its connection.
        name: String,
        outbox: Arc<Outbox>,
        answer: oneshot::Sender<Result<ConnectionId, Refusal>>,
    },
    /// What a client sent, by channel, in its order.
    Asks(ConnectionId, Vec<(u16, Ask)>),
    /// A client sent something that ends its connection.
    Fault(ConnectionId, Fault),
    /// A connection is over, however it came to that.
    Gone(ConnectionId),
    /// Something from outside.
    Act(Act),
    /// Everybody has to go.
    Stop,
}

/// The broker, its clock and its clients.
pub(crate) struct Engine {
    broker: Broker,
    start: Instant,
    outboxes: BTreeMap<ConnectionId, Arc<Outbox>>,
    events: Vec<Event>,
    /// Room that is used again and again.
    items: Vec<Item>,
    log: Log,
    trace: bool,
    watch: Option<Watch>,
}

impl Engine {
    pub(crate) fn new(mut broker: Broker, log: Log, trace: bool, watch: Option<Watch>) -> Self {
        broker.unwatch();
        let (start, outboxes) = (Instant::now(), BTreeMap::new());
        let (events, items) = (Vec::new(), Vec::new());
        Self { broker, start, outboxes, events, items, log, trace, watch }
    }

    /// Works until nobody can send anything any more. Gives the broker back.
    pub(crate) async fn run(mut self, mut inputs: mpsc::Receiver<Input>) -> Broker {
        loop {
            let deadline = self.broker.deadline();
            // What lies beyond what a timer can keep does not happen.
            let due = deadline.and_then(|at| self.start.checked_add(Duration::from_micros(at.0)));
            tokio::select! {
                input = inputs.recv() => match input {
                    Some(input) => self.take(input),
                    None => return self.broker,
                },
                () = sleep_until(due.unwrap_or(self.start)), if due.is_some() => {
                    let now = self.now();
                    self.broker.advance(now, &mut self.events);
                }
            }
            self.send();
        }
    }

    fn see(&self, now: Tick, id: ConnectionId, seen: Seen<'_>) {
        if let Some(watch) = &self.watch {
            watch(now, id, seen);
        }
    }

    fn now(&self) -> Tick {
        Tick(u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX))
    }

    fn take(&mut self, input: Input) {
        let now = self.now();
        match input {
            Input::Connect { login, name, outbox, answer } => {
                let found = self.broker.connect(now, &login, &mut self.events);
                if let Ok(id) = &found {
                    self.outboxes.insert(*id, outbox);
                    self.see(now, *id, Seen::Opened(&login, &name));
                }
                if let Err(Ok(id)) = answer.send(found) {
                    self.leave(id);
                }
            }
            Input::Asks(id, asks) => {
                for (number, ask) in asks {
                    self.ask(now, ChannelId { connection: id, number }, ask);
                    if self.events.len() >= AT_ONCE {
                        self.send();
                    }
                }
                self.tell_blocked(id);
            }
            Input::Fault(id, fault) => self.force(id, &fault),
            Input::Gone(id) => self.leave(id),
            Input::Act(act) => {
                act(&mut self.broker, now, &mut self.events);
                let all: Vec<ConnectionId> = self.outboxes.keys().copied().collect();
                for id in all {
                    self.tell_blocked(id);
                }
            }
            Input::Stop => self.stop(),
        }
    }

    /// Whether a connection is read from.
    fn tell_blocked(&self, id: ConnectionId) {
        if let Some(outbox) = self.outboxes.get(&id) {
            outbox.block(self.broker.is_blocked(id));
        }
    }

    fn ask(&mut self, now: Tick, from: ChannelId, ask: Ask) {
        match ask {
            Ask::Method(method) => {
                if self.trace {
                    (self.log)(&trace::received(now, from, &method));
                }
                self.see(now, from.connection, Seen::Method(from.number, &method));
                self.broker.apply(now, from, *method, &mut self.events);
            }
            Ask::Misplaced(ids) if from.number == 0 => {
                self.force(from.connection, &Fault::state("running", ids));
            }
            Ask::Misplaced(_) if self.broker.is_closing(from) => {}
            Ask::Misplaced(ids) => {
                // RabbitMQ 4.3 fails on basic.cancel-ok.
                let fails = ids == (60, 31) && self.broker.profile() >= Profile::V4_3;
                let fault = match self.broker.channel(from) {
                    Some(_) if fails => Fault::internal(),
                    Some(_) => Fault::unimplemented(ids),
                    None => Fault::no_channel(ids),
                };
                self.force(from.connection, &fault);
            }
        }
    }

    /// Closes a connection for what it sent, or because the server stops: the
    /// broker cleans up as after a loss, the client is told why.
    fn force(&mut self, id: ConnectionId, fault: &Fault) {
        let now = self.now();
        if !self.broker.is_connected(id) {
            return;
        }
        self.broker.abort(now, id, &mut self.events);
        self.events.retain(|event| !matches!(event, Event::Fact(_)));
        self.send();
        (self.log)(&format!("connection {} closed: {} {}", id.0, fault.code, fault.text));
        let to = ChannelId { connection: id, number: 0 };
        self.events.push(Event::Send { to, reply: fault.close() });
    }

    fn leave(&mut self, id: ConnectionId) {
        let now = self.now();
        self.broker.abort(now, id, &mut self.events);
        self.send();
        if let Some(outbox) = self.outboxes.remove(&id) {
            outbox.finish();
            self.see(now, id, Seen::Gone);
        }
    }

    fn stop(&mut self) {
        let text = "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'";
        let fault = Fault::new(320, text, (0, 0));
        let all: Vec<ConnectionId> = self.outboxes.keys().copied().collect();
        for id in all {
            self.force(id, &fault);
        }
    }

    /// Hands out what came out of the broker.
    fn send(&mut self) {
        while !self.events.is_empty() {
            let mut behind = Vec::new();
            let now = self.broker.now();
            let mut events = core::mem::take(&mut self.events);
            // Replies that follow each other to one client go there together.
            let (mut client, mut items) = (None, core::mem::take(&mut self.items));
            for event in events.drain(..) {
                match event {
                    Event::Send { to, reply } => {
                        if self.trace {
                            (self.log)(&trace::sent(now, to, &reply));
                        }
                        self.see(now, to.connection, Seen::Reply(to.number, &reply));
                        self.tell(to, &reply);
                        if client != Some(to.connection) {
                            behind.extend(self.put(client, &mut items));
                            client = Some(to.connection);
                        }
                        items.push(Item::Reply(to.number, reply));
                    }
                    Event::Fact(Fact::ConnectionClosed { connection, code, text }) => {
                        behind.extend(self.put(client, &mut items));
                        self.tell_closed(connection, code, &text);
                    }
                    Event::Fact(_) => {}
                }
            }
            behind.extend(self.put(client, &mut items));
            (self.events, self.items) = (events, items);
            for id in behind {
                (self.log)(&format!("connection {} cut off: it does not read", id.0));
                self.broker.abort(self.broker.now(), id, &mut self.events);
            }
        }
    }

    /// Puts what is for a client into its outbox; gives it back when it lets too
    /// much wait.
    fn put(&self, client: Option<ConnectionId>, items: &mut Vec<Item>) -> Option<ConnectionId> {
        let outbox = client.and_then(|id| self.outboxes.get(&id));
        let Some(outbox) = outbox.filter(|_| !items.is_empty()) else {
            items.clear();
            return None;
        };
        if outbox.put(items.drain(..)) {
            return None;
        }
        outbox.break_off();
        client
    }

    /// Logs the end of a channel that the broker closed.
    fn tell(&self, to: ChannelId, reply: &Reply) {
        if let Reply::ChannelClose { code, text, .. } = reply {
            let (id, number) = (to.connection.0, to.number);
            (self.log)(&format!("connection {id} channel {number} closed: {code} {text}"));
        }
    }

    /// Logs the end of a connection, once.
    fn tell_closed(&self, id: ConnectionId, code: u16, text: &str) {
        match self.outboxes.get(&id) {
            Some(outbox) if outbox.standing().closing => {}
            _ if code == 0 => (self.log)(&format!("connection {} closed", id.0)),
            _ => (self.log)(&format!("connection {} closed: {code} {text}", id.0)),
        }
    }
}
