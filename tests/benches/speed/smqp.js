// How many µs smqp takes for one message: published, routed, delivered and
// acknowledged, in batches as Warren's own measurement. The same Node.js.
// A function has no `require` of its own; where the libraries are, set-up says.
const { createRequire } = process.getBuiltinModule?.('module') ?? process.mainModule.require('module');
const smqp = createRequire(`${process.env.WARREN_NODE_MODULES}/`)('smqp');
const now = () => Number(process.hrtime.bigint()) / 1e6;
const work = (total, batch) => {
  const broker = new smqp.Broker();
  broker.assertExchange('work', 'direct');
  broker.assertQueue('work', { durable: true, autoDelete: false });
  broker.bindQueue('work', 'work', 'work');
  let acked = 0;
  broker.consume('work', (key, message) => { message.ack(); acked += 1; }, { prefetch: batch });
  const start = now();
  for (let done = 0; done < total; done += batch) {
    for (let n = 0; n < batch; n += 1) broker.publish('work', 'work', 'a task');
  }
  if (acked !== total) throw new Error(`${acked} of ${total} were delivered`);
  return (now() - start) * 1000 / total;
};
work(5000, 100);
const samples = [1, 2, 3, 4, 5].map(() => work(20000, 100)).sort((a, b) => a - b);
return samples[2];
