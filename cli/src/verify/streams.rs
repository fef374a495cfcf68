//! What clients hear, sorted into streams: inside one the order is promised,
//! between two it is not. Answers come in the order of what was asked, a
//! consumer's deliveries in the order of its queue; but no broker promises
//! whether an answer or a delivery comes first.

use super::said::{Names, Said, counterparts};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use warren_core::broker::{ConnectionId, Method, Name, Reply};

/// A channel of a connection.
pub(super) type Place = (ConnectionId, u16);

/// Replies among which there is an order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Answers,
    Deliveries(Name),
    Returns,
    Notices,
}

/// One stream: what is still to be matched on either side.
#[derive(Debug, Default)]
struct Stream {
    expected: VecDeque<Reply>,
    found: VecDeque<Reply>,
}

/// The confirms of a channel. Brokers may confirm several messages at once, in
/// any order, so they are compared one by one.
#[derive(Debug, Default)]
struct Confirms {
    /// Publishes so far.
    sent: u64,
    confirming: bool,
    expected: Verdicts,
    found: Verdicts,
}

/// What became of publishes: true for an ack.
#[derive(Debug, Default)]
struct Verdicts {
    open: BTreeSet<u64>,
    given: BTreeMap<u64, bool>,
}

impl Verdicts {
    fn hear(&mut self, number: u64, multiple: bool, ack: bool) {
        let numbers: Vec<u64> = match multiple {
            true => self.open.range(..=number).copied().collect(),
            false => vec![number],
        };
        for number in numbers {
            self.open.remove(&number);
            self.given.insert(number, ack);
        }
    }
}

/// Where two brokers part.
#[derive(Clone, Debug)]
pub(super) struct Parting {
    pub(super) place: Place,
    pub(super) expected: Option<Said>,
    pub(super) found: Option<Said>,
}

/// All streams of a session.
#[derive(Debug, Default)]
pub(super) struct Streams {
    streams: BTreeMap<(Place, Class), Stream>,
    confirms: BTreeMap<Place, Confirms>,
    consumers: BTreeMap<Place, BTreeSet<Name>>,
    /// The real broker's delivery tags for those of the simulation.
    tags: BTreeMap<(Place, u64), u64>,
    pub(super) names: Names,
    /// Replies that were found as expected.
    pub(super) matched: u64,
}

fn class(reply: &Reply) -> Class {
    match reply {
        Reply::Deliver { consumer_tag, .. } => Class::Deliveries(consumer_tag.clone()),
        Reply::Return { .. } => Class::Returns,
        Reply::Cancel { .. } | Reply::ConnectionBlocked { .. } | Reply::ConnectionUnblocked => {
            Class::Notices
        }
        _ => Class::Answers,
    }
}

fn confirm(reply: &Reply) -> Option<(u64, bool, bool)> {
    match *reply {
        Reply::Ack { delivery_tag, multiple } => Some((delivery_tag, multiple, true)),
        Reply::Nack { delivery_tag, multiple } => Some((delivery_tag, multiple, false)),
        _ => None,
    }
}

impl Streams {
    /// A method is about to be sent: gives it as the real broker knows things.
    pub(super) fn sends(&mut self, place: Place, method: &Method) -> Method {
        match method {
            Method::ChannelOpen => {
                self.confirms.insert(place, Confirms::default());
                self.consumers.remove(&place);
                self.tags.retain(|(of, _), _| *of != place);
            }
            Method::ConfirmSelect { .. } => {
                self.confirms.entry(place).or_default().confirming = true;
            }
            Method::Publish { .. } => {
                let confirms = self.confirms.entry(place).or_default();
                if confirms.confirming {
                    confirms.sent += 1;
                    confirms.expected.open.insert(confirms.sent);
                    confirms.found.open.insert(confirms.sent);
                }
            }
            Method::Consume { consumer_tag, .. } => {
                self.consumers.entry(place).or_default().insert(consumer_tag.clone());
            }
            _ => {}
        }
        self.translated(place, method.clone())
    }

    fn translated(&self, place: Place, mut method: Method) -> Method {
        match &mut method {
            Method::QueueDeclare { queue, .. }
            | Method::QueueDelete { queue, .. }
            | Method::QueuePurge { queue, .. }
            | Method::Consume { queue, .. }
            | Method::Get { queue, .. } => *queue = self.names.real(queue),
            Method::QueueBind { queue, routing_key, .. }
            | Method::QueueUnbind { queue, routing_key, .. } => {
                *queue = self.names.real(queue);
                *routing_key = self.names.real(routing_key);
            }
            Method::Publish { routing_key, properties, .. } => {
                *routing_key = self.names.real(routing_key);
                properties.reply_to = properties.reply_to.as_ref().map(|n| self.names.real(n));
            }
            Method::Ack { delivery_tag, .. }
            | Method::Nack { delivery_tag, .. }
            | Method::Reject { delivery_tag, .. } => {
                if let Some(real) = self.tags.get(&(place, *delivery_tag)) {
                    *delivery_tag = *real;
                }
            }
            _ => {}
        }
        method
    }

    /// The simulation's client hears something.
    pub(super) fn expect(&mut self, place: Place, reply: &Reply) -> Result<(), Box<Parting>> {
        self.take(place, reply, true)
    }

    /// The real broker's client hears something.
    pub(super) fn find(&mut self, place: Place, reply: &Reply) -> Result<(), Box<Parting>> {
        self.take(place, reply, false)
    }

    fn take(&mut self, place: Place, reply: &Reply, ours: bool) -> Result<(), Box<Parting>> {
        if let Some((number, multiple, ack)) = confirm(reply) {
            let confirms = self.confirms.entry(place).or_default();
            let side = if ours { &mut confirms.expected } else { &mut confirms.found };
            side.hear(number, multiple, ack);
            return self.match_confirms(place);
        }
        let key = (place, class(reply));
        let stream = self.streams.entry(key.clone()).or_default();
        let side = if ours { &mut stream.expected } else { &mut stream.found };
        side.push_back(reply.clone());
        while let Some(stream) = self.streams.get_mut(&key)
            && !stream.expected.is_empty()
            && !stream.found.is_empty()
            && let (Some(ours), Some(theirs)) =
                (stream.expected.pop_front(), stream.found.pop_front())
        {
            self.same(place, &ours, &theirs)?;
        }
        Ok(())
    }

    fn same(&mut self, place: Place, ours: &Reply, theirs: &Reply) -> Result<(), Box<Parting>> {
        if let Some((ours, theirs)) = counterparts(ours, theirs) {
            self.names.learn(ours, theirs);
        }
        let tag = |reply: &Reply| match reply {
            Reply::Deliver { delivery_tag, .. } | Reply::GetOk { delivery_tag, .. } => {
                Some(*delivery_tag)
            }
            _ => None,
        };
        if let (Some(ours), Some(theirs)) = (tag(ours), tag(theirs)) {
            self.tags.insert((place, ours), theirs);
        }
        let one = self.consumers.get(&place).is_none_or(|consumers| consumers.len() < 2);
        let (expected, found) = (self.names.said(ours, one), self.names.said(theirs, one));
        if expected == found {
            self.matched += 1;
            return Ok(());
        }
        Err(Box::new(Parting { place, expected: Some(expected), found: Some(found) }))
    }

    fn match_confirms(&mut self, place: Place) -> Result<(), Box<Parting>> {
        let Some(confirms) = self.confirms.get_mut(&place) else { return Ok(()) };
        let both: Vec<u64> = confirms
            .expected
            .given
            .keys()
            .filter(|number| confirms.found.given.contains_key(number))
            .copied()
            .collect();
        for number in both {
            let ours = confirms.expected.given.remove(&number);
            let theirs = confirms.found.given.remove(&number);
            if ours != theirs {
                let said = |ack: Option<bool>| ack.map(|ack| verdict(number, ack));
                let (expected, found) = (said(ours), said(theirs));
                return Err(Box::new(Parting { place, expected, found }));
            }
            self.matched += 1;
        }
        Ok(())
    }

    /// Something that the simulation's clients heard and the real ones did not
    /// yet.
    pub(super) fn missing(&self) -> Option<Parting> {
        let stream = self.streams.iter().find(|(_, stream)| !stream.expected.is_empty());
        if let Some(((place, _), stream)) = stream {
            let expected = stream.expected.front().map(|reply| self.names.said(reply, true));
            return Some(Parting { place: *place, expected, found: None });
        }
        let (place, confirms) = self.confirms.iter().find(|(_, c)| !c.expected.given.is_empty())?;
        let (number, ack) = confirms.expected.given.first_key_value()?;
        let expected = Some(verdict(*number, *ack));
        Some(Parting { place: *place, expected, found: None })
    }

    /// Something that the real broker's clients heard and the simulation's did
    /// not.
    pub(super) fn extra(&self) -> Option<Parting> {
        let stream = self.streams.iter().find(|(_, stream)| !stream.found.is_empty());
        if let Some(((place, _), stream)) = stream {
            let found = stream.found.front().map(|reply| self.names.said(reply, true));
            return Some(Parting { place: *place, expected: None, found });
        }
        let (place, confirms) = self.confirms.iter().find(|(_, c)| !c.found.given.is_empty())?;
        let (number, ack) = confirms.found.given.first_key_value()?;
        Some(Parting { place: *place, expected: None, found: Some(verdict(*number, *ack)) })
    }

    /// A channel or connection that the real broker closed and the simulation
    /// did not.
    pub(super) fn closed(&self) -> Option<Place> {
        let closes = |reply: &Reply| {
            matches!(reply, Reply::ChannelClose { .. } | Reply::ConnectionClose { .. })
        };
        let found = self.streams.iter().find(|(_, stream)| stream.found.iter().any(closes));
        found.map(|((place, _), _)| *place)
    }

    /// A connection is gone: what was still on its way to it does not count.
    pub(super) fn forget(&mut self, connection: ConnectionId) {
        self.streams.retain(|(place, _), _| place.0 != connection);
        self.confirms.retain(|place, _| place.0 != connection);
    }
}

fn verdict(number: u64, ack: bool) -> Said {
    let name = if ack { "basic.ack" } else { "basic.nack" };
    Said { name, fields: vec![("number".into(), number.to_string())] }
}
