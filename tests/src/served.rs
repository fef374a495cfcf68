//! A server of the port in this process.

use std::net::SocketAddr;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use warren_amqp::{Config, Handle, Server, Tls};
use warren_core::broker::{Broker, Profile};

/// A server on a port of its own. It stops when this is dropped.
pub struct Served {
    /// What it runs on.
    pub runtime: Runtime,
    /// Where it listens.
    pub address: SocketAddr,
    /// A way to its broker.
    pub handle: Handle,
    /// Dropped, it stops the server.
    pub stop: Option<oneshot::Sender<()>>,
}

impl Default for Served {
    fn default() -> Self {
        Self::like(Profile::default())
    }
}

impl Served {
    /// One that answers as a release does.
    ///
    /// # Panics
    ///
    /// When this machine has no port for it.
    #[must_use]
    pub fn like(profile: Profile) -> Self {
        Self::with(profile, None)
    }

    /// One with TLS.
    ///
    /// # Panics
    ///
    /// As above.
    #[must_use]
    pub fn with(profile: Profile, tls: Option<Tls>) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let server = Server::bind("127.0.0.1:0", tls, Broker::new(profile), Config::default());
        let server = runtime.block_on(server).expect("a port of this machine");
        let (address, handle) = (server.address().expect("an address"), server.handle());
        let (stop, stopped) = oneshot::channel::<()>();
        runtime.spawn(server.run(async {
            let _ = stopped.await;
        }));
        Self { runtime, address, handle, stop: Some(stop) }
    }
}
