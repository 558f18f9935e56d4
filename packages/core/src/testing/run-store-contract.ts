import { hashOutputChunk } from '../engine/digest/output-digest.js';
import { hashState, StateDigest } from '../engine/digest/state-digest.js';
import type { LaneCommit, LaneHead, RunStore } from '../engine/store/run-store.js';
import { codeOf, type TestFramework } from './test-framework.js';

/** A store to be tested, and the way to see it as a process would that comes later. */
export interface StoreUnderTest {
  readonly store: RunStore;
  /** Opens what was committed anew; the same store again where nothing outlives the process. */
  reopen(): RunStore;
  dispose(): void;
}

export type StoreFactory = () => StoreUnderTest;

const id = { source: 's', topic: 't', incarnation: '', partition: 0 };

/** A head as a lane commits it. */
function headOf(lane: number, seq: number, outputs = 0): LaneHead {
  return {
    lane,
    seq,
    partitions: [
      {
        ...id,
        start: 0,
        next: seq,
        applied: seq,
        quarantined: 0,
        unavailable: 0,
        repeated: 0,
        skipped: {},
        order: { watermark: -Infinity, clock: 5 },
      },
    ],
    orderFlags: [seq, 0, 0, 0, 0, 0],
    stateDelta: '0'.repeat(64),
    keysDelta: 0,
    outputs,
    outputChain: 'c'.repeat(64),
    floor: 0,
    quarantined: 0,
    negativeZeros: 0,
    deduplicated: 0,
    done: false,
  };
}

function commitOf(head: LaneHead, part: Partial<LaneCommit> = {}): LaneCommit {
  return {
    head,
    states: [],
    chunks: [],
    provenance: [],
    quarantined: [],
    blockedKeys: [],
    recentIds: null,
    ...part,
  };
}

function stateOf(key: string, value: unknown) {
  return { key, text: JSON.stringify(value), provenance: 0, hash: hashState(key, value) };
}

function chunkOf(number: number, count: number, text: string) {
  return { number, count, text, hash: hashOutputChunk(text) };
}

/** What every run store promises. */
export function describeRunStoreContract(
  { describe, it, expect }: TestFramework,
  name: string,
  factory: StoreFactory,
): void {
  const using = async (test: (under: StoreUnderTest) => void | Promise<void>): Promise<void> => {
    const under = factory();
    try {
      await test(under);
    } finally {
      under.dispose();
    }
  };

  describe(`run store contract: ${name}`, () => {
    it('has nothing at first', () =>
      using(({ store }) => {
        expect(store.baseline()).toBe(null);
        expect(store.lane(0).head).toBe(null);
        expect([...store.states()]).toEqual([]);
        expect([...store.quarantined()]).toEqual([]);
        expect(store.lane(0).openChunk()).toBe(null);
      }));

    it('writes a baseline whole, or not at all', () =>
      using(async ({ store, reopen }) => {
        const rows = ['b', 'a'].map((key) => ({ key, text: '1', hash: hashState(key, 1), part: 0 }));
        const broken = async function* () {
          yield rows[0] as (typeof rows)[number];
          await Promise.resolve();
          throw new Error('the source broke');
        };
        expect(await codeOf(() => store.writeBaseline(broken()))).toBe('Error: the source broke');
        expect(store.baseline()).toBe(null);
        expect([...store.states()]).toEqual([]);
        const digest = new StateDigest();
        for (const { hash } of rows) digest.add(hash);
        const summary = await store.writeBaseline(rows);
        expect(summary).toEqual({ keys: 2, digest: digest.toHex() });
        const again = reopen();
        expect(again.baseline()).toEqual(summary);
        expect([...again.states()].map(({ key, lane }) => [key, lane])).toEqual([
          ['a', -1],
          ['b', -1],
        ]);
      }));

    it('refuses a baseline with a key twice', () =>
      using(async ({ store }) => {
        const row = { key: 'a', text: '1', hash: hashState('a', 1), part: 0 };
        expect(await codeOf(() => store.writeBaseline([row, row]))).toBe('invalid-snapshot');
        expect(store.baseline()).toBe(null);
      }));

    it('gives back everything that a lane committed', () =>
      using(({ store, reopen }) => {
        const parked = { partition: id, offset: 3, keys: ['k'], code: 'EM3002', reason: 'it threw' };
        const unnamed = { partition: id, offset: 4, keys: null, code: 'EM3008', reason: 'not JSON' };
        const causes = [{ kind: 'baseline', part: 0, basis: 'genesis' }] as const;
        store.lane(0).commit(
          commitOf(headOf(0, 1, 2), {
            states: [stateOf('__proto__', { a: 1 }), stateOf('k', { z: 1, a: 2 })],
            chunks: [chunkOf(0, 2, 'text')],
            provenance: [{ id: 0, causes }],
            quarantined: [parked, unnamed],
            blockedKeys: ['k'],
            recentIds: { first: 0, ids: ['x', null], keepFrom: 0 },
          }),
        );
        const again = reopen();
        const lane = again.lane(0);
        expect(lane.head).toEqual(headOf(0, 1, 2));
        expect(lane.load('k')?.text).toBe('{"z":1,"a":2}');
        expect(lane.load('__proto__')?.text).toBe('{"a":1}');
        expect(again.state('k')?.lane).toBe(0);
        expect(again.state('absent')).toBe(undefined);
        expect(lane.provenance()).toEqual([causes]);
        expect(lane.openChunk()).toEqual(chunkOf(0, 2, 'text'));
        expect([...again.chunks(0)]).toEqual([chunkOf(0, 2, 'text')]);
        expect(lane.blockedKeys()).toEqual(['k']);
        expect(lane.recentIds()).toEqual(['x', null]);
        expect([...again.quarantined()]).toEqual([parked, unnamed]);
        expect([...again.provenanceGroups()]).toEqual([{ lane: 0, provenance: 0, keys: 2 }]);
      }));

    it('gives all states in the order of their keys, with their hashes or without', () =>
      using(({ store, reopen }) => {
        const keys = ['', '\u0000', ...Array.from({ length: 2500 }, (_, n) => `k${n}`), 'ü', '日本'];
        const states = keys.map((key, n) => stateOf(key, { n })).toReversed();
        store.lane(0).commit(commitOf(headOf(0, 1), { states }));
        const stored = [...reopen().states()];
        expect(new Set(stored.map(({ key }) => key))).toEqual(new Set(keys));
        expect([...reopen().texts()]).toEqual(
          stored.map(({ key, text, provenance, lane }) => ({ key, text, provenance, lane })),
        );
      }));

    it('replaces the open chunk, and knows no open one when the last is full', () =>
      using(({ store, reopen }) => {
        const lane = store.lane(0);
        lane.commit(commitOf(headOf(0, 1, 2), { chunks: [chunkOf(0, 2, 'two')] }));
        lane.commit(commitOf(headOf(0, 2, 512), { chunks: [chunkOf(0, 512, 'full')] }));
        expect([...reopen().chunks(0)]).toEqual([chunkOf(0, 512, 'full')]);
        expect(reopen().lane(0).openChunk()).toBe(null);
      }));

    it('forgets a state that was deleted, and keeps what it carries', () =>
      using(({ store, reopen }) => {
        const lane = store.lane(0);
        lane.commit(commitOf(headOf(0, 1), { states: [stateOf('k', 1)] }));
        lane.commit(commitOf(headOf(0, 2), { states: [{ key: 'k', text: null, provenance: 7, hash: '' }] }));
        expect(reopen().lane(0).load('k')).toEqual({ text: null, provenance: 7, hash: '', lane: 0 });
        expect([...reopen().provenanceGroups()]).toEqual([]);
      }));

    it('lets a key belong to one lane only, and takes nothing of the commit that tries otherwise', () =>
      using(async ({ store, reopen }) => {
        await store.writeBaseline([{ key: 'shared', text: '1', hash: hashState('shared', 1), part: 0 }]);
        store.lane(0).commit(commitOf(headOf(0, 1), { states: [stateOf('own', 1), stateOf('shared', 2)] }));
        const rival = reopen().lane(1);
        expect(await codeOf(() => rival.load('own'))).toBe('key-in-several-partitions');
        const attempt = commitOf(headOf(1, 1), { states: [stateOf('fresh', 1), stateOf('shared', 3)] });
        expect(
          await codeOf(() => {
            rival.commit(attempt);
          }),
        ).toBe('key-in-several-partitions');
        const again = reopen();
        expect(again.lane(1).head).toBe(null);
        expect(again.state('fresh')).toBe(undefined);
        expect(again.state('shared')?.text).toBe('2');
      }));

    it('keeps lanes apart', () =>
      using(({ store, reopen }) => {
        store
          .lane(0)
          .commit(commitOf(headOf(0, 1), { blockedKeys: ['a'], recentIds: { first: 0, ids: ['x'], keepFrom: 0 } }));
        store.lane(3).commit(commitOf(headOf(3, 1)));
        const again = reopen();
        expect(again.lane(3).blockedKeys()).toEqual([]);
        expect(again.lane(3).recentIds()).toEqual([]);
        expect(again.lane(3).head?.lane).toBe(3);
      }));

    it('lets ids leave the window, never those that are still in it', () =>
      using(({ store, reopen }) => {
        const lane = store.lane(0);
        for (let seq = 1; seq <= 6; seq++) {
          const recentIds = { first: seq - 1, ids: [`id-${seq - 1}`], keepFrom: Math.max(0, seq - 3) };
          lane.commit(commitOf(headOf(0, seq), { recentIds }));
        }
        expect(reopen().lane(0).recentIds().slice(-3)).toEqual(['id-3', 'id-4', 'id-5']);
      }));

    it('remembers events that are to be parked unasked', () =>
      using(({ store, reopen }) => {
        const forced = { partition: id, offset: 9, reason: 'it did not come back' };
        store.forceQuarantine(forced);
        expect(reopen().forcedQuarantines()).toEqual([forced]);
      }));
  });
}
