import { readNote, writeNote } from './store-note.js';

/** Rates that were measured on this machine, by the hash of the worker; they make estimates of durations, nothing else. */
interface EvidenceFile {
  readonly format_version: 1;
  readonly eventsPerSecond: Readonly<Record<string, number>>;
}

const file = 'evidence.json';

/** Events a second that a replay of this worker reached last; null where none was measured. */
export function readEvidence(store: string, workerHash: string): number | null {
  return readNote<EvidenceFile>(store, file)?.eventsPerSecond[workerHash] ?? null;
}

export function writeEvidence(store: string, workerHash: string, eventsPerSecond: number): void {
  const known = readNote<EvidenceFile>(store, file)?.eventsPerSecond;
  writeNote<EvidenceFile>(store, file, {
    format_version: 1,
    eventsPerSecond: { ...known, [workerHash]: eventsPerSecond },
  });
}
