//! Resource alarms: while memory or disk space is low, connections that
//! publish are not read from (`rabbit_alarm.erl`, `rabbit_reader.erl`,
//! "Publisher throttling").
//!
//! A connection goes on as before until its first `basic.publish`. The header
//! of that message blocks it: from there on nothing of it is taken, be it an
//! acknowledgement or `connection.close`, until no alarm is left. What it sends
//! meanwhile is held here in order; an adapter to a network should not read it
//! in the first place ([`Broker::is_blocked`]). What others do goes on, and so
//! do deliveries to the blocked connection.

use super::Broker;
use super::connection::Connection;
use super::event::{Event, Fact};
use super::method::{ChannelId, ConnectionId, Method, Reply};
use super::value::Name;
use crate::time::Tick;

/// What there can be too little of, in the order texts name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Alarm {
    /// `disk_free_limit` is undercut.
    Disk,
    /// `vm_memory_high_watermark` is exceeded.
    Memory,
}

impl Alarm {
    /// Every alarm.
    pub const ALL: [Self; 2] = [Self::Disk, Self::Memory];

    /// The word that `connection.blocked` and scripts use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Disk => "disk",
            Self::Memory => "memory",
        }
    }
}

impl Broker {
    /// Sets or clears an alarm, as it is found or an operator forces it. When
    /// the last one is cleared, blocked connections are told
    /// (`connection.unblocked`) and what they sent meanwhile happens.
    pub fn set_alarm(&mut self, now: Tick, alarm: Alarm, on: bool, out: &mut Vec<Event>) {
        self.advance(now, out);
        self.alarms.retain(|found| *found != alarm);
        if on {
            let place = self.alarms.partition_point(|found| *found < alarm);
            self.alarms.insert(place, alarm);
            return;
        }
        if !self.alarms.is_empty() {
            return;
        }
        for id in self.open_connections(|connection| connection.blocked) {
            self.unblock(id, out);
        }
        self.bury_the_dead(out);
    }

    /// The alarms that are set.
    #[must_use]
    pub fn alarms(&self) -> &[Alarm] {
        &self.alarms
    }

    /// Whether nothing of an open connection is taken.
    #[must_use]
    pub fn is_blocked(&self, connection: ConnectionId) -> bool {
        self.connection(connection).is_some_and(|c| c.is_open() && c.blocked)
    }

    /// Lets a method through, or holds it while its connection is blocked.
    pub(super) fn admitted(
        &mut self,
        from: ChannelId,
        method: Method,
        out: &mut Vec<Event>,
    ) -> Option<Method> {
        let alarmed = !self.alarms.is_empty();
        let connection = self.connection_mut(from.connection)?;
        if connection.blocked && connection.is_open() {
            connection.held.push_back((from.number, method));
            return None;
        }
        let Method::Publish { body, .. } = &method else { return Some(method) };
        if !alarmed || !connection.is_open() || connection.channel(from.number).is_none() {
            return Some(method);
        }
        // The header alone is a whole message when there is no body.
        let whole = body.is_empty();
        self.block(from.connection, out);
        if whole {
            return Some(method);
        }
        self.connection_mut(from.connection)?.held.push_back((from.number, method));
        None
    }

    fn block(&mut self, id: ConnectionId, out: &mut Vec<Event>) {
        let names: Vec<&str> = self.alarms.iter().map(|alarm| alarm.name()).collect();
        let reason = Name::from(format!("low on {}", names.join(" & ")));
        let Some(connection) = self.connection_mut(id) else { return };
        connection.blocked = true;
        if connection.capabilities.connection_blocked {
            let reply = Reply::ConnectionBlocked { reason: reason.clone() };
            out.push(Event::Send { to: ChannelId { connection: id, number: 0 }, reply });
        }
        out.push(Event::Fact(Fact::ConnectionBlocked { connection: id, reason }));
    }

    fn unblock(&mut self, id: ConnectionId, out: &mut Vec<Event>) {
        let Some(connection) = self.connection_mut(id) else { return };
        connection.blocked = false;
        let held = core::mem::take(&mut connection.held);
        if connection.capabilities.connection_blocked {
            let to = ChannelId { connection: id, number: 0 };
            out.push(Event::Send { to, reply: Reply::ConnectionUnblocked });
        }
        out.push(Event::Fact(Fact::ConnectionUnblocked { connection: id }));
        for (number, method) in held {
            self.dispatch(ChannelId { connection: id, number }, method, out);
        }
    }
}

impl Connection {
    /// Forgets what was held: it was never read.
    pub(super) fn forget_held(&mut self) {
        self.blocked = false;
        self.held.clear();
    }
}
