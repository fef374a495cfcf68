//! The port against a RabbitMQ that runs on the same machine, with the same
//! client: `cargo xtask bench` runs this.

mod client;

use client::{Client, publish};
use std::net::SocketAddr;
use std::thread;
use std::time::Instant;
use warren_tests::live;
use warren_tests::served::Served;

const BODY: [u8; 100] = [b'x'; 100];
/// Octets that a publisher writes at once.
const WRITE: usize = 32 << 10;
const RUNS: usize = 3;

/// Publishes `count` messages made by `make`; the same octets are made once.
fn publish_all(client: &mut Client, count: u64, make: impl Fn(u64) -> Vec<u8>) {
    let mut octets = Vec::new();
    for number in 0..count {
        octets.extend(make(number));
        if octets.len() >= WRITE || number + 1 == count {
            client.say(&octets);
            octets.clear();
        }
    }
}

/// One queue: published, delivered, acknowledged. Seconds for `count`.
fn one_queue(address: SocketAddr, count: u64) -> f64 {
    let (mut publisher, mut consumer) = (Client::connect(address), Client::connect(address));
    // Exclusive queues are gone with their connection: they are the consumer's.
    consumer.declare_queue("bench-one");
    consumer.consume("bench-one", 1000);
    let message = publish("", "bench-one", &BODY);
    let start = Instant::now();
    thread::scope(|scope| {
        scope.spawn(|| publish_all(&mut publisher, count, |_| message.clone()));
        consumer.acknowledge(count);
    });
    let time = start.elapsed().as_secs_f64();
    consumer.close();
    time
}

/// A fanout exchange and ten queues; `count` deliveries altogether.
fn fanout(address: SocketAddr, count: u64) -> f64 {
    let (mut publisher, mut consumer) = (Client::connect(address), Client::connect(address));
    consumer.declare_exchange("bench-fanout", "fanout");
    for number in 0..10 {
        let queue = format!("bench-fanout-{number}");
        consumer.declare_queue(&queue);
        consumer.bind(&queue, "bench-fanout", "");
        consumer.consume(&queue, 1000);
    }
    let message = publish("bench-fanout", "", &BODY);
    let start = Instant::now();
    thread::scope(|scope| {
        scope.spawn(|| publish_all(&mut publisher, count / 10, |_| message.clone()));
        consumer.acknowledge(count);
    });
    let time = start.elapsed().as_secs_f64();
    consumer.close();
    time
}

/// A topic exchange with 1,000 bindings, of which three fit each message and
/// lead to one queue.
fn topic(address: SocketAddr, count: u64) -> f64 {
    let (mut publisher, mut consumer) = (Client::connect(address), Client::connect(address));
    consumer.declare_exchange("bench-topic", "topic");
    consumer.declare_queue("bench-topic");
    for number in 0..333 {
        for key in [format!("a.{number}.c"), format!("*.{number}.*"), format!("#.{number}.c")] {
            consumer.bind("bench-topic", "bench-topic", &key);
        }
    }
    consumer.bind("bench-topic", "bench-topic", "x.y.z");
    consumer.consume("bench-topic", 1000);
    let make = |number: u64| publish("bench-topic", &format!("a.{}.c", number % 333), &BODY);
    let start = Instant::now();
    thread::scope(|scope| {
        scope.spawn(|| publish_all(&mut publisher, count, make));
        consumer.acknowledge(count);
    });
    let time = start.elapsed().as_secs_f64();
    consumer.close();
    time
}

type Work = fn(SocketAddr, u64) -> f64;

/// Messages per second, the best of some runs.
fn rate(address: SocketAddr, work: Work, count: u64) -> f64 {
    let times = (0..RUNS).map(|_| work(address, count));
    count as f64 / times.fold(f64::MAX, f64::min)
}

fn main() {
    let served = Served::default();
    let rabbitmq = live::Broker::start(&[]).unwrap_or_else(|trouble| panic!("{trouble}"));
    let name = format!("RabbitMQ {}", rabbitmq.profile().recorded_from());
    let works: [(&str, Work, u64); 3] = [
        ("one queue: publish, deliver, ack", one_queue, 60_000),
        ("fanout to ten queues, per delivery", fanout, 60_000),
        ("topic exchange with 1,000 bindings", topic, 40_000),
    ];
    println!("\nmessages of 100 octets per second, through the port, with the same client");
    println!("  {:<40} {:>12} {:>16} {:>8}", "", "Warren", name, "times");
    for (what, work, count) in works {
        let theirs = rate(rabbitmq.address(), work, count);
        // Longer, so that it takes a time that can be measured.
        let ours = rate(served.address, work, count * 5);
        println!("  {what:<40} {ours:>12.0} {theirs:>16.0} {:>8.1}", ours / theirs);
    }
}
