//! Connections and channels: opening, closing, and what happens when a client
//! does something it may not.

use super::Broker;
use super::channel::{Channel, ChannelKey, Mode};
use super::event::{Event, Fact};
use super::login::{Capabilities, Login, Refusal};
use super::method::{ChannelId, ConnectionId, Method, QueueId, Reply};
use super::queue::Stored;
use super::reply_code::{Fault, ReplyCode};
use super::value::Name;
use crate::order::Map;
use crate::time::Tick;
use std::collections::VecDeque;

/// What a channel held: delivery tag, consumer's slot, message.
type Held = (u64, u32, Stored);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum State {
    Open,
    /// The broker has said `connection.close` and waits for the answer.
    Closing,
    Closed,
}

/// A client's connection. It keeps its place after it is closed.
#[derive(Clone, Debug, Hash)]
pub(crate) struct Connection {
    pub(crate) user: Name,
    pub(crate) vhost: usize,
    pub(crate) capabilities: Capabilities,
    /// Its user may do everything in its virtual host.
    pub(crate) free: bool,
    /// Nothing of it is taken.
    pub(crate) blocked: bool,
    /// What came since it is blocked, by channel number.
    pub(crate) held: VecDeque<(u16, Method)>,
    channel_max: u16,
    state: State,
    /// By number; without a key while it waits for `channel.close-ok`.
    channels: Vec<(u16, Option<ChannelKey>)>,
    /// The exclusive queues it owns.
    pub(crate) exclusive: Vec<QueueId>,
}

impl Connection {
    fn new(login: &Login, vhost: usize, free: bool) -> Self {
        Self {
            user: login.user.clone(),
            vhost,
            capabilities: login.capabilities,
            free,
            blocked: false,
            held: VecDeque::new(),
            channel_max: login.channel_max,
            state: State::Open,
            channels: Vec::new(),
            exclusive: Vec::new(),
        }
    }

    /// One that may do everything in a virtual host.
    pub(super) fn of_operator(vhost: usize) -> Self {
        Self::new(&Login::default(), vhost, true)
    }

    pub(crate) const fn is_open(&self) -> bool {
        matches!(self.state, State::Open)
    }

    /// The open channels with their numbers, by number.
    pub(crate) fn channels(&self) -> impl Iterator<Item = (u16, ChannelKey)> {
        self.channels.iter().filter_map(|(number, key)| key.map(|key| (*number, key)))
    }

    pub(crate) fn channel(&self, number: u16) -> Option<ChannelKey> {
        self.find(number).ok().and_then(|at| self.channels[at].1)
    }

    /// Whether `channel.close-ok` is waited for.
    pub(crate) fn is_closing(&self, number: u16) -> bool {
        self.find(number).is_ok_and(|at| self.channels[at].1.is_none())
    }

    /// Cut off by the broker's own end. Whether the client has to be told.
    pub(crate) fn shut(&mut self) -> bool {
        let told = self.is_open();
        self.state = State::Closed;
        self.forget_held();
        self.channels.clear();
        self.exclusive.clear();
        told
    }

    fn find(&self, number: u16) -> Result<usize, usize> {
        self.channels.binary_search_by_key(&number, |(number, _)| *number)
    }
}

impl Broker {
    /// A client that has logged in ([`Broker::authenticate`]) asks for its
    /// virtual host: from here on it may send methods.
    ///
    /// # Errors
    ///
    /// What `connection.close` would say: there is no such virtual host, the
    /// user may not open it, or a limit is reached.
    pub fn connect(
        &mut self,
        now: Tick,
        login: &Login,
        out: &mut Vec<Event>,
    ) -> Result<ConnectionId, Refusal> {
        self.advance(now, out);
        let vhost = self
            .check_open(&login.user, &login.vhost)
            .map_err(|fault| Refusal { code: fault.code.code(), text: fault.text() })?;
        let free = self.is_free(&login.user, vhost);
        self.connections.push(Connection::new(login, vhost, free));
        let id = ConnectionId(u32::try_from(self.connections.len()).unwrap_or(u32::MAX));
        out.push(Event::Fact(Fact::ConnectionOpened { connection: id }));
        Ok(id)
    }

    /// The network between a client and the broker broke: the same clean-up as
    /// after `connection.close`, and nobody to answer.
    pub fn abort(&mut self, now: Tick, connection: ConnectionId, out: &mut Vec<Event>) {
        self.advance(now, out);
        if self.connection(connection).is_some_and(|c| c.state != State::Closed) {
            self.end_connection(connection, 0, String::new(), State::Closed, out);
            self.bury_the_dead(out);
        }
    }

    pub(crate) fn connection(&self, id: ConnectionId) -> Option<&Connection> {
        self.connections.get((id.0 as usize).checked_sub(1)?)
    }

    pub(crate) fn connection_mut(&mut self, id: ConnectionId) -> Option<&mut Connection> {
        self.connections.get_mut((id.0 as usize).checked_sub(1)?)
    }

    pub(super) fn dispatch(&mut self, from: ChannelId, method: Method, out: &mut Vec<Event>) {
        let Some(connection) = self.connection_mut(from.connection) else { return };
        match connection.state {
            State::Closed => {}
            State::Closing => match method {
                Method::ConnectionCloseOk => connection.state = State::Closed,
                Method::ConnectionClose { .. } => {
                    let to = ChannelId { connection: from.connection, number: 0 };
                    out.push(Event::Send { to, reply: Reply::ConnectionCloseOk });
                }
                _ => {}
            },
            State::Open if from.number == 0 => self.on_connection(from, &method, out),
            State::Open => match connection.find(from.number) {
                Err(at) => self.on_unopened(from, at, &method, out),
                Ok(at) => match connection.channels[at].1 {
                    Some(key) => self.on_open(from, key, method, out),
                    None => self.on_closing(from, at, &method, out),
                },
            },
        }
    }

    fn on_connection(&mut self, from: ChannelId, method: &Method, out: &mut Vec<Event>) {
        match method {
            Method::ConnectionClose { .. } => {
                self.end_connection(from.connection, 0, String::new(), State::Closed, out);
                out.push(Event::Send { to: from, reply: Reply::ConnectionCloseOk });
            }
            Method::UpdateSecret => self.update_secret(from, out),
            _ => {
                let text = "unexpected method in connection state running";
                self.fail(from, method.ids(), &Fault::new(ReplyCode::ChannelError, text), out);
            }
        }
    }

    fn on_unopened(&mut self, from: ChannelId, at: usize, method: &Method, out: &mut Vec<Event>) {
        let Some(connection) = self.connection(from.connection) else { return };
        let (open, most) = (connection.channels.len(), connection.channel_max);
        if open >= usize::from(most) {
            let text = format!(
                "number of channels opened ({open}) has reached the negotiated channel_max \
                 ({most})"
            );
            // No method is to blame: any would have made the channel.
            let fault = Fault::new(ReplyCode::NotAllowed, text);
            return self.fail(from, (0, 0), &fault, out);
        }
        let (vhost, user) = (connection.vhost, connection.user.clone());
        if let Err(fault) = self.check_channel_limits(&user) {
            return self.fail(from, (0, 0), &fault, out);
        }
        if !matches!(method, Method::ChannelOpen) {
            let fault = Fault::new(ReplyCode::ChannelError, "expected 'channel.open'");
            return self.fail(from, method.ids(), &fault, out);
        }
        let key = self.channels.open(Channel::new(from, vhost));
        if let Some(connection) = self.connection_mut(from.connection) {
            connection.channels.insert(at, (from.number, Some(key)));
        }
        out.push(Event::Fact(Fact::ChannelOpened { channel: from }));
        out.push(Event::Send { to: from, reply: Reply::ChannelOpenOk });
    }

    /// After the broker closed a channel it hears nothing on that number but
    /// the end of the handshake.
    fn on_closing(&mut self, from: ChannelId, at: usize, method: &Method, out: &mut Vec<Event>) {
        match method {
            Method::ChannelCloseOk => {
                if let Some(connection) = self.connection_mut(from.connection) {
                    connection.channels.remove(at);
                }
            }
            Method::ChannelClose { .. } => {
                out.push(Event::Send { to: from, reply: Reply::ChannelCloseOk });
            }
            // Even after it has closed it: only close-ok frees the number.
            Method::ChannelOpen => {
                let fault = Fault::new(ReplyCode::ChannelError, "second 'channel.open' seen");
                self.fail(from, method.ids(), &fault, out);
            }
            _ => {}
        }
    }

    fn on_open(&mut self, from: ChannelId, key: ChannelKey, method: Method, out: &mut Vec<Event>) {
        if matches!(method, Method::ChannelClose { .. }) {
            self.end_channel(key, 0, String::new(), out);
            if let Some(connection) = self.connection_mut(from.connection) {
                connection.channels.retain(|(number, _)| *number != from.number);
            }
            out.push(Event::Send { to: from, reply: Reply::ChannelCloseOk });
            return;
        }
        let ids = method.ids();
        if let Err(fault) = self.on_channel(key, method, out) {
            self.fail(from, ids, &fault, out);
        }
    }

    /// Closes the channel or the connection that did what it may not.
    pub(super) fn fail(
        &mut self,
        from: ChannelId,
        (class, method): (u16, u16),
        fault: &Fault,
        out: &mut Vec<Event>,
    ) {
        let (code, text) = (fault.code.code(), fault.text());
        let (class, method) = if fault.is_crash() { (0, 0) } else { (class, method) };
        let key = self.connection(from.connection).and_then(|c| c.channel(from.number));
        match key.filter(|_| !fault.code.closes_connection()) {
            Some(key) => {
                self.end_channel(key, code, text.clone(), out);
                if let Some(connection) = self.connection_mut(from.connection)
                    && let Ok(at) = connection.find(from.number)
                {
                    connection.channels[at].1 = None;
                }
                let reply = Reply::ChannelClose { code, text, class, method };
                out.push(Event::Send { to: from, reply });
            }
            None => {
                let to = ChannelId { connection: from.connection, number: 0 };
                self.end_connection(from.connection, code, text.clone(), State::Closing, out);
                let reply = Reply::ConnectionClose { code, text, class, method };
                out.push(Event::Send { to, reply });
            }
        }
    }

    /// Ends every channel, then deletes the exclusive queues.
    pub(super) fn end_connection(
        &mut self,
        id: ConnectionId,
        code: u16,
        text: String,
        state: State,
        out: &mut Vec<Event>,
    ) {
        let Some(connection) = self.connection_mut(id) else { return };
        connection.state = state;
        connection.forget_held();
        let channels = core::mem::take(&mut connection.channels);
        for key in channels.into_iter().filter_map(|(_, key)| key) {
            self.end_channel(key, 0, String::new(), out);
        }
        let Some(connection) = self.connection_mut(id) else { return };
        for queue in core::mem::take(&mut connection.exclusive) {
            let (_, notices) = self.delete_queue(queue, out);
            self.notify(notices, out);
        }
        out.push(Event::Fact(Fact::ConnectionClosed { connection: id, code, text }));
    }

    /// Ends a channel: its consumers go, what it holds goes back to its queues,
    /// one queue after the other.
    fn end_channel(&mut self, key: ChannelKey, code: u16, text: String, out: &mut Vec<Event>) {
        let Some(mut channel) = self.channels.take(key) else { return };
        channel.disarm(key, &mut self.deadlines);
        let mut held: Map<QueueId, Vec<Held>> = Map::new();
        for queue in channel.consumers.values() {
            held.get_or_insert_with(*queue, Vec::new);
        }
        let mut open = channel.unacked.take_all();
        if let Mode::Transaction(transaction) = core::mem::take(&mut channel.mode) {
            open.extend(transaction.into_settled());
        }
        for (tag, unacked) in open.into_iter().filter(|(_, unacked)| !unacked.released) {
            let entry = (tag, unacked.consumer, unacked.stored);
            held.get_or_insert_with(unacked.queue, Vec::new).push(entry);
        }
        if let Some(reply) = &channel.reply {
            self.replies.remove(&reply.address);
        }
        for (id, mut held) in held {
            crate::order::sort_by_key(&mut held, |(tag, ..)| *tag);
            let held = held.into_iter().map(|(_, consumer, stored)| (consumer, stored)).collect();
            let down = self.on_queue(id, out, |queue, context| {
                let tags = queue.channel_down(key, held, context);
                (tags, queue.declared.name.clone(), queue.is_abandoned())
            });
            let Some((tags, queue, abandoned)) = down else { continue };
            for consumer_tag in tags {
                out.push(Event::Fact(Fact::ConsumerRemoved {
                    channel: channel.id,
                    consumer_tag,
                    queue: queue.clone(),
                }));
            }
            if abandoned {
                let (_, notices) = self.delete_queue(id, out);
                self.notify(notices, out);
            }
        }
        out.push(Event::Fact(Fact::ChannelClosed { channel: channel.id, code, text }));
    }
}
