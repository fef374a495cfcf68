//! The AMQP port: recordings through it, a client library of others, and
//! octets that mean no good.

#![cfg(not(target_arch = "wasm32"))]

mod hostile;
mod library;
mod recorded;
mod wire;

use std::net::SocketAddr;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use warren_amqp::{Config, Handle, Server};
use warren_core::broker::{Broker, Profile};

/// A server on a port of its own.
struct Served {
    runtime: Runtime,
    address: SocketAddr,
    handle: Handle,
    /// Dropped, it stops the server.
    stop: Option<oneshot::Sender<()>>,
}

impl Served {
    fn new() -> Self {
        Self::like(Profile::V4_3)
    }

    fn like(profile: Profile) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let server = Server::bind("127.0.0.1:0", Broker::new(profile), Config::default());
        let server = runtime.block_on(server).expect("a port of this machine");
        let (address, handle) = (server.address().expect("an address"), server.handle());
        let (stop, stopped) = oneshot::channel::<()>();
        runtime.spawn(server.run(async {
            let _ = stopped.await;
        }));
        Self { runtime, address, handle, stop: Some(stop) }
    }
}
