import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { StateView } from '../worker-instance.js';
import type { Worker } from '../worker.js';
import type { SentEvent } from './batch-worker.js';
import { type ProcessBroken, describeBroken } from './process-fault.js';
import type { ProcessCommand, ProcessLink } from './process-link.js';
import { maxFailuresInARow, maxLineBytes } from './process-limits.js';
import { readAnswer } from './read-answer.js';
import { readEffectsAnswer, type AskedEvents, type BatchEffects } from './read-effects-answer.js';
import { readKeysAnswer, type KeysOfEvent } from './read-keys-answer.js';
import type { ProcessTerms } from './process-terms.js';
import { ProcessStateKeeper } from './state-keeper.js';
import { startProcess, type StartedProcess } from './start-process.js';

/** Events that one process was given, and the promise of their keys. */
export interface Transmission {
  readonly link: ProcessLink;
  readonly number: number;
  readonly keys: Promise<readonly KeysOfEvent[]>;
}

/** Speaks the protocol with one process after the other: whenever one broke, the next is started on demand. */
export class ProcessSession {
  readonly worker: Worker;
  readonly #command: ProcessCommand;
  readonly #eventTimeoutMs: number;
  readonly terms: ProcessTerms;
  #link: ProcessLink;
  #number = 0;
  #failures = 0;

  constructor(command: ProcessCommand, eventTimeoutMs: number, { link, worker, terms }: StartedProcess) {
    this.worker = worker;
    this.terms = terms;
    this.#command = command;
    this.#eventTimeoutMs = eventTimeoutMs;
    this.#link = link;
  }

  /** The process at hand, where it is of use. */
  get current(): ProcessLink | null {
    return this.#link.alive ? this.#link : null;
  }

  /**
   * @throws RecoveryError `invalid-worker` where it does not start again, `worker-protocol-violation` where it broke
   *   too often
   */
  async ready(): Promise<ProcessLink> {
    if (this.#link.alive) return this.#link;
    const { link, worker, terms } = await startProcess(this.#command, this.#eventTimeoutMs);
    this.#link = link;
    const same = worker.name === this.worker.name && worker.version === this.worker.version;
    if (same && terms.keepsStates === this.terms.keepsStates) return link;
    throw new RecoveryError(
      'invalid-worker',
      `the worker process is another one after a restart: ${worker.name}@${worker.version}, before it was ${this.worker.name}@${this.worker.version}`,
      { hint: 'leave the program as it is while it runs; with another version, plan again' },
    );
  }

  /** @throws RecoveryError as `ready` does, ProcessBroken where it does not answer */
  async keeper(): Promise<ProcessStateKeeper> {
    const link = await this.ready();
    return new ProcessStateKeeper(link, this.#eventTimeoutMs, this.terms.fields, {
      next: () => ++this.#number,
      handled: () => (this.#failures = 0),
    });
  }

  sendEvents(link: ProcessLink, events: readonly SentEvent[]): Transmission {
    const number = ++this.#number;
    const line = `{"type":"events","batch":${number},"events":[${events.map(({ text }) => text).join(',')}]}`;
    const keys = link.request(line, this.#eventTimeoutMs, (answer) =>
      readKeysAnswer(readAnswer(answer, 'keys', number), events.length),
    );
    // It is told to whoever asks; until then it is nobody's.
    keys.catch(() => undefined);
    return { link, number, keys };
  }

  /** Null, and nothing is sent, where the states are too long for a line. */
  sendStates({ link, number }: Transmission, asked: AskedEvents, states: StateView): Promise<BatchEffects> | null {
    const keys = new Set(asked.flatMap((named) => named ?? []));
    const skip = asked.flatMap((named, place) => (named === null ? [place] : []));
    const texts: string[] = [];
    let length = 0;
    for (const key of keys) {
      const text = `${JSON.stringify(key)}:${JSON.stringify(states.read(key)) ?? 'null'}`;
      length += text.length;
      texts.push(text);
    }
    // A character may be three bytes of UTF-8.
    if (length * 3 > maxLineBytes && Buffer.byteLength(texts.join()) > maxLineBytes - 1_000_000) return null;
    const line = `{"type":"states","batch":${number},"states":{${texts.join(',')}},"skip":[${skip.join(',')}]}`;
    return link.request(line, this.#eventTimeoutMs, (answer) => {
      const effects = readEffectsAnswer(readAnswer(answer, 'effects', number), asked);
      this.#failures = 0;
      return effects;
    });
  }

  /**
   * Notes that the process at hand is of no use.
   * @throws RecoveryError `worker-protocol-violation` where that has happened too often
   */
  giveUp(link: ProcessLink, broken: ProcessBroken): void {
    link.break(broken.reason);
    if (++this.#failures < maxFailuresInARow) return;
    throw new RecoveryError(
      'worker-protocol-violation',
      `worker ${this.worker.name}@${this.worker.version}: its process failed ${this.#failures} times in a row and handled nothing in between: ${describeBroken(broken)}`,
      { hint: 'mend the process: it ends, or hangs, whatever it is given' },
    );
  }

  close(): Promise<void> {
    return this.#link.close();
  }
}
