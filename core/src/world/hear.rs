//! What clients hear from the broker, and how they take it.

use super::{Label, Phase, Place, Record, To, Up, UpNote, What, World};
use crate::broker::{Method, Name, Reply};
use std::sync::Arc;

impl World {
    /// Something the broker sent reaches a client, or all that share a channel.
    pub(super) fn arrive_down(
        &mut self,
        (wire, epoch): (usize, u32),
        (channel, To(to)): (u16, To),
        reply: Reply,
        from: Option<Place>,
        record: &mut Record,
    ) {
        if self.wires[wire].epoch != epoch {
            return;
        }
        if channel == 0 {
            self.connection_hears(wire, reply, record);
            return;
        }
        let plan = Arc::clone(&self.plan);
        let mut all = plan.on_channel(wire, channel);
        let Some(first) = to.or_else(|| all.next()) else { return };
        if let Reply::ChannelClose { .. } | Reply::Ack { .. } | Reply::Nack { .. } = reply {
            let mut heard = false;
            for index in core::iter::once(first).chain(all) {
                heard |= self.is_alive(index);
                self.client_hears(index, channel, reply.clone(), None, record);
            }
            if heard && matches!(reply, Reply::ChannelClose { .. }) {
                let done = Up::Method(channel, Box::new(Method::ChannelCloseOk));
                self.send_up(wire, done, UpNote::None);
            }
        } else {
            self.client_hears(first, channel, reply, from, record);
        }
    }

    fn client_hears(
        &mut self,
        index: usize,
        channel: u16,
        reply: Reply,
        from: Option<Place>,
        record: &mut Record,
    ) {
        if !self.is_alive(index) {
            self.comes_too_late(index, reply, from);
            return;
        }
        match reply {
            Reply::ChannelOpenOk => self.connected(index, record),
            Reply::Deliver { delivery_tag, redelivered, message, .. }
            | Reply::GetOk { delivery_tag, redelivered, message, .. } => {
                self.receive(index, delivery_tag, redelivered, message, from, record);
            }
            Reply::Return { code, text, message } => {
                self.clients[index].returned += 1;
                let what = What::Returned {
                    client: self.plan.clients[index].name.clone(),
                    message: record.label(message.id),
                    text: Name::from(format!("{code} {text}")),
                };
                self.tell(record, what);
            }
            Reply::Ack { delivery_tag, multiple } => {
                self.confirmed(index, delivery_tag, multiple, true, record);
            }
            Reply::Nack { delivery_tag, multiple } => {
                self.confirmed(index, delivery_tag, multiple, false, record);
            }
            Reply::ChannelClose { code, text, .. } => {
                let client = self.plan.clients[index].name.clone();
                let what = What::ChannelClosed { client, channel, code, text: text.clone() };
                self.tell(record, what);
                self.clients[index].end_life(Phase::Closed { code, text, connection: false });
            }
            Reply::TxCommitOk | Reply::TxRollbackOk | Reply::GetEmpty => {
                let client = self.plan.clients[index].name.clone();
                let what = match reply {
                    Reply::TxCommitOk => What::Committed { client },
                    Reply::TxRollbackOk => What::RolledBack { client },
                    _ => What::AskedInVain { client },
                };
                self.tell(record, what);
            }
            Reply::Cancel { consumer_tag } => {
                let client = &self.plan.clients[index];
                let queue = client.queue_of_tag(&consumer_tag);
                let what = What::Cancelled { client: client.name.clone(), queue };
                self.tell(record, what);
            }
            _ => {}
        }
    }

    fn connection_hears(&mut self, wire: usize, reply: Reply, record: &mut Record) {
        let Reply::ConnectionClose { code, text, .. } = reply else { return };
        let clients = self.plan.connections[wire].clients.clone();
        for index in clients {
            if self.is_alive(index) {
                let client = self.plan.clients[index].name.clone();
                self.tell(record, What::ConnectionClosed { client, code, text: text.clone() });
                let text = text.clone();
                self.lose(index, Phase::Closed { code, text, connection: true });
            }
        }
        self.send_up(wire, Up::Method(0, Box::new(Method::ConnectionCloseOk)), UpNote::None);
    }

    /// A confirm reached its publisher.
    fn confirmed(
        &mut self,
        index: usize,
        seq: u64,
        multiple: bool,
        positive: bool,
        record: &mut Record,
    ) {
        let state = &mut self.clients[index];
        // In the order they were sent, so what is confirmed is one stretch.
        let waiting = &mut state.unconfirmed;
        let from = if multiple { 0 } else { waiting.partition_point(|&(s, _)| s < seq) };
        let until = waiting.partition_point(|&(s, _)| s <= seq);
        let settled = (until - from) as u64;
        if settled == 0 && self.plan.clients[index].shares {
            // It is about what another client of the channel published.
            return;
        }
        let number = waiting.drain(from..until).next_back().map_or(0, |(_, number)| number);
        if positive {
            state.confirmed += settled;
        } else {
            state.nacked += settled;
        }
        let letter = self.plan.clients[index].letter.clone();
        let client = self.plan.clients[index].name.clone();
        let up_to = Label { letter, number };
        let multiple = multiple && settled > 1;
        let what = if positive {
            What::Confirmed { client, up_to, multiple }
        } else {
            What::Nacked { client, up_to, multiple }
        };
        self.tell(record, what);
    }
}
