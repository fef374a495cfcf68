//! What crosses the connections of a run: every method of a client and every
//! answer, in the broker's order. With it a run can be played again on another
//! broker, and what its clients hear there held against what they hear here.

use super::{Record, World};
use crate::broker::{ChannelId, ConnectionId, Method, Name, QueueKind, Reply};
use crate::scenario::{Document, Statement};
use crate::time::Tick;

/// One thing that crosses a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crossing {
    /// When the broker takes or gives it.
    pub tick: Tick,
    /// Which connection.
    pub connection: ConnectionId,
    /// What.
    pub what: Crossed,
}

/// What crosses a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Crossed {
    /// The client connects and logs in as this user.
    Opened(Name),
    /// A method of the client on a channel.
    Sent(u16, Box<Method>),
    /// A method of the broker on a channel.
    Heard(u16, Reply),
    /// The client's end of the TCP connection is gone.
    Cut,
    /// The broker's operator sets something beside the protocol: a policy, a
    /// user, what one may do. It crosses no connection.
    Set(Box<Statement>),
}

/// The traffic of a whole run.
#[derive(Clone, Debug, Default)]
pub struct Traffic {
    /// In the broker's order.
    pub crossings: Vec<Crossing>,
    /// The clients of each connection. The operator's connections are not
    /// among them.
    pub clients: Vec<(ConnectionId, Vec<Name>)>,
    /// Whether the broker has something to do by the clock at any time.
    pub timed: bool,
    /// When the last thing happened.
    pub end: Tick,
    /// Why the run stopped before its end, when a limit stopped it.
    pub stopped: Option<&'static str>,
    /// At the end: the broker's name of each queue that more than one
    /// connection may look at, and its ready messages. Streams are not among
    /// them: brokers do not say how many messages they hold.
    pub queues: Vec<(Name, u64)>,
}

impl World {
    /// Plays a document to its end and keeps all that crosses its connections.
    #[must_use]
    pub fn traffic(document: Document) -> Traffic {
        let mut world = Self::new(document);
        let mut record = Record { traffic: Some(Vec::new()), ..Record::default() };
        let mut traffic = Traffic::default();
        let end = world.plan.end();
        while world.next_tick().is_some_and(|next| next <= end) && world.step(&mut record) {
            traffic.timed |= world.broker.deadline().is_some();
            for (wire, ours) in world.wires.iter().enumerate() {
                for &(_, connection) in &ours.at_broker {
                    if traffic.clients.iter().all(|(known, _)| *known != connection) {
                        let clients = world.plan.connections[wire].clients.iter();
                        let names = clients.map(|&c| world.plan.clients[c].name.clone()).collect();
                        traffic.clients.push((connection, names));
                    }
                }
            }
        }
        let queues = world.broker.queues(super::VHOST);
        traffic.queues = queues
            .filter(|queue| queue.exclusive().is_none() && queue.kind() != QueueKind::Stream)
            .map(|queue| (queue.name().clone(), queue.ready()))
            .collect();
        traffic.end = world.now;
        traffic.stopped = world.stopped_by;
        traffic.crossings = record.traffic.unwrap_or_default();
        traffic
    }

    /// Keeps what crosses a connection, when that is wanted.
    pub(super) fn crosses(&self, record: &mut Record, connection: ConnectionId, what: Crossed) {
        if self.steps > record.steps
            && let Some(crossings) = &mut record.traffic
        {
            crossings.push(Crossing { tick: self.now, connection, what });
        }
    }

    /// Keeps what the operator sets beside the protocol.
    pub(super) fn sets(&self, record: &mut Record, what: &Statement) {
        if record.traffic.is_some() {
            let set = Crossed::Set(Box::new(what.clone()));
            self.crosses(record, ConnectionId::default(), set);
        }
    }

    /// Keeps what a client hears.
    pub(super) fn hears(&self, record: &mut Record, to: ChannelId, reply: &Reply) {
        if record.traffic.is_some() {
            self.crosses(record, to.connection, Crossed::Heard(to.number, reply.clone()));
        }
    }

    /// Keeps what a client sends.
    pub(super) fn sends(&self, record: &mut Record, from: ChannelId, method: &Method) {
        if record.traffic.is_some() {
            self.crosses(
                record,
                from.connection,
                Crossed::Sent(from.number, Box::new(method.clone())),
            );
        }
    }
}
