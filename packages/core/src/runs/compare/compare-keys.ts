import { shortened } from '../../evidence/compare/comparable-state.js';
import { OutputValues } from '../../evidence/compare/output-values.js';
import { StateComparer } from '../../evidence/compare/state-comparer.js';
import type { WorkerBasis } from '../../worker/worker-instance.js';
import type { ComparedKey, ComparedSide, KeyFinding, SideOutput, SideState } from './compared-key.js';
import { compareOutputsOfKey, takeOutputs, type OutputsOfKey } from './compare-outputs-of-key.js';
import type { WrongKey } from './comparison.js';
import { measurerOf, type Measurer } from './measure-state.js';
import { firstKey, OrderedCursor } from './merge-by-key.js';
import { SideTally } from './tally-side.js';

/** The streams of one side, and what they have come to. */
interface OpenStreams {
  readonly side: ComparedSide;
  readonly states: OrderedCursor<SideState>;
  readonly outputs: OrderedCursor<SideOutput> | null;
  readonly tally: SideTally;
}

/** What one side has of a key. */
interface Held {
  readonly state: SideState | null;
  /** What its measures are; empty without a state. */
  readonly measured: readonly number[];
  /** Null where its outputs are not compared. */
  readonly outputs: OutputsOfKey | null;
}

/**
 * Holds ordered streams of keys against a reference, all in one pass: in memory is one key of each at a time, with its outputs. To be
 * closed.
 */
export class KeyComparison {
  /** Keys that any of them has a state of, as far as was read. */
  keys = 0;
  readonly #sides: readonly OpenStreams[];
  readonly #reference: OpenStreams | null;
  readonly #cursors: readonly OrderedCursor<{ readonly key: string }>[];
  readonly #comparer: StateComparer;
  readonly #measure: Measurer;
  readonly #outputValues: OutputValues;
  readonly #isWithin: (key: string) => boolean;

  /** @param isWithin which keys are compared; all where absent */
  constructor(
    sides: readonly ComparedSide[],
    reference: ComparedSide | null,
    instance: WorkerBasis,
    isWithin: (key: string) => boolean = () => true,
  ) {
    const measures = Object.keys(instance.worker.measures ?? {}).length;
    const open = (side: ComparedSide): OpenStreams => ({
      side,
      states: new OrderedCursor(side.states(), `the states of ${side.id}`, false),
      outputs: side.outputs === null ? null : new OrderedCursor(side.outputs(), `the outputs of ${side.id}`, true),
      tally: new SideTally(measures),
    });
    this.#sides = sides.map(open);
    this.#reference = reference === null ? null : open(reference);
    const all = [...this.#sides, ...(this.#reference === null ? [] : [this.#reference])];
    this.#cursors = all.flatMap(({ states, outputs }) => (outputs === null ? [states] : [states, outputs]));
    this.#comparer = new StateComparer(instance);
    this.#measure = measurerOf(instance);
    this.#outputValues = new OutputValues(instance.worker.outputs);
    this.#isWithin = isWithin;
  }

  /** Of the sides, in their order. */
  get tallies(): readonly SideTally[] {
    return this.#sides.map(({ tally }) => tally);
  }

  /** Null where there is no reference. */
  get reference(): SideTally | null {
    return this.#reference?.tally ?? null;
  }

  /**
   * Compares the next key.
   * @param tell called for each side with what was found; the states are parsed for it
   * @returns false where there is none any more
   * @throws RecoveryError `unusable-normalise`, and what reading the streams throws
   */
  next(tell: ((row: ComparedKey) => void) | null): boolean {
    const key = firstKey(this.#cursors);
    if (key === null) {
      this.#comparer.finish();
      return false;
    }
    if (!this.#isWithin(key)) {
      for (const cursor of this.#cursors) while (cursor.head?.key === key) cursor.take();
      return true;
    }
    const theirs = this.#reference === null ? null : this.#take(this.#reference, key, null);
    let isHeld = theirs !== null && theirs.state !== null;
    for (const streams of this.#sides) {
      const own = this.#take(streams, key, theirs);
      isHeld ||= own.state !== null;
      this.#judge(streams, key, own, theirs, tell);
    }
    if (isHeld) this.keys++;
    return true;
  }

  /** The rows of all keys, one for each side. */
  *rows(): Iterable<ComparedKey> {
    let rows: ComparedKey[] = [];
    while (this.next((row) => rows.push(row))) {
      yield* rows;
      rows = [];
    }
  }

  /** Frees what the streams hold open. */
  close(): void {
    for (const cursor of this.#cursors) cursor.close();
  }

  #take({ states, outputs, tally }: OpenStreams, key: string, theirs: Held | null): Held {
    const state = states.head?.key === key ? states.head : null;
    if (state !== null) states.take();
    const isEqual = state !== null && theirs !== null && state.text === theirs.state?.text;
    const measured = state === null ? noMeasures : isEqual ? theirs.measured : this.#measure(state);
    if (state !== null) tally.has(state.fidelity, measured);
    return { state, measured, outputs: outputs === null ? null : takeOutputs(outputs, key) };
  }

  #judge(
    { side, tally }: OpenStreams,
    key: string,
    own: Held,
    theirs: Held | null,
    tell: ((row: ComparedKey) => void) | null,
  ): void {
    const isHeldAgainst = theirs !== null && side.isComparable;
    const finding = isHeldAgainst ? this.#findingOf(side, key, own.state, theirs.state) : 'not-compared';
    const isSame = finding === null || finding === 'same' || finding === 'not-compared';
    const fidelity = own.state !== null ? own.state.fidelity : isSame && tell === null ? null : side.absence(key);
    if (finding !== null) tally.found(finding, fidelity, () => this.#example(key, finding, fidelity, own, theirs));
    if (!isSame) tally.off(own.measured, theirs?.measured ?? noMeasures);
    const wrongOutputs =
      isHeldAgainst && own.outputs !== null && theirs.outputs !== null
        ? compareOutputsOfKey(own.outputs, theirs.outputs, this.#outputValues, tally)
        : null;
    if (tell === null) return;
    const state = parsed(own.state);
    const reference = isHeldAgainst ? parsed(theirs.state) : undefined;
    const path = finding === 'differs' ? this.#comparer.difference(key, state, reference) : null;
    tell({ key, side: side.id, finding: finding ?? 'same', fidelity, state, reference, path, wrongOutputs });
  }

  /** Null where neither side has a state: the key is there for outputs alone. */
  #findingOf(
    { isDetermined }: ComparedSide,
    key: string,
    own: SideState | null,
    theirs: SideState | null,
  ): KeyFinding | null {
    if (own === null && theirs === null) return null;
    if (own !== null && theirs !== null && this.#comparer.sameText(key, own.text, theirs.text)) return 'same';
    if (isDetermined?.(key) === false) return 'undetermined';
    return own === null ? 'missing' : theirs === null ? 'surplus' : 'differs';
  }

  #example(key: string, finding: KeyFinding, fidelity: WrongKey['fidelity'], own: Held, theirs: Held | null): WrongKey {
    const text = (state: SideState | null | undefined): string | null =>
      state === null || state === undefined ? null : shortened(this.#comparer.comparable(key, parsed(state)));
    return {
      key,
      finding: finding as WrongKey['finding'],
      fidelity,
      recovered: text(own.state),
      reference: text(theirs?.state),
    };
  }
}

const noMeasures: readonly number[] = [];

function parsed(state: SideState | null): unknown {
  return state === null ? undefined : (JSON.parse(state.text) as unknown);
}
