//! One connection: handshake, then methods to the broker until one side ends
//! it. RabbitMQ's part is `rabbit_reader.erl` and `rabbit_heartbeat.erl`.

use crate::codec::FromClient;
use crate::content::{Assembler, Refused, Whole};
use crate::engine::{Ask, Input};
use crate::fault::Fault;
use crate::frames::Frames;
use crate::handshake::{self, Agreed, Handshake, NoConnection};
use crate::outbox::{Item, Outbox};
use crate::parting::{self, Parting};
use crate::pulse::Pulse;
use crate::server::Log;
use crate::tls::Tls;
use crate::{limits, writer};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Duration, Instant, MissedTickBehavior, interval, sleep, timeout};
use warren_core::broker::{ConnectionId, Method, Profile, Reply};

/// How often a connection looks whether its client is alive.
const LOOK: Duration = Duration::from_millis(500);

/// What a connection needs to know of its server.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) inputs: mpsc::Sender<Input>,
    pub(crate) profile: Profile,
    pub(crate) log: Log,
}

/// Serves one client from its first octet to its last.
pub(crate) async fn serve(stream: TcpStream, tls: Option<Tls>, peer: SocketAddr, door: Door) {
    // It is slower without, and that is all.
    let _ = stream.set_nodelay(true);
    let Some(tls) = tls else {
        let (from, to) = stream.into_split();
        return talk(from, to, peer, door).await;
    };
    match timeout(limits::HANDSHAKE, tls.accept(stream)).await {
        Ok(Ok(stream)) => {
            let (from, to) = tokio::io::split(stream);
            talk(from, to, peer, door).await;
        }
        Ok(Err(error)) => (door.log)(&format!("{peer} was not let in: TLS: {error}")),
        Err(_) => (door.log)(&format!("{peer} was not let in: TLS took more than 10 s")),
    }
}

/// The same, when octets can come and go.
pub(crate) async fn talk(
    from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin + Send + 'static,
    peer: SocketAddr,
    door: Door,
) {
    let mut frames = Frames::new(from, limits::least_frame_max(door.profile));
    let outbox = Arc::new(Outbox::default());
    let (profile, ip) = (door.profile, peer.ip());
    let inputs = &door.inputs;
    let mut handshake = Handshake { frames: &mut frames, to: &mut to, profile, peer: ip, inputs };
    let made = match timeout(limits::HANDSHAKE, handshake.run()).await {
        // Not under the time limit: a connection that the broker knows is
        // always taken from it again.
        Ok(Ok(agreed)) => open(agreed, &mut to, peer, &door, &outbox).await,
        Ok(Err(reason)) => Err(reason),
        Err(_) => Err(NoConnection::Silent("the handshake took more than 10 s".into())),
    };
    match made {
        Ok((id, agreed)) => {
            let frame_max = agreed.frame_max as usize;
            let sending = Arc::clone(&outbox);
            let writing = tokio::spawn(async move { writer::run(to, &sending, frame_max).await });
            let heartbeat = agreed.heartbeat.into();
            let mut session = Session::new(id, frames, door, outbox, heartbeat);
            session.run().await;
            session.end().await;
            // What is left is sent as long as the client takes it.
            let _ = timeout(limits::CLOSING, writing).await;
        }
        Err(NoConnection::Ended) => {}
        Err(reason) => {
            (door.log)(&format!(
                "{peer} was not let in: {}",
                handshake::printable(&reason.to_string())
            ));
            match reason {
                NoConnection::Told(fault) => {
                    let _ = writer::all(&mut to, &handshake::close(&fault)).await;
                    let _ = timeout(limits::CLOSING, parting::wait(&mut frames, &mut to)).await;
                }
                NoConnection::Refused(fault, _) | NoConnection::Lost(fault) => {
                    let _ = writer::all(&mut to, &handshake::close(&fault)).await;
                    sleep(limits::SILENT_CLOSE).await;
                }
                NoConnection::Silent(_) => sleep(limits::SILENT_CLOSE).await,
                NoConnection::Ended | NoConnection::Crash | NoConnection::OtherProtocol(_) => {}
            }
        }
    }
}

/// Looks for the virtual host and says that the connection is open.
async fn open(
    agreed: Agreed,
    to: &mut (impl AsyncWrite + Unpin),
    peer: SocketAddr,
    door: &Door,
    outbox: &Arc<Outbox>,
) -> Result<(ConnectionId, Agreed), NoConnection> {
    let (answer, answered) = oneshot::channel();
    let (login, name, outbox) = (agreed.login.clone(), agreed.name.clone(), Arc::clone(outbox));
    let asked = door.inputs.send(Input::Connect { login, name, outbox, answer }).await;
    asked.map_err(|_| NoConnection::Ended)?;
    let id = answered
        .await
        .map_err(|_| NoConnection::Ended)?
        .map_err(|refusal| NoConnection::Told(Fault::new(refusal.code, refusal.text, (10, 40))))?;
    let (user, vhost) = (&agreed.login.user, handshake::printable(&agreed.login.vhost));
    let product = handshake::printable(&agreed.product);
    (door.log)(&format!("connection {} from {peer}: {user} on {vhost} ({product})", id.0));
    if let Err(error) = writer::all(to, &handshake::open_ok()).await {
        let _ = door.inputs.send(Input::Gone(id)).await;
        return Err(error.into());
    }
    Ok((id, agreed))
}

/// Whether there is more to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    Read,
    End,
}

/// An open connection.
struct Session<R> {
    id: ConnectionId,
    frames: Frames<R>,
    door: Door,
    outbox: Arc<Outbox>,
    assembler: Assembler,
    asks: Vec<(u16, Ask)>,
    /// Since when the end is waited for: connection.close was said.
    closing: Option<Instant>,
    pulse: Pulse,
}

impl<R: AsyncRead + Unpin> Session<R> {
    fn new(
        id: ConnectionId,
        frames: Frames<R>,
        door: Door,
        outbox: Arc<Outbox>,
        heartbeat: u64,
    ) -> Self {
        let (assembler, asks) = (Assembler::new(door.profile), Vec::new());
        let pulse = Pulse::new(heartbeat);
        Self { id, frames, door, outbox, assembler, asks, closing: None, pulse }
    }

    async fn run(&mut self) {
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        looks.tick().await;
        loop {
            if self.take().await == Then::End {
                return;
            }
            // While nothing is read, nobody is blamed for not sending, but
            // hears that the server is there.
            tokio::select! {
                () = self.outbox.room() => {}
                _ = looks.tick() => {
                    if self.look(false) == Then::End {
                        return;
                    }
                    continue;
                }
            }
            tokio::select! {
                more = self.frames.more() => if !more { return },
                _ = looks.tick() => if self.look(true) == Then::End { return },
            }
        }
    }

    /// The connection is over for the broker, too.
    async fn end(&mut self) {
        let _ = self.door.inputs.send(Input::Gone(self.id)).await;
    }

    /// Takes every frame that has come, and hands on what they amount to.
    async fn take(&mut self) -> Then {
        if self.outbox.standing().closing && self.closing.is_none() {
            self.closing = Some(Instant::now());
        }
        let mut then = Then::Read;
        while then == Then::Read {
            let found = match self.frames.next() {
                Ok(None) => break,
                Ok(Some((head, payload))) if self.closing.is_some() => {
                    match parting::hear(head, payload) {
                        Parting::Nothing => {}
                        Parting::Close => {
                            self.outbox.put([Item::Reply(0, Reply::ConnectionCloseOk)]);
                        }
                        Parting::End => then = Then::End,
                    }
                    continue;
                }
                Ok(Some((head, payload))) => {
                    self.assembler.frame(head, payload).map(|whole| (head.channel, whole))
                }
                Err(fault) => {
                    // Where the next frame begins is no longer known.
                    then = Then::End;
                    Err(Refused::Fault(fault))
                }
            };
            match found {
                Ok((_, Whole::Nothing)) => {}
                Ok((channel, Whole::Publish(method))) => {
                    self.asks.push((channel, Ask::Method(Box::new(method))));
                }
                Ok((channel, Whole::Method(method, ids))) => {
                    if self.is_last(channel, method, ids) {
                        then = self.hand_on().await;
                        // The client hangs up when it has the answer.
                        self.closing = Some(Instant::now());
                    }
                }
                Err(Refused::Crash) => {
                    (self.door.log)(&format!("connection {} sent an unknown method", self.id.0));
                    self.hand_on().await;
                    self.outbox.break_off();
                    return Then::End;
                }
                Err(Refused::Fault(fault)) => {
                    if self.hand_on().await == Then::End {
                        return Then::End;
                    }
                    let told = self.door.inputs.send(Input::Fault(self.id, fault)).await;
                    if told.is_err() || then == Then::End {
                        sleep(limits::SILENT_CLOSE).await;
                        return Then::End;
                    }
                    self.closing = Some(Instant::now());
                }
            }
        }
        if then == Then::End { then } else { self.hand_on().await }
    }

    /// Notes a method; whether it is connection.close, after which nothing else
    /// counts.
    fn is_last(&mut self, channel: u16, method: FromClient, ids: (u16, u16)) -> bool {
        let ask = match method {
            FromClient::Method(method) => {
                if matches!(method, Method::ChannelClose { .. } | Method::ChannelCloseOk) {
                    self.assembler.forget(channel);
                }
                Ask::Method(Box::new(method))
            }
            _ => Ask::Misplaced(ids),
        };
        let last = channel == 0 && ids == (10, 50);
        self.asks.push((channel, ask));
        last
    }

    async fn hand_on(&mut self) -> Then {
        if self.asks.is_empty() {
            return Then::Read;
        }
        let asks = core::mem::take(&mut self.asks);
        match self.door.inputs.send(Input::Asks(self.id, asks)).await {
            Ok(()) => Then::Read,
            Err(_) => Then::End,
        }
    }

    /// Looks whether the client is alive if it is read from, and shows it that
    /// the server is.
    fn look(&mut self, reading: bool) -> Then {
        let standing = self.outbox.standing();
        // A short heartbeat shortens this, too (`rabbit_reader:close_connection`).
        let patience = match self.pulse.seconds {
            0 => limits::CLOSING,
            seconds => limits::CLOSING.min(Duration::from_secs(seconds)),
        };
        let overdue = self.closing.is_some_and(|since| since.elapsed() > patience);
        if standing.over || overdue {
            return Then::End;
        }
        if self.pulse.beat(standing.sent) {
            self.outbox.put([Item::Heartbeat]);
        }
        if !reading {
            self.pulse.missed = 0;
        } else if self.pulse.is_dead(self.frames.received) {
            let id = self.id.0;
            (self.door.log)(&format!("connection {id} missed its heartbeats and is cut off"));
            self.outbox.break_off();
            return Then::End;
        }
        Then::Read
    }
}
