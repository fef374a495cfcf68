// A shop, told in six languages
//
// Made from story.warren by `warren export`.
// Needs Node.js 18 or newer and amqplib (npm install amqplib).
// Run it: node FILE [CLIENT ...]
// Every client takes part, or those who are named. AMQP_URL says where the broker is.
//
// What the scenario says and this program does not do:
// - at 5s restart broker
// - asker: one connection for what it publishes and consumes
// - ledger: transaction; the library has none

'use strict';

const amqp = require('amqplib');
const { setTimeout: sleep } = require('node:timers/promises');

const url = process.env.AMQP_URL ?? 'amqp://guest:guest@localhost:5672/%2F';
const only = process.argv.slice(2);
const say = console.log;

async function connect(name, kind = 'createChannel') {
  const connection = await amqp.connect(url);
  const channel = await connection[kind]();
  connection.on('error', (error) => console.error(name, error.message));
  channel.on('error', (error) => console.error(name, error.message));
  return channel;
}

// One message at a time, as they come.
function inTurn(work) {
  let last = Promise.resolve();
  return (message) => {
    if (message) last = last.then(() => work(message)).catch((error) => console.error(error.message));
  };
}

// The names that the broker makes up.
const queues = new Map();

async function shopPublishes() {
  const channel = await connect('shop');
  for (let n = 1; n < 7; n += 1) {
    const key = [`order.${n}.eu`, 'order.paid.us'][(n - 1) % 2];
    const text = `order ${n} with ${key}`;
    channel.publish('orders', key, Buffer.from(text), { headers: { 'rush': true, 'weight': { '!': 'double', value: 1.5 } }, deliveryMode: 2, priority: 3, messageId: `shop-${n}` });
    say('shop sends', text);
    await sleep(50);
  }
  await channel.close();
  await channel.connection.close();
}

async function carefulPublishes() {
  const channel = await connect('careful', 'createConfirmChannel');
  channel.on('return', (message) => say('careful', 'gets back', message.content.toString()));
  for (let n = 1; n < 3; n += 1) {
    const text = `nobody wants ${n}`;
    channel.publish('docs', 'nowhere', Buffer.from(text), { mandatory: true });
    say('careful sends', text);
    await channel.waitForConfirms().catch((refused) => say('careful sends', text, 'in vain:', refused.message));
    await sleep(50);
  }
  await channel.close();
  await channel.connection.close();
}

async function ledgerPublishes() {
  const channel = await connect('ledger');
  for (let n = 1; n < 5; n += 1) {
    const text = `wish ${n}`;
    channel.publish('', 'wishes', Buffer.from(text));
    say('ledger sends', text);
    if (n % 2 === 0) {
      await sleep(10);
    }
  }
  await channel.close();
  await channel.connection.close();
}

async function scannerPublishes() {
  const channel = await connect('scanner');
  const waits = [0, 100];
  for (let n = 1; n < 3; n += 1) {
    await sleep(waits[n - 1]);
    const text = `page ${n}`;
    channel.publish('docs', '', Buffer.from(text), { headers: { 'format': 'pdf', 'pages': { '!': 'int32', value: 3 }, 'draft': true }, expiration: '60000', contentType: 'text/plain', timestamp: 1700000000, appId: 'till', type: 'scan' });
    say('scanner sends', text);
  }
  await channel.close();
  await channel.connection.close();
}

async function askerPublishes() {
  const channel = await connect('asker');
  for (let n = 1; n < 2; n += 1) {
    const text = `what is ${n}?`;
    channel.publish('', 'requests', Buffer.from(text), { replyTo: queues.get('answers'), correlationId: `E${n}` });
    say('asker sends', text);
  }
  await channel.close();
  await channel.connection.close();
}

async function askerConsumes() {
  const channel = await connect('asker');
  queues.set('answers', (await channel.assertQueue('', { durable: true, exclusive: true })).queue);
  const work = inTurn(async (message) => {
    const text = message.content.toString();
    say('asker gets', text);
  });
  await channel.consume(queues.get('answers'), work, { consumerTag: 'asker', noAck: true });
}

async function packerConsumes() {
  const channel = await connect('packer');
  await channel.prefetch(2);
  let turns = 0;
  const work = inTurn(async (message) => {
    const text = message.content.toString();
    say('packer gets', text);
    await sleep(20);
    const turn = turns % 3;
    turns += 1;
    if (turn === 0) {
      channel.ack(message);
    }
    if (turn === 1) {
      channel.reject(message, false);
    }
    if (turn === 2) {
      channel.nack(message, false, true);
    }
  });
  await channel.consume('billing', work, { consumerTag: 'packer' });
}

async function clerkConsumes() {
  const channel = await connect('clerk');
  await channel.prefetch(5);
  const work = inTurn(async (message) => {
    const text = message.content.toString();
    say('clerk gets', text);
    await sleep(5 + Math.random() * 5);
    channel.ack(message);
  });
  await channel.consume('archive', work, { consumerTag: 'clerk', arguments: { 'x-priority': { '!': 'int32', value: 2 } } });
  await channel.consume('wishes', work, { consumerTag: 'clerk-2', arguments: { 'x-priority': { '!': 'int32', value: 2 } } });
}

async function readerConsumes(name) {
  const channel = await connect(name);
  const work = inTurn(async (message) => {
    const text = message.content.toString();
    say(name, 'gets', text);
    {
      const passed = { ...message.properties, expiration: undefined };
      passed.headers = { ...passed.headers };
      delete passed.headers['draft'];
      passed.headers['words'] = { '!': 'int32', value: 250 };
      passed.headers['from'] = name;
      passed.contentType = 'text/markdown';
      channel.publish('', 'text', Buffer.from(`text of ${text}`), passed);
    }
    channel.ack(message);
  });
  await channel.consume('scanned', work, { consumerTag: name });
}

async function serverConsumes() {
  const channel = await connect('server');
  let sent = 0;
  const work = inTurn(async (message) => {
    const text = message.content.toString();
    say('server gets', text);
    await sleep(10);
    sent += 1;
    const n = sent;
    const { replyTo, correlationId } = message.properties;
    if (replyTo) channel.sendToQueue(replyTo, Buffer.from(`server says ${n}`), { correlationId });
    channel.ack(message);
  });
  await channel.consume('requests', work, { consumerTag: 'server' });
}

async function main() {
  const channel = await connect('operator');
  const clients = [];
  await channel.assertExchange('orders', 'topic', { durable: true });
  await channel.assertExchange('late', 'fanout', { durable: false });
  await channel.assertExchange('docs', 'headers', { durable: true, arguments: { 'x-note': 'kept' } });
  await channel.assertExchange('dead', 'fanout', { durable: true });
  await channel.assertQueue('billing', { durable: true, arguments: { 'x-dead-letter-exchange': 'dead', 'x-max-length': { '!': 'int32', value: 100 }, 'x-note': 'mine' } });
  await channel.assertQueue('archive', { durable: true });
  await channel.assertQueue('scanned', { durable: true });
  await channel.assertQueue('text', { durable: true });
  await channel.assertQueue('grave', { durable: true });
  await channel.assertQueue('wishes', { durable: true });
  await channel.assertQueue('requests', { durable: true });
  await channel.bindQueue('billing', 'orders', 'order.*.eu');
  await channel.bindExchange('late', 'orders', '#');
  await channel.bindQueue('archive', 'late', '');
  await channel.bindQueue('scanned', 'docs', '', { 'x-match': 'all', 'format': 'pdf', 'pages': { '!': 'int32', value: 3 } });
  await channel.bindQueue('grave', 'dead', '');
  if (only.length === 0 || only.includes('asker')) {
    await askerConsumes();
  }
  if (only.length === 0 || only.includes('packer')) {
    await packerConsumes();
  }
  if (only.length === 0 || only.includes('clerk')) {
    await clerkConsumes();
  }
  if (only.length === 0 || only.includes('reader')) {
    for (let n = 1; n < 3; n += 1) {
      await readerConsumes(`reader-${n}`);
    }
  }
  if (only.length === 0 || only.includes('server')) {
    await serverConsumes();
  }
  if (only.length === 0 || only.includes('shop')) {
    clients.push(shopPublishes());
  }
  if (only.length === 0 || only.includes('careful')) {
    clients.push(carefulPublishes());
  }
  if (only.length === 0 || only.includes('ledger')) {
    clients.push(ledgerPublishes());
  }
  if (only.length === 0 || only.includes('scanner')) {
    clients.push(scannerPublishes());
  }
  if (only.length === 0 || only.includes('asker')) {
    clients.push(askerPublishes());
  }
  await sleep(3000);
  for (let n = 1; n < 3; n += 1) {
    channel.publish('orders', 'order.9.eu', Buffer.from(`by hand ${n}`));
    say('operator sends', `by hand ${n}`);
  }
  await sleep(500);
  await channel.unbindQueue('archive', 'late', '');
  await sleep(500);
  await channel.assertQueue('late-queue', { durable: true, arguments: { 'x-message-ttl': { '!': 'int32', value: 60000 } } });
  await Promise.all(clients);
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
