import { describe, expect, it } from 'vitest';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import type { VerificationRoute } from './derive-again.js';
import type { DerivationDigest } from './derivation-digest.js';
import { deriveShares, mayBeShared } from './derive-shares.js';

const digest = (hex: string): string => hex.padStart(64, '0');
const order = { missing: 0, falling: 0, negative: 0, unconfirmed: 0, equal: 0 };
const none = { keys: 0, digest: digest('0'), invariants: [], totals: [], measures: {} };
const id = (partition: number) => ({ source: 's', topic: 't', incarnation: '', partition });
const route = { totals: [] } as unknown as VerificationRoute;

/** What one lane comes to whose events name these keys. */
function derivation(lane: number, keys: readonly string[]): DerivationDigest {
  return {
    ...{ baselineDigest: null, parkedBefore: 0, stateDigest: '', outputsDigest: '', uncovered: null },
    ...{ stateKeys: keys.length, outputs: keys.length, quarantined: 0, invariants: [], totals: [], measures: {} },
    ...{ accounts: [], order },
    part: { begin: none, end: { ...none, keys: keys.length, digest: digest(String(lane + 1)) }, chains: [`${lane}`] },
    keysOf: [{ partition: id(lane), keys }],
  };
}

const whole = { stateKeys: 99 } as DerivationDigest;

function deriveWith(keysOf: readonly (readonly string[])[]) {
  const asked: (VerificationRoute['lanes'] | null)[] = [];
  const derive = ({ lanes }: VerificationRoute): Promise<DerivationDigest> => {
    asked.push(lanes ?? null);
    return Promise.resolve(lanes === undefined ? whole : derivation(lanes[0] ?? 0, keysOf[lanes[0] ?? 0] ?? []));
  };
  return { asked, derive };
}

describe('deriving shares of the lanes', () => {
  it('joins what they come to', async () => {
    const { asked, derive } = deriveWith([['a', 'b'], ['c']]);
    const joined = await deriveShares(route, [[0], [1]], derive, {});
    expect(asked).toEqual([[0], [1]]);
    expect(joined).toMatchObject({ stateKeys: 3, stateDigest: digest('3'), outputs: 3 });
    expect(joined).not.toHaveProperty('keysOf');
    expect(joined).not.toHaveProperty('part');
  });

  it('derives everything in one where two of them name the same key', async () => {
    const { asked, derive } = deriveWith([
      ['a', 'b'],
      ['c', 'b'],
    ]);
    expect(await deriveShares(route, [[0], [1]], derive, {})).toBe(whole);
    expect(asked).toEqual([[0], [1], null]);
  });

  it('stops the others where one fails, and says why that one did', async () => {
    const failure = new RecoveryError('worker-failed', 'it failed', { hint: '' });
    const derive = ({ lanes }: VerificationRoute, { signal }: LongWork): Promise<DerivationDigest> =>
      lanes?.[0] === 1
        ? Promise.reject(failure)
        : new Promise((_, reject) => {
            signal?.addEventListener('abort', () => {
              reject(new RecoveryError('interrupted', 'stopped', { hint: '' }));
            });
          });
    await expect(deriveShares(route, [[0], [1]], derive, {})).rejects.toBe(failure);
  });

  it('adds up how far they are', async () => {
    const told: unknown[] = [];
    const derive = ({ lanes = [] }: VerificationRoute, { onProgress }: LongWork): Promise<DerivationDigest> => {
      onProgress?.({ phase: 'verify', done: 10, total: 30, quarantined: 1 });
      return Promise.resolve(derivation(lanes[0] ?? 0, []));
    };
    await deriveShares(route, [[0], [1]], derive, { onProgress: (report) => told.push(report) });
    expect(told).toEqual([
      { phase: 'verify', done: 10, total: 30, quarantined: 1 },
      { phase: 'verify', done: 20, total: 30, quarantined: 2 },
    ]);
  });
});

describe('whether lanes may be derived apart', () => {
  const genesis = [{ source: { kind: 'genesis' } }];
  const plan = (more: object = {}) =>
    ({ worker: { locality: 'partition' }, segments: [{ as: 'log' }], baseline: genesis, ...more }) as never;
  const snapshot = { baseline: [{ source: { kind: 'snapshot', id: 'one' } }] };

  it('is so where nothing connects them', () => {
    expect(mayBeShared(plan(), false, {})).toBe(true);
    expect(mayBeShared(plan(snapshot), true, {})).toBe(true);
  });

  it('is not so for a worker that connects keys of all partitions, or where a lane could tell', () => {
    expect(mayBeShared(plan({ worker: { locality: 'global' } }), false, {})).toBe(false);
    for (const as of ['fact', 'external', 'estimate']) {
      expect(mayBeShared(plan({ segments: [{ as: 'log' }, { as }] }), false, {})).toBe(false);
    }
    expect(mayBeShared(plan(snapshot), false, {})).toBe(false);
    expect(mayBeShared(plan(snapshot), true, { normalise: (state: unknown) => state })).toBe(false);
  });
});
