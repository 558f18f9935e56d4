import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RecoveryError } from '@eventmend/core';
import {
  examineCheckpointFile,
  glanceAtCheckpointFile,
  type ExaminedFile,
  type FileProblem,
} from '../files/examine-checkpoint.js';
import { parseObject } from '../files/checkpoint-row.js';
import { examineStore, type ExaminedStore } from '../store/examine-store.js';
import { findIncomplete } from './examine-stacks.js';
import { readProven, type ProvenCheckpoint } from './proven-checkpoints.js';

/** What is wrong with a checkpoint: in its file, or in what it stands on. */
export type CheckpointProblem =
  | FileProblem
  | { readonly kind: 'base-missing'; readonly base: string }
  | { readonly kind: 'base-damaged'; readonly base: string };

export interface ExaminedCheckpoint extends Omit<ExaminedFile, 'problem'> {
  readonly problem: CheckpointProblem | null;
  /** How it was proven correct; null where nobody has. */
  readonly proven: ProvenCheckpoint | null;
}

/** Where the chain of checkpoints is broken. */
export type ChainBreak =
  /** The one before it is not there, and an older one is. */
  | { readonly kind: 'missing'; readonly checkpoint: string; readonly previous: string }
  /** The one before it is another one than it was made after. */
  | { readonly kind: 'another'; readonly checkpoint: string; readonly previous: string }
  /** The head file names a newer one than is there: an older copy was put back, or the newest is lost. */
  | { readonly kind: 'newest-missing'; readonly checkpoint: string }
  /** The head file names this one, with another content. */
  | { readonly kind: 'newest-differs'; readonly checkpoint: string };

export interface ExaminedCheckpoints {
  readonly folder: string;
  /** The oldest first. */
  readonly checkpoints: readonly ExaminedCheckpoint[];
  /** The newest that is whole, with all that it stands on; null where none is. */
  readonly newestWhole: string | null;
  readonly breaks: readonly ChainBreak[];
  /** `absent`: without it nobody can tell an older copy of the folder from the newest. */
  readonly head: 'agrees' | 'absent' | 'unreadable' | 'differs';
  /** Null where the folder holds checkpoints alone. */
  readonly store: ExaminedStore | null;
}

/**
 * Looks at everything in the folder of a checkpointer: each checkpoint, what it stands on, the chain over all, the head file and
 * the store.
 * @param options.deep reads all of it and checks every row; else first and last lines alone, which takes no time and finds
 *   less
 * @throws RecoveryError `file-unavailable` where there is no such folder
 */
export function examineCheckpoints(folder: string, { deep }: { readonly deep: boolean }): ExaminedCheckpoints {
  const files = checkpointFiles(folder).map(deep ? examineCheckpointFile : glanceAtCheckpointFile);
  const proven = readProven(folder);
  const byId = new Map(files.map((file) => [file.id, file]));
  const problems = new Map<string, CheckpointProblem | null>(
    files.map((file) => [file.id, file.problem ?? problemBelow(file, byId)]),
  );
  const whole = deep ? files.filter((file) => problems.get(file.id) === null) : [];
  for (const id of findIncomplete(whole)) problems.set(id, { kind: 'states-differ' });
  const checkpoints = files.map((file): ExaminedCheckpoint => ({
    ...file,
    problem: problems.get(file.id) ?? null,
    proven: proven.get(file.id)?.sha256 === file.sha256 ? (proven.get(file.id) ?? null) : null,
  }));
  const { head, breaks } = examineHead(folder, byId);
  return {
    folder,
    checkpoints,
    newestWhole: checkpoints.findLast(({ problem }) => problem === null)?.id ?? null,
    breaks: [...chainBreaks(files, byId), ...breaks],
    head,
    store: examineStore(join(folder, 'live.sqlite'), deep),
  };
}

/** The checkpoint files of a folder by their names, which are in the order in which they were made. */
function checkpointFiles(folder: string): readonly string[] {
  if (!existsSync(folder)) {
    throw new RecoveryError('file-unavailable', `there is no folder ${folder}`, {
      hint: 'name the folder that openCheckpointer was given, or a copy of its checkpoints',
    });
  }
  return readdirSync(folder)
    .filter((name) => /^c-\d+\.ndjson$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}

function problemBelow(file: ExaminedFile, byId: ReadonlyMap<string, ExaminedFile>): CheckpointProblem | null {
  const seen = new Set<string>([file.id]);
  for (let base = file.header?.base ?? null; base !== null;) {
    const below = byId.get(base.id);
    if (below === undefined || seen.has(below.id)) return { kind: 'base-missing', base: base.id };
    if (below.problem !== null || below.sha256 !== base.sha256) return { kind: 'base-damaged', base: base.id };
    seen.add(below.id);
    base = below.header?.base ?? null;
  }
  return null;
}

function chainBreaks(files: readonly ExaminedFile[], byId: ReadonlyMap<string, ExaminedFile>): readonly ChainBreak[] {
  return files.flatMap(({ id, header }, index): ChainBreak[] => {
    const previous = header?.previous ?? null;
    if (previous === null) return [];
    const before = byId.get(previous.id);
    // The first of a folder follows one that the policy has let go.
    if (before === undefined) return index === 0 ? [] : [{ kind: 'missing', checkpoint: id, previous: previous.id }];
    return before.sha256 === previous.sha256 ? [] : [{ kind: 'another', checkpoint: id, previous: previous.id }];
  });
}

function examineHead(
  folder: string,
  byId: ReadonlyMap<string, ExaminedFile>,
): Pick<ExaminedCheckpoints, 'head' | 'breaks'> {
  const file = join(folder, 'head.json');
  if (!existsSync(file)) return { head: 'absent', breaks: [] };
  const named = parseObject(readFileSync(file))?.['checkpoint'] as { id?: unknown; sha256?: unknown } | undefined;
  if (typeof named?.id !== 'string' || typeof named.sha256 !== 'string') return { head: 'unreadable', breaks: [] };
  const newest = byId.get(named.id);
  if (newest === undefined) return { head: 'differs', breaks: [{ kind: 'newest-missing', checkpoint: named.id }] };
  if (newest.sha256 !== named.sha256)
    return { head: 'differs', breaks: [{ kind: 'newest-differs', checkpoint: named.id }] };
  return { head: 'agrees', breaks: [] };
}
