//! Connections and channels: opening, closing, and what happens when a client
//! does something it may not.

use super::Broker;
use super::channel::{Channel, ChannelKey};
use super::event::{Event, Fact};
use super::login::{Capabilities, Login, Refusal};
use super::method::{ChannelId, ConnectionId, Method, QueueId, Reply};
use super::reply_code::{Fault, ReplyCode};
use super::value::Name;
use crate::time::Tick;
use std::collections::VecDeque;

/// A channel's number is taken.
#[derive(Clone, Copy, Debug, Hash)]
enum Place {
    /// It waits for `channel.close-ok`.
    Closing(ChannelKey),
    Open(ChannelKey),
}

impl Place {
    const fn open(self) -> Option<ChannelKey> {
        match self {
            Self::Closing(_) => None,
            Self::Open(key) => Some(key),
        }
    }
}

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
    /// By number.
    channels: Vec<(u16, Place)>,
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
        self.channels.iter().filter_map(|(number, place)| Some((*number, place.open()?)))
    }

    pub(crate) fn channel(&self, number: u16) -> Option<ChannelKey> {
        self.find(number).ok().and_then(|at| self.channels[at].1.open())
    }

    /// Whether `channel.close-ok` is waited for.
    pub(crate) fn is_closing(&self, number: u16) -> bool {
        self.find(number).is_ok_and(|at| self.channels[at].1.open().is_none())
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
                    Place::Open(key) => self.on_open(from, key, method, out),
                    Place::Closing(key) => self.on_closing(from, key, &method, out),
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
            connection.channels.insert(at, (from.number, Place::Open(key)));
        }
        out.push(Event::Fact(Fact::ChannelOpened { channel: from }));
        out.push(Event::Send { to: from, reply: Reply::ChannelOpenOk });
    }

    /// After the broker closed a channel it hears nothing on that number but
    /// the end of the handshake.
    fn on_closing(
        &mut self,
        from: ChannelId,
        key: ChannelKey,
        method: &Method,
        out: &mut Vec<Event>,
    ) {
        match method {
            Method::ChannelCloseOk => {
                self.forget_number(from);
                self.end_channel(key, out);
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
            self.hush_channel(key, 0, String::new(), out);
            self.forget_number(from);
            out.push(Event::Send { to: from, reply: Reply::ChannelCloseOk });
            self.end_channel(key, out);
            return;
        }
        let ids = method.ids();
        if let Err(fault) = self.on_channel(key, method, out) {
            self.fail(from, ids, &fault, out);
        }
    }

    fn forget_number(&mut self, channel: ChannelId) {
        if let Some(connection) = self.connection_mut(channel.connection) {
            connection.channels.retain(|(number, _)| *number != channel.number);
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
                self.hush_channel(key, code, text.clone(), out);
                if let Some(channel) = self.channels.get_mut(key) {
                    channel.close();
                }
                if let Some(connection) = self.connection_mut(from.connection)
                    && let Ok(at) = connection.find(from.number)
                {
                    connection.channels[at].1 = Place::Closing(key);
                }
                let reply = Reply::ChannelClose { code, text, class, method };
                out.push(Event::Send { to: from, reply });
            }
            None => {
                if let Some(key) = key {
                    // It ends before its connection hears of it.
                    self.hush_channel(key, 0, String::new(), out);
                    self.hush_connection(from.connection);
                    self.forget_number(from);
                    self.end_channel(key, out);
                }
                let to = ChannelId { connection: from.connection, number: 0 };
                self.end_connection(from.connection, code, text.clone(), State::Closing, out);
                let reply = Reply::ConnectionClose { code, text, class, method };
                out.push(Event::Send { to, reply });
            }
        }
    }

    /// Its channels say nothing more, while one after the other ends.
    fn hush_connection(&mut self, id: ConnectionId) {
        let Some(connection) = self.connection(id) else { return };
        let keys: Vec<ChannelKey> = connection.channels().map(|(_, key)| key).collect();
        for key in keys {
            if let Some(channel) = self.channels.get_mut(key) {
                channel.hush();
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
        self.hush_connection(id);
        let Some(connection) = self.connection_mut(id) else { return };
        connection.state = state;
        connection.forget_held();
        for (_, place) in core::mem::take(&mut connection.channels) {
            match place {
                Place::Closing(key) => self.end_channel(key, out),
                Place::Open(key) => {
                    self.hush_channel(key, 0, String::new(), out);
                    self.end_channel(key, out);
                }
            }
        }
        let Some(connection) = self.connection_mut(id) else { return };
        for queue in core::mem::take(&mut connection.exclusive) {
            let (_, notices) = self.delete_queue(queue, out);
            self.notify(notices, out);
        }
        out.push(Event::Fact(Fact::ConnectionClosed { connection: id, code, text }));
    }
}
