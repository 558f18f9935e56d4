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
  #partition = -1;
  #events = 0;
  #most = 1;

  constructor(recorder: BlockRecorder) {
    this.recorder = recorder;
    // What ran while the module was loaded was run by no event.
    recorder.take();
  }

  /** An event was handled in a lane, which is that of its partition, or 0. */
  add(lane: number, keys: readonly string[] | null): void {
    if (lane !== this.#partition && this.#events > 0) this.#close();
    this.#partition = lane;
    if (keys === null) this.#keys = null;
    else for (const key of keys) this.#keys?.add(key);
    this.#events++;
    if (this.#events < this.#most) return;
    this.#most *= 2;
    this.#close();
  }

  /** To be called before states are compared: what that runs is no work of an event. */
  close(): void {
    if (this.#events > 0) this.#close();
  }

  /** What ran by now; without what ran for these keys. */
  ran(isReached: ((key: string) => boolean) | null): CodeSpans {
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
