//! What clients do: publish on schedule, work on what they get, settle it, and
//! answer the broker.

use super::template::Places;
use super::{
    Crossed, Due, Held, Label, Phase, Place, Record, Tag, To, Up, UpNote, What, World, content,
    facts,
};
use crate::broker::{Bytes, ChannelId, Method, Name, Properties, Reply};
use crate::scenario::{AckMode, Ending, Forward, Outcome, Pause, PublishAction};
use crate::time::Span;
use std::sync::Arc;

impl World {
    pub(super) fn schedule_first_publish(&mut self, index: usize) {
        let plan = Arc::clone(&self.plan);
        let Some(publisher) = &plan.clients[index].publisher else { return };
        let round = self.clients[index].scheduled / publisher.burst.max(1);
        let first = match publisher.times.get(round as usize) {
            Some(&first) => first,
            None if !publisher.times.is_empty() => return,
            None if publisher.every.is_none() && publisher.count.is_none() => return,
            None => publisher.after,
        };
        let epoch = self.clients[index].epoch;
        self.schedule(self.now + first, Due::Publish { client: index, epoch });
    }

    pub(super) fn pause(&mut self, index: usize, pause: Pause) -> Span {
        match pause {
            Pause::Fixed(span) => span,
            Pause::Between(low, high) => {
                let steps = high.0.saturating_sub(low.0) / 1_000 + 1;
                Span(low.0 + self.clients[index].rng.below(steps) * 1_000)
            }
        }
    }

    pub(super) fn can_publish(&self, index: usize) -> bool {
        self.clients[index].phase == Phase::Running && self.plan.clients[index].publisher.is_some()
    }

    /// The next message of a publisher's schedule.
    pub(super) fn publish_due(&mut self, index: usize, epoch: u32, record: &mut Record) {
        if self.clients[index].epoch != epoch || !self.can_publish(index) {
            return;
        }
        let plan = Arc::clone(&self.plan);
        let Some(publisher) = &plan.clients[index].publisher else { return };
        let mut action = PublishAction {
            body: publisher.body.clone(),
            headers: publisher.headers.clone(),
            mandatory: publisher.mandatory,
            persistent: publisher.persistent,
            priority: publisher.priority,
            expiration: publisher.expiration,
            properties: publisher.properties.clone(),
            ..PublishAction::new(None, publisher.exchange.clone())
        };
        for _ in 0..publisher.burst {
            let n = self.clients[index].scheduled;
            if publisher.count.is_some_and(|count| n >= count) {
                return;
            }
            self.clients[index].scheduled += 1;
            let keys = publisher.keys.len().max(1) as u64;
            let chance = publisher.random;
            let turn = if chance { self.clients[index].rng.below(keys) } else { n % keys };
            action.key = publisher.keys.get(turn as usize).cloned().unwrap_or_default();
            self.client_publishes(index, &action, record);
        }
        let round = (self.clients[index].scheduled / publisher.burst.max(1)) as usize;
        let time = |round: usize| publisher.times.get(round).copied();
        let next = match (time(round), self.clients[index].every.or(publisher.every)) {
            (Some(next), _) => {
                let before = time(round.wrapping_sub(1)).unwrap_or(Span::ZERO);
                Some(Span(next.0.saturating_sub(before.0)))
            }
            (None, Some(every)) => Some(self.pause(index, every)),
            (None, None) if !publisher.times.is_empty() => None,
            (None, None) => Some(Span::ZERO),
        };
        if let Some(next) = next {
            self.schedule(self.now + next, Due::Publish { client: index, epoch });
        }
    }

    /// A client sends a message on its publishing channel.
    pub(super) fn client_publishes(
        &mut self,
        index: usize,
        action: &PublishAction,
        record: &mut Record,
    ) {
        let plan = Arc::clone(&self.plan);
        let client = &plan.clients[index];
        let number = self.clients[index].sent + 1;
        let places = |key| Places { n: number, key, client: &client.name, body: None };
        let key = self.addressed(&action.exchange, places("").fill(&action.key));
        let mut method = content::publish(action, &key, &places(&key));
        let publisher = client.publisher.as_ref();
        if let (Some(queue), Method::Publish { properties, .. }) =
            (publisher.and_then(|p| p.reply_to.as_ref()), &mut method)
        {
            properties.reply_to = Some(self.real_name(queue));
            let label = || Name::from(format!("{}{number}", client.letter));
            properties.correlation_id.get_or_insert_with(label);
        }
        if publisher.is_some_and(|p| p.confirms) {
            let next = self.next_sequence(client.connection, client.publish_channel);
            let state = &mut self.clients[index];
            state.publish_seq = if client.shares { next } else { state.publish_seq + 1 };
            state.unconfirmed.push_back((state.publish_seq, number));
        }
        self.send_publish(index, client.publish_channel, method, record);
        let batch = publisher.and_then(|p| p.transaction);
        if let Some(batch) = batch.filter(|batch| number.is_multiple_of(*batch)) {
            let method = match client.ending(number / batch - 1) {
                Ending::Commit => Method::TxCommit,
                Ending::Rollback => Method::TxRollback,
            };
            let ends = Up::Method(client.publish_channel, Box::new(method));
            self.send_up(client.connection, ends, self.asking(index));
        }
    }

    /// Puts a publish on the wire.
    fn send_publish(&mut self, index: usize, channel: u16, method: Method, record: &mut Record) {
        let Method::Publish { exchange, routing_key, .. } = &method else { return };
        let state = &mut self.clients[index];
        state.sent += 1;
        let number = state.sent;
        let colour = record.colour(routing_key);
        let client = &self.plan.clients[index];
        let what = What::Published {
            client: client.name.clone(),
            message: Label { letter: client.letter.clone(), number },
            exchange: exchange.clone(),
            key: routing_key.clone(),
        };
        let wire = client.connection;
        self.tell(record, what);
        if client.shares {
            self.count_sequence(wire, channel);
        }
        let note = UpNote::Publish { client: index, number, colour };
        self.send_up(wire, Up::Method(channel, Box::new(method)), note);
    }

    /// Something a client sent reaches the broker.
    pub(super) fn arrive_up(
        &mut self,
        wire: usize,
        epoch: u32,
        up: Up,
        note: UpNote,
        record: &mut Record,
    ) {
        if let Up::Open(index) = up {
            self.open_at_broker(wire, epoch, index, record);
            let reply = Reply::ChannelOpenOk;
            let client = &self.plan.clients[index];
            let to = To(Some(index).filter(|_| client.shares));
            // One answer stands for the whole handshake.
            facts::send_down(self, (wire, epoch), (client.main_channel(), to), reply, None);
            return;
        }
        let Some(connection) = self.wires[wire].connection(epoch) else { return };
        match up {
            Up::Method(number, method) => {
                let method = *method;
                let closes = matches!(method, Method::ConnectionClose { .. });
                let channel = ChannelId { connection, number };
                self.acting = note.client();
                match note {
                    UpNote::Publish { client, number, colour } => {
                        let letter = self.plan.clients[client].letter.clone();
                        let label = Label { letter, number };
                        let tag = Tag { label, colour, dead_lettered: false };
                        facts::publish(self, channel, method, tag, record);
                    }
                    UpNote::Settle { client, held, .. } => {
                        let all = matches!(
                            method,
                            Method::Ack { multiple: true, .. }
                                | Method::Nack { multiple: true, .. }
                        );
                        let settled = |tag| tag == held.tag || (all && tag < held.tag);
                        self.clients[client].settling.retain(|held| !settled(held.tag));
                        self.apply(channel, method, record);
                    }
                    UpNote::None | UpNote::Asked { .. } => self.apply(channel, method, record),
                }
                self.acting = None;
                if closes {
                    self.hang_up(wire, epoch);
                }
            }
            Up::Abort => {
                self.hang_up(wire, epoch);
                self.crosses(record, connection, Crossed::Cut);
                let mut events = Vec::new();
                self.broker.abort(self.now, connection, &mut events);
                self.absorb(events, record);
            }
            Up::Open(_) => {}
        }
    }

    /// The connection of `epoch` is gone: nothing more arrives from it.
    pub(super) fn hang_up(&mut self, wire: usize, epoch: u32) {
        self.agenda.retain(|_, due| {
            !matches!(due, Due::Down { wire: w, epoch: e, .. } if *w == wire && *e == epoch)
        });
    }

    /// Starts on the next message, when idle.
    pub(super) fn work(&mut self, index: usize) {
        let plan = Arc::clone(&self.plan);
        let state = &self.clients[index];
        let idle = state.working.is_none() && state.phase == Phase::Running;
        let (Some(consumer), true) = (&plan.clients[index].consumer, idle) else { return };
        if state.inbox.is_empty() {
            return;
        }
        let epoch = state.epoch;
        let pause = self.clients[index].work.unwrap_or(consumer.work);
        let until = self.now + self.pause(index, pause);
        self.clients[index].working = Some((self.now, until));
        self.schedule(until, Due::Work { client: index, epoch });
    }

    /// The work on a message is done: pass on, then settle.
    pub(super) fn work_done(&mut self, index: usize, epoch: u32, record: &mut Record) {
        if self.clients[index].epoch != epoch || self.clients[index].phase != Phase::Running {
            return;
        }
        let plan = Arc::clone(&self.plan);
        let client = &plan.clients[index];
        let Some(consumer) = &client.consumer else { return };
        let (done, batch) = (self.clients[index].worked + 1, consumer.batch);
        let outcome = client.outcome((done - 1) / batch);
        if outcome == Outcome::Crash && done.is_multiple_of(batch) {
            self.clients[index].worked += 1;
            self.crash(index, record);
            return;
        }
        let state = &mut self.clients[index];
        state.working = None;
        let Some(held) = state.inbox.pop_front() else { return };
        state.worked += 1;
        for forward in &consumer.forwards {
            self.forward(index, forward, &held, record);
        }
        if let Some(reply) = &consumer.reply {
            self.reply(index, reply, &held, record);
        }
        if consumer.ack_mode == AckMode::Auto {
            let message = record.label(held.id());
            self.tell(record, What::Worked { client: client.name.clone(), message });
        } else if batch > 1 {
            let message = record.label(held.id());
            self.tell(record, What::Worked { client: client.name.clone(), message });
            self.clients[index].forgotten.push(held);
            self.settle_batch(index, batch);
        } else {
            self.settle(index, outcome, held, record);
        }
        self.work(index);
    }

    fn settle(&mut self, index: usize, outcome: Outcome, held: Held, record: &mut Record) {
        let client = &self.plan.clients[index];
        let (name, wire, channel) =
            (client.name.clone(), client.connection, client.consume_channel);
        let message = record.label(held.id());
        let delivery_tag = held.tag;
        let (method, positive) = match outcome {
            Outcome::Ack => (Method::Ack { delivery_tag, multiple: false }, true),
            Outcome::Nack { requeue } => {
                (Method::Nack { delivery_tag, multiple: false, requeue }, false)
            }
            Outcome::Reject { requeue } => (Method::Reject { delivery_tag, requeue }, false),
            Outcome::Crash | Outcome::Forget => {
                self.clients[index].forgotten.push(held);
                self.tell(record, What::Forgotten { client: name, message });
                return;
            }
        };
        let state = &mut self.clients[index];
        state.settling.push_back(held.clone());
        state.acked += u64::from(positive);
        self.tell(record, What::Worked { client: name, message });
        let note = UpNote::Settle { client: index, held, positive };
        self.send_up(wire, Up::Method(channel, Box::new(method)), note);
    }

    fn forward(&mut self, index: usize, forward: &Forward, held: &Held, record: &mut Record) {
        let client = &self.plan.clients[index];
        let body = held.message.body.to_string();
        let places = Places {
            n: self.clients[index].sent + 1,
            key: &held.message.routing_key,
            client: &client.name,
            body: Some(&body),
        };
        let key = forward.key.as_ref().map_or_else(|| places.key.to_owned(), |k| places.fill(k));
        let key = self.addressed(&forward.exchange, key);
        let method = content::pass_on(forward, &held.message, key, &places);
        self.send_publish(index, client.consume_channel, method, record);
    }

    fn reply(&mut self, index: usize, reply: &str, held: &Held, record: &mut Record) {
        let Some(reply_to) = held.message.properties.reply_to.clone() else { return };
        let client = &self.plan.clients[index];
        let n = self.clients[index].sent + 1;
        let key = &*held.message.routing_key;
        let places = Places { n, key, client: &client.name, body: None };
        let method = Method::Publish {
            exchange: Name::from(""),
            routing_key: reply_to,
            mandatory: false,
            immediate: false,
            properties: Properties {
                correlation_id: held.message.properties.correlation_id.clone(),
                delivery_mode: Some(1),
                ..Properties::default()
            },
            body: Bytes::from(places.fill(reply)),
        };
        self.send_publish(index, client.consume_channel, method, record);
    }

    pub(super) fn receive(
        &mut self,
        index: usize,
        tag: u64,
        redelivered: bool,
        message: crate::broker::SharedMessage,
        from: Option<Place>,
        record: &mut Record,
    ) {
        let place = from.unwrap_or_else(|| Place::new(&Name::from(""), 0));
        let state = &mut self.clients[index];
        state.received += 1;
        state.redelivered += u64::from(redelivered);
        let what = What::Received {
            queue: place.queue.clone(),
            client: self.plan.clients[index].name.clone(),
            message: record.label(message.id),
            redelivered,
        };
        if let Some(deaths) = facts::x_death(&message)
            && self.steps > record.steps
        {
            record.deaths.push((record.label(message.id), deaths.clone()));
        }
        let state = &mut self.clients[index];
        state.inbox.push_back(Held { tag, place, message, redelivered });
        self.tell(record, what);
        self.work(index);
    }
}
