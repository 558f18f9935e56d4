import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { expectResultLikeModel } from './model/engine-under-test.js';
import { runCoreEngine, type EngineTuning } from './model/run-core-engine.js';
import type { Scenario } from './model/scenario.js';

const folder = mkdtempSync(join(tmpdir(), 'eventmend-kept-'));
const program = fileURLToPath(new URL('./model/scenario-process.mjs', import.meta.url));
const crashFile = join(folder, 'crashes');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const keys = ['a', 'b', 'c', 'd', 'e'];

/** Sixty transfers between five keys; `op` at the 40th. */
function scenario(op = 'move', poison: Scenario['poison'] = 'quarantine-event'): Scenario {
  const events = Array.from({ length: 60 }, (_, n) => {
    const value = { op: n === 40 ? op : 'move', keys: [keys[n % 5], keys[(n * 3 + 1) % 5]], n, id: `id-${n}` };
    return { offset: n, time: 1000 + n, key: null, value: JSON.stringify(value) };
  });
  const partition = { id: { source: 's', topic: 't', incarnation: '', partition: 0 }, start: 0, end: 60, logEnd: 60 };
  return {
    partitions: [
      {
        ...partition,
        watermark: -Infinity,
        clock: -Infinity,
        events,
        holes: [],
        ranges: [{ from: 0, to: 60, held: true }],
      },
    ],
    order: { by: 'time', maxStepMs: 1000 },
    poison,
    forced: [],
    worker: {
      locality: 'global',
      single: false,
      async: 'never',
      initial: false,
      codec: false,
      upcaster: false,
      deduplicationWindow: null,
      secondVersion: null,
    },
    initialStates: [{ key: 'a', state: { sum: 5, count: 1, last: null, drawn: null } }],
  };
}

const tuning: EngineTuning = {
  eventsPerPage: 7,
  async: false,
  batchEvents: 4,
  cachedStates: 1000,
  determinismSample: 64,
  alwaysFreeze: false,
  store: 'memory',
  interruptions: [],
};

function run(given: Scenario, fault: string, how = tuning, crashes: readonly number[] = []) {
  writeFileSync(crashFile, crashes.join('\n'));
  const command = [process.execPath, program, 'global', 'none', crashFile, '2', fault] as const;
  return runCoreEngine(folder, () => ({ kind: 'process', command, cwd: folder, files: [] }))(given, how);
}

test.each([
  ['prints', 'worker-protocol-violation'],
  ['wrong-count', 'worker-protocol-violation'],
  ['another-batch', 'worker-protocol-violation'],
  ['another-type', 'worker-protocol-violation'],
  ['nan', 'worker-protocol-violation'],
  ['undeclared-place', 'worker-protocol-violation'],
  ['lacks-state', 'worker-protocol-violation'],
  ['states-of-others', 'worker-protocol-violation'],
  ['never-asks', 'worker-protocol-violation'],
  ['asks-again', 'worker-protocol-violation'],
  ['forgets', 'nondeterministic-worker'],
  ['remembers', 'nondeterministic-worker'],
])('a process that only errs where it keeps states is stopped: %s', async (fault, code) => {
  expect(await run(scenario(), fault)).toEqual({ kind: 'stopped', code });
});

test.each(['exits', 'loops'])(
  'a process that breaks again and again where it keeps states is done without: %s',
  async (fault) => {
    const given = scenario();
    expectResultLikeModel(given, await run(given, fault, { ...tuning, eventTimeoutMs: 400 }));
  },
);

test.each(['throw', 'not-a-number', 'undeclared', 'delete', 'minus-zero'])(
  'an event that fails alone is parked: %s',
  async (op) => {
    const given = scenario(op);
    for (const batchEvents of [1, 4, 1000])
      expectResultLikeModel(given, await run(given, 'none', { ...tuning, batchEvents }));
  },
);

test.each(['quarantine-key', 'stop'] as const)('the same under the policy %s', async (poison) => {
  const given = scenario('throw', poison);
  expectResultLikeModel(given, await run(given, 'none'));
});

test('a kill -9 in the middle costs nothing, and every start is used', async () => {
  const given = scenario();
  for (const cachedStates of [0, 2, 1000]) {
    expectResultLikeModel(
      given,
      await run(given, 'none', { ...tuning, cachedStates, batchEvents: 20 }, [9, 30, 5, 44]),
    );
    expect(readFileSync(crashFile, 'utf8')).toBe('');
  }
});
