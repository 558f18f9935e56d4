import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryLog, defineWorker, foldLog } from '@eventmend/core';
import { estimateStates } from '@eventmend/estimation';
import { interleaved } from '../../../.ci/bench/interleaved.mjs';

const worker = defineWorker({
  name: 'transfers',
  version: '1.0.0',
  keys: ({ value }) => [value.from, value.to],
  initial: () => ({ cents: 10_000, refused: 0 }),
  evolve: (states, { value: { from, to, cents } }) => {
    const source = states.get(from);
    if (source.cents < cents) return states.set(from, { ...source, refused: source.refused + 1 });
    states.set(from, { ...source, cents: source.cents - cents });
    if (to !== from) states.set(to, { ...states.get(to), cents: states.get(to).cents + cents });
  },
  measures: { refused: ({ refused }) => refused },
});

const hour = 3_600_000;
const days = 40;

/** Transfers at even distances, each between two accounts that its number gives. */
function transfers(perHour) {
  const begin = Date.UTC(2026, 0, 5);
  return Array.from({ length: days * 24 * perHour }, (_, offset) => {
    const account = (salt) => `A-${(Math.imul(offset + 1, salt) >>> 3) % 97}`;
    return {
      offset,
      time: begin + Math.floor((offset * hour) / perHour),
      key: null,
      value: { from: account(2654435761), to: account(40503), cents: (Math.imul(offset, 48271) >>> 8) % 5000 },
    };
  });
}

/**
 * An event in one member of an ensemble of 30, against an event of a replay in memory: six hours are lost on the fifth day, and
 * what is told apart there is carried on through all that follows.
 */
export default async function ensemble({ quick }) {
  const store = mkdtempSync(join(tmpdir(), 'eventmend-bench-'));
  try {
    const perHour = quick ? 10 : 40;
    const events = transfers(perHour);
    const [from, to] = [4 * 24 * perHour, (4 * 24 + 6) * perHour];
    const whole = createMemoryLog({ events });
    const logs = [createMemoryLog({ events: events.filter(({ offset }) => offset < from || offset >= to) })];
    const subject = async () => {
      const started = performance.now();
      const result = await estimateStates({ worker, logs, store }, { members: 1 });
      if (result.status !== 'estimated') throw new Error(`refused: ${result.reason.code}`);
      return (performance.now() - started) / (from + result.members * (events.length - from));
    };
    const reference = async () => {
      const started = performance.now();
      await foldLog(worker, whole);
      return (performance.now() - started) / events.length;
    };
    const { speed } = await interleaved({ subject, reference, pairs: 5 });
    const floor = 'the same events replayed in memory';
    return [{ name: 'monte_carlo_vs_replay', value: speed[1], unit: 'x', floor, bar: '>= 0.8', runs: speed }];
  } finally {
    rmSync(store, { recursive: true, force: true });
  }
}
