import { isWellFormedText } from '../../model/json/well-formed-text.js';
import { quoteKey } from '../worker-failures.js';
import type { StateView } from '../worker-instance.js';
import type { FoldedBatch, KeptEvent, StateKeeper, UnreadAnswer } from './batch-worker.js';
import { collectMessage, foldMessage } from './fold-message.js';
import { AnswerRefused, brokenProtocol } from './process-fault.js';
import type { ProcessLink } from './process-link.js';
import { maxLineBytes } from './process-limits.js';
import type { EventField } from './process-terms.js';
import { isRecord, readAnyAnswer, requireAnswer, type Answer } from './read-answer.js';
import { statesOf } from './read-effects-answer.js';
import { readFoldedAnswer } from './read-folded-answer.js';

/** What the session of a process is told and asked. */
export interface KeeperSession {
  /** The number of the next batch. */
  next(): number;
  /** A batch was handled. */
  handled(): void;
}

/** Speaks version 2 of the protocol with one process, from an empty memory on. */
export class ProcessStateKeeper implements StateKeeper {
  readonly link: ProcessLink;
  readonly #timeoutMs: number;
  readonly #fields: ReadonlySet<EventField>;
  readonly #session: KeeperSession;
  /** Keys whose states the process was given. */
  readonly #given = new Set<string>();
  /** Keys that were written since states were collected. */
  #written = new Set<string>();
  #answeredAt = performance.now();

  constructor(link: ProcessLink, timeoutMs: number, fields: ReadonlySet<EventField>, session: KeeperSession) {
    this.link = link;
    this.#timeoutMs = timeoutMs;
    this.#fields = fields;
    this.#session = session;
    // Answered before anything else is, and by nothing else: whoever waits for that waits for this too.
    this.#ask('{"type":"forget"}', (line) => requireAnswer(readAnyAnswer(line), 'forgotten', null)).catch(
      () => undefined,
    );
  }

  get kept(): number {
    return this.#given.size;
  }

  fold(events: readonly KeptEvent[], skip: ReadonlySet<number>, states: StateView): Promise<UnreadAnswer<FoldedBatch>> {
    const number = this.#session.next();
    const message = foldMessage(number, events, skip, this.#fields);
    return this.#askInTurn(number, message, states, (answer, needed) => {
      const folded = readFoldedAnswer(answer, events.length, skip);
      this.#note(folded, needed);
      this.#session.handled();
      return folded;
    });
  }

  collect(): Promise<UnreadAnswer<ReadonlyMap<string, unknown>>> {
    const number = this.#session.next();
    return this.#askInTurn(number, collectMessage(number), { read: () => undefined }, ({ states }) => {
      if (!isRecord(states)) throw brokenProtocol('it was asked for states and gave none');
      const written = this.#written;
      this.#written = new Set();
      return statesOf(states, written);
    });
  }

  /** What cannot be handled at once, since it or something before it lacks states, is answered when its states are there. */
  #askInTurn<T>(
    number: number,
    message: string,
    states: StateView,
    read: (answer: Answer, needed: readonly string[]) => T,
  ): Promise<UnreadAnswer<T>> {
    const sentAt = performance.now();
    const unread = (line: string, needed: readonly string[]): UnreadAnswer<T> => {
      const began = Math.max(sentAt, this.#answeredAt);
      this.#answeredAt = performance.now();
      return {
        tookMs: this.#answeredAt - began,
        read: () => read(requireAnswer(readAnyAnswer(line), 'folded', number), needed),
      };
    };
    return this.#ask<UnreadAnswer<T>>(message, (line) => {
      if (isFolded(line)) return unread(line, []);
      const needed = keysOfNeed(requireAnswer(readAnyAnswer(line), 'need', number));
      return this.#ask(this.#statesMessage(number, needed, states), (later) => unread(later, needed));
    });
  }

  #ask<T>(line: string, read: (answer: string) => T | Promise<T>): Promise<T> {
    return this.link.request<T>(line, this.#timeoutMs, read);
  }

  #statesMessage(number: number, keys: readonly string[], states: StateView): string {
    const texts: string[] = [];
    let length = 0;
    for (const key of keys) {
      if (this.#given.has(key))
        throw brokenProtocol(`it asks again for the state of key ${quoteKey(key)}, which it has`);
      const text = `${JSON.stringify(key)}:${JSON.stringify(states.read(key)) ?? 'null'}`;
      length += text.length;
      texts.push(text);
      this.#given.add(key);
    }
    // A character may be three bytes of UTF-8. Event by event they may be short enough.
    if (length * 3 > maxLineBytes && Buffer.byteLength(texts.join()) > maxLineBytes - 1_000_000) {
      throw new AnswerRefused('worker-failed', 'the states of its keys are too long for a line');
    }
    return `{"type":"states","batch":${number},"states":{${texts.join(',')}}}`;
  }

  /** Every key of an event must have been asked for, and nothing else. */
  #note({ keys, effects, failures }: FoldedBatch, needed: readonly string[]): void {
    const given = this.#given;
    for (const [place, named] of keys.entries()) {
      if (named?.kind !== 'keys') continue;
      for (const key of named.keys) {
        if (!given.has(key) && !failures.has(place)) {
          throw brokenProtocol(`it handled an event of key ${quoteKey(key)}, whose state it did not ask for`);
        }
      }
      const written = effects[place]?.writes;
      if (written !== undefined) for (const key of written) this.#written.add(key);
    }
    if (needed.length === 0) return;
    const named = new Set(keys.flatMap((of) => (of?.kind === 'keys' ? of.keys : [])));
    const foreign = needed.find((key) => !named.has(key));
    if (foreign === undefined) return;
    throw new AnswerRefused(
      'undeclared-key',
      `it asked for the state of key ${quoteKey(foreign)}, which no event names`,
    );
  }
}

/** Looks at the beginning only; where the members stand in another order, the whole is read. */
function isFolded(line: string): boolean {
  return (
    /^\{"type": ?"folded"/.test(line) || (!/^\{"type": ?"need"/.test(line) && readAnyAnswer(line)['type'] !== 'need')
  );
}

function keysOfNeed({ keys }: Answer): readonly string[] {
  if (Array.isArray(keys) && keys.every(isWellFormedText)) return keys;
  throw brokenProtocol('it needs keys that are not a list of texts');
}
