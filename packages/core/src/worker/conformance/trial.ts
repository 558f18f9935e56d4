import { ProcessLink, type ProcessCommand } from '../process/process-link.js';
import type { Worker } from '../worker.js';
import { Talk } from './talk.js';
import type { TrialEvent } from './trial-event.js';

/** What the checks share: a process to talk with, another where that one broke, and the events that it can handle. */
export class Trial {
  readonly #command: ProcessCommand;
  readonly timeoutMs: number;
  #talk: Talk | null = null;
  /** Lines on stdout that were none of the protocol. */
  readonly strays: string[] = [];
  worker: Worker | null = null;
  events: readonly TrialEvent[] = [];

  constructor(command: ProcessCommand, timeoutMs: number) {
    this.#command = command;
    this.timeoutMs = timeoutMs;
  }

  /** The process at hand, or a new one where it is of no use any more. */
  async talk(): Promise<Talk> {
    if (this.#talk?.link.alive !== true) this.#talk = await this.fresh();
    return this.#talk;
  }

  /** A process of its own, for a check that ends it. The caller closes it. */
  async fresh(): Promise<Talk> {
    const talk = this.ungreeted();
    try {
      this.worker = await talk.greet();
      return talk;
    } catch (error) {
      talk.link.break({ kind: 'ended', what: 'it was closed' });
      throw error;
    }
  }

  /** A process that has not been asked anything yet. The caller closes it. */
  ungreeted(): Talk {
    return new Talk(new ProcessLink(this.#command), this.timeoutMs, (line) => {
      if (this.strays.length < 10) this.strays.push(line);
    });
  }

  async close(): Promise<void> {
    await this.#talk?.link.close();
  }
}
