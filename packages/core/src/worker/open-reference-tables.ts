import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { RecoveryError } from '../errors/recovery-error.js';
import { readReferenceRows } from './read-reference-rows.js';
import { referenceTable, type ReferenceTable, type ReferenceTables } from './reference-data.js';
import { quoteKey } from './worker-failures.js';
import type { ReferenceFiles } from './worker-source.js';
import type { Worker } from './worker.js';

/** Where a table was read from and what was in it, as a plan pins it. */
export interface ReferencePin {
  readonly location: string;
  /** SHA-256 of the file, in hex. */
  readonly digest: string;
}

/**
 * Reads the reference data that the worker declares into memory. `pins`, the ones of a plan, make sure that they are what
 * they were.
 * @throws RecoveryError EM3014 when a declared table has no file, a file belongs to no declared table, cannot be read, or is
 * not the pinned one.
 */
export async function openReferenceTables(
  worker: Worker,
  files: ReferenceFiles,
  pins: Readonly<Record<string, ReferencePin>> = {},
): Promise<ReferenceTables> {
  const tables: Record<string, ReferenceTable> = {};
  for (const [name, location] of declaredFiles(worker, files)) {
    const bytes = await readBytes(name, location);
    const pin = Object.hasOwn(pins, name) ? pins[name] : undefined;
    if (pin !== undefined && pin.digest !== sha256(bytes)) {
      throw new RecoveryError(
        'EM3014',
        `reference table ${quoteKey(name)} changed since the plan was made: ${location}`,
        {
          hint: 'make a new plan, or put the former file back',
        },
      );
    }
    tables[name] = referenceTable(name, await readReferenceRows(location, decodeText(location, bytes)));
  }
  return tables;
}

/**
 * What a plan writes down of the reference data, by table.
 * @throws RecoveryError EM3014 as `openReferenceTables`.
 */
export async function digestReferences(
  worker: Worker,
  files: ReferenceFiles,
): Promise<Readonly<Record<string, ReferencePin>>> {
  const pins: Record<string, ReferencePin> = {};
  for (const [name, location] of declaredFiles(worker, files)) {
    pins[name] = { location, digest: sha256(await readBytes(name, location)) };
  }
  return pins;
}

function declaredFiles(worker: Worker, files: ReferenceFiles): readonly (readonly [name: string, location: string])[] {
  const declared = worker.lookups ?? [];
  const unasked = Object.keys(files).find((name) => !declared.includes(name));
  if (unasked !== undefined) {
    throw new RecoveryError(
      'EM3014',
      `reference table ${quoteKey(unasked)} is given, and worker ${worker.name} does not declare it`,
      {
        hint:
          declared.length === 0
            ? `lookups: [${quoteKey(unasked)}] in the worker declares it`
            : `the worker declares ${declared.join(', ')}`,
      },
    );
  }
  return [...declared].sort().map((name) => {
    const location = Object.hasOwn(files, name) ? files[name] : undefined;
    if (location !== undefined) return [name, location];
    throw new RecoveryError(
      'EM3014',
      `worker ${worker.name} declares the lookup ${quoteKey(name)}, and no file is given for it`,
      {
        hint: `name its file in the incident: references: { ${name}: path }`,
      },
    );
  });
}

async function readBytes(name: string, location: string): Promise<Buffer> {
  try {
    return await readFile(location);
  } catch (cause) {
    throw new RecoveryError('EM3014', `reference table ${quoteKey(name)} cannot be read from ${location}`, {
      hint: 'check the path in the incident file',
      cause,
    });
  }
}

function decodeText(location: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new RecoveryError('EM3014', `reference data is not UTF-8: ${location}`, { cause });
  }
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
