import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileDurably } from '@eventmend/core/engine';

/** By the id of a checkpoint: how it was proven. */
export interface ProvenCheckpoint {
  readonly by: string;
  /** What its end line said then: another file of that name is not proven. */
  readonly sha256: string;
}

const fileOf = (folder: string): string => join(folder, 'proven.json');

/** The checkpoints that were proven correct; empty where nobody noted any. */
export function readProven(folder: string): ReadonlyMap<string, ProvenCheckpoint> {
  if (!existsSync(fileOf(folder))) return new Map();
  const { proven } = JSON.parse(readFileSync(fileOf(folder), 'utf8')) as { proven: Record<string, ProvenCheckpoint> };
  return new Map(Object.entries(proven));
}

/** Notes that checkpoints were proven, so that no policy removes the last of them. */
export function noteProven(folder: string, proven: ReadonlyMap<string, ProvenCheckpoint>): void {
  const all = Object.fromEntries([...readProven(folder), ...proven]);
  writeFileDurably(fileOf(folder), `${JSON.stringify({ format_version: 1, proven: all })}\n`);
}
