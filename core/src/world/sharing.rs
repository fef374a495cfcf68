//! Channels that several clients share, and clients that both publish and
//! consume on one: who a reply is for, how publishes are numbered, and how one
//! leaves while the others stay.

use super::{Held, Label, Phase, Place, Plan, Record, Up, UpNote, World};
use crate::broker::{ChannelId, Method, Name, Reply};
use crate::scenario::AckMode;
use core::hash::{Hash, Hasher};
use std::sync::Arc;

/// Which of the clients that share a channel a reply is for; `None` when it is
/// for all of them, or one has the channel to itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct To(pub(crate) Option<usize>);

/// A channel of its own leaves no trace in a digest: it never did.
impl Hash for To {
    fn hash<H: Hasher>(&self, state: &mut H) {
        if let Some(client) = self.0 {
            client.hash(state);
        }
    }
}

impl Plan {
    /// The clients that use a channel of a connection, in the order of the file.
    pub(crate) fn on_channel(&self, wire: usize, channel: u16) -> impl Iterator<Item = usize> + '_ {
        let clients = self.connections[wire].clients.iter().copied();
        clients.filter(move |&c| self.clients[c].channels().any(|number| number == channel))
    }

    /// Whether several clients use a channel.
    fn is_shared(&self, wire: usize, channel: u16) -> bool {
        self.on_channel(wire, channel).nth(1).is_some()
    }

    /// Whether any of those who publish on a channel wants confirms, and whether
    /// any wants transactions.
    pub(super) fn mode(&self, wire: usize, channel: u16) -> [bool; 2] {
        let here = |&c: &usize| self.clients[c].publish_channel == channel;
        let on_it = self.on_channel(wire, channel).filter(here);
        let publishers = on_it.filter_map(|c| self.clients[c].publisher.as_ref());
        publishers.fold([false; 2], |[confirms, transacts], p| {
            [confirms || p.confirms, transacts || p.transaction.is_some()]
        })
    }
}

impl World {
    /// Opens a channel, in the mode that those who share it want, unless one of
    /// them has opened it already. One that the broker has just closed stays
    /// closed: its clients will hear of it.
    pub(super) fn open_channel(&mut self, wire: usize, channel: ChannelId, record: &mut Record) {
        if self.broker.channel(channel).is_some() || self.broker.is_closing(channel) {
            return;
        }
        self.apply(channel, Method::ChannelOpen, record);
        let [confirms, transacts] = self.plan.mode(wire, channel.number);
        if confirms {
            self.apply(channel, Method::ConfirmSelect { nowait: false }, record);
        }
        if transacts {
            self.apply(channel, Method::TxSelect, record);
        }
    }

    pub(super) fn is_alive(&self, client: usize) -> bool {
        matches!(self.clients[client].phase, Phase::Running | Phase::Connecting)
    }

    /// Whether somebody else is on one of a client's channels.
    pub(super) fn others_on(&self, index: usize, channel: u16) -> bool {
        let wire = self.plan.clients[index].connection;
        self.plan.on_channel(wire, channel).any(|other| other != index && self.is_alive(other))
    }

    /// Publishes on a channel that is new begin with number 1.
    pub(super) fn begin_sequences(&mut self, index: usize) {
        let plan = Arc::clone(&self.plan);
        let client = &plan.clients[index];
        for channel in client.channels().filter(|_| client.shares) {
            if !self.others_on(index, channel) {
                self.sequences.remove(&(client.connection, channel));
            }
        }
    }

    /// The number that the next publish on a shared channel has for the broker.
    pub(super) fn next_sequence(&self, wire: usize, channel: u16) -> u64 {
        self.sequences.get(&(wire, channel)).map_or(1, |last| last + 1)
    }

    /// Counts a publish on a shared channel, whoever it is of.
    pub(super) fn count_sequence(&mut self, wire: usize, channel: u16) {
        *self.sequences.get_or_insert_with((wire, channel), || 0) += 1;
    }

    /// Who is to hear a reply of the broker.
    pub(super) fn addressee(&self, to: (usize, u16), reply: &Reply, record: &Record) -> To {
        let (wire, channel) = to;
        let plan = &self.plan;
        if !plan.is_shared(wire, channel) {
            return To(None);
        }
        let find = |is: &dyn Fn(usize) -> bool| plan.on_channel(wire, channel).find(|&c| is(c));
        To(match reply {
            Reply::Deliver { consumer_tag, .. } | Reply::Cancel { consumer_tag } => {
                find(&|c| plan.clients[c].has_tag(consumer_tag))
            }
            Reply::Return { message, .. } => {
                let Label { letter, .. } = record.label(message.id);
                find(&|c| plan.clients[c].letter == letter)
            }
            Reply::GetOk { .. } | Reply::GetEmpty | Reply::TxCommitOk | Reply::TxRollbackOk => {
                self.acting.or_else(|| find(&|c| plan.clients[c].asks()))
            }
            _ => None,
        })
    }

    /// The client that a reply on its way is drawn going to.
    pub(crate) fn drawn_to(
        &self,
        wire: usize,
        channel: u16,
        To(to): To,
        reply: &Reply,
    ) -> Option<usize> {
        let waits = |c: &usize| match reply {
            Reply::Ack { delivery_tag, .. } | Reply::Nack { delivery_tag, .. } => {
                self.clients[*c].unconfirmed.iter().any(|(seq, _)| seq == delivery_tag)
            }
            _ => false,
        };
        let all = || self.plan.on_channel(wire, channel);
        let found = || if self.plan.is_shared(wire, channel) { all().find(waits) } else { None };
        to.or_else(found).or_else(|| all().next())
    }

    /// The client that a delivery on a channel is for; the tag is empty when it
    /// asked for the message.
    pub(crate) fn client_for(&self, channel: ChannelId, tag: &str) -> Option<usize> {
        let wire = self.wires.iter().position(|w| w.is_current(channel.connection).is_some())?;
        let mut all = self.plan.on_channel(wire, channel.number);
        let first = all.next()?;
        let Some(second) = all.next() else { return Some(first) };
        let mut all = [first, second].into_iter().chain(all);
        match tag {
            "" => self.acting.or_else(|| all.find(|&c| self.plan.clients[c].asks())),
            tag => all.find(|&c| self.plan.clients[c].has_tag(tag)),
        }
        .or(Some(first))
    }

    /// Notes who asks for something that is answered, when others could.
    pub(super) fn asking(&self, client: usize) -> UpNote {
        match self.plan.clients[client].shares {
            true => UpNote::Asked { client },
            false => UpNote::None,
        }
    }

    /// A client leaves a channel that others stay on: it wants no more
    /// messages, and what it has not settled goes back.
    pub(super) fn leave_channel(&mut self, index: usize, channel: u16) {
        let plan = Arc::clone(&self.plan);
        let client = &plan.clients[index];
        let Some(consumer) = client.consumer.as_ref().filter(|_| client.consume_channel == channel)
        else {
            return;
        };
        for n in 0..if consumer.poll.is_some() { 0 } else { consumer.queues.len() } {
            let cancel = Method::Cancel { consumer_tag: consumer.tag(n), nowait: false };
            let up = Up::Method(channel, Box::new(cancel));
            self.send_up(client.connection, up, UpNote::None);
        }
        if consumer.ack_mode == AckMode::Manual {
            let state = &self.clients[index];
            let held = state.inbox.iter().chain(&state.forgotten).cloned();
            held.collect::<Vec<_>>().into_iter().for_each(|held| self.give_back(index, held));
        }
    }

    fn give_back(&mut self, client: usize, held: Held) {
        let plan = &self.plan.clients[client];
        let (wire, channel) = (plan.connection, plan.consume_channel);
        let nack = Method::Nack { delivery_tag: held.tag, multiple: false, requeue: true };
        let note = UpNote::Settle { client, held, positive: false };
        self.send_up(wire, Up::Method(channel, Box::new(nack)), note);
    }

    /// A delivery for a consumer that has left its channel to others goes back.
    pub(super) fn comes_too_late(&mut self, index: usize, reply: Reply, from: Option<Place>) {
        let (Reply::Deliver { delivery_tag: tag, redelivered, message, .. }
        | Reply::GetOk { delivery_tag: tag, redelivered, message, .. }) = reply
        else {
            return;
        };
        let client = &self.plan.clients[index];
        let settles = client.consumer.as_ref().is_some_and(|c| c.ack_mode == AckMode::Manual);
        if settles && self.others_on(index, client.consume_channel) {
            let place = from.unwrap_or_else(|| Place::new(&Name::from(""), 0));
            let held = Held { tag, place, message, redelivered };
            self.clients[index].lost.push(held.clone());
            self.give_back(index, held);
        }
    }

    /// What a client held in its last life is nobody's any more, but for what is
    /// on its way back over a channel that others kept open.
    pub(super) fn forget_lost(&mut self, index: usize) {
        let keeps = self.plan.clients[index].shares;
        let held_by = &self.held_by;
        let held = |place: &Place| keeps && held_by.get(place) == Some(&index);
        self.clients[index].lost.retain(|lost| held(&lost.place));
    }

    /// A copy is back in its queue: a client that stopped on a channel which
    /// goes on holds it no more.
    pub(super) fn is_back(&mut self, holder: Option<usize>, place: &Place) {
        if let Some(holder) = holder.filter(|&c| self.plan.clients[c].shares) {
            self.clients[holder].lost.retain(|held| held.place != *place);
        }
    }
}
