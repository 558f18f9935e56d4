import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createRequire } from 'node:module';
import { createMemoryLog, openIncident, type MemoryEvent } from '@eventmend/core';
import { scratchFolder } from '@eventmend/core/testing';
import { afterAll, expect, test } from 'vitest';
import { estimateStates } from '../../src/index.js';
import { balances, begin, simulateIncident } from './simulate-incident.js';

const scratch = scratchFolder();
afterAll(() => {
  scratch.remove();
});

const core = pathToFileURL(createRequire(import.meta.url).resolve('@eventmend/core')).href;

/** The same worker as a module, which a thread can load, with a line in front of what it does. */
function moduleOf(name: string, first: string): string {
  const file = join(scratch.path, `${name}.mjs`);
  const { initial, evolve, keys, measures } = balances as unknown as Readonly<
    Record<'initial' | 'evolve' | 'keys', unknown>
  > & { readonly measures: Readonly<Record<string, unknown>> };
  writeFileSync(
    file,
    `import { defineWorker } from '${core}';
const measures = { cents: ${String(measures['cents'])}, refused: ${String(measures['refused'])} };
const evolve = ${String(evolve)};
export default defineWorker({ name: 'balances', version: '1.0.0', keys: ${String(keys)}, initial: ${String(initial)}, measures,
  evolve: (states, event) => { ${first}; return evolve(states, event); } });
`,
  );
  return file;
}

function ndjsonOf(events: readonly MemoryEvent[]): string {
  const file = join(scratch.path, 'log.ndjson');
  const lines = events.map(({ partition, offset, time, key, value }) =>
    JSON.stringify({ ...{ topic: 'events', partition, offset: String(offset), timestamp: time, key, value } }),
  );
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
  return file;
}

function open(worker: string, events: readonly MemoryEvent[]) {
  return openIncident({
    ...{ worker, log: { ndjson: ndjsonOf(events) }, store: join(scratch.path, 'store') },
    tuning: { event_timeout_ms: 2_000 },
  });
}

test('an ensemble in a thread of its own says the same as one in this thread', async () => {
  const { known } = simulateIncident(1);
  const incident = await open(moduleOf('plain', ''), known);
  try {
    const options = { members: 60, seed: 3 };
    const inThread = await estimateStates(incident, options);
    if (inThread.status !== 'estimated') throw new Error('nothing was estimated');
    // What is drawn depends on the name of the partition, and so of the log.
    const { source } = inThread.gaps[0]!.offsets;
    const log = createMemoryLog({ source, events: known });
    const here = await estimateStates({ worker: balances, logs: [log], store: join(scratch.path, 'here') }, options);
    if (here.status !== 'estimated') throw new Error('nothing was estimated here');
    expect(inThread.counts).toEqual(here.counts);
    expect(inThread.sums).toEqual(here.sums);
    expect([...inThread.states()]).toEqual([...here.states()]);
    expect([...inThread.events()]).toEqual([...here.events()]);
  } finally {
    incident.close();
  }
});

test('an event that a worker does not come back from ends the estimate, and is named', async () => {
  const { known } = simulateIncident(1);
  const endless = known[40]!;
  const first = `if (event.time === ${endless.time}) for (;;);`;
  const incident = await open(moduleOf('endless', first), known);
  try {
    await expect(estimateStates(incident, { members: 5 })).rejects.toMatchObject({
      code: 'worker-timeout',
      message: expect.stringContaining(`events[${endless.partition}]@${endless.offset}`),
    });
  } finally {
    incident.close();
  }
});

test('so does one that was drawn, and it is named by where it is lost', async () => {
  const { known, lost } = simulateIncident(1);
  expect(lost).toBeGreaterThan(0);
  const times = known.map(({ time }) => time!);
  // No known event happened in there.
  const gap = { from: begin + 25 * 86_400_000 + 9 * 3_600_000, to: begin + 25 * 86_400_000 + 15 * 3_600_000 };
  expect(times.some((time) => time >= gap.from && time < gap.to)).toBe(false);
  const first = `if (event.time >= ${gap.from} && event.time < ${gap.to}) for (;;);`;
  const incident = await open(moduleOf('endless-draw', first), known);
  try {
    await expect(estimateStates(incident, { members: 5 })).rejects.toMatchObject({
      code: 'worker-timeout',
      message: expect.stringMatching(/events\[[01]\]@\d+/),
    });
  } finally {
    incident.close();
  }
});
