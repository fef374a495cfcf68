//! Consumers that stop and begin to consume while they stay connected, that ask
//! for messages one by one, and that settle several at once.

use super::{Due, Phase, Record, Up, UpNote, What, World};
use crate::broker::{Method, Name};
use crate::scenario::{AckMode, Outcome};
use std::sync::Arc;

impl World {
    fn runs(&self, index: usize) -> bool {
        self.clients[index].phase == Phase::Running && self.plan.clients[index].consumer.is_some()
    }

    /// Sends something on a consumer's channel.
    fn say(&mut self, index: usize, method: Method) {
        let client = &self.plan.clients[index];
        let (wire, channel) = (client.connection, client.consume_channel);
        self.send_up(wire, Up::Method(channel, Box::new(method)), UpNote::None);
    }

    /// `cancel` and `consume`: a consumer (each of its instances) tells the
    /// broker that it wants no more, or messages again.
    pub(super) fn consuming(
        &mut self,
        item: usize,
        name: &Name,
        queue: Option<&Name>,
        on: bool,
        record: &mut Record,
    ) {
        let plan = Arc::clone(&self.plan);
        for index in plan.clients_of(name) {
            let client = &plan.clients[index];
            let Some(consumer) = &client.consumer else { continue };
            if !self.runs(index) {
                self.not_connected(item, &client.name, record);
                continue;
            }
            for (n, of) in consumer.queues.iter().enumerate() {
                if queue.is_some_and(|queue| queue != of) {
                    continue;
                }
                let (client, queue) = (client.name.clone(), of.clone());
                let (method, what) = if on {
                    (self.consume_method(consumer, n), What::Subscribed { client, queue })
                } else {
                    let cancel = Method::Cancel { consumer_tag: consumer.tag(n), nowait: false };
                    (cancel, What::Unsubscribed { client, queue })
                };
                self.tell(record, what);
                self.say(index, method);
            }
        }
    }

    fn not_connected(&self, item: usize, client: &str, record: &mut Record) {
        let text = format!("{client} is not connected");
        self.tell(record, What::Refused { item, code: 0, text });
    }

    /// `get QUEUE by CONSUMER`
    pub(super) fn get_by(&mut self, item: usize, by: &Name, queue: &Name, record: &mut Record) {
        let plan = Arc::clone(&self.plan);
        for index in plan.clients_of(by) {
            if self.runs(index) {
                self.get(index, queue);
            } else {
                self.not_connected(item, &plan.clients[index].name, record);
            }
        }
    }

    fn get(&mut self, index: usize, queue: &Name) {
        let consumer = self.plan.clients[index].consumer.as_ref();
        let no_ack = consumer.is_some_and(|c| c.ack_mode == AckMode::Auto);
        let queue = self.real_name(queue);
        let (client, note) = (&self.plan.clients[index], self.asking(index));
        let up = Up::Method(client.consume_channel, Box::new(Method::Get { queue, no_ack }));
        self.send_up(client.connection, up, note);
    }

    /// The next question of a consumer that polls.
    pub(super) fn schedule_poll(&mut self, index: usize) {
        let consumer = self.plan.clients[index].consumer.as_ref();
        if let Some(pause) = consumer.and_then(|consumer| consumer.poll) {
            let epoch = self.clients[index].epoch;
            self.schedule(self.now + pause, Due::Poll { client: index, epoch });
        }
    }

    /// A consumer that polls asks each of its queues, unless it has still
    /// something to work on.
    pub(super) fn poll_due(&mut self, index: usize, epoch: u32) {
        if self.clients[index].epoch != epoch || !self.runs(index) {
            return;
        }
        let plan = Arc::clone(&self.plan);
        let Some(consumer) = &plan.clients[index].consumer else { return };
        if self.clients[index].inbox.is_empty() {
            consumer.queues.iter().for_each(|queue| self.get(index, queue));
        }
        self.schedule_poll(index);
    }

    /// A client has another prefetch limit. RabbitMQ takes it for consumers
    /// that begin later; when it is for the whole channel, at once
    /// (`rabbit_channel:handle_method`, `basic.qos`).
    pub(super) fn limit_prefetch(&mut self, index: usize, limit: u16) {
        let global = match &self.plan.clients[index].consumer {
            Some(consumer) => consumer.global,
            None => return,
        };
        self.clients[index].prefetch = Some(limit);
        if self.runs(index) {
            self.say(index, Method::Qos { prefetch_size: 0, prefetch_count: limit, global });
        }
    }

    /// A message of a batch is done: it waits until the batch is full, and then
    /// all that wait are settled at once. The flag multiple means everything up
    /// to a tag, so what was never settled before goes along.
    pub(super) fn settle_batch(&mut self, index: usize, size: u64) {
        let plan = Arc::clone(&self.plan);
        let client = &plan.clients[index];
        let worked = self.clients[index].worked;
        if !worked.is_multiple_of(size) {
            return;
        }
        let Some(last) = self.clients[index].forgotten.last().cloned() else { return };
        let delivery_tag = last.tag;
        let (method, positive) = match client.outcome(worked / size - 1) {
            Outcome::Ack => (Method::Ack { delivery_tag, multiple: true }, true),
            Outcome::Nack { requeue } => {
                (Method::Nack { delivery_tag, multiple: true, requeue }, false)
            }
            // `basic.reject` is for one message, and these are for none.
            Outcome::Reject { .. } | Outcome::Crash | Outcome::Forget => return,
        };
        let state = &mut self.clients[index];
        let settled = core::mem::take(&mut state.forgotten);
        state.acked += if positive { settled.len() as u64 } else { 0 };
        state.settling.extend(settled);
        let note = UpNote::Settle { client: index, held: last, positive };
        self.send_up(client.connection, Up::Method(client.consume_channel, Box::new(method)), note);
    }
}
