import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { IntendedOutput } from '../../src/model/outputs/output.js';
import type { RecordedOutput, RecordedOutputs } from '../../src/model/records/recorded-outputs.js';
import { expect, it } from 'vitest';
import { findCorrections } from '../../src/evidence/corrections/find-corrections.js';
import { runOf } from './run-of-events.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const count = 40_000;
const padding = 'x'.repeat(1000);
const id = { source: 's', topic: 't', incarnation: '', partition: 0 };

function* intended(): Iterable<IntendedOutput> {
  for (let offset = 0; offset < count; offset++) {
    const value = `${offset} ${padding}`;
    const event = { ...id, offset, time: offset, ordinal: 0, businessId: null };
    yield { seq: offset, output: 'booked', kind: 'event', key: `k${offset % 100}`, ...event, value };
  }
}

/** A service that got every value wrong, and every third event too late. */
const recorded: RecordedOutputs = {
  describe: () => ({ location: 'memory', order: 'handling', digest: null, from: 0, until: count }),
  async *read() {
    for (let turn = 0; turn < 3; turn++) {
      for (let offset = 0; offset < count; offset += 2000) {
        const rows: RecordedOutput[] = [];
        for (let at = offset; at < offset + 2000; at++) {
          if (at % 3 !== turn) continue;
          const event = { topic: 't', partition: 0, offset: at };
          const record = { output: 'booked', key: `k${at % 100}`, value: `${at} wrong ${padding}`, event };
          rows.push({ seq: at, ...record, eventId: null, businessId: null, time: null });
        }
        yield await Promise.resolve(rows);
      }
    }
  },
  close: () => undefined,
};

it('neither what waits nor what was found stays in memory: 80 MB of values, all wrong and late', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'eventmend-memory-'));
  try {
    const run = { ...runOf([], { target: [count] }), lanes: [{ partitions: [0], read: intended }] };
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    const found = await findCorrections({ run, recorded, retract: () => null, scratch: folder, limit: 1000 });
    collectGarbage();
    const held = process.memoryUsage().heapUsed - before;
    expect(found.counts).toMatchObject({ intended: count, replaced: count, actions: { send: count, list: count } });
    expect(found.spilled).toBeGreaterThan(count);
    expect(held / 1e6).toBeLessThan(15);
    found.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
