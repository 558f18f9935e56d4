import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fidelity } from '../src/model/provenance/provenance.js';
import { compareCodePoints } from '../src/sources/snapshots/ndjson/compare-code-points.js';
import { createWorkerInstance } from '../src/worker/create-worker-instance.js';
import { defineWorker } from '../src/worker/define-worker.js';
import { KeyComparison } from '../src/runs/compare/compare-keys.js';
import type { ComparedSide } from '../src/runs/compare/compared-key.js';
import { comparePlainly, type PlainSide } from './compare.oracle.js';

interface Account {
  readonly cents: number;
  readonly seen: number;
}

const worker = defineWorker<{ account: string }, Account>({
  name: 'accounts',
  version: '1',
  key: ({ value }) => value.account,
  initial: () => ({ cents: 0, seen: 0 }),
  evolve: (state) => state,
  normalise: ({ cents }) => ({ cents }),
  measures: { cents: ({ cents }) => cents },
});
const instance = createWorkerInstance(worker, { replaying: true });

// Few keys, so that sides meet; some that code units and code points put in another order.
const keys = ['', 'a', 'aa', 'b', 'a\u0000', '\uffee', '\ud83d\ude00', '__proto__', 'constructor'];
const fidelities: readonly Fidelity[] = ['exact', 'external', 'interpolated', 'incomplete', 'unproven'];
const account = fc.oneof(
  fc.record({ cents: fc.integer({ min: -3, max: 3 }), seen: fc.nat(2) }),
  fc.record({ seen: fc.nat(2), cents: fc.integer({ min: -3, max: 3 }) }),
);
const outputs = fc.uniqueArray(
  fc.record({ key: fc.constantFrom(...keys), id: fc.constantFrom('1', '2', '3'), value: fc.nat(2) }),
  { selector: ({ key, id }) => `${id}${key}`, maxLength: 8 },
);

const side = fc
  .record({
    states: fc.uniqueArray(
      fc.record({ key: fc.constantFrom(...keys), state: account, fidelity: fc.constantFrom(...fidelities) }),
      { selector: ({ key }) => key },
    ),
    says: fc.boolean(),
    absence: fc.constantFrom(...fidelities),
    outputs: fc.option(outputs),
    isComparable: fc.boolean(),
    undetermined: fc.subarray(keys),
  })
  .map(({ states, says, absence, undetermined, outputs: sent, isComparable }): Omit<PlainSide, 'id'> => {
    const byKey = sent === null ? null : new Map<string, Map<string, unknown>>();
    for (const { key, id, value } of sent ?? []) {
      byKey?.set(key, (byKey.get(key) ?? new Map<string, unknown>()).set(id, value));
    }
    return {
      states: new Map(states.map(({ key, state, fidelity }) => [key, { state, fidelity: says ? fidelity : null }])),
      absence: says ? absence : null,
      outputs: byKey,
      isComparable,
      undetermined: new Set(undetermined),
    };
  });

/** The same as a stream in the order of the keys. */
function streamed(plain: PlainSide): ComparedSide {
  const inOrder = <Value>(map: ReadonlyMap<string, Value>) => [...map].sort(([a], [b]) => compareCodePoints(a, b));
  const { outputs: sent } = plain;
  return {
    id: plain.id,
    *states() {
      for (const [key, { state, fidelity }] of inOrder(plain.states))
        yield { key, text: JSON.stringify(state), fidelity: fidelity as Fidelity | null };
    },
    absence: () => plain.absence as Fidelity | null,
    outputs:
      sent === null
        ? null
        : function* () {
            for (const [key, ofKey] of inOrder(sent))
              for (const [id, value] of inOrder(ofKey)) yield { key, id, output: 'told', value };
          },
    isComparable: plain.isComparable,
    isDetermined: (key) => !plain.undetermined.has(key),
  };
}

const normalise = (state: unknown) => ({ cents: (state as Account).cents });
const measure = (state: unknown) => (state as Account).cents;

describe('a comparison', () => {
  it('finds what plain loops over plain maps find (property)', () => {
    fc.assert(
      fc.property(
        fc.array(side, { minLength: 1, maxLength: 4 }),
        fc.option(side),
        fc.subarray(keys, { minLength: 3 }),
        (sides, truth, within) => {
          const isWithin = (key: string) => within.includes(key);
          const limited = (plain: Omit<PlainSide, 'id'>, id: string): PlainSide => ({
            ...plain,
            id,
            states: new Map([...plain.states].filter(([key]) => isWithin(key))),
            outputs: plain.outputs === null ? null : new Map([...plain.outputs].filter(([key]) => isWithin(key))),
          });
          const whole = sides.map((plain, index): PlainSide => ({ ...plain, id: String(index) }));
          const reference = truth === null ? null : { ...truth, id: 'truth' };
          const compared = new KeyComparison(
            whole.map(streamed),
            reference === null ? null : streamed(reference),
            instance,
            isWithin,
          );
          const rows = [...compared.rows()];
          const everyKey = new Set([
            ...whole.flatMap(({ states }) => [...states.keys()]),
            ...(reference?.states.keys() ?? []),
          ]);
          expect(compared.keys).toBe([...everyKey].filter(isWithin).length);
          for (const [index, plain] of whole.entries()) {
            const expected = comparePlainly(
              limited(plain, plain.id),
              reference === null ? null : limited(reference, 'truth'),
              normalise,
              measure,
            );
            const tally = compared.tallies[index];
            if (tally === undefined) throw new Error('no tally');
            expect(tally.keys).toBe(expected.keys);
            expect(tally.fidelity).toEqual(expected.fidelity);
            expect(tally.measures[0]?.sum.value).toBe(expected.sum);
            const wrong = rows.filter(
              (row) => row.side === plain.id && row.finding !== 'same' && row.finding !== 'not-compared',
            );
            expect(new Map(wrong.map(({ key, finding }) => [key, finding]))).toEqual(expected.wrong);
            expect(new Set(tally.wrongKeys.map(({ key }) => key))).toEqual(new Set(expected.wrong.keys()));
            if (expected.states === null) {
              expect(Object.values(tally.states)).toEqual([0, 0, 0, 0, 0]);
              continue;
            }
            expect(tally.states).toEqual(expected.states);
            expect(tally.wrongAs).toEqual(expected.wrongAs);
            expect(compared.reference?.measures[0]?.sum.value).toBe(expected.reference);
            expect(tally.measures[0]?.offByKey.value).toBe(expected.offByKey);
            const { same, differing, missing, surplus } = tally.outputs;
            expect({ same, differing, missing, surplus }).toEqual(
              expected.outputs ?? { same: 0, differing: 0, missing: 0, surplus: 0 },
            );
            const wrongOutputs = rows.filter((row) => row.side === plain.id).map((row) => row.wrongOutputs ?? 0);
            expect(wrongOutputs.reduce((sum, count) => sum + count, 0)).toBe(differing + missing + surplus);
          }
        },
      ),
      { numRuns: 2_000, seed: 1140 },
    );
  });
});
