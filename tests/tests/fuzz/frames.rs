//! Octets to the port: decoder, handshake, connection and broker. The pipe is
//! in memory and time goes by as fast as nothing happens.

use super::change::changed;
use super::fuzz;
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex, split};
use tokio::runtime::{Builder, Runtime};
use tokio::time::{Duration, timeout};
use warren_amqp::{Config, serve_stream};
use warren_core::broker::{Broker, Profile};
use warren_tests::wire::{self, octets};

/// Longer than anything that the port waits for.
const FOR_EVER: Duration = Duration::from_secs(3600);

/// A session in which much is in order.
fn session() -> Vec<u8> {
    let long = |channel, class, number, parts: &[&[u8]]| {
        octets::method(channel, class, number, &parts.concat())
    };
    [
        wire::all().iter().find(|case| case.name == "heartbeat").map(wire::whole),
        Some(octets::channel_open(1)),
        Some(octets::declare(1, b"q", 0x04, b"\x0dx-message-ttlI\0\0\0\x09")),
        Some(long(1, 40, 10, &[b"\0\0\x01x\x05topic\x04\0\0\0\0"])),
        Some(long(1, 50, 20, &[b"\0\0\x01q\x01x\x03a.#\0\0\0\0\0"])),
        Some(long(1, 85, 10, &[b"\0"])),
        Some(long(1, 60, 10, &[b"\0\0\0\0\0\x01\0"])),
        Some(long(1, 60, 20, &[b"\0\0\x01q\x01c\0\0\0\0\0"])),
        Some(long(1, 60, 40, &[b"\0\0\x01x\x03a.b\x01"])),
        Some(octets::header(1, 3)),
        Some(octets::body(1, b"abc")),
        Some(long(1, 60, 80, &[&1u64.to_be_bytes(), b"\0"])),
        Some(long(1, 60, 70, &[b"\0\0\x01q\0"])),
        Some(long(1, 50, 40, &[b"\0\0\x01q\0"])),
        Some(octets::close(0, 10, 50)),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .concat()
}

/// Frames that are whole, or protocol headers.
fn is_whole(mut said: &[u8]) -> bool {
    while let Some(head) = said.first_chunk::<8>() {
        if head.starts_with(b"AMQP") {
            said = &said[8..];
            continue;
        }
        let size = u32::from_be_bytes([head[3], head[4], head[5], head[6]]) as usize;
        match said.get(7 + size) {
            Some(0xCE) => said = &said[size + 8..],
            _ => return false,
        }
    }
    said.is_empty()
}

fn talk(runtime: &Runtime, profile: Profile, input: &[u8]) -> Result<(), String> {
    let (ours, theirs) = duplex(1 << 16);
    let config = Config { log: Arc::new(|_| {}), trace: true, watch: None };
    let served = serve_stream(theirs, Broker::new(profile), config);
    let (mut from, mut to) = split(ours);
    let say = async {
        // The server may have hung up already.
        for piece in input.chunks(1000) {
            if to.write_all(piece).await.is_err() {
                return;
            }
        }
        let _ = to.shutdown().await;
    };
    let mut said = Vec::new();
    let all = async { tokio::join!(served, say, from.read_to_end(&mut said)).0 };
    let broker = runtime.block_on(async { timeout(FOR_EVER, all).await });
    let broker = broker.map_err(|_| "the connection never ends".to_owned())?;
    if broker.connections().count() != 0 {
        return Err("the broker still knows the connection".to_owned());
    }
    if is_whole(&said) { Ok(()) } else { Err(format!("half a frame in {}", said.escape_ascii())) }
}

#[test]
fn frames() {
    let mut corpus: Vec<Vec<u8>> = wire::all().iter().map(wire::whole).collect();
    corpus.push(session());
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
    let runtime = runtime.expect("a runtime");
    // What is on file has to go well before anything is changed.
    for (input, profile) in corpus.iter().flat_map(|i| Profile::ALL.map(|p| (i, p))) {
        if let Err(why) = talk(&runtime, profile, input) {
            panic!("{why}: {}", input.escape_ascii());
        }
    }
    fuzz("frames", &corpus, changed, |input| {
        let profile = Profile::ALL[input.len() % Profile::ALL.len()];
        talk(&runtime, profile, input)
    });
}
