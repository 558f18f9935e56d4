// The worker of a scenario as a process: `node scenario-process.mjs LOCALITY WINDOW CRASHES [PROTOCOL [FAULT]]`. It dies at chosen moments: each
// start takes the first number from the file of crashes, and comes that far with keys and events before it kills itself.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createJiti } from 'jiti';

const { handleScenarioEvent, keysOfScenarioEvent } = await createJiti(import.meta.url).import('./scenario-handler.ts');
const [locality, window, crashFile, protocol = '1', fault = 'none'] = process.argv.slice(2);

const [crash, ...laterCrashes] = readFileSync(crashFile, 'utf8').split('\n').filter(Boolean).map(Number);
if (crash !== undefined) writeFileSync(crashFile, laterCrashes.join('\n'));
let steps = 0;
function step() {
  if (++steps !== crash) return;
  process.kill(process.pid, 'SIGKILL');
  for (;;);
}

/** NaN is no JSON: it is written as careless languages write it. */
const notANumber = '\u0000NaN';
const say = (message) => {
  const text = JSON.stringify(message, (_, value) => (Number.isNaN(value) ? notANumber : value));
  process.stdout.write(`${text.replaceAll(JSON.stringify(notANumber), 'NaN')}\n`);
};

/** By the published formula: four numbers of 53 bits from each SHA-256. */
function random({ source = '', topic, incarnation = '', partition, offset }, call) {
  const identity = JSON.stringify(['log', source, topic, incarnation, partition, offset]);
  const text = JSON.stringify(['eventmend.random.1', 'scenario', identity, Math.floor(call / 4)]);
  const hash = createHash('sha256').update(text).digest('hex');
  return Number(BigInt(`0x${hash.slice((call % 4) * 16, (call % 4) * 16 + 16)}`) >> 11n) / 2 ** 53;
}

function keysOf(event) {
  step();
  const keys = keysOfScenarioEvent(event);
  return Array.isArray(keys) ? keys : [];
}

/** Handles one event on the states as they are by now. */
function handle(event, current) {
  step();
  const keys = [...new Set(keysOfScenarioEvent(event))];
  const own = new Map();
  const [reads, writes, outputs] = [[], [], []];
  let draws = 0;
  const note = (places, key) => {
    const place = keys.indexOf(key);
    if (place === -1) places.push(keys.length);
    else if (!places.includes(place)) places.push(place);
  };
  const states = {
    get(key) {
      if (own.has(key)) return own.get(key);
      note(reads, key);
      return current.get(key);
    },
    set(key, state) {
      note(writes, key);
      own.set(key, state);
    },
    delete: (key) => states.set(key, undefined),
  };
  handleScenarioEvent(1, states, event, {
    now: event.now ?? -Infinity,
    random: () => random(event, draws++),
    emit: (name, value, { key = null, id = null } = {}) => outputs.push([name, value, key, id]),
  });
  for (const [key, state] of own) current.set(key, state);
  return { reads, writes, outputs };
}

function effectsOf({ batch, states, skip }) {
  const events = batches.get(batch);
  batches.delete(batch);
  const current = new Map(Object.entries(states).map(([key, state]) => [key, state ?? undefined]));
  const written = new Set();
  const done = [];
  let error;
  for (const [place, event] of events.entries()) {
    if (skip.includes(place)) {
      done.push(null);
      continue;
    }
    try {
      const effects = handle(event, current);
      const keys = [...new Set(keysOfScenarioEvent(event))];
      for (const at of effects.writes) written.add(keys[at]);
      done.push(effects);
    } catch (thrown) {
      error = { event: place, message: String(thrown) };
      break;
    }
  }
  // fromEntries makes own fields of names like __proto__ too.
  const left = Object.fromEntries([...written].map((key) => [key, current.get(key) ?? null]));
  return { type: 'effects', batch, done: done.length, events: done, states: left, error };
}

/** Version 2: states that stay here, batches that wait for states, and keys that were written since states were collected. */
const kept = new Map();
const asked = new Set();
const waiting = [];
const dirty = new Set();

/** The events of columns; each has null where an event as an object would lack the member. */
const leftOut = new Set(['source', 'incarnation', 'headers', 'valueBase64']);
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
  const batch = { number: message.batch, skip, events: eventsOf(message), collect: message.collect };
  batch.keys = batch.events.map((event, place) => (skip.has(place) ? null : keysOf(event)));
  const all = new Set(batch.keys.flatMap((keys) => keys ?? []));
  const needed = new Set([...all].filter((key) => fault === 'asks-again' || !asked.has(key)));
  for (const key of needed) asked.add(key);
  if (fault === 'never-asks' || (needed.size === 0 && waiting.length === 0)) return folded(batch);
  waiting.push(batch);
  return { type: 'need', batch: batch.number, keys: [...needed] };
}

/** What a process may do wrong, and only where it keeps states, from its third batch on. */
let folds = 0;
function spoil(answer) {
  if (++folds < 3) return answer;
  switch (fault) {
    case 'prints':
      process.stdout.write('got here\n');
      return answer;
    case 'wrong-count':
      return { ...answer, keys: answer.keys.slice(1) };
    case 'another-batch':
      return { ...answer, batch: answer.batch - 1 };
    case 'another-type':
      return { ...answer, type: 'effects' };
    case 'nan':
      return { ...answer, outputs: answer.outputs.map((list) => list?.map(([name]) => [name, NaN]) ?? null) };
    case 'undeclared-place':
      return { ...answer, writes: answer.writes.map(() => [7]) };
    case 'lacks-state':
      for (const key of Object.keys(answer.states ?? {}).slice(0, 1)) delete answer.states[key];
      return answer;
    case 'states-of-others':
      return answer.states ? { ...answer, states: { ...answer.states, elsewhere: { sum: 1 } } } : answer;
    case 'forgets':
      kept.clear();
      return answer;
    case 'remembers':
      for (const [key, state] of kept) if (state) kept.set(key, { ...state, folds });
      return answer;
    case 'exits':
      return process.exit(3);
    case 'loops':
      for (;;);
  }
  return answer;
}

const folded = (batch) => spoil(foldedRightly(batch));

function foldedRightly({ number, skip, events, keys, collect }) {
  const answer = { type: 'folded', batch: number, keys, reads: [], writes: [], outputs: [], errors: [] };
  for (const [place, event] of events.entries()) {
    let effects = { reads: null, writes: null, outputs: null };
    try {
      if (!skip.has(place) && keys[place].length > 0) {
        effects = handle(event, kept);
        const own = [...new Set(keysOfScenarioEvent(event))];
        for (const at of effects.writes) if (at < own.length) dirty.add(own[at]);
      }
    } catch (thrown) {
      answer.errors.push({ event: place, message: String(thrown) });
    }
    for (const [name, value] of Object.entries(effects)) answer[name].push(value);
  }
  if (collect) answer.states = written();
  return answer;
}

function keep({ states }) {
  for (const [key, state] of Object.entries(states)) kept.set(key, state ?? undefined);
  return folded(waiting.shift());
}

function written() {
  const states = Object.fromEntries([...dirty].map((key) => [key, kept.get(key) ?? null]));
  dirty.clear();
  return states;
}

function forget() {
  for (const memory of [kept, asked, dirty]) memory.clear();
  waiting.length = 0;
  return { type: 'forgotten' };
}

const batches = new Map();
createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line);
  switch (message.type) {
    case 'hello': {
      const deduplicate = window === 'none' ? undefined : { id: 'id', window: Number(window) };
      const outputs = { measure: { kind: 'latest' }, moved: { kind: 'delta' } };
      return say({
        type: 'worker',
        protocol: Number(protocol),
        name: 'scenario',
        version: '1',
        locality,
        outputs,
        deduplicate,
      });
    }
    case 'events':
      batches.set(message.batch, message.events);
      if (batches.size > 2) throw new Error('more than two batches in hand');
      return say({ type: 'keys', batch: message.batch, keys: message.events.map(keysOf) });
    case 'states':
      return say(waiting[0]?.number === message.batch ? keep(message) : effectsOf(message));
    case 'fold':
      return say(fold(message));
    case 'forget':
      return say(forget());
    case 'close':
      return process.exit(0);
  }
});
