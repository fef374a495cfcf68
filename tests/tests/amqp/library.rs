//! RabbitMQ's tutorials with lapin, a client library that others wrote.

use super::Served;
use futures_lite::StreamExt as _;
use lapin::message::Delivery;
use lapin::options::{
    BasicAckOptions, BasicConsumeOptions, BasicGetOptions, BasicPublishOptions, BasicQosOptions,
    ConfirmSelectOptions, ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions,
};
use lapin::types::{FieldTable, ShortString};
use lapin::{
    BasicProperties, Channel, Confirmation, Connection, ConnectionProperties, Consumer,
    ExchangeKind,
};
use std::time::Duration;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(10);

async fn connect(served: &Served) -> Connection {
    let uri = format!("amqp://guest:guest@{}/%2f", served.address);
    let connection = Connection::connect(&uri, ConnectionProperties::default());
    timeout(PATIENCE, connection).await.expect("in time").expect("it is let in")
}

async fn queue(channel: &Channel, name: &str, options: QueueDeclareOptions) -> ShortString {
    let declared = channel.queue_declare(name.into(), options, FieldTable::default()).await;
    declared.expect("a queue").name().clone()
}

async fn consume(channel: &Channel, queue: &ShortString, no_ack: bool) -> Consumer {
    let options = BasicConsumeOptions { no_ack, ..BasicConsumeOptions::default() };
    let consumer = channel.basic_consume(queue.clone(), "".into(), options, FieldTable::default());
    consumer.await.expect("a consumer")
}

async fn publish(channel: &Channel, exchange: &str, key: &str, body: &[u8]) -> Confirmation {
    publish_with(channel, exchange, key, body, BasicProperties::default()).await
}

async fn publish_with(
    channel: &Channel,
    exchange: &str,
    key: &str,
    body: &[u8],
    properties: BasicProperties,
) -> Confirmation {
    let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
    let sent = channel.basic_publish(exchange.into(), key.into(), options, body, properties);
    timeout(PATIENCE, sent.await.expect("sent")).await.expect("in time").expect("settled")
}

async fn next(consumer: &mut Consumer) -> Delivery {
    let next = timeout(PATIENCE, consumer.next()).await.expect("in time");
    next.expect("the consumer goes on").expect("a delivery")
}

fn exclusive() -> QueueDeclareOptions {
    QueueDeclareOptions { exclusive: true, ..QueueDeclareOptions::default() }
}

/// A queue that the server names, bound to an exchange by keys.
async fn listen(channel: &Channel, exchange: &str, keys: &[&str]) -> Consumer {
    let name = queue(channel, "", exclusive()).await;
    assert!(name.as_str().starts_with("amq.gen-"));
    for key in keys {
        let (options, arguments) = (QueueBindOptions::default(), FieldTable::default());
        let bound =
            channel.queue_bind(name.clone(), exchange.into(), (*key).into(), options, arguments);
        bound.await.expect("bound");
    }
    consume(channel, &name, true).await
}

async fn exchange(channel: &Channel, name: &str, kind: ExchangeKind) {
    let (options, arguments) = (ExchangeDeclareOptions::default(), FieldTable::default());
    channel.exchange_declare(name.into(), kind, options, arguments).await.expect("an exchange");
}

#[test]
fn one_hello_world() {
    let served = Served::default();
    served.runtime.block_on(async {
        let connection = connect(&served).await;
        let channel = connection.create_channel().await.expect("a channel");
        let hello = queue(&channel, "hello", QueueDeclareOptions::default()).await;
        publish(&channel, "", "hello", b"Hello World!").await;
        let mut consumer = consume(&channel, &hello, true).await;
        assert_eq!(next(&mut consumer).await.data, b"Hello World!");
        connection.close(200, "bye".into()).await.expect("closed in good order");
    });
}

#[test]
fn two_work_queues() {
    let served = Served::default();
    served.runtime.block_on(async {
        let connection = connect(&served).await;
        let mut workers = Vec::new();
        let durable = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
        for _ in 0..2 {
            let channel = connection.create_channel().await.expect("a channel");
            let tasks = queue(&channel, "task_queue", durable).await;
            channel.basic_qos(1, BasicQosOptions::default()).await.expect("a prefetch");
            workers.push(consume(&channel, &tasks, false).await);
        }
        let boss = connection.create_channel().await.expect("a channel");
        for n in 0..6 {
            let properties = BasicProperties::default().with_delivery_mode(2);
            publish_with(&boss, "", "task_queue", &[n], properties).await;
        }
        // Each worker holds one task; acknowledged, the next one comes.
        let mut done = Vec::new();
        for turn in 0..6 {
            let delivery = next(&mut workers[turn % 2]).await;
            assert_eq!(*delivery.properties.delivery_mode(), Some(2));
            delivery.ack(BasicAckOptions::default()).await.expect("acknowledged");
            done.push(delivery.data[0]);
        }
        done.sort_unstable();
        assert_eq!(done, [0, 1, 2, 3, 4, 5]);
    });
}

#[test]
fn three_publish_and_subscribe_with_a_body_of_many_frames() {
    let served = Served::default();
    served.runtime.block_on(async {
        let connection = connect(&served).await;
        let channel = connection.create_channel().await.expect("a channel");
        exchange(&channel, "logs", ExchangeKind::Fanout).await;
        let mut first = listen(&channel, "logs", &[""]).await;
        let mut second = listen(&channel, "logs", &[""]).await;
        let body: Vec<u8> = (0..1_000_000u32).map(|n| n as u8).collect();
        publish(&channel, "logs", "", &body).await;
        assert!(next(&mut first).await.data == body, "the first hears it whole");
        assert!(next(&mut second).await.data == body, "the second, too");
    });
}

#[test]
fn four_and_five_routing_and_topics() {
    let served = Served::default();
    served.runtime.block_on(async {
        let connection = connect(&served).await;
        let channel = connection.create_channel().await.expect("a channel");
        exchange(&channel, "direct_logs", ExchangeKind::Direct).await;
        exchange(&channel, "topic_logs", ExchangeKind::Topic).await;
        let mut errors = listen(&channel, "direct_logs", &["error", "warning"]).await;
        let mut kernel = listen(&channel, "topic_logs", &["kern.*", "#.critical"]).await;
        for key in ["info", "error", "debug", "warning"] {
            publish(&channel, "direct_logs", key, key.as_bytes()).await;
        }
        assert_eq!(next(&mut errors).await.data, b"error");
        assert_eq!(next(&mut errors).await.data, b"warning");
        for key in ["cron.info", "kern.info", "kern.a.b", "auth.critical", "kern.critical"] {
            publish(&channel, "topic_logs", key, b"").await;
        }
        for key in ["kern.info", "auth.critical", "kern.critical"] {
            assert_eq!(next(&mut kernel).await.routing_key.as_str(), key);
        }
    });
}

#[test]
fn six_a_remote_procedure_call_to_a_pseudo_queue() {
    let served = Served::default();
    served.runtime.block_on(async {
        let (server, client) = (connect(&served).await, connect(&served).await);
        let answering = server.create_channel().await.expect("a channel");
        let calls = queue(&answering, "rpc_queue", QueueDeclareOptions::default()).await;
        let mut calls = consume(&answering, &calls, false).await;
        let asking = client.create_channel().await.expect("a channel");
        let mut replies = consume(&asking, &"amq.rabbitmq.reply-to".into(), true).await;
        let properties = BasicProperties::default()
            .with_reply_to("amq.rabbitmq.reply-to".into())
            .with_correlation_id("7".into());
        publish_with(&asking, "", "rpc_queue", b"21", properties).await;
        let call = next(&mut calls).await;
        let reply_to = call.properties.reply_to().clone().expect("where to answer");
        let id = call.properties.correlation_id().clone().expect("a correlation id");
        let properties = BasicProperties::default().with_correlation_id(id);
        publish_with(&answering, "", reply_to.as_str(), b"42", properties).await;
        call.ack(BasicAckOptions::default()).await.expect("acknowledged");
        let reply = next(&mut replies).await;
        assert_eq!(reply.data, b"42");
        assert_eq!(reply.properties.correlation_id().as_ref().expect("its id").as_str(), "7");
    });
}

#[test]
fn seven_confirms_and_returns() {
    let served = Served::default();
    served.runtime.block_on(async {
        let connection = connect(&served).await;
        let channel = connection.create_channel().await.expect("a channel");
        channel.confirm_select(ConfirmSelectOptions::default()).await.expect("confirms");
        let name = queue(&channel, "", exclusive()).await;
        for _ in 0..50 {
            let confirmation = publish(&channel, "", name.as_str(), b"m").await;
            assert_eq!(confirmation, Confirmation::Ack(None));
        }
        match publish(&channel, "", "nobody", b"lost").await {
            Confirmation::Ack(Some(returned)) => {
                assert_eq!(returned.reply_code, 312);
                assert_eq!(returned.delivery.data, b"lost");
            }
            other => panic!("{other:?} instead of a return"),
        }
        let got = channel.basic_get(name, BasicGetOptions { no_ack: true }).await.expect("got");
        assert_eq!(got.expect("a message").message_count, 49);
    });
}
