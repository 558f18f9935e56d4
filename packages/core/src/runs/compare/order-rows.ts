import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { SnapshotRow } from '../../model/snapshots/snapshot-source.js';
import { migrateState } from '../../worker/migrate-state.js';
import type { Worker } from '../../worker/worker.js';
import type { SideOutput, SideState } from './compared-key.js';
import type { OrderedTexts } from './ordered-texts.js';

/** The states of a snapshot in the order of the keys, in the worker's version. */
export async function orderSnapshot(
  rows: AsyncIterable<SnapshotRow>,
  stateVersion: number,
  worker: Worker,
  texts: OrderedTexts,
  signal?: AbortSignal,
): Promise<() => Iterable<SideState>> {
  for await (const { key, state } of rows) {
    refuseIfStopped(signal);
    texts.add(key, JSON.stringify(migrateState(worker, state, stateVersion, key)));
  }
  return function* () {
    for (const [key, text] of texts.read()) yield { key, text, fidelity: null };
  };
}

/** Puts outputs into the order of their keys; those of one key stay as they come. */
export class OrderedOutputs {
  readonly #texts: OrderedTexts;

  constructor(texts: OrderedTexts) {
    this.#texts = texts;
  }

  add({ key, id, output, value }: SideOutput): void {
    this.#texts.add(key, JSON.stringify([id, output, value]));
  }

  *read(): Iterable<SideOutput> {
    for (const [key, text] of this.#texts.read()) {
      const [id, output, value] = JSON.parse(text) as readonly [string, string, unknown];
      yield { key, id, output, value };
    }
  }
}

export function refuseIfStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  throw new RecoveryError('interrupted', 'the comparison was stopped; nothing was written', {
    hint: 'run the same command again',
  });
}
