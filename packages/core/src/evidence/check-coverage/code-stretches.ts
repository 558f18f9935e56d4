import type { BlockRecorder, CodeSpans } from '../../worker/blocks/block-recorder.js';
import { uniteCode } from './check-coverage.js';

interface Stretch {
  readonly code: CodeSpans;
  /** Keys that its events name; null where one named keys that nobody knows. */
  readonly keys: ReadonlySet<string> | null;
}

/**
 * What code ran in stretches of a replay, and which keys it ran for: what ran for keys that were not compared is not shown to be right.
 * Each stretch is twice as long as the one before, so that looking costs next to nothing, and rare code of a long replay may count for less.
 */
export class CodeStretches {
  readonly recorder: BlockRecorder;
  readonly #closed: Stretch[] = [];
  /** What ran for no key. */
  #besides: CodeSpans = {};
  #keys: Set<string> | null = new Set();
  #events = 0;
  #most = 1;

  constructor(recorder: BlockRecorder) {
    this.recorder = recorder;
    // What ran while the module was loaded was run by no event.
    recorder.take();
  }

  /** An event was handled: its code has run, and belongs to its keys. */
  add(keys: readonly string[] | null): void {
    if (keys === null) this.#keys = null;
    else for (const key of keys) this.#keys?.add(key);
    this.#events++;
    if (this.#events < this.#most) return;
    this.#most *= 2;
    this.#close();
  }

  /** To be called before another lane goes on, and before states are compared: what that runs is no work of these events. */
  close(): void {
    if (this.#events > 0) this.#close();
  }

  /** What ran since the last event was no work of the replay. */
  forget(): void {
    this.recorder.take();
  }

  /** What ran by now; without what ran for these keys. */
  ran(isReached: ((key: string) => boolean) | null): CodeSpans {
    // The last stretch has keys too: what ran for them does not run for nobody because it is still open.
    this.close();
    this.#besides = uniteCode(this.#besides, this.recorder.take());
    let code = this.#besides;
    for (const { code: own, keys } of this.#closed) {
      if (isReached === null || (keys !== null && ![...keys].some(isReached))) code = uniteCode(code, own);
    }
    return code;
  }

  #close(): void {
    this.#closed.push({ code: this.recorder.take(), keys: this.#keys });
    this.#keys = new Set();
    this.#events = 0;
  }
}
