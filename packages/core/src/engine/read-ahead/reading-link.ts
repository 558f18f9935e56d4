import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { MessageChannel, receiveMessageOnPort, Worker as Thread, type MessagePort } from 'node:worker_threads';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { LogLocator } from '../../model/log/event-log.js';
import { unpackError } from '../threads/error-transfer.js';
import type { NumberedAnswer, ReadingAnswer, ReadingOrder, ReadingRequest } from './messages.js';

/** Found through the package's own imports, so that it is the built file wherever this module runs from. */
function threadModule(): URL {
  return pathToFileURL(createRequire(import.meta.url).resolve('#reading-thread'));
}

export interface ReadAheadOptions {
  /** Whether the bytes of values are wanted beside what they decode to. */
  readonly bytes: boolean;
}

/** Where the answers under one number wait to be taken. */
interface Inbox {
  readonly answers: ReadingAnswer[];
  /** Called when there is something new for whoever waits. */
  wake: () => void;
}

/** The folding thread's end of the line to a thread that reads. Whoever waits for an answer is told when that thread ends. */
export class ReadingLink {
  readonly #port: MessagePort;
  readonly #thread: Thread;
  readonly #inboxes = new Map<number, Inbox>();
  readonly #opening: number;
  #numbers = 0;
  #ended: Error | null = null;

  /** Starts the thread. */
  constructor(locators: readonly LogLocator[], { bytes }: ReadAheadOptions) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#opening = this.begin();
    const order: ReadingOrder = { locators, port: port2, bytes, number: this.#opening };
    this.#thread = new Thread(threadModule(), { workerData: order, transferList: [port2], stdout: true });
    // Nothing in there has anything to say, and stdout belongs to whoever runs this.
    this.#thread.stdout.on('data', (chunk: Buffer) => process.stderr.write(chunk));
    port1.on('message', (message: NumberedAnswer) => {
      this.#deliver(message);
    });
    this.#thread.once('error', (error) => {
      this.#end(`failed: ${error.message}`, error);
    });
    this.#thread.once('exit', (code) => {
      this.#end(`ended with exit code ${code}`);
    });
  }

  /** Comes back when the logs are open. */
  async opened(): Promise<void> {
    const answer = await this.answer(this.#opening);
    this.forget(this.#opening);
    if (answer.kind === 'failed') throw unpackError(answer.error);
  }

  /** A number for a read or a question. */
  begin(): number {
    const number = this.#numbers++;
    this.#inboxes.set(number, { answers: [], wake: nobodyWaits });
    return number;
  }

  /** Nobody will ask for answers under this number any more. */
  forget(number: number): boolean {
    return this.#inboxes.delete(number);
  }

  /** Whether answers under a number wait to be taken, as far as was looked. */
  hasMore(number: number): boolean {
    return (this.#inboxes.get(number)?.answers.length ?? 0) > 0;
  }

  send(request: ReadingRequest): void {
    this.#port.postMessage(request);
  }

  /** The next answer under a number, at once where it is there already. To be asked for one at a time. */
  answer(number: number): ReadingAnswer | Promise<ReadingAnswer> {
    const inbox = this.#inboxes.get(number);
    if (inbox === undefined) throw new Error(`${number} was forgotten`);
    this.#receive();
    const answer = inbox.answers.shift();
    if (answer !== undefined) return answer;
    if (this.#ended !== null) throw this.#ended;
    return new Promise((resolve, reject) => {
      inbox.wake = () => {
        inbox.wake = nobodyWaits;
        const arrived = inbox.answers.shift();
        if (arrived !== undefined) resolve(arrived);
        else if (this.#ended !== null) reject(this.#ended);
      };
    });
  }

  /** The thread closes the logs and ends; whoever ends this one before need not wait for it. */
  close(): void {
    this.#thread.removeAllListeners('exit');
    this.send({ kind: 'close' });
    this.#port.close();
    this.#thread.unref();
  }

  /** Takes what has arrived, without waiting for a turn of the event loop. */
  #receive(): void {
    for (;;) {
      const received: { readonly message: NumberedAnswer } | undefined = receiveMessageOnPort(this.#port);
      if (received === undefined) return;
      this.#deliver(received.message);
    }
  }

  #deliver({ number, answer }: NumberedAnswer): void {
    const inbox = this.#inboxes.get(number);
    inbox?.answers.push(answer);
    inbox?.wake();
  }

  #end(how: string, cause?: Error): void {
    if (this.#ended !== null) return;
    // What it had sent is good.
    this.#receive();
    this.#ended = new RecoveryError('reading-thread-ended', `the thread that reads the logs ${how}`, {
      hint: 'nothing that was committed is lost: resume the run; tuning.read_ahead: false goes without such a thread',
      ...(cause !== undefined && { cause }),
    });
    for (const inbox of this.#inboxes.values()) inbox.wake();
  }
}

function nobodyWaits(): void {
  // what arrives is kept until it is asked for
}
