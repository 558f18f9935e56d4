// A worker process that follows the protocol, and keeps what its events say: `node keeping-worker.mjs [MUTATION [SEED]]`.
// A mutation is one thing that a real process may get wrong; the seed decides when it happens.
import { createInterface } from 'node:readline';

const mutation = process.argv[2] ?? 'none';
const seed = Number(process.argv[3] ?? 0);
const wrong = (name) => mutation === name;

/** Whether a mutation that happens now and then happens to this number. */
const now = (number) => number % (1 + (seed % 3)) === 0;

const known = {
  hello: ['type', 'protocol', 'protocols', 'replaying'],
  events: ['type', 'batch', 'events'],
  states: ['type', 'batch', 'states', 'skip'],
  close: ['type'],
  fold: ['type', 'batch', 'value', 'topic', 'partition', 'offset', 'key', 'time', 'now', 'skip', 'collect'],
  forget: ['type'],
};

const batches = new Map();
const remembered = new Map();
let asked = 0;

function keysOf({ key, value }) {
  asked++;
  const name = key ?? value?.key;
  if (typeof name !== 'string') {
    if (wrong('dies-without-keys')) process.exit(3);
    return wrong('no-keys-at-all') ? [] : { error: 'no key' };
  }
  if (wrong('numbers-its-keys')) return [`${name}-${asked}`];
  if (wrong('neighbouring-keys') && now(asked)) return [name, `neighbour-of-${name}`, `${asked % 7}`];
  return [name];
}

/** A handler may be strict, and rightly so: about members, about events that it had, about the first event of a key. */
function refuse(state, value) {
  if ('conformance_echo' in value) throw new TypeError('what is this?');
  if (state ? state.last.count >= value.count : value.count > 3) throw new RangeError('out of turn');
}

/** The next state. A state is never changed in place, and neither is the event. */
function next(state, { value, now: time }) {
  if (typeof value?.count !== 'number') throw new TypeError('no count');
  if (wrong('picky')) refuse(state, value);
  const events = (state?.events ?? 0) + 1;
  const third = (state?.third ?? 0) + value.count / 3;
  if (wrong('changes-in-place') && state) return Object.assign(state, { events, third, time, last: value });
  const changed = { events, third, time, last: value };
  if (wrong('random')) changed.random = Math.random();
  if (wrong('names-its-process')) changed.pid = process.pid;
  if (wrong('counts-itself')) changed.calls = asked;
  return changed;
}

function handle({ batch, states, skip }) {
  let found = batches.get(batch);
  if (wrong('first-come') || wrong('one-batch-in-hand')) [found] = batches.values();
  batches.delete(batch);
  const { events, keys } = found;
  const given = wrong('remembers-states')
    ? (key) => remembered.get(key) ?? states[key]
    : (key) => (Object.hasOwn(states, key) ? states[key] : null);
  const written = new Map();
  const done = [];
  const answer = { type: 'effects', batch };
  for (const [place, event] of events.entries()) {
    const skipped = wrong('skips-too-few') ? skip.slice(1).includes(place) : skip.includes(place);
    if (skipped) {
      if (wrong('handles-skipped')) written.set(keys[place][0], next(written.get(keys[place][0]), event));
      done.push(null);
      continue;
    }
    const [key] = keys[place];
    const before = written.has(key) ? written.get(key) : given(key);
    let state;
    try {
      state = next(before, event);
    } catch (error) {
      if (wrong('dies-of-an-event')) throw error;
      if (wrong('forgets-what-was-done')) {
        written.clear();
        done.length = 0;
      }
      if (wrong('half-an-event')) written.set(key, { events: -1 });
      if (wrong('goes-on-after-a-failure')) {
        done.push({ writes: [] });
        continue;
      }
      answer.error = { event: wrong('blames-another-event') ? place + 1 : place, message: error.message };
      break;
    }
    written.set(key, state);
    remembered.set(key, state);
    done.push({ reads: [0], writes: wrong('writes-elsewhere') && now(place) ? [1] : [0], outputs: [['kept', state]] });
    if (wrong('repeats-outputs') && now(place)) done.at(-1).outputs.push(['kept', done.length]);
  }
  if (wrong('states-of-others')) written.set('of-another', { events: 1 });
  if (wrong('keeps-a-state-back')) written.delete([...written.keys()].at(-1));
  const changed = wrong('plain-assignment') ? {} : Object.fromEntries(written);
  if (wrong('plain-assignment')) for (const [key, state] of written) changed[key] = state;
  const count = wrong('miscounts') && now(batch) ? done.length + 1 : done.length;
  return { ...answer, done: count, events: done, states: changed };
}

/** Version 2: states that stay here, keys that were asked for, batches that wait for states, and keys that were written. */
const kept = new Map();
const asked2 = new Set();
const waiting = [];
const changed = new Set();
const leftOut = new Set(['source', 'incarnation', 'headers', 'valueBase64']);

/** The events of columns, as they would be one by one. */
const aboutTheBatch = new Set(['type', 'batch', 'skip', 'collect']);
function eventsOf(message) {
  const columns = Object.entries(message).filter(([name]) => !aboutTheBatch.has(name));
  return message.value.map((_, place) => {
    const fields = columns.map(([name, column]) => [name, Array.isArray(column) ? column[place] : column.all]);
    return Object.fromEntries(fields.filter(([name, field]) => field !== null || !leftOut.has(name)));
  });
}

function fold(message) {
  const skip = new Set(message.skip ?? []);
  const events = eventsOf(message);
  const keys = events.map((event, place) => (skip.has(place) ? null : keysOf(event)));
  const batch = { message, events, keys };
  const named = keys.flatMap((list) => (Array.isArray(list) ? list : []));
  const needed = [...new Set(named)].filter((key) => wrong('asks-again') || !asked2.has(key));
  for (const key of needed) asked2.add(key);
  if (wrong('never-asks') || (needed.length === 0 && (waiting.length === 0 || wrong('out-of-turn'))))
    return folded(batch);
  waiting.push(batch);
  return { type: 'need', batch: message.batch, keys: wrong('asks-for-others') ? [...needed, 'of-another'] : needed };
}

function folded({ message, events, keys }) {
  const answer = { type: 'folded', batch: message.batch, keys, outputs: [], errors: [] };
  for (const [place, event] of events.entries()) {
    const [key] = Array.isArray(keys[place]) ? keys[place] : [];
    let outputs = null;
    if (key !== undefined) {
      try {
        const state = next(kept.get(key) ?? null, event);
        kept.set(key, state);
        changed.add(key);
        outputs = [['kept', state]];
      } catch (error) {
        if (wrong('half-a-kept-event')) kept.set(key, { events: -1 });
        answer.errors.push({ event: place, message: error.message });
        if (wrong('stops-at-a-failure')) {
          answer.outputs.push(...events.slice(place).map(() => null));
          break;
        }
      }
    }
    answer.outputs.push(outputs);
  }
  if (wrong('keeps-one-batch')) kept.clear();
  if (message.collect) {
    const states = [...changed].map((key) => [key, kept.get(key) ?? null]);
    if (wrong('collects-too-little')) states.pop();
    answer.states = Object.fromEntries(states);
    if (!wrong('collects-twice')) changed.clear();
  }
  return answer;
}

function keep({ states }) {
  for (const [key, state] of Object.entries(states)) kept.set(key, state);
  return folded(waiting.shift());
}

function forget() {
  kept.clear();
  if (!wrong('remembers-what-it-asked')) asked2.clear();
  if (!wrong('forgets-no-batches')) waiting.length = 0;
  changed.clear();
  return { type: 'forgotten' };
}

/** What a careless library makes of values on their way out. */
function spoil(_, value) {
  if (typeof value === 'number') {
    if (wrong('floats')) return Math.fround(value);
    if (wrong('fifteen-digits')) return Number(value.toPrecision(15));
    if (wrong('small-integers') && Number.isInteger(value)) return value | 0;
  }
  if (typeof value === 'string') {
    if (wrong('composes-texts')) return value.normalize('NFC');
    if (wrong('drops-controls')) return [...value].filter((character) => character >= ' ').join('');
    if (wrong('plane-zero')) return value.replace(/[\ud800-\udfff]/g, '?');
  }
  return value;
}

function say(message) {
  const line = `${JSON.stringify(message, spoil)}\n`;
  const bytes = wrong('writes-latin1') ? Buffer.from(line, 'latin1') : line;
  if (wrong('prints') && asked > 0 && now(asked)) process.stdout.write('handling\n');
  process.stdout.write(bytes);
  if (wrong('answers-twice') && message.type === 'effects') process.stdout.write(bytes);
}

function depthOf(value) {
  return typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
}

function answer(line) {
  if (wrong('short-lines') && line.length > 65_536) line = line.slice(0, 65_536);
  const message = JSON.parse(line);
  if (wrong('strict') && Object.keys(message).some((name) => !known[message.type].includes(name))) process.exit(2);
  if (wrong('shallow') && depthOf(message) > 100) process.exit(2);
  if (message.type === 'hello') {
    const described = {
      type: 'worker',
      protocol: wrong('first-version') ? 1 : 2,
      name: 'keeper',
      version: '1',
      outputs: { kept: { kind: 'event' } },
    };
    if (wrong('no-version')) delete described.version;
    if (wrong('another-protocol')) described.protocol = 3;
    say(described);
  } else if (message.type === 'events') {
    if (wrong('one-batch-in-hand')) batches.clear();
    const keys = message.events.map(keysOf);
    batches.set(message.batch, { events: message.events, keys });
    if (wrong('no-keys-for-the-batch') && keys.some((key) => !Array.isArray(key))) keys.fill({ error: 'no key' });
    if (wrong('a-key-too-few') && now(message.batch)) keys.pop();
    say({ type: 'keys', batch: wrong('counts-batches-itself') ? batches.size : message.batch, keys });
  } else if (message.type === 'fold') {
    say(fold(message));
  } else if (message.type === 'forget') {
    say(forget());
  } else if (message.type === 'states') {
    say(waiting[0]?.message.batch === message.batch ? keep(message) : handle(message));
  } else if (message.type === 'close' && !wrong('minds-no-close')) {
    if (wrong('ends-badly')) process.exit(1);
    if (!wrong('stays')) process.exit(0);
  }
}

if (wrong('banner')) process.stdout.write('keeper 1.0 is ready\n');
if (wrong('floods-stderr')) {
  const flood = () => process.stderr.write('y'.repeat(1024 * 1024), flood);
  flood();
}
if (wrong('reads-latin1')) process.stdin.setEncoding('latin1');
const lines = createInterface({ input: process.stdin, crlfDelay: Infinity });
lines.on('line', answer);
lines.on('close', () => {
  if (wrong('stays-without-input')) setTimeout(() => undefined, 2 ** 30);
  else process.exit(wrong('ends-badly-without-input') ? 4 : 0);
});
