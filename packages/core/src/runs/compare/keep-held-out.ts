import { readNote, writeNote } from '../../evidence/proof/store-note.js';
import type { HeldOutComparison } from './comparison.js';
import { keepComparison, readComparison } from './keep-comparison.js';

/** What held-out stretches were recovered for: of another incident, or by another worker, they say nothing. */
export interface HeldOutFor {
  /** The digest of the incident file. */
  readonly incident: string;
  readonly workerHash: string;
}

interface HeldOutFile extends HeldOutFor {
  readonly format_version: 1;
  readonly heldOut: readonly HeldOutComparison[];
}

const file = 'held-out.json';

/** Keeps what came of held-out stretches, in the place of those before, for the next comparison, and in the last one of this incident. */
export function keepHeldOut(store: string, of: HeldOutFor, heldOut: readonly HeldOutComparison[]): void {
  writeNote<HeldOutFile>(store, file, { format_version: 1, ...of, heldOut });
  const last = readComparison(store);
  if (last !== null && last.incident.digest === of.incident && last.worker.hash === of.workerHash) {
    keepComparison(store, { ...last, heldOut });
  }
}

/** Null where no stretch was held out for this incident and worker. */
export function readHeldOut(store: string, { incident, workerHash }: HeldOutFor): readonly HeldOutComparison[] | null {
  const kept = readNote<HeldOutFile>(store, file);
  return kept?.incident === incident && kept.workerHash === workerHash ? kept.heldOut : null;
}
