import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { surveyLogs } from '../src/evidence/coverage/survey-logs.js';
import { completeInputs } from '../src/evidence/inputs/complete-inputs.js';
import type { ExternalRecordsConfig } from '../src/evidence/matching/external-records-config.js';
import { findStandIns } from '../src/evidence/stand-ins/find-stand-ins.js';
import type { StandIns } from '../src/evidence/stand-ins/stand-in.js';
import type { Position } from '../src/model/position/position.js';
import { createMemoryLog } from '../src/sources/log/memory-log.js';
import { defineWorker } from '../src/worker/define-worker.js';

const runs =
  Number(process.env['EVENTMEND_PROPERTY_RUNS'] ?? (process.env['EVENTMEND_FULL'] === undefined ? 60 : 500)) * 2;
const seed = Number(process.env['EVENTMEND_PROPERTY_SEED'] ?? 20261129);
const hour = 3_600_000;
const start = 1_770_000_000_000;
const folder = mkdtempSync(join(tmpdir(), 'eventmend-stand-ins-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const worker = defineWorker<{ account: string; cents: number }, number>({
  name: 'w',
  version: '1',
  key: ({ value }) => value.account,
  initial: () => 0,
  evolve: (sum) => sum,
});

/** What really happened, and what became of it. Every second event is of the other partition. */
const worlds = fc.record({
  events: fc.array(
    fc.record({
      step: fc.nat(6),
      account: fc.constantFrom('a', 'b'),
      cents: fc.constantFrom(100, 250),
      named: fc.boolean(),
      lost: fc.boolean(),
      copies: fc.constantFrom(0, 1, 1, 1, 1, 2),
      /** The row has another amount. */
      wrong: fc.constantFrom(false, false, false, false, true),
      late: fc.integer({ min: -2, max: 3 }),
    }),
    { minLength: 4, maxLength: 40 },
  ),
  /** Rows of nothing, which a later row takes back. */
  cancelled: fc.array(fc.record({ at: fc.nat(40), account: fc.constantFrom('a', 'b') }), { maxLength: 2 }),
  /** So many of the last events happened after the log was saved. */
  later: fc.nat(3),
  from: fc.tuple(fc.nat(6), fc.nat(6)),
  to: fc.tuple(fc.nat(16), fc.nat(16)),
  clocks: fc.boolean(),
  by: fc.constantFrom('id', 'some ids', 'time'),
});

interface TrueEvent {
  readonly n: number;
  readonly partition: number;
  readonly offset: number;
  readonly time: number;
  readonly lost: boolean;
}

const shared = { earlier: 2 * hour, later: 3 * hour };

describe(`rows that stand in for lost events (seed ${seed}, ${runs} runs)`, { timeout: 11 * 60_000 }, () => {
  it('are rows of events that were lost in the range, each once, whatever is unknown', () =>
    fc.assert(
      fc.asyncProperty(worlds, async (world) => {
        const truth: (TrueEvent & (typeof world.events)[number])[] = [];
        let clock = 0;
        for (const [n, event] of world.events.entries()) {
          clock += event.step;
          truth.push({ ...event, n, partition: n % 2, offset: Math.floor(n / 2), time: start + clock * hour });
        }
        const named = world.by === 'id' || world.by === 'some ids';
        const idOf = ({ n, named: has }: { n: number; named: boolean }) =>
          world.by === 'id' || (has && named) ? `id${n}` : null;
        const rows: { of: number | null; row: Readonly<Record<string, unknown>> }[] = [];
        for (const event of truth) {
          const row = {
            id: idOf(event),
            account: event.account,
            cents: event.wrong ? event.cents + 1 : event.cents,
            at: event.time + event.late * hour,
            kind: 'in',
          };
          for (let copy = 0; copy < event.copies; copy++) rows.push({ of: event.n, row });
        }
        for (const { at, account } of world.cancelled) {
          const row = { id: null, account, cents: 777, at: start + at * hour, kind: 'in' };
          rows.push({ of: null, row });
          rows.push({ of: null, row: { ...row, at: row.at + hour, kind: 'back' } });
        }
        const file = join(folder, 'rows.ndjson');
        writeFileSync(file, rows.map(({ row }) => JSON.stringify(row) + '\n').join(''));

        const saved = truth.slice(0, truth.length - world.later);
        const count = (partition: number) => saved.filter((event) => event.partition === partition).length;
        const log = createMemoryLog({
          source: 's',
          topic: 't',
          partitions: [0, 1].map((partition) => ({ partition, range: { from: 0, to: count(partition) } })),
          events: saved
            .filter(({ lost }) => !lost)
            .map((event) => ({
              partition: event.partition,
              offset: event.offset,
              time: event.time,
              value: { type: 'paid', account: event.account, cents: event.cents, id: idOf(event) },
            })),
        });
        const record: ExternalRecordsConfig = {
          name: 'bank',
          rows: { kind: 'file', file, format: 'ndjson' },
          mapping: {
            id: { column: 'id', optional: true },
            key: 'account',
            time: { column: 'at', unit: 'milliseconds' },
            amount: { column: 'cents' },
            reversal: { column: 'kind', is: ['back'] },
          },
          rule: {
            topic: null,
            types: ['paid'],
            id: named ? 'value.id' : null,
            key: 'value.account',
            time: 'time',
            within: shared,
            amount: { path: 'value.cents', factor: '1' },
            typed: false,
            reversible: true,
            from: start - 1000 * hour,
            until: start + 1000 * hour,
          },
          completeFor: ['paid'],
          event: {
            topic: 't',
            key: null,
            value: {
              form: 'fields',
              fields: [
                { field: 'type', constant: 'paid' },
                { field: 'account', column: 'account' },
                { field: 'cents', mapped: 'amount', as: 'number' },
                { field: 'id', mapped: 'id', as: 'text' },
              ],
            },
          },
        };
        const inputs = completeInputs({ worker, logs: [log], records: [record] });
        const survey = await surveyLogs(inputs, undefined);
        const positionAt = (next: readonly [number, number]): Position =>
          survey.partitions.map(({ source, topic, incarnation, partition, end }) => {
            const at = Math.min(next[partition] ?? 0, end);
            const last = truth.find((event) => event.partition === partition && event.offset === at - 1);
            const known = world.clocks && last !== undefined ? last.time : -Infinity;
            return { source, topic, incarnation, partition, next: at, order: { watermark: known, clock: known } };
          });
        const from = positionAt(world.from);
        const to = positionAt([
          Math.max(world.from[0], world.from[0] + world.to[0]),
          Math.max(world.from[1], world.from[1] + world.to[1]),
        ]);
        const { standIns, leftOut, perSource }: StandIns = await findStandIns(
          { situation: inputs, survey },
          { from, to },
        );

        const isWithin = ({ partition, offset }: TrueEvent) =>
          offset >= (from[partition]?.next ?? 0) && offset < (to[partition]?.next ?? 0);
        const filled = standIns.map(({ row }) => rows[row - 1]?.of ?? null);
        for (const n of filled) {
          const event = n === null ? undefined : truth[n];
          // In this world a row is of a lost event of the range, or it may not be used.
          expect(event !== undefined && event.lost && isWithin(event), `event ${n}`).toBe(true);
        }
        expect(new Set(filled).size).toBe(filled.length);
        expect(standIns.map(({ time }) => time)).toEqual(standIns.map(({ time }) => time).sort((a, b) => a - b));
        const [source] = perSource;
        if (source === undefined) throw new Error('no source');
        expect(source.rows.used).toBe(standIns.length);
        expect(Object.values<number>({ ...source.rows }).reduce((sum, each) => sum + each)).toBe(rows.length);

        // What was lost in the range and has a row is brought back, or what the row says is left out aloud.
        const told = new Set([...standIns, ...leftOut].map(({ row }) => rows[row - 1]?.of));
        for (const event of truth.filter((each) => each.lost && isWithin(each) && each.copies > 0)) {
          expect(told.has(event.n), `event ${event.n}`).toBe(true);
        }

        // What is far from all that could be something else must be used.
        if (world.by !== 'id' || !world.clocks || source.distrusted !== null) return;
        const ends = (position: Position) => position.map(({ order }) => order.clock).filter(Number.isFinite);
        const [lower, upper] = [Math.max(...ends(from), -Infinity), Math.min(...ends(to), Infinity)];
        const seen = saved.filter(({ lost }) => !lost).map(({ time }) => time);
        const first = (event: TrueEvent) => rows.findIndex(({ of }) => of === event.n);
        for (const event of truth.filter((each) => each.lost && isWithin(each) && idOf(each) !== null)) {
          const at = event.time + event.late * hour;
          const clear = at - source.lateness.later > lower && at + source.lateness.earlier < upper;
          const inFrontOfEnd = at + source.lateness.earlier < Math.max(...seen, -Infinity);
          const bounded = ends(to).length === 2 && ends(from).length === 2;
          if (!clear || !inFrontOfEnd || !bounded || first(event) === -1) continue;
          expect(filled, `event ${event.n}`).toContain(event.n);
        }
      }),
      { seed, numRuns: runs },
    ));
});
