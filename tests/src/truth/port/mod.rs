//! The recordings again, through a real TCP port and with a codec that is not
//! Warren's.

mod client;
mod hear;
mod send;
mod table;

use super::subject::Subject;
use super::{Report, run_on};
use client::Client;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use warren_amqp::{Config, Handle, Server};
use warren_core::broker::{Broker, ChannelId, ConnectionId, Event, Method, Profile};
use warren_core::time::{Span, Tick};

/// How many recordings are played at once: most of the time goes by in sleep.
const AT_ONCE: u32 = 12;

/// Plays every recording in `directory` under `profile`, each against a server
/// and a port of its own. Sleeping recordings sleep.
///
/// # Errors
///
/// When the directory or a file cannot be read, or is not a recording.
pub fn run(directory: &Path, profile: Profile) -> io::Result<Report> {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).enable_all().build()?;
    let part = &|n: u32| {
        let turn = |recording: &Json| {
            let id = recording["id"].as_str().unwrap_or_default();
            id.bytes().fold(0u32, |sum, octet| sum.wrapping_mul(31).wrapping_add(octet.into()))
                % AT_ONCE
        };
        run_on(directory, profile, |r| turn(r) == n, || Port::new(&runtime, profile))
    };
    let parts: Vec<io::Result<Report>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..AT_ONCE).map(|n| scope.spawn(move || part(n))).collect();
        let ended = threads.into_iter().map(|thread| thread.join());
        ended.map(|part| part.expect("a player does not panic")).collect()
    });
    let mut report = Report::default();
    for part in parts {
        let part = part?;
        report.equal.extend(part.equal);
        report.different.extend(part.different);
    }
    Ok(report)
}

/// A server in this process, and clients that talk to it over sockets.
struct Port<'a> {
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
    fn new(runtime: &'a Runtime, profile: Profile) -> Self {
        let server = Server::bind("127.0.0.1:0", Broker::new(profile), Config::default());
        let server = runtime.block_on(server).expect("a port of this machine");
        let (address, handle) = (server.address().expect("an address"), server.handle());
        let (stop, stopped) = oneshot::channel::<()>();
        runtime.spawn(server.run(async {
            let _ = stopped.await;
        }));
        Self { runtime, address, handle, clients: BTreeMap::new(), busy: None, _stop: stop }
    }

    /// Others wait until what this one's predecessor said has been done.
    fn turn(&mut self, connection: ConnectionId, events: &mut Vec<Event>) {
        if let Some(before) = self.busy.filter(|busy| *busy != connection)
            && let Some(client) = self.clients.get_mut(&before)
        {
            client.barrier(events);
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
    fn connect(&mut self, events: &mut Vec<Event>) -> ConnectionId {
        // Connections are numbered from 1 in their order.
        let id = ConnectionId(self.clients.len() as u32 + 1);
        self.turn(id, events);
        self.clients.insert(id, Client::connect(self.address, id).expect("it is let in"));
        id
    }

    fn apply(&mut self, from: ChannelId, method: Method, events: &mut Vec<Event>) {
        self.turn(from.connection, events);
        if let Some(client) = self.clients.get_mut(&from.connection) {
            client.say(from.number, &method);
        }
    }

    fn abort(&mut self, connection: ConnectionId, events: &mut Vec<Event>) {
        self.turn(connection, events);
        let Some(client) = self.clients.get_mut(&connection) else { return };
        client.barrier(events);
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
        if let Some(client) = self.busy.take().and_then(|busy| self.clients.get_mut(&busy)) {
            client.barrier(events);
        }
        for client in self.clients.values_mut() {
            client.barrier(events);
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
