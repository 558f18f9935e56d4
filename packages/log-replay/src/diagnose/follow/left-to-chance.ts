import { fieldDifferences, sameJson, type FaultKind, type StateView } from '@eventmend/core/engine';
import type { ObservedDifference } from '../fault.js';
import type { CalledWorker, WorkerAnswer } from './call-worker.js';
import type { WalkedEvent } from './walk-log.js';

type Call = (walked: WalkedEvent, view: StateView) => WorkerAnswer | Promise<WorkerAnswer>;
type Fields = ReadonlyMap<string, ReadonlySet<string>>;

/** So many other draws of its random numbers a handler is asked with; the right replay is carried on under each. */
export const otherDraws = 4;

/** An event of the right replay, what its handler made of it, and the states of its keys in front of it. */
interface Passed {
  readonly walked: WalkedEvent;
  readonly before: ReadonlyMap<string, unknown>;
  readonly right: CalledWorker;
}

/**
 * What a handler leaves to chance. The service drew random numbers of its own, and nobody recorded them: beside the right replay, others are
 * carried on under other draws, each with the states that it leads to. A field of an output that is another one in any of them is no
 * measure for what was recorded, at no event; nor is the number of outputs of a name, where that is.
 */
export class LeftToChance {
  readonly #call: Call;
  /** By draw: the states of keys that are others than those of the right replay. */
  readonly #others: readonly Map<string, unknown>[] = Array.from({ length: otherDraws }, () => new Map());
  readonly #waiting: Passed[] = [];
  readonly #fields = new Map<string, Set<string>>();
  readonly #counts = new Set<string>();
  /** Some event has outputs under one draw, and none under another. */
  mayBeSilent = false;

  /** Something was drawn. */
  isDrawn = false;

  constructor(call: Call) {
    this.#call = call;
  }

  /** The right replay passed an event. Nothing is done where neither the event nor the states of its keys rest on a draw. */
  passed(walked: WalkedEvent, view: StateView, right: CalledWorker): void {
    const { keys } = walked;
    if (!right.drew && !this.#others.some((states) => states.size > 0 && keys.some((key) => states.has(key)))) return;
    this.isDrawn = true;
    this.#waiting.push({ walked, before: new Map(keys.map((key) => [key, view.read(key)])), right });
  }

  /** Events wait to be handled under the other draws. */
  get isBehind(): boolean {
    return this.#waiting.length > 0;
  }

  async catchUp(): Promise<void> {
    for (const passed of this.#waiting.splice(0)) {
      for (const [index, states] of this.#others.entries()) await this.#handleOtherwise(passed, states, index + 1);
    }
  }

  /** Asks once more from the states that the service had where it came to something else than expected: they may be other ones. */
  async lookFrom(walked: WalkedEvent, view: StateView, live: CalledWorker): Promise<void> {
    if (!live.drew) return;
    for (let draw = 1; draw <= otherDraws; draw++) {
      const answer = await this.#call(walked, { read: (key) => view.read(key), draw });
      if (!('fault' in answer)) this.#compare(live, answer);
    }
  }

  /** Whether other random numbers do away with an accusation. */
  explains(kind: FaultKind, difference: ObservedDifference | null): boolean {
    if (kind === 'twice' || kind === 'sent-twice' || kind === 'not-sent') return this.#counts.size > 0;
    if (kind !== 'wrong') return false;
    if (this.#fields.size === 0 && this.#counts.size === 0) return false;
    const { output = null, path = '$' } = difference ?? {};
    if (output === null) return true;
    // The number of outputs of a name shows as one that is missing, or there too often.
    if (path === '$' && this.#counts.has(output)) return true;
    return isAmong(this.#fields, output, path);
  }

  async #handleOtherwise({ walked, before, right }: Passed, states: Map<string, unknown>, draw: number): Promise<void> {
    const stateOf = (key: string): unknown => (states.has(key) ? states.get(key) : before.get(key));
    const answer = await this.#call(walked, { read: stateOf, draw });
    // Nothing is known of this draw any more: a result that is none is no permissible one.
    if ('fault' in answer) {
      for (const key of walked.keys) states.delete(key);
      return;
    }
    this.#compare(right, answer);
    const [ours, theirs] = [right, answer].map(({ writes }) => new Map(writes.map(({ key, state }) => [key, state])));
    for (const key of walked.keys) {
      const expected = ours?.has(key) === true ? ours.get(key) : before.get(key);
      const other = theirs?.has(key) === true ? theirs.get(key) : stateOf(key);
      if (sameJson(expected, other)) states.delete(key);
      else states.set(key, other);
    }
  }

  #compare({ outputs: ours }: CalledWorker, { outputs: theirs }: CalledWorker): void {
    if ((ours.length === 0) !== (theirs.length === 0)) this.mayBeSilent = true;
    for (const name of new Set([...ours, ...theirs].map(({ output }) => output))) {
      const [expected, others] = [ours, theirs].map((all) => all.filter(({ output }) => output === name));
      if (expected?.length !== others?.length) this.#counts.add(name);
      for (const [index, { key, value }] of (expected ?? []).entries()) {
        const other = others?.[index];
        if (other === undefined) continue;
        if (other.key !== key) this.#counts.add(name);
        for (const { path } of fieldDifferences(value, other.value)) this.#add(name, path);
      }
    }
  }

  #add(output: string, path: string): void {
    const paths = this.#fields.get(output) ?? new Set();
    // Of lists that are longer or shorter, any item may be another.
    paths.add(path.replace(/[.]length$/, ''));
    this.#fields.set(output, paths);
  }
}

/** True where a field, one that it lies in, or one that lies in it is another under other draws. */
function isAmong(fields: Fields, output: string, path: string): boolean {
  const paths = fields.get(output);
  if (paths === undefined) return false;
  // Of a state that an output reveals, nobody knows by which of its fields.
  if (!path.startsWith('$')) return true;
  const asked = path.replace(/\[\d+\]/g, '[*]');
  const liesIn = (inner: string, outer: string): boolean =>
    inner === outer || inner.startsWith(`${outer}.`) || inner.startsWith(`${outer}[`);
  return [...paths].some((one) => liesIn(asked, one) || liesIn(one, asked));
}
