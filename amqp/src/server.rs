//! Opening the port, letting clients in, and stopping.

use crate::connection::{self, Door};
use crate::engine::{Engine, Input};
use crate::limits;
use crate::tls::Tls;
use crate::watch::Watch;
use core::future::{Future, poll_fn};
use core::task::Poll;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream, ToSocketAddrs};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::{Duration, sleep, timeout};
use warren_core::broker::{Broker, Event, Profile};
use warren_core::time::Tick;

/// Takes a line for people to read.
pub type Log = Arc<dyn Fn(&str) + Send + Sync>;

/// How a server behaves besides the broker.
#[derive(Clone)]
pub struct Config {
    /// Where its lines go: who comes and goes, and what went wrong.
    pub log: Log,
    /// Whether every method gets a line.
    pub trace: bool,
    /// Who is told everything that clients and broker say, if anybody is.
    pub watch: Option<Watch>,
}

/// Nothing is logged.
impl Default for Config {
    fn default() -> Self {
        Self { log: Arc::new(|_| {}), trace: false, watch: None }
    }
}

/// An open port with a broker behind it.
pub struct Server {
    /// Each with its TLS, if it has some. Never empty.
    listeners: Vec<(TcpListener, Option<Tls>)>,
    inputs: mpsc::Sender<Input>,
    engine: (Engine, mpsc::Receiver<Input>),
    profile: Profile,
    log: Log,
}

/// A way to the broker of a running server, beside the port.
#[derive(Clone)]
pub struct Handle {
    inputs: mpsc::Sender<Input>,
}

impl Handle {
    /// Does something to the broker between two methods of clients: looks at
    /// it, sets a policy, restarts it. `None` when the server has stopped.
    pub async fn with<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Broker, Tick, &mut Vec<Event>) -> T + Send + 'static,
    ) -> Option<T> {
        let (answer, answered) = oneshot::channel();
        let act = Box::new(move |broker: &mut Broker, now, events: &mut Vec<Event>| {
            // Nobody waits for the result any more: then it is not needed.
            let _ = answer.send(act(broker, now, events));
        });
        self.inputs.send(Input::Act(act)).await.ok()?;
        answered.await.ok()
    }
}

impl Server {
    /// Opens the port, with TLS or without. `broker` may hold exchanges and
    /// queues already; its profile is what clients are told.
    ///
    /// # Errors
    ///
    /// When the address cannot be used.
    pub async fn bind(
        address: impl ToSocketAddrs,
        tls: Option<Tls>,
        broker: Broker,
        config: Config,
    ) -> io::Result<Self> {
        let listeners = vec![(TcpListener::bind(address).await?, tls)];
        let (inputs, receiver) = mpsc::channel(256);
        let (profile, log) = (broker.profile(), config.log);
        let engine = Engine::new(broker, Arc::clone(&log), config.trace, config.watch);
        Ok(Self { listeners, inputs, engine: (engine, receiver), profile, log })
    }

    /// Opens one more port to the same broker. Says where clients connect to.
    ///
    /// # Errors
    ///
    /// When the address cannot be used.
    pub async fn listen(
        &mut self,
        address: impl ToSocketAddrs,
        tls: Option<Tls>,
    ) -> io::Result<SocketAddr> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        self.listeners.push((listener, tls));
        Ok(address)
    }

    /// Where clients connect to: the first port.
    ///
    /// # Errors
    ///
    /// When the operating system does not say.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listeners[0].0.local_addr()
    }

    /// A way to the broker.
    #[must_use]
    pub fn handle(&self) -> Handle {
        Handle { inputs: self.inputs.clone() }
    }

    /// Serves clients until `stop` is done; then tells those who are there
    /// (320 CONNECTION_FORCED) and gives them a moment to say good-bye.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let Self { listeners, inputs, engine: (engine, receiver), profile, log } = self;
        let engine = tokio::spawn(engine.run(receiver));
        let door = Door { inputs, profile, log };
        let mut sessions = JoinSet::new();
        tokio::pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => break,
                Some(_) = sessions.join_next() => {}
                (accepted, tls) = accept(&listeners) => match accepted {
                    Ok((stream, peer)) if sessions.len() < limits::CONNECTIONS => {
                        sessions.spawn(connection::serve(stream, tls, peer, door.clone()));
                    }
                    Ok((_, peer)) => (door.log)(&format!("{peer} was not let in: too many")),
                    Err(error) => {
                        (door.log)(&format!("cannot let a client in: {error}"));
                        sleep(Duration::from_millis(100)).await;
                    }
                },
            }
        }
        drop(listeners);
        let _ = door.inputs.send(Input::Stop).await;
        let all_gone = async { while sessions.join_next().await.is_some() {} };
        let _ = timeout(limits::GOOD_BYE, all_gone).await;
        sessions.shutdown().await;
        engine.abort();
    }
}

/// Serves one client that is connected by other means than a port, such as a
/// pipe in memory, until it has gone. Gives the broker back.
pub async fn serve_stream(
    stream: impl AsyncRead + AsyncWrite + Send + 'static,
    broker: Broker,
    config: Config,
) -> Broker {
    let (inputs, receiver) = mpsc::channel(256);
    let (profile, log) = (broker.profile(), config.log);
    let engine = Engine::new(broker, Arc::clone(&log), config.trace, config.watch);
    let (from, to) = tokio::io::split(stream);
    let nearby = SocketAddr::from(([127, 0, 0, 1], 0));
    // When the client has gone, nobody can ask the engine any more.
    let client = connection::talk(from, to, nearby, Door { inputs, profile, log });
    tokio::join!(client, engine.run(receiver)).1
}

/// The next client at any of the ports.
async fn accept(
    listeners: &[(TcpListener, Option<Tls>)],
) -> (io::Result<(TcpStream, SocketAddr)>, Option<Tls>) {
    poll_fn(|context| {
        for (listener, tls) in listeners {
            if let Poll::Ready(accepted) = listener.poll_accept(context) {
                return Poll::Ready((accepted, tls.clone()));
            }
        }
        Poll::Pending
    })
    .await
}
