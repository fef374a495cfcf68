//! The recordings again, through a real TCP port and with a codec that is not
//! Warren's.

mod client;
mod hear;
mod send;
mod table;

use super::operator::Caller;
use super::subject::Subject;
use client::Client;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::thread::sleep;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use warren_amqp::{Config, Handle, Server};
use warren_core::broker::{Broker, ChannelId, ConnectionId, Event, Method, Profile};
use warren_core::time::{Span, Tick};

/// A server in this process, and clients that talk to it over sockets.
pub(super) struct Port<'a> {
    runtime: &'a Runtime,
    address: SocketAddr,
    handle: Handle,
    clients: BTreeMap<ConnectionId, Client>,
    /// The connection that has said something which may not have been done.
    busy: Option<ConnectionId>,
    /// Dropping it stops the server.
    _stop: oneshot::Sender<()>,
}

impl<'a> Port<'a> {
    pub(super) fn new(runtime: &'a Runtime, profile: Profile) -> Self {
        let server = Server::bind("127.0.0.1:0", None, Broker::new(profile), Config::default());
        let server = runtime.block_on(server).expect("a port of this machine");
        let (address, handle) = (server.address().expect("an address"), server.handle());
        let (stop, stopped) = oneshot::channel::<()>();
        runtime.spawn(server.run(async {
            let _ = stopped.await;
        }));
        Self { runtime, address, handle, clients: BTreeMap::new(), busy: None, _stop: stop }
    }

    /// Hears everything that follows from what a client has said.
    fn barrier(&mut self, id: ConnectionId, events: &mut Vec<Event>) {
        let (runtime, handle) = (self.runtime, self.handle.clone());
        let ask = || runtime.block_on(handle.with(move |broker, _, _| broker.is_blocked(id)));
        if let Some(client) = self.clients.get_mut(&id) {
            client.barrier(&|| ask().unwrap_or(false), events);
        }
    }

    /// Others wait until what this one's predecessor said has been done.
    fn turn(&mut self, connection: ConnectionId, events: &mut Vec<Event>) {
        if let Some(before) = self.busy.filter(|busy| *busy != connection) {
            self.barrier(before, events);
        }
        self.busy = Some(connection);
    }

    fn ask<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Broker, Tick, &mut Vec<Event>) -> T + Send + 'static,
    ) -> T {
        self.runtime.block_on(self.handle.with(act)).expect("the server runs")
    }
}

impl Subject for Port<'_> {
    fn connect(&mut self, caller: &Caller, events: &mut Vec<Event>) -> Result<ConnectionId, Json> {
        // Connections are numbered from 1 in their order.
        let id = ConnectionId(self.clients.len() as u32 + 1);
        self.turn(id, events);
        let client = Client::connect(self.address, id, caller).expect("it is answered")?;
        self.clients.insert(id, client);
        Ok(id)
    }

    fn apply(&mut self, from: ChannelId, method: Method, events: &mut Vec<Event>) {
        self.turn(from.connection, events);
        if let Some(client) = self.clients.get_mut(&from.connection) {
            client.say(from.number, &method);
        }
    }

    fn abort(&mut self, connection: ConnectionId, events: &mut Vec<Event>) {
        self.turn(connection, events);
        self.barrier(connection, events);
        let Some(client) = self.clients.get_mut(&connection) else { return };
        client.cut();
        let since = Instant::now();
        while self.ask(move |broker, _, _| broker.is_connected(connection)) {
            assert!(since.elapsed() < Duration::from_secs(10), "a cut goes unnoticed");
            sleep(Duration::from_millis(1));
        }
    }

    fn raw(&mut self, from: ChannelId, kind: u8, payload: &str, events: &mut Vec<Event>) {
        self.turn(from.connection, events);
        let payload: Vec<u8> = (0..payload.len() / 2)
            .filter_map(|at| u8::from_str_radix(&payload[2 * at..2 * at + 2], 16).ok())
            .collect();
        if let Some(client) = self.clients.get_mut(&from.connection) {
            client.raw(kind, from.number, &payload);
        }
    }

    fn sleep(&mut self, span: Span, events: &mut Vec<Event>) {
        self.sync(events);
        sleep(Duration::from_micros(span.0));
    }

    fn sync(&mut self, events: &mut Vec<Event>) -> Vec<ConnectionId> {
        let first = self.busy.take();
        let others: Vec<ConnectionId> = self.clients.keys().copied().collect();
        for id in first.into_iter().chain(others) {
            self.barrier(id, events);
        }
        let clients = self.clients.iter_mut();
        clients.filter_map(|(id, client)| client.ended_in_silence().then_some(*id)).collect()
    }

    fn change<T: Send + 'static>(
        &mut self,
        events: &mut Vec<Event>,
        act: impl FnOnce(&mut Broker, Tick, &mut Vec<Event>) -> T + Send + 'static,
    ) -> T {
        self.sync(events);
        self.ask(act)
    }
}
