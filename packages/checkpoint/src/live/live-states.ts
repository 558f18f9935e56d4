import type { StateView } from '@eventmend/core/engine';
import type { LiveStore } from '../store/live-store.js';
import type { ChangedRow } from '../store/state-row.js';
import { nothingApplied, proofAfter, type LastEvent, type ProcessingProof } from './processing-proof.js';

interface LiveState {
  /** Undefined where the key has none. */
  state: unknown;
  proof: ProcessingProof;
  /** The hash of its row; null where there is none. */
  hash: string | null;
}

interface ChangedState extends LiveState {
  /** Whether there was a state before the batch. */
  readonly had: boolean;
}

/** How many states stay in memory between two batches. */
const keptStates = 100_000;

/**
 * The states that a batch sees and changes, read from the store when they are asked for. What was committed stays in memory
 * as long as no other process has written.
 */
export class LiveStates implements StateView {
  readonly #store: LiveStore;
  #kept = new Map<string, LiveState>();
  #version: number;
  readonly #changed = new Map<string, ChangedState>();

  constructor(store: LiveStore) {
    this.#store = store;
    this.#version = store.version;
  }

  /** To be called inside of the transaction of a batch, before anything is read. */
  begin(): void {
    this.#changed.clear();
    const version = this.#store.version;
    if (version !== this.#version || this.#kept.size > keptStates) this.#kept.clear();
    this.#version = version;
  }

  read(key: string): unknown {
    return this.#of(key).state;
  }

  write(key: string, state: unknown): void {
    this.#ofChanged(key).state = state;
  }

  /** Notes that an event was applied to a key, whatever it did to its state. */
  note(key: string, identityHash: string, last: LastEvent): void {
    const entry = this.#ofChanged(key);
    entry.proof = proofAfter(entry.proof, identityHash, last);
  }

  /** What the batch changed, in the order of the keys. */
  changedRows(): readonly ChangedRow[] {
    return [...this.#changed]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, { state, proof, hash }]) => ({
        key,
        text: state === undefined ? null : JSON.stringify(state),
        proof,
        replaces: hash,
      }));
  }

  /** By how many the keys that have a state became more. */
  addedKeys(): number {
    let added = 0;
    for (const { state, had } of this.#changed.values()) added += Number(state !== undefined) - Number(had);
    return added;
  }

  /** The batch counts. @param hashes of its rows, in their order */
  committed(rows: readonly ChangedRow[], hashes: readonly string[]): void {
    rows.forEach(({ key, proof }, index) => {
      const entry = this.#changed.get(key);
      if (entry !== undefined) this.#kept.set(key, { state: entry.state, proof, hash: hashes[index] ?? null });
    });
    this.#changed.clear();
  }

  /** The batch never was. A handler that changed a state in place before it threw has changed what is kept. */
  dropped(): void {
    this.#changed.clear();
    this.#kept.clear();
  }

  #of(key: string): LiveState {
    const entry = this.#changed.get(key) ?? this.#kept.get(key);
    if (entry !== undefined) return entry;
    const row = this.#store.row(key);
    const read: LiveState = {
      state: row?.text == null ? undefined : (JSON.parse(row.text) as unknown),
      proof: row?.proof ?? nothingApplied,
      hash: row?.hash ?? null,
    };
    this.#kept.set(key, read);
    return read;
  }

  #ofChanged(key: string): ChangedState {
    let entry = this.#changed.get(key);
    if (entry !== undefined) return entry;
    // A copy: what is kept stays what is committed.
    const { state, proof, hash } = this.#of(key);
    this.#changed.set(key, (entry = { state, proof, hash, had: state !== undefined }));
    return entry;
  }
}
