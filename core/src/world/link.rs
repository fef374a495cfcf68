//! The links between clients and broker: how long they take, and what happens
//! when they are slow or cut.
//!
//! A link is a TCP connection: nothing on it is lost or overtaken. What is sent
//! over a cut one waits until it is mended, or until both ends have missed
//! heartbeats for so long that they give the connection up.

use super::state::Waiting;
use super::ways::journey;
use super::{Due, Phase, Record, Up, UpNote, What, World};
use crate::scenario::LinkFault;
use crate::time::{Span, Tick};
use std::sync::Arc;

impl World {
    pub(crate) fn latency(&self, wire: usize) -> Span {
        self.wires[wire].slowed.unwrap_or(self.plan.connections[wire].latency)
    }

    pub(super) fn send_up(&mut self, wire: usize, up: Up, note: UpNote) {
        let epoch = self.wires[wire].epoch;
        let (up, note) = (Box::new(up), Box::new(note));
        self.travel(wire, Due::Up { wire, epoch, sent: self.now, up, note });
    }

    /// Puts something on a link.
    pub(super) fn travel(&mut self, wire: usize, due: Due) {
        if self.wires[wire].cut {
            self.wires[wire].waiting.push(Waiting { due, way: None });
            return;
        }
        let at = self.now + self.latency(wire);
        self.arrives(wire, due, at);
    }

    fn arrives(&mut self, wire: usize, due: Due, at: Tick) {
        let down = usize::from(matches!(due, Due::Down { .. }));
        let at = at.max(self.wires[wire].last[down]);
        self.wires[wire].last[down] = at;
        self.schedule(at, due);
    }

    /// The link of a client (of each instance of a consumer) changes.
    pub(super) fn link(&mut self, client: &str, fault: LinkFault, record: &mut Record) {
        let plan = Arc::clone(&self.plan);
        let mut wires: Vec<usize> =
            plan.clients_of(client).map(|c| plan.clients[c].connection).collect();
        wires.dedup();
        for wire in wires {
            match fault {
                LinkFault::Cut => self.cut(wire),
                LinkFault::Slow(latency) => self.wires[wire].slowed = Some(latency),
                LinkFault::Mended => self.mend(wire),
            }
        }
        self.tell(record, What::Link { client: client.into(), fault });
    }

    fn cut(&mut self, wire: usize) {
        if self.wires[wire].cut {
            return;
        }
        let now = self.now;
        let on_it = |due: &Due| match due {
            Due::Up { wire: on, .. } | Due::Down { wire: on, .. } => *on == wire,
            _ => false,
        };
        let caught: Vec<(Tick, u64)> =
            self.agenda.iter().filter(|(_, due)| on_it(due)).map(|(key, _)| *key).collect();
        for key in caught {
            let Some(due) = self.agenda.remove(&key) else { continue };
            let from = journey(&due, key.0).map_or(now, |(from, _)| from);
            let way = Some((key.0.since(from), key.0.since(now)));
            self.wires[wire].waiting.push(Waiting { due, way });
        }
        let link = &mut self.wires[wire];
        link.cut = true;
        link.cuts += 1;
        let cut = link.cuts;
        let heartbeat = self.plan.connections[wire].heartbeat;
        if heartbeat > Span::ZERO {
            let at = now + heartbeat + heartbeat;
            self.schedule(at, Due::GiveUp { wire, cut });
        }
    }

    fn mend(&mut self, wire: usize) {
        let now = self.now;
        let link = &mut self.wires[wire];
        link.slowed = None;
        link.cut = false;
        let waiting = core::mem::take(&mut link.waiting);
        for Waiting { mut due, way } in waiting {
            let latency = self.latency(wire);
            let (whole, left) = way.unwrap_or((latency, latency));
            let at = now + left;
            let start = if left < whole { at - whole } else { now };
            match &mut due {
                Due::Up { sent, .. } => *sent = start,
                Due::Down { drawn_from, .. } => *drawn_from = start.max((*drawn_from).min(at)),
                _ => {}
            }
            self.arrives(wire, due, at);
        }
    }

    /// Both ends have heard nothing for two heartbeats: the connection is lost.
    pub(super) fn give_up(&mut self, wire: usize, cut: u32, record: &mut Record) {
        if !self.wires[wire].cut || self.wires[wire].cuts != cut {
            return;
        }
        let plan = Arc::clone(&self.plan);
        let known = self.wires[wire].at_broker.clone();
        let last = known.last().map_or(0, |(epoch, _)| *epoch);
        self.wires[wire].waiting.retain(|waiting| match waiting.due {
            Due::Up { epoch, .. } | Due::Down { epoch, .. } => epoch > last,
            _ => false,
        });
        for &client in &plan.connections[wire].clients {
            if self.clients[client].phase == Phase::Running {
                self.tell(record, What::LinkLost { client: plan.clients[client].name.clone() });
                let text = "no heartbeat".to_owned();
                self.lose(client, Phase::Closed { code: 0, text, connection: true });
            }
        }
        for (_, connection) in known {
            let mut events = Vec::new();
            self.crosses(record, connection, super::Crossed::Cut);
            self.broker.abort(self.now, connection, &mut events);
            self.absorb(events, record);
        }
    }

    /// A client's connection ended without its doing.
    pub(super) fn lose(&mut self, client: usize, phase: Phase) {
        self.clients[client].end_life(phase);
        if let Some(pause) = self.plan.clients[client].reconnect() {
            let epoch = self.clients[client].epoch;
            self.schedule(self.now + pause, Due::Reconnect { client, epoch });
        }
    }

    /// The broker stops and starts again.
    pub(super) fn restart_broker(&mut self, record: &mut Record) {
        self.tell(record, What::Restarted);
        // The operator has no link; it notices when it needs the broker.
        self.operator = None;
        let mut events = Vec::new();
        self.broker.restart(self.now, &mut events);
        self.absorb(events, record);
    }
}
