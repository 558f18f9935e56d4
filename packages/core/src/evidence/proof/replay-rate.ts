import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileDurably } from '../../model/files/write-file-durably.js';

/** Rates that were measured on this machine, by the hash of the worker; they make estimates of durations, nothing else. */
interface EvidenceFile {
  readonly format_version: 1;
  readonly eventsPerSecond: Readonly<Record<string, number>>;
}

const fileOf = (store: string): string => join(store, 'evidence.json');

function read(store: string): EvidenceFile {
  const none: EvidenceFile = { format_version: 1, eventsPerSecond: {} };
  if (!existsSync(fileOf(store))) return none;
  try {
    const content = JSON.parse(readFileSync(fileOf(store), 'utf8')) as EvidenceFile;
    return content.format_version === 1 ? content : none;
  } catch {
    return none; // an estimate less, not an error
  }
}

/** Events a second that a replay of this worker reached last; null where none was measured. */
export function readEvidence(store: string, workerHash: string): number | null {
  return read(store).eventsPerSecond[workerHash] ?? null;
}

export function writeEvidence(store: string, workerHash: string, eventsPerSecond: number): void {
  const content: EvidenceFile = {
    format_version: 1,
    eventsPerSecond: { ...read(store).eventsPerSecond, [workerHash]: eventsPerSecond },
  };
  mkdirSync(store, { recursive: true });
  writeFileDurably(fileOf(store), `${JSON.stringify(content, null, 2)}\n`);
}
