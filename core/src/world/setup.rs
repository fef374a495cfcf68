//! Clients coming and going: starting, connecting, stopping, crashing.

use super::{Phase, Record, Up, UpNote, What, World};
use crate::broker::{ChannelId, Login, Method, Name, Value};
use crate::scenario::{AckMode, ConsumerDecl};
use crate::time::Tick;
use std::sync::Arc;

impl World {
    /// A client comes onto the stage, and starts unless it is to wait; a
    /// consumer with its first instances.
    pub(super) fn appear(&mut self, name: &Name, record: &mut Record) {
        let plan = Arc::clone(&self.plan);
        for index in plan.clients_of(name) {
            if self.clients[index].present || plan.clients[index].waits {
                continue;
            }
            self.clients[index].present = true;
            if plan.clients[index].starts {
                self.start(index, record);
            }
        }
    }

    /// Starts a client, or the instances of a consumer that are on the stage.
    pub(super) fn start_named(&mut self, name: &Name, record: &mut Record) {
        let plan = Arc::clone(&self.plan);
        for index in plan.clients_of(name) {
            if self.clients[index].present || plan.clients[index].name == *name {
                self.clients[index].present = true;
                self.start(index, record);
            }
        }
    }

    /// Clients that are there from the beginning have connected before the
    /// story starts; later ones take a round trip.
    pub(super) fn start(&mut self, index: usize, record: &mut Record) {
        if self.is_alive(index) {
            return;
        }
        let wire = self.plan.clients[index].connection;
        let shared = self.others_alive(wire, index);
        if !shared {
            self.wires[wire].epoch += 1;
        }
        self.begin_sequences(index);
        self.forget_lost(index);
        let client = &mut self.clients[index];
        client.epoch += 1;
        client.phase = Phase::Connecting;
        let name = self.plan.clients[index].name.clone();
        if self.now == Tick::ZERO {
            self.open_at_broker(wire, self.wires[wire].epoch, index, record);
            self.connected(index, record);
        } else {
            self.tell(record, What::Started { client: name });
            self.send_up(wire, Up::Open(index), UpNote::None);
        }
    }

    /// Whether another client of the connection is connected.
    fn others_alive(&self, wire: usize, index: usize) -> bool {
        self.plan.connections[wire]
            .clients
            .iter()
            .any(|&other| other != index && self.is_alive(other))
    }

    /// The broker's end: connection, channels, own queues, consumers.
    pub(super) fn open_at_broker(
        &mut self,
        wire: usize,
        epoch: u32,
        index: usize,
        record: &mut Record,
    ) {
        let connection = match self.wires[wire].connection(epoch) {
            Some(connection) => connection,
            None => {
                let client = &self.plan.clients[index];
                let user = client.user().cloned().unwrap_or_else(|| Login::default().user);
                match self.login(&Login { user, ..Login::default() }, record) {
                    Ok(opened) => {
                        self.wires[wire].at_broker.push((epoch, opened));
                        opened
                    }
                    Err(refusal) => return self.turned_away(wire, epoch, refusal, record),
                }
            }
        };
        let plan = Arc::clone(&self.plan);
        let client = &plan.clients[index];
        for number in client.channels() {
            self.open_channel(wire, ChannelId { connection, number }, record);
        }
        let channel = ChannelId { connection, number: client.main_channel() };
        for owned in plan.owned.iter().filter(|o| o.client == index) {
            self.declare_queue_on(channel, &owned.queue, record);
            for binding in &owned.bindings {
                let method = self.bind_method(binding, true);
                self.apply(channel, method, record);
            }
        }
        self.subscribe(index, channel, record);
    }

    fn subscribe(&mut self, index: usize, channel: ChannelId, record: &mut Record) {
        let plan = Arc::clone(&self.plan);
        let Some(consumer) = &plan.clients[index].consumer else { return };
        let prefetch_count = self.clients[index].prefetch.unwrap_or(consumer.prefetch);
        let qos = Method::Qos { prefetch_size: 0, prefetch_count, global: consumer.global };
        self.apply(channel, qos, record);
        if consumer.poll.is_some() {
            return;
        }
        for n in 0..consumer.queues.len() {
            let method = self.consume_method(consumer, n);
            self.apply(channel, method, record);
        }
    }

    /// What a consumer says to consume from its queue number `n`.
    pub(super) fn consume_method(&self, consumer: &ConsumerDecl, n: usize) -> Method {
        let mut arguments = consumer.arguments.clone();
        if let Some(priority) = consumer.priority {
            arguments.set("x-priority", Value::I32(priority));
        }
        Method::Consume {
            queue: self.real_name(&consumer.queues[n]),
            consumer_tag: consumer.tag(n),
            no_local: false,
            no_ack: consumer.ack_mode == AckMode::Auto,
            exclusive: consumer.exclusive,
            nowait: false,
            arguments,
        }
    }

    /// A client knows that it is connected.
    pub(super) fn connected(&mut self, index: usize, record: &mut Record) {
        let client = &mut self.clients[index];
        if client.phase != Phase::Connecting {
            return;
        }
        client.phase = Phase::Running;
        let name = self.plan.clients[index].name.clone();
        if self.now > Tick::ZERO {
            self.tell(record, What::Connected { client: name });
        }
        self.schedule_first_publish(index);
        self.schedule_poll(index);
        // Deliveries can come with the same breath as the answer.
        self.work(index);
    }

    pub(super) fn stop_named(&mut self, name: &Name, remove: bool, record: &mut Record) {
        let plan = Arc::clone(&self.plan);
        for index in plan.clients_of(name) {
            self.stop(index, remove, record);
        }
    }

    /// A client closes its connection in good order (or its channels, when
    /// others use the connection, and not one that others use); with `remove`
    /// it leaves the stage.
    pub(super) fn stop(&mut self, index: usize, remove: bool, record: &mut Record) {
        if remove {
            self.clients[index].present = false;
        }
        let phase = self.clients[index].phase.clone();
        if !matches!(phase, Phase::Running | Phase::Connecting) {
            if let Phase::Crashed | Phase::Closed { .. } = phase {
                self.clients[index].phase = Phase::Stopped;
            }
            return;
        }
        let client = &self.plan.clients[index];
        let (wire, channels) = (client.connection, client.channels());
        let name = client.name.clone();
        let text = Name::from("");
        if self.others_alive(wire, index) {
            for number in channels {
                if self.others_on(index, number) {
                    self.leave_channel(index, number);
                    continue;
                }
                let close = Method::ChannelClose { code: 200, text: text.clone() };
                self.send_up(wire, Up::Method(number, Box::new(close)), UpNote::None);
            }
        } else {
            let close = Method::ConnectionClose { code: 200, text };
            self.send_up(wire, Up::Method(0, Box::new(close)), UpNote::None);
        }
        self.clients[index].end_life(Phase::Stopped);
        self.tell(record, What::Stopped { client: name });
    }

    pub(super) fn crash_named(&mut self, name: &Name, record: &mut Record) {
        let plan = Arc::clone(&self.plan);
        for index in plan.clients_of(name) {
            self.crash(index, record);
        }
    }

    /// The client's process dies: its connection is cut, and with it every
    /// client that shares the connection.
    pub(super) fn crash(&mut self, index: usize, record: &mut Record) {
        let wire = self.plan.clients[index].connection;
        let plan = Arc::clone(&self.plan);
        let mut any = false;
        for &other in &plan.connections[wire].clients {
            if matches!(self.clients[other].phase, Phase::Running | Phase::Connecting) {
                any = true;
                self.clients[other].end_life(Phase::Crashed);
                let client = plan.clients[other].name.clone();
                self.tell(record, What::Crashed { client });
            }
        }
        if any {
            self.send_up(wire, Up::Abort, UpNote::None);
        }
    }
}
