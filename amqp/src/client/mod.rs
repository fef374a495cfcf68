//! A client of any AMQP 0-9-1 broker, in the core's own words: it sends
//! [`Method`]s and hands on every [`Reply`] as it comes, without an opinion of
//! its own. So a session can be played on another broker and compared.
//!
//! It blocks, and a thread of its own reads.

mod decode;
mod encode;

use crate::codec::{END, FrameHead, HEAD_LEN, METHOD, Reader, Writer};
use std::io::{self, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream, ToSocketAddrs};
use std::thread;
use std::time::Duration;
use warren_core::broker::{Method, Reply, Table, Value};

/// How long a broker may take for a step of the handshake.
const PATIENCE: Duration = Duration::from_secs(15);
/// A frame of this many octets is the largest we ask for.
const FRAME_MAX: u32 = 131_072;

/// Who a client is and where it wants to be.
#[derive(Clone, Debug)]
pub struct Login<'a> {
    /// The user's name.
    pub user: &'a str,
    /// The password.
    pub password: &'a str,
    /// The virtual host.
    pub vhost: &'a str,
    /// A name for the connection, which RabbitMQ shows.
    pub name: &'a str,
}

/// What came over a connection.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// Something on a channel; channel 0 is the connection.
    Reply(u16, Reply),
    /// The broker closed the socket, or sent something that is not AMQP, which
    /// the text says.
    End(String),
}

/// An open connection. It is cut when this is dropped.
#[derive(Debug)]
pub struct Client {
    stream: TcpStream,
    frame_max: usize,
    server: Table,
}

impl Client {
    /// Connects and logs in. What comes afterwards goes to `heard`, from a
    /// thread that ends with the connection.
    ///
    /// # Errors
    ///
    /// When the broker cannot be reached or does not let the client in; the
    /// text says what it said.
    pub fn connect(
        address: impl ToSocketAddrs,
        login: &Login<'_>,
        mut heard: impl FnMut(Heard) + Send + 'static,
    ) -> io::Result<Self> {
        let mut stream = connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut from = BufReader::new(stream.try_clone()?);
        stream.write_all(b"AMQP\0\0\x09\x01")?;
        let (ids, start) = method(&mut from)?;
        let server = match ids {
            (10, 10) => decode::start(&start)?,
            _ => return Err(refused(ids, &start)),
        };
        send(&mut stream, |w| encode::start_ok(w, login))?;
        let (ids, tune) = method(&mut from)?;
        let frame_max = match ids {
            (10, 30) => {
                let (channels, frame) = decode::tune(&tune)?;
                let frame = if frame == 0 { FRAME_MAX } else { frame.min(FRAME_MAX) };
                send(&mut stream, |w| encode::tune_ok(w, channels, frame))?;
                frame
            }
            _ => return Err(refused(ids, &tune)),
        };
        send(&mut stream, |w| encode::open(w, login.vhost))?;
        let (ids, opened) = method(&mut from)?;
        if ids != (10, 41) {
            return Err(refused(ids, &opened));
        }
        stream.set_read_timeout(None)?;
        thread::spawn(move || {
            let why = decode::listen(&mut from, &mut heard);
            heard(Heard::End(why.to_string()));
        });
        Ok(Self { stream, frame_max: frame_max as usize, server })
    }

    /// What the broker says of itself, its `version` and `product` among it.
    #[must_use]
    pub const fn server(&self) -> &Table {
        &self.server
    }

    /// The broker's version, empty when it says none.
    #[must_use]
    pub fn version(&self) -> &str {
        self.server.get("version").and_then(Value::as_str).unwrap_or_default()
    }

    /// Sends a method, with its content when it has one.
    ///
    /// # Errors
    ///
    /// When the connection is broken.
    pub fn send(&mut self, channel: u16, method: &Method) -> io::Result<()> {
        let frame_max = self.frame_max;
        send(&mut self.stream, |w| encode::method(w, channel, frame_max, method))
    }

    /// Cuts the connection without a word, as a crash does.
    pub fn cut(&self) {
        // It may be broken already.
        let _ = self.stream.shutdown(Shutdown::Both);
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.cut();
    }
}

/// A method as one line for people.
#[must_use]
pub fn in_words(method: &Method) -> String {
    crate::trace::of_method(method)
}

/// The name of what a broker says: `basic.deliver`.
#[must_use]
pub const fn name(reply: &Reply) -> &'static str {
    crate::codec::names(reply).1
}

fn connect(address: impl ToSocketAddrs) -> io::Result<TcpStream> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for address in address.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn send(stream: &mut TcpStream, fill: impl FnOnce(&mut Writer)) -> io::Result<()> {
    let mut writer = Writer::default();
    fill(&mut writer);
    stream.write_all(&writer.octets)
}

/// A frame: what it is, on which channel, what it holds.
fn frame(from: &mut impl Read) -> io::Result<(u8, u16, Vec<u8>)> {
    let mut octets = [0; HEAD_LEN];
    from.read_exact(&mut octets)?;
    if octets.starts_with(b"AMQP") {
        return Err(io::Error::other("the broker wants another version of AMQP"));
    }
    let head = FrameHead::read(octets);
    // More than was asked for is not a frame.
    if head.size > FRAME_MAX {
        return Err(io::Error::other("the broker sent what is not AMQP 0-9-1"));
    }
    let mut payload = vec![0; head.size as usize + 1];
    from.read_exact(&mut payload)?;
    match payload.pop() {
        Some(END) => Ok((head.kind, head.channel, payload)),
        _ => Err(io::Error::other("the broker sent a frame that does not end where it should")),
    }
}

/// The next method of the handshake: its ids and arguments.
fn method(from: &mut impl Read) -> io::Result<((u16, u16), Vec<u8>)> {
    loop {
        let (kind, _, mut payload) = frame(from).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => {
                io::Error::other("the broker hung up: wrong user, password or port?")
            }
            _ => error,
        })?;
        if kind == METHOD && payload.len() >= 4 {
            let arguments = payload.split_off(4);
            let mut reader = Reader::new(&payload);
            if let (Ok(class), Ok(method)) = (reader.short(), reader.short()) {
                return Ok(((class, method), arguments));
            }
        }
    }
}

/// Why the broker does not go on.
fn refused(ids: (u16, u16), arguments: &[u8]) -> io::Error {
    match decode::reply(ids, arguments) {
        Ok(Reply::ConnectionClose { code, text, .. }) => io::Error::other(format!("{code} {text}")),
        _ => io::Error::other("the broker does not shake hands as AMQP 0-9-1 does"),
    }
}
