//! A client of a real broker, as small as can be: it writes frames, and a
//! thread of its own reads them.

use super::read::{Reader, decode, with_content};
use super::wire::{self, FRAME_END};
use std::collections::BTreeMap;
use std::io::{self, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Duration;
use warren_core::broker::{Method, Properties, Reply};

const METHOD: u8 = 1;
const HEADER: u8 = 2;
const BODY: u8 = 3;

/// What came over a connection.
pub(super) enum Heard {
    /// On a channel.
    Reply(u16, Reply),
    /// The broker closed the socket.
    End,
}

/// An open connection.
pub(super) struct Client {
    stream: TcpStream,
}

/// A method, the size and properties of its content, the body so far.
type Partial = (Reply, Option<(u64, Properties)>, Vec<u8>);

struct Frame {
    kind: u8,
    channel: u16,
    payload: Vec<u8>,
}

fn read_frame(from: &mut impl Read) -> io::Result<Frame> {
    let mut start = [0; 7];
    from.read_exact(&mut start)?;
    let mut reader = Reader::new(&start);
    let (kind, channel, size) = (reader.u8(), reader.u16(), reader.u32());
    let mut payload = vec![0; size as usize + 1];
    from.read_exact(&mut payload)?;
    if payload.pop() != Some(FRAME_END) {
        return Err(io::Error::other("a frame does not end where it should"));
    }
    Ok(Frame { kind, channel, payload })
}

fn frame(kind: u8, channel: u16, payload: &[u8], to: &mut Vec<u8>) {
    to.push(kind);
    to.extend(channel.to_be_bytes());
    to.extend(u32::try_from(payload.len()).expect("frames are short").to_be_bytes());
    to.extend(payload);
    to.push(FRAME_END);
}

impl Client {
    /// Connects, logs in as guest, opens the virtual host, and gives the
    /// version the broker says it has. What comes afterwards goes to `heard`
    /// under `name`.
    pub(super) fn connect(
        port: u16,
        vhost: &str,
        name: &str,
        heard: &Sender<(String, u32, Heard)>,
        generation: u32,
    ) -> io::Result<(Self, String)> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        let mut from = BufReader::new(stream.try_clone()?);
        stream.write_all(b"AMQP\0\0\x09\x01")?;
        let start = read_frame(&mut from)?;
        let mut reader = Reader::new(&start.payload);
        let _ids_and_version = (reader.u32(), reader.u16());
        let server = reader.table();
        let version = server.get("version").and_then(|v| v.as_str()).unwrap_or_default().to_owned();
        let mut say = |payload: &[u8]| {
            let mut octets = Vec::new();
            frame(METHOD, 0, payload, &mut octets);
            stream.write_all(&octets)
        };
        say(&wire::start_ok())?;
        let tune = read_frame(&mut from)?;
        let mut reader = Reader::new(&tune.payload);
        let _ids = reader.u32();
        let (channels, size) = (reader.u16(), reader.u32());
        say(&wire::tune_ok(channels, size))?;
        say(&wire::open(vhost))?;
        let opened = read_frame(&mut from)?;
        if opened.payload.get(..4) != Some(&[0, 10, 0, 41]) {
            let said = String::from_utf8_lossy(&opened.payload).into_owned();
            return Err(io::Error::other(format!("the broker refused {vhost}: {said}")));
        }
        stream.set_read_timeout(None)?;
        let (name, heard) = (name.to_owned(), heard.clone());
        thread::spawn(move || listen(from, &name, &heard, generation));
        Ok((Self { stream }, version))
    }

    /// Sends a method, and its content.
    pub(super) fn send(&mut self, channel: u16, method: &Method) -> io::Result<()> {
        let encoded = wire::encode(method);
        let mut octets = Vec::new();
        frame(METHOD, channel, &encoded.payload, &mut octets);
        if let Some((header, body)) = encoded.content {
            frame(HEADER, channel, &header, &mut octets);
            for part in body.0.chunks(100_000) {
                frame(BODY, channel, part, &mut octets);
            }
        }
        self.stream.write_all(&octets)
    }

    /// Breaks the connection.
    pub(super) fn abort(&self) {
        // It may be broken already.
        let _ = self.stream.shutdown(Shutdown::Both);
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.abort();
    }
}

/// Reads to the end of the connection.
fn listen(mut from: impl Read, name: &str, to: &Sender<(String, u32, Heard)>, generation: u32) {
    // Replies that wait for their content, and the content so far.
    let mut partial: BTreeMap<u16, Partial> = BTreeMap::new();
    while let Ok(frame) = read_frame(&mut from) {
        let channel = frame.channel;
        match frame.kind {
            METHOD => {
                let (reply, content) = decode(&frame.payload);
                if content {
                    partial.insert(channel, (reply, None, Vec::new()));
                } else {
                    // Nobody listens any more when the session is over.
                    let _ = to.send((name.to_owned(), generation, Heard::Reply(channel, reply)));
                }
            }
            HEADER => {
                if let Some((_, header, _)) = partial.get_mut(&channel) {
                    *header = Some(Reader::new(&frame.payload).header());
                }
            }
            BODY => {
                if let Some((_, _, body)) = partial.get_mut(&channel) {
                    body.extend(&frame.payload);
                }
            }
            _ => {}
        }
        let whole = |(_, header, body): &Partial| {
            header.as_ref().is_some_and(|(size, _)| body.len() as u64 >= *size)
        };
        if partial.get(&channel).is_some_and(whole)
            && let Some((reply, Some((_, properties)), body)) = partial.remove(&channel)
        {
            let reply = with_content(reply, properties, body);
            let _ = to.send((name.to_owned(), generation, Heard::Reply(channel, reply)));
        }
    }
    let _ = to.send((name.to_owned(), generation, Heard::End));
}
