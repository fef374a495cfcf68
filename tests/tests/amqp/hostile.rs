//! Clients that mean no good, or do not know better. Whatever they send, the
//! server answers the next one.

use super::Served;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};
use warren_tests::wire::octets::{self, HEADER, frame, open, tune_ok};

fn connect(served: &Served) -> TcpStream {
    let stream = TcpStream::connect(served.address).expect("the port is open");
    stream.set_read_timeout(Some(Duration::from_secs(15))).expect("a timeout");
    stream
}

/// A frame as it came: type, channel, payload. `None` at the end.
fn read(stream: &mut TcpStream) -> Option<(u8, u16, Vec<u8>)> {
    let mut head = [0; 7];
    match stream.read_exact(&mut head) {
        Ok(()) => {}
        Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
            panic!("the server neither answers nor closes")
        }
        Err(_) => return None,
    }
    let size = u32::from_be_bytes([head[3], head[4], head[5], head[6]]) as usize;
    let mut rest = vec![0; size + 1];
    stream.read_exact(&mut rest).ok()?;
    assert_eq!(rest.pop(), Some(0xCE), "the server ends its frames");
    Some((head[0], u16::from_be_bytes([head[1], head[2]]), rest))
}

/// The next method but heartbeats: class, method, arguments.
fn method(stream: &mut TcpStream) -> Option<(u16, u16, Vec<u8>)> {
    loop {
        let (kind, _, payload) = read(stream)?;
        if kind == 1 {
            let ids = [payload[0], payload[1], payload[2], payload[3]];
            let (class, method) = ([ids[0], ids[1]], [ids[2], ids[3]]);
            return Some((
                u16::from_be_bytes(class),
                u16::from_be_bytes(method),
                payload[4..].to_vec(),
            ));
        }
    }
}

/// A connection with an open channel 1.
fn opened(served: &Served, heartbeat: u16) -> TcpStream {
    let mut stream = connect(served);
    let mut hello = HEADER.to_vec();
    hello.extend(octets::guest());
    hello.extend(tune_ok(10, 131_072, heartbeat));
    hello.extend(open("/"));
    hello.extend(octets::channel_open(1));
    stream.write_all(&hello).expect("it listens");
    for ids in [(10, 10), (10, 30), (10, 41), (20, 11)] {
        let (class, number, _) = method(&mut stream).expect("an answer");
        assert_eq!((class, number), ids);
    }
    stream
}

/// Whether a well-behaved client gets its answer.
fn still_serves(served: &Served) {
    let mut stream = opened(served, 0);
    stream.write_all(&octets::declare(1, b"alive", 0, b"")).expect("it listens");
    let (class, number, _) = method(&mut stream).expect("an answer");
    assert_eq!((class, number), (50, 11));
}

/// The code and text of the connection.close that comes.
fn refusal(stream: &mut TcpStream) -> (u16, String) {
    loop {
        let (class, number, arguments) = method(stream).expect("a reason");
        if (class, number) == (10, 50) {
            let text = &arguments[3..3 + usize::from(arguments[2])];
            let code = u16::from_be_bytes([arguments[0], arguments[1]]);
            stream.write_all(&frame(1, 0, &[0, 10, 0, 51])).expect("it listens");
            return (code, String::from_utf8(text.to_vec()).expect("text"));
        }
    }
}

const PUBLISH: &[u8] = b"\x00\x3c\x00\x28\x00\x00\x00\x01q\x00";

#[test]
fn vhosts_and_logins_are_refused_in_rabbitmqs_words() {
    let served = Served::default();
    let hello = |start_ok: &[u8], rest: &[u8]| {
        let mut stream = connect(&served);
        stream.write_all(&[HEADER, start_ok, rest].concat()).expect("it listens");
        refusal(&mut stream)
    };
    let other = [tune_ok(1, 131_072, 0), open("other")].concat();
    let text = "NOT_ALLOWED - vhost other not found";
    assert_eq!(hello(&octets::guest(), &other), (530, text.into()));
    let wrong = octets::start_ok(&octets::closing(), b"PLAIN", b"\0guest\0wrong");
    let text = "ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For \
                details see the broker logfile.";
    assert_eq!(hello(&wrong, b""), (403, text.into()));
    still_serves(&served);
}

#[test]
fn other_protocols_hear_which_one_is_spoken() {
    let served = Served::default();
    let cases: [(&[u8], &[u8]); 3] = [
        (b"GET / HTTP/1.1\r\n\r\n", b"AMQP\x03\x01\x00\x00"),
        (b"AMQP\x00\x00\x09\x02", HEADER),
        (b"AMQP\x00\x01\x00\x00", b"AMQP\x03\x01\x00\x00"),
    ];
    for (said, answer) in cases {
        let mut stream = connect(&served);
        stream.write_all(said).expect("it listens");
        let mut heard = [0; 8];
        stream.read_exact(&mut heard).expect("an answer");
        assert_eq!(heard, answer, "to {said:?}");
    }
    still_serves(&served);
}

/// Octets that a generator makes up, the same in every run.
fn noise(seed: u64) -> impl Iterator<Item = u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    std::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    })
}

#[test]
fn noise_and_halves_of_frames_do_no_harm() {
    let served = Served::default();
    for seed in 0..40 {
        let octets: Vec<u8> = noise(seed).take(2000).collect();
        let mut stream = connect(&served);
        // The server may close before it has everything.
        let _ = stream.write_all(&octets);
        let mut stream = opened(&served, 0);
        let _ = stream.write_all(&octets);
        let mut stream = opened(&served, 0);
        let _ = stream.write_all(&frame(1 + (seed % 3) as u8, 1, &octets));
        // Well-formed methods of every class with made-up arguments.
        let mut stream = opened(&served, 0);
        for method in (10..=120).step_by(10) {
            let class = [20, 40, 50, 60, 85, 90][seed as usize % 6];
            let payload = [&[0, class, 0, method], &octets[usize::from(method)..][..60]].concat();
            let _ = stream.write_all(&frame(1, 1, &payload));
        }
        // Half a frame, then the end.
        let mut stream = opened(&served, 0);
        let whole = frame(1, 1, PUBLISH);
        stream.write_all(&whole[..whole.len() - 1 - seed as usize % 8]).expect("it listens");
        stream.shutdown(Shutdown::Write).expect("half closed");
        while read(&mut stream).is_some() {}
    }
    still_serves(&served);
}

#[test]
fn tables_inside_tables_do_not_exhaust_the_stack() {
    let served = Served::default();
    let mut table = Vec::new();
    while table.len() < 100_000 {
        // Built from the inside: the length stands before what is there.
        let outer = [b"\x01aF".as_slice(), &(table.len() as u32).to_be_bytes()].concat();
        table.splice(..0, outer);
    }
    let mut stream = opened(&served, 0);
    stream.write_all(&octets::declare(1, b"q", 0, &table)).expect("it listens");
    assert!(method(&mut stream).is_none(), "the connection ends without a word");
    still_serves(&served);
}

#[test]
fn a_thousand_clients_at_once() {
    const CLIENTS: usize = 1000;
    // Both ends of every connection are in this process.
    let allowed = rlimit::increase_nofile_limit(3000).expect("the limit is known");
    assert!(allowed >= 2500, "this system allows {allowed} sockets in a process");
    let served = Served::default();
    let silent: Vec<TcpStream> = (0..100).map(|_| connect(&served)).collect();
    let mut listener = opened(&served, 0);
    let declare = octets::declare(1, b"q", 0, b"");
    let consume = b"\x00\x3c\x00\x14\x00\x00\x01q\x01c\x02\x00\x00\x00\x00";
    listener.write_all(&[declare, frame(1, 1, consume)].concat()).expect("sent");
    let mut all: Vec<TcpStream> = (0..CLIENTS).map(|_| opened(&served, 0)).collect();
    let publish = [frame(1, 1, PUBLISH), octets::header(1, 0)].concat();
    for client in &mut all {
        client.write_all(&publish).expect("it listens");
    }
    let mut heard = 0;
    while heard < CLIENTS {
        let (class, number, _) = method(&mut listener).expect("it goes on");
        heard += usize::from((class, number) == (60, 60));
    }
    drop(silent);
    still_serves(&served);
}

#[test]
fn heartbeats_come_and_are_missed() {
    let served = Served::default();
    let since = Instant::now();
    let mut stream = opened(&served, 1);
    let (kind, channel, payload) = read(&mut stream).expect("a heartbeat");
    assert_eq!((kind, channel, payload), (8, 0, Vec::new()));
    while read(&mut stream).is_some() {}
    let silent = since.elapsed();
    assert!(silent > Duration::from_millis(1500), "cut off after {silent:?} already");
    assert!(silent < Duration::from_secs(8), "cut off after {silent:?} only");
}

#[test]
fn a_client_that_does_not_read_holds_nobody_up() {
    let served = Served::default();
    let mut slow = opened(&served, 0);
    slow.write_all(&octets::declare(1, b"q", 0, b"")).expect("it listens");
    assert_eq!(method(&mut slow).map(|(class, number, _)| (class, number)), Some((50, 11)));
    let consume = b"\x00\x3c\x00\x14\x00\x00\x01q\x01c\x02\x00\x00\x00\x00";
    slow.write_all(&frame(1, 1, consume)).expect("it listens");
    assert_eq!(method(&mut slow).map(|(class, number, _)| (class, number)), Some((60, 21)));
    let mut fast = opened(&served, 0);
    let mut publish = frame(1, 1, PUBLISH);
    let size = 100_000;
    publish.extend(octets::header(1, size as u64));
    publish.extend(octets::body(1, &vec![b'x'; size]));
    for _ in 0..200 {
        fast.write_all(&publish).expect("it listens");
    }
    still_serves(&served);
    // What waited is all there when the slow one reads at last.
    let mut octets = 0;
    while octets < 200 * size {
        let (kind, _, payload) = read(&mut slow).expect("a frame");
        octets += if kind == 3 { payload.len() } else { 0 };
    }
}

#[test]
fn a_stopping_server_says_so() {
    let mut served = Served::default();
    let mut stream = opened(&served, 0);
    drop(served.stop.take());
    let text = "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'";
    assert_eq!(refusal(&mut stream), (320, text.to_owned()));
    assert!(method(&mut stream).is_none());
    // The socket closes a moment before the broker's task ends.
    let over = (0..200).any(|_| {
        std::thread::sleep(core::time::Duration::from_millis(25));
        served.runtime.block_on(served.handle.with(|_, _, _| ())).is_none()
    });
    assert!(over, "the broker answers five seconds after it was stopped");
}
