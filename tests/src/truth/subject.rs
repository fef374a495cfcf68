//! What recordings are played against: the core itself, or the core behind a
//! port.

use super::operator::Caller;
use serde_json::Value as Json;
use warren_core::broker::{Broker, ChannelId, ConnectionId, Event, Method, Profile, Refusal};
use warren_core::time::{Span, Tick};

/// A broker with clients that a player moves. What they hear is put into the
/// events in wire order, at [`Subject::sync`] at the latest.
pub(crate) trait Subject {
    /// Logs somebody in, or gives what it heard instead.
    fn connect(&mut self, caller: &Caller, events: &mut Vec<Event>) -> Result<ConnectionId, Json>;
    fn apply(&mut self, from: ChannelId, method: Method, events: &mut Vec<Event>);
    /// The network between a client and the broker breaks.
    fn abort(&mut self, connection: ConnectionId, events: &mut Vec<Event>);
    /// A frame with a payload in hexadecimal digits.
    fn raw(&mut self, from: ChannelId, kind: u8, payload: &str, events: &mut Vec<Event>);
    fn sleep(&mut self, span: Span, events: &mut Vec<Event>);
    /// Lets the broker come to rest. Gives the connections that ended without
    /// a word.
    fn sync(&mut self, events: &mut Vec<Event>) -> Vec<ConnectionId>;
    /// Does what an operator does, beside the clients.
    fn change<T: Send + 'static>(
        &mut self,
        events: &mut Vec<Event>,
        act: impl FnOnce(&mut Broker, Tick, &mut Vec<Event>) -> T + Send + 'static,
    ) -> T;
}

/// The core, with a clock that moves when a recording sleeps.
pub(crate) struct Core {
    broker: Broker,
    now: Tick,
}

impl Core {
    pub(crate) fn new(profile: Profile) -> Self {
        Self { broker: Broker::new(profile), now: Tick::ZERO }
    }

    /// Time passes, to an instant after the start.
    #[cfg(feature = "live")]
    pub(crate) fn wait_until(&mut self, after_start: Span, events: &mut Vec<Event>) {
        self.now = self.now.max(Tick::ZERO + after_start);
        self.broker.advance(self.now, events);
    }

    /// How long after the start something happens by itself next.
    #[cfg(feature = "live")]
    pub(crate) fn next_due(&self) -> Option<Span> {
        self.broker.deadline().map(|due| due.since(Tick::ZERO))
    }
}

impl Subject for Core {
    fn connect(&mut self, caller: &Caller, events: &mut Vec<Event>) -> Result<ConnectionId, Json> {
        let (user, password) = (&caller.login.user, &caller.password);
        let known = self.broker.authenticate(user, password, true, |_, _| false);
        if known.is_err() {
            let Refusal { code, text } = Refusal::login("PLAIN");
            return Err(caller.heard(code, &text, (0, 0)));
        }
        let connected = self.broker.connect(self.now, &caller.login, events);
        connected.map_err(|refusal| caller.heard(refusal.code, &refusal.text, (10, 40)))
    }

    fn apply(&mut self, from: ChannelId, method: Method, events: &mut Vec<Event>) {
        self.broker.apply(self.now, from, method, events);
    }

    fn abort(&mut self, connection: ConnectionId, events: &mut Vec<Event>) {
        self.broker.abort(self.now, connection, events);
    }

    /// Frames end before the core: recordings that have some are for the port.
    fn raw(&mut self, _: ChannelId, _: u8, _: &str, _: &mut Vec<Event>) {}

    fn sleep(&mut self, span: Span, events: &mut Vec<Event>) {
        self.now += span;
        self.broker.advance(self.now, events);
    }

    fn sync(&mut self, _: &mut Vec<Event>) -> Vec<ConnectionId> {
        Vec::new()
    }

    fn change<T: Send + 'static>(
        &mut self,
        events: &mut Vec<Event>,
        act: impl FnOnce(&mut Broker, Tick, &mut Vec<Event>) -> T + Send + 'static,
    ) -> T {
        act(&mut self.broker, self.now, events)
    }
}
