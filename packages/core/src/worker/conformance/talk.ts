import { describeProcessWorker } from '../process/describe-process-worker.js';
import { brokenProtocol } from '../process/process-fault.js';
import { readTerms, type ProcessTerms } from '../process/process-terms.js';
import { spokenVersions } from '../process/start-process.js';
import { ProcessStateKeeper } from '../process/state-keeper.js';
import type { KeptEvent, StateKeeper } from '../process/batch-worker.js';
import { timeoutForHello, type ProcessLink } from '../process/process-link.js';
import { readAnswer } from '../process/read-answer.js';
import { readEffectsAnswer, type AskedEvents, type BatchEffects } from '../process/read-effects-answer.js';
import { readKeysAnswer, type KeysOfEvent } from '../process/read-keys-answer.js';
import type { Worker } from '../worker.js';
import { keptTrialEvents, trialEventText, type TrialEvent } from './trial-event.js';

/** States by key; a key that has none is not in it. */
export type TrialStates = ReadonlyMap<string, unknown>;

/** A batch that was sent: its number, and its keys as soon as they are answered. */
export interface SentTrial {
  readonly batch: number;
  readonly keys: Promise<readonly KeysOfEvent[]>;
}

/** What a batch came to; `asked` are the keys of the events that were handled, null for the others. */
export interface HandledTrial {
  readonly asked: AskedEvents;
  readonly effects: BatchEffects;
}

/** Members that no version of the protocol will ever give a meaning to. */
const unknownMembers = ',"conformance_unknown":{"type":"keys","list":[1,null]}';

/** Speaks the protocol with one process, message by message. */
export class Talk {
  readonly link: ProcessLink;
  readonly #timeoutMs: number;
  readonly #onStray: (line: string) => void;
  #more = '';
  #terms: ProcessTerms | null = null;
  #topic = 'events';
  #batch = 0;
  #events = 0;

  constructor(link: ProcessLink, timeoutMs: number, onStray: (line: string) => void) {
    this.link = link;
    this.#timeoutMs = timeoutMs;
    this.#onStray = onStray;
  }

  /** From now on, every message and every event has a member more than the process can know. */
  addUnknownMembers(): void {
    this.#more = unknownMembers;
  }

  /** @throws ProcessBroken; RecoveryError `invalid-worker` when the answer does not describe a worker */
  async greet(): Promise<Worker> {
    const hello = `{"type":"hello",${spokenVersions},"replaying":true${this.#more}}`;
    const read = (line: string) => {
      const answer = readAnswer(line, 'worker', null);
      this.#terms = readTerms(answer);
      return describeProcessWorker(answer);
    };
    const worker = await this.#request(hello, read, timeoutForHello(this.#timeoutMs));
    this.#topic = worker.topics?.[0] ?? this.#topic;
    return worker;
  }

  /** The process from an empty memory on; null where it keeps no states. */
  keeper(): StateKeeper | null {
    if (this.#terms?.keepsStates !== true) return null;
    const session = { next: () => ++this.#batch, handled: () => undefined };
    return new ProcessStateKeeper(this.link, this.#timeoutMs, this.#terms.fields, session);
  }

  /** Events as a process that keeps states is sent them. */
  keptEvents(events: readonly TrialEvent[]): readonly KeptEvent[] {
    return keptTrialEvents(events, this.#topic);
  }

  /** Sends events; each talk counts its own offsets, so that the same calls send the same lines. */
  send(events: readonly TrialEvent[], firstOffset = this.#events): SentTrial {
    const batch = ++this.#batch;
    const texts = events.map((event, place) => trialEventText(event, this.#topic, firstOffset + place, this.#more));
    this.#events = Math.max(this.#events, firstOffset + events.length);
    const message = `{"type":"events","batch":${batch},"events":[${texts.join(',')}]${this.#more}}`;
    const keys = this.#request(message, (line) => readKeysAnswer(readAnswer(line, 'keys', batch), events.length));
    // It is told to whoever asks for the keys.
    keys.catch(() => undefined);
    return { batch, keys };
  }

  /** Gives the states of a batch's keys and reads what came of it. @throws ProcessBroken, AnswerRefused */
  handle({ batch }: SentTrial, asked: AskedEvents, states: TrialStates): Promise<BatchEffects> {
    const keys = new Set(asked.flatMap((named) => named ?? []));
    const texts = [...keys].map((key) => `${JSON.stringify(key)}:${JSON.stringify(states.get(key) ?? null)}`);
    const skip = asked.flatMap((named, place) => (named === null ? [place] : []));
    const message = `{"type":"states","batch":${batch},"states":{${texts.join(',')}},"skip":[${skip.join(',')}]${this.#more}}`;
    return this.#request(message, (line) => readEffectsAnswer(readAnswer(line, 'effects', batch), asked));
  }

  /** Sends events and their states. Those without keys, and those of `skip`, are skipped. */
  async run(
    events: readonly TrialEvent[],
    states: TrialStates,
    { firstOffset = 0, skip = new Set<number>() }: { firstOffset?: number; skip?: ReadonlySet<number> } = {},
  ): Promise<HandledTrial> {
    const sent = this.send(events, firstOffset);
    const asked = (await sent.keys).map((named, place) =>
      named.kind === 'keys' && !skip.has(place) ? named.keys : null,
    );
    return { asked, effects: await this.handle(sent, asked, states) };
  }

  /** Waits a moment for lines that should not come. @throws ProcessBroken when one came */
  async expectSilence(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (!this.link.alive) throw this.link.break(brokenProtocol('it ended').reason);
  }

  #request<T>(message: string, read: (line: string) => T, timeoutMs = this.#timeoutMs): Promise<T> {
    return this.link.request(message, timeoutMs, (line) => {
      if (!line.startsWith('{')) this.#onStray(line);
      return read(line);
    });
  }
}
