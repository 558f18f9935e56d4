import { hash } from 'node:crypto';
import { resolve } from 'node:path';
import type { LongWork } from '../../../model/strategy/strategy.js';
import type { Offset } from '../../../model/event/offset.js';
import { compileMapping, offsetsAreAssigned, type CompiledMapping } from '../../rows/compile-mapping.js';
import {
  newMappingState,
  restoreMappingState,
  saveMappingState,
  type MappingState,
  type MappingStateJson,
} from '../../rows/mapping-state.js';
import { startOfRows, type RowSource } from '../../rows/row-source.js';
import { tellsItself } from '../../rows/shared-events.js';
import type { EventMapping } from '../../rows/event-mapping.js';
import { createImportWriter, type ImportWriter } from '../archive-writer.js';
import { readBeginnings } from './read-beginnings.js';
import { refuseSameContent } from './refuse-same-content.js';
import { refuseSharedEvents } from './refuse-shared-events.js';
import { changedFile, findEarlierImport } from './find-earlier-import.js';
import { compareNaturally } from './natural-order.js';
import { timesOfFiles, type TimesOfFiles } from './times-of-files.js';
import { hashFile } from './hash-file.js';
import { identifyFile, isUntouched } from './file-identity.js';
import { importFile } from './import-file.js';
import { importName, importsPrefix, mappingStateName, type ImportProgress } from './import-progress.js';

export interface ImportOptions {
  /** The oldest offset that the partitions ever had, 0 by default; what lies between it and the first event is a gap. */
  readonly beginning?: Offset;
  /** Id of a new archive; by default a random UUID. */
  readonly archiveId?: string;
  /**
   * `keep`: what cannot be read, and what contradicts an event that is there already, is kept as it is beside the events,
   * and is a hole. `refuse`, the default: the first such row is an error.
   */
  readonly damage?: 'refuse' | 'keep';
  /** Takes files although times fall from one to the next, where offsets are assigned in their order. */
  readonly acceptFallingTimes?: boolean;
  /** For tests: bytes of keys and values between two commits. */
  readonly commitBytes?: number;
  /**
   * Threads that parse lines beside this one, which puts the rows in order and writes them; what is stored is the same. By default as
   * many as are worth it; 0 for none.
   */
  readonly threads?: number;
  /** For tests: bytes that such a thread is given at once. */
  readonly chunkBytes?: number;
}

/** What became of one file. `resumed`: an earlier import was stopped, and its events are counted too. */
export interface ImportedFile {
  readonly file: string;
  readonly outcome: 'imported' | 'resumed' | 'already';
  readonly rows: number;
  readonly events: number;
  readonly repeated: number;
  readonly sha256: string;
  /** Rows that could not be read; absent where all could. */
  readonly damaged?: number;
  /** Events whose time lies below one in front of them in their partition; absent where there are none. */
  readonly falling?: number;
}

/**
 * Imports files into an archive, new or old, one after the other. Each commit stores the events together with how far
 * the import has come, so that the same call again goes on after a crash without a lost or doubled event; a file that
 * was imported before is recognised by its content and left alone.
 * @throws RecoveryError `conflicting-events` (contradicting offsets), `unreadable-row` (unreadable row),
 *   `size-limit-exceeded` (too large or deep), `offsets-out-of-order` (falling offsets, or offsets are assigned and a file
 *   begins with events that are there), `invalid-field` (mapping and row do not fit), `input-file-changed` (the file
 *   changed), `times-out-of-order` (offsets are assigned, and times fall from one file to the next), each with its row;
 *   `interrupted` when stopped.
 */
export async function importIntoArchive(
  path: string,
  inputs: readonly RowSource[],
  mapping: EventMapping,
  options: ImportOptions = {},
  work: LongWork = {},
): Promise<readonly ImportedFile[]> {
  const compiled = compileMapping(mapping);
  const writer = createImportWriter(path, {
    ...(mapping.source === undefined ? {} : { source: mapping.source }),
    ...(options.archiveId === undefined ? {} : { id: options.archiveId }),
  });
  try {
    const stored = writer.progress(mappingStateName);
    const state = stored === undefined ? newMappingState() : restoreMappingState(stored as MappingStateJson);
    const results: ImportedFile[] = [];
    // Assigned offsets follow the files, so their order is not left to how a shell sorts names.
    const ordered = offsetsAreAssigned(compiled)
      ? [...inputs].sort((a, b) => compareNaturally(a.file, b.file))
      : inputs;
    const times = timesOfFiles(compiled, options.acceptFallingTimes === true);
    for (const rows of ordered)
      results.push(await importOne(writer, rows, compiled, state, { ...options, times }, work));
    return results;
  } finally {
    writer.close();
  }
}

async function importOne(
  writer: ImportWriter,
  rows: RowSource,
  mapping: CompiledMapping,
  state: MappingState,
  options: ImportOptions & { readonly times: TimesOfFiles },
  work: LongWork,
): Promise<ImportedFile> {
  // Who was stopped or failed does not wait for the hash of a large file.
  const over = new AbortController();
  try {
    return await importHashed(writer, rows, mapping, state, options, work, over.signal);
  } finally {
    over.abort();
  }
}

async function importHashed(
  writer: ImportWriter,
  rows: RowSource,
  mapping: CompiledMapping,
  state: MappingState,
  options: ImportOptions & { readonly times: TimesOfFiles },
  work: LongWork,
  over: AbortSignal,
): Promise<ImportedFile> {
  const file = resolve(rows.file);
  const identity = identifyFile(file);
  let hashing: Promise<string> | undefined;
  const sha256 = (): Promise<string> => (hashing ??= hashFile(file, identity.bytes, over));
  const mappingHash = hash('sha256', JSON.stringify(mapping.mapping), 'hex');
  const earlier = writer.progressOf(importsPrefix) as readonly ImportProgress[];
  const decision = await findEarlierImport(file, identity, mappingHash, earlier, sha256);
  if (decision.kind === 'already') {
    const { position, events, repeated, damaged, falling } = decision.as;
    return {
      file: rows.file,
      outcome: 'already',
      rows: position.rows,
      events,
      repeated,
      sha256: decision.as.sha256 ?? '',
      ...(damaged !== undefined && { damaged }),
      ...(falling !== undefined && { falling }),
    };
  }
  const content =
    decision.kind === 'begin' && offsetsAreAssigned(mapping)
      ? await refuseWhatIsThere(writer, rows, mapping, sha256, earlier)
      : null;
  const begun: ImportProgress = {
    file,
    state: 'running',
    identity,
    sha256: null,
    mapping: mappingHash,
    position: startOfRows,
    events: 0,
    repeated: 0,
    ...(content !== null && { content }),
  };
  const hashed = sha256(); // beside the import, on another core where there is one
  hashed.catch(() => undefined); // awaited below
  const task = {
    writer,
    rows,
    mapping,
    state,
    beginning: options.beginning ?? 0,
    damage: options.damage ?? 'refuse',
    times: options.times.ofFile(decision.kind === 'resume'),
    ...(options.commitBytes === undefined ? {} : { commitBytes: options.commitBytes }),
    ...(options.threads === undefined ? {} : { threads: options.threads }),
    ...(options.chunkBytes === undefined ? {} : { chunkBytes: options.chunkBytes }),
  };
  const from = decision.kind === 'resume' ? decision.from : begun;
  const counts = await importFile(task, from, work);
  const { falling } = task.times;
  const finished: ImportProgress = {
    ...from,
    ...counts,
    state: 'finished',
    sha256: await hashed,
    ...(falling > 0 && { falling }),
  };
  if (!isUntouched(identifyFile(file), identity)) throw changedFile(file, 'while it was imported');
  writer.setProgress(importName(file), finished);
  writer.setProgress(mappingStateName, saveMappingState(state));
  writer.commit();
  return {
    file: rows.file,
    outcome: decision.kind === 'resume' ? 'resumed' : 'imported',
    rows: counts.position.rows,
    events: counts.events,
    repeated: counts.repeated,
    sha256: finished.sha256 ?? '',
    ...(counts.damaged !== undefined && { damaged: counts.damaged }),
    ...(falling > 0 && { falling }),
  };
}

/**
 * Refuses a file, before anything of it is stored, that has events which the archive has.
 * @returns what the progress of the import keeps of its content; null where that tells nothing
 */
async function refuseWhatIsThere(
  writer: ImportWriter,
  rows: RowSource,
  mapping: CompiledMapping,
  sha256: () => Promise<string>,
  earlier: readonly ImportProgress[],
): Promise<string | null> {
  const beginnings = await readBeginnings(rows, mapping);
  refuseSharedEvents(writer, beginnings, mapping);
  if (beginnings.length === 0 || beginnings.some(({ first }) => tellsItself(first))) return null;
  return refuseSameContent(rows, sha256, earlier);
}
