import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { completeInputs, drill, type DrillMix } from '@eventmend/core/engine';
import { openArchive } from '@eventmend/core/archive';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bankInputs, bookings } from './bank.js';
import { nameOf, playByHand, readRows, readStates, type PlantedLine } from './played-by-hand.js';

const runs = Number(process.env['EVENTMEND_PROPERTY_RUNS'] ?? (process.env['EVENTMEND_FULL'] === undefined ? 15 : 200));
const seed = Number(process.env['EVENTMEND_PROPERTY_SEED'] ?? 20261129);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drill-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const mixes: fc.Arbitrary<DrillMix> = fc
  .record({
    missed: fc.nat(8),
    twice: fc.nat(8),
    reordered: fc.nat(8),
    wrong: fc.nat(8),
    tainted: fc.nat(2),
    damaged: fc.nat(2),
    hole: fc.constantFrom(0, 5, 0.05),
    retention: fc.constantFrom(0, 30, 0.2),
  })
  .filter((mix) => Object.values(mix).some((amount) => amount > 0));

describe(`what a drill plants (seed ${seed}, ${runs} runs)`, { timeout: 10 * 60_000 }, () => {
  it('is what an independent bank makes of the same bookings and the same faults, right and wrong', () =>
    fc.assert(
      fc.asyncProperty(
        fc.record({
          mix: mixes,
          seed: fc.nat(1_000_000),
          events: fc.integer({ min: 200, max: 700 }),
          partitions: fc.integer({ min: 1, max: 4 }),
        }),
        async (given) => {
          const events = bookings(given.events, given.seed, given.partitions);
          const at = join(folder, `d-${given.seed}-${given.events}`);
          rmSync(at, { recursive: true, force: true });
          const report = await drill(
            completeInputs({ ...bankInputs(events, given.partitions), store: join(folder, 'store') }),
            {
              ...{ folder: at, seed: given.seed, mix: given.mix, checkpoints: 2, strategies: [] },
              leaves: { outputs: true, ledger: true },
            },
          );
          const planted = readRows(at, 'truth', 'planted.ndjson') as unknown as readonly PlantedLine[];
          const right = playByHand(events, []);
          const wrong = playByHand(events, planted);

          expect(readStates(at, 'truth', 'states.ndjson')).toEqual(right.states);
          expect(readRows(at, 'truth', 'outputs.ndjson').map(sentOf)).toEqual(right.sent);
          expect(readStates(at, 'live', 'state.ndjson')).toEqual(wrong.states);
          expect(readRows(at, 'live', 'outputs.ndjson').map(sentOf)).toEqual(wrong.sent);
          expect(readRows(at, 'live', 'ledger.ndjson').map(eventOf)).toEqual(wrong.handled);

          // Every fault is one that can be noticed, and no event has two.
          const named = planted.flatMap(({ kind, event, other }) => [
            nameOf(event),
            ...(kind === 'reordered' && other ? [nameOf(other)] : []),
          ]);
          expect(new Set(named).size).toBe(named.length);
          const without = (fault: PlantedLine) =>
            playByHand(
              events,
              planted.filter((other) => other !== fault),
            );
          for (const fault of planted.slice(0, 3)) expect(without(fault)).not.toEqual(wrong);
          for (const kind of ['missed', 'twice', 'reordered', 'wrong'] as const) {
            const count = planted.filter((fault) => fault.kind === kind).length;
            expect(report.error.planted[kind]).toBe(count);
            expect(count).toBeLessThanOrEqual(given.mix[kind] ?? 0);
          }

          // What is left of the log is what was there, less what is said to be lost.
          const left = await namesIn(join(at, 'log.archive'));
          expect(events.map(nameOf).filter((name) => left.has(name)).length).toBe(left.size);
          const { retention, hole } = report.lost;
          if (retention === 0 || hole === 0) expect(left.size).toBe(events.length - retention - hole);
          if (given.mix.hole === 5) expect(hole).toBeLessThanOrEqual(5);
        },
      ),
      { seed, numRuns: runs, plugins: [fc.interruptAfterTimeLimit(9 * 60_000, { failOnInterrupt: true })] },
    ));

  it('is the same for the same seed, and another for another', async () => {
    const events = bookings(400, 7);
    const of = async (drillSeed: number, name: string) => {
      const at = join(folder, name);
      await drill(completeInputs({ ...bankInputs(events), store: join(folder, 'store') }), {
        ...{ folder: at, seed: drillSeed, mix: { missed: 4, twice: 3, reordered: 3, wrong: 3 }, strategies: [] },
      });
      return { planted: readRows(at, 'truth', 'planted.ndjson'), state: readStates(at, 'live', 'state.ndjson') };
    };
    const first = await of(5, 'a');
    expect(await of(5, 'b')).toEqual(first);
    expect(await of(6, 'c')).not.toEqual(first);
  });
});

function sentOf({ partition, offset, key, value }: Record<string, unknown>) {
  return { partition, offset: Number(offset), key, value };
}

function eventOf({ partition, offset }: Record<string, unknown>): string {
  return nameOf({ partition: partition as number, offset: Number(offset) });
}

async function namesIn(archive: string): Promise<ReadonlySet<string>> {
  const log = openArchive(archive);
  const names = new Set<string>();
  for (const { range, ...id } of log.describe().partitions) {
    const reader = log.read({ ...id, ...range });
    for (let page = reader.next(); page !== null; page = reader.next()) {
      for (const offset of Array.from(page.offsets)) names.add(nameOf({ partition: id.partition, offset }));
    }
  }
  log.close();
  return names;
}
