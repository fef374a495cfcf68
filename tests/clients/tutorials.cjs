// The programs of RabbitMQ's seven tutorials, with amqplib.
//
//     tutorials.cjs URL ROLE ARGUMENT...
//
// A program that waits says `ready` first; what it hears it prints line by line.
'use strict';

const { randomUUID } = require('node:crypto');
const amqp = require('amqplib');

const say = (text) => console.log(text);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const forever = () => new Promise(() => {});

async function hear(channel, queue, onMessage, noAck) {
  say('ready');
  await channel.consume(queue, onMessage, { noAck });
  await forever();
}

const declareHello = (channel) => channel.assertQueue('hello', { durable: false });

async function send(channel, text) {
  await declareHello(channel);
  channel.sendToQueue('hello', Buffer.from(text));
}

async function receive(channel) {
  await declareHello(channel);
  await hear(channel, 'hello', (message) => say(message.content.toString()), true);
}

async function newTask(channel, ...texts) {
  await channel.assertQueue('task_queue', { durable: true });
  for (const text of texts) {
    channel.sendToQueue('task_queue', Buffer.from(text), { persistent: true });
  }
}

async function worker(channel) {
  await channel.assertQueue('task_queue', { durable: true });
  await channel.prefetch(1);
  const work = async (message) => {
    const text = message.content.toString();
    await pause((text.split('.').length - 1) * 100);
    say(text);
    channel.ack(message);
  };
  await hear(channel, 'task_queue', work, false);
}

async function emit(channel, exchange, kind, key, text) {
  await channel.assertExchange(exchange, kind, { durable: false });
  channel.publish(exchange, key, Buffer.from(text));
}

async function listen(channel, exchange, kind, keys) {
  await channel.assertExchange(exchange, kind, { durable: false });
  const { queue } = await channel.assertQueue('', { exclusive: true });
  for (const key of keys) await channel.bindQueue(queue, exchange, key);
  const onMessage = ({ fields, content }) => say(`${fields.routingKey}:${content}`);
  await hear(channel, queue, onMessage, true);
}

const fib = (n) => (n < 2 ? n : fib(n - 1) + fib(n - 2));

async function rpcServer(channel) {
  await channel.assertQueue('rpc_queue', { durable: false });
  await channel.prefetch(1);
  const answer = (message) => {
    const { replyTo, correlationId } = message.properties;
    const result = String(fib(Number(message.content)));
    channel.sendToQueue(replyTo, Buffer.from(result), { correlationId });
    channel.ack(message);
  };
  await hear(channel, 'rpc_queue', answer, false);
}

async function rpcClient(channel, number) {
  const { queue } = await channel.assertQueue('', { exclusive: true });
  const correlationId = randomUUID();
  await new Promise((done, failed) => {
    const onMessage = ({ properties, content }) => {
      if (properties.correlationId !== correlationId) return;
      say(content.toString());
      done();
    };
    channel.consume(queue, onMessage, { noAck: true }).catch(failed);
    const options = { correlationId, replyTo: queue };
    channel.sendToQueue('rpc_queue', Buffer.from(number), options);
  });
}

async function publisherConfirms(channel, count) {
  const { queue } = await channel.assertQueue('', { exclusive: true });
  for (let number = 0; number < count; number++) {
    channel.sendToQueue(queue, Buffer.from(String(number)));
    await channel.waitForConfirms();
  }
  say(`${count} confirmed one by one`);
  const returned = new Promise((done) => channel.once('return', done));
  channel.sendToQueue('nobody', Buffer.from('x'), { mandatory: true });
  const { replyCode, replyText } = (await returned).fields;
  say(`returned ${replyCode} ${replyText}`);
  for (let number = 0; number < count; number++) {
    channel.sendToQueue(queue, Buffer.from(String(number)));
  }
  await channel.waitForConfirms();
  const settled = [];
  for (let number = 0; number < count; number++) {
    settled.push(new Promise((done, failed) => {
      const content = Buffer.from(String(number));
      channel.sendToQueue(queue, content, {}, (error) => (error ? failed(error) : done()));
    }));
  }
  await Promise.all(settled);
  say(`${(await channel.checkQueue(queue)).messageCount / 3} in the queue`);
}

const roles = {
  send,
  receive,
  new_task: newTask,
  worker,
  emit_log: (channel, text) => emit(channel, 'logs', 'fanout', '', text),
  receive_logs: (channel) => listen(channel, 'logs', 'fanout', ['']),
  emit_log_direct: (channel, key, text) => emit(channel, 'direct_logs', 'direct', key, text),
  receive_logs_direct: (channel, ...keys) => listen(channel, 'direct_logs', 'direct', keys),
  emit_log_topic: (channel, key, text) => emit(channel, 'topic_logs', 'topic', key, text),
  receive_logs_topic: (channel, ...keys) => listen(channel, 'topic_logs', 'topic', keys),
  rpc_server: rpcServer,
  rpc_client: rpcClient,
  publisher_confirms: publisherConfirms,
};

async function main() {
  const [url, role, ...given] = process.argv.slice(2);
  const connection = await amqp.connect(url);
  const confirms = role === 'publisher_confirms';
  const channel = await (confirms ? connection.createConfirmChannel() : connection.createChannel());
  await roles[role](channel, ...given);
  await channel.close();
  await connection.close();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
