// /u{202e}"; import os; */ /u{2028} /u000a System.exit(1); // 🐇/u{a}""" ${process.exit()}
//
// Made from hostile.warren by `warren export`.
// Needs Node.js 18 or newer and amqplib (npm install amqplib).
// Run it: node FILE [CLIENT ...]
// Every client takes part, or those who are named. AMQP_URL says where the broker is.

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

async function classX1Publishes() {
  const channel = await connect('class "x" 1');
  for (let n = 1; n < 3; n += 1) {
    const text = `\$${n} ${n} {${n}} \`\\\` """ '%d' $$ \\${n} 🐇\u{2029}\u{0}end`;
    channel.publish('a "b" \\ $ {x} %s 🐇', 'k"\n\'`$', Buffer.from(text), { headers: { ['__proto__']: 'it\'s {n} "${n}" \\' } });
    say('class "x" 1 sends', text);
    await sleep(10);
  }
  await channel.close();
  await channel.connection.close();
}

async function importPublishes() {
  const channel = await connect('import');
  for (let n = 1; n < 2; n += 1) {
    const text = '\\u000a\r\n';
    channel.publish('', '\\u0022 \u{0} \u{7f}', Buffer.from(text));
    say('import sends', text);
  }
  await channel.close();
  await channel.connection.close();
}

async function defConsumes() {
  const channel = await connect('def');
  const work = inTurn(async (message) => {
    const text = message.content.toString();
    say('def gets', text);
    channel.ack(message);
  });
  await channel.consume('q\'uote line \u{202e} `${1}` {n} #{2}', work, { consumerTag: 'def' });
}

async function clientConsumes() {
  const channel = await connect('🐇');
  const work = inTurn(async (message) => {
    const text = message.content.toString();
    say('🐇 gets', text);
    channel.ack(message);
  });
  await channel.consume('\\u0022 \u{0} \u{7f}', work, { consumerTag: '🐇' });
}

async function main() {
  const channel = await connect('operator');
  const clients = [];
  await channel.assertExchange('a "b" \\ $ {x} %s 🐇', 'topic', { durable: true });
  await channel.assertQueue('q\'uote line \u{202e} `${1}` {n} #{2}', { durable: true });
  await channel.assertQueue('\\u0022 \u{0} \u{7f}', { durable: true });
  await channel.bindQueue('q\'uote line \u{202e} `${1}` {n} #{2}', 'a "b" \\ $ {x} %s 🐇', 'k"\n\'`$');
  if (only.length === 0 || only.includes('def')) {
    await defConsumes();
  }
  if (only.length === 0 || only.includes('🐇')) {
    await clientConsumes();
  }
  if (only.length === 0 || only.includes('class "x" 1')) {
    clients.push(classX1Publishes());
  }
  if (only.length === 0 || only.includes('import')) {
    clients.push(importPublishes());
  }
  await Promise.all(clients);
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
