import { hash as hashOnce } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RecoveryError } from '@eventmend/core';
import { writeFileDurably, type SnapshotFinding } from '@eventmend/core/engine';
import { parseObject } from '../files/checkpoint-row.js';
import { digestContent } from '../files/digest-content.js';
import type { ExaminedFile } from '../files/examine-checkpoint.js';

/** By the id of a checkpoint: how it was proven. */
export interface ProvenCheckpoint {
  readonly by: string;
  /** What its end line said then: another file of that name is not proven. */
  readonly sha256: string;
}

const fileOf = (folder: string): string => join(folder, 'proven.json');

/**
 * The checkpoints that were proven correct; empty where nobody noted any.
 * @throws RecoveryError `invalid-snapshot` where the file is damaged: which one must not be removed is then not known
 */
export function readProven(folder: string): ReadonlyMap<string, ProvenCheckpoint> {
  const file = fileOf(folder);
  if (!existsSync(file)) return new Map();
  const content = parseObject(readFileSync(file));
  const proven = content?.['proven'];
  if (typeof proven !== 'object' || proven === null || content?.['sha256'] !== digestOf(proven)) {
    throw new RecoveryError('invalid-snapshot', `${file} is damaged: which checkpoints were proven is not known`, {
      hint: 'remove it, and have the checkpoints proven again',
      details: { file },
    });
  }
  return new Map(Object.entries(proven as Record<string, ProvenCheckpoint>));
}

/** Notes that checkpoints were proven, so that no policy removes the last of them. */
export function noteProven(folder: string, proven: ReadonlyMap<string, ProvenCheckpoint>): void {
  const all = Object.fromEntries([...readProven(folder), ...proven]);
  writeFileDurably(fileOf(folder), `${JSON.stringify({ format_version: 1, proven: all, sha256: digestOf(all) })}\n`);
}

/**
 * Notes the checkpoints that a replay has reproduced.
 * @param findings what a plan found out about snapshots (`Plan.snapshots`), which are known by their content
 * @param by how they were proven
 * @returns their ids, the oldest first
 */
export function noteReproduced(
  folder: string,
  checkpoints: readonly (Pick<ExaminedFile, 'id' | 'file' | 'sha256'> & { readonly problem: unknown })[],
  findings: readonly Pick<SnapshotFinding, 'id' | 'digest' | 'finding'>[],
  by: string,
): readonly string[] {
  const reproduced = checkpoints.flatMap(({ id, file, sha256, problem }) => {
    const finding = findings.find((candidate) => candidate.id === id);
    if (finding?.finding !== 'proven' || problem !== null || sha256 === null) return [];
    return digestContent(file, 0) === finding.digest ? [[id, { by, sha256 }] as const] : [];
  });
  if (reproduced.length > 0) noteProven(folder, new Map(reproduced));
  return reproduced.map(([id]) => id);
}

function digestOf(proven: object): string {
  return hashOnce('sha256', JSON.stringify(proven));
}
