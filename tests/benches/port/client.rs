//! A client that costs as little as a client can: octets made once, frames
//! read in place.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use warren_tests::wire::octets;

/// A connection with channel 1 open.
pub(crate) struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
    start: usize,
}

/// Class, method and arguments of a method frame on channel 1.
type Method<'a> = (u16, u16, &'a [u8]);

fn short(text: &str) -> Vec<u8> {
    octets::short(text.as_bytes())
}

fn method(class: u16, number: u16, parts: &[&[u8]]) -> Vec<u8> {
    octets::method(1, class, number, &parts.concat())
}

/// A publish of a body, whole.
pub(crate) fn publish(exchange: &str, key: &str, body: &[u8]) -> Vec<u8> {
    let head = method(60, 40, &[b"\0\0", &short(exchange), &short(key), b"\0"]);
    [head, octets::header(1, body.len() as u64), octets::body(1, body)].concat()
}

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("the server listens");
        stream.set_nodelay(true).expect("a socket");
        let mut client = Self { stream, buffer: Vec::new(), start: 0 };
        client.say(octets::HEADER);
        client.wait(10, 10);
        client.say(&octets::guest());
        client.wait(10, 30);
        client.say(&[octets::tune_ok(2047, 131_072, 0), octets::open("/")].concat());
        client.wait(10, 41);
        client.say(&octets::channel_open(1));
        client.wait(20, 11);
        client
    }

    pub(crate) fn say(&mut self, octets: &[u8]) {
        self.stream.write_all(octets).expect("the server listens");
    }

    /// Reads until `until` says so, which gets every method.
    pub(crate) fn read(&mut self, mut until: impl FnMut(Method<'_>) -> bool) {
        loop {
            while let Some(frame) = self.next() {
                let (kind, payload) = (frame.0, &self.buffer[frame.1]);
                if kind == 1 {
                    let number = |at: usize| u16::from_be_bytes([payload[at], payload[at + 1]]);
                    if until((number(0), number(2), &payload[4..])) {
                        return;
                    }
                }
            }
            self.more();
        }
    }

    /// As [`Client::read`], and answers: what `hear` puts into the octets it is
    /// given is sent before more is read.
    pub(crate) fn answer(&mut self, mut hear: impl FnMut(Method<'_>, &mut Vec<u8>) -> bool) {
        let mut answers = Vec::new();
        loop {
            let mut done = false;
            while let Some(frame) = self.next() {
                let (kind, payload) = (frame.0, &self.buffer[frame.1]);
                if kind == 1 {
                    let number = |at: usize| u16::from_be_bytes([payload[at], payload[at + 1]]);
                    done |= hear((number(0), number(2), &payload[4..]), &mut answers);
                }
            }
            self.say(&answers);
            answers.clear();
            if done {
                return;
            }
            self.more();
        }
    }

    fn more(&mut self) {
        self.buffer.drain(..self.start);
        self.start = 0;
        let before = self.buffer.len();
        self.buffer.resize(before + (64 << 10), 0);
        let count = self.stream.read(&mut self.buffer[before..]).expect("the server speaks");
        assert!(count > 0, "the server has hung up");
        self.buffer.truncate(before + count);
    }

    /// The next whole frame: its type, and where its payload is.
    fn next(&mut self) -> Option<(u8, core::ops::Range<usize>)> {
        let rest = &self.buffer[self.start..];
        let size = rest.get(3..7)?.iter().fold(0, |sum, octet| sum << 8 | usize::from(*octet));
        let kind = rest[0];
        rest.get(..size + 8)?;
        let payload = self.start + 7..self.start + 7 + size;
        self.start += size + 8;
        Some((kind, payload))
    }

    /// Says good-bye: afterwards its exclusive queues are gone.
    pub(crate) fn close(mut self) {
        self.say(&octets::close(0, 10, 50));
        self.wait(10, 51);
    }

    /// Waits for a method.
    pub(crate) fn wait(&mut self, class: u16, number: u16) {
        self.read(|(c, n, arguments)| {
            assert!(n != 40 && (c, n) != (10, 50), "refused: {}", arguments.escape_ascii());
            (c, n) == (class, number)
        });
    }

    pub(crate) fn declare_queue(&mut self, queue: &str) {
        self.say(&octets::declare(1, queue.as_bytes(), 0x04, b""));
        self.wait(50, 11);
    }

    pub(crate) fn declare_exchange(&mut self, exchange: &str, kind: &str) {
        let parts = [b"\0\0", &short(exchange)[..], &short(kind), b"\x04\0\0\0\0"];
        self.say(&method(40, 10, &parts));
        self.wait(40, 11);
    }

    pub(crate) fn bind(&mut self, queue: &str, exchange: &str, key: &str) {
        let names = [short(queue), short(exchange), short(key)].concat();
        self.say(&method(50, 20, &[b"\0\0", &names, b"\0\0\0\0\0"]));
        self.wait(50, 21);
    }

    /// Consumes with acknowledgements, at most `prefetch` at a time.
    pub(crate) fn consume(&mut self, queue: &str, prefetch: u16) {
        self.say(&method(60, 10, &[b"\0\0\0\0", &prefetch.to_be_bytes(), b"\0"]));
        self.wait(60, 11);
        self.say(&method(60, 20, &[b"\0\0", &short(queue), &short(""), b"\0\0\0\0\0"]));
        self.wait(60, 21);
    }

    /// Hears `count` deliveries and acknowledges each on its own.
    pub(crate) fn acknowledge(&mut self, count: u64) {
        let mut heard = 0;
        self.answer(|(class, number, arguments), answers| {
            if (class, number) != (60, 60) {
                return false;
            }
            let tag = 1 + usize::from(arguments[0]);
            answers.extend(method(60, 80, &[&arguments[tag..tag + 8], b"\0"]));
            heard += 1;
            heard == count
        });
        // When this is answered, the acknowledgements have been taken.
        self.say(&method(60, 10, &[b"\0\0\0\0\0\x01\0"]));
        self.wait(60, 11);
    }
}
