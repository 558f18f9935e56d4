import type { LogLocator } from '../model/log/event-log.js';
import { openLocator } from '../sources/log/open-locator.js';
import type { SnapshotRow, SnapshotSource } from '../model/snapshots/snapshot-source.js';
import type { Position } from '../model/position/position.js';
import { codeOf, type TestFramework } from './test-framework.js';

export interface ContractSnapshot {
  readonly id: string;
  readonly takenAt: number | null;
  readonly worker: string | null;
  readonly stateVersion: number;
  readonly position: Position | null;
  readonly rows: readonly SnapshotRow[];
}

export interface SnapshotsUnderTest {
  readonly source: SnapshotSource;
  readonly dispose?: () => void | Promise<void>;
}

/** Makes a source of the adapter that holds exactly these snapshots, stored in the given order. */
export type SnapshotFactory = (
  snapshots: readonly ContractSnapshot[],
) => SnapshotsUnderTest | Promise<SnapshotsUnderTest>;

/** What every source of snapshots promises. */
export function describeSnapshotSourceContract(framework: TestFramework, name: string, factory: SnapshotFactory): void {
  const { describe, it, expect } = framework;

  async function withSource(
    snapshots: readonly ContractSnapshot[],
    body: (source: SnapshotSource) => Promise<void>,
  ): Promise<void> {
    const { source, dispose } = await factory(snapshots);
    try {
      await body(source);
    } finally {
      await dispose?.();
    }
  }

  describe(`snapshot source contract: ${name}`, () => {
    it('lists the oldest position first, those without one last', () =>
      withSource(contractSnapshots, async (source) => {
        const { snapshots, damaged } = await source.list();
        expect(damaged).toEqual([]);
        expect(snapshots.map((snapshot) => snapshot.id)).toEqual(['c-2', 'c-10', 'c-1', 'dump']);
      }));

    it('describes them as they were put in', () =>
      withSource(contractSnapshots, async (source) => {
        for (const described of (await source.list()).snapshots) {
          const { id, takenAt, worker, stateVersion, position, keys } = described;
          const original = contractSnapshots.find((snapshot) => snapshot.id === id);
          expect({ id, takenAt, worker, stateVersion, position, keys }).toEqual({
            ...{ id, takenAt: original?.takenAt, worker: original?.worker, stateVersion: original?.stateVersion },
            ...{ position: original?.position, keys: original?.rows.length },
          });
        }
      }));

    it('gives every row with its fields in order', () =>
      withSource(contractSnapshots, async (source) => {
        for (const snapshot of contractSnapshots) {
          expect(JSON.stringify(await rowsOf(source, snapshot.id))).toBe(JSON.stringify(snapshot.rows));
        }
      }));

    it('has a digest that tells contents apart', () =>
      withSource(contractSnapshots, async (source) => {
        const digests = (await source.list()).snapshots.map((snapshot) => snapshot.digest);
        expect(new Set(digests).size).toBe(digests.length);
        expect(digests.every((digest) => /^[0-9a-f]{64}$/.test(digest))).toBe(true);
        const changed = contractSnapshots.map((snapshot) =>
          snapshot.id === 'c-1' ? { ...snapshot, rows: snapshot.rows.slice(1) } : snapshot,
        );
        await withSource(changed, async (other) => {
          const different = (await other.list()).snapshots.filter(({ digest }) => !digests.includes(digest));
          expect(different.map(({ id }) => id)).toEqual(['c-1']);
        });
      }));

    it('gives fresh states to every reader', () =>
      withSource(contractSnapshots, async (source) => {
        for (const { state } of await rowsOf(source, 'c-1')) {
          if (state !== null && typeof state === 'object') (state as Record<string, unknown>)['changed'] = true;
        }
        const original = contractSnapshots.find((snapshot) => snapshot.id === 'c-1');
        expect(JSON.stringify(await rowsOf(source, 'c-1'))).toBe(JSON.stringify(original?.rows));
      }));

    it('lets a reader stop early', () =>
      withSource(contractSnapshots, async (source) => {
        for await (const row of source.rows('c-1')) {
          expect(typeof row.key).toBe('string');
          break;
        }
        expect((await rowsOf(source, 'c-1')).length).toBe(contractSnapshots[0]?.rows.length);
      }));

    it('refuses an id that is not there', () =>
      withSource(contractSnapshots, async (source) => {
        expect(await codeOf(() => rowsOf(source, 'c-99'))).toBe('invalid-snapshot');
      }));

    it('is fine without snapshots', () =>
      withSource([], async (source) => {
        expect(await source.list()).toEqual({ snapshots: [], damaged: [] });
      }));

    it('has a locator that is plain JSON and opens the same source, or none', () =>
      withSource(contractSnapshots, async (source) => {
        if (source.locator === undefined) return;
        const again = await openLocator<SnapshotSource>(JSON.parse(JSON.stringify(source.locator)) as LogLocator);
        expect(await again.list()).toEqual(await source.list());
      }));
  });
}

async function rowsOf(source: SnapshotSource, id: string): Promise<readonly SnapshotRow[]> {
  const rows: SnapshotRow[] = [];
  for await (const row of source.rows(id)) rows.push({ key: row.key, state: row.state });
  return rows;
}

function at(...next: number[]): Position {
  return next.map((offset, partition) => ({
    source: 'contract-log',
    topic: 'orders',
    incarnation: '',
    partition,
    next: offset,
    order: offset === 0 ? { watermark: -Infinity, clock: -Infinity } : { watermark: offset * 10, clock: offset * 20 },
  }));
}

const contractSnapshots: readonly ContractSnapshot[] = [
  {
    id: 'c-1',
    takenAt: 1_000_000_000_000,
    worker: 'orders@1.0.0',
    stateVersion: 3,
    position: at(700, 300),
    rows: [
      { key: 'b', state: { n: 1, a: [1, 2, { deep: null }] } },
      { key: 'a', state: { z: 1, a: 2 } },
      { key: '', state: 0 },
      { key: '__proto__', state: JSON.parse('{"__proto__":{"x":1},"constructor":"text"}') as unknown },
      { key: 'ü€😀 "quoted"\n', state: 'text with a line\nend' },
      { key: 'null', state: null },
    ],
  },
  { id: 'dump', takenAt: null, worker: null, stateVersion: 1, position: null, rows: [{ key: 'a', state: {} }] },
  { id: 'c-2', takenAt: 900_000_000_000, worker: null, stateVersion: 1, position: at(10, 0), rows: [] },
  {
    id: 'c-10',
    takenAt: null,
    worker: null,
    stateVersion: 1,
    position: at(10, 299),
    rows: [{ key: 'a', state: false }],
  },
];
