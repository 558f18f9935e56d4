import { RecoveryError } from '../../model/errors/recovery-error.js';
import { compareCodePoints } from '../../sources/snapshots/ndjson/compare-code-points.js';

/** Reads one stream in the order of its keys; what stands in front is looked at before it is taken. */
export class OrderedCursor<Row extends { readonly key: string }> {
  readonly #rows: Iterator<Row>;
  readonly #name: string;
  readonly #mayRepeat: boolean;
  head: Row | null;

  /**
   * @param name of the stream, for the error where it is not in order
   * @param mayRepeat a key may stand in several rows
   */
  constructor(rows: Iterable<Row>, name: string, mayRepeat: boolean) {
    this.#rows = rows[Symbol.iterator]();
    this.#name = name;
    this.#mayRepeat = mayRepeat;
    this.head = this.#next();
  }

  /** @throws RecoveryError `invalid-snapshot` where the next key does not rise */
  take(): void {
    const before = this.head;
    this.head = this.#next();
    if (before === null || this.head === null) return;
    const order = compareCodePoints(this.head.key, before.key);
    if (order > 0 || (this.#mayRepeat && order === 0)) return;
    // A stream out of order would make missing keys of keys that are there.
    const [one, other] = [this.head.key, before.key].map((key) => JSON.stringify(key.slice(0, 60)));
    throw new RecoveryError('invalid-snapshot', `${this.#name}: key ${one} stands behind ${other}`, {
      hint: 'each key stands once in what is compared',
    });
  }

  /** Frees what the stream holds open. */
  close(): void {
    this.#rows.return?.();
  }

  #next(): Row | null {
    const next = this.#rows.next();
    return next.done === true ? null : next.value;
  }
}

/** The first key that any of them has in front; null where all have ended. */
export function firstKey(cursors: readonly { readonly head: { readonly key: string } | null }[]): string | null {
  let first: string | null = null;
  for (const { head } of cursors) {
    if (head === null || head.key === first) continue;
    if (first === null || compareCodePoints(head.key, first) < 0) first = head.key;
  }
  return first;
}
