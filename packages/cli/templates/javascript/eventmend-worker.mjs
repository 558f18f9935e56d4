// Runs a handler as a worker of Eventmend in a JavaScript runtime of its own: copy this file beside it. No dependencies; runs
// in Node 18, Deno, Bun and whatever else has node:process and node:readline. In the Node that Eventmend itself runs in, a
// worker is a module (docs/worker.md), which is faster.
//
//     import { deleted, run } from './eventmend-worker.mjs';
//
//     run({
//       name: 'accounts',
//       version: '1.0.0',
//       key: (event) => event.value.customer,
//       initial: () => ({ cents: 0 }),
//       evolve(state, event, context) {
//         if (event.value.type === 'closed') return deleted;
//         const cents = state.cents + event.value.cents;
//         context.emit('balance', cents);
//         return { cents };
//       },
//       outputs: { balance: { kind: 'latest' } },
//     });
//
// With `keys` in the place of `key`, the handler is `evolve(states, event, context)`; `states` has `get`, `set` and `delete`
// for the keys of the event, and what the handler returns is not looked at. An event is the object of the protocol
// (docs/process-protocol.md): `value`, `key`, `time`, `topic`, `partition`, `offset` (a text). `context` has `now`,
// `replaying` and `emit(output, value, { key, id })`. The answer may depend on nothing else: no other clock, no random
// numbers, no memory between events but the states. What is printed goes to stderr.
import process from 'node:process';
import { createInterface } from 'node:readline';

/** What a handler with one key returns to delete the state of that key. */
export const deleted = Symbol('deleted');

/** Version 2: the states stay here between batches. A host that knows version 1 alone sends them with each batch. */
const protocols = [2, 1];
const fieldsOfProtocol = 'topic partition offset key time now source incarnation headers value valueBase64'.split(' ');
const leftOut = new Set(['source', 'incarnation', 'headers', 'valueBase64']);

/**
 * Answers Eventmend until it closes stdin. `name` is part of every output's identity: keep it when the code changes.
 * `fields` names the members of an event that the handler uses, such as ['value', 'now']: the others are not sent, which is
 * faster. `topics`, `locality`, `outputs`, `state_version`, `volatile` and `deduplicate` are those of the protocol.
 */
export function run({ key, keys, initial, evolve, ...description }) {
  if ((key === undefined) === (keys === undefined))
    throw new TypeError('give either key (one an event) or keys (several)');
  const worker = {
    keysOf: key === undefined ? keys : (event) => [key(event)],
    handle: key === undefined ? evolve : ofOneKey(evolve),
    initial,
  };
  for (const name of ['log', 'info', 'debug']) console[name] = console.error;
  // Ctrl-C is for Eventmend, which lets the batch end and then closes stdin.
  process.on?.('SIGINT', () => undefined);
  const session = new Session(worker, { type: 'worker', protocol: 1, ...description });
  const lines = createInterface({ input: process.stdin, crlfDelay: Infinity });
  lines.on('line', (line) => {
    const answer = session.answer(line);
    if (answer === null) process.exit(0);
    process.stdout.write(`${answer}\n`);
  });
  lines.on('close', () => process.exit(0));
}

function ofOneKey(evolve) {
  return (states, event, context) => {
    const [key] = states.names;
    const state = evolve(states.get(key), event, context);
    if (state === deleted) states.delete(key);
    else if (state === undefined || state === null)
      throw new TypeError('the handler returned no state; return deleted to delete it');
    else states.set(key, state);
  };
}

/** The states of the keys that the event names, and no others. */
class States {
  reads = new Set();
  writes = new Map();

  constructor(stored, names, initial) {
    this.stored = stored;
    this.names = names;
    this.initial = initial;
  }

  /** The state, or the initial one, or null. It is a copy: changing it changes nothing until it is set. */
  get(key) {
    this.#requireNamed(key);
    this.reads.add(key);
    const state = this.writes.has(key) ? this.writes.get(key) : (this.stored.get(key) ?? null);
    return state === null ? (this.initial?.(key) ?? null) : plain(state);
  }

  /** Replaces the state: what JSON has, and nothing that it would silently change. */
  set(key, state) {
    this.#requireNamed(key);
    if (state === null || state === undefined) throw new TypeError('a state cannot be null; delete it instead');
    this.writes.set(key, plain(state));
  }

  /** Deletes the state; a later event finds the initial one again. */
  delete(key) {
    this.#requireNamed(key);
    this.writes.set(key, null);
  }

  /** Places in the list of keys; null where it is all of them. */
  placesOf(touched) {
    return touched.size < this.names.length ? [...touched.keys()].map((key) => this.names.indexOf(key)) : null;
  }

  #requireNamed(key) {
    if (this.names.includes(key)) return;
    throw new RangeError(
      `the event does not name the key ${JSON.stringify(key)}; it names ${JSON.stringify(this.names)}`,
    );
  }
}

class Session {
  #worker;
  #description;
  #replaying = true;
  /** Version 1: events and keys by batch, until the states of the batch come. */
  #batches = new Map();
  /** Version 2: states, the keys that were asked for, batches that wait for states, keys written since a collection. */
  #kept = new Map();
  #asked = new Set();
  #waiting = [];
  #written = new Set();

  constructor(worker, description) {
    this.#worker = worker;
    this.#description = description;
  }

  /** The answer to one line; null when the work is over. */
  answer(line) {
    const message = JSON.parse(line);
    switch (message.type) {
      case 'hello':
        return JSON.stringify(this.#hello(message));
      case 'fold':
        return JSON.stringify(this.#fold(message));
      case 'states':
        return JSON.stringify(this.#states(message));
      case 'events':
        return JSON.stringify(this.#events(message));
      case 'forget':
        for (const memory of [this.#kept, this.#asked, this.#written]) memory.clear();
        this.#waiting = [];
        return '{"type":"forgotten"}';
      case 'close':
        return null;
      default:
        throw new Error(`eventmend-worker: this file does not know the message ${message.type}; take a newer one`);
    }
  }

  #hello({ protocol: first, protocols: spoken = [first], replaying = true }) {
    const protocol = protocols.find((version) => spoken.includes(version));
    if (protocol === undefined)
      throw new Error(`eventmend-worker: this file speaks the versions ${protocols} of the protocol`);
    this.#replaying = replaying;
    return { ...this.#description, protocol };
  }

  #keysOf(event) {
    try {
      const keys = [...new Set(this.#worker.keysOf(event))];
      if (keys.length === 0) throw new TypeError('an event names at least one key');
      for (const key of keys)
        if (typeof key !== 'string') throw new TypeError(`a key must be a text, not ${String(key)}`);
      return keys;
    } catch (error) {
      return { error: describe(error) };
    }
  }

  /** What the handler does with one event, upon states that it leaves as they are. @throws what the handler throws */
  #handle(event, keys, stored) {
    const outputs = [];
    const emit = (output, value, { key = null, id = null } = {}) => {
      outputs.push(
        id !== null
          ? [output, plain(value), key, id]
          : key !== null
            ? [output, plain(value), key]
            : [output, plain(value)],
      );
    };
    const states = new States(stored, keys, this.#worker.initial);
    const result = this.#worker.handle(states, event, { now: event.now ?? null, replaying: this.#replaying, emit });
    if (typeof result?.then === 'function') throw new TypeError('the handler is async; an answer is due at once');
    return { states, outputs };
  }

  #fold(message) {
    const events = eventsOf(message);
    const skipped = new Set(message.skip ?? []);
    const keys = events.map((event, place) => (skipped.has(place) ? null : this.#keysOf(event)));
    const named = new Set(keys.flatMap((list) => (Array.isArray(list) ? list : [])));
    const needed = [...named].filter((key) => !this.#asked.has(key));
    const batch = { message, events, keys };
    if (needed.length === 0 && this.#waiting.length === 0) return this.#folded(batch);
    for (const key of needed) this.#asked.add(key);
    this.#waiting.push(batch);
    return { type: 'need', batch: message.batch, keys: needed };
  }

  #folded({ message, events, keys }) {
    const answer = { type: 'folded', batch: message.batch, keys, outputs: [], reads: [], writes: [], errors: [] };
    for (const [place, event] of events.entries()) {
      let done = { outputs: null, reads: null, writes: null };
      try {
        if (Array.isArray(keys[place])) {
          const { states, outputs } = this.#handle(event, keys[place], this.#kept);
          for (const [key, state] of states.writes) {
            this.#kept.set(key, state);
            this.#written.add(key);
          }
          done = { outputs, reads: states.placesOf(states.reads), writes: states.placesOf(states.writes) };
        }
      } catch (error) {
        answer.errors.push({ event: place, message: describe(error) });
      }
      for (const name of ['outputs', 'reads', 'writes']) answer[name].push(done[name]);
    }
    for (const name of ['reads', 'writes']) if (answer[name].every((places) => places === null)) delete answer[name];
    if (message.collect === true) {
      answer.states = Object.fromEntries([...this.#written].map((key) => [key, this.#kept.get(key) ?? null]));
      this.#written.clear();
    }
    return answer;
  }

  #states(message) {
    if (this.#waiting[0]?.message.batch !== message.batch) return this.#effects(message);
    for (const [key, state] of Object.entries(message.states)) this.#kept.set(key, state);
    return this.#folded(this.#waiting.shift());
  }

  #events({ batch, events }) {
    const keys = events.map((event) => this.#keysOf(event));
    this.#batches.set(batch, { events, keys });
    return { type: 'keys', batch, keys };
  }

  #effects({ batch, states: given, skip = [] }) {
    const { events, keys } = this.#batches.get(batch);
    this.#batches.delete(batch);
    const stored = new Map(Object.entries(given));
    const written = new Map();
    const answer = { type: 'effects', batch, done: 0, events: [] };
    for (const [place, event] of events.entries()) {
      if (skip.includes(place)) {
        answer.events.push(null);
        continue;
      }
      try {
        if (!Array.isArray(keys[place])) throw new TypeError('the event names no keys');
        const { states, outputs } = this.#handle(event, keys[place], stored);
        for (const [key, state] of states.writes) for (const memory of [stored, written]) memory.set(key, state);
        const [reads, writes] = [states.placesOf(states.reads), states.placesOf(states.writes)];
        answer.events.push({ ...(reads && { reads }), ...(writes && { writes }), outputs });
      } catch (error) {
        answer.error = { event: place, message: describe(error) };
        break;
      }
    }
    return { ...answer, done: answer.events.length, states: Object.fromEntries(written) };
  }
}

/** The events of a batch in columns, as the protocol has them one by one. */
function eventsOf(message) {
  const columns = fieldsOfProtocol.flatMap((name) => (message[name] === undefined ? [] : [[name, message[name]]]));
  return message.value.map((_, place) => {
    const event = {};
    for (const [name, column] of columns) {
      const field = Array.isArray(column) ? column[place] : column.all;
      if (field !== null || !leftOut.has(name)) event[name] = field;
    }
    if (event.valueBase64 !== undefined) delete event.value;
    return event;
  });
}

/** A copy that shares nothing with what it is made of. @throws TypeError for what JSON would silently change */
function plain(value) {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      if (Number.isFinite(value)) return value === 0 ? 0 : value;
      throw new TypeError(`${value} is not JSON`);
    case 'object':
      if (value === null) return null;
      if (Array.isArray(value)) return Array.from(value, plain);
      if (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null) {
        // fromEntries makes own fields of names like __proto__ too.
        return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plain(field)]));
      }
  }
  throw new TypeError(`${Object.prototype.toString.call(value)} is not JSON`);
}

function describe(error) {
  const place = /\(?([^\s(]+:\d+):\d+\)?$/m.exec(
    String(error?.stack ?? '')
      .split('\n')
      .find((line) => /^\s+at /.test(line) && !line.includes('eventmend-worker')) ?? '',
  );
  return `${String(error)}${place === null ? '' : ` (${place[1].split('/').pop()})`}`;
}
