import type { Scratch } from '../../evidence/corrections/scratch.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { SnapshotDescription, SnapshotSource } from '../../model/snapshots/snapshot-source.js';
import { migrateState } from '../../worker/migrate-state.js';
import type { Worker } from '../../worker/worker.js';
import type { SideOutput, SideState } from './compared-key.js';

/** The states of a snapshot in the order of the keys, on disk where they are many; in the worker's version. */
export async function orderSnapshot(
  source: SnapshotSource,
  { id, stateVersion }: SnapshotDescription,
  worker: Worker,
  scratch: Scratch,
  signal?: AbortSignal,
): Promise<() => Iterable<SideState>> {
  const states = scratch.map<string, unknown>();
  for await (const { key, state } of source.rows(id)) {
    refuseIfStopped(signal);
    states.add(key, migrateState(worker, state, stateVersion, key));
  }
  return function* () {
    for (const [key, state] of states.inOrder()) yield { key, state, fidelity: null };
  };
}

type StoredOutput = readonly [output: string, value: unknown];

/** Puts outputs into the order of their keys, then of their ids. */
export class OrderedOutputs {
  readonly #outputs;

  constructor(scratch: Scratch) {
    this.#outputs = scratch.map<string, StoredOutput>();
  }

  /** False where there is one of this key and id already. */
  add({ key, id, output, value }: SideOutput): boolean {
    const place = placeOf(key, id);
    if (this.#outputs.get(place) !== undefined) return false;
    this.#outputs.add(place, [output, value]);
    return true;
  }

  *read(): Iterable<SideOutput> {
    for (const [place, [output, value]] of this.#outputs.inOrder()) {
      const [key, id] = keyAndId(place);
      yield { key, id, output, value };
    }
  }
}

/** One text that sorts as the key does, and then as the id: a NUL inside of a key is told from the two between key and id. */
function placeOf(key: string, id: string): string {
  return `${key.replaceAll('\0', '\0\u0001')}\0\0${id}`;
}

function keyAndId(place: string): readonly [key: string, id: string] {
  const end = place.indexOf('\0\0');
  return [place.slice(0, end).replaceAll('\0\u0001', '\0'), place.slice(end + 2)];
}

export function refuseIfStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  throw new RecoveryError('interrupted', 'the comparison was stopped; nothing was written', {
    hint: 'run the same command again',
  });
}
