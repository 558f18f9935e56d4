// Two keys, two states of six fields written, one output an event.
import { interleaved } from '../../../.ci/bench/interleaved.mjs';
import { createWorkerInstance } from '../dist/engine.js';
import { defineWorker, EventPage } from '../dist/index.js';

const events = 200_000;
const airports = 230;

const lines = Array.from({ length: events }, (_, row) =>
  JSON.stringify({
    row,
    date: 978307200000 + row * 5000,
    delay: ((row * 7) % 60) - 10,
    distance: (row * 13) % 2500,
    origin: `A${row % airports}`,
    destination: `A${(row * 31 + 7) % airports}`,
    carrier: 'XX',
    note: 'padding that brings the line to two hundred bytes, as usual',
  }),
);

const initial = () => ({ delay: 0, backlog: 0, ground: 0, last: 978307200000, alert: false, flights: 0 });

function next(state, flight) {
  return {
    delay: state.delay * 0.9 + flight.delay * 0.1,
    backlog: Math.max(0, state.backlog + flight.delay - (flight.date - state.last) / 60000),
    ground: state.ground + 1,
    last: flight.date,
    alert: state.backlog > 50,
    flights: state.flights + 1,
  };
}

const worker = defineWorker({
  name: 'airports',
  version: '1',
  outputs: { delay: { kind: 'event' } },
  initial,
  keys: (event) => [event.value.origin, event.value.destination],
  evolve(states, event, context) {
    const { origin, destination } = event.value;
    const from = next(states.get(origin), event.value);
    states.set(origin, from);
    const to = next(states.get(destination), event.value);
    states.set(destination, to);
    context.emit('delay', { key: origin, backlog: from.backlog, delay: to.delay });
  },
});

const partition = { source: 's', topic: 'flights', incarnation: '', partition: 0 };
const pageSize = 500;
const noKeys = new Array(pageSize).fill(null);

/** Parses page by page, as the engine does, so that the garbage collector sees the same life of objects in all cases. */
function pages(apply) {
  for (let from = 0; from < lines.length; from += pageSize)
    apply(JSON.parse(`[${lines.slice(from, from + pageSize).join(',')}]`), from);
}

/** The bare handler in the loop that an engine needs anyway: pages in columns, states in a map. */
function bare() {
  const stored = new Map();
  let characters = 0;
  pages((values, first) => {
    const page = pageOf(values, first);
    for (let index = 0; index < page.count; index++) {
      const flight = page.values[index];
      const { origin, destination } = flight;
      const from = next(stored.get(origin) ?? initial(), flight);
      stored.set(origin, from);
      const to = next(stored.get(destination) ?? initial(), flight);
      stored.set(destination, to);
      characters += JSON.stringify({ key: origin, backlog: from.backlog, delay: to.delay }).length;
    }
  });
  return characters;
}

function throughInstance(freeze) {
  const instance = createWorkerInstance(worker);
  instance.freezeInputs(freeze);
  const stored = new Map();
  const view = { read: (key) => stored.get(key) };
  let characters = 0;
  pages((values, first) => {
    const page = pageOf(values, first);
    for (let index = 0; index < page.count; index++) {
      const event = instance.event(page, index, partition);
      const { writes, outputs } = instance.invoke(event, instance.keys(event), event.time, view);
      for (let write = 0; write < writes.length; write++) stored.set(writes[write].key, writes[write].state);
      for (let output = 0; output < outputs.length; output++)
        characters += JSON.stringify(outputs[output].value).length;
    }
  });
  return characters;
}

function pageOf(values, first) {
  const offsets = new Float64Array(values.length);
  const timestamps = new Float64Array(values.length);
  for (let index = 0; index < values.length; index++) {
    offsets[index] = first + index;
    timestamps[index] = first * 1000;
  }
  return new EventPage({
    offsets,
    timestamps,
    keys: noKeys,
    headers: null,
    decodeValues: () => ({ values, undecodable: null }),
    valueBytes: () => null,
    keyBytes: () => null,
  });
}

/** What a call through the checked instance costs over the bare handler, with and without frozen inputs. */
export default async function workerCall({ quick }) {
  const pairs = quick ? 5 : 11;
  const results = [];
  for (const [name, freeze] of [
    ['worker_call_over_bare', false],
    ['worker_call_frozen_over_bare', true],
  ]) {
    const { difference } = await interleaved({
      subject: () => processorMs(() => throughInstance(freeze)),
      reference: () => processorMs(bare),
      pairs,
    });
    const runs = difference.map((ms) => Math.round((ms / events) * 1e6));
    results.push({
      name,
      value: runs[1],
      unit: 'ns per event',
      floor: 'bare handler, parse included',
      bar: 'part of archive_replay_vs_memory',
      runs,
    });
  }
  return results;
}

/** Processor time, which other work on the machine changes less than the time on the clock. */
function processorMs(action) {
  const started = process.cpuUsage().user;
  action();
  return (process.cpuUsage().user - started) / 1000;
}
