//! `warren record`: what live clients do becomes a scenario that does the same.

use super::{File, warren};
use futures_lite::StreamExt as _;
use lapin::options::{
    BasicAckOptions, BasicConsumeOptions, BasicPublishOptions, BasicQosOptions, BasicRejectOptions,
    ConfirmSelectOptions, ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions,
};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties, Consumer, ExchangeKind};
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::time::{sleep, timeout};

const PATIENCE: Duration = Duration::from_secs(20);

/// A running `warren record`.
struct Recorder {
    child: Child,
    address: String,
    file: File,
}

impl Recorder {
    fn start(test: &str) -> Self {
        let file = File::new(test, "");
        let mut child = Command::new(env!("CARGO_BIN_EXE_warren"))
            .args(["record", "--amqp", "127.0.0.1:0", "--quiet", "-o", file.name()])
            .stderr(Stdio::piped())
            .spawn()
            .expect("warren starts");
        let mut lines = BufReader::new(child.stderr.take().expect("a pipe")).lines();
        let said = lines.next().expect("a line").expect("UTF-8");
        let address = said.split_whitespace().find(|word| word.starts_with("amqp://"));
        let address = address.unwrap_or_else(|| panic!("no address in {said}")).to_owned() + "%2f";
        Self { child, address, file }
    }

    async fn connect(&self, name: &str) -> (Connection, Channel) {
        let properties = ConnectionProperties::default().with_connection_name(name.into());
        let connection = Connection::connect(&self.address, properties).await.expect("let in");
        let channel = connection.create_channel().await.expect("a channel");
        (connection, channel)
    }

    /// Ctrl-C, and the scenario that was written then.
    fn end(mut self) -> String {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args(["-INT", &pid]).status().expect("kill");
        assert!(sent.success());
        assert!(self.child.wait().expect("it ends").success());
        self.file.read()
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn next(consumer: &mut Consumer) -> lapin::message::Delivery {
    let next = timeout(PATIENCE, consumer.next()).await.expect("in time");
    next.expect("the consumer goes on").expect("a delivery")
}

async fn publish(channel: &Channel, exchange: &str, key: &str, body: &str, p: BasicProperties) {
    let options = BasicPublishOptions::default();
    let sent =
        channel.basic_publish(exchange.into(), key.into(), options, body.as_bytes(), p).await;
    timeout(PATIENCE, sent.expect("sent")).await.expect("in time").expect("settled");
}

async fn topology(channel: &Channel) {
    let durable = ExchangeDeclareOptions { durable: true, ..Default::default() };
    let kind = ExchangeKind::Topic;
    let table = FieldTable::default;
    channel.exchange_declare("orders".into(), kind, durable, table()).await.expect("an exchange");
    let durable = QueueDeclareOptions { durable: true, ..Default::default() };
    let mut arguments = table();
    arguments.insert("x-max-length".into(), AMQPValue::LongInt(50));
    channel.queue_declare("billing".into(), durable, arguments).await.expect("a queue");
    let options = QueueBindOptions::default;
    channel
        .queue_bind("billing".into(), "orders".into(), "order.#".into(), options(), table())
        .await
        .expect("bound");
    // Again: that is the same queue.
    let passive = QueueDeclareOptions { passive: true, ..Default::default() };
    channel.queue_declare("billing".into(), passive, table()).await.expect("a queue");
}

/// What the clients heard, as the recording's run tells it.
fn heard(transcript: &str, client: &str) -> Vec<String> {
    let mark = format!("{client} receives ");
    let lines = transcript.lines().filter_map(|line| line.split_once(&mark));
    lines.map(|(_, what)| what.to_owned()).collect()
}

#[test]
fn a_recorded_session_is_played_again() {
    let recorder = Recorder::start("record-session");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let seen = runtime.block_on(session(&recorder));
    let text = recorder.end();
    assert_eq!(warren(&["check", "-"], &text).0, 0, "{text}");
    for part in [
        "exchange orders topic\n",
        "queue billing max-length 50\n",
        "bind orders -> billing key order.#\n",
        "publisher \"the shop\" -> orders key order.0.eu confirms",
        "consumer packer <- billing prefetch 1 work",
        "then ack, reject requeue, ack, ack, ack, reject",
        "publish \"the shop\" -> orders key order.3.eu body \"order \\\"3\\\"\" header region \"eu\"",
        "persistent",
        "priority 4",
        "message-id m-3",
        "queue queue-1 server-named transient exclusive",
        "expect client packer has 6 received\n",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let (code, transcript, error) = warren(&["run", "-"], &text);
    assert_eq!(code, 0, "{text}\n{transcript}\n{error}");
    // Labels are given in the order of the publishes: A1 is the first.
    assert_eq!(seen, ["A1", "A2", "A2", "A3", "A4", "A5"]);
    let again: Vec<String> = heard(&transcript, "packer")
        .iter()
        .map(|line| line.split([' ', '.', ',']).next().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(again, seen, "{text}\n{transcript}");
}

/// A shop that publishes, a packer that takes and refuses, a listener.
async fn session(recorder: &Recorder) -> Vec<String> {
    let (_shop, shop) = recorder.connect("the shop").await;
    topology(&shop).await;
    shop.confirm_select(ConfirmSelectOptions::default()).await.expect("confirms");
    let (packing, packer) = recorder.connect("packer").await;
    packer.basic_qos(1, BasicQosOptions::default()).await.expect("a prefetch");
    let options = BasicConsumeOptions::default();
    let mut packs = packer
        .basic_consume("billing".into(), "any".into(), options, FieldTable::default())
        .await
        .expect("a consumer");
    let (_listening, listener) = recorder.connect("listener").await;
    let own = QueueDeclareOptions { exclusive: true, ..Default::default() };
    let queue = listener.queue_declare("".into(), own, FieldTable::default()).await.expect("one");
    let (name, table) = (queue.name().clone(), FieldTable::default);
    let options = QueueBindOptions::default();
    let bound = listener.queue_bind(name.clone(), "orders".into(), "#".into(), options, table());
    bound.await.expect("bound");
    let options = BasicConsumeOptions { no_ack: true, ..Default::default() };
    let mut listens =
        listener.basic_consume(name, "".into(), options, table()).await.expect("a consumer");
    for n in 0..5 {
        let mut headers = FieldTable::default();
        headers.insert("region".into(), AMQPValue::LongString("eu".into()));
        let properties = BasicProperties::default()
            .with_headers(headers)
            .with_delivery_mode(2)
            .with_priority(4)
            .with_message_id(format!("m-{n}").into());
        let (key, body) = (format!("order.{n}.eu"), format!("order \"{n}\""));
        publish(&shop, "orders", &key, &body, properties).await;
        sleep(Duration::from_millis(30)).await;
    }
    let mut seen = Vec::new();
    for turn in 0..6 {
        let delivery = next(&mut packs).await;
        let body = String::from_utf8_lossy(&delivery.data).into_owned();
        let n: u32 = body.trim_matches(|c: char| !c.is_ascii_digit()).parse().expect("a number");
        seen.push(format!("A{}", n + 1));
        sleep(Duration::from_millis(20)).await;
        match turn {
            1 => delivery.reject(BasicRejectOptions { requeue: true }).await.expect("rejected"),
            5 => delivery.reject(BasicRejectOptions { requeue: false }).await.expect("rejected"),
            _ => delivery.ack(BasicAckOptions::default()).await.expect("acknowledged"),
        };
    }
    for _ in 0..5 {
        next(&mut listens).await;
    }
    packing.close(200, "bye".into()).await.expect("closed in good order");
    seen
}

#[test]
fn what_cannot_be_said_is_a_comment() {
    let recorder = Recorder::start("record-lost");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let (_connection, channel) = recorder.connect("odd").await;
        let durable = QueueDeclareOptions { durable: true, ..Default::default() };
        channel.queue_declare("q".into(), durable, FieldTable::default()).await.expect("a queue");
        channel.tx_select().await.expect("a transaction");
        publish(&channel, "", "q", "{n} stays", BasicProperties::default()).await;
        channel.tx_rollback().await.expect("rolled back");
        publish(&channel, "", "q", "{n} stays", BasicProperties::default()).await;
        channel.tx_commit().await.expect("committed");
        let missing = channel.queue_bind(
            "q".into(),
            "x".into(),
            "".into(),
            QueueBindOptions::default(),
            FieldTable::default(),
        );
        missing.await.expect_err("there is no such exchange");
    });
    let text = recorder.end();
    assert!(text.starts_with("warren 1\n// Not in this scenario:\n"), "{text}");
    for part in ["// odd: transactions", "// a body with braces", "// odd was told 404 NOT_FOUND"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(text.matches("publish odd -> queue q body").count(), 1, "{text}");
    assert_eq!(warren(&["run", "-q", "-"], &text).0, 0, "{text}");
}
