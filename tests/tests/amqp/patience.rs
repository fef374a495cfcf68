//! Clients that take their time, or all of the server's. The pipe is in memory
//! and the clock goes on as soon as everybody waits, so that minutes are over
//! at once.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
use tokio::runtime::Builder;
use tokio::time::{Duration, Instant, sleep};
use warren_amqp::{Config, serve_stream};
use warren_core::broker::{Broker, Profile};
use warren_tests::wire::octets;

/// What the pipe holds in each direction.
const PIPE: usize = 64 << 10;

/// Lets a client talk to a server; the broker afterwards, and how long it took.
fn meanwhile(client: impl AsyncFnOnce(DuplexStream)) -> (Broker, Duration) {
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(async {
        let (ours, theirs) = duplex(PIPE);
        let start = Instant::now();
        let served = async {
            let broker = Broker::new(Profile::default());
            let broker = serve_stream(theirs, broker, Config::default()).await;
            (broker, start.elapsed())
        };
        tokio::join!(served, client(ours)).0
    })
}

/// An open connection with channel 1.
async fn open(pipe: &mut DuplexStream, heartbeat: u16) {
    let hello = [
        octets::HEADER,
        &octets::guest(),
        &octets::tune_ok(10, 131_072, heartbeat),
        &octets::open("/"),
        &octets::channel_open(1),
    ];
    pipe.write_all(&hello.concat()).await.expect("the server listens");
    while frame(pipe).await.is_some_and(|(_, payload)| !payload.starts_with(b"\0\x14\0\x0b")) {}
}

/// The next frame: its type and payload.
async fn frame(pipe: &mut DuplexStream) -> Option<(u8, Vec<u8>)> {
    let mut head = [0; 7];
    pipe.read_exact(&mut head).await.ok()?;
    let size = u32::from_be_bytes([head[3], head[4], head[5], head[6]]);
    let mut rest = vec![0; size as usize + 1];
    pipe.read_exact(&mut rest).await.ok()?;
    rest.pop();
    Some((head[0], rest))
}

#[test]
fn who_says_hello_octet_by_octet_is_cut_off() {
    let (_, took) = meanwhile(async |mut pipe| {
        for octet in [octets::HEADER, &octets::guest()].concat() {
            if pipe.write_all(&[octet]).await.is_err() {
                return;
            }
            sleep(Duration::from_secs(1)).await;
        }
        panic!("the server listened to the end");
    });
    // Ten seconds for the handshake, three for those who are not trusted.
    assert_eq!(took.as_secs(), 13);
}

#[test]
fn who_says_nothing_is_cut_off() {
    let (_, took) = meanwhile(async |mut pipe| {
        assert_eq!(frame(&mut pipe).await, None);
    });
    assert_eq!(took.as_secs(), 13);
}

#[test]
fn heartbeats_come_every_half_interval_and_silence_ends_it() {
    let mut beats = Vec::new();
    let (broker, took) = meanwhile(async |mut pipe| {
        open(&mut pipe, 60).await;
        let start = Instant::now();
        while let Some((kind, payload)) = frame(&mut pipe).await {
            assert_eq!((kind, payload), (8, Vec::new()), "nothing but heartbeats");
            beats.push(start.elapsed().as_secs());
        }
    });
    assert_eq!(beats, [30, 60, 90, 120, 150]);
    // Two looks in a row, a minute apart, without an octet.
    assert!((120..=180).contains(&took.as_secs()), "{took:?}");
    assert_eq!(broker.connections().count(), 0);
}

#[test]
fn any_octet_counts_as_a_heartbeat() {
    let (_, took) = meanwhile(async |mut pipe| {
        open(&mut pipe, 10).await;
        // A frame of which an octet comes every ten seconds.
        for octet in octets::frame(8, 0, b"").into_iter().cycle().take(80) {
            pipe.write_all(&[octet]).await.expect("the server listens");
            sleep(Duration::from_secs(10)).await;
        }
    });
    assert!(took.as_secs() >= 800, "cut off after {took:?}");
}

const DURABLE: u8 = 0x02;

/// Publishes to a queue and consumes from it with acknowledgements.
fn busy(messages: usize, size: usize) -> Vec<u8> {
    let consume = octets::method(1, 60, 20, b"\0\0\x01q\x01c\0\0\0\0\0");
    let mut said = [octets::declare(1, b"q", DURABLE, b""), consume].concat();
    for _ in 0..messages {
        said.extend(octets::method(1, 60, 40, b"\0\0\0\x01q\0"));
        said.extend(octets::header(1, size as u64));
        said.extend(octets::body(1, &vec![b'x'; size]));
    }
    said
}

fn ready(broker: &Broker) -> Option<u64> {
    broker.queue("/", "q").map(|queue| queue.ready())
}

#[test]
fn who_never_reads_is_cut_off_and_nothing_is_lost() {
    let (broker, took) = meanwhile(async |mut pipe| {
        open(&mut pipe, 0).await;
        pipe.write_all(&busy(20, 100_000)).await.expect("the server listens");
        // Longer than any write may take, without a look at what comes.
        sleep(Duration::from_secs(40)).await;
    });
    assert!((15..40).contains(&took.as_secs()), "cut off after {took:?}");
    assert_eq!(ready(&broker), Some(20));
}

#[test]
fn half_a_connection_is_none() {
    let (broker, took) = meanwhile(async |mut pipe| {
        open(&mut pipe, 0).await;
        pipe.write_all(&busy(3, 10)).await.expect("the server listens");
        pipe.shutdown().await.expect("half closed");
        while frame(&mut pipe).await.is_some() {}
    });
    assert!(took.as_secs() < 1, "{took:?}");
    assert_eq!(ready(&broker), Some(3), "what was handed out came back");
}

#[test]
fn who_does_not_answer_connection_close_is_waited_for() {
    let (_, took) = meanwhile(async |mut pipe| {
        open(&mut pipe, 0).await;
        pipe.write_all(&octets::frame(4, 0, b"x")).await.expect("the server listens");
        while frame(&mut pipe).await.is_some() {}
    });
    assert!((30..=31).contains(&took.as_secs()), "{took:?}");
}
