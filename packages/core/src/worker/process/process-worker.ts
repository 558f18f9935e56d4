import type { EventPage } from '../../model/log/event-page.js';
import type { PartitionId } from '../../model/log/partition-id.js';
import { deduplicationIdOf } from '../deduplication-id.js';
import { workerFailure } from '../worker-failures.js';
import type { HandlerEffects, StateView } from '../worker-instance.js';
import type { Worker, WorkerEvent } from '../worker.js';
import type { AppliedBatch, BatchWorker, NamedKeys, SentBatch, SentEvent, StateKeeper } from './batch-worker.js';
import {
  failureOfEvent,
  faultOfEvent,
  handlerFailure,
  isFaultOfAnswer,
  nameKeys,
  notDeterministic,
} from './blame-event.js';
import { firstDivergence } from './compare-effects.js';
import { eventOfProcess, sentAgain } from './event-of-process.js';
import { AnswerRefused, ProcessBroken } from './process-fault.js';
import type { ProcessCommand } from './process-link.js';
import { ProcessSession, type Transmission } from './process-session.js';
import type { AskedEvents, BatchEffects, EventEffects } from './read-effects-answer.js';
import type { KeysOfEvent } from './read-keys-answer.js';
import { startProcess } from './start-process.js';
import { ProcessStateKeeper } from './state-keeper.js';

/** After its first batches, one batch in this many is handled twice. */
const repeatedSample = 64;

/** How often an event may break a process that handles nothing else before it is the one to blame. */
const attemptsAlone = 2;

/**
 * Starts a worker process and makes it ready to be asked.
 * @param eventTimeoutMs how long a batch may take before its events are handled one by one, and one event then
 * @throws RecoveryError `invalid-worker`
 */
export async function openProcessWorker(command: ProcessCommand, eventTimeoutMs: number): Promise<BatchWorker> {
  return new ProcessWorker(new ProcessSession(command, eventTimeoutMs, await startProcess(command, eventTimeoutMs)));
}

interface Batch extends SentBatch {
  /** Where its events are; null where no living process has them all. */
  transmission: Transmission | null;
  /** Known once they were asked for. */
  keys: readonly NamedKeys[] | null;
  /** An event broke the process when it was asked for its keys: it is not sent again, and so the batch is not whole. */
  apart: boolean;
}

class ProcessWorker implements BatchWorker {
  readonly mode = 'batches';
  readonly negativeZeros = 0;
  readonly #session: ProcessSession;
  #batches = 0;

  constructor(session: ProcessSession) {
    this.#session = session;
  }

  get worker(): Worker {
    return this.#session.worker;
  }

  sent(page: EventPage, index: number, partition: PartitionId, now: number): SentEvent {
    return eventOfProcess(this.worker, page, index, partition, now);
  }

  deduplicationId(event: WorkerEvent): string | null {
    return deduplicationIdOf(this.worker, event);
  }

  decodeState(stored: unknown): unknown {
    return stored;
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  get keepsStates(): boolean {
    return this.#session.terms.keepsStates;
  }

  keeper(): Promise<StateKeeper> {
    return this.#session.keeper();
  }

  abandon(keeper: StateKeeper, fault: unknown): void {
    if (!(keeper instanceof ProcessStateKeeper)) throw new Error('the keeper was not made by this worker');
    if (fault instanceof ProcessBroken) this.#session.giveUp(keeper.link, fault);
  }

  send(events: readonly SentEvent[]): SentBatch {
    const link = this.#session.current;
    const transmission = link === null ? null : this.#session.sendEvents(link, events);
    const batch: Batch = { events, transmission, keys: null, apart: false };
    return batch;
  }

  async keys(sent: SentBatch): Promise<readonly NamedKeys[]> {
    const batch = sent as Batch;
    const transmission = await this.#transmissionOf(batch);
    try {
      batch.keys = this.#named(batch.events, await transmission.keys);
    } catch (error) {
      if (!isFaultOfAnswer(error)) throw error;
      this.#drop(transmission, error);
      // The batch goes to it no more, and a process must not be left with one.
      transmission.link.break({ kind: 'ended', what: 'it was closed' });
      batch.keys = await this.#keysOneByOne(batch);
    }
    return batch.keys;
  }

  async apply(sent: SentBatch, skip: ReadonlySet<number>, states: StateView): Promise<AppliedBatch> {
    const batch = sent as Batch;
    const asked = (batch.keys ?? []).map((named, place) =>
      skip.has(place) || named.kind === 'failed' ? null : named.keys,
    );
    if (batch.apart) return this.#applyOneByOne(batch.events, asked, states);
    // Without waiting where that can be: the caller sends the next events meanwhile, and these must be before them.
    const alive = batch.transmission?.link.alive === true ? batch.transmission : null;
    const transmission = alive ?? (await this.#transmissionOf(batch));
    try {
      if (alive === null) this.#sameKeys(batch.events, batch.keys, await transmission.keys);
      const applying = this.#session.sendStates(transmission, asked, states);
      if (applying === null) {
        transmission.link.break({ kind: 'ended', what: 'it was closed' });
        return await this.#applyOneByOne(batch.events, asked, states);
      }
      const effects = await applying;
      await this.#repeat(batch.events, asked, states, effects);
      return this.#applied(batch.events, asked, effects);
    } catch (error) {
      if (!isFaultOfAnswer(error)) throw error;
      this.#drop(transmission, error);
      return this.#applyOneByOne(batch.events, asked, states);
    }
  }

  async invoke(event: WorkerEvent, _: readonly string[], now: number, states: StateView): Promise<HandlerEffects> {
    const sent = sentAgain(event, now);
    if (sent === null) throw new Error('the event was not made by this worker');
    const batch = this.send([sent]);
    const [named] = await this.keys(batch);
    if (named?.kind === 'failed') throw named.error;
    const applied = await this.apply(batch, new Set(), states);
    const [effects] = applied.effects;
    if (applied.failure !== null || effects === undefined || effects === null) throw applied.failure;
    return { ...effects, writes: effects.writes.map((key) => ({ key, state: applied.states.get(key) })) };
  }

  async #transmissionOf(batch: Batch): Promise<Transmission> {
    if (batch.transmission?.link.alive === true) return batch.transmission;
    return (batch.transmission = this.#session.sendEvents(await this.#session.ready(), batch.events));
  }

  #drop(transmission: Transmission, error: unknown): void {
    if (error instanceof ProcessBroken) this.#session.giveUp(transmission.link, error);
  }

  async #keysOneByOne(batch: Batch): Promise<readonly NamedKeys[]> {
    const keys: NamedKeys[] = [];
    for (const event of batch.events) {
      try {
        const [answer] = await this.#alone(event, async (transmission) => {
          const named = await transmission.keys;
          // Its states are sent too, so that the process need not keep it.
          await this.#session.sendStates(transmission, [null], { read: () => undefined });
          return named;
        });
        keys.push(...this.#named([event], answer === undefined ? [] : [answer]));
      } catch (error) {
        keys.push({ kind: 'failed', error: failureOfEvent(error) });
        batch.apart = true;
      }
    }
    batch.transmission = null;
    return keys;
  }

  /** Names the event that is to blame, or finds that none is: each has a process for itself alone. */
  async #applyOneByOne(events: readonly SentEvent[], asked: AskedEvents, view: StateView): Promise<AppliedBatch> {
    const states = new Map<string, unknown>();
    const effects: (EventEffects | null)[] = [];
    const local = { read: (key: string) => (states.has(key) ? states.get(key) : view.read(key)) };
    for (const [place, event] of events.entries()) {
      const keys = asked[place] ?? null;
      if (keys === null) {
        effects.push(null);
        continue;
      }
      try {
        const one = await this.#alone(event, async (transmission) => {
          this.#sameKeys([event], [{ kind: 'keys', keys }], await transmission.keys);
          const applying = this.#session.sendStates(transmission, [keys], local);
          if (applying !== null) return applying;
          throw workerFailure(
            'worker-protocol-violation',
            this.worker,
            event.event,
            'the states of its keys are too long for a line',
          );
        });
        const { failure, effects: done } = this.#applied([event], [keys], one);
        if (failure !== null) return { effects, states, failure };
        effects.push(done[0] ?? null);
        for (const [key, state] of one.states) states.set(key, state);
      } catch (error) {
        return { effects, states, failure: failureOfEvent(error) };
      }
    }
    return { effects, states, failure: null };
  }

  /** Does something with one event alone, with a new process where the one before broke at it. */
  async #alone<T>(event: SentEvent, work: (transmission: Transmission) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const transmission = this.#session.sendEvents(await this.#session.ready(), [event]);
      try {
        return await work(transmission);
      } catch (error) {
        if (!isFaultOfAnswer(error)) throw error;
        this.#drop(transmission, error);
        const broken = error instanceof ProcessBroken;
        if (broken && error.reason.kind !== 'timeout' && attempt < attemptsAlone) continue;
        throw faultOfEvent(error, this.worker, event.event);
      }
    }
  }

  #named(events: readonly SentEvent[], answers: readonly KeysOfEvent[]): readonly NamedKeys[] {
    return answers.map((answer, place) => nameKeys(this.worker, (events[place] as SentEvent).event, answer));
  }

  #sameKeys(events: readonly SentEvent[], known: readonly NamedKeys[] | null, again: readonly KeysOfEvent[]): void {
    this.#named(events, again).forEach((named, place) => {
      const before = known?.[place];
      const same =
        before?.kind === 'keys' && named.kind === 'keys'
          ? JSON.stringify(before.keys) === JSON.stringify(named.keys)
          : before?.kind === named.kind;
      if (!same)
        throw notDeterministic(this.worker, (events[place] as SentEvent).event, 'it names other keys when asked again');
    });
  }

  #applied(
    events: readonly SentEvent[],
    asked: AskedEvents,
    { events: effects, states, error }: BatchEffects,
  ): AppliedBatch {
    if (error === null) return { effects, states, failure: null };
    const { event } = events[effects.length] as SentEvent;
    return { effects, states, failure: handlerFailure(this.worker, event, asked[effects.length] ?? [], error) };
  }

  /** Handles a batch a second time, cut in two, so that what a process remembers or invents shows. Nothing of it counts. */
  async #repeat(events: readonly SentEvent[], asked: AskedEvents, view: StateView, first: BatchEffects): Promise<void> {
    const number = ++this.#batches;
    const due = number % repeatedSample === 0 || (number < repeatedSample && (number & (number - 1)) === 0);
    if (!due || first.error !== null) return;
    const states = new Map<string, unknown>();
    const local = { read: (key: string) => (states.has(key) ? states.get(key) : view.read(key)) };
    const again: (EventEffects | null)[] = [];
    const half = Math.ceil(events.length / 2);
    for (const [from, to] of [
      [0, half],
      [half, events.length],
    ] as const) {
      if (from === to) continue;
      const part = events.slice(from, to);
      const askedPart = asked.slice(from, to);
      const transmission = this.#session.sendEvents(await this.#session.ready(), part);
      try {
        await transmission.keys;
        const effects = await this.#session.sendStates(transmission, askedPart, local);
        if (effects === null) return;
        again.push(...effects.events);
        for (const [key, state] of effects.states) states.set(key, state);
        if (effects.error !== null) {
          const { event } = events[again.length] as SentEvent;
          throw notDeterministic(this.worker, event, `it failed when it was handled again: ${effects.error}`);
        }
      } catch (error) {
        const { event } = part[0] as SentEvent;
        if (error instanceof AnswerRefused)
          throw notDeterministic(this.worker, event, `handled again, ${error.message}`);
        // What breaks a process now and then is no second answer, and the first stands.
        if (!(error instanceof ProcessBroken)) throw error;
        this.#session.giveUp(transmission.link, error);
        return;
      }
    }
    const divergence = firstDivergence(first, { events: again, states });
    if (divergence === null) return;
    throw notDeterministic(this.worker, (events[divergence.place] as SentEvent).event, divergence.what);
  }
}
