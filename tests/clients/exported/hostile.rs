// /u{202e}"; import os; */ /u{2028} /u000a System.exit(1); // 🐇/u{a}""" ${process.exit()}
//
// Made from hostile.warren by `warren export`.
// Needs lapin 4 (with its feature tokio), tokio (with full) and futures-lite as dependencies.
// Run it: cargo run -- [CLIENT ...]
// Every client takes part, or those who are named. AMQP_URL says where the broker is.

use futures_lite::StreamExt as _;
use lapin::options::*;
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties, ExchangeKind, Result};
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

async fn class_x_1_publishes() -> Result<()> {
    let (connection, channel) = connect().await?;
    for n in 1_usize..3 {
        let text = format!("${n} {n} {{{n}}} `\\` \"\"\" '%d' $$ \\{n} 🐇\u{2029}\u{0}end");
        channel
            .basic_publish(
                "a \"b\" \\ $ {x} %s 🐇".into(),
                "k\"\n'`$".into(),
                BasicPublishOptions::default(),
                text.as_bytes(),
                BasicProperties::default().with_headers(table([("__proto__", AMQPValue::LongString("it's {n} \"${n}\" \\".into()))])),
            )
            .await?;
        println!("{} {}", "class \"x\" 1 sends", text);
        sleep(Duration::from_millis(10)).await;
    }
    connection.close(200, "done".into()).await
}

async fn import_publishes() -> Result<()> {
    let (connection, channel) = connect().await?;
    for _ in 1_usize..2 {
        let text = "\\u000a\r\n";
        channel
            .basic_publish(
                "".into(),
                "\\u0022 \u{0} \u{7f}".into(),
                BasicPublishOptions::default(),
                text.as_bytes(),
                BasicProperties::default(),
            )
            .await?;
        println!("{} {}", "import sends", text);
    }
    connection.close(200, "done".into()).await
}

async fn def_consumes(clients: &mut JoinSet<Result<()>>) -> Result<()> {
    let (connection, channel) = connect().await?;
    let mut messages = channel
        .basic_consume("q'uote line \u{202e} `${1}` {n} #{2}".into(), "def".into(), BasicConsumeOptions::default(), FieldTable::default())
        .await?;
    clients.spawn(async move {
        while let Some(message) = messages.next().await {
            let message = message?;
            let text = String::from_utf8_lossy(&message.data).into_owned();
            println!("{} {}", "def gets", text);
            message.ack(BasicAckOptions::default()).await?;
        }
        connection.close(200, "done".into()).await
    });
    Ok(())
}

async fn client_consumes(clients: &mut JoinSet<Result<()>>) -> Result<()> {
    let (connection, channel) = connect().await?;
    let mut messages = channel
        .basic_consume("\\u0022 \u{0} \u{7f}".into(), "🐇".into(), BasicConsumeOptions::default(), FieldTable::default())
        .await?;
    clients.spawn(async move {
        while let Some(message) = messages.next().await {
            let message = message?;
            let text = String::from_utf8_lossy(&message.data).into_owned();
            println!("{} {}", "🐇 gets", text);
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
    channel.exchange_declare("a \"b\" \\ $ {x} %s 🐇".into(), ExchangeKind::Topic, ExchangeDeclareOptions { durable: true, ..Default::default() }, FieldTable::default()).await?;
    channel.queue_declare("q'uote line \u{202e} `${1}` {n} #{2}".into(), QueueDeclareOptions { durable: true, ..Default::default() }, FieldTable::default()).await?;
    channel.queue_declare("\\u0022 \u{0} \u{7f}".into(), QueueDeclareOptions { durable: true, ..Default::default() }, FieldTable::default()).await?;
    channel.queue_bind("q'uote line \u{202e} `${1}` {n} #{2}".into(), "a \"b\" \\ $ {x} %s 🐇".into(), "k\"\n'`$".into(), QueueBindOptions::default(), FieldTable::default()).await?;
    if wanted("def", false) {
        def_consumes(&mut clients).await?;
    }
    if wanted("🐇", false) {
        client_consumes(&mut clients).await?;
    }
    if wanted("class \"x\" 1", false) {
        clients.spawn(class_x_1_publishes());
    }
    if wanted("import", false) {
        clients.spawn(import_publishes());
    }
    while let Some(Ok(done)) = clients.join_next().await {
        if let Err(error) = done {
            eprintln!("{error}");
        }
    }
    connection.close(200, "done".into()).await
}
