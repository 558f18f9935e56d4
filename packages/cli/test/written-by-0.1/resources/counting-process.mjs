// A worker process without any library: it counts the events of each account.
import { createInterface } from 'node:readline';

const batches = new Map();
const answer = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line);
  const { type, batch } = message;
  if (type === 'hello') {
    answer({
      type: 'worker',
      protocol: 1,
      name: 'counting',
      version: '1.0.0',
      outputs: { count: { kind: 'latest' } },
    });
  } else if (type === 'events') {
    const keys = message.events.map(({ value }) => value?.account).map((key) => [typeof key === 'string' ? key : '?']);
    batches.set(batch, keys);
    answer({ type: 'keys', batch, keys });
  } else if (type === 'states') {
    const states = {};
    const events = batches.get(batch).map(([key], place) => {
      if (message.skip.includes(place)) return null;
      const count = ((states[key] ?? message.states[key])?.count ?? 0) + 1;
      states[key] = { count };
      return { outputs: [['count', count]] };
    });
    batches.delete(batch);
    answer({ type: 'effects', batch, done: events.length, events, states });
  } else process.exit(0);
});
