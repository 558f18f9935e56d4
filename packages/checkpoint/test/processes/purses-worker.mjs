// The worker of facts.property.test.ts as a process: a transfer takes no more than there is, and interest multiplies.
import { createInterface } from 'node:readline';

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
const keysOf = ({ value }) => (value.type === 'transfer' ? [value.from, value.to] : [value.to]);
const batches = new Map();

function apply(at, { type, from, to, cents }) {
  const add = (key, more) => {
    const { cents: before, moves } = at(key);
    at(key, { cents: before + more, moves: moves + 1 });
  };
  if (type === 'deposit') add(to, cents);
  else if (type === 'interest') add(to, Math.floor((at(to).cents * cents) / 100));
  else {
    const taken = Math.min(at(from).cents, cents);
    add(from, -taken);
    add(to, taken);
  }
}

function handle({ batch, states, skip }) {
  const events = batches.get(batch);
  batches.delete(batch);
  const changed = {};
  const at = (key, next) => {
    if (next !== undefined) changed[key] = next;
    return changed[key] ?? states[key] ?? { cents: 0, moves: 0 };
  };
  const done = events.map((event, place) => {
    if (skip.includes(place)) return null;
    apply(at, event.value);
    const places = keysOf(event).map((_, index) => index);
    return { reads: places, writes: places, outputs: [] };
  });
  return { type: 'effects', batch, done: done.length, events: done, states: changed };
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line);
  switch (message.type) {
    case 'hello':
      return say({ type: 'worker', protocol: 1, name: 'purses', version: '1.0.0' });
    case 'events':
      batches.set(message.batch, message.events);
      return say({ type: 'keys', batch: message.batch, keys: message.events.map(keysOf) });
    case 'states':
      return say(handle(message));
    default:
      return process.exit(0);
  }
});
