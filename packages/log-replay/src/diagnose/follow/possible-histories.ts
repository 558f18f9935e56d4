import { connectedKeys } from './connected-keys.js';
import type { RecordedOutput } from '@eventmend/core';
import { overlaid, type CalledWorker, type WorkerAnswer } from './call-worker.js';
import { sameOutputs, type TolerancesOf } from './compare-handling.js';
import type { ExpectedAndLiveStates } from './expected-and-live-states.js';
import type { WalkedEvent } from './walk-log.js';

/** What records alone leave open: whether an event was handled that has none, or once more where its records came again. */
export interface OpenQuestion {
  readonly asks: 'missed' | 'twice';
  readonly walked: WalkedEvent;
}

/** One way in which the service may have come to its events, and the states that it leads to. */
interface History {
  readonly states: ReadonlyMap<string, unknown>;
  /** The questions to which it answers that there was a handling. */
  readonly handled: ReadonlySet<OpenQuestion>;
}

/** Keys that events connect since a question arose, with all histories that the records allow. */
interface Group {
  readonly keys: Set<string>;
  readonly questions: Set<OpenQuestion>;
  histories: readonly History[];
}

/** What the worker is asked with. */
export interface AskedWorker {
  readonly states: ExpectedAndLiveStates;
  readonly tolerancesOf: TolerancesOf;
  readonly call: (walked: WalkedEvent, view: ExpectedAndLiveStates['liveView']) => WorkerAnswer | Promise<WorkerAnswer>;
  /** Is told of an event without records that it is not followed any more whether it was handled. */
  readonly onLost: (walked: WalkedEvent) => void;
}

/** What a recorded state says of keys that belong together. */
export interface DecidedQuestions {
  /** Whether there was a handling; questions that stay open are absent. */
  readonly answers: ReadonlyMap<OpenQuestion, boolean>;
  /** What the answers lead to; null where some stay open. */
  readonly states: ReadonlyMap<string, unknown> | null;
}

/** Beyond so many histories or keys of a group, its questions stay open. */
const historiesAtMost = 128;
const keysAtMost = 16;

/**
 * Keeps, for keys with open questions, every history that the records allow: the event without records handled at none or at
 * any later turn of its keys, records that came again of a second handling or only sent again. A recorded state decides at
 * the end: a question is answered where all histories that lead to it agree. A key of which anything else is unknown is given
 * up, with all that are connected with it, and its questions stay open.
 */
export class PossibleHistories {
  readonly #worker: AskedWorker;
  readonly #groups = new Map<string, Group>();
  readonly #givenUp = new Set<string>();
  /** Events without records whose keys were given up before anything told whether they were handled. */
  readonly #lost = new WeakSet<WalkedEvent>();

  constructor(worker: AskedWorker) {
    this.#worker = worker;
  }

  /** Keys of which nothing is given up and something is open. */
  follows(keys: readonly string[]): boolean {
    return this.#groups.size > 0 && keys.some((key) => this.#groups.has(key));
  }

  get keys(): ReadonlySet<string> {
    return new Set(this.#groups.keys());
  }

  /**
   * The log has passed an event that left no records.
   * @param ahead states of its keys in which the service may be if it was handled before
   */
  passed(walked: WalkedEvent, ahead: readonly ReadonlyMap<string, unknown>[]): void {
    const group = this.#join(walked.keys);
    if (group === null) {
      this.#lost.add(walked);
      this.#worker.onLost(walked);
      return;
    }
    const question: OpenQuestion = { asks: 'missed', walked };
    group.questions.add(question);
    if (ahead.length === 0) return;
    const earlier = group.histories.flatMap((history) =>
      ahead.map((changed) => ({
        states: new Map([...history.states, ...changed]),
        handled: new Set([...history.handled, question]),
      })),
    );
    this.#keep(group, [...group.histories, ...earlier]);
  }

  /**
   * Records show a first handling of an event, at this turn.
   * @returns where the records fit only what supposes that outputs were lost: the events whose outputs those are
   */
  async handled(walked: WalkedEvent, records: readonly RecordedOutput[] | null): Promise<readonly WalkedEvent[]> {
    if (!this.follows(walked.keys)) return [];
    const group = this.#join(walked.keys);
    if (group === null) return [];
    this.#withdraw(group, walked);
    if (this.#isSettled(group)) return [];
    if (records === null || records.length === 0) {
      this.giveUp(walked.keys);
      return [];
    }
    const possible = await this.#withLateHandlings(group, walked.keys);
    if (possible === null) {
      this.giveUp(walked.keys);
      return [];
    }
    const kept: History[] = [];
    let isRefuted = false;
    for (const history of possible) {
      const answer = await this.#applied(history, walked, records);
      if (answer !== null) kept.push(answer);
      else isRefuted ||= !supposesLoss(history);
    }
    if (!isRefuted) {
      this.#keep(group, kept);
      return [];
    }
    // Only what supposes that outputs were lost may be refuted by others: else something unknown happened.
    this.giveUp(walked.keys);
    return kept.flatMap(({ handled }) => [...handled].flatMap((one) => (one.asks === 'missed' ? [one.walked] : [])));
  }

  /** True where an event without records may have been handled, as far as the histories tell. */
  mayBeHandled(walked: WalkedEvent): boolean {
    const group = this.#groups.get(walked.keys[0] ?? '');
    return (
      group?.histories.some(({ handled }) =>
        [...handled].some((one) => one.asks === 'missed' && one.walked === walked),
      ) === true
    );
  }

  /** True where no history tells what an event without records may have done at an earlier turn. */
  isLost(walked: WalkedEvent): boolean {
    return this.#lost.has(walked);
  }

  /**
   * Records of an event came again.
   * @param isCertain it was handled a second time; else that is asked from here on
   * @returns what is asked; null where it is not
   */
  async again(
    walked: WalkedEvent,
    records: readonly RecordedOutput[],
    isCertain: boolean,
  ): Promise<OpenQuestion | null> {
    if (isCertain && !this.follows(walked.keys)) return null;
    const group = this.#join(walked.keys);
    if (group === null) return null;
    const question: OpenQuestion = { asks: 'twice', walked };
    const possible = await this.#withLateHandlings(group, walked.keys);
    if (possible === null) {
      this.giveUp(walked.keys);
      return null;
    }
    const kept: History[] = [];
    for (const history of possible) {
      const answer = await this.#applied(history, walked, records);
      if (isCertain) {
        if (answer !== null) kept.push(answer);
        continue;
      }
      kept.push(history);
      if (answer !== null) kept.push({ ...answer, handled: new Set([...answer.handled, question]) });
    }
    if (!isCertain) group.questions.add(question);
    this.#keep(group, kept);
    return isCertain || !this.follows(walked.keys) ? null : question;
  }

  /** Whether an event without records was handled has been answered by others. */
  answered(walked: WalkedEvent): void {
    const [key = ''] = walked.keys;
    const group = this.#groups.get(key);
    if (group === undefined) return;
    this.#withdraw(group, walked);
    this.#isSettled(group);
  }

  /** What happened to these keys has been told: they are followed again from where that led. */
  followAgain(keys: readonly string[]): void {
    for (const key of keys) this.#givenUp.delete(key);
  }

  /** Something happened to these keys that no history tells of. */
  giveUp(keys: readonly string[]): void {
    for (const key of keys) {
      this.#givenUp.add(key);
      const group = this.#groups.get(key);
      if (group === undefined) continue;
      for (const { asks, walked } of group.questions) {
        if (asks !== 'missed') continue;
        this.#lost.add(walked);
        this.#worker.onLost(walked);
      }
      for (const own of group.keys) {
        this.#groups.delete(own);
        this.#givenUp.add(own);
      }
    }
  }

  /**
   * The questions that recorded states answer, and how.
   * @param agrees whether a state is the recorded one of a key
   */
  async decide(agrees: (key: string, state: unknown) => boolean): Promise<readonly DecidedQuestions[]> {
    const decided: DecidedQuestions[] = [];
    for (const group of new Set(this.#groups.values())) {
      const all = await this.#withLateHandlings(group, [...group.keys]);
      if (all === null) continue;
      const fitting = all.filter(({ states }) => [...group.keys].every((key) => agrees(key, states.get(key))));
      const [first] = fitting;
      if (first === undefined) continue;
      const answers = new Map<OpenQuestion, boolean>();
      for (const question of group.questions) {
        const was = first.handled.has(question);
        const isOtherwise = all.some(({ handled }) => handled.has(question) !== was);
        if (isOtherwise && fitting.every(({ handled }) => handled.has(question) === was)) answers.set(question, was);
      }
      decided.push({ answers, states: answers.size === group.questions.size ? first.states : null });
    }
    return decided;
  }

  /** The histories, and those in which events without records are handled now; null where there are too many. */
  async #withLateHandlings(
    { histories, questions }: Group,
    keys: readonly string[],
  ): Promise<readonly History[] | null> {
    const all = [...histories];
    const asked = [...questions].map(({ walked }) => walked);
    const reached = connectedKeys(keys, () => asked);
    for (let number = 0; number < all.length && all.length <= historiesAtMost; number++) {
      const history = all[number] as History;
      for (const question of questions) {
        const { asks, walked } = question;
        if (asks !== 'missed' || history.handled.has(question)) continue;
        if (!walked.keys.some((key) => reached.has(key))) continue;
        const late = await this.#applied(history, walked, null);
        if (late !== null) all.push({ ...late, handled: new Set([...history.handled, question]) });
      }
    }
    return all.length > historiesAtMost ? null : all;
  }

  /** A history with an event handled at its end; null where that would have left other records. */
  async #applied(
    history: History,
    walked: WalkedEvent,
    records: readonly RecordedOutput[] | null,
  ): Promise<History | null> {
    const { states, tolerancesOf, call } = this.#worker;
    const own = walked.keys.map((key) => ({ key, state: history.states.get(key) }));
    const answer = await call(walked, overlaid(states.liveView, own));
    if ('fault' in answer) return null;
    if (records !== null && !sameOutputs(answer.outputs, records, tolerancesOf)) return null;
    return { ...history, states: after(history.states, answer) };
  }

  #keep(group: Group, histories: readonly History[]): void {
    const distinct = new Map<string, History>();
    const numbers = [...group.questions];
    for (const history of histories) {
      const states = [...group.keys].map((key) => history.states.get(key) ?? null);
      distinct.set(JSON.stringify([states, numbers.map((question) => history.handled.has(question))]), history);
    }
    group.histories = [...distinct.values()];
    if (distinct.size === 0 || distinct.size > historiesAtMost) this.giveUp([...group.keys]);
  }

  /** True where nothing is open any more; its keys are like all others then. */
  #isSettled({ questions, keys }: Group): boolean {
    if (questions.size === 0) for (const key of keys) this.#groups.delete(key);
    return questions.size === 0;
  }

  /** It is no question any more whether an event was handled without records. */
  #withdraw(group: Group, walked: WalkedEvent): void {
    for (const question of group.questions) {
      if (question.asks !== 'missed' || question.walked !== walked) continue;
      group.questions.delete(question);
      group.histories = group.histories.filter(({ handled }) => !handled.has(question));
    }
  }

  /** One group of all of these keys; null where that is given up. */
  #join(keys: readonly string[]): Group | null {
    const { states } = this.#worker;
    const groups = [...new Set(keys.flatMap((key) => this.#groups.get(key) ?? []))];
    const others = keys.filter((key) => !this.#groups.has(key));
    const areKnown =
      !others.some((key) => this.#givenUp.has(key)) &&
      !states.everQuiet(others) &&
      !states.hasOther(others) &&
      states.standingOf(others).standing === 'exact';
    const size = groups.reduce((sum, group) => sum + group.keys.size, others.length);
    const count = groups.reduce((product, { histories }) => product * histories.length, 1);
    if (!areKnown || size > keysAtMost || count > historiesAtMost) {
      this.giveUp(keys);
      return null;
    }
    const [only] = groups;
    if (only !== undefined && groups.length === 1 && others.length === 0) return only;
    const known = new Map(others.map((key) => [key, states.liveState(key)]));
    const joined: Group = {
      keys: new Set(others),
      questions: new Set(),
      histories: [{ states: known, handled: new Set() }],
    };
    for (const group of groups) {
      for (const key of group.keys) joined.keys.add(key);
      for (const question of group.questions) joined.questions.add(question);
      joined.histories = joined.histories.flatMap((one) =>
        group.histories.map((other) => ({
          states: new Map([...one.states, ...other.states]),
          handled: new Set([...one.handled, ...other.handled]),
        })),
      );
    }
    for (const key of joined.keys) this.#groups.set(key, joined);
    return joined;
  }
}

function supposesLoss({ handled }: History): boolean {
  return [...handled].some(({ asks }) => asks === 'missed');
}

function after(states: History['states'], { writes }: CalledWorker): History['states'] {
  const next = new Map(states);
  for (const { key, state } of writes) {
    if (state === undefined) next.delete(key);
    else next.set(key, state);
  }
  return next;
}
