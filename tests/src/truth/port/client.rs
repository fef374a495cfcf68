//! A small AMQP client on blocking sockets.

use super::{hear, send};
use crate::truth::operator::Caller;
use amq_protocol::frame::{AMQPFrame, WriteContext, gen_frame, parse_frame};
use amq_protocol::protocol::{AMQPClass, connection};
use amq_protocol::types::{AMQPValue, FieldTable, LongString, ShortString};
use serde_json::Value as Json;
use std::collections::{BTreeMap, VecDeque};
use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};
use warren_core::broker::{ChannelId, ConnectionId, Event, Method, Reply};

/// How far the end of a connection has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Open,
    /// The server has said connection.close.
    Closed,
    /// The socket ended without that.
    Silence,
    /// As before, and it has been told.
    Gone,
}

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often it is looked why nothing comes.
const LOOK: Duration = Duration::from_millis(200);

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

/// One connection.
pub(super) struct Client {
    id: ConnectionId,
    stream: TcpStream,
    octets: VecDeque<u8>,
    state: State,
    /// Answers of barriers that have not come.
    owed: u32,
    /// Methods whose content has not come yet.
    contents: BTreeMap<u16, hear::Content>,
}

impl Client {
    /// Connects, logs in and opens a virtual host; or gives what it heard
    /// instead.
    pub(super) fn connect(
        address: SocketAddr,
        id: ConnectionId,
        caller: &Caller,
    ) -> io::Result<Result<Self, Json>> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(LOOK))?;
        stream.set_nodelay(true)?;
        stream.write_all(b"AMQP\x00\x00\x09\x01")?;
        let (octets, contents) = (VecDeque::new(), BTreeMap::new());
        let mut client = Self { id, stream, octets, state: State::Open, owed: 0, contents };
        client.expect(|method| matches!(method, connection::AMQPMethod::Start(_)))?;
        let mut capabilities = FieldTable::default();
        for (name, can) in caller.capabilities() {
            capabilities.insert(name.into(), AMQPValue::Boolean(can));
        }
        let mut client_properties = FieldTable::default();
        client_properties.insert("capabilities".into(), AMQPValue::FieldTable(capabilities));
        client.method(connection::AMQPMethod::StartOk(connection::StartOk {
            client_properties,
            mechanism: "PLAIN".into(),
            response: LongString::from(format!("\0{}\0{}", caller.login.user, caller.password)),
            locale: "en_US".into(),
        }));
        if let Err(heard) = client.let_in(caller, |m| matches!(m, connection::AMQPMethod::Tune(_)))
        {
            return Ok(Err(heard));
        }
        client.method(connection::AMQPMethod::TuneOk(connection::TuneOk {
            channel_max: 2047,
            frame_max: 131_072,
            heartbeat: 0,
        }));
        client.method(connection::AMQPMethod::Open(connection::Open {
            virtual_host: ShortString::from(&*caller.login.vhost),
        }));
        let is_open = |method: &_| matches!(method, connection::AMQPMethod::OpenOk(_));
        Ok(client.let_in(caller, is_open).map(|()| client))
    }

    /// The next step of the handshake, or what is said instead.
    fn let_in(
        &mut self,
        caller: &Caller,
        is: impl Fn(&connection::AMQPMethod) -> bool,
    ) -> Result<(), Json> {
        match self.frame() {
            Some(AMQPFrame::Method(0, AMQPClass::Connection(method))) if is(&method) => Ok(()),
            Some(AMQPFrame::Method(
                0,
                AMQPClass::Connection(connection::AMQPMethod::Close(close)),
            )) => {
                let ids = (close.class_id, close.method_id);
                Err(caller.heard(close.reply_code, close.reply_text.as_str(), ids))
            }
            _ => Err(serde_json::json!({ "ev": "eof" })),
        }
    }

    fn expect(&mut self, is: impl Fn(&connection::AMQPMethod) -> bool) -> io::Result<()> {
        match self.frame() {
            Some(AMQPFrame::Method(0, AMQPClass::Connection(method))) if is(&method) => Ok(()),
            other => Err(io::Error::other(format!("{other:?} came instead"))),
        }
    }

    fn method(&mut self, method: connection::AMQPMethod) {
        self.write(&[AMQPFrame::Method(0, AMQPClass::Connection(method))]);
    }

    /// A method with its content; nothing when the connection is over.
    pub(super) fn say(&mut self, channel: u16, method: &Method) {
        if matches!(method, Method::UpdateSecret) {
            self.owed += 1;
        }
        match send::frames(channel, method) {
            send::Frames::Known(frames) => self.write(&frames),
            send::Frames::Octets(payload) => self.raw(1, channel, &payload),
        }
    }

    fn write(&mut self, frames: &[AMQPFrame]) {
        let mut octets = Vec::new();
        for frame in frames {
            let written = gen_frame(frame)(WriteContext::from(octets)).expect("it can be written");
            octets = written.into_inner().0;
        }
        // A server that has gone is noticed when it is listened to.
        let _ = self.stream.write_all(&octets);
    }

    pub(super) fn raw(&mut self, kind: u8, channel: u16, payload: &[u8]) {
        let mut octets = vec![kind];
        octets.extend_from_slice(&channel.to_be_bytes());
        octets.extend_from_slice(&(payload.len() as u32).to_be_bytes());
        octets.extend_from_slice(payload);
        octets.push(0xCE);
        let _ = self.stream.write_all(&octets);
    }

    pub(super) fn cut(&mut self) {
        let _ = self.stream.shutdown(Shutdown::Both);
        self.state = State::Gone;
    }

    /// Whether the socket has ended and nobody said why; once.
    pub(super) fn ended_in_silence(&mut self) -> bool {
        let silent = self.state == State::Silence;
        if silent {
            self.state = State::Gone;
        }
        silent
    }

    /// Hears everything that follows from what has been said so far: the
    /// server answers connection.update-secret after it.
    ///
    /// A client that is not read from hears no answer; `blocked` says whether
    /// that is why. The answer is still owed then.
    pub(super) fn barrier(&mut self, blocked: &dyn Fn() -> bool, events: &mut Vec<Event>) {
        if self.state != State::Open {
            return;
        }
        self.say(0, &Method::UpdateSecret);
        while self.owed > 0 {
            let frame = match self.frame_unless(blocked) {
                Some(Some(frame)) => frame,
                Some(None) => {
                    self.state = State::Silence;
                    return;
                }
                None => return,
            };
            let number = frame.channel_id();
            match &frame {
                AMQPFrame::Method(0, AMQPClass::Connection(method)) => match method {
                    connection::AMQPMethod::UpdateSecretOk(_) => {
                        self.owed -= 1;
                        continue;
                    }
                    connection::AMQPMethod::CloseOk(_) => {
                        self.state = State::Gone;
                        return;
                    }
                    _ => {}
                },
                AMQPFrame::Heartbeat => continue,
                _ => {}
            }
            let contents = &mut self.contents;
            let Some(reply) = hear::reply(frame, contents) else { continue };
            let closed = matches!(reply, Reply::ConnectionClose { .. });
            let to = ChannelId { connection: self.id, number };
            events.push(Event::Send { to, reply });
            if closed {
                self.state = State::Closed;
                return;
            }
        }
    }

    /// The next frame; `None` at the end.
    fn frame(&mut self) -> Option<AMQPFrame> {
        self.frame_unless(&|| false).flatten()
    }

    /// The same; nothing when nothing comes because the client is blocked.
    fn frame_unless(&mut self, blocked: &dyn Fn() -> bool) -> Option<Option<AMQPFrame>> {
        let since = Instant::now();
        loop {
            let octets = &*self.octets.make_contiguous();
            if let Some(size) = octets.get(3..7) {
                let size = u32::from_be_bytes(size.try_into().expect("four octets")) as usize + 8;
                if octets.len() >= size {
                    let (_, frame) = parse_frame(&octets[..size]).expect("a frame of AMQP 0-9-1");
                    self.octets.drain(..size);
                    return Some(Some(frame));
                }
            }
            let mut buffer = [0; 8192];
            match self.stream.read(&mut buffer) {
                Ok(0) => return Some(None),
                Ok(count) => self.octets.extend(&buffer[..count]),
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return Some(None),
                Err(error) if is_timeout(&error) && blocked() => return None,
                Err(error) if is_timeout(&error) && since.elapsed() < PATIENCE => {}
                Err(error) => panic!("the server does not answer: {error}"),
            }
        }
    }
}
