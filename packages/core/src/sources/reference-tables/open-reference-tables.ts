import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { referenceTable, type ReferenceTable, type ReferenceTables } from '../../worker/reference-data.js';
import { quoteKey } from '../../worker/worker-failures.js';
import type { ReferenceFiles } from '../../worker/worker-source.js';
import type { Worker } from '../../worker/worker.js';

/** Where a table was read from and what was in it, as a plan pins it. */
export interface ReferencePin {
  readonly location: string;
  /** SHA-256 of the file as it is stored, in hex. */
  readonly digest: string;
}

/**
 * Reads the reference data that the worker declares into memory. Files that it does not declare are not opened: another
 * version of the worker may need them. `pins`, the ones of a plan, make sure that the files are what they were.
 * @throws RecoveryError `invalid-reference-data` when a declared table has no file, or its file cannot be read or is
 *   not the pinned one.
 */
export async function openReferenceTables(
  worker: Worker,
  files: ReferenceFiles,
  pins: Readonly<Record<string, ReferencePin>> = {},
): Promise<ReferenceTables> {
  const declared = declaredFiles(worker, files);
  if (declared.length === 0) return {};
  // The readers of rows bring parsers along that a worker without reference data should not wait for.
  const { readReferenceRows } = await import('./read-reference-rows.js');
  const tables: [name: string, table: ReferenceTable][] = [];
  for (const [name, location] of declared) {
    const pin = Object.hasOwn(pins, name) ? pins[name] : undefined;
    if (pin !== undefined && pin.digest !== (await digestFile(name, location))) {
      const what = `reference table ${quoteKey(name)} changed since the plan was made: ${location}`;
      throw new RecoveryError('invalid-reference-data', what, { hint: 'make a new plan, or put the former file back' });
    }
    tables.push([name, referenceTable(name, await readReferenceRows(location))]);
  }
  return Object.fromEntries(tables);
}

/**
 * What a plan writes down of the reference data, by table.
 * @throws RecoveryError `invalid-reference-data` when a declared table has no file, or its file cannot be read.
 */
export async function digestReferences(
  worker: Worker,
  files: ReferenceFiles,
): Promise<Readonly<Record<string, ReferencePin>>> {
  const pins: [name: string, pin: ReferencePin][] = [];
  for (const [name, location] of declaredFiles(worker, files)) {
    pins.push([name, { location, digest: await digestFile(name, location) }]);
  }
  return Object.fromEntries(pins);
}

function declaredFiles(worker: Worker, files: ReferenceFiles): readonly (readonly [name: string, location: string])[] {
  return [...(worker.lookups ?? [])].sort().map((name) => {
    const location = Object.hasOwn(files, name) ? files[name] : undefined;
    if (location !== undefined) return [name, location];
    const what = `worker ${worker.name} declares the lookup ${quoteKey(name)}, and no file is given for it`;
    throw new RecoveryError('invalid-reference-data', what, {
      hint: `name its file in the incident: references: { ${name}: path }${others(worker, files)}`,
    });
  });
}

/** A table of another name that no one asked for is probably the missing one. */
function others(worker: Worker, files: ReferenceFiles): string {
  const unasked = Object.keys(files).filter((name) => worker.lookups?.includes(name) !== true);
  return unasked.length === 0
    ? ''
    : `; it names ${unasked.map(quoteKey).join(', ')}, which the worker does not declare`;
}

async function digestFile(name: string, location: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(location)) hash.update(chunk as Buffer);
  } catch (cause) {
    throw new RecoveryError(
      'invalid-reference-data',
      `reference table ${quoteKey(name)} cannot be read from ${location}`,
      {
        hint: 'check the path in the incident file',
        cause,
      },
    );
  }
  return hash.digest('hex');
}
