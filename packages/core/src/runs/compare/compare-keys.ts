import { shortened } from '../../evidence/compare/comparable-state.js';
import { tolerancesOf } from '../../evidence/compare/recorded-value.js';
import { StateComparer } from '../../evidence/compare/state-comparer.js';
import type { Fidelity } from '../../model/provenance/provenance.js';
import type { WorkerBasis } from '../../worker/worker-instance.js';
import type { ComparedKey, ComparedSide, KeyFinding, SideOutput, SideState } from './compared-key.js';
import { compareOutputsOfKey, takeOutputs } from './compare-outputs-of-key.js';
import type { WrongKey } from './comparison.js';
import { firstKey, OrderedCursor } from './merge-by-key.js';
import { SideTally } from './tally-side.js';

type Measure = (state: unknown, key: string) => number;

/** What a comparison of keys has come to; complete once all of its rows were read. */
export interface KeyComparison {
  /** One row for each side, key by key. To be read once, to its end. @throws RecoveryError `unusable-normalise` */
  rows(): Iterable<ComparedKey>;
  /** Of the sides, in their order. */
  readonly tallies: readonly SideTally[];
  /** Of the reference; null where there is none. */
  readonly reference: SideTally | null;
  /** Keys that any of them has. */
  readonly keys: number;
}

/**
 * Holds ordered streams of keys against a reference, all in one pass: in memory is one key of each at a time.
 * @param isWithin which keys are compared
 */
export function compareKeys(
  sides: readonly ComparedSide[],
  reference: ComparedSide | null,
  instance: WorkerBasis,
  isWithin: (key: string) => boolean = () => true,
): KeyComparison {
  const measures = Object.values((instance.worker.measures ?? {}) as Readonly<Record<string, Measure>>);
  const tallies = sides.map(() => new SideTally(measures.length));
  const ofReference = reference === null ? null : new SideTally(measures.length);
  const result = { tallies, reference: ofReference, keys: 0 };
  return {
    ...result,
    get keys() {
      return result.keys;
    },
    rows: () => compareRows(sides, reference, instance, measures, isWithin, result),
  };
}

interface Result {
  readonly tallies: readonly SideTally[];
  readonly reference: SideTally | null;
  keys: number;
}

function* compareRows(
  sides: readonly ComparedSide[],
  reference: ComparedSide | null,
  instance: WorkerBasis,
  measures: readonly Measure[],
  isWithin: (key: string) => boolean,
  result: Result,
): Generator<ComparedKey> {
  const comparer = new StateComparer(instance);
  const tolerances = new Map(
    Object.entries(instance.worker.outputs ?? {}).map(([name, declaration]) => [name, tolerancesOf(declaration)]),
  );
  const all = reference === null ? sides : [...sides, reference];
  const states = all.map(({ id, states: read }) => new OrderedCursor<SideState>(read(), `the states of ${id}`));
  const outputs = all.map(({ id, outputs: read }) =>
    read === null ? null : new OrderedCursor<SideOutput>(read(), `the outputs of ${id}`),
  );
  const cursors = [...states, ...outputs.filter((cursor) => cursor !== null)];
  const measured = (state: SideState): readonly number[] => {
    if (measures.length === 0) return none;
    const decoded = instance.decodeState(state.state);
    return measures.map((measure) => measureOf(measure, decoded, state.key));
  };
  try {
    for (let key = firstKey(cursors); key !== null; key = firstKey(cursors)) {
      const own = states.map((cursor) => takeState(cursor, key));
      const sent = outputs.map((cursor) => (cursor === null ? null : takeOutputs(cursor, key)));
      if (!isWithin(key)) continue;
      if (own.some((state) => state !== null)) result.keys++;
      const theirs = reference === null ? null : (own[sides.length] ?? null);
      const theirSums = theirs === null ? none : measured(theirs);
      if (theirs !== null) count(result.reference, theirs, theirSums);
      const theirOutputs = reference === null ? null : (sent[sides.length] ?? null);
      const byId = theirOutputs === null ? null : new Map(theirOutputs.map((output) => [output.id, output]));
      for (const [index, side] of sides.entries()) {
        const tally = result.tallies[index] as SideTally;
        const mine = own[index] ?? null;
        const sums = mine === null ? none : measured(mine);
        if (mine !== null) count(tally, mine, sums);
        const isCompared = reference !== null && side.isComparable;
        const finding = isCompared ? findingOf(side, key, mine, theirs, comparer) : 'not-compared';
        if (finding === null && (sent[index]?.length ?? 0) === 0 && (byId?.size ?? 0) === 0) continue;
        const fidelity = mine === null ? absence(side, key) : mine.fidelity;
        if (finding !== null) {
          tally.found(finding, fidelity, () => exampleOf(key, finding, fidelity, mine, theirs, comparer));
          if (finding !== 'same' && finding !== 'not-compared') {
            for (const [at, { offByKey }] of tally.measures.entries())
              offByKey.add(Math.abs((sums[at] ?? 0) - (theirSums[at] ?? 0)));
          }
        }
        const mySent = sent[index] ?? null;
        const wrongOutputs =
          !isCompared || mySent === null || byId === null ? null : compareOutputsOfKey(mySent, byId, tolerances, tally);
        yield {
          key,
          side: side.id,
          finding: finding ?? 'same',
          fidelity: finding === null ? null : fidelity,
          state: mine?.state,
          reference: isCompared ? theirs?.state : undefined,
          path:
            finding === 'differs' && mine !== null && theirs !== null
              ? comparer.difference(key, mine.state, theirs.state)
              : null,
          wrongOutputs,
        };
      }
    }
    comparer.finish();
  } finally {
    for (const cursor of cursors) cursor.close();
  }
}

const none: readonly number[] = [];

function takeState(cursor: OrderedCursor<SideState>, key: string): SideState | null {
  const { head } = cursor;
  if (head?.key !== key) return null;
  cursor.take(false);
  return head;
}

function count(tally: SideTally | null, { fidelity }: SideState, sums: readonly number[]): void {
  if (tally === null) return;
  tally.has(fidelity);
  for (let at = 0; at < sums.length; at++) tally.measures[at]?.sum.add(sums[at] as number);
}

/** What a worker's measure cannot make a number of is none, and makes none of the sum. */
function measureOf(measure: Measure, state: unknown, key: string): number {
  try {
    return measure(state, key);
  } catch {
    return NaN;
  }
}

/** Null where neither side has a state: the key is there for its outputs alone. */
function findingOf(
  { isDetermined }: ComparedSide,
  key: string,
  mine: SideState | null,
  theirs: SideState | null,
  comparer: StateComparer,
): KeyFinding | null {
  if (mine === null && theirs === null) return null;
  if (mine !== null && theirs !== null && comparer.same(key, mine.state, theirs.state)) return 'same';
  if (isDetermined?.(key) === false) return 'undetermined';
  return mine === null ? 'missing' : theirs === null ? 'surplus' : 'differs';
}

function absence(side: ComparedSide, key: string): Fidelity | null {
  return side.absence(key);
}

function exampleOf(
  key: string,
  finding: KeyFinding,
  fidelity: Fidelity | null,
  mine: SideState | null,
  theirs: SideState | null,
  comparer: StateComparer,
): WrongKey {
  const text = (state: SideState | null): string | null =>
    state === null ? null : shortened(comparer.comparable(key, state.state));
  return {
    key,
    finding: finding as WrongKey['finding'],
    fidelity,
    recovered: text(mine),
    reference: text(theirs),
  };
}
