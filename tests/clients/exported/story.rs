// A shop, told in six languages
//
// Made from story.warren by `warren export`.
// Needs lapin 4 (with its feature tokio), tokio (with full) and futures-lite as dependencies.
// Run it: cargo run -- [CLIENT ...]
// Every client takes part, or those who are named. AMQP_URL says where the broker is.
//
// What the scenario says and this program does not do:
// - at 5s restart broker
// - asker: one connection for what it publishes and consumes

use futures_lite::StreamExt as _;
use lapin::options::*;
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties, ExchangeKind, Result};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::sleep;

async fn connect() -> Result<(Connection, Channel)> {
    let usual = "amqp://guest:guest@localhost:5672/%2F".to_owned();
    let url = std::env::var("AMQP_URL").unwrap_or(usual);
    let connection = Connection::connect(&url, ConnectionProperties::default()).await?;
    let channel = connection.create_channel().await?;
    Ok((connection, channel))
}

/// Whether a client takes part: all that do not wait, or those who are named.
fn wanted(name: &str, waits: bool) -> bool {
    let only: Vec<String> = std::env::args().skip(1).collect();
    (only.is_empty() && !waits) || only.iter().any(|one| one == name)
}

fn table<const N: usize>(items: [(&str, AMQPValue); N]) -> FieldTable {
    let mut table = FieldTable::default();
    for (key, value) in items {
        table.insert(key.into(), value);
    }
    table
}

/// A number below `most`, by chance.
fn chance(most: u64) -> u64 {
    use std::hash::{BuildHasher as _, RandomState};
    RandomState::new().hash_one(0) % most
}

/// The names that the broker makes up.
static QUEUES: Mutex<BTreeMap<&str, String>> = Mutex::new(BTreeMap::new());

fn queue_name(queue: &str) -> String {
    QUEUES.lock().unwrap().get(queue).cloned().unwrap_or_default()
}

/// The properties of a message that is passed on: all but its time to live.
fn passed(from: &BasicProperties) -> BasicProperties {
    let mut to = BasicProperties::default();
    macro_rules! keep {
        ($($get:ident $with:ident)*) => {
            $(if let Some(value) = from.$get() { to = to.$with(value.clone()); })*
        };
    }
    keep! {
        content_type with_content_type content_encoding with_content_encoding
        headers with_headers delivery_mode with_delivery_mode priority with_priority
        correlation_id with_correlation_id reply_to with_reply_to message_id with_message_id
        timestamp with_timestamp kind with_type user_id with_user_id app_id with_app_id
    }
    to
}

/// The headers of a message, without some and with others.
fn changed(from: &BasicProperties, dropped: &[&str], set: &[(&str, AMQPValue)]) -> FieldTable {
    let mut table = FieldTable::default();
    for (key, value) in from.headers().iter().flat_map(|headers| headers.inner()) {
        if !dropped.contains(&key.as_str()) {
            table.insert(key.clone(), value.clone());
        }
    }
    for (key, value) in set {
        table.insert((*key).into(), value.clone());
    }
    table
}

async fn shop_publishes() -> Result<()> {
    let (connection, channel) = connect().await?;
    for n in 1_usize..7 {
        let key = [format!("order.{n}.eu").to_string(), "order.paid.us".to_string()][(n - 1) % 2].clone();
        let text = format!("order {n} with {key}");
        channel
            .basic_publish(
                "orders".into(),
                key.as_str().into(),
                BasicPublishOptions::default(),
                text.as_bytes(),
                BasicProperties::default().with_headers(table([("rush", AMQPValue::Boolean(true)), ("weight", AMQPValue::Double(1.5))])).with_delivery_mode(2).with_priority(3).with_message_id(format!("shop-{n}").into()),
            )
            .await?;
        println!("{} {}", "shop sends", text);
        sleep(Duration::from_millis(50)).await;
    }
    connection.close(200, "done".into()).await
}

async fn careful_publishes() -> Result<()> {
    let (connection, channel) = connect().await?;
    channel.confirm_select(ConfirmSelectOptions::default()).await?;
    // What comes back to "careful" is in its confirmation.
    for n in 1_usize..3 {
        let text = format!("nobody wants {n}");
        let confirmed = channel
            .basic_publish(
                "docs".into(),
                "nowhere".into(),
                BasicPublishOptions { mandatory: true, ..Default::default() },
                text.as_bytes(),
                BasicProperties::default(),
            )
            .await?.await?;
        println!("{} {}", "careful sends", text);
        if confirmed.is_nack() {
            println!("{} {} in vain", "careful sends", text);
        }
        if let Some(back) = confirmed.take_message() {
            println!("{} {} in vain: {}", "careful sends", text, back.reply_text);
        }
        sleep(Duration::from_millis(50)).await;
    }
    connection.close(200, "done".into()).await
}

async fn ledger_publishes() -> Result<()> {
    let (connection, channel) = connect().await?;
    channel.tx_select().await?;
    for n in 1_usize..5 {
        let text = format!("wish {n}");
        channel
            .basic_publish(
                "".into(),
                "wishes".into(),
                BasicPublishOptions::default(),
                text.as_bytes(),
                BasicProperties::default(),
            )
            .await?;
        println!("{} {}", "ledger sends", text);
        if n % 2 == 0 {
            channel.tx_commit().await?;
        }
        if n % 2 == 0 {
            sleep(Duration::from_millis(10)).await;
        }
    }
    connection.close(200, "done".into()).await
}

async fn scanner_publishes() -> Result<()> {
    let (connection, channel) = connect().await?;
    let waits = [Duration::from_millis(0), Duration::from_millis(100)];
    for n in 1_usize..3 {
        sleep(waits[n - 1]).await;
        let text = format!("page {n}");
        channel
            .basic_publish(
                "docs".into(),
                "".into(),
                BasicPublishOptions::default(),
                text.as_bytes(),
                BasicProperties::default().with_headers(table([("format", AMQPValue::LongString("pdf".into())), ("pages", AMQPValue::LongInt(3)), ("draft", AMQPValue::Boolean(true))])).with_expiration("60000".into()).with_content_type("text/plain".into()).with_timestamp(1700000000).with_app_id("till".into()).with_type("scan".into()),
            )
            .await?;
        println!("{} {}", "scanner sends", text);
    }
    connection.close(200, "done".into()).await
}

async fn asker_publishes() -> Result<()> {
    let (connection, channel) = connect().await?;
    for n in 1_usize..2 {
        let text = format!("what is {n}?");
        channel
            .basic_publish(
                "".into(),
                "requests".into(),
                BasicPublishOptions::default(),
                text.as_bytes(),
                BasicProperties::default().with_reply_to(queue_name("answers").into()).with_correlation_id(format!("E{n}").into()),
            )
            .await?;
        println!("{} {}", "asker sends", text);
    }
    connection.close(200, "done".into()).await
}

async fn asker_consumes(clients: &mut JoinSet<Result<()>>) -> Result<()> {
    let (connection, channel) = connect().await?;
    let made_up = channel.queue_declare("".into(), QueueDeclareOptions { durable: true, exclusive: true, ..Default::default() }, FieldTable::default()).await?;
    QUEUES.lock().unwrap().insert("answers", made_up.name().to_string());
    let mut messages = channel
        .basic_consume(queue_name("answers").into(), "asker".into(), BasicConsumeOptions { no_ack: true, ..Default::default() }, FieldTable::default())
        .await?;
    clients.spawn(async move {
        while let Some(message) = messages.next().await {
            let message = message?;
            let text = String::from_utf8_lossy(&message.data).into_owned();
            println!("{} {}", "asker gets", text);
        }
        connection.close(200, "done".into()).await
    });
    Ok(())
}

async fn packer_consumes(clients: &mut JoinSet<Result<()>>) -> Result<()> {
    let (connection, channel) = connect().await?;
    channel.basic_qos(2, BasicQosOptions::default()).await?;
    let mut turns = 0_usize;
    let mut messages = channel
        .basic_consume("billing".into(), "packer".into(), BasicConsumeOptions::default(), FieldTable::default())
        .await?;
    clients.spawn(async move {
        while let Some(message) = messages.next().await {
            let message = message?;
            let text = String::from_utf8_lossy(&message.data).into_owned();
            println!("{} {}", "packer gets", text);
            sleep(Duration::from_millis(20)).await;
            let turn = turns % 3;
            turns += 1;
            if turn == 0 {
                message.ack(BasicAckOptions::default()).await?;
            }
            if turn == 1 {
                message.reject(BasicRejectOptions { requeue: false }).await?;
            }
            if turn == 2 {
                message.nack(BasicNackOptions { requeue: true, ..Default::default() }).await?;
            }
        }
        connection.close(200, "done".into()).await
    });
    Ok(())
}

async fn clerk_consumes(clients: &mut JoinSet<Result<()>>) -> Result<()> {
    let (connection, channel) = connect().await?;
    channel.basic_qos(5, BasicQosOptions::default()).await?;
    let messages = channel
        .basic_consume("archive".into(), "clerk".into(), BasicConsumeOptions::default(), table([("x-priority", AMQPValue::LongInt(2))]))
        .await?;
    let others = channel
        .basic_consume("wishes".into(), "clerk-2".into(), BasicConsumeOptions::default(), table([("x-priority", AMQPValue::LongInt(2))]))
        .await?;
    let mut messages = messages.or(others);
    clients.spawn(async move {
        while let Some(message) = messages.next().await {
            let message = message?;
            let text = String::from_utf8_lossy(&message.data).into_owned();
            println!("{} {}", "clerk gets", text);
            sleep(Duration::from_millis(5 + chance(6))).await;
            message.ack(BasicAckOptions::default()).await?;
        }
        connection.close(200, "done".into()).await
    });
    Ok(())
}

async fn reader_consumes(clients: &mut JoinSet<Result<()>>, name: String) -> Result<()> {
    let (connection, channel) = connect().await?;
    let mut messages = channel
        .basic_consume("scanned".into(), name.as_str().into(), BasicConsumeOptions::default(), FieldTable::default())
        .await?;
    clients.spawn(async move {
        while let Some(message) = messages.next().await {
            let message = message?;
            let text = String::from_utf8_lossy(&message.data).into_owned();
            println!("{} {} {}", name, "gets", text);
            let properties = passed(&message.properties)
                .with_headers(changed(&message.properties, &["draft"], &[("words", AMQPValue::LongInt(250)), ("from", AMQPValue::LongString(name.clone().into()))]))
                .with_content_type("text/markdown".into());
            channel
                .basic_publish(
                    "".into(),
                    "text".into(),
                    BasicPublishOptions::default(),
                    format!("text of {text}").as_bytes(),
                    properties,
                )
                .await?;
            message.ack(BasicAckOptions::default()).await?;
        }
        connection.close(200, "done".into()).await
    });
    Ok(())
}

async fn server_consumes(clients: &mut JoinSet<Result<()>>) -> Result<()> {
    let (connection, channel) = connect().await?;
    let mut sent = 0;
    let mut messages = channel
        .basic_consume("requests".into(), "server".into(), BasicConsumeOptions::default(), FieldTable::default())
        .await?;
    clients.spawn(async move {
        while let Some(message) = messages.next().await {
            let message = message?;
            let text = String::from_utf8_lossy(&message.data).into_owned();
            println!("{} {}", "server gets", text);
            sleep(Duration::from_millis(10)).await;
            sent += 1;
            let n = sent;
            if let Some(reply_to) = message.properties.reply_to().clone() {
                let mut same = BasicProperties::default();
                if let Some(id) = message.properties.correlation_id().clone() {
                    same = same.with_correlation_id(id);
                }
                let options = BasicPublishOptions::default();
                channel.basic_publish("".into(), reply_to, options, format!("server says {n}").as_bytes(), same).await?;
            }
            message.ack(BasicAckOptions::default()).await?;
        }
        connection.close(200, "done".into()).await
    });
    Ok(())
}

#[tokio::main]
async fn main() -> Result<()> {
    let (connection, channel) = connect().await?;
    let mut clients = JoinSet::new();
    channel.exchange_declare("orders".into(), ExchangeKind::Topic, ExchangeDeclareOptions { durable: true, ..Default::default() }, FieldTable::default()).await?;
    channel.exchange_declare("late".into(), ExchangeKind::Fanout, ExchangeDeclareOptions::default(), FieldTable::default()).await?;
    channel.exchange_declare("docs".into(), ExchangeKind::Headers, ExchangeDeclareOptions { durable: true, ..Default::default() }, table([("x-note", AMQPValue::LongString("kept".into()))])).await?;
    channel.exchange_declare("dead".into(), ExchangeKind::Fanout, ExchangeDeclareOptions { durable: true, ..Default::default() }, FieldTable::default()).await?;
    channel.queue_declare("billing".into(), QueueDeclareOptions { durable: true, ..Default::default() }, table([("x-dead-letter-exchange", AMQPValue::LongString("dead".into())), ("x-max-length", AMQPValue::LongInt(100)), ("x-note", AMQPValue::LongString("mine".into()))])).await?;
    channel.queue_declare("archive".into(), QueueDeclareOptions { durable: true, ..Default::default() }, FieldTable::default()).await?;
    channel.queue_declare("scanned".into(), QueueDeclareOptions { durable: true, ..Default::default() }, FieldTable::default()).await?;
    channel.queue_declare("text".into(), QueueDeclareOptions { durable: true, ..Default::default() }, FieldTable::default()).await?;
    channel.queue_declare("grave".into(), QueueDeclareOptions { durable: true, ..Default::default() }, FieldTable::default()).await?;
    channel.queue_declare("wishes".into(), QueueDeclareOptions { durable: true, ..Default::default() }, FieldTable::default()).await?;
    channel.queue_declare("requests".into(), QueueDeclareOptions { durable: true, ..Default::default() }, FieldTable::default()).await?;
    channel.queue_bind("billing".into(), "orders".into(), "order.*.eu".into(), QueueBindOptions::default(), FieldTable::default()).await?;
    channel.exchange_bind("late".into(), "orders".into(), "#".into(), ExchangeBindOptions::default(), FieldTable::default()).await?;
    channel.queue_bind("archive".into(), "late".into(), "".into(), QueueBindOptions::default(), FieldTable::default()).await?;
    channel.queue_bind("scanned".into(), "docs".into(), "".into(), QueueBindOptions::default(), table([("x-match", AMQPValue::LongString("all".into())), ("format", AMQPValue::LongString("pdf".into())), ("pages", AMQPValue::LongInt(3))])).await?;
    channel.queue_bind("grave".into(), "dead".into(), "".into(), QueueBindOptions::default(), FieldTable::default()).await?;
    if wanted("asker", false) {
        asker_consumes(&mut clients).await?;
    }
    if wanted("packer", false) {
        packer_consumes(&mut clients).await?;
    }
    if wanted("clerk", false) {
        clerk_consumes(&mut clients).await?;
    }
    if wanted("reader", false) {
        for n in 1_usize..3 {
            reader_consumes(&mut clients, format!("reader-{n}")).await?;
        }
    }
    if wanted("server", false) {
        server_consumes(&mut clients).await?;
    }
    if wanted("shop", false) {
        clients.spawn(shop_publishes());
    }
    if wanted("careful", false) {
        clients.spawn(careful_publishes());
    }
    if wanted("ledger", false) {
        clients.spawn(ledger_publishes());
    }
    if wanted("scanner", false) {
        clients.spawn(scanner_publishes());
    }
    if wanted("asker", false) {
        clients.spawn(asker_publishes());
    }
    sleep(Duration::from_millis(3000)).await;
    for n in 1_usize..3 {
        channel
            .basic_publish(
                "orders".into(),
                "order.9.eu".into(),
                BasicPublishOptions::default(),
                format!("by hand {n}").as_bytes(),
                BasicProperties::default(),
            )
            .await?;
        println!("{} {}", "operator sends", format!("by hand {n}"));
    }
    sleep(Duration::from_millis(500)).await;
    channel.queue_unbind("archive".into(), "late".into(), "".into(), FieldTable::default()).await?;
    sleep(Duration::from_millis(500)).await;
    channel.queue_declare("late-queue".into(), QueueDeclareOptions { durable: true, ..Default::default() }, table([("x-message-ttl", AMQPValue::LongInt(60000))])).await?;
    while let Some(Ok(done)) = clients.join_next().await {
        if let Err(error) = done {
            eprintln!("{error}");
        }
    }
    connection.close(200, "done".into()).await
}
