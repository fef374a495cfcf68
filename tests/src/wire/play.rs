//! Says what a case says, and writes down what is heard.

use super::cases::{Case, From, Say};
use super::octets::{HEADER, channel_open, guest, open, tune_ok};
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// How long the end is waited for: RabbitMQ lets those wait for three seconds
/// whom it does not trust.
const PATIENCE: Duration = Duration::from_secs(5);
/// What ends later than this ends after that delay.
const LATE: Duration = Duration::from_millis(1900);

/// A connection, and what was heard that is not a whole frame yet.
struct Line {
    stream: TcpStream,
    octets: Vec<u8>,
    ended: bool,
}

/// What brings a connection to where a case begins, in steps, and whether each
/// is answered.
fn ways(case: &Case) -> Vec<(Vec<u8>, bool)> {
    let mut ways = vec![
        (HEADER.to_vec(), true),
        (guest(), true),
        (tune_ok(case.channel_max, case.frame_max, 0), false),
        (open("/"), true),
        (channel_open(1), true),
    ];
    ways.truncate(case.from as usize);
    ways
}

/// All that a case says, from the first octet on.
#[must_use]
pub fn whole(case: &Case) -> Vec<u8> {
    let said = case.say.iter().filter_map(|say| match say {
        Say::Octets(octets) => Some(octets.clone()),
        Say::End => None,
    });
    ways(case).into_iter().map(|(octets, _)| octets).chain(said).collect::<Vec<_>>().concat()
}

/// Plays one case; a line per frame and per step, which is over after so much
/// silence.
///
/// # Panics
///
/// When the server does not let the case come to where it begins.
#[must_use]
pub(super) fn play(address: SocketAddr, case: &Case, quiet: Duration) -> Vec<String> {
    let stream = TcpStream::connect(address).expect("the server listens");
    let mut line = Line { stream, octets: Vec::new(), ended: false };
    line.stream.set_nodelay(true).expect("a socket");
    for (octets, answered) in ways(case) {
        line.stream.write_all(&octets).expect("the server listens");
        if answered && line.one().is_none() {
            panic!("{}: no answer on the way", case.name);
        }
    }
    let mut heard = Vec::new();
    for (at, say) in case.say.iter().enumerate() {
        let last = at + 1 == case.say.len();
        match say {
            // The server may have closed already: then that is heard.
            Say::Octets(octets) => drop(line.stream.write_all(octets)),
            Say::End => drop(line.stream.shutdown(Shutdown::Write)),
        }
        let may_end = last && case.from < From::Open;
        line.listen((!may_end).then_some(quiet), &mut heard);
        heard.push(if line.ended { "end".to_owned() } else { "-".to_owned() });
        if line.ended {
            break;
        }
    }
    heard
}

impl Line {
    /// Reads more, for so long; whether something came.
    fn more(&mut self, patience: Duration) -> bool {
        let patience = patience.max(Duration::from_millis(1));
        self.stream.set_read_timeout(Some(patience)).expect("a timeout");
        let mut buffer = [0; 65_536];
        match self.stream.read(&mut buffer) {
            Ok(0) => self.ended = true,
            Ok(count) => {
                self.octets.extend(&buffer[..count]);
                return true;
            }
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_) => self.ended = true,
        }
        false
    }

    /// The next whole frame, or what is there when the server answers with a
    /// protocol header.
    fn take(&mut self) -> Option<Vec<u8>> {
        let octets = &self.octets;
        if octets.starts_with(b"AMQP") && octets.len() >= 8 {
            return Some(self.octets.drain(..8).collect());
        }
        let size = octets.get(3..7)?;
        let size = size.iter().fold(0, |sum, octet| sum << 8 | usize::from(*octet));
        octets.get(..size + 8)?;
        Some(self.octets.drain(..size + 8).collect())
    }

    fn one(&mut self) -> Option<Vec<u8>> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE && !self.ended {
            if let Some(frame) = self.take() {
                return Some(frame);
            }
            self.more(PATIENCE);
        }
        self.take()
    }

    /// Writes down what comes until it is quiet for so long, or without a
    /// `quiet` until it is clear whether the server ends the connection.
    fn listen(&mut self, quiet: Option<Duration>, heard: &mut Vec<String>) {
        let start = Instant::now();
        let patience = || quiet.unwrap_or_else(|| PATIENCE.saturating_sub(start.elapsed()));
        while !self.ended && self.more(patience()) {}
        while let Some(frame) = self.take() {
            heard.push(shown(&frame));
        }
        if !self.octets.is_empty() {
            heard.push(format!("half {}", self.octets.escape_ascii()));
            self.octets.clear();
        }
        if self.ended && quiet.is_none() && start.elapsed() > LATE {
            heard.push("late".to_owned());
        }
    }
}

/// A frame as a line. Left out are what a server says about itself in
/// connection.start, the names it makes up, and most of what is long.
fn shown(octets: &[u8]) -> String {
    if octets.starts_with(b"AMQP") {
        return octets.escape_ascii().to_string();
    }
    let channel = u16::from_be_bytes([octets[1], octets[2]]);
    let payload = &octets[7..octets.len() - 1];
    let text = match payload {
        [0, 10, 0, 10, major, minor, rest @ ..] => {
            let table = rest.iter().take(4).fold(0, |sum, octet| sum << 8 | usize::from(*octet));
            let after = rest.get(4 + table..).unwrap_or_default();
            format!("connection.start {major} {minor} .. {}", after.escape_ascii())
        }
        [0, 50, 0, 11, 30, name @ ..] if name.starts_with(b"amq.gen-") => {
            let after = name.get(30..).unwrap_or_default();
            format!("queue.declare-ok amq.gen-.. {}", after.escape_ascii())
        }
        long if long.len() > 1000 => {
            format!("{} octets, the last {}", long.len(), long[long.len() - 1].escape_ascii())
        }
        short => short.escape_ascii().to_string(),
    };
    format!("{} {channel} {text}", octets[0])
}
