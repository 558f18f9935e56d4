import type { RecordedOutput } from '@eventmend/core';
import { sameJson } from '@eventmend/core/engine';
import { overlaid, type CalledWorker, type WorkerAnswer } from './call-worker.js';
import { sameOutputs, type TolerancesOf } from './compare-handling.js';
import type { ExpectedAndLiveStates } from './expected-and-live-states.js';
import type { WalkedEvent } from './walk-log.js';

/** An event without records that may have been handled, its outputs lost, from a turn on. */
export interface UnrecordedEvent {
  readonly walked: WalkedEvent;
  /** Number of the first handling before which it may have come. */
  readonly earliest: number;
}

/** A handling that the records show, with the states that the service is believed to have had before it. */
export interface ShownHandling {
  readonly turn: number;
  readonly walked: WalkedEvent;
  readonly records: readonly RecordedOutput[] | null;
  /** One for each key of the event; null where they are not known for sure. */
  readonly before: readonly unknown[] | null;
}

/** One way in which events without records may have been handled among others, as far as it gives the records of those. */
export interface HistoryAhead {
  readonly handled: ReadonlySet<UnrecordedEvent>;
  /** States of the keys in which it differs from what the service is believed to have now. */
  readonly states: ReadonlyMap<string, unknown>;
  /** Handlings whose records fit here, and do not fit the states that the service is believed to have had. */
  readonly explained: ReadonlySet<WalkedEvent>;
  /** It came to a handling whose records fit neither: what it had changed may be hidden behind that. */
  readonly isHidden: boolean;
}

/** What the worker is asked with. */
export interface AskedAhead {
  readonly states: ExpectedAndLiveStates;
  readonly tolerancesOf: TolerancesOf;
  readonly call: (walked: WalkedEvent, view: ExpectedAndLiveStates['liveView']) => WorkerAnswer | Promise<WorkerAnswer>;
}

/** Beyond so many histories or events without records, nothing is known. */
const historiesAtMost = 128;
const unrecordedAtMost = 8;

/**
 * All histories in which events without records were handled among the last handlings: before any of those that have to do
 * with their keys. One that would have left other records is none.
 * @param shown in the order of handling, all since the earliest turn at which one of the events may have been handled
 * @returns null where there are too many, or where the states in between are not known
 */
export async function historiesAhead(
  asked: AskedAhead,
  unrecorded: readonly UnrecordedEvent[],
  shown: readonly ShownHandling[],
): Promise<readonly HistoryAhead[] | null> {
  const own = new Set(unrecorded.flatMap(({ walked }) => walked.keys));
  if (!shown.some(({ walked }) => walked.keys.some((key) => own.has(key)))) return [];
  if (unrecorded.length > unrecordedAtMost) return null;
  const window = new ShownWindow(asked, shown);
  let histories: readonly HistoryAhead[] = [unchanged];
  for (const [index, { walked, turn }] of shown.entries()) {
    const reaches = ({ states }: HistoryAhead): boolean => walked.keys.some((key) => states.has(key));
    if (!walked.keys.some((key) => own.has(key)) && !histories.some(reaches)) continue;
    const mayCome = unrecorded.filter(({ earliest }) => earliest <= turn);
    const all = await withEventsBefore(asked, window, index, mayCome, histories);
    if (all === null) return null;
    const next: HistoryAhead[] = [];
    for (const history of all) {
      const after = reaches(history) ? await window.taken(index, history) : history;
      if (after === 'unknown') return null;
      if (after !== 'refuted') next.push(after);
    }
    histories = distinct(next);
  }
  return histories.filter(({ handled }) => handled.size > 0);
}

const unchanged: HistoryAhead = { handled: new Set(), states: new Map(), explained: new Set(), isHidden: false };

/** The histories, and those in which events come just before a handling; null where there are too many. */
async function withEventsBefore(
  { call, states }: AskedAhead,
  window: ShownWindow,
  index: number,
  events: readonly UnrecordedEvent[],
  histories: readonly HistoryAhead[],
): Promise<readonly HistoryAhead[] | null> {
  const all = [...histories];
  for (let number = 0; number < all.length; number++) {
    const history = all[number] as HistoryAhead;
    for (const event of events) {
      if (history.handled.has(event)) continue;
      const { walked } = event;
      const before = walked.keys.map((key) =>
        history.states.has(key) ? { state: history.states.get(key) } : window.stateAt(index, key),
      );
      if (before.some((one) => one === null)) return null;
      const answer = await call(
        walked,
        overlaid(
          states.liveView,
          walked.keys.map((key, at) => ({ key, state: before[at]?.state })),
        ),
      );
      if ('fault' in answer) continue;
      const after = new Map(history.states);
      for (const { key, state } of answer.writes) {
        if (sameJson(state, window.stateAt(index, key)?.state)) after.delete(key);
        else after.set(key, state);
      }
      all.push({ ...history, states: after, handled: new Set([...history.handled, event]) });
      if (all.length > historiesAtMost) return null;
    }
  }
  return all;
}

/** The last handlings that the records show, and the states in between. */
class ShownWindow {
  readonly #asked: AskedAhead;
  readonly #shown: readonly ShownHandling[];
  /** What a handling leads to from the states that the service is believed to have had, by its number. */
  readonly #believed = new Map<number, WorkerAnswer>();

  constructor(asked: AskedAhead, shown: readonly ShownHandling[]) {
    this.#asked = asked;
    this.#shown = shown;
  }

  /** The state that a key is believed to have had before a handling; null where that is not known. */
  stateAt(index: number, key: string): { readonly state: unknown } | null {
    for (let at = index; at < this.#shown.length; at++) {
      const { walked, before } = this.#shown[at] as ShownHandling;
      const place = walked.keys.indexOf(key);
      if (place >= 0) return before === null ? null : { state: before[place] };
    }
    const { states } = this.#asked;
    return states.standingOf([key]).standing === 'exact' ? { state: states.liveState(key) } : null;
  }

  /** A history behind a handling. */
  async taken(index: number, history: HistoryAhead): Promise<HistoryAhead | 'refuted' | 'unknown'> {
    const { walked, records, before } = this.#shown[index] as ShownHandling;
    if (before === null) return 'unknown';
    const believed = await this.#believedOf(index);
    if ('fault' in believed) return 'unknown';
    const views = walked.keys.map((key, at) => ({ key, state: before[at] }));
    const here = views.map(({ key, state }) => ({
      key,
      state: history.states.has(key) ? history.states.get(key) : state,
    }));
    const answer = await this.#asked.call(walked, overlaid(this.#asked.states.liveView, here));
    const fits = !('fault' in answer) && this.#fits(answer, records);
    const asBelieved = this.#fits(believed, records);
    const after = new Map(history.states);
    if (!fits) {
      if (asBelieved) return 'refuted';
      for (const key of walked.keys) after.delete(key);
      return { ...history, states: after, isHidden: true };
    }
    for (const { key, state: unwritten } of here) {
      const write = answer.writes.find((one) => one.key === key);
      const state = write === undefined ? unwritten : write.state;
      const other = this.stateAt(index + 1, key);
      if (other === null) return 'unknown';
      // Something else happened to the key in between, which this history knows nothing of.
      if (asBelieved && !sameJson(other.state, stateAfter(believed, key, before[walked.keys.indexOf(key)])))
        return 'unknown';
      if (sameJson(state, other.state)) after.delete(key);
      else after.set(key, state);
    }
    const explained = asBelieved ? history.explained : new Set([...history.explained, walked]);
    return { ...history, states: after, explained };
  }

  async #believedOf(index: number): Promise<WorkerAnswer> {
    const known = this.#believed.get(index);
    if (known !== undefined) return known;
    const { walked, before } = this.#shown[index] as ShownHandling;
    const views = walked.keys.map((key, at) => ({ key, state: before?.[at] }));
    const answer = await this.#asked.call(walked, overlaid(this.#asked.states.liveView, views));
    this.#believed.set(index, answer);
    return answer;
  }

  #fits({ outputs }: CalledWorker, records: ShownHandling['records']): boolean {
    return records === null || sameOutputs(outputs, records, this.#asked.tolerancesOf);
  }
}

function stateAfter({ writes }: CalledWorker, key: string, before: unknown): unknown {
  const write = writes.find((one) => one.key === key);
  return write === undefined ? before : write.state;
}

function distinct(histories: readonly HistoryAhead[]): readonly HistoryAhead[] {
  const known = new Map<string, HistoryAhead>();
  for (const history of histories) {
    const { handled, states, explained, isHidden } = history;
    const names = (events: Iterable<WalkedEvent>): string[] =>
      [...events].map(({ place, offset }) => `${place}@${offset}`).sort();
    const name = JSON.stringify([
      names([...handled].map(({ walked }) => walked)),
      [...states]
        .map(([key, state]) => [key, state ?? null])
        .sort(([a], [b]) => ((a as string) < (b as string) ? -1 : 1)),
      names(explained),
      isHidden,
    ]);
    if (!known.has(name)) known.set(name, history);
  }
  return [...known.values()];
}
